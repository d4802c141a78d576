//! What was corrected after it had been published: remarks on an article, each from an instant on, added without a save of it and belonging to none. Readers get them with
//! the article while it is live; the operations that list them lie in `articles`, which knows what is live.

pub mod dto;
pub mod editor;
pub mod reads;
pub mod rules;
pub mod service;
pub mod store;
