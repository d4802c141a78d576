//! What releases hear of the articles that they publish: saves that what they hold follows, and what goes without being taken out.

use serde_json::{Value, json};

use super::Edited;
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::{Result, Tx};
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId};
use crate::publications::rules::{self, Publication};
use crate::publications::store;

/// A save by somebody who may publish: what follows the newest save takes it (contract 2.7), also what releases without a date hold.
///
/// # Errors
/// If the database fails.
pub fn follow(tx: &mut Tx<'_>, edited: &mut Edited) -> Result<()> {
    rules::follow(&mut edited.history, edited.subject.newest_revision, edited.now);
    store::follow(tx.conn(), edited.subject.id, None, edited.subject.newest_revision)
}

/// The same by a save that somebody made without the newest one, `former`, before their eyes, such as an amendment of what is live: what waits for an editor still does.
///
/// # Errors
/// If the database fails.
pub fn follow_unseen(tx: &mut Tx<'_>, edited: &mut Edited, former: i64) -> Result<()> {
    rules::follow_unseen(&mut edited.history, former, edited.subject.newest_revision, edited.now);
    store::follow(tx.conn(), edited.subject.id, Some(former), edited.subject.newest_revision)
}

/// Locks the releases that have these articles, in order of their ids, before the articles, as whoever moves a release does: for writes that take articles out of
/// them. Of one that gets an article between the two locks, and is moved at the same time, the database lets one write begin again.
///
/// # Errors
/// If the database fails.
pub fn hold_releases(tx: &mut Tx<'_>, articles: &[ArticleId]) -> Result<()> {
    if articles.is_empty() { Ok(()) } else { store::lock_releases_of(tx.conn(), articles) }
}

/// What the audit log tells of what belongs to a release.
pub fn belonging(id: PublicationId, article_id: ArticleId) -> Value {
    json!({ "publication_id": id, "article_id": article_id })
}

/// Publications of an article go out of their releases: each of these counts that as a change.
pub(super) fn leave(tx: &mut Tx<'_>, actor: &Actor, article_id: ArticleId, gone: &[Publication]) -> Result<()> {
    let gone = gone.iter().filter_map(|p| Some((p.release_id?, p.id)));
    gone.collect::<Vec<_>>().into_iter().try_for_each(|one| leave_one(tx, actor, article_id, one))
}

/// So does what releases without a date hold of it.
pub(super) fn leave_undated(tx: &mut Tx<'_>, actor: &Actor, article_id: ArticleId) -> Result<()> {
    let held = store::held_by_releases(tx.conn(), article_id)?;
    held.into_iter().try_for_each(|one| leave_one(tx, actor, article_id, one))
}

fn leave_one(tx: &mut Tx<'_>, actor: &Actor, article_id: ArticleId, (release_id, id): (ReleaseId, PublicationId)) -> Result<()> {
    store::count_change_of_release(tx.conn(), release_id)?;
    let release = Target { kind: "release", id: release_id.uuid() };
    record(tx, actor, "release.publication_removed", release, Change::removed(belonging(id, article_id)))
}
