//! Filters and sorts of the list of articles: a closed list, exact to the millisecond.

use dateline::kernel::caller::Role;
use serde_json::json;

use super::{category, live};
use crate::on_both_engines;
use crate::site::{Site, article};

const START: &str = "2026-11-30T08:00:00.000Z";

on_both_engines! {
    async fn from_is_inclusive_and_before_exclusive_at_the_millisecond(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        for millis in ["000", "001", "002"] {
            let mut wanted = article(&format!("At {millis}"));
            wanted["publish"] = json!({ "publish_at": format!("2026-11-29T12:00:00.{millis}Z") });
            editor.post("/v1/editor/articles").json(wanted).await.is_created();
        }
        for (query, slugs) in [
            ("published_from=2026-11-29T12:00:00.001Z", &["at-002", "at-001"][..]),
            ("published_before=2026-11-29T12:00:00.001Z", &["at-000"]),
            ("published_from=2026-11-29T12:00:00.001Z&published_before=2026-11-29T12:00:00.002Z", &["at-001"]),
            ("published_from=2026-11-29T12:00:00.002Z&published_before=2026-11-29T12:00:00.002Z", &[]),
            ("published_from=2026-11-29T12:00:00.003Z", &[]),
            ("published_before=2026-11-29T12:00:00.000Z", &[]),
            // An offset is the same instant, and what is finer than a millisecond is cut.
            ("published_from=2026-11-29T17:00:00.001999%2B05:00", &["at-002", "at-001"]),
            ("published_from=2026-11-29t12:00:00z&sort=published_at", &["at-000", "at-001", "at-002"]),
        ] {
            assert_eq!(site.anyone().get(&format!("/v1/articles?{query}")).await.is_ok().each("slug"), slugs, "{query}");
        }
        for wrong in ["2026-11-29", "2026-11-29T12:00:00", "yesterday", "1764417600", "", "2026-11-29T12:00:00+05:00", "2026-13-01T00:00:00Z"] {
            let refused = site.anyone().get(&format!("/v1/articles?published_from={wrong}")).await;
            refused.is_problem(400, "invalid_parameter").has_error("/published_from", "invalid_format");
        }
    }

    async fn a_list_is_of_one_kind_and_one_language(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        for (title, kind, locale) in [("News", "article", "en"), ("Imprint", "page", "en"), ("Habar", "article", "tk")] {
            live(&editor, title, json!({ "kind": kind, "locale": locale })).await;
        }
        for (query, slugs) in [
            ("", &["news"][..]),
            ("?kind=article", &["news"]),
            ("?kind=page", &["imprint"]),
            ("?locale=en", &["news"]),
            ("?locale=tk", &["habar"]),
            ("?kind=page&locale=tk", &[]),
        ] {
            assert_eq!(site.anyone().get(&format!("/v1/articles{query}")).await.is_ok().each("slug"), slugs, "{query}");
        }
        // A slug is looked up in one language, an id in all.
        let habar = site.anyone().get("/v1/articles/habar?locale=tk").await;
        site.anyone().get("/v1/articles/habar").await.is_problem(404, "not_found");
        site.anyone().get(&format!("/v1/articles/{}", habar.text_at("/id"))).await.is_ok();
        for wrong in ["kind=news", "kind=", "kind=article,news", "kind=page,page", "kind=page,", "locale=xx", "locale=", "locale=en,tk", "sort=title", "sort=", "sort=-published_at,id"] {
            site.anyone().get(&format!("/v1/articles?{wrong}")).await.is_problem(400, "invalid_parameter");
        }
    }

    async fn a_list_of_any_of_several_kinds_is_as_exact_as_one(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let politics = category(&editor, "Politics", None).await;
        let sport = category(&editor, "Sport", None).await;
        for (at, kind) in ["article", "page", "page", "article", "page", "article"].into_iter().enumerate() {
            let dates = json!({ "published_at": format!("2026-11-1{at}T08:00:00Z") });
            let category = if at < 3 { &politics } else { &sport };
            live(&editor, &format!("N{at}"), json!({ "kind": kind, "category_id": category, "publish": dates })).await;
        }
        site.clock().advance_ms(1000);
        let all = ["n5", "n4", "n3", "n2", "n1", "n0"];
        for (query, slugs) in [
            ("kind=page,article", &all[..]),
            ("kind=article,page&sort=published_at&limit=2", &["n0", "n1"]),
            ("kind=page,article&category=politics", &["n2", "n1", "n0"]),
            ("kind=page,article&category=politics,sport", &all),
            ("kind=page,article&page=2&limit=4", &["n1", "n0"]),
            ("kind=page,article&published_from=2026-11-12T00:00:00Z&published_before=2026-11-14T00:00:00Z", &["n3", "n2"]),
            ("kind=page", &["n4", "n2", "n1"]),
        ] {
            assert_eq!(site.anyone().get(&format!("/v1/articles?{query}")).await.is_ok().each("slug"), slugs, "{query}");
        }
        let counted = site.anyone().get("/v1/articles?kind=page,article&count=exact&limit=2").await;
        assert_eq!(counted.at("/paging/total"), 6);
        let next = site.anyone().get("/v1/articles?kind=article,page&limit=2").query("cursor", counted.text_at("/paging/next")).await;
        assert_eq!(next.is_ok().each("slug"), all[2..4], "the order of kinds makes no other list");
        let cursor = counted.text_at("/paging/next");
        site.anyone().get("/v1/articles?limit=2").query("cursor", cursor).await.is_problem(400, "invalid_cursor");
        let months = site.anyone().get("/v1/publication-dates?granularity=month&kind=page,article").await;
        assert_eq!(months.at("/data"), &json!([{ "date": "2026-11", "articles": 6 }]));
    }

    async fn a_category_means_what_lies_below_it_and_commas_mean_any_of(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let politics = category(&editor, "Politics", None).await;
        let elections = category(&editor, "Elections", Some(&politics)).await;
        let sport = category(&editor, "Sport", None).await;
        live(&editor, "A", json!({ "category_id": politics })).await;
        live(&editor, "B", json!({ "category_id": elections, "further_category_ids": [sport] })).await;
        live(&editor, "C", json!({ "category_id": sport })).await;
        live(&editor, "D", json!({})).await;
        for (query, slugs) in [
            ("politics", &["b", "a"][..]),
            ("elections", &["b"]),
            ("sport", &["c", "b"]),
            ("politics,sport", &["c", "b", "a"]),
            ("sport,politics,elections", &["c", "b", "a"]),
            ("sport,nothing", &["c", "b"]),
            ("sport,sport", &["c", "b"]),
        ] {
            assert_eq!(site.anyone().get(&format!("/v1/articles?category={query}")).await.is_ok().each("slug"), slugs, "{query}");
        }
        for wrong in ["", ",", "sport,", &["sport"; 21].join(",")] {
            site.anyone().get(&format!("/v1/articles?category={wrong}")).await.is_problem(400, "invalid_parameter");
        }
        assert_eq!(site.anyone().get(&format!("/v1/articles?category={}", ["sport"; 20].join(","))).await.data().len(), 2);
    }

    async fn a_filter_by_what_is_not_public_gives_an_empty_list(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let hidden = category(&editor, "Hidden", None).await;
        editor.post("/v1/editor/articles").json(json!({ "title": "Draft", "body": { "format": "html", "source": "" }, "category_id": hidden })).await.is_created();
        for slug in ["hidden", "nothing", "Hidden", "hidden ", "🗞", "%"] {
            let list = site.anyone().get("/v1/articles").query("category", slug).await;
            assert_eq!(list.is_ok().json(), &json!({ "data": [], "paging": { "limit": 20, "next": null, "previous": null } }), "{slug}");
            assert_eq!(list.header("link"), None);
        }
    }
}
