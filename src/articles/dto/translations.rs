//! The translations of an article, as editors see them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::id::ArticleId;

/// The translations of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorTranslationList {
    /// One in each language at most.
    #[schema(max_items = 100)]
    pub data: Vec<EditorTranslation>,
}

/// An article that is a translation of another one: its newest save.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorTranslation {
    /// Its id.
    pub id: ArticleId,
    /// Its language.
    pub locale: String,
    /// The headline.
    pub title: String,
    /// Its name in URLs.
    pub slug: String,
    /// The number of the save.
    #[schema(minimum = 1)]
    pub revision: i64,
}
