//! In what two revisions differ.

use std::time::{Duration, Instant};

use dateline::kernel::caller::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{category, saved};
use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;

/// In a debug build, beside other tests.
const PATIENCE: Duration = Duration::from_secs(20);

fn fields(diff: &Answer) -> Vec<&str> {
    diff.is_ok()["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap()).collect()
}

fn without(change: &Value, op: &str) -> String {
    let pieces = change["words"].as_array().unwrap();
    pieces.iter().filter(|piece| piece["op"] != op).map(|piece| piece["text"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn a_difference_names_each_field_with_both_values_and_the_words_of_texts(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let city = category(&editor, "City").await;
        let first = json!({ "title": "Council votes", "slug": "votes", "body": { "format": "markdown", "source": "One\n\nSeven to two.\n\nThree\n" } });
        let patch = json!({
            "title": "Council votes today", "body": { "source": "One\n\nSeven to three.\n\nThree\n" }, "category_id": city,
            "image": { "url": "/a.jpg" }, "custom": { "a": 1 },
        });
        let path = saved(&site, &editor, first, &[patch]).await;
        let diff = editor.get(&format!("{path}/revisions/2/diff")).await;
        assert_eq!(fields(&diff), ["title", "body", "category_id", "image", "custom"]);
        assert_eq!((&diff["from"], &diff["to"]), (&json!(1), &json!(2)));
        let title = json!({
            "field": "title", "from": "Council votes", "to": "Council votes today", "granularity": "word",
            "words": [{ "op": "equal", "text": "Council votes" }, { "op": "insert", "text": " today" }],
        });
        assert_eq!(diff["changes"][0], title);
        let body = json!({
            "field": "body", "granularity": "word",
            "from": { "format": "markdown", "source": "One\n\nSeven to two.\n\nThree\n" }, "to": { "format": "markdown", "source": "One\n\nSeven to three.\n\nThree\n" },
            "words": [{ "op": "equal", "text": "One\n\nSeven to " }, { "op": "delete", "text": "two" }, { "op": "insert", "text": "three" }, { "op": "equal", "text": ".\n\nThree\n" }],
            "unified": "--- revision 1\n+++ revision 2\n@@ -1,5 +1,5 @@\n One\n \n-Seven to two.\n+Seven to three.\n \n Three\n",
        });
        assert_eq!(diff["changes"][1], body);
        assert_eq!(diff["changes"][2], json!({ "field": "category_id", "from": null, "to": city }));
        assert_eq!((&diff["changes"][4]["from"], &diff["changes"][4]["to"]), (&Value::Null, &json!({ "a": 1 })));
        let (whole, then) = (editor.get(&format!("{path}/revisions/2")).await, editor.get(&format!("{path}/revisions/1")).await);
        for change in diff["changes"].as_array().unwrap() {
            let field = change["field"].as_str().unwrap();
            assert_eq!((&change["from"], &change["to"]), (&then[field], &whole[field]), "{field}");
        }
    }

    async fn any_two_revisions_are_compared_in_either_direction(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let patches = [json!({ "title": "Two" }), json!({ "excerpt": "Short" }), json!({ "title": "One" }), json!({ "body": { "format": "html" } })];
        let path = saved(&site, &editor, article("One"), &patches).await;
        let diff = async |number: i64, against: i64| editor.get(&format!("{path}/revisions/{number}/diff")).query("against", &against.to_string()).await;
        assert_eq!(fields(&diff(4, 1).await), ["excerpt"]);
        assert_eq!(fields(&diff(3, 1).await), ["title", "excerpt"]);
        let back = diff(1, 3).await;
        assert_eq!((&back["from"], &back["to"], &back["changes"][0]["to"]), (&json!(3), &json!(1), &json!("One")));
        assert_eq!(diff(2, 2).await.is_ok()["changes"], json!([]));
        let format = editor.get(&format!("{path}/revisions/5/diff")).await;
        assert_eq!(fields(&format), ["body"]);
        assert!(format["changes"][0].get("words").is_none() && format["changes"][0].get("unified").is_none(), "the text is the same");
        diff(4, 6).await.is_problem(400, "invalid_parameter").has_error("/against", "unknown");
        for (wrong, code) in [("0", "out_of_range"), ("2147483648", "out_of_range"), ("-1", "invalid_format"), ("x", "invalid_format"), ("", "invalid_format")] {
            let refused = editor.get(&format!("{path}/revisions/4/diff")).query("against", wrong).await;
            refused.is_problem(400, "invalid_parameter").has_error("/against", code);
        }
    }

    async fn the_first_revision_is_compared_with_nothing(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let path = saved(&site, &editor, article("One"), &[]).await;
        let diff = editor.get(&format!("{path}/revisions/1/diff")).await;
        assert_eq!(fields(&diff), ["slug", "title", "body"]);
        assert_eq!((&diff["from"], &diff["to"]), (&Value::Null, &json!(1)));
        assert_eq!(diff["changes"][0], json!({ "field": "slug", "from": null, "to": "one" }));
        let body = &diff["changes"][2];
        assert_eq!((&body["from"], &body["words"]), (&Value::Null, &json!([{ "op": "insert", "text": "Some **text**." }])));
        assert_eq!(body["unified"], "--- /dev/null\n+++ revision 1\n@@ -0,0 +1 @@\n+Some **text**.\n\\ No newline at end of file\n");
        assert_eq!(editor.get(&format!("{path}/revisions/1/diff?against=1")).await.is_ok()["changes"], json!([]));
    }

    async fn the_longest_texts_are_compared_in_time_less_finely_and_hold_nobody_up(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let long = |one: &str, other: &str| format!("{one} {other} ").repeat(1_000_000 / (one.len() + other.len() + 2));
        let bodies = [long("a", "b"), long("b", "a"), "a\n".repeat(400_000), "b\n".repeat(400_000) + "a"];
        let html = |source: &str| json!({ "body": { "format": "html", "source": source } });
        let mut first = html(&bodies[0]);
        first["title"] = json!("Long");
        let patches: Vec<Value> = bodies[1..].iter().map(|source| html(source)).collect();
        let path = saved(&site, &editor, first, &patches).await;
        let compare = async |number: usize| {
            let started = Instant::now();
            let diff = editor.get(&format!("{path}/revisions/{number}/diff")).await;
            diff.is_ok();
            assert!(started.elapsed() < PATIENCE, "it took {:?}", started.elapsed());
            diff
        };
        for (number, granularity) in [(2, "line"), (3, "whole"), (4, "whole")] {
            let diff = compare(number).await;
            let body = &diff["changes"][0];
            assert_eq!(body["granularity"], granularity);
            assert!(without(body, "insert") == bodies[number - 2] && without(body, "delete") == bodies[number - 1]);
        }
        // Readers are answered meanwhile.
        let slow = join_all((0..4).map(|at| compare(2 + at % 3)));
        let read = async {
            for _ in 0..20 {
                site.anyone().get("/v1/articles").await.is_ok();
            }
        };
        futures_util::future::join(slow, read).await;
    }
}
