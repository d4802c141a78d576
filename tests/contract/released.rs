//! A release without a date, looked at as a whole by a preview link: byte for byte what the link shows once the release has the date of that instant.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const THEN: &str = "2026-12-07T04:00:00.000Z";
const EMBARGO: &str = "2026-12-20T00:00:00Z";

async fn edit(editor: &Client, id: &str, change: Value) {
    editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(change).await.is_ok();
}

async fn category(editor: &Client, body: Value) -> String {
    editor.post("/v1/editor/categories").json(body).await.is_created().text_at("/id").to_owned()
}

async fn enter(editor: &Client, release: &str, member: Value) {
    editor.post(&format!("{release}/publications")).json(member).await.is_created();
}

/// A release without a date: its path.
async fn release(editor: &Client) -> String {
    format!("/v1/editor/releases/{}", editor.post("/v1/editor/releases").json(json!({ "name": "Night" })).await.is_created().text_at("/id"))
}

/// Who looks by a link for a release.
async fn looks(site: &Site, editor: &Client, release: &str, more: Value) -> Client {
    let mut link = json!({ "release_id": release.rsplit('/').next().unwrap(), "expires_in": 2_592_000 });
    link.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = editor.post("/v1/editor/preview-links").json(link).await;
    site.anyone().with_header("dateline-preview", made.is_created().text_at("/token")).with_header("x-request-id", "the-same")
}

/// An answer, and whatever its cursors lead to.
async fn told(client: &Client, path: &str, told: &mut Vec<String>) {
    let mut answer: Answer = client.get(&format!("/v1/preview/{path}")).await;
    for way in ["/paging/next", "/paging/previous"] {
        let mut steps = 0;
        loop {
            let location = answer.header("location").unwrap_or_default().to_owned();
            told.push(format!("{path} {way} {steps}: {} {location} {}", answer.status, answer.text()));
            let cursor = if answer.status == 200 { answer.json().pointer(way).and_then(Value::as_str).map(str::to_owned) } else { None };
            let Some(cursor) = cursor.filter(|_| steps < 20) else { break };
            steps += 1;
            let list = path.split("&page=").next().unwrap();
            answer = client.get(&format!("/v1/preview/{list}&cursor={cursor}")).await;
        }
    }
}

/// All that is shown of the site.
async fn everything(client: &Client, names: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for sort in ["published_at", "-published_at"] {
        for filter in [
            "",
            "&category=city",
            "&category=streets,sport",
            "&kind=article,page",
            "&published_from=2026-12-03T00:00:00Z",
            "&published_before=2026-12-04T00:00:00Z",
        ] {
            let list = format!("articles?limit=3&sort={sort}{filter}");
            told(client, &format!("{list}&count=exact"), &mut all).await;
            for page in 1..6 {
                told(client, &format!("{list}&page={page}"), &mut all).await;
            }
        }
    }
    let paths = [
        "articles?limit=100&include=body",
        "articles?limit=1&page=7&count=exact",
        "categories",
        "categories?view=nested",
        "categories/city",
        "categories/sport",
        "publication-dates",
        "publication-dates?granularity=month",
        "publication-dates?category=city",
        "publication-dates?kind=article,page",
        "redirects",
        "site",
    ];
    for path in paths {
        told(client, path, &mut all).await;
    }
    for name in names {
        told(client, &format!("articles/{name}"), &mut all).await;
    }
    all
}

on_both_engines! {
    async fn a_release_without_a_date_is_shown_as_it_will_be_with_one(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = category(&editor, json!({ "name": "City" })).await;
        let streets = category(&editor, json!({ "name": "Streets", "parent_id": city })).await;
        let sport = category(&editor, json!({ "name": "Sport" })).await;
        let places = [&city, &streets, &sport];
        let mut ids = Vec::new();
        for number in 0..9 {
            let publish = json!({ "publish_at": format!("2026-12-0{}T00:00:00Z", number % 5 + 1), "published_at": format!("2026-11-2{number}T10:00:00Z") });
            ids.push(save(&editor, &format!("Stands{number}"), json!({ "category_id": places[number % 3], "publish": publish })).await);
        }
        let night = release(&editor).await;
        let of = |id: &str, more: Value| {
            let mut member = json!({ "article_id": id });
            member.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            member
        };
        // What stands there is replaced: another slug and category, a comma, a revision that is not the newest, an end, another date.
        edit(&editor, &ids[0], json!({ "slug": "renamed", "title": "Renamed", "category_id": sport })).await;
        enter(&editor, &night, of(&ids[0], json!({}))).await;
        edit(&editor, &ids[1], json!({ "title": "Comma" })).await;
        enter(&editor, &night, of(&ids[1], json!({ "minor": true }))).await;
        edit(&editor, &ids[2], json!({ "title": "Second", "slug": "second" })).await;
        edit(&editor, &ids[2], json!({ "title": "Third", "slug": "third" })).await;
        enter(&editor, &night, of(&ids[2], json!({ "revision": 2, "unpublish_at": "2026-12-09T00:00:00Z" }))).await;
        enter(&editor, &night, of(&ids[3], json!({ "published_at": "2026-12-06T00:00:00Z" }))).await;
        // What is new, in every place; a page; what is under embargo and belongs to it, and what does not.
        for number in 0..6 {
            let members = json!({ "category_id": places[number % 3], "kind": if number == 4 { "page" } else { "article" } });
            let id = save(&editor, &format!("New{number}"), members).await;
            enter(&editor, &night, of(&id, if number < 3 { json!({ "published_at": format!("2026-11-2{number}T09:00:00Z") }) } else { json!({}) })).await;
        }
        let budget = save(&editor, "Budget", json!({ "embargo_until": EMBARGO, "category_id": city })).await;
        enter(&editor, &night, of(&budget, json!({ "override_embargo": true }))).await;
        save(&editor, "Law", json!({ "embargo_until": EMBARGO, "publish": { "publish_at": "2026-12-05T00:00:00Z", "override_embargo": true } })).await;
        for (from, to) in [("/a", "/city/stands0"), ("/streets/stands4", "/b"), ("/c", "/sport/third"), ("/sport/renamed", "/d")] {
            editor.post("/v1/editor/redirects").json(json!({ "from": from, "to": to })).await.is_created();
        }
        let looks = looks(&site, &editor, &night, json!({ "at": THEN })).await;
        let mut names = vec!["stands0", "renamed", "stands1", "stands2", "second", "third", "stands3", "new0", "new4", "budget", "law", "unknown", &ids[0], &ids[2], &budget];
        names.extend(ids.iter().skip(4).map(String::as_str));
        let before = everything(&looks, &names).await;
        assert!(before.iter().any(|answer| answer.contains("Renamed")) && before.iter().any(|answer| answer.starts_with("articles/budget /paging/next 0: 200")));
        editor.patch(&night).merge_patch(json!({ "publish_at": THEN })).await.is_ok();
        let after = everything(&looks, &names).await;
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before, after);
        }
        assert_eq!(before.len(), after.len());
        assert!(!after.iter().any(|answer| answer.contains("Law")));
    }

    async fn it_is_shown_as_of_now_and_nothing_of_it_is_published(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let one = save(&editor, "One", json!({ "publish": {} })).await;
        edit(&editor, &one, json!({ "title": "One anew" })).await;
        let night = release(&editor).await;
        enter(&editor, &night, json!({ "article_id": one })).await;
        let two = save(&editor, "Two", json!({})).await;
        enter(&editor, &night, json!({ "article_id": two })).await;
        let gone = save(&editor, "Gone", json!({})).await;
        enter(&editor, &night, json!({ "article_id": gone })).await;
        editor.delete(&format!("/v1/editor/articles/{gone}")).if_match("*").await.is_no_content();
        let over = save(&editor, "Over", json!({ "publish": {} })).await;
        edit(&editor, &over, json!({ "title": "Over anew" })).await;
        enter(&editor, &night, json!({ "article_id": over, "unpublish_at": "2026-11-30T08:01:00Z" })).await;
        let looks = looks(&site, &editor, &night, json!({})).await;
        let mut seen = looks.get("/v1/preview/articles?count=exact").await.is_ok().each("title").into_iter().map(str::to_owned).collect::<Vec<_>>();
        seen.sort();
        assert_eq!(seen, ["One anew", "Over anew", "Two"]);
        looks.get("/v1/preview/articles?at=2026-12-01T00:00:00Z").await.is_problem(403, "forbidden");
        let mut readers = site.anyone().get("/v1/articles?count=exact").await.each("title").into_iter().map(str::to_owned).collect::<Vec<_>>();
        readers.sort();
        assert_eq!(readers, ["One", "Over"]);
        site.anyone().get("/v1/articles/two").await.is_problem(404, "not_found");
        // An entry whose end has come shows nothing anew.
        site.clock().set("2026-11-30T08:01:00.000Z".parse().unwrap());
        assert_eq!(looks.get(&format!("/v1/preview/articles/{over}")).await.is_ok()["title"], "Over");
        assert_eq!(looks.get("/v1/preview/articles?count=exact").await["paging"]["total"], 3);
        // Newest saves are what they are.
        let drafts = self::looks(&site, &editor, &night, json!({ "drafts": true })).await;
        assert_eq!(drafts.get("/v1/preview/articles?count=exact").await["paging"]["total"], 3);
    }

    async fn a_link_for_a_release_shows_its_members_whose_embargo_was_overridden_and_no_others(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let night = release(&editor).await;
        for title in ["Budget", "Law"] {
            let id = save(&editor, title, json!({ "embargo_until": EMBARGO })).await;
            if title == "Budget" {
                enter(&editor, &night, json!({ "article_id": id, "override_embargo": true })).await;
            } else {
                let publication = json!({ "publish_at": THEN, "override_embargo": true });
                editor.post(&format!("/v1/editor/articles/{id}/publications")).json(publication).await.is_created();
            }
        }
        editor.patch(&night).merge_patch(json!({ "publish_at": THEN })).await.is_ok();
        let budget = looks(&site, &editor, &night, json!({})).await;
        let list = budget.get("/v1/preview/articles?count=exact").await;
        assert_eq!((list.is_ok().each("title"), &list["paging"]["total"]), (vec!["Budget"], &json!(1)));
        budget.get("/v1/preview/articles/budget").await.is_ok();
        budget.get("/v1/preview/articles/law").await.is_problem(404, "not_found");
        assert_eq!(budget.get("/v1/preview/publication-dates").await["data"][0]["articles"], 1);
        let whole = editor.post("/v1/editor/preview-links").json(json!({ "at": THEN })).await.text_at("/token").to_owned();
        assert!(site.anyone().get(&format!("/v1/preview/articles?preview={whole}")).await.is_ok().data().is_empty());
        // Newest saves too, as far as the release shows them.
        let drafts = looks(&site, &editor, &night, json!({ "drafts": true })).await;
        assert_eq!(drafts.get("/v1/preview/articles").await.is_ok().each("title"), ["Budget"]);
        let id = drafts.get("/v1/preview/articles/budget").await.is_ok().text_at("/id").to_owned();
        let members = editor.get(&night).await["publications"][0]["id"].as_str().unwrap().to_owned();
        editor.delete(&format!("{night}/publications/{members}")).await.is_no_content();
        enter(&editor, &night, json!({ "article_id": id, "revision": 1, "override_embargo": true })).await;
        edit(&editor, &id, json!({ "title": "Secret" })).await;
        assert!(drafts.get("/v1/preview/articles").await.is_ok().data().is_empty());
        assert_eq!(budget.get("/v1/preview/articles").await.each("title"), ["Budget"]);
    }
}
