//! Passwords: argon2id (RFC 9106) at m = 19,456 KiB, t = 2, p = 1, one at a time in each of two short queues, so that logins never
//! slow delivery down.

mod choice;

use std::sync::Arc;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;

pub use choice::{Fault, fault, is_too_long};

use crate::kernel::problem::{Code, Problem, Result};

/// How many may wait in each queue, besides the one whose turn it is.
const WAITING: usize = 15;

/// Who waits with whom. In each queue one password at a time is looked at, so that a flood of strangers does not keep colleagues out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Queue {
    /// Users who are logged in, or were before from where they are.
    Known,
    /// Everyone else.
    Strange,
}

/// Hashes and verifies passwords on a bounded pool, and says which are taken.
#[derive(Clone, Debug)]
pub struct Passwords {
    known: Line,
    strange: Line,
    site_name: Arc<str>,
}

#[derive(Clone, Debug)]
struct Line {
    /// Who may have the turn or wait.
    admitted: Arc<Semaphore>,
    turn: Arc<Semaphore>,
}

impl Default for Line {
    fn default() -> Self {
        Self { admitted: Arc::new(Semaphore::new(1 + WAITING)), turn: Arc::new(Semaphore::new(1)) }
    }
}

impl Passwords {
    /// The passwords of the users of a site of this name.
    pub fn new(site_name: &str) -> Self {
        Self { known: Line::default(), strange: Line::default(), site_name: site_name.into() }
    }

    /// What is wrong with a new password of the user of this e-mail and name, if anything.
    pub fn fault(&self, password: &str, email: &str, name: &str) -> Option<Fault> {
        fault(password, &[email, name, &self.site_name])
    }

    /// Waits until it is one's turn, which lasts until what is returned is dropped.
    ///
    /// # Errors
    /// `too_many_requests` (429) when too many wait.
    pub async fn turn(&self, queue: Queue) -> Result<Turn> {
        let line = match queue {
            Queue::Known => &self.known,
            Queue::Strange => &self.strange,
        };
        let busy = || Problem::new(Code::TooManyRequests, "Too many logins are under way.").with_header("retry-after", "1");
        let admitted = Arc::clone(&line.admitted).try_acquire_owned().map_err(|_| busy())?;
        let turn = Arc::clone(&line.turn).acquire_owned().await.map_err(Problem::internal)?;
        Ok(Turn(Arc::new((admitted, turn))))
    }
}

/// The right to have passwords hashed, one after another. It goes with the work as well: that goes on when whoever asked has hung up, and counts until it
/// is done.
#[derive(Debug)]
pub struct Turn(Arc<(OwnedSemaphorePermit, OwnedSemaphorePermit)>);

impl Turn {
    /// The PHC string of a password.
    ///
    /// # Errors
    /// If there is no randomness.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let password = normalised(password);
        self.run(move || hash_now(&password)).await?
    }

    /// Whether a password has this hash. Without one as much is computed, and the answer is no.
    ///
    /// # Errors
    /// If the pool fails.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool> {
        let password = normalised(password);
        self.run(move || match hash {
            Some(hash) => matches(&password, &hash),
            None => hash_now(&password).map(|_| false).unwrap_or(false),
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, f: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let turn = Arc::clone(&self.0);
        let work = move || {
            let _turn = turn;
            f()
        };
        tokio::task::spawn_blocking(work).await.map_err(Problem::internal)
    }
}

/// NFC, so that the same password typed on another system is the same.
fn normalised(password: &str) -> String {
    password.nfc().collect()
}

fn hash_now(password: &str) -> Result<String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|e| Problem::internal(e.to_string()))
}

/// Hashes a password on this thread: for commands.
///
/// # Errors
/// If there is no randomness.
pub fn hash_here(password: &str) -> Result<String> {
    hash_now(&normalised(password))
}

fn matches(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}
