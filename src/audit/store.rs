//! Writing and reading the audit log.

use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::{OptionalExtension as _, Queryable};

use super::rules;
use crate::db::{AnyConnection, Bind, IdSql, Result, Statement, StoredId, Tx};
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
    /// By one of these users and API keys; by anybody if there are none.
    pub actors: Vec<UserId>,
    /// Of one of these actions.
    pub actions: Vec<&'static str>,
    /// Done to one of these kinds of things.
    pub target_kinds: Vec<&'static str>,
    /// Done to one of these.
    pub target_ids: Vec<AuditId>,
    /// At this instant or later.
    pub from: Option<Instant>,
    /// Before this one.
    pub to: Option<Instant>,
}

/// A place between entries, and which way to go from it.
pub type From = (Direction, Instant, AuditId);

impl Wanted {
    /// What is asked for of each part of the log that is scanned: of the filter that leaves the fewest entries one value each, of the others any. So each part is a scan of one
    /// index that ends at the limit, however many values there are.
    fn parts(&self) -> Vec<Vec<(&'static str, Vec<Bind>)>> {
        const BY: [&str; 4] = [" AND target_id IN (", " AND coalesce(actor_id, key_id) IN (", " AND action IN (", " AND target_kind IN ("];
        let ids = self.target_ids.iter().map(|id| Bind::from(*id)).collect();
        let actors = self.actors.iter().map(|id| Bind::from(*id)).collect();
        let words = |words: &[&'static str]| words.iter().map(|word| Bind::from(*word)).collect();
        let values: [Vec<Bind>; 4] = [ids, actors, words(&self.actions), words(&self.target_kinds)];
        let mut filters: Vec<_> = BY.into_iter().zip(values).filter(|(_, values)| !values.is_empty()).collect();
        if filters.is_empty() {
            return vec![filters];
        }
        let (by, values) = filters.remove(0);
        let part = |value| [vec![(by, vec![value])], filters.clone()].concat();
        values.into_iter().map(part).collect()
    }
}

const NAMED: &str = "SELECT a.number, a.id, a.at, a.actor_id, a.key_id, a.address, a.action, a.target_kind, a.target_id, a.before, a.after, a.hash, \
                     u.email, coalesce(u.name, k.name), t.email FROM (";
const PART: &str = "SELECT * FROM (SELECT * FROM audit WHERE at >= ";
const USERS: &str = ") a LEFT JOIN users u ON u.id = a.actor_id LEFT JOIN api_keys k ON k.id = a.key_id LEFT JOIN users t ON t.id = a.target_id AND a.target_kind = 'user'";

/// At most `limit` entries beyond a place, in the direction of it, by instant and id. [`Direction::Forward`] is towards the older ones; from the newest
/// without a place. One statement, a scan of one index for each value of one filter.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, wanted: &Wanted, from: Option<From>, limit: i64) -> Result<Vec<NamedRow>> {
    let is_towards_newer = from.is_some_and(|(direction, ..)| direction == Direction::Backward);
    let mut statement = Statement::<NamedSql>::new(NAMED);
    for (at, filters) in wanted.parts().into_iter().enumerate() {
        statement = if at == 0 { statement } else { statement.sql(" UNION ALL ") };
        statement = statement.sql(PART).bind(wanted.from.unwrap_or(Instant::FIRST)).sql(" AND at < ");
        statement = statement.bind(wanted.to.unwrap_or(Instant::NEVER));
        for (by, values) in filters {
            statement = statement.sql(by).bind_all(values).sql(")");
        }
        if let Some((_, at, id)) = from {
            let beyond = if is_towards_newer { " AND (at, id) > (" } else { " AND (at, id) < (" };
            statement = statement.sql(beyond).bind(at).sql(", ").bind(id).sql(")");
        }
        let within = if is_towards_newer { " ORDER BY at, id LIMIT " } else { " ORDER BY at DESC, id DESC LIMIT " };
        statement = statement.sql(within).bind(limit).sql(") p");
    }
    let outside = if is_towards_newer { " ORDER BY a.at, a.id LIMIT " } else { " ORDER BY a.at DESC, a.id DESC LIMIT " };
    Ok(statement.sql(USERS).sql(outside).bind(limit).load(connection)?)
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
