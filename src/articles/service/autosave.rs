//! Autosaves: what somebody writes is kept beside the revisions until they save. It takes no number, changes no version and is shown to nobody else.

use super::versions::save_at;
use super::{Site, check_kind};
use crate::articles::dto::autosave::Autosave;
use crate::articles::dto::{Kind, UnfinishedArticle};
use crate::articles::save::Draft;
use crate::articles::seen;
use crate::articles::store::autosave::{self as store, Autosaved};
use crate::articles::store::{Content, slugs_of};
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::Checked;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::version::Expected;
use crate::publications::service::lock;
use crate::publications::subject::{self, Subject};

/// What somebody wrote, and on top of what.
pub struct Written {
    /// The version that they go by, if they say so.
    pub expected: Expected,
    /// It is all that there is, not a change of what was kept before.
    pub is_whole: bool,
    /// The text, as far as it has come.
    pub unfinished: Checked<UnfinishedArticle>,
}

/// Keeps what the caller has written so far in place of what was kept before. A patch goes on top of that, where both are based on the same version, and
/// else on top of the save of that version.
///
/// # Errors
/// 404, 409 `trashed`, 412 if the article never had the version or its save is kept no more; 422.
pub async fn keep(db: &Db, site: &Site, caller: &Caller, id: ArticleId, written: Written) -> Result<Autosave> {
    let (caller, locales) = (caller.clone(), site.locales.clone());
    db.write(move |tx| {
        // Who may not save it writes nothing for it.
        let subject = lock(tx, &caller, id)?;
        subject.refuse_trashed()?;
        let Checked { value: unfinished, mut mistakes } = written.unfinished.clone();
        let kind = unfinished.kind.or(Kind::find(&subject.kind)).unwrap_or_default();
        check_kind(&subject, kind, unfinished.locale.as_deref(), &locales, &mut mistakes);
        let (base_version, mut ground) = ground(tx.conn(), &subject, &caller, &written.expected)?;
        if written.is_whole {
            ground = Content { slug: ground.slug, ..Content::default() };
        }
        let names = slugs_of(tx.conn(), &ground.refs)?;
        let draft = Draft::patched(&ground, names, &unfinished.into(), &mut mistakes)?;
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
