//! Keeping the tallies, called by `listings` in the transaction of each change.
//!
//! A write appends to the log which rows of listings it put in and took out; that touches nothing that other writers touch, and depends on no
//! watermark. Then, if nobody else is at it, it folds what the log has into the tallies and moves the watermark on.

use std::collections::BTreeMap;

use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::super::lists::Stretch;
use super::buckets::Level;
use super::{changed, live_at, watermark};
use crate::db::dialect::{self, Lock};
use crate::db::{AnyConnection, Bind, Result, Statement};
use crate::kernel::instant::Instant;

/// The watermark passes at most so many starts and so many ends at once, and those of the same millisecond.
const MOST_PASSED: i64 = 500;
/// How many rows one statement inserts.
const ROWS_AT_ONCE: usize = 200;

/// Logs that rows of listings were taken out and put in.
///
/// # Errors
/// If the database fails.
pub fn log<'a>(
    connection: &mut AnyConnection,
    out: impl Iterator<Item = &'a Stretch>,
    put: impl Iterator<Item = &'a Stretch>,
) -> Result<()> {
    let rows = out.map(|row| (-1_i64, row)).chain(put.map(|row| (1, row)));
    let rows = rows.map(|(change, (list, first_at, from_at, until_at))| {
        [change.into(), Bind::from(list), (*first_at).into(), (*from_at).into(), (*until_at).into()]
    });
    const ROWS: &str = "INSERT INTO tally_log (change, list, first_at, from_at, until_at) VALUES ";
    Ok(Statement::insert(connection, ROWS, &Vec::from_iter(rows))?)
}

/// Folds what the log has into the tallies and moves the watermark towards the latest write, unless another transaction is at it.
///
/// Where listings are written under the tree's lock, so is this: whoever holds the tree alone always folds.
///
/// # Errors
/// If the database fails.
pub fn fold(connection: &mut AnyConnection) -> Result<()> {
    if !has_more(connection)? || !dialect::try_lock(connection, Lock::Tallies)? {
        return Ok(());
    }
    let from = watermark(connection)?;
    let mut changes = BTreeMap::new();
    let logged: Vec<(i64, String, Instant, Instant, Instant)> = Statement::<(BigInt, Text, BigInt, BigInt, BigInt)>::new(
        "DELETE FROM tally_log RETURNING change, list, first_at, from_at, until_at",
    )
    .load(connection)?;
    for (change, list, first_at, from_at, until_at) in logged {
        if from_at <= from && from < until_at {
            add(&mut changes, &list, first_at, change);
        }
    }
    let to = next_watermark(connection, from)?;
    if to > from {
        for (list, first_at, change) in passed(connection, from, to)? {
            add(&mut changes, &list, first_at, change);
        }
    }
    changes.retain(|_, change| *change != 0);
    let statement = Statement::<()>::new("UPDATE tally_watermark SET at = ").bind(to.max(from)).sql(", version = version + ");
    statement.bind(i64::from(!changes.is_empty())).execute(connection)?;
    apply(connection, &changes)
}

/// Whether anything was logged, or started or ended up to the latest write.
fn has_more(connection: &mut AnyConnection) -> Result<bool> {
    const MORE: &str = "SELECT EXISTS (SELECT 1 FROM tally_log) \
        OR EXISTS (SELECT 1 FROM publications p WHERE p.publish_at > w.at AND p.publish_at <= (SELECT max(at) FROM audit)) \
        OR EXISTS (SELECT 1 FROM publications p WHERE p.ends_at > w.at AND p.ends_at <= (SELECT max(at) FROM audit)) FROM tally_watermark w";
    Ok(Statement::<Bool>::new(MORE).get_result(connection)?)
}

/// By level, list and bucket.
type Changes = BTreeMap<(i64, String, Instant), i64>;

fn add(changes: &mut Changes, list: &str, first_at: Instant, change: i64) {
    for level in Level::ALL {
        *changes.entry((level.number(), list.to_owned(), level.bucket(first_at))).or_default() += change;
    }
}

/// The latest write that was recorded (no reader's clock lies before it), or as many starts and ends on as one step may pass.
fn next_watermark(connection: &mut AnyConnection, from: Instant) -> Result<Instant> {
    type Bounds = (Nullable<BigInt>, Nullable<BigInt>, Nullable<BigInt>);
    let statement =
        Statement::<Bounds>::new("SELECT (SELECT max(at) FROM audit), (SELECT publish_at FROM publications WHERE publish_at > ");
    let statement = statement.bind(from).sql(" ORDER BY publish_at LIMIT 1 OFFSET ").bind(MOST_PASSED - 1);
    let statement = statement.sql("), (SELECT ends_at FROM publications WHERE ends_at > ").bind(from);
    let statement = statement.sql(" ORDER BY ends_at LIMIT 1 OFFSET ").bind(MOST_PASSED - 1).sql(")");
    let (latest, start, end): (Option<Instant>, Option<Instant>, Option<Instant>) = statement.get_result(connection)?;
    let latest = latest.unwrap_or(from);
    Ok(latest.min(start.unwrap_or(latest)).min(end.unwrap_or(latest)))
}

/// What starts and ends between two watermarks on the lists, without the rows that are in the log: one statement, so that both are of one state.
fn passed(connection: &mut AnyConnection, from: Instant, to: Instant) -> Result<Vec<(String, Instant, i64)>> {
    let statement =
        Statement::<(Text, BigInt, BigInt)>::new("SELECT list, first_at, CAST(sum(change) AS BIGINT) FROM (SELECT l.list, l.first_at, ");
    let statement = live_at(live_at(statement, to).sql(" - "), from).sql(" AS change");
    let statement = changed(statement, from, to).sql(" UNION ALL SELECT l.list, l.first_at, -l.change * (");
    let statement = live_at(live_at(statement, to).sql(" - "), from);
    Ok(statement.sql(") FROM tally_log l) d GROUP BY list, first_at HAVING sum(change) <> 0").load(connection)?)
}

fn apply(connection: &mut AnyConnection, changes: &Changes) -> Result<()> {
    let changes: Vec<_> = changes.iter().collect();
    for rows in changes.chunks(ROWS_AT_ONCE) {
        let rows = rows
            .iter()
            .map(|((level, list, bucket), change)| [Bind::from(*level), list.as_str().into(), (*bucket).into(), (**change).into()]);
        let statement = Statement::<()>::new("INSERT INTO tallies (level, list, bucket, live) VALUES ").bind_rows(rows);
        let statement = statement.sql(" ON CONFLICT (level, list, bucket) DO UPDATE SET live = tallies.live + excluded.live");
        statement.execute(connection)?;
    }
    Ok(())
}
