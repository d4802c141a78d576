//! Categories for readers: the tree, and how many live articles lie in each.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};
use utoipa_actix_web::service_config::ServiceConfig;

use super::context::Delivery;
use super::dto::{Category, CategoryTree};
use super::reads;
use crate::db::Db;
use crate::http::caching::Lifetime;
use crate::http::{Collector, RawQuery, answer, path};
use crate::kernel::locale::Locales;
use crate::kernel::problem::{Problem, Result};
use crate::publications::visibility::Snapshot;

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_one);
}

fn locale(q: &mut Collector<'_>, locales: &Locales) -> String {
    let locale = q.check("locale", "unknown", |text| locales.find(text).map(ToString::to_string).ok_or("the site does not publish in it"));
    locale.unwrap_or_else(|| locales.default_locale().to_string())
}

/// List categories
///
/// All of them, in the order of the tree: flat with paths, or nested. Empty ones are there too.
#[utoipa::path(
    tag = "Delivery", operation_id = "listCategories",
    params(
        ("view" = Option<String>, Query, pattern = "^(flat|nested)$", description = "`flat` unless said.", nullable = false),
        ("locale" = Option<String>, Query, description = "The language whose articles are counted; the first one unless said.", nullable = false),
    ),
    responses((status = 200, description = "The tree.", body = CategoryTree)), security(()),
)]
#[get("/v1/categories")]
async fn list(request: HttpRequest, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let is_nested = q.one_of("view", &[("flat", false), ("nested", true)]).unwrap_or(false);
    let locale = locale(&mut q, &delivery.locales);
    q.finish()?;
    let at = db.clock().now();
    let (context, clock) = (delivery.clone(), db.clone());
    // Counting every list of a language takes longer than a page.
    let (data, lifetime) = db
        .read_long(move |connection| {
            let mut at = at;
            loop {
                let (data, ground) = reads::flat(connection, Snapshot { at }, &locale, &context.names, context.span_ms())?;
                match ground.latest_write.filter(|latest| *latest > at) {
                    // Another node's clock is ahead of ours: what it took down must not return here.
                    Some(latest) => {
                        clock.clock().observe(latest);
                        at = latest;
                    }
                    None => return Ok::<_, Problem>((data, Lifetime::until(context.usual, at, ground.next_change))),
                }
            }
        })
        .await?;
    let data = if is_nested { reads::nested(data) } else { data };
    answer::delivered(&request, &CategoryTree { data }, lifetime).await
}

/// Get a category
///
/// With those directly below it.
#[utoipa::path(
    tag = "Delivery", operation_id = "getCategory",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug."),
        ("locale" = Option<String>, Query, description = "The language whose articles are counted; the first one unless said.", nullable = false),
    ),
    responses((status = 200, description = "The category.", body = Category)), security(()),
)]
#[get("/v1/categories/{slug}")]
async fn get_one(request: HttpRequest, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let slug = path::text(&request, "slug")?;
    let mut q = raw.collect();
    let locale = locale(&mut q, &delivery.locales);
    q.finish()?;
    let at = db.clock().now();
    let (context, clock) = (delivery.clone(), db.clone());
    let found = db
        .read_long(move |connection| {
            let mut at = at;
            loop {
                let found = reads::find(connection, Snapshot { at }, &slug, &locale, &context.names, context.span_ms())?;
                let Some((category, ground)) = found else { return Err(Problem::not_found()) };
                match ground.latest_write.filter(|latest| *latest > at) {
                    Some(latest) => {
                        clock.clock().observe(latest);
                        at = latest;
                    }
                    None => return Ok((category, Lifetime::until(context.usual, at, ground.next_change))),
                }
            }
        })
        .await?;
    let (category, lifetime) = found;
    answer::delivered(&request, &category, lifetime).await
}
