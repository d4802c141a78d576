//! SQLite's one writer: a thread that takes what is waiting, runs it in one transaction with a savepoint a job, commits once, and
//! only then answers. A commit waits for the disk; sharing it makes writes cheap without acknowledging anything early.

use std::panic;
use std::sync::mpsc;
use std::thread;

use diesel::connection::AnsiTransactionManager;
use diesel::connection::TransactionManager as _;
use diesel::result::Error as DieselError;

use super::connection::AnyConnection;
use super::error::Error;

/// Runs in the transaction; what it returns runs after the commit, and is told whether that succeeded.
pub(super) type Job = Box<dyn FnOnce(&mut AnyConnection) -> Answer + Send>;
/// Told the outcome of the commit.
pub(super) type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;

/// The most jobs that share one commit.
const MOST_JOBS: usize = 64;
/// How many jobs may wait before senders do.
const QUEUE: usize = 4096;

/// A handle to the thread. It ends when the last handle is gone.
#[derive(Clone)]
pub(super) struct Writer(mpsc::SyncSender<Job>);

impl Writer {
    /// Starts the thread with the connection that it writes through.
    pub(super) fn start(connection: AnyConnection) -> std::io::Result<Self> {
        let (sender, receiver) = mpsc::sync_channel(QUEUE);
        thread::Builder::new().name("dateline-writer".to_owned()).spawn(move || run(connection, &receiver))?;
        Ok(Self(sender))
    }

    /// Hands in a job; `false` if the queue is full or the thread has ended.
    pub(super) fn send(&self, job: Job) -> bool {
        self.0.try_send(job).is_ok()
    }
}

fn run(mut connection: AnyConnection, jobs: &mpsc::Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let batch = std::iter::once(first).chain(jobs.try_iter().take(MOST_JOBS - 1));
        let mut answers = Vec::new();
        let outcome = commit_together(&mut connection, batch, &mut answers);
        for answer in answers {
            answer(outcome.as_ref().copied().map_err(|e| Error::Unavailable(e.to_string())));
        }
    }
    checkpoint(&mut connection);
}

fn commit_together(connection: &mut AnyConnection, batch: impl Iterator<Item = Job>, answers: &mut Vec<Answer>) -> Result<(), DieselError> {
    begin(connection)?;
    for job in batch {
        match panic::catch_unwind(panic::AssertUnwindSafe(|| job(connection))) {
            Ok(answer) => answers.push(answer),
            Err(_) => return Err(abandon(connection)),
        }
    }
    let committed = <AnyConnection as diesel::Connection>::TransactionManager::commit_transaction(connection);
    if committed.is_err() {
        // The commit's error is what matters; a rollback that fails too leaves the manager broken, which the next begin reports.
        let _ = <AnyConnection as diesel::Connection>::TransactionManager::rollback_transaction(connection);
    }
    committed
}

/// A job panicked half-way, perhaps inside its savepoint: nothing of the batch is kept, and the thread lives on.
fn abandon(connection: &mut AnyConnection) -> DieselError {
    tracing::error!("a write panicked; the writes that shared its commit were rolled back");
    while <AnyConnection as diesel::Connection>::TransactionManager::rollback_transaction(connection).is_ok() {}
    DieselError::RollbackTransaction
}

/// Takes the write lock at once: a reading transaction that wants to write later could not wait for it.
fn begin(connection: &mut AnyConnection) -> Result<(), DieselError> {
    match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE"),
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::begin_transaction(postgres),
    }
}

fn checkpoint(connection: &mut AnyConnection) {
    use diesel::connection::SimpleConnection as _;
    if let AnyConnection::Sqlite(sqlite) = connection {
        // Only tidiness: the log is replayed at the next start otherwise.
        let _ = sqlite.batch_execute("PRAGMA optimize; PRAGMA wal_checkpoint(TRUNCATE)");
    }
}
