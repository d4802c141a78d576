//! How many articles there are on lists: on one by its tallies; on several, where one article counts once, by looking at a bounded number of them.

use diesel::RunQueryDsl;
use diesel::sql_types::BigInt;

use super::{ListQuery, listed};
use crate::db::{AnyConnection, Result, Statement};
use crate::publications::tallies::Tally;
use crate::publications::visibility::Snapshot;

/// So many articles of several lists are counted at most.
pub const MOST_SEEN: i64 = 10_000;

/// How many articles the lists have at the snapshot, on all pages; `None` if several have more than [`MOST_SEEN`]. To be asked in one state of
/// the database, that of the page beside it.
///
/// # Errors
/// If the database fails.
pub fn total(connection: &mut AnyConnection, snapshot: Snapshot, query: &ListQuery) -> Result<Option<u64>> {
    let count: i64 = match query.lists.as_slice() {
        [] => 0,
        [list] => Tally::of(connection, snapshot.at, list)?.count(connection, &[query.dates()])?.into_iter().sum(),
        _ => {
            let statement = Statement::<BigInt>::new("SELECT count(*) FROM (");
            let seen: i64 = listed(statement, snapshot, query, None, true, MOST_SEEN + 1).sql(") l").get_result(connection)?;
            if seen > MOST_SEEN {
                return Ok(None);
            }
            seen
        }
    };
    Ok(Some(u64::try_from(count).unwrap_or(0)))
}
