//! Pages of the list of articles for editors, forwards and backwards, while articles are saved.

use dateline::kernel::caller::Role;
use serde_json::json;

use super::{save, titles};
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

async fn page(client: &Client, query: &str, cursor: &str) -> crate::support::answer::Answer {
    let cursor = if cursor.is_empty() { String::new() } else { format!("&cursor={cursor}") };
    client.get(&format!("/v1/editor/articles?limit=3{query}{cursor}")).await
}

on_both_engines! {
    async fn pages_go_on_behind_the_item_they_ended_with_and_come_back(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        // Two saves of one millisecond each: equal instants are ordered by id.
        for number in 0..8 {
            save(&editor, &number.to_string(), json!({})).await;
            site.clock().advance_ms(number % 2);
        }
        for sort in ["-saved_at", "saved_at", "-created_at", "created_at"] {
            let whole = titles(&editor, &format!("?sort={sort}")).await;
            let query = format!("&sort={sort}");
            let first = page(&editor, &query, "").await;
            let second = page(&editor, &query, first.text_at("/paging/next")).await;
            let third = page(&editor, &query, second.text_at("/paging/next")).await;
            assert_eq!([first.each("title"), second.each("title"), third.each("title")].concat(), whole, "{sort}");
            assert_eq!((&first["paging"]["previous"], &third["paging"]["next"]), (&json!(null), &json!(null)));
            let back = page(&editor, &query, third.text_at("/paging/previous")).await;
            assert_eq!(back.each("title"), second.each("title"));
            let front = page(&editor, &query, back.text_at("/paging/previous")).await;
            assert_eq!(front.each("title"), first.each("title"));
            assert_eq!(front["paging"], first["paging"]);
            let link = second.expect_header("link");
            assert!(link.contains("rel=\"next\"") && link.contains("rel=\"prev\"") && link.contains("https://api.example.org/v1/editor/articles?limit=3"), "{link}");
        }
    }

    async fn what_is_saved_meanwhile_moves_and_nothing_else_is_missed_or_seen_twice(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut ids = Vec::new();
        for number in 0..9 {
            ids.push(save(&editor, &number.to_string(), json!({})).await);
            site.clock().advance_ms(1);
        }
        let path = |number: usize| format!("/v1/editor/articles/{}", ids[number]);
        let first = page(&editor, "", "").await;
        assert_eq!(first.each("title"), ["8", "7", "6"]);
        // The last one of the page goes to the front, one ahead into the trash, one ahead goes live.
        editor.patch(&path(6)).if_match("*").merge_patch(json!({ "title": "6 again" })).await.is_ok();
        editor.delete(&path(4)).if_match("*").await.is_no_content();
        editor.post(&format!("{}/publications", path(3))).json(json!({})).await.is_created();
        let second = page(&editor, "", first.text_at("/paging/next")).await;
        assert_eq!(second.each("title"), ["5", "3", "2"]);
        editor.delete(&path(2)).if_match("*").await.is_no_content();
        let third = page(&editor, "", second.text_at("/paging/next")).await;
        assert_eq!(third.each("title"), ["1", "0"]);
        editor.post(&format!("{}/restore", path(4))).await.is_ok();
        let back = page(&editor, "", third.text_at("/paging/previous")).await;
        assert_eq!(back.each("title"), ["5", "4", "3"]);
        let back = page(&editor, "", back.text_at("/paging/previous")).await;
        assert_eq!(back.each("title"), ["6 again", "8", "7"]);
        assert_eq!(page(&editor, "", back.text_at("/paging/next")).await.each("title"), ["5", "4", "3"]);
    }

    async fn a_page_of_a_status_goes_on_though_instants_pass_between(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for number in 0..8 {
            let publish = json!({ "publish_at": format!("2026-11-30T08:10:0{number}Z") });
            save(&editor, &number.to_string(), json!({ "publish": publish })).await;
            site.clock().advance_ms(1);
        }
        let first = page(&editor, "&status=scheduled", "").await;
        assert_eq!(first.each("title"), ["7", "6", "5"]);
        site.clock().set("2026-11-30T08:10:03.000Z".parse().unwrap());
        let second = page(&editor, "&status=scheduled", first.text_at("/paging/next")).await;
        assert_eq!(second.each("title"), ["4"]);
        assert_eq!(second["paging"]["next"], json!(null));
        assert_eq!(titles(&editor, "?status=live").await, ["3", "2", "1", "0"]);
    }
}
