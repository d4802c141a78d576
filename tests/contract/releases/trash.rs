//! Releases and what goes away from under them: into the trash, out of the world, down, or out of its category. A clear answer each, and nothing half done.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use super::{MONDAY, NOW, TUESDAY, add, clashes, draft, moved, release};
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

fn path(id: &str) -> String {
    format!("/v1/editor/articles/{id}")
}

async fn trash(editor: &Client, id: &str) {
    editor.delete(&path(id)).if_match("*").await.is_no_content();
}

async fn restore(editor: &Client, id: &str) {
    editor.post(&format!("{}/restore", path(id))).await.is_ok();
}

/// A release of two articles: its path and theirs.
async fn of_two(editor: &Client, publish_at: Value) -> (String, [String; 2]) {
    let night = release(editor, json!({ "name": "Night", "publish_at": publish_at })).await;
    let ids = [draft(editor, "Kept").await, draft(editor, "Gone").await];
    for id in &ids {
        add(editor, &night, id).await.is_created();
    }
    (night, ids)
}

/// The articles that a release has, and its version.
async fn held(editor: &Client, night: &str) -> (Vec<String>, i64) {
    let release = editor.get(night).await;
    let entries = release.is_ok()["publications"].as_array().unwrap();
    (entries.iter().map(|entry| entry["article_id"].as_str().unwrap().to_owned()).collect(), release["version"].as_i64().unwrap())
}

/// What the audit log has of what went out of a release: the articles, the latest first.
async fn heard(admin: &Client, night: &str) -> Vec<String> {
    let id = night.rsplit('/').next().unwrap();
    let log = admin.get(&format!("/v1/editor/audit-log?target_id={id}&action=release.publication_removed")).await;
    log.is_ok().data().iter().map(|entry| entry["before"]["article_id"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn a_release_moves_with_what_of_it_is_in_the_trash_and_that_begins_if_it_is_restored_before(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (night, [_, gone]) = of_two(&editor, json!(MONDAY)).await;
        trash(&editor, &gone).await;
        let release = moved(&editor, &night, json!(TUESDAY)).await;
        let publication = &release.is_ok()["publications"][1]["publication"];
        assert_eq!((&publication["publish_at"], &publication["state"]), (&json!(TUESDAY), &json!("scheduled")));
        // It does not begin where it was moved, nor where it was.
        assert_eq!(publication["ends_at"], TUESDAY);
        let alone = format!("/v1/editor/publications/{}", publication["id"].as_str().unwrap());
        editor.patch(&alone).merge_patch(json!({ "unpublish_at": "2026-12-31T00:00:00Z" })).await.is_problem(409, "trashed");
        assert_eq!(editor.get(&format!("/v1/preview/articles?at={TUESDAY}")).await.each("slug"), ["kept"]);
        restore(&editor, &gone).await;
        assert_eq!(editor.get(&format!("/v1/preview/articles?at={MONDAY}")).await.data().len(), 0);
        assert_eq!(editor.get(&format!("/v1/preview/articles?at={TUESDAY}")).await.data().len(), 2);
        // Not restored before, it never begins, also if the release is moved to now.
        trash(&editor, &gone).await;
        let now = moved(&editor, &night, json!(NOW)).await;
        assert_eq!(now.is_ok()["publications"][1]["publication"]["state"], "ended");
        restore(&editor, &gone).await;
        site.anyone().get("/v1/articles/kept").await.is_ok();
        site.anyone().get("/v1/articles/gone").await.is_problem(404, "not_found");
        assert_eq!(editor.get(&path(&gone)).await["status"], "draft");
    }

    async fn what_is_in_the_trash_is_taken_out_of_a_release_or_called_off_with_it(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let (night, [kept, gone]) = of_two(&editor, json!(MONDAY)).await;
        trash(&editor, &gone).await;
        let id = editor.get(&night).await.text_at("/publications/1/id").to_owned();
        editor.delete(&format!("{night}/publications/{id}")).await.is_no_content();
        assert_eq!(held(&editor, &night).await, (vec![kept.clone()], 4));
        assert_eq!(heard(&admin, &night).await, std::slice::from_ref(&gone));
        restore(&editor, &gone).await;
        assert_eq!(editor.get(&path(&gone)).await["status"], "draft");
        trash(&editor, &kept).await;
        editor.delete(&night).await.is_no_content();
        restore(&editor, &kept).await;
        assert_eq!(editor.get(&path(&kept)).await["publications"], json!([]));
    }

    async fn nothing_in_the_trash_is_added_to_a_release_and_none_gets_a_date_with_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (night, [_, gone]) = of_two(&editor, json!(null)).await;
        let other = draft(&editor, "Other").await;
        for id in [&gone, &other] {
            trash(&editor, id).await;
        }
        let dated = release(&editor, json!({ "name": "Dated", "publish_at": MONDAY })).await;
        for into in [&night, &dated] {
            add(&editor, into, &other).await.is_problem(409, "trashed");
        }
        let refused = moved(&editor, &night, json!(MONDAY)).await;
        assert_eq!((clashes(&refused), &refused["clashes"][0]["article_id"]), (vec!["trashed"], &json!(gone)));
        assert_eq!(editor.get("/v1/editor/publications").await.data().len(), 0);
        restore(&editor, &gone).await;
        moved(&editor, &night, json!(MONDAY)).await.is_ok();
        // Held again in the trash, it gets a date when it is restored or taken out.
        trash(&editor, &gone).await;
        let undated = moved(&editor, &night, json!(null)).await;
        assert_eq!(undated.is_ok()["publications"][1]["publication"], json!(null));
        assert_eq!(clashes(&moved(&editor, &night, json!(TUESDAY)).await), ["trashed"]);
        let id = undated.text_at("/publications/1/id");
        editor.delete(&format!("{night}/publications/{id}")).await.is_no_content();
        moved(&editor, &night, json!(TUESDAY)).await.is_ok();
    }

    async fn what_is_purged_is_in_no_release_any_more(engine) {
        for publish_at in [json!(null), json!(MONDAY)] {
            let site = Site::at(engine, NOW);
            let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
            let (night, [kept, gone]) = of_two(&editor, publish_at).await;
            trash(&editor, &gone).await;
            admin.delete(&format!("{}?purge=true", path(&gone))).if_match("*").await.is_no_content();
            assert_eq!(held(&editor, &night).await, (vec![kept], 4));
            assert_eq!(heard(&admin, &night).await, [gone]);
            editor.patch(&night).if_match("\"3\"").merge_patch(json!({ "publish_at": TUESDAY })).await.is_problem(412, "precondition_failed");
            let after = moved(&editor, &night, json!(TUESDAY)).await;
            assert_eq!(after.is_ok()["publications"][0]["publication"]["publish_at"], TUESDAY);
        }
    }

    async fn a_release_hears_of_what_is_taken_down(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let (night, [kept, gone]) = of_two(&editor, json!(MONDAY)).await;
        let undated = release(&editor, json!({ "name": "Some day" })).await;
        add(&editor, &undated, &gone).await.is_created();
        for (keeps, left) in [(true, vec![kept.clone(), gone.clone()]), (false, vec![kept.clone()])] {
            editor.post(&format!("{}/publications", path(&gone))).json(json!({})).await.is_created();
            site.clock().advance_ms(1);
            editor.post(&format!("{}/unpublish", path(&gone))).json(json!({ "keep_scheduled": keeps })).await.is_ok();
            site.clock().advance_ms(1);
            assert_eq!(held(&editor, &night).await.0, left);
        }
        assert_eq!(held(&editor, &night).await.1, 4);
        assert_eq!(heard(&admin, &night).await, std::slice::from_ref(&gone));
        // What has no date is not scheduled: it stays.
        assert_eq!(held(&editor, &undated).await, (vec![gone], 2));
        assert!(heard(&admin, &undated).await.is_empty());
    }

    async fn whatever_is_done_at_once_a_release_and_what_it_has_go_together(engine) {
        let site = Site::at(engine, NOW);
        let (one, other) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        for round in 0..8 {
            let (night, [kept, gone]) = of_two(&one, json!(MONDAY)).await;
            one.post(&format!("{}/publications", path(&gone))).json(json!({})).await.is_created();
            if round % 4 == 3 {
                trash(&one, &gone).await;
            }
            site.clock().advance_ms(1);
            let meanwhile = async {
                match round % 4 {
                    0 => other.post(&format!("{}/unpublish", path(&gone))).json(json!({})).await,
                    1 => other.delete(&path(&gone)).if_match("*").await,
                    2 => moved(&other, &night, json!("2026-12-09T04:00:00Z")).await,
                    _ => other.delete(&format!("{}?purge=true", path(&gone))).if_match("*").await,
                }
            };
            let (mine, theirs) = tokio::join!(moved(&one, &night, json!(TUESDAY)), meanwhile);
            mine.is_ok();
            assert!(theirs.status < 300, "{theirs}");
            let after = one.get(&night).await;
            for entry in after["publications"].as_array().unwrap() {
                assert_eq!(entry["publication"]["publish_at"], after["publish_at"], "{after}");
            }
            let has_gone = after["publications"].as_array().unwrap().iter().any(|entry| entry["article_id"] == json!(gone));
            assert_eq!(has_gone, round % 4 == 1 || round % 4 == 2, "{after}");
            one.delete(&night).await.is_no_content();
            one.delete(&path(&kept)).if_match("*").await.is_no_content();
        }
    }

    async fn a_category_that_is_gone_is_a_clash_until_the_article_is_saved_elsewhere_or_given_away(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let category = async |name: &str| editor.post("/v1/editor/categories").json(json!({ "name": name })).await.text_at("/id").to_owned();
        let (city, rural) = (category("City").await, category("Rural").await);
        let begin = async |title: &str, category_id: &str| {
            let mut wanted = crate::site::article(title);
            wanted["category_id"] = json!(category_id);
            author.post("/v1/editor/articles").json(wanted).await.is_created().text_at("/id").to_owned()
        };
        let night = release(&editor, json!({ "name": "Night" })).await;
        let id = begin("Of the city", &city).await;
        add(&editor, &night, &id).await.is_created();
        // The newest save lies elsewhere, and nobody has approved it: the release holds the one before.
        author.patch(&path(&id)).if_match("*").merge_patch(json!({ "category_id": rural })).await.is_ok();
        editor.delete(&format!("/v1/editor/categories/{city}")).await.is_no_content();
        let refused = moved(&editor, &night, json!(MONDAY)).await;
        assert_eq!((clashes(&refused), &refused["clashes"][0]["article_id"]), (vec!["category_deleted"], &json!(id)));
        editor.patch(&path(&id)).if_match("*").merge_patch(json!({ "title": "Of the country" })).await.is_ok();
        // Given away, it moves nothing, of what has a date and of what has none.
        let undated = release(&editor, json!({ "name": "Some day" })).await;
        add(&editor, &undated, &id).await.is_created();
        moved(&editor, &night, json!(MONDAY)).await.is_ok();
        editor.delete(&format!("/v1/editor/categories/{rural}")).await.is_problem(409, "in_use");
        let town = category("Town").await;
        editor.delete(&format!("/v1/editor/categories/{rural}?reassign_to={town}")).await.is_no_content();
        assert_eq!(moved(&editor, &undated, json!(TUESDAY)).await.is_ok()["publications"][0]["publication"]["would_show"], 3);
        for at in [MONDAY, TUESDAY] {
            assert_eq!(editor.get(&format!("/v1/preview/articles/{id}?at={at}")).await.is_ok().at("/category/slug"), &json!("town"));
        }
    }
}
