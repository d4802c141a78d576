//! What front ends ask about the site as a whole.

pub mod delivery;
pub mod dto;

use utoipa_actix_web::service_config::ServiceConfig;

/// Mounts every operation on the site.
pub fn routes(config: &mut ServiceConfig) {
    delivery::routes(config);
}
