//! Several editors at once: what one takes away from under another is a clear refusal, and nothing is half done.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const MONDAY: &str = "2026-12-07T04:00:00.000Z";
const TUESDAY: &str = "2026-12-08T04:00:00.000Z";

async fn made(editor: &Client, title: &str, more: Value) -> String {
    let mut wanted = article(title);
    wanted.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id").to_owned()
}

async fn category(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/categories").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}

/// The path of a release that holds these: an article and a revision each.
async fn release(editor: &Client, publish_at: Value, members: &[(&str, Value)]) -> String {
    let body = json!({ "name": "Election night", "publish_at": publish_at });
    let path = format!("/v1/editor/releases/{}", editor.post("/v1/editor/releases").json(body).await.is_created().text_at("/id"));
    for (article_id, revision) in members {
        let member = json!({ "article_id": article_id, "revision": revision });
        editor.post(&format!("{path}/publications")).json(member).await.is_created();
    }
    path
}

async fn starts(editor: &Client) -> Vec<(String, String)> {
    let list = editor.get("/v1/editor/publications?limit=100").await;
    list.is_ok().data().iter().map(|one| (one["id"].to_string(), one["publish_at"].to_string())).collect()
}

fn clashes(answer: &Answer) -> usize {
    answer.is_problem(409, "release_clash")["clashes"].as_array().unwrap().len()
}

on_both_engines! {
    async fn an_article_that_is_trashed_while_it_is_scheduled_stays_as_it_is(engine) {
        let site = Site::at(engine, NOW);
        let (one, other) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let id = made(&one, "Scheduled", json!({ "publish": { "publish_at": MONDAY } })).await;
        let path = format!("/v1/editor/articles/{id}");
        let publication = format!("/v1/editor/publications/{}", one.get(&path).await.text_at("/publications/0/id"));
        let version = one.get(&publication).await.expect_header("etag").to_owned();
        other.delete(&path).if_match("*").await.is_no_content();
        one.patch(&publication).if_match(&version).merge_patch(json!({ "publish_at": TUESDAY })).await.is_problem(409, "trashed");
        one.delete(&publication).if_match(&version).await.is_problem(409, "trashed");
        one.post(&format!("{path}/publications")).json(json!({})).await.is_problem(409, "trashed");
        one.patch(&path).if_match("\"1\"").merge_patch(json!({ "title": "Later" })).await.is_problem(412, "precondition_failed");
        other.post(&format!("{path}/restore")).await.is_ok();
        let back = one.get(&publication).await;
        assert_eq!((&back["state"], &back["publish_at"]), (&json!("scheduled"), &json!(MONDAY)));
    }

    async fn a_category_of_what_is_scheduled_stays_or_is_given_away(engine) {
        let site = Site::at(engine, NOW);
        let (one, other) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let (city, rural) = (category(&one, "City").await, category(&one, "Rural").await);
        let id = made(&one, "Scheduled", json!({ "category_id": city, "publish": { "publish_at": MONDAY, "revision": 1 } })).await;
        let path = format!("/v1/editor/articles/{id}");
        one.patch(&path).if_match("*").merge_patch(json!({ "category_id": null })).await.is_ok();
        let gone = format!("/v1/editor/categories/{city}");
        other.delete(&gone).await.is_problem(409, "in_use");
        let before = starts(&one).await;
        other.delete(&format!("{gone}?reassign_to={rural}")).await.is_no_content();
        assert_eq!(starts(&one).await, before);
        site.clock().set(MONDAY.parse().unwrap());
        assert_eq!(site.anyone().get(&format!("/v1/articles/{id}")).await.is_ok().at("/category/slug"), &json!("rural"));
    }

    async fn a_release_gets_no_date_while_it_holds_what_names_a_category_that_is_gone(engine) {
        let site = Site::at(engine, NOW);
        let (one, other) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let city = category(&one, "City").await;
        let [good, stale] = [made(&one, "One", json!({})).await, made(&one, "Two", json!({ "category_id": city })).await];
        let night = release(&one, json!(null), &[(&good, json!(null)), (&stale, json!(1))]).await;
        one.patch(&format!("/v1/editor/articles/{stale}")).if_match("*").merge_patch(json!({ "category_id": null })).await.is_ok();
        // What an undated release holds will perhaps never be published.
        other.delete(&format!("/v1/editor/categories/{city}")).await.is_no_content();
        let dated = one.patch(&night).merge_patch(json!({ "publish_at": MONDAY })).await;
        assert_eq!((clashes(&dated), dated.at("/clashes/0/article_id")), (1, &json!(stale)), "{dated}");
        assert!(starts(&one).await.is_empty() && one.get(&night).await["publish_at"].is_null());
    }

    async fn of_two_bulk_requests_on_the_same_versions_one_is_done(engine) {
        let site = Site::at(engine, NOW);
        let (one, other) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let (city, rural) = (category(&one, "City").await, category(&one, "Rural").await);
        let ids = [made(&one, "One", json!({})).await, made(&one, "Two", json!({})).await, made(&one, "Three", json!({})).await];
        let send = async |caller: &Client, to: &str, ids: Vec<&String>| {
            let operations: Vec<Value> = ids.iter().map(|id| json!({ "op": "move", "id": id, "category_id": to, "version": 1 })).collect();
            caller.post("/v1/editor/bulk").json(json!({ "mode": "all", "operations": operations })).await
        };
        let (first, second) = futures_util::future::join(send(&one, &city, ids.iter().collect()), send(&other, &rural, ids.iter().rev().collect())).await;
        let (done, refused, to) = if first.status == 200 { (first, second, &city) } else { (second, first, &rural) };
        done.is_ok();
        assert_eq!(refused.is_problem(409, "bulk_refused").at("/problem/code"), &json!("precondition_failed"));
        for id in &ids {
            assert_eq!(one.get(&format!("/v1/editor/articles/{id}")).await["category_id"], **to);
        }
        // One of them goes to the trash, and the next takes it along with what may still be done.
        other.delete(&format!("/v1/editor/articles/{}", ids[1])).if_match("*").await.is_no_content();
        let publish: Vec<Value> = ids.iter().map(|id| json!({ "op": "publish", "id": id, "publish_at": MONDAY })).collect();
        let all = one.post("/v1/editor/bulk").json(json!({ "mode": "all", "operations": publish })).await;
        all.is_problem(409, "bulk_refused").has_error("/operations/1", "trashed");
        assert!(starts(&one).await.is_empty());
        let each = one.post("/v1/editor/bulk").json(json!({ "mode": "each", "operations": publish })).await;
        let statuses: Vec<&Value> = each.is_ok()["results"].as_array().unwrap().iter().map(|result| &result["status"]).collect();
        assert_eq!(statuses, [201, 409, 201]);
        assert_eq!(starts(&one).await.len(), 2);
    }
}
