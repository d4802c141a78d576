//! The rules of publication dates (contract 2.1 to 2.10) as decisions over the history of one article: all of its publications, in order of their
//! starts. Pure: what is given comes back changed, or the reason why not.

mod change;
#[cfg(test)]
mod change_tests;
pub mod dated;
pub mod outlook;
mod schedule;
pub mod standing;
mod take_down;
#[cfg(test)]
mod tests;

pub use self::change::{Change, Way, cancel, change, follow, follow_unseen, is_followed_at_once};
pub use self::schedule::{Scheduled, Wanted, as_if, schedule};
pub use self::take_down::{TakeDown, restore, set_withdrawn, trash, unpublish};
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, FieldError, Problem};
use crate::kernel::settled::{FREEZE_MS, LATE_MS};

/// A publication as it is stored. The three derived members are kept by [`derive`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publication {
    /// Its id.
    pub id: PublicationId,
    /// The article.
    pub article_id: ArticleId,
    /// Which revision it shows.
    pub revision: i64,
    /// Whether later saves move it to the newest revision.
    pub follows_newest: bool,
    /// Its start, inclusive.
    pub publish_at: Instant,
    /// Its own end, exclusive; [`Instant::NEVER`] for none.
    pub unpublish_at: Instant,
    /// Where trashing cut it; [`Instant::NEVER`] if it did not.
    pub cut_at: Instant,
    /// Derived: the effective end. The interval is empty where this is not after the start.
    pub ends_at: Instant,
    /// The date for readers as given; `None` means rule 6's default.
    pub published_at_given: Option<Instant>,
    /// Derived: the date for readers.
    pub published_at: Instant,
    /// Derived: the date of the last change that is worth telling readers.
    pub updated_at: Instant,
    /// Whether the change is not worth telling: a comma.
    pub minor: bool,
    /// Why the article was taken back, if it was.
    pub withdrawn_reason: Option<String>,
    /// The zone in which local times were given.
    pub time_zone: Option<String>,
    /// The start as given in local time.
    pub publish_at_local: Option<String>,
    /// The end as given in local time.
    pub unpublish_at_local: Option<String>,
    /// Counts changes of this publication.
    pub version: i64,
    /// Who planned it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// When its start was decided on last: before that readers cannot have seen it.
    pub decided_at: Instant,
    /// The revision that it was planned to take the place of, by the last one who decided on its text or its start.
    pub base_revision: Option<i64>,
    /// The fields, with commas between, in which what it will take the place of was changed since then, and which it does not have so.
    pub undoes: String,
    /// Whether it may start within the article's embargo.
    pub overrides_embargo: bool,
    /// The release that it moves with.
    pub release_id: Option<ReleaseId>,
}

/// Where a publication stands at an instant (rule 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Its start lies ahead.
    Scheduled,
    /// It is before the public.
    Live,
    /// The next one took its place.
    Replaced,
    /// It ended by itself or by trashing, or never began.
    Ended,
}

impl State {
    /// All, by their names.
    pub const ALL: [(&'static str, Self); 4] =
        [("scheduled", Self::Scheduled), ("live", Self::Live), ("replaced", Self::Replaced), ("ended", Self::Ended)];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, state)| *state == self).map_or("", |(name, _)| name)
    }
}

/// Why a request changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 409: another publication of the article starts then.
    InstantTaken(PublicationId, Instant),
    /// 409: it would change what readers saw.
    PastIsHistory,
    /// 409: it began.
    AlreadyLive,
    /// 409: it begins within a second.
    Starting,
    /// 409: nothing is in force.
    NotLive,
    /// 409: not the last one that began, or not ended.
    NotEnded,
    /// 409: it would not take the place of the revision that it is based on, but of this one.
    BaseChanged {
        /// What it is based on.
        expected: i64,
        /// What it would take the place of.
        present: Option<i64>,
    },
    /// 409: the article is under embargo until then.
    Embargoed(Instant),
    /// 409: it moves with this release only.
    InRelease(ReleaseId),
    /// 422: dates that do not go with the start.
    Dates(Vec<WrongDate>),
    /// 404: the article has no such publication.
    Unknown,
}

/// What is wrong with a date beside the start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongDate {
    /// The end is not after the start.
    EndBeforeStart,
    /// The date for readers lies after the start.
    PublishedAfterStart,
}

impl From<WrongDate> for FieldError {
    fn from(wrong: WrongDate) -> Self {
        match wrong {
            WrongDate::EndBeforeStart => Self::new("/unpublish_at", "end_before_start", "the end must be later than the start"),
            WrongDate::PublishedAfterStart => {
                Self::new("/published_at", "after_start", "the date for readers must not be later than `publish_at`")
            }
        }
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::InstantTaken(id, at) => Self::new(
                Code::PublicationInstantTaken,
                format!("Publication {id} of this article starts at {at} already. Choose another instant, or change that one."),
            )
            .with("publication_id", id.to_string()),
            Refused::PastIsHistory => Self::new(
                Code::PastIsHistory,
                "That lies in the past and would change what readers saw. A start in the past must be later than every start of the article that has passed; an end may be now or later.",
            ),
            Refused::AlreadyLive => Self::new(
                Code::AlreadyLive,
                "The publication has begun: only its `unpublish_at` can change. Use `unpublish` to take the article down.",
            ),
            Refused::Starting => Self::new(Code::Starting, "The publication starts within a second and is no longer changed."),
            Refused::NotLive => Self::new(
                Code::NotLive,
                "No publication of the article is in force then. One that has not begun is called off by `DELETE /v1/editor/publications/{id}`.",
            ),
            Refused::NotEnded => Self::new(Code::NotEnded, "`withdrawn` can be set on the last publication that began, once it has ended."),
            Refused::BaseChanged { expected, present } => {
                let present_is = present.map_or("nothing".to_owned(), |number| format!("revision {number}"));
                Self::new(
                    Code::BaseChanged,
                    format!("It would take the place of {present_is}, and not of revision {expected}, which `base_revision` says it is based on. Take over what changed, then say so."),
                )
                .with("current_base_revision", present)
            }
            Refused::Embargoed(until) => Self::new(
                Code::Embargoed,
                format!("The article is under embargo until {until}. Choose a start no earlier than that, or say `override_embargo`."),
            )
            .with("embargo_until", until.to_string()),
            Refused::InRelease(id) => Self::new(
                Code::InRelease,
                format!("The publication moves only with its release {id}: change that, or take the publication out of it."),
            )
            .with("release_id", id.to_string()),
            Refused::Dates(wrong) => Self::invalid(wrong.into_iter().map(FieldError::from).collect()),
            Refused::Unknown => Self::not_found(),
        }
    }
}

/// Rule 1: the publication with the greatest start that has passed, unless it has ended.
pub fn in_force(history: &[Publication], at: Instant) -> Option<&Publication> {
    history.iter().rfind(|p| p.publish_at <= at).filter(|p| p.ends_at > at)
}

/// What one that starts then takes the place of: the last before it that begins, other than itself.
pub fn before(history: &[Publication], start: Instant, itself: Option<PublicationId>) -> Option<&Publication> {
    history.iter().rfind(|p| p.publish_at < start && p.cut_at > p.publish_at && Some(p.id) != itself)
}

/// Whether it began: one whose start passed in the trash never did.
pub fn has_begun(publication: &Publication, at: Instant) -> bool {
    publication.publish_at <= at && publication.cut_at > publication.publish_at
}

/// Whether its effective end is the start of the next one: neither its own end nor a cut.
pub fn is_replaced(publication: &Publication) -> bool {
    publication.unpublish_at.min(publication.cut_at) > publication.ends_at
}

/// Rule 3, out of the effective end.
pub fn state(publication: &Publication, at: Instant) -> State {
    if publication.publish_at > at {
        State::Scheduled
    } else if publication.ends_at > at {
        State::Live
    } else if is_replaced(publication) {
        State::Replaced
    } else {
        State::Ended
    }
}

/// Works out effective ends and dates from what was given (rules 1 and 6), and puts the history in order.
pub fn derive(history: &mut [Publication]) {
    history.sort_by_key(|p| p.publish_at);
    let mut before: Option<(Instant, Instant)> = None;
    for at in 0..history.len() {
        let next_start = history.get(at + 1).map_or(Instant::NEVER, |next| next.publish_at);
        let publication = &mut history[at];
        let end = publication.unpublish_at.min(publication.cut_at).min(next_start);
        publication.ends_at = end.max(publication.publish_at);
        let default = before.map_or(publication.publish_at, |(published_at, _)| published_at);
        publication.published_at = publication.published_at_given.unwrap_or(default);
        publication.updated_at = match before {
            Some((_, updated_at)) if publication.minor => updated_at,
            _ => publication.publish_at,
        };
        if publication.cut_at > publication.publish_at {
            before = Some((publication.published_at, publication.updated_at));
        }
    }
}

/// The revisions whose slugs the article holds besides that of its newest save (rule 11).
pub fn holding(history: &[Publication], now: Instant) -> impl Iterator<Item = i64> {
    history.iter().filter(move |p| p.publish_at > now || has_begun(p, now)).map(|p| p.revision)
}

fn position(history: &[Publication], id: PublicationId) -> Result<usize, Refused> {
    history.iter().position(|p| p.id == id).ok_or(Refused::Unknown)
}
