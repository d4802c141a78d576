//! How often articles are read: what readers tell, what was read most, and how often what is live was.

use actix_web::http::header::USER_AGENT;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, post, routes};

use super::filters::{Filters, every, ids};
use super::{ArticleInclude, BodyForm, includes};
use crate::articles::delivered::views::{ArticleViews, ArticleViewsList, MostRead};
use crate::articles::delivered::{ArticleField, Fields};
use crate::articles::dto::Kind;
use crate::articles::reads::{self, Found, RankedQuery, Wanted};
use crate::categories::context::view::{AsOf, View};
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, ClientAddress, FilterItem, JsonBody, RawQuery, SMALL_BODY_BYTES, answer, path};
use crate::kernel::id::ArticleId;
use crate::kernel::problem::{Code, Problem, Result};
use crate::views::counter::Counter;
use crate::views::reads::ranks::Ranks;
use crate::views::reads::{Told, Window};

/// Count a view
///
/// That somebody reads the article, by its slug in the default language or `locale=`, or by its id; under a slug that it had before the article that it leads to is meant. One
/// reader, known by address and `User-Agent`, counts once in 30 minutes, and 20 readers with one address at most. Programs that say what they are, or nothing at all, do not
/// count and get the same answer. No address is stored. A body of any type is taken, up to 64 KiB, and not looked at: `navigator.sendBeacon(url)` does. Views are told up to the last
/// whole minute.
#[utoipa::path(
    post, path = "/v1/articles/{slug}/views", tag = "Delivery", operation_id = "countView",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug or the id."),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language in which the slug is looked up.", nullable = false),
    ),
    responses(
        (status = 204, description = "It is live."),
        (status = 410, description = "`withdrawn`: it was public and has been taken back."),
        (status = 413, description = "`body_too_large`: what is sent has more than 64 KiB."),
    ),
    security(()),
)]
#[post("/v1/articles/{slug}/views")]
pub(super) async fn count(
    request: HttpRequest,
    raw: RawQuery,
    body: JsonBody,
    address: ClientAddress,
    db: Data<Db>,
    delivery: Data<Delivery>,
    counter: Data<Counter>,
) -> Result<HttpResponse> {
    let slug = path::text(&request, "slug")?;
    let mut q = raw.collect();
    let locale = delivery.locale(&mut q);
    q.finish()?;
    let now = db.clock().now();
    let id = match counter.live(&locale, &slug, now) {
        Some(id) => id,
        None => live(&db, &delivery, &counter, locale, slug).await?,
    };
    body.skip(SMALL_BODY_BYTES).await?;
    let agent = request.headers().get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    counter.count(id, address.key(), agent.as_deref(), now);
    Ok(answer::no_content())
}

/// The article that is live under a name, or under the one that this leads to.
async fn live(db: &Db, delivery: &Delivery, counter: &Counter, locale: String, name: String) -> Result<ArticleId> {
    let mut slug = name.clone();
    loop {
        let wanted = match slug.parse() {
            Ok(id) => Wanted::Id { id, locales: delivery.locales.names() },
            Err(_) => Wanted::Slug { locale: locale.clone(), slug },
        };
        let find = move |connection: &mut AnyConnection, reading: Reading<'_>| {
            Ok(reads::find(connection, &reading, &wanted, Fields::of(&[ArticleField::Id]))?)
        };
        match delivery.read(db, AsOf::NOW, find).await?.0 {
            Found::Live(article) => {
                counter.keep_live(locale, name, article.id, db.clock().now());
                return Ok(article.id);
            }
            Found::Moved(present) => slug = present,
            Found::Withdrawn(reason) => return Err(Problem::new(Code::Withdrawn, reason)),
            Found::Nothing => return Err(Problem::not_found()),
        }
    }
}

/// List the most read articles
///
/// Those that are live now, by how often they were read within `window`, the most read first; those that were read equally often by their dates, the newest first. What nobody
/// read within it is not there. It takes the filters of lists, and looks at the 10,000 most read articles of the window. It is made anew once a minute. Windows end with the
/// last whole minute; those of days begin with a whole hour, that of 30 days with a whole day. Previews
/// rank what is live at their instant, whatever `drafts` says, by the views of today.
#[utoipa::path(
    get, path = "/v1/most-read", tag = "Delivery", operation_id = "listMostRead",
    params(
        ("window" = Option<String>, Query, pattern = "^(1h|24h|7d|30d|all)$", max_length = 3, description = "`24h` unless said. `all` has what was counted elsewhere before as well.", nullable = false),
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "`article` unless said. With commas between for any of them, each once.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
        ("published_from" = Option<String>, Query, format = DateTime, description = "Dates from this instant on.", nullable = false),
        ("published_before" = Option<String>, Query, format = DateTime, description = "Dates before this instant.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("fields" = inline(Option<Vec<ArticleField>>), Query, style = Form, explode = false, min_items = 1, max_items = 24, description = "The members that the articles have; all but bodies unless said. With commas between, each once.", nullable = false),
        ("include" = inline(Option<Vec<ArticleInclude>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "What they have besides: `body` adds `body_html` and `body_text`, `views` how often they were read, ever.", nullable = false),
        ("body" = inline(Option<Vec<BodyForm>>), Query, style = Form, explode = false, min_items = 1, max_items = 4, description = "With their bodies in these forms, with commas between.", nullable = false),
    ),
    responses((status = 200, description = "The articles.", body = MostRead)),
    security(()),
)]
#[routes]
#[get("/v1/most-read")]
#[get("/v1/preview/most-read")]
pub(super) async fn most_read(
    request: HttpRequest,
    view: View,
    raw: RawQuery,
    db: Data<Db>,
    delivery: Data<Delivery>,
    ranks: Data<Ranks>,
) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let window = q.one_of("window", &Window::ALL).unwrap_or(Window::Day);
    let filters = Filters::of(&mut q, &delivery);
    let limit = q.limit();
    let (fields, has_views) = includes(&mut q, Fields::CARD);
    q.finish()?;
    let now = db.clock().now();
    let (told, ranking) = (Told::at(now), ranks.of(&db, window, now).await?);
    let reserved = Budget::reserve(&request, if fields.has_body() { limit.rows() } else { 0 })?;
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let query = RankedQuery { ranking: ranking.clone(), selection: filters.selection(reading.names), limit, fields };
        let (mut articles, ground) = reads::most_read(connection, &reading, &query)?;
        if has_views {
            reads::add_views(connection, told, &mut articles)?;
        }
        Ok((articles, ground.changing_at(told.renewed_at())))
    };
    let (data, lifetime) = delivery.read_long(&db, as_of, read).await?;
    answer::Delivered::new(lifetime).reserved(reserved).json(&request, &MostRead { data }).await
}

/// List how often articles were read
///
/// Those of the articles named that are live now, in any language and of any kind, each with how often it was read, ever, up to the last whole minute. It is made anew once a minute.
/// Previews tell the views of today of what is live at their instant, whatever `drafts` says.
#[utoipa::path(
    get, path = "/v1/views", tag = "Delivery", operation_id = "listViews",
    params(("ids" = inline(Option<Vec<ArticleId>>), Query, style = Form, explode = false, min_items = 1, max_items = 100, description = "Ids of articles, up to 100 with commas between, each once. Without it there is nothing to tell.", nullable = false)),
    responses((status = 200, description = "How often.", body = ArticleViewsList)),
    security(()),
)]
#[routes]
#[get("/v1/views")]
#[get("/v1/preview/views")]
pub(super) async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let ids = ids(&mut q, "ids");
    q.finish()?;
    let selection = every(&delivery);
    let told = Told::at(db.clock().now());
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let (counted, ground) = reads::views_of(connection, &reading, &selection, told, &ids)?;
        Ok((counted, ground.changing_at(told.renewed_at())))
    };
    let (counted, lifetime) = delivery.read(&db, as_of, read).await?;
    let data = counted.into_iter().map(|(id, views)| ArticleViews { id, views }).collect();
    answer::delivered(&request, &ArticleViewsList { data }, lifetime).await
}
