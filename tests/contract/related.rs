//! What stands beside an article: related ones by their score, pinned ones first, and the next and the previous one; of what is live, at every instant.

use std::future::IntoFuture as _;

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

fn titles(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|article| article["title"].as_str().unwrap()).collect()
}

fn related(answer: &Answer) -> Vec<&str> {
    titles(&answer.is_ok()["data"])
}

/// An article that was published so many days ago.
async fn ago(editor: &Client, title: &str, days: i64, more: Value) -> String {
    let now: dateline::kernel::instant::Instant = NOW.parse().unwrap();
    let mut members = json!({ "publish": { "publish_at": now.plus_millis(-days * 86_400_000) } });
    members.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    save(editor, title, members).await
}

async fn tags(editor: &Client) {
    for name in ["Bridges", "Rivers", "Prices"] {
        editor.post("/v1/editor/tags").json(json!({ "name": name })).await.is_created();
    }
}

async fn category(editor: &Client, name: &str, parent: Option<&Value>) -> Value {
    editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await.is_created()["id"].clone()
}

on_both_engines! {
    async fn related_are_those_of_the_most_shared_tags_then_of_the_category_then_the_nearest(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        tags(&editor).await;
        let city = category(&editor, "City", None).await;
        let streets = category(&editor, "Streets", Some(&city)).await;
        ago(&editor, "Here", 10, json!({ "tags": ["bridges", "rivers"], "category_id": city })).await;
        // Points: 200 + 0, 100 + 50 + 50, 100 + 59, 100 + 58, 50 + 60 - 9, 50 + 0.
        ago(&editor, "Both, long ago", 400, json!({ "tags": ["rivers", "bridges", "prices"] })).await;
        ago(&editor, "One and below", 20, json!({ "tags": ["rivers"], "category_id": streets })).await;
        ago(&editor, "One, near", 9, json!({ "tags": ["bridges"] })).await;
        ago(&editor, "One, less near", 12, json!({ "tags": ["bridges"] })).await;
        ago(&editor, "Below", 1, json!({ "category_id": streets })).await;
        ago(&editor, "Long ago", 300, json!({ "category_id": city })).await;
        ago(&editor, "Nothing shared", 10, json!({ "tags": ["prices"] })).await;
        ago(&editor, "A page", 10, json!({ "tags": ["bridges", "rivers"], "kind": "page" })).await;
        ago(&editor, "Another language", 10, json!({ "tags": ["bridges", "rivers"], "locale": "tk" })).await;
        save(&editor, "A draft", json!({ "tags": ["bridges", "rivers"], "category_id": city })).await;
        let expected = ["One and below", "Both, long ago", "One, near", "One, less near", "Below", "Long ago"];
        assert_eq!(related(&site.anyone().get("/v1/articles/here/related?limit=20").await), expected);
        assert_eq!(related(&site.anyone().get("/v1/articles/here/related").await), expected[..5]);
        let one = site.anyone().get("/v1/articles/here?include=related&fields=slug").await;
        assert_eq!(titles(&one.is_ok()["related"]), expected[..5]);
        assert!(one["related"][0].get("body_html").is_none() && one["related"][0].get("tags").is_some(), "{one}");
        assert_eq!(site.anyone().get("/v1/articles/here/related?limit=1&fields=slug").await["data"], json!([{ "slug": "one-and-below" }]));
        assert_eq!(related(&site.anyone().get("/v1/articles/nothing-shared/related").await), ["Both, long ago"]);
    }

    async fn what_is_pinned_comes_first_while_it_is_live_and_what_is_excluded_never(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        tags(&editor).await;
        let tagged = json!({ "tags": ["bridges"] });
        let here = ago(&editor, "Here", 1, tagged.clone()).await;
        let [near, far] = [ago(&editor, "Near", 1, tagged.clone()).await, ago(&editor, "Far", 30, tagged.clone()).await];
        ago(&editor, "Between", 10, tagged).await;
        let other = ago(&editor, "Elsewhere", 5, json!({ "locale": "tk" })).await;
        let ahead = save(&editor, "Ahead", json!({ "publish": { "publish_at": "2026-11-30T08:00:30Z" } })).await;
        let draft = save(&editor, "Draft", json!({})).await;
        let path = format!("/v1/editor/articles/{here}");
        let choice = json!({ "related": { "pinned": [ahead, draft, far, here, other, far], "excluded": [near] }, "publish": {} });
        let saved = editor.patch(&path).if_match("*").merge_patch(choice).await;
        assert_eq!(saved.is_ok()["related"], json!({ "pinned": [ahead, draft, far, here, other], "excluded": [near] }));
        let now = site.anyone().get("/v1/articles/here/related").await;
        assert_eq!(related(now.has_header("cache-control", "public, max-age=30")), ["Far", "Elsewhere", "Between"]);
        assert!(!now.text().contains(&draft) && !now.text().contains(&ahead), "{now}");
        let then = editor.get("/v1/preview/articles/here/related?at=2026-11-30T08:00:30Z").await;
        assert_eq!(related(&then), ["Ahead", "Far", "Elsewhere", "Between"]);
        // It is saved and published as all else is, and was otherwise before.
        let unpinned = editor.patch(&path).if_match("*").merge_patch(json!({ "related": { "pinned": null } })).await;
        assert_eq!(unpinned.is_ok()["related"], json!({ "pinned": [], "excluded": [near] }));
        assert_eq!(related(&site.anyone().get("/v1/articles/here/related").await).len(), 3);
        let diff = editor.get(&format!("{path}/revisions/3/diff")).await;
        assert_eq!(diff["changes"][0]["field"], "related");
        assert_eq!(related(&editor.get("/v1/preview/articles/here/related?at=2026-11-29T12:00:00Z").await), ["Near", "Between", "Far"]);
    }

    async fn what_there_is_not_cannot_be_pinned(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let here = save(&editor, "Here", json!({})).await;
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        let patch = json!({ "related": { "pinned": [here, nobody], "excluded": ["x"], "hidden": [] } });
        let refused = editor.patch(&format!("/v1/editor/articles/{here}")).if_match("*").merge_patch(patch).await;
        refused.is_problem(422, "invalid").has_error("/related/pinned/1", "unknown").has_error("/related/hidden", "unknown_field");
        let many = vec![here.clone(); 21];
        let refused = editor.patch(&format!("/v1/editor/articles/{here}")).if_match("*").merge_patch(json!({ "related": { "pinned": many } })).await;
        refused.is_problem(422, "invalid").has_error("/related/pinned", "too_long");
    }

    async fn the_next_and_the_previous_are_by_date_of_all_or_of_the_category(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = category(&editor, "City", None).await;
        let streets = category(&editor, "Streets", Some(&city)).await;
        for (title, days, place) in [("One", 5, Some(&city)), ("Two", 4, None), ("Three", 3, Some(&city)), ("Four", 3, None), ("Five", 2, Some(&streets))] {
            ago(&editor, title, days, json!({ "category_id": place })).await;
        }
        ago(&editor, "A page", 3, json!({ "kind": "page" })).await;
        save(&editor, "A draft", json!({ "category_id": city })).await;
        let reader = site.anyone();
        let beside = |answer: &Answer| {
            let title = |which: &str| answer["neighbours"][which]["title"].as_str().map(str::to_owned);
            (title("previous"), title("next"))
        };
        let named = |previous: Option<&str>, next: Option<&str>| (previous.map(str::to_owned), next.map(str::to_owned));
        let all = reader.get("/v1/articles/three?include=neighbours").await;
        assert_eq!(beside(all.is_ok()), named(Some("Two"), Some("Four")));
        let within = reader.get("/v1/articles/three?include=neighbours,related&neighbours_in=category").await;
        assert_eq!(beside(within.is_ok()), named(Some("One"), Some("Five")));
        assert_eq!(beside(&reader.get("/v1/articles/five?include=neighbours").await), named(Some("Four"), None));
        assert_eq!(beside(&reader.get("/v1/articles/one?include=neighbours").await), named(None, Some("Two")));
        assert_eq!(beside(&reader.get("/v1/articles/two?include=neighbours&neighbours_in=category").await), named(None, None));
        assert!(reader.get("/v1/articles/one").await.json().get("neighbours").is_none());
        reader.get("/v1/articles/one?neighbours_in=all").await.is_problem(400, "invalid_parameter").has_error("/neighbours_in", "conflict");
        reader.get("/v1/articles/one?include=neighbours&neighbours_in=tag").await.is_problem(400, "invalid_parameter");
        editor.get("/v1/preview/articles/one?include=neighbours&drafts=true").await.is_problem(400, "invalid_parameter");
        let before = editor.get("/v1/preview/articles/three?include=neighbours&at=2026-11-27T20:00:00Z").await;
        assert_eq!(beside(before.is_ok()), named(Some("Two"), Some("Four")));
    }

    async fn lifetimes_end_with_what_will_show_and_tell_nothing_of_the_rest(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        tags(&editor).await;
        let tagged = |at: &str| json!({ "tags": ["bridges"], "publish": { "publish_at": at } });
        ago(&editor, "Here", 1, json!({ "tags": ["bridges"] })).await;
        for number in 0..5 {
            ago(&editor, &format!("Near {number}"), 1, json!({ "tags": ["bridges"] })).await;
        }
        let reader = site.anyone();
        // What comes is further away in time than five others, and nobody's neighbour there.
        let mut far = tagged("2026-11-30T08:00:20Z");
        far["publish"]["published_at"] = json!("2026-10-01T00:00:00Z");
        save(&editor, "Far", far).await;
        reader.get("/v1/articles/here/related").await.has_header("cache-control", "public, max-age=60");
        reader.get("/v1/articles/here/related?limit=6").await.has_header("cache-control", "public, max-age=20");
        reader.get("/v1/articles/here?include=related").await.has_header("cache-control", "public, max-age=60");
        reader.get("/v1/articles/near-4?include=neighbours").await.has_header("cache-control", "public, max-age=60");
        save(&editor, "Newest", tagged("2026-11-30T08:00:40Z")).await;
        reader.get("/v1/articles/near-4?include=neighbours").await.has_header("cache-control", "public, max-age=40");
        reader.get("/v1/articles/near-1?include=neighbours").await.has_header("cache-control", "public, max-age=60");
    }

    async fn a_link_to_one_article_shows_nothing_beside_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = ago(&editor, "Here", 1, json!({})).await;
        let link = |more: Value| editor.post("/v1/editor/preview-links").json(more).into_future();
        let [one, all] = [link(json!({ "article_id": id })).await, link(json!({})).await];
        for (answer, status) in [(one, 403), (all, 200)] {
            let viewer = site.anyone().with_header("dateline-preview", answer.is_created().text_at("/token"));
            viewer.get("/v1/preview/articles/here").await.is_ok();
            for beside in ["?include=related", "?include=neighbours", "/related"] {
                viewer.get(&format!("/v1/preview/articles/here{beside}")).await.is(status);
            }
        }
    }

    async fn a_slug_from_before_leads_on_and_what_was_withdrawn_says_so(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = ago(&editor, "Here", 1, json!({})).await;
        let path = format!("/v1/editor/articles/{id}");
        editor.patch(&path).if_match("*").merge_patch(json!({ "slug": "there", "publish": {} })).await.is_ok();
        let moved = site.anyone().get("/v1/articles/here/related?limit=3").await;
        assert_eq!(moved.is(308).header("location"), Some("/v1/articles/there/related?limit=3"));
        assert_eq!(related(&site.anyone().get("/v1/articles/there/related").await), Vec::<&str>::new());
        site.clock().advance_ms(1);
        editor.post(&format!("{path}/unpublish")).json(json!({ "withdrawn": { "reason": "It was wrong." } })).await.is_ok();
        site.anyone().get("/v1/articles/there/related").await.is_problem(410, "withdrawn");
        site.anyone().get("/v1/articles/nothing/related").await.is_problem(404, "not_found");
    }
}
