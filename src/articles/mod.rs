//! Articles and pages: what editors save, and what readers get of it while a publication is in force.

pub mod delivered;
pub mod delivery;
pub mod difference;
pub mod dto;
pub mod editor;
pub mod embargo;
pub mod reads;
pub mod save;
pub mod seen;
pub mod service;
pub mod store;
pub mod translation;
