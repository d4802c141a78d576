//! Feeds of the newest articles.

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, routes};

use super::filters::Filters;
use crate::articles::delivered::feed::json::JsonFeed;
use crate::articles::delivered::feed::{AtomFeed, Feed, Item, RssFeed, atom, rss};
use crate::articles::delivered::{ArticleField, Fields};
use crate::articles::reads::{self, ListQuery, Order};
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, FilterItem, RawQuery, answer};
use crate::kernel::page::Limit;
use crate::kernel::problem::Result;

/// How many articles a feed has.
const MOST: u16 = 30;

/// What an entry is made of.
const FIELDS: &[ArticleField] = &[
    ArticleField::Id,
    ArticleField::Path,
    ArticleField::Locale,
    ArticleField::Title,
    ArticleField::Excerpt,
    ArticleField::Category,
    ArticleField::Tags,
    ArticleField::Authors,
    ArticleField::Image,
    ArticleField::PublishedAt,
    ArticleField::UpdatedAt,
];
/// The same of whole texts.
const WHOLE: &[ArticleField] = &[ArticleField::BodyHtml, ArticleField::Corrections];

/// A feed, and the answer that it goes into.
async fn feed(
    request: &HttpRequest,
    name: &'static str,
    (view, raw): (View, RawQuery),
    db: &Db,
    delivery: &Delivery,
) -> Result<(Feed, answer::Delivered)> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let filters = Filters::of_feed(&mut q, delivery);
    q.finish()?;
    let limit = Limit::new(MOST).unwrap_or(Limit::DEFAULT);
    let settings = delivery.feeds.clone();
    let reserved = Budget::reserve(request, if settings.are_whole { limit.rows() } else { 0 })?;
    let fields = Fields::of(&if settings.are_whole { [FIELDS, WHOLE].concat() } else { FIELDS.to_vec() });
    let (site_name, site_url) = (delivery.site_name.to_string(), delivery.site_url.to_string());
    let query = filters.query(delivery);
    let url = format!("{}/v1/{name}{}{query}", settings.api_url, if query.is_empty() { "" } else { "?" });
    let locale = filters.locale().to_owned();
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let list = ListQuery {
            selection: filters.selection(reading.names).by_fewest(connection, reading.snapshot)?,
            order: Order::Newest,
            limit,
            place: None,
            skipped: 0,
            passed: 0,
            mixed: 0,
            has_total: false,
            fields,
            parameters: filters.parameters("getFeed"),
        };
        let (page, ground) = reads::list(connection, &reading, &list)?;
        let items: Vec<Item> = page.items.into_iter().map(|article| Item::of(article, &site_url)).collect();
        let called = filters.called(reading.names);
        let title = if called.is_empty() { site_name.clone() } else { format!("{site_name}: {}", called.join(", ")) };
        Ok(((title, items), ground))
    };
    let ((title, items), lifetime) = delivery.read(db, as_of, read).await?;
    let feed = Feed { title, url, site_url: delivery.site_url.to_string(), locale, hub: settings.hub.map(|hub| hub.to_string()), items };
    Ok((feed, answer::Delivered::new(lifetime).reserved(reserved)))
}

/// Get the newest articles as Atom
///
/// The newest 30 articles, or those that the filters leave, as Atom (RFC 4287), for feed readers. An entry's `id` is made of the article's id and stays the same whatever else changes. Whole texts go out, with what was corrected of
/// them, where the setting `FEED_TEXT` is `full`, else excerpts.
#[utoipa::path(
    get, path = "/v1/feed.atom", tag = "Delivery", operation_id = "getAtomFeed",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
    ),
    responses((status = 200, description = "The feed.", body = AtomFeed, content_type = "application/atom+xml")),
    security(()),
)]
#[routes]
#[get("/v1/feed.atom")]
#[get("/v1/preview/feed.atom")]
pub(super) async fn get_atom(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
) -> Result<HttpResponse> {
    let (feed, answer) = feed(&request, "feed.atom", (view, raw), &db, &delivery).await?;
    answer.content_type("application/atom+xml").bytes(&request, Bytes::from(atom::write(&feed))).await
}

/// Get the newest articles as RSS
///
/// The same as RSS 2.0.
#[utoipa::path(
    get, path = "/v1/feed.rss", tag = "Delivery", operation_id = "getRssFeed",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
    ),
    responses((status = 200, description = "The feed.", body = RssFeed, content_type = "application/rss+xml")),
    security(()),
)]
#[routes]
#[get("/v1/feed.rss")]
#[get("/v1/preview/feed.rss")]
pub(super) async fn get_rss(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
) -> Result<HttpResponse> {
    let (feed, answer) = feed(&request, "feed.rss", (view, raw), &db, &delivery).await?;
    answer.content_type("application/rss+xml").bytes(&request, Bytes::from(rss::write(&feed))).await
}

/// Get the newest articles as JSON Feed
///
/// The same as JSON Feed 1.1.
#[utoipa::path(
    get, path = "/v1/feed.json", tag = "Delivery", operation_id = "getJsonFeed",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
    ),
    responses((status = 200, description = "The feed.", body = JsonFeed, content_type = "application/feed+json")),
    security(()),
)]
#[routes]
#[get("/v1/feed.json")]
#[get("/v1/preview/feed.json")]
pub(super) async fn get_json(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
) -> Result<HttpResponse> {
    let (feed, answer) = feed(&request, "feed.json", (view, raw), &db, &delivery).await?;
    answer.content_type("application/feed+json").json(&request, &JsonFeed::from(feed)).await
}
