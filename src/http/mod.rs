//! The layer that every handler stands on: parameters and bodies read strictly, conditional requests, answers, problems, CORS, the API
//! document's frame. Nothing here knows an article.

pub mod answer;
mod body;
pub mod caching;
mod coding;
pub mod conditional;
pub mod cors;
pub mod docs;
mod faults;
mod idempotency;
mod json;
mod large;
pub mod limits;
mod mend;
pub mod middleware;
mod nearest;
pub mod openapi;
mod operations;
pub mod path;
pub mod problem;
pub mod query;
mod refusals;
pub mod routes;
mod schemas;
pub mod serving;
mod tree;
mod unread;
mod wire;

pub use body::{BodyDeadline, Json, JsonBody, MAX_BODY_BYTES, Recheck, SMALL_BODY_BYTES};
pub use idempotency::IdempotencyKey;
pub use large::{Budget, Share};
pub use limits::{ClientAddress, TrustedProxies};
pub use nearest::nearest;
pub use openapi::Document;
pub use path::{PathId, PathSlug};
pub use query::{Collector, FilterItem, FromQuery, RawQuery};
pub use schemas::Schemas;
pub use tree::Tree;
