//! Upkeep: what the settings keep no longer is taken away, a little at a time. Nothing that readers ever saw or will see depends on when it runs, or whether.

use std::collections::BTreeSet;
use std::time::Duration;

use super::told;
use super::trash::purge_in;
use crate::articles::store::retention::{self as store, Age};
use crate::audit::store::Actor;
use crate::db::{Db, Tx};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::problem::Result;
use crate::publications::service::hold_releases;
use crate::publications::subject;

/// How long things are kept; `None` is for ever.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// For how many days saves are kept that nobody needs any more (`REVISIONS_KEPT_DAYS`).
    pub revisions_kept_days: Option<u32>,
    /// For how many days articles lie in the trash (`TRASH_KEPT_DAYS`).
    pub trash_kept_days: Option<u32>,
}

/// What a pass took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// So many revisions.
    pub revisions: usize,
    /// So many articles.
    pub articles: usize,
}

/// How often there is a pass.
pub const EVERY: Duration = Duration::from_secs(3600);
/// How long the clock is looked at before the first one.
pub const LOOKED_AT_FIRST: Duration = Duration::from_secs(1);
/// By how much the clock may have moved otherwise since the pass before: what sets it right a little at a time moves it by less.
const MOST_OFF_MS: i64 = 5 * 60 * 1000;

/// So many rows are looked at in one read.
const LOOKED_AT: i64 = 1000;
/// So many revisions are deleted in one transaction at most; of articles one, whatever it has.
const AT_ONCE: i64 = 100;
/// So long others have the database to themselves between two transactions.
const PAUSE: Duration = Duration::from_millis(5);

const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Passes that follow one another. What is gone does not come back, so that there is none while the clock cannot be trusted: where it was set forward, or stands still since it was set
/// back, what would be old then stays for an hour more, and so does all at a start long after the latest write, which a clock that is wrong looks like as well.
#[derive(Debug)]
pub struct Passes {
    retention: Retention,
    seen: Instant,
    is_first: bool,
}

impl Passes {
    /// The first one is to come when the clock has been looked at for a while.
    pub fn new(db: &Db, retention: Retention) -> Self {
        Self { retention, seen: db.clock().now(), is_first: true }
    }

    /// The next pass, so long after the one before by a clock that nobody sets; `None` where it waits for the one after it.
    ///
    /// # Errors
    /// As [`pass`].
    pub async fn next(&mut self, db: &Db, elapsed: Duration) -> Result<Option<Passed>> {
        let (now, is_first) = (db.clock().now(), std::mem::take(&mut self.is_first));
        let (moved, elapsed) = (now.millis() - self.seen.millis(), millis(elapsed));
        self.seen = now;
        if (moved - elapsed).abs() > MOST_OFF_MS.min(elapsed / 2) || is_first && is_long_after_all_writes(db, now).await? {
            return Ok(None);
        }
        pass(db, self.retention).await.map(Some)
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

async fn is_long_after_all_writes(db: &Db, now: Instant) -> Result<bool> {
    let latest = db.read(store::latest_write).await?;
    Ok(latest.is_some_and(|latest| now.millis() - latest.millis() > millis(EVERY)))
}

/// One pass. Several nodes may have one at the same time: each looks again at what it takes away, under the lock of the article.
///
/// # Errors
/// If the database fails; what was taken away until then is gone, and the next pass goes on.
pub async fn pass(db: &Db, retention: Retention) -> Result<Passed> {
    let mut passed = Passed::default();
    if let Some(days) = retention.trash_kept_days {
        passed.articles = empty_trash(db, days).await?;
    }
    if let Some(days) = retention.revisions_kept_days {
        passed.revisions = prune(db, days).await?;
    }
    Ok(passed)
}

fn before(now: Instant, days: u32) -> Instant {
    now.plus_millis(-i64::from(days).saturating_mul(DAY_MS))
}

/// Before all ids.
fn nobody() -> ArticleId {
    ArticleId::from(uuid::Uuid::nil())
}

/// Purges what has been in the trash for so many days.
async fn empty_trash(db: &Db, days: u32) -> Result<usize> {
    let until = before(db.clock().now(), days);
    let (mut purged, mut after) = (0, (Instant::FIRST, nobody()));
    loop {
        let found = db.read_long(move |connection| store::trashed(connection, until, after, LOOKED_AT)).await?;
        let Some(last) = found.last() else { return Ok(purged) };
        after = *last;
        for (_, id) in found {
            purged += usize::from(db.write(move |tx| purge_if_due(tx, id, until, days)).await?);
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn purge_if_due(tx: &mut Tx<'_>, id: ArticleId, until: Instant, days: u32) -> Result<bool> {
    hold_releases(tx, &[id])?;
    let subject = subject::lock(tx.conn(), id)?.filter(|subject| subject.trashed_at.is_some_and(|at| at <= until));
    let Some(subject) = subject else { return Ok(false) };
    purge_in(tx, &Actor::COMMAND, subject, Some(days))?;
    Ok(true)
}

/// Deletes the revisions that were saved so many days ago and that nobody needs any more.
async fn prune(db: &Db, days: u32) -> Result<usize> {
    let now = db.clock().now();
    let age = Age { until: before(now, days), now };
    let (mut pruned, mut after) = (0, (nobody(), 0));
    loop {
        let found = db.read_long(move |connection| store::looked_at(connection, age, after, LOOKED_AT)).await?;
        let Some((last, number, _)) = found.last() else { return Ok(pruned) };
        after = (*last, *number);
        let articles: BTreeSet<ArticleId> = found.iter().filter(|(.., is_prunable)| *is_prunable).map(|(id, ..)| *id).collect();
        for id in articles {
            pruned += prune_article(db, id, age, days).await?;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn prune_article(db: &Db, id: ArticleId, age: Age, days: u32) -> Result<usize> {
    let mut pruned = 0;
    loop {
        let numbers = db.write(move |tx| prune_some(tx, id, age, days)).await?;
        tokio::time::sleep(PAUSE).await;
        pruned += numbers;
        if i64::try_from(numbers).unwrap_or(i64::MAX) < AT_ONCE {
            return Ok(pruned);
        }
    }
}

fn prune_some(tx: &mut Tx<'_>, id: ArticleId, age: Age, days: u32) -> Result<usize> {
    if subject::lock(tx.conn(), id)?.is_none() {
        return Ok(0);
    }
    let numbers = store::needed_no_more(tx.conn(), id, age, AT_ONCE)?;
    if !numbers.is_empty() {
        store::delete(tx.conn(), id, &numbers)?;
        told::record_pruned(tx, &Actor::COMMAND, id, &numbers, days)?;
    }
    Ok(numbers.len())
}
