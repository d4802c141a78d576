//! What others write leaves no trace in what an author lists.

use dateline::kernel::caller::Role;
use dateline::kernel::id::UserId;
use serde_json::json;

use super::{category, save};
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

async fn id_of(client: &Client) -> String {
    client.get("/v1/auth/me").await.text_at("/id").to_owned()
}

on_both_engines! {
    async fn an_author_gets_the_same_bytes_whatever_others_write(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let politics = category(&editor, "Politics", None).await;
        for title in ["Votes one", "Votes two", "Votes three"] {
            save(&author, title, json!({ "category_id": politics })).await;
            site.clock().advance_ms(2);
        }
        let (me, other) = (id_of(&author).await, id_of(&editor).await);
        let queries: Vec<String> = ["", "status=draft", "status=live", "status=scheduled,ended,changed", "status=trashed", "category=politics", "q=votes", "q=secret",
            "sort=created_at", "sort=-created_at", "sort=saved_at", "limit=1", "limit=2&sort=created_at", "kind=article", "kind=page", "locale=en", "locale=tk",
            "saved_from=2026-11-30T08:00:00Z", "created_before=2027-01-01T00:00:00Z"].map(str::to_owned)
            .into_iter().chain([format!("created_by={me}"), format!("created_by={other}"), format!("created_by={}", UserId::new())]).collect();
        let mine = author.get("/v1/editor/articles").await.text_at("/data/0/id").to_owned();
        let history = ["", "?limit=1", "/1", "/1/diff"].map(|rest| format!("/{mine}/revisions{rest}"));
        let mut before = Vec::new();
        for query in &queries {
            before.push(author.get(&format!("/v1/editor/articles?{query}")).await.is_ok().body.clone());
        }
        let mut told = Vec::new();
        for path in &history {
            told.push(author.get(&format!("/v1/editor/articles{path}")).await.is_ok().body.clone());
        }
        let members = [json!({}), json!({ "publish": {} }), json!({ "publish": { "publish_at": "2026-12-01T00:00:00Z" } }), json!({ "kind": "page" }), json!({ "locale": "tk" })];
        for (at, members) in members.into_iter().enumerate() {
            let mut members = members;
            members["category_id"] = json!(politics);
            save(&editor, &format!("Secret votes {at}"), members).await;
            site.clock().advance_ms(1);
        }
        let trashed = save(&editor, "Secret votes trashed", json!({})).await;
        editor.delete(&format!("/v1/editor/articles/{trashed}")).if_match("*").await.is_no_content();
        for (path, told) in history.iter().zip(told) {
            assert!(author.get(&format!("/v1/editor/articles{path}")).await.body == told, "{path}");
        }
        for (query, before) in queries.iter().zip(before) {
            let after = author.get(&format!("/v1/editor/articles?{query}")).await;
            assert!(after.body == before, "{query}: {after}");
            assert!(editor.get(&format!("/v1/editor/articles?{query}")).await.is_ok().data().iter().all(|item| item["id"] != trashed || query.contains("trashed")));
        }
        assert_eq!(author.get(&format!("/v1/editor/articles?created_by={other}")).await.data().len(), 0);
        assert_eq!(author.get(&format!("/v1/editor/articles?created_by={me}")).await.data().len(), 3);
        assert_eq!(editor.get(&format!("/v1/editor/articles?created_by={me}")).await.data().len(), 3);
        assert_eq!(editor.get("/v1/editor/articles?created_by={other}".replace("{other}", &other).as_str()).await.data().len(), 5);
    }

    async fn an_author_walks_over_their_own_articles_alone_though_others_lie_between(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        for number in 0..5 {
            save(&author, &format!("Mine {number}"), json!({})).await;
            site.clock().advance_ms(1);
            save(&editor, &format!("Theirs {number}"), json!({})).await;
            site.clock().advance_ms(1);
        }
        let mut path = "/v1/editor/articles?limit=2".to_owned();
        let mut seen = Vec::new();
        loop {
            let page = author.get(&path).await;
            seen.extend(page.is_ok().each("title").into_iter().map(str::to_owned));
            let Some(next) = page["paging"]["next"].as_str() else { break };
            path = format!("/v1/editor/articles?limit=2&cursor={next}");
        }
        assert_eq!(seen, ["Mine 4", "Mine 3", "Mine 2", "Mine 1", "Mine 0"]);
    }

    async fn authors_read_the_publications_of_their_own_articles_and_of_no_other(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let (mine, theirs) = (save(&author, "Mine", json!({})).await, save(&editor, "Theirs", json!({})).await);
        let mut publications = Vec::new();
        for id in [&mine, &theirs] {
            let planned = editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({ "publish_at": "2026-12-01T08:00:00Z" })).await;
            publications.push(format!("/v1/editor/publications/{}", planned.text_at("/id")));
        }
        let listed = author.get(&format!("/v1/editor/articles/{mine}/publications")).await;
        assert_eq!(listed.is_ok().data().len(), 1);
        assert_eq!(author.get(&publications[0]).await.is_ok()["id"], listed["data"][0]["id"]);
        author.get(&format!("/v1/editor/articles/{theirs}/publications")).await.is_problem(404, "not_found");
        author.get(&publications[1]).await.is_problem(404, "not_found");
        author.get("/v1/editor/publications").query("article_id", &mine).await.is_problem(403, "forbidden");
        author.patch(&publications[0]).merge_patch(json!({ "minor": true })).await.is_problem(403, "forbidden");
        author.delete(&publications[0]).await.is_problem(403, "forbidden");
    }

    async fn a_cursor_of_someone_who_sees_other_articles_is_none(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor, admin) = (site.login(Role::Author).await, site.login(Role::Editor).await, site.login(Role::Admin).await);
        let me = id_of(&author).await;
        for client in [&author, &author, &editor, &editor] {
            save(client, "One", json!({})).await;
            site.clock().advance_ms(1);
        }
        let next = async |client: &Client, query: &str| {
            client.get(&format!("/v1/editor/articles?limit=1{query}")).await.is_ok().text_at("/paging/next").to_owned()
        };
        let (of_author, of_editor) = (next(&author, "").await, next(&editor, "").await);
        let same_filter = next(&editor, &format!("&created_by={me}")).await;
        let follow = async |client: &Client, cursor: &str, query: &str| client.get(&format!("/v1/editor/articles?cursor={cursor}{query}")).await;
        follow(&author, &of_author, "").await.is_ok();
        follow(&admin, &of_editor, "").await.is_ok();
        follow(&author, &of_editor, "").await.is_problem(400, "invalid_cursor");
        follow(&editor, &of_author, "").await.is_problem(400, "invalid_cursor");
        follow(&author, &same_filter, &format!("&created_by={me}")).await.is_problem(400, "invalid_cursor");
        for other in ["&sort=saved_at", "&status=draft", "&q=one", "&kind=article", "&category=a", "&created_before=2027-01-01T00:00:00Z"] {
            follow(&editor, &of_editor, other).await.is_problem(400, "invalid_cursor");
        }
        let categories = editor.get("/v1/editor/categories").query("cursor", &of_editor).await;
        categories.is_problem(400, "invalid_cursor");
        for wrong in ["x", "0", &of_editor[1..], &format!("{of_editor}A"), &"A".repeat(2000)] {
            follow(&editor, wrong, "").await.is_problem(400, "invalid_cursor");
        }
    }
}
