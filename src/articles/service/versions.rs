//! The versions of an article: which one a change is based on, and what changed since.

use crate::articles::store::{self, Content};
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::version::Expected;
use crate::publications::revision::{FIELDS, differences};
use crate::publications::subject::{self, Subject};

/// The present version of an article that the caller may see.
///
/// # Errors
/// 404.
pub async fn version(db: &Db, caller: &Caller, id: ArticleId) -> Result<u64> {
    let caller = caller.clone();
    db.read(move |connection| {
        let subject = subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        Ok(subject.version.unsigned_abs())
    })
    .await
}

/// Refuses a stale version before the body is looked at; the write checks again.
///
/// # Errors
/// 412.
pub async fn check_version(db: &Db, id: ArticleId, expected: &Expected) -> Result<()> {
    let expected = expected.clone();
    db.read(move |connection| {
        let subject = subject::find(connection, id)?.ok_or_else(Problem::not_found)?;
        check(connection, &subject, &expected)
    })
    .await
}

/// The same within a write.
///
/// # Errors
/// 412.
pub(super) fn check(connection: &mut AnyConnection, subject: &Subject, expected: &Expected) -> Result<()> {
    expected.check(subject.version.unsigned_abs(), |since| Ok(changed_fields(connection, subject, since)?))
}

/// The fields that differ between the save that was the newest at an earlier version and the present one.
fn changed_fields(connection: &mut AnyConnection, subject: &Subject, since: u64) -> crate::db::Result<Vec<String>> {
    let then = save_at(connection, subject, i64::try_from(since).unwrap_or(i64::MAX))?;
    let now = store::revision(connection, subject.id, subject.newest_revision)?;
    Ok(match (then, now) {
        (Some(then), Some(now)) => differences(&then, &now.content),
        // Any of them may have changed since a save that is kept no more.
        _ => FIELDS.map(str::to_owned).into(),
    })
}

/// The content of the save that was the newest at a version that the article had; nothing where that is kept no more.
///
/// # Errors
/// If the database fails.
pub(super) fn save_at(connection: &mut AnyConnection, subject: &Subject, version: i64) -> crate::db::Result<Option<Content>> {
    let Some(number) = store::number_at(connection, subject.id, version)? else { return Ok(None) };
    Ok(store::revision(connection, subject.id, number)?.map(|save| save.content))
}
