//! Preview links that are revoked: one by one, and all of an article that is purged or of a release that is called off, since they show nothing any more.

use serde_json::{Value, json};

use super::store::{self, StoredLink};
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::{Result, Tx};
use crate::kernel::id::{ArticleId, PreviewLinkId, ReleaseId};

/// What entries of the audit log are about.
pub(super) fn target(id: PreviewLinkId) -> Target {
    Target { kind: "preview_link", id: id.uuid() }
}

/// What the audit log tells of a link: nothing of its token.
pub(super) fn told(link: &StoredLink) -> Value {
    json!({ "article_id": link.article_id, "release_id": link.release_id, "at": link.at, "drafts": link.drafts, "expires_at": link.expires_at })
}

/// Revokes a link within a write.
///
/// # Errors
/// If the database fails.
pub(super) fn revoke(tx: &mut Tx<'_>, actor: &Actor, link: &StoredLink) -> Result<()> {
    store::delete(tx.conn(), link.id)?;
    record(tx, actor, "preview_link.revoked", target(link.id), Change::removed(told(link)))
}

/// Revokes the links to an article that are still good, within the write that purges it.
///
/// # Errors
/// If the database fails.
pub fn revoke_of_article(tx: &mut Tx<'_>, actor: &Actor, id: ArticleId) -> Result<()> {
    let now = tx.now()?;
    let links = store::of_article(tx.conn(), id, now)?;
    links.iter().try_for_each(|link| revoke(tx, actor, link))
}

/// Revokes the links to a release that are still good, within the write that calls it off.
///
/// # Errors
/// If the database fails.
pub fn revoke_of_release(tx: &mut Tx<'_>, actor: &Actor, id: ReleaseId) -> Result<()> {
    let now = tx.now()?;
    let links = store::of_release(tx.conn(), id, now)?;
    links.iter().try_for_each(|link| revoke(tx, actor, link))
}
