//! The history of an article: its revisions, in what they differ, and the way back.

mod differences;
mod restoring;

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;

/// Saves an article and changes it by each of these patches, a second apart: its path.
async fn saved(site: &Site, client: &Client, whole: Value, patches: &[Value]) -> String {
    let made = client.post("/v1/editor/articles").json(whole).await;
    let path = made.is_created().expect_header("location").to_owned();
    for patch in patches {
        site.clock().advance_ms(1000);
        client.patch(&path).if_match("*").merge_patch(patch).await.is_ok();
    }
    path
}

async fn id_of(client: &Client) -> Value {
    client.get("/v1/auth/me").await["id"].clone()
}

fn numbers(list: &[Value]) -> Vec<i64> {
    list.iter().map(|item| item["number"].as_i64().unwrap()).collect()
}

on_both_engines! {
    async fn each_save_is_a_revision_with_who_and_when_and_what_they_said(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let mut first = article("Bridge");
        first["note"] = json!("First draft");
        let path = saved(&site, &author, first, &[json!({ "title": "The bridge" })]).await;
        site.clock().advance_ms(1000);
        let mut whole = article("The new bridge");
        whole["note"] = json!("  With the mayor's numbers ");
        let put = editor.put(&path).if_match("*").json(&whole).await;
        assert!(put.is_ok().json().get("note").is_none(), "the note is the revision's");
        let list = editor.get(&format!("{path}/revisions")).await;
        let (hers, theirs) = (json!({ "id": id_of(&author).await, "name": "author" }), json!({ "id": id_of(&editor).await, "name": "editor" }));
        let expected = json!([
            { "number": 3, "saved_at": "2026-11-30T08:00:02.000Z", "saved_by": theirs, "note": "With the mayor's numbers", "restored_from": null, "live": false, "title": "The new bridge" },
            { "number": 2, "saved_at": "2026-11-30T08:00:01.000Z", "saved_by": hers, "note": null, "restored_from": null, "live": false, "title": "The bridge" },
            { "number": 1, "saved_at": "2026-11-30T08:00:00.000Z", "saved_by": hers, "note": "First draft", "restored_from": null, "live": false, "title": "Bridge" },
        ]);
        assert_eq!(list.is_ok()["data"], expected);
        assert_eq!(author.get(&format!("{path}/revisions")).await.is_ok().text(), list.text());
    }

    async fn a_note_has_up_to_200_characters_and_an_empty_one_is_none(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = saved(&site, &editor, article("A"), &[json!({ "note": " " }), json!({ "note": null }), json!({ "note": "é".repeat(200) })]).await;
        let list = editor.get(&format!("{path}/revisions")).await;
        let notes: Vec<&Value> = list.data().iter().map(|revision| &revision["note"]).collect();
        assert_eq!(notes, [&json!("é".repeat(200)), &Value::Null, &Value::Null, &Value::Null]);
        for note in [json!("é".repeat(201)), json!(7)] {
            let code = if note.is_string() { "too_long" } else { "wrong_type" };
            let refused = editor.patch(&path).if_match("*").merge_patch(json!({ "note": note })).await;
            refused.is_problem(422, "invalid").has_error("/note", code);
        }
    }

    async fn a_revision_is_the_article_as_it_was_saved(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let [main, further] = [category(&editor, "City").await, category(&editor, "Culture").await];
        let whole = json!({
            "title": "Bridge", "slug": "bridge", "excerpt": "Short", "body": { "format": "html", "source": "<p onclick=x>Text</p>" },
            "category_id": main, "further_category_ids": [further], "image": { "url": "/bridge.jpg", "alt": "A bridge" },
            "seo": { "noindex": true }, "custom": { "box": [1, 2.5, { "a": null }] }, "note": "All of it",
        });
        let path = saved(&site, &editor, whole, &[json!({ "title": "Other", "slug": "other", "image": null, "custom": null, "category_id": null })]).await;
        let first = editor.get(&format!("{path}/revisions/1")).await;
        let expected = json!({
            "number": 1, "saved_at": "2026-11-30T08:00:00.000Z", "saved_by": { "id": id_of(&editor).await, "name": "editor" }, "note": "All of it", "restored_from": null, "live": false,
            "title": "Bridge", "slug": "bridge", "excerpt": "Short", "body": { "format": "html", "source": "<p onclick=x>Text</p>" },
            "category_id": main, "further_category_ids": [further], "tags": [], "authors": [],
            "image": { "url": "/bridge.jpg", "alt": "A bridge", "caption": null, "credit": null, "width": null, "height": null },
            "seo": { "title": null, "description": null, "canonical_url": null, "noindex": true }, "custom": { "box": [1, 2.5, { "a": null }] },
            "related": { "pinned": [], "excluded": [] },
        });
        assert_eq!(first.is_ok().json(), &expected);
        let (newest, article) = (editor.get(&format!("{path}/revisions/2")).await, editor.get(&path).await);
        for member in ["slug", "title", "excerpt", "body", "category_id", "further_category_ids", "tags", "authors", "image", "seo", "custom", "saved_at"] {
            assert_eq!(newest[member], article[member], "{member}");
        }
        assert!(first.header("cache-control").unwrap().contains("no-store") && first.header("etag").is_none());
    }

    async fn the_revision_that_readers_get_is_marked_to_the_millisecond(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = saved(&site, &editor, article("One"), &[json!({ "title": "Two" }), json!({ "title": "Three" })]).await;
        for dates in [json!({ "revision": 1, "publish_at": "2026-11-30T09:00:00Z" }), json!({ "revision": 2, "publish_at": "2026-11-30T09:05:00Z", "unpublish_at": "2026-11-30T09:10:00Z" })] {
            editor.post(&format!("{path}/publications")).json(dates).await.is_created();
        }
        for (instant, live) in [("08:59:59.999", 0), ("09:00:00.000", 1), ("09:04:59.999", 1), ("09:05:00.000", 2), ("09:09:59.999", 2), ("09:10:00.000", 0)] {
            site.clock().set(format!("2026-11-30T{instant}Z").parse().unwrap());
            let editor = site.login(Role::Editor).await;
            let list = editor.get(&format!("{path}/revisions")).await;
            let marked: Vec<Value> = list.data().iter().filter(|revision| revision["live"] == true).map(|revision| revision["number"].clone()).collect();
            assert_eq!(marked, if live > 0 { vec![json!(live)] } else { Vec::new() }, "{instant}");
            for number in 1..=3 {
                assert_eq!(editor.get(&format!("{path}/revisions/{number}")).await["live"], number == live, "{instant}");
            }
        }
    }

    async fn revisions_are_paged_both_ways_with_cursors_that_go_with_their_article_alone(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let patches = vec![json!({ "excerpt": "Again" }); 6];
        let (path, other) = (saved(&site, &editor, article("One"), &patches).await, saved(&site, &editor, article("Other"), &patches).await);
        let list = format!("{path}/revisions?limit=3");
        let first = editor.get(&list).await;
        assert_eq!((numbers(first.is_ok().data()), &first["paging"]["previous"]), (vec![7, 6, 5], &Value::Null));
        let next = first.text_at("/paging/next").to_owned();
        assert!(first.expect_header("link").contains(&format!("{list}&cursor={next}>; rel=\"next\"")));
        let second = editor.get(&list).query("cursor", &next).await;
        assert_eq!(numbers(second.is_ok().data()), [4, 3, 2]);
        let third = editor.get(&list).query("cursor", second.text_at("/paging/next")).await;
        assert_eq!((numbers(third.is_ok().data()), &third["paging"]["next"]), (vec![1], &Value::Null));
        let back = editor.get(&list).query("cursor", third.text_at("/paging/previous")).await;
        assert_eq!(back.is_ok()["data"], second["data"]);
        assert_eq!(editor.get(&list).query("cursor", second.text_at("/paging/previous")).await.is_ok()["data"], first["data"]);
        assert_eq!(numbers(editor.get(&format!("{path}/revisions?limit=1")).query("cursor", &next).await.is_ok().data()), [4]);
        editor.get(&format!("{other}/revisions?limit=3")).query("cursor", &next).await.is_problem(400, "invalid_cursor");
        editor.get("/v1/editor/articles").query("cursor", &next).await.is_problem(400, "invalid_cursor");
        editor.get(&format!("{path}/revisions?sort=number")).await.is_problem(400, "invalid_parameter");
        // A new save shifts nothing behind a cursor.
        editor.patch(&path).if_match("*").merge_patch(json!({})).await.is_ok();
        assert_eq!(editor.get(&list).query("cursor", &next).await["data"], second["data"]);
    }

    async fn what_names_no_revision_is_not_found(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = saved(&site, &editor, article("One"), &[json!({})]).await;
        for number in ["0", "3", "-1", "+1", "01", "1.0", "x", "%20", "%00", "99999999999999999999", "2147483648"] {
            editor.get(&format!("{path}/revisions/{number}")).await.is_problem(404, "not_found");
            editor.get(&format!("{path}/revisions/{number}/diff")).query("unknown", "1").await.is_problem(404, "not_found");
            editor.post(&format!("{path}/revisions/{number}/restore")).if_match("\"99\"").await.is_problem(404, "not_found");
        }
        for none in ["/revisions/1", "/revisions/1/diff", "/revisions"] {
            editor.get(&format!("{path}{none}?a=1")).await.is_problem(400, "invalid_parameter").has_error("/a", "unknown_parameter");
        }
        editor.post(&format!("{path}/revisions/1/restore?a=1")).await.is_problem(400, "invalid_parameter");
    }

    async fn authors_read_and_restore_the_history_of_their_own_articles_and_of_no_other(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let (hers, theirs) = (saved(&site, &author, article("Hers"), &[json!({})]).await, saved(&site, &editor, article("Theirs"), &[json!({})]).await);
        let unknown = "/v1/editor/articles/0192f0c1-2b3c-7d4e-8f50-617283940516";
        for read in ["/revisions", "/revisions/1", "/revisions/2/diff", "/revisions/1/diff?against=2"] {
            author.get(&format!("{hers}{read}")).await.is_ok();
            editor.get(&format!("{hers}{read}")).await.is_ok();
            let (hidden, none) = (author.get(&format!("{theirs}{read}")).await, author.get(&format!("{unknown}{read}")).await);
            assert_eq!(hidden.is_problem(404, "not_found")["detail"], none.is_problem(404, "not_found")["detail"]);
            site.anyone().get(&format!("{hers}{read}")).await.is_problem(401, "invalid_token");
        }
        author.post(&format!("{theirs}/revisions/1/restore")).await.is_problem(404, "not_found");
        author.post(&format!("{hers}/revisions/1/restore")).await.is_ok();
        assert_eq!(editor.get(&theirs).await["version"], 2);
    }

    async fn an_article_in_the_trash_has_its_history_and_gets_no_more_of_it(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut whole = article("One");
        whole["publish"] = json!({});
        let path = saved(&site, &editor, whole, &[json!({ "title": "Two" })]).await;
        let live = async || editor.get(&format!("{path}/revisions")).await.is_ok().data().iter().map(|revision| revision["live"] == true).collect::<Vec<_>>();
        assert_eq!(live().await, [false, true]);
        editor.delete(&path).if_match("*").await.is_no_content();
        assert_eq!(live().await, [false, false]);
        assert_eq!(numbers(editor.get(&format!("{path}/revisions")).await.is_ok().data()), [2, 1]);
        assert_eq!(editor.get(&format!("{path}/revisions/1")).await.is_ok()["title"], "One");
        assert_eq!(editor.get(&format!("{path}/revisions/2/diff")).await.is_ok()["changes"][0]["field"], "title");
        editor.post(&format!("{path}/revisions/1/restore")).await.is_problem(409, "trashed");
    }

    async fn a_revision_never_changes_and_reading_one_changes_nothing(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut whole = article("One");
        whole["publish"] = json!({});
        let path = saved(&site, &editor, whole, &[json!({ "title": "Two" })]).await;
        let reads = ["/revisions/1", "/revisions/2", "/revisions/2/diff"].map(|read| format!("{path}{read}"));
        let mut before = Vec::new();
        for read in &reads {
            before.push(editor.get(read).await.is_ok().text());
        }
        let (delivered, seen) = (site.anyone().get("/v1/articles/one").await, editor.get(&path).await.text());
        editor.get(&format!("{path}/revisions")).await.is_ok();
        assert_eq!(editor.get(&path).await.text(), seen);
        for patch in [json!({ "title": "Three", "body": { "source": "Other" } }), json!({ "excerpt": "Short", "note": "Shorter" })] {
            editor.patch(&path).if_match("*").merge_patch(patch).await.is_ok();
        }
        editor.post(&format!("{path}/revisions/2/restore")).await.is_ok();
        for (read, before) in reads.iter().zip(before) {
            assert_eq!(editor.get(read).await.text(), before, "{read}");
        }
        assert_eq!(site.anyone().get("/v1/articles/one").await.text(), delivered.is_ok().text());
    }
}

async fn category(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/categories").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}
