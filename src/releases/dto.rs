//! Releases on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::id::{ArticleId, PublicationId, ReleaseId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::publications::dto::{EditorPublication, PublicationCreate};

/// The most publications that a release has.
pub const MOST_PUBLICATIONS: usize = 200;

/// A new release. Without a date it only holds what is to be published.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseCreate {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S", example = "Election night")]
    pub name: String,
    /// When all of it goes before the public: RFC 3339 with an offset, or local together with `time_zone`. Missing = not decided yet.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub publish_at: Option<String>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub time_zone: Option<String>,
}

/// A change of a release; a missing field stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleasePatch {
    /// Another name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: Option<String>,
    /// Another instant for all of it, or the first one; `null` = not decided any more.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub publish_at: Patch<String>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 60)]
    pub time_zone: Patch<String>,
    /// Whether its publications may start within embargoes; missing = as it was decided for each.
    #[serde(default)]
    pub override_embargo: Option<bool>,
}

/// What is added to a release: an article, at the instant of all of it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseMember {
    /// The article.
    pub article_id: ArticleId,
    /// Which revision; missing = the newest save, which this approves, followed by later ones of those who may publish.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
    pub revision: Option<i64>,
    /// When it comes down; `null` = never; missing = when the one that it replaces would have.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub unpublish_at: Patch<String>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub time_zone: Option<String>,
    /// The date that readers see; missing = that of the publication before, or the start of the first.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub published_at: Option<String>,
    /// Whether the change is not worth a new `updated_at`.
    #[serde(default)]
    pub minor: Option<bool>,
    /// Whether it may start within the article's embargo.
    #[serde(default)]
    pub override_embargo: Option<bool>,
}

impl From<&ReleaseMember> for PublicationCreate {
    fn from(member: &ReleaseMember) -> Self {
        Self {
            revision: member.revision,
            unpublish_at: member.unpublish_at.clone(),
            time_zone: member.time_zone.clone(),
            published_at: member.published_at.clone(),
            minor: member.minor,
            override_embargo: member.override_embargo,
            ..Self::default()
        }
    }
}

/// Where a release stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseState {
    /// It has no date.
    Undated,
    /// Its date lies ahead.
    Scheduled,
    /// Its date has come.
    Published,
}

/// A release as it stands in lists.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReleaseSummary {
    /// Its id.
    pub id: ReleaseId,
    /// What it is called.
    pub name: String,
    /// Where it stands now.
    pub state: ReleaseState,
    /// When all of it goes before the public; null = not decided yet.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub publish_at: Option<Instant>,
    /// The zone of the local time as it was given.
    #[schema(required)]
    pub time_zone: Option<String>,
    /// The start as it was given in that zone.
    #[schema(required)]
    pub publish_at_local: Option<String>,
    /// Counts changes of its name, its date and of what belongs to it; its `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// A release, with what belongs to it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Release {
    /// The release.
    #[serde(flatten)]
    pub summary: ReleaseSummary,
    /// What it publishes, in the order in which it was added.
    #[schema(max_items = 200)]
    pub publications: Vec<ReleaseEntry>,
}

/// What a release publishes of one article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReleaseEntry {
    /// The id of the publication, also of the one that it will become.
    pub id: PublicationId,
    /// The article.
    pub article_id: ArticleId,
    /// The headline that it will show, or shows.
    pub title: String,
    /// Its revision.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// Who saved that.
    pub saved_by: UserId,
    /// Whether later saves by those who may publish move it, also while the release has no date.
    pub follows_newest: bool,
    /// The revision that readers will get if nothing is changed. Null once it has begun.
    #[schema(minimum = 1, required)]
    pub would_show: Option<i64>,
    /// Newer saves that it did not take while it was to follow, by those who may not publish: a date does not approve them. The newest 100; empty once it has
    /// begun.
    #[schema(max_items = 100)]
    pub not_followed: Vec<i64>,
    /// When it comes down; null = never, or, without a date, when the one that it replaces would have.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub unpublish_at: Option<Instant>,
    /// The publication, once the release has a date.
    #[schema(required)]
    pub publication: Option<EditorPublication>,
}

crate::list_of! {
    /// A page of releases.
    ReleaseList of ReleaseSummary
}
