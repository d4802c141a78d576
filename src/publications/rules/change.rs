//! What changes of a publication that is planned or live (contract 2.4 and 2.7).

use super::schedule::{free_now, refuse_base, refuse_dates, refuse_embargoed, refuse_start};
use super::{FREEZE_MS, LATE_MS, Publication, Refused, WrongDate, before, derive, in_force, position};
use crate::kernel::id::PublicationId;
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;

/// How a publication is moved or called off: one that belongs to a release moves with all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// By itself.
    #[default]
    Alone,
    /// With its release.
    Release,
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
    /// The zone of local times; without one there are none.
    pub time_zone: Patch<String>,
    /// The start as given.
    pub publish_at_local: Option<String>,
    /// The end as given.
    pub unpublish_at_local: Option<String>,
    /// The revision that it must take the place of.
    pub base_revision: Option<i64>,
    /// Until when the article may not be published.
    pub embargo_until: Option<Instant>,
    /// Whether it may be all the same.
    pub override_embargo: Option<bool>,
    /// Who changes it.
    pub way: Way,
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
        return Err(Refused::Dates(vec![WrongDate::EndBeforeStart]));
    }
    if in_force(history, now).is_none_or(|live| live.id != changed.id) || end < now.plus_millis(-LATE_MS) {
        return Err(Refused::PastIsHistory);
    }
    changed.unpublish_at = end.max(now);
    changed.unpublish_at_local = change.unpublish_at_local;
    set_zone(changed, change.time_zone);
    Ok(())
}

fn set_zone(changed: &mut Publication, zone: Patch<String>) {
    changed.time_zone = zone.or(changed.time_zone.take());
    if changed.time_zone.is_none() {
        (changed.publish_at_local, changed.unpublish_at_local) = (None, None);
    }
}

fn change_scheduled(history: &[Publication], changed: &mut Publication, change: Change, newest: i64, now: Instant) -> Result<(), Refused> {
    let (start, revision) = (changed.publish_at, changed.revision);
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
    if let Some(release_id) = changed.release_id.filter(|_| changed.publish_at != start && change.way == Way::Alone) {
        return Err(Refused::InRelease(release_id));
    }
    changed.overrides_embargo = change.override_embargo.unwrap_or(changed.overrides_embargo);
    if changed.publish_at != start {
        changed.decided_at = now;
        // In the trash it does not begin, wherever its release is moved.
        if changed.cut_at <= start {
            changed.cut_at = changed.publish_at;
        }
    }
    if changed.publish_at != start || change.override_embargo.is_some() {
        refuse_embargoed(changed.publish_at, change.embargo_until, changed.overrides_embargo)?;
    }
    if change.base_revision.is_some() || (changed.publish_at, changed.revision) != (start, revision) {
        let replaced = before(history, changed.publish_at, Some(changed.id)).map(|p| p.revision);
        refuse_base(change.base_revision, replaced)?;
        changed.base_revision = replaced;
    }
    changed.published_at_given = change.published_at.or(changed.published_at_given);
    changed.minor = change.minor.unwrap_or(changed.minor);
    set_zone(changed, change.time_zone);
    refuse_dates(changed.publish_at, changed.unpublish_at, changed.published_at_given)
}

/// Removes a scheduled publication (rule 4).
///
/// # Errors
/// The reason why not.
pub fn cancel(history: &mut Vec<Publication>, id: PublicationId, way: Way, now: Instant) -> Result<(), Refused> {
    let at = position(history, id)?;
    let start = history[at].publish_at;
    if start <= now {
        return Err(Refused::AlreadyLive);
    }
    if start <= now.plus_millis(FREEZE_MS) {
        return Err(Refused::Starting);
    }
    if let Some(release_id) = history[at].release_id.filter(|_| way == Way::Alone) {
        return Err(Refused::InRelease(release_id));
    }
    history.remove(at);
    derive(history);
    Ok(())
}

/// Whether another publication follows one that starts now within a second, so that it takes nothing more of what is saved now.
pub fn is_followed_at_once(history: &[Publication], id: PublicationId, now: Instant) -> bool {
    let start = history.iter().find(|p| p.id == id).map_or(now, |p| p.publish_at);
    history.iter().any(|p| p.publish_at > start && p.publish_at <= now.plus_millis(FREEZE_MS))
}

/// A save by someone who may publish: followers move to it, unless they start within a second (rule 7). It was made in sight of what they take the
/// place of.
pub fn follow(history: &mut [Publication], revision: i64, now: Instant) {
    for at in moved(history, revision, now, |_| true) {
        history[at].base_revision = before(history, history[at].publish_at, Some(history[at].id)).map(|p| p.revision);
    }
}

/// The same by a save that somebody made without the newest one before their eyes: only those that have it approved already move on.
pub fn follow_unseen(history: &mut [Publication], former: i64, revision: i64, now: Instant) {
    moved(history, revision, now, |p| p.revision == former);
}

/// Moves followers that do not start within a second, and names them.
fn moved(history: &mut [Publication], revision: i64, now: Instant, moves: impl Fn(&Publication) -> bool) -> Vec<usize> {
    let followers = |p: &Publication| p.follows_newest && p.publish_at > now.plus_millis(FREEZE_MS) && moves(p);
    let moved: Vec<usize> = (0..history.len()).filter(|at| followers(&history[*at])).collect();
    moved.iter().for_each(|at| history[*at].revision = revision);
    moved
}
