//! How an article comes down (contract 2.9), by the trash too (contract 2.10).

use super::{LATE_MS, Publication, Refused, derive, has_begun, in_force, position};
use crate::kernel::id::PublicationId;
use crate::kernel::instant::Instant;

/// How an article is taken down.
#[derive(Clone, Debug)]
pub struct TakeDown {
    /// Missing means now.
    pub at: Option<Instant>,
    /// The same as given in local time.
    pub at_local: Option<String>,
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
    let begins_then = in_force(history, at).ok_or(Refused::NotLive)?.publish_at == at && at > now;
    // What would begin at that very instant is cancelled like what begins later: the one before it ends.
    let last = if begins_then { at.plus_millis(-1) } else { at };
    let id = in_force(history, last).ok_or(Refused::NotLive)?.id;
    let index = position(history, id)?;
    let ended = &mut history[index];
    ended.unpublish_at = at.max(ended.publish_at);
    ended.unpublish_at_local = take_down.at_local;
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
