//! Views: each reader of an article counts once in half an hour, whatever node they come to; programs do not; what is told is of the last whole minute.

mod most_read;

use std::net::{IpAddr, Ipv4Addr};

use dateline::db::{Error, Statement};
use dateline::http::TrustedProxies;
use dateline::kernel::caller::Role;
use dateline::kernel::clock::Clock as _;
use dateline::kernel::id::ArticleId;
use dateline::kernel::problem::Problem;
use dateline::views::service::Views;
use dateline::views::store;
use diesel::sql_types::BigInt;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:30.000Z";
const BROWSER: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A site whose readers come by a proxy that says who they are.
fn newspaper(engine: Engine, now: &str) -> Site {
    Site::with(engine, now, |options| options.trusted_proxies = TrustedProxies::parse("127.0.0.1").unwrap())
}

async fn publish(editor: &Client, title: &str, more: Value) -> String {
    let mut whole = article(title);
    whole["publish"] = json!({});
    whole.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    editor.post("/v1/editor/articles").json(whole).await.is_created().text_at("/id").to_owned()
}

async fn read(site: &Site, name: &str, address: &str, agent: &str) -> Answer {
    let request = site.anyone().post(&format!("/v1/articles/{name}/views"));
    request.header("x-forwarded-for", address).header("user-agent", agent).await
}

/// So many different readers read it, and it is written.
async fn read_by(site: &Site, name: &str, readers: u32) {
    for number in 1..=readers {
        read(site, name, &format!("203.0.113.{number}"), BROWSER).await.is_no_content();
    }
    site.write_views().await;
}

/// Goes on until what is written is told.
fn until_told(site: &Site) {
    site.clock().advance_ms(MINUTE_MS);
}

async fn views(site: &Site, id: &str) -> i64 {
    let answer = site.anyone().get(&format!("/v1/views?ids={id}")).await;
    answer.is_ok()["data"][0]["views"].as_i64().unwrap()
}

fn count(site: &Site, sql: &'static str) -> i64 {
    site.db().run_read(|connection| Ok::<i64, Error>(Statement::<BigInt>::new(sql).get_result(connection)?)).unwrap()
}

on_both_engines! {
    async fn a_reader_counts_once_per_article_in_half_an_hour(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (bridge, ferry) = (publish(&editor, "Bridge", json!({})).await, publish(&editor, "Ferry", json!({})).await);
        let look = async |name: &str| {
            read(&site, name, "203.0.113.9", BROWSER).await.is_no_content();
            site.write_views().await;
        };
        look("bridge").await;
        look("bridge").await;
        look(&bridge).await;
        look("ferry").await;
        until_told(&site);
        assert_eq!((views(&site, &bridge).await, views(&site, &ferry).await), (1, 1));
        site.clock().advance_ms(29 * MINUTE_MS - 1);
        look("bridge").await;
        site.clock().advance_ms(1);
        look("ferry").await;
        until_told(&site);
        assert_eq!((views(&site, &bridge).await, views(&site, &ferry).await), (1, 2));
        look("bridge").await;
        until_told(&site);
        assert_eq!((views(&site, &bridge).await, views(&site, &ferry).await), (2, 2));
    }

    async fn half_an_hour_has_no_gap_at_midnight_and_salts_are_deleted(engine) {
        let site = newspaper(engine, "2026-11-30T23:50:30.000Z");
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({})).await;
        read_by(&site, "bridge", 1).await;
        site.clock().advance_ms(20 * MINUTE_MS);
        read_by(&site, "bridge", 1).await;
        until_told(&site);
        assert_eq!(views(&site, &bridge).await, 1);
        assert_eq!(count(&site, "SELECT count(*) FROM view_salts"), 2);
        site.clock().advance_ms(9 * MINUTE_MS);
        read_by(&site, "bridge", 1).await;
        until_told(&site);
        assert_eq!(views(&site, &bridge).await, 2);
        site.clock().advance_ms(30 * MINUTE_MS);
        site.write_views().await;
        assert_eq!(count(&site, "SELECT count(*) FROM view_salts"), 1);
        assert_eq!(count(&site, "SELECT count(*) FROM view_readers"), 0);
    }

    async fn every_node_counts_the_same_reader_once(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id: ArticleId = publish(&editor, "Bridge", json!({})).await.parse().unwrap();
        let nodes = [Views::default(), Views::default(), Views::default()];
        for (at, node) in nodes.iter().enumerate() {
            for number in 0..10 + u32::try_from(at).unwrap() {
                node.counter.count(id, IpAddr::from(Ipv4Addr::from_bits(number)), Some(BROWSER), site.clock().now());
            }
        }
        let written = futures_util::future::join_all(nodes.iter().map(|node| node.write(site.db()))).await;
        written.into_iter().for_each(|written| written.unwrap());
        until_told(&site);
        assert_eq!(views(&site, &id.to_string()).await, 12);
    }

    async fn programs_get_the_same_answer_and_never_count(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({})).await;
        for agent in ["Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "curl/8.5.0", "python-requests/2.32", ""] {
            read(&site, "bridge", "203.0.113.9", agent).await.is_no_content();
        }
        site.anyone().post("/v1/articles/bridge/views").await.is_no_content();
        site.write_views().await;
        until_told(&site);
        assert_eq!(views(&site, &bridge).await, 0);
    }

    async fn an_address_that_somebody_made_up_counts_for_nothing(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({})).await;
        for number in 0..50 {
            read(&site, "bridge", &format!("203.0.113.{number}"), BROWSER).await.is_no_content();
        }
        site.write_views().await;
        until_told(&site);
        assert_eq!(views(&site, &bridge).await, 1);
        // Nor do made-up browsers get far, or addresses of one network that its owner may choose from.
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({})).await;
        for number in 0..60 {
            read(&site, "bridge", "203.0.113.9", &format!("{BROWSER} {number}")).await.is_no_content();
            if number % 15 == 0 {
                site.write_views().await;
            }
            read(&site, "bridge", &format!("2001:db8:1:2::{number}"), BROWSER).await.is_no_content();
        }
        site.write_views().await;
        until_told(&site);
        assert_eq!(views(&site, &bridge).await, 21);
    }

    async fn what_is_not_live_is_not_there_and_a_former_slug_counts_for_the_article(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({})).await;
        editor.post("/v1/editor/articles").json(article("Draft")).await.is_created();
        let later = json!({ "publish": { "publish_at": "2026-11-30T08:01:00.000Z" } });
        publish(&editor, "Later", later).await;
        let wrong = publish(&editor, "Wrong", json!({})).await;
        site.clock().advance_ms(1000);
        editor.post(&format!("/v1/editor/articles/{wrong}/unpublish")).json(json!({ "withdrawn": { "reason": "It was wrong." } })).await.is_ok();
        let told = |answer: &Answer| answer.json()["detail"].clone();
        let unknown = told(read(&site, "unknown", "203.0.113.9", BROWSER).await.is_problem(404, "not_found"));
        for name in ["draft", "later"] {
            assert_eq!(told(read(&site, name, "203.0.113.9", BROWSER).await.is_problem(404, "not_found")), unknown);
        }
        read(&site, "wrong", "203.0.113.9", BROWSER).await.is_problem(410, "withdrawn");
        site.clock().advance_ms(1000);
        editor.patch(&format!("/v1/editor/articles/{bridge}")).if_match("*").merge_patch(json!({ "slug": "new-bridge", "publish": {} })).await.is_ok();
        read(&site, "bridge", "203.0.113.9", BROWSER).await.is_no_content();
        read(&site, "new-bridge", "203.0.113.10", BROWSER).await.is_no_content();
        site.anyone().post("/v1/articles/new-bridge/views?locale=tk").await.is_problem(404, "not_found");
        site.anyone().post("/v1/articles/new-bridge/views?locale=xx").await.is_problem(400, "invalid_parameter");
        site.write_views().await;
        site.clock().set("2026-11-30T08:00:59.999Z".parse().unwrap());
        read(&site, "later", "203.0.113.9", BROWSER).await.is_problem(404, "not_found");
        site.clock().advance_ms(1);
        read(&site, "later", "203.0.113.9", BROWSER).await.is_no_content();
        site.clock().advance_ms(MINUTE_MS);
        assert_eq!(views(&site, &bridge).await, 2);
        // What comes down is not taken for live a second longer.
        editor.post(&format!("/v1/editor/articles/{bridge}/unpublish")).json(json!({ "at": "2026-11-30T08:03:00.000Z" })).await.is_ok();
        site.clock().set("2026-11-30T08:02:59.000Z".parse().unwrap());
        read(&site, "new-bridge", "203.0.113.11", BROWSER).await.is_no_content();
        site.clock().advance_ms(1000);
        read(&site, "new-bridge", "203.0.113.12", BROWSER).await.is_problem(404, "not_found");
    }

    async fn a_beacon_is_taken_from_any_page_whatever_it_sends(engine) {
        let site = newspaper(engine, NOW);
        publish(&site.login(Role::Editor).await, "Bridge", json!({})).await;
        let path = "/v1/articles/bridge/views";
        let from_page = |request: crate::support::client::Request| request.header("origin", "https://www.example.org").header("user-agent", BROWSER);
        for (media, body) in [("text/plain;charset=UTF-8", "read"), ("application/json", "no JSON"), ("application/x-www-form-urlencoded", "")] {
            let answer = from_page(site.anyone().post(path).body(media, body)).await;
            answer.is_no_content().has_header("access-control-allow-origin", "*");
            assert_eq!(answer.header("access-control-allow-credentials"), None);
        }
        from_page(site.anyone().post(path).body("text/plain", "x".repeat(64 * 1024))).await.is_no_content();
        from_page(site.anyone().post(path).body("text/plain", "x".repeat(64 * 1024 + 1))).await.is_problem(413, "body_too_large");
        let asked = site.anyone().request("OPTIONS", path).header("origin", "https://a.example").header("access-control-request-method", "POST").await;
        assert!(asked.expect_header("access-control-allow-methods").contains("POST"));
        site.anyone().get(path).await.is_problem(405, "method_not_allowed");
        site.anyone().post(&format!("{path}?reader=1")).await.is_problem(400, "invalid_parameter");
    }

    async fn views_are_told_by_include_alone_and_stay_the_same_for_a_minute(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (bridge, ferry) = (publish(&editor, "Bridge", json!({})).await, publish(&editor, "Ferry", json!({})).await);
        read_by(&site, "bridge", 3).await;
        for path in ["/v1/articles?include=views", "/v1/articles/bridge?include=views"] {
            let before = site.anyone().get(path).await;
            before.is_ok().has_header("cache-control", "public, max-age=31");
            assert_eq!(before.at(if path.contains("bridge") { "/views" } else { "/data/1/views" }), &json!(0), "{path}");
        }
        site.clock().set("2026-11-30T08:01:01.000Z".parse().unwrap());
        let list = site.anyone().get("/v1/articles?include=views&fields=title").await;
        assert_eq!(list.is_ok()["data"], json!([{ "title": "Ferry", "views": 0 }, { "title": "Bridge", "views": 3 }]));
        list.has_header("cache-control", "public, max-age=60");
        assert!(site.anyone().get("/v1/articles/bridge").await.is_ok().json().get("views").is_none());
        site.anyone().get("/v1/articles/bridge?fields=views").await.is_problem(400, "invalid_parameter");
        assert_eq!(site.anyone().get("/v1/articles?include=body,views").await.is_ok()["data"][1]["views"], 3);
        // Whatever is read meanwhile.
        read_by(&site, "ferry", 2).await;
        site.clock().advance_ms(59_999);
        let again = site.anyone().get("/v1/articles?include=views&fields=title").header("if-none-match", list.expect_header("etag")).await;
        again.is_not_modified().has_header("cache-control", "public, max-age=0");
        site.clock().advance_ms(1);
        let told = site.anyone().get(&format!("/v1/views?ids={ferry},{bridge}")).await;
        assert_eq!(told.is_ok()["data"], json!([{ "id": ferry, "views": 2 }, { "id": bridge, "views": 3 }]));
        assert_eq!(site.anyone().get("/v1/articles?include=views&fields=title").await["data"][0]["views"], 2);
        // Previews tell what is counted today.
        let before = "/v1/preview/articles/bridge?include=views&fields=title&at=2026-11-30T08:00:30Z";
        assert_eq!(editor.get(before).await.is_ok().json(), &json!({ "title": "Bridge", "views": 3 }));
        editor.get("/v1/preview/articles?drafts=true&include=views").await.is_problem(400, "invalid_parameter").has_error("/include", "conflict");
    }

    async fn views_are_told_of_what_is_live_and_of_nothing_else(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({ "locale": "tk", "kind": "page" })).await;
        let draft = editor.post("/v1/editor/articles").json(article("Draft")).await.is_created().text_at("/id").to_owned();
        let ending = publish(&editor, "Ending", json!({ "publish": { "unpublish_at": "2026-11-30T08:00:50Z" } })).await;
        let later = publish(&editor, "Later", json!({ "publish": { "publish_at": "2026-11-30T08:00:40Z" } })).await;
        let told = async |ids: &[&str]| site.anyone().get(&format!("/v1/views?ids={}", ids.join(","))).await;
        let all = told(&[&later, &draft, &ending, &bridge, &ArticleId::new().to_string()]).await;
        assert_eq!(all.is_ok().each("id"), [&ending, &bridge]);
        all.has_header("cache-control", "public, max-age=10");
        told(&[&draft, &bridge]).await.has_header("cache-control", "public, max-age=31");
        assert!(site.anyone().get("/v1/views").await.is_ok().data().is_empty());
        told(&[&bridge, &bridge]).await.is_problem(400, "invalid_parameter").has_error("/ids", "repeated");
        told(&["bridge"]).await.is_problem(400, "invalid_parameter").has_error("/ids", "invalid_format");
        let many: Vec<String> = (0..101).map(|_| ArticleId::new().to_string()).collect();
        told(&many.iter().map(String::as_str).collect::<Vec<_>>()).await.is_problem(400, "invalid_parameter").has_error("/ids", "too_many");
        assert!(told(&many[1..].iter().map(String::as_str).collect::<Vec<_>>()).await.is_ok().data().is_empty());
    }

    async fn what_was_counted_elsewhere_is_kept_and_goes_with_the_article(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let bridge = publish(&editor, "Bridge", json!({})).await;
        let id: ArticleId = bridge.parse().unwrap();
        for views in [7, 1234] {
            site.db().write(move |tx| Ok::<_, Problem>(store::import(tx.conn(), id, views)?)).await.unwrap();
        }
        read_by(&site, "bridge", 2).await;
        until_told(&site);
        assert_eq!(views(&site, &bridge).await, 1236);
        let admin = site.login(Role::Admin).await;
        admin.delete(&format!("/v1/editor/articles/{bridge}")).if_match("*").await.is_no_content();
        admin.delete(&format!("/v1/editor/articles/{bridge}?purge=true")).if_match("*").await.is_no_content();
        assert_eq!(count(&site, "SELECT count(*) FROM view_totals"), 0);
        assert_eq!(count(&site, "SELECT count(*) FROM view_readers"), 0);
    }
}
