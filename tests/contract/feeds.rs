//! Feeds: the newest articles as feed readers take them, exact in time, well-formed whatever a title holds, under ids that never change.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn live(editor: &Client, title: &str, members: Value) -> String {
    let mut whole = json!({ "publish": {} });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    save(editor, title, whole).await
}

/// The text of an element, the first of its name.
fn element(xml: &str, name: &str) -> String {
    let (_, rest) = xml.split_once(&format!("<{name}>")).unwrap_or_else(|| panic!("no {name} in {xml}"));
    rest.split_once("</").unwrap().0.to_owned()
}

on_both_engines! {
    async fn an_article_is_in_every_feed_from_its_instant_and_not_a_millisecond_before(engine) {
        let site = Site::at(engine, "2026-11-30T08:59:59.999Z");
        let editor = site.login(Role::Editor).await;
        save(&editor, "Bridge opens", json!({ "publish": { "publish_at": "2026-11-30T14:00", "time_zone": "Asia/Ashgabat" } })).await;
        for is_live in [false, true] {
            for (form, media_type) in [("atom", "application/atom+xml"), ("rss", "application/rss+xml"), ("json", "application/feed+json")] {
                let feed = site.anyone().get(&format!("/v1/feed.{form}")).await;
                feed.is_ok().has_header("content-type", media_type).has_header("cache-control", if is_live { "public, max-age=60" } else { "public, max-age=0" });
                assert_eq!(feed.text().contains("Bridge opens"), is_live, "{form}");
                let etag = feed.expect_header("etag").to_owned();
                site.anyone().get(&format!("/v1/feed.{form}")).header("if-none-match", &etag).await.is_not_modified();
                let then = editor.get(&format!("/v1/preview/feed.{form}?at=2026-11-30T09:00:00Z")).await;
                assert!(then.is_ok().text().contains("Bridge opens"));
            }
            site.clock().advance_ms(1);
        }
    }

    async fn an_entry_keeps_its_id_when_its_slug_and_its_category_change(engine) {
        let site = Site::with(engine, NOW, |options| options.websub_hub = Some("https://hub.example.org".to_owned()));
        let editor = site.login(Role::Editor).await;
        let sport = editor.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.text_at("/id").to_owned();
        editor.post("/v1/editor/authors").json(json!({ "name": "Maya Orlova" })).await.is_created();
        let id = live(&editor, "Cup", json!({ "excerpt": "Two to one.", "authors": ["maya-orlova"] })).await;
        let path = format!("/v1/editor/articles/{id}");
        for (change, url) in [(json!({}), "https://www.example.org/cup"), (json!({ "slug": "cup-final", "category_id": sport, "publish": {} }), "https://www.example.org/sport/cup-final")] {
            site.clock().advance_ms(1000);
            editor.patch(&path).if_match("*").merge_patch(change).await.is_ok();
            let (atom, rss, feed) = (site.anyone().get("/v1/feed.atom").await, site.anyone().get("/v1/feed.rss").await, site.anyone().get("/v1/feed.json").await);
            assert_eq!(element(&rss.text(), "guid isPermaLink=\"false\""), format!("urn:uuid:{id}"));
            assert!(atom.text().contains(&format!("<id>urn:uuid:{id}</id>")) && atom.text().contains(&format!("href=\"{url}\"")));
            assert_eq!([element(rss.text().split_once("<item>").unwrap().1, "link"), element(&rss.text(), "dc:creator")], [url, "Maya Orlova"]);
            let item = &feed.is_ok()["items"][0];
            assert_eq!((&item["id"], &item["url"], &item["content_text"]), (&json!(format!("urn:uuid:{id}")), &json!(url), &json!("Two to one.")));
            assert_eq!(feed["hubs"], json!([{ "type": "WebSub", "url": "https://hub.example.org" }]));
            assert!(atom.text().contains("<link rel=\"hub\" href=\"https://hub.example.org\"/>"));
        }
        assert_eq!(element(&site.anyone().get("/v1/feed.rss").await.text(), "pubDate"), "Mon, 30 Nov 2026 08:00:00 GMT");
    }

    async fn whole_texts_go_out_where_the_site_says_so_with_what_was_corrected(engine) {
        let site = Site::with(engine, NOW, |options| options.are_feeds_whole = true);
        let editor = site.login(Role::Editor).await;
        let id = live(&editor, "Bridge opens", json!({ "body": { "format": "markdown", "source": "It has **six** lanes." } })).await;
        let correction = json!({ "kind": "correction", "text": { "format": "markdown", "source": "It has *four*." } });
        editor.post(&format!("/v1/editor/articles/{id}/corrections")).json(correction).await.is_created();
        let feed = site.anyone().get("/v1/feed.json").await;
        let html = "<p>It has <strong>six</strong> lanes.</p>\n<aside><p>It has <em>four</em>.</p>\n</aside>";
        assert_eq!(feed.is_ok()["items"][0]["content_html"], html);
        let escaped = html.replace('<', "&lt;").replace('>', "&gt;");
        assert!(site.anyone().get("/v1/feed.atom").await.text().contains(&escaped));
        assert!(site.anyone().get("/v1/feed.rss").await.text().contains(&format!("<content:encoded>{escaped}</content:encoded>")));
    }

    async fn a_feed_is_of_what_its_filters_leave_and_names_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let sport = editor.post("/v1/editor/categories").json(json!({ "name": "Sport & Play" })).await.text_at("/id").to_owned();
        for number in 0..31 {
            live(&editor, &format!("News {number}"), json!({})).await;
        }
        live(&editor, "Cup \u{1}<b>", json!({ "category_id": sport })).await;
        live(&editor, "Sahypa", json!({ "locale": "tk" })).await;
        let titles = async |query: &str| {
            let feed = site.anyone().get(&format!("/v1/feed.json{query}")).await;
            feed.is_ok()["items"].as_array().unwrap().iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(titles("").await.len(), 30);
        assert_eq!(titles("?locale=tk").await, ["Sahypa"]);
        assert_eq!(titles("?category=sport-play").await, ["Cup \u{1}<b>"]);
        let atom = site.anyone().get("/v1/feed.atom?category=sport-play&locale=en").await;
        assert_eq!(element(&atom.text(), "title"), "The Morning News: Sport &amp; Play");
        assert!(atom.text().contains("<title>Cup &lt;b&gt;</title>"));
        assert_eq!(element(&atom.text(), "id"), "https://api.example.org/v1/feed.atom?category=sport-play");
        assert_eq!(titles("?tag=unknown").await.len(), 0);
        for wrong in ["?limit=5", "?category=", "?locale=xx", "?q=x"] {
            site.anyone().get(&format!("/v1/feed.rss{wrong}")).await.is_problem(400, "invalid_parameter");
        }
    }
}
