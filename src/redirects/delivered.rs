//! What a path of the site is, as front ends get it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::articles::delivered::Article;
use crate::categories::dto::Category;
use crate::terms::dto::{Author, Tag};

/// What a path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ResolvedType {
    /// The front page.
    Front,
    /// An article.
    Article,
    /// A standing page.
    Page,
    /// A category.
    Category,
    /// A tag.
    Tag,
    /// An author.
    Author,
    /// Another path, or an address elsewhere.
    Redirect,
}

/// What a path of the site is, with the thing itself in the member of its name: `article` of an article or a page, `category`, `tag`, `author`. A redirect has `to` and `status` instead.
#[derive(Debug, Serialize, ToSchema)]
pub struct Resolved {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: ResolvedType,
    /// The path: escaped as URLs are, without a slash at the end.
    pub path: String,
    /// The article or page, whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub article: Option<Box<Article>>,
    /// The category, with those directly below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub category: Option<Box<Category>>,
    /// The tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tag: Option<Box<Tag>>,
    /// The author.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub author: Option<Box<Author>>,
    /// Where it leads in the end: a path of the site, or an absolute URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub to: Option<String>,
    /// With which status a front end answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 308, maximum = 308)]
    pub status: Option<u16>,
}

impl Resolved {
    /// Nothing but what it is.
    pub fn of(kind: ResolvedType, path: &str) -> Self {
        Self { kind, path: path.to_owned(), article: None, category: None, tag: None, author: None, to: None, status: None }
    }

    /// A redirect.
    pub fn redirect(path: &str, to: String) -> Self {
        Self { to: Some(to), status: Some(308), ..Self::of(ResolvedType::Redirect, path) }
    }
}
