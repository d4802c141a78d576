//! The trash, and the way back.

use super::versions::check;
use super::{may_publish, open, told};
use crate::articles::dto::EditorArticle;
use crate::articles::{seen, store};
use crate::audit::store::Actor;
use crate::db::{Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::preview::revoked::revoke_of_article;
use crate::publications::rules;
use crate::publications::service::{self as publications, Edited};
use crate::publications::subject::{self, Subject};
use crate::views::service as views;

/// Puts an article into the trash: what is in force ends, what lies ahead does not begin.
///
/// # Errors
/// 404, 412, 409 `trashed`; 403 `was_public` for authors.
pub async fn discard(db: &Db, caller: &Caller, id: ArticleId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| discard_in(tx, &caller, id, &expected).map(|_| ())).await
}

/// The same within a write; the article as it lies there then.
///
/// # Errors
/// As [`discard`].
pub fn discard_in(tx: &mut Tx<'_>, caller: &Caller, id: ArticleId, expected: &Expected) -> Result<Subject> {
    let mut edited = open(tx, caller, id, expected)?;
    let is_or_was_public = edited.history.iter().any(|p| p.publish_at > edited.now || rules::has_begun(p, edited.now));
    if !may_publish(caller) && is_or_was_public {
        return Err(Problem::new(Code::WasPublic, "Authors may trash only what was never public and is not scheduled."));
    }
    let before = edited.history.clone();
    rules::trash(&mut edited.history, edited.now);
    edited.subject.trashed_at = Some(edited.now);
    edited.subject.version += 1;
    subject::update(tx.conn(), &edited.subject)?;
    subject::begin_trashing(tx.conn(), id, edited.now)?;
    publications::close(tx, &caller.into(), &mut edited, &before)?;
    told::record_moved(tx, &caller.into(), "article.trashed", &edited.subject)?;
    Ok(edited.subject)
}

/// Takes an article out of the trash; what still lies ahead is scheduled again.
///
/// # Errors
/// 404, 412; 409 `not_trashed`; 403 `was_public` for authors where something would go before the public.
pub async fn restore(
    db: &Db,
    caller: &Caller,
    id: ArticleId,
    expected: Expected,
    keyed: Option<Keyed<EditorArticle>>,
) -> Result<Once<EditorArticle>> {
    let caller = caller.clone();
    idempotency::write(db, keyed, move |tx| {
        let subject = publications::lock(tx, &caller, id)?;
        check(tx.conn(), &subject, &expected)?;
        if subject.trashed_at.is_none() {
            return Err(Problem::new(Code::NotTrashed, "The article is not in the trash."));
        }
        let now = tx.now()?;
        let before = publications::history(tx.conn(), id)?;
        let mut edited = Edited { subject, history: before.clone(), now };
        rules::restore(&mut edited.history, now);
        if !may_publish(&caller) && edited.history.iter().any(|p| p.publish_at > now) {
            return Err(Problem::new(
                Code::WasPublic,
                "It would go before the public at a date that lies ahead: whoever may decide on dates restores it.",
            ));
        }
        edited.subject.trashed_at = None;
        edited.subject.version += 1;
        subject::update(tx.conn(), &edited.subject)?;
        subject::end_trashing(tx.conn(), id, now)?;
        publications::close(tx, &(&caller).into(), &mut edited, &before)?;
        told::record_moved(tx, &(&caller).into(), "article.restored", &edited.subject)?;
        Ok(seen::article(tx.conn(), &edited.subject, edited.history, now, caller.user_id)?)
    })
    .await
}

/// Takes an article in the trash out of the world, with its saves, dates and slugs: also the past is as if it had never been.
///
/// # Errors
/// 404, 412; 409 `not_trashed`.
pub async fn purge(db: &Db, caller: &Caller, id: ArticleId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        publications::hold_releases(tx, &[id])?;
        let subject = publications::lock(tx, &caller, id)?;
        check(tx.conn(), &subject, &expected)?;
        if subject.trashed_at.is_none() {
            return Err(Problem::new(Code::NotTrashed, "Only what is in the trash is purged. Put the article there first."));
        }
        purge_in(tx, &(&caller).into(), subject, None)
    })
    .await
}

/// The same of an article that is locked, as its releases are, by somebody, or by upkeep after so many days.
///
/// # Errors
/// If the database fails.
pub(super) fn purge_in(tx: &mut Tx<'_>, actor: &Actor, subject: Subject, kept_days: Option<u32>) -> Result<()> {
    let id = subject.id;
    told::record_purged(tx, actor, &subject, kept_days)?;
    revoke_of_article(tx, actor, id)?;
    publications::erase(tx, actor, subject)?;
    store::autosave::remove_all(tx.conn(), id)?;
    views::forget(tx, id)?;
    store::erase(tx.conn(), id)?;
    Ok(subject::erase(tx.conn(), id)?)
}
