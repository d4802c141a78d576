//! What readers get.

use serde::Serialize;
use utoipa::ToSchema;

use super::{AuthorLink, Picture};
use crate::kernel::id::{AuthorId, TagId};

/// In which order tags or authors are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ToSchema)]
#[schema(rename_all = "snake_case")]
pub enum TermSort {
    /// By slug.
    #[default]
    Slug,
    /// By name, case aside.
    Name,
    /// By the number of their live articles, the most first.
    #[schema(rename = "-article_count")]
    ArticleCount,
}

impl TermSort {
    /// Each with its name.
    pub const ALL: &[(&'static str, Self)] = &[("slug", Self::Slug), ("name", Self::Name), ("-article_count", Self::ArticleCount)];
}

/// A tag that live articles carry.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Tag {
    /// The id.
    pub id: TagId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// How many live articles carry it.
    #[schema(minimum = 1)]
    pub article_count: i64,
}

crate::list_of! {
    /// A page of tags.
    TagList of Tag
}

/// An author whom live articles name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Author {
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
    /// How many live articles name them.
    #[schema(minimum = 1)]
    pub article_count: i64,
}

crate::list_of! {
    /// A page of authors.
    AuthorList of Author
}
