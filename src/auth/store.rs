//! Sessions, refresh tokens, keys and failed logins in the database.

use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, RunQueryDsl};
use uuid::Uuid;

use super::token::SigningKey;
use crate::db::schema::{login_failures, refresh_tokens, secrets, sessions, signing_keys, users};
use crate::db::{AnyConnection, Result, StoredId};
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::instant::Instant;

/// What each request with a token depends on: role, whether the user is active, when the session ends, whether it was ended.
pub type Standing = (String, bool, Instant, Option<Instant>);

/// The present standing of a session and its user.
///
/// # Errors
/// If the database fails.
pub fn standing(connection: &mut AnyConnection, session: SessionId, user: UserId) -> Result<Option<Standing>> {
    let rows = sessions::table.inner_join(users::table.on(users::id.eq(sessions::user_id)));
    let row = rows.filter(sessions::id.eq(session)).filter(users::id.eq(user));
    Ok(row.select((users::role, users::active, sessions::expires_at, sessions::revoked_at)).first(connection).optional()?)
}

/// The public key of this id.
///
/// # Errors
/// If the database fails.
pub fn public_key(connection: &mut AnyConnection, id: Uuid) -> Result<Option<Vec<u8>>> {
    Ok(signing_keys::table.find(StoredId(id)).select(signing_keys::public_key).first(connection).optional()?)
}

/// All public keys, the newest first.
///
/// # Errors
/// If the database fails.
pub fn public_keys(connection: &mut AnyConnection) -> Result<Vec<(StoredId, Vec<u8>)>> {
    let newest_first = signing_keys::table.order((signing_keys::created_at.desc(), signing_keys::id.desc()));
    Ok(newest_first.select((signing_keys::id, signing_keys::public_key)).load(connection)?)
}

/// The key that signs: the newest.
///
/// # Errors
/// If the database fails.
pub fn newest_key(connection: &mut AnyConnection) -> Result<Option<SigningKey>> {
    let newest_first = signing_keys::table.order((signing_keys::created_at.desc(), signing_keys::id.desc()));
    let row: Option<(StoredId, Vec<u8>, Vec<u8>)> =
        newest_first.select((signing_keys::id, signing_keys::private_key, signing_keys::public_key)).first(connection).optional()?;
    Ok(row.map(|(id, private_key, public_key)| SigningKey { id: id.0, private_key, public_key }))
}

/// Adds a key.
///
/// # Errors
/// If the database fails.
pub fn insert_key(connection: &mut AnyConnection, key: &SigningKey, now: Instant) -> Result<()> {
    diesel::insert_into(signing_keys::table)
        .values((
            signing_keys::id.eq(StoredId(key.id)),
            signing_keys::private_key.eq(&key.private_key),
            signing_keys::public_key.eq(&key.public_key),
            signing_keys::created_at.eq(now),
        ))
        .execute(connection)?;
    Ok(())
}

/// A secret that all nodes share.
///
/// # Errors
/// If the database fails.
pub fn secret(connection: &mut AnyConnection, name: &str) -> Result<Option<Vec<u8>>> {
    Ok(secrets::table.find(name).select(secrets::value).first(connection).optional()?)
}

/// Keeps a secret.
///
/// # Errors
/// If the database fails, or the name is taken.
pub fn insert_secret(connection: &mut AnyConnection, name: &str, value: &[u8]) -> Result<()> {
    diesel::insert_into(secrets::table).values((secrets::name.eq(name), secrets::value.eq(value))).execute(connection)?;
    Ok(())
}

/// Starts a session.
///
/// # Errors
/// If the database fails.
pub fn insert_session(
    connection: &mut AnyConnection,
    id: SessionId,
    user: UserId,
    address: &str,
    now: Instant,
    expires_at: Instant,
) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::user_id.eq(user),
            sessions::address.eq(address),
            sessions::created_at.eq(now),
            sessions::expires_at.eq(expires_at),
            sessions::revoked_at.eq(None::<Instant>),
        ))
        .execute(connection)?;
    Ok(())
}

/// Whether a user logged in from this address since then.
///
/// # Errors
/// If the database fails.
pub fn is_known_address(connection: &mut AnyConnection, user: UserId, address: &str, since: Instant) -> Result<bool> {
    let known =
        sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::address.eq(address)).filter(sessions::created_at.gt(since));
    Ok(known.select(sessions::id).first::<SessionId>(connection).optional()?.is_some())
}

/// Ends one session.
///
/// # Errors
/// If the database fails.
pub fn revoke(connection: &mut AnyConnection, session: SessionId, now: Instant) -> Result<()> {
    let row = sessions::table.find(session).filter(sessions::revoked_at.is_null());
    diesel::update(row).set(sessions::revoked_at.eq(now)).execute(connection)?;
    Ok(())
}

/// Ends all sessions of a user but one.
///
/// # Errors
/// If the database fails.
pub fn revoke_others(connection: &mut AnyConnection, user: UserId, kept: Option<SessionId>, now: Instant) -> Result<()> {
    let rows = sessions::table.filter(sessions::user_id.eq(user)).filter(sessions::revoked_at.is_null());
    match kept {
        Some(kept) => diesel::update(rows.filter(sessions::id.ne(kept))).set(sessions::revoked_at.eq(now)).execute(connection)?,
        None => diesel::update(rows).set(sessions::revoked_at.eq(now)).execute(connection)?,
    };
    Ok(())
}

/// Session, when the token was used, when the session ends and was ended, and the user.
pub type Refresh = (SessionId, Option<Instant>, Instant, Option<Instant>, UserId);

/// What a refresh token belongs to.
///
/// # Errors
/// If the database fails.
pub fn refresh(connection: &mut AnyConnection, hash: &[u8]) -> Result<Option<Refresh>> {
    let rows = refresh_tokens::table.inner_join(sessions::table.on(sessions::id.eq(refresh_tokens::session_id)));
    let row = rows.filter(refresh_tokens::token_hash.eq(hash.to_vec()));
    Ok(row
        .select((refresh_tokens::session_id, refresh_tokens::used_at, sessions::expires_at, sessions::revoked_at, sessions::user_id))
        .first(connection)
        .optional()?)
}

/// Adds a refresh token by its hash.
///
/// # Errors
/// If the database fails.
pub fn insert_refresh(connection: &mut AnyConnection, hash: Vec<u8>, session: SessionId, now: Instant) -> Result<()> {
    diesel::insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(hash),
            refresh_tokens::session_id.eq(session),
            refresh_tokens::created_at.eq(now),
            refresh_tokens::used_at.eq(None::<Instant>),
        ))
        .execute(connection)?;
    Ok(())
}

/// Marks a refresh token as used; `false` if another request did so first.
///
/// # Errors
/// If the database fails.
pub fn use_refresh(connection: &mut AnyConnection, hash: &[u8], now: Instant) -> Result<bool> {
    let row = refresh_tokens::table.find(hash.to_vec()).filter(refresh_tokens::used_at.is_null());
    Ok(diesel::update(row).set(refresh_tokens::used_at.eq(now)).execute(connection)? == 1)
}

/// When the failures of a subject since then happened, the oldest first.
///
/// # Errors
/// If the database fails.
pub fn failures(connection: &mut AnyConnection, subject: &str, since: Instant) -> Result<Vec<Instant>> {
    let rows = login_failures::table.filter(login_failures::subject.eq(subject)).filter(login_failures::at.gt(since));
    Ok(rows.order(login_failures::at).select(login_failures::at).limit(100).load(connection)?)
}

/// Records a failure of each subject and forgets those before `since`.
///
/// # Errors
/// If the database fails.
pub fn insert_failures(connection: &mut AnyConnection, subjects: &[String], now: Instant, since: Instant) -> Result<()> {
    diesel::delete(login_failures::table.filter(login_failures::at.le(since))).execute(connection)?;
    for subject in subjects {
        diesel::insert_into(login_failures::table)
            .values((login_failures::id.eq(StoredId(Uuid::now_v7())), login_failures::subject.eq(subject), login_failures::at.eq(now)))
            .execute(connection)?;
    }
    Ok(())
}
