//! A change that came too late is helped by `merge=preview`: base, theirs, yours, and both together.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const STALE: &str = "precondition_failed";

/// An article that was changed since its first save, and the caller who comes too late.
async fn changed(site: &Site, whole: Value, theirs: Value) -> (Client, String) {
    let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
    let path = editor.post("/v1/editor/articles").json(whole).await.is_created().expect_header("location").to_owned();
    admin.patch(&path).if_match("\"1\"").merge_patch(theirs).await.is_ok();
    (editor, path)
}

async fn patched(editor: &Client, path: &str, yours: Value) -> Answer {
    let stale = editor.patch(path).query("merge", "preview").if_match("\"1\"").merge_patch(yours).await;
    stale.is_problem(412, STALE);
    stale
}

on_both_engines! {
    async fn what_does_not_collide_is_merged_and_ready_to_be_sent(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let theirs = json!({ "excerpt": "Theirs", "body": { "source": "Their text." }, "seo": { "noindex": true } });
        let (editor, path) = changed(&site, article("One"), theirs).await;
        let stale = patched(&editor, &path, json!({ "title": "Yours", "seo": { "noindex": true }, "image": { "url": "/a.jpg" } })).await;
        stale.has_header("etag", "\"2\"");
        assert_eq!(stale["changed_fields"], json!(["excerpt", "body", "seo"]));
        let merge = &stale["merge"];
        let of = |field: &str| json!([merge["base"][field], merge["theirs"][field], merge["yours"][field], merge["merged"][field]]);
        assert_eq!(of("title"), json!(["One", "One", "Yours", "Yours"]));
        assert_eq!(of("excerpt"), json!(["", "Theirs", "", "Theirs"]));
        assert_eq!(of("slug"), json!(["one", "one", "one", "one"]));
        assert_eq!(merge["merged"]["body"], json!({ "format": "markdown", "source": "Their text." }));
        assert_eq!((&merge["base"]["seo"], &merge["merged"]["seo"]["noindex"]), (&Value::Null, &json!(true)));
        assert_eq!(merge["conflicts"], json!([]), "both changed seo alike");
        assert_eq!(editor.get(&path).await["version"], 2, "nothing is saved");

        let sent = editor.patch(&path).if_match("\"2\"").merge_patch(&merge["merged"]).await;
        assert_eq!((&sent.is_ok()["title"], &sent["excerpt"], &sent["image"]["url"]), (&json!("Yours"), &json!("Theirs"), &json!("/a.jpg")));
        let second = editor.get(&format!("{path}/revisions/2")).await;
        assert_eq!((&merge["theirs"]["body"], &merge["theirs"]["seo"]), (&second["body"], &second["seo"]));
    }

    async fn what_collides_is_named_and_stays_as_the_others_saved_it(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let theirs = json!({ "title": "Theirs", "slug": "theirs", "body": { "source": "Theirs." }, "note": "Never part of it" });
        let (editor, path) = changed(&site, article("One"), theirs).await;
        let yours = json!({ "title": "Yours", "slug": "yours", "body": { "format": "html" }, "excerpt": "Yours", "note": "Mine" });
        let stale = patched(&editor, &path, yours).await;
        let merge = &stale["merge"];
        assert_eq!(merge["conflicts"], json!(["slug", "title", "body"]));
        assert_eq!((&merge["merged"]["title"], &merge["yours"]["title"]), (&json!("Theirs"), &json!("Yours")));
        assert_eq!(merge["merged"]["body"], json!({ "format": "markdown", "source": "Theirs." }));
        assert_eq!(merge["yours"]["body"], json!({ "format": "html", "source": "Some **text**." }));
        assert_eq!((&merge["merged"]["excerpt"], merge["merged"].get("note")), (&json!("Yours"), None));
    }

    async fn a_whole_article_is_merged_to_be_put(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let mut page = article("Imprint");
        (page["kind"], page["locale"], page["custom"]) = (json!("page"), json!("tk"), json!({ "a": null }));
        let (editor, path) = changed(&site, page.clone(), json!({ "excerpt": "Theirs" })).await;
        page["title"] = json!("Yours");
        page["custom"] = json!({ "b": null });
        let stale = editor.put(&path).query("merge", "preview").if_match("\"1\"").json(&page).await;
        let merge = &stale.is_problem(412, STALE)["merge"];
        assert_eq!((&merge["conflicts"], &merge["merged"]["slug"], &merge["merged"]["custom"]), (&json!([]), &json!("imprint"), &json!({ "b": null })));
        let sent = editor.put(&path).if_match("\"2\"").json(&merge["merged"]).await;
        assert_eq!((&sent.is_ok()["title"], &sent["excerpt"], &sent["kind"], &sent["custom"]), (&json!("Yours"), &json!("Theirs"), &json!("page"), &json!({ "b": null })));
    }

    async fn what_a_patch_cannot_say_otherwise_is_left_out_or_taken_away(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let mut whole = article("One");
        whole["custom"] = json!({ "kept": { "x": null }, "gone": 1, "list": [{ "y": null }] });
        let (editor, path) = changed(&site, whole, json!({ "title": "Theirs" })).await;
        let stale = patched(&editor, &path, json!({ "custom": { "gone": null, "new": { "z": 1 } } })).await;
        let merged = &stale["merge"]["merged"];
        assert_eq!(merged["custom"], json!({ "gone": null, "list": [{ "y": null }], "new": { "z": 1 } }));
        let sent = editor.patch(&path).if_match("\"2\"").merge_patch(merged).await;
        assert_eq!(sent.is_ok()["custom"], json!({ "kept": { "x": null }, "list": [{ "y": null }], "new": { "z": 1 } }));
        assert_eq!(sent["title"], "Theirs");
    }

    async fn versions_without_a_save_are_merged_by_the_save_before_them(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (editor, path) = changed(&site, article("One"), json!({ "title": "Two" })).await;
        editor.delete(&path).if_match("*").await.is_no_content();
        editor.post(&format!("{path}/restore")).await.has_header("etag", "\"4\"");
        let stale = editor.patch(&path).query("merge", "preview").if_match("\"3\"").merge_patch(json!({ "title": "Three" })).await;
        let merge = &stale.is_problem(412, STALE)["merge"];
        assert_eq!((&merge["base"]["title"], &merge["merged"]["title"], &merge["conflicts"]), (&json!("Two"), &json!("Three"), &json!([])));
    }

    async fn where_nothing_helps_the_refusal_is_as_without_it(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (editor, path) = changed(&site, article("One"), json!({ "title": "Two" })).await;
        let ask = |etag: &str, patch: Value| editor.patch(&path).query("merge", "preview").if_match(etag).merge_patch(patch);
        for (etag, patch) in [("\"9\"", json!({})), ("\"0\"", json!({})), ("\"1\"", json!({ "title": 5 })), ("\"1\"", json!({ "image": { "alt": "x" } }))] {
            let stale = ask(etag, patch).await;
            assert!(stale.is_problem(412, STALE).json().get("merge").is_none(), "{etag}");
        }
        let plain = editor.patch(&path).if_match("\"1\"").merge_patch(json!({})).await;
        assert!(plain.is_problem(412, STALE).json().get("merge").is_none());
        assert_eq!(ask("\"2\"", json!({ "excerpt": "Saved" })).await.is_ok()["version"], 3);
        editor.patch(&path).query("merge", "yes").if_match("\"1\"").merge_patch(json!({})).await.is_problem(400, "invalid_parameter");
        let author = site.login(Role::Author).await;
        author.patch(&path).query("merge", "preview").if_match("\"1\"").merge_patch(json!({})).await.is_problem(404, "not_found");
    }
}
