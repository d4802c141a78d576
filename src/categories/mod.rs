//! Categories: a tree with unique slugs. Public once made.

pub mod context;
pub mod delivery;
pub mod dto;
pub mod editor;
pub mod names;
pub mod reads;
pub mod rules;
pub mod service;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts every operation on categories.
pub fn routes(config: &mut ServiceConfig) {
    delivery::routes(config);
    editor::routes(config);
}
