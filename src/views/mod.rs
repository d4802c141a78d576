//! How often articles are read. Views are counted in memory (`counter`) and written in batches, each reader of an article once in half an hour on
//! whatever node; what is told of them (`reads`) is what was counted before a whole minute, the same on all nodes, so that answers can be kept.
//!
//! Nothing here knows what is live: the operations lie in `articles`.

pub mod counter;
pub mod reads;
pub mod rules;
pub mod service;
pub mod store;
