//! How many articles there are on lists, and where the page begins that so many come before: on one list by its tallies; on several, where one
//! article counts once, by looking at a bounded number of them. To be asked in one state of the database, that of the page beside it.

use std::ops::Range;

use diesel::sql_types::BigInt;
use uuid::Uuid;

use super::selection::Window;
use super::{ListQuery, Selection};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Place, SortValue};
use crate::publications::tallies::{Order, Tally, every_date};

/// So many articles of several lists are counted or passed at most.
pub const MOST_SEEN: i64 = 10_000;

/// Passing so many articles one by one takes no longer than tallies would. A page behind them is read as the first one is.
pub const FEW_SEEN: i64 = 100;

/// How many articles the lists have at the snapshot, on all pages; `None` if several have more than [`MOST_SEEN`].
///
/// # Errors
/// If the database fails.
pub fn total(connection: &mut AnyConnection, reading: &Reading<'_>, selection: &Selection) -> Result<Option<u64>> {
    let snapshot = reading.snapshot;
    let count: i64 = match selection.one_list() {
        None if selection.lists.is_empty() => 0,
        Some(list) => Tally::of(connection, snapshot, list)?.count(connection, &[selection.dates()])?.into_iter().sum(),
        None => {
            let statement = Statement::<BigInt>::new("SELECT count(*) FROM (");
            let seen: i64 = selection.listed(statement, snapshot, Window::newest(MOST_SEEN + 1)).sql(") l").get_result(connection)?;
            if seen > MOST_SEEN {
                return Ok(None);
            }
            seen
        }
    };
    Ok(Some(u64::try_from(count).unwrap_or(0) + selection.of_release(reading).len() as u64))
}

impl ListQuery {
    /// The page that so many articles come before, which are passed one by one.
    #[must_use]
    pub fn skipping(self, passed: i64) -> Self {
        Self { place: Some(place(self.order, &every_date())), skipped: passed, passed, ..self }
    }
}

/// The page of the query that so many articles come before; on several lists at most [`MOST_SEEN`].
///
/// # Errors
/// If the database fails.
pub fn behind(connection: &mut AnyConnection, reading: &Reading<'_>, query: ListQuery, passed: i64) -> Result<ListQuery> {
    let mixed = i64::try_from(query.selection.of_release(reading).len()).unwrap_or(i64::MAX).min(passed);
    Ok(ListQuery { passed, mixed, ..standing_behind(connection, reading, query, passed - mixed)? })
}

/// The same among what stands on the lists alone.
fn standing_behind(connection: &mut AnyConnection, reading: &Reading<'_>, query: ListQuery, passed: i64) -> Result<ListQuery> {
    let Some(list) = query.selection.one_list() else { return Ok(query.skipping(passed)) };
    let tally = Tally::of(connection, reading.snapshot, list)?;
    let (every, asked) = (every_date(), query.selection.dates());
    let before = match query.order {
        Order::Newest => asked.end..every.end,
        Order::Oldest => every.start..asked.start,
    };
    let before: i64 = tally.count(connection, &[before])?.into_iter().sum();
    let (dates, within) = reading.quarters.find(connection, &tally, query.order, before + passed)?;
    // Where the dates that are asked for begin within that quarter, those before are not read at all.
    Ok(ListQuery { place: Some(place(query.order, &dates)), skipped: within.min(passed), passed, ..query })
}

/// The place before the first article of these dates.
fn place(order: Order, dates: &Range<Instant>) -> Place {
    let (value, id) = match order {
        Order::Newest => (dates.end.millis(), Uuid::nil()),
        Order::Oldest => (dates.start.millis() - 1, Uuid::max()),
    };
    Place { value: SortValue::Number(value), id, direction: Direction::Forward }
}
