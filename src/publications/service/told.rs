//! What the audit log tells of publications: all that was said of them, and nothing that follows from the others of their article.

use serde_json::{Value, json};

use crate::audit::store::{Actor, Change, Target, record};
use crate::db::{Result, Tx};
use crate::kernel::id::PublicationId;
use crate::publications::dto::EditorPublication;
use crate::publications::rules::Publication;

fn told(publication: &Publication) -> Value {
    let p = publication;
    json!({
        "article_id": p.article_id,
        "revision": p.revision,
        "follows_newest": p.follows_newest,
        "publish_at": p.publish_at,
        "unpublish_at": p.unpublish_at.bounded(),
        "published_at": p.published_at_given,
        "minor": p.minor,
        "withdrawn": p.withdrawn_reason.as_ref().map(|reason| json!({ "reason": reason })),
        "time_zone": p.time_zone,
        "publish_at_local": p.publish_at_local,
        "unpublish_at_local": p.unpublish_at_local,
        "overrides_embargo": p.overrides_embargo,
        "release_id": p.release_id,
    })
}

fn target(id: PublicationId) -> Target {
    Target { kind: "publication", id: id.uuid() }
}

/// Records each publication of an article that was made, changed or called off.
pub(super) fn record_changes(tx: &mut Tx<'_>, actor: &Actor, before: &[Publication], after: &[Publication]) -> Result<()> {
    for gone in before.iter().filter(|p| after.iter().all(|other| other.id != p.id)) {
        record(tx, actor, "publication.deleted", target(gone.id), Change::removed(told(gone)))?;
    }
    for publication in after {
        match before.iter().find(|other| other.id == publication.id) {
            None => record(tx, actor, "publication.created", target(publication.id), Change::made(told(publication)))?,
            Some(former) if former == publication => {}
            Some(former) => {
                let (former, present) = (told(former), told(publication));
                if former != present {
                    record(tx, actor, "publication.updated", target(publication.id), Change::between(former, present, &["article_id"]))?;
                }
            }
        }
    }
    Ok(())
}

/// Records that an article was taken down; what that did to its publications is recorded of each.
pub(super) fn record_unpublished(tx: &mut Tx<'_>, actor: &Actor, ended: &EditorPublication) -> Result<()> {
    let after = json!({ "publication_id": ended.id, "unpublish_at": ended.unpublish_at, "withdrawn": ended.withdrawn });
    record(tx, actor, "article.unpublished", Target { kind: "article", id: ended.article_id.uuid() }, Change::made(after))
}
