//! Articles over HTTP, for editors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post, put};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{ArticleCreate, ArticlePatch, EditorArticle};
use super::service::{self, Site};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, MAX_BODY_BYTES, PathId, RawQuery, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(get_one).service(replace).service(update).service(trash).service(restore);
}

/// Only who may publish may publish with a save.
fn require_for(caller: &Caller, publishes: bool) -> Result<()> {
    if publishes { require(caller, Action::Publish) } else { Ok(()) }
}

/// Create an article
///
/// A draft, unless `publish` says when it goes before the public. The answer's `warnings` say what the sanitiser takes out of the body.
#[utoipa::path(tag = "Articles (editors)", operation_id = "createArticle", request_body = ArticleCreate, responses((status = 201, description = "The article.", body = EditorArticle), (status = 409, description = "`slug_taken`.")), security(("bearer" = [])))]
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
    let create: ArticleCreate = json.check()?;
    require_for(&caller, create.publish.is_some())?;
    answer::once(service::create(&db, &site, &caller, create, keyed).await?, created)
}

fn created(article: &EditorArticle) -> Result<Kept> {
    Ok(Kept::new(201, article)?.location(format!("/v1/editor/articles/{}", article.id)).version(article.version))
}

/// Get an article
///
/// Its newest save, and its publications.
#[utoipa::path(tag = "Articles (editors)", operation_id = "getEditorArticle", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 200, description = "The article.", body = EditorArticle)), security(("bearer" = [])))]
#[get("/v1/editor/articles/{id}")]
async fn get_one(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let article = service::get(&db, &caller, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(article.version.unsigned_abs()).json(&article)
}

/// Replace an article
///
/// All of its content; without `slug` it keeps the slug. Nothing that is live changes.
#[utoipa::path(tag = "Articles (editors)", operation_id = "replaceArticle", params(("id" = ArticleId, Path, description = "The article.")), request_body = ArticleCreate, responses((status = 200, description = "The article.", body = EditorArticle), (status = 409, description = "`slug_taken` or `trashed`."), (status = 428, description = "`precondition_required`.")), security(("bearer" = [])))]
#[put("/v1/editor/articles/{id}")]
async fn replace(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    let current = service::version(&db, &caller, id).await?;
    let json = body.json(MAX_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::required(&request, current)?;
    service::check_version(&db, id, &expected).await?;
    let whole: ArticleCreate = json.check()?;
    require_for(&caller, whole.publish.is_some())?;
    let article = service::replace(&db, &site, &caller, id, expected, whole).await?;
    answer::editor(StatusCode::OK).version(article.version.unsigned_abs()).json(&article)
}

/// Change an article
///
/// The fields that the merge patch names (RFC 7396). Nothing that is live changes.
#[utoipa::path(tag = "Articles (editors)", operation_id = "updateArticle", params(("id" = ArticleId, Path, description = "The article.")), request_body(content((ArticlePatch = "application/merge-patch+json"), (ArticlePatch = "application/json"))), responses((status = 200, description = "The article.", body = EditorArticle), (status = 409, description = "`slug_taken` or `trashed`."), (status = 428, description = "`precondition_required`.")), security(("bearer" = [])))]
#[patch("/v1/editor/articles/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    site: Data<Site>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    let current = service::version(&db, &caller, id).await?;
    let json = body.json(MAX_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::required(&request, current)?;
    service::check_version(&db, id, &expected).await?;
    let patch: ArticlePatch = json.check()?;
    require_for(&caller, patch.publish.is_some())?;
    let article = service::update(&db, &site, &caller, id, expected, patch).await?;
    answer::editor(StatusCode::OK).version(article.version.unsigned_abs()).json(&article)
}

/// Put an article into the trash
///
/// What is live ends now; what is scheduled does not begin while it lies there.
#[utoipa::path(tag = "Articles (editors)", operation_id = "deleteArticle", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 204, description = "It is in the trash."), (status = 403, description = "`forbidden` or `was_public`."), (status = 409, description = "`trashed`."), (status = 428, description = "`precondition_required`.")), security(("bearer" = [])))]
#[delete("/v1/editor/articles/{id}")]
async fn trash(request: HttpRequest, caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    let current = service::version(&db, &caller, id).await?;
    query.none()?;
    let expected = conditional::required(&request, current)?;
    service::trash(&db, &caller, id, expected).await?;
    Ok(answer::no_content())
}

/// Take an article out of the trash
///
/// Nothing goes before the public by it; what still lies ahead is scheduled again.
#[utoipa::path(tag = "Articles (editors)", operation_id = "restoreArticle", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 200, description = "The article.", body = EditorArticle), (status = 409, description = "`not_trashed` or `slug_taken`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/restore")]
async fn restore(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery, key: IdempotencyKey) -> Result<HttpResponse> {
    require(&caller, Action::WriteArticles)?;
    let id = id.get()?;
    query.none()?;
    let keyed = key.of(&caller, b"", restored)?;
    answer::once(service::restore(&db, &caller, id, keyed).await?, restored)
}

fn restored(article: &EditorArticle) -> Result<Kept> {
    Ok(Kept::new(200, article)?.version(article.version))
}
