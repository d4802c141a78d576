//! Two editors at one article: `If-Match`, 412 and 428.

use dateline::kernel::caller::Role;
use serde_json::json;

use crate::on_both_engines;
use crate::site::{Site, article};

on_both_engines! {
    async fn a_stale_change_hears_what_changed_since(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let made = editor.post("/v1/editor/articles").json(article("Mine")).await;
        made.has_header("etag", "\"1\"");
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Yours" })).await.has_header("etag", "\"2\"");
        editor.delete(&path).if_match("\"2\"").await.is_no_content();
        editor.post(&format!("{path}/restore")).await.has_header("etag", "\"4\"");
        let body = json!({ "format": "html", "source": "<p>Ours</p>" });
        editor.patch(&path).if_match("\"4\"").merge_patch(json!({ "body": body, "excerpt": "Short" })).await.has_header("etag", "\"5\"");

        for (known, changed) in [(1, json!(["title", "excerpt", "body"])), (2, json!(["excerpt", "body"])), (4, json!(["excerpt", "body"]))] {
            let stale = editor.patch(&path).if_match(&format!("\"{known}\"")).merge_patch(json!({ "title": "Theirs" })).await;
            stale.is_problem(412, "precondition_failed").has_header("etag", "\"5\"");
            assert_eq!((&stale["current_version"], &stale["changed_fields"]), (&json!(5), &changed), "since {known}");
        }
        for never in ["\"9\"", "\"x\"", "W/\"6\""] {
            let stale = editor.delete(&path).if_match(never).await;
            stale.is_problem(412, "precondition_failed").has_header("etag", "\"5\"");
            assert_eq!(stale["changed_fields"], json!([]));
        }
        for without in [editor.patch(&path).merge_patch(json!({})), editor.put(&path).json(article("All")), editor.delete(&path)] {
            without.await.is_problem(428, "precondition_required").has_header("etag", "\"5\"");
        }
        let forms: [fn(u8) -> String; 4] =
            [|v| format!("\"{v}-gzip\""), |v| format!("W/\"{v}\""), |v| format!("\"1\", \"{v}\""), |_| "*".to_owned()];
        for (version, form) in (5..).zip(forms) {
            let taken = editor.patch(&path).if_match(&form(version)).merge_patch(json!({})).await;
            taken.is_ok().has_header("etag", &format!("\"{}\"", version + 1));
        }
    }

    async fn who_may_not_publish_hears_so_before_they_hear_of_the_version(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let author = site.login(Role::Author).await;
        let path = format!("/v1/editor/articles/{}", author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id"));
        let publish = json!({ "publish": {} });
        author.patch(&path).merge_patch(&publish).await.is_problem(403, "forbidden");
        author.patch(&path).if_match("\"9\"").merge_patch(&publish).await.is_problem(403, "forbidden");
        author.patch(&path).if_match("\"9\"").merge_patch(json!({})).await.is_problem(412, "precondition_failed");
        author.patch(&path).merge_patch(json!({})).await.is_problem(428, "precondition_required");
    }

    async fn what_is_posted_below_an_article_is_held_against_its_version(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let made = editor.post("/v1/editor/articles").json(article("Mine")).await;
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Yours" })).await.is_ok();
        let [publications, unpublish, restore] = ["publications", "unpublish", "restore"].map(|name| format!("{path}/{name}"));

        let stale = editor.post(&publications).if_match("\"1\"").json(json!({ "minor": "no" })).await;
        stale.is_problem(412, "precondition_failed").has_header("etag", "\"2\"");
        assert_eq!((&stale["current_version"], &stale["changed_fields"]), (&json!(2), &json!(["title"])));
        editor.post(&publications).if_match("2").json(json!({})).await.is_problem(400, "invalid_header");
        assert_eq!(editor.get(&path).await["publications"], json!([]));
        let key = |etag: &str| editor.post(&publications).if_match(etag).header("idempotency-key", "one").json(json!({}));
        key("\"99\"").await.is_problem(412, "precondition_failed");
        key("W/\"2\"").await.is_created();

        editor.post(&unpublish).if_match("\"99\"").json(json!({})).await.is_problem(412, "precondition_failed").has_header("etag", "\"2\"");
        site.anyone().get("/v1/articles/mine").await.is_ok();
        editor.post(&unpublish).if_match("\"2\"").json(json!({})).await.is_ok();

        editor.delete(&path).if_match("\"2\"").await.is_no_content();
        editor.post(&restore).if_match("\"2\"").await.is_problem(412, "precondition_failed").has_header("etag", "\"3\"");
        editor.post(&restore).if_match("\"3\"").await.is_ok().has_header("etag", "\"4\"");
        // The first answer again, whatever became of the version since.
        key("W/\"2\"").await.is_created();
    }

    async fn what_has_a_version_of_its_own_is_held_against_that(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let made = admin.post("/v1/editor/articles").json(article("Mine")).await;
        let dates = json!({ "publish_at": "2026-12-01T08:00:00Z" });
        let planned = admin.post(&format!("/v1/editor/articles/{}/publications", made.text_at("/id"))).json(dates).await;
        let planned = format!("/v1/editor/publications/{}", planned.text_at("/id"));
        let news = admin.post("/v1/editor/categories").json(json!({ "name": "News" })).await.text_at("/id").to_owned();
        let old = admin.post("/v1/editor/categories").json(json!({ "name": "Old" })).await;
        let old = format!("/v1/editor/categories/{}", old.text_at("/id"));
        let user = admin.post("/v1/editor/users").json(json!({ "email": "new@example.org", "name": "New", "role": "author" })).await;
        let user = format!("/v1/editor/users/{}", user.text_at("/id"));
        let changes = [
            admin.patch(&planned).merge_patch(json!({ "minor": true })),
            admin.delete(&planned),
            admin.patch(&old).merge_patch(json!({ "name": "Older" })),
            admin.put(&old).json(json!({ "name": "Older" })),
            admin.delete(&old).query("reassign_to", &news),
            admin.patch(&user).merge_patch(json!({ "active": false })),
        ];
        for change in changes {
            change.if_match("\"99\"").await.is_problem(412, "precondition_failed").has_header("etag", "\"1\"");
        }
        for unchanged in [&planned, &old, &user] {
            admin.get(unchanged).await.is_ok().has_header("etag", "\"1\"");
        }
    }
}
