//! Autosaves: what somebody writes is kept beside the saves, for them alone, until they save it.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;

async fn made(client: &Client, whole: Value) -> String {
    client.post("/v1/editor/articles").json(whole).await.is_created().expect_header("location").to_owned()
}

on_both_engines! {
    async fn what_is_written_is_kept_beside_the_saves_and_changes_nothing_of_the_article(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut whole = article("Bridge");
        whole["publish"] = json!({});
        let path = made(&editor, whole).await;
        let before = editor.get(&path).await;
        assert_eq!(before["autosave"], json!(null));
        let (delivered, history) = (site.anyone().get("/v1/articles/bridge").await.text(), editor.get(&format!("{path}/revisions")).await.text());
        let planned = json!({ "publish_at": "2026-12-01T08:00:00Z" });
        editor.post(&format!("{path}/publications")).json(&planned).await.is_created();
        site.clock().advance_ms(5000);

        let written = json!({ "title": "The bridge", "slug": "the-bridge", "note": "Half done", "custom": { "a": { "b": 1 } } });
        let kept = editor.patch(&path).query("autosave", "true").if_match("\"1\"").merge_patch(&written).await;
        assert!(kept.is_ok().header("etag").is_none());
        let expected = json!({
            "article_id": before["id"], "base_version": 1, "saved_at": "2026-11-30T08:00:05.000Z", "note": "Half done",
            "slug": "the-bridge", "title": "The bridge", "excerpt": "", "body": { "format": "markdown", "source": "Some **text**." },
            "category_id": null, "further_category_ids": [], "tags": [], "authors": [], "image": null, "seo": null, "custom": { "a": { "b": 1 } },
            "related": { "pinned": [], "excluded": [] },
        });
        assert_eq!(kept.json(), &expected);
        assert_eq!(editor.get(&format!("{path}/autosave")).await.is_ok().json(), &expected);

        let after = editor.get(&path).await;
        after.has_header("etag", "\"1\"");
        assert_eq!(after["autosave"], json!({ "saved_at": "2026-11-30T08:00:05.000Z", "base_version": 1 }));
        for member in ["title", "slug", "version", "revision", "status", "saved_at", "custom"] {
            assert_eq!(after[member], before[member], "{member}");
        }
        assert_eq!(site.anyone().get("/v1/articles/bridge").await.text(), delivered);
        assert_eq!(editor.get(&format!("{path}/revisions")).await.text(), history);
        assert_eq!(editor.get("/v1/editor/articles?q=the+bridge").await["data"], json!([]));
        site.clock().set("2026-12-01T08:00:00.000Z".parse().unwrap());
        assert_eq!(site.anyone().get("/v1/articles/bridge").await.is_ok()["title"], "Bridge");
        site.anyone().get("/v1/articles/the-bridge").await.is_problem(404, "not_found");
        // The slug is nobody's yet.
        let editor = site.login(Role::Editor).await;
        assert_eq!(editor.post("/v1/editor/articles").json(article("The bridge")).await.is_created()["slug"], "the-bridge");
    }

    async fn patches_add_up_until_one_is_based_on_another_version(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let path = made(&editor, article("One")).await;
        let keep = |etag: &str, patch: Value| editor.patch(&path).query("autosave", "true").if_match(etag).merge_patch(patch);
        keep("\"1\"", json!({ "title": "Two" })).await.is_ok();
        let more = keep("\"1\"", json!({ "excerpt": "Short" })).await;
        assert_eq!((&more["title"], &more["excerpt"]), (&json!("Two"), &json!("Short")));

        admin.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Theirs", "excerpt": "Theirs" })).await.has_header("etag", "\"2\"");
        // An older version is taken, and so is whatever it was.
        for etag in ["\"1\"", "*", "W/\"1\", \"99\""] {
            let still = keep(etag, json!({ "seo": { "title": etag } })).await;
            assert_eq!((&still.is_ok()["base_version"], &still["title"]), (&json!(1), &json!("Two")), "{etag}");
        }
        assert_eq!(editor.get(&path).await["autosave"]["base_version"], 1);
        let anew = keep("\"2\"", json!({ "title": "Three" })).await;
        assert_eq!((&anew["base_version"], &anew["title"], &anew["excerpt"], &anew["seo"]), (&json!(2), &json!("Three"), &json!("Theirs"), &json!(null)));
        let back = keep("\"1\"", json!({})).await;
        assert_eq!((&back["base_version"], &back["title"], &back["excerpt"]), (&json!(1), &json!("One"), &json!("")));
        for never in ["\"3\"", "\"0\"", "\"x\""] {
            keep(never, json!({})).await.is_problem(412, "precondition_failed").has_header("etag", "\"2\"");
        }
        // It changes no version, so that none need be said: it goes on with what was kept.
        let unsaid = editor.patch(&path).query("autosave", "true").merge_patch(json!({ "excerpt": "Unsaid" })).await;
        assert_eq!((&unsaid.is_ok()["base_version"], &unsaid["excerpt"]), (&json!(1), &json!("Unsaid")));
        editor.patch(&path).merge_patch(json!({})).await.is_problem(428, "precondition_required");

        let all = editor.put(&path).query("autosave", "true").if_match("*").json(article("All")).await;
        assert_eq!((&all.is_ok()["base_version"], &all["title"], &all["slug"]), (&json!(1), &json!("All"), &json!("one")));
    }

    async fn what_is_unfinished_is_kept_as_it_is(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        let own = format!("{path}/autosave");
        let emptied = editor.patch(&path).query("autosave", "true").merge_patch(json!({ "title": "" })).await;
        assert_eq!((&emptied.is_ok()["title"], &emptied["body"]["source"], &emptied["base_version"]), (&json!(""), &json!("Some **text**."), &json!(1)));
        for (whole, title) in [(json!({}), ""), (json!({ "title": " " }), " "), (json!({ "title": "Two", "body": {} }), "Two"), (json!({ "body": { "source": "Text alone." } }), "")] {
            let kept = editor.put(&path).query("autosave", "true").json(&whole).await;
            assert_eq!((&kept.is_ok()["title"], &kept["slug"], &kept["body"]["format"]), (&json!(title), &json!("one"), &json!("markdown")), "{whole}");
        }
        assert_eq!(editor.get(&own).await.is_ok()["body"]["source"], "Text alone.");
        // What is there is checked as ever, and a save needs what it always needs.
        for (pointer, code, wrong) in [("/title", "wrong_type", json!({ "title": 1 })), ("/body/format", "not_one_of", json!({ "body": { "format": "word" } })), ("/image/url", "required", json!({ "image": { "alt": "A" } }))] {
            editor.put(&path).query("autosave", "true").json(&wrong).await.is_problem(422, "invalid").has_error(pointer, code);
        }
        editor.put(&path).if_match("*").json(json!({ "body": { "format": "html", "source": "" } })).await.is_problem(422, "invalid").has_error("/title", "required");
        editor.patch(&path).if_match("*").merge_patch(json!({ "title": "" })).await.is_problem(422, "invalid").has_error("/title", "too_short");
        assert_eq!(editor.get(&own).await.is_ok()["body"]["source"], "Text alone.");
    }

    async fn each_person_has_one_of_their_own_and_saving_makes_it_a_revision(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = made(&author, article("Hers")).await;
        let own = format!("{path}/autosave");
        for (client, title) in [(&author, "By her"), (&editor, "By another")] {
            client.get(&own).await.is_problem(404, "not_found");
            client.patch(&path).query("autosave", "true").if_match("*").merge_patch(json!({ "title": title })).await.is_ok();
        }
        assert_eq!((&author.get(&own).await["title"], &editor.get(&own).await["title"]), (&json!("By her"), &json!("By another")));
        let saved = author.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "By her" })).await;
        assert_eq!((&saved.is_ok()["autosave"], &saved["revision"]), (&json!(null), &json!(2)));
        author.get(&own).await.is_problem(404, "not_found");
        // Another one's stays, and says on what it is based.
        assert_eq!(editor.get(&path).await["autosave"]["base_version"], 1);
        // What somebody restores is not what they wrote.
        assert_eq!(editor.post(&format!("{path}/revisions/1/restore")).await.is_ok()["autosave"]["base_version"], 1);
        editor.delete(&own).await.is_no_content();
        editor.delete(&own).await.is_problem(404, "not_found");
        assert_eq!(editor.get(&path).await["autosave"], json!(null));

        let theirs = made(&editor, article("Theirs")).await;
        author.patch(&theirs).query("autosave", "true").if_match("*").merge_patch(json!({})).await.is_problem(404, "not_found");
        author.get(&format!("{theirs}/autosave")).await.is_problem(404, "not_found");
        site.anyone().get(&own).await.is_problem(401, "invalid_token");
    }

    async fn a_refused_save_leaves_it_and_a_put_takes_it_too(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        made(&editor, article("Taken")).await;
        let path = made(&editor, article("One")).await;
        editor.put(&path).query("autosave", "true").if_match("*").json(article("Two")).await.is_ok();
        editor.patch(&path).if_match("\"9\"").merge_patch(json!({ "title": "Two" })).await.is_problem(412, "precondition_failed");
        editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "slug": "taken" })).await.is_problem(409, "slug_taken");
        editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "" })).await.is_problem(422, "invalid");
        assert_eq!(editor.get(&format!("{path}/autosave")).await.is_ok()["title"], "Two");
        assert_eq!(editor.put(&path).if_match("\"1\"").json(article("Two")).await.is_ok()["autosave"], json!(null));
        editor.get(&format!("{path}/autosave")).await.is_problem(404, "not_found");
    }

    async fn it_is_checked_as_a_save_is_and_never_publishes(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = made(&author, article("One")).await;
        let keep = |client: &Client, patch: Value| client.patch(&path).query("autosave", "true").if_match("*").merge_patch(patch);
        let wrong = json!({ "title": "x".repeat(301), "tags": ["unknown"], "category_id": "0192f0c1-2b3c-7d4e-8f50-617283940516", "publish": {}, "embargo_until": null, "embargo_note": "Why", "note": "x".repeat(201) });
        let refused = keep(&editor, wrong).await;
        for (pointer, code) in [("/category_id", "unknown"), ("/note", "too_long"), ("/publish", "unknown_field"), ("/embargo_until", "unknown_field"), ("/embargo_note", "unknown_field"), ("/tags/0", "unknown"), ("/title", "too_long")] {
            refused.is_problem(422, "invalid").has_error(pointer, code);
        }
        keep(&author, json!({ "publish": {} })).await.is_problem(422, "invalid").has_error("/publish", "unknown_field");
        let page = json!({ "kind": "page", "locale": "tk", "title": "A", "body": { "format": "html", "source": "" } });
        let refused = editor.put(&path).query("autosave", "true").if_match("*").json(page).await;
        refused.is_problem(422, "invalid").has_error("/kind", "immutable").has_error("/locale", "immutable");
        editor.patch(&path).query("autosave", "yes").if_match("*").merge_patch(json!({})).await.is_problem(400, "invalid_parameter");
        editor.get(&format!("{path}/autosave")).await.is_problem(404, "not_found");
        // Of the same size as a save.
        for (length, status) in [(1_000_000, 200), (1_000_001, 422)] {
            let body = json!({ "body": { "source": "x".repeat(length) } });
            assert_eq!(keep(&editor, body).await.status, status, "{length}");
        }
    }

    async fn the_trash_keeps_it_as_it_is_and_purging_takes_it_along(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let path = made(&editor, article("One")).await;
        let keep = || editor.patch(&path).query("autosave", "true").if_match("*").merge_patch(json!({ "title": "Two" }));
        keep().await.is_ok();
        editor.delete(&path).if_match("*").await.is_no_content();
        keep().await.is_problem(409, "trashed");
        assert_eq!(editor.get(&format!("{path}/autosave")).await.is_ok()["title"], "Two");
        assert_eq!(editor.get(&path).await["autosave"]["base_version"], 1);
        assert_eq!(editor.post(&format!("{path}/restore")).await.is_ok()["autosave"]["base_version"], 1);
        // In the trash and out of it again is no save.
        assert_eq!(keep().await.is_ok()["base_version"], 1);
        editor.delete(&path).if_match("*").await.is_no_content();
        admin.delete(&path).query("purge", "true").if_match("*").await.is_no_content();
        editor.get(&format!("{path}/autosave")).await.is_problem(404, "not_found");
    }

    async fn a_category_that_goes_elsewhere_goes_there_in_what_is_not_saved_as_well(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut ids = Vec::new();
        for name in ["Old", "New", "Other"] {
            ids.push(editor.post("/v1/editor/categories").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned());
        }
        let [old, new, other] = [&ids[0], &ids[1], &ids[2]];
        let mut kept = Vec::new();
        for (main, further) in [(old, vec![new, other]), (other, vec![old])] {
            let path = made(&editor, article("One")).await;
            let patch = json!({ "category_id": main, "further_category_ids": further });
            editor.patch(&path).query("autosave", "true").if_match("*").merge_patch(patch).await.is_ok();
            kept.push(format!("{path}/autosave"));
        }
        // What nobody saved keeps no category.
        editor.delete(&format!("/v1/editor/categories/{old}?reassign_to={new}")).await.is_no_content();
        let of = async |path: &String| {
            let seen = editor.get(path).await;
            json!([seen["category_id"], seen["further_category_ids"]])
        };
        assert_eq!(of(&kept[0]).await, json!([new, [other]]));
        assert_eq!(of(&kept[1]).await, json!([other, [new]]));
        editor.delete(&format!("/v1/editor/categories/{other}")).await.is_no_content();
        assert_eq!(of(&kept[1]).await, json!([other, [new]]));
    }
}
