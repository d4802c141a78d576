//! How many articles there are on lists, and which one so many come before: on one list by its tallies; on several, where one article counts once,
//! by looking at a bounded number of them. To be asked in one state of the database, that of the page beside it.

use diesel::sql_types::BigInt;
use diesel::{OptionalExtension, RunQueryDsl};
use uuid::Uuid;

use super::{ListQuery, Selection};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Place, SortValue};
use crate::publications::lists::ListKey;
use crate::publications::tallies::{Order, Tally, every_date};
use crate::publications::visibility::Snapshot;

/// So many articles of several lists are counted or passed at most.
pub const MOST_SEEN: i64 = 10_000;

/// How many articles the lists have at the snapshot, on all pages; `None` if several have more than [`MOST_SEEN`].
///
/// # Errors
/// If the database fails.
pub fn total(connection: &mut AnyConnection, snapshot: Snapshot, selection: &Selection) -> Result<Option<u64>> {
    let count: i64 = match selection.lists.as_slice() {
        [] => 0,
        [list] => Tally::of(connection, snapshot.at, list)?.count(connection, &[selection.dates()])?.into_iter().sum(),
        _ => {
            let statement = Statement::<BigInt>::new("SELECT count(*) FROM (");
            let seen: i64 = selection.listed(statement, snapshot, None, true, MOST_SEEN + 1).sql(") l").get_result(connection)?;
            if seen > MOST_SEEN {
                return Ok(None);
            }
            seen
        }
    };
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}

/// The place behind the first so many articles of the lists, at least one: behind all of them where there are no more. On several lists at most
/// [`MOST_SEEN`].
///
/// # Errors
/// If the database fails.
pub fn behind(connection: &mut AnyConnection, snapshot: Snapshot, query: &ListQuery, passed: i64) -> Result<Place> {
    let last = match query.selection.lists.as_slice() {
        [list] => last_of_one(connection, snapshot, query, list, passed)?,
        [] => None,
        _ => last_of_several(connection, snapshot, query, passed)?,
    };
    let (value, id) = match (last, query.order) {
        (Some((date, id)), _) => (date.millis(), id.uuid()),
        (None, Order::Newest) => (i64::MIN, Uuid::nil()),
        (None, Order::Oldest) => (i64::MAX, Uuid::max()),
    };
    Ok(Place { value: SortValue::Number(value), id, direction: Direction::Forward })
}

type Last = Option<(Instant, ArticleId)>;

fn last_of_one(connection: &mut AnyConnection, snapshot: Snapshot, query: &ListQuery, list: &ListKey, passed: i64) -> Result<Last> {
    let tally = Tally::of(connection, snapshot.at, list)?;
    let (every, asked) = (every_date(), query.selection.dates());
    let before = match query.order {
        Order::Newest => asked.end..every.end,
        Order::Oldest => every.start..asked.start,
    };
    let before: i64 = tally.count(connection, &[before])?.into_iter().sum();
    tally.nth(connection, query.order, before + passed - 1)
}

fn last_of_several(connection: &mut AnyConnection, snapshot: Snapshot, query: &ListQuery, passed: i64) -> Result<Last> {
    let is_descending = query.order == Order::Newest;
    let statement = Statement::<(BigInt, IdSql)>::new("SELECT first_at, article_id FROM (");
    let statement = query.selection.listed(statement, snapshot, None, is_descending, passed).sql(if is_descending {
        ") l ORDER BY first_at DESC, article_id DESC LIMIT 1 OFFSET "
    } else {
        ") l ORDER BY first_at, article_id LIMIT 1 OFFSET "
    });
    Ok(statement.bind(passed - 1).get_result(connection).optional()?)
}
