//! What stands beside an article: related ones, and the next and the previous one.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, routes};

use super::filters::every;
use super::{OneInclude, drafts, fields, wanted};
use crate::articles::delivered::related::RelatedArticles;
use crate::articles::delivered::{Article, ArticleField, Fields};
use crate::articles::reads::{self, Among, Beside, Found, Selection};
use crate::categories::context::view::View;
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Db};
use crate::http::{Budget, Collector, RawQuery, answer, path};
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::visibility::Ground;

/// How many related articles there are unless it is said.
const USUAL: usize = 5;
const MOST: u32 = 20;

/// What of it is asked for beside one article.
pub(super) fn asked(q: &mut Collector<'_>, includes: &[OneInclude]) -> Option<Beside> {
    let among = q.one_of("neighbours_in", &[("all", Among::All), ("category", Among::Category)]);
    let (has_related, has_neighbours) = (includes.contains(&OneInclude::Related), includes.contains(&OneInclude::Neighbours));
    if q.has("neighbours_in") && !has_neighbours {
        q.error("neighbours_in", "conflict", "it goes with `include=neighbours`");
    }
    let neighbours = has_neighbours.then(|| among.unwrap_or(Among::All));
    (has_related || has_neighbours).then_some(Beside { related: has_related.then_some(USUAL), neighbours, fields: Fields::CARD })
}

/// Puts it into the article, whose ground is this.
pub(super) fn add(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    article: &mut Article,
    (asked, every): (&Beside, &Selection),
    ground: Ground,
) -> Result<Ground> {
    let (found, below) = reads::beside(connection, reading, article, asked, every)?;
    article.related = asked.related.map(|_| found.related);
    article.neighbours = asked.neighbours.map(|_| found.neighbours);
    Ok(ground.changing(below.next_change))
}

/// What is found, with the ground under it until it is another thing: most of what comes and goes beside an article shows nowhere.
pub(super) fn settled(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    find: impl Fn(&mut AnyConnection, &Reading<'_>) -> Result<(Found, Ground)>,
) -> Result<(Found, Ground)> {
    let (found, ground) = find(connection, reading)?;
    let ask = |connection: &mut AnyConnection, reading: &Reading<'_>| {
        let (found, ground) = find(connection, reading)?;
        Ok((told(&found)?, ground))
    };
    let ground = reads::until_it_differs(connection, reading, (&told(&found)?, ground), ask)?;
    Ok((found, ground))
}

fn told(found: &Found) -> Result<String> {
    match found {
        Found::Live(article) => serde_json::to_string(article).map_err(Problem::internal),
        Found::Moved(slug) => Ok(format!("moved {slug}")),
        Found::Withdrawn(reason) => Ok(format!("withdrawn {reason}")),
        Found::Nothing => Ok(String::new()),
    }
}

/// List related articles
///
/// First those that editors pinned, in their order, then those of the highest score: 100 points for each tag that both carry, 50 for lying in the article's main category or below it, and one for each day less than 60
/// between their dates. Looked at are the newest 100 of each of its first 20 tags and of that category; a tag counts where the other one is among these. Of equal scores the newest comes first. What editors
/// excluded is never there, what is hidden leaves no hole. A slug that the article had before answers 308.
#[utoipa::path(
    get, path = "/v1/articles/{slug}/related", tag = "Delivery", operation_id = "listRelatedArticles",
    params(
        ("slug" = String, Path, max_length = 200, description = "The slug or the id."),
        ("locale" = Option<String>, Query, max_length = 20, description = "The language in which the slug is looked up.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 20, description = "How many; 5 unless said.", nullable = false),
        ("fields" = inline(Option<Vec<ArticleField>>), Query, style = Form, explode = false, min_items = 1, max_items = 24, description = "The members that the articles have; all but bodies unless said. With commas between, each once.", nullable = false),
    ),
    responses(
        (status = 200, description = "The articles.", body = RelatedArticles),
        (status = 308, description = "The article is live under another slug."),
        (status = 410, description = "`withdrawn`: it was public and has been taken back."),
    ),
    security(()),
)]
#[routes]
#[get("/v1/articles/{slug}/related")]
#[get("/v1/preview/articles/{slug}/related")]
pub(super) async fn list(request: HttpRequest, view: View, raw: RawQuery, db: Data<Db>, delivery: Data<Delivery>) -> Result<HttpResponse> {
    let slug = path::text(&request, "slug")?;
    let mut q = raw.collect();
    let as_of = view.of_site(&mut q)?;
    let locale = delivery.locale(&mut q);
    let limit = q.number("limit", 1, MOST).and_then(|limit| usize::try_from(limit).ok()).unwrap_or(USUAL);
    let fields = fields(&mut q, Fields::CARD);
    if as_of.is_of_newest() {
        drafts::refuse(&mut q);
    }
    q.finish()?;
    let wanted = wanted(&db, &delivery, view, (slug, locale)).await?;
    let reserved = Budget::reserve(&request, if fields.has_body() { limit } else { 0 })?;
    let (asked, every) = (Beside { related: Some(limit), neighbours: None, fields }, every(&delivery));
    let find = move |connection: &mut AnyConnection, reading: &Reading<'_>| {
        let (mut found, mut ground) = reads::find(connection, reading, &wanted, Fields::of(&[ArticleField::Id]))?;
        if let Found::Live(article) = &mut found {
            ground = add(connection, reading, article, (&asked, &every), ground)?;
        }
        Ok((found, ground))
    };
    let find = move |connection: &mut AnyConnection, reading: Reading<'_>| settled(connection, &reading, &find);
    let (found, lifetime) = delivery.read_long(&db, as_of, find).await?;
    match found {
        Found::Live(article) => {
            let related = RelatedArticles { data: article.related.unwrap_or_default() };
            answer::Delivered::new(lifetime).reserved(reserved).json(&request, &related).await
        }
        Found::Moved(slug) => answer::moved_above(&request, &slug, lifetime),
        Found::Withdrawn(reason) => Err(Problem::new(Code::Withdrawn, reason)),
        Found::Nothing => Err(Problem::not_found()),
    }
}
