//! An article as an editor sees it, out of its row, its newest save and its history.

pub mod history;

use super::dto::autosave::AutosaveMark;
use super::dto::{ArticleSummary, EditorArticle, Kind};
use super::store::desk::Row;
use super::store::{self, RefSlugs, Revision};
use crate::bodies::Format;
use crate::db::{AnyConnection, Error, Result};
use crate::kernel::id::UserId;
use crate::kernel::instant::Instant;
use crate::kernel::refs::Refs;
use crate::publications::dto::EditorPublication;
use crate::publications::rules::Publication;
use crate::publications::rules::standing::Status;
use crate::publications::standings;
use crate::publications::subject::Subject;

/// The most publications that stand in an article of those that lie ahead, and of those that have begun; the list of publications has them all.
const MOST_PUBLICATIONS: usize = 100;

/// The format of this name, which the database only holds if it is one.
pub fn format(name: &str) -> Format {
    Format::find(name).unwrap_or(Format::Html)
}

/// The article as it stands at `now` for a viewer, who is told of their own autosave.
///
/// # Errors
/// If the database fails.
pub fn article(
    connection: &mut AnyConnection,
    subject: &Subject,
    history: Vec<Publication>,
    now: Instant,
    viewer: UserId,
) -> Result<EditorArticle> {
    let revision = store::revision(connection, subject.id, subject.newest_revision)?;
    let revision = revision.ok_or_else(|| Error::corrupt("the newest revision is missing"))?;
    let autosave = store::autosave::mark(connection, subject.id, viewer)?;
    saved(connection, subject, &history, now, revision, autosave)
}

/// The same where the newest save is known, and what the viewer keeps beside it: when it was kept, and which version it is based on.
///
/// # Errors
/// If the database fails.
pub fn saved(
    connection: &mut AnyConnection,
    subject: &Subject,
    history: &[Publication],
    now: Instant,
    revision: Revision,
    autosave: Option<(Instant, i64)>,
) -> Result<EditorArticle> {
    let slugs = store::slugs_of(connection, &revision.content.refs)?;
    let content = self::history::content(revision.content, slugs)?;
    let publications = next_and_latest(history, now).map(|p| EditorPublication::new(p, subject.newest_revision, now)).collect();
    Ok(EditorArticle {
        id: subject.id,
        kind: Kind::find(&subject.kind).ok_or_else(|| Error::corrupt("unknown kind"))?,
        slug: content.slug,
        locale: subject.locale.clone(),
        title: content.title,
        excerpt: content.excerpt,
        body: content.body,
        category_id: content.category_id,
        further_category_ids: content.further_category_ids,
        tags: content.tags,
        authors: content.authors,
        image: content.image,
        seo: content.seo,
        custom: content.custom,
        related: content.related,
        version: subject.version,
        revision: subject.newest_revision,
        status: standings::written(subject, history).status(now),
        created_at: subject.created_at,
        created_by: subject.created_by,
        saved_at: revision.saved_at,
        saved_by: revision.saved_by,
        trashed_at: subject.trashed_at,
        embargo_until: subject.embargo_until,
        embargo_note: subject.embargo_note.clone(),
        translation_group: subject.translation_group,
        publications,
        autosave: autosave.map(|(saved_at, base_version)| AutosaveMark { saved_at, base_version }),
        warnings: serde_json::from_str(&revision.warnings).map_err(Error::corrupt)?,
    })
}

/// The next publications and the latest that have begun, the latest start first.
fn next_and_latest(history: &[Publication], now: Instant) -> impl Iterator<Item = &Publication> {
    let (begun, ahead) = history.split_at(history.partition_point(|p| p.publish_at <= now));
    let next = &ahead[..ahead.len().min(MOST_PUBLICATIONS)];
    next.iter().rev().chain(begun.iter().rev().take(MOST_PUBLICATIONS))
}

/// The articles of a page as they stand in lists. One statement, whatever the size of the page.
///
/// # Errors
/// If the database fails.
pub fn summaries(connection: &mut AnyConnection, rows: Vec<Row>) -> Result<Vec<ArticleSummary>> {
    let refs = rows.iter().map(|row| serde_json::from_str(&row.refs)).collect::<std::result::Result<Vec<Refs>, _>>();
    let refs = refs.map_err(Error::corrupt)?;
    let slugs = RefSlugs::load(connection, &refs)?;
    rows.into_iter().zip(refs).map(|(row, refs)| summary(row, refs, &slugs)).collect()
}

fn summary(row: Row, refs: Refs, slugs: &RefSlugs) -> Result<ArticleSummary> {
    let (tags, authors) = slugs.of(&refs);
    Ok(ArticleSummary {
        id: row.id,
        kind: Kind::find(&row.kind).ok_or_else(|| Error::corrupt("unknown kind"))?,
        slug: row.slug,
        locale: row.locale,
        title: row.title,
        excerpt: row.excerpt,
        category_id: row.category_id,
        further_category_ids: refs.further_categories,
        tags,
        authors,
        image: json(row.image.as_deref())?,
        version: row.version,
        revision: row.revision,
        status: Status::find(&row.status).ok_or_else(|| Error::corrupt("unknown status"))?,
        created_at: row.created_at,
        created_by: row.created_by,
        saved_at: row.saved_at,
        saved_by: row.saved_by,
        trashed_at: row.trashed_at,
        last_publish_at: row.last_publish_at,
        next_publish_at: row.next_publish_at,
    })
}

fn json<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str).transpose().map_err(Error::corrupt)
}
