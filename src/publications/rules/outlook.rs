//! Why an article is or is not before the public at an instant, what changes next, and what readers really saw. Pure.

use super::{Publication, derive, has_begun, in_force};
use crate::kernel::instant::Instant;

/// Why an article is or is not live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// A publication is in force.
    Live,
    /// None has begun, and none lies ahead.
    NoPublication,
    /// None has begun; one lies ahead.
    NotYet,
    /// The last one that began has ended.
    Ended,
    /// The last one that began has ended, and was withdrawn.
    Withdrawn,
    /// It is in the trash.
    Trashed,
}

/// What readers get of an article at an instant, and what of it changes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outlook<'a> {
    /// Why.
    pub why: Why,
    /// The publication in force, else the last one that began, else the next one.
    pub publication: Option<&'a Publication>,
    /// When readers next get something else of it, and whether it is live then.
    pub next: Option<(Instant, bool)>,
}

/// A stretch of time in the trash, until [`Instant::NEVER`] if it is not over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Trashing {
    /// Its first instant.
    pub from_at: Instant,
    /// The first instant after it.
    pub until_at: Instant,
}

/// The stretch in the trash in which an instant lies.
pub fn trashing(trashings: &[Trashing], at: Instant) -> Option<&Trashing> {
    trashings.iter().find(|one| one.from_at <= at && at < one.until_at)
}

/// Looks at the whole history of an article, and at when it lay in the trash.
pub fn outlook<'a>(history: &'a [Publication], trashings: &[Trashing], at: Instant) -> Outlook<'a> {
    // None of what lies ahead begins while it is in the trash, nor did what came meanwhile.
    let trashed_at = trashings.last().filter(|last| last.until_at == Instant::NEVER).map(|last| last.from_at);
    let begins = |p: &&Publication| p.ends_at > p.publish_at && trashed_at.is_none_or(|trashed| p.publish_at < trashed);
    let live = in_force(history, at);
    // What was backdated into such a stretch is live there, as things stand.
    let is_trashed = live.is_none() && trashing(trashings, at).is_some();
    let last = history.iter().rfind(|p| has_begun(p, at));
    let coming = history.iter().filter(begins).find(|p| p.publish_at > at);
    // What was kept from beginning later lay ahead all the same.
    let ahead = coming.or_else(|| history.iter().find(|p| p.publish_at > at));
    let why = match (live, last, ahead) {
        _ if is_trashed => Why::Trashed,
        (Some(_), ..) => Why::Live,
        (None, Some(last), _) if last.withdrawn_reason.is_some() => Why::Withdrawn,
        (None, Some(_), _) => Why::Ended,
        (None, None, Some(_)) => Why::NotYet,
        (None, None, None) => Why::NoPublication,
    };
    let ends = live.map(|p| p.ends_at).filter(|end| *end != Instant::NEVER);
    let changes = [ends, coming.map(|p| p.publish_at)].into_iter().flatten().min();
    let next = changes.map(|change| (change, in_force(history, change).as_ref().is_some_and(begins)));
    Outlook { why, publication: live.or(last).or(ahead).filter(|_| !is_trashed), next }
}

/// Whether readers could see the article at an instant that has passed: what was backdated later they could not, and what it replaced they could.
pub fn was_seen(history: &[Publication], at: Instant) -> bool {
    let mut known: Vec<Publication> = history.iter().filter(|p| p.decided_at <= at).cloned().collect();
    derive(&mut known);
    in_force(&known, at).is_some()
}
