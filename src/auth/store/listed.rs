//! The sessions of a user, as they and admins see them.

use diesel::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::schema::sessions;
use crate::db::{AnyConnection, Result};
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;

/// A session as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct StoredSession {
    /// The id.
    pub id: SessionId,
    /// The client's address, an IPv6 one cut to its /64.
    pub address: String,
    /// What the client said that it is, cut.
    pub user_agent: Option<String>,
    /// When the user logged in.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub last_used_at: Instant,
    /// When it ends by itself.
    pub expires_at: Instant,
}

/// The sessions of a user that last at an instant, beyond a place, in the direction of it, at most `limit`; the newest without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(
    connection: &mut AnyConnection,
    user: UserId,
    now: Instant,
    place: Option<(Direction, Instant, SessionId)>,
    limit: i64,
) -> Result<Vec<StoredSession>> {
    let lasting = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    let lasting = lasting.filter(sessions::expires_at.gt(now)).select(StoredSession::as_select()).limit(limit);
    Ok(match place {
        None => lasting.order((sessions::created_at.desc(), sessions::id.desc())).load(connection)?,
        Some((Direction::Forward, at, id)) => lasting
            .filter(sessions::created_at.lt(at).or(sessions::created_at.eq(at).and(sessions::id.lt(id))))
            .order((sessions::created_at.desc(), sessions::id.desc()))
            .load(connection)?,
        Some((Direction::Backward, at, id)) => lasting
            .filter(sessions::created_at.gt(at).or(sessions::created_at.eq(at).and(sessions::id.gt(id))))
            .order((sessions::created_at, sessions::id))
            .load(connection)?,
    })
}

/// Whether a user has this session, and it lasts at an instant.
///
/// # Errors
/// If the database fails.
pub fn lasts(connection: &mut AnyConnection, user: UserId, id: SessionId, now: Instant) -> Result<bool> {
    let row = sessions::table.find(id).filter(sessions::user_id.eq(user));
    let row = row.filter(sessions::revoked_at.is_null()).filter(sessions::expires_at.gt(now));
    Ok(row.select(sessions::id).first::<SessionId>(connection).optional()?.is_some())
}

/// Notes that a session was used, unless a later use is noted.
///
/// # Errors
/// If the database fails.
pub fn touch(connection: &mut AnyConnection, id: SessionId, now: Instant) -> Result<()> {
    diesel::update(sessions::table.find(id).filter(sessions::last_used_at.lt(now)))
        .set(sessions::last_used_at.eq(now))
        .execute(connection)?;
    Ok(())
}
