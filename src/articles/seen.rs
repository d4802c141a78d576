//! An article as an editor sees it, out of its row, its newest save and its history.

use super::dto::{BodySource, EditorArticle, Kind, Status};
use super::service::format;
use super::store::{self, Content};
use crate::db::{AnyConnection, Error, Result};
use crate::kernel::instant::Instant;
use crate::publications::dto::EditorPublication;
use crate::publications::rules::{self, Publication};
use crate::publications::subject::Subject;

/// The most publications that stand in an article; the list of publications has them all.
const MOST_PUBLICATIONS: usize = 100;

/// Contract 2: the first that applies.
pub fn status(subject: &Subject, history: &[Publication], now: Instant) -> Status {
    if subject.trashed_at.is_some() {
        return Status::Trashed;
    }
    match rules::in_force(history, now) {
        Some(live) if live.revision < subject.newest_revision => Status::Changed,
        Some(_) => Status::Live,
        None if history.iter().any(|p| p.publish_at > now) => Status::Scheduled,
        None if history.iter().any(|p| rules::has_begun(p, now)) => Status::Ended,
        None => Status::Draft,
    }
}

/// The article as it stands at `now`.
///
/// # Errors
/// If the database fails.
pub fn article(connection: &mut AnyConnection, subject: &Subject, history: Vec<Publication>, now: Instant) -> Result<EditorArticle> {
    let revision = store::revision(connection, subject.id, subject.newest_revision)?;
    let revision = revision.ok_or_else(|| Error::corrupt("the newest revision is missing"))?;
    let content = revision.content;
    let (tags, authors) = store::slugs_of(connection, &content.refs)?;
    let publications = history.iter().rev().take(MOST_PUBLICATIONS).map(|p| EditorPublication::new(p, &history, now)).collect();
    Ok(EditorArticle {
        id: subject.id,
        kind: Kind::find(&subject.kind).ok_or_else(|| Error::corrupt("unknown kind"))?,
        slug: content.slug,
        locale: subject.locale.clone(),
        title: content.title,
        excerpt: content.excerpt,
        body: Some(BodySource { format: format(&content.format), source: content.source }),
        category_id: content.category_id,
        further_category_ids: content.refs.further_categories,
        tags,
        authors,
        image: json(content.image.as_deref())?,
        seo: json(content.seo.as_deref())?,
        custom: json(content.custom.as_deref())?,
        version: subject.version,
        revision: subject.newest_revision,
        status: status(subject, &history, now),
        created_at: subject.created_at,
        created_by: subject.created_by,
        saved_at: revision.saved_at,
        saved_by: revision.saved_by,
        trashed_at: subject.trashed_at,
        publications,
        warnings: serde_json::from_str(&revision.warnings).map_err(Error::corrupt)?,
    })
}

fn json<T: serde::de::DeserializeOwned>(text: Option<&str>) -> Result<Option<T>> {
    text.map(serde_json::from_str).transpose().map_err(Error::corrupt)
}

/// The names of the top-level fields in which two saves differ.
pub fn differences(then: &Content, now: &Content) -> Vec<String> {
    let fields = [
        ("slug", then.slug != now.slug),
        ("title", then.title != now.title),
        ("excerpt", then.excerpt != now.excerpt),
        ("body", (&then.format, &then.source) != (&now.format, &now.source)),
        ("category_id", then.category_id != now.category_id),
        ("further_category_ids", then.refs.further_categories != now.refs.further_categories),
        ("tags", then.refs.tags != now.refs.tags),
        ("authors", then.refs.authors != now.refs.authors),
        ("image", then.image != now.image),
        ("seo", then.seo != now.seo),
        ("custom", then.custom != now.custom),
    ];
    fields.into_iter().filter(|(_, differs)| *differs).map(|(name, _)| name.to_owned()).collect()
}
