//! Pages: keyset cursors that go both ways, `Link` headers, and what a cursor goes with.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use super::{category, live};
use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const START: &str = "2026-11-30T08:00:00.000Z";
/// Where links lead: the setting `API_URL`.
const API: &str = "https://api.example.org";

/// An article with this date.
async fn dated(editor: &Client, title: &str, at: &str) {
    let mut wanted = article(title);
    wanted["publish"] = json!({ "publish_at": at });
    editor.post("/v1/editor/articles").json(wanted).await.is_created();
}

/// Ten articles on four dates, one of them a millisecond beside another.
async fn ten(editor: &Client) {
    let dates = [
        "2026-11-01T00:00:00.000Z",
        "2026-11-01T00:00:00.001Z",
        "2026-10-01T00:00:00Z",
        "2026-11-01T00:00:00.000Z",
        "2025-01-01T00:00:00Z",
    ];
    for number in 0..10 {
        dated(editor, &format!("Number {number}"), dates[number % dates.len()]).await;
    }
}

/// The path that a page links to, if it does.
fn link(page: &Answer, relation: &str) -> Option<String> {
    let end = format!(">; rel=\"{relation}\"");
    let all: Vec<&str> = page.header("link")?.split(", ").filter_map(|link| link.strip_suffix(end.as_str())).collect();
    assert!(all.len() <= 1, "two links to the {relation} page: {page}");
    Some(all.first()?.strip_prefix('<').unwrap().strip_prefix(API).unwrap().to_owned())
}

fn slugs(page: &Answer) -> Vec<String> {
    page.each("slug").into_iter().map(str::to_owned).collect()
}

/// All pages from this one on, by their links; each says in `paging` what its links say.
async fn pages(reader: &Client, first: &str, relation: &str) -> Vec<Answer> {
    let mut pages: Vec<Answer> = Vec::new();
    let mut path = Some(first.to_owned());
    while let Some(next) = path {
        let page = reader.get(&next).await;
        for (relation, member) in [("next", "next"), ("prev", "previous")] {
            let cursor = link(&page, relation).map(|path| path.split_once("cursor=").unwrap().1.to_owned());
            assert_eq!(page["paging"][member], json!(cursor), "{page}");
        }
        path = link(&page, relation);
        pages.push(page);
        assert!(pages.len() <= 12, "the pages do not end");
    }
    pages
}

on_both_engines! {
    async fn pages_go_forth_and_back_across_equal_dates(engine) {
        let site = Site::at(engine, START);
        ten(&site.login(Role::Editor).await).await;
        for sort in ["-published_at", "published_at"] {
            let whole = site.anyone().get(&format!("/v1/articles?sort={sort}&limit=100")).await;
            let mut order: Vec<(&str, &str)> = whole.each("published_at").into_iter().zip(whole.each("id")).collect();
            assert_eq!((order.len(), whole.header("link")), (10, None));
            if sort == "-published_at" {
                order.reverse();
            }
            assert!(order.windows(2).all(|pair| pair[0] < pair[1]), "by date and then by id: {order:?}");
            for limit in [1, 2, 3, 9, 10] {
                let forth = pages(site.anyone(), &format!("/v1/articles?sort={sort}&limit={limit}&fields=slug,id"), "next").await;
                assert_eq!(forth.iter().flat_map(slugs).collect::<Vec<_>>(), slugs(&whole));
                assert!(forth.iter().all(|page| page["paging"]["limit"] == limit));
                let last = forth.last().unwrap();
                let back = pages(site.anyone(), &last.path, "prev").await;
                assert_eq!(back.iter().rev().map(slugs).collect::<Vec<_>>(), forth.iter().map(slugs).collect::<Vec<_>>());
                assert_eq!((&forth[0]["paging"]["previous"], &last["paging"]["next"]), (&Value::Null, &Value::Null));
                assert_eq!(back.last().unwrap()["paging"]["previous"], Value::Null);
            }
        }
    }

    async fn what_comes_and_goes_meanwhile_makes_no_gap_and_no_repeat(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        ten(&editor).await;
        let reader = site.anyone();
        let first = reader.get("/v1/articles?limit=4").await;
        let second = slugs(&reader.get(&link(&first, "next").unwrap()).await);
        dated(&editor, "Newest", START).await;
        let gone = format!("/v1/editor/articles/{}/unpublish", first.text_at("/data/3/id"));
        site.clock().advance_ms(1);
        editor.post(&gone).json(json!({})).await.is_ok();
        let later = reader.get(&link(&first, "next").unwrap()).await;
        assert_eq!(slugs(&later), second);
        let before = reader.get(&link(&later, "prev").unwrap()).await;
        let mut wanted = vec!["newest".to_owned()];
        wanted.extend(slugs(&first).into_iter().take(3));
        assert_eq!(slugs(&before), wanted);
    }

    async fn a_link_keeps_the_other_parameters_as_they_were(engine) {
        let site = Site::at(engine, START);
        ten(&site.login(Role::Editor).await).await;
        let asked = "/v1/articles?published_before=2026-12-01T00:00:00%2B05:00&limit=2&sort=published_at&include=body&locale=en";
        let page = site.anyone().get(asked).await;
        let next = link(&page, "next").unwrap();
        assert_eq!(next.split_once("&cursor=").unwrap(), (asked, page["paging"]["next"].as_str().unwrap()));
        assert!(site.anyone().get(&next).await.is_ok().data()[0]["body_html"].is_string());
    }

    async fn the_same_state_gives_the_same_cursors_at_any_time(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        ten(&editor).await;
        let path = "/v1/articles?limit=3";
        let first = site.anyone().get(path).await;
        let second = site.anyone().get(&link(&first, "next").unwrap()).await;
        for advance_ms in [0, 1, 600_000] {
            site.clock().advance_ms(advance_ms);
            let again = site.anyone().get(path).await;
            assert_eq!((&again.body, link(&again, "next")), (&first.body, link(&first, "next")));
            let again = site.anyone().get(&link(&first, "next").unwrap()).await;
            assert_eq!((&again.body, again.header("link")), (&second.body, second.header("link")));
        }
        let draft = editor.post("/v1/editor/articles").json(article("Draft")).await;
        draft.is_created();
        assert_eq!(site.anyone().get(path).await.body, first.body);
    }

    async fn a_cursor_goes_only_with_the_list_that_made_it(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        ten(&editor).await;
        let sport = category(&editor, "Sport", None).await;
        category(&editor, "Empty", None).await;
        for title in ["Goals", "Races", "Games"] {
            live(&editor, title, json!({ "category_id": sport })).await;
        }
        let reader = site.anyone();
        let cursor = |page: Answer| page.text_at("/paging/next").to_owned();
        let of_all = cursor(reader.get("/v1/articles?limit=2").await);
        let of_sport = cursor(reader.get("/v1/articles?category=sport&limit=2").await);
        let oldest = cursor(reader.get("/v1/articles?sort=published_at&limit=2").await);
        for (cursor, query) in [
            (&of_all, "category=sport"),
            (&of_all, "category=empty"),
            (&of_all, "kind=page"),
            (&of_all, "locale=tk"),
            (&of_all, "sort=published_at"),
            (&of_all, "published_from=2026-01-01T00:00:00Z"),
            (&of_all, "published_before=2026-12-01T00:00:00Z"),
            (&of_sport, ""),
            (&of_sport, "category=sport,empty"),
            (&of_sport, "category=empty"),
            (&oldest, ""),
            (&oldest, "sort=-published_at"),
        ] {
            reader.get(&format!("/v1/articles?{query}")).query("cursor", cursor).await.is_problem(400, "invalid_cursor");
        }
        // Said or not, it is the same list; how much of an article is shown, and how many, is not what a place depends on.
        for query in ["", "kind=article", "locale=en", "sort=-published_at", "limit=3", "fields=slug", "include=body"] {
            let page = reader.get(&format!("/v1/articles?{query}")).query("cursor", &of_all).await;
            assert_eq!(page.is_ok().text_at("/data/0/slug"), "goals", "{query}");
        }
        reader.get("/v1/articles?page=2").query("cursor", &of_all).await.is_problem(400, "invalid_parameter").has_error("/page", "conflict");
    }

    async fn a_cursor_that_was_not_made_here_is_refused(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        ten(&editor).await;
        category(&editor, "A", None).await;
        category(&editor, "B", None).await;
        let reader = site.anyone();
        let cursor = reader.get("/v1/articles?limit=2").await.text_at("/paging/next").to_owned();
        for at in 0..cursor.len() {
            let mut changed = cursor.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            reader.get("/v1/articles").query("cursor", &changed).await.is_problem(400, "invalid_cursor");
        }
        let elsewhere = editor.get("/v1/editor/categories?limit=1").await.text_at("/paging/next").to_owned();
        for wrong in [&cursor[1..], &cursor[..cursor.len() - 1], "AAAA", &format!("{cursor}A"), &elsewhere, &"A".repeat(2048)] {
            reader.get("/v1/articles").query("cursor", wrong).await.is_problem(400, "invalid_cursor");
        }
        for wrong in ["", " ", "%", "a=b", "a+b", "ü", "null", &"A".repeat(2049), &"A".repeat(20_000)] {
            assert_eq!(reader.get("/v1/articles").query("cursor", wrong).await.status, 400, "{wrong}");
        }
    }
}
