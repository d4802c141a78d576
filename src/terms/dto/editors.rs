//! What editors send and see.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{AuthorLink, Picture};
use crate::kernel::id::{AuthorId, TagId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::slug::Slug;

/// A new tag.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", example = "Bridges")]
    pub name: String,
    /// Its name in URLs, unique among tags; made from the name unless given.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
}

/// A change of a tag: only the fields that are given change.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TagPatch {
    /// Its name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: Option<String>,
    /// Its name in URLs.
    #[serde(default)]
    #[schema(nullable = false)]
    pub slug: Option<Slug>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub description: Patch<String>,
}

/// A tag as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorTag {
    /// The id.
    pub id: TagId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// Counts changes; the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Instant,
}

crate::list_of! {
    /// A page of tags as editors see them.
    EditorTagList of EditorTag
}

/// A new author: who is named above texts, whether they log in or not.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorCreate {
    /// The name.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", example = "Maya Orlova")]
    pub name: String,
    /// The name in URLs, unique among authors; made from the name unless given.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// Who that is.
    #[serde(default)]
    #[schema(max_length = 5000)]
    pub bio: Option<String>,
    /// What they look like.
    #[serde(default)]
    pub picture: Option<Picture>,
    /// Where else they are found.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub links: Vec<AuthorLink>,
}

/// A change of an author: only the fields that are given change.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AuthorPatch {
    /// The name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: Option<String>,
    /// The name in URLs.
    #[serde(default)]
    #[schema(nullable = false)]
    pub slug: Option<Slug>,
    /// Who that is.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 5000)]
    pub bio: Patch<String>,
    /// What they look like, whole.
    #[serde(default)]
    #[schema(value_type = Option<Picture>)]
    pub picture: Patch<Picture>,
    /// Where else they are found, all of it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<AuthorLink>>, max_items = 20)]
    pub links: Patch<Vec<AuthorLink>>,
}

/// An author as editors see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorAuthor {
    /// The id.
    pub id: AuthorId,
    /// The name in URLs.
    pub slug: String,
    /// The name.
    pub name: String,
    /// Who that is.
    pub bio: String,
    /// What they look like.
    #[schema(required)]
    pub picture: Option<Picture>,
    /// Where else they are found.
    pub links: Vec<AuthorLink>,
    /// Counts changes; the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When they were added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When something of it was changed last.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Instant,
}

crate::list_of! {
    /// A page of authors as editors see them.
    EditorAuthorList of EditorAuthor
}

/// A new tag or author.
#[derive(Clone, Debug)]
pub struct TermCreate {
    /// The name.
    pub name: String,
    /// The name in URLs.
    pub slug: Option<Slug>,
    /// What a tag is about; who an author is.
    pub description: String,
    /// Of an author.
    pub picture: Option<Picture>,
    /// Of an author.
    pub links: Vec<AuthorLink>,
}

impl From<TagCreate> for TermCreate {
    fn from(tag: TagCreate) -> Self {
        let TagCreate { name, slug, description } = tag;
        Self { name, slug, description: description.unwrap_or_default(), picture: None, links: Vec::new() }
    }
}

impl From<AuthorCreate> for TermCreate {
    fn from(author: AuthorCreate) -> Self {
        let AuthorCreate { name, slug, bio, picture, links } = author;
        Self { name, slug, description: bio.unwrap_or_default(), picture, links }
    }
}

/// A change of a tag or author.
#[derive(Clone, Debug)]
pub struct TermPatch {
    /// The name.
    pub name: Option<String>,
    /// The name in URLs.
    pub slug: Option<Slug>,
    /// What a tag is about; who an author is.
    pub description: Patch<String>,
    /// Of an author.
    pub picture: Patch<Picture>,
    /// Of an author.
    pub links: Patch<Vec<AuthorLink>>,
}

impl From<TagPatch> for TermPatch {
    fn from(tag: TagPatch) -> Self {
        let TagPatch { name, slug, description } = tag;
        Self { name, slug, description, picture: Patch::Absent, links: Patch::Absent }
    }
}

impl From<AuthorPatch> for TermPatch {
    fn from(author: AuthorPatch) -> Self {
        let AuthorPatch { name, slug, bio, picture, links } = author;
        Self { name, slug, description: bio, picture, links }
    }
}
