//! The editorial calendar on the wire.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use super::Kind;
use crate::kernel::id::{ArticleId, CategoryId, PublicationId, UserId};
use crate::kernel::instant::Instant;
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
    /// Who planned it.
    pub planned_by: Planner,
    /// What it takes the place of at its start, as far as it is known now.
    #[schema(required)]
    pub replaces: Option<Replaced>,
    /// Its start and its end, each with its day, as far as they lie within `from` and `to`. None of what never begins, since its article is in the trash
    /// then.
    #[schema(max_items = 2)]
    pub events: Vec<CalendarEvent>,
}

/// What happens to a publication at its start or at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CalendarChange {
    /// It goes before the public.
    Starts,
    /// The next one of its article takes its place.
    Replaced,
    /// It comes down, by its own end or by trashing.
    Ends,
}

/// A change of what is before the public, and on which day.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct CalendarEvent {
    /// What happens.
    pub event: CalendarChange,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// The day on which that is, by the clocks of `time_zone`, or of the site's zone unless said.
    #[schema(value_type = String, format = Date, example = "2026-11-30")]
    pub day: Date,
}

/// Who planned a publication.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Planner {
    /// The id of the user, or of the API key.
    pub id: UserId,
    /// What they are called.
    pub name: String,
}

/// A publication that ends where another one begins.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Replaced {
    /// The publication.
    pub publication_id: PublicationId,
    /// The revision that it shows.
    #[schema(minimum = 1)]
    pub revision: i64,
}

/// The category of an article in the calendar.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
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
    /// The main category of that revision.
    #[schema(required)]
    pub category: Option<CalendarCategory>,
    /// Where the article stands now.
    pub status: Status,
    /// Until when nothing of it may be published.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub embargo_until: Option<Instant>,
    /// Why.
    #[schema(required)]
    pub embargo_note: Option<String>,
}

crate::list_of! {
    /// A page of publications in order of their starts.
    PublicationList of CalendarEntry
}
