//! Many changes of articles in one request, on the wire.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::problem::{FieldError, Problem};
use crate::kernel::slug::Slug;
use crate::publications::dto::{Cancelled, EditorPublication, Withdrawal};
use crate::publications::rules::standing::Status;

/// Whether operations go together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BulkMode {
    /// All of them, or none: the first that is refused undoes the others.
    #[default]
    All,
    /// Each for itself.
    Each,
}

/// Many changes of articles.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// Whether they go together.
    pub mode: BulkMode,
    /// In the order in which they are done.
    #[schema(min_items = 1, max_items = 200)]
    pub operations: Vec<BulkOperation>,
}

/// What is done with one article: `op` says what, and which members go with it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(discriminator(property_name = "op", mapping(
    ("publish" = "#/components/schemas/BulkPublish"),
    ("unpublish" = "#/components/schemas/BulkUnpublish"),
    ("move" = "#/components/schemas/BulkMove"),
    ("tag" = "#/components/schemas/BulkTag"),
    ("trash" = "#/components/schemas/BulkTrash"),
)))]
pub enum BulkOperation {
    /// Publishes it.
    Publish(BulkPublish),
    /// Takes it down.
    Unpublish(BulkUnpublish),
    /// Puts it into other categories.
    Move(BulkMove),
    /// Gives it other tags.
    Tag(BulkTag),
    /// Puts it into the trash.
    Trash(BulkTrash),
}

impl BulkOperation {
    /// The article, and its version that the change is based on.
    pub fn article(&self) -> (ArticleId, Option<u64>) {
        match self {
            Self::Publish(publish) => (publish.id, publish.version),
            Self::Unpublish(unpublish) => (unpublish.id, unpublish.version),
            Self::Move(moved) => (moved.id, moved.version),
            Self::Tag(tag) => (tag.id, tag.version),
            Self::Trash(trash) => (trash.id, trash.version),
        }
    }
}

/// An operation: the word that names it, the article, and its own members.
macro_rules! operation {
    ($(#[$doc:meta])* $name:ident $op:ident $word:ident { $($more:tt)* }) => {
        /// The word that names the operation.
        #[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $op {
            /// The word.
            $word,
        }

        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// What is done.
            pub op: $op,
            /// The article.
            pub id: ArticleId,
            /// The article's version that it is based on, as in `If-Match`; missing = whatever it is now.
            #[serde(default)]
            #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
            pub version: Option<u64>,
            $($more)*
        }
    };
}

operation! {
    /// Publishes an article, now or at an instant, as `createPublication` does. Times as there.
    BulkPublish PublishOp Publish {
        /// When it goes before the public; missing = now.
        #[serde(default)]
        #[schema(max_length = 40)]
        pub publish_at: Option<String>,
        /// When it comes down; `null` = never; missing = when the one that it replaces would have.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 40)]
        pub unpublish_at: Patch<String>,
        /// The IANA zone of local times.
        #[serde(default)]
        #[schema(max_length = 60)]
        pub time_zone: Option<String>,
        /// Which revision; missing = the newest save, followed by later ones.
        #[serde(default)]
        #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
        pub revision: Option<i64>,
        /// The date that readers see.
        #[serde(default)]
        #[schema(max_length = 40)]
        pub published_at: Option<String>,
        /// Whether the change is not worth a new `updated_at`.
        #[serde(default)]
        pub minor: Option<bool>,
        /// The revision that it is based on.
        #[serde(default)]
        #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
        pub base_revision: Option<i64>,
        /// Whether it may start within the article's embargo.
        #[serde(default)]
        pub override_embargo: Option<bool>,
    }
}

operation! {
    /// Takes an article down, as `unpublishArticle` does.
    BulkUnpublish UnpublishOp Unpublish {
        /// When; missing = now.
        #[serde(default)]
        #[schema(max_length = 40)]
        pub at: Option<String>,
        /// The IANA zone of a local time.
        #[serde(default)]
        #[schema(max_length = 60)]
        pub time_zone: Option<String>,
        /// Delivery answers 410 with this reason from then on, else 404.
        #[serde(default)]
        pub withdrawn: Option<Withdrawal>,
        /// Publications that start at that instant or later stay.
        #[serde(default)]
        pub keep_scheduled: Option<bool>,
    }
}

operation! {
    /// Puts an article into other categories. It takes one of the two members, or both.
    BulkMove MoveOp Move {
        /// The main category; `null` = none; missing = as it is.
        #[serde(default)]
        #[schema(value_type = Option<CategoryId>)]
        pub category_id: Patch<CategoryId>,
        /// Further categories; `null` = none; missing = as they are.
        #[serde(default)]
        #[schema(value_type = Option<Vec<CategoryId>>, max_items = 20)]
        pub further_category_ids: Patch<Vec<CategoryId>>,
    }
}

operation! {
    /// Gives an article other tags. It takes either `tags`, or `add`, `remove` or both; a tag in both is added.
    BulkTag TagOp Tag {
        /// Slugs of all the tags that it has from then on.
        #[serde(default)]
        #[schema(value_type = Option<Vec<Slug>>, max_items = 50)]
        pub tags: Option<Vec<String>>,
        /// Slugs of tags that it gets besides.
        #[serde(default)]
        #[schema(value_type = Option<Vec<Slug>>, max_items = 50)]
        pub add: Option<Vec<String>>,
        /// Slugs of tags that it loses, if it has them.
        #[serde(default)]
        #[schema(value_type = Option<Vec<Slug>>, max_items = 50)]
        pub remove: Option<Vec<String>>,
    }
}

operation! {
    /// Puts an article into the trash, as `deleteArticle` does.
    BulkTrash TrashOp Trash {}
}

/// One answer for each operation, in their order.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkResults {
    /// The answers.
    #[schema(max_items = 200)]
    pub results: Vec<BulkResult>,
}

/// What became of an operation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkResult {
    /// The status that the operation alone would have been answered with.
    #[schema(minimum = 200, maximum = 499)]
    pub status: u16,
    /// The article.
    pub article_id: ArticleId,
    /// The article as it stands now, after `move`, `tag` and `trash`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub article: Option<BulkArticle>,
    /// After `publish` the publication, after `unpublish` the one that ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub publication: Option<EditorPublication>,
    /// After `unpublish`: when the article comes back, if something is scheduled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime, nullable = false)]
    pub returns_at: Option<Instant>,
    /// After `unpublish`: what was scheduled and is called off, if anything was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub cancelled: Vec<Cancelled>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub problem: Option<BulkProblem>,
}

impl BulkResult {
    /// With this status, and nothing else yet.
    pub fn new(status: u16, article_id: ArticleId) -> Self {
        Self { status, article_id, article: None, publication: None, returns_at: None, cancelled: Vec::new(), problem: None }
    }

    /// A refusal.
    pub fn refused(article_id: ArticleId, problem: &Problem) -> Self {
        Self { problem: Some(BulkProblem::from(problem)), ..Self::new(problem.code().status(), article_id) }
    }
}

/// An article after one of many changes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkArticle {
    /// Its version.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The number of its newest save.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// Where it stands now.
    pub status: Status,
}

/// Why one of many operations was refused: a problem like any other, but for `request_id`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkProblem {
    /// The page that explains the code.
    #[schema(format = "uri-reference")]
    pub r#type: String,
    /// What went wrong.
    pub code: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 499)]
    pub status: u16,
    /// The same for each occurrence of a code.
    pub title: &'static str,
    /// What is wrong this time, in plain words.
    pub detail: String,
    /// Every mistake, with pointers into the body of the request.
    pub errors: Vec<BulkMistake>,
    /// What else the problem has, such as `current_version`.
    #[serde(flatten)]
    #[schema(ignore)]
    pub members: Map<String, Value>,
}

/// One mistake.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BulkMistake {
    /// Where.
    #[schema(example = "/operations/3/category_id")]
    pub pointer: String,
    /// What kind of mistake.
    pub code: &'static str,
    /// What is wrong with the value, and what would be right.
    pub detail: String,
}

impl From<&FieldError> for BulkMistake {
    fn from(error: &FieldError) -> Self {
        Self { pointer: error.pointer.clone(), code: error.code, detail: error.detail.clone() }
    }
}

impl From<&Problem> for BulkProblem {
    fn from(problem: &Problem) -> Self {
        let code = problem.code();
        Self {
            r#type: format!("/docs/errors/{}", code.name()),
            code: code.name(),
            status: code.status(),
            title: code.title(),
            detail: problem.detail().to_owned(),
            errors: problem.errors().iter().map(BulkMistake::from).collect(),
            members: problem.members().clone(),
        }
    }
}
