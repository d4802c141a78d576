//! Corrections over HTTP, for editors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CorrectionCreate, CorrectionPatch, EditorCorrection, EditorCorrectionList};
use super::service;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, CorrectionId};
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update).service(remove);
}

/// Correct an article
///
/// Readers get the correction with the article from `at` on, to the millisecond, while the article is live. It is no save and no publication: the text, the article's version and `updated_at`
/// stay as they are. An article has 50 corrections at most.
#[utoipa::path(tag = "Corrections", operation_id = "createCorrection", params(("id" = ArticleId, Path, description = "The article.")), request_body = CorrectionCreate, responses((status = 201, description = "The correction.", body = EditorCorrection), (status = 409, description = "`past_is_history`, `corrections_full` or `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/corrections")]
async fn create(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let article = service::article(&db, &caller, id.get()?).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(article.version.unsigned_abs())?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    let create = json.check::<CorrectionCreate>()?;
    answer::once(service::create(&db, &caller, article.id, expected, create, keyed).await?, created)
}

fn created(correction: &EditorCorrection) -> Result<Kept> {
    let path = format!("/v1/editor/corrections/{}", correction.id);
    Ok(Kept::new(201, correction)?.location(path).version(correction.version))
}

/// List the corrections of an article
///
/// All of them, the earliest first; for authors of an article that they created.
#[utoipa::path(tag = "Corrections", operation_id = "listArticleCorrections", params(("id" = ArticleId, Path, description = "The article.")), responses((status = 200, description = "The corrections.", body = EditorCorrectionList)), security(("bearer" = [])))]
#[get("/v1/editor/articles/{id}/corrections")]
async fn list(caller: Caller, id: PathId<ArticleId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadPublications)?;
    let data = service::list(&db, &caller, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&EditorCorrectionList { data })
}

/// Get a correction
#[utoipa::path(tag = "Corrections", operation_id = "getCorrection", params(("id" = CorrectionId, Path, description = "The correction.")), responses((status = 200, description = "The correction.", body = EditorCorrection)), security(("bearer" = [])))]
#[get("/v1/editor/corrections/{id}")]
async fn get_one(caller: Caller, id: PathId<CorrectionId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadPublications)?;
    let correction = service::get(&db, &caller, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(correction.version.unsigned_abs()).json(&correction)
}

/// Change a correction that lies ahead
///
/// Until a second before it begins. One that began stays as readers saw it: delete it to retract it, and make another one.
#[utoipa::path(tag = "Corrections", operation_id = "updateCorrection", params(("id" = CorrectionId, Path, description = "The correction.")), request_body(content((CorrectionPatch = "application/merge-patch+json"), (CorrectionPatch = "application/json"))), responses((status = 200, description = "The correction.", body = EditorCorrection), (status = 409, description = "`already_live`, `starting`, `past_is_history` or `trashed`.")), security(("bearer" = [])))]
#[patch("/v1/editor/corrections/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<CorrectionId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let current = service::get(&db, &caller, id.get()?).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    let patch = json.check::<CorrectionPatch>()?;
    let correction = service::update(&db, &caller, current.id, expected, patch).await?;
    answer::editor(StatusCode::OK).version(correction.version.unsigned_abs()).json(&correction)
}

/// Delete or retract a correction
///
/// One that lies ahead is deleted, until a second before it begins. One that began is retracted: from now on readers do not get it any more. Previews of the time before still show it, and
/// editors see it with `retracted_at`.
#[utoipa::path(tag = "Corrections", operation_id = "deleteCorrection", params(("id" = CorrectionId, Path, description = "The correction.")), responses((status = 204, description = "Readers do not get it."), (status = 409, description = "`starting` or `trashed`.")), security(("bearer" = [])))]
#[delete("/v1/editor/corrections/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<CorrectionId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let current = service::get(&db, &caller, id.get()?).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    service::delete(&db, &caller, current.id, expected).await?;
    Ok(answer::no_content())
}
