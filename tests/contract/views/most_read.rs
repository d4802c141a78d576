//! What was read most: by window, in any category, only what is live, and as if nothing else had ever been read.

use super::*;

const WINDOWS: [&str; 5] = ["1h", "24h", "7d", "30d", "all"];

async fn titles(site: &Site, query: &str) -> String {
    site.anyone().get(&format!("/v1/most-read?{query}")).await.is_ok().each("title").join(" ")
}

on_both_engines! {
    async fn a_window_shows_what_was_read_within_it(engine) {
        let site = newspaper(engine, NOW);
        publish(&site.login(Role::Editor).await, "Bridge", json!({})).await;
        publish(&site.login(Role::Editor).await, "Ferry", json!({})).await;
        read_by(&site, "bridge", 2).await;
        let shown = async || {
            let mut shown = Vec::new();
            for window in WINDOWS {
                shown.push(titles(&site, &format!("window={window}")).await);
            }
            shown
        };
        assert_eq!(shown().await, ["", "", "", "", ""]);
        until_told(&site);
        assert_eq!(shown().await, ["Bridge"; 5]);
        read_by(&site, "ferry", 3).await;
        until_told(&site);
        assert_eq!(shown().await, ["Ferry Bridge"; 5]);
        site.clock().set("2026-11-30T09:00:59.000Z".parse().unwrap());
        assert_eq!(shown().await, ["Ferry Bridge"; 5]);
        site.clock().set("2026-11-30T09:01:01.000Z".parse().unwrap());
        assert_eq!(shown().await, ["Ferry", "Ferry Bridge", "Ferry Bridge", "Ferry Bridge", "Ferry Bridge"]);
        // Whoever looks at another hour finds the same.
        site.clock().set("2026-12-01T08:58:30.000Z".parse().unwrap());
        read_by(&site, "bridge", 2).await;
        until_told(&site);
        assert_eq!(shown().await, ["Bridge", "Bridge Ferry", "Bridge Ferry", "Bridge Ferry", "Bridge Ferry"]);
        site.clock().set("2026-12-01T09:00:01.000Z".parse().unwrap());
        assert_eq!(shown().await, ["Bridge", "Bridge", "Bridge Ferry", "Bridge Ferry", "Bridge Ferry"]);
        site.clock().set("2026-12-09T10:00:01.000Z".parse().unwrap());
        assert_eq!(shown().await, ["", "", "", "Bridge Ferry", "Bridge Ferry"]);
        site.clock().set("2027-01-02T00:00:01.000Z".parse().unwrap());
        site.write_views().await;
        assert_eq!(shown().await, ["", "", "", "", "Bridge Ferry"]);
        assert_eq!(count(&site, "SELECT count(*) FROM view_buckets"), 0);
        assert_eq!(titles(&site, "window=all&limit=1").await, "Bridge");
    }

    async fn what_is_hidden_leaves_no_hole(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let streets = editor.post("/v1/editor/categories").json(json!({ "name": "Streets", "parent_id": city })).await.text_at("/id").to_owned();
        let first = publish(&editor, "First", json!({ "category_id": streets })).await;
        publish(&editor, "Second", json!({ "publish": { "unpublish_at": "2026-11-30T08:02:00Z" } })).await;
        publish(&editor, "Third", json!({ "category_id": city })).await;
        let fourth = publish(&editor, "Fourth", json!({ "kind": "page", "category_id": city })).await;
        publish(&editor, "Fifth", json!({ "locale": "tk" })).await;
        for (name, readers) in [("first", 5), ("second", 4), ("third", 3), (&*fourth, 2), ("fifth?locale=tk", 1)] {
            let (name, query) = name.split_once('?').map_or((name, ""), |(name, _)| (name, "?locale=tk"));
            for number in 0..readers {
                let request = site.anyone().post(&format!("/v1/articles/{name}/views{query}"));
                request.header("x-forwarded-for", &format!("203.0.113.{number}")).header("user-agent", BROWSER).await.is_no_content();
            }
        }
        site.write_views().await;
        until_told(&site);
        let whole = site.anyone().get("/v1/most-read?include=views&fields=title").await;
        let expected = json!([{ "title": "First", "views": 5 }, { "title": "Second", "views": 4 }, { "title": "Third", "views": 3 }]);
        assert_eq!(whole.is_ok().json(), &json!({ "data": expected }));
        // The next minute is told at 08:02:01, and something comes down a second before.
        whole.has_header("cache-control", "public, max-age=30");
        site.anyone().get("/v1/most-read?limit=1").await.has_header("cache-control", "public, max-age=31");
        assert_eq!(titles(&site, "limit=2").await, "First Second");
        assert_eq!(titles(&site, "category=city").await, "First Third");
        assert_eq!(titles(&site, "category=streets,city&kind=page,article").await, "First Third Fourth");
        assert_eq!(titles(&site, "locale=tk").await, "Fifth");
        assert_eq!(titles(&site, "category=unknown").await, "");
        assert_eq!(titles(&site, "published_from=2026-11-30T08:00:31Z").await, "");
        assert_eq!(titles(&site, "published_before=2026-11-30T08:00:31Z").await, "First Second Third");
        assert!(site.anyone().get("/v1/most-read?include=body").await.is_ok()["data"][0]["body_html"].is_string());
        site.clock().set("2026-11-30T08:02:00.000Z".parse().unwrap());
        assert_eq!(titles(&site, "limit=2").await, "First Third");
        editor.post(&format!("/v1/editor/articles/{first}/unpublish")).json(json!({})).await.is_ok();
        assert_eq!(titles(&site, "").await, "Third");
        // As of another instant what was live then, by what is counted today.
        let before = editor.get("/v1/preview/most-read?at=2026-11-30T08:01:00Z&limit=2").await;
        assert_eq!(before.is_ok().each("title"), ["First", "Second"]);
        site.anyone().get("/v1/most-read?window=2h").await.is_problem(400, "invalid_parameter").has_error("/window", "not_one_of");
        site.anyone().get("/v1/most-read?at=2026-11-30T08:01:00Z").await.is_problem(400, "invalid_parameter");
    }

    async fn equally_read_ones_are_ordered_by_their_dates_however_many_there_are(engine) {
        let site = newspaper(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (old, mut ids) = (json!({ "publish": { "published_at": "2020-01-01T00:00:00Z" } }), Vec::new());
        for number in 0..6 {
            let more = if number % 2 == 0 { json!({}) } else { old.clone() };
            ids.push(publish(&editor, &format!("T{number}"), more).await.parse::<ArticleId>().unwrap());
            site.clock().advance_ms(1);
        }
        // Many that are gone were read as often: they are passed over.
        let gone = (0..1500).map(|_| ArticleId::new());
        let counted = ids.iter().copied().chain(gone).map(|id| ((id, site.clock().now().plus_millis(-30_000)), 1)).collect();
        site.db().write(move |tx| Ok::<_, Problem>(store::add(tx.conn(), &counted)?)).await.unwrap();
        site.clock().advance_ms(HOUR_MS / 2);
        assert_eq!(titles(&site, "window=1h").await, "T4 T2 T0 T5 T3 T1");
        assert_eq!(titles(&site, "window=all&limit=4").await, "T4 T2 T0 T5");
    }
}
