//! Writing publications: each write locks its article, asks `rules`, and brings intervals, listings and slugs up to date in the
//! same transaction.

use serde_json::json;

use super::dto::{EditorPublication, Given, PublicationCreate, PublicationPatch, Unpublish, Unpublished, time, zone};
use super::rules::{self, Change, Publication, Scheduled, TakeDown, Wanted};
pub use super::store::history;
use super::subject::{self, Subject};
use super::{listings, standings, store};
use crate::audit::store::{Target, record};
use crate::db::{Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, PublicationId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::kernel::zone::Zone;

/// An article under the lock of a write, with its history before and after.
pub struct Edited {
    /// The article.
    pub subject: Subject,
    /// Its publications as they are now.
    pub history: Vec<Publication>,
    /// The instant of the write.
    pub now: Instant,
}

/// Locks an article that is not in the trash and reads its history.
///
/// # Errors
/// 404; 409 `trashed`.
pub fn open(tx: &mut Tx<'_>, article_id: ArticleId) -> Result<Edited> {
    let subject = subject::lock(tx.conn(), article_id)?.ok_or_else(Problem::not_found)?;
    if subject.trashed_at.is_some() {
        return Err(Problem::new(Code::Trashed, "The article is in the trash. Restore it first."));
    }
    let now = tx.now()?;
    let history = store::history(tx.conn(), article_id)?;
    Ok(Edited { subject, history, now })
}

/// Writes what changed of an opened article.
///
/// # Errors
/// `slug_taken` (409); 422 for a revision that can be published no more.
pub fn close(tx: &mut Tx<'_>, edited: &Edited, before: &[Publication]) -> Result<()> {
    store::save(tx.conn(), before, &edited.history)?;
    subject::hold_slugs(tx.conn(), &edited.subject, &edited.history, edited.now)?;
    standings::rewrite(tx.conn(), &edited.subject, &edited.history, edited.now)?;
    listings::rewrite(tx.conn(), &edited.subject, &edited.history)?;
    refuse_gone(tx, edited, before)
}

/// A superseded save keeps no category from being deleted, and is then published no more. The tree is locked by now.
fn refuse_gone(tx: &mut Tx<'_>, edited: &Edited, before: &[Publication]) -> Result<()> {
    let subject = &edited.subject;
    let is_pinned = |p: &&Publication| p.revision != subject.newest_revision && p.publish_at >= edited.now && !before.contains(p);
    for publication in edited.history.iter().filter(is_pinned) {
        if store::names_what_is_gone(tx.conn(), subject.id, publication.revision)? {
            let detail = format!("revision {} is of a category that was deleted", publication.revision);
            return Err(Problem::invalid_field("/revision", "category_deleted", detail));
        }
    }
    Ok(())
}

/// Adds a publication within a write of its article. `true` beside its id if it is new.
///
/// # Errors
/// What the rules refuse.
pub fn create_in(edited: &mut Edited, caller: &Caller, create: &PublicationCreate) -> Result<(PublicationId, bool)> {
    let wanted = wanted(caller, edited.subject.id, create)?;
    refuse_unknown_revision(&edited.subject, wanted.revision)?;
    Ok(match rules::schedule(&mut edited.history, wanted, edited.subject.newest_revision, edited.now)? {
        Scheduled::InForceAlready(id) => (id, false),
        Scheduled::Added(id) => (id, true),
    })
}

fn refuse_unknown_revision(subject: &Subject, revision: Option<i64>) -> Result<()> {
    match revision {
        Some(number) if number < 1 || number > subject.newest_revision => Err(Problem::invalid_field(
            "/revision",
            "unknown_revision",
            format!("the article has revisions 1 to {}", subject.newest_revision),
        )),
        _ => Ok(()),
    }
}

fn wanted(caller: &Caller, article_id: ArticleId, create: &PublicationCreate) -> Result<Wanted> {
    let zone = zone("/time_zone", create.time_zone.as_deref())?;
    let read = |pointer: &str, text: &str| time(pointer, text, zone.as_ref());
    let publish_at = create.publish_at.as_deref().map(|text| read("/publish_at", text)).transpose()?;
    let unpublish_at = patch(&create.unpublish_at, |text| read("/unpublish_at", text))?;
    let published_at = create.published_at.as_deref().map(|text| read("/published_at", text)).transpose()?;
    Ok(Wanted {
        article_id,
        publish_at: publish_at.as_ref().map(|given| given.0),
        publish_at_local: publish_at.and_then(|given| given.1),
        unpublish_at_local: local(&unpublish_at),
        unpublish_at: unpublish_at.map(|given| given.0),
        revision: create.revision,
        published_at: published_at.map(|given| given.0),
        minor: create.minor.unwrap_or(false),
        time_zone: zone.map(|zone| zone.name().to_owned()),
        created_by: caller.user_id,
    })
}

fn patch(given: &Patch<String>, read: impl FnOnce(&str) -> Result<Given>) -> Result<Patch<Given>> {
    Ok(match given {
        Patch::Absent => Patch::Absent,
        Patch::Null => Patch::Null,
        Patch::Value(text) => Patch::Value(read(text)?),
    })
}

fn local(given: &Patch<Given>) -> Option<String> {
    given.clone().value().and_then(|given| given.1)
}

fn seen(edited: &Edited, id: PublicationId) -> Result<EditorPublication> {
    let publication = edited.history.iter().find(|p| p.id == id).ok_or_else(Problem::not_found)?;
    Ok(EditorPublication::new(publication, edited.subject.newest_revision, edited.now))
}

fn audited(tx: &mut Tx<'_>, caller: &Caller, action: &'static str, publication: &EditorPublication) -> Result<()> {
    let details = json!({ "article_id": publication.article_id, "publish_at": publication.publish_at, "unpublish_at": publication.unpublish_at, "revision": publication.revision });
    Ok(record(tx, Some(caller.user_id), action, Target { kind: "publication", id: publication.id.uuid() }, &details)?)
}

/// Publishes or schedules; `true` beside the publication if it is new.
///
/// # Errors
/// What the rules refuse.
pub async fn create(
    db: &Db,
    caller: &Caller,
    article_id: ArticleId,
    create: PublicationCreate,
    keyed: Option<Keyed<(EditorPublication, bool)>>,
) -> Result<Once<(EditorPublication, bool)>> {
    let caller = caller.clone();
    idempotency::write(db, keyed, move |tx| {
        let mut edited = open(tx, article_id)?;
        let before = edited.history.clone();
        let (id, is_new) = create_in(&mut edited, &caller, &create)?;
        let publication = seen(&edited, id)?;
        if is_new {
            close(tx, &edited, &before)?;
            audited(tx, &caller, "publication.created", &publication)?;
        }
        Ok((publication, is_new))
    })
    .await
}

/// Changes a publication.
///
/// # Errors
/// What the rules refuse; 412.
pub async fn update(db: &Db, caller: &Caller, id: PublicationId, expected: Expected, given: PublicationPatch) -> Result<EditorPublication> {
    let caller = caller.clone();
    db.write(move |tx| {
        let article_id = article_of(tx, id)?;
        let mut edited = open(tx, article_id)?;
        let before = edited.history.clone();
        let current = seen(&edited, id)?;
        expected.check(current.version.unsigned_abs(), |_| Ok(Vec::new()))?;
        apply(&mut edited, id, &given)?;
        let publication = seen(&edited, id)?;
        if edited.history != before {
            close(tx, &edited, &before)?;
            audited(tx, &caller, "publication.updated", &publication)?;
        }
        Ok(publication)
    })
    .await
}

fn apply(edited: &mut Edited, id: PublicationId, given: &PublicationPatch) -> Result<()> {
    let current = edited.history.iter().find(|p| p.id == id).and_then(|p| p.time_zone.clone());
    let zone = zone("/time_zone", given.time_zone.as_deref().or(current.as_deref()))?;
    let publish_at = patch(&given.publish_at, |text| time("/publish_at", text, zone.as_ref()))?;
    let unpublish_at = patch(&given.unpublish_at, |text| time("/unpublish_at", text, zone.as_ref()))?;
    let published_at = patch(&given.published_at, |text| time("/published_at", text, zone.as_ref()))?;
    refuse_unknown_revision(&edited.subject, given.revision.clone().value())?;
    let change = Change {
        publish_at_local: local(&publish_at),
        unpublish_at_local: local(&unpublish_at),
        publish_at: publish_at.map(|given| given.0),
        unpublish_at: unpublish_at.map(|given| given.0),
        revision: given.revision.clone(),
        published_at: published_at.map(|given| given.0),
        minor: given.minor,
        time_zone: given.time_zone.clone(),
    };
    // An ended one takes nothing but its reason; asked for anything else, it is for the rules to refuse.
    if given.changes_dates() || given.withdrawn.is_absent() {
        rules::change(&mut edited.history, id, change, edited.subject.newest_revision, edited.now)?;
        let changed = edited.history.iter_mut().find(|p| p.id == id).filter(|p| p.time_zone != current);
        if let (Some(changed), Some(zone)) = (changed, zone) {
            read_anew(changed, &zone);
        }
    }
    match &given.withdrawn {
        Patch::Absent => {}
        Patch::Null => rules::set_withdrawn(&mut edited.history, id, None, edited.now)?,
        Patch::Value(withdrawal) => rules::set_withdrawn(&mut edited.history, id, Some(withdrawal.reason.clone()), edited.now)?,
    }
    Ok(())
}

/// Another zone moves no instant: what was given as a local time is that time of the new zone now.
fn read_anew(publication: &mut Publication, zone: &Zone) {
    let local = |given: &Option<String>, at: Instant| given.as_ref().map(|_| zone.local(at).to_string());
    publication.publish_at_local = local(&publication.publish_at_local, publication.publish_at);
    publication.unpublish_at_local = local(&publication.unpublish_at_local, publication.unpublish_at);
}

fn article_of(tx: &mut Tx<'_>, id: PublicationId) -> Result<ArticleId> {
    store::article_of(tx.conn(), id)?.ok_or_else(Problem::not_found)
}

/// Deletes a scheduled publication.
///
/// # Errors
/// What the rules refuse; 412.
pub async fn delete(db: &Db, caller: &Caller, id: PublicationId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        let article_id = article_of(tx, id)?;
        let mut edited = open(tx, article_id)?;
        let before = edited.history.clone();
        let current = seen(&edited, id)?;
        expected.check(current.version.unsigned_abs(), |_| Ok(Vec::new()))?;
        rules::cancel(&mut edited.history, id, edited.now)?;
        close(tx, &edited, &before)?;
        audited(tx, &caller, "publication.deleted", &current)
    })
    .await
}

/// Takes an article down.
///
/// # Errors
/// What the rules refuse.
pub async fn unpublish(
    db: &Db,
    caller: &Caller,
    article_id: ArticleId,
    given: Unpublish,
    keyed: Option<Keyed<Unpublished>>,
) -> Result<Once<Unpublished>> {
    let caller = caller.clone();
    let at = given.at.as_deref().map(|text| time("/at", text, None)).transpose()?.map(|given| given.0);
    idempotency::write(db, keyed, move |tx| {
        let mut edited = open(tx, article_id)?;
        let before = edited.history.clone();
        let withdrawn_reason = given.withdrawn.as_ref().map(|withdrawal| withdrawal.reason.clone());
        let take_down = TakeDown { at, withdrawn_reason, keep_scheduled: given.keep_scheduled.unwrap_or(false) };
        let id = rules::unpublish(&mut edited.history, take_down, edited.now)?;
        let publication = seen(&edited, id)?;
        close(tx, &edited, &before)?;
        audited(tx, &caller, "article.unpublished", &publication)?;
        let end = publication.unpublish_at.unwrap_or(edited.now);
        let returns_at = edited.history.iter().find(|p| p.publish_at >= end && p.id != id).map(|p| p.publish_at);
        Ok(Unpublished { publication, returns_at })
    })
    .await
}

/// One publication as it stands now.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: PublicationId) -> Result<EditorPublication> {
    let now = db.clock().now();
    db.read(move |connection| {
        let article_id = store::article_of(connection, id)?.ok_or_else(Problem::not_found)?;
        let subject = subject::find(connection, article_id)?.ok_or_else(Problem::not_found)?;
        let publication = store::find(connection, id)?.ok_or_else(Problem::not_found)?;
        Ok(EditorPublication::new(&publication, subject.newest_revision, now))
    })
    .await
}

/// Whether there is such an article, before its body is read.
///
/// # Errors
/// 404.
pub async fn require_article(db: &Db, id: ArticleId) -> Result<()> {
    db.read(move |connection| subject::find(connection, id)?.map(|_| ()).ok_or_else(Problem::not_found)).await
}
