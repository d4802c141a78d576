//! Redirects made by hand: from a path of the site to another one or to another site, never by way of a third.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn make(editor: &Client, from: &str, to: &str) -> Answer {
    editor.post("/v1/editor/redirects").json(json!({ "from": from, "to": to })).await
}

on_both_engines! {
    async fn what_editors_make_front_ends_get_until_it_is_deleted(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let made = make(&editor, "/alt/stra%c3%9fe/", "/new/?a=b").await;
        let path = made.is_created().expect_header("location").to_owned();
        assert_eq!((&made["from"], &made["to"]), (&json!("/alt/stra%C3%9Fe"), &json!("/new?a=b")));
        assert_eq!(editor.get(&path).await.is_ok().json(), made.json());
        make(&editor, "/shop", "https://shop.example/").await.is_created();
        let listed = reader.get("/v1/redirects").await;
        assert_eq!(listed.is_ok()["data"], json!([{ "from": "/alt/stra%C3%9Fe", "to": "/new?a=b" }, { "from": "/shop", "to": "https://shop.example/" }]));
        assert_eq!(listed.expect_header("cache-control"), reader.get("/v1/articles").await.expect_header("cache-control"));
        assert_eq!(editor.get("/v1/preview/redirects").await.is_ok().json(), listed.json());
        assert_eq!(editor.get("/v1/editor/redirects").await.is_ok().each("from"), ["/alt/stra%C3%9Fe", "/shop"]);
        editor.delete(&path).await.is_no_content();
        editor.delete(&path).await.is_problem(404, "not_found");
        assert_eq!(reader.get("/v1/redirects").await.each("from"), ["/shop"]);
        site.login(Role::Author).await.get("/v1/editor/redirects").await.is_problem(403, "forbidden");
    }

    async fn no_redirect_leads_to_another_or_to_itself(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let first = make(&editor, "/a", "/b").await.is_created().text_at("/id").to_owned();
        let refused = async |from: &str, to: &str, code: &str| {
            let answer = make(&editor, from, to).await;
            assert_eq!(answer.is_problem(409, code)["redirect_id"], Value::from(first.clone()), "{from} {to}");
        };
        refused("/a/", "/c", "redirect_exists").await;
        refused("/%61", "/c", "redirect_exists").await;
        refused("/c", "/a", "redirect_chain").await;
        refused("/c", "/a/?x=1#y", "redirect_chain").await;
        refused("/b", "/c", "redirect_chain").await;
        refused("/b", "/a", "redirect_chain").await;
        make(&editor, "/c", "/c/#x").await.is_problem(422, "invalid").has_error("/to", "loop");
        make(&editor, "/c", "/b").await.is_created();
        make(&editor, "/d", "https://elsewhere.example/a").await.is_created();
    }

    async fn what_is_no_path_is_refused_with_every_mistake(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        for (from, to) in [("/a?b", "//b"), ("/a/../b", "/a//b"), ("/%00", "/%ff"), ("/a%2fb", "https://me@c.example/")] {
            make(&editor, from, to).await.is_problem(422, "invalid").has_error("/from", "invalid").has_error("/to", "invalid");
        }
        for (from, to) in [("old", "new"), ("https://a.example/b", "ftp://c.example/"), ("old/b", "javascript:alert(1)")] {
            make(&editor, from, to).await.is_problem(422, "invalid").has_error("/from", "pattern").has_error("/to", "pattern");
        }
        make(&editor, "/", "/b").await.is_problem(422, "invalid");
        let of = |length: usize| format!("/{}", "a".repeat(length - 1));
        make(&editor, &of(1000), &of(2000)).await.is_created();
        make(&editor, &of(1001), "/b").await.is_problem(422, "invalid");
        make(&editor, "/c", &of(2001)).await.is_problem(422, "invalid");
    }

    async fn pages_go_both_ways(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        for name in ["/e", "/c", "/a", "/d", "/b"] {
            make(&editor, name, "/new").await.is_created();
        }
        for (client, list) in [(&editor, "/v1/editor/redirects"), (reader, "/v1/redirects")] {
            let first = client.get(&format!("{list}?limit=2")).await;
            assert_eq!(first.is_ok().each("from"), ["/a", "/b"]);
            let second = client.get(&format!("{list}?limit=2&cursor={}", first.text_at("/paging/next"))).await;
            assert_eq!(second.is_ok().each("from"), ["/c", "/d"]);
            let back = client.get(&format!("{list}?limit=2&cursor={}", second.text_at("/paging/previous"))).await;
            assert_eq!(back.is_ok().each("from"), ["/a", "/b"]);
        }
    }
}
