//! Counts: what is counted is what one gets by walking all pages, at every instant (contract 3).

use dateline::db::{AnyConnection, Result, Statement};
use dateline::kernel::caller::Role;
use dateline::kernel::id::ArticleId;
use dateline::publications::lists::ListKey;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;

/// Politics with elections below it, and sport.
pub struct Categories {
    pub politics: String,
    pub elections: String,
    pub sport: String,
}

pub async fn categories(editor: &Client) -> Categories {
    let create = async |name: &str, parent: Option<&str>| {
        let created = editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await;
        created.is_created().text_at("/id").to_owned()
    };
    let politics = create("Politics", None).await;
    let elections = create("Elections", Some(&politics)).await;
    Categories { elections, sport: create("Sport", None).await, politics }
}

/// Publishes an article in these categories, the first of which is its own.
pub async fn publish(editor: &Client, title: &str, categories: &[&str], publish: Value) -> String {
    let mut wanted = article(title);
    wanted["category_id"] = json!(categories.first());
    wanted["further_category_ids"] = json!(categories.iter().skip(1).collect::<Vec<_>>());
    wanted["publish"] = publish;
    editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id").to_owned()
}

/// How many articles all pages of a list have, by cursor and by number.
async fn walked(site: &Site, query: &str) -> usize {
    let (mut many, mut cursor, mut number) = (0, String::new(), 1);
    loop {
        let page = site.anyone().get(&format!("/v1/articles?limit=2&{query}{cursor}")).await;
        let numbered = site.anyone().get(&format!("/v1/articles?limit=2&page={number}&{query}")).await;
        assert_eq!(numbered.json(), page.json(), "page {number} of {query}");
        let counted = site.anyone().get(&format!("/v1/articles?limit=2&page={number}&count=exact&{query}")).await;
        let neighbours = |paging: &Value| [paging["next"].clone(), paging["previous"].clone()];
        assert_eq!(counted["data"], page["data"], "page {number} of {query}, found by counting");
        assert_eq!(neighbours(&counted["paging"]), neighbours(&page["paging"]), "beside page {number} of {query}");
        assert_eq!(page["paging"].get("total"), None, "nobody asked for {query}");
        many += page.data().len();
        number += 1;
        match page["paging"]["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let behind = site.anyone().get(&format!("/v1/articles?limit=2&page={number}&{query}")).await;
    assert_eq!((behind.data().len(), &behind["paging"]["next"]), (0, &Value::Null), "behind all of {query}");
    many
}

const QUERIES: &[&str] = &[
    "",
    "sort=published_at",
    "kind=page",
    "locale=tk",
    "category=politics",
    "category=elections",
    "category=nothing",
    "category=politics,elections",
    "category=politics,sport",
    "category=elections,sport,nothing",
    "published_from=2026-11-30T08:00:05.001Z",
    "published_before=2026-11-30T08:00:05.001Z",
    "published_from=2026-11-20T00:00:00Z&published_before=2026-11-30T08:20:00.001Z",
    "category=politics,sport&published_from=2026-11-30T08:00:00.001Z",
    "published_from=2026-11-30T00:00:00Z&published_before=2026-11-29T00:00:00Z",
];

on_both_engines! {
    async fn a_total_is_the_number_of_articles_on_all_pages_at_every_instant(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let Categories { politics, elections, sport } = categories(&editor).await;
        publish(&editor, "Old", &[&politics], json!({ "published_at": "2019-02-03T04:05:06.007Z" })).await;
        publish(&editor, "Both", &[&elections, &sport], json!({ "unpublish_at": "2026-11-30T08:00:09.000Z" })).await;
        publish(&editor, "Nowhere", &[], json!({})).await;
        publish(&editor, "Soon", &[&elections, &politics], json!({ "publish_at": "2026-11-30T08:00:05.000Z" })).await;
        publish(&editor, "Backdated", &[&sport], json!({ "publish_at": "2026-11-30T08:00:07.000Z", "published_at": "2026-11-30T08:00:05.000Z" })).await;
        publish(&editor, "Later", &[&sport, &politics], json!({ "publish_at": "2026-11-30T08:20:00.000Z", "unpublish_at": "2026-11-30T09:00:00Z" })).await;
        let mut seen = Vec::new();
        for instant in ["08:00:04.999", "08:00:05.000", "08:00:06.999", "08:00:07.000", "08:00:08.999", "08:00:09.000", "08:19:59.999", "08:20:00.000", "08:59:59.999", "09:00:00.000"] {
            site.clock().set(format!("2026-11-30T{instant}Z").parse().unwrap());
            for query in QUERIES {
                let counted = site.anyone().get(&format!("/v1/articles?count=exact&limit=1&{query}")).await;
                let total = walked(&site, query).await;
                assert_eq!(counted["paging"]["total"], total, "{query} at {instant}");
                seen.push(total);
            }
        }
        assert_eq!(seen.iter().max(), Some(&5));
    }

    async fn what_is_scheduled_trashed_or_a_draft_changes_no_total(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let Categories { politics, .. } = categories(&editor).await;
        publish(&editor, "Live", &[&politics], json!({})).await;
        let trashed = publish(&editor, "Trashed", &[&politics], json!({ "unpublish_at": "2026-11-30T08:30:00Z" })).await;
        site.clock().advance_ms(1);
        editor.delete(&format!("/v1/editor/articles/{trashed}")).if_match("*").await.is_no_content();
        let paths = ["/v1/articles?count=exact", "/v1/articles?count=exact&category=politics", "/v1/categories", "/v1/categories/politics"];
        let mut before = Vec::new();
        for path in paths {
            before.push(site.anyone().get(path).await.text());
        }
        assert!(before.iter().take(2).all(|text| text.contains("\"total\":1")) && before.iter().skip(2).all(|text| text.contains("\"article_count\":1")));
        let scheduled = publish(&editor, "Scheduled", &[&politics], json!({ "publish_at": "2026-12-24T08:00:00Z" })).await;
        publish(&editor, "Scheduled too", &[&politics], json!({ "publish_at": "2026-12-24T08:00:00Z" })).await;
        editor.post("/v1/editor/articles").json(article("A draft")).await.is_created();
        editor.delete(&format!("/v1/editor/articles/{scheduled}")).if_match("*").await.is_no_content();
        editor.post(&format!("/v1/editor/articles/{trashed}/restore")).await.is_ok();
        for (path, before) in paths.iter().zip(before) {
            assert_eq!(site.anyone().get(path).await.text(), before, "{path}");
        }
    }

    async fn several_categories_are_counted_and_numbered_up_to_ten_thousand(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let Categories { politics, elections, sport } = categories(&editor).await;
        let ids = |listed: &[&str]| -> Vec<ListKey> {
            listed.iter().map(|id| ListKey::category("en", "article", id.parse().unwrap())).collect()
        };
        let total = async |query: &str| site.anyone().get(&format!("/v1/articles?limit=1&count=exact&{query}")).await;
        // From then on tallies have what began before.
        publish(&editor, "Now", &[], json!({})).await;
        fill(&site, 9_999, ids(&[&politics])).await;
        fill(&site, 1, ids(&[&politics, &elections, &sport])).await;
        for query in ["category=politics,sport", "category=politics,elections", "category=politics"] {
            assert_eq!(total(query).await["paging"]["total"], 10_000, "{query}");
        }
        assert_eq!(total("category=elections,sport").await["paging"]["total"], 1);
        fill(&site, 1, ids(&[&sport])).await;
        total("category=politics,sport").await.is_problem(400, "count_too_large");
        assert_eq!(total("category=politics,elections").await["paging"]["total"], 10_000);
        let dates = async |query: &str| site.anyone().get(&format!("/v1/publication-dates?granularity=month&{query}")).await;
        dates("category=politics,sport").await.is_problem(400, "count_too_large");
        assert_eq!(dates("category=politics,elections").await["data"], json!([{ "date": "2020-01", "articles": 10_000 }]));
        site.anyone().get("/v1/articles?limit=1&category=politics,sport").await.is_ok();
        let page = async |query: &str| site.anyone().get(&format!("/v1/articles?limit=100&{query}")).await;
        page("category=politics,sport&page=101").await.is_ok();
        page("category=politics,sport&page=102").await.is_problem(400, "invalid_parameter").has_error("/page", "out_of_range");
        page("category=politics,elections&page=1000").await.is_ok();
        page("page=1000").await.is_ok();
    }

    async fn a_page_is_asked_for_by_number_or_by_cursor(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for title in ["One", "Two", "Three"] {
            publish(&editor, title, &[], json!({})).await;
            site.clock().advance_ms(1);
        }
        let asked = async |query: &str| site.anyone().get(&format!("/v1/articles?limit=1&{query}")).await;
        let second = asked("page=2&sort=published_at").await;
        assert_eq!(second.each("slug"), ["two"]);
        let cursor = second.text_at("/paging/next");
        let link = second.expect_header("link");
        assert!(link.contains(&format!("<https://api.example.org/v1/articles?limit=1&sort=published_at&cursor={cursor}>; rel=\"next\"")), "{link}");
        assert_eq!(asked(&format!("sort=published_at&cursor={cursor}")).await.each("slug"), ["three"]);
        let before = second.text_at("/paging/previous");
        assert_eq!(asked(&format!("sort=published_at&cursor={before}")).await.each("slug"), ["one"]);
        asked(&format!("sort=published_at&cursor={cursor}&page=3")).await.is_problem(400, "invalid_parameter").has_error("/page", "conflict");
        for wrong in ["0", "1001", "-1", "1.0", "x", ""] {
            asked(&format!("page={wrong}")).await.is_problem(400, "invalid_parameter");
        }
        asked("count=roughly").await.is_problem(400, "invalid_parameter");
    }
}

/// Puts articles on lists from the year 2020 on, without texts: more than a test can write.
async fn fill(site: &Site, articles: i64, lists: Vec<ListKey>) {
    let write = move |connection: &mut AnyConnection| -> Result<()> {
        for _ in 0..articles {
            let id = ArticleId::new();
            let articles = Statement::<()>::new(
                "INSERT INTO articles (kind, locale, created_at, version, newest_revision, saved_at, title_folded, id, created_by) VALUES ('article', 'en', 0, 1, 1, 0, '', ",
            );
            articles.bind(id).sql(", ").bind(id).sql(")").execute(connection)?;
            for list in &lists {
                let row =
                    |statement: Statement<()>| statement.sql(", 1580000000000, 1580000000000, 9223372036854775807, ").bind(list).sql(")");
                let listings = Statement::new("INSERT INTO listings (article_id, first_at, from_at, until_at, list) VALUES (").bind(id);
                row(listings).execute(connection)?;
                row(Statement::new("INSERT INTO tally_log (change, first_at, from_at, until_at, list) VALUES (1")).execute(connection)?;
            }
        }
        Ok(())
    };
    site.db().write(move |tx| write(tx.conn())).await.unwrap();
}
