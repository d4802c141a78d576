//! Categories: a tree with unique slugs. Public once made.

pub mod dto;
pub mod names;
pub mod rules;
pub mod service;
pub mod store;
