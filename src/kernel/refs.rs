//! What a revision names, as it is stored.

use serde::{Deserialize, Serialize};

use super::id::{AuthorId, CategoryId, TagId, TermId};

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

/// What a revision names besides its main category, in the order given. Stored as JSON, since it is only ever read as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refs {
    /// Further categories.
    pub further_categories: Vec<CategoryId>,
    /// Tags.
    pub tags: Vec<TagId>,
    /// Authors.
    pub authors: Vec<AuthorId>,
}

impl Refs {
    /// Its tags and its authors.
    pub fn terms(&self) -> impl Iterator<Item = TermId> {
        self.tags.iter().map(|id| TermId::from(*id)).chain(self.authors.iter().map(|id| TermId::from(*id)))
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
