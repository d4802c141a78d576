//! Curated lists on the wire, as editors send and see them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::EditionState;
use crate::kernel::id::{ArticleId, CuratedEditionId, CuratedListId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::slug::Slug;

/// The most articles that a list shows: one for each that is pinned, and as many as each rule says.
pub const MOST_ARTICLES: usize = 100;

/// A place of a list: an article, or a rule that fills it. One of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedSlot {
    /// The article that stands here while it is live. While it is not, the next one moves up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub article_id: Option<ArticleId>,
    /// What fills it: the newest of something that no slot before shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rule: Option<CuratedRule>,
}

/// The newest articles of a category and all below it, of a tag or of an author; with none of the three, of the site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedRule {
    /// The slug of a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false, example = "sport")]
    pub category: Option<String>,
    /// The slug of a tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub tag: Option<String>,
    /// The slug of an author.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, nullable = false)]
    pub author: Option<String>,
    /// How many; 1 unless said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 20, nullable = false)]
    pub limit: Option<u8>,
}

/// What a rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleOf<'a> {
    /// A category.
    Category(&'a str),
    /// A tag.
    Tag(&'a str),
    /// An author.
    Author(&'a str),
}

impl CuratedRule {
    /// What it names: one at most, once it has been checked.
    pub fn named(&self) -> impl Iterator<Item = RuleOf<'_>> {
        let category = self.category.as_deref().map(RuleOf::Category);
        category.into_iter().chain(self.tag.as_deref().map(RuleOf::Tag)).chain(self.author.as_deref().map(RuleOf::Author))
    }

    /// The most articles that it shows.
    pub fn most(&self) -> usize {
        usize::from(self.limit.unwrap_or(1))
    }
}

/// A new list with its first edition.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedListCreate {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", example = "Front page")]
    pub name: String,
    /// Its name in URLs; made from the name if it is missing.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// What it shows, in order. All slots together show 100 articles at most.
    #[schema(max_items = 50)]
    pub slots: Vec<CuratedSlot>,
    /// From when on readers get it; missing = now. Not in the past. RFC 3339 with an offset, or local together with `time_zone`.
    #[serde(default)]
    #[schema(max_length = 40, example = "2026-11-30T06:00:00+05:00")]
    pub publish_at: Option<String>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub time_zone: Option<String>,
}

/// A change of a list; a missing field stays as it is. Name and slug change at once; other `slots` are another edition.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedListPatch {
    /// Another name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: Option<String>,
    /// Another name in URLs.
    #[serde(default)]
    #[schema(nullable = false)]
    pub slug: Option<Slug>,
    /// What it shows from `publish_at` on.
    #[serde(default)]
    #[schema(nullable = false, max_items = 50)]
    pub slots: Option<Vec<CuratedSlot>>,
    /// From when on it shows these `slots`; missing = now. Not in the past.
    #[serde(default)]
    #[schema(nullable = true, max_length = 40)]
    pub publish_at: Option<String>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(nullable = true, max_length = 60)]
    pub time_zone: Option<String>,
}

/// A change of an edition that lies ahead; a missing field stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CuratedEditionPatch {
    /// What it shows.
    #[serde(default)]
    #[schema(nullable = false, max_items = 50)]
    pub slots: Option<Vec<CuratedSlot>>,
    /// Another start; `null` = now.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub publish_at: Patch<String>,
    /// The IANA zone of a local time; `null` = none, and no local time.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 60)]
    pub time_zone: Patch<String>,
}

/// What a list shows from an instant on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CuratedEdition {
    /// Its id.
    pub id: CuratedEditionId,
    /// Where it stands now.
    pub state: EditionState,
    /// From when on readers get it.
    #[schema(value_type = String, format = DateTime)]
    pub publish_at: Instant,
    /// The zone in which that was given.
    #[schema(required)]
    pub time_zone: Option<String>,
    /// The instant as it was given in that zone.
    #[schema(required)]
    pub publish_at_local: Option<String>,
    /// What it shows, in order.
    #[schema(max_items = 50)]
    pub slots: Vec<CuratedSlot>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// A list without its editions.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CuratedListSummary {
    /// Its id.
    pub id: CuratedListId,
    /// Its name in URLs.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Counts changes, those of its editions included; its `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// A list as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CuratedList {
    /// The list.
    #[serde(flatten)]
    pub summary: CuratedListSummary,
    /// Its editions, the latest start first: the next 100 that lie ahead, the one that is live, and the 19 before it.
    #[schema(max_items = 120)]
    pub editions: Vec<CuratedEdition>,
}

crate::list_of! {
    /// A page of lists.
    CuratedListPage of CuratedListSummary
}
