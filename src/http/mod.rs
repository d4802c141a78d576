//! The layer that every handler stands on: parameters and bodies read strictly, conditional requests, answers, problems, CORS, the API
//! document's frame. Nothing here knows an article.

pub mod answer;
mod body;
pub mod caching;
pub mod client;
mod coding;
pub mod conditional;
pub mod cors;
pub mod docs;
mod faults;
mod framing;
mod host;
mod idempotency;
mod json;
mod large;
mod limits;
mod mend;
pub mod middleware;
mod nearest;
mod numbers;
pub mod openapi;
mod operations;
pub mod path;
mod patience;
pub mod problem;
pub mod query;
mod refusals;
mod request_id;
pub mod routes;
mod schemas;
pub mod serving;
mod tree;
mod unread;
mod wire;

pub use body::{BodyDeadline, Json, JsonBody, Recheck};
pub use client::{ClientAddress, TrustedProxies};
pub use idempotency::IdempotencyKey;
pub use large::{Budget, Share};
pub use limits::{MAX_BODY_BYTES, SMALL_BODY_BYTES};
pub use nearest::nearest;
pub use openapi::Document;
pub use path::{PathId, PathSlug};
pub use patience::Patience;
pub use query::{Collector, FilterItem, FromQuery, PageQuery, RawQuery};
pub use schemas::Schemas;
pub use tree::Tree;
