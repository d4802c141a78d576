//! Tags over HTTP, for editors.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::{created, listed, removed, seen, updated};
use crate::auth::permission::{Action, require};
use crate::categories::context::Delivery;
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PathId, RawQuery, SMALL_BODY_BYTES, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::TagId;
use crate::kernel::problem::Result;
use crate::terms::dto::{EditorTag, EditorTagList, TagCreate, TagPatch};
use crate::terms::service;

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update).service(remove);
}

/// Make a tag
///
/// Articles can carry it from now on (`tags`, by its slug); readers see it once a live one does. A slug that another tag had before becomes its own if it is given; one that is made from the name goes around those.
#[utoipa::path(tag = "Tags and authors", operation_id = "createTag", request_body = TagCreate, responses((status = 201, description = "The tag.", body = EditorTag), (status = 409, description = "`slug_taken`.")), security(("bearer" = [])))]
#[post("/v1/editor/tags")]
async fn create(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::ChangeTerms)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created::<EditorTag>)?;
    let create = json.check::<TagCreate>()?;
    answer::once(service::create(&db, &caller, create, keyed).await?, created)
}

/// List tags as editors see them
///
/// All of them by slug, whether articles name them or not.
#[utoipa::path(
    tag = "Tags and authors", operation_id = "listEditorTags",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of tags.", body = EditorTagList)), security(("bearer" = [])),
)]
#[get("/v1/editor/tags")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, delivery: Data<Delivery>, query: RawQuery) -> Result<HttpResponse> {
    let (page, limit) = listed::<EditorTag>(&caller, "listEditorTags", &db, &delivery, &query).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&EditorTagList::new(page, limit))
}

/// Get a tag as editors see it
#[utoipa::path(tag = "Tags and authors", operation_id = "getEditorTag", params(("id" = TagId, Path, description = "The tag.")), responses((status = 200, description = "The tag.", body = EditorTag)), security(("bearer" = [])))]
#[get("/v1/editor/tags/{id}")]
async fn get_one(caller: Caller, id: PathId<TagId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadTerms)?;
    let found: EditorTag = service::get(&db, id.get()?.into()).await?;
    query.none()?;
    seen(&found)
}

/// Change a tag
///
/// The fields that the merge patch names (RFC 7396). Under another `slug` readers still find it by the former one, until another tag takes that, and saves
/// may name it by it. With `If-Match` only if it still has that version.
#[utoipa::path(tag = "Tags and authors", operation_id = "updateTag", params(("id" = TagId, Path, description = "The tag.")), request_body(content((TagPatch = "application/merge-patch+json"), (TagPatch = "application/json"))), responses((status = 200, description = "The tag.", body = EditorTag), (status = 409, description = "`slug_taken`.")), security(("bearer" = [])))]
#[patch("/v1/editor/tags/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<TagId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ChangeTerms)?;
    updated::<EditorTag, TagPatch>(&request, &caller, id.get()?.into(), &db, query, body).await
}

/// Delete a tag
///
/// One that articles name by their newest save or by what was or will be published is in use and stays, unless `reassign_to` says which tag takes
/// its place: both are merged then, in all revisions, without another date or version, and its slugs lead to the other one.
#[utoipa::path(tag = "Tags and authors", operation_id = "deleteTag", params(("id" = TagId, Path, description = "The tag."), ("reassign_to" = Option<TagId>, Query, description = "The tag that it is merged into.", nullable = false)), responses((status = 204, description = "It is gone."), (status = 409, description = "`in_use`.")), security(("bearer" = [])))]
#[delete("/v1/editor/tags/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<TagId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ChangeTerms)?;
    removed::<EditorTag>(&request, &caller, id.get()?.into(), &db, query).await
}
