//! Redirects for front ends.

mod resolve;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::RedirectList;
use super::reads;
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{RawQuery, answer};
use crate::kernel::page::ListParameters;
use crate::kernel::problem::Result;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(resolve::resolve);
}

/// List redirects
///
/// Those that editors made by hand, by the path that is redirected: a front end answers it with 308 and `to`, before it asks for what stands there. Those of paths at which an article is
/// live or a category stands are left out, so that a page may have fewer than `limit`. No `to` is redirected itself: where an article or a category has another slug now, it leads there.
#[utoipa::path(
    get, path = "/v1/redirects", tag = "Delivery", operation_id = "listRedirects",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of redirects.", body = RedirectList)), security(()),
)]
#[routes]
#[get("/v1/redirects")]
#[get("/v1/preview/redirects")]
async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let (limit, cursor) = (q.limit(), q.cursor());
    q.finish()?;
    let parameters = ListParameters::of("listRedirects");
    let place = delivery.cursor_key.place(&parameters, cursor.as_deref())?;
    let locales = delivery.locales.names();
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        Ok(reads::list(connection, &reading, &parameters, limit, place.as_ref(), &locales)?)
    };
    let (page, lifetime) = delivery.read_long(&db, as_of, read).await?;
    answer::Delivered::new(lifetime).page(&request, &page).json(&request, &RedirectList::new(page, limit)).await
}
