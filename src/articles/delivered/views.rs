//! How often articles were read, as readers get it.

use serde::Serialize;
use utoipa::ToSchema;

use super::Article;
use crate::kernel::id::ArticleId;

/// What was read most.
#[derive(Debug, Serialize, ToSchema)]
pub struct MostRead {
    /// The articles, the most read first; those that were read equally often by their dates, the newest first.
    pub data: Vec<Article>,
}

/// How often articles were read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleViewsList {
    /// Those of the articles that are live, in the order in which they were asked for.
    pub data: Vec<ArticleViews>,
}

/// How often an article was read.
#[derive(Debug, Serialize, ToSchema)]
pub struct ArticleViews {
    /// The article.
    pub id: ArticleId,
    /// How often, up to the last whole minute.
    #[schema(minimum = 0)]
    pub views: i64,
}
