//! What came of an amendment, on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::EditorArticle;
use crate::kernel::id::PublicationId;
use crate::kernel::instant::Instant;
use crate::publications::dto::EditorPublication;

/// An article whose live text was amended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Amended {
    /// Its newest save.
    #[serde(flatten)]
    pub article: EditorArticle,
    /// What readers have now.
    pub publication: EditorPublication,
    /// The fields that were amended in the live text alone, since the newest save has them otherwise.
    #[schema(max_items = 20)]
    pub collisions: Vec<String>,
    /// The scheduled publications that will undo the amendment, wholly or in part: the next 100, the nearest first. Those that it was carried into are not among them.
    #[schema(max_items = 100)]
    pub undone_by: Vec<Undoing>,
}

/// A scheduled publication that does not show what was amended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Undoing {
    /// The publication.
    pub publication_id: PublicationId,
    /// When it starts.
    #[schema(value_type = String, format = DateTime)]
    pub publish_at: Instant,
    /// The revision that it shows.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// The amended fields that it has otherwise.
    #[schema(max_items = 20)]
    pub fields: Vec<String>,
}
