//! Tags and authors: what editors do with them, and what readers get of them.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn tag(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/tags").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}

async fn author(editor: &Client, body: Value) -> String {
    editor.post("/v1/editor/authors").json(body).await.is_created().text_at("/id").to_owned()
}

/// What a list has, each as `slug count`.
async fn counted(client: &Client, path: &str) -> Vec<String> {
    let list = client.get(path).await;
    list.is_ok().data().iter().map(|one| format!("{} {}", one["slug"].as_str().unwrap(), one["article_count"])).collect()
}

/// The titles of a list of articles.
async fn titles(reader: &Client, query: &str) -> String {
    let list = reader.get(&format!("/v1/articles{query}")).await;
    list.is_ok().each("title").join(" ")
}

on_both_engines! {
    async fn tags_and_authors_are_public_while_live_articles_name_them(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        tag(&editor, "Bridges").await;
        tag(&editor, "Never carried").await;
        author(&editor, json!({ "name": "Maya Orlova", "bio": "Writes about bridges.", "picture": { "url": "/maya.jpg", "alt": "Maya" },
            "links": [{ "label": "Site", "url": "https://maya.example" }] })).await;
        let members = json!({ "tags": ["bridges"], "authors": ["maya-orlova"], "publish": { "publish_at": "2026-11-30T08:00:10Z", "unpublish_at": "2026-11-30T08:00:20Z" } });
        save(&editor, "Soon", members).await;
        for (millis, count) in [(0, 0), (9_999, 0), (1, 1), (9_999, 1), (1, 0)] {
            site.clock().advance_ms(millis);
            for (list, slug) in [("tags", "bridges"), ("authors", "maya-orlova")] {
                let expected: Vec<String> = if count == 0 { Vec::new() } else { vec![format!("{slug} {count}")] };
                assert_eq!(counted(reader, &format!("/v1/{list}")).await, expected);
                let one = reader.get(&format!("/v1/{list}/{slug}")).await;
                match count {
                    0 => { one.is_problem(404, "not_found"); }
                    _ => assert_eq!(one.is_ok()["article_count"], 1),
                }
                let unknown = reader.get(&format!("/v1/{list}/unknown")).await;
                unknown.is_problem(404, "not_found");
            }
        }
        let then = editor.get("/v1/preview/authors/maya-orlova?at=2026-11-30T08:00:10Z").await;
        then.is_ok();
        assert_eq!((&then["bio"], &then["picture"]["alt"], &then["links"][0]["label"]), (&json!("Writes about bridges."), &json!("Maya"), &json!("Site")));
        assert!(!then.text().contains("email") && !then.text().contains("version"));
    }

    async fn they_are_counted_by_language_and_sorted_by_slug_name_or_count(engine) {
        let site = Site::with(engine, NOW, |options| options.locales = dateline::kernel::locale::Locales::new(vec!["en".parse().unwrap(), "tk".parse().unwrap()]).unwrap());
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        for (name, slug) in [("Zebras", "a-zebra"), ("apples", "b-apple"), ("Élan", "c-elan")] {
            editor.post("/v1/editor/tags").json(json!({ "name": name, "slug": slug })).await.is_created();
        }
        for (title, tags) in [("One", json!(["a-zebra", "b-apple"])), ("Two", json!(["b-apple", "c-elan"])), ("Three", json!(["b-apple", "c-elan"]))] {
            save(&editor, title, json!({ "tags": tags, "publish": {} })).await;
        }
        save(&editor, "Dört", json!({ "tags": ["a-zebra"], "locale": "tk", "publish": {} })).await;
        save(&editor, "About", json!({ "tags": ["a-zebra"], "kind": "page", "publish": {} })).await;
        assert_eq!(counted(reader, "/v1/tags").await, ["a-zebra 1", "b-apple 3", "c-elan 2"]);
        assert_eq!(counted(reader, "/v1/tags?sort=name").await, ["b-apple 3", "a-zebra 1", "c-elan 2"]);
        assert_eq!(counted(reader, "/v1/tags?sort=-article_count").await, ["b-apple 3", "c-elan 2", "a-zebra 1"]);
        assert_eq!(counted(reader, "/v1/tags?locale=tk").await, ["a-zebra 1"]);
        reader.get("/v1/tags/c-elan?locale=tk").await.is_problem(404, "not_found");
        reader.get("/v1/tags?sort=count").await.is_problem(400, "invalid_parameter");
        // From page to page, there and back.
        for sort in ["slug", "name", "-article_count"] {
            let whole = counted(reader, &format!("/v1/tags?sort={sort}")).await;
            let (mut seen, mut path) = (Vec::new(), format!("/v1/tags?sort={sort}&limit=1"));
            loop {
                let page = reader.get(&path).await;
                seen.extend(counted(reader, &path).await);
                let Some(next) = page["paging"]["next"].as_str() else { break };
                path = format!("/v1/tags?sort={sort}&limit=1&cursor={next}");
            }
            assert_eq!(seen, whole, "{sort}");
            let last = reader.get(&path).await;
            let back = last["paging"]["previous"].as_str().unwrap();
            assert_eq!(counted(reader, &format!("/v1/tags?sort={sort}&limit=1&cursor={back}")).await, whole[1..2], "{sort}");
        }
    }

    async fn lists_narrow_by_tag_author_and_category_at_once(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        for name in ["Bridges", "Rivers"] {
            tag(&editor, name).await;
            author(&editor, json!({ "name": name })).await;
        }
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        save(&editor, "A", json!({ "tags": ["bridges", "rivers"], "authors": ["rivers"], "publish": {} })).await;
        save(&editor, "B", json!({ "tags": ["bridges"], "authors": ["bridges", "rivers"], "category_id": city, "publish": {} })).await;
        save(&editor, "C", json!({ "tags": ["rivers"], "category_id": city, "publish": {} })).await;
        save(&editor, "D", json!({ "publish": {} })).await;
        let soon = json!({ "tags": ["bridges"], "authors": ["rivers"], "publish": { "publish_at": "2026-11-30T08:00:30Z" } });
        save(&editor, "E", soon).await;
        for (query, expected) in [
            ("?tag=bridges", "B A"),
            ("?tag=bridges,rivers", "C B A"),
            ("?author=rivers", "B A"),
            ("?tag=bridges&author=rivers", "B A"),
            ("?tag=rivers&author=rivers", "A"),
            ("?tag=bridges&category=city", "B"),
            ("?tag=rivers&author=bridges", ""),
            ("?tag=rivers,bridges&author=rivers&category=city", "B"),
            ("?tag=unknown", ""),
            ("?tag=unknown,rivers&category=city", "C"),
            ("?tag=bridges&author=rivers&sort=published_at&limit=1", "A"),
        ] {
            assert_eq!(titles(reader, query).await, expected, "{query}");
            if !query.contains("limit") {
                let counted = reader.get(&format!("/v1/articles{query}&count=exact")).await;
                assert_eq!(counted["paging"]["total"], expected.split_whitespace().count(), "{query}");
                let dates = reader.get(&format!("/v1/publication-dates{query}&granularity=year")).await;
                let of_dates: i64 = dates.is_ok().data().iter().map(|date| date["articles"].as_i64().unwrap()).sum();
                assert_eq!(of_dates as usize, expected.split_whitespace().count(), "{query}");
            }
        }
        // What is kept ends with what it shows: E comes onto the first, and not onto the second.
        assert_eq!(reader.get("/v1/articles?tag=bridges&author=rivers").await.expect_header("cache-control"), "public, max-age=30");
        assert_eq!(reader.get("/v1/articles?tag=bridges&category=city").await.expect_header("cache-control"), "public, max-age=60");
        site.clock().advance_ms(30_000);
        assert_eq!(titles(reader, "?tag=bridges&author=rivers").await, "E B A");
        assert_eq!(titles(reader, "?tag=bridges&author=rivers&page=2&limit=2").await, "A");
    }

    async fn one_that_was_renamed_is_found_by_every_slug_that_it_had(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let id = tag(&editor, "Bridges").await;
        let article = save(&editor, "A", json!({ "tags": ["bridges"], "publish": {} })).await;
        let path = format!("/v1/editor/tags/{id}");
        let renamed = editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "slug": "river-bridges", "name": "River bridges" })).await;
        assert_eq!((renamed.is_ok()["version"].as_i64(), renamed.expect_header("etag")), (Some(2), "\"2\""));
        editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "name": "Other" })).await.is_problem(412, "precondition_failed");
        let moved = reader.get("/v1/tags/bridges").await;
        assert_eq!((moved.status, moved.expect_header("location")), (308, "/v1/tags/river-bridges"));
        assert_eq!(titles(reader, "?tag=bridges").await, "A");
        assert_eq!(reader.get("/v1/articles").await["data"][0]["tags"][0]["slug"], "river-bridges");
        // Whoever has the former slug in a form saves it all the same.
        let saved = editor.patch(&format!("/v1/editor/articles/{article}")).if_match("*").merge_patch(json!({ "tags": ["bridges"] })).await;
        assert_eq!(saved.is_ok()["tags"], json!(["river-bridges"]));
        // A new one takes the slug if it is given, and goes around it if it is made.
        assert_eq!(editor.post("/v1/editor/tags").json(json!({ "name": "Bridges" })).await.is_created()["slug"], "bridges-2");
        editor.post("/v1/editor/tags").json(json!({ "name": "Bridges", "slug": "bridges" })).await.is_created();
        reader.get("/v1/tags/bridges").await.is_problem(404, "not_found");
        editor.post("/v1/editor/tags").json(json!({ "name": "Bridges", "slug": "bridges" })).await.is_problem(409, "slug_taken");
    }

    async fn merging_moves_no_date_and_leads_readers_on(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let (one, other) = (author(&editor, json!({ "name": "M. Orlova" })).await, author(&editor, json!({ "name": "Maya Orlova" })).await);
        let both = save(&editor, "A", json!({ "authors": ["m-orlova", "maya-orlova"], "publish": {} })).await;
        save(&editor, "B", json!({ "authors": ["m-orlova"], "publish": {} })).await;
        let before = reader.get("/v1/articles?fields=id,published_at,updated_at").await.text();
        let path = format!("/v1/editor/authors/{one}");
        editor.delete(&path).await.is_problem(409, "in_use");
        editor.delete(&format!("{path}?reassign_to={one}")).await.is_problem(400, "invalid_parameter");
        editor.delete(&format!("{path}?reassign_to={both}")).await.is_problem(400, "invalid_parameter");
        editor.delete(&format!("{path}?reassign_to={other}")).await.is_no_content();
        editor.get(&path).await.is_problem(404, "not_found");
        assert_eq!(reader.get("/v1/articles?fields=id,published_at,updated_at").await.text(), before);
        assert_eq!(counted(reader, "/v1/authors").await, ["maya-orlova 2"]);
        assert_eq!(titles(reader, "?author=m-orlova").await, "B A");
        let moved = reader.get("/v1/authors/m-orlova?locale=en").await;
        assert_eq!((moved.status, moved.expect_header("location")), (308, "/v1/authors/maya-orlova?locale=en"));
        assert_eq!(editor.get(&format!("/v1/editor/articles/{both}")).await["authors"], json!(["maya-orlova"]));
        let log = site.login(Role::Admin).await.get("/v1/editor/audit-log?action=author.merged").await;
        assert_eq!(log.is_ok()["data"][0]["after"], json!({ "reassign_to": other }));
    }

    async fn what_none_names_is_deleted(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = tag(&editor, "Bridges").await;
        let path = format!("/v1/editor/tags/{id}");
        assert_eq!(editor.get("/v1/editor/tags").await.is_ok().each("slug"), ["bridges"]);
        editor.get(&format!("/v1/editor/authors/{id}")).await.is_problem(404, "not_found");
        editor.delete(&path).if_match("\"7\"").await.is_problem(412, "precondition_failed");
        editor.delete(&path).await.is_no_content();
        assert!(editor.get("/v1/editor/tags").await.is_ok().data().is_empty());
        editor.post("/v1/editor/articles").json(json!({ "title": "A", "body": { "format": "html", "source": "" }, "tags": ["bridges"] })).await.is_problem(422, "invalid");
    }
}
