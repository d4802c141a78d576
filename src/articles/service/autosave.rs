//! Autosaves: what somebody writes is kept beside the revisions until they save. It takes no number, changes no version and is shown to nobody else.

use super::versions::save_at;
use super::{Site, check_kind};
use crate::articles::dto::autosave::{Autosave, Sent};
use crate::articles::save::Draft;
use crate::articles::seen;
use crate::articles::store::autosave::{self as store, Autosaved};
use crate::articles::store::{Content, slugs_of};
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::version::Expected;
use crate::publications::service::lock;
use crate::publications::subject::{self, Subject};

/// Keeps what the caller has written so far in place of what was kept before. A patch goes on top of that, where both are based on the same version, and
/// else on top of the save of that version.
///
/// # Errors
/// 404, 409 `trashed`, 412 if the article never had the version or its save is kept no more; 422.
pub async fn keep(db: &Db, site: &Site, caller: &Caller, id: ArticleId, expected: Expected, sent: Checked<Sent>) -> Result<Autosave> {
    let (caller, locales) = (caller.clone(), site.locales.clone());
    db.write(move |tx| {
        // Who may not save it writes nothing for it.
        let subject = lock(tx, &caller, id)?;
        subject.refuse_trashed()?;
        let mut mistakes = sent.mistakes.clone();
        for pointer in sent.value.beyond_the_text() {
            mistakes.note(
                pointer,
                "not_taken",
                "an autosave keeps what is written and does nothing else; leave it out, or save the article",
            );
        }
        if let Sent::Whole(whole) = &sent.value {
            check_kind(&subject, whole, &locales, &mut mistakes);
        }
        let (base_version, ground) = ground(tx.conn(), &subject, &caller, &expected)?;
        let draft = drafted(tx.conn(), &ground, &sent.value, &mut mistakes)?;
        let refs = draft.resolve(tx.conn(), &mut mistakes)?;
        mistakes.finish()?;
        let content = draft.content(draft.slug.clone().unwrap_or(ground.slug), refs);
        let kept = Autosaved { article_id: id, user_id: caller.user_id, base_version, saved_at: tx.now()?, note: draft.note, content };
        store::keep(tx.conn(), kept.clone())?;
        told(tx.conn(), kept)
    })
    .await
}

/// The version that the caller goes by, and what they had before them: `*` is that of their autosave, or the present one.
fn ground(connection: &mut AnyConnection, subject: &Subject, caller: &Caller, expected: &Expected) -> Result<(i64, Content)> {
    let mine = store::find(connection, subject.id, caller.user_id)?;
    let base = expected.base(subject.version.unsigned_abs())?.and_then(|base| i64::try_from(base).ok());
    let base = base.or(mine.as_ref().map(|mine| mine.base_version)).unwrap_or(subject.version);
    let content = match mine.filter(|mine| mine.base_version == base) {
        Some(mine) => mine.content,
        None => save_at(connection, subject, base)?.ok_or_else(|| gone(base))?,
    };
    Ok((base, content))
}

fn gone(version: i64) -> Problem {
    let detail = format!("The save of version {version} is kept no more. Read the article again, and send its present `ETag`.");
    Problem::new(Code::PreconditionFailed, detail)
}

/// What was sent, as all of an article's content.
///
/// # Errors
/// If the database fails, or what is stored is not JSON.
pub(super) fn drafted(connection: &mut AnyConnection, ground: &Content, sent: &Sent, mistakes: &mut Mistakes) -> Result<Draft> {
    match sent {
        Sent::Whole(whole) => Draft::whole(whole, mistakes),
        Sent::Patch(patch) => Draft::patched(ground, slugs_of(connection, &ground.refs)?, patch, mistakes),
    }
}

fn told(connection: &mut AnyConnection, kept: Autosaved) -> Result<Autosave> {
    let Autosaved { article_id, base_version, saved_at, note, content, .. } = kept;
    let slugs = slugs_of(connection, &content.refs)?;
    Ok(Autosave { article_id, base_version, saved_at, note, content: seen::history::content(content, slugs)? })
}

/// The caller's autosave.
///
/// # Errors
/// 404 where there is none, or none of an article that they may see.
pub async fn get(db: &Db, caller: &Caller, id: ArticleId) -> Result<Autosave> {
    let caller = caller.clone();
    db.read(move |connection| {
        subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let kept = store::find(connection, id, caller.user_id)?.ok_or_else(Problem::not_found)?;
        told(connection, kept)
    })
    .await
}

/// Discards the caller's autosave.
///
/// # Errors
/// As [`get`].
pub async fn discard(db: &Db, caller: &Caller, id: ArticleId) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        subject::lock(tx.conn(), id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        if store::remove(tx.conn(), id, caller.user_id)? { Ok(()) } else { Err(Problem::not_found()) }
    })
    .await
}
