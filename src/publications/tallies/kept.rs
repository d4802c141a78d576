//! Where in lists pages begin, in memory: who asks for a page by its number asks for it again, and walking there takes longer than reading it.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

use super::{Order, Tally};
use crate::db::{AnyConnection, Result};
use crate::kernel::instant::Instant;
use crate::publications::lists::ListKey;

/// So many are kept.
const MOST_KEPT: usize = 4096;

/// The quarters of an hour that were found in one state of the tallies, which whoever asks reads with the data. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct KeptQuarters(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    version: i64,
    quarters: HashMap<(ListKey, Order, i64), (Range<Instant>, i64)>,
}

impl KeptQuarters {
    /// As [`Tally::quarter`], which is asked only for what is not known.
    ///
    /// # Errors
    /// If the database fails.
    pub fn find(&self, connection: &mut AnyConnection, tally: &Tally, order: Order, index: i64) -> Result<(Range<Instant>, i64)> {
        let Some(version) = tally.version else { return tally.quarter(connection, order, index) };
        let place = (tally.list.clone(), order, index);
        let known = self.with(version, |quarters| quarters.get(&place).cloned()).flatten();
        if let Some(known) = known {
            return Ok(known);
        }
        let found = tally.quarter(connection, order, index)?;
        self.with(version, |quarters| {
            if quarters.len() >= MOST_KEPT {
                quarters.clear();
            }
            quarters.insert(place, found.clone());
        });
        Ok(found)
    }

    /// What was found in this state of the tallies; nothing for one that is older than another that was seen.
    fn with<T>(&self, version: i64, use_of: impl FnOnce(&mut HashMap<(ListKey, Order, i64), (Range<Instant>, i64)>) -> T) -> Option<T> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.version < version {
            *kept = Kept { version, quarters: HashMap::new() };
        }
        (kept.version == version).then(|| use_of(&mut kept.quarters))
    }
}
