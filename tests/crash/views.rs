//! Views are written a moment after they are told: a crash loses those of a second at most, and nobody counts twice after it.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use dateline::db::Statement;
use diesel::sql_types::BigInt;

use crate::site::Site;
use crate::support::engines;
use crate::support::program::wait;

/// How many articles are read by how many, of whom three times as many may have one address.
const ARTICLES: usize = 20;
const READERS: usize = 6;
/// How long a view may wait until it is written, and what a busy machine may add to that.
const WRITTEN_WITHIN: Duration = Duration::from_secs(1);
const BUSY: Duration = Duration::from_secs(20);

/// Each reader reads each article.
fn read_all(site: &Site, slugs: &BTreeSet<String>, browser: &str) {
    wait(async {
        for slug in slugs {
            for reader in 0..READERS {
                let view = site.reader().post(&format!("/v1/articles/{slug}/views"));
                view.header("user-agent", &format!("Mozilla/5.0 {browser}/{reader}")).await.is_no_content();
            }
        }
    });
}

fn counted(site: &Site) -> i64 {
    site.read(|connection| {
        Statement::<BigInt>::new("SELECT CAST(COALESCE(sum(views), 0) AS BIGINT) FROM view_totals").get_result(connection)
    })
}

#[test]
fn a_crash_loses_the_views_of_a_second_at_most_and_nobody_counts_twice_after_it() {
    for engine in engines() {
        let mut site = Site::new(*engine);
        for number in 0..ARTICLES {
            site.publish(&format!("Article {number}"));
        }
        let slugs: BTreeSet<String> = (0..ARTICLES).map(|number| format!("article-{number}")).collect();
        let all = i64::try_from(ARTICLES * READERS).unwrap();
        read_all(&site, &slugs, "Firefox");
        let told = Instant::now();
        while counted(&site) < all {
            assert!(told.elapsed() < WRITTEN_WITHIN + BUSY, "on {engine:?} {} of {all} are written", counted(&site));
            std::thread::sleep(Duration::from_millis(10));
        }
        eprintln!("{engine:?}: all views were written after {} ms", told.elapsed().as_millis());
        read_all(&site, &slugs, "Chrome");
        site.kill();
        let after = counted(&site);
        assert!((all..=2 * all).contains(&after), "on {engine:?} {after} are there, and {all} were written");
        site.start();
        // Those that were lost count now, the others do not again.
        read_all(&site, &slugs, "Firefox");
        read_all(&site, &slugs, "Chrome");
        let told = Instant::now();
        while counted(&site) < 2 * all {
            assert!(told.elapsed() < WRITTEN_WITHIN + BUSY, "on {engine:?} {} of {} are written", counted(&site), 2 * all);
            std::thread::sleep(Duration::from_millis(10));
        }
        // An orderly stop loses none.
        read_all(&site, &slugs, "Safari");
        site.stop();
        assert_eq!(counted(&site), 3 * all, "on {engine:?}");
        site.start();
        site.has_logged_no_error();
    }
}
