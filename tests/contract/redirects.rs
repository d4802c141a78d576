//! Redirects made by hand: from a path of the site to another one or to another site, never by way of a third.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::random::Random;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn make(editor: &Client, from: &str, to: &str) -> Answer {
    editor.post("/v1/editor/redirects").json(json!({ "from": from, "to": to })).await
}

async fn named(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/categories").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}

async fn change(editor: &Client, path: &str, change: Value) {
    let request = editor.patch(&format!("/v1/editor/{path}"));
    let request = if path.starts_with("articles") { request.if_match("*") } else { request };
    request.merge_patch(change).await.is_ok();
}

fn owned((from, to): (&str, &str)) -> (String, String) {
    (from.to_owned(), to.to_owned())
}

/// What front ends get.
async fn listed(reader: &Client) -> Vec<(String, String)> {
    let list = reader.get("/v1/redirects?limit=100").await;
    list.is_ok().data().iter().map(|one| owned((one["from"].as_str().unwrap(), one["to"].as_str().unwrap()))).collect()
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

    async fn none_leads_to_what_an_article_or_a_category_was_called(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let sport = named(&editor, "Sport").await;
        let id = save(&editor, "Match", json!({ "category_id": sport, "publish": {} })).await;
        site.clock().advance_ms(1);
        change(&editor, &format!("articles/{id}"), json!({ "slug": "final", "publish": {} })).await;
        change(&editor, &format!("categories/{sport}"), json!({ "slug": "games" })).await;
        site.clock().advance_ms(1);
        for (to, on) in [("/sport/match", "/games/final"), ("/games/match/?a=b", "/games/final"), ("/sport/final", "/games/final"), ("/match", "/games/final"), ("/sport", "/games")] {
            let refused = make(&editor, "/old", to).await;
            assert_eq!(refused.is_problem(409, "redirect_chain")["leads_to"], on, "{to}");
            assert!(refused.text().contains(on), "{refused}");
        }
        let back = make(&editor, "/games/final", "/sport/match").await;
        assert_eq!(back.is_problem(409, "redirect_chain")["leads_to"], "/games/final");
        make(&editor, "/old", "/games/final?a=b#c").await.is_created();
        make(&editor, "/archive/match", "/elsewhere").await.is_created();
        assert_eq!(listed(reader).await, [("/archive/match", "/elsewhere"), ("/old", "/games/final?a=b#c")].map(owned));
        // What is called otherwise later is led to all the same, from the instant on.
        change(&editor, &format!("articles/{id}"), json!({ "slug": "last", "publish": { "publish_at": "2026-11-30T08:01:00.000Z" } })).await;
        let before = reader.get("/v1/redirects").await;
        assert_eq!(before.expect_header("cache-control"), "public, max-age=59");
        site.clock().set("2026-11-30T08:01:00.000Z".parse().unwrap());
        assert_eq!(listed(reader).await[1], owned(("/old", "/games/last?a=b#c")));
        let ahead = editor.get("/v1/preview/redirects?at=2026-11-30T08:00:59.999Z").await;
        assert_eq!(ahead.is_ok()["data"], before["data"]);
        change(&editor, &format!("categories/{sport}"), json!({ "slug": "play" })).await;
        assert_eq!(listed(reader).await[1], owned(("/old", "/play/last?a=b#c")));
        // What nobody sees leads nowhere.
        editor.post(&format!("/v1/editor/articles/{id}/unpublish")).json(json!({})).await.is_ok();
        site.clock().advance_ms(1);
        assert_eq!(listed(reader).await[1], owned(("/old", "/games/final?a=b#c")));
    }

    async fn what_stands_at_a_path_is_shown_before_it_is_redirected(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        make(&editor, "/match", "/elsewhere").await.is_created();
        make(&editor, "/sport", "/elsewhere").await.is_created();
        assert_eq!(listed(reader).await.len(), 2);
        save(&editor, "Match", json!({ "publish": { "publish_at": "2026-11-30T08:00:30.000Z", "unpublish_at": "2026-11-30T08:00:40.000Z" } })).await;
        assert_eq!(reader.get("/v1/redirects").await.expect_header("cache-control"), "public, max-age=30");
        for (at, count) in [("29.999", 2), ("30.000", 1), ("39.999", 1), ("40.000", 2)] {
            site.clock().set(format!("2026-11-30T08:00:{at}Z").parse().unwrap());
            assert_eq!(listed(reader).await.len(), count, "{at}");
        }
        named(&editor, "Sport").await;
        assert_eq!(listed(reader).await, [owned(("/match", "/elsewhere"))]);
        assert_eq!(editor.get("/v1/editor/redirects").await.data().len(), 2);
    }

    async fn the_own_site_is_known_however_its_address_is_written(engine) {
        let site = Site::with(engine, NOW, |options| options.site_url = "https://www.b\u{fc}cher.example".to_owned());
        let editor = site.login(Role::Editor).await;
        make(&editor, "/a", "/b").await.is_created();
        for (number, host) in ["http://www.b%C3%BCcher.example", "https://WWW.xn--bcher-kva.EXAMPLE.", "http://www.b\u{fc}cher.example.:80", "https://www%2exn--bcher-kva.example:443"].into_iter().enumerate() {
            make(&editor, "/c", &format!("{host}/a")).await.is_problem(409, "redirect_chain");
            make(&editor, "/c", &format!("{host}/c/")).await.is_problem(422, "invalid").has_error("/to", "loop");
            assert_eq!(make(&editor, &format!("/d{number}"), &format!("{host}/e?f")).await.is_created()["to"], "/e?f", "{host}");
        }
        assert_eq!(make(&editor, "/f", "https://www.b\u{fc}cher.example:8443/a").await.is_created()["to"], "https://www.xn--bcher-kva.example:8443/a");
    }

    async fn whatever_is_redirected_and_renamed_one_hop_leads_to_the_end(engine) {
        for seed in 0..3 {
            wander(&Site::at(engine, NOW), seed).await;
        }
    }
}

/// Makes redirects and renames articles and categories at random, and follows every path that there was.
async fn wander(site: &Site, seed: u64) {
    const SLUGS: [&str; 7] = ["one", "two", "three", "four", "five", "six", "seven"];
    let (editor, mut random) = (site.login(Role::Editor).await, Random::new(seed));
    let mut places = Vec::new();
    for name in ["Red", "Green"] {
        places.push(named(&editor, name).await);
    }
    let mut articles = Vec::new();
    for slug in &SLUGS[..3] {
        articles.push(save(&editor, slug, json!({ "slug": slug, "category_id": places[0], "publish": {} })).await);
    }
    let shapes = |random: &mut Random| {
        let slug = random.of(&["one", "two", "three", "four", "five", "six", "seven", "red", "green", "blue", "black"]);
        match random.of(&["", "/red", "/green", "/blue", "/black"]) {
            "" => format!("/{slug}"),
            place => format!("{place}/{slug}"),
        }
    };
    for _ in 0..40 {
        site.clock().advance_ms(1500);
        // What is refused changes nothing, and is refused by design.
        match random.between(0, 4) {
            0 | 1 => drop(make(&editor, &shapes(&mut random), &shapes(&mut random)).await),
            2 => {
                let moved = json!({ "slug": random.of(&SLUGS), "category_id": random.of(&places), "publish": {} });
                editor.patch(&format!("/v1/editor/articles/{}", random.of(&articles))).if_match("*").merge_patch(moved).await;
            }
            3 => drop(
                editor
                    .post(&format!("/v1/editor/articles/{}/{}", random.of(&articles), random.of(&["unpublish", "publications"])))
                    .json(json!({}))
                    .await,
            ),
            _ => {
                let slug = random.of(&["red", "green", "blue", "black", "one", "seven"]);
                editor.patch(&format!("/v1/editor/categories/{}", random.of(&places))).merge_patch(json!({ "slug": slug })).await;
            }
        }
    }
    site.clock().advance_ms(1500);
    let redirects = listed(site.anyone()).await;
    for first in ["", "/red", "/green", "/blue", "/black", "/one", "/seven"] {
        for last in ["one", "two", "three", "four", "five", "six", "seven", "red", "green", "blue", "black"] {
            let path = format!("{first}/{last}");
            if let Some(there) = hop(site.anyone(), &redirects, &path).await {
                assert_eq!(hop(site.anyone(), &redirects, &there).await, None, "{path} leads to {there} (seed {seed}): {redirects:?}");
            }
        }
    }
}

/// Where a path leads by what readers are answered, as a front end asks: its redirect, else its article, else its category.
async fn hop(reader: &Client, redirects: &[(String, String)], path: &str) -> Option<String> {
    if let Some((_, to)) = redirects.iter().find(|(from, _)| from == path) {
        return Some(to.clone());
    }
    let slugs: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let category = reader.get(&format!("/v1/categories/{}", slugs[0])).await;
    if slugs.len() == 1 && category.status == 200 || slugs.len() == 2 && category.status == 404 {
        return None;
    }
    let slug = slugs.last().unwrap();
    let mut article = reader.get(&format!("/v1/articles/{slug}")).await;
    if article.status == 308 {
        article = reader.get(article.expect_header("location")).await;
    }
    if article.status == 200 {
        return Some(article.text_at("/path").to_owned()).filter(|there| there != path);
    }
    let location = category.header("location").filter(|_| slugs.len() == 1)?;
    Some(location.replacen("/v1/categories", "", 1))
}
