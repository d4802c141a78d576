//! Tags and authors on the wire: what editors send and see, and what readers get.

mod editors;
mod readers;

pub use self::editors::{
    AuthorCreate, AuthorPatch, EditorAuthor, EditorAuthorList, EditorTag, EditorTagList, TagCreate, TagPatch, TermCreate, TermPatch,
};
pub use self::readers::{Author, AuthorList, Tag, TagList, TermSort};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A picture of an author.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Picture {
    /// Where it lies.
    #[schema(min_length = 1, max_length = 2000, pattern = "^(https?://|/)[^\\s\\\\]*$")]
    pub url: String,
    /// What it shows, for those who do not see it.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub alt: Option<String>,
}

/// Where else an author is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorLink {
    /// What it is called, such as `Mastodon`.
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub label: String,
    /// Where it leads.
    #[schema(max_length = 2000, pattern = "^https?://[^\\s\\\\]+$")]
    pub url: String,
}
