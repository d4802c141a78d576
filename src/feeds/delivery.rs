//! Feeds over HTTP.

mod sitemaps;

use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, routes};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{Feed, FeedStyle, JsonFeed, Xml};
use super::reads::{self, Asked, MOST};
use super::{atom, json, rss};
use crate::articles::delivery::filters::Filters;
use crate::articles::dto::Kind;
use crate::categories::context::view::{TOKEN_PARAMETER, View};
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, Collector, FilterItem, RawQuery, answer};
use crate::kernel::problem::{Problem, Result};

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(json_feed).service(rss_feed).service(atom_feed);
    config.service(sitemaps::sitemap).service(sitemaps::news).service(sitemaps::robots);
}

/// What a request for a feed comes with.
type Asking = (View, RawQuery, Data<Db>, Data<Delivery>, Data<FeedStyle>);

/// Get a JSON Feed
///
/// The newest 30 articles as JSON Feed 1.1, with the filters of lists. `FEED_TEXT` says whether they have the whole text. An item's `id` stays whatever becomes of the article's slug.
#[utoipa::path(
    get, path = "/v1/feed.json", tag = "Delivery", operation_id = "getJsonFeed",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "`article` unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
        ("published_from" = Option<String>, Query, format = DateTime, description = "Dates from this instant on.", nullable = false),
        ("published_before" = Option<String>, Query, format = DateTime, description = "Dates before this instant.", nullable = false),
    ),
    responses((status = 200, description = "The feed.", body = JsonFeed, content_type = "application/feed+json")), security(()),
)]
#[routes]
#[get("/v1/feed.json")]
#[get("/v1/preview/feed.json")]
async fn json_feed(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
    style: Data<FeedStyle>,
) -> Result<HttpResponse> {
    let write = |feed: Feed| serde_json::to_vec(&json::feed(feed)).map_err(Problem::internal);
    answered(&request, (view, raw, db, delivery, style), ("json", "application/feed+json"), write).await
}

/// Get an RSS feed
///
/// The newest 30 articles as RSS 2.0, with the filters of lists. `FEED_TEXT` says whether they have the whole text. A `guid` stays whatever becomes of the article's slug.
#[utoipa::path(
    get, path = "/v1/feed.rss", tag = "Delivery", operation_id = "getRssFeed",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "`article` unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
        ("published_from" = Option<String>, Query, format = DateTime, description = "Dates from this instant on.", nullable = false),
        ("published_before" = Option<String>, Query, format = DateTime, description = "Dates before this instant.", nullable = false),
    ),
    responses((status = 200, description = "The feed.", body = Xml, content_type = "application/rss+xml")), security(()),
)]
#[routes]
#[get("/v1/feed.rss")]
#[get("/v1/preview/feed.rss")]
async fn rss_feed(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
    style: Data<FeedStyle>,
) -> Result<HttpResponse> {
    let asking = (view, raw, db, delivery, style);
    answered(&request, asking, ("rss", "application/rss+xml; charset=utf-8"), |feed| Ok(rss::feed(&feed))).await
}

/// Get an Atom feed
///
/// The newest 30 articles as Atom (RFC 4287), with the filters of lists. `FEED_TEXT` says whether they have the whole text. An entry's `id` stays whatever becomes of the article's slug.
#[utoipa::path(
    get, path = "/v1/feed.atom", tag = "Delivery", operation_id = "getAtomFeed",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "`article` unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
        ("published_from" = Option<String>, Query, format = DateTime, description = "Dates from this instant on.", nullable = false),
        ("published_before" = Option<String>, Query, format = DateTime, description = "Dates before this instant.", nullable = false),
    ),
    responses((status = 200, description = "The feed.", body = Xml, content_type = "application/atom+xml")), security(()),
)]
#[routes]
#[get("/v1/feed.atom")]
#[get("/v1/preview/feed.atom")]
async fn atom_feed(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
    style: Data<FeedStyle>,
) -> Result<HttpResponse> {
    let asking = (view, raw, db, delivery, style);
    answered(&request, asking, ("atom", "application/atom+xml; charset=utf-8"), |feed| Ok(atom::feed(&feed))).await
}

/// That what follows shows what is live, and no drafts.
fn refuse_drafts(q: &mut Collector<'_>) {
    q.error("drafts", "conflict", "this has what is live alone; leave `drafts` out");
}

async fn answered(
    request: &HttpRequest,
    (view, raw, db, delivery, style): Asking,
    (form, media_type): (&str, &'static str),
    write: impl FnOnce(Feed) -> Result<Vec<u8>>,
) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    if as_of.is_of_newest() {
        refuse_drafts(&mut q);
    }
    let filters = Filters::of(&mut q, &delivery);
    q.finish()?;
    let reserved = Budget::reserve(request, if style.has_text { usize::from(MOST) } else { 0 })?;
    let address = address(request, &style.api_url, form);
    let context = Delivery::clone(&delivery);
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let asked = Asked {
            selection: filters.selection(reading.names),
            locale: filters.locale().to_owned(),
            address: address.clone(),
            category: filters.one_category(reading.names).map(|category| (category.slug.clone(), category.name.clone())),
        };
        Ok(reads::feed(connection, &reading, (&context, &style), asked)?)
    };
    let (feed, lifetime) = delivery.read(&db, as_of, read).await?;
    let bytes = Bytes::from(write(feed)?);
    answer::Delivered::new(lifetime).content_type(media_type).reserved(reserved).bytes(request, bytes).await
}

/// Where readers find the feed: a preview of it says the same.
fn address(request: &HttpRequest, api_url: &str, form: &str) -> String {
    let is_filter = |pair: &&str| {
        let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
        !name.is_empty() && !["at", "drafts", TOKEN_PARAMETER].contains(&name)
    };
    let filters: Vec<&str> = request.query_string().split('&').filter(is_filter).collect();
    let between = if filters.is_empty() { "" } else { "?" };
    format!("{api_url}/v1/feed.{form}{between}{}", filters.join("&"))
}
