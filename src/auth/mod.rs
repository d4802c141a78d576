//! Who asks: passwords, access and refresh tokens, sessions, and the table of what each role may do.

pub mod attempts;
pub mod caller;
pub mod dto;
pub mod editor;
pub mod password;
pub mod permission;
pub mod service;
pub mod store;
pub mod token;
