//! What a revision names, as it is stored.

use serde::{Deserialize, Serialize};

use super::id::{ArticleId, AuthorId, CategoryId, TagId, TermId};

/// What an article carries besides categories.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// A tag.
    Tag,
    /// An author, whom readers see.
    Author,
}

impl Relation {
    /// The name in the database, and in words.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tag => "tag",
            Self::Author => "author",
        }
    }
}

/// What an author did for a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AuthorRole {
    /// Wrote it.
    #[default]
    By,
    /// Took the photographs.
    Photo,
    /// Drew the illustrations.
    Illustration,
    /// Made the graphics.
    Graphics,
    /// Shot the video.
    Video,
    /// Translated it.
    Translation,
    /// Edited it.
    Editing,
}

/// An author whom a text names, and as what. Stored as the id alone of whoever wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "StoredCredit", into = "StoredCredit")]
pub struct Credit {
    /// The author.
    pub id: AuthorId,
    /// What they did.
    pub role: AuthorRole,
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredCredit {
    Wrote(AuthorId),
    Did { id: AuthorId, role: AuthorRole },
}

impl From<StoredCredit> for Credit {
    fn from(stored: StoredCredit) -> Self {
        match stored {
            StoredCredit::Wrote(id) => Self { id, role: AuthorRole::By },
            StoredCredit::Did { id, role } => Self { id, role },
        }
    }
}

impl From<Credit> for StoredCredit {
    fn from(Credit { id, role }: Credit) -> Self {
        if role == AuthorRole::By { Self::Wrote(id) } else { Self::Did { id, role } }
    }
}

impl From<TermId> for Credit {
    fn from(id: TermId) -> Self {
        AuthorId::from(id).into()
    }
}

impl From<AuthorId> for Credit {
    fn from(id: AuthorId) -> Self {
        Self { id, role: AuthorRole::By }
    }
}

/// Which articles editors want to see beside a text, and which never.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Related {
    /// Those that come first, in this order, while they are live.
    #[schema(required = false, max_items = 20)]
    pub pinned: Vec<ArticleId>,
    /// Those that are never shown beside it.
    #[schema(required = false, max_items = 100)]
    pub excluded: Vec<ArticleId>,
}

impl Related {
    /// Whether nothing was said.
    pub fn is_empty(&self) -> bool {
        self.pinned.is_empty() && self.excluded.is_empty()
    }
}

/// What a revision names besides its main category, in the order given. Stored as JSON, since it is only ever read as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refs {
    /// Further categories.
    pub further_categories: Vec<CategoryId>,
    /// Tags.
    pub tags: Vec<TagId>,
    /// Authors, each once in each role.
    pub authors: Vec<Credit>,
    /// What is to stand beside it.
    #[serde(default, skip_serializing_if = "Related::is_empty")]
    pub related: Related,
}

impl Refs {
    /// Its tags and its authors.
    pub fn terms(&self) -> impl Iterator<Item = TermId> {
        self.tags.iter().map(|id| TermId::from(*id)).chain(self.authors.iter().map(|credit| TermId::from(credit.id)))
    }
}

/// The categories that somebody is limited to, from what is stored: JSON, since they are only ever read as a whole. `None` = they are not limited.
///
/// # Errors
/// If it is not what [`stored_limits`] made.
pub fn limits(stored: Option<&str>) -> serde_json::Result<Option<Vec<CategoryId>>> {
    stored.map(serde_json::from_str).transpose()
}

/// The same as it is stored: each once.
///
/// # Errors
/// None that can come: ids are text.
pub fn stored_limits(category_ids: Option<&[CategoryId]>) -> serde_json::Result<Option<String>> {
    let Some(category_ids) = category_ids else { return Ok(None) };
    let mut each: Vec<CategoryId> = Vec::with_capacity(category_ids.len());
    for id in category_ids {
        if !each.contains(id) {
            each.push(*id);
        }
    }
    serde_json::to_string(&each).map(Some)
}
