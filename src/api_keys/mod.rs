//! API keys: what programs ask with. A key is made by an admin, acts for itself within its scopes, and outlives whoever made it. It is read at each
//! request, so that what changes of it holds from the next one on, on every node. Its secret is shown once and stored as a digest.

pub mod dto;
pub mod editor;
pub mod secret;
pub mod service;
pub mod store;
