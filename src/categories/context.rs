//! What every delivery handler is given, and the one way in which all of them read.

pub mod view;

use std::collections::HashMap;
use std::sync::Arc;

use self::view::AsOf;
use super::names::{Names, NamesCache};
use crate::db::{AnyConnection, Db, dialect};
use crate::http::Collector;
use crate::http::caching::{Lifetime, UsualLifetime};
use crate::kernel::instant::Instant;
use crate::kernel::locale::Locales;
use crate::kernel::page::CursorKey;
use crate::kernel::problem::Result;
use crate::kernel::zone::Zone;
use crate::publications::drafts;
use crate::publications::entries::{Entry, entries};
use crate::publications::tallies::{self, KeptQuarters, Lists};
use crate::publications::visibility::{Ground, Snapshot};

/// What delivery needs besides the database.
#[derive(Clone)]
pub struct Delivery {
    /// The site's languages.
    pub locales: Locales,
    /// The names that are kept.
    pub names: NamesCache,
    /// Where pages begin, as far as it is kept.
    pub quarters: KeptQuarters,
    /// What signs cursors.
    pub cursor_key: CursorKey,
    /// How long an answer may be kept.
    pub usual: UsualLifetime,
    /// What the site is called.
    pub site_name: Arc<str>,
    /// Where readers find the site, without a slash at the end.
    pub site_url: Arc<str>,
    /// The zone of the site's days and months.
    pub zone: Zone,
}

/// As of when a delivery read is, and with which names.
pub struct Reading<'a> {
    /// As of when.
    pub snapshot: Snapshot,
    /// What a release without a date shows besides.
    pub entries: &'a [Entry],
    /// The names of categories, tags and authors.
    pub names: &'a Names,
    /// The languages of the site, the first one first.
    pub locales: &'a Locales,
    /// Where pages begin.
    pub quarters: &'a KeptQuarters,
    /// How far ahead the next change is looked for.
    pub span_ms: i64,
    /// What signs cursors.
    pub cursor_key: &'a CursorKey,
}

impl Reading<'_> {
    /// How many articles each of these lists has: its tallies tell, and of newest saves, which have none, the lists themselves. One with none may be missing.
    ///
    /// # Errors
    /// If the database fails.
    pub fn totals(&self, connection: &mut AnyConnection, lists: Lists<'_>) -> crate::db::Result<HashMap<String, i64>> {
        let mut counts = match self.snapshot.is_of_newest() {
            true => drafts::totals(connection, self.snapshot, lists)?,
            false => tallies::totals(connection, self.snapshot, lists)?,
        };
        for list in self.entries.iter().flat_map(|entry| &entry.lists) {
            *counts.entry(list.as_str().to_owned()).or_default() += 1;
        }
        Ok(counts)
    }
}

impl Delivery {
    /// `locale=`: one of the site's languages, the default one unless said.
    pub fn locale(&self, q: &mut Collector<'_>) -> String {
        let find = |text: &str| self.locales.find(text).map(ToString::to_string).ok_or("the site does not publish in it");
        q.check("locale", "unknown", find).unwrap_or_else(|| self.locales.default_locale().to_string())
    }

    /// Reads as of now or another instant: what was read, whatever it is, and how long an answer that shows it may be kept.
    ///
    /// `read` runs once where nothing moved. As of now it runs again as of the latest write, if that lies later than the instant that was read because
    /// another node's clock is ahead: what that node took down must not return here. And it runs again with newer names, if those that were
    /// kept turn out to be old.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn read<T, F>(&self, db: &Db, as_of: AsOf, read: F) -> Result<(T, Lifetime)>
    where
        T: Send + 'static,
        F: Fn(&mut AnyConnection, Reading<'_>) -> Result<(T, Ground)> + Send + 'static,
    {
        let is_of_one_state = as_of.release_id.is_some();
        db.read(self.settled(db, as_of, is_of_one_state, read)).await
    }

    /// The same for what takes longer than a page, or counts: all statements of `read` see one state of the database, and names are of that state.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn read_long<T, F>(&self, db: &Db, as_of: AsOf, read: F) -> Result<(T, Lifetime)>
    where
        T: Send + 'static,
        F: Fn(&mut AnyConnection, Reading<'_>) -> Result<(T, Ground)> + Send + 'static,
    {
        db.read_long(self.settled(db, as_of, true, read)).await
    }

    /// The same for what counts one list by its tallies, which is as good as a page where they are settled.
    ///
    /// # Errors
    /// What `read` returns.
    pub async fn read_tallies<T, F>(&self, db: &Db, as_of: AsOf, read: F) -> Result<(T, Lifetime)>
    where
        T: Send + 'static,
        F: Fn(&mut AnyConnection, Reading<'_>) -> Result<(T, Ground)> + Send + 'static,
    {
        let at = as_of.instant(db);
        db.read_short_or_long(|connection| Ok(tallies::are_settled(connection, at)?), self.settled(db, as_of, true, read)).await
    }

    /// `read`, until the ground under it holds; each time with all statements in one state of the database, if that is wanted.
    fn settled<T, F>(
        &self,
        db: &Db,
        as_of: AsOf,
        is_of_one_state: bool,
        read: F,
    ) -> impl Fn(&mut AnyConnection) -> Result<(T, Lifetime)> + Send + 'static
    where
        T: Send + 'static,
        F: Fn(&mut AnyConnection, Reading<'_>) -> Result<(T, Ground)> + Send + 'static,
    {
        let (kept, quarters, usual, cursor_key) = (self.names.clone(), self.quarters.clone(), self.usual, self.cursor_key.clone());
        let locales = self.locales.clone();
        let (clock, first, now) = (Arc::clone(db.clock()), as_of.instant(db), db.clock().now());
        move |connection| {
            let (mut at, mut names) = (first, kept.kept());
            loop {
                let read = |connection: &mut AnyConnection| {
                    let snapshot = as_of.snapshot(connection, at, now)?;
                    let entries = entries(connection, snapshot)?;
                    let span_ms = i64::from(usual.0) * 1000;
                    read(
                        connection,
                        Reading {
                            snapshot,
                            entries: &entries,
                            names: &names,
                            locales: &locales,
                            quarters: &quarters,
                            span_ms,
                            cursor_key: &cursor_key,
                        },
                    )
                };
                let (found, ground) = if is_of_one_state { dialect::in_one_state(connection, read)? } else { read(connection)? };
                if let Some(latest) = ground.latest_write.filter(|latest| as_of.is_now() && *latest > at) {
                    clock.observe(latest);
                    at = latest;
                } else if ground.names_version > names.version() {
                    names = kept.get(connection, ground.names_version)?;
                } else {
                    return Ok((found, Lifetime::until(usual, at, ground.next_change)));
                }
            }
        }
    }
}

impl AsOf {
    /// The site at an instant, as far as it is shown at `now`.
    fn snapshot(self, connection: &mut AnyConnection, at: Instant, now: Instant) -> Result<Snapshot> {
        let snapshot = Snapshot::of(at).with_release(self.release_id);
        let snapshot = if self.hides_embargoed { snapshot.without_embargoed(connection, now)? } else { snapshot };
        Ok(if self.is_of_newest() { snapshot.of_newest() } else { snapshot })
    }
}
