//! What is kept no longer than the settings say: saves that nobody needs any more, and what lies in the trash.

use std::time::Duration;

use dateline::articles::service::retention::{Passed, Passes, Retention};
use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::client::Client;

const DAY: i64 = 24 * 60 * 60 * 1000;
const NOTHING: Passed = Passed { revisions: 0, articles: 0 };

fn site(engine: Engine, revisions: Option<u32>, trash: Option<u32>) -> Site {
    Site::with(engine, "2026-11-01T08:00:00.000Z", |options| {
        (options.revisions_kept_days, options.trash_kept_days) = (revisions, trash);
    })
}

async fn made(client: &Client, whole: Value) -> String {
    client.post("/v1/editor/articles").json(whole).await.is_created().expect_header("location").to_owned()
}

async fn saved(client: &Client, path: &str, patch: Value) -> Answer {
    let saved = client.patch(path).if_match("*").merge_patch(patch).await;
    saved.is_ok();
    saved
}

async fn numbers(client: &Client, path: &str) -> Vec<i64> {
    let list = client.get(&format!("{path}/revisions?limit=100")).await;
    list.is_ok().data().iter().map(|revision| revision["number"].as_i64().unwrap()).collect()
}

/// What the audit log says of an action: before and after, as done by nobody.
async fn audited(site: &Site, action: &str) -> Vec<Value> {
    let log = site.login(Role::Admin).await.get("/v1/editor/audit-log").query("action", action).await;
    let told = |entry: &Value| {
        assert_eq!(entry["actor"]["user_id"], Value::Null, "{entry}");
        json!([entry["before"], entry["after"]])
    };
    log.is_ok().data().iter().map(told).collect()
}

on_both_engines! {
    async fn everything_is_kept_unless_a_setting_says_otherwise(engine) {
        let site = site(engine, None, None);
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        saved(&editor, &path, json!({ "title": "Two" })).await;
        editor.delete(&path).if_match("*").await.is_no_content();
        site.clock().advance_ms(36_500 * DAY);
        assert_eq!(site.keep_up().await, NOTHING);
        let editor = site.login(Role::Editor).await;
        assert_eq!(numbers(&editor, &path).await, [2, 1]);
    }

    async fn a_save_goes_when_it_is_old_and_nobody_needs_it(engine) {
        let site = site(engine, Some(30), None);
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        for patch in [json!({ "title": "Two" }), json!({ "title": "Three", "note": "To be found again" }), json!({ "title": "Four", "publish": {} }), json!({ "title": "Five" }), json!({ "title": "Six" })] {
            saved(&editor, &path, patch).await;
        }
        site.clock().advance_ms(30 * DAY - 1);
        assert_eq!(site.keep_up().await, NOTHING);
        site.clock().advance_ms(1);
        let editor = site.login(Role::Editor).await;
        let before = (editor.get(&path).await.text(), site.anyone().get("/v1/articles/one").await.text());
        assert_eq!(site.keep_up().await, Passed { revisions: 3, articles: 0 });
        assert_eq!(site.keep_up().await, NOTHING);
        assert_eq!(numbers(&editor, &path).await, [6, 4, 3]);
        assert_eq!((editor.get(&path).await.text(), site.anyone().get("/v1/articles/one").await.text()), before);
        assert_eq!(audited(&site, "article.pruned").await, [json!([{ "revisions": [1, 2, 5] }, { "revisions_kept_days": 30 }])]);
        // What is newest today may go when it no longer is.
        saved(&editor, &path, json!({ "title": "Seven" })).await;
        assert_eq!(site.keep_up().await, Passed { revisions: 1, articles: 0 });
        assert_eq!(numbers(&editor, &path).await, [7, 4, 3]);
    }

    async fn what_was_is_or_will_be_public_stays_and_so_does_what_waits_for_an_editor(engine) {
        let site = site(engine, Some(1), None);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = made(&author, article("One")).await;
        let publish = |dates: Value| editor.post(&format!("{path}/publications")).json(dates);
        publish(json!({})).await.is_created();
        site.clock().advance_ms(1000);
        saved(&editor, &path, json!({ "title": "Two" })).await;
        publish(json!({ "revision": 2, "publish_at": "2026-12-24T08:00:00Z" })).await.is_created();
        saved(&editor, &path, json!({ "title": "Three" })).await;
        let following = publish(json!({ "publish_at": "2026-12-31T08:00:00Z" })).await;
        saved(&author, &path, json!({ "title": "Four" })).await;
        saved(&author, &path, json!({ "title": "Five" })).await;
        site.clock().advance_ms(2 * DAY);
        assert_eq!(site.keep_up().await, NOTHING);
        let editor = site.login(Role::Editor).await;
        let waiting = editor.get(&format!("/v1/editor/publications/{}", following.text_at("/id"))).await;
        assert_eq!(waiting["not_followed"], json!([4, 5]));
        editor.delete(&format!("/v1/editor/publications/{}", following.text_at("/id"))).await.is_no_content();
        assert_eq!(site.keep_up().await.revisions, 2);
        assert_eq!(numbers(&editor, &path).await, [5, 2, 1]);
    }

    async fn what_a_release_without_a_date_holds_stays_and_so_does_what_waits_beside_it(engine) {
        let site = site(engine, Some(1), None);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let path = made(&author, article("One")).await;
        let release = editor.post("/v1/editor/releases").json(json!({ "name": "Some day" })).await.expect_header("location").to_owned();
        let id = path.rsplit('/').next().unwrap();
        let entry = editor.post(&format!("{release}/publications")).json(json!({ "article_id": id })).await.is_created().text_at("/id").to_owned();
        for title in ["Two", "Three"] {
            saved(&author, &path, json!({ "title": title })).await;
        }
        site.clock().advance_ms(2 * DAY);
        assert_eq!(site.keep_up().await, NOTHING);
        let editor = site.login(Role::Editor).await;
        assert_eq!(editor.get(&release).await["publications"][0]["not_followed"], json!([2, 3]));
        editor.delete(&format!("{release}/publications/{entry}")).await.is_no_content();
        assert_eq!(site.keep_up().await.revisions, 2);
        assert_eq!(numbers(&editor, &path).await, [3]);
    }

    async fn behind_a_gap_a_save_is_compared_with_the_one_before_that_is_kept(engine) {
        let site = site(engine, Some(1), None);
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        for patch in [json!({ "title": "Two", "note": "Kept" }), json!({ "excerpt": "Short" }), json!({ "title": "Four" }), json!({ "title": "Five" })] {
            saved(&editor, &path, patch).await;
        }
        site.clock().advance_ms(DAY);
        assert_eq!(site.keep_up().await.revisions, 3);
        let editor = site.login(Role::Editor).await;
        let diff = editor.get(&format!("{path}/revisions/5/diff")).await;
        let fields: Vec<&str> = diff["changes"].as_array().unwrap().iter().map(|change| change["field"].as_str().unwrap()).collect();
        assert_eq!((&diff["from"], fields), (&json!(2), vec!["title", "excerpt"]));
        let first = editor.get(&format!("{path}/revisions/2/diff")).await;
        assert_eq!((&first["from"], &first["changes"][0]["from"]), (&Value::Null, &Value::Null));
        for gone in ["/revisions/3", "/revisions/4/diff", "/revisions/1"] {
            editor.get(&format!("{path}{gone}")).await.is_problem(404, "not_found");
        }
        editor.get(&format!("{path}/revisions/5/diff?against=4")).await.is_problem(400, "invalid_parameter").has_error("/against", "unknown");
        editor.post(&format!("{path}/revisions/1/restore")).await.is_problem(404, "not_found");
        let refused = editor.post(&format!("{path}/publications")).json(json!({ "revision": 4 })).await;
        refused.is_problem(422, "invalid").has_error("/revision", "unknown_revision");
        assert_eq!(saved(&editor, &path, json!({})).await["revision"], 6);
    }

    async fn a_change_based_on_what_is_kept_no_more_hears_that_anything_may_have_changed(engine) {
        let site = site(engine, Some(1), None);
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        for patch in [json!({ "title": "Two", "note": "Kept" }), json!({ "title": "Three" }), json!({ "title": "Four" })] {
            saved(&editor, &path, patch).await;
        }
        site.clock().advance_ms(DAY);
        assert_eq!(site.keep_up().await.revisions, 2);
        let editor = site.login(Role::Editor).await;
        let all = json!(["slug", "title", "excerpt", "body", "category_id", "further_category_ids", "tags", "authors", "image", "seo", "custom", "related"]);
        for gone in ["\"1\"", "\"3\""] {
            let stale = editor.patch(&path).query("merge", "preview").if_match(gone).merge_patch(json!({ "excerpt": "Mine" })).await;
            assert_eq!(stale.is_problem(412, "precondition_failed")["changed_fields"], all);
            assert!(stale.json().get("merge").is_none());
            editor.patch(&path).query("autosave", "true").if_match(gone).merge_patch(json!({})).await.is_problem(412, "precondition_failed");
        }
        editor.put(&path).query("autosave", "true").if_match("\"4\"").json(article("Mine")).await.is_ok();
    }

    async fn what_somebody_goes_on_writing_from_stays_until_they_are_done(engine) {
        let site = site(engine, Some(1), None);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let path = made(&editor, article("One")).await;
        saved(&admin, &path, json!({ "title": "Two" })).await;
        editor.patch(&path).query("autosave", "true").if_match("\"2\"").merge_patch(json!({ "excerpt": "Mine" })).await.is_ok();
        saved(&admin, &path, json!({ "title": "Three" })).await;
        site.clock().advance_ms(2 * DAY);
        assert_eq!(site.keep_up().await.revisions, 1);
        let editor = site.login(Role::Editor).await;
        assert_eq!(numbers(&editor, &path).await, [3, 2]);
        let stale = editor.patch(&path).query("merge", "preview").if_match("\"2\"").merge_patch(json!({ "excerpt": "Mine" })).await;
        assert_eq!(stale.is_problem(412, "precondition_failed")["merge"]["merged"]["title"], "Three");
        editor.delete(&format!("{path}/autosave")).await.is_no_content();
        assert_eq!(site.keep_up().await.revisions, 1);
    }

    async fn more_than_fit_into_one_transaction_go_in_several(engine) {
        let site = site(engine, Some(1), None);
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        for _ in 0..205 {
            saved(&editor, &path, json!({})).await;
        }
        site.clock().advance_ms(DAY);
        assert_eq!(site.keep_up().await.revisions, 205);
        let editor = site.login(Role::Editor).await;
        assert_eq!(numbers(&editor, &path).await, [206]);
        assert_eq!(audited(&site, "article.pruned").await.len(), 3);
    }

    async fn what_has_been_in_the_trash_for_so_long_is_purged_by_nobody(engine) {
        let site = site(engine, None, Some(30));
        let editor = site.login(Role::Editor).await;
        let mut live = article("Live");
        live["publish"] = json!({});
        let (old, newer, kept) = (made(&editor, live).await, made(&editor, article("Newer")).await, made(&editor, article("Kept")).await);
        editor.patch(&old).query("autosave", "true").if_match("*").merge_patch(json!({})).await.is_ok();
        editor.delete(&old).if_match("*").await.is_no_content();
        site.clock().advance_ms(1);
        editor.delete(&newer).if_match("*").await.is_no_content();
        site.clock().advance_ms(30 * DAY - 2);
        assert_eq!(site.keep_up().await, NOTHING);
        site.clock().advance_ms(1);
        assert_eq!(site.keep_up().await, Passed { revisions: 0, articles: 1 });
        let editor = site.login(Role::Editor).await;
        editor.get(&old).await.is_problem(404, "not_found");
        editor.get(&newer).await.is_ok();
        editor.get(&kept).await.is_ok();
        assert_eq!(editor.post("/v1/editor/articles").json(article("Live")).await.is_created()["slug"], "live");
        let expected = json!([{ "title": "Live", "slug": "live", "category_id": null, "version": 2, "revision": 1 }, { "trash_kept_days": 30 }]);
        assert_eq!(audited(&site, "article.purged").await, [expected]);
        // What was restored and trashed again has its time anew.
        editor.post(&format!("{newer}/restore")).await.is_ok();
        editor.delete(&newer).if_match("*").await.is_no_content();
        site.clock().advance_ms(DAY);
        assert_eq!(site.keep_up().await, NOTHING);
    }

    async fn a_clock_that_is_set_forward_takes_nothing_away_before_it_has_run_for_an_hour(engine) {
        let site = site(engine, None, Some(30));
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        editor.delete(&path).if_match("*").await.is_no_content();
        let retention = Retention { revisions_kept_days: None, trash_kept_days: Some(30) };
        let mut passes = Passes::new(site.db(), retention);
        let hour = 60 * 60 * 1000;
        let mut next = async |moved: i64, elapsed: i64| {
            site.clock().advance_ms(moved);
            passes.next(site.db(), Duration::from_millis(elapsed.unsigned_abs())).await.unwrap()
        };
        assert_eq!(next(1000, 1000).await, Some(NOTHING));
        assert_eq!(next(hour, hour).await, Some(NOTHING));
        // Set right a little at a time it is as good.
        assert_eq!(next(hour + 5 * 60 * 1000, hour).await, Some(NOTHING));
        assert_eq!(next(40 * DAY, hour).await, None, "it was set forward");
        // Set right again time stands still until then, and all that time nothing goes.
        assert_eq!(next(0, hour).await, None, "it stands still");
        assert_eq!(site.login(Role::Editor).await.get(&path).await.is_ok()["status"], "trashed");
        assert_eq!(next(hour, hour).await, Some(Passed { revisions: 0, articles: 1 }), "it has run for an hour");
    }

    async fn a_start_long_after_the_latest_write_takes_nothing_away_at_once(engine) {
        let site = site(engine, None, Some(30));
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("One")).await;
        editor.delete(&path).if_match("*").await.is_no_content();
        let retention = Retention { revisions_kept_days: None, trash_kept_days: Some(30) };
        let hour = 60 * 60 * 1000;
        // What came of age while others wrote goes at once; where nobody wrote it may be the clock.
        site.clock().advance_ms(40 * DAY);
        let mut passes = Passes::new(site.db(), retention);
        site.clock().advance_ms(1000);
        assert_eq!(passes.next(site.db(), Duration::from_secs(1)).await.unwrap(), None);
        site.clock().advance_ms(hour);
        assert_eq!(passes.next(site.db(), Duration::from_secs(3600)).await.unwrap(), Some(Passed { revisions: 0, articles: 1 }));
        let editor = site.login(Role::Editor).await;
        let path = made(&editor, article("Two")).await;
        editor.delete(&path).if_match("*").await.is_no_content();
        site.clock().advance_ms(30 * DAY);
        site.login(Role::Editor).await;
        let mut passes = Passes::new(site.db(), retention);
        site.clock().advance_ms(1000);
        assert_eq!(passes.next(site.db(), Duration::from_secs(1)).await.unwrap(), Some(Passed { revisions: 0, articles: 1 }));
    }

    async fn nodes_that_do_it_at_once_do_it_once(engine) {
        let site = site(engine, Some(1), Some(1));
        let editor = site.login(Role::Editor).await;
        for at in 0..10 {
            let path = made(&editor, article(&format!("Article {at}"))).await;
            saved(&editor, &path, json!({})).await;
            if at % 2 == 0 {
                editor.delete(&path).if_match("*").await.is_no_content();
            }
        }
        site.clock().advance_ms(DAY);
        let (one, other) = futures_util::future::join(site.keep_up(), site.keep_up()).await;
        assert_eq!((one.articles + other.articles, one.revisions + other.revisions), (5, 5));
    }
}
