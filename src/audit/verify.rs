//! Whether the audit log is what was written: `dateline check --audit`. It can tell that an entry was changed, put in or taken out, the newest ones
//! included. Whoever rewrites the whole log and its head leaves no trace in the database; a copy of the last hash that is kept elsewhere tells.

use super::store::{self, Row};
use crate::db::{Db, Result};
use crate::kernel::entry::{NONE_BEFORE, hexadecimal};

/// How many entries are in memory at once.
const AT_ONCE: i64 = 500;

/// What is wrong with the log, in words for the operator: the first entry that does not fit.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken(pub String);

/// The last entry of a log that fits.
#[derive(Debug, PartialEq, Eq)]
pub struct Whole {
    /// Its number, which is how many there are.
    pub number: i64,
    /// Its hash, as it goes out.
    pub hash: String,
}

/// Reads all of it, in the order of the chain, also while others write.
///
/// # Errors
/// If the database fails.
pub fn verify(db: &Db) -> Result<std::result::Result<Whole, Broken>> {
    let (mut last, mut hash, mut at_once) = (0, NONE_BEFORE, AT_ONCE);
    loop {
        // What stands before the first entry was put in.
        let from = if last == 0 { i64::MIN } else { last };
        let rows = match db.run_read(|connection| store::behind(connection, from, at_once)) {
            Ok(rows) => rows,
            Err(failed) if failed.is_unavailable() => return Err(failed),
            // One of them is not even an entry: it is looked for.
            Err(_) if at_once > 1 => {
                at_once = 1;
                continue;
            }
            Err(failed) => return Ok(Err(Broken(format!("what stands behind entry {last} is no entry: {failed}")))),
        };
        if rows.is_empty() {
            match db.run_read(store::head)? {
                // Others wrote meanwhile.
                Some((number, _)) if number > last && !db.run_read(|connection| store::behind(connection, last, 1))?.is_empty() => {}
                head => return Ok(ended(last, &hash, head)),
            }
        }
        for row in rows {
            let number = row.number;
            match fit(row, last, &hash) {
                Ok(next) => (last, hash) = (number, next),
                Err(broken) => return Ok(Err(broken)),
            }
        }
    }
}

/// The hash of an entry that fits behind another one.
fn fit(row: Row, last: i64, before: &[u8; 32]) -> std::result::Result<[u8; 32], Broken> {
    let (number, stored) = (row.number, row.hash.clone());
    if number <= last {
        return Err(Broken(format!("entry {number} was put in: the log begins with entry 1")));
    }
    if number != last + 1 {
        return Err(Broken(format!("entry {} is missing: behind entry {last} stands entry {number}", last + 1)));
    }
    let entry = row.entry();
    let hash = entry.hash(number, before);
    // Nothing and an empty text are the same line; none is written empty.
    let texts = [&entry.actor.address, &entry.before, &entry.after];
    let has_empty = texts.into_iter().flatten().any(String::is_empty);
    if hash.as_slice() != stored || has_empty {
        let (id, action, at) = (entry.id, &entry.action, entry.at);
        return Err(Broken(format!("entry {number} ({action} at {at}, id {id}) does not fit: it was changed, or the one before it was")));
    }
    Ok(hash)
}

/// Whether the log ends where it was written last.
fn ended(last: i64, hash: &[u8; 32], head: Option<(i64, Vec<u8>)>) -> std::result::Result<Whole, Broken> {
    match head {
        None => Err(Broken("its head is missing, so that nobody can tell which entry was the last one".to_owned())),
        Some((number, _)) if number > last => {
            Err(Broken(format!("entry {} is missing, and all behind it: entry {number} was the last one that was written", last + 1)))
        }
        Some((number, _)) if number < last => {
            Err(Broken(format!("entry {} was put in: entry {number} was the last one that was written", number + 1)))
        }
        Some((number, stored)) if stored != hash.as_slice() => {
            Err(Broken(format!("entry {number}, the last one, is not the one that was written, or the head of the log was changed")))
        }
        Some((number, _)) => Ok(Whole { number, hash: hexadecimal(hash) }),
    }
}
