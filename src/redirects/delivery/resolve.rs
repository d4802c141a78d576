//! What a path of the site is, over HTTP.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};

use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{RawQuery, answer};
use crate::kernel::problem::{Code, Problem, Result};
use crate::redirects::delivered::Resolved;
use crate::redirects::reads::resolve::{self as of_path, Asked, Found};
use crate::redirects::rules;

/// The path of the front page.
const FRONT: &str = "/";

/// The most characters of a path.
const LONGEST: usize = 1000;

/// Resolve a path
///
/// What a path of the site is, with the thing itself, so that a front end's catch-all route needs one request: an article or page, a category, a tag below `/tags/`, an author below `/authors/`, the front page, or where it leads with
/// 308: by a redirect that editors made, or since the article or the category has another slug or place now. One hop leads to the end.
#[utoipa::path(
    get, path = "/v1/resolve", tag = "Delivery", operation_id = "resolvePath",
    params(
        ("path" = Option<String>, Query, min_length = 1, max_length = 1000, description = "A path of the site, without query, such as `/city/new-bridge`; the front page unless said. Percent-escapes and a slash at the end make no difference.", nullable = false),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language in which slugs are looked up; all of the site's unless said, the first one first.", nullable = false),
    ),
    responses(
        (status = 200, description = "What it is.", body = Resolved),
        (status = 404, description = "`not_found`: nothing is there."),
        (status = 410, description = "`withdrawn`: an article was public there and has been taken back."),
    ),
    security(()),
)]
#[routes]
#[get("/v1/resolve")]
#[get("/v1/preview/resolve")]
pub(super) async fn resolve(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    if as_of.is_of_newest() {
        q.error("drafts", "conflict", "this has what is live alone; leave `drafts` out");
    }
    let locales = if q.has("locale") { vec![delivery.locale(&mut q)] } else { delivery.locales.names() };
    let unless_said = if q.has("path") { "" } else { FRONT };
    let given = q.text("path", LONGEST).unwrap_or_else(|| unless_said.to_owned());
    let path = if given == FRONT { Ok(given.clone()) } else { rules::path(&given) };
    if let Err(fault) = &path
        && !given.is_empty()
    {
        q.error("path", "invalid", *fault);
    }
    q.finish()?;
    let asked = Asked { path: path.unwrap_or_default(), locales };
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(of_path::resolve(connection, &reading, &asked)?);
    let (found, lifetime) = delivery.read_long(&db, as_of, read).await?;
    match found {
        Found::Here(resolved) => answer::delivered(&request, &resolved, lifetime).await,
        Found::Withdrawn(reason) => Err(Problem::new(Code::Withdrawn, reason)),
        Found::Nothing => Err(Problem::not_found()),
    }
}
