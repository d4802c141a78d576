//! Many articles at once by their ids, and lists without some.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// Articles of which each is published a second after the one before: their ids.
async fn published(site: &Site, editor: &Client, titles: &[&str]) -> Vec<String> {
    let mut ids = Vec::new();
    for title in titles {
        ids.push(save(editor, title, json!({ "publish": {} })).await);
        site.clock().advance_ms(1000);
    }
    ids
}

fn titles(answer: &Answer) -> Vec<&str> {
    answer.is_ok().each("title")
}

on_both_engines! {
    async fn articles_come_in_the_order_of_their_ids_and_hidden_ones_leave_no_hole(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let ids = published(&site, &editor, &["One", "Two", "Three"]).await;
        let draft = save(&editor, "Draft", json!({})).await;
        let page = save(&editor, "Imprint", json!({ "kind": "page", "locale": "tk", "publish": {} })).await;
        let ahead = save(&editor, "Ahead", json!({ "publish": { "publish_at": "2026-11-30T08:00:30Z" } })).await;
        let asked = [&ids[1], &ahead, &page, &draft, &"01890a5d-ac96-774b-bcce-b302099a8057".to_owned(), &ids[0]].map(String::as_str).join(",");
        let found = site.anyone().get(&format!("/v1/articles?ids={asked}")).await;
        assert_eq!(titles(&found), ["Two", "Imprint", "One"]);
        assert_eq!(found["paging"], json!({ "limit": 100, "next": null, "previous": null }));
        assert!(found.header("cache-control").unwrap() != "public, max-age=60", "{found}");
        let one = site.anyone().get(&format!("/v1/articles?ids={},{draft}&fields=slug&include=views,body", ids[2])).await;
        assert_eq!(one.data().len(), 1);
        assert_eq!((&one.data()[0]["slug"], &one.data()[0]["views"]), (&json!("three"), &json!(0)));
        let then = editor.get(&format!("/v1/preview/articles?ids={asked}&at=2026-11-30T08:00:30Z")).await;
        assert_eq!(titles(&then), ["Two", "Ahead", "Imprint", "One"]);
    }

    async fn ids_go_with_no_other_filter(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "One", json!({ "publish": {} })).await;
        let reader = site.anyone();
        for (name, value) in [("locale", "en"), ("kind", "page"), ("category", "a"), ("tag", "a"), ("author", "a"), ("on", "2021"), ("sort", "published_at"), ("limit", "1"), ("page", "1"), ("count", "exact"), ("exclude", id.as_str()), ("published_from", "2021-02-04T00:00:00Z")] {
            reader.get(&format!("/v1/articles?ids={id}")).query(name, value).await.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), "conflict");
        }
        editor.get(&format!("/v1/preview/articles?ids={id}&drafts=true")).await.is_problem(400, "invalid_parameter");
        for name in ["ids", "exclude"] {
            reader.get(&format!("/v1/articles?{name}={id},{id}")).await.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), "repeated");
            reader.get(&format!("/v1/articles?{name}=one")).await.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), "invalid_format");
            reader.get(&format!("/v1/articles?{name}=")).await.is_problem(400, "invalid_parameter");
            let many = vec!["01890a5d-ac96-774b-bcce-b302099a8057"; 101].join(",");
            reader.get(&format!("/v1/articles?{name}={many}")).await.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), "too_many");
        }
    }

    async fn a_list_leaves_out_what_is_excluded_and_is_full_all_the_same(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let ids = published(&site, &editor, &["One", "Two", "Three", "Four", "Five"]).await;
        let reader = site.anyone();
        let exclude = format!("exclude={},{}", ids[4], ids[2]);
        let first = reader.get(&format!("/v1/articles?limit=2&{exclude}&count=exact")).await;
        assert_eq!((titles(&first), &first["paging"]["total"]), (vec!["Four", "Two"], &json!(3)));
        let second = reader.get(&format!("/v1/articles?limit=2&{exclude}")).query("cursor", first.text_at("/paging/next")).await;
        assert_eq!(titles(&second), ["One"]);
        assert_eq!(titles(&reader.get(&format!("/v1/articles?limit=2&page=2&{exclude}")).await), ["One"]);
        reader.get("/v1/articles?limit=2").query("cursor", first.text_at("/paging/next")).await.is_problem(400, "invalid_cursor");
        let drafts = editor.get(&format!("/v1/preview/articles?drafts=true&{exclude}")).await;
        assert_eq!(titles(&drafts), ["Four", "Two", "One"]);
        let all: Vec<Value> = reader.get(&format!("/v1/articles?exclude={}", ids.join(","))).await.data().to_vec();
        assert_eq!(all, Vec::<Value>::new());
    }

    async fn what_becomes_of_what_is_excluded_ends_no_lifetime(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let ids = published(&site, &editor, &["One", "Two"]).await;
        editor.post(&format!("/v1/editor/articles/{}/unpublish", ids[1])).json(json!({ "at": "2026-11-30T08:00:30Z" })).await.is_ok();
        let reader = site.anyone();
        reader.get("/v1/articles").await.has_header("cache-control", "public, max-age=28");
        reader.get(&format!("/v1/articles?exclude={}", ids[1])).await.has_header("cache-control", "public, max-age=60");
        reader.get(&format!("/v1/articles?ids={}", ids[0])).await.has_header("cache-control", "public, max-age=60");
        reader.get(&format!("/v1/articles?ids={}", ids[1])).await.has_header("cache-control", "public, max-age=28");
    }
}
