//! Views as they come, in memory until they are written. Who asks waits for nothing; what is not written when the program is killed is lost: less than
//! a second. An address lies here for as long, and nowhere else.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use xxhash_rust::xxh3::xxh3_64;

use super::rules::MOST_OF_ADDRESS;
use super::rules::programs::is_program;
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// So many views wait to be written at most; more are dropped.
pub const MOST_WAITING: usize = 65_536;
/// Under so many names articles are known to be live at most.
const MOST_NAMES: usize = 10_000;
/// For so long an article that was live under a name is taken to be, whatever is planned: of that nothing shows.
const LIVE_FOR_MS: i64 = 1000;

/// What a reader is known by, until it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reader {
    /// What is read.
    pub article_id: ArticleId,
    /// From where.
    pub address: IpAddr,
    /// By which browser: a digest of its `User-Agent`.
    pub agent: u64,
}

/// A view that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// When it was.
    pub at: Instant,
    /// How many others with that address read that article in what waits, and came before.
    pub others: i64,
}

/// The views of this node that wait, and which articles were live a moment ago. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Counter(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    batch: Mutex<Batch>,
    /// By language and name. Only what readers may know is in it.
    live: Mutex<HashMap<(String, String), (ArticleId, Instant)>>,
}

/// Views that wait together.
#[derive(Debug, Default)]
pub struct Batch {
    /// Each reader of each article once.
    pub views: HashMap<Reader, Waiting>,
    of_address: HashMap<(ArticleId, IpAddr), i64>,
    /// How many had no place.
    pub dropped: u64,
}

impl Counter {
    /// Counts that an article is read from an address (an IPv6 one by its /64), if it is not by a program.
    pub fn count(&self, article_id: ArticleId, address: IpAddr, agent: Option<&str>, at: Instant) {
        let Some(agent) = agent.filter(|agent| !is_program(Some(agent))) else { return };
        let reader = Reader { article_id, address, agent: xxh3_64(agent.as_bytes()) };
        held(&self.0.batch).add(reader, at);
    }

    /// Takes what waits.
    pub fn take(&self) -> Batch {
        std::mem::take(&mut *held(&self.0.batch))
    }

    /// Lets views wait on, which could not be written.
    pub fn put_back(&self, views: impl IntoIterator<Item = (Reader, Waiting)>) {
        let mut batch = held(&self.0.batch);
        views.into_iter().for_each(|(reader, waiting)| batch.add(reader, waiting.at));
    }

    /// The article that is live under a name in a language, as far as it is known.
    pub fn live(&self, locale: &str, name: &str, now: Instant) -> Option<ArticleId> {
        let live = held(&self.0.live);
        let found = live.get(&(locale.to_owned(), name.to_owned()));
        found.filter(|(_, seen_at)| now < seen_at.plus_millis(LIVE_FOR_MS)).map(|(id, _)| *id)
    }

    /// Keeps that an article was live under a name in a language at an instant.
    pub fn keep_live(&self, locale: String, name: String, id: ArticleId, at: Instant) {
        let mut live = held(&self.0.live);
        if live.len() >= MOST_NAMES {
            live.clear();
        }
        live.insert((locale, name), (id, at));
    }
}

impl Batch {
    fn add(&mut self, reader: Reader, at: Instant) {
        if self.views.contains_key(&reader) {
            return;
        }
        if self.views.len() >= MOST_WAITING {
            self.dropped += 1;
            return;
        }
        let of_address = self.of_address.entry((reader.article_id, reader.address)).or_insert(0);
        if *of_address < MOST_OF_ADDRESS {
            self.views.insert(reader, Waiting { at, others: *of_address });
            *of_address += 1;
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

    fn at() -> Instant {
        "2026-11-30T08:00:00Z".parse().unwrap()
    }

    #[test]
    fn what_waits_is_bounded_whoever_asks() {
        let (counter, article_id) = (Counter::default(), ArticleId::new());
        for number in 0..u32::try_from(MOST_WAITING).unwrap() + 10 {
            counter.count(article_id, Ipv4Addr::from_bits(number).into(), Some(BROWSER), at());
        }
        let batch = counter.take();
        assert_eq!((batch.views.len(), batch.dropped), (MOST_WAITING, 10));
        assert!(counter.take().views.is_empty());
    }

    #[test]
    fn one_address_counts_for_no_more_readers_than_a_small_office_has() {
        let (counter, article_id) = (Counter::default(), ArticleId::new());
        for number in 0..1000 {
            counter.count(article_id, Ipv4Addr::LOCALHOST.into(), Some(&format!("{BROWSER} {}", number % 500)), at());
        }
        counter.count(article_id, Ipv4Addr::LOCALHOST.into(), Some("curl/8.5.0"), at());
        counter.count(article_id, Ipv4Addr::LOCALHOST.into(), None, at());
        let batch = counter.take();
        let mut others: Vec<i64> = batch.views.values().map(|waiting| waiting.others).collect();
        others.sort_unstable();
        assert_eq!(others, (0..MOST_OF_ADDRESS).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_live_is_known_for_a_moment_and_never_what_is_not() {
        let (counter, id) = (Counter::default(), ArticleId::new());
        assert_eq!(counter.live("en", "bridge", at()), None);
        counter.keep_live("en".to_owned(), "bridge".to_owned(), id, at());
        assert_eq!(counter.live("en", "bridge", at().plus_millis(LIVE_FOR_MS - 1)), Some(id));
        assert_eq!(counter.live("tk", "bridge", at()), None);
        assert_eq!(counter.live("en", "bridge", at().plus_millis(LIVE_FOR_MS)), None);
        for number in 0..MOST_NAMES + 10 {
            counter.keep_live("en".to_owned(), number.to_string(), id, at());
        }
        assert!(held(&counter.0.live).len() <= MOST_NAMES);
    }
}
