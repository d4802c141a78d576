//! Giving what a category holds to another one: the categories in it, and whatever names it.

use super::Row;
use crate::categories::{rules, store};
use crate::db::{AnyConnection, StoredId, Tx};
use crate::kernel::id::CategoryId;
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::listings;
use crate::publications::named::{self, Named};

/// Moves what lies in `row`, categories and articles, to `target`: the categories, as they were and as they are.
///
/// # Errors
/// `cycle` (409) if the target lies in or below it; 400 if there is no such category; 422 if something would lie too deep.
pub fn reassign(tx: &mut Tx<'_>, row: &Row, target: CategoryId, now: Instant) -> Result<Vec<(Row, Row)>> {
    let above = store::above(tx.conn(), target)?;
    if above.is_empty() {
        return Err(Problem::invalid_parameter("reassign_to", "unknown", "there is no such category"));
    }
    if above.contains(&row.id) {
        return Err(Problem::new(Code::Cycle, "`reassign_to` must name a category that is neither this one nor below it."));
    }
    let listed = listings::articles_below(tx.conn(), row.id)?;
    let moved = move_children(tx.conn(), row.id, target, &above, now)?;
    named::rewrite(tx.conn(), Named::Category(row.id), StoredId(target.uuid()))?;
    listings::rewrite_all(tx.conn(), &listed)?;
    Ok(moved)
}

fn move_children(
    connection: &mut AnyConnection,
    id: CategoryId,
    target: CategoryId,
    above: &[CategoryId],
    now: Instant,
) -> Result<Vec<(Row, Row)>> {
    let mut moved = Vec::new();
    for before in store::children(connection, id)? {
        let height = store::height(connection, before.id)?;
        rules::check_parent(before.id, target, above, height)?;
        let child = Row { parent_id: Some(target), version: before.version + 1, updated_at: now, ..before.clone() };
        store::update(connection, &child, true)?;
        moved.push((before, child));
    }
    Ok(moved)
}
