//! Publications over HTTP, each by its id. What goes through their article lies with the articles.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EditorPublication, PublicationPatch};
use super::service;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{JsonBody, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::PublicationId;
use crate::kernel::problem::Result;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(get_one).service(update).service(remove);
}

/// Get a publication
///
/// As it stands now; for authors one of an article that they created.
#[utoipa::path(tag = "Publications", operation_id = "getPublication", params(("id" = PublicationId, Path, description = "The publication."), ("time_zone" = Option<String>, Query, max_length = 60, description = "An IANA zone: adds the local times in it; the zone that was given stays.", nullable = false)), responses((status = 200, description = "The publication.", body = EditorPublication)), security(("bearer" = [])))]
#[get("/v1/editor/publications/{id}")]
async fn get_one(caller: Caller, id: PathId<PublicationId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadPublications)?;
    let publication = service::get(&db, &caller, id.get()?).await?;
    let publication = publication.in_zone(query.time_zone()?.as_ref());
    answer::editor(StatusCode::OK).version(publication.version.unsigned_abs()).json(&publication)
}

/// Change a publication
///
/// A scheduled one until a second before its start; of a live one the end alone.
#[utoipa::path(tag = "Publications", operation_id = "updatePublication", params(("id" = PublicationId, Path, description = "The publication.")), request_body(content((PublicationPatch = "application/merge-patch+json"), (PublicationPatch = "application/json"))), responses((status = 200, description = "The publication.", body = EditorPublication), (status = 409, description = "`starting`, `already_live`, `publication_instant_taken`, `past_is_history`, `base_changed`, `embargoed`, `in_release`, `slug_taken`, `not_ended` or `trashed`.")), security(("bearer" = [])))]
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
    let current = service::get(&db, &caller, id.get()?).await?;
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
#[utoipa::path(tag = "Publications", operation_id = "deletePublication", params(("id" = PublicationId, Path, description = "The publication.")), responses((status = 204, description = "It is gone."), (status = 409, description = "`already_live`, `starting`, `in_release` or `trashed`.")), security(("bearer" = [])))]
#[delete("/v1/editor/publications/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<PublicationId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Publish)?;
    let current = service::get(&db, &caller, id.get()?).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    service::delete(&db, &caller, current.id, expected).await?;
    Ok(answer::no_content())
}
