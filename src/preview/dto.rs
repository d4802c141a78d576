//! Preview links on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::id::{ArticleId, PreviewLinkId, ReleaseId, UserId};
use crate::kernel::instant::Instant;

/// For how many seconds a link is good unless said: a day.
pub const USUAL_LIFETIME_S: i64 = 86_400;

/// A new preview link.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewLinkCreate {
    /// The one article that it shows; the whole site without one.
    #[serde(default)]
    pub article_id: Option<ArticleId>,
    /// The release that it shows as a whole: the site as of its instant, also when that is moved. While it has no date, the site as of `at` or of now, as if all of it were published
    /// then. Without `article_id`.
    #[serde(default)]
    pub release_id: Option<ReleaseId>,
    /// As of when it shows it; missing = the instant of each request. Of a release that has no date, until it has one. RFC 3339 with an offset, or local together with `time_zone`.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub at: Option<String>,
    /// Whether it shows the newest save of every article that is not in the trash, instead of what is live.
    #[serde(default)]
    pub drafts: Option<bool>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub time_zone: Option<String>,
    /// For how many seconds it is good, at most 30 days; a day unless said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_592_000)]
    pub expires_in: Option<i64>,
}

/// A preview link as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewLink {
    /// Its id.
    pub id: PreviewLinkId,
    /// The one article that it shows; null = the whole site.
    #[schema(required)]
    pub article_id: Option<ArticleId>,
    /// The release that it shows as a whole: as of its instant; while it has no date, as if it were published as of when the link shows the site.
    #[schema(required)]
    pub release_id: Option<ReleaseId>,
    /// As of when it shows it; null = the instant of each request. If there is a release that has a date, as of that instead.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub at: Option<Instant>,
    /// Whether it shows newest saves instead of what is live.
    pub drafts: bool,
    /// Who made it. Once they may share no more it is revoked, and does not come back with their rights.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Instant,
}

/// A new preview link with its token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewPreviewLink {
    /// The link.
    #[serde(flatten)]
    pub link: PreviewLink,
    /// What lets one look: the parameter `preview` or the header `Dateline-Preview` of any path below `/v1/preview`. Shown this once.
    #[schema(min_length = 64, max_length = 64)]
    pub token: String,
    /// Where to look, by the setting `PREVIEW_URL`; unless that is set, the API's own answer.
    #[schema(format = "uri")]
    pub url: String,
}

crate::list_of! {
    /// A page of preview links.
    PreviewLinkList of PreviewLink
}
