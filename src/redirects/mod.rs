//! Redirects that editors make by hand: from a path of the site to another one, or to another site. Front ends ask for all of them and answer by them.

pub mod delivered;
pub mod delivery;
pub mod dto;
pub mod editor;
pub mod reads;
pub mod rules;
pub mod service;
pub mod store;
