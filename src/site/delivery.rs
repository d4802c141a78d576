//! The site for readers.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::Site;
use crate::categories::context::Delivery;
use crate::categories::context::view::View;
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
#[utoipa::path(get, path = "/v1/site", tag = "Delivery", operation_id = "getSite", responses((status = 200, description = "The site.", body = Site)), security(()))]
#[routes]
#[get("/v1/site")]
#[get("/v1/preview/site")]
async fn get_site(request: HttpRequest, view: View, raw: RawQuery, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    // The settings are those of today, whatever the instant.
    view.of_site(&mut q)?;
    q.finish()?;
    let site = Site {
        name: delivery.site_name.to_string(),
        url: delivery.site_url.to_string(),
        locales: delivery.locales.names(),
        time_zone: delivery.zone.name().to_owned(),
    };
    answer::delivered(&request, &site, Lifetime::seconds(delivery.usual.0)).await
}
