//! On which days, months or years articles were published: from the tallies of one list; of several, where one article counts once, by looking at a
//! bounded number of them. To be asked in one state of the database.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use diesel::OptionalExtension;
use diesel::sql_types::BigInt;
use jiff::civil::Date;

use super::drafts::draft_dates;
use super::selection::{Table, Window};
use super::{MOST_SEEN, Selection};
use crate::articles::delivered::dates::{Granularity, PublicationDate};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::instant::Instant;
use crate::kernel::zone::Zone;
use crate::publications::lists::ListKey;
use crate::publications::tallies::{Level, Tally};
use crate::publications::visibility::{Ground, Part, Snapshot, ground};

/// Which dates of which articles.
#[derive(Clone, Debug)]
pub struct DatesQuery {
    /// The articles.
    pub selection: Selection,
    /// The zone whose clocks tell the day.
    pub zone: Zone,
    /// Whether days, months or years.
    pub granularity: Granularity,
}

/// How many articles there are, by the first day of the year, month or day.
type Counts = BTreeMap<Date, i64>;

/// The dates on which articles that are live at the snapshot were published, the newest first; `None` if several lists have more than
/// [`MOST_SEEN`] articles.
///
/// # Errors
/// If the database fails.
pub fn dates(connection: &mut AnyConnection, reading: &Reading<'_>, query: &DatesQuery) -> Result<(Option<Vec<PublicationDate>>, Ground)> {
    let snapshot = reading.snapshot;
    let counts = match query.selection.one_list() {
        None if query.selection.lists.is_empty() => Some(Counts::new()),
        _ if snapshot.is_of_newest() => of_newest(connection, snapshot, query)?,
        Some(list) => Some(of_one(connection, snapshot, query, list)?),
        None => of_several(connection, snapshot, query)?,
    };
    let besides = query.counts(query.selection.of_release(reading).into_iter().map(|entry| (entry.published_at, 1)));
    let counts = counts.map(|mut counts| {
        besides.into_iter().for_each(|(day, articles)| *counts.entry(day).or_default() += articles);
        counts
    });
    let ground = ground(connection, snapshot.at, &query.selection.shown(Part::Dates), reading.span_ms)?;
    let date = |(day, articles)| PublicationDate { date: query.granularity.name(day), articles };
    Ok((counts.map(|counts| counts.into_iter().rev().map(date).collect()), ground))
}

/// The date before one, and the one after, if there are any.
pub type BesideDates = [Option<String>; 2];

/// The same of the dates from one instant to another, and the dates beside those that have articles: the one before, the one after. One statement each.
///
/// # Errors
/// If the database fails.
pub fn dates_on(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    query: DatesQuery,
    [start, end]: [Instant; 2],
) -> Result<(Option<Vec<PublicationDate>>, BesideDates, Ground)> {
    let all = query.selection.clone();
    let within = Selection { published_from: Some(start), published_before: Some(end), ..all.clone() };
    let name = |at: Instant| query.granularity.name(query.zone.date(at));
    let (mut dates, _) = dates(connection, reading, &DatesQuery { selection: within, ..query.clone() })?;
    // Where clocks were set back over midnight, another day lies within.
    dates.iter_mut().for_each(|dates| dates.retain(|date| date.date == name(start)));
    let before = Selection { published_before: Some(start), ..all.clone() };
    let behind = Selection { published_from: Some(end), ..all.clone() };
    let newest = before.outermost(connection, reading, Window::newest(1))?;
    let oldest = behind.outermost(connection, reading, Window { is_descending: false, ..Window::newest(1) })?;
    let ground = ground(connection, reading.snapshot.at, &all.shown(Part::Dates), reading.span_ms)?;
    Ok((dates, [newest, oldest].map(|at| at.map(name)), ground))
}

impl Selection {
    /// The date of the first article in an order.
    fn outermost(&self, connection: &mut AnyConnection, reading: &Reading<'_>, window: Window<'_>) -> Result<Option<Instant>> {
        if self.lists.is_empty() {
            return Ok(None);
        }
        let (table, dated) = match reading.snapshot.is_of_newest() {
            true => (Table::Drafts, self.clone().dated()),
            false => (Table::Listings, self.clone()),
        };
        let statement = dated.rows_of(table, Statement::<BigInt>::new("SELECT first_at FROM ("), reading.snapshot, window);
        let found: Option<Instant> = statement.sql(") l").get_result(connection).optional()?;
        let dates = self.of_release(reading).into_iter().map(|entry| entry.published_at).chain(found);
        Ok(if window.is_descending { dates.max() } else { dates.min() })
    }
}

fn of_one(connection: &mut AnyConnection, snapshot: Snapshot, query: &DatesQuery, list: &ListKey) -> Result<Counts> {
    let tally = Tally::of(connection, snapshot, list)?;
    let asked = query.selection.dates();
    let (mut days, mut ranges) = (Vec::new(), Vec::new());
    for day in candidates(connection, &tally, query, &asked)? {
        for instants in query.zone.instants_of(day..=query.granularity.last(day)) {
            days.push(day);
            ranges.push(instants.start.max(asked.start)..instants.end.min(asked.end));
        }
    }
    let mut counts = Counts::new();
    for (day, articles) in days.into_iter().zip(tally.count(connection, &ranges)?).filter(|(_, articles)| *articles != 0) {
        *counts.entry(day).or_default() += articles;
    }
    Ok(counts)
}

/// The first days of what could have articles: what lies in buckets that have some, and beside them, since no zone is a day away from UTC.
fn candidates(connection: &mut AnyConnection, tally: &Tally, query: &DatesQuery, asked: &Range<Instant>) -> Result<BTreeSet<Date>> {
    let mut days = BTreeSet::new();
    if asked.is_empty() {
        return Ok(days);
    }
    let level = if query.granularity == Granularity::Day { Level::Day } else { Level::Month };
    let whole = level.bucket(asked.start)..level.end(level.bucket(asked.end.plus_millis(-1)));
    for bucket in tally.buckets(connection, level, &whole)?.into_keys() {
        let [first, last] = [bucket, level.end(bucket).plus_millis(-1)].map(|at| query.zone.date(at));
        let mut next = first.yesterday().ok();
        let last = last.tomorrow().unwrap_or(last);
        while let Some(day) = next.filter(|day| *day <= last) {
            days.insert(query.granularity.first(day));
            next = query.granularity.last(day).tomorrow().ok();
        }
    }
    Ok(days)
}

fn of_several(connection: &mut AnyConnection, snapshot: Snapshot, query: &DatesQuery) -> Result<Option<Counts>> {
    let statement = Statement::<BigInt>::new("SELECT first_at FROM (");
    let statement = query.selection.listed(statement, snapshot, Window::newest(MOST_SEEN + 1));
    let seen: Vec<Instant> = statement.sql(") l").load(connection)?;
    if seen.len() > usize::try_from(MOST_SEEN).unwrap_or(usize::MAX) {
        return Ok(None);
    }
    Ok(Some(query.counts(seen.into_iter().map(|at| (at, 1)))))
}

fn of_newest(connection: &mut AnyConnection, snapshot: Snapshot, query: &DatesQuery) -> Result<Option<Counts>> {
    let dates = draft_dates(connection, snapshot, &query.selection)?;
    Ok(dates.map(|dates| query.counts(dates.into_iter())))
}

impl DatesQuery {
    /// How many articles there are, out of how many have each date.
    fn counts(&self, dates: impl Iterator<Item = (Instant, i64)>) -> Counts {
        let mut counts = Counts::new();
        for (at, articles) in dates {
            *counts.entry(self.granularity.first(self.zone.date(at))).or_default() += articles;
        }
        counts
    }
}
