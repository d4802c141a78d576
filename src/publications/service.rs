//! Writing publications: each write locks its article, asks `rules`, and brings intervals, listings and slugs up to date in the
//! same transaction.

mod released;
mod take_down;
mod told;

pub use self::released::{belonging, follow, follow_unseen, hold_releases};
pub use self::take_down::unpublish;
use super::dto::{EditorPublication, PublicationCreate, PublicationPatch, Times};
use super::rules::{self, Change, Publication, Refused, Scheduled, Wanted, Way, WrongDate};
pub use super::store::{history, of_release};
use super::subject::{self, Subject};
use super::{listings, revision, standings, store, within};
use crate::audit::store::Actor;
use crate::db::{Db, Tx};
use crate::kernel::caller::Caller;
use crate::kernel::given::Given;
use crate::kernel::id::{ArticleId, PublicationId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{FieldError, Problem, Result};
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

/// Locks an article that the caller may change as far as categories go: by that of its newest save.
///
/// # Errors
/// 404, also for what they may not see; `forbidden` (403) for what lies outside the categories that they are limited to.
pub fn lock(tx: &mut Tx<'_>, caller: &Caller, article_id: ArticleId) -> Result<Subject> {
    let subject = subject::lock(tx.conn(), article_id)?.filter(|subject| subject.is_seen_by(caller)).ok_or_else(Problem::not_found)?;
    within::require(tx, caller, subject.category_id)?;
    Ok(subject)
}

/// Locks an article that the caller may change and that is not in the trash, and reads its history.
///
/// # Errors
/// As [`lock`]; 409 `trashed`.
pub fn open(tx: &mut Tx<'_>, caller: &Caller, article_id: ArticleId) -> Result<Edited> {
    let edited = open_with_release(tx, caller, article_id)?;
    edited.subject.refuse_trashed()?;
    Ok(edited)
}

/// The same, also in the trash: what belongs to a release moves and goes with it there too, the one exception to contract 2.10.
///
/// # Errors
/// As [`lock`].
pub fn open_with_release(tx: &mut Tx<'_>, caller: &Caller, article_id: ArticleId) -> Result<Edited> {
    let subject = lock(tx, caller, article_id)?;
    let now = tx.now()?;
    let history = store::history(tx.conn(), article_id)?;
    Ok(Edited { subject, history, now })
}

/// Writes what changed of an opened article, and records it.
///
/// # Errors
/// `slug_taken` (409).
pub fn close(tx: &mut Tx<'_>, actor: &Actor, edited: &mut Edited, before: &[Publication]) -> Result<()> {
    write(tx, edited, before)?;
    Ok(told::record_changes(tx, actor, before, &edited.history)?)
}

fn write(tx: &mut Tx<'_>, edited: &mut Edited, before: &[Publication]) -> Result<()> {
    revision::refresh_undone(tx.conn(), edited.subject.id, &mut edited.history, edited.now)?;
    store::save(tx.conn(), before, &edited.history)?;
    subject::hold_slugs(tx.conn(), &edited.subject, &edited.history, edited.now)?;
    standings::rewrite(tx.conn(), &edited.subject, &edited.history, edited.now)?;
    Ok(listings::rewrite(tx.conn(), &edited.subject, &edited.history)?)
}

/// Takes all publications of a locked article away, and what follows from them: it is on no list, and never was, and no release has it. Whoever purges it says
/// so in the audit log.
///
/// # Errors
/// If the database fails.
pub fn erase(tx: &mut Tx<'_>, actor: &Actor, subject: Subject) -> Result<()> {
    let before = store::history(tx.conn(), subject.id)?;
    let now = tx.now()?;
    released::leave_undated(tx, actor, subject.id)?;
    released::leave(tx, actor, subject.id, &before)?;
    write(tx, &mut Edited { subject, history: Vec::new(), now }, &before)
}

/// Adds a publication within a write of its article, in memory: [`close`] writes it. `true` beside its id if it is new, nothing if its mistakes were noted.
///
/// # Errors
/// What the rules refuse.
pub fn create_in(
    tx: &mut Tx<'_>,
    edited: &mut Edited,
    caller: &Caller,
    create: &PublicationCreate,
    mistakes: &mut Mistakes,
) -> Result<Option<(PublicationId, bool)>> {
    check_revision(tx, caller, &edited.subject, create.revision, mistakes)?;
    let Some(wanted) = wanted(caller, &edited.subject, create, mistakes) else { return Ok(None) };
    let scheduled = rules::schedule(&mut edited.history, wanted, edited.subject.newest_revision, edited.now);
    let scheduled = mistakes.take(explained(tx, edited.subject.id, scheduled)?)?;
    Ok(scheduled.map(|scheduled| match scheduled {
        Scheduled::InForceAlready(id) => (id, false),
        Scheduled::Added(id) => (id, true),
    }))
}

/// A refusal as the caller is told it: where the base has changed, in which fields.
fn explained<T>(
    tx: &mut Tx<'_>,
    article_id: ArticleId,
    result: std::result::Result<T, Refused>,
) -> Result<std::result::Result<T, Problem>> {
    let Err(refused) = result else { return Ok(result.map_err(Problem::from)) };
    let Refused::BaseChanged { expected, present: Some(present) } = refused else { return Ok(Err(refused.into())) };
    let fields = revision::changed(tx.conn(), article_id, expected, present)?;
    Ok(Err(Problem::from(refused).with("changed_fields", fields)))
}

/// A superseded save keeps no category from being deleted, and is then published no more. Its mistake is noted.
///
/// # Errors
/// `forbidden` (403) for a save that lies outside the categories that the caller is limited to, or in further ones outside that the newest save does not name.
pub fn check_revision(tx: &mut Tx<'_>, caller: &Caller, subject: &Subject, revision: Option<i64>, mistakes: &mut Mistakes) -> Result<()> {
    let Some(number) = revision.filter(|number| *number != subject.newest_revision) else { return Ok(()) };
    if number < 1 || number > subject.newest_revision {
        let detail = format!("the article has revisions 1 to {}", subject.newest_revision);
        mistakes.note("/revision", "unknown_revision", detail);
        return Ok(());
    }
    if !store::has_revision(tx.conn(), subject.id, number)? {
        mistakes.note("/revision", "unknown_revision", format!("revision {number} was never published and is kept no more"));
        return Ok(());
    }
    if store::names_what_is_gone(tx.conn(), subject.id, number)? {
        mistakes.note("/revision", "category_deleted", format!("revision {number} is of a category that was deleted"));
        return Ok(());
    }
    if caller.categories.is_none() {
        return Ok(());
    }
    let (main, further) = store::categories_of(tx.conn(), subject.id, number)?;
    within::require(tx, caller, main)?;
    let already = store::categories_of(tx.conn(), subject.id, subject.newest_revision)?;
    within::require_further(tx, caller, &further, &already.0.into_iter().chain(already.1).collect::<Vec<_>>())
}

/// What is asked for; nothing if the start cannot be told. Without the other dates they are judged as if there were none.
pub fn wanted(caller: &Caller, subject: &Subject, create: &PublicationCreate, mistakes: &mut Mistakes) -> Option<Wanted> {
    let times = Times::of(mistakes, create.time_zone.as_deref());
    let publish_at = times.read(mistakes, "/publish_at", &create.publish_at.clone().into());
    let unpublish_at = times.read(mistakes, "/unpublish_at", &create.unpublish_at).unwrap_or(Patch::Null);
    let published_at = times.read(mistakes, "/published_at", &create.published_at.clone().into()).and_then(Patch::value);
    let publish_at = publish_at?.value();
    Some(Wanted {
        article_id: subject.id,
        publish_at: publish_at.as_ref().map(|given| given.0),
        publish_at_local: publish_at.and_then(|given| given.1),
        unpublish_at_local: local(&unpublish_at),
        unpublish_at: unpublish_at.map(|given| given.0),
        revision: create.revision,
        published_at: published_at.map(|given| given.0),
        minor: create.minor.unwrap_or(false),
        time_zone: times.zone().map(|zone| zone.name().to_owned()),
        created_by: caller.user_id,
        base_revision: create.base_revision,
        embargo_until: subject.embargo_until,
        override_embargo: create.override_embargo.unwrap_or(false),
        release_id: None,
    })
}

fn local(given: &Patch<Given>) -> Option<String> {
    given.clone().value().and_then(|given| given.1)
}

/// A publication of an opened article as it stands now.
///
/// # Errors
/// 404.
pub fn seen(edited: &Edited, id: PublicationId) -> Result<EditorPublication> {
    let publication = edited.history.iter().find(|p| p.id == id).ok_or_else(Problem::not_found)?;
    Ok(EditorPublication::new(publication, edited.subject.newest_revision, edited.now))
}

/// Publishes or schedules an opened article; `true` beside the publication if it is new.
///
/// # Errors
/// What the rules refuse.
pub fn publish(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut edited: Edited,
    create: &Checked<PublicationCreate>,
) -> Result<(EditorPublication, bool)> {
    let before = edited.history.clone();
    let mut mistakes = create.mistakes.clone();
    let created = create_in(tx, &mut edited, caller, &create.value, &mut mistakes)?;
    mistakes.finish()?;
    let (id, is_new) = created.ok_or_else(unjudged)?;
    if !is_new {
        return Ok((seen(&edited, id)?, false));
    }
    close(tx, &caller.into(), &mut edited, &before)?;
    Ok((seen(&edited, id)?, true))
}

/// Changes a publication.
///
/// # Errors
/// What the rules refuse; 412.
pub async fn update(
    db: &Db,
    caller: &Caller,
    id: PublicationId,
    expected: Expected,
    given: impl Into<Checked<PublicationPatch>>,
) -> Result<EditorPublication> {
    let (caller, given) = (caller.clone(), given.into());
    db.write(move |tx| {
        let article_id = article_of(tx, id)?;
        let mut edited = open(tx, &caller, article_id)?;
        let before = edited.history.clone();
        let current = seen(&edited, id)?;
        expected.check_alone(current.version.unsigned_abs())?;
        let mut mistakes = given.mistakes.clone();
        apply(tx, &caller, &mut edited, id, &given.value, &mut mistakes)?;
        mistakes.finish()?;
        if edited.history == before {
            return seen(&edited, id);
        }
        close(tx, &(&caller).into(), &mut edited, &before)?;
        seen(&edited, id)
    })
    .await
}

fn apply(
    tx: &mut Tx<'_>,
    caller: &Caller,
    edited: &mut Edited,
    id: PublicationId,
    given: &PublicationPatch,
    mistakes: &mut Mistakes,
) -> Result<()> {
    let current = edited.history.iter().find(|p| p.id == id).cloned().ok_or_else(Problem::not_found)?;
    let zone = given.time_zone.clone().or(current.time_zone.clone());
    let times = Times::of(mistakes, zone.as_deref());
    let asked = given.revision.clone().value().filter(|number| *number != current.revision);
    // Whoever decides when a text begins decides on that text.
    let asked = asked.or(Some(current.revision).filter(|_| !given.publish_at.is_absent()));
    check_revision(tx, caller, &edited.subject, asked, mistakes)?;
    let change = change(&times, given, &edited.subject, mistakes);
    // An ended one takes nothing but its reason; asked for anything else, it is for the rules to refuse.
    if let Some(change) = change.filter(|_| given.changes_dates() || given.withdrawn.is_absent()) {
        let changed = rules::change(&mut edited.history, id, change, edited.subject.newest_revision, edited.now);
        let changed = match changed {
            Err(Refused::Dates(wrong)) => Err(at_what_was_sent(wrong, given, &current)),
            other => explained(tx, edited.subject.id, other)?,
        };
        mistakes.take(changed)?;
        let changed = edited.history.iter_mut().find(|p| p.id == id).filter(|p| p.time_zone != current.time_zone);
        if let (Some(changed), Some(zone)) = (changed, times.zone()) {
            read_anew(changed, zone);
        }
    }
    let withdrawn = given.withdrawn.clone().map(|withdrawal| withdrawal.reason);
    if !withdrawn.is_absent() {
        mistakes.take(rules::set_withdrawn(&mut edited.history, id, withdrawn.value(), edited.now))?;
    }
    Ok(())
}

/// Points at the start, where that alone was sent and does not go with a date that the publication has already.
fn at_what_was_sent(wrong: Vec<WrongDate>, given: &PublicationPatch, current: &Publication) -> Problem {
    let mistake = |wrong: WrongDate| {
        let mistake = FieldError::from(wrong);
        let (is_sent, must) = match wrong {
            WrongDate::EndBeforeStart => {
                (!given.unpublish_at.is_absent(), format!("earlier than `unpublish_at`, which is {}", current.unpublish_at))
            }
            WrongDate::PublishedAfterStart => {
                (!given.published_at.is_absent(), format!("no earlier than `published_at`, which is {}", current.published_at))
            }
        };
        if is_sent {
            return mistake;
        }
        FieldError::new("/publish_at", mistake.code, format!("the start must be {must}: choose another one, or change both"))
    };
    Problem::invalid(wrong.into_iter().map(mistake).collect())
}

/// What shall change; nothing if the start cannot be told. Without the other dates it is judged as if there were none.
fn change(times: &Times, given: &PublicationPatch, subject: &Subject, mistakes: &mut Mistakes) -> Option<Change> {
    let publish_at = times.read(mistakes, "/publish_at", &given.publish_at);
    let unpublish_at = times.read(mistakes, "/unpublish_at", &given.unpublish_at).unwrap_or(Patch::Null);
    let published_at = times.read(mistakes, "/published_at", &given.published_at).unwrap_or(Patch::Null);
    let publish_at = publish_at?;
    Some(Change {
        publish_at_local: local(&publish_at),
        unpublish_at_local: local(&unpublish_at),
        publish_at: publish_at.map(|given| given.0),
        unpublish_at: unpublish_at.map(|given| given.0),
        revision: given.revision.clone(),
        published_at: published_at.map(|given| given.0),
        minor: given.minor,
        time_zone: given.time_zone.clone(),
        base_revision: given.base_revision,
        embargo_until: subject.embargo_until,
        override_embargo: given.override_embargo,
        way: Way::Alone,
    })
}

/// Cannot come: what is not judged has mistakes.
fn unjudged() -> Problem {
    Problem::internal("a publication without mistakes was not scheduled")
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
        let mut edited = open(tx, &caller, article_id)?;
        let before = edited.history.clone();
        let current = seen(&edited, id)?;
        expected.check_alone(current.version.unsigned_abs())?;
        rules::cancel(&mut edited.history, id, Way::Alone, edited.now)?;
        close(tx, &(&caller).into(), &mut edited, &before)
    })
    .await
}

/// One publication as it stands now.
///
/// # Errors
/// 404, also if the caller may not see its article.
pub async fn get(db: &Db, caller: &Caller, id: PublicationId) -> Result<EditorPublication> {
    let caller = caller.clone();
    db.read(db.at_present(move |connection, now| {
        let article_id = store::article_of(connection, id)?.ok_or_else(Problem::not_found)?;
        let subject =
            subject::find(connection, article_id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let publication = store::find(connection, id)?.ok_or_else(Problem::not_found)?;
        Ok(EditorPublication::new(&publication, subject.newest_revision, now))
    }))
    .await
}
