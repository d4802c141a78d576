//! What a release without a date shows, among what stands on lists besides: a preview of the whole. There are few of them, so that they are put in here and not by
//! the database.

use diesel::OptionalExtension;
use diesel::sql_types::{Integer, Nullable};

use super::{BODIES, CardRow, CardSql, DATES, Found, ListQuery, Selection, TEXT, TEXTS, WITH_BODY, WITHOUT_BODY, Wanted, card};
use crate::articles::delivered::{Card, Fields};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::page::{Place, SortValue};
use crate::publications::entries::{Entry, revisions};
use crate::publications::lists::ListKey;
use crate::publications::visibility::{Ground, Shown, ground, was_shown};

impl Selection {
    fn has(&self, entry: &Entry) -> bool {
        let is_on = |lists: &Vec<ListKey>| lists.iter().any(|list| entry.lists.contains(list));
        self.dates().contains(&entry.published_at)
            && !self.except.contains(&entry.article_id)
            && is_on(&self.lists)
            && self.also.iter().all(is_on)
    }

    /// Those of a release that are on the lists.
    pub(super) fn of_release<'a>(&self, reading: &Reading<'a>) -> Vec<&'a Entry> {
        reading.entries.iter().filter(|entry| self.has(entry)).collect()
    }
}

impl ListQuery {
    /// Puts among the rows of a page, which were read in its order, those of a release.
    pub(super) fn merged(&self, connection: &mut AnyConnection, reading: &Reading<'_>, mut cards: Vec<Card>) -> Result<Vec<Card>> {
        let mut added = self.selection.of_release(reading);
        added.retain(|entry| self.has_behind(entry));
        if added.is_empty() {
            return Ok(cards);
        }
        cards.extend(texts(connection, &added, self.fields)?);
        cards.sort_by_key(|card| (card.published_at, card.id.uuid()));
        if self.is_descending() {
            cards.reverse();
        }
        let dropped = usize::try_from(self.mixed).unwrap_or(usize::MAX).min(cards.len());
        cards.drain(..dropped);
        cards.truncate(self.limit.rows() + 1);
        Ok(cards)
    }

    /// Whether it comes behind the place of the page; of a page that has a number how many come before is counted instead.
    fn has_behind(&self, entry: &Entry) -> bool {
        let Some(Place { value: SortValue::Number(from), id, .. }) = self.place.as_ref().filter(|_| self.passed == 0) else { return true };
        let (place, here) = ((*from, *id), (entry.published_at.millis(), entry.article_id.uuid()));
        if self.is_descending() { here < place } else { here > place }
    }
}

/// The revisions that are shown, under the dates that they would have.
pub(super) fn texts(connection: &mut AnyConnection, entries: &[&Entry], fields: Fields) -> Result<Vec<Card>> {
    let statement = revisions::<CardSql>(entries.iter().copied()).sql("SELECT ").sql(TEXT).sql(DATES);
    let statement = statement.sql(if fields.has_body() { WITH_BODY } else { WITHOUT_BODY }).sql("s p").sql(TEXTS);
    let statement = if fields.has_body() { statement.sql(BODIES) } else { statement };
    Ok(statement.load::<CardRow>(connection)?.into_iter().map(card).collect())
}

/// What a slug or id answers that is of an article of a release.
pub(super) fn find(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    wanted: &Wanted,
    fields: Fields,
) -> Result<Option<(Found, Ground)>> {
    let named = reading.entries.iter().find(|entry| match wanted {
        Wanted::Id { id, locales } => entry.article_id == *id && locales.contains(&entry.locale),
        Wanted::Slug { locale, slug } => entry.locale == *locale && entry.slug == *slug,
    });
    let found = match (named, wanted) {
        (Some(entry), _) => texts(connection, &[entry], fields)?.pop().map(|card| card.deliver(reading.names, fields)).transpose()?,
        (None, _) if reading.entries.is_empty() => return Ok(None),
        (None, _) => None,
    };
    let found = match (found, wanted) {
        (Some(article), _) => Found::Live(Box::new(article)),
        (None, Wanted::Slug { locale, slug }) => match moved(connection, reading, locale, slug)? {
            Some(slug) => Found::Moved(slug),
            None => return Ok(None),
        },
        (None, Wanted::Id { .. }) => return Ok(None),
    };
    Ok(Some((found, ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?)))
}

/// The slug under which a release shows an article that readers saw under this one.
fn moved(connection: &mut AnyConnection, reading: &Reading<'_>, locale: &str, slug: &str) -> Result<Option<String>> {
    let statement = Statement::<IdSql>::new("SELECT article_id FROM slugs WHERE locale = ").bind(locale).sql(" AND slug = ").bind(slug);
    let holder: Option<ArticleId> = statement.get_result(connection).optional()?;
    let Some(entry) = reading.entries.iter().find(|entry| Some(entry.article_id) == holder) else { return Ok(None) };
    let statement = was_shown(Statement::<Nullable<Integer>>::new("SELECT "), reading.snapshot.at, Some(slug));
    let shown: Option<i32> = statement
        .sql(" FROM articles a JOIN (SELECT ")
        .bind(entry.article_id)
        .sql(" AS article_id) l ON l.article_id = a.id")
        .get_result(connection)?;
    Ok(shown.map(|_| entry.slug.clone()))
}
