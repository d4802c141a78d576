//! Publications on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::{self, Publication, State};
use crate::kernel::given::{Given, time};
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::Mistakes;
use crate::kernel::patch::Patch;
use crate::kernel::zone::{LocalTime, Zone};

/// The most saves that `not_followed` names.
const MOST_NOT_FOLLOWED: i64 = 100;

/// A new publication date. Times are RFC 3339 with an offset, or local (`2026-11-30T09:00`) together with `time_zone`; from 0001-01-01T00:00:00Z to
/// 9999-12-30T22:00:00Z, the last instant that has a local time in every zone.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationCreate {
    /// When it goes before the public; missing = now. In the past only if later than every start that has passed.
    #[serde(default)]
    #[schema(max_length = 40, nullable = true, example = "2026-11-30T09:00:00+05:00")]
    pub publish_at: Option<String>,
    /// When it comes down; `null` = never; missing = when the one that it replaces would have.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub unpublish_at: Patch<String>,
    /// The IANA zone of local times, such as `Asia/Ashgabat`.
    #[serde(default)]
    #[schema(max_length = 60)]
    pub time_zone: Option<String>,
    /// Which revision; missing = the newest save, followed by later ones.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
    pub revision: Option<i64>,
    /// The date that readers see and lists are ordered by; missing = that of the publication before, or the start of the first.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub published_at: Option<String>,
    /// Whether the change is not worth a new `updated_at`.
    #[serde(default)]
    pub minor: Option<bool>,
    /// The revision that it is based on: if it would take the place of another one, it is refused (409 `base_changed`).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
    pub base_revision: Option<i64>,
    /// Whether it may start within the article's embargo.
    #[serde(default)]
    pub override_embargo: Option<bool>,
}

/// A change of a publication; a missing field stays as it is. Times as for a new one.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublicationPatch {
    /// Another start; `null` = now.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub publish_at: Patch<String>,
    /// Another end; `null` = none.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub unpublish_at: Patch<String>,
    /// The IANA zone of local times; `null` = none, and no local times.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 60)]
    pub time_zone: Patch<String>,
    /// Another revision; `null` = the newest save, followed from now on.
    #[serde(default)]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 2_147_483_647_i64)]
    pub revision: Patch<i64>,
    /// Another date for readers; `null` = the default.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub published_at: Patch<String>,
    /// Whether the change is not worth a new `updated_at`.
    #[serde(default)]
    pub minor: Option<bool>,
    /// The revision that it is based on now: if it would take the place of another one, nothing is changed (409 `base_changed`).
    #[serde(default)]
    #[schema(minimum = 1, maximum = 2_147_483_647_i64)]
    pub base_revision: Option<i64>,
    /// Whether it may start within the article's embargo; missing = as it was decided before.
    #[serde(default)]
    pub override_embargo: Option<bool>,
    /// Set or clear on the last publication that began, once it ended.
    #[serde(default)]
    #[schema(value_type = Option<Withdrawal>)]
    pub withdrawn: Patch<Withdrawal>,
}

impl PublicationPatch {
    /// Whether it asks for more than setting or clearing `withdrawn`.
    pub fn changes_dates(&self) -> bool {
        let times = [&self.publish_at, &self.unpublish_at, &self.published_at];
        let has_others = !self.revision.is_absent() || self.minor.is_some() || !self.time_zone.is_absent();
        let has_others = has_others || self.base_revision.is_some() || self.override_embargo.is_some();
        has_others || times.iter().any(|time| !time.is_absent())
    }
}

/// That an article was taken back, and why.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// What readers are told.
    #[schema(min_length = 1, max_length = 500, example = "The report could not be confirmed.")]
    pub reason: String,
}

/// How an article is taken down.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Unpublish {
    /// When; missing = now. RFC 3339 with an offset, or local together with `time_zone`.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub at: Option<String>,
    /// The IANA zone of a local time; kept with the publication that ends, unless that has one. Beside an `at` that has an offset it says nothing.
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

/// A publication as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorPublication {
    /// Its id.
    pub id: PublicationId,
    /// The article.
    pub article_id: ArticleId,
    /// The revision that it shows.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// Whether later saves by those who may publish the article move it: each approves all that it holds, also what others saved before it. Amendments and operations of
    /// `bulk`, which are made without the newest text before one's eyes, move it only if it showed that already.
    pub follows_newest: bool,
    /// The revision that readers will get at its start if nothing is changed: of one that follows, the newest save that it took. Null once it has begun.
    #[schema(minimum = 1, required)]
    pub would_show: Option<i64>,
    /// Newer saves that it did not take while it was to follow: by those who may not publish, or within its last second. The newest 100; empty
    /// once it has begun.
    #[schema(max_items = 100)]
    pub not_followed: Vec<i64>,
    /// The revision that it was planned to take the place of, by whoever decided last on its text or its start; null if there was none.
    #[schema(minimum = 1, required)]
    pub base_revision: Option<i64>,
    /// Whether somebody published another text meanwhile, so that it would undo what changed. `base_revision` in a PATCH says that this was seen.
    pub base_changed: bool,
    /// The fields that it would undo.
    #[schema(max_items = 20)]
    pub base_changed_fields: Vec<String>,
    /// Its start, inclusive.
    #[schema(value_type = String, format = DateTime)]
    pub publish_at: Instant,
    /// Its end, exclusive.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub unpublish_at: Option<Instant>,
    /// When it ends in fact, as far as it is known: by its own end, the start of the next one or trashing.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub ends_at: Option<Instant>,
    /// The date for readers.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Instant,
    /// Whether it leaves `updated_at` as it was.
    pub minor: bool,
    /// Whether it may start within the article's embargo.
    pub overrides_embargo: bool,
    /// The release that it moves with.
    #[schema(required)]
    pub release_id: Option<ReleaseId>,
    /// Why the article was taken back.
    #[schema(required)]
    pub withdrawn: Option<Withdrawal>,
    /// The zone of the local times as it was given; the parameter `time_zone` does not change it.
    #[schema(required)]
    pub time_zone: Option<String>,
    /// The start as it was given in that zone. Where no zone was given, in that of the parameter `time_zone`, if there is one.
    #[schema(required)]
    pub publish_at_local: Option<String>,
    /// The end, likewise.
    #[schema(required)]
    pub unpublish_at_local: Option<String>,
    /// The local times in the zone of the parameter `time_zone`; only there if it is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub local: Option<LocalForms>,
    /// Where it stands now.
    pub state: State,
    /// Counts changes of this publication; its `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// Who planned it.
    pub created_by: UserId,
    /// When it was planned.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// Local times of a publication in a zone that was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LocalForms {
    /// The zone.
    pub time_zone: String,
    /// The start.
    pub publish_at_local: String,
    /// The end; `null` if it has none.
    #[schema(required)]
    pub unpublish_at_local: Option<String>,
}

/// The publication that ended, and when the article returns.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Unpublished {
    /// The publication.
    #[serde(flatten)]
    pub publication: EditorPublication,
    /// When the next scheduled one starts.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub returns_at: Option<Instant>,
    /// What was scheduled to start then or later and is called off, the next start first.
    pub cancelled: Vec<Cancelled>,
}

/// A publication that is called off: it is gone.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Cancelled {
    /// Its id.
    pub id: PublicationId,
    /// When it would have started.
    #[schema(value_type = String, format = DateTime)]
    pub publish_at: Instant,
    /// The revision that it would have shown.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// The release that it was a part of.
    #[schema(required)]
    pub release_id: Option<ReleaseId>,
}

impl From<&Publication> for Cancelled {
    fn from(p: &Publication) -> Self {
        Self { id: p.id, publish_at: p.publish_at, revision: p.revision, release_id: p.release_id }
    }
}

impl EditorPublication {
    /// As it stands at `now`; `newest` is the number of its article's newest save.
    pub fn new(publication: &Publication, newest: i64, now: Instant) -> Self {
        let (p, state) = (publication.clone(), rules::state(publication, now));
        let is_scheduled = state == State::Scheduled;
        let undoes = Some(p.undoes).filter(|undoes| is_scheduled && !undoes.is_empty());
        let base_changed_fields = undoes.iter().flat_map(|fields| fields.split(',')).map(str::to_owned).collect();
        Self {
            id: p.id,
            article_id: p.article_id,
            revision: p.revision,
            follows_newest: p.follows_newest,
            publish_at: p.publish_at,
            unpublish_at: p.unpublish_at.bounded(),
            ends_at: p.ends_at.bounded(),
            would_show: is_scheduled.then_some(p.revision),
            base_revision: p.base_revision,
            base_changed: undoes.is_some(),
            base_changed_fields,
            not_followed: if is_scheduled && p.follows_newest { not_followed(p.revision, newest) } else { Vec::new() },
            published_at: p.published_at,
            minor: p.minor,
            overrides_embargo: p.overrides_embargo,
            release_id: p.release_id,
            withdrawn: p.withdrawn_reason.map(|reason| Withdrawal { reason }),
            time_zone: p.time_zone,
            publish_at_local: p.publish_at_local,
            unpublish_at_local: p.unpublish_at_local,
            local: None,
            state,
            version: p.version,
            created_by: p.created_by,
            created_at: p.created_at,
        }
    }

    /// The same with local times in a zone besides, if one is asked for. What is kept stays, so that it may be sent back as it was read.
    #[must_use]
    pub fn in_zone(mut self, zone: Option<&Zone>) -> Self {
        let Some(zone) = zone else { return self };
        let local = LocalForms {
            time_zone: zone.name().to_owned(),
            publish_at_local: zone.local(self.publish_at).to_string(),
            unpublish_at_local: self.unpublish_at.map(|end| zone.local(end).to_string()),
        };
        if self.time_zone.is_none() {
            self.publish_at_local = Some(local.publish_at_local.clone());
            self.unpublish_at_local.clone_from(&local.unpublish_at_local);
        }
        self.local = Some(local);
        self
    }
}

/// The saves after the one that was taken last by what follows the newest save: the newest 100.
pub fn not_followed(taken: i64, newest: i64) -> Vec<i64> {
    let first = newest.saturating_sub(MOST_NOT_FOLLOWED).max(taken) + 1;
    (first..=newest).collect()
}

/// The times of a body, read in its zone.
pub struct Times {
    zone: Option<Zone>,
    is_zone_wrong: bool,
}

impl Times {
    /// In the zone of this name, given at `/time_zone`.
    pub fn of(mistakes: &mut Mistakes, name: Option<&str>) -> Self {
        let zone = name.and_then(|name| match name.parse::<Zone>() {
            Ok(zone) => Some(zone),
            Err(unknown) => {
                mistakes.note("/time_zone", "unknown_time_zone", unknown.to_string());
                None
            }
        });
        Self { zone, is_zone_wrong: mistakes.has("/time_zone") }
    }

    /// The zone, if there is one.
    pub fn zone(&self) -> Option<&Zone> {
        self.zone.as_ref()
    }

    /// A time as it is given; `None` if it cannot be told: it is wrong, or local in a zone that is.
    pub fn read(&self, mistakes: &mut Mistakes, pointer: &str, given: &Patch<String>) -> Option<Patch<Given>> {
        if mistakes.has(pointer) {
            return None;
        }
        let text = match given {
            Patch::Absent => return Some(Patch::Absent),
            Patch::Null => return Some(Patch::Null),
            Patch::Value(text) => text,
        };
        if self.is_zone_wrong && text.parse::<LocalTime>().is_ok() {
            return None;
        }
        match time(pointer, text, self.zone.as_ref()) {
            Ok(given) => Some(Patch::Value(given)),
            Err(mistake) => {
                mistakes.add(mistake);
                None
            }
        }
    }
}
