//! Users over HTTP, for admins.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, patch, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{EditorUser, UserCreate, UserList, UserPatch};
use super::service::{self, NewUser};
use super::store;
use crate::auth::permission::{Action, require};
use crate::auth::service::Auth;
use crate::db::Db;
use crate::http::{JsonBody, PathId, RawQuery, answer, conditional};
use crate::kernel::caller::Caller;
use crate::kernel::id::UserId;
use crate::kernel::page::{Limit, Page};
use crate::kernel::problem::{Code, Problem, Result};

const MOST_BYTES: usize = 16 * 1024;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(create).service(list).service(get_one).service(update);
}

/// Add a user
///
/// Without a password the answer has a one-time password, shown this once.
#[utoipa::path(tag = "Users", operation_id = "createUser", request_body = UserCreate, responses((status = 201, description = "The user.", body = EditorUser), (status = 409, description = "`email_taken`."), (status = 429, description = "`too_many_requests`.")), security(("bearer" = [])))]
#[post("/v1/editor/users")]
async fn create(
    request: HttpRequest,
    caller: Caller,
    auth: Data<Auth>,
    db: Data<Db>,
    query: RawQuery,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let json = body.json(MOST_BYTES).await?;
    query.none()?;
    if request.headers().contains_key("idempotency-key") {
        return Err(Problem::new(
            Code::IdempotencyUnsupported,
            "The answer may hold a password and is not kept: leave out Idempotency-Key.",
        ));
    }
    let create: UserCreate = json.check()?;
    if let Some(fault) = create.password.as_deref().and_then(crate::auth::password::fault) {
        return Err(Problem::invalid_field("/password", "invalid", fault));
    }
    let one_time = create.password.is_none().then(service::random_password);
    let password_hash = auth.passwords().hash(create.password.as_ref().or(one_time.as_ref()).map_or("", String::as_str)).await?;
    let new = NewUser { email: create.email, name: create.name, role: create.role, password_hash };
    let mut user = db.write(move |tx| service::add_in(tx, Some(caller.user_id), &new)).await?;
    user.one_time_password = one_time;
    answer::editor(StatusCode::CREATED).location(&format!("/v1/editor/users/{}", user.id)).version(user.version.unsigned_abs()).json(&user)
}

/// List users
///
/// In the order in which they were added, the first 100.
#[utoipa::path(tag = "Users", operation_id = "listUsers", responses((status = 200, description = "Users.", body = UserList)), security(("bearer" = [])))]
#[get("/v1/editor/users")]
async fn list(caller: Caller, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    query.none()?;
    let limit = Limit::new(Limit::MAX).unwrap_or(Limit::DEFAULT);
    let users = db.read(move |connection| store::all(connection, i64::from(Limit::MAX))).await?;
    let items = users.iter().map(service::seen).collect::<Result<Vec<_>>>()?;
    answer::editor(StatusCode::OK).json(&UserList::new(Page { items, next: None, previous: None, total: None }, limit))
}

/// Get a user
///
/// As admins see them.
#[utoipa::path(tag = "Users", operation_id = "getUser", params(("id" = UserId, Path, description = "The user.")), responses((status = 200, description = "The user.", body = EditorUser)), security(("bearer" = [])))]
#[get("/v1/editor/users/{id}")]
async fn get_one(caller: Caller, id: PathId<UserId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let user = find(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).version(user.version.unsigned_abs()).json(&user)
}

async fn find(db: &Db, id: UserId) -> Result<EditorUser> {
    db.read(move |connection| service::seen(&store::find(connection, id)?.ok_or_else(Problem::not_found)?)).await
}

/// Change a user
///
/// Name, role, and whether they may log in. It takes effect at their next request. The last active admin stays.
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
    let current = find(&db, id.get()?).await?;
    let json = body.json(MOST_BYTES).await?;
    query.none()?;
    let expected = conditional::optional(&request)?;
    expected.check(current.version.unsigned_abs(), |_| Ok(Vec::new()))?;
    let patch: UserPatch = json.check()?;
    let user = db.write(move |tx| service::update_in(tx, Some(caller.user_id), current.id, &expected, &patch)).await?;
    answer::editor(StatusCode::OK).version(user.version.unsigned_abs()).json(&user)
}
