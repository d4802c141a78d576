//! Tags and authors for readers: those that live articles name, and how many do.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{Author, AuthorList, Tag, TagList, TermSort};
use super::reads::{self, Delivered, Found, ListQuery};
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::caching::Lifetime;
use crate::http::{RawQuery, answer, path};
use crate::kernel::page::{Limit, ListParameters, Page};
use crate::kernel::problem::{Problem, Result};

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(list_tags).service(get_tag).service(list_authors).service(get_author);
}

/// List tags
///
/// Those that live articles carry, with how many do; by slug unless said. A tag that none carries is not there, whatever editors made of it.
#[utoipa::path(
    get, path = "/v1/tags", tag = "Delivery", operation_id = "listTags",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "The language whose articles are counted; the first one unless said.", nullable = false),
        ("sort" = inline(Option<TermSort>), Query, description = "`slug` unless said.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of tags.", body = TagList)), security(()),
)]
#[routes]
#[get("/v1/tags")]
#[get("/v1/preview/tags")]
async fn list_tags(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let (page, limit, lifetime) = listed::<Tag>("listTags", view, &raw, &db, &delivery).await?;
    answer::Delivered::new(lifetime).page(&request, &page).json(&request, &TagList::new(page, limit)).await
}

/// Get a tag
///
/// If live articles carry it. A slug that it had before answers 308 with the present one, and so does that of a tag that was merged into it.
#[utoipa::path(
    get, path = "/v1/tags/{slug}", tag = "Delivery", operation_id = "getTag",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug."),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language whose articles are counted; the first one unless said.", nullable = false),
    ),
    responses((status = 200, description = "The tag.", body = Tag), (status = 308, description = "It has another slug now.")), security(()),
)]
#[routes]
#[get("/v1/tags/{slug}")]
#[get("/v1/preview/tags/{slug}")]
async fn get_tag(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    one::<Tag>(&request, view, &raw, &db, &delivery).await
}

/// List authors
///
/// Those whom live articles name, with how many do; by slug unless said. Who logs in is another matter: nothing here tells of it.
#[utoipa::path(
    get, path = "/v1/authors", tag = "Delivery", operation_id = "listAuthors",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "The language whose articles are counted; the first one unless said.", nullable = false),
        ("sort" = inline(Option<TermSort>), Query, description = "`slug` unless said.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of authors.", body = AuthorList)), security(()),
)]
#[routes]
#[get("/v1/authors")]
#[get("/v1/preview/authors")]
async fn list_authors(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let (page, limit, lifetime) = listed::<Author>("listAuthors", view, &raw, &db, &delivery).await?;
    answer::Delivered::new(lifetime).page(&request, &page).json(&request, &AuthorList::new(page, limit)).await
}

/// Get an author
///
/// If live articles name them. A slug that they had before answers 308 with the present one, and so does that of an author who was merged into this one.
#[utoipa::path(
    get, path = "/v1/authors/{slug}", tag = "Delivery", operation_id = "getAuthor",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug."),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language whose articles are counted; the first one unless said.", nullable = false),
    ),
    responses((status = 200, description = "The author.", body = Author), (status = 308, description = "They have another slug now.")), security(()),
)]
#[routes]
#[get("/v1/authors/{slug}")]
#[get("/v1/preview/authors/{slug}")]
async fn get_author(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    one::<Author>(&request, view, &raw, &db, &delivery).await
}

/// The page that is asked for.
async fn listed<D: Delivered>(
    operation: &str,
    view: View,
    raw: &RawQuery,
    db: &Db,
    delivery: &Delivery,
) -> Result<(Page<D>, Limit, Lifetime)> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let locale = delivery.locale(&mut q);
    let sort = q.one_of("sort", TermSort::ALL);
    let (limit, cursor) = (q.limit(), q.cursor());
    q.finish()?;
    let name = TermSort::ALL.iter().find(|(_, known)| Some(*known) == sort).map(|(name, _)| *name);
    let parameters = ListParameters::of(operation).with("locale", Some(&locale)).with("sort", name);
    let place = delivery.cursor_key.place(&parameters, cursor.as_deref())?;
    let query = ListQuery { locale, sort: sort.unwrap_or_default(), limit, place, parameters };
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(reads::list::<D>(connection, &reading, &query)?);
    let (page, lifetime) = delivery.read_long(db, as_of, read).await?;
    Ok((page, limit, lifetime))
}

async fn one<D: Delivered + serde::Serialize>(
    request: &HttpRequest,
    view: View,
    raw: &RawQuery,
    db: &Db,
    delivery: &Delivery,
) -> Result<HttpResponse> {
    let slug = path::text(request, "slug")?;
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let locale = delivery.locale(&mut q);
    q.finish()?;
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| Ok(reads::find::<D>(connection, &reading, &slug, &locale)?);
    let (found, lifetime) = delivery.read_long(db, as_of, read).await?;
    match found {
        Found::Here(found) => answer::delivered(request, &found, lifetime).await,
        Found::Moved(slug) => answer::moved(request, &slug, lifetime),
        Found::Nothing => Err(Problem::not_found()),
    }
}
