//! The rules of publication dates (contract 2.1 to 2.10) as decisions over the history of one article: all of its publications, in order of their
//! starts. Pure: what is given comes back changed, or the reason why not.

pub mod standing;

use crate::kernel::id::{ArticleId, PublicationId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem};

/// How old a "now" may be when it arrives (rule 4).
const LATE_MS: i64 = 1000;
/// How long before its start a publication no longer changes (rules 4 and 7).
const FREEZE_MS: i64 = 1000;

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
    /// 422: the end is not after the start.
    EndBeforeStart,
    /// 422: the date for readers lies after the start.
    PublishedAfterStart,
    /// 404: the article has no such publication.
    Unknown,
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::InstantTaken(id, at) => Self::new(
                Code::PublicationInstantTaken,
                format!("Publication {id} of this article starts at {at} already. Choose another instant, or change that one."),
            ),
            Refused::PastIsHistory => Self::new(
                Code::PastIsHistory,
                "That lies in the past and would change what readers saw. A start in the past must be later than every start of the article that has passed; an end may be now or later.",
            ),
            Refused::AlreadyLive => Self::new(
                Code::AlreadyLive,
                "The publication has begun: only its `unpublish_at` can change. Use `unpublish` to take the article down.",
            ),
            Refused::Starting => Self::new(Code::Starting, "The publication starts within a second and is no longer changed."),
            Refused::NotLive => Self::new(Code::NotLive, "No publication of the article is in force then."),
            Refused::NotEnded => Self::new(Code::NotEnded, "`withdrawn` can be set on the last publication that began, once it has ended."),
            Refused::EndBeforeStart => Self::invalid_field("/unpublish_at", "end_before_start", "the end must be later than the start"),
            Refused::PublishedAfterStart => {
                Self::invalid_field("/published_at", "after_start", "the date for readers must not be later than `publish_at`")
            }
            Refused::Unknown => Self::not_found(),
        }
    }
}

/// What a new publication shall be.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The article.
    pub article_id: ArticleId,
    /// Missing means now.
    pub publish_at: Option<Instant>,
    /// Absent: the end of the one that it replaces.
    pub unpublish_at: Patch<Instant>,
    /// `None` takes the newest save and follows it.
    pub revision: Option<i64>,
    /// The date for readers.
    pub published_at: Option<Instant>,
    /// A comma.
    pub minor: bool,
    /// The zone of local times.
    pub time_zone: Option<String>,
    /// The start as given.
    pub publish_at_local: Option<String>,
    /// The end as given.
    pub unpublish_at_local: Option<String>,
    /// Who asks.
    pub created_by: UserId,
}

/// What shall change in a publication.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// `null` = now.
    pub publish_at: Patch<Instant>,
    /// `null` = no end.
    pub unpublish_at: Patch<Instant>,
    /// `null` = the newest save, followed from now on.
    pub revision: Patch<i64>,
    /// `null` = rule 6's default.
    pub published_at: Patch<Instant>,
    /// A comma.
    pub minor: Option<bool>,
    /// The zone of local times.
    pub time_zone: Option<String>,
    /// The start as given.
    pub publish_at_local: Option<String>,
    /// The end as given.
    pub unpublish_at_local: Option<String>,
}

/// Rule 1: the publication with the greatest start that has passed, unless it has ended.
pub fn in_force(history: &[Publication], at: Instant) -> Option<&Publication> {
    history.iter().rfind(|p| p.publish_at <= at).filter(|p| p.ends_at > at)
}

/// Whether it began: one whose start passed in the trash never did.
pub fn has_begun(publication: &Publication, at: Instant) -> bool {
    publication.publish_at <= at && publication.cut_at > publication.publish_at
}

/// Rule 3. `history` must contain the publication.
pub fn state(history: &[Publication], publication: &Publication, at: Instant) -> State {
    if publication.publish_at > at {
        State::Scheduled
    } else if publication.ends_at > at {
        State::Live
    } else {
        let is_cut_by_next = history.iter().any(|next| next.publish_at > publication.publish_at && next.publish_at == publication.ends_at);
        let ended_itself = publication.unpublish_at.min(publication.cut_at) <= publication.ends_at;
        if is_cut_by_next && !ended_itself { State::Replaced } else { State::Ended }
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

/// Adds a publication (rules 2, 5, 6 and 7) and names it; or names the one in force that shows this revision already.
///
/// # Errors
/// The reason why not.
pub fn schedule(history: &mut Vec<Publication>, wanted: Wanted, newest: i64, now: Instant) -> Result<Scheduled, Refused> {
    let revision = wanted.revision.unwrap_or(newest);
    let is_plain_now = wanted.publish_at.is_none() && wanted.unpublish_at.is_absent() && wanted.published_at.is_none();
    if let Some(live) = in_force(history, now).filter(|live| is_plain_now && live.revision == revision) {
        return Ok(Scheduled::InForceAlready(live.id));
    }
    let start = match wanted.publish_at {
        None => free_now(history, now),
        Some(start) => {
            refuse_start(history, None, start, now)?;
            start
        }
    };
    let inherited = || {
        let before = history.iter().rfind(|p| p.publish_at < start && p.cut_at > p.publish_at);
        before.map_or(Instant::NEVER, |p| p.unpublish_at.min(p.cut_at))
    };
    let end = match wanted.unpublish_at {
        Patch::Absent => Some(inherited()).filter(|end| *end > start).unwrap_or(Instant::NEVER),
        Patch::Null => Instant::NEVER,
        Patch::Value(end) => end,
    };
    refuse_dates(start, end, wanted.published_at)?;
    let id = PublicationId::new();
    history.push(Publication {
        id,
        article_id: wanted.article_id,
        revision,
        follows_newest: wanted.revision.is_none(),
        publish_at: start,
        unpublish_at: end,
        cut_at: Instant::NEVER,
        ends_at: end,
        published_at_given: wanted.published_at,
        published_at: start,
        updated_at: start,
        minor: wanted.minor,
        withdrawn_reason: None,
        time_zone: wanted.time_zone,
        publish_at_local: wanted.publish_at_local,
        unpublish_at_local: wanted.unpublish_at_local,
        version: 1,
        created_by: wanted.created_by,
        created_at: now,
    });
    derive(history);
    Ok(Scheduled::Added(id))
}

/// What [`schedule`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// Nothing: this one shows the same already.
    InForceAlready(PublicationId),
    /// A new one.
    Added(PublicationId),
}

/// Changes a publication (rule 4).
///
/// # Errors
/// The reason why not.
pub fn change(history: &mut [Publication], id: PublicationId, change: Change, newest: i64, now: Instant) -> Result<(), Refused> {
    let at = position(history, id)?;
    let mut changed = history[at].clone();
    if now < changed.publish_at && changed.publish_at <= now.plus_millis(FREEZE_MS) {
        return Err(Refused::Starting);
    }
    if changed.publish_at <= now {
        change_end(history, &mut changed, change, now)?;
    } else {
        change_scheduled(history, &mut changed, change, newest, now)?;
    }
    if changed != history[at] {
        changed.version += 1;
        history[at] = changed;
        derive(history);
    }
    Ok(())
}

fn change_end(history: &[Publication], changed: &mut Publication, change: Change, now: Instant) -> Result<(), Refused> {
    let differs = match &change.publish_at {
        Patch::Absent => false,
        Patch::Null => true,
        Patch::Value(start) => *start != changed.publish_at,
    } || match change.revision {
        Patch::Absent => false,
        Patch::Null => !changed.follows_newest,
        Patch::Value(revision) => revision != changed.revision,
    } || match change.published_at {
        Patch::Absent => false,
        Patch::Null => changed.published_at_given.is_some(),
        Patch::Value(published_at) => published_at != changed.published_at,
    } || change.minor.is_some_and(|minor| minor != changed.minor);
    if differs {
        return Err(Refused::AlreadyLive);
    }
    let end = match change.unpublish_at {
        Patch::Absent => return Ok(()),
        Patch::Null => Instant::NEVER,
        Patch::Value(end) => end,
    };
    if end <= changed.publish_at {
        return Err(Refused::EndBeforeStart);
    }
    if in_force(history, now).is_none_or(|live| live.id != changed.id) || end < now.plus_millis(-LATE_MS) {
        return Err(Refused::PastIsHistory);
    }
    changed.unpublish_at = end.max(now);
    changed.unpublish_at_local = change.unpublish_at_local;
    if change.time_zone.is_some() {
        changed.time_zone = change.time_zone;
    }
    Ok(())
}

fn change_scheduled(history: &[Publication], changed: &mut Publication, change: Change, newest: i64, now: Instant) -> Result<(), Refused> {
    match change.publish_at {
        Patch::Absent => {}
        Patch::Null => {
            changed.publish_at = free_now(history, now);
            changed.publish_at_local = None;
        }
        Patch::Value(start) => {
            if start != changed.publish_at {
                refuse_start(history, Some(changed.id), start, now)?;
            }
            changed.publish_at = start;
            changed.publish_at_local = change.publish_at_local;
        }
    }
    match change.unpublish_at {
        Patch::Absent => {}
        Patch::Null => (changed.unpublish_at, changed.unpublish_at_local) = (Instant::NEVER, None),
        Patch::Value(end) => (changed.unpublish_at, changed.unpublish_at_local) = (end, change.unpublish_at_local),
    }
    match change.revision {
        Patch::Absent => {}
        Patch::Null => (changed.revision, changed.follows_newest) = (newest, true),
        Patch::Value(revision) => (changed.revision, changed.follows_newest) = (revision, false),
    }
    changed.published_at_given = change.published_at.or(changed.published_at_given);
    changed.minor = change.minor.unwrap_or(changed.minor);
    if change.time_zone.is_some() {
        changed.time_zone = change.time_zone;
    }
    refuse_dates(changed.publish_at, changed.unpublish_at, changed.published_at_given)
}

/// Removes a scheduled publication (rule 4).
///
/// # Errors
/// The reason why not.
pub fn cancel(history: &mut Vec<Publication>, id: PublicationId, now: Instant) -> Result<(), Refused> {
    let at = position(history, id)?;
    let start = history[at].publish_at;
    if start <= now {
        return Err(Refused::AlreadyLive);
    }
    if start <= now.plus_millis(FREEZE_MS) {
        return Err(Refused::Starting);
    }
    history.remove(at);
    derive(history);
    Ok(())
}

/// How an article is taken down.
#[derive(Clone, Debug)]
pub struct TakeDown {
    /// Missing means now.
    pub at: Option<Instant>,
    /// Readers are told that it was withdrawn, and why.
    pub withdrawn_reason: Option<String>,
    /// What lies ahead stays.
    pub keep_scheduled: bool,
}

/// Ends what is in force at an instant and cancels what starts then or later (rule 9); names the one that ended.
///
/// # Errors
/// The reason why not.
pub fn unpublish(history: &mut Vec<Publication>, take_down: TakeDown, now: Instant) -> Result<PublicationId, Refused> {
    let at = take_down.at.unwrap_or(now);
    if at < now.plus_millis(-LATE_MS) {
        return Err(Refused::PastIsHistory);
    }
    let at = at.max(now);
    let id = in_force(history, at).ok_or(Refused::NotLive)?.id;
    let index = position(history, id)?;
    let ended = &mut history[index];
    ended.unpublish_at = at.max(ended.publish_at);
    ended.unpublish_at_local = None;
    ended.withdrawn_reason = take_down.withdrawn_reason;
    ended.version += 1;
    if !take_down.keep_scheduled {
        history.retain(|p| p.id == id || p.publish_at < at || p.publish_at <= now);
    }
    derive(history);
    Ok(id)
}

/// Sets or clears the reason on the last publication that began, once it ended (rule 9).
///
/// # Errors
/// [`Refused::NotEnded`] on any other.
pub fn set_withdrawn(history: &mut [Publication], id: PublicationId, reason: Option<String>, now: Instant) -> Result<(), Refused> {
    let at = position(history, id)?;
    let last = history.iter().rfind(|p| has_begun(p, now)).map(|p| p.id);
    if last != Some(id) || history[at].ends_at > now {
        return Err(Refused::NotEnded);
    }
    if history[at].withdrawn_reason != reason {
        history[at].withdrawn_reason = reason;
        history[at].version += 1;
    }
    Ok(())
}

/// Trashing ends what is in force and keeps what lies ahead from beginning (rule 10).
pub fn trash(history: &mut [Publication], now: Instant) {
    let live = in_force(history, now).map(|p| p.id);
    for publication in history.iter_mut() {
        if Some(publication.id) == live {
            publication.cut_at = now;
        } else if publication.publish_at > now {
            publication.cut_at = publication.publish_at;
        }
    }
    derive(history);
}

/// Restoring schedules again what still lies ahead (rule 10).
pub fn restore(history: &mut [Publication], now: Instant) {
    for publication in history.iter_mut().filter(|p| p.publish_at > now) {
        publication.cut_at = Instant::NEVER;
    }
    derive(history);
}

/// A save by someone who may publish: followers move to it, unless they start within a second (rule 7).
pub fn follow(history: &mut [Publication], revision: i64, now: Instant) {
    for publication in history.iter_mut().filter(|p| p.follows_newest && p.publish_at > now.plus_millis(FREEZE_MS)) {
        publication.revision = revision;
    }
}

/// The revisions whose slugs the article holds besides that of its newest save (rule 11).
pub fn holding(history: &[Publication], now: Instant) -> impl Iterator<Item = i64> {
    history.iter().filter(move |p| p.publish_at > now || has_begun(p, now)).map(|p| p.revision)
}

fn position(history: &[Publication], id: PublicationId) -> Result<usize, Refused> {
    history.iter().position(|p| p.id == id).ok_or(Refused::Unknown)
}

/// A "now" on a taken millisecond takes the next (rule 2).
fn free_now(history: &[Publication], now: Instant) -> Instant {
    let mut start = now;
    while history.iter().any(|p| p.publish_at == start) {
        start = start.plus_millis(1);
    }
    start
}

fn refuse_start(history: &[Publication], moved: Option<PublicationId>, start: Instant, now: Instant) -> Result<(), Refused> {
    if let Some(other) = history.iter().find(|p| p.publish_at == start && Some(p.id) != moved) {
        return Err(Refused::InstantTaken(other.id, start));
    }
    if start < now && history.iter().any(|p| start <= p.publish_at && p.publish_at <= now) {
        return Err(Refused::PastIsHistory);
    }
    Ok(())
}

fn refuse_dates(start: Instant, end: Instant, published_at: Option<Instant>) -> Result<(), Refused> {
    if end <= start {
        return Err(Refused::EndBeforeStart);
    }
    if published_at.is_some_and(|published_at| published_at > start) {
        return Err(Refused::PublishedAfterStart);
    }
    Ok(())
}
