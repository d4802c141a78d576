//! Publications over HTTP.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EditorPublication, PublicationCreate, PublicationPatch, Unpublish, Unpublished};
use super::service;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, PublicationId};
use crate::kernel::problem::Result;
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(get_one).service(update).service(remove).service(unpublish);
}

/// Publish an article, now or at an instant
///
/// From `publish_at` on, to the millisecond, readers get the revision. Publishing now what is in force already answers 200 with that publication.
#[utoipa::path(tag = "Publications", operation_id = "createPublication", params(("id" = ArticleId, Path, description = "The article.")), request_body = PublicationCreate, responses((status = 201, description = "The publication.", body = EditorPublication), (status = 200, description = "The one that is in force already.", body = EditorPublication), (status = 409, description = "`publication_instant_taken`, `past_is_history`, `slug_taken` or `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/publications")]
async fn create(
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let id = id.get()?;
    service::require_article(&db, id).await?;
    let json = body.json_or_empty(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    let create = json.check::<PublicationCreate>()?;
    answer::once(service::create(&db, &caller, id, create, keyed).await?, created)
}

fn created((publication, is_new): &(EditorPublication, bool)) -> Result<Kept> {
    if !is_new {
        return Ok(Kept::new(200, publication)?.version(publication.version));
    }
    let path = format!("/v1/editor/publications/{}", publication.id);
    Ok(Kept::new(201, publication)?.location(path).version(publication.version))
}

/// Get a publication
///
/// As it stands now.
#[utoipa::path(tag = "Publications", operation_id = "getPublication", params(("id" = PublicationId, Path, description = "The publication."), ("time_zone" = Option<String>, Query, max_length = 60, description = "An IANA zone: local times are given in it.", nullable = false)), responses((status = 200, description = "The publication.", body = EditorPublication)), security(("bearer" = [])))]
#[get("/v1/editor/publications/{id}")]
async fn get_one(caller: Caller, id: PathId<PublicationId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let publication = service::get(&db, id.get()?).await?;
    let publication = publication.in_zone(query.time_zone()?.as_ref());
    answer::editor(StatusCode::OK).version(publication.version.unsigned_abs()).json(&publication)
}

/// Change a publication
///
/// A scheduled one until a second before its start; of a live one the end alone.
#[utoipa::path(tag = "Publications", operation_id = "updatePublication", params(("id" = PublicationId, Path, description = "The publication.")), request_body(content((PublicationPatch = "application/merge-patch+json"), (PublicationPatch = "application/json"))), responses((status = 200, description = "The publication.", body = EditorPublication), (status = 409, description = "`starting`, `already_live`, `publication_instant_taken`, `past_is_history`, `slug_taken`, `not_ended` or `trashed`.")), security(("bearer" = [])))]
#[patch("/v1/editor/publications/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<PublicationId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let current = service::get(&db, id.get()?).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    let patch = json.check::<PublicationPatch>()?;
    let publication = service::update(&db, &caller, current.id, expected, patch).await?;
    answer::editor(StatusCode::OK).version(publication.version.unsigned_abs()).json(&publication)
}

/// Delete a scheduled publication
///
/// One that began is never deleted: `unpublish` takes the article down.
#[utoipa::path(tag = "Publications", operation_id = "deletePublication", params(("id" = PublicationId, Path, description = "The publication.")), responses((status = 204, description = "It is gone."), (status = 409, description = "`already_live`, `starting` or `trashed`.")), security(("bearer" = [])))]
#[delete("/v1/editor/publications/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<PublicationId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let current = service::get(&db, id.get()?).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    service::delete(&db, &caller, current.id, expected).await?;
    Ok(answer::no_content())
}

/// Take an article down
///
/// Ends the publication in force at `at` or now, and cancels those that start then or later unless `keep_scheduled`. With `withdrawn` readers get 410 and the
/// reason, else 404.
#[utoipa::path(tag = "Publications", operation_id = "unpublishArticle", params(("id" = ArticleId, Path, description = "The article.")), request_body = Unpublish, responses((status = 200, description = "The publication that ended.", body = Unpublished), (status = 409, description = "`not_live`, `past_is_history` or `trashed`.")), security(("bearer" = [])))]
#[post("/v1/editor/articles/{id}/unpublish")]
async fn unpublish(
    caller: Caller,
    id: PathId<ArticleId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let id = id.get()?;
    service::require_article(&db, id).await?;
    let json = body.json_or_empty(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), unpublished)?;
    let given = json.check::<Unpublish>()?;
    answer::once(service::unpublish(&db, &caller, id, given, keyed).await?, unpublished)
}

fn unpublished(ended: &Unpublished) -> Result<Kept> {
    Kept::new(200, ended)
}
