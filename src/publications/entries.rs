//! What a release without a date would put before the public if it had that of the instant which is looked at: previews show it beside what stands there, from
//! which its articles are taken out. Nothing is written for it, and nothing that readers ask reads it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Bool, Nullable, Text};

use super::lists::ListKey;
use super::rules::{Wanted, as_if};
use super::store;
use super::visibility::Snapshot;
use crate::db::{AnyConnection, Bind, IdSql, Result, Statement, StoredId};
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;

/// An article as such a release would show it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The article.
    pub article_id: ArticleId,
    /// Which revision it shows.
    pub revision: i64,
    /// The date for readers.
    pub published_at: Instant,
    /// When they last got something new.
    pub updated_at: Instant,
    /// Its language.
    pub locale: String,
    /// Its name in URLs.
    pub slug: String,
    /// Its category.
    pub category_id: Option<CategoryId>,
    /// What it is on.
    pub lists: BTreeSet<ListKey>,
}

/// The end of what is entered, as it is stored: that of the one before, none, or its own.
pub fn end(stored: Option<Instant>) -> Patch<Instant> {
    match stored {
        None => Patch::Absent,
        Some(Instant::NEVER) => Patch::Null,
        Some(end) => Patch::Value(end),
    }
}

type HeldSql = (IdSql, Text, Text, BigInt, Nullable<BigInt>, Nullable<BigInt>, Bool, IdSql);
type HeldRow = (ArticleId, String, String, i64, Option<Instant>, Option<Instant>, bool, UserId);

/// What the release of a snapshot shows, if it is of one; nothing of one that has a date. Four statements, whatever it holds.
///
/// # Errors
/// If the database fails.
pub fn entries(connection: &mut AnyConnection, snapshot: Snapshot) -> Result<Vec<Entry>> {
    let Some(release_id) = snapshot.entries_of() else { return Ok(Vec::new()) };
    const HELD: &str = "SELECT a.id, a.kind, a.locale, e.revision, e.unpublish_at, e.published_at, e.minor, e.created_by \
        FROM release_entries e JOIN articles a ON a.id = e.article_id WHERE a.trashed_at IS NULL AND e.release_id = ";
    let held: Vec<HeldRow> = Statement::<HeldSql>::new(HELD).bind(release_id).load(connection)?;
    let ids: Vec<ArticleId> = held.iter().map(|row| row.0).collect();
    let mut histories = store::histories(connection, &ids)?;
    let (mut shown, mut kinds) = (BTreeMap::new(), HashMap::new());
    for (article_id, kind, locale, revision, unpublish_at, published_at, minor, created_by) in held {
        let wanted = Wanted {
            article_id,
            publish_at: None,
            unpublish_at: end(unpublish_at),
            revision: Some(revision),
            published_at,
            minor,
            time_zone: None,
            publish_at_local: None,
            unpublish_at_local: None,
            created_by,
            base_revision: None,
            embargo_until: None,
            override_embargo: true,
            release_id: Some(release_id),
        };
        let history = histories.remove(&article_id).unwrap_or_default();
        let Some(live) = as_if(history, wanted, revision, snapshot.at) else { continue };
        kinds.insert(article_id, kind);
        let (revision, published_at, updated_at) = (live.revision, live.published_at, live.updated_at);
        let (slug, lists) = (String::new(), BTreeSet::new());
        shown.insert(article_id, Entry { article_id, revision, published_at, updated_at, locale, slug, category_id: None, lists });
    }
    if shown.is_empty() {
        return Ok(Vec::new());
    }
    let of = "SELECT r.article_id, r.slug, r.category_id FROM s JOIN revisions r ON r.article_id = s.article_id AND r.number = s.revision";
    type Named = (ArticleId, String, Option<CategoryId>);
    for (id, slug, category_id) in revisions::<(IdSql, Text, Nullable<IdSql>)>(shown.values()).sql(of).load::<Named>(connection)? {
        let Some(entry) = shown.get_mut(&id) else { continue };
        let kind = kinds.get(&id).map_or("", String::as_str);
        entry.lists.insert(ListKey::all(&entry.locale, kind));
        (entry.slug, entry.category_id) = (slug, category_id);
    }
    let of = "SELECT k.article_id, k.relation, COALESCE(c.ancestor_id, k.target_id) FROM s JOIN revision_keys k ON k.article_id = s.article_id AND k.number = s.revision \
        LEFT JOIN category_ancestors c ON k.relation = 'category' AND c.category_id = k.target_id";
    for (id, relation, target) in
        revisions::<(IdSql, Text, IdSql)>(shown.values()).sql(of).load::<(ArticleId, String, StoredId)>(connection)?
    {
        let (Some(entry), Some(kind)) = (shown.get_mut(&id), kinds.get(&id)) else { continue };
        entry.lists.insert(ListKey::of(&entry.locale, kind, &relation, target));
    }
    Ok(shown.into_values().collect())
}

/// Begins a statement about the revisions that are shown: `s(article_id, revision, published_at, updated_at)`.
pub fn revisions<'a, ST>(entries: impl Iterator<Item = &'a Entry>) -> Statement<ST> {
    let mut statement = Statement::new("WITH s (article_id, revision, published_at, updated_at) AS (VALUES (").once();
    for (at, entry) in entries.enumerate() {
        let row: [Bind; 4] = [entry.article_id.into(), entry.revision.into(), entry.published_at.into(), entry.updated_at.into()];
        statement = if at == 0 { statement } else { statement.sql("), (") }.bind_all(row);
    }
    statement.sql(")) ")
}
