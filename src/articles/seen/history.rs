//! Revisions as an editor sees them.

use super::{format, json};
use crate::articles::dto::BodySource;
use crate::articles::dto::history::{Revision, RevisionContent, RevisionSummary, SavedBy};
use crate::articles::store::history::Row;
use crate::articles::store::{Called, Content};
use crate::db::Result;

/// A revision in the list of them.
pub fn summary(row: Row) -> RevisionSummary {
    RevisionSummary {
        number: row.number,
        saved_at: row.saved_at,
        saved_by: SavedBy { id: row.saved_by, name: row.saved_by_name },
        note: row.note,
        restored_from: row.restored_from,
        live: row.is_live,
        title: row.title,
    }
}

/// A whole one; `slugs` are those of its tags and authors.
///
/// # Errors
/// If what is stored is not JSON.
pub fn revision(row: Row, whole: Content, slugs: Called) -> Result<Revision> {
    let RevisionSummary { number, saved_at, saved_by, note, restored_from, live, .. } = summary(row);
    Ok(Revision { number, saved_at, saved_by, note, restored_from, live, content: content(whole, slugs)? })
}

/// What it holds; `slugs` are those of its tags and authors.
///
/// # Errors
/// If what is stored is not JSON.
pub fn content(content: Content, (tags, authors): Called) -> Result<RevisionContent> {
    Ok(RevisionContent {
        slug: content.slug,
        title: content.title,
        excerpt: content.excerpt,
        body: BodySource { format: format(&content.format), source: content.source },
        category_id: content.category_id,
        further_category_ids: content.refs.further_categories,
        related: content.refs.related,
        tags,
        authors,
        image: json(content.image.as_deref())?,
        seo: json(content.seo.as_deref())?,
        custom: json(content.custom.as_deref())?,
    })
}
