//! The editorial calendar in calendar programs: subscriptions, and what they get (RFC 5545).

pub mod dto;
pub mod editor;
pub mod ics;
pub mod service;
pub mod store;
