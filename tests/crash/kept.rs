//! Whether what editors were told is so, and nothing is there by half.

use std::collections::BTreeSet;

use dateline::db::Statement;
use diesel::sql_types::{BigInt, Text};
use serde_json::Value;

use crate::load::{Written, category, ids};
use crate::site::Site;
use crate::support::client::Client;
use crate::support::program::wait;

/// Rows that a whole write never leaves, and how many of them there are.
const HALVES: [(&str, &str); 8] = [
    (
        "articles without their newest revision",
        "SELECT count(*) FROM articles a WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.number = a.newest_revision)",
    ),
    (
        "articles with another number of revisions than their newest has",
        "SELECT count(*) FROM articles a WHERE a.newest_revision <> (SELECT count(*) FROM revisions r WHERE r.article_id = a.id)",
    ),
    (
        "revisions without a body",
        "SELECT count(*) FROM revisions r WHERE NOT EXISTS (SELECT 1 FROM revision_bodies b WHERE b.article_id = r.article_id AND b.number = r.number)",
    ),
    (
        "revisions without their category among their lists",
        "SELECT count(*) FROM revisions r WHERE NOT EXISTS (SELECT 1 FROM revision_keys k WHERE k.article_id = r.article_id AND k.number = r.number AND k.target_id = r.category_id)",
    ),
    (
        "articles whose beginning is not in the audit log",
        "SELECT count(*) FROM articles WHERE id NOT IN (SELECT target_id FROM audit WHERE action = 'article.created')",
    ),
    (
        "articles that do not hold the slug of their newest revision",
        "SELECT count(*) FROM articles a JOIN revisions r ON r.article_id = a.id AND r.number = a.newest_revision \
         WHERE NOT EXISTS (SELECT 1 FROM slugs s WHERE s.locale = a.locale AND s.slug = r.slug AND s.article_id = a.id)",
    ),
    (
        "publications that are not in the two lists of their article",
        "SELECT count(*) FROM publications p WHERE p.publish_at < p.ends_at AND 2 <> (SELECT count(*) FROM listings l \
         WHERE l.article_id = p.article_id AND l.from_at <= p.publish_at AND l.until_at >= p.ends_at)",
    ),
    (
        "rows of lists without a publication",
        "SELECT count(*) FROM listings l WHERE NOT EXISTS (SELECT 1 FROM publications p \
         WHERE p.article_id = l.article_id AND p.publish_at = l.from_at AND p.publish_at < p.ends_at)",
    ),
];

/// Looks at everything that a round's editors were told, and at the whole.
pub fn check(site: &Site, round: u64, written: &[Written]) {
    assert!(written.iter().filter(|article| !article.is_in_doubt).count() > 1, "round {round} wrote too little to say anything");
    let admin = site.admin();
    wait(async {
        for article in written {
            is_as_told(&admin, round, article).await;
        }
        lists_agree(&admin, round, written).await;
    });
    nothing_is_there_by_half(site, round);
}

async fn is_as_told(admin: &Client, round: u64, article: &Written) {
    let answer = admin.get(&format!("/v1/editor/articles/{}", article.id)).await;
    let found = (answer.is_ok()["version"].as_i64().unwrap(), answer["revision"].as_i64().unwrap());
    let publications = ids(&answer["publications"]);
    let readers = admin.get(&format!("/v1/articles/{}", article.id)).await;
    if article.is_in_doubt {
        assert!(found >= (article.version, article.revision), "round {round}: {article:?} became {answer}");
        assert!(publications.is_superset(&article.publications), "round {round}: {article:?} became {answer}");
        return;
    }
    assert_eq!(found, (article.version, article.revision), "round {round}: {article:?} became {answer}");
    assert_eq!(publications, article.publications, "round {round}: {article:?} became {answer}");
    assert_eq!(answer.text_at("/title"), article.title, "round {round}");
    match &article.live_title {
        Some(title) => assert_eq!(readers.is_ok().text_at("/title"), title, "round {round}"),
        None => drop(readers.is_problem(404, "not_found")),
    }
}

/// Readers find in the list of a round's category what is live, and as many as are counted.
async fn lists_agree(admin: &Client, round: u64, written: &[Written]) {
    let slug = category(round);
    let mut listed = BTreeSet::new();
    let mut path = format!("/v1/articles?limit=100&category={slug}");
    loop {
        let page = admin.get(&path).await;
        listed.extend(ids(&page.is_ok()["data"]));
        match page.at("/paging/next") {
            Value::String(cursor) => path = format!("/v1/articles?limit=100&category={slug}&cursor={cursor}"),
            _ => break,
        }
    }
    for article in written.iter().filter(|article| !article.is_in_doubt) {
        assert_eq!(listed.contains(&article.id), article.live_title.is_some(), "round {round}: {article:?}");
    }
    let counted = admin.get(&format!("/v1/categories/{slug}")).await;
    assert_eq!(counted.is_ok()["article_count"], listed.len(), "round {round}");
}

/// Looks at the database as a whole.
fn nothing_is_there_by_half(site: &Site, round: u64) {
    let halves = site.read(|connection| HALVES.iter().map(|(_, sql)| Statement::<BigInt>::new(sql).get_result(connection)).collect());
    let halves: Vec<i64> = halves;
    for ((what, _), count) in HALVES.iter().zip(halves) {
        assert_eq!(count, 0, "round {round}: {what}");
    }
    if site.is_embedded() {
        let said: String = site.read(|connection| Statement::<Text>::new("PRAGMA integrity_check").once().get_result(connection));
        assert_eq!(said, "ok", "round {round}");
    }
}
