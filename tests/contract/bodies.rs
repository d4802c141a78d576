//! How much HTML a body may become.

use dateline::bodies::MAX_HTML_BYTES;
use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::Site;

const FRAME: &str = "<iframe src=//flo.uri.sh></iframe>";
const FRAME_AS_RENDERED: &str = "<iframe src=\"https://flo.uri.sh/\" sandbox=\"allow-scripts allow-same-origin allow-popups allow-presentation\" \
                                 loading=\"lazy\" referrerpolicy=\"strict-origin-when-cross-origin\" allowfullscreen=\"\"></iframe>";

/// An article whose body becomes so many bytes of HTML, most of them frames that are rebuilt.
fn becoming(bytes: usize) -> Value {
    let (frames, rest) = (bytes / FRAME_AS_RENDERED.len(), bytes % FRAME_AS_RENDERED.len());
    json!({ "title": "Long", "body": { "format": "html", "source": FRAME.repeat(frames) + &"x".repeat(rest) } })
}

on_both_engines! {
    async fn a_body_may_become_so_much_html_and_not_a_byte_more(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let (at_the_limit, beyond) = (becoming(MAX_HTML_BYTES), becoming(MAX_HTML_BYTES + 1));
        let refusal = "it becomes more than 4194304 bytes of HTML, which is the most";

        let refused = editor.post("/v1/editor/articles").json(beyond.clone()).await;
        refused.is_problem(422, "invalid").has_error("/body", "too_long_rendered");
        assert!(refused.text_at("/errors/0/detail").starts_with(refusal), "{refused}");
        let made = editor.post("/v1/editor/articles").json(at_the_limit).await;
        made.is_created();
        assert_eq!(made["warnings"], json!([]));

        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        let body = json!({ "body": { "source": beyond["body"]["source"] } });
        editor.patch(&path).if_match("\"1\"").merge_patch(body).await.is_problem(422, "invalid").has_error("/body", "too_long_rendered");
        editor.put(&path).if_match("\"1\"").json(beyond).await.is_problem(422, "invalid").has_error("/body", "too_long_rendered");
        editor.get(&path).await.is_ok().has_header("etag", "\"1\"");
        editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "At the limit" })).await.is_ok();
        editor.put(&path).if_match("\"2\"").json(becoming(1000)).await.is_ok();
    }

    async fn short_markdown_that_stands_for_much_is_refused(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let notes = "[^a] ".repeat(100_000) + "\n\n[^a]: x\n";
        let table = "a|b\n-|-\n".repeat(100_000);
        for source in [notes, table] {
            let body = json!({ "title": "Long", "body": { "format": "markdown", "source": source } });
            editor.post("/v1/editor/articles").json(body).await.is_problem(422, "invalid").has_error("/body", "too_long_rendered");
        }
    }
}
