//! What a revision holds, and in which fields two of them differ. `articles` writes it; here it is read to tell what a queued change would undo.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::rules::{self, Publication};
use crate::db::{AnyConnection, Error, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::Refs;

/// The content of a revision. JSON members are texts that are passed on as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Content {
    /// The slug.
    pub slug: String,
    /// The headline.
    pub title: String,
    /// The excerpt.
    pub excerpt: String,
    /// The format of the source.
    pub format: String,
    /// The body as written.
    pub source: String,
    /// The main category.
    pub category_id: Option<CategoryId>,
    /// What else it names.
    pub refs: Refs,
    /// The picture.
    pub image: Option<String>,
    /// For search engines.
    pub seo: Option<String>,
    /// Anything else.
    pub custom: Option<String>,
}

impl Content {
    /// All categories that it names, the main one first.
    pub fn categories(&self) -> Vec<CategoryId> {
        self.category_id.into_iter().chain(self.refs.further_categories.iter().copied()).collect()
    }
}

/// A revision as it is stored.
#[derive(Clone, Debug)]
pub struct Revision {
    /// Its content.
    pub content: Content,
    /// When it was saved.
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: UserId,
    /// What the sanitiser took out, as JSON.
    pub warnings: String,
}

type RevisionSql =
    (Text, Text, Text, Text, Text, Nullable<IdSql>, Text, Nullable<Text>, Nullable<Text>, Nullable<Text>, BigInt, IdSql, Text);
type RevisionRow = (
    String,
    String,
    String,
    String,
    String,
    Option<CategoryId>,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Instant,
    UserId,
    String,
);

/// Reads one revision.
///
/// # Errors
/// If the database fails.
pub fn revision(connection: &mut AnyConnection, article_id: ArticleId, number: i64) -> Result<Option<Revision>> {
    let row: Option<RevisionRow> = Statement::<RevisionSql>::new(
        "SELECT r.slug, r.title, r.excerpt, b.format, b.source, r.category_id, r.refs, r.image, r.seo, r.custom, r.saved_at, r.saved_by, b.warnings \
         FROM revisions r JOIN revision_bodies b ON b.article_id = r.article_id AND b.number = r.number WHERE r.article_id = ",
    )
    .bind(article_id)
    .sql(" AND r.number = ")
    .bind(number)
    .get_result(connection)
    .optional()?;
    row.map(|(slug, title, excerpt, format, source, category_id, refs, image, seo, custom, saved_at, saved_by, warnings)| {
        let refs = serde_json::from_str(&refs).map_err(Error::corrupt)?;
        let content = Content { slug, title, excerpt, format, source, category_id, refs, image, seo, custom };
        Ok(Revision { content, saved_at, saved_by, warnings })
    })
    .transpose()
}

/// The top-level fields of a save, in the order in which they are named.
pub const FIELDS: [&str; 12] =
    ["slug", "title", "excerpt", "body", "category_id", "further_category_ids", "tags", "authors", "image", "seo", "custom", "related"];

/// The names of the top-level fields in which two saves differ.
pub fn differences(then: &Content, now: &Content) -> Vec<String> {
    let differs = [
        then.slug != now.slug,
        then.title != now.title,
        then.excerpt != now.excerpt,
        (&then.format, &then.source) != (&now.format, &now.source),
        then.category_id != now.category_id,
        then.refs.further_categories != now.refs.further_categories,
        then.refs.tags != now.refs.tags,
        then.refs.authors != now.refs.authors,
        then.image != now.image,
        then.seo != now.seo,
        then.custom != now.custom,
        then.refs.related != now.refs.related,
    ];
    FIELDS.iter().zip(differs).filter(|(_, differs)| *differs).map(|(name, _)| (*name).to_owned()).collect()
}

/// Makes a field what it is in another save.
fn take_over(field: &str, from: &Content, to: &mut Content) {
    match field {
        "slug" => to.slug.clone_from(&from.slug),
        "title" => to.title.clone_from(&from.title),
        "excerpt" => to.excerpt.clone_from(&from.excerpt),
        "body" => (to.format, to.source) = (from.format.clone(), from.source.clone()),
        "category_id" => to.category_id = from.category_id,
        "further_category_ids" => to.refs.further_categories.clone_from(&from.refs.further_categories),
        "tags" => to.refs.tags.clone_from(&from.refs.tags),
        "authors" => to.refs.authors.clone_from(&from.refs.authors),
        "image" => to.image.clone_from(&from.image),
        "seo" => to.seo.clone_from(&from.seo),
        "custom" => to.custom.clone_from(&from.custom),
        "related" => to.refs.related.clone_from(&from.refs.related),
        _ => {}
    }
}

/// What becomes of `theirs` where `mine` is the other thing that was made of `base`: each field that only I changed is as in mine. Names those that both
/// changed, each otherwise: they stay as in theirs.
pub fn merged(base: &Content, mine: &Content, theirs: &Content) -> (Content, Vec<String>) {
    let (mut merged, mut collisions) = (theirs.clone(), Vec::new());
    let (changed_by_them, differing) = (differences(base, theirs), differences(mine, theirs));
    for field in differences(base, mine).into_iter().filter(|field| differing.contains(field)) {
        if changed_by_them.contains(&field) {
            collisions.push(field);
        } else {
            take_over(&field, mine, &mut merged);
        }
    }
    (merged, collisions)
}

/// In which fields two revisions of these numbers differ; from one that is gone in all that the other one has.
///
/// # Errors
/// If the database fails.
pub fn changed(connection: &mut AnyConnection, article_id: ArticleId, then: i64, now: i64) -> Result<Vec<String>> {
    let (then, now) = (content(connection, article_id, then)?, content(connection, article_id, now)?);
    Ok(differences(&then, &now))
}

fn content(connection: &mut AnyConnection, article_id: ArticleId, number: i64) -> Result<Content> {
    Ok(revision(connection, article_id, number)?.map(|found| found.content).unwrap_or_default())
}

/// The most queued publications that are looked through.
const MOST_LOOKED_AT: usize = 100;

/// In which of `fields` each of the next queued publications differs from a save, by its place in the history: those that differ in any.
///
/// # Errors
/// If the database fails.
pub fn lacking(
    connection: &mut AnyConnection,
    history: &[Publication],
    now: Instant,
    save: &Content,
    fields: &[String],
) -> Result<Vec<(usize, Vec<String>)>> {
    let mut lacking = Vec::new();
    let mut known: Option<(i64, Vec<String>)> = None;
    let queued = history.iter().enumerate().filter(|(_, p)| p.publish_at > now);
    for (at, queued) in queued.take(MOST_LOOKED_AT) {
        let others = match known.take() {
            Some((number, others)) if number == queued.revision => others,
            _ => differences(&content(connection, queued.article_id, queued.revision)?, save),
        };
        let lacks: Vec<String> = others.iter().filter(|field| fields.contains(field)).cloned().collect();
        if !lacks.is_empty() {
            lacking.push((at, lacks));
        }
        known = Some((queued.revision, others));
    }
    Ok(lacking)
}

/// Works out anew what each queued publication would undo: the fields in which what it will take the place of differs from what it was planned on, and
/// in which it differs itself.
///
/// # Errors
/// If the database fails.
pub fn refresh_undone(connection: &mut AnyConnection, article_id: ArticleId, history: &mut [Publication], now: Instant) -> Result<()> {
    for at in 0..history.len() {
        let queued = &history[at];
        let replaced = rules::before(history, queued.publish_at, Some(queued.id)).map(|p| p.revision);
        let moved_on =
            replaced.filter(|number| queued.publish_at > now && Some(*number) != queued.base_revision && *number != queued.revision);
        let undoes = match moved_on {
            Some(replaced) => undone(connection, article_id, queued, replaced)?.join(","),
            None => String::new(),
        };
        history[at].undoes = undoes;
    }
    Ok(())
}

fn undone(connection: &mut AnyConnection, article_id: ArticleId, queued: &Publication, replaced: i64) -> Result<Vec<String>> {
    let mut read = |number| content(connection, article_id, number);
    let base = queued.base_revision.map(&mut read).transpose()?.unwrap_or_default();
    let (queued, replaced) = (read(queued.revision)?, read(replaced)?);
    let otherwise = differences(&queued, &replaced);
    Ok(differences(&base, &replaced).into_iter().filter(|field| otherwise.contains(field)).collect())
}
