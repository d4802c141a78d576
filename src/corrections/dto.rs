//! Corrections on the wire: what editors send and see, and what readers get.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::CorrectionState;
use crate::bodies::{Format, Warning};
use crate::kernel::id::{ArticleId, CorrectionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;

/// What was done to what had been published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionKind {
    /// Something was wrong.
    Correction,
    /// Something could be misunderstood.
    Clarification,
    /// Something is new.
    Update,
}

impl CorrectionKind {
    /// Each with its name.
    pub const ALL: [(&'static str, Self); 3] =
        [("correction", Self::Correction), ("clarification", Self::Clarification), ("update", Self::Update)];

    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, kind)| *kind == self).map_or("", |(name, _)| name)
    }

    /// The kind of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind)
    }
}

/// The text of a correction as it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionText {
    /// How `source` is to be read.
    pub format: Format,
    /// What was wrong and what is right, as in a body, but without frames of other sites.
    ///
    /// It may become at most 16 KiB of HTML; otherwise the mistake is `too_long_rendered`, at `/text`.
    #[schema(min_length = 1, max_length = 2000, pattern = "\\S", example = "The bridge has **four** lanes. An earlier version said six.")]
    pub source: String,
}

/// A change of the text of a correction: both members, or one of them.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionTextPatch {
    /// How `source` is to be read.
    #[serde(default)]
    #[schema(nullable = false)]
    pub format: Option<Format>,
    /// The text.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 2000, pattern = "\\S", nullable = false)]
    pub source: Option<String>,
}

/// A new correction.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionCreate {
    /// What it is.
    pub kind: CorrectionKind,
    /// The text.
    pub text: CorrectionText,
    /// From when on readers get it; missing = now. Not in the past. RFC 3339 with an offset, or local together with `time_zone`.
    #[serde(default)]
    #[schema(max_length = 40, example = "2026-11-30T09:00:00+05:00")]
    pub at: Option<String>,
    /// The IANA zone of a local time.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub time_zone: Option<String>,
}

/// A change of a correction that lies ahead; a missing field stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionPatch {
    /// What it is.
    #[serde(default)]
    #[schema(nullable = false)]
    pub kind: Option<CorrectionKind>,
    /// The text; its members are merged.
    #[serde(default)]
    #[schema(nullable = false)]
    pub text: Option<CorrectionTextPatch>,
    /// Another instant; `null` = now.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub at: Patch<String>,
    /// The IANA zone of a local time; `null` = none, and no local time.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 60)]
    pub time_zone: Patch<String>,
}

/// A correction as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorCorrection {
    /// Its id.
    pub id: CorrectionId,
    /// The article.
    pub article_id: ArticleId,
    /// What it is.
    pub kind: CorrectionKind,
    /// The text as it was written.
    pub text: CorrectionText,
    /// The text as readers get it.
    pub text_html: String,
    /// From when on readers get it.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// The zone in which that was given.
    #[schema(required)]
    pub time_zone: Option<String>,
    /// The instant as it was given in that zone.
    #[schema(required)]
    pub at_local: Option<String>,
    /// When it was retracted: from then on readers get it no longer.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub retracted_at: Option<Instant>,
    /// Where it stands now.
    pub state: CorrectionState,
    /// Counts changes; its `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// What the sanitiser took out of the text; empty where it is only read.
    pub warnings: Vec<Warning>,
}

/// The corrections of an article as editors see them.
#[derive(Debug, Serialize, ToSchema)]
pub struct EditorCorrectionList {
    /// All of them, the earliest first, retracted ones and those that lie ahead included.
    #[schema(max_items = 50)]
    pub data: Vec<EditorCorrection>,
}

/// A correction of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Correction {
    /// Its id.
    pub id: CorrectionId,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// What it is.
    pub kind: CorrectionKind,
    /// What was wrong and what is right, as sanitised HTML.
    pub text_html: String,
}
