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
}
