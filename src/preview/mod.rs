//! The site as of any instant, for editors and for whoever has a preview link. Delivery's own handlers answer; here is who may ask them.

pub mod dto;
pub mod editor;
pub mod revoked;
pub mod service;
pub mod store;
pub mod viewer;
