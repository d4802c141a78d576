//! What belongs to a release: added, taken out, and moved with it.

use serde_json::{Value, json};

use super::{open, target, whole};
use crate::audit::store::{Change as Told, record};
use crate::db::{Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, PublicationId, ReleaseId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::publications::dto::PublicationCreate;
use crate::publications::rules::{self, Change, Publication, Scheduled, Wanted, Way};
use crate::publications::service as publications;
use crate::publications::{entries, subject, within};
use crate::releases::dto::{MOST_PUBLICATIONS, Release, ReleaseEntry, ReleaseMember};
use crate::releases::store::{self, Entry, StoredRelease};

/// What became of a release to which something was added.
#[derive(Debug)]
pub struct Added {
    /// The release.
    pub release: Release,
    /// What was added.
    pub entry: ReleaseEntry,
}

/// Adds an article to a release; if that has a date, as a publication.
///
/// # Errors
/// 404, 412, 422; 409 `in_release`, `release_full`, `already_live`, and what the rules of publications refuse.
pub async fn add(
    db: &Db,
    caller: &Caller,
    id: ReleaseId,
    expected: Expected,
    member: Checked<ReleaseMember>,
    keyed: Option<Keyed<Added>>,
) -> Result<Once<Added>> {
    let caller = caller.clone();
    idempotency::write(db, keyed.filter(|_| member.mistakes.is_empty()), move |tx| {
        let mut release = open(tx, id, &expected)?;
        require_whole(tx, &caller, &release)?;
        let Checked { value: member, mut mistakes } = member.clone();
        let subject = subject::lock(tx.conn(), member.article_id)?.filter(|subject| subject.is_seen_by(&caller));
        if subject.is_none() && !mistakes.has("/article_id") {
            mistakes.note("/article_id", "unknown", "there is no such article");
        }
        let Some(subject) = subject else { return Err(mistakes.finish().err().unwrap_or_else(Problem::not_found)) };
        within::require(tx, &caller, subject.category_id)?;
        publications::check_revision(tx, &caller, &subject, member.revision, &mut mistakes)?;
        let wanted = publications::wanted(&caller, &subject, &PublicationCreate::from(&member), &mut mistakes);
        mistakes.finish()?;
        let wanted = wanted.ok_or_else(|| Problem::internal("a member of a release without mistakes was not judged"))?;
        subject.refuse_trashed()?;
        let now = tx.now()?;
        refuse_more(tx, &release, subject.id, now)?;
        let entry = entry_of(&release, subject.newest_revision, &wanted, now);
        match release.publish_at {
            Some(date) => place(tx, &caller, &entry, date)?,
            None => store::insert_entry(tx.conn(), &entry)?,
        }
        changed(tx, &caller, &mut release, "release.publication_added", Told::made(publications::belonging(entry.id, subject.id)))?;
        let release = whole(tx.conn(), release, now)?;
        let entry = release.publications.iter().find(|shown| shown.id == entry.id).cloned().ok_or_else(Problem::not_found)?;
        Ok(Added { release, entry })
    })
    .await
}

fn refuse_more(tx: &mut Tx<'_>, release: &StoredRelease, article_id: ArticleId, now: Instant) -> Result<()> {
    if release.publish_at.is_some_and(|date| date <= now) {
        return Err(Problem::new(
            Code::AlreadyLive,
            "The release has gone before the public. Make another one, or publish the article by itself.",
        ));
    }
    let held = articles_of(tx, release)?;
    if let Some((id, _)) = held.iter().find(|(_, other)| *other == article_id) {
        return Err(Problem::new(
            Code::InRelease,
            format!("The release has the article already, by publication {id}. Take that out first."),
        ));
    }
    if held.len() >= MOST_PUBLICATIONS {
        return Err(Problem::new(Code::ReleaseFull, format!("The release has {MOST_PUBLICATIONS} publications, which is the most.")));
    }
    Ok(())
}

/// What belongs to a release, in order of the articles: the order in which they are locked. With a date it has publications, without one entries.
fn articles_of(tx: &mut Tx<'_>, release: &StoredRelease) -> Result<Vec<(PublicationId, ArticleId)>> {
    Ok(match release.publish_at {
        Some(_) => store::members(tx.conn(), release.id)?,
        None => store::entries(tx.conn(), release.id)?.into_iter().map(|entry| (entry.id, entry.article_id)).collect(),
    })
}

/// Locks the articles that are about to move or to be taken out, all of which must lie where the caller may change them: what they may not is no clash.
fn lock(tx: &mut Tx<'_>, caller: &Caller, held: &[(PublicationId, ArticleId)]) -> Result<()> {
    held.iter().try_for_each(|(_, article_id)| publications::lock(tx, caller, *article_id).map(drop))
}

/// Whoever is limited to categories changes no release that holds something from elsewhere: it would be taken out of the hands of whose it is.
///
/// # Errors
/// `forbidden` (403).
pub fn require_whole(tx: &mut Tx<'_>, caller: &Caller, release: &StoredRelease) -> Result<()> {
    if caller.categories.is_none() {
        return Ok(());
    }
    let held = articles_of(tx, release)?;
    lock(tx, caller, &held)
}

fn changed(tx: &mut Tx<'_>, caller: &Caller, release: &mut StoredRelease, action: &'static str, change: Told) -> Result<()> {
    release.version += 1;
    store::update(tx.conn(), release)?;
    Ok(record(tx, &caller.into(), action, target(release.id), change)?)
}

/// What is wanted, as a release without a date holds it: bound to what the newest save is now.
fn entry_of(release: &StoredRelease, newest: i64, wanted: &Wanted, now: Instant) -> Entry {
    Entry {
        id: PublicationId::new(),
        release_id: release.id,
        article_id: wanted.article_id,
        revision: wanted.revision.unwrap_or(newest),
        follows_newest: wanted.revision.is_none(),
        unpublish_at: match wanted.unpublish_at {
            Patch::Absent => None,
            Patch::Null => Some(Instant::NEVER),
            Patch::Value(end) => Some(end),
        },
        unpublish_at_local: wanted.unpublish_at_local.clone(),
        time_zone: wanted.time_zone.clone(),
        published_at: wanted.published_at,
        minor: wanted.minor,
        overrides_embargo: wanted.override_embargo,
        created_by: wanted.created_by,
        created_at: now,
    }
}

/// Makes a publication of what a release holds: whoever decides on the date approves no save that it did not follow.
fn place(tx: &mut Tx<'_>, caller: &Caller, entry: &Entry, date: Instant) -> Result<()> {
    let mut edited = publications::open(tx, caller, entry.article_id)?;
    let before = edited.history.clone();
    let mut mistakes = Mistakes::default();
    publications::check_revision(tx, caller, &edited.subject, Some(entry.revision), &mut mistakes)?;
    mistakes.finish()?;
    let wanted = Wanted {
        article_id: entry.article_id,
        publish_at: Some(date),
        unpublish_at: entries::end(entry.unpublish_at),
        revision: (!entry.follows_newest).then_some(entry.revision),
        published_at: entry.published_at,
        minor: entry.minor,
        time_zone: entry.time_zone.clone(),
        publish_at_local: None,
        unpublish_at_local: entry.unpublish_at_local.clone(),
        created_by: entry.created_by,
        base_revision: None,
        embargo_until: edited.subject.embargo_until,
        override_embargo: entry.overrides_embargo,
        release_id: Some(entry.release_id),
    };
    let scheduled = rules::schedule(&mut edited.history, wanted, entry.revision, edited.now)?;
    let (Scheduled::Added(made) | Scheduled::InForceAlready(made)) = scheduled;
    edited.history.iter_mut().filter(|p| p.id == made).for_each(|p| p.id = entry.id);
    publications::close(tx, &caller.into(), &mut edited, &before)
}

/// Takes something out of a release: it is not published any more.
///
/// # Errors
/// 404, 412; 409 `already_live` or `starting`.
pub async fn remove(db: &Db, caller: &Caller, id: ReleaseId, publication: PublicationId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        let mut release = open(tx, id, &expected)?;
        let held = articles_of(tx, &release)?;
        let (_, article_id) = *held.iter().find(|(held, _)| *held == publication).ok_or_else(Problem::not_found)?;
        lock(tx, &caller, &[(publication, article_id)])?;
        if !store::delete_entry(tx.conn(), publication)? {
            take_out(tx, &caller, publication, article_id)?;
        }
        changed(tx, &caller, &mut release, "release.publication_removed", Told::removed(publications::belonging(publication, article_id)))
    })
    .await
}

/// Calls a publication off, and gives it back as it was.
fn take_out(tx: &mut Tx<'_>, caller: &Caller, id: PublicationId, article_id: ArticleId) -> Result<Publication> {
    let mut edited = publications::open_with_release(tx, caller, article_id)?;
    let before = edited.history.clone();
    rules::cancel(&mut edited.history, id, Way::Release, edited.now)?;
    publications::close(tx, &caller.into(), &mut edited, &before)?;
    before.into_iter().find(|p| p.id == id).ok_or_else(Problem::not_found)
}

/// Moves what belongs to a release from its date before to that after: all or nothing.
///
/// # Errors
/// 409 `release_clash`, `already_live`, `past_is_history`.
pub fn reschedule(
    tx: &mut Tx<'_>,
    caller: &Caller,
    before: &StoredRelease,
    after: &StoredRelease,
    override_embargo: Option<bool>,
) -> Result<()> {
    if before.publish_at == after.publish_at {
        return Ok(());
    }
    let held = articles_of(tx, before)?;
    lock(tx, caller, &held)?;
    let now = tx.now()?;
    if held.is_empty() {
        refuse_begun(before, now)?;
        return super::refuse_past(after.publish_at, now);
    }
    match (before.publish_at, after.publish_at) {
        (None, Some(date)) => {
            let entries = store::entries(tx.conn(), before.id)?;
            all(tx, &held, |tx, (id, _)| date_entry(tx, caller, &entries, id, date, override_embargo))
        }
        (Some(_), None) => all(tx, &held, |tx, (id, article_id)| {
            let entry = undated(before, take_out(tx, caller, id, article_id)?);
            Ok(store::insert_entry(tx.conn(), &entry)?)
        }),
        (Some(_), Some(date)) => all(tx, &held, |tx, (id, article_id)| move_one(tx, caller, id, article_id, date, override_embargo)),
        _ => Ok(()),
    }
}

fn refuse_begun(release: &StoredRelease, now: Instant) -> Result<()> {
    match release.publish_at {
        Some(date) if date <= now => {
            Err(Problem::new(Code::AlreadyLive, "The release has gone before the public: it is neither moved nor called off."))
        }
        _ => Ok(()),
    }
}

fn date_entry(
    tx: &mut Tx<'_>,
    caller: &Caller,
    entries: &[Entry],
    id: PublicationId,
    date: Instant,
    override_embargo: Option<bool>,
) -> Result<()> {
    let mut entry = entries.iter().find(|entry| entry.id == id).cloned().ok_or_else(Problem::not_found)?;
    entry.overrides_embargo = override_embargo.unwrap_or(entry.overrides_embargo);
    store::delete_entry(tx.conn(), id)?;
    place(tx, caller, &entry, date)
}

/// What a publication was, as a release without a date holds it.
fn undated(release: &StoredRelease, publication: Publication) -> Entry {
    Entry {
        id: publication.id,
        release_id: release.id,
        article_id: publication.article_id,
        revision: publication.revision,
        follows_newest: publication.follows_newest,
        unpublish_at: Some(publication.unpublish_at),
        unpublish_at_local: publication.unpublish_at_local,
        time_zone: publication.time_zone,
        published_at: publication.published_at_given,
        minor: publication.minor,
        overrides_embargo: publication.overrides_embargo,
        created_by: publication.created_by,
        created_at: publication.created_at,
    }
}

fn move_one(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: PublicationId,
    article_id: ArticleId,
    date: Instant,
    override_embargo: Option<bool>,
) -> Result<()> {
    let mut edited = publications::open_with_release(tx, caller, article_id)?;
    let before = edited.history.clone();
    let embargo_until = edited.subject.embargo_until;
    let change = Change { publish_at: Patch::Value(date), embargo_until, override_embargo, way: Way::Release, ..Change::default() };
    let shown = edited.history.iter().find(|p| p.id == id).map(|p| p.revision);
    let mut mistakes = Mistakes::default();
    publications::check_revision(tx, caller, &edited.subject, shown, &mut mistakes)?;
    mistakes.finish()?;
    rules::change(&mut edited.history, id, change, edited.subject.newest_revision, edited.now)?;
    publications::close(tx, &caller.into(), &mut edited, &before)
}

/// Calls off all that a release would publish.
///
/// # Errors
/// 409 `already_live`, `release_clash`.
pub fn call_off(tx: &mut Tx<'_>, caller: &Caller, release: &StoredRelease) -> Result<()> {
    let held = articles_of(tx, release)?;
    lock(tx, caller, &held)?;
    let now = tx.now()?;
    refuse_begun(release, now)?;
    if release.publish_at.is_none() {
        return Ok(());
    }
    all(tx, &held, |tx, (id, article_id)| take_out(tx, caller, id, article_id).map(drop))
}

/// Does something to each; what is refused is gathered, so that the answer names every clash. Nothing stays of it then: the transaction is rolled back.
fn all(
    tx: &mut Tx<'_>,
    held: &[(PublicationId, ArticleId)],
    mut each: impl FnMut(&mut Tx<'_>, (PublicationId, ArticleId)) -> Result<()>,
) -> Result<()> {
    let mut clashes = Vec::new();
    for one in held {
        match each(tx, *one) {
            Err(problem) if matches!(problem.code().status(), 403 | 409 | 422) => clashes.push(clash(*one, &problem)),
            other => other?,
        }
    }
    if clashes.is_empty() {
        return Ok(());
    }
    let detail = format!("{} of {} publications stand against it. Nothing was changed; see `clashes`.", clashes.len(), held.len());
    Err(Problem::new(Code::ReleaseClash, detail).with("clashes", clashes))
}

fn clash((id, article_id): (PublicationId, ArticleId), problem: &Problem) -> Value {
    let (code, detail) = match problem.errors() {
        [mistake, ..] => (mistake.code, mistake.detail.as_str()),
        [] => (problem.code().name(), problem.detail()),
    };
    json!({ "publication_id": id, "article_id": article_id, "code": code, "detail": detail })
}
