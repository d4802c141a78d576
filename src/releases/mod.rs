//! Releases: publications of several articles that move together, all or none of them.

pub mod dto;
pub mod editor;
pub mod service;
pub mod store;
