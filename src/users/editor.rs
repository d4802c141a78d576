//! Users over HTTP, for admins.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EditorUser, UserCreate, UserList, UserPatch};
use super::service::{self, NewUser};
use crate::auth::password::{Passwords, Queue};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::UserId;
use crate::kernel::mistakes::Checked;
use crate::kernel::page::CursorKey;
use crate::kernel::problem::Result;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update);
}

/// Add a user
///
/// Without a password the answer has one, shown this once. They log in with it until `password_expires_at`, 72 hours from now, and are to change it before: no session that begins with it lasts
/// longer. Later `dateline user set-password` makes another one. One that is given must not be easily guessed: neither one of about 10,000 that are
/// tried first, nor the e-mail or name of the user or the name of the site (`easily_guessed` at `/password`). Which kinds of characters it has does not matter.
#[utoipa::path(tag = "Users", operation_id = "createUser", request_body = UserCreate, responses((status = 201, description = "The user.", body = EditorUser), (status = 409, description = "`email_taken`."), (status = 429, description = "`too_many_requests`.")), security(("bearer" = [])))]
#[post("/v1/editor/users")]
async fn create(
    caller: Caller,
    passwords: Data<Passwords>,
    db: Data<Db>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let Checked { value: create, mut mistakes } = json.check::<UserCreate>()?;
    mistakes.take(service::check_email(&create.email))?;
    let given = create.password.as_deref();
    if let Some(fault) = given.and_then(|password| passwords.fault(password, &create.email, &create.name)) {
        mistakes.note("/password", fault.code(), fault.detail());
    }
    service::check_categories(&db, create.role, create.category_ids.clone(), &mut mistakes).await?;
    mistakes.finish()?;
    let one_time = create.password.is_none().then(service::random_password);
    let turn = passwords.turn(Queue::Known).await?;
    let password_hash = turn.hash(create.password.as_ref().or(one_time.as_ref()).map_or("", String::as_str)).await?;
    drop(turn);
    let UserCreate { email, name, role, category_ids, .. } = create;
    let new = NewUser { email, name, role, category_ids, password_hash, is_one_time: one_time.is_some() };
    let mut user = db.write(move |tx| service::add_in(tx, &(&caller).into(), &new)).await?;
    user.one_time_password = one_time;
    answer::editor(StatusCode::CREATED).location(&format!("/v1/editor/users/{}", user.id)).version(user.version.unsigned_abs()).json(&user)
}

/// List users
///
/// In the order in which they were added.
#[utoipa::path(tag = "Users", operation_id = "listUsers", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Users.", body = UserList)), security(("bearer" = [])))]
#[get("/v1/editor/users")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let query: PageQuery = query.parse()?;
    let page = service::list(&db, &key, query.limit, query.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&UserList::new(page, query.limit))
}

/// Get a user
///
/// As admins see them.
#[utoipa::path(tag = "Users", operation_id = "getUser", params(("id" = UserId, Path, description = "The user.")), responses((status = 200, description = "The user.", body = EditorUser)), security(("bearer" = [])))]
#[get("/v1/editor/users/{id}")]
async fn get_one(caller: Caller, id: PathId<UserId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let user = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(user.version.unsigned_abs()).json(&user)
}

/// Change a user
///
/// Name, role, the categories that they are limited to, and whether they may log in. It takes effect at their next request. The last active admin stays.
#[utoipa::path(tag = "Users", operation_id = "updateUser", params(("id" = UserId, Path, description = "The user.")), request_body(content((UserPatch = "application/merge-patch+json"), (UserPatch = "application/json"))), responses((status = 200, description = "The user.", body = EditorUser), (status = 409, description = "`last_admin`.")), security(("bearer" = [])))]
#[patch("/v1/editor/users/{id}")]
async fn update(
    request: HttpRequest,
    caller: Caller,
    id: PathId<UserId>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let current = service::get(&db, id.get()?).await?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check_alone(current.version.unsigned_abs())?;
    let patch = json.check::<UserPatch>()?;
    let user = db.write(move |tx| service::update_in(tx, &(&caller).into(), current.id, &expected, patch.clone())).await?;
    answer::editor(StatusCode::OK).version(user.version.unsigned_abs()).json(&user)
}
