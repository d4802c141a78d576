//! Sessions over HTTP: one's own, and for admins anyone's.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, delete, get};

use crate::auth::dto::SessionList;
use crate::auth::permission::{Action, require};
use crate::auth::service::sessions::{self, Asked};
use crate::db::Db;
use crate::http::{PageQuery, PathId, RawQuery, answer, path_parameter};
use crate::kernel::caller::Caller;
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::page::CursorKey;
use crate::kernel::problem::Result;
use crate::users::service as users;

/// List my sessions
///
/// Where I am logged in, the latest login first; `current` is the session that asks. One that has ended or expired is not there any more.
#[utoipa::path(tag = "Auth", operation_id = "listSessions", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Sessions.", body = SessionList)), security(("bearer" = [])))]
#[get("/v1/auth/sessions")]
pub(super) async fn list(
    request: HttpRequest,
    caller: Caller,
    db: Data<Db>,
    key: Data<CursorKey>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::OwnAccount)?;
    let PageQuery { limit, cursor } = query.parse()?;
    let asked = Asked { operation: "listSessions", user: caller.user_id, limit, cursor: cursor.as_deref() };
    let page = sessions::list(&db, &key, &caller, asked).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&SessionList::new(page, limit))
}

/// End one of my sessions
///
/// Its access and refresh tokens are refused from the answer on, on every node. It may be the one that asks, which is what logging out does.
#[utoipa::path(tag = "Auth", operation_id = "endSession", params(("id" = SessionId, Path, description = "The session.")), responses((status = 204, description = "It has ended.")), security(("bearer" = [])))]
#[delete("/v1/auth/sessions/{id}")]
pub(super) async fn end(caller: Caller, id: PathId<SessionId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::OwnAccount)?;
    let id = id.get()?;
    sessions::check(&db, caller.user_id, id).await?;
    query.none()?;
    sessions::end(&db, &caller, caller.user_id, id).await?;
    Ok(answer::no_content())
}

/// End all my sessions
///
/// The one that asks as well, unless `except_current=true`: then I stay logged in here alone.
#[utoipa::path(tag = "Auth", operation_id = "endSessions", params(("except_current" = Option<bool>, Query, description = "`true` keeps the session that asks; `false` unless said.", nullable = false)), responses((status = 204, description = "They have ended.")), security(("bearer" = [])))]
#[delete("/v1/auth/sessions")]
pub(super) async fn end_all(caller: Caller, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::OwnAccount)?;
    let mut q = query.collect();
    let is_kept = q.flag("except_current");
    q.finish()?;
    sessions::end_all(&db, &caller, caller.user_id, caller.session().filter(|_| is_kept)).await?;
    Ok(answer::no_content())
}

/// List the sessions of a user
///
/// Where they are logged in, the latest login first.
#[utoipa::path(tag = "Users", operation_id = "listUserSessions", params(("id" = UserId, Path, description = "The user."), ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Sessions.", body = SessionList)), security(("bearer" = [])))]
#[get("/v1/editor/users/{id}/sessions")]
pub(super) async fn list_of_user(
    request: HttpRequest,
    caller: Caller,
    id: PathId<UserId>,
    db: Data<Db>,
    key: Data<CursorKey>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let user = users::get(&db, id.get()?).await?.id;
    let PageQuery { limit, cursor } = query.parse()?;
    let asked = Asked { operation: "listUserSessions", user, limit, cursor: cursor.as_deref() };
    let page = sessions::list(&db, &key, &caller, asked).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&SessionList::new(page, limit))
}

/// End a session of a user
///
/// Its tokens are refused from the answer on, on every node. The user may log in again: to keep them out, deactivate them.
#[utoipa::path(tag = "Users", operation_id = "endUserSession", params(("id" = UserId, Path, description = "The user."), ("session_id" = SessionId, Path, description = "The session.")), responses((status = 204, description = "It has ended.")), security(("bearer" = [])))]
#[delete("/v1/editor/users/{id}/sessions/{session_id}")]
pub(super) async fn end_of_user(
    request: HttpRequest,
    caller: Caller,
    id: PathId<UserId>,
    db: Data<Db>,
    query: RawQuery,
) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let (user, session) = (id.get()?, path_parameter(&request, "session_id")?);
    sessions::check(&db, user, session).await?;
    query.none()?;
    sessions::end(&db, &caller, user, session).await?;
    Ok(answer::no_content())
}

/// End all sessions of a user
///
/// Their tokens are refused from the answer on, on every node. The user may log in again: to keep them out, deactivate them.
#[utoipa::path(tag = "Users", operation_id = "endUserSessions", params(("id" = UserId, Path, description = "The user.")), responses((status = 204, description = "They have ended.")), security(("bearer" = [])))]
#[delete("/v1/editor/users/{id}/sessions")]
pub(super) async fn end_all_of_user(caller: Caller, id: PathId<UserId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ManageUsers)?;
    let user = users::get(&db, id.get()?).await?.id;
    query.none()?;
    sessions::end_all(&db, &caller, user, None).await?;
    Ok(answer::no_content())
}
