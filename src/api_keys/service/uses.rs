//! When keys are used, written down at most once a minute for each, behind the request and not within it: a request that only reads waits for no
//! writer, and a key that is used a thousand times a second costs a write a minute on each node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::api_keys::store;
use crate::db::Db;
use crate::kernel::id::ApiKeyId;
use crate::kernel::instant::Instant;
use crate::kernel::problem::Problem;

/// How long a noted use stands for later ones, in milliseconds.
const MINUTE_MS: i64 = 60_000;

/// The uses that this node noted last: as many as there are keys that were good. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<HashMap<ApiKeyId, Instant>>>);

impl Uses {
    /// Notes a use at `now`, unless one of the last minute is noted: in the database (`noted`) or on its way there.
    pub fn note(&self, db: &Db, id: ApiKeyId, noted: Option<Instant>, now: Instant) {
        if is_recent(noted, now) || !self.claims(id, now) {
            return;
        }
        let db = db.clone();
        tokio::spawn(async move {
            let written = db.write(move |tx| Ok::<_, Problem>(store::touch(tx.conn(), id, now)?));
            if let Err(problem) = written.await {
                tracing::warn!(key = %id, ?problem, "that a key was used could not be noted");
            }
        });
    }

    /// Whether nobody else of this node notes the use.
    fn claims(&self, id: ApiKeyId, now: Instant) -> bool {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ours = !is_recent(uses.get(&id).copied(), now);
        if is_ours {
            uses.insert(id, now);
        }
        is_ours
    }
}

fn is_recent(noted: Option<Instant>, now: Instant) -> bool {
    noted.is_some_and(|noted| now < noted.plus_millis(MINUTE_MS))
}
