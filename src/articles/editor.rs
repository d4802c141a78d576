//! Articles over HTTP, for editors.

mod asked;
mod autosave;
mod calendar;
mod history;
mod publishing;
mod saving;
mod translations;
mod visibility;

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{ArticleCreate, EditorArticle, EditorArticleList, Kind};
use super::service::{self, Site};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::{FilterItem, IdempotencyKey, JsonBody, MAX_BODY_BYTES, PathId, RawQuery, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, UserId};
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(saving::replace).service(saving::update).service(trash).service(restore);
    config
        .service(calendar::list)
        .service(calendar::of_article)
        .service(publishing::create)
        .service(publishing::unpublish)
        .service(publishing::amend);
    config.service(autosave::get_one).service(autosave::discard);
    config.service(visibility::get_visibility).service(translations::list);
    config.service(history::list).service(history::get_one).service(history::diff).service(history::restore);
}

/// Only who may publish may publish with a save.
fn require_for(caller: &Caller, publishes: bool) -> Result<()> {
    if publishes { require(caller, Action::Publish) } else { Ok(()) }
}

/// Create an article
///
/// A draft, unless `publish` says when it goes before the public. The answer's `warnings` say what the sanitiser takes out of the body. A body that becomes more than 4 MiB of HTML is refused:
/// `too_long_rendered` at `/body`, 422.
#[utoipa::path(tag = "Articles (editors)", operation_id = "createArticle", request_body = ArticleCreate, responses((status = 201, description = "The article.", body = EditorArticle), (status = 409, description = "`slug_taken` or `translation_taken`, or with `publish` what publishing answers: `past_is_history`, `base_changed` or `embargoed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles")]
async fn create(
    caller: Caller,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let json = body.json(MAX_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    let create = json.check::<ArticleCreate>()?;
    require_for(&caller, create.value.publish.is_some())?;
    answer::once(service::create(&db, &site, &caller, create, keyed).await?, created)
}

fn created(article: &EditorArticle) -> Result<Kept> {
    Ok(Kept::new(201, article)?.location(format!("/v1/editor/articles/{}", article.id)).version(article.version))
}

/// List articles
///
/// Their newest saves: all of them for editors and admins, for authors those that they created, in every language unless `locale` says otherwise. The
/// latest save first, unless `sort` does; what lies in the trash only if `status` names `trashed`. Filters go together; a comma means any of. A category, author or user that there is none of
/// gives an empty list.
#[utoipa::path(
    tag = "Articles (editors)", operation_id = "listEditorArticles",
    params(
        ("status" = Option<String>, Query, pattern = "^(trashed|changed|live|scheduled|ended|draft)(,(trashed|changed|live|scheduled|ended|draft))*$", max_length = 200, description = "Where it stands at the instant of the request: any of `trashed`, `changed`, `live`, `scheduled`, `ended`, `draft`; all but `trashed` unless said.", nullable = false),
        ("category" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of categories, up to 20 with commas between. The newest save names one of them or one below.", nullable = false),
        ("author" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Slugs of authors, up to 20 with commas between. The newest save names one of them.", nullable = false),
        ("created_by" = Option<UserId>, Query, description = "Who began it.", nullable = false),
        ("kind" = inline(Option<Vec<Kind>>), Query, style = Form, explode = false, min_items = 1, max_items = 2, description = "Both unless said.", nullable = false),
        ("locale" = inline(Option<Vec<FilterItem>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Languages of the site, up to 20 with commas between; all unless said.", nullable = false),
        ("q" = Option<String>, Query, min_length = 1, max_length = 100, description = "A text in the title, in upper or lower case. No character stands for another.", nullable = false),
        ("saved_from" = Option<String>, Query, max_length = 60, description = "Saved last at this instant or later.", nullable = false),
        ("saved_before" = Option<String>, Query, max_length = 60, description = "Saved last before this instant.", nullable = false),
        ("created_from" = Option<String>, Query, max_length = 60, description = "Begun at this instant or later.", nullable = false),
        ("created_before" = Option<String>, Query, max_length = 60, description = "Begun before this instant.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "The IANA zone of those of these instants that are given as local times, without an offset.", nullable = false),
        ("sort" = Option<String>, Query, pattern = "^-?(saved_at|created_at)$", max_length = 11, description = "`-saved_at` unless said; equal instants by id.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`, but not with other filters or another `sort`.", nullable = false),
    ),
    responses((status = 200, description = "A page of articles.", body = EditorArticleList)), security(("bearer" = [])),
)]
#[get("/v1/editor/articles")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, delivery: Data<Delivery>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadArticles)?;
    let asked = asked::asked(&query, &delivery.locales)?;
    let limit = asked.limit;
    let page = service::list::list(&db, &delivery.cursor_key, &caller, asked).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&EditorArticleList::new(page, limit))
}

/// Get an article
///
/// Its newest save, and its publications.
#[utoipa::path(tag = "Articles (editors)", operation_id = "getEditorArticle", params(("id" = ArticleId, Path, description = "The article."), ("time_zone" = Option<String>, Query, max_length = 60, description = "An IANA zone: adds the local times in it; the zone that was given stays.", nullable = false)), responses((status = 200, description = "The article.", body = EditorArticle)), security(("bearer" = [])))]
#[get("/v1/editor/articles/{id}")]
async fn get_one(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadArticles)?;
    let article = service::get(&db, &caller, id.get()?).await?;
    let article = article.in_zone(query.time_zone()?.as_ref());
    answer::editor(StatusCode::OK).version(article.version.unsigned_abs()).json(&article)
}

/// Put an article into the trash, or purge it
///
/// What is live ends now; what is scheduled does not begin while it lies there. With `purge=true` an admin takes what is in the trash out of the world: its saves, its dates, also
/// those that have passed, and its slugs, which others may have then. Nothing brings it back.
#[utoipa::path(tag = "Articles (editors)", operation_id = "deleteArticle", params(("id" = ArticleId, Path, description = "The article."), ("purge" = Option<bool>, Query, description = "`true` purges what is in the trash; `false` unless said.", nullable = false)), responses((status = 204, description = "It is in the trash, or gone."), (status = 403, description = "`forbidden` or `was_public`."), (status = 409, description = "`trashed`; with `purge` `not_trashed`."), (status = 428, description = "`precondition_required`.")), security(("bearer" = [])))]
#[delete("/v1/editor/articles/{id}")]
async fn trash(request: HttpRequest, caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    let current = service::version(&db, &caller, id).await?;
    let mut q = query.collect();
    let is_purged = q.flag("purge");
    if is_purged {
        require(&caller, Action::Purge)?;
    }
    q.finish()?;
    let expected = conditional::required(&request, current)?;
    match is_purged {
        true => service::trash::purge(&db, &caller, id, expected).await?,
        false => service::trash::discard(&db, &caller, id, expected).await?,
    }
    Ok(answer::no_content())
}

/// Take an article out of the trash
///
/// Nothing goes before the public by it; what still lies ahead is scheduled again, so that it takes the right to decide on dates where something does.
#[utoipa::path(tag = "Articles (editors)", operation_id = "restoreArticle", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 200, description = "The article.", body = EditorArticle), (status = 403, description = "`forbidden` or `was_public`."), (status = 409, description = "`not_trashed` or `slug_taken`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/restore")]
async fn restore(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    // A kept answer is for those alone who still may see the article.
    service::version(&db, &caller, id).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    let keyed = key.of(&caller, b"", restored)?;
    answer::once(service::trash::restore(&db, &caller, id, expected, keyed).await?, restored)
}

fn restored(article: &EditorArticle) -> Result<Kept> {
    Ok(Kept::new(200, article)?.version(article.version))
}
