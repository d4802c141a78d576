//! Making, changing, rotating and revoking API keys, and what a secret of one lets do.

use serde_json::{Value, json};

use super::dto::{ApiKey, ApiKeyCreate, ApiKeyPatch, ApiKeyRotation, KeyMaker, NewApiKey, PreviousSecret, USUAL_OVERLAP_S};
pub use super::secret::{START, Secret};
pub use super::store::touch;
use super::store::{self, StoredKey};
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::{AnyConnection, Db, Tx};
use crate::kernel::caller::{Caller, Scope};
use crate::kernel::id::{ApiKeyId, CategoryId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::refs::stored_limits;
use crate::kernel::version::Expected;
use crate::publications::within;

/// Makes a key.
///
/// # Errors
/// 422.
pub async fn create(db: &Db, caller: &Caller, create: Checked<ApiKeyCreate>) -> Result<NewApiKey> {
    let (maker, actor, secret) = (caller.user_id, Actor::from(caller), Secret::generate());
    let (secret_hash, prefix) = (secret.hash(), secret.prefix());
    let written = db.write(move |tx| {
        let now = tx.now()?;
        let Checked { value: create, mut mistakes } = create.clone();
        let expires_at = end(&mut mistakes, &create.expires_at.into(), now).value();
        if let Some(category_ids) = &create.category_ids {
            within::check(tx.conn(), category_ids, &mut mistakes)?;
        }
        mistakes.finish()?;
        let key = StoredKey {
            id: ApiKeyId::new(),
            name: create.name,
            scopes: joined(&create.scopes),
            category_ids: stored_limits(create.category_ids.as_deref()).map_err(Problem::internal)?,
            secret_hash: secret_hash.clone(),
            prefix: prefix.clone(),
            previous_hash: None,
            previous_prefix: None,
            previous_until: None,
            version: 1,
            created_by: maker,
            created_at: now,
            expires_at,
            revoked_at: None,
            last_used_at: None,
        };
        store::insert(tx.conn(), &key)?;
        record(tx, &actor, "api_key.created", target(&key), Change::made(told(&key)?))?;
        present(tx.conn(), key.id, now)
    });
    Ok(NewApiKey { about: written.await?, key: secret.reveal() })
}

/// Scopes as they are stored: each once, in the order of the document.
fn joined(scopes: &[Scope]) -> String {
    let held: Vec<&str> = Scope::ALL.into_iter().filter(|scope| scopes.contains(scope)).map(Scope::name).collect();
    held.join(" ")
}

/// The end that is asked for, which lies ahead.
fn end(mistakes: &mut Mistakes, given: &Patch<String>, now: Instant) -> Patch<Instant> {
    let text = match given {
        Patch::Absent => return Patch::Absent,
        Patch::Null => return Patch::Null,
        Patch::Value(text) => text,
    };
    match text.parse::<Instant>() {
        Ok(at) if at > now => return Patch::Value(at),
        Ok(_) => mistakes.note("/expires_at", "past", format!("it must lie ahead; it is {now} now")),
        Err(fault) => mistakes.note("/expires_at", "invalid_format", fault.to_string()),
    }
    Patch::Absent
}

fn target(key: &StoredKey) -> Target {
    Target { kind: "api_key", id: key.id.uuid() }
}

/// What the audit log has of a key: never its secret, nor the hash of it.
fn told(key: &StoredKey) -> Result<Value> {
    Ok(json!({
        "name": key.name, "scopes": key.scopes()?, "category_ids": key.categories()?, "prefix": key.prefix, "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
    }))
}

fn seen((key, maker): (StoredKey, String), now: Instant) -> Result<ApiKey> {
    let (scopes, category_ids) = (key.scopes()?, key.categories()?);
    let previous = key.previous_prefix.zip(key.previous_until).filter(|(_, good_until)| *good_until > now);
    Ok(ApiKey {
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        scopes,
        category_ids,
        created_by: KeyMaker { id: key.created_by, name: maker },
        created_at: key.created_at,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        previous: previous.map(|(prefix, good_until)| PreviousSecret { prefix, good_until }),
        version: key.version,
    })
}

fn present(connection: &mut AnyConnection, id: ApiKeyId, now: Instant) -> Result<ApiKey> {
    seen(store::find(connection, id)?.ok_or_else(Problem::not_found)?, now)
}

/// A key that was not revoked.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: ApiKeyId) -> Result<ApiKey> {
    db.read(db.at_present(move |connection, now| present(connection, id, now))).await
}

/// A page of the keys that were not revoked, the newest first.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<ApiKey>> {
    let parameters = ListParameters::of("listApiKeys");
    let place = key.place(&parameters, cursor)?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let found = db.read(db.at_present(move |connection, now| {
        let rows = store::beyond(connection, from, rows)?;
        rows.into_iter().map(|row| seen(row, now)).collect::<Result<Vec<_>>>()
    }));
    let at = |key: &ApiKey| (SortValue::Number(key.created_at.millis()), key.id.uuid());
    Ok(Page::cut(found.await?, limit, place.as_ref(), key, parameters.as_str(), at))
}

/// What is done to which key, by whom, and the version that it is based on.
struct Writing {
    action: &'static str,
    actor: Actor,
    id: ApiKeyId,
    expected: Expected,
}

impl Writing {
    /// Does it within a write: the key is of it alone until the commit.
    fn run(&self, tx: &mut Tx<'_>, change: impl Fn(&mut StoredKey, Instant) -> Result<()>) -> Result<ApiKey> {
        store::lock(tx.conn(), self.id)?;
        let now = tx.now()?;
        let (mut key, maker) = store::find(tx.conn(), self.id)?.ok_or_else(Problem::not_found)?;
        self.expected.check_alone(key.version.unsigned_abs())?;
        let before = told(&key)?;
        change(&mut key, now)?;
        key.version += 1;
        store::update(tx.conn(), &key)?;
        record(tx, &self.actor, self.action, target(&key), Change::between(before, told(&key)?, &["name"]))?;
        seen((key, maker), now)
    }
}

/// Changes name, scopes, categories and end of a key.
///
/// # Errors
/// 404, 412, 422.
pub async fn update(db: &Db, caller: &Caller, id: ApiKeyId, expected: Expected, patch: Checked<ApiKeyPatch>) -> Result<ApiKey> {
    let updating = Writing { action: "api_key.updated", actor: Actor::from(caller), id, expected };
    db.write(move |tx| {
        let Checked { value: patch, mut mistakes } = patch.clone();
        if let Patch::Value(category_ids) = &patch.category_ids {
            within::check(tx.conn(), category_ids, &mut mistakes)?;
        }
        updating.run(tx, |key, now| {
            let mut mistakes = mistakes.clone();
            let expires_at = end(&mut mistakes, &patch.expires_at, now);
            mistakes.finish()?;
            let categories = patch.category_ids.clone().or(key.categories()?);
            key.category_ids = stored_limits(categories.as_deref()).map_err(Problem::internal)?;
            key.name = patch.name.clone().unwrap_or_else(|| key.name.clone());
            key.scopes = patch.scopes.as_ref().map_or_else(|| key.scopes.clone(), |scopes| joined(scopes));
            key.expires_at = expires_at.or(key.expires_at);
            Ok(())
        })
    })
    .await
}

/// Gives a key another secret; the present one stays good for a while, the one before it no longer.
///
/// # Errors
/// 404, 412.
pub async fn rotate(db: &Db, caller: &Caller, id: ApiKeyId, expected: Expected, rotation: &ApiKeyRotation) -> Result<NewApiKey> {
    let secret = Secret::generate();
    let rotating = Writing { action: "api_key.rotated", actor: Actor::from(caller), id, expected };
    let (hash, prefix) = (secret.hash(), secret.prefix());
    let overlap_ms = rotation.overlap.unwrap_or(USUAL_OVERLAP_S).saturating_mul(1000);
    let change = move |key: &mut StoredKey, now: Instant| {
        key.previous_hash = Some(std::mem::replace(&mut key.secret_hash, hash.clone()));
        key.previous_prefix = Some(std::mem::replace(&mut key.prefix, prefix.clone()));
        key.previous_until = Some(now.plus_millis(overlap_ms));
        Ok(())
    };
    let about = db.write(move |tx| rotating.run(tx, &change)).await?;
    Ok(NewApiKey { about, key: secret.reveal() })
}

/// Revokes a key: from the answer on nobody asks with it, on any node.
///
/// # Errors
/// 404, 412.
pub async fn revoke(db: &Db, caller: &Caller, id: ApiKeyId, expected: Expected) -> Result<()> {
    let revoking = Writing { action: "api_key.revoked", actor: Actor::from(caller), id, expected };
    let change = |key: &mut StoredKey, now: Instant| {
        key.revoked_at = Some(now);
        Ok(())
    };
    db.write(move |tx| revoking.run(tx, change).map(drop)).await
}

/// Takes a category that is being deleted out of what keys are limited to, within a write that holds the tree alone. A key that has no other one left changes nothing.
///
/// # Errors
/// If the database fails.
pub fn forget_category_in(tx: &mut Tx<'_>, actor: &Actor, category: CategoryId) -> Result<()> {
    for mut key in store::limited_to(tx.conn(), category)? {
        let before = told(&key)?;
        let mut left = key.categories()?.unwrap_or_default();
        left.retain(|id| *id != category);
        key.category_ids = stored_limits(Some(&left)).map_err(Problem::internal)?;
        key.version += 1;
        store::update(tx.conn(), &key)?;
        record(tx, actor, "api_key.updated", target(&key), Change::between(before, told(&key)?, &["name"]))?;
    }
    Ok(())
}

/// Who asks with a secret, and when its key was last used before; `None` if it is not good.
///
/// # Errors
/// If the database fails.
pub fn caller(connection: &mut AnyConnection, secret: &Secret, now: Instant) -> Result<Option<(Caller, Option<Instant>)>> {
    let key = store::by_secret(connection, secret.hash(), now)?.filter(|key| key.expires_at.is_none_or(|end| end > now));
    key.map(|key| Ok((Caller::key(key.id, key.scopes()?).limited_to(key.categories()?), key.last_used_at))).transpose()
}

/// What a key is called, if it was not revoked.
///
/// # Errors
/// If the database fails.
pub fn name(connection: &mut AnyConnection, id: ApiKeyId) -> Result<Option<String>> {
    Ok(store::find(connection, id)?.map(|(key, _)| key.name))
}
