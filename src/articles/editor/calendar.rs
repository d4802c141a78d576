//! The editorial calendar over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get};

use super::asked::slugs;
use crate::articles::dto::calendar::PublicationList;
use crate::articles::service;
use crate::articles::service::calendar::{self, Asked, Wanted};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::query::Collector;
use crate::http::{FilterItem, PathId, RawQuery, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::ListParameters;
use crate::kernel::problem::Result;
use crate::kernel::zone::Zone;
use crate::publications::rules::State;

/// Reads the query; of which article is said by the path where `of` is given.
fn asked(operation: &str, raw: &RawQuery, of: Option<ArticleId>, delivery: &Delivery) -> Result<Asked> {
    let mut q = raw.collect();
    let zone = q.zone("time_zone");
    let wanted = match of {
        Some(_) => {
            Wanted { from: None, to: None, article_id: of, states: Vec::new(), categories: None, authors: None, is_descending: true }
        }
        None => wanted(&mut q, zone.as_ref()),
    };
    let (limit, cursor) = (q.limit(), q.cursor());
    q.finish()?;
    let states: Vec<&str> = State::ALL.iter().filter(|(_, state)| wanted.states.contains(state)).map(|(name, _)| *name).collect();
    let instant = |at: Option<Instant>| at.map(|at| at.to_string());
    let parameters = ListParameters::of(operation)
        .with("from", instant(wanted.from).as_deref())
        .with("to", instant(wanted.to).as_deref())
        .with("article_id", wanted.article_id.map(|id| id.to_string()).as_deref())
        .with("state", Some(&states.join(",")))
        .with("category", wanted.categories.as_ref().map(|slugs| slugs.join(",")).as_deref())
        .with("author", wanted.authors.as_ref().map(|slugs| slugs.join(",")).as_deref());
    Ok(Asked { wanted, parameters, limit, cursor, zone, site_zone: delivery.zone.clone() })
}

fn wanted(q: &mut Collector<'_>, zone: Option<&Zone>) -> Wanted {
    Wanted {
        from: q.moment("from", zone),
        to: q.moment("to", zone),
        article_id: q.id("article_id"),
        states: q.any_of("state", &State::ALL),
        categories: slugs(q, "category"),
        authors: slugs(q, "author"),
        is_descending: false,
    }
}

/// List publications: the editorial calendar
///
/// Of all articles, in order of their starts: those that start or end from `from` on and before `to`. What ends is `ends_at`: by the publication's own end, by the next
/// one's start or by trashing. Each with the title and category of what it shows, who planned it and what it takes the place of. What lies in the trash is shown too, with its article's `status`; none of it begins while it lies there.
///
/// For a view by day, `events` of each says what happens within `from` and `to`, and on which day of `time_zone` or the site's zone: go through the pages and put each event
/// under its `day`.
#[utoipa::path(
    tag = "Publications", operation_id = "listPublications",
    params(
        ("from" = Option<String>, Query, max_length = 60, description = "Starting or ending at this instant or later. With an offset, or local together with `time_zone`.", nullable = false),
        ("to" = Option<String>, Query, max_length = 60, description = "Starting or ending before this instant, given as `from` is.", nullable = false),
        ("article_id" = Option<ArticleId>, Query, description = "Of this article.", nullable = false),
        ("state" = Option<String>, Query, pattern = "^(scheduled|live|replaced|ended)(,(scheduled|live|replaced|ended))*$", max_length = 100, description = "Any of `scheduled`, `live`, `replaced`, `ended`, as of the instant of the request.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between. The revision that it shows names one of them or one below.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between. The revision that it shows names one of them.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "An IANA zone: adds the local times in it, and `day` of `events` is by its clocks; the zone that was given stays.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit` or `time_zone`, but with no other filters.", nullable = false),
    ),
    responses((status = 200, description = "A page of publications.", body = PublicationList)), security(("bearer" = [])),
)]
#[get("/v1/editor/publications")]
pub(super) async fn list(
    request: HttpRequest,
    caller: Caller,
    db: Data<Db>,
    delivery: Data<Delivery>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ReadCalendar)?;
    let asked = asked("listPublications", &query, None, &delivery)?;
    let limit = asked.limit;
    let page = calendar::list(&db, &delivery.cursor_key, asked).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&PublicationList::new(page, limit))
}

/// List the publications of an article
///
/// The latest start first; for authors of an article that they created.
#[utoipa::path(
    tag = "Publications", operation_id = "listArticlePublications",
    params(
        ("id" = ArticleId, Path, description = "The article."),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "An IANA zone: adds the local times in it, and `day` of `events` is by its clocks; the zone that was given stays.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit` or `time_zone`, but with no other filters.", nullable = false),
    ),
    responses((status = 200, description = "A page of publications.", body = PublicationList)), security(("bearer" = [])),
)]
#[get("/v1/editor/articles/{id}/publications")]
pub(super) async fn of_article(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    delivery: Data<Delivery>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ReadPublications)?;
    let id = id.get()?;
    service::version(&db, &caller, id).await?;
    let asked = asked("listArticlePublications", &query, Some(id), &delivery)?;
    let limit = asked.limit;
    let page = calendar::list(&db, &delivery.cursor_key, asked).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&PublicationList::new(page, limit))
}
