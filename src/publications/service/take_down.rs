//! Taking an article down, also out of the releases that would have brought it back.

use super::{Edited, close, released, seen, told};
use crate::db::Tx;
use crate::kernel::caller::Caller;
use crate::kernel::mistakes::Checked;
use crate::kernel::patch::Patch;
use crate::kernel::problem::Result;
use crate::kernel::zone::Zone;
use crate::publications::dto::{Cancelled, Times, Unpublish, Unpublished};
use crate::publications::rules::{self, Publication, TakeDown};

/// Takes an opened article down.
///
/// # Errors
/// What the rules refuse.
pub fn unpublish(tx: &mut Tx<'_>, caller: &Caller, mut edited: Edited, given: &Checked<Unpublish>) -> Result<Unpublished> {
    let Checked { value: given, mut mistakes } = given.clone();
    let times = Times::of(&mut mistakes, given.time_zone.as_deref());
    let at = times.read(&mut mistakes, "/at", &given.at.into()).and_then(Patch::value);
    mistakes.finish()?;
    let before = edited.history.clone();
    let take_down = TakeDown {
        at: at.as_ref().map(|given| given.0),
        at_local: at.and_then(|given| given.1),
        withdrawn_reason: given.withdrawn.map(|withdrawal| withdrawal.reason),
        keep_scheduled: given.keep_scheduled.unwrap_or(false),
    };
    let id = rules::unpublish(&mut edited.history, take_down, edited.now)?;
    if let (Some(ended), Some(zone)) = (edited.history.iter_mut().find(|p| p.id == id), times.zone()) {
        keep_zone(ended, zone);
    }
    told::record_unpublished(tx, &caller.into(), &seen(&edited, id)?)?;
    close(tx, &caller.into(), &mut edited, &before)?;
    let called_off: Vec<Publication> = before.into_iter().filter(|p| edited.history.iter().all(|other| other.id != p.id)).collect();
    released::leave(tx, &caller.into(), edited.subject.id, &called_off)?;
    let publication = seen(&edited, id)?;
    let end = publication.unpublish_at.unwrap_or(edited.now);
    let returns_at = edited.history.iter().find(|p| p.publish_at >= end && p.id != id).map(|p| p.publish_at);
    Ok(Unpublished { publication, returns_at, cancelled: called_off.iter().map(Cancelled::from).collect() })
}

/// A local end is one of the zone that the publication has; it gets the zone of the end where it has none.
fn keep_zone(ended: &mut Publication, given_in: &Zone) {
    match ended.time_zone.as_deref().map(str::parse::<Zone>) {
        _ if ended.unpublish_at_local.is_none() => {}
        Some(Ok(kept)) if kept.name() != given_in.name() => ended.unpublish_at_local = Some(kept.local(ended.unpublish_at).to_string()),
        Some(_) => {}
        None => ended.time_zone = Some(given_in.name().to_owned()),
    }
}
