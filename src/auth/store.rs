//! Sessions, refresh tokens, keys and failed logins in the database.

pub mod listed;

use diesel::sql_types::Binary;
use diesel::{ExpressionMethods, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};
use uuid::Uuid;

use crate::db::schema::{login_failures, refresh_tokens, secrets, sessions, signing_keys, users};
use crate::db::{AnyConnection, Result, Statement, StoredId};
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::instant::Instant;

/// How many sessions that are over one login deletes at most.
const MOST_DELETED: i64 = 20;

/// A key pair as it is stored.
#[derive(Clone)]
pub struct SigningKey {
    /// Its `kid`.
    pub id: Uuid,
    /// PKCS #8.
    pub private_key: Vec<u8>,
    /// 32 bytes.
    pub public_key: Vec<u8>,
}

/// Where a login comes from.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The client's address, an IPv6 one cut to its /64.
    pub address: String,
    /// What the client says that it is, cut.
    pub user_agent: Option<String>,
}

/// From an address, by a client that says nothing of itself.
impl From<&str> for Origin {
    fn from(address: &str) -> Self {
        Self { address: address.to_owned(), user_agent: None }
    }
}

/// What each request with a token depends on.
#[derive(Queryable)]
pub struct Standing {
    /// The user's role.
    pub role: String,
    /// The categories that they are limited to, as they are stored.
    pub category_ids: Option<String>,
    /// Whether they may log in.
    pub is_active: bool,
    /// When the session ends by itself.
    pub expires_at: Instant,
    /// When it was ended.
    pub revoked_at: Option<Instant>,
    /// When it was last used, as far as that is noted.
    pub last_used_at: Instant,
}

/// The present standing of a session and its user.
///
/// # Errors
/// If the database fails.
pub fn standing(connection: &mut AnyConnection, session: SessionId, user: UserId) -> Result<Option<Standing>> {
    let rows = sessions::table.inner_join(users::table.on(users::id.eq(sessions::user_id)));
    let row = rows.filter(sessions::id.eq(session)).filter(users::id.eq(user));
    let standing = (users::role, users::category_ids, users::active, sessions::expires_at, sessions::revoked_at, sessions::last_used_at);
    Ok(row.select(standing).first(connection).optional()?)
}

/// The public key of this id, unless a newer one signs since `retired` or longer.
///
/// # Errors
/// If the database fails.
pub fn public_key(connection: &mut AnyConnection, id: Uuid, retired: Instant) -> Result<Option<Vec<u8>>> {
    let key = Statement::<Binary>::new("SELECT k.public_key FROM signing_keys k WHERE k.id = ")
        .bind(StoredId(id))
        .sql(" AND NOT EXISTS (SELECT 1 FROM signing_keys n WHERE (n.created_at, n.id) > (k.created_at, k.id) AND n.created_at <= ")
        .bind(retired)
        .sql(")");
    Ok(key.get_result(connection).optional()?)
}

/// The public keys that still verify, the newest first: without those that a newer one replaced at `retired` or before.
///
/// # Errors
/// If the database fails.
pub fn public_keys(connection: &mut AnyConnection, retired: Instant) -> Result<Vec<(StoredId, Vec<u8>)>> {
    let newest_first = signing_keys::table.order((signing_keys::created_at.desc(), signing_keys::id.desc()));
    let rows: Vec<(StoredId, Vec<u8>, Instant)> =
        newest_first.select((signing_keys::id, signing_keys::public_key, signing_keys::created_at)).load(connection)?;
    let replaced = rows.iter().position(|(.., created_at)| *created_at <= retired).map_or(rows.len(), |at| at + 1);
    Ok(rows.into_iter().take(replaced).map(|(id, key, _)| (id, key)).collect())
}

/// Deletes the keys that verify nothing any more, for their private halves' sake.
///
/// # Errors
/// If the database fails.
pub fn delete_retired_keys(connection: &mut AnyConnection, retired: Instant) -> Result<()> {
    let kept: Vec<StoredId> = public_keys(connection, retired)?.into_iter().map(|(id, _)| id).collect();
    diesel::delete(signing_keys::table.filter(signing_keys::id.ne_all(kept))).execute(connection)?;
    Ok(())
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
    origin: &Origin,
    now: Instant,
    expires_at: Instant,
) -> Result<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id.eq(id),
            sessions::user_id.eq(user),
            sessions::address.eq(&origin.address),
            sessions::user_agent.eq(&origin.user_agent),
            sessions::created_at.eq(now),
            sessions::last_used_at.eq(now),
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

/// Deletes the sessions that are over, and their tokens.
///
/// # Errors
/// If the database fails.
pub fn delete_expired(connection: &mut AnyConnection, now: Instant) -> Result<()> {
    let over = sessions::table.filter(sessions::expires_at.le(now));
    let ids: Vec<SessionId> = over.select(sessions::id).limit(MOST_DELETED).load(connection)?;
    if !ids.is_empty() {
        diesel::delete(refresh_tokens::table.filter(refresh_tokens::session_id.eq_any(&ids))).execute(connection)?;
        diesel::delete(sessions::table.filter(sessions::id.eq_any(&ids))).execute(connection)?;
    }
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

/// When the latest failures of a subject since then happened, the latest first, at most so many.
///
/// # Errors
/// If the database fails.
pub fn failures(connection: &mut AnyConnection, subject: &str, since: Instant, most: usize) -> Result<Vec<Instant>> {
    let rows = login_failures::table.filter(login_failures::subject.eq(subject)).filter(login_failures::at.gt(since));
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    Ok(rows.order(login_failures::at.desc()).select(login_failures::at).limit(most).load(connection)?)
}

/// Records a failure of each subject and forgets those before `since`.
///
/// # Errors
/// If the database fails.
pub fn insert_failures<'a>(
    connection: &mut AnyConnection,
    subjects: impl Iterator<Item = &'a str>,
    now: Instant,
    since: Instant,
) -> Result<()> {
    diesel::delete(login_failures::table.filter(login_failures::at.le(since))).execute(connection)?;
    for subject in subjects {
        diesel::insert_into(login_failures::table)
            .values((login_failures::id.eq(StoredId(Uuid::now_v7())), login_failures::subject.eq(subject), login_failures::at.eq(now)))
            .execute(connection)?;
    }
    Ok(())
}
