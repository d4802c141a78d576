//! The database: two engines behind one [`Db`]. Reads take a connection and see committed data; a write is one transaction, and is
//! answered only after its commit is on the disk.
//!
//! Everything that differs between the engines lies in this folder.

#[allow(missing_docs, reason = "the derived connection brings items of its own")]
mod connection;
pub mod dialect;
mod error;
mod ledger;
mod lock;
mod migrate;
mod pool;
pub mod schema;
mod statement;
mod tx;
mod types;
mod url;
mod writer;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;

pub use self::connection::{AnyConnection, MultiBackend, sqlite_version};
pub use self::error::{Error, Failure, OpenError, Result};
pub use self::lock::FileLock;
pub use self::statement::{Bind, Statement};
pub use self::tx::Tx;
pub use self::types::{IdSql, StoredId};
pub use self::url::{DatabaseUrl, InvalidUrl};

use self::connection::Purpose;
use self::pool::Pool;
use self::writer::Writer;
use crate::kernel::clock::Clock;
use crate::kernel::instant::Instant;
use crate::kernel::problem::Problem;

/// The two engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Embedded.
    Sqlite,
    /// A server.
    Postgres,
}

/// A database, ready for use. Clones share it.
#[derive(Clone)]
pub struct Db(Arc<Inner>);

struct Inner {
    engine: Engine,
    clock: Arc<dyn Clock>,
    readers: Pool,
    /// On PostgreSQL writers are a pool; on SQLite one thread.
    writers: Writers,
}

enum Writers {
    One(Writer),
    Pool(Pool),
}

/// How many connections are opened at most, for reading and for writing each.
#[derive(Clone, Copy, Debug)]
pub struct PoolSize(pub usize);

/// How long `/readyz` waits for the database.
const PROBE: Duration = Duration::from_secs(3);
/// How long a read may wait for a connection and its answer together: a server that is frozen keeps its connections and says nothing.
const READ: Duration = Duration::from_secs(10);
/// The same for a write on PostgreSQL, which may also wait for another one, or rewrite much.
const WRITE: Duration = Duration::from_secs(30);

/// How often a write that lost against another one is run again.
const CONFLICT_RETRIES: u32 = 8;
/// How long such a write waits at most before the first of these times, and twice as long before each next one: all of them together for at most half a second. Those that
/// lost against each other begin again one after the other, since each takes its own part of it.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

impl Db {
    /// Opens a database whose tables are there and up to date; makes no file.
    ///
    /// # Errors
    /// [`OpenError`], in words for the operator.
    pub fn open(url: &DatabaseUrl, clock: Arc<dyn Clock>, size: PoolSize) -> std::result::Result<Self, OpenError> {
        lock::require_file(url)?;
        let mut connection = open_for_writing(url)?;
        if let Some(missing) = migrate::pending(&mut connection)?.into_iter().next() {
            return Err(OpenError::Older(missing));
        }
        let (engine, writers) = match connection {
            AnyConnection::Sqlite(_) => {
                let writer = Writer::start(connection).map_err(|error| OpenError::File { path: url.to_string(), error })?;
                (Engine::Sqlite, Writers::One(writer))
            }
            AnyConnection::Postgres(_) => (Engine::Postgres, Writers::Pool(Pool::new(url.clone(), Purpose::Write, size.0))),
        };
        let readers = Pool::new(url.clone(), Purpose::Read, size.0);
        let db = Self(Arc::new(Inner { engine, clock, readers, writers }));
        db.run_read(tx::latest_write)
            .map(|latest| latest.map(|at| db.0.clock.observe(at)))
            .map_err(|e| OpenError::Migration(e.to_string()))?;
        Ok(db)
    }

    /// Which engine it is.
    pub fn engine(&self) -> Engine {
        self.0.engine
    }

    /// The clock that writes take their instant from.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.0.clock
    }

    /// Reads. On SQLite `f` runs on this thread, so that it must be bounded: index probes and pages. On PostgreSQL it runs on a blocking
    /// thread, and once more if the connection turns out to be broken.
    ///
    /// # Errors
    /// What `f` returns, and `Unavailable`.
    pub async fn read<T, E, F>(&self, f: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut AnyConnection) -> std::result::Result<T, E> + Send + 'static,
    {
        match self.0.engine {
            Engine::Sqlite => self.0.readers.with(f),
            Engine::Postgres => self.read_long(f).await,
        }
    }

    /// Reads on a blocking thread on both engines: for what may take longer than a page. Whoever waits is let go after [`READ`]; the thread
    /// keeps its connection until the database answers, so that no more of them wait than the pool has.
    ///
    /// # Errors
    /// What `f` returns, `Unavailable` and `Deadline`.
    pub async fn read_long<T, E, F>(&self, f: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut AnyConnection) -> std::result::Result<T, E> + Send + 'static,
    {
        let db = self.clone();
        let answer = async {
            let permit = self.0.readers.permit().await?;
            blocking(move || {
                let _permit = permit;
                db.run_read(f)
            })
            .await
        };
        within(READ, answer).await
    }

    /// Reads as [`Db::read`] does if `is_short` says that it takes no longer than a page, and otherwise as [`Db::read_long`].
    ///
    /// # Errors
    /// What `is_short` and `f` return, and `Unavailable`.
    pub async fn read_short_or_long<T, E, F>(
        &self,
        is_short: impl FnOnce(&mut AnyConnection) -> std::result::Result<bool, E>,
        f: F,
    ) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut AnyConnection) -> std::result::Result<T, E> + Send + 'static,
    {
        // PostgreSQL reads on a blocking thread in any case, and need not be asked.
        let is_short = self.0.engine == Engine::Sqlite && self.0.readers.with(is_short)?;
        if is_short { self.0.readers.with(f) } else { self.read_long(f).await }
    }

    /// `f` as a read at the present instant, which does not lie before any that a committed write recorded (contract 2.13): what a node whose clock is ahead
    /// took down is down here as well. One probe of an index besides.
    pub fn at_present<T, E, F>(&self, f: F) -> impl Fn(&mut AnyConnection) -> std::result::Result<T, E> + Send + 'static
    where
        E: From<Error>,
        F: Fn(&mut AnyConnection, Instant) -> std::result::Result<T, E> + Send + 'static,
    {
        let clock = Arc::clone(&self.0.clock);
        move |connection| {
            let now = tx::present(connection, clock.as_ref())?;
            f(connection, now)
        }
    }

    /// Reads on this thread, whatever it takes: for commands and tests.
    ///
    /// # Errors
    /// What `f` returns, and `Unavailable`.
    pub fn run_read<T, E: Failure>(&self, f: impl Fn(&mut AnyConnection) -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        run_pooled(&self.0.readers, |connection| f(connection))
    }

    /// Writes in one transaction. `f` takes its locks first and then asks [`Tx::now`]. It may be run again when it lost against another write,
    /// and has no effect but on the transaction.
    ///
    /// # Errors
    /// What `f` returns, with nothing changed then; `Unavailable` if the commit failed, `Deadline` if it took longer than [`WRITE`]: it is then not
    /// committed, unless the database was at that already.
    pub async fn write<T, E, F>(&self, f: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        match &self.0.writers {
            Writers::One(writer) => {
                let answer = self.hand_in(writer, f);
                answer.await.unwrap_or_else(|_| Err(lost_write().into()))
            }
            Writers::Pool(pool) => self.write_pooled(pool, f).await,
        }
    }

    async fn write_pooled<T, E, F>(&self, pool: &Pool, f: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let given_up = Arc::new(AtomicBool::new(false));
        let (db, is_given_up) = (self.clone(), Arc::clone(&given_up));
        let answer = async {
            let permit = pool.permit().await?;
            blocking(move || {
                let _permit = permit;
                db.run_pool_write(&|tx| {
                    let value = f(tx)?;
                    // Whoever asked was told that it failed.
                    if is_given_up.load(Ordering::Acquire) { Err(too_late(WRITE).into()) } else { Ok(value) }
                })
            })
            .await
        };
        let outcome = within(WRITE, answer).await;
        given_up.store(true, Ordering::Release);
        outcome
    }

    /// Writes and waits on this thread: for commands and tests.
    ///
    /// # Errors
    /// As [`Db::write`].
    pub fn run_write<T, E, F>(&self, f: F) -> std::result::Result<T, E>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        match &self.0.writers {
            Writers::One(writer) => self.hand_in(writer, f).blocking_recv().unwrap_or_else(|_| Err(lost_write().into())),
            Writers::Pool(_) => self.run_pool_write(&f),
        }
    }

    /// Whether a write would be possible now: asked by `/readyz?for=editor`.
    ///
    /// # Errors
    /// `Unavailable` if not.
    pub async fn check_writable(&self) -> Result<()> {
        within(PROBE, self.write(|tx| tx::latest_write(tx.conn()).map(|_| ()))).await
    }

    /// Whether a read is possible now: asked by `/readyz`.
    ///
    /// # Errors
    /// `Unavailable` if not.
    pub async fn check_readable(&self) -> Result<()> {
        within(PROBE, self.read(|connection| tx::latest_write(connection).map(|_| ()))).await
    }

    fn hand_in<T, E, F>(&self, writer: &Writer, f: F) -> oneshot::Receiver<std::result::Result<T, E>>
    where
        T: Send + 'static,
        E: Failure + Send + 'static,
        F: Fn(&mut Tx<'_>) -> std::result::Result<T, E> + Send + 'static,
    {
        let (sender, receiver) = oneshot::channel();
        let clock = Arc::clone(&self.0.clock);
        writer.send(Box::new(move |connection| {
            let run = Tx::run(connection, clock.as_ref(), &f);
            Box::new(move |committed| {
                if let (Ok(()), Some(now)) = (&committed, run.now) {
                    clock.observe(now);
                }
                // Whoever asked may have gone away meanwhile.
                let _ = sender.send(run.outcome.and_then(|value| committed.map(|()| value).map_err(E::from)));
            })
        }));
        receiver
    }

    fn run_pool_write<T, E: Failure>(&self, f: &dyn Fn(&mut Tx<'_>) -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        let Writers::Pool(pool) = &self.0.writers else { return Err(lost_write().into()) };
        let clock = self.0.clock.as_ref();
        let mut tries = 0;
        loop {
            let mut has_begun = false;
            let outcome = pool.with(|connection| {
                let run = Tx::run(connection, clock, f);
                has_begun = run.has_begun;
                if let (Ok(_), Some(now)) = (&run.outcome, run.now) {
                    clock.observe(now);
                }
                run.outcome
            });
            let failed = outcome.as_ref().err().and_then(Failure::database_error);
            let is_stale = !has_begun && failed.is_some_and(Error::is_unavailable);
            let may_retry = tries < CONFLICT_RETRIES && (is_stale || failed.is_some_and(Error::is_conflict));
            if is_stale {
                pool.forget_idle();
                tries = CONFLICT_RETRIES;
            }
            if !may_retry {
                return outcome;
            }
            if !is_stale {
                std::thread::sleep(pause_before(tries));
                tries += 1;
            }
        }
    }
}

/// Some of the time that a write may wait before it is run again, having been so `tries` times.
fn pause_before(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.min(CONFLICT_RETRIES)).mul_f64(rand::random::<f64>())
}

/// A database that does not answer in time is as good as away.
async fn within<T, E: Failure>(limit: Duration, asked: impl Future<Output = std::result::Result<T, E>>) -> std::result::Result<T, E> {
    tokio::time::timeout(limit, asked).await.unwrap_or_else(|_| Err(too_late(limit).into()))
}

fn too_late(limit: Duration) -> Error {
    Error::Deadline(format!("there was no answer within {} s", limit.as_secs()))
}

/// Runs a read, and once more on a new connection if the kept one turned out to be broken.
fn run_pooled<T, E: Failure>(pool: &Pool, f: impl Fn(&mut AnyConnection) -> std::result::Result<T, E>) -> std::result::Result<T, E> {
    let outcome = pool.with(&f);
    if outcome.as_ref().err().and_then(Failure::database_error).is_some_and(Error::is_unavailable) {
        pool.forget_idle();
        return pool.with(&f);
    }
    outcome
}

/// Opens a connection, with the file and its folder made where they are missing, and checks the engine's version.
fn open_for_writing(url: &DatabaseUrl) -> std::result::Result<AnyConnection, OpenError> {
    if let DatabaseUrl::Sqlite(path) = url {
        lock::make_private(path)?;
    }
    let mut connection = AnyConnection::open(url, Purpose::Write)?;
    connection.check_version()?;
    Ok(connection)
}

/// Applies the migrations that are missing and returns their names.
///
/// # Errors
/// [`OpenError`], in words for the operator.
pub fn migrate(url: &DatabaseUrl) -> std::result::Result<Vec<String>, OpenError> {
    migrate::migrate(&mut open_for_writing(url)?)
}

async fn blocking<T, E>(f: impl FnOnce() -> std::result::Result<T, E> + Send + 'static) -> std::result::Result<T, E>
where
    T: Send + 'static,
    E: Failure + Send + 'static,
{
    tokio::task::spawn_blocking(f).await.unwrap_or_else(|e| Err(lost_task(e).into()))
}

/// A task that panicked is a fault of ours; one that was cancelled is not, since the server stops then.
fn lost_task(error: tokio::task::JoinError) -> Error {
    match error.try_into_panic() {
        Ok(panic) => Error::Panicked(Problem::panicked(panic.as_ref())),
        Err(cancelled) => Error::Unavailable(cancelled.to_string()),
    }
}

fn lost_write() -> Error {
    Error::Unavailable("the write could not be handed in, or its outcome was lost".to_owned())
}
