//! Appending to the audit log, as the last of a transaction. Whoever has the head of the chain holds up every other writer, so that nothing is done with it
//! but to write the entries and commit; and since nothing else is waited for after that, no two writers can wait for each other here.

use diesel::sql_types::{BigInt, Binary};

use super::connection::AnyConnection;
use super::dialect::for_update;
use super::error::{Error, Result};
use super::statement::{Bind, Statement};
use super::types::StoredId;
use crate::kernel::entry::{Entry, Hash};

/// Appends what a transaction recorded.
pub(super) fn append(connection: &mut AnyConnection, entries: &[Entry]) -> Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let (mut number, mut hash) = hold_head(connection)?;
    let rows = entries.iter().map(|entry| {
        number += 1;
        hash = entry.hash(number, &hash);
        row(entry, number, hash)
    });
    const ROWS: &str =
        "INSERT INTO audit (number, id, at, actor_id, key_id, address, action, target_kind, target_id, before, after, hash) VALUES ";
    let mut writes = Statement::inserts(ROWS, &Vec::from_iter(rows));
    writes.push(Statement::new("UPDATE audit_head SET number = ").bind(number).sql(", hash = ").bind(hash.to_vec()));
    Ok(Statement::together(connection, writes)?)
}

/// The number and the hash of the last entry, held until the end of the transaction.
fn hold_head(connection: &mut AnyConnection) -> Result<(i64, Hash)> {
    let suffix = for_update(connection);
    let head = Statement::<(BigInt, Binary)>::new("SELECT number, hash FROM audit_head").sql(suffix);
    let (number, hash): (i64, Vec<u8>) = head.get_result(connection)?;
    Ok((number, hash.try_into().map_err(|_| Error::corrupt("the head of the audit log has no hash of 32 bytes"))?))
}

fn row(entry: &Entry, number: i64, hash: Hash) -> [Bind; 12] {
    let actor = &entry.actor;
    [
        number.into(),
        entry.id.into(),
        entry.at.into(),
        actor.user_id.into(),
        actor.key_id.into(),
        actor.address.clone().into(),
        entry.action.as_str().into(),
        entry.target_kind.as_str().into(),
        StoredId(entry.target_id).into(),
        entry.before.clone().into(),
        entry.after.clone().into(),
        hash.to_vec().into(),
    ]
}
