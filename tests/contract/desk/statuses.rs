//! The status by which articles are listed is that of the instant of the request.

use dateline::kernel::caller::Role;
use serde_json::json;

use super::{save, titles};
use crate::on_both_engines;
use crate::site::Site;

const ALL: [&str; 6] = ["trashed", "changed", "live", "scheduled", "ended", "draft"];

/// The one status by which an article is listed; the article by itself and in the list says the same.
async fn status(editor: &crate::support::client::Client, id: &str) -> String {
    let mut found = Vec::new();
    for status in ALL {
        let list = editor.get(&format!("/v1/editor/articles?status={status}")).await;
        let items = list.data().iter().filter(|item| item["id"] == *id);
        found.extend(items.map(|item| item["status"].as_str().unwrap().to_owned()).inspect(|of_item| assert_eq!(of_item, status)));
    }
    let alone = editor.get(&format!("/v1/editor/articles/{id}")).await;
    assert_eq!(found, [alone.text_at("/status")]);
    found.remove(0)
}

on_both_engines! {
    async fn an_article_changes_its_list_at_the_millisecond(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let publish = json!({ "publish_at": "2026-11-30T08:00:10Z", "unpublish_at": "2026-11-30T08:00:20Z" });
        let id = save(&editor, "Turns", json!({ "publish": publish })).await;
        let path = format!("/v1/editor/articles/{id}");
        let again = json!({ "publish_at": "2026-11-30T08:00:30Z", "unpublish_at": "2026-11-30T08:00:40Z", "revision": 1 });
        editor.post(&format!("{path}/publications")).json(&again).await.is_created();
        for (ms, expected) in [(9_999, "scheduled"), (1, "live"), (9_999, "live"), (1, "scheduled"), (9_999, "scheduled"), (1, "live"), (9_999, "live"), (1, "ended")] {
            site.clock().advance_ms(ms);
            assert_eq!(status(&editor, &id).await, expected, "at {}", site.db().clock().now());
        }
    }

    async fn writing_moves_an_article_to_another_list_at_once(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let author = site.login(Role::Author).await;
        let id = save(&author, "Moves", json!({})).await;
        let path = format!("/v1/editor/articles/{id}");
        assert_eq!(status(&editor, &id).await, "draft");
        let made = editor.post(&format!("{path}/publications")).json(json!({ "publish_at": "2026-11-30T08:00:10Z" })).await;
        assert_eq!(status(&editor, &id).await, "scheduled");
        editor.delete(&format!("/v1/editor/publications/{}", made.text_at("/id"))).await.is_no_content();
        assert_eq!(status(&editor, &id).await, "draft");
        editor.post(&format!("{path}/publications")).json(json!({ "publish_at": "2026-11-30T08:00:10Z" })).await.is_created();
        // The author's save waits for an editor: what is published at the instant is not the newest save.
        author.patch(&path).if_match("*").merge_patch(json!({ "title": "Moves on" })).await.is_ok();
        site.clock().advance_ms(9_999);
        assert_eq!(status(&editor, &id).await, "scheduled");
        site.clock().advance_ms(1);
        assert_eq!(status(&editor, &id).await, "changed");
        editor.post(&format!("{path}/publications")).json(json!({})).await.is_created();
        site.clock().advance_ms(1);
        assert_eq!(status(&editor, &id).await, "live");
        author.patch(&path).if_match("*").merge_patch(json!({ "title": "Moves again" })).await.is_ok();
        assert_eq!(status(&editor, &id).await, "changed");
        editor.post(&format!("{path}/unpublish")).json(json!({})).await.is_ok();
        assert_eq!(status(&editor, &id).await, "ended");
        editor.delete(&path).if_match("*").await.is_no_content();
        assert_eq!(status(&editor, &id).await, "trashed");
        editor.post(&format!("{path}/restore")).await.is_ok();
        assert_eq!(status(&editor, &id).await, "ended");
    }

    async fn a_start_that_passes_in_the_trash_leaves_a_draft(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Missed", json!({ "publish": { "publish_at": "2026-11-30T08:00:10Z" } })).await;
        let path = format!("/v1/editor/articles/{id}");
        editor.delete(&path).if_match("*").await.is_no_content();
        site.clock().advance_ms(10_000);
        assert_eq!(status(&editor, &id).await, "trashed");
        editor.post(&format!("{path}/restore")).await.is_ok();
        assert_eq!(status(&editor, &id).await, "draft");
    }

    async fn a_list_of_several_statuses_is_one_list_and_items_tell_the_dates_around_them(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let both = [json!({ "publish": {} }), json!({ "publish": { "publish_at": "2026-12-01T08:00:00Z" } }), json!({})];
        for (title, members) in ["Live", "Scheduled", "Draft"].into_iter().zip(both) {
            save(&editor, title, members).await;
            site.clock().advance_ms(1);
        }
        assert_eq!(titles(&editor, "?status=draft,live").await, ["Draft", "Live"]);
        assert_eq!(titles(&editor, "?status=live,draft,scheduled&sort=saved_at").await, ["Live", "Scheduled", "Draft"]);
        let list = editor.get("/v1/editor/articles?sort=created_at").await;
        let dates: Vec<_> = list.data().iter().map(|item| (item["last_publish_at"].clone(), item["next_publish_at"].clone())).collect();
        assert_eq!(dates, [
            (json!("2026-11-30T08:00:00.000Z"), json!(null)),
            (json!(null), json!("2026-12-01T08:00:00.000Z")),
            (json!(null), json!(null)),
        ]);
    }
}
