//! Users: who logs in, and with which role. At least one active admin remains.

pub mod dto;
pub mod editor;
pub mod rules;
pub mod service;
pub mod store;
