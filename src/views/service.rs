//! Writes views down, a batch at a time, and deletes what no window and no reader needs any more. Any number of nodes may: each reader of an article counts
//! once in half an hour whatever node they come to.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::Mutex;

use super::counter::{Counter, Reader, Waiting};
use super::rules::{DAY_MS, HOUR_MS, MINUTE_MS, ONCE_IN_MS, Told};
use super::store::{self, Digest, View};
use crate::db::dialect::{self, Lock};
use crate::db::{Db, Tx};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Problem, Result};

/// How often what waits is written.
pub const EVERY: Duration = Duration::from_millis(500);

/// So many views are written in one transaction, so that editors wait for none that is long.
const AT_ONCE: usize = 2000;
/// So many rows are deleted in one transaction.
const DELETED_AT_ONCE: i64 = 5000;
/// So long others have the database to themselves between two transactions.
const PAUSE: Duration = Duration::from_millis(2);

/// For how long views are kept by minute, hour and day: as far as a window reaches back, and something more for clocks that differ.
const KEPT: [(i64, i64); 3] = [(MINUTE_MS, 2 * HOUR_MS), (HOUR_MS, 8 * DAY_MS), (DAY_MS, 32 * DAY_MS)];

const SALT_BYTES: usize = 32;

/// What writes the views of this node. Clones share it.
#[derive(Clone, Default)]
pub struct Views {
    /// The views that wait.
    pub counter: Counter,
    writing: Arc<Mutex<Writing>>,
}

#[derive(Default)]
struct Writing {
    /// The salts of days, as far as they are needed.
    salts: HashMap<Instant, Vec<u8>>,
    /// When old rows were deleted last.
    tidied: Option<Told>,
}

impl Views {
    /// Writes what waits, for as long as it is awaited.
    pub async fn keep_up(self, db: Db) {
        let mut is_written = true;
        loop {
            let outcome = self.write(&db).await;
            if let Err(problem) = &outcome
                && is_written
            {
                tracing::warn!("views wait until they can be written: {problem:?}");
            }
            is_written = outcome.is_ok();
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Writes what waits.
    ///
    /// # Errors
    /// If the database fails: then what was not written waits on.
    pub async fn write(&self, db: &Db) -> Result<()> {
        let mut writing = self.writing.lock().await;
        let batch = self.counter.take();
        if batch.dropped > 0 {
            tracing::warn!(dropped = batch.dropped, "more views came than can wait; they are not counted");
        }
        let mut views: Vec<(Reader, Waiting)> = batch.views.into_iter().collect();
        // In one order on all nodes, and who came first from an address before who came later.
        views.sort_unstable_by_key(|(reader, waiting)| (reader.article_id, reader.address, waiting.others));
        let mut written = 0;
        let outcome = async {
            writing.salts_of(db, &views).await?;
            for some in views.chunks(AT_ONCE) {
                let some: Vec<View> = some.iter().map(|(reader, waiting)| writing.view(*reader, *waiting)).collect();
                db.write(move |tx| keep(tx, &some)).await?;
                written += AT_ONCE;
                tokio::time::sleep(PAUSE).await;
            }
            Ok(())
        };
        let outcome: Result<()> = outcome.await;
        if outcome.is_err() {
            self.counter.put_back(views.drain(written.min(views.len())..));
        }
        outcome?;
        writing.tidy(db).await
    }
}

/// Forgets how often an article was read, which is purged.
///
/// # Errors
/// If the database fails.
pub fn forget(tx: &mut Tx<'_>, article_id: ArticleId) -> Result<()> {
    Ok(store::erase(tx.conn(), article_id)?)
}

fn keep(tx: &mut Tx<'_>, views: &[View]) -> Result<()> {
    let mut views = views.to_vec();
    views.sort_unstable_by_key(|view| (view.article_id, view.reader));
    let counted = store::keep(tx.conn(), &views)?;
    Ok(store::add(tx.conn(), &counted)?)
}

fn day_of(at: Instant) -> Instant {
    at.floored(DAY_MS)
}

impl Writing {
    /// Makes the salts known that these views take.
    async fn salts_of(&mut self, db: &Db, views: &[(Reader, Waiting)]) -> Result<()> {
        let days: BTreeSet<Instant> = views.iter().map(|(_, waiting)| day_of(waiting.at)).collect();
        let Some(first) = days.first().copied() else { return Ok(()) };
        let before = first.plus_millis(-DAY_MS);
        self.salts.retain(|day, _| *day >= before);
        for day in days {
            if self.salts.contains_key(&day) {
                continue;
            }
            let made: [u8; SALT_BYTES] = rand::random();
            let (salt, of_day_before) = db
                .write(move |tx| {
                    let salt = store::salt_or(tx.conn(), day, &made)?;
                    Ok::<_, Problem>((salt, store::salt(tx.conn(), day.plus_millis(-DAY_MS))?))
                })
                .await?;
            self.salts.insert(day, salt);
            if let Some(salt) = of_day_before {
                self.salts.insert(day.plus_millis(-DAY_MS), salt);
            }
        }
        Ok(())
    }

    fn view(&self, reader: Reader, waiting: Waiting) -> View {
        let day = day_of(waiting.at);
        let digest = |day: Instant| self.salts.get(&day).map(|salt| digest(salt, reader.address, reader.agent));
        let own = digest(day).unwrap_or(Digest { address: 0, agent: 0 });
        let is_early = waiting.at < day.plus_millis(ONCE_IN_MS);
        let before = if is_early { digest(day.plus_millis(-DAY_MS)) } else { None };
        View { article_id: reader.article_id, reader: own, before: before.unwrap_or(own), at: waiting.at, others: waiting.others }
    }

    /// Deletes what is too old, once a minute; of several nodes one at a time does.
    async fn tidy(&mut self, db: &Db) -> Result<()> {
        let now = db.clock().now();
        let told = Told::at(now);
        if self.tidied == Some(told) {
            return Ok(());
        }
        while db.write(move |tx| tidy_some(tx, now)).await? {
            tokio::time::sleep(PAUSE).await;
        }
        self.tidied = Some(told);
        Ok(())
    }
}

/// Whether there may be more.
fn tidy_some(tx: &mut Tx<'_>, now: Instant) -> Result<bool> {
    if !dialect::try_lock(tx.conn(), Lock::Views)? {
        return Ok(false);
    }
    let is_more = |deleted: usize| i64::try_from(deleted).unwrap_or(i64::MAX) >= DELETED_AT_ONCE;
    let once_ago = now.plus_millis(-ONCE_IN_MS);
    store::delete_salts(tx.conn(), day_of(once_ago))?;
    let mut any = is_more(store::delete_readers(tx.conn(), once_ago, DELETED_AT_ONCE)?);
    for (width, kept) in KEPT {
        any |= is_more(store::delete_buckets(tx.conn(), width, now.plus_millis(-kept), DELETED_AT_ONCE)?);
    }
    Ok(any)
}

fn digest(salt: &[u8], address: IpAddr, agent: u64) -> Digest {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("HMAC takes keys of any length");
    match address {
        IpAddr::V4(address) => mac.update(&address.octets()),
        IpAddr::V6(address) => mac.update(&address.octets()),
    }
    let of_address = mac.clone();
    mac.update(&agent.to_be_bytes());
    Digest { address: number(of_address), agent: number(mac) }
}

fn number(mac: Hmac<Sha256>) -> i64 {
    let bytes = mac.finalize().into_bytes();
    i64::from_be_bytes(bytes[..8].try_into().expect("a digest has 32 bytes"))
}
