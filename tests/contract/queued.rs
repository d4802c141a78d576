//! Changes that are queued behind one another, an amendment of what is live meanwhile, and embargoes.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const MONDAY: &str = "2026-12-07T04:00:00.000Z";

/// An article that is live with its first save: its path.
async fn live(editor: &Client, title: &str) -> String {
    let mut wanted = article(title);
    wanted["publish"] = json!({});
    format!("/v1/editor/articles/{}", editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id"))
}

async fn saved(editor: &Client, path: &str, patch: Value) -> Answer {
    editor.patch(path).if_match("*").merge_patch(patch).await
}

async fn planned(editor: &Client, path: &str, body: Value) -> Answer {
    editor.post(&format!("{path}/publications")).json(body).await
}

async fn publication(editor: &Client, made: &Answer) -> Answer {
    editor.get(&format!("/v1/editor/publications/{}", made.text_at("/id"))).await
}

on_both_engines! {
    async fn a_save_that_waits_for_an_editor_waits_through_amendments_and_moves_as_well(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = format!("/v1/editor/articles/{}", author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id"));
        planned(&editor, &path, json!({})).await.is_created();
        let follows = planned(&editor, &path, json!({ "publish_at": MONDAY })).await;
        saved(&author, &path, json!({ "title": "Nobody has seen it" })).await.is_ok();
        let amended = editor.post(&format!("{path}/amend")).if_match("*").json(json!({ "excerpt": "A comma." })).await;
        amended.is_ok();
        let waiting = publication(&editor, &follows).await;
        assert_eq!((&waiting["would_show"], &waiting["not_followed"]), (&json!(1), &json!([2, 3, 4])));
        let id = path.rsplit('/').next().unwrap();
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let moving = json!({ "mode": "all", "operations": [{ "op": "move", "id": id, "category_id": city }] });
        editor.post("/v1/editor/bulk").json(moving).await.is_ok();
        assert_eq!(publication(&editor, &follows).await["would_show"], 1);
        // Whoever saves the text has it before their eyes.
        saved(&editor, &path, json!({ "title": "Seen" })).await.is_ok();
        let approved = publication(&editor, &follows).await;
        assert_eq!((&approved["would_show"], &approved["not_followed"]), (&json!(6), &json!([])));
        // From then on it goes along with both.
        editor.post(&format!("{path}/amend")).if_match("*").json(json!({ "excerpt": "Two commas." })).await.is_ok();
        assert_eq!(publication(&editor, &follows).await["would_show"], 8);
    }

    async fn an_author_restores_nothing_that_would_go_before_the_public(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = format!("/v1/editor/articles/{}", author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id"));
        planned(&editor, &path, json!({ "publish_at": "2026-11-30T08:01:00Z" })).await.is_created();
        editor.delete(&path).if_match("*").await.is_no_content();
        author.post(&format!("{path}/restore")).await.is_problem(403, "was_public");
        assert_eq!(editor.get(&path).await["status"], "trashed");
        site.clock().advance_ms(60_000);
        // Its date has passed in the trash: it begins no more.
        assert_eq!(author.post(&format!("{path}/restore")).await.is_ok()["status"], "draft");
        site.anyone().get("/v1/articles/mine").await.is_problem(404, "not_found");
    }

    async fn one_that_follows_and_one_that_is_bound_are_told_apart(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = format!("/v1/editor/articles/{}", author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id"));
        let bound = planned(&editor, &path, json!({ "publish_at": MONDAY, "revision": 1 })).await;
        let follows = planned(&editor, &path, json!({ "publish_at": "2026-12-08T04:00:00Z" })).await;
        saved(&editor, &path, json!({ "title": "Ours" })).await.is_ok();
        saved(&author, &path, json!({ "title": "Mine again" })).await.is_ok();
        let (bound, follows) = (publication(&editor, &bound).await, publication(&editor, &follows).await);
        assert_eq!((&bound["would_show"], &bound["follows_newest"], &bound["not_followed"]), (&json!(1), &json!(false), &json!([])));
        assert_eq!((&follows["would_show"], &follows["follows_newest"], &follows["not_followed"]), (&json!(2), &json!(true), &json!([3])));
        site.clock().set(MONDAY.parse().unwrap());
        let editor = site.login(Role::Editor).await;
        let begun = publication(&editor, &bound).await;
        assert_eq!((&begun["would_show"], &begun["revision"]), (&json!(null), &json!(1)));
    }

    async fn a_queued_change_says_what_it_would_undo(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise").await;
        saved(&editor, &path, json!({ "excerpt": "What it means." })).await.is_ok();
        let queued = planned(&editor, &path, json!({ "publish_at": MONDAY, "revision": 2 })).await;
        assert_eq!((&queued["base_revision"], &queued["base_changed"], &queued["base_changed_fields"]), (&json!(1), &json!(false), &json!([])));
        // Somebody corrects the headline meanwhile, in a save that lacks the new excerpt.
        saved(&editor, &path, json!({ "title": "Prices fall", "excerpt": null })).await.is_ok();
        planned(&editor, &path, json!({ "revision": 3 })).await.is_created();
        let queued = publication(&editor, &queued).await;
        assert_eq!((&queued["base_changed"], &queued["base_changed_fields"]), (&json!(true), &json!(["title"])));
        // Whoever has seen it says so, and is refused if that has changed as well.
        let seen = format!("/v1/editor/publications/{}", queued.text_at("/id"));
        let stale = editor.patch(&seen).merge_patch(json!({ "base_revision": 1 })).await;
        stale.is_problem(409, "base_changed");
        assert_eq!((&stale["current_base_revision"], &stale["changed_fields"]), (&json!(3), &json!(["title"])));
        let settled = editor.patch(&seen).merge_patch(json!({ "base_revision": 3 })).await;
        assert_eq!((&settled["base_revision"], &settled["base_changed"]), (&json!(3), &json!(false)));
    }

    async fn what_is_based_on_another_text_is_not_scheduled(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise").await;
        saved(&editor, &path, json!({ "title": "Prices fall" })).await.is_ok();
        let based = planned(&editor, &path, json!({ "publish_at": MONDAY, "base_revision": 1 })).await;
        based.is_created();
        saved(&editor, &path, json!({ "excerpt": "Why." })).await.is_ok();
        let late = json!({ "publish_at": "2026-12-08T04:00:00Z", "base_revision": 1 });
        let refused = planned(&editor, &path, late).await;
        refused.is_problem(409, "base_changed");
        assert_eq!((&refused["current_base_revision"], &refused["changed_fields"]), (&json!(3), &json!(["title", "excerpt"])));
        let first = format!("/v1/editor/articles/{}", editor.post("/v1/editor/articles").json(article("First")).await.text_at("/id"));
        let refused = planned(&editor, &first, json!({ "base_revision": 1 })).await;
        refused.is_problem(409, "base_changed");
        assert_eq!(refused["current_base_revision"], json!(null));
    }

    async fn several_in_a_row_are_based_each_on_the_one_before(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "One").await;
        let last = planned(&editor, &path, json!({ "publish_at": "2026-12-09T04:00:00Z", "revision": 1 })).await;
        assert_eq!(last["base_revision"], 1);
        saved(&editor, &path, json!({ "title": "Two" })).await.is_ok();
        let between = planned(&editor, &path, json!({ "publish_at": MONDAY, "revision": 2 })).await;
        assert_eq!(between["base_revision"], 1);
        assert_eq!(publication(&editor, &last).await["base_changed_fields"], json!(["title"]));
        editor.delete(&format!("/v1/editor/publications/{}", between.text_at("/id"))).await.is_no_content();
        assert_eq!(publication(&editor, &last).await["base_changed"], false);
    }

    async fn what_readers_have_is_amended_while_a_rewrite_is_under_way(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise").await;
        saved(&editor, &path, json!({ "body": { "source": "Rewritten." }, "excerpt": "Under way." })).await.is_ok();
        let rewrite = planned(&editor, &path, json!({ "publish_at": MONDAY })).await;
        site.clock().advance_ms(1000);
        let amended = editor.post(&format!("{path}/amend")).json(json!({ "title": "Prices rose", "note": "Tense" })).await;
        amended.is_ok();
        let numbers = (&amended["publication"]["revision"], &amended["revision"], &amended["version"]);
        assert_eq!(numbers, (&json!(3), &json!(4), &json!(4)));
        assert_eq!((&amended["title"], &amended["body"]["source"]), (&json!("Prices rose"), &json!("Rewritten.")));
        assert_eq!((&amended["collisions"], amended.expect_header("etag")), (&json!([]), "\"4\""));
        assert_eq!(amended["undone_by"], json!([]));
        let readers = site.anyone().get("/v1/articles/prices-rise").await;
        assert_eq!((&readers["title"], &readers["excerpt"]), (&json!("Prices rose"), &json!("")));
        assert_eq!(readers["updated_at"], "2026-11-30T08:00:01.000Z");
        let queued = publication(&editor, &rewrite).await;
        assert_eq!((&queued["would_show"], &queued["base_changed"]), (&json!(4), &json!(false)));
        // The headline is amended again where the rewrite has another one: it stays in the rewrite, and the queued change says so.
        saved(&editor, &path, json!({ "title": "Prices, a year on" })).await.is_ok();
        site.clock().advance_ms(1000);
        let amended = editor.post(&format!("{path}/amend")).json(json!({ "title": "Prices soared", "minor": true })).await;
        assert_eq!((&amended["collisions"], &amended["title"]), (&json!(["title"]), &json!("Prices, a year on")));
        let queued = publication(&editor, &rewrite).await;
        assert_eq!((&queued["base_changed"], &queued["base_changed_fields"]), (&json!(true), &json!(["title"])));
        let undoing = json!([{ "publication_id": rewrite["id"], "publish_at": MONDAY, "revision": queued["revision"], "fields": ["title"] }]);
        assert_eq!(amended["undone_by"], undoing);
        let readers = site.anyone().get("/v1/articles/prices-rise").await;
        assert_eq!((&readers["title"], &readers["updated_at"]), (&json!("Prices soared"), &json!("2026-11-30T08:00:01.000Z")));
        site.clock().set(MONDAY.parse().unwrap());
        let readers = site.anyone().get("/v1/articles/prices-rise").await;
        assert_eq!((&readers["title"], &readers["excerpt"]), (&json!("Prices, a year on"), &json!("Under way.")));
    }

    async fn an_amendment_that_changes_nothing_saves_and_publishes_nothing(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise").await;
        saved(&editor, &path, json!({ "excerpt": "Under way." })).await.is_ok();
        let before = editor.get(&path).await;
        site.clock().advance_ms(1000);
        for nothing in [json!({}), json!({ "title": "Prices rise", "note": "Nothing" })] {
            let amended = editor.post(&format!("{path}/amend")).json(nothing).await;
            assert_eq!((&amended.is_ok()["version"], amended.expect_header("etag")), (&json!(2), "\"2\""));
            assert_eq!(amended["publication"]["id"], before["publications"][0]["id"]);
        }
        assert_eq!(editor.get(&path).await.json(), before.json());
        editor.post(&format!("{path}/amend")).json(json!({ "title": " " })).await.is_problem(422, "invalid");
    }

    async fn an_amendment_names_what_is_scheduled_without_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise").await;
        saved(&editor, &path, json!({ "excerpt": "Under way." })).await.is_ok();
        let bound = planned(&editor, &path, json!({ "publish_at": "2026-12-01T04:00:00Z", "revision": 2 })).await;
        let following = planned(&editor, &path, json!({ "publish_at": "2026-12-02T04:00:00Z" })).await;
        let again = planned(&editor, &path, json!({ "publish_at": "2026-12-03T04:00:00Z", "revision": 2 })).await;
        let amended = editor.post(&format!("{path}/amend")).json(json!({ "title": "Prices rose", "tags": [] })).await;
        let undoing = |of: &Answer| json!({ "publication_id": of["id"], "publish_at": of["publish_at"], "revision": 2, "fields": ["title"] });
        assert_eq!(amended.is_ok()["undone_by"], json!([undoing(&bound), undoing(&again)]));
        assert_eq!(publication(&editor, &following).await["would_show"], amended["revision"]);
        // What changes nothing is undone by nothing.
        assert_eq!(editor.post(&format!("{path}/amend")).json(json!({ "tags": [] })).await.is_ok()["undone_by"], json!([]));
    }

    async fn an_amendment_that_the_next_start_would_undo_within_a_second_is_refused(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise").await;
        saved(&editor, &path, json!({ "excerpt": "Under way." })).await.is_ok();
        planned(&editor, &path, json!({ "publish_at": "2026-11-30T09:00:00.000Z" })).await.is_created();
        // The access token has expired by then.
        let amend = async |title: &str| site.login(Role::Editor).await.post(&format!("{path}/amend")).json(json!({ "title": title })).await;
        let at = |instant: &str| site.clock().set(instant.parse().unwrap());
        at("2026-11-30T08:59:58.999Z");
        assert_eq!(amend("Prices rose").await.is_ok()["undone_by"], json!([]));
        for starting in ["2026-11-30T08:59:59.000Z", "2026-11-30T08:59:59.999Z"] {
            at(starting);
            amend("Prices soared").await.is_problem(409, "starting");
        }
        at("2026-11-30T09:00:00.000Z");
        amend("Prices soared").await.is_ok();
        // Its own millisecond is the next one.
        site.clock().advance_ms(1);
        let readers = site.anyone().get("/v1/articles/prices-rise").await;
        assert_eq!((&readers["title"], &readers["excerpt"]), (&json!("Prices soared"), &json!("Under way.")));
    }

    async fn an_amendment_needs_a_live_text_and_keeps_its_end(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let path = format!("/v1/editor/articles/{}", editor.post("/v1/editor/articles").json(article("Draft")).await.text_at("/id"));
        editor.post(&format!("{path}/amend")).json(json!({ "title": "Other" })).await.is_problem(409, "not_live");
        planned(&editor, &path, json!({ "unpublish_at": MONDAY })).await.is_created();
        let amend = format!("{path}/amend");
        editor.post(&amend).if_match("\"9\"").json(json!({ "title": "Other" })).await.is_problem(412, "precondition_failed");
        editor.post(&amend).json(json!({ "publish": {} })).await.is_problem(422, "invalid").has_error("/publish", "unknown_field");
        let amended = editor.post(&amend).header("idempotency-key", "one").json(json!({ "title": "Other" })).await;
        assert_eq!(amended["publication"]["unpublish_at"], MONDAY);
        assert_eq!((&amended["revision"], &amended["publication"]["revision"]), (&json!(2), &json!(2)));
        let again = editor.post(&amend).header("idempotency-key", "one").json(json!({ "title": "Other" })).await;
        assert_eq!(again.body, amended.body);
        assert_eq!(editor.get(&path).await["version"], 2);
    }

    async fn nothing_is_published_before_its_embargo_ends_unless_somebody_says_so(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("The budget");
        wanted["embargo_until"] = json!("2026-12-07T09:00:00+05:00");
        wanted["embargo_note"] = json!("As agreed with the ministry.");
        let made = editor.post("/v1/editor/articles").json(&wanted).await;
        assert_eq!((&made["embargo_until"], &made["embargo_note"]), (&json!(MONDAY), &json!("As agreed with the ministry.")));
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        let early = planned(&editor, &path, json!({})).await;
        early.is_problem(409, "embargoed");
        assert_eq!(early["embargo_until"], MONDAY);
        planned(&editor, &path, json!({ "publish_at": "2026-12-07T03:59:59.999Z" })).await.is_problem(409, "embargoed");
        let then = planned(&editor, &path, json!({ "publish_at": MONDAY })).await;
        then.is_created();
        let publication = format!("/v1/editor/publications/{}", then.text_at("/id"));
        let earlier = json!({ "publish_at": "2026-12-06T04:00:00Z" });
        editor.patch(&publication).merge_patch(&earlier).await.is_problem(409, "embargoed");
        saved(&editor, &path, json!({ "embargo_until": "2026-12-08T04:00:00Z" })).await.is_problem(409, "embargoed");
        let moved = editor.patch(&publication).merge_patch(json!({ "publish_at": "2026-12-06T04:00:00Z", "override_embargo": true })).await;
        assert_eq!((moved.is_ok().text_at("/publish_at"), &moved["overrides_embargo"]), ("2026-12-06T04:00:00.000Z", &json!(true)));
        assert_eq!(editor.get(&format!("{path}/visibility")).await["embargo_until"], MONDAY);
        let calendar = editor.get("/v1/editor/publications").await;
        assert_eq!(calendar.at("/data/0/article/embargo_note"), "As agreed with the ministry.");
        planned(&editor, &path, json!({ "override_embargo": true })).await.is_created();
        site.anyone().get("/v1/articles/the-budget").await.is_ok();
        editor.post(&format!("{path}/amend")).json(json!({ "title": "Budget" })).await.is_problem(409, "embargoed");
        editor.post(&format!("{path}/amend")).json(json!({ "title": "Budget", "override_embargo": true })).await.is_ok();
        let lifted = saved(&editor, &path, json!({ "embargo_until": null })).await;
        assert_eq!((&lifted["embargo_until"], &lifted["embargo_note"]), (&json!(null), &json!(null)));
    }

    async fn a_whole_save_leaves_the_embargo_and_only_who_may_publish_loosens_it(engine) {
        let site = Site::at(engine, NOW);
        let author = site.login(Role::Author).await;
        let mut wanted = article("The budget");
        wanted["embargo_until"] = json!(MONDAY);
        let path = format!("/v1/editor/articles/{}", author.post("/v1/editor/articles").json(&wanted).await.text_at("/id"));
        let replaced = author.put(&path).if_match("*").json(article("The budget")).await;
        assert_eq!(replaced["embargo_until"], MONDAY);
        saved(&author, &path, json!({ "embargo_until": null })).await.is_problem(403, "forbidden");
        saved(&author, &path, json!({ "embargo_until": "2026-12-01T00:00:00Z" })).await.is_problem(403, "forbidden");
        saved(&author, &path, json!({ "embargo_until": "2026-12-08T00:00:00Z", "embargo_note": "Asked for." })).await.is_ok();
        let wrong = saved(&author, &path, json!({ "embargo_until": "2026-12-08T00:00" })).await;
        wrong.is_problem(422, "invalid").has_error("/embargo_until", "no_time_zone");
        site.clock().set("2026-12-08T00:00:00.000Z".parse().unwrap());
        let author = site.login(Role::Author).await;
        saved(&author, &path, json!({ "embargo_until": null })).await.is_ok();
    }
}
