//! Releases: what is published together moves together, all of it or nothing.

mod approval;
mod trash;

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const MONDAY: &str = "2026-12-07T04:00:00.000Z";
const TUESDAY: &str = "2026-12-08T04:00:00.000Z";

async fn draft(editor: &Client, title: &str) -> String {
    editor.post("/v1/editor/articles").json(article(title)).await.is_created().text_at("/id").to_owned()
}

/// A release: its path.
async fn release(editor: &Client, body: Value) -> String {
    format!("/v1/editor/releases/{}", editor.post("/v1/editor/releases").json(body).await.is_created().text_at("/id"))
}

async fn add(editor: &Client, release: &str, article_id: &str) -> Answer {
    editor.post(&format!("{release}/publications")).json(json!({ "article_id": article_id })).await
}

async fn moved(editor: &Client, release: &str, publish_at: Value) -> Answer {
    editor.patch(release).merge_patch(json!({ "publish_at": publish_at })).await
}

/// The codes of the clashes by which a release does not move.
fn clashes(answer: &Answer) -> Vec<&str> {
    answer.is_problem(409, "release_clash");
    answer["clashes"].as_array().unwrap().iter().map(|clash| clash["code"].as_str().unwrap()).collect()
}

on_both_engines! {
    async fn a_release_without_a_date_holds_what_becomes_publications_with_one(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (one, two) = (draft(&editor, "One").await, draft(&editor, "Two").await);
        let night = release(&editor, json!({ "name": "Election night" })).await;
        let added = add(&editor, &night, &one).await;
        assert_eq!((&added["publication"], &added["title"], &added["follows_newest"]), (&json!(null), &json!("One"), &json!(true)));
        let pinned = json!({ "article_id": two, "revision": 1, "unpublish_at": "2026-12-31T00:00:00Z", "minor": true });
        editor.post(&format!("{night}/publications")).json(pinned).await.is_created();
        add(&editor, &night, &one).await.is_problem(409, "in_release");
        let held = editor.get(&night).await;
        assert_eq!((&held["state"], &held["publish_at"], &held["version"]), (&json!("undated"), &json!(null), &json!(3)));
        assert_eq!(editor.get("/v1/editor/publications").await.data().len(), 0);
        editor.patch(&format!("/v1/editor/articles/{one}")).if_match("*").merge_patch(json!({ "title": "One and a half" })).await.is_ok();
        let dated = editor.patch(&night).merge_patch(json!({ "publish_at": "2026-12-07T09:00", "time_zone": "Asia/Ashgabat" })).await;
        assert_eq!((&dated["state"], &dated["publish_at"], &dated["publish_at_local"]), (&json!("scheduled"), &json!(MONDAY), &json!("2026-12-07T09:00:00")));
        let entries = dated["publications"].as_array().unwrap();
        let shows = |at: usize| (&entries[at]["title"], &entries[at]["publication"]["would_show"], &entries[at]["publication"]["unpublish_at"]);
        assert_eq!(shows(0), (&json!("One and a half"), &json!(2), &json!(null)));
        assert_eq!(shows(1), (&json!("Two"), &json!(1), &json!("2026-12-31T00:00:00.000Z")));
        assert_eq!(entries[0]["id"], added["id"]);
        let publication = editor.get(&format!("/v1/editor/publications/{}", added.text_at("/id"))).await;
        assert_eq!(publication["release_id"], dated["id"]);
        site.clock().set(MONDAY.parse().unwrap());
        assert_eq!(site.anyone().get("/v1/articles").await.each("slug").len(), 2);
        let editor = site.login(Role::Editor).await;
        assert_eq!(editor.get(&night).await["state"], "published");
        editor.delete(&night).await.is_problem(409, "already_live");
        add(&editor, &night, &draft(&editor, "Late").await).await.is_problem(409, "already_live");
        assert_eq!(clashes(&moved(&editor, &night, json!(TUESDAY)).await), ["already_live", "already_live"]);
        let named = editor.patch(&night).merge_patch(json!({ "name": "That night" })).await;
        assert_eq!(named["name"], "That night");
    }

    async fn all_of_it_moves_or_nothing_and_each_clash_is_named(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor, json!({ "name": "Night", "publish_at": MONDAY })).await;
        let ids = [draft(&editor, "Free").await, draft(&editor, "Taken").await, draft(&editor, "Ending").await, draft(&editor, "Embargoed").await, draft(&editor, "Trashed").await];
        for (at, id) in ids.iter().enumerate() {
            let mut member = json!({ "article_id": id });
            if at == 2 {
                member["unpublish_at"] = json!("2026-12-07T12:00:00Z");
            }
            editor.post(&format!("{night}/publications")).json(member).await.is_created();
        }
        editor.post(&format!("/v1/editor/articles/{}/publications", ids[1])).json(json!({ "publish_at": TUESDAY })).await.is_created();
        editor.patch(&format!("/v1/editor/articles/{}", ids[3])).if_match("*").merge_patch(json!({ "embargo_until": "2026-12-07T02:00:00Z" })).await.is_ok();
        editor.delete(&format!("/v1/editor/articles/{}", ids[4])).if_match("*").await.is_no_content();
        let refused = moved(&editor, &night, json!(TUESDAY)).await;
        assert_eq!(clashes(&refused), ["publication_instant_taken", "end_before_start"]);
        assert_eq!(refused["clashes"][0]["article_id"], json!(ids[1]));
        assert_eq!(clashes(&moved(&editor, &night, json!("2026-12-06T04:00:00Z")).await), ["embargoed"]);
        let after = editor.get(&night).await;
        assert_eq!((&after["publish_at"], &after["version"]), (&json!(MONDAY), &json!(6)));
        for entry in after["publications"].as_array().unwrap() {
            assert_eq!(entry["publication"]["publish_at"], MONDAY);
        }
        editor.post(&format!("/v1/editor/articles/{}/restore", ids[4])).await.is_ok();
        let early = editor.patch(&night).merge_patch(json!({ "publish_at": "2026-12-06T04:00:00Z", "override_embargo": true })).await;
        assert_eq!(early.is_ok()["publish_at"], "2026-12-06T04:00:00.000Z");
        site.clock().set("2026-12-06T04:00:00.000Z".parse().unwrap());
        assert_eq!(site.anyone().get("/v1/articles").await.data().len(), 5);
    }

    async fn what_belongs_to_a_release_moves_only_with_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor, json!({ "name": "Night", "publish_at": MONDAY })).await;
        let id = draft(&editor, "One").await;
        let added = add(&editor, &night, &id).await;
        let publication = format!("/v1/editor/publications/{}", added.text_at("/id"));
        let refused = editor.patch(&publication).merge_patch(json!({ "publish_at": TUESDAY })).await;
        refused.is_problem(409, "in_release");
        editor.patch(&publication).merge_patch(json!({ "publish_at": null })).await.is_problem(409, "in_release");
        editor.delete(&publication).await.is_problem(409, "in_release");
        editor.patch(&publication).merge_patch(json!({ "publish_at": MONDAY, "unpublish_at": TUESDAY })).await.is_ok();
        editor.delete(&format!("{night}/publications/{}", added.text_at("/id"))).await.is_no_content();
        assert_eq!(editor.get(&night).await["publications"], json!([]));
        editor.get(&publication).await.is_problem(404, "not_found");
        editor.delete(&format!("{night}/publications/{}", added.text_at("/id"))).await.is_problem(404, "not_found");
        // Taken down, what lies ahead of an article goes, also out of a release.
        add(&editor, &night, &id).await.is_created();
        editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({})).await.is_created();
        site.clock().advance_ms(1);
        editor.post(&format!("/v1/editor/articles/{id}/unpublish")).json(json!({})).await.is_ok();
        assert_eq!(editor.get(&night).await["publications"], json!([]));
    }

    async fn a_release_that_loses_its_date_holds_its_entries_as_they_were(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor, json!({ "name": "Night", "publish_at": MONDAY })).await;
        let id = draft(&editor, "One").await;
        let member = json!({ "article_id": id, "revision": 1, "unpublish_at": "2026-12-31T00:00:00Z" });
        let added = editor.post(&format!("{night}/publications")).json(member).await;
        let undated = moved(&editor, &night, json!(null)).await;
        assert_eq!((&undated["state"], &undated["publish_at"]), (&json!("undated"), &json!(null)));
        let entry = &undated["publications"][0];
        assert_eq!((&entry["id"], &entry["publication"], &entry["follows_newest"]), (&added["id"], &json!(null), &json!(false)));
        assert_eq!(entry["unpublish_at"], "2026-12-31T00:00:00.000Z");
        assert_eq!(editor.get(&format!("/v1/editor/articles/{id}")).await["status"], "draft");
        let dated = moved(&editor, &night, json!(TUESDAY)).await;
        assert_eq!(dated["publications"][0]["publication"]["publish_at"], TUESDAY);
        editor.delete(&night).await.is_no_content();
        editor.get(&night).await.is_problem(404, "not_found");
        assert_eq!(editor.get(&format!("/v1/editor/articles/{id}")).await["status"], "draft");
        editor.delete(&release(&editor, json!({ "name": "Empty" })).await).await.is_no_content();
    }

    async fn a_release_is_looked_at_as_a_whole_wherever_it_is_moved(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor, json!({ "name": "Night" })).await;
        for title in ["One", "Two"] {
            add(&editor, &night, &draft(&editor, title).await).await.is_created();
        }
        let id = night.rsplit('/').next().unwrap();
        let of = json!({ "release_id": id });
        moved(&editor, &night, json!(MONDAY)).await.is_ok();
        let both = json!({ "release_id": id, "at": MONDAY });
        editor.post("/v1/editor/preview-links").json(&both).await.is_problem(422, "invalid").has_error("/at", "conflict");
        let other = json!({ "release_id": id, "article_id": draft(&editor, "Three").await });
        editor.post("/v1/editor/preview-links").json(&other).await.is_problem(422, "invalid").has_error("/release_id", "conflict");
        let link = editor.post("/v1/editor/preview-links").json(&of).await;
        assert_eq!((&link.is_created()["release_id"], &link["at"]), (&json!(id), &json!(null)));
        let anyone = site.anyone().with_header("dateline-preview", link.text_at("/token"));
        let seen = async || anyone.get("/v1/preview/articles").await;
        assert_eq!(seen().await.each("published_at"), [MONDAY, MONDAY]);
        anyone.get(&format!("/v1/preview/articles?at={TUESDAY}")).await.is_problem(403, "forbidden");
        moved(&editor, &night, json!(TUESDAY)).await.is_ok();
        assert_eq!(seen().await.each("published_at"), [TUESDAY, TUESDAY]);
        // Without a date all of it is shown as if it were published now.
        moved(&editor, &night, json!(null)).await.is_ok();
        assert_eq!(seen().await.each("published_at"), [NOW, NOW]);
        moved(&editor, &night, json!(MONDAY)).await.is_ok();
        assert_eq!(seen().await.each("published_at"), [MONDAY, MONDAY]);
        editor.delete(&night).await.is_no_content();
        seen().await.is_problem(401, "invalid_token");
        let unknown = json!({ "release_id": id });
        editor.post("/v1/editor/preview-links").json(unknown).await.is_problem(422, "invalid").has_error("/release_id", "unknown");
    }

    async fn what_belongs_to_one_release_is_not_taken_out_by_another(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = draft(&editor, "One").await;
        for date in [json!(null), json!("2026-12-07T04:00:00Z")] {
            let (mine, other) = (release(&editor, json!({ "name": "Mine", "publish_at": date })).await, release(&editor, json!({ "name": "Other", "publish_at": date })).await);
            let held = add(&editor, &mine, &id).await.is_created().text_at("/id").to_owned();
            editor.delete(&format!("{other}/publications/{held}")).await.is_problem(404, "not_found");
            assert_eq!(editor.get(&mine).await["publications"].as_array().unwrap().len(), 1);
            editor.delete(&format!("{mine}/publications/{held}")).await.is_no_content();
        }
    }

    async fn two_editors_who_move_the_same_release_do_not_undo_each_other(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor, json!({ "name": "Night", "publish_at": MONDAY })).await;
        add(&editor, &night, &draft(&editor, "One").await).await.is_created();
        let version = editor.get(&night).await.expect_header("etag").to_owned();
        let to = async |date: &str| editor.patch(&night).if_match(&version).merge_patch(json!({ "publish_at": date })).await;
        let (one, other) = tokio::join!(to("2026-12-09T04:00:00Z"), to("2026-12-10T04:00:00Z"));
        let (won, lost) = if one.status == 200 { (one, other) } else { (other, one) };
        won.is_ok();
        lost.is_problem(412, "precondition_failed");
        assert_eq!(editor.get(&night).await["publish_at"], won["publish_at"]);
        assert_eq!(won["publish_at"], won["publications"][0]["publication"]["publish_at"]);
    }

    async fn what_cannot_be_is_refused_by_name(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let past = json!({ "name": "Night", "publish_at": "2026-11-30T07:59:59.999Z" });
        editor.post("/v1/editor/releases").json(past).await.is_problem(409, "past_is_history");
        author.post("/v1/editor/releases").json(json!({ "name": "Night" })).await.is_problem(403, "forbidden");
        let night = release(&editor, json!({ "name": "Night", "publish_at": MONDAY })).await;
        moved(&editor, &night, json!("2026-11-30T07:59:59.999Z")).await.is_problem(409, "past_is_history");
        let unknown = add(&editor, &night, "01890a5d-ac96-774b-bcce-b302099a8057").await;
        unknown.is_problem(422, "invalid").has_error("/article_id", "unknown");
        let wrong = json!({ "article_id": 5, "minor": "yes" });
        let wrong = editor.post(&format!("{night}/publications")).json(wrong).await;
        wrong.is_problem(422, "invalid").has_error("/article_id", "wrong_type").has_error("/minor", "wrong_type");
        let id = draft(&editor, "One").await;
        let revision = json!({ "article_id": id, "revision": 9 });
        editor.post(&format!("{night}/publications")).json(revision).await.is_problem(422, "invalid").has_error("/revision", "unknown_revision");
        let ends = json!({ "article_id": id, "unpublish_at": MONDAY });
        editor.post(&format!("{night}/publications")).json(ends).await.is_problem(422, "invalid").has_error("/unpublish_at", "end_before_start");
        add(&editor, &night, &id).await.is_created();
        // Now, for all of it: an instant that has just passed.
        let now = moved(&editor, &night, json!("2026-11-30T07:59:59.999Z")).await;
        assert_eq!(now.is_ok()["state"], "published");
        site.anyone().get("/v1/articles/one").await.is_ok();
    }

    async fn a_release_has_two_hundred_publications_at_most(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor, json!({ "name": "Night" })).await;
        for number in 0..200 {
            add(&editor, &night, &draft(&editor, &format!("Article {number}")).await).await.is_created();
        }
        add(&editor, &night, &draft(&editor, "One more").await).await.is_problem(409, "release_full");
        let dated = moved(&editor, &night, json!(MONDAY)).await;
        assert_eq!(dated["publications"].as_array().unwrap().len(), 200);
        assert_eq!(moved(&editor, &night, json!(TUESDAY)).await.is_ok()["publications"][199]["publication"]["publish_at"], TUESDAY);
    }

    async fn releases_are_listed_the_newest_first(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        for name in ["One", "Two", "Three"] {
            release(&editor, json!({ "name": name })).await;
            site.clock().advance_ms(1);
        }
        let first = editor.get("/v1/editor/releases?limit=2").await;
        assert_eq!(first.each("name"), ["Three", "Two"]);
        let rest = editor.get(&format!("/v1/editor/releases?limit=2&cursor={}", first.text_at("/paging/next"))).await;
        assert_eq!(rest.each("name"), ["One"]);
    }
}
