//! The history of an article on the wire: its saves, and in what two of them differ.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{BodySource, Byline, Image, Seo};
use crate::kernel::id::{CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::refs::Related;

/// Who saved a revision.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SavedBy {
    /// The user, or the API key.
    pub id: UserId,
    /// Their name as it is today; `null` if nobody knows them any more.
    #[schema(required)]
    pub name: Option<String>,
}

/// A revision as it stands in the list of an article's revisions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionSummary {
    /// Its number: the first save is 1.
    #[schema(minimum = 1)]
    pub number: i64,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: SavedBy,
    /// What they said about it.
    #[schema(required)]
    pub note: Option<String>,
    /// The number of the revision that was restored by it, which may be kept no more; `null` if it was saved otherwise.
    #[schema(required, minimum = 1)]
    pub restored_from: Option<i64>,
    /// Whether readers get it at the instant of the request.
    pub live: bool,
    /// The headline as of it.
    pub title: String,
}

crate::list_of! {
    /// A page of an article's revisions, the newest first.
    RevisionList of RevisionSummary
}

/// A revision as editors see it: all of the article's content as it was saved.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Revision {
    /// Its number: the first save is 1.
    #[schema(minimum = 1)]
    pub number: i64,
    /// When it was saved.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: SavedBy,
    /// What they said about it.
    #[schema(required)]
    pub note: Option<String>,
    /// The number of the revision that was restored by it, which may be kept no more; `null` if it was saved otherwise.
    #[schema(required, minimum = 1)]
    pub restored_from: Option<i64>,
    /// Whether readers get it at the instant of the request.
    pub live: bool,
    /// The article as of it.
    #[serde(flatten)]
    pub content: RevisionContent,
}

/// What a revision holds of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionContent {
    /// Its name in URLs.
    pub slug: String,
    /// The headline.
    pub title: String,
    /// A short text for cards.
    pub excerpt: String,
    /// The text as it was written.
    pub body: BodySource,
    /// The main category. It may be gone since, if nothing but revisions that were never published named it.
    #[schema(required)]
    pub category_id: Option<CategoryId>,
    /// Further categories, which may be gone as well.
    pub further_category_ids: Vec<CategoryId>,
    /// Slugs of tags as they are today.
    pub tags: Vec<String>,
    /// Authors by their slugs as they are today.
    pub authors: Vec<Byline>,
    /// The picture.
    #[schema(required)]
    pub image: Option<Image>,
    /// What search engines are told.
    #[schema(required)]
    pub seo: Option<Seo>,
    /// Anything else.
    #[schema(required)]
    pub custom: Option<Map<String, Value>>,
    /// Which articles stand beside it: some first, some never.
    pub related: Related,
}

impl RevisionContent {
    /// The same as the members of an object.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON.
    pub fn members(&self) -> Result<Map<String, Value>> {
        match serde_json::to_value(self).map_err(Problem::internal)? {
            Value::Object(members) => Ok(members),
            _ => Err(Problem::internal("the content of a revision is no object")),
        }
    }
}

/// In what one revision differs from another one.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct RevisionDiff {
    /// The number of the revision that is compared with; `null` where none before it is kept.
    #[schema(required, minimum = 1)]
    pub from: Option<i64>,
    /// The number of the revision that the path names.
    #[schema(minimum = 1)]
    pub to: i64,
    /// The fields that differ; none where the two have the same content. Of the first revision, compared with nothing, those that hold something.
    pub changes: Vec<FieldChange>,
}

/// A top-level field of an article in which two revisions differ.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldChange {
    /// Its name: `slug`, `title`, `excerpt`, `body`, `category_id`, `further_category_ids`, `tags`, `authors`, `image`, `seo`, `custom` or `related`. More may come.
    #[schema(example = "title")]
    pub field: String,
    /// Its value in `from`, as in the revision.
    #[schema(required)]
    pub from: Option<Value>,
    /// Its value in `to`.
    #[schema(required)]
    pub to: Option<Value>,
    /// How a text became the other one: of `title`, `excerpt` and the source of `body`, where that differs. All that is `equal` or `delete`, one after the other, is the text of `from`,
    /// all that is `equal` or `insert` that of `to`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub words: Option<Vec<TextPiece>>,
    /// How finely `words` tells. Texts are compared line by line, and the lines that differ word by word, up to 100,000 words, and what stands between
    /// them, of both together; where there are more, lines are the least that differs: `line`. Beyond 100,000 lines that lie between the first and the
    /// last difference all of them are one: `whole`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub granularity: Option<TextGranularity>,
    /// The source of `body`, where that differs, as `diff -u` compares it, with three lines around each difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unified: Option<String>,
}

/// A piece of a text that stands in both of two texts or in one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TextPiece {
    /// In which.
    pub op: TextOp,
    /// The piece.
    pub text: String,
}

/// Where a piece of a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextOp {
    /// In both.
    Equal,
    /// In the later one alone.
    Insert,
    /// In the earlier one alone.
    Delete,
}

/// What is compared as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TextGranularity {
    /// Words, and what stands between them.
    Word,
    /// Lines.
    Line,
    /// All from the first line that differs to the last one.
    Whole,
}
