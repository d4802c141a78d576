//! How many failed attempts there may be. Only failures count, and each for a quarter of an hour, so that nobody is locked out for ever.
//!
//! Where an account was used from before it has a count of its own: neither strangers who guess at it elsewhere nor colleagues at the same address who
//! guess at others keep its user out.

use super::store;
use crate::db::{AnyConnection, Tx};
use crate::kernel::id::UserId;
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem, Result};

/// In how many milliseconds failures are counted: a quarter of an hour.
const WITHIN_MS: i64 = 15 * 60 * 1000;
/// How many failures an account may have in that time: from all strange addresses together, and from each known one.
pub const FAILURES_AN_ACCOUNT: usize = 10;
/// How many failures an address may have in that time with accounts that are not known there.
pub const FAILURES_AN_ADDRESS: usize = 30;

/// What a failure counts towards, each with how many it may have.
#[derive(Clone, Debug)]
pub struct Counts(Vec<(String, usize)>);

impl Counts {
    /// Of a login with an account where it is not known, or with one that does not exist.
    pub fn strange(email: &str, address: &str) -> Self {
        Self(vec![(format!("address:{address}"), FAILURES_AN_ADDRESS), (format!("account:{email}"), FAILURES_AN_ACCOUNT)])
    }

    /// Of a login with an account from where it was used before.
    pub fn known(user: UserId, address: &str) -> Self {
        Self(vec![(format!("known:{user}:{address}"), FAILURES_AN_ACCOUNT)])
    }

    /// Of naming one's present password to change it.
    pub fn own(user: UserId) -> Self {
        Self(vec![(format!("password:{user}"), FAILURES_AN_ACCOUNT)])
    }

    /// Refuses where there were too many, with the seconds until the next attempt.
    ///
    /// # Errors
    /// `too_many_requests` (429).
    pub fn check(&self, connection: &mut AnyConnection, now: Instant) -> Result<()> {
        for (subject, most) in &self.0 {
            let failures = store::failures(connection, subject, now.plus_millis(-WITHIN_MS), *most)?;
            // The one whose passing admits the next attempt.
            if let Some(oldest) = failures.get(most - 1) {
                return Err(too_many(oldest.plus_millis(WITHIN_MS).millis() - now.millis()));
            }
        }
        Ok(())
    }

    /// Counts one more failure.
    ///
    /// # Errors
    /// If the database fails.
    pub fn add(&self, tx: &mut Tx<'_>) -> Result<()> {
        let now = tx.now()?;
        let subjects = self.0.iter().map(|(subject, _)| subject.as_str());
        Ok(store::insert_failures(tx.conn(), subjects, now, now.plus_millis(-WITHIN_MS))?)
    }
}

fn too_many(wait_ms: i64) -> Problem {
    let seconds = (wait_ms + 999).div_euclid(1000).max(1);
    Problem::new(Code::TooManyRequests, "Too many failed attempts. Wait before the next one.")
        .with_header("retry-after", seconds.to_string())
}
