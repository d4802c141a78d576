//! Authors over HTTP, for editors.

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
use crate::kernel::id::AuthorId;
use crate::kernel::problem::Result;
use crate::terms::dto::{AuthorCreate, AuthorPatch, EditorAuthor, EditorAuthorList};
use crate::terms::service;

/// Mounts these operations.
pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update).service(remove);
}

/// Make an author
///
/// Articles can name them from now on (`authors`, by their slugs, in the order given); readers see them once a live one does. Whether they log in is another matter: users are made apart.
#[utoipa::path(tag = "Tags and authors", operation_id = "createAuthor", request_body = AuthorCreate, responses((status = 201, description = "The author.", body = EditorAuthor), (status = 409, description = "`slug_taken`.")), security(("bearer" = [])))]
#[post("/v1/editor/authors")]
async fn create(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::ChangeTerms)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let keyed = key.of(&caller, json.bytes(), created::<EditorAuthor>)?;
    let create = json.check::<AuthorCreate>()?;
    answer::once(service::create(&db, &caller, create, keyed).await?, created)
}

/// List authors as editors see them
///
/// All of them by slug, whether articles name them or not.
#[utoipa::path(
    tag = "Tags and authors", operation_id = "listEditorAuthors",
    params(
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false),
    ),
    responses((status = 200, description = "A page of authors.", body = EditorAuthorList)), security(("bearer" = [])),
)]
#[get("/v1/editor/authors")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, delivery: Data<Delivery>, query: RawQuery) -> Result<HttpResponse> {
    let (page, limit) = listed::<EditorAuthor>(&caller, "listEditorAuthors", &db, &delivery, &query).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&EditorAuthorList::new(page, limit))
}

/// Get an author as editors see them
#[utoipa::path(tag = "Tags and authors", operation_id = "getEditorAuthor", params(("id" = AuthorId, Path, description = "The author.")), responses((status = 200, description = "The author.", body = EditorAuthor)), security(("bearer" = [])))]
#[get("/v1/editor/authors/{id}")]
async fn get_one(caller: Caller, id: PathId<AuthorId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadTerms)?;
    let found: EditorAuthor = service::get(&db, id.get()?.into()).await?;
    query.none()?;
    seen(&found)
}

/// Change an author
///
/// The fields that the merge patch names (RFC 7396). Under another `slug` readers still find them by the former one, until another author takes that, and saves
/// may name them by it. With `If-Match` only if they still have that version.
#[utoipa::path(tag = "Tags and authors", operation_id = "updateAuthor", params(("id" = AuthorId, Path, description = "The author.")), request_body(content((AuthorPatch = "application/merge-patch+json"), (AuthorPatch = "application/json"))), responses((status = 200, description = "The author.", body = EditorAuthor), (status = 409, description = "`slug_taken`.")), security(("bearer" = [])))]
#[patch("/v1/editor/authors/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<AuthorId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ChangeTerms)?;
    updated::<EditorAuthor, AuthorPatch>(&request, &caller, id.get()?.into(), &db, query, body).await
}

/// Delete an author
///
/// One that articles name by their newest save or by what was or will be published is in use and stays, unless `reassign_to` says which author takes
/// their place: both are merged then, in all revisions, without another date or version, and their slugs lead to the other one.
#[utoipa::path(tag = "Tags and authors", operation_id = "deleteAuthor", params(("id" = AuthorId, Path, description = "The author."), ("reassign_to" = Option<AuthorId>, Query, description = "The author that they are merged into.", nullable = false)), responses((status = 204, description = "They are gone."), (status = 409, description = "`in_use`.")), security(("bearer" = [])))]
#[delete("/v1/editor/authors/{id}")]
async fn remove(request: HttpRequest, caller: Caller, id: PathId<AuthorId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ChangeTerms)?;
    removed::<EditorAuthor>(&request, &caller, id.get()?.into(), &db, query).await
}
