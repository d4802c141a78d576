//! Why an article is or is not live, on the wire.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::id::PublicationId;
use crate::kernel::instant::Instant;
pub use crate::publications::rules::outlook::Why;

/// What readers get of an article at an instant, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Visibility {
    /// The instant.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// Whether it is live then.
    pub live: bool,
    /// Why, or why not.
    pub code: Why,
    /// The same in words.
    #[schema(example = "Nothing of it has begun: its next publication starts at 2026-11-30T04:00:00.000Z.")]
    pub reason: String,
    /// Whether there is a newer save than the one that readers get.
    pub newer_saved: bool,
    /// The publication that decides: the one in force, else the last one that began, else the next one.
    #[schema(required)]
    pub publication_id: Option<PublicationId>,
    /// The save that readers get.
    #[schema(minimum = 1, required)]
    pub revision: Option<i64>,
    /// Until when nothing of it may be published, unless somebody overrides it.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub embargo_until: Option<Instant>,
    /// When readers next get something else of it, unless somebody changes something before.
    #[schema(required)]
    pub next: Option<NextChange>,
    /// Where it shows on the site; nowhere if it is not live.
    #[schema(max_items = 1)]
    pub urls: Vec<String>,
    /// Whether readers could see the article at that instant when it came: what was backdated later they could not. Null while it lies ahead, and of a
    /// language that the site does not publish in now.
    #[schema(required)]
    pub readers_saw: Option<bool>,
}

/// What happens to an article next.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct NextChange {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// Whether it is live from then on: with another save, or again, or for the first time.
    pub live: bool,
}
