//! What public lists there are, by name, and what it is to be on one.

use uuid::Uuid;

use crate::db::{Bind, StoredId};
use crate::kernel::id::{ArticleId, CategoryId, TermId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::Relation;

/// Names one public list: of a locale and kind, all of them or those of one category, tag or author.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ListKey(String);

impl ListKey {
    /// Everything of a locale and kind.
    pub fn all(locale: &str, kind: &str) -> Self {
        Self(format!("{locale}/{kind}"))
    }

    /// What lies in a category or below it.
    pub fn category(locale: &str, kind: &str, id: CategoryId) -> Self {
        Self::of(locale, kind, "category", StoredId(id.uuid()))
    }

    /// The first and the last name that a list of a category can have.
    pub fn categories(locale: &str, kind: &str) -> [Self; 2] {
        [Uuid::nil(), Uuid::max()].map(|id| Self::of(locale, kind, "category", StoredId(id)))
    }

    /// What carries a tag or names an author.
    pub fn term(locale: &str, kind: &str, relation: Relation, id: TermId) -> Self {
        Self::of(locale, kind, relation.name(), StoredId(id.uuid()))
    }

    /// The first and the last name that a list of a tag or an author can have.
    pub fn terms(locale: &str, kind: &str, relation: Relation) -> [Self; 2] {
        [Uuid::nil(), Uuid::max()].map(|id| Self::of(locale, kind, relation.name(), StoredId(id)))
    }

    /// As it came from the database.
    pub(super) fn stored(name: String) -> Self {
        Self(name)
    }

    /// As the database has it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The list of this relation to something.
    pub(super) fn of(locale: &str, kind: &str, relation: &str, id: StoredId) -> Self {
        Self(format!("{locale}/{kind}/{relation}/{}", id.0.simple()))
    }
}

impl From<&ListKey> for Bind {
    fn from(key: &ListKey) -> Self {
        key.0.as_str().into()
    }
}

/// A stretch of membership: the list, the date it is ordered by, from and until when.
pub(super) type Stretch = (ListKey, Instant, Instant, Instant);

/// The rows of stretches of an article, as they are inserted: `list, first_at, article_id, from_at, until_at`.
pub(super) fn rows<'a>(stretches: impl IntoIterator<Item = &'a Stretch>, id: ArticleId) -> Vec<[Bind; 5]> {
    let row = |(list, first_at, from_at, until_at): &'a Stretch| {
        [Bind::from(list), (*first_at).into(), id.into(), (*from_at).into(), (*until_at).into()]
    };
    stretches.into_iter().map(row).collect()
}
