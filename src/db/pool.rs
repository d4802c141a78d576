//! Connections that are kept open. Waiting for one is asynchronous, and a connection is not asked whether it lives before each use:
//! a broken one is dropped when a statement says so.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Semaphore;

use super::connection::{AnyConnection, Purpose};
use super::error::{Error, Failure, Result};
use super::url::DatabaseUrl;

/// See the module.
pub(super) struct Pool {
    url: DatabaseUrl,
    purpose: Purpose,
    idle: Mutex<Vec<AnyConnection>>,
    permits: Arc<Semaphore>,
}

impl Pool {
    /// A pool of at most `size` connections, opened when they are first needed.
    pub(super) fn new(url: DatabaseUrl, purpose: Purpose, size: usize) -> Self {
        Self { url, purpose, idle: Mutex::new(Vec::new()), permits: Arc::new(Semaphore::new(size)) }
    }

    /// Waits for the right to use a connection.
    pub(super) async fn permit(&self) -> Result<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.permits).acquire_owned().await.map_err(|e| Error::Unavailable(e.to_string()))
    }

    /// Runs `f` with a connection on this thread. The connection goes back unless it broke, or `f` panicked.
    pub(super) fn with<T, E: Failure>(&self, f: impl FnOnce(&mut AnyConnection) -> std::result::Result<T, E>) -> std::result::Result<T, E> {
        let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match kept {
            Some(connection) => connection,
            None => AnyConnection::open(&self.url, self.purpose).map_err(|e| Error::Unavailable(e.to_string()))?,
        };
        let outcome = f(&mut connection);
        // Outside a transaction diesel does not notice that a connection is gone; whoever takes it next would fail as well.
        let is_lost = outcome.as_ref().err().and_then(Failure::database_error).is_some_and(Error::is_unavailable);
        if !is_lost && !is_broken(&mut connection) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
        outcome
    }

    /// Drops the connections that nobody uses: after one broke, the others of the same server are broken as well.
    pub(super) fn forget_idle(&self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

fn is_broken(connection: &mut AnyConnection) -> bool {
    use diesel::connection::{AnsiTransactionManager, TransactionManager as _};
    match connection {
        AnyConnection::Sqlite(sqlite) => AnsiTransactionManager::is_broken_transaction_manager(sqlite),
        AnyConnection::Postgres(postgres) => AnsiTransactionManager::is_broken_transaction_manager(postgres),
    }
}
