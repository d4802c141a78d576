//! Many changes of articles in one request: all or nothing, or each for itself. Each is done by the service that does it alone.

pub mod dto;
pub mod editor;
pub mod service;
