//! A node whose clock is behind what another node wrote shows what was written, whatever the answer is (rule 13).

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use super::live;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

const START: &str = "2026-11-30T08:00:00.000Z";
const BEHIND: &str = "2026-11-30T08:00:00.500Z";

async fn unpublish(editor: &Client, path: &str, body: Value) {
    editor.post(&format!("{path}/unpublish")).json(body).await.is_ok();
}

on_both_engines! {
    async fn what_another_node_did_is_seen_by_one_whose_clock_is_behind(engine) {
        for (slug, status) in [("new", 200), ("gone", 404), ("taken-back", 410), ("old-name", 308)] {
            let site = Site::at(engine, START);
            let editor = site.login(Role::Editor).await;
            let gone = live(&editor, "Gone", json!({})).await;
            let back = live(&editor, "Taken back", json!({})).await;
            let moved = live(&editor, "Old name", json!({})).await;
            site.clock().advance_ms(1000);
            unpublish(&editor, &gone, json!({})).await;
            unpublish(&editor, &back, json!({ "withdrawn": { "reason": "It was wrong." } })).await;
            editor.patch(&moved).if_match("*").merge_patch(json!({ "slug": "new-name", "publish": {} })).await.is_ok();
            live(&editor, "New", json!({})).await;
            site.clock().set(BEHIND.parse().unwrap());
            site.anyone().get(&format!("/v1/articles/{slug}")).await.is(status);
            site.clock().set(BEHIND.parse().unwrap());
            assert_eq!(site.anyone().get("/v1/articles").await.each("slug"), ["new", "new-name"]);
        }
    }

    async fn names_are_those_of_the_latest_write(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let made = editor.post("/v1/editor/categories").json(json!({ "name": "Politics" })).await;
        let category = format!("/v1/editor/categories/{}", made.text_at("/id"));
        live(&editor, "Prices rise", json!({ "category_id": made["id"] })).await;
        let reader = site.anyone();
        for name in ["Politics", "World", "Home"] {
            editor.patch(&category).merge_patch(json!({ "name": name, "slug": name.to_lowercase() })).await.is_ok();
            let slug = name.to_lowercase();
            assert_eq!(reader.get("/v1/articles/prices-rise").await.at("/category/name"), name);
            assert_eq!(reader.get("/v1/articles").query("category", &slug).await.at("/data/0/category/slug"), &slug);
            assert_eq!(reader.get(&format!("/v1/categories/{slug}")).await["article_count"], 1);
        }
        assert_eq!(reader.get("/v1/categories/politics").await.is(308).expect_header("location"), "/v1/categories/home");
    }
}
