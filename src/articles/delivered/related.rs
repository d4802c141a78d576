//! Related articles as readers get them.

use serde::Serialize;
use utoipa::ToSchema;

use super::Article;

/// What is related to an article.
#[derive(Debug, Serialize, ToSchema)]
pub struct RelatedArticles {
    /// The articles, the nearest first.
    #[schema(max_items = 20)]
    pub data: Vec<Article>,
}
