//! API keys in the database.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, TextExpressionMethods,
};

use crate::db::dialect::for_update;
use crate::db::schema::{api_keys, users};
use crate::db::{AnyConnection, Error, IdSql, Result, Statement};
use crate::kernel::caller::Scope;
use crate::kernel::id::{ApiKeyId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;
use crate::kernel::refs::limits;

/// A key as it is stored.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
pub struct StoredKey {
    /// The id.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Names of scopes with spaces between.
    pub scopes: String,
    /// The categories that it is limited to, as [`limits`] reads them.
    pub category_ids: Option<String>,
    /// The SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
    /// How its secret begins.
    pub prefix: String,
    /// The SHA-256 of the secret before.
    pub previous_hash: Option<Vec<u8>>,
    /// How that begins.
    pub previous_prefix: Option<String>,
    /// Until when that is good.
    pub previous_until: Option<Instant>,
    /// Counts changes.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// From when on it is good no longer.
    pub expires_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// When it was last used, to a minute.
    pub last_used_at: Option<Instant>,
}

impl StoredKey {
    /// Its scopes.
    ///
    /// # Errors
    /// If one that is stored is unknown.
    pub fn scopes(&self) -> Result<Vec<Scope>> {
        let known = |name: &str| Scope::find(name).ok_or_else(|| Error::corrupt("unknown scope"));
        self.scopes.split(' ').map(known).collect()
    }

    /// The categories that it is limited to; `None` = it is not.
    ///
    /// # Errors
    /// If what is stored is no list of ids.
    pub fn categories(&self) -> Result<Option<Vec<CategoryId>>> {
        limits(self.category_ids.as_deref()).map_err(Error::corrupt)
    }
}

/// Keeps a new key.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, key: &StoredKey) -> Result<()> {
    diesel::insert_into(api_keys::table).values(key.clone()).execute(connection)?;
    Ok(())
}

/// The key that a secret is of at an instant, unless it was revoked. It may have expired.
///
/// # Errors
/// If the database fails.
pub fn by_secret(connection: &mut AnyConnection, hash: Vec<u8>, now: Instant) -> Result<Option<StoredKey>> {
    let is_previous = api_keys::previous_hash.eq(hash.clone()).and(api_keys::previous_until.gt(now));
    let keys = api_keys::table.filter(api_keys::secret_hash.eq(hash).or(is_previous)).filter(api_keys::revoked_at.is_null());
    Ok(keys.select(StoredKey::as_select()).first(connection).optional()?)
}

/// A key that was not revoked, with the name of who made it.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: ApiKeyId) -> Result<Option<(StoredKey, String)>> {
    let keys = api_keys::table.inner_join(users::table.on(users::id.eq(api_keys::created_by)));
    let keys = keys.filter(api_keys::id.eq(id)).filter(api_keys::revoked_at.is_null());
    Ok(keys.select((StoredKey::as_select(), users::name)).first(connection).optional()?)
}

/// The keys that were not revoked and are limited to a category, perhaps among others, in the order of their ids: their rows until the end of the transaction.
///
/// # Errors
/// If the database fails.
pub fn limited_to(connection: &mut AnyConnection, category: CategoryId) -> Result<Vec<StoredKey>> {
    let limited = api_keys::category_ids.like(format!("%{category}%")).and(api_keys::revoked_at.is_null());
    let ids: Vec<ApiKeyId> = api_keys::table.filter(limited).order(api_keys::id).select(api_keys::id).load(connection)?;
    for id in &ids {
        lock(connection, *id)?;
    }
    let keys = api_keys::table.filter(api_keys::id.eq_any(ids)).filter(api_keys::revoked_at.is_null()).order(api_keys::id);
    Ok(keys.select(StoredKey::as_select()).load(connection)?)
}

/// Takes the row of a key until the end of the transaction.
///
/// # Errors
/// If the database fails.
pub fn lock(connection: &mut AnyConnection, id: ApiKeyId) -> Result<()> {
    let suffix = for_update(connection);
    let row = Statement::<IdSql>::new("SELECT id FROM api_keys WHERE id = ").bind(id).sql(suffix);
    row.load::<ApiKeyId>(connection)?;
    Ok(())
}

/// The keys that were not revoked, with the names of who made them, beyond a place, in the direction of it, at most `limit`; the newest without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(
    connection: &mut AnyConnection,
    place: Option<(Direction, Instant, ApiKeyId)>,
    limit: i64,
) -> Result<Vec<(StoredKey, String)>> {
    let keys = api_keys::table.inner_join(users::table.on(users::id.eq(api_keys::created_by)));
    let keys = keys.filter(api_keys::revoked_at.is_null()).select((StoredKey::as_select(), users::name)).limit(limit);
    Ok(match place {
        None => keys.order((api_keys::created_at.desc(), api_keys::id.desc())).load(connection)?,
        Some((Direction::Forward, at, id)) => keys
            .filter(api_keys::created_at.lt(at).or(api_keys::created_at.eq(at).and(api_keys::id.lt(id))))
            .order((api_keys::created_at.desc(), api_keys::id.desc()))
            .load(connection)?,
        Some((Direction::Backward, at, id)) => keys
            .filter(api_keys::created_at.gt(at).or(api_keys::created_at.eq(at).and(api_keys::id.gt(id))))
            .order((api_keys::created_at, api_keys::id))
            .load(connection)?,
    })
}

/// Writes what changed of a key.
///
/// # Errors
/// If the database fails.
pub fn update(connection: &mut AnyConnection, key: &StoredKey) -> Result<()> {
    diesel::update(api_keys::table.find(key.id))
        .set((
            api_keys::name.eq(&key.name),
            api_keys::scopes.eq(&key.scopes),
            api_keys::category_ids.eq(&key.category_ids),
            api_keys::secret_hash.eq(&key.secret_hash),
            api_keys::prefix.eq(&key.prefix),
            api_keys::previous_hash.eq(&key.previous_hash),
            api_keys::previous_prefix.eq(&key.previous_prefix),
            api_keys::previous_until.eq(key.previous_until),
            api_keys::version.eq(key.version),
            api_keys::expires_at.eq(key.expires_at),
            api_keys::revoked_at.eq(key.revoked_at),
        ))
        .execute(connection)?;
    Ok(())
}

/// Notes that a key was used, unless a later use is noted.
///
/// # Errors
/// If the database fails.
pub fn touch(connection: &mut AnyConnection, id: ApiKeyId, at: Instant) -> Result<()> {
    let row = api_keys::table.find(id).filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at)));
    diesel::update(row).set(api_keys::last_used_at.eq(at)).execute(connection)?;
    Ok(())
}
