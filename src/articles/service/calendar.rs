//! The editorial calendar: publications of all articles or of one, with what they show.

use crate::articles::dto::Kind;
use crate::articles::dto::calendar::{CalendarArticle, CalendarCategory, CalendarChange, CalendarEntry, CalendarEvent, Planner, Replaced};
pub use crate::articles::store::calendar::Wanted;
use crate::articles::store::calendar::{self, Row};
use crate::db::{Db, Error, dialect};
use crate::kernel::instant::Instant;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, SortValue};
use crate::kernel::problem::Result;
use crate::kernel::zone::Zone;
use crate::publications::dto::EditorPublication;
use crate::publications::rules::standing::Status;
use crate::publications::rules::{Publication, State, is_replaced};

/// Which page of which publications.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which publications.
    pub wanted: Wanted,
    /// The same, for cursors.
    pub parameters: ListParameters,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub cursor: Option<String>,
    /// The zone of local times.
    pub zone: Option<Zone>,
    /// The zone of days unless that is given.
    pub site_zone: Zone,
}

/// A page of publications in order of their starts. Two statements, whatever the size of the page.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, asked: Asked) -> Result<Page<CalendarEntry>> {
    let place = key.place(&asked.parameters, asked.cursor.as_deref())?;
    let key = key.clone();
    db.read_long(db.at_present(move |connection, now| {
        let rows = calendar::page(connection, &asked.wanted, now, place.as_ref(), asked.limit)?;
        let entries = rows
            .into_iter()
            .map(|row| entry(row, now, &asked.wanted, asked.zone.as_ref(), &asked.site_zone))
            .collect::<crate::db::Result<Vec<_>>>()?;
        let at = |entry: &CalendarEntry| (SortValue::Number(entry.publication.publish_at.millis()), entry.publication.id.uuid());
        Ok(Page::cut(entries, asked.limit, place.as_ref(), &key, asked.parameters.as_str(), at))
    }))
    .await
}

/// What a calendar program shows of the calendar.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    /// In any of these states; none means all.
    pub states: Vec<State>,
    /// Showing what names categories of these slugs, or of what lies below them.
    pub categories: Option<Vec<String>>,
    /// Showing what names authors of these slugs.
    pub authors: Option<Vec<String>>,
}

/// How far back and ahead a calendar program sees.
const BACK_MS: i64 = 30 * 86_400_000;
const AHEAD_MS: i64 = 365 * 86_400_000;
/// The most publications that it gets of those that lie ahead, and of those that have begun.
pub const MOST_EACH_WAY: i64 = 1000;

/// What lies around now, in order of the starts: what starts within 365 days, the nearest first where there are too many; and of what has begun what started
/// or ended in the last 30 days or will end within 365, the latest start first. Three statements.
///
/// # Errors
/// If the database fails.
pub async fn around(db: &Db, filters: Filters, site_zone: Zone) -> Result<(Instant, Vec<CalendarEntry>)> {
    db.read_long(db.at_present(move |connection, now| {
        dialect::in_one_state(connection, |one| {
            let mut entries = Vec::new();
            for wanted in [begun(&filters, now), ahead(&filters, now)].into_iter().flatten() {
                let rows = calendar::first(one, &wanted, now, MOST_EACH_WAY)?;
                for row in rows {
                    entries.push(entry(row, now, &wanted, None, &site_zone)?);
                }
            }
            entries.sort_by_key(|entry| (entry.publication.publish_at, entry.publication.id));
            Ok((now, entries))
        })
    }))
    .await
}

fn begun(filters: &Filters, now: Instant) -> Option<Wanted> {
    let states = [State::Live, State::Replaced, State::Ended];
    filters.wanted(&states, now.plus_millis(-BACK_MS), now.plus_millis(AHEAD_MS), true)
}

fn ahead(filters: &Filters, now: Instant) -> Option<Wanted> {
    filters.wanted(&[State::Scheduled], now, now.plus_millis(AHEAD_MS), false)
}

impl Filters {
    /// Those of these states; `None` if no such state is wanted.
    fn wanted(&self, of: &[State], from: Instant, to: Instant, is_descending: bool) -> Option<Wanted> {
        let is_wanted = |state: &&State| self.states.is_empty() || self.states.contains(state);
        let states: Vec<State> = of.iter().filter(is_wanted).copied().collect();
        let (categories, authors) = (self.categories.clone(), self.authors.clone());
        let wanted = Wanted { from: Some(from), to: Some(to), article_id: None, states, categories, authors, is_descending };
        (!wanted.states.is_empty()).then_some(wanted)
    }
}

/// An entry as it stands at `now`, with local times in `zone`; days are of that one as well, or of the site's.
fn entry(row: Row, now: Instant, wanted: &Wanted, zone: Option<&Zone>, site_zone: &Zone) -> crate::db::Result<CalendarEntry> {
    let publication = Publication::from(row.publication);
    let events = events(&publication, wanted, zone.unwrap_or(site_zone));
    let article = CalendarArticle {
        id: publication.article_id,
        kind: Kind::find(&row.kind).ok_or_else(|| Error::corrupt("unknown kind"))?,
        slug: row.slug,
        locale: row.locale,
        title: row.title,
        category: row.category.map(|(id, slug, name)| CalendarCategory { id, slug, name }),
        status: Status::find(&row.status).ok_or_else(|| Error::corrupt("unknown status"))?,
        embargo_until: row.embargo.0,
        embargo_note: row.embargo.1,
    };
    let planned_by = Planner { id: publication.created_by, name: row.planned_by.unwrap_or_default() };
    let replaces = row.replaces.map(|(publication_id, revision)| Replaced { publication_id, revision });
    let publication = EditorPublication::new(&publication, row.newest_revision, now).in_zone(zone);
    Ok(CalendarEntry { publication, article, planned_by, replaces, events })
}

/// The start and the end within the span that is asked for.
fn events(publication: &Publication, wanted: &Wanted, zone: &Zone) -> Vec<CalendarEvent> {
    if publication.ends_at <= publication.publish_at {
        return Vec::new();
    }
    let end = if is_replaced(publication) { CalendarChange::Replaced } else { CalendarChange::Ends };
    let both = [(CalendarChange::Starts, Some(publication.publish_at)), (end, publication.ends_at.bounded())];
    let within = |at: &Instant| wanted.from.is_none_or(|from| *at >= from) && wanted.to.is_none_or(|to| *at < to);
    let event =
        |(event, at): (CalendarChange, Option<Instant>)| at.filter(within).map(|at| CalendarEvent { event, at, day: zone.date(at) });
    both.into_iter().filter_map(event).collect()
}
