//! Curated lists over HTTP, for editors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CuratedEditionPatch, CuratedList, CuratedListCreate, CuratedListPage, CuratedListPatch};
use super::service;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional, path_parameter};
use crate::kernel::caller::Caller;
use crate::kernel::id::{CuratedEditionId, CuratedListId};
use crate::kernel::page::CursorKey;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::repeat::Kept;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update).service(remove);
    config.service(update_edition).service(remove_edition);
}

/// Make a list
///
/// With its first edition, which readers get at `GET /v1/lists/{slug}` from `publish_at` on, or now. What a slot pins is shown while it is live; a rule shows the newest that no slot before
/// shows. A rule by a slug that was renamed or merged follows it; by one of something deleted it shows nothing.
#[utoipa::path(tag = "Curated lists", operation_id = "createCuratedList", request_body = CuratedListCreate, responses((status = 201, description = "The list.", body = CuratedList), (status = 409, description = "`slug_taken` or `past_is_history`.")), security(("bearer" = [])))]
#[post("/v1/editor/lists")]
async fn create(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::Curate)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created)?;
    answer::once(service::create(&db, &caller, json.check::<CuratedListCreate>()?, keyed).await?, created)
}

fn created(made: &CuratedList) -> Result<Kept> {
    let path = format!("/v1/editor/lists/{}", made.summary.id);
    Ok(Kept::new(201, made)?.location(path).version(made.summary.version))
}

/// List curated lists
///
/// The newest first, without their editions.
#[utoipa::path(tag = "Curated lists", operation_id = "listCuratedLists", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Lists.", body = CuratedListPage)), security(("bearer" = [])))]
#[get("/v1/editor/lists")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadCuratedLists)?;
    let query: PageQuery = query.parse()?;
    let page = service::list(&db, &key, query.limit, query.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&CuratedListPage::new(page, query.limit))
}

/// Get a list as editors see it
///
/// With its editions, those that lie ahead included.
#[utoipa::path(tag = "Curated lists", operation_id = "getCuratedList", params(("id" = CuratedListId, Path, description = "The list.")), responses((status = 200, description = "The list.", body = CuratedList)), security(("bearer" = [])))]
#[get("/v1/editor/lists/{id}")]
async fn get_one(caller: Caller, id: PathId<CuratedListId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadCuratedLists)?;
    let found = service::get(&db, id.get()?).await?;
    query.none()?;
    seen(&found)
}

fn seen(found: &CuratedList) -> Result<HttpResponse> {
    answer::editor(StatusCode::OK).version(found.summary.version.unsigned_abs()).json(found)
}

/// Change a list
///
/// Name and slug change at once; `slots` are another edition, which readers get from `publish_at` on, or now: a whole front page changes at one instant. What readers had until then stays in the
/// history, and previews of that time show it.
#[utoipa::path(tag = "Curated lists", operation_id = "updateCuratedList", params(("id" = CuratedListId, Path, description = "The list.")), request_body(content((CuratedListPatch = "application/merge-patch+json"), (CuratedListPatch = "application/json"))), responses((status = 200, description = "The list.", body = CuratedList), (status = 409, description = "`slug_taken`, `edition_instant_taken` or `past_is_history`.")), security(("bearer" = [])))]
#[patch("/v1/editor/lists/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<CuratedListId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Curate)?;
    let current = service::get(&db, id.get()?).await?.summary;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    seen(&service::update(&db, &caller, current.id, expected, json.check::<CuratedListPatch>()?).await?)
}

/// Delete a list
///
/// With all of its editions: readers find none of this name from now on, and neither do previews, of whatever instant.
#[utoipa::path(tag = "Curated lists", operation_id = "deleteCuratedList", params(("id" = CuratedListId, Path, description = "The list.")), responses((status = 204, description = "It is gone.")), security(("bearer" = [])))]
#[delete("/v1/editor/lists/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<CuratedListId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::Curate)?;
    let current = service::get(&db, id.get()?).await?.summary;
    query.none()?;
    service::delete(&db, &caller, current.id, conditional::optional(&request)?).await?;
    Ok(answer::no_content())
}

/// An edition of a list, by the path.
async fn edition(request: &HttpRequest, id: PathId<CuratedListId>, db: &Db) -> Result<(CuratedList, CuratedEditionId)> {
    let found = service::get(db, id.get()?).await?;
    let edition: CuratedEditionId = path_parameter(request, "edition_id")?;
    if found.editions.iter().all(|other| other.id != edition) {
        return Err(Problem::not_found());
    }
    Ok((found, edition))
}

/// Change an edition that lies ahead
///
/// Until a second before it begins. What began stays as readers saw it.
#[utoipa::path(tag = "Curated lists", operation_id = "updateCuratedEdition", params(("id" = CuratedListId, Path, description = "The list."), ("edition_id" = CuratedEditionId, Path, description = "The edition.")), request_body(content((CuratedEditionPatch = "application/merge-patch+json"), (CuratedEditionPatch = "application/json"))), responses((status = 200, description = "The list.", body = CuratedList), (status = 409, description = "`already_live`, `starting`, `edition_instant_taken` or `past_is_history`.")), security(("bearer" = [])))]
#[patch("/v1/editor/lists/{id}/editions/{edition_id}")]
async fn update_edition(
    request: HttpRequest,
    caller: Caller,
    id: PathId<CuratedListId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::Curate)?;
    let (found, edition) = edition(&request, id, &db).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(found.summary.version.unsigned_abs())?;
    let patch = json.check::<CuratedEditionPatch>()?;
    seen(&service::update_edition(&db, &caller, (found.summary.id, edition), expected, patch).await?)
}

/// Call off an edition that lies ahead
///
/// Until a second before it begins; what is shown until then goes on.
#[utoipa::path(tag = "Curated lists", operation_id = "deleteCuratedEdition", params(("id" = CuratedListId, Path, description = "The list."), ("edition_id" = CuratedEditionId, Path, description = "The edition.")), responses((status = 204, description = "It will not begin."), (status = 409, description = "`already_live` or `starting`.")), security(("bearer" = [])))]
#[delete("/v1/editor/lists/{id}/editions/{edition_id}")]
async fn remove_edition(
    request: HttpRequest,
    caller: Caller,
    id: PathId<CuratedListId>,
    db: Data<Db>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::Curate)?;
    let (found, edition) = edition(&request, id, &db).await?;
    query.none()?;
    service::delete_edition(&db, &caller, (found.summary.id, edition), conditional::optional(&request)?).await?;
    Ok(answer::no_content())
}
