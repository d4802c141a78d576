//! Categories for readers: the tree, and how many live articles lie in each.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};
use utoipa_actix_web::service_config::ServiceConfig;

use super::context::Delivery;
use super::context::view::View;
use super::dto::{Category, CategoryTree};
use super::reads::{self, Found};
use crate::db::Db;
use crate::http::{RawQuery, answer, path};
use crate::kernel::problem::{Problem, Result};

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_one);
}

/// List categories
///
/// All of them, in the order of the tree: flat with paths, or nested. Empty ones are there too.
#[utoipa::path(
    get, path = "/v1/categories", tag = "Delivery", operation_id = "listCategories",
    params(
        ("view" = Option<String>, Query, pattern = "^(flat|nested)$", max_length = 6, description = "`flat` unless said.", nullable = false),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language whose articles are counted; the first one unless said.", nullable = false),
    ),
    responses((status = 200, description = "The tree.", body = CategoryTree)), security(()),
)]
#[routes]
#[get("/v1/categories")]
#[get("/v1/preview/categories")]
async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let is_nested = q.one_of("view", &[("flat", false), ("nested", true)]).unwrap_or(false);
    let locale = delivery.locale(&mut q);
    q.finish()?;
    let (data, lifetime) =
        delivery.read_long(&db, as_of, move |connection, reading| Ok(reads::flat(connection, &reading, &locale)?)).await?;
    let data = if is_nested { reads::nested(data) } else { data };
    answer::delivered(&request, &CategoryTree { data }, lifetime).await
}

/// Get a category
///
/// With those directly below it. A slug that it had before answers 308 with the present one, and so does that of a category that was given to this one (`reassign_to`).
#[utoipa::path(
    get, path = "/v1/categories/{slug}", tag = "Delivery", operation_id = "getCategory",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug."),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language whose articles are counted; the first one unless said.", nullable = false),
    ),
    responses((status = 200, description = "The category.", body = Category), (status = 308, description = "It has another slug now.")), security(()),
)]
#[routes]
#[get("/v1/categories/{slug}")]
#[get("/v1/preview/categories/{slug}")]
async fn get_one(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let slug = path::text(&request, "slug")?;
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let locale = delivery.locale(&mut q);
    q.finish()?;
    let (found, lifetime) =
        delivery.read_long(&db, as_of, move |connection, reading| Ok(reads::find(connection, &reading, &slug, &locale)?)).await?;
    match found {
        Found::Here(category) => answer::delivered(&request, &category, lifetime).await,
        Found::Moved(slug) => answer::moved(&request, &slug, lifetime),
        Found::Nothing => Err(Problem::not_found()),
    }
}
