//! The editorial calendar: publications of all articles or of one, with what they show.

use crate::articles::dto::Kind;
use crate::articles::dto::calendar::{CalendarArticle, CalendarCategory, CalendarChange, CalendarEntry, CalendarEvent, Planner, Replaced};
pub use crate::articles::store::calendar::Wanted;
use crate::articles::store::calendar::{self, Row};
use crate::db::{Db, Error};
use crate::kernel::instant::Instant;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, SortValue};
use crate::kernel::problem::Result;
use crate::kernel::zone::Zone;
use crate::publications::dto::EditorPublication;
use crate::publications::rules::standing::Status;
use crate::publications::rules::{Publication, is_replaced};

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

/// A page of publications in order of their starts. One statement, whatever the size of the page.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, asked: Asked) -> Result<Page<CalendarEntry>> {
    let place = asked.cursor.as_deref().map(|cursor| key.open(asked.parameters.as_str(), cursor)).transpose()?;
    let (key, now) = (key.clone(), db.clock().now());
    db.read_long(move |connection| {
        let rows = calendar::page(connection, &asked.wanted, now, place.as_ref(), asked.limit)?;
        let entries = rows.into_iter().map(|row| entry(row, now, &asked)).collect::<crate::db::Result<Vec<_>>>()?;
        let at = |entry: &CalendarEntry| (SortValue::Number(entry.publication.publish_at.millis()), entry.publication.id.uuid());
        Ok(Page::cut(entries, asked.limit, place.as_ref(), &key, asked.parameters.as_str(), at))
    })
    .await
}

fn entry(row: Row, now: Instant, asked: &Asked) -> crate::db::Result<CalendarEntry> {
    let publication = Publication::from(row.publication);
    let events = events(&publication, asked);
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
    let publication = EditorPublication::new(&publication, row.newest_revision, now).in_zone(asked.zone.as_ref());
    Ok(CalendarEntry { publication, article, planned_by, replaces, events })
}

/// The start and the end within the span that is asked for.
fn events(publication: &Publication, asked: &Asked) -> Vec<CalendarEvent> {
    if publication.ends_at <= publication.publish_at {
        return Vec::new();
    }
    let (zone, wanted) = (asked.zone.as_ref().unwrap_or(&asked.site_zone), &asked.wanted);
    let end = if is_replaced(publication) { CalendarChange::Replaced } else { CalendarChange::Ends };
    let both = [(CalendarChange::Starts, Some(publication.publish_at)), (end, publication.ends_at.bounded())];
    let within = |at: &Instant| wanted.from.is_none_or(|from| *at >= from) && wanted.to.is_none_or(|to| *at < to);
    let event =
        |(event, at): (CalendarChange, Option<Instant>)| at.filter(within).map(|at| CalendarEvent { event, at, day: zone.date(at) });
    both.into_iter().filter_map(event).collect()
}
