//! Bodies that break others: JSON that is none or barely one, texts of every kind, patches, types that are not taken.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::Desk;
use crate::limits::least_object;
use crate::newsroom::{Newsroom, Standing};
use crate::operations::{self, Operation, resolve};
use crate::shared;
use crate::{naughty, on_both_engines};

/// The files of JSONTestSuite: their names and their bytes.
fn json_files() -> Vec<(String, Vec<u8>)> {
    let Some(folder) = shared::find("json-parsing/test_parsing") else { return Vec::new() };
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> =
        files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read(&path).unwrap())).collect();
    files.sort();
    files
}

fn with_bodies() -> Vec<Operation> {
    operations::all().into_iter().filter(|operation| operation.body().is_some()).collect()
}

/// Whether a text can be a title: white space alone is none, as ECMA-262 counts it.
fn is_title(text: &str) -> bool {
    let is_empty = text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').is_empty();
    !is_empty && text.chars().count() <= 300 && !text.contains('\0')
}

fn article(title: &str, excerpt: &str, alt: &str) -> Value {
    json!({
        "title": title, "excerpt": excerpt, "body": { "format": "markdown", "source": alt }, "custom": { "a": title }, "seo": { "title": excerpt },
        "image": { "url": "/a.jpg", "alt": alt }, "publish": {},
    })
}

on_both_engines! {
    async fn what_is_no_json_is_400_and_what_is_json_is_read(engine) {
        let mut desk = Desk::open(engine).await;
        let operations = with_bodies();
        for (at, (name, bytes)) in json_files().into_iter().enumerate() {
            // Every operation gets its share, some of them all of the worst.
            let is_worst = name.contains("structure");
            let of = operations.iter().enumerate().filter(|(number, _)| (number + at) % operations.len() == 0 || is_worst && number % 5 == 0);
            for (_, operation) in of.map(|(number, operation)| (number, operation.clone())) {
                let answer = desk.request(&operation).await.body("application/json", bytes.clone()).await;
                let is_left_out = bytes.is_empty() && operation.says["requestBody"]["required"] == false;
                let is_right = match name.split('_').next().unwrap() {
                    _ if is_left_out => answer.status < 500,
                    "n" => answer.status == 400 && answer["code"] == "invalid_json",
                    // A member that is named twice is JSON, and refused.
                    "y" if name.contains("duplicated_key") => answer.status == 400,
                    "y" => answer.status != 400 && answer.status < 500,
                    _ => answer.status < 500,
                };
                assert!(is_right, "{name} as the body of {}: {answer}", operation.id);
            }
        }
    }

    async fn what_only_the_server_sets_is_taken_from_no_body(engine) {
        let mut desk = Desk::open(engine).await;
        let theirs = [
            ("id", json!("0192f0c1-2b3c-7d4e-8f50-617283940516")), ("role", json!("admin")), ("author_id", json!("me")), ("created_by", json!("me")), ("status", json!("live")),
            ("published_at", json!("2020-01-01T00:00:00Z")), ("created_at", json!("2020-01-01T00:00:00Z")), ("version", json!(9)), ("password_hash", json!("x")),
            ("password_expires_at", json!(null)), ("is_admin", json!(true)), ("owner_id", json!("me")), ("skip_checks", json!(true)), ("force", json!(true)), ("draft", json!(false)),
        ];
        for operation in operations::all() {
            let Some((_, schema)) = operation.body() else { continue };
            let schema = resolve(schema);
            let forms: Vec<_> = ["oneOf", "anyOf"].iter().filter_map(|name| schema[*name].as_array()).flatten().map(resolve).chain([schema]).collect();
            // The password that each of them names is wrong as well, which counts.
            let most = if operation.id == "changePassword" { 9 } else { theirs.len() };
            let unknown = theirs.iter().filter(|(name, _)| forms.iter().all(|form| form["properties"].get(name).is_none()));
            for (name, value) in unknown.take(most) {
                let mut body = least_object(forms[0]);
                body[*name] = value.clone();
                let refused = desk.request(&operation).await.json(body).await;
                refused.is_problem(422, "invalid").has_error(&format!("/{name}"), "unknown_field");
            }
        }
    }

    async fn json_inside_of_custom_comes_back_as_it_was(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        for (name, bytes) in json_files().into_iter().filter(|(name, _)| name.starts_with("y_")) {
            let Ok(value) = serde_json::from_slice::<Value>(&bytes) else { continue };
            let body = [br#"{"title":"A","body":{"format":"html","source":""},"custom":{"a":"#.as_slice(), &bytes, b"}}"].concat();
            let made = editor.client.post("/v1/editor/articles").body("application/json", body).await;
            if name.contains("duplicated_key") {
                made.is_problem(400, "invalid_json");
            } else if value.to_string().contains("\\u0000") {
                made.is_problem(422, "invalid");
                assert_eq!(made["errors"][0]["code"], "nul", "{name}: {made}");
            } else {
                made.is_created();
                let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
                assert_eq!(editor.client.get(&path).await["custom"]["a"], value, "{name}");
            }
        }
    }

    async fn patches_are_merged_as_rfc_7396_has_it(engine) {
        let Some(table) = shared::json("merge-patch/rfc7396.json") else { return };
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        for case in table["cases"].as_array().unwrap() {
            let article = json!({ "title": "A", "body": { "format": "html", "source": "" }, "custom": { "a": case["original"] } });
            let made = editor.client.post("/v1/editor/articles").json(article).await;
            let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
            let patched = editor.client.patch(&path).if_match("*").merge_patch(json!({ "custom": { "a": case["patch"] } })).await;
            // A patch that is null takes the member away.
            let wanted = if case["patch"].is_null() { json!({}) } else { json!({ "a": case["result"] }) };
            assert_eq!(patched.is_ok()["custom"], wanted, "{case}");
            assert_eq!(editor.client.get(&path).await["custom"], wanted, "{case}");
        }
    }

    async fn a_patched_picture_is_held_to_what_a_new_one_is(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let path = format!("/v1/editor/articles/{}", newsroom.id("articles", &editor.caller, "draft").await);
        let patch = async |patch: Value| editor.client.patch(&path).if_match("*").merge_patch(patch).await;
        patch(json!({ "image": { "alt": "A bridge" } })).await.is_problem(422, "invalid").has_error("/image/url", "required");
        for url in ["javascript:alert(1)", "data:text/html,x", "\\\\evil.example.org", "//evil.example.org\\x", "", "https://a b"] {
            patch(json!({ "image": { "url": url } })).await.is_problem(422, "invalid");
            patch(json!({ "seo": { "canonical_url": url } })).await.is_problem(422, "invalid");
        }
        patch(json!({ "image": { "url": "/a.jpg", "width": 0 } })).await.is_problem(422, "invalid").has_error("/image/width", "out_of_range");
        patch(json!({ "image": { "url": "/a.jpg", "colour": "red" } })).await.is_problem(422, "invalid").has_error("/image/colour", "unknown_field");
        patch(json!({ "image": { "url": "/a.jpg", "alt": "A bridge", "width": 7.0 } })).await.is_ok();
        let merged = patch(json!({ "image": { "alt": null, "credit": "Somebody" } })).await;
        assert_eq!(merged.is_ok()["image"], json!({ "url": "/a.jpg", "alt": null, "caption": null, "credit": "Somebody", "width": 7, "height": null }));
        patch(json!({ "image": { "url": null } })).await.is_problem(422, "invalid");
        assert_eq!(patch(json!({ "image": null })).await.is_ok()["image"], Value::Null);
    }

    async fn texts_that_break_things_come_back_as_they_were(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let (titles, others): (Vec<&String>, Vec<&String>) = naughty::texts().iter().partition(|text| is_title(text));
        for text in others {
            let refused = editor.client.post("/v1/editor/articles").json(article(text, text, text)).await;
            assert_eq!(refused.status, 422, "{text:?}: {refused}");
        }
        for texts in titles.chunks(3) {
            let [title, excerpt, alt] = [texts[0], texts[texts.len() / 2], texts[texts.len() - 1]];
            let made = editor.client.post("/v1/editor/articles").json(article(title, excerpt, alt)).await;
            made.is_created();
            let read = editor.client.get(&format!("/v1/editor/articles/{}", made.text_at("/id"))).await;
            let live = newsroom.site.anyone().get(&format!("/v1/articles/{}", made.text_at("/slug"))).await;
            for answer in [&read, &live] {
                for (pointer, text) in [("/title", title), ("/excerpt", excerpt), ("/custom/a", title), ("/seo/title", excerpt), ("/image/alt", alt)] {
                    assert_eq!(answer.text_at(pointer), text, "{pointer}");
                }
            }
            assert_eq!(read.text_at("/body/source"), alt);
            let category = json!({ "name": excerpt.chars().take(200).collect::<String>(), "description": alt });
            let category = editor.client.post("/v1/editor/categories").json(category).await;
            let read = editor.client.get(category.is_created().expect_header("location")).await;
            assert_eq!(read.text_at("/description"), alt);
            let slug = editor.client.post("/v1/editor/categories").json(json!({ "name": "A", "slug": title })).await;
            assert!(slug.status == 201 && slug.text_at("/slug") == title || matches!(slug.status, 409 | 422), "{title:?} as a slug: {slug}");
        }
    }

    async fn a_body_of_another_type_is_told_which_is_taken(engine) {
        let mut desk = Desk::open(engine).await;
        for operation in with_bodies() {
            let (_, schema) = operation.body().unwrap();
            let body = least_object(resolve(schema)).to_string();
            let types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "application/xml", "application/json; charset=utf-16", "application/json-patch+json", "*/*", ""];
            for content_type in types {
                let refused = desk.request(&operation).await.body(content_type, body.clone()).await;
                refused.is_problem(415, "unsupported_media_type");
                let (name, taken) = match &*operation.method {
                    "PATCH" => ("accept-patch", "application/merge-patch+json, application/json"),
                    "POST" => ("accept-post", "application/json"),
                    _ => ("accept", "application/json"),
                };
                refused.has_header(name, taken);
            }
            let coded = desk.request(&operation).await.header("content-encoding", "gzip").body("application/json", body.clone()).await;
            coded.is_problem(415, "unsupported_media_type");
            if operation.method != "PATCH" {
                desk.request(&operation).await.body("application/merge-patch+json", body).await.is_problem(415, "unsupported_media_type");
            }
        }
    }
}
