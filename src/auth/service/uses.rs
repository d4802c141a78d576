//! When sessions and keys are used, written down at most once a minute for each, behind the request and not within it: a request that only reads waits for no
//! writer, and who asks a thousand times a second costs a write a minute on each node.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::api_keys::service as api_keys;
use crate::auth::store::listed;
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Credential;
use crate::kernel::instant::Instant;
use crate::kernel::problem::Problem;

/// How long a noted use stands for later ones, in milliseconds.
const MINUTE_MS: i64 = 60_000;
/// How many uses are kept before those that stand for nothing any more are thrown away.
const MANY: usize = 1_000;

/// The uses that this node noted last. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Uses(Arc<Mutex<HashMap<Credential, Instant>>>);

impl Uses {
    /// Notes a use at `now`, unless one of the last minute is noted: in the database (`noted`) or on its way there.
    pub fn note(&self, db: &Db, used: Credential, noted: Option<Instant>, now: Instant) {
        if is_recent(noted, now) || !self.claims(used, now) {
            return;
        }
        let db = db.clone();
        tokio::spawn(async move {
            let written = db.write(move |tx| Ok::<_, Problem>(touch(tx.conn(), used, now)?));
            if let Err(problem) = written.await {
                tracing::warn!(?used, ?problem, "that somebody was here could not be noted");
            }
        });
    }

    /// Whether nobody else of this node notes the use.
    fn claims(&self, used: Credential, now: Instant) -> bool {
        let mut uses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ours = !is_recent(uses.get(&used).copied(), now);
        if is_ours {
            if uses.len() >= MANY {
                uses.retain(|_, noted| is_recent(Some(*noted), now));
            }
            uses.insert(used, now);
        }
        is_ours
    }
}

fn touch(connection: &mut AnyConnection, used: Credential, now: Instant) -> crate::db::Result<()> {
    match used {
        Credential::Key(id) => api_keys::touch(connection, id, now),
        Credential::Session(id) => listed::touch(connection, id, now),
    }
}

fn is_recent(noted: Option<Instant>, now: Instant) -> bool {
    noted.is_some_and(|noted| now < noted.plus_millis(MINUTE_MS))
}
