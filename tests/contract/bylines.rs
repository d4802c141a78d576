//! Authors in their order, each with what they did: by plain slugs, or by objects that say it.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn author(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/authors").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}

/// Who is named, and as what.
fn named(answer: &Answer) -> Vec<(String, String)> {
    let pair = |author: &Value| (author["slug"].as_str().unwrap().to_owned(), author["role"].as_str().unwrap().to_owned());
    answer.is_ok()["authors"].as_array().unwrap().iter().map(pair).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(slug, role)| ((*slug).to_owned(), (*role).to_owned())).collect()
}

on_both_engines! {
    async fn authors_stand_in_their_order_with_what_they_did(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        for name in ["Maya", "Jeren", "Oraz"] {
            author(&editor, name).await;
        }
        let given = json!([{ "slug": "oraz", "role": "photo" }, "maya", { "slug": "jeren" }, { "slug": "maya", "role": "translation" }, "maya"]);
        let id = save(&editor, "Bridge opens", json!({ "authors": given, "publish": {} })).await;
        let seen = editor.get(&format!("/v1/editor/articles/{id}")).await;
        assert_eq!(seen["authors"], json!([{ "slug": "oraz", "role": "photo" }, "maya", "jeren", { "slug": "maya", "role": "translation" }]));
        let expected = pairs(&[("oraz", "photo"), ("maya", "by"), ("jeren", "by"), ("maya", "translation")]);
        assert_eq!(named(&site.anyone().get("/v1/articles/bridge-opens").await), expected);
        // What was read may be sent back as it is.
        let mut whole = json!({ "title": "Bridge opens", "body": seen["body"], "authors": seen["authors"] });
        whole["publish"] = json!({});
        editor.put(&format!("/v1/editor/articles/{id}")).if_match("*").json(whole).await.is_ok();
        assert_eq!(named(&site.anyone().get("/v1/articles/bridge-opens").await), expected);
        for author in ["oraz", "maya", "jeren"] {
            assert_eq!(site.anyone().get("/v1/articles").query("author", author).await.data().len(), 1, "{author}");
        }
    }

    async fn another_role_is_a_change_that_is_told_and_merged(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        for name in ["Maya", "Oraz"] {
            author(&editor, name).await;
        }
        let id = save(&editor, "Bridge opens", json!({ "authors": ["maya", "oraz"] })).await;
        let path = format!("/v1/editor/articles/{id}");
        let change = json!({ "authors": ["maya", { "slug": "oraz", "role": "photo" }] });
        editor.patch(&path).if_match("\"1\"").merge_patch(&change).await.is_ok();
        let diff = editor.get(&format!("{path}/revisions/2/diff")).await;
        assert_eq!(diff["changes"], json!([{ "field": "authors", "from": ["maya", "oraz"], "to": change["authors"] }]));
        let stale = editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Bridge has opened" })).await;
        assert_eq!(stale.is_problem(412, "precondition_failed")["changed_fields"], json!(["authors"]));
    }

    async fn an_author_who_is_merged_into_another_leaves_place_and_role(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (gone, kept) = (author(&editor, "M. Orlova").await, author(&editor, "Maya Orlova").await);
        author(&editor, "Oraz").await;
        let given = json!([{ "slug": "m-orlova", "role": "photo" }, "oraz", "maya-orlova", "m-orlova"]);
        save(&editor, "Bridge opens", json!({ "authors": given, "publish": {} })).await;
        editor.delete(&format!("/v1/editor/authors/{gone}")).query("reassign_to", &kept).await.is_no_content();
        let article = site.anyone().get("/v1/articles/bridge-opens").await;
        assert_eq!(named(&article), pairs(&[("maya-orlova", "photo"), ("oraz", "by"), ("maya-orlova", "by")]));
    }

    async fn what_nobody_can_be_is_refused_at_its_place(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        author(&editor, "Maya").await;
        let mut body = json!({ "title": "Bridge opens", "body": { "format": "html", "source": "Some text." } });
        body["authors"] = json!(["maya", { "slug": "maya", "role": "cook" }, { "role": "photo" }, 5, { "slug": "maya", "name": "Maya" }, "nobody", "No slug"]);
        let refused = editor.post("/v1/editor/articles").json(&body).await;
        refused.is_problem(422, "invalid");
        for pointer in ["/authors/1/role", "/authors/2/slug", "/authors/3", "/authors/4/name", "/authors/6"] {
            assert!(refused["errors"].as_array().unwrap().iter().any(|error| error["pointer"] == pointer), "{pointer}: {refused}");
        }
        body["authors"] = json!(["maya", { "slug": "nobody", "role": "photo" }]);
        editor.post("/v1/editor/articles").json(&body).await.is_problem(422, "invalid").has_error("/authors/1", "unknown");
    }
}
