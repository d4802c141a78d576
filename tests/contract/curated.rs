//! Curated lists: a front page changes at its instant as a whole, shows what is live and nothing else, and stays what it was once readers saw it.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T05:00:00.000Z";
const LISTS: &str = "/v1/editor/lists";

/// A live article of a category, each a second older than the one before: its id.
async fn live(site: &Site, editor: &Client, title: &str, members: Value) -> String {
    let mut whole = json!({ "publish": {} });
    whole.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
    let id = save(editor, title, whole).await;
    site.clock().advance_ms(1000);
    id
}

async fn category(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/categories").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}

async fn front(editor: &Client, slots: Value) -> (String, Answer) {
    let made = editor.post(LISTS).json(json!({ "name": "Front page", "slug": "front", "slots": slots })).await;
    (format!("{LISTS}/{}", made.is_created().text_at("/id")), made)
}

async fn patch(editor: &Client, path: &str, body: Value) -> Answer {
    editor.patch(path).merge_patch(body).await
}

/// The titles that a list shows.
async fn shown(client: &Client, path: &str) -> String {
    client.get(path).await.is_ok().each("title").join(" ")
}

fn states(list: &Answer) -> Vec<&str> {
    list["editions"].as_array().unwrap().iter().map(|edition| edition["state"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn a_front_page_changes_as_a_whole_at_its_instant_and_not_a_millisecond_before(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (first, second) = (live(&site, &editor, "First", json!({})).await, live(&site, &editor, "Second", json!({})).await);
        let (path, made) = front(&editor, json!([{ "article_id": first }, { "article_id": second }])).await;
        assert_eq!((made.expect_header("location"), made.expect_header("etag")), (&*path, "\"1\""));
        let monday = json!({ "slots": [{ "article_id": second }], "publish_at": "2026-11-30T10:10", "time_zone": "Asia/Ashgabat" });
        let planned = patch(&editor, &path, monday).await;
        assert_eq!((states(planned.is_ok()), planned.expect_header("etag")), (vec!["scheduled", "live"], "\"2\""));
        assert_eq!(planned["editions"][0]["publish_at_local"], "2026-11-30T10:10:00");
        assert_eq!(shown(&editor, "/v1/preview/lists/front?at=2026-11-30T05:10:00Z").await, "Second");
        for (instant, lifetime, titles) in [("2026-11-30T05:09:59.999Z", 0, "First Second"), ("2026-11-30T05:10:00.000Z", 60, "Second")] {
            site.clock().set(instant.parse().unwrap());
            let list = site.anyone().get("/v1/lists/front").await;
            list.is_ok().has_header("cache-control", &format!("public, max-age={lifetime}"));
            assert_eq!((list.text_at("/name"), list.each("title").join(" ")), ("Front page", titles.to_owned()));
        }
        assert_eq!(states(&editor.get(&path).await), ["live", "replaced"]);
        assert_eq!(shown(&editor, "/v1/preview/lists/front?at=2026-11-30T05:09:59.999Z").await, "First Second");
    }

    async fn rules_fill_slots_with_the_newest_that_no_other_slot_shows(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (sport, city) = (category(&editor, "Sport").await, category(&editor, "City").await);
        editor.post("/v1/editor/tags").json(json!({ "name": "Bridges" })).await.is_created();
        let lead = live(&site, &editor, "Lead", json!({ "category_id": sport })).await;
        live(&site, &editor, "Cup", json!({ "category_id": sport })).await;
        live(&site, &editor, "Bridge", json!({ "category_id": city, "tags": ["bridges"] })).await;
        live(&site, &editor, "Match", json!({ "category_id": sport, "tags": ["bridges"] })).await;
        live(&site, &editor, "Imprint", json!({ "kind": "page" })).await;
        let slots = json!([{ "rule": { "category": "sport" } }, { "article_id": lead }, { "rule": { "tag": "bridges", "limit": 5 } }, { "rule": { "limit": 9 } }]);
        front(&editor, slots).await;
        assert_eq!(shown(site.anyone(), "/v1/lists/front").await, "Match Lead Bridge Cup");
        live(&site, &editor, "Final", json!({ "category_id": sport })).await;
        assert_eq!(shown(site.anyone(), "/v1/lists/front").await, "Final Lead Match Bridge Cup");
        assert_eq!(shown(site.anyone(), "/v1/lists/front?locale=en&fields=title").await, "Final Lead Match Bridge Cup");
        // What rules name is found by the slugs that it had.
        let path = format!("/v1/editor/categories/{sport}");
        editor.patch(&path).if_match("*").merge_patch(json!({ "slug": "sports" })).await.is_ok();
        assert_eq!(shown(site.anyone(), "/v1/lists/front").await, "Final Lead Match Bridge Cup");
    }

    async fn what_is_pinned_and_hidden_leaves_no_hole_and_no_trace(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (live_one, draft) = (live(&site, &editor, "Live", json!({})).await, save(&editor, "Draft", json!({})).await);
        let soon = save(&editor, "Soon", json!({ "publish": { "publish_at": "2026-11-30T05:10:00Z", "unpublish_at": "2026-11-30T05:12:00Z" } })).await;
        front(&editor, json!([{ "article_id": draft }, { "article_id": soon }, { "article_id": live_one }])).await;
        for (instant, titles) in [("2026-11-30T05:09:59.999Z", "Live"), ("2026-11-30T05:10:00.000Z", "Soon Live"), ("2026-11-30T05:12:00.000Z", "Live")] {
            site.clock().set(instant.parse().unwrap());
            let list = site.anyone().get("/v1/lists/front").await;
            assert_eq!(list.is_ok().each("title").join(" "), titles);
            assert!(!list.text().contains(&draft));
        }
        editor.delete(&format!("/v1/editor/articles/{live_one}")).if_match("*").await.is_no_content();
        assert_eq!(shown(site.anyone(), "/v1/lists/front").await, "");
        let admin = site.login(Role::Admin).await;
        admin.delete(&format!("/v1/editor/articles/{live_one}?purge=true")).if_match("*").await.is_no_content();
        assert_eq!(shown(site.anyone(), "/v1/lists/front").await, "");
    }

    async fn a_list_that_has_not_begun_is_not_there_and_neither_is_one_that_was_deleted(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let body = json!({ "name": "Night", "slots": [{ "rule": {} }], "publish_at": "2026-11-30T05:10:00Z" });
        let made = editor.post(LISTS).json(body).await;
        assert_eq!((made.is_created().text_at("/slug"), states(&made)), ("night", vec!["scheduled"]));
        let unknown = site.anyone().get("/v1/lists/unknown").await;
        let hidden = site.anyone().get("/v1/lists/night").await;
        assert_eq!(hidden.is_problem(404, "not_found")["detail"], unknown.is_problem(404, "not_found")["detail"]);
        site.clock().set("2026-11-30T05:10:00.000Z".parse().unwrap());
        site.anyone().get("/v1/lists/night").await.is_ok();
        let second = editor.post(LISTS).json(json!({ "name": "Night", "slots": [] })).await;
        assert_eq!(second.is_created()["slug"], "night-2");
        editor.post(LISTS).json(json!({ "name": "Other", "slug": "night", "slots": [] })).await.is_problem(409, "slug_taken");
        assert_eq!(editor.get(LISTS).await.is_ok().each("slug"), ["night-2", "night"]);
        let path = format!("{LISTS}/{}", made.text_at("/id"));
        editor.delete(&path).if_match("\"9\"").await.is_problem(412, "precondition_failed");
        editor.delete(&path).await.is_no_content();
        site.anyone().get("/v1/lists/night").await.is_problem(404, "not_found");
        editor.get(&path).await.is_problem(404, "not_found");
    }

    async fn an_edition_changes_until_a_second_before_it_begins_and_never_after(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (path, _) = front(&editor, json!([])).await;
        let planned = patch(&editor, &path, json!({ "slots": [{ "rule": {} }], "publish_at": "2026-11-30T05:10:00Z" })).await;
        let edition = |list: &Answer, at: usize| format!("{path}/editions/{}", list["editions"][at]["id"].as_str().unwrap());
        let (ahead, begun) = (edition(planned.is_ok(), 0), edition(&planned, 1));
        patch(&editor, &path, json!({ "slots": [], "publish_at": "2026-11-30T05:10:00Z" })).await.is_problem(409, "edition_instant_taken");
        patch(&editor, &path, json!({ "slots": [], "publish_at": "2026-11-30T04:59:00Z" })).await.is_problem(409, "past_is_history");
        let moved = patch(&editor, &ahead, json!({ "publish_at": "2026-11-30T10:12", "time_zone": "Asia/Ashgabat", "slots": [] })).await;
        assert_eq!((&moved.is_ok()["editions"][0]["publish_at"], &moved["editions"][0]["slots"]), (&json!("2026-11-30T05:12:00.000Z"), &json!([])));
        patch(&editor, &begun, json!({ "slots": [{ "rule": {} }] })).await.is_problem(409, "already_live");
        editor.delete(&begun).await.is_problem(409, "already_live");
        site.clock().set("2026-11-30T05:11:59.000Z".parse().unwrap());
        patch(&editor, &ahead, json!({ "publish_at": null })).await.is_problem(409, "starting");
        editor.delete(&ahead).await.is_problem(409, "starting");
        let later = patch(&editor, &path, json!({ "slots": [], "publish_at": "2026-11-30T05:20:00Z" })).await;
        editor.delete(&edition(later.is_ok(), 0)).await.is_no_content();
        let stale = editor.patch(&path).if_match("\"1\"").merge_patch(json!({ "name": "Other" })).await;
        stale.is_problem(412, "precondition_failed");
        let log = site.login(Role::Admin).await.get("/v1/editor/audit-log?target_kind=curated_list").await;
        let actions = ["curated_list.edition_deleted", "curated_list.edition_added", "curated_list.edition_updated", "curated_list.edition_added", "curated_list.created"];
        assert_eq!(log.is_ok().each("action"), actions);
    }

    async fn what_is_wrong_with_slots_is_named_each(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let article = save(&editor, "Draft", json!({})).await;
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        let slots = json!([
            {}, { "article_id": article, "rule": {} }, { "article_id": nobody }, { "rule": { "category": "a", "tag": "b" } }, { "rule": { "author": "nobody" } },
            { "article_id": article },
        ]);
        let refused = editor.post(LISTS).json(json!({ "name": "Front", "slots": slots })).await;
        refused.is_problem(422, "invalid").has_error("/slots/0", "one_of").has_error("/slots/1", "one_of").has_error("/slots/2/article_id", "unknown");
        refused.has_error("/slots/3/rule", "one_of").has_error("/slots/4/rule/author", "unknown");
        refused.has_error("/slots/5/article_id", "repeated");
        let rules = |count: usize, limit: usize| json!({ "name": "Rules", "slots": vec![json!({ "rule": { "limit": limit } }); count] });
        editor.post(LISTS).json(rules(5, 20)).await.is_created();
        let mut too_many = rules(5, 20);
        too_many["slots"].as_array_mut().unwrap().push(json!({ "rule": {} }));
        let refused = editor.post(LISTS).json(too_many).await;
        refused.is_problem(422, "invalid").has_error("/slots", "too_many");
        patch(&editor, &front(&editor, json!([])).await.0, json!({ "publish_at": "2026-12-01T06:00:00Z" })).await.is_problem(422, "invalid").has_error("/slots", "required");
        site.anyone().get("/v1/lists/front?locale=xx").await.is_problem(400, "invalid_parameter");
    }

    async fn a_release_without_a_date_is_previewed_on_lists_too(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (live_one, draft) = (live(&site, &editor, "Live", json!({})).await, save(&editor, "Draft", json!({})).await);
        front(&editor, json!([{ "article_id": draft }, { "rule": { "limit": 3 } }])).await;
        let release = editor.post("/v1/editor/releases").json(json!({ "name": "Night" })).await.text_at("/id").to_owned();
        let renamed = format!("/v1/editor/articles/{live_one}");
        editor.patch(&renamed).if_match("*").merge_patch(json!({ "title": "Renamed" })).await.is_ok();
        for article in [&draft, &live_one] {
            editor.post(&format!("/v1/editor/releases/{release}/publications")).json(json!({ "article_id": article })).await.is_created();
        }
        let link = editor.post("/v1/editor/preview-links").json(json!({ "release_id": release })).await.text_at("/token").to_owned();
        assert_eq!(shown(site.anyone(), &format!("/v1/preview/lists/front?preview={link}")).await, "Draft Renamed");
        assert_eq!(shown(site.anyone(), "/v1/lists/front").await, "Live");
    }
}
