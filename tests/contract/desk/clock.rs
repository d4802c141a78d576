//! A node whose clock is behind what another node wrote tells editors what was written (rule 13).

use dateline::kernel::caller::Role;
use serde_json::json;

use super::save;
use crate::on_both_engines;
use crate::site::Site;

const START: &str = "2026-11-30T08:00:00.000Z";

on_both_engines! {
    async fn editors_hear_of_what_another_node_did_from_one_whose_clock_is_behind(engine) {
        let fast = Site::at(engine, START);
        let slow = fast.beside();
        let (editor, behind) = (fast.login(Role::Editor).await, slow.login(Role::Editor).await);
        let gone = save(&editor, "Gone", json!({ "publish": {} })).await;
        let held = save(&editor, "Held", json!({})).await;
        let release = json!({ "name": "At noon", "publish_at": "2026-11-30T08:00:00.500Z" });
        let release = editor.post("/v1/editor/releases").json(release).await.is_created().text_at("/id").to_owned();
        editor.post(&format!("/v1/editor/releases/{release}/publications")).json(json!({ "article_id": held })).await.is_created();
        let link = json!({ "expires_in": 60 });
        let link = editor.post("/v1/editor/preview-links").json(link).await.is_created().text_at("/id").to_owned();
        let publication = editor.get(&format!("/v1/editor/articles/{gone}/publications")).await.text_at("/data/0/id").to_owned();
        fast.clock().advance_ms(61_000);
        editor.post(&format!("/v1/editor/articles/{gone}/unpublish")).json(json!({})).await.is_ok();
        for (path, pointer, expected) in [
            (format!("/v1/editor/articles/{gone}"), "/status", "ended"),
            (format!("/v1/editor/articles/{gone}"), "/publications/0/state", "ended"),
            (format!("/v1/editor/articles/{gone}/visibility"), "/code", "ended"),
            (format!("/v1/editor/articles/{gone}/visibility"), "/at", "2026-11-30T08:01:01.000Z"),
            (format!("/v1/editor/articles/{gone}/publications"), "/data/0/state", "ended"),
            (format!("/v1/editor/publications/{publication}"), "/state", "ended"),
            ("/v1/editor/publications?state=ended".to_owned(), "/data/0/id", &publication),
            ("/v1/editor/articles?status=ended".to_owned(), "/data/0/title", "Gone"),
            ("/v1/editor/articles?status=live".to_owned(), "/data/0/title", "Held"),
            (format!("/v1/editor/releases/{release}"), "/state", "published"),
            (format!("/v1/editor/releases/{release}"), "/publications/0/publication/state", "live"),
            ("/v1/editor/releases".to_owned(), "/data/0/state", "published"),
        ] {
            slow.clock().set(START.parse().unwrap());
            let answer = behind.get(&path).await;
            assert_eq!(answer.is_ok().text_at(pointer), expected, "{path}{pointer}");
        }
        slow.clock().set(START.parse().unwrap());
        assert_eq!(behind.get(&format!("/v1/editor/articles/{held}/revisions")).await.at("/data/0/live"), true);
        for (path, status) in [(format!("/v1/editor/preview-links/{link}"), 404), (format!("/v1/editor/articles/{gone}"), 200)] {
            slow.clock().set(START.parse().unwrap());
            behind.get(&path).await.is(status);
        }
    }
}
