//! API keys over HTTP, for admins who are logged in: a key makes no keys.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{ApiKey, ApiKeyCreate, ApiKeyList, ApiKeyPatch, ApiKeyRotation, NewApiKey};
use super::service;
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::ApiKeyId;
use crate::kernel::page::CursorKey;
use crate::kernel::problem::Result;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update).service(revoke).service(rotate);
}

/// Make an API key
///
/// For a program: it asks with `Authorization: Bearer` and the `key` of this answer, which is shown this once. The key acts for itself, as far as its scopes go, and stays
/// when whoever made it goes. The secret holds 256 random bits: it is not found by trying, and only a digest of it is stored.
#[utoipa::path(tag = "API keys", operation_id = "createApiKey", request_body = ApiKeyCreate, responses((status = 201, description = "The key, with its secret.", body = NewApiKey)), security(("bearer" = [])))]
#[post("/v1/editor/api-keys")]
async fn create(caller: Caller, db: Data<Db>, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::ManageKeys)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let new = service::create(&db, &caller, json.check::<ApiKeyCreate>()?).await?;
    let location = format!("/v1/editor/api-keys/{}", new.about.id);
    answer::editor(StatusCode::CREATED).location(&location).version(new.about.version.unsigned_abs()).json(&new)
}

/// List API keys
///
/// Those that were not revoked, the newest first, without their secrets: who made each, for what, when it was last used.
#[utoipa::path(tag = "API keys", operation_id = "listApiKeys", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Keys.", body = ApiKeyList)), security(("bearer" = [])))]
#[get("/v1/editor/api-keys")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageKeys)?;
    let PageQuery { limit, cursor } = query.parse()?;
    let page = service::list(&db, &key, limit, cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&ApiKeyList::new(page, limit))
}

/// Get an API key
///
/// Unless it was revoked; without its secret.
#[utoipa::path(tag = "API keys", operation_id = "getApiKey", params(("id" = ApiKeyId, Path, description = "The key.")), responses((status = 200, description = "The key.", body = ApiKey)), security(("bearer" = [])))]
#[get("/v1/editor/api-keys/{id}")]
async fn get_one(caller: Caller, id: PathId<ApiKeyId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageKeys)?;
    let key = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(key.version.unsigned_abs()).json(&key)
}

/// Change an API key
///
/// Name, scopes, the categories that it is limited to and end. It takes effect at the key's next request.
#[utoipa::path(tag = "API keys", operation_id = "updateApiKey", params(("id" = ApiKeyId, Path, description = "The key.")), request_body(content((ApiKeyPatch = "application/merge-patch+json"), (ApiKeyPatch = "application/json"))), responses((status = 200, description = "The key.", body = ApiKey)), security(("bearer" = [])))]
#[patch("/v1/editor/api-keys/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ApiKeyId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageKeys)?;
    let current = service::get(&db, id.get()?).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    let key = service::update(&db, &caller, current.id, expected, json.check::<ApiKeyPatch>()?).await?;
    answer::editor(StatusCode::OK).version(key.version.unsigned_abs()).json(&key)
}

/// Revoke an API key
///
/// It is refused from the answer on, on every node. What was done with it stays, under its name.
#[utoipa::path(tag = "API keys", operation_id = "deleteApiKey", params(("id" = ApiKeyId, Path, description = "The key.")), responses((status = 204, description = "It is revoked.")), security(("bearer" = [])))]
#[delete("/v1/editor/api-keys/{id}")]
async fn revoke(request: HttpRequest, caller: Caller, id: PathId<ApiKeyId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageKeys)?;
    let current = service::get(&db, id.get()?).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    service::revoke(&db, &caller, current.id, expected).await?;
    Ok(answer::no_content())
}

/// Give an API key another secret
///
/// The answer shows it, this once. The present one stays good for `overlap` seconds beside it, a day unless said, so that programs can be changed over one by one; one that an
/// earlier rotation left good is good no longer.
#[utoipa::path(tag = "API keys", operation_id = "rotateApiKey", params(("id" = ApiKeyId, Path, description = "The key.")), request_body = ApiKeyRotation, responses((status = 200, description = "The key, with its new secret.", body = NewApiKey)), security(("bearer" = [])))]
#[post("/v1/editor/api-keys/{id}/rotate")]
async fn rotate(
    request: HttpRequest,
    caller: Caller,
    id: PathId<ApiKeyId>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageKeys)?;
    let current = service::get(&db, id.get()?).await?;
    let json = body.json_or_empty(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    let rotation = json.check::<ApiKeyRotation>()?.finish()?;
    let new = service::rotate(&db, &caller, current.id, expected, &rotation).await?;
    answer::editor(StatusCode::OK).version(new.about.version.unsigned_abs()).json(&new)
}
