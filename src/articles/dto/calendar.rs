//! The editorial calendar on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use super::Kind;
use crate::kernel::id::ArticleId;
use crate::publications::dto::EditorPublication;
use crate::publications::rules::standing::Status;

/// A publication, and what it shows.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarEntry {
    /// The publication.
    #[serde(flatten)]
    pub publication: EditorPublication,
    /// Its article, as in the revision that it shows.
    pub article: CalendarArticle,
}

/// The article of a publication.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarArticle {
    /// Its id.
    pub id: ArticleId,
    /// What it is.
    pub kind: Kind,
    /// Its name in URLs, as the publication shows it.
    pub slug: String,
    /// Its language.
    pub locale: String,
    /// The headline, as the publication shows it.
    pub title: String,
    /// Where the article stands now.
    pub status: Status,
}

crate::list_of! {
    /// A page of publications in order of their starts.
    PublicationList of CalendarEntry
}
