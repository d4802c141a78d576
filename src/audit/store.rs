//! Writing and reading the audit log.

use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::{OptionalExtension as _, Queryable};
use uuid::Uuid;

use super::rules;
use crate::db::{AnyConnection, IdSql, Result, Statement, StoredId, Tx};
use crate::kernel::entry::Entry;
pub use crate::kernel::entry::{Actor, Change, Target};
use crate::kernel::id::{ApiKeyId, AuditId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;

/// Records what was done at the instant of the write. It is written at the end of the transaction, or not at all. `action` is one of [`rules::ACTIONS`].
///
/// # Errors
/// If the database fails.
pub fn record(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, target: Target, change: Change) -> Result<()> {
    debug_assert!(rules::is_known(action), "{action} is not among the actions that the API document names");
    let at = tx.now()?;
    tx.record(Entry {
        id: AuditId::new(),
        at,
        actor: actor.clone(),
        action: action.to_owned(),
        target_kind: target.kind.to_owned(),
        target_id: target.id,
        before: change.before.map(|before| before.to_string()),
        after: change.after.map(|after| after.to_string()),
    });
    Ok(())
}

/// A row as it is stored.
#[derive(Clone, Debug, Queryable)]
pub struct Row {
    /// Its place in the chain.
    pub number: i64,
    id: AuditId,
    at: Instant,
    actor_id: Option<UserId>,
    key_id: Option<ApiKeyId>,
    address: Option<String>,
    action: String,
    target_kind: String,
    target_id: StoredId,
    before: Option<String>,
    after: Option<String>,
    /// What stands as its hash.
    pub hash: Vec<u8>,
}

impl Row {
    /// The entry.
    pub fn entry(self) -> Entry {
        Entry {
            id: self.id,
            at: self.at,
            actor: Actor { user_id: self.actor_id, key_id: self.key_id, address: self.address },
            action: self.action,
            target_kind: self.target_kind,
            target_id: self.target_id.0,
            before: self.before,
            after: self.after,
        }
    }
}

/// A row with what users are called.
#[derive(Clone, Debug, Queryable)]
pub struct NamedRow {
    /// The row.
    pub row: Row,
    /// The e-mail of the user who did it.
    pub actor_email: Option<String>,
    /// The name of the user or the key.
    pub actor_name: Option<String>,
    /// The e-mail of whom it was done to.
    pub target_email: Option<String>,
}

type RowSql =
    (BigInt, IdSql, BigInt, Nullable<IdSql>, Nullable<IdSql>, Nullable<Text>, Text, Text, IdSql, Nullable<Text>, Nullable<Text>, Binary);
type NamedSql = (RowSql, Nullable<Text>, Nullable<Text>, Nullable<Text>);

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// By this user or API key.
    pub actor: Option<UserId>,
    /// Of this action.
    pub action: Option<&'static str>,
    /// Done to this kind of thing.
    pub target_kind: Option<&'static str>,
    /// Done to this one.
    pub target_id: Option<Uuid>,
    /// At this instant or later.
    pub from: Option<Instant>,
    /// Before this one.
    pub to: Option<Instant>,
}

/// A place between entries, and which way to go from it.
pub type From = (Direction, Instant, AuditId);

const NAMED: &str = "SELECT a.number, a.id, a.at, a.actor_id, a.key_id, a.address, a.action, a.target_kind, a.target_id, a.before, a.after, a.hash, \
                     u.email, coalesce(u.name, k.name), t.email FROM (SELECT * FROM audit WHERE at >= ";
const USERS: &str = ") a LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN api_keys k ON k.id = a.key_id LEFT JOIN users t ON t.id = a.target_id AND a.target_kind = 'user'";

/// At most `limit` entries beyond a place, in the direction of it, by instant and id. [`Direction::Forward`] is towards the older ones; from the newest
/// without a place. One statement, a scan of one index.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, wanted: &Wanted, from: Option<From>, limit: i64) -> Result<Vec<NamedRow>> {
    let is_towards_newer = from.is_some_and(|(direction, ..)| direction == Direction::Backward);
    let statement = Statement::<NamedSql>::new(NAMED).bind(wanted.from.unwrap_or(Instant::FIRST)).sql(" AND at < ");
    let mut statement = statement.bind(wanted.to.unwrap_or(Instant::NEVER));
    if let Some(actor) = wanted.actor {
        statement = statement.sql(" AND coalesce(actor_id, key_id) = ").bind(actor);
    }
    if let Some(action) = wanted.action {
        statement = statement.sql(" AND action = ").bind(action);
    }
    if let Some(kind) = wanted.target_kind {
        statement = statement.sql(" AND target_kind = ").bind(kind);
    }
    if let Some(id) = wanted.target_id {
        statement = statement.sql(" AND target_id = ").bind(id);
    }
    if let Some((_, at, id)) = from {
        let beyond = if is_towards_newer { " AND (at, id) > (" } else { " AND (at, id) < (" };
        statement = statement.sql(beyond).bind(at).sql(", ").bind(id).sql(")");
    }
    let (within, outside) = match is_towards_newer {
        true => (" ORDER BY at, id LIMIT ", " ORDER BY a.at, a.id"),
        false => (" ORDER BY at DESC, id DESC LIMIT ", " ORDER BY a.at DESC, a.id DESC"),
    };
    Ok(statement.sql(within).bind(limit).sql(USERS).sql(outside).load(connection)?)
}

/// At most `limit` entries behind a number, in the order of the chain.
///
/// # Errors
/// If the database fails, or what is stored is no entry.
pub fn behind(connection: &mut AnyConnection, number: i64, limit: i64) -> Result<Vec<Row>> {
    let rows = Statement::<RowSql>::new(
        "SELECT number, id, at, actor_id, key_id, address, action, target_kind, target_id, before, after, hash FROM audit WHERE number > ",
    );
    Ok(rows.bind(number).sql(" ORDER BY number LIMIT ").bind(limit).load(connection)?)
}

/// The number and the hash of the last entry that was written; `None` if that was taken away.
///
/// # Errors
/// If the database fails.
pub fn head(connection: &mut AnyConnection) -> Result<Option<(i64, Vec<u8>)>> {
    let head = Statement::<(BigInt, Binary)>::new("SELECT number, hash FROM audit_head");
    Ok(head.get_result(connection).optional()?)
}
