//! Corrections: each begins at its instant and not a millisecond before, goes out with its article, and stays what it was once readers saw it.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:50:00.000Z";
const NINE: &str = "2026-11-30T09:00:00.000Z";

fn text(source: &str) -> Value {
    json!({ "format": "markdown", "source": source })
}

/// Corrects an article, now or at an instant; the path of the correction.
async fn correct(editor: &Client, article: &str, source: &str, at: Option<&str>) -> String {
    let body = json!({ "kind": "correction", "text": text(source), "at": at });
    let made = editor.post(&format!("/v1/editor/articles/{article}/corrections")).json(body).await;
    format!("/v1/editor/corrections/{}", made.is_created().text_at("/id"))
}

async fn live(editor: &Client, title: &str, more: Value) -> String {
    let mut members = json!({ "publish": {} });
    members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    save(editor, title, members).await
}

/// The texts of what was corrected of one article.
fn texts(answer: &Answer) -> Vec<String> {
    answer.is_ok()["corrections"].as_array().unwrap().iter().map(|one| one["text_html"].as_str().unwrap().to_owned()).collect()
}

/// The texts of all corrections of the site, and what they are of.
fn told(answer: &Answer) -> Vec<(String, String)> {
    let of = |one: &Value, pointer: &str| one.pointer(pointer).unwrap().as_str().unwrap().to_owned();
    answer.is_ok().data().iter().map(|one| (of(one, "/text_html"), of(one, "/article/title"))).collect()
}

on_both_engines! {
    async fn readers_get_a_correction_from_its_instant_and_not_a_millisecond_before(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "Bridge opens", json!({})).await;
        let before = site.anyone().get("/v1/articles/bridge-opens").await;
        correct(&editor, &article, "It has **four** lanes.", Some("2026-11-30T14:00:00+05:00")).await;
        for path in ["/v1/articles/bridge-opens", "/v1/articles", "/v1/corrections"] {
            site.clock().set("2026-11-30T08:59:59.999Z".parse().unwrap());
            let answer = site.anyone().get(path).await;
            answer.is_ok().has_header("cache-control", "public, max-age=0");
            assert!(!answer.text().contains("lanes"), "{answer}");
            site.clock().set(NINE.parse().unwrap());
            let answer = site.anyone().get(path).await;
            answer.is_ok().has_header("cache-control", "public, max-age=60");
            assert!(answer.text().contains("<p>It has <strong>four</strong> lanes.</p>"), "{answer}");
        }
        let after = site.anyone().get("/v1/articles/bridge-opens").await;
        assert_eq!((&after["corrections"][0]["at"], &after["corrections"][0]["kind"]), (&json!(NINE), &json!("correction")));
        assert_eq!((&after["updated_at"], &after["body_html"]), (&before["updated_at"], &before["body_html"]));
        let kept = editor.get(&format!("/v1/editor/articles/{article}")).await;
        assert_eq!((&kept["version"], &kept["revision"]), (&json!(1), &json!(1)));
    }

    async fn ten_minutes_before_nothing_tells_of_a_correction_that_lies_ahead(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "Bridge opens", json!({})).await;
        let reader = site.anyone().with_header("x-request-id", "the-same");
        let paths = ["/v1/articles/bridge-opens", "/v1/articles", "/v1/corrections", "/v1/corrections?limit=1", "/v1/most-read"];
        let mut before = Vec::new();
        for path in paths {
            before.push(reader.get(path).await);
        }
        correct(&editor, &article, "Four lanes.", Some(NINE)).await;
        for (path, before) in paths.into_iter().zip(&before) {
            let after = reader.get(path).await;
            let told = |answer: &Answer| (answer.status, answer.header("etag").map(str::to_owned), answer.header("cache-control").map(str::to_owned), answer.text());
            assert_eq!(told(&after), told(before));
        }
    }

    async fn what_lies_ahead_is_changed_or_deleted_until_a_second_before(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "Bridge opens", json!({})).await;
        let [moved, deleted] = [correct(&editor, &article, "One.", Some(NINE)).await, correct(&editor, &article, "Two.", Some(NINE)).await];
        let change = json!({ "kind": "clarification", "text": { "source": "Otherwise." }, "at": "2026-11-30T14:30", "time_zone": "Asia/Ashgabat" });
        let changed = editor.patch(&moved).merge_patch(change).await;
        assert_eq!(changed.is_ok()["at"], "2026-11-30T09:30:00.000Z");
        assert_eq!((&changed["kind"], &changed["text_html"], &changed["at_local"]), (&json!("clarification"), &json!("<p>Otherwise.</p>\n"), &json!("2026-11-30T14:30:00")));
        let elsewhere = editor.patch(&moved).merge_patch(json!({ "time_zone": "UTC" })).await;
        assert_eq!((&elsewhere["at"], &elsewhere["at_local"]), (&json!("2026-11-30T09:30:00.000Z"), &json!("2026-11-30T09:30:00")));
        site.clock().set("2026-11-30T08:59:58.999Z".parse().unwrap());
        editor.patch(&deleted).merge_patch(json!({ "kind": "update" })).await.is_ok();
        site.clock().advance_ms(1);
        editor.delete(&deleted).await.is_problem(409, "starting");
        editor.patch(&deleted).merge_patch(json!({ "kind": "correction" })).await.is_problem(409, "starting");
        editor.patch(&moved).if_match("\"1\"").merge_patch(json!({ "kind": "update" })).await.is_problem(412, "precondition_failed");
        editor.delete(&moved).await.is_no_content();
        editor.get(&moved).await.is_problem(404, "not_found");
        site.clock().set(NINE.parse().unwrap());
        assert_eq!(texts(&site.anyone().get("/v1/articles/bridge-opens").await), ["<p>Two.</p>\n"]);
    }

    async fn what_began_stays_as_readers_saw_it_and_is_retracted_from_an_instant_on(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "Bridge opens", json!({})).await;
        let [first, second] = [correct(&editor, &article, "One.", None).await, correct(&editor, &article, "Two.", None).await];
        editor.patch(&first).merge_patch(json!({ "text": text("Another.") })).await.is_problem(409, "already_live");
        site.clock().set(NINE.parse().unwrap());
        assert_eq!(texts(&site.anyone().get("/v1/articles/bridge-opens").await), ["<p>One.</p>\n", "<p>Two.</p>\n"]);
        site.clock().advance_ms(1);
        editor.delete(&first).await.is_no_content();
        editor.delete(&first).await.is_no_content();
        assert_eq!(texts(&site.anyone().get("/v1/articles/bridge-opens").await), ["<p>Two.</p>\n"]);
        let then = editor.get(&format!("/v1/preview/articles/bridge-opens?at={NINE}")).await;
        assert_eq!(texts(&then), ["<p>One.</p>\n", "<p>Two.</p>\n"]);
        let seen = editor.get(&format!("/v1/editor/articles/{article}/corrections")).await;
        assert_eq!(seen.is_ok().each("state"), ["retracted", "live"]);
        assert_eq!(seen.data()[0]["retracted_at"], "2026-11-30T09:00:00.001Z");
        assert_eq!(editor.get(&second).await.is_ok()["retracted_at"], json!(null));
    }

    async fn the_sites_corrections_are_the_newest_first_of_what_is_live(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let politics = editor.post("/v1/editor/categories").json(json!({ "name": "Politics" })).await.is_created()["id"].clone();
        let bridge = live(&editor, "Bridge opens", json!({ "category_id": politics })).await;
        let prices = live(&editor, "Prices rise", json!({})).await;
        let hidden = save(&editor, "Draft", json!({})).await;
        for (number, article) in [&bridge, &prices, &hidden, &bridge].into_iter().enumerate() {
            correct(&editor, article, &format!("Number {number}"), None).await;
            site.clock().advance_ms(1000);
        }
        let pair = |number: usize, title: &str| (format!("<p>Number {number}</p>\n"), title.to_owned());
        let all = [pair(3, "Bridge opens"), pair(1, "Prices rise"), pair(0, "Bridge opens")];
        let answer = site.anyone().get("/v1/corrections").await;
        assert_eq!(told(&answer), all);
        assert_eq!(answer.data()[0]["article"], json!({ "id": bridge, "slug": "bridge-opens", "path": "/politics/bridge-opens", "title": "Bridge opens" }));
        assert_eq!(told(&site.anyone().get("/v1/corrections?category=politics").await), [all[0].clone(), all[2].clone()]);
        assert_eq!(told(&site.anyone().get("/v1/corrections?locale=tk").await), []);
        let first = site.anyone().get("/v1/corrections?limit=2").await;
        assert_eq!(told(&first), all[..2]);
        let second = site.anyone().get("/v1/corrections?limit=2").query("cursor", first.text_at("/paging/next")).await;
        assert_eq!((told(&second), &second["paging"]["next"]), (all[2..].to_vec(), &json!(null)));
        let back = site.anyone().get("/v1/corrections?limit=2").query("cursor", second.text_at("/paging/previous")).await;
        assert_eq!((told(&back), &back["paging"]["previous"]), (all[..2].to_vec(), &json!(null)));
        editor.post(&format!("/v1/editor/articles/{bridge}/unpublish")).json(json!({})).await.is_ok();
        assert_eq!(told(&site.anyone().get("/v1/corrections").await), all[1..2]);
    }

    async fn an_article_that_comes_back_brings_its_corrections_and_ends_the_lists_lifetime(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "Bridge opens", json!({})).await;
        correct(&editor, &article, "One.", None).await;
        let other = live(&editor, "Prices rise", json!({})).await;
        site.clock().advance_ms(1);
        editor.post(&format!("/v1/editor/articles/{article}/unpublish")).json(json!({})).await.is_ok();
        for (id, at) in [(&article, "2026-11-30T08:50:30.000Z"), (&other, "2026-11-30T08:50:10.000Z")] {
            editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({ "publish_at": at })).await.is(201);
        }
        let answer = site.anyone().get("/v1/corrections").await;
        answer.has_header("cache-control", "public, max-age=29");
        assert_eq!(told(&answer), []);
        site.clock().set("2026-11-30T08:50:30.000Z".parse().unwrap());
        assert_eq!(told(&site.anyone().get("/v1/corrections").await).len(), 1);
    }

    async fn what_no_correction_can_be_is_refused_by_its_place(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "Bridge opens", json!({})).await;
        let path = format!("/v1/editor/articles/{article}/corrections");
        let with = |text: Value, at: Value| json!({ "kind": "update", "text": text, "at": at });
        editor.post(&path).json(with(text("<script>alert(1)</script>"), json!(null))).await.is_problem(422, "invalid").has_error("/text/source", "no_text");
        let long = "x ".repeat(1001);
        editor.post(&path).json(with(text(&long), json!(null))).await.is_problem(422, "invalid").has_error("/text/source", "too_long");
        let notes = "[^1]".repeat(300) + "\n\n[^1]: A note.";
        let wide = editor.post(&path).json(with(text(&notes), json!(null))).await;
        wide.is_problem(422, "invalid").has_error("/text", "too_long_rendered");
        editor.post(&path).json(with(text("Late."), json!("2026-11-30T08:49:58.999Z"))).await.is_problem(409, "past_is_history");
        let safe = editor.post(&path).json(with(json!({ "format": "html", "source": "<p onclick=x>A<iframe src=https://www.youtube.com/embed/x></iframe></p>" }), json!("2026-11-30T08:49:59Z"))).await;
        assert_eq!((&safe.is_created()["text_html"], &safe["at"]), (&json!("<p>A</p>"), &json!(NOW)));
        for _ in 1..50 {
            editor.post(&path).json(with(text("More."), json!(null))).await.is_created();
        }
        editor.post(&path).json(with(text("One too many."), json!(null))).await.is_problem(409, "corrections_full");
        assert_eq!(texts(&site.anyone().get("/v1/articles/bridge-opens").await).len(), 50);
    }

    async fn a_correction_goes_with_its_article_into_the_trash_and_out_of_the_world(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let article = live(&editor, "Bridge opens", json!({})).await;
        let correction = correct(&editor, &article, "One.", Some(NINE)).await;
        let path = format!("/v1/editor/articles/{article}");
        editor.delete(&path).if_match("*").await.is_no_content();
        editor.delete(&correction).await.is_problem(409, "trashed");
        editor.post(&format!("{path}/corrections")).json(json!({ "kind": "update", "text": text("More.") })).await.is_problem(409, "trashed");
        admin.delete(&path).query("purge", "true").if_match("*").await.is_no_content();
        editor.get(&correction).await.is_problem(404, "not_found");
        site.clock().set(NINE.parse().unwrap());
        assert_eq!(told(&site.anyone().get("/v1/corrections").await), []);
    }

    async fn newest_saves_are_previewed_with_their_corrections(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = save(&editor, "Bridge opens", json!({})).await;
        correct(&editor, &article, "One.", Some(NINE)).await;
        assert_eq!(texts(&editor.get("/v1/preview/articles/bridge-opens?drafts=true").await).len(), 0);
        assert_eq!(texts(&editor.get(&format!("/v1/preview/articles/bridge-opens?drafts=true&at={NINE}")).await).len(), 1);
        let list = editor.get(&format!("/v1/preview/articles?drafts=true&at={NINE}")).await;
        assert_eq!(list.data()[0]["corrections"].as_array().unwrap().len(), 1);
    }
}
