//! What front ends keep in `custom` comes back as it was sent.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::Site;

/// An article with these members in `custom`, as they are written.
fn with(custom: &str) -> String {
    format!(r#"{{"title": "Numbers", "body": {{"format": "html", "source": ""}}, "publish": {{}}, "custom": {{{custom}}}}}"#)
}

on_both_engines! {
    async fn a_number_comes_back_with_every_digit(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let written = r#""a":18446744073709551615,"b":-9223372036854775808,"c":0.30000000000000004,"d":31.245270191439438,"e":1.7976931348623157e308,"f":5e-324"#;
        let made = editor.post("/v1/editor/articles").body("application/json", with(written)).await;
        made.is_created();
        let read = site.anyone().get("/v1/articles/numbers").await;
        for answer in [&made, &read] {
            let found = answer.text();
            let back = found.split_once("\"custom\":{").and_then(|(_, rest)| rest.split_once('}')).unwrap().0;
            assert_eq!(back.replace("e+", "e"), written);
        }
    }

    async fn a_number_that_would_lose_digits_is_refused_where_it_stands(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let written = r#""id": 12345678901234567890123, "list": [1, {"a/b": 0.1234567890123456789}], "text": "12345678901234567890123""#;
        let key = |body: String| editor.post("/v1/editor/articles").header("idempotency-key", "one").body("application/json", body);
        let refused = key(with(written)).await;
        refused.is_problem(422, "invalid").has_error("/custom/id", "inexact_number").has_error("/custom/list/1/a~1b", "inexact_number");
        assert_eq!(refused["errors"].as_array().unwrap().len(), 2);
        let detail = "`12345678901234567890123` has more digits than a number keeps: it would come back as 1.2345678901234568e22. Send it as a string";
        assert_eq!(refused.text_at("/errors/0/detail"), detail);
        let beyond = key(with(r#""ok": 1, "id": -1e400"#)).await;
        beyond.is_problem(422, "invalid").has_error("/custom/id", "inexact_number");
        assert_eq!(beyond.text_at("/errors/0/detail"), "`-1e400` is beyond what a number holds. Send it as a string");
        let made = key(with(r#""id": "12345678901234567890123""#)).await;
        made.is_created();
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        let patch = |body: &str| editor.patch(&path).if_match("*").body("application/merge-patch+json", body);
        patch(r#"{"custom": {"id": 18446744073709551617}, "title": ""}"#).await.is_problem(422, "invalid").has_error("/custom/id", "inexact_number").has_error("/title", "too_short");
        patch(r#"{"custom": {"size": 9007199254740993}}"#).await.is_ok();
        let kept: Value = editor.get(&path).await["custom"].clone();
        assert_eq!(kept, json!({ "id": "12345678901234567890123", "size": 9_007_199_254_740_993_u64 }));
    }
}
