//! A curated list as readers get it.

use serde::Serialize;
use utoipa::ToSchema;

use super::Article;

/// A list that editors made, such as the front page.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicList {
    /// Its name in URLs.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// The articles, in the order of the list.
    #[schema(max_items = 100)]
    pub data: Vec<Article>,
}
