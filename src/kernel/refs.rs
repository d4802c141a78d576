//! What a revision names, as it is stored.

use serde::{Deserialize, Serialize};

use super::id::{AuthorId, CategoryId, TagId};

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
