//! Articles for readers: anonymous, cacheable by anyone, and only what is live.

mod batch;
mod corrections;
mod curated;
mod dates;
mod drafts;
pub mod filters;
mod on;
mod related;
mod views;

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use self::filters::{Filters, every};
use super::delivered::{Article, ArticleField, ArticleList, Fields};
use super::dto::Kind;
use super::reads::{self, Found, ListQuery, Order, Wanted};
use crate::categories::context::view::{AsOf, View, beyond_article};
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, Collector, FilterItem, RawQuery, answer, path};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Limit, ListParameters, Page, Place};
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::visibility::Ground;
use crate::views::reads::Told;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(list).service(get_one).service(dates::list).service(corrections::list).service(related::list);
    config.service(curated::get_list);
    config.service(views::count).service(views::most_read).service(views::list);
}

struct Asked {
    as_of: AsOf,
    filters: Filters,
    order: Order,
    limit: Limit,
    cursor: Option<String>,
    page: Option<u32>,
    has_total: bool,
    fields: Fields,
    /// Up to when views are told, if they are.
    told: Option<Told>,
}

/// What `include` adds to the articles of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
enum ArticleInclude {
    /// `body_html` and `body_text`.
    Body,
    /// How often it was read.
    Views,
}

/// What `include` adds to one article, which has its body anyway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
enum OneInclude {
    /// How often it was read.
    Views,
    /// Articles that are related to it.
    Related,
    /// The next and the previous article.
    Neighbours,
}

impl OneInclude {
    const ALL: [(&str, Self); 3] = [("views", Self::Views), ("related", Self::Related), ("neighbours", Self::Neighbours)];
}

/// `fields=`: the members that are named, or `unless_said`.
fn fields(q: &mut Collector<'_>, unless_said: Fields) -> Fields {
    let named = q.any_of("fields", ArticleField::ALL);
    if named.is_empty() { unless_said } else { Fields::of(&named) }
}

/// `body=`: in which forms the body comes.
fn forms(q: &mut Collector<'_>) -> Vec<ArticleField> {
    q.any_of("body", &BODY_FORMS.map(|(name, form)| (name, form.field())))
}

/// The forms of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
enum BodyForm {
    /// `body_html`: sanitised HTML.
    Html,
    /// `body_text`: the text without markup.
    Text,
    /// `body_markdown`: Markdown, written from the HTML.
    Markdown,
    /// `body_blocks`: a tree, for apps that draw it themselves.
    Blocks,
}

const BODY_FORMS: [(&str, BodyForm); 4] =
    [("html", BodyForm::Html), ("text", BodyForm::Text), ("markdown", BodyForm::Markdown), ("blocks", BodyForm::Blocks)];

impl BodyForm {
    fn field(self) -> ArticleField {
        match self {
            Self::Html => ArticleField::BodyHtml,
            Self::Text => ArticleField::BodyText,
            Self::Markdown => ArticleField::BodyMarkdown,
            Self::Blocks => ArticleField::BodyBlocks,
        }
    }
}

/// `fields=` and `include=` of a list: the members, and whether how often each article was read is one of them.
fn includes(q: &mut Collector<'_>, unless_said: Fields) -> (Fields, bool) {
    let fields = fields(q, unless_said);
    let includes = q.any_of("include", &[("body", ArticleInclude::Body), ("views", ArticleInclude::Views)]);
    let fields = if includes.contains(&ArticleInclude::Body) { fields.with_body() } else { fields };
    (fields.with_forms(&forms(q)), includes.contains(&ArticleInclude::Views))
}

fn asked(raw: &RawQuery, view: View, delivery: &Delivery, now: Instant) -> Result<Asked> {
    let mut q = raw.collect();
    // Where it is given, the list is another one.
    q.has("ids");
    let as_of = view.of_site(&mut q)?;
    let (fields, has_views) = includes(&mut q, Fields::CARD);
    if as_of.is_of_newest() && has_views {
        drafts::refuse_includes(&mut q);
    }
    let asked = Asked {
        as_of,
        filters: Filters::of(&mut q, delivery).dated(&mut q, delivery).without(&mut q),
        order: q.one_of("sort", &[("-published_at", Order::Newest), ("published_at", Order::Oldest)]).unwrap_or(Order::Newest),
        limit: q.limit(),
        cursor: q.cursor(),
        page: q.page(),
        has_total: q.count(),
        fields,
        told: has_views.then(|| Told::at(now)),
    };
    q.finish()?;
    Ok(asked)
}

impl Asked {
    /// How many articles the pages before have.
    fn passed(&self) -> i64 {
        let rows = i64::try_from(self.limit.rows()).unwrap_or(i64::MAX);
        i64::from(self.page.map_or(0, |page| page.saturating_sub(1))).saturating_mul(rows)
    }

    /// Whether something is counted.
    fn is_counted(&self) -> bool {
        self.has_total || self.passed() > reads::FEW_SEEN
    }

    /// In a form in which no two lists are the same.
    fn parameters(&self) -> ListParameters {
        let sort = if self.order == Order::Newest { "-published_at" } else { "published_at" };
        self.filters.parameters("listArticles").with("sort", Some(sort))
    }
}

/// List live articles
///
/// Newest first. `category` takes slugs, with commas between for any of them, and means everything below them too; `tag` and `author` do alike. Several filters
/// narrow each other. A slug that one had before means the same as its present one. One that there is none of gives an empty list.
#[utoipa::path(
    get, path = "/v1/articles", tag = "Delivery", operation_id = "listArticles",
    params(
        ("locale" = Option<String>, Query, max_length = 20, description = "One of the site's languages; the first one unless said.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "`article` unless said. With commas between for any of them, each once.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between.", nullable = false),
        ("tag" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of tags, up to 20 with commas between for any of them.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between for any of them.", nullable = false),
        ("published_from" = Option<String>, Query, format = DateTime, description = "Dates from this instant on.", nullable = false),
        ("published_before" = Option<String>, Query, format = DateTime, description = "Dates before this instant.", nullable = false),
        ("on" = Option<String>, Query, pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", max_length = 10, description = "Dates in this year, month or day of the site's zone or of `time_zone`,             such as `2021-02`: instead of `published_from` and `published_before`, for which it stands. Where clocks were set back from one day into the day before, what lies between is on both.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "With `on`: a name of the IANA database, such as `Asia/Kathmandu`; the site's zone unless said.", nullable = false),
        ("exclude" = inline(Option<Vec<ArticleId>>), Query, style = Form, explode = false, min_items = 1, max_items = 100, description = "Ids of articles that are left out, such as those that the page shows already: up to 100 with commas between, each once. \
            Counts and pages by number then look at 10,000 articles at most.", nullable = false),
        ("ids" = inline(Option<Vec<ArticleId>>), Query, style = Form, explode = false, min_items = 1, max_items = 100, description = "Ids of articles, up to 100 with commas between, each once: these alone, in this order, in any language and of any kind. Those that are \
            not live are left out. It goes with `fields` and `include` and with nothing else.", nullable = false),
        ("sort" = inline(Option<Order>), Query, description = "`-published_at` unless said.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`, `fields` or `include`, but not with other filters or another `sort`.", nullable = false),
        ("page" = Option<u32>, Query, minimum = 1, maximum = 1000, description = "The number of the page, instead of `cursor`; it costs what the first \
            one does. What `paging` and `Link` then lead to are cursors as well. A page behind the last one is empty. Over several kinds, categories of which none lies \
            below another, tags or authors, or with several filters, a page begins behind 10,000 articles at most.", nullable = false),
        ("count" = Option<String>, Query, pattern = "^exact$", max_length = 5, description = "`exact` adds `paging.total`. Over several kinds, categories of which none lies \
            below another, tags or authors, or with several filters, it counts up to 10,000 articles.", nullable = false),
        ("fields" = inline(Option<Vec<ArticleField>>), Query, style = Form, explode = false, min_items = 1, max_items = 24, description = "The members that the articles have; all but bodies unless said. With commas between, each once.", nullable = false),
        ("include" = inline(Option<Vec<ArticleInclude>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "What they have besides: `body` adds `body_html` and `body_text`, `views` how often they were read, ever, up to the last whole minute.", nullable = false),
        ("body" = inline(Option<Vec<BodyForm>>), Query, style = Form, explode = false, min_items = 1, max_items = 4, description = "With their bodies in these forms, with commas between.", nullable = false),
    ),
    responses(
        (status = 200, description = "A page of articles.", body = ArticleList),
        (status = 400, description = "`invalid_parameter`, `invalid_cursor` or `invalid_header`; or `count_too_large`: `count=exact` over several \
            kinds, categories, tags or authors, or with several filters, that have more than 10,000 articles."),
    ),
    security(()),
)]
#[routes]
#[get("/v1/articles")]
#[get("/v1/preview/articles")]
async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    if batch::is_asked(&raw) {
        return batch::list(&request, view, &raw, &db, &delivery).await;
    }
    let asked = asked(&raw, view, &delivery, db.clock().now())?;
    if asked.as_of.is_of_newest() {
        return drafts::list(&request, &db, &delivery, asked).await;
    }
    let parameters = asked.parameters();
    let place = delivery.cursor_key.place(&parameters, asked.cursor.as_deref())?;
    let (as_of, limit, is_counted, is_of_one) = (asked.as_of, asked.limit, asked.is_counted(), asked.filters.are_of_one_list());
    let bodies = if asked.fields.has_body() { limit.rows() } else { 0 };
    let reserved = Budget::reserve(&request, bodies)?;
    let read = move |connection: &mut AnyConnection, reading: Reading<'_>| page(connection, reading, &asked, place.as_ref());
    let (page, lifetime) = match (is_counted, is_of_one) {
        (false, _) => delivery.read(&db, as_of, read).await?,
        (true, true) => delivery.read_tallies(&db, as_of, read).await?,
        (true, false) => delivery.read_long(&db, as_of, read).await?,
    };
    let page = page?;
    answer::Delivered::new(lifetime).reserved(reserved).page(&request, &page).json(&request, &ArticleList::new(page, limit)).await
}

/// The page, or why there is none, which is as good as its ground too.
fn page(
    connection: &mut AnyConnection,
    reading: Reading<'_>,
    asked: &Asked,
    place: Option<&Place>,
) -> Result<(Result<Page<Article>>, Ground)> {
    let selection = if asked.is_counted() { asked.filters.fewest(reading.names) } else { asked.filters.selection(reading.names) };
    let mut query = ListQuery {
        selection: selection.by_fewest(connection, reading.snapshot)?,
        order: asked.order,
        limit: asked.limit,
        place: place.cloned(),
        skipped: 0,
        passed: 0,
        mixed: 0,
        has_total: asked.has_total,
        fields: asked.fields,
        parameters: asked.parameters(),
    };
    let passed = asked.passed();
    let is_too_far = query.selection.one_list().is_none() && passed > reads::MOST_SEEN;
    if passed > 0 && !is_too_far {
        query = match asked.is_counted() || !reading.entries.is_empty() {
            true => reads::behind(connection, &reading, query, passed)?,
            false => query.skipping(passed),
        };
    }
    let (mut page, mut ground) = reads::list(connection, &reading, &query)?;
    if let Some(told) = asked.told {
        reads::add_views(connection, told, &mut page.items)?;
        ground = ground.changing_at(told.renewed_at());
    }
    if asked.has_total {
        page.total = reads::total(connection, &reading, &query.selection)?;
    }
    let is_too_large = asked.has_total && page.total.is_none();
    let page = match (is_too_far, is_too_large) {
        (true, _) => Err(too_far("over several kinds, categories, tags or authors, or with several filters,")),
        (false, true) => Err(too_many("ask without `count`, or for one of them")),
        (false, false) => Ok(page),
    };
    Ok((page, ground))
}

fn too_many(instead: &str) -> Problem {
    let detail = format!("What these filters name has more than {} articles together; {instead}.", reads::MOST_SEEN);
    Problem::new(Code::CountTooLarge, detail)
}

fn too_far(of: &str) -> Problem {
    let detail = format!("{of} no page begins behind more than {} articles; go on by `cursor`", reads::MOST_SEEN);
    Problem::invalid_parameter("page", "out_of_range", detail)
}

/// Get a live article
///
/// By its slug in the default language or `locale=`, or by its id. A slug that the article had before answers 308 with the present one.
#[utoipa::path(
    get, path = "/v1/articles/{slug}", tag = "Delivery", operation_id = "getArticle",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug or the id."),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language in which the slug is looked up.", nullable = false),
        ("fields" = inline(Option<Vec<ArticleField>>), Query, style = Form, explode = false, min_items = 1, max_items = 24, description = "The members that it has; all unless said. With commas between, each once.", nullable = false),
        ("include" = inline(Option<Vec<OneInclude>>), Query, style = Form, explode = false, min_items = 1, max_items = 3, description = "What it has besides: `views` is how often it was read, ever, up to the last whole minute; `related` five \
            articles as `listRelatedArticles` has them; `neighbours` the next and the previous one by date, of its language and kind.", nullable = false),
        ("neighbours_in" = Option<String>, Query, pattern = "^(all|category)$", max_length = 8, description = "With `include=neighbours`: `category` for those of its main category and below; `all` unless said.", nullable = false),
        ("body" = inline(Option<Vec<BodyForm>>), Query, style = Form, explode = false, min_items = 1, max_items = 4, description = "In which forms the body comes, with commas between: `html` and `text` unless said.", nullable = false),
    ),
    responses(
        (status = 200, description = "The article.", body = Article),
        (status = 308, description = "It is live under another slug."),
        (status = 410, description = "`withdrawn`: it was public and has been taken back."),
    ),
    security(()),
)]
#[routes]
#[get("/v1/articles/{slug}")]
#[get("/v1/preview/articles/{slug}")]
async fn get_one(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let slug = path::text(&request, "slug")?;
    let mut q = raw.collect();
    let includes = q.any_of("include", &OneInclude::ALL);
    let beside = related::asked(&mut q, &includes);
    // What stands beside an article is of the site.
    let as_of = if beside.is_some() { view.of_site(&mut q)? } else { view.as_of(&mut q)? };
    let locale = delivery.locale(&mut q);
    let fields = fields(&mut q, Fields::WHOLE).with_forms(&forms(&mut q));
    let has_views = includes.contains(&OneInclude::Views);
    if as_of.is_of_newest() && !includes.is_empty() {
        drafts::refuse_includes(&mut q);
    }
    q.finish()?;
    let wanted = wanted(&db, &delivery, view, (slug, locale)).await?;
    if as_of.is_of_newest() {
        return drafts::get_one(&request, &db, &delivery, as_of, wanted, fields).await;
    }
    let (every, is_long) = (every(&delivery), beside.is_some());
    let told = has_views.then(|| Told::at(db.clock().now()));
    let find = move |connection: &mut AnyConnection, reading: &Reading<'_>| {
        let (mut found, mut ground) = reads::find(connection, reading, &wanted, fields)?;
        if let (Some(beside), Found::Live(article)) = (&beside, &mut found) {
            ground = related::add(connection, reading, article, (beside, &every), ground)?;
        }
        Ok((found, ground))
    };
    let find = move |connection: &mut AnyConnection, reading: Reading<'_>| {
        let found = if is_long { related::settled(connection, &reading, &find) } else { find(connection, &reading) };
        let (mut found, mut ground) = found?;
        if let (Some(told), Found::Live(article)) = (told, &mut found) {
            reads::add_views(connection, told, std::slice::from_mut(article))?;
            ground = ground.changing_at(told.renewed_at());
        }
        Ok((found, ground))
    };
    let (found, lifetime) = if is_long { delivery.read_long(&db, as_of, find).await? } else { delivery.read(&db, as_of, find).await? };
    match found {
        Found::Live(article) => answer::delivered(&request, &article, lifetime).await,
        Found::Moved(slug) => answer::moved(&request, &slug, lifetime),
        Found::Withdrawn(reason) => Err(Problem::new(Code::Withdrawn, reason)),
        Found::Nothing => Err(Problem::not_found()),
    }
}

/// What a slug or id in a path means to whoever looks.
///
/// # Errors
/// `forbidden` (403) if a link shows another article; 404 if the site does not publish in its language.
async fn wanted(db: &Db, delivery: &Delivery, view: View, (slug, locale): (String, String)) -> Result<Wanted> {
    Ok(match (slug.parse(), view.article()) {
        (Ok(id), _) => {
            view.admits(id)?;
            Wanted::Id { id, locales: delivery.locales.names() }
        }
        // A link shows its article by the slugs of that one, whatever its language.
        (Err(_), Some(shown)) => Wanted::Slug { locale: own_locale(db, delivery, shown, &slug).await?, slug },
        (Err(_), None) => Wanted::Slug { locale, slug },
    })
}

/// The language in which a slug is one of an article's own.
///
/// # Errors
/// `forbidden` (403) if it is not; 404 if the site does not publish in that language.
async fn own_locale(db: &Db, delivery: &Delivery, id: ArticleId, slug: &str) -> Result<String> {
    let named = slug.to_owned();
    let locale = db.read(move |connection| Ok::<_, Problem>(reads::locale_of_own(connection, id, &named)?)).await?;
    let locale = locale.ok_or_else(|| beyond_article(id))?;
    if delivery.locales.find(&locale).is_some() { Ok(locale) } else { Err(Problem::not_found()) }
}
