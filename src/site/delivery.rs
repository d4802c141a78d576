//! The site for readers.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::Site;
use crate::categories::context::Delivery;
use crate::http::caching::Lifetime;
use crate::http::{RawQuery, answer};
use crate::kernel::problem::Result;

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(get_site);
}

/// Get the site
///
/// Its name, where it is, its languages and its time zone, as the settings have them.
#[utoipa::path(tag = "Delivery", operation_id = "getSite", responses((status = 200, description = "The site.", body = Site)), security(()))]
#[get("/v1/site")]
async fn get_site(request: HttpRequest, query: RawQuery, delivery: Data<Delivery>) -> Result<HttpResponse> {
    query.none()?;
    let site = Site {
        name: delivery.site_name.to_string(),
        url: delivery.site_url.to_string(),
        locales: delivery.locales.iter().map(ToString::to_string).collect(),
        time_zone: delivery.zone.name().to_owned(),
    };
    answer::delivered(&request, &site, Lifetime::seconds(delivery.usual.0)).await
}
