//! Many who write at once, while somebody counts.

use std::sync::Arc;
use std::thread;

use dateline::articles::dto::ArticleCreate;
use dateline::articles::service::{self as articles, publishing};
use dateline::db::dialect;
use dateline::db::{self, AnyConnection, Db, Statement};
use dateline::kernel::clock::{Clock as _, SettableClock};
use dateline::kernel::instant::Instant;
use dateline::kernel::version::Expected;
use dateline::publications::dto::Unpublish;
use dateline::publications::lists::ListKey;
use dateline::publications::tallies::{self, Lists, Tally, every_date};
use dateline::publications::visibility::{LISTED, LISTED_UNTIL};
use diesel::sql_types::BigInt;
use serde_json::json;
use tokio::runtime::Builder;

use super::stored::Stored;
use super::support::Engine;
use super::support::random::Random;

const WRITERS: usize = 4;

/// Writes articles that come and go within a few milliseconds of a clock that all push on.
fn write(stored: &Stored, clock: &SettableClock, writer: usize, articles: usize) {
    let mut random = Random::new(writer as u64);
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let caller = stored.editor();
    for number in 0..articles {
        clock.advance_ms(random.between(0, 2));
        let start = clock.now().plus_millis(random.between(-4, 6));
        let whole = json!({
            "title": format!("{writer} {number}"), "category_id": stored.politics(), "body": { "format": "html", "source": "" },
            "publish": { "publish_at": start, "unpublish_at": start.plus_millis(random.between(1, 12)) },
        });
        let whole: ArticleCreate = serde_json::from_value(whole).unwrap();
        let article = runtime.block_on(articles::create(stored.db(), stored.site(), &caller, whole, None)).unwrap().first().unwrap();
        // It may have ended meanwhile.
        let _ = runtime.block_on(publishing::unpublish(stored.db(), &caller, article.id, Expected::Anything, Unpublish::default(), None));
    }
}

/// Compares what is counted with the rows that are live, in the same state of the database.
fn count(db: &Db, at: Instant, key: &ListKey) {
    let read = |connection: &mut AnyConnection| -> db::Result<()> {
        let naive = Statement::<BigInt>::new("SELECT count(*) FROM listings WHERE list = ").bind(key);
        let naive: i64 = naive.sql(LISTED).bind(at).sql(LISTED_UNTIL).bind(at).get_result(connection)?;
        let total = tallies::totals(connection, Snapshot::of(at), Lists::These(std::slice::from_ref(key)))?;
        assert_eq!(total.get(key.as_str()).copied().unwrap_or(0), naive, "{key:?} at {at}");
        assert_eq!(Tally::of(connection, Snapshot::of(at), key)?.count(connection, &[every_date()])?, [naive], "{key:?} at {at}");
        Ok(())
    };
    db.run_read(|connection| dialect::in_one_state(connection, read)).unwrap();
}

/// Lets them write, and counts until all have done so and once more.
pub fn write_at_once(engine: Engine, articles: usize) {
    let (stored, mut random) = (Arc::new(Stored::open(engine)), Random::new(7));
    let clock = stored.clock();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let (stored, clock) = (Arc::clone(&stored), Arc::clone(&clock));
            thread::spawn(move || write(&stored, &clock, writer, articles))
        })
        .collect();
    let lists = [ListKey::all("en", "article"), ListKey::category("en", "article", stored.politics())];
    while !writers.iter().all(thread::JoinHandle::is_finished) {
        for list in &lists {
            count(stored.db(), clock.now().plus_millis(random.between(-20, 20)), list);
        }
    }
    for writer in writers {
        writer.join().unwrap();
    }
    for list in &lists {
        (-400..40).for_each(|off| count(stored.db(), clock.now().plus_millis(off), list));
    }
}
