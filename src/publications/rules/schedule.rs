//! A new publication (contract 2.2, 2.5, 2.6 and 2.7), and the dates that any may have.

use super::{Publication, Refused, WrongDate, before, derive, in_force};
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;

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
    /// The revision that it must take the place of.
    pub base_revision: Option<i64>,
    /// Until when the article may not be published.
    pub embargo_until: Option<Instant>,
    /// It may be all the same.
    pub override_embargo: bool,
    /// The release that it moves with.
    pub release_id: Option<ReleaseId>,
}

/// What [`schedule`] did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// Nothing: this one shows the same already.
    InForceAlready(PublicationId),
    /// A new one.
    Added(PublicationId),
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
    refuse_embargoed(start, wanted.embargo_until, wanted.override_embargo)?;
    let replaced = before(history, start, None);
    let base_revision = replaced.map(|p| p.revision);
    refuse_base(wanted.base_revision, base_revision)?;
    let inherited = || replaced.map_or(Instant::NEVER, |p| p.unpublish_at.min(p.cut_at));
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
        decided_at: now,
        base_revision,
        undoes: String::new(),
        overrides_embargo: wanted.override_embargo,
        release_id: wanted.release_id,
    });
    derive(history);
    Ok(Scheduled::Added(id))
}

/// What would be in force if this were published at an instant, or right after what starts then; what is, if its own end does not come later. Neither an embargo nor a date for readers that lies
/// ahead stands against it: it is only looked at.
pub fn as_if(mut history: Vec<Publication>, wanted: Wanted, newest: i64, at: Instant) -> Option<Publication> {
    let start = free_now(&history, at);
    let published_at = wanted.published_at.filter(|published_at| *published_at <= start);
    let wanted = Wanted { publish_at: Some(start), published_at, override_embargo: true, ..wanted };
    let shown_at = if schedule(&mut history, wanted, newest, at).is_ok() { start } else { at };
    in_force(&history, shown_at).cloned()
}

/// A "now" on a taken millisecond takes the next (rule 2).
pub(super) fn free_now(history: &[Publication], now: Instant) -> Instant {
    let mut start = now;
    while history.iter().any(|p| p.publish_at == start) {
        start = start.plus_millis(1);
    }
    start
}

pub(super) fn refuse_start(history: &[Publication], moved: Option<PublicationId>, start: Instant, now: Instant) -> Result<(), Refused> {
    if let Some(other) = history.iter().find(|p| p.publish_at == start && Some(p.id) != moved) {
        return Err(Refused::InstantTaken(other.id, start));
    }
    if start < now && history.iter().any(|p| start <= p.publish_at && p.publish_at <= now) {
        return Err(Refused::PastIsHistory);
    }
    Ok(())
}

/// What is said not to go before the public yet does not, unless somebody says otherwise.
pub(super) fn refuse_embargoed(start: Instant, embargo_until: Option<Instant>, is_overridden: bool) -> Result<(), Refused> {
    match embargo_until {
        Some(until) if start < until && !is_overridden => Err(Refused::Embargoed(until)),
        _ => Ok(()),
    }
}

pub(super) fn refuse_base(expected: Option<i64>, present: Option<i64>) -> Result<(), Refused> {
    match expected {
        Some(expected) if present != Some(expected) => Err(Refused::BaseChanged { expected, present }),
        _ => Ok(()),
    }
}

pub(super) fn refuse_dates(start: Instant, end: Instant, published_at: Option<Instant>) -> Result<(), Refused> {
    let ends_early = (end <= start).then_some(WrongDate::EndBeforeStart);
    let is_dated_late = published_at.is_some_and(|published_at| published_at > start).then_some(WrongDate::PublishedAfterStart);
    let wrong: Vec<WrongDate> = ends_early.into_iter().chain(is_dated_late).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Refused::Dates(wrong)) }
}
