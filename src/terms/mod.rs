//! What articles carry besides categories: tags, and the authors whom readers see. Both are made, renamed, merged and counted alike.

pub mod delivery;
pub mod dto;
pub mod editor;
pub mod reads;
pub mod service;
pub mod store;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts every operation on tags and authors.
pub fn routes(config: &mut ServiceConfig) {
    delivery::routes(config);
    editor::routes(config);
}
