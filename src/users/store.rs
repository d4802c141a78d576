//! Users in the database.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, TextExpressionMethods,
};

use crate::db::schema::{calendar_subscriptions, preview_links, sessions, users};
use crate::db::{AnyConnection, Error, Result};
use crate::kernel::caller::Role;
use crate::kernel::id::{CategoryId, SessionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;
use crate::kernel::refs::limits;

/// A user as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub struct User {
    /// The id.
    pub id: UserId,
    /// NFC, lower case; unique.
    pub email: String,
    /// The name.
    pub name: String,
    /// The name of a [`Role`].
    pub role: String,
    /// A PHC string.
    pub password_hash: String,
    /// Whether they may log in.
    pub active: bool,
    /// The categories that they are limited to, as [`limits`] reads them.
    pub category_ids: Option<String>,
    /// Counts changes.
    pub version: i64,
    /// When they were added.
    pub created_at: Instant,
    /// Until when the password is good; `None` = until it is changed.
    pub password_expires_at: Option<Instant>,
}

impl User {
    /// The role.
    ///
    /// # Errors
    /// If the stored name is unknown.
    pub fn role(&self) -> Result<Role> {
        Role::find(&self.role).ok_or_else(|| Error::corrupt("unknown role"))
    }

    /// The categories that they are limited to; `None` = they are not.
    ///
    /// # Errors
    /// If what is stored is no list of ids.
    pub fn categories(&self) -> Result<Option<Vec<CategoryId>>> {
        limits(self.category_ids.as_deref()).map_err(Error::corrupt)
    }
}

/// The user of this id.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: UserId) -> Result<Option<User>> {
    Ok(users::table.find(id).select(User::as_select()).first(connection).optional()?)
}

/// The user of this e-mail, in its stored form.
///
/// # Errors
/// If the database fails.
pub fn by_email(connection: &mut AnyConnection, email: &str) -> Result<Option<User>> {
    Ok(users::table.filter(users::email.eq(email)).select(User::as_select()).first(connection).optional()?)
}

/// All users in the order in which they were added, at most `limit`.
///
/// # Errors
/// If the database fails.
pub fn all(connection: &mut AnyConnection, limit: i64) -> Result<Vec<User>> {
    Ok(users::table.order((users::created_at, users::id)).select(User::as_select()).limit(limit).load(connection)?)
}

/// The users beyond a place, in the direction of it, at most `limit`; those after the first without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, place: Option<(Direction, Instant, UserId)>, limit: i64) -> Result<Vec<User>> {
    let all = users::table.select(User::as_select()).limit(limit);
    Ok(match place {
        None => all.order((users::created_at, users::id)).load(connection)?,
        Some((Direction::Forward, at, id)) => all
            .filter(users::created_at.gt(at).or(users::created_at.eq(at).and(users::id.gt(id))))
            .order((users::created_at, users::id))
            .load(connection)?,
        Some((Direction::Backward, at, id)) => all
            .filter(users::created_at.lt(at).or(users::created_at.eq(at).and(users::id.lt(id))))
            .order((users::created_at.desc(), users::id.desc()))
            .load(connection)?,
    })
}

/// The users who are limited to a category, perhaps among others, in the order of their ids.
///
/// # Errors
/// If the database fails.
pub fn limited_to(connection: &mut AnyConnection, id: CategoryId) -> Result<Vec<User>> {
    let limited = users::table.filter(users::category_ids.like(format!("%{id}%"))).order(users::id);
    Ok(limited.select(User::as_select()).load(connection)?)
}

/// Whether there is a user at all.
///
/// # Errors
/// If the database fails.
pub fn is_empty(connection: &mut AnyConnection) -> Result<bool> {
    Ok(users::table.select(users::id).first::<UserId>(connection).optional()?.is_none())
}

/// How many active admins there are besides one.
///
/// # Errors
/// If the database fails.
pub fn other_admins(connection: &mut AnyConnection, besides: UserId) -> Result<i64> {
    let admins = users::table.filter(users::role.eq(Role::Admin.name())).filter(users::active.eq(true)).filter(users::id.ne(besides));
    Ok(admins.count().get_result(connection)?)
}

/// Adds a user.
///
/// # Errors
/// If the database fails, or the e-mail is taken.
pub fn insert(connection: &mut AnyConnection, user: &User) -> Result<()> {
    diesel::insert_into(users::table).values(user.clone()).execute(connection)?;
    Ok(())
}

/// Writes what changed of a user.
///
/// # Errors
/// If the database fails.
pub fn update(connection: &mut AnyConnection, user: &User) -> Result<()> {
    diesel::update(users::table.find(user.id))
        .set((
            users::name.eq(&user.name),
            users::role.eq(&user.role),
            users::password_hash.eq(&user.password_hash),
            users::active.eq(user.active),
            users::category_ids.eq(&user.category_ids),
            users::version.eq(user.version),
            users::password_expires_at.eq(user.password_expires_at),
        ))
        .execute(connection)?;
    Ok(())
}

/// Revokes all preview links of a user: how many.
///
/// # Errors
/// If the database fails.
pub fn revoke_preview_links(connection: &mut AnyConnection, user: UserId) -> Result<usize> {
    Ok(diesel::delete(preview_links::table.filter(preview_links::created_by.eq(user))).execute(connection)?)
}

/// Revokes all subscriptions of a user to the calendar: how many.
///
/// # Errors
/// If the database fails.
pub fn revoke_subscriptions(connection: &mut AnyConnection, user: UserId) -> Result<usize> {
    let theirs = calendar_subscriptions::table.filter(calendar_subscriptions::created_by.eq(user));
    Ok(diesel::delete(theirs).execute(connection)?)
}

/// Ends all sessions of a user, but for one that is kept: how many.
///
/// # Errors
/// If the database fails.
pub fn end_sessions(connection: &mut AnyConnection, user: UserId, kept: Option<SessionId>, now: Instant) -> Result<usize> {
    let rows =
        sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null()).filter(sessions::expires_at.gt(now));
    let ended = sessions::revoked_at.eq(now);
    Ok(match kept {
        Some(kept) => diesel::update(rows.filter(sessions::id.ne(kept))).set(ended).execute(connection)?,
        None => diesel::update(rows).set(ended).execute(connection)?,
    })
}
