//! What is not public leaves no trace where one would look for it first. `tests/secrecy` looks everywhere else.

use dateline::kernel::caller::Role;
use serde_json::json;

use super::{category, live, reader, told};
use crate::on_both_engines;
use crate::site::{Site, article};

const START: &str = "2026-11-30T08:00:00.000Z";

on_both_engines! {
    async fn a_hidden_name_answers_as_an_unknown_one(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let draft = editor.post("/v1/editor/articles").json(article("Draft")).await;
        let mut wanted = article("Scheduled");
        wanted["publish"] = json!({ "publish_at": "2026-11-30T08:00:00.500Z" });
        let scheduled = editor.post("/v1/editor/articles").json(wanted).await;
        let gone = live(&editor, "Gone", json!({})).await;
        site.clock().advance_ms(1);
        editor.post(&format!("{gone}/unpublish")).json(json!({})).await.is_ok();
        let (reader, gone_id) = (reader(&site), gone.rsplit('/').next().unwrap().to_owned());
        let unknown = reader.get("/v1/articles/nothing").await;
        unknown.is_problem(404, "not_found");
        for name in ["draft", "scheduled", "gone", draft.text_at("/id"), scheduled.text_at("/id"), &gone_id, "0192f0c1-2b3c-7d4e-8f50-617283940516"] {
            for query in ["", "?locale=tk", "?fields=title"] {
                let hidden = reader.get(&format!("/v1/articles/{name}{query}")).header("if-none-match", "\"1\"").await;
                assert_eq!(told(&hidden), told(&unknown), "{name}{query}");
            }
        }
    }

    async fn a_list_and_its_tag_stay_as_they_are_while_drafts_are_edited(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let politics = category(&editor, "Politics", None).await;
        let path = live(&editor, "Prices rise", json!({ "category_id": politics })).await;
        let reader = reader(&site);
        let paths = ["/v1/articles", "/v1/articles?category=politics&count=exact", "/v1/articles/prices-rise", "/v1/categories", "/v1/categories/politics"];
        let mut before = Vec::new();
        for path in paths {
            before.push(reader.get(path).await);
        }
        site.clock().advance_ms(1000);
        let seen_by_editor = editor.patch(&path).if_match("*").merge_patch(json!({ "title": "Prices fall", "slug": "prices-fall" })).await;
        editor.post("/v1/editor/articles").json(json!({ "title": "New", "body": { "format": "html", "source": "" }, "category_id": politics })).await.is_created();
        for (path, before) in paths.iter().zip(&before) {
            let after = reader.get(path).await;
            assert_eq!(told(&after), told(before), "{path}");
            let tag = seen_by_editor.expect_header("etag");
            assert_eq!(told(&reader.get(path).header("if-none-match", tag).await), told(before), "{path}");
        }
    }

    async fn what_is_taken_down_is_gone_from_everything_at_once(engine) {
        for how in ["unpublish", "trash"] {
            let site = Site::at(engine, START);
            let editor = site.login(Role::Editor).await;
            let politics = category(&editor, "Politics", None).await;
            let path = live(&editor, "Old name", json!({ "category_id": politics })).await;
            site.clock().advance_ms(1);
            editor.patch(&path).if_match("*").merge_patch(json!({ "slug": "new-name", "publish": {} })).await.is_ok();
            let reader = reader(&site);
            assert_eq!(reader.get("/v1/categories/politics").await["article_count"], 1);
            site.clock().advance_ms(1);
            match how {
                "unpublish" => editor.post(&format!("{path}/unpublish")).json(json!({})).await.is_ok(),
                _ => editor.delete(&path).if_match("*").await.is_no_content(),
            };
            let unknown = reader.get("/v1/articles/nothing").await;
            for name in ["new-name", "old-name"] {
                assert_eq!(told(&reader.get(&format!("/v1/articles/{name}")).await), told(&unknown), "{how} {name}");
            }
            assert_eq!(reader.get("/v1/articles?count=exact").await["paging"]["total"], 0);
            assert_eq!(reader.get("/v1/articles?category=politics").await.data().len(), 0);
            assert_eq!(reader.get("/v1/categories/politics").await["article_count"], 0);
            assert_eq!(reader.get("/v1/categories").await.data()[0]["article_count"], 0);
        }
    }

    async fn an_editors_answer_is_kept_by_nobody_and_is_not_found_in_the_readers(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise", json!({ "custom": { "note": "for readers" } })).await;
        editor.patch(&path).if_match("*").merge_patch(json!({ "title": "canary-of-a-draft", "custom": { "note": "canary-of-a-draft" } })).await.is_ok();
        let seen = editor.get(&path).header("if-none-match", "*").await;
        seen.is_ok().has_header("cache-control", "private, no-store, no-transform").has_header("vary", "Authorization, Origin");
        for path in ["/v1/articles?include=body", "/v1/articles/prices-rise"] {
            let text = reader(&site).get(path).await.is_ok().text();
            for canary in ["canary", "created_by", "saved_by", "example.org\"", "version", "revision", "password"] {
                assert!(!text.contains(canary), "{path} tells {canary}: {text}");
            }
        }
    }
}
