//! Categories on the wire: what editors send and see, and what readers get.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::id::CategoryId;
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::slug::Slug;

/// A new category.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", example = "Politics")]
    pub name: String,
    /// Its name in URLs, unique among categories; made from the name unless given.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// The category that it lies in, at most 50 deep; `null` for one at the root.
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Its place among its siblings, the least first; 0 unless given. Equal ones are ordered by name.
    #[serde(default)]
    #[schema(minimum = -2_147_483_648_i64, maximum = 2_147_483_647_i64)]
    pub position: Option<i32>,
}

/// All of a category. What is left out takes its default; without `slug` it keeps the slug.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryReplace {
    /// Its name.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", example = "Politics")]
    pub name: String,
    /// Its name in URLs.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// The category that it lies in, at most 50 deep; `null` moves it to the root.
    #[serde(default)]
    pub parent_id: Option<CategoryId>,
    /// What it is about.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub description: Option<String>,
    /// Its place among its siblings.
    #[serde(default)]
    #[schema(minimum = -2_147_483_648_i64, maximum = 2_147_483_647_i64)]
    pub position: Option<i32>,
}

/// A change of a category: only the fields that are given change.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CategoryPatch {
    /// Its name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: Option<String>,
    /// Its name in URLs.
    #[serde(default)]
    #[schema(nullable = false)]
    pub slug: Option<Slug>,
    /// The category that it lies in: moves it with everything below it, at most 50 deep; `null` moves it to the root.
    #[serde(default)]
    #[schema(value_type = Option<CategoryId>)]
    pub parent_id: Patch<CategoryId>,
    /// What it is about.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 2000)]
    pub description: Patch<String>,
    /// Its place among its siblings; `null` means 0.
    #[serde(default)]
    #[schema(value_type = Option<i32>, minimum = -2_147_483_648_i64, maximum = 2_147_483_647_i64)]
    pub position: Patch<i32>,
}

/// A step of an editor's breadcrumb.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryStep {
    /// The id of the category.
    pub id: CategoryId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A category as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorCategory {
    /// The id.
    pub id: CategoryId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The category that it lies in.
    #[schema(required)]
    pub parent_id: Option<CategoryId>,
    /// Its place among its siblings.
    pub position: i64,
    /// How many categories it lies in; 0 at the root.
    #[schema(minimum = 0)]
    pub depth: i64,
    /// The breadcrumb: root first, itself last.
    pub path: Vec<CategoryStep>,
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
    /// A page of categories in the order of the tree.
    EditorCategoryList of EditorCategory
}

/// A step of a breadcrumb.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PathStep {
    /// The name of the category in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// A category as readers see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Category {
    /// The id.
    pub id: CategoryId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The category that it lies in.
    #[schema(required)]
    pub parent_id: Option<CategoryId>,
    /// Its place among its siblings.
    pub position: i64,
    /// How many categories it lies in; 0 at the root.
    #[schema(minimum = 0)]
    pub depth: i64,
    /// The breadcrumb: root first, itself last.
    pub path: Vec<PathStep>,
    /// How many live articles lie in it or below it, each counted once.
    #[schema(minimum = 0)]
    pub article_count: i64,
    /// What lies directly below it, in order: in the nested tree and where one category is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, no_recursion)]
    pub children: Option<Vec<Category>>,
}

/// All categories: flat in the order of the tree, or nested from the root.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CategoryTree {
    /// Flat: each before what lies below it. Nested: those at the root, with `children`.
    pub data: Vec<Category>,
}
