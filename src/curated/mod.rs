//! Lists that editors make, such as the front page: an order of slots, each an article or a rule. What a list shows is an edition of it, dated like a publication: of those
//! that have begun the last one is shown, at any instant. The operation that reads them lies in `articles`, which knows what is live.

pub mod dto;
pub mod editor;
pub mod reads;
pub mod rules;
pub mod service;
pub mod store;
