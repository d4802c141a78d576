//! The way back to a revision.

use dateline::kernel::caller::Role;

use serde_json::{Value, json};

use super::{category, numbers, saved};
use crate::on_both_engines;
use crate::site::{Site, article};

/// What a restored revision has in common with the one that it was made of.
const CONTENT: [&str; 12] =
    ["slug", "title", "excerpt", "body", "category_id", "further_category_ids", "tags", "authors", "image", "seo", "custom", "related"];

on_both_engines! {
    async fn restoring_saves_the_content_again_and_changes_nothing_that_is_live(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let city = category(&editor, "City").await;
        let whole = json!({
            "title": "Bridge", "slug": "bridge", "excerpt": "Short", "body": { "format": "html", "source": "<p onclick=x>Text</p>" }, "category_id": city,
            "image": { "url": "/bridge.jpg" }, "seo": { "noindex": true }, "custom": { "a": [1.5, {}] }, "note": "As it was",
        });
        let change = json!({ "title": "Other", "slug": "other", "excerpt": null, "body": { "source": "x" }, "category_id": null, "image": null, "seo": null, "custom": null });
        let path = saved(&site, &author, whole, &[change]).await;
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
        site.clock().advance_ms(1000);
        let delivered = site.anyone().get("/v1/articles/other").await;
        let restored = editor.post(&format!("{path}/revisions/1/restore")).await;
        restored.is_ok().has_header("etag", "\"3\"");
        assert_eq!((&restored["version"], &restored["revision"], &restored["status"]), (&json!(3), &json!(3), &json!("changed")));
        assert_eq!(restored["warnings"][0]["code"], "attribute_removed");
        let (old, new) = (editor.get(&format!("{path}/revisions/1")).await, editor.get(&format!("{path}/revisions/3")).await);
        for member in CONTENT {
            assert_eq!((&restored[member], &new[member]), (&old[member], &old[member]), "{member}");
        }
        assert_eq!((&new["restored_from"], &new["note"], &new["saved_by"]["name"]), (&json!(1), &Value::Null, &json!("editor")));
        let list = editor.get(&format!("{path}/revisions")).await;
        let restored_from: Vec<&Value> = list.data().iter().map(|revision| &revision["restored_from"]).collect();
        assert_eq!(restored_from, [&json!(1), &Value::Null, &Value::Null]);
        assert_eq!(editor.get(&path).await.json(), restored.json());
        assert_eq!(editor.get(&format!("{path}/revisions/3/diff?against=1")).await["changes"], json!([]));
        assert_eq!(site.anyone().get("/v1/articles/other").await.text(), delivered.is_ok().text());
        site.anyone().get("/v1/articles/bridge").await.is_problem(404, "not_found");
        assert_eq!(editor.get("/v1/editor/articles?category=city").await.data().len(), 1, "lists go by the newest save");
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
        site.clock().advance_ms(1);
        assert_eq!(site.anyone().get("/v1/articles/bridge").await.is_ok()["body_html"], "<p>Text</p>");
    }

    async fn what_follows_the_newest_save_follows_a_restored_one_of_who_may_publish(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = saved(&site, &author, article("One"), &[json!({ "title": "Two" })]).await;
        let planned = editor.post(&format!("{path}/publications")).json(json!({ "publish_at": "2026-11-30T09:00:00Z" })).await;
        let planned = planned.is_created().expect_header("location").to_owned();
        author.post(&format!("{path}/revisions/1/restore")).await.is_ok();
        let waiting = editor.get(&planned).await;
        assert_eq!((&waiting["revision"], &waiting["not_followed"]), (&json!(2), &json!([3])));
        editor.post(&format!("{path}/revisions/1/restore")).await.is_ok();
        assert_eq!(editor.get(&planned).await["revision"], 4);
        site.clock().set("2026-11-30T09:00:00.000Z".parse().unwrap());
        assert_eq!(site.anyone().get("/v1/articles/one").await.is_ok()["title"], "One");
    }

    async fn restoring_is_held_against_the_version_and_done_once(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = saved(&site, &editor, article("One"), &[json!({ "title": "Two" })]).await;
        let restore = format!("{path}/revisions/1/restore");
        let stale = editor.post(&restore).if_match("\"1\"").await;
        stale.is_problem(412, "precondition_failed").has_header("etag", "\"2\"");
        assert_eq!(stale["changed_fields"], json!(["title"]));
        let key = || editor.post(&restore).if_match("\"2\"").header("idempotency-key", "back");
        let first = key().await;
        first.is_ok().has_header("etag", "\"3\"");
        let again = key().await;
        assert_eq!((again.is_ok().text(), again.header("etag")), (first.text(), Some("\"3\"")));
        assert_eq!(numbers(editor.get(&format!("{path}/revisions")).await.data()), [3, 2, 1]);
        // The key of another revision is another one.
        editor.post(&format!("{path}/revisions/2/restore")).header("idempotency-key", "back").await.is_ok().has_header("etag", "\"4\"");
        editor.post(&restore).if_match("4").await.is_problem(400, "invalid_header");
        editor.post(&restore).if_match("*").await.is_ok().has_header("etag", "\"5\"");
    }

    async fn a_slug_that_another_article_took_meanwhile_is_said_so(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = saved(&site, &editor, article("Bridge"), &[json!({ "slug": "old-bridge" })]).await;
        let other = saved(&site, &editor, article("Bridge"), &[]).await;
        let before = editor.get(&path).await.text();
        editor.post(&format!("{path}/revisions/1/restore")).await.is_problem(409, "slug_taken");
        assert_eq!(editor.get(&path).await.text(), before);
        editor.patch(&other).if_match("*").merge_patch(json!({ "slug": "new-bridge" })).await.is_ok();
        assert_eq!(editor.post(&format!("{path}/revisions/1/restore")).await.is_ok()["slug"], "bridge");
    }

    async fn what_is_gone_is_left_out_and_named_once(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let [gone, also_gone, given, kept] = [category(&editor, "A").await, category(&editor, "B").await, category(&editor, "C").await, category(&editor, "D").await];
        let mut whole = article("One");
        (whole["category_id"], whole["further_category_ids"]) = (json!(gone), json!([also_gone, given, kept]));
        let path = saved(&site, &editor, whole, &[json!({ "category_id": null, "further_category_ids": null })]).await;
        for (id, query) in [(&gone, String::new()), (&also_gone, String::new()), (&given, format!("?reassign_to={kept}"))] {
            editor.delete(&format!("/v1/editor/categories/{id}{query}")).if_match("*").await.is_no_content();
        }
        assert_eq!(editor.get(&format!("{path}/revisions/1")).await["category_id"], gone, "a revision says what it said");
        let restored = editor.post(&format!("{path}/revisions/1/restore")).await;
        assert_eq!((&restored.is_ok()["category_id"], &restored["further_category_ids"]), (&Value::Null, &json!([kept])));
        let warnings = restored["warnings"].as_array().unwrap();
        let named = |id: &String| warnings.iter().any(|warning| warning["code"] == "category_gone" && warning["detail"].as_str().unwrap().contains(id.as_str()));
        assert!(warnings.len() == 2 && named(&gone) && named(&also_gone), "{warnings:?}");
        assert_eq!(editor.get(&path).await["warnings"], json!([]), "the new save names nothing that is gone");
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
    }

    async fn tags_and_authors_that_are_gone_are_left_out_as_well(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for (what, slug) in [("tags", "one"), ("tags", "two"), ("authors", "one"), ("authors", "two")] {
            editor.post(&format!("/v1/editor/{what}")).json(json!({ "name": slug, "slug": slug })).await.is_created();
        }
        let mut whole = article("One");
        (whole["tags"], whole["authors"]) = (json!(["one", "two"]), json!(["two", "one"]));
        let path = saved(&site, &editor, whole, &[json!({ "tags": [], "authors": [] })]).await;
        for (what, at) in [("tags", 0), ("authors", 1)] {
            let id = editor.get(&format!("/v1/editor/{what}")).await.is_ok().data()[at]["id"].clone();
            editor.delete(&format!("/v1/editor/{what}/{}", id.as_str().unwrap())).await.is_no_content();
        }
        let restored = editor.post(&format!("{path}/revisions/1/restore")).await;
        assert_eq!((&restored.is_ok()["tags"], &restored["authors"]), (&json!(["two"]), &json!(["one"])));
        let codes: Vec<&Value> = restored["warnings"].as_array().unwrap().iter().map(|warning| &warning["code"]).collect();
        assert_eq!(codes, ["tag_gone", "author_gone"]);
    }

    async fn a_restored_body_is_rendered_with_the_settings_of_today(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut whole = article("One");
        whole["body"] = json!({ "format": "html", "source": "<p>a</p><iframe src=https://player.example.net/x></iframe>" });
        let path = saved(&site, &editor, whole, &[json!({ "body": { "source": "x" } })]).await;
        assert_eq!(editor.get(&format!("{path}/revisions/2")).await["number"], 2);
        let later = site.copy_with(|options| options.embed_hosts = "player.example.net".parse().unwrap());
        let editor = later.login(Role::Editor).await;
        let restored = editor.post(&format!("{path}/revisions/1/restore")).await;
        assert_eq!(restored.is_ok()["warnings"], json!([]));
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
        later.clock().advance_ms(1);
        assert!(later.anyone().get("/v1/articles/one").await.is_ok().text_at("/body_html").contains("player.example.net"));
    }
}
