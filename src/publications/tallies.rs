//! How many articles of a list are live at an instant, by date: without looking at each of them.
//!
//! `tallies` has for each list and bucket of dates how many rows of `listings` are live at a watermark. To that come the rows that are still in the
//! log, and what started or ended between the watermark and the instant asked for, whichever is the earlier: exact at any instant. It costs more the
//! more has changed between the two, and nothing that a list is long. Callers read it within [`crate::db::dialect::in_one_state`].

mod buckets;
mod fold;
mod kept;

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use diesel::sql_types::{BigInt, Bool, Text};
use utoipa::ToSchema;

use self::buckets::Piece;
pub use self::buckets::{Level, every_date};
pub(super) use self::fold::{fold, log};
pub use self::kept::KeptQuarters;
use super::lists::ListKey;
use super::visibility::{LISTED, LISTED_UNTIL, Snapshot};
use crate::db::{AnyConnection, Bind, Result, Statement};
use crate::kernel::instant::Instant;

/// From which end a list is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ToSchema)]
pub enum Order {
    /// The newest date first.
    #[schema(rename = "-published_at")]
    Newest,
    /// The oldest date first.
    #[schema(rename = "published_at")]
    Oldest,
}

impl Order {
    /// What lies behind dates.
    fn behind(self, dates: Range<Instant>) -> Range<Instant> {
        match self {
            Self::Newest => dates.start..dates.start,
            Self::Oldest => dates.end..dates.end,
        }
    }
}

/// Which lists are counted.
#[derive(Clone, Copy, Debug)]
pub enum Lists<'a> {
    /// These.
    These(&'a [ListKey]),
    /// All from one to another, both included.
    Between(&'a ListKey, &'a ListKey),
}

/// How many pieces of ranges one statement counts.
const PIECES_AT_ONCE: usize = 200;
/// Statements about more pieces are not kept prepared. One range has no more than seven.
const PIECES_KEPT: usize = 7;

/// How many articles are live on each of these lists; one with none may be missing.
///
/// # Errors
/// If the database fails.
pub fn totals(connection: &mut AnyConnection, snapshot: Snapshot, lists: Lists<'_>) -> Result<HashMap<String, i64>> {
    let at = snapshot.at;
    let mark = watermark(connection)?;
    let statement = Statement::<(Text, BigInt)>::new(
        "SELECT list, CAST(sum(live) AS BIGINT) FROM (SELECT l.list, l.live FROM tallies l WHERE l.level = ",
    )
    .bind(Level::Whole.number());
    let statement = among(statement.sql(" AND l.list"), " AND l.list", lists).sql(" UNION ALL SELECT l.list, l.change * ");
    let statement = among(live_at(statement, mark).sql(" FROM tally_log l WHERE l.list"), " AND l.list", lists);
    let statement = live_at(live_at(statement.sql(" UNION ALL SELECT l.list, "), at).sql(" - "), mark);
    let statement = among(changed(statement, mark, at).sql(HERE), HERE, lists).sql(") d GROUP BY list");
    let statement = if let Lists::These(_) = lists { statement.once() } else { statement };
    let mut totals: HashMap<String, i64> = statement.load::<(String, i64)>(connection)?.into_iter().collect();
    let hidden = hidden_rows::<(Text, BigInt)>("SELECT list, count(*) FROM listings WHERE list", snapshot, lists);
    for (list, count) in hidden.map_or(Ok(Vec::new()), |hidden| hidden.sql(" GROUP BY list").load::<(String, i64)>(connection))? {
        *totals.entry(list).or_default() -= count;
    }
    Ok(totals)
}

/// The statement that begins so, about rows of these lists that are live but hidden; nothing if none can be.
fn hidden_rows<ST>(begin: &'static str, snapshot: Snapshot, lists: Lists<'_>) -> Option<Statement<ST>> {
    let live = || {
        let statement = among(Statement::new(begin), " AND list", lists);
        statement.sql(LISTED).bind(snapshot.at).sql(LISTED_UNTIL).bind(snapshot.at).once()
    };
    snapshot.hides(live, " AND article_id")
}

/// The list of a row that an article led to. As an expression, so that the index by list, which looks more selective, is not taken.
const HERE: &str = " AND l.list || ''";

pub(super) fn among<ST>(statement: Statement<ST>, list: &'static str, lists: Lists<'_>) -> Statement<ST> {
    match lists {
        Lists::These(lists) => statement.sql(" IN (").bind_all(lists).sql(")"),
        Lists::Between(least, most) => statement.sql(" >= ").bind(least).sql(list).sql(" <= ").bind(most),
    }
}

/// The instant as of which tallies count.
fn watermark(connection: &mut AnyConnection) -> Result<Instant> {
    Ok(Statement::<BigInt>::new("SELECT at FROM tally_watermark").get_result(connection)?)
}

/// Which state the tallies are in, if they are exact as of an instant as they stand: there is nothing to be added. How many there may be that have to be
/// added has no bound, where nobody writes for long.
fn settled(connection: &mut AnyConnection, at: Instant) -> Result<(Instant, Option<i64>)> {
    const STARTED: &str = ") OR EXISTS (SELECT 1 FROM publications p WHERE p.publish_at > w.at AND p.publish_at <= ";
    const ENDED: &str = ") OR EXISTS (SELECT 1 FROM publications p WHERE p.ends_at > w.at AND p.ends_at <= ";
    let statement = Statement::<(BigInt, BigInt, Bool)>::new("SELECT w.at, w.version, EXISTS (SELECT 1 FROM tally_log");
    let statement = statement.sql(STARTED).bind(at).sql(ENDED).bind(at).sql(") FROM tally_watermark w");
    let (mark, version, has_more): (Instant, i64, bool) = statement.get_result(connection)?;
    Ok((mark, (mark <= at && !has_more).then_some(version)))
}

/// Whether counting one list at an instant takes no longer than reading a page of it.
///
/// # Errors
/// If the database fails.
pub fn are_settled(connection: &mut AnyConnection, at: Instant) -> Result<bool> {
    Ok(settled(connection, at)?.1.is_some())
}

/// Appends 1 for a row `l` that is live at an instant, else 0.
fn live_at<ST>(statement: Statement<ST>, at: Instant) -> Statement<ST> {
    statement.sql("CASE WHEN l.from_at <= ").bind(at).sql(" AND l.until_at > ").bind(at).sql(" THEN 1 ELSE 0 END")
}

/// Appends the rows `l` of listings, on any list, of articles with a start or an end between two instants in either order, through the two
/// indexes of publications: where a row of listings begins or ends, a publication does.
fn changed<ST>(statement: Statement<ST>, one: Instant, other: Instant) -> Statement<ST> {
    let (low, high) = (one.min(other), one.max(other));
    statement
        .sql(" FROM (SELECT p.article_id FROM publications p WHERE p.publish_at > ")
        .bind(low)
        .sql(" AND p.publish_at <= ")
        .bind(high)
        .sql(" UNION SELECT p.article_id FROM publications p WHERE p.ends_at > ")
        .bind(low)
        .sql(" AND p.ends_at <= ")
        .bind(high)
        .sql(") c CROSS JOIN listings l WHERE l.article_id = c.article_id")
}

/// The articles of one list that are live at an instant, counted by their dates.
#[derive(Clone, Debug)]
pub struct Tally {
    list: ListKey,
    snapshot: Snapshot,
    /// What is to be added to the tallies, by date.
    changes: BTreeMap<Instant, i64>,
    /// The state of the tallies, if nothing is to be added.
    version: Option<i64>,
}

impl Tally {
    /// That of a list at an instant.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of(connection: &mut AnyConnection, snapshot: Snapshot, list: &ListKey) -> Result<Self> {
        let at = snapshot.at;
        let (mark, version) = settled(connection, at)?;
        let lists = Lists::These(std::slice::from_ref(list));
        let hidden = hidden_rows::<(BigInt, BigInt)>("SELECT first_at, count(*) FROM listings WHERE list", snapshot, lists);
        let version = version.filter(|_| hidden.is_none());
        if version.is_some() {
            return Ok(Self { list: list.clone(), snapshot, changes: BTreeMap::new(), version });
        }
        let statement =
            Statement::<(BigInt, BigInt)>::new("SELECT first_at, CAST(sum(change) AS BIGINT) FROM (SELECT l.first_at, l.change * ");
        let statement = live_at(statement, mark).sql(" AS change FROM tally_log l WHERE l.list = ").bind(list);
        let statement = live_at(live_at(statement.sql(" UNION ALL SELECT l.first_at, "), at).sql(" - "), mark);
        let statement = changed(statement, mark, at).sql(HERE).sql(" = ").bind(list);
        let changes = statement.sql(") d GROUP BY first_at HAVING sum(change) <> 0").load::<(Instant, i64)>(connection)?;
        let mut changes: BTreeMap<Instant, i64> = changes.into_iter().collect();
        for (date, count) in hidden.map_or(Ok(Vec::new()), |hidden| hidden.sql(" GROUP BY first_at").load::<(Instant, i64)>(connection))? {
            *changes.entry(date).or_default() -= count;
        }
        Ok(Self { list: list.clone(), snapshot, changes, version })
    }

    /// How many there are in each of these ranges of dates.
    ///
    /// # Errors
    /// If the database fails.
    pub fn count(&self, connection: &mut AnyConnection, ranges: &[Range<Instant>]) -> Result<Vec<i64>> {
        let mut counts = vec![0; ranges.len()];
        let pieces: Vec<(usize, Piece)> =
            ranges.iter().enumerate().flat_map(|(n, dates)| buckets::pieces(dates).into_iter().map(move |piece| (n, piece))).collect();
        let (whole, cut): (Vec<_>, Vec<_>) = pieces.into_iter().partition(|(_, piece)| piece.level.is_some());
        for (n, piece) in &whole {
            counts[*n] += self.changes.range(piece.dates.clone()).map(|(_, change)| change).sum::<i64>();
        }
        let tallied = whole.chunks(PIECES_AT_ONCE).map(|pieces| self.tallied(pieces));
        for statement in tallied.chain(cut.chunks(PIECES_AT_ONCE).map(|pieces| self.scanned(pieces))) {
            for (n, live) in statement.load::<(i64, i64)>(connection)? {
                if let Some(count) = usize::try_from(n).ok().and_then(|n| counts.get_mut(n)) {
                    *count += live;
                }
            }
        }
        Ok(counts)
    }

    fn tallied(&self, pieces: &[(usize, Piece)]) -> Statement<(BigInt, BigInt)> {
        with(pieces)
            .sql("SELECT n, CAST(COALESCE((SELECT sum(t.live) FROM tallies t WHERE t.level = piece.level AND t.list = ")
            .bind(&self.list)
            .sql(" AND t.bucket >= low AND t.bucket < high), 0) AS BIGINT) FROM piece")
    }

    fn scanned(&self, pieces: &[(usize, Piece)]) -> Statement<(BigInt, BigInt)> {
        let statement = with(pieces)
            .sql("SELECT n, (SELECT count(*) FROM listings WHERE first_at >= low AND first_at < high AND list = ")
            .bind(&self.list)
            .sql(LISTED)
            .bind(self.snapshot.at)
            .sql(LISTED_UNTIL)
            .bind(self.snapshot.at);
        self.snapshot.shows(statement, " AND article_id").sql(") FROM piece")
    }

    /// The buckets of a level within a range of dates, each with how many there are; none of zero.
    ///
    /// # Errors
    /// If the database fails.
    pub fn buckets(&self, connection: &mut AnyConnection, level: Level, dates: &Range<Instant>) -> Result<BTreeMap<Instant, i64>> {
        let statement = Statement::<(BigInt, BigInt)>::new("SELECT bucket, live FROM tallies WHERE level = ").bind(level.number());
        let statement = statement.sql(" AND list = ").bind(&self.list);
        let statement = statement.sql(" AND bucket >= ").bind(dates.start).sql(" AND bucket < ").bind(dates.end);
        let mut buckets: BTreeMap<Instant, i64> = statement.load::<(Instant, i64)>(connection)?.into_iter().collect();
        for (date, change) in self.changes.range(dates.clone()) {
            *buckets.entry(level.bucket(*date)).or_default() += change;
        }
        buckets.retain(|_, live| *live != 0);
        Ok(buckets)
    }

    /// The quarter of an hour of the article that so many come before in an order, and how many of the same quarter do: by way of its month and day.
    /// Where there is no such article, what lies behind all of them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn quarter(&self, connection: &mut AnyConnection, order: Order, index: i64) -> Result<(Range<Instant>, i64)> {
        let (mut dates, mut before) = (every_date(), index);
        for level in [Level::Month, Level::Day, Level::Quarter] {
            let Some(bucket) = holding(&self.buckets(connection, level, &dates)?, order, &mut before) else {
                return Ok((order.behind(dates), 0));
            };
            dates = bucket..level.end(bucket);
        }
        Ok((dates, before))
    }
}

/// The bucket that holds what `before` others come before; `before` becomes how many of the same bucket do.
fn holding(buckets: &BTreeMap<Instant, i64>, order: Order, before: &mut i64) -> Option<Instant> {
    let mut pass = |(bucket, live): (&Instant, &i64)| {
        let is_here = *before < *live;
        if !is_here {
            *before -= live;
        }
        is_here.then_some(*bucket)
    };
    match order {
        Order::Newest => buckets.iter().rev().find_map(&mut pass),
        Order::Oldest => buckets.iter().find_map(&mut pass),
    }
}

/// Begins a statement about pieces: `piece(n, level, low, high)`.
fn with(pieces: &[(usize, Piece)]) -> Statement<(BigInt, BigInt)> {
    let mut statement = Statement::new("WITH piece (n, level, low, high) AS (VALUES ");
    if pieces.len() > PIECES_KEPT {
        statement = statement.once();
    }
    for (at, (n, piece)) in pieces.iter().enumerate() {
        let number = i64::try_from(*n).unwrap_or(i64::MAX);
        let values: [Bind; 4] =
            [number.into(), piece.level.map_or(0, Level::number).into(), piece.dates.start.into(), piece.dates.end.into()];
        statement = statement.sql(if at == 0 { "(" } else { ", (" }).bind_all(values).sql(")");
    }
    statement.sql(") ")
}
