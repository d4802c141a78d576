//! Looking at sessions and ending them: users their own, admins anyone's. A session that was ended is over at once, on every node: it is read at each
//! request.

use serde_json::json;

use crate::audit::store::{Actor, Change, Target, record};
use crate::auth::dto::Session;
use crate::auth::store;
use crate::auth::store::listed::{self, StoredSession};
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Caller;
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::problem::{Problem, Result};
use crate::users::service as users;

/// Whose sessions are listed: for whom, and how many from where.
pub struct Asked<'a> {
    /// The operation.
    pub operation: &'static str,
    /// Whose.
    pub user: UserId,
    /// How many.
    pub limit: Limit,
    /// From where.
    pub cursor: Option<&'a str>,
}

/// A page of the sessions of a user that last, the newest first.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, caller: &Caller, asked: Asked<'_>) -> Result<Page<Session>> {
    let Asked { operation, user, limit, cursor } = asked;
    let parameters = ListParameters::of(operation).with("user_id", Some(&user.to_string()));
    let place = key.place(&parameters, cursor)?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let found = db.at_present(move |connection, now| Ok::<_, Problem>(listed::beyond(connection, user, now, from, rows)?));
    let found = db.read(found).await?;
    let at = |session: &StoredSession| (SortValue::Number(session.created_at.millis()), session.id.uuid());
    let current = caller.session();
    Ok(Page::cut(found, limit, place.as_ref(), key, parameters.as_str(), at).map(|session| seen(session, current)))
}

fn seen(session: StoredSession, current: Option<SessionId>) -> Session {
    let StoredSession { id, address, user_agent, created_at, last_used_at, expires_at } = session;
    Session { id, current: Some(id) == current, address, user_agent, created_at, last_used_at, expires_at }
}

/// Fails unless a user has a session that lasts.
///
/// # Errors
/// 404.
pub async fn check(db: &Db, user: UserId, id: SessionId) -> Result<()> {
    db.read(db.at_present(move |connection, now| lasting(connection, user, id, now))).await
}

fn lasting(connection: &mut AnyConnection, user: UserId, id: SessionId, now: Instant) -> Result<()> {
    if listed::lasts(connection, user, id, now)? { Ok(()) } else { Err(Problem::not_found()) }
}

/// Ends a session of a user.
///
/// # Errors
/// 404 if they have none such that lasts.
pub async fn end(db: &Db, caller: &Caller, user: UserId, id: SessionId) -> Result<()> {
    let actor = Actor::from(caller);
    db.write(move |tx| {
        let now = tx.now()?;
        lasting(tx.conn(), user, id, now)?;
        store::revoke(tx.conn(), id, now)?;
        let email = users::stored(tx.conn(), user)?.map(|user| user.email);
        let change = Change::removed(json!({ "email": email }));
        Ok(record(tx, &actor, "session.ended", Target { kind: "session", id: id.uuid() }, change)?)
    })
    .await
}

/// Ends all sessions of a user, but for one that is kept.
///
/// # Errors
/// If the database fails.
pub async fn end_all(db: &Db, caller: &Caller, user: UserId, kept: Option<SessionId>) -> Result<()> {
    let actor = Actor::from(caller);
    db.write(move |tx| {
        let ended = users::end_sessions_in(tx, user, kept)?;
        if ended == 0 {
            return Ok(());
        }
        let email = users::stored(tx.conn(), user)?.map(|user| user.email);
        let change = Change::made(json!({ "email": email, "sessions_ended": ended }));
        Ok(record(tx, &actor, "user.sessions_ended", Target { kind: "user", id: user.uuid() }, change)?)
    })
    .await
}
