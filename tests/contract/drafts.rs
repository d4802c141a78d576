//! Newest saves under `/v1/preview`, live or not: for editors, and for whoever has a link that shows them.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// What stands in a list: each title with its status, and its date or a hyphen.
fn told(list: &Answer) -> Vec<String> {
    let text = |article: &Value, member: &str| article[member].as_str().unwrap_or("-").to_owned();
    let one = |article: &Value| ["title", "status", "published_at"].map(|member| text(article, member)).join(" ");
    list.is_ok().data().iter().map(one).collect()
}

async fn drafts(client: &Client, more: &str) -> Vec<String> {
    told(&client.get(&format!("/v1/preview/articles?drafts=true{more}")).await)
}

async fn edit(editor: &Client, id: &str, change: Value) {
    editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(change).await.is_ok();
}

async fn token(editor: &Client, body: Value) -> String {
    editor.post("/v1/editor/preview-links").json(body).await.is_created().text_at("/token").to_owned()
}

on_both_engines! {
    async fn the_newest_save_of_everything_is_shown_the_undated_first_and_others_by_the_date_that_is_or_comes(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        save(&editor, "Draft", json!({})).await;
        save(&editor, "Live", json!({ "publish": {} })).await;
        let changed = save(&editor, "Was", json!({ "publish": { "published_at": "2026-11-01T00:00:00Z" } })).await;
        edit(&editor, &changed, json!({ "title": "Changed" })).await;
        save(&editor, "Comes", json!({ "publish": { "publish_at": "2026-12-01T00:00:00Z" } })).await;
        let ends = json!({ "unpublish_at": "2026-11-30T08:00:01Z", "published_at": "2026-11-02T00:00:00Z" });
        save(&editor, "Ends", json!({ "publish": ends })).await;
        let trashed = save(&editor, "Trashed", json!({})).await;
        save(&editor, "Newer draft", json!({})).await;
        let path = format!("/v1/editor/articles/{trashed}");
        editor.delete(&path).if_match("*").await.is_no_content();
        site.clock().advance_ms(1000);
        let all = [
            "Newer draft draft -",
            "Draft draft -",
            "Comes scheduled 2026-12-01T00:00:00.000Z",
            "Live live 2026-11-30T08:00:00.000Z",
            "Ends ended 2026-11-02T00:00:00.000Z",
            "Changed changed 2026-11-01T00:00:00.000Z",
        ];
        assert_eq!(drafts(&editor, "").await, all);
        assert_eq!(drafts(&editor, "&sort=published_at").await, all.iter().rev().copied().collect::<Vec<_>>());
        assert_eq!(drafts(&editor, "&published_from=2026-11-02T00:00:00Z").await, all[2..5]);
        assert_eq!(drafts(&editor, "&published_before=2026-11-30T08:00:00Z").await, all[4..]);
        // Instants move dates and statuses, and nothing else.
        let later = "&at=2026-12-01T00:00:00Z";
        assert_eq!(drafts(&editor, later).await[2], "Comes live 2026-12-01T00:00:00.000Z");
        assert_eq!(drafts(&editor, "&at=2026-11-30T08:00:00.999Z").await[4], "Ends live 2026-11-02T00:00:00.000Z");
        assert_eq!(drafts(&editor, "&at=2026-11-30T07:59:59.999Z").await[5], "Changed scheduled 2026-11-01T00:00:00.000Z");
        editor.post(&format!("{path}/restore")).json(json!({})).await.is_ok();
        assert_eq!(drafts(&editor, "").await.len(), 7);
        editor.delete(&path).if_match("*").await.is_no_content();
        site.login(Role::Admin).await.delete(&format!("{path}?purge=true")).if_match("*").await.is_no_content();
        assert_eq!(drafts(&editor, "").await, all);
        // Readers see what is live, and have no such parameter.
        assert_eq!(site.anyone().get("/v1/articles").await.each("title"), ["Live", "Was"]);
        site.anyone().get("/v1/articles?drafts=true").await.is_problem(400, "invalid_parameter").has_error("/drafts", "unknown_parameter");
    }

    async fn each_is_under_the_status_that_editors_see_and_the_date_that_it_has_alone(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let times = [None, Some(1), Some(2), Some(4)];
        let mut number = 0;
        for first in times {
            for second in times {
                number += 1;
                let id = save(&editor, &format!("Article {number}"), json!({})).await;
                for start in [first, second.map(|second| second + 10)].into_iter().flatten() {
                    let end = if number % 3 == 0 { json!(null) } else { json!(format!("2026-11-30T08:00:{:02}Z", start + 3)) };
                    let publication = json!({ "publish_at": format!("2026-11-30T08:00:{start:02}Z"), "unpublish_at": end });
                    editor.post(&format!("/v1/editor/articles/{id}/publications")).json(publication).await.is_created();
                }
                if number % 5 == 0 {
                    edit(&editor, &id, json!({ "excerpt": "Newer" })).await;
                }
            }
        }
        for second in 0..20 {
            let list = editor.get("/v1/preview/articles?drafts=true&limit=100").await;
            assert_eq!(list.data().len(), 16);
            let dates: Vec<&str> = list.data().iter().map(|article| article["published_at"].as_str().unwrap_or("9")).collect();
            assert!(dates.is_sorted_by(|one, other| one >= other), "{dates:?}");
            for article in list.data() {
                let id = article["id"].as_str().unwrap();
                let mut alone = editor.get(&format!("/v1/preview/articles/{id}?drafts=true")).await.json().clone();
                for body in ["body_html", "body_text"] {
                    alone.as_object_mut().unwrap().remove(body);
                }
                assert_eq!(alone, *article, "after {second} s");
                let seen = editor.get(&format!("/v1/editor/articles/{id}")).await;
                assert_eq!((&article["status"], &article["revision"]), (&seen["status"], &seen["revision"]), "after {second} s");
            }
            let ahead = editor.get(&format!("/v1/preview/articles?drafts=true&limit=100&at=2026-11-30T08:00:{:02}Z", second + 1)).await;
            site.clock().advance_ms(1000);
            let now = editor.get("/v1/preview/articles?drafts=true&limit=100").await;
            assert_eq!(ahead.data(), now.data());
        }
    }

    async fn filters_and_pages_are_of_the_newest_save(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let category = async |name: &str, parent: Value| {
            editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await.text_at("/id").to_owned()
        };
        let (city, sport) = (category("City", json!(null)).await, category("Sport", json!(null)).await);
        let streets = category("Streets", json!(city)).await;
        let id = save(&editor, "Moved", json!({ "category_id": streets, "publish": { "revision": 1 } })).await;
        edit(&editor, &id, json!({ "category_id": sport })).await;
        save(&editor, "Page", json!({ "kind": "page", "category_id": streets })).await;
        save(&editor, "Turkmen", json!({ "locale": "tk" })).await;
        let of = async |query: &str| drafts(&editor, query).await.into_iter().map(|one| one.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(of("&category=sport").await, ["Moved"]);
        assert_eq!(of("&category=city").await, [""; 0]);
        assert_eq!(of("&category=city,sport&kind=article,page").await, ["Page", "Moved"]);
        assert_eq!(of("&category=unknown").await, [""; 0]);
        assert_eq!(of("&locale=tk").await, ["Turkmen"]);
        // Moving a category, and giving away what lies in it, moves what is listed.
        editor.patch(&format!("/v1/editor/categories/{sport}")).merge_patch(json!({ "parent_id": city })).await.is_ok();
        assert_eq!(of("&category=city&kind=article,page").await, ["Page", "Moved"]);
        editor.delete(&format!("/v1/editor/categories/{streets}?reassign_to={sport}")).await.is_no_content();
        assert_eq!(of("&category=sport&kind=article,page").await, ["Page", "Moved"]);
        for number in 0..7 {
            save(&editor, &format!("Number{number}"), json!({ "category_id": sport })).await;
        }
        for sort in ["-published_at", "published_at"] {
            let all = of(&format!("&category=sport&sort={sort}")).await;
            let (mut seen, mut query) = (Vec::new(), String::new());
            let last = loop {
                let page = editor.get(&format!("/v1/preview/articles?drafts=true&category=sport&sort={sort}&limit=3{query}")).await;
                seen.extend(page.is_ok().each("title").into_iter().map(str::to_owned));
                match page["paging"]["next"].as_str() {
                    Some(next) => query = format!("&cursor={next}"),
                    None => break page,
                }
            };
            assert_eq!(seen, all);
            let before = format!("/v1/preview/articles?drafts=true&category=sport&sort={sort}&limit=3&cursor={}", last.text_at("/paging/previous"));
            let before = editor.get(&before).await;
            assert_eq!(before.each("title"), &all[3..6]);
            // A cursor goes with nothing else.
            let cursor = before.text_at("/paging/next");
            editor.get(&format!("/v1/preview/articles?category=sport&sort={sort}&cursor={cursor}")).await.is_problem(400, "invalid_cursor");
            editor.get(&format!("/v1/preview/articles?drafts=true&sort={sort}&cursor={cursor}")).await.is_problem(400, "invalid_cursor");
        }
    }

    async fn lists_have_numbered_pages_and_totals_categories_counts_and_archives_dates_of_newest_saves(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let category = async |body: Value| editor.post("/v1/editor/categories").json(body).await.text_at("/id").to_owned();
        let city = category(json!({ "name": "City" })).await;
        let streets = category(json!({ "name": "Streets", "parent_id": city })).await;
        let sport = category(json!({ "name": "Sport" })).await;
        let get = async |path: &str| editor.get(&format!("/v1/preview/{path}")).await;
        for number in 0..3 {
            save(&editor, &format!("Draft{number}"), json!({ "category_id": streets })).await;
        }
        let moved = save(&editor, "Moves", json!({ "category_id": city, "publish": {} })).await;
        edit(&editor, &moved, json!({ "category_id": sport, "further_category_ids": [streets] })).await;
        save(&editor, "Comes", json!({ "category_id": city, "publish": { "publish_at": "2026-12-02T00:00:00Z" } })).await;
        save(&editor, "Page", json!({ "category_id": city, "kind": "page" })).await;
        let gone = save(&editor, "Trashed", json!({ "category_id": city })).await;
        editor.delete(&format!("/v1/editor/articles/{gone}")).if_match("*").await.is_no_content();

        let all = drafts(&editor, "").await;
        assert_eq!(all.len(), 5);
        for sort in ["-published_at", "published_at"] {
            let list = format!("articles?drafts=true&fields=title&limit=2&sort={sort}");
            let mut seen = Vec::new();
            for number in 1..=4 {
                let page = get(&format!("{list}&page={number}&count=exact")).await;
                assert_eq!(page.is_ok()["paging"]["total"], 5);
                assert_eq!(page["paging"]["previous"].is_string(), number > 1 && number < 4, "{number}");
                seen.extend(page.each("title").into_iter().map(str::to_owned));
                if number == 2 {
                    let back = get(&format!("{list}&cursor={}", page.text_at("/paging/previous"))).await;
                    assert_eq!(back.each("title"), get(&list).await.each("title"));
                    let on = get(&format!("{list}&cursor={}", page.text_at("/paging/next"))).await;
                    assert_eq!(on.each("title"), get(&format!("{list}&page=3")).await.each("title"));
                }
            }
            assert_eq!(seen, get(&format!("articles?drafts=true&limit=100&sort={sort}")).await.each("title"));
        }
        for (query, total) in [
            ("", 5), ("&category=city", 5), ("&category=streets", 4), ("&category=sport,streets", 4), ("&kind=page", 1), ("&kind=article,page", 6), ("&category=none", 0),
            ("&published_from=2026-11-30T00:00:00Z", 2), ("&published_before=2026-12-01T00:00:00Z", 1),
        ] {
            let list = get(&format!("articles?drafts=true&count=exact&limit=100{query}")).await;
            assert_eq!((&list["paging"]["total"], list.data().len()), (&json!(total), total), "{query}");
            let numbered = get(&format!("articles?drafts=true&limit=1&page=2{query}")).await;
            assert_eq!(numbered.data().len(), usize::from(total > 1), "{query}");
        }
        get("articles?drafts=true&page=1000&limit=100").await.is_problem(400, "invalid_parameter").has_error("/page", "out_of_range");

        let counts = async |query: &str| {
            let tree = get(&format!("categories?{query}")).await;
            tree.is_ok().data().iter().map(|of| format!("{} {}", of["slug"].as_str().unwrap(), of["article_count"])).collect::<Vec<_>>()
        };
        assert_eq!(counts("drafts=true").await, ["city 5", "streets 4", "sport 1"]);
        assert_eq!(counts("drafts=true&at=2027-01-01T00:00:00Z").await, ["city 5", "streets 4", "sport 1"]);
        assert_eq!(counts("drafts=true&locale=tk").await, ["city 0", "streets 0", "sport 0"]);
        assert_eq!(counts("").await, ["city 1", "streets 0", "sport 0"]);
        let one = get("categories/city?drafts=true").await;
        assert_eq!((&one.is_ok()["article_count"], &one["children"][0]["article_count"]), (&json!(5), &json!(4)));
        assert_eq!(get("categories?drafts=true&view=nested").await.is_ok()["data"][0]["children"][0]["article_count"], 4);

        let dates = async |query: &str| get(&format!("publication-dates?{query}")).await.is_ok()["data"].clone();
        let day = |date: &str| json!({ "date": date, "articles": 1 });
        assert_eq!(dates("drafts=true").await, json!([day("2026-12-02"), day("2026-11-30")]));
        assert_eq!(dates("drafts=true&granularity=year").await, json!([{ "date": "2026", "articles": 2 }]));
        assert_eq!(dates("drafts=true&kind=article,page").await, json!([day("2026-12-02"), day("2026-11-30")]));
        assert_eq!(dates("drafts=true&category=sport").await, json!([day("2026-11-30")]));
        assert_eq!(dates("drafts=true&published_from=2026-12-01T00:00:00Z").await, json!([day("2026-12-02")]));
        assert_eq!(dates("").await, json!([day("2026-11-30")]));

        for path in ["site", "redirects"] {
            assert_eq!(get(&format!("{path}?drafts=true")).await.is_ok().body, get(path).await.body, "{path}");
        }
        for path in ["articles", "articles/moves", "publication-dates", "categories", "categories/city", "site", "redirects"] {
            get(&format!("{path}?drafts=maybe")).await.is_problem(400, "invalid_parameter");
            site.anyone().get(&format!("/v1/{path}?drafts=true")).await.is_problem(400, "invalid_parameter").has_error("/drafts", "unknown_parameter");
        }
    }

    async fn one_is_found_by_its_newest_slug_and_others_of_its_own_lead_there(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Prices rise", json!({ "publish": {} })).await;
        edit(&editor, &id, json!({ "slug": "prices-fall", "title": "Prices fall" })).await;
        let draft = editor.get("/v1/preview/articles/prices-fall?drafts=true").await;
        assert_eq!((&draft.is_ok()["title"], &draft["status"], &draft["revision"]), (&json!("Prices fall"), &json!("changed"), &json!(2)));
        assert_eq!(draft["updated_at"], "2026-11-30T08:00:00.000Z");
        assert!(draft["body_html"].is_string());
        let moved = editor.get("/v1/preview/articles/prices-rise?drafts=true").await;
        assert_eq!((moved.status, moved.expect_header("location")), (308, "/v1/preview/articles/prices-fall?drafts=true"));
        editor.get("/v1/preview/articles/prices-rise").await.is_ok();
        editor.get("/v1/preview/articles/prices-fall?drafts=false").await.is_problem(404, "not_found");
        let narrow = editor.get(&format!("/v1/preview/articles/{id}?drafts=true&fields=title")).await;
        assert_eq!(*narrow.is_ok().json(), json!({ "title": "Prices fall", "status": "changed", "revision": 2 }));
        let listed = editor.get("/v1/preview/articles?drafts=true&fields=slug&include=body").await;
        assert_eq!(listed["data"][0]["body_text"], "Some text.");
        editor.delete(&format!("/v1/editor/articles/{id}")).if_match("*").await.is_no_content();
        for name in ["prices-fall", "prices-rise", &id, "unknown"] {
            editor.get(&format!("/v1/preview/articles/{name}?drafts=true")).await.is_problem(404, "not_found");
        }
    }

    async fn a_link_shows_newest_saves_only_if_it_was_made_for_them(engine) {
        let site = Site::with(engine, NOW, |options| options.preview_url = Some("https://www.example.org/{token}?path={path}".to_owned()));
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Prices rise", json!({ "publish": {} })).await;
        edit(&editor, &id, json!({ "slug": "prices-fall" })).await;
        let other = save(&editor, "Bridge opens", json!({})).await;
        let look = async |token: &str, path: &str| {
            let between = if path.contains('?') { '&' } else { '?' };
            site.anyone().get(&format!("/v1/preview/{path}{between}preview={token}")).await
        };
        let plain = token(&editor, json!({})).await;
        assert_eq!(look(&plain, "articles").await.data().len(), 1);
        for path in ["articles?drafts=true", "articles/prices-fall?drafts=true", &format!("articles/{other}?drafts=true")] {
            look(&plain, path).await.is_problem(403, "forbidden");
        }
        look(&plain, "articles?drafts=false").await.is_ok();
        look(&plain, "articles?drafts=maybe").await.is_problem(400, "invalid_parameter");
        let whole = token(&editor, json!({ "drafts": true })).await;
        assert_eq!(look(&whole, "articles").await.each("title"), ["Bridge opens", "Prices rise"]);
        look(&whole, &format!("articles/{other}?drafts=true")).await.is_ok();
        look(&whole, "articles?drafts=false").await.is_problem(403, "forbidden");
        for path in ["categories", "site", "publication-dates", "redirects"] {
            look(&whole, path).await.is_ok();
            look(&whole, &format!("{path}?drafts=true")).await.is_ok();
            look(&whole, &format!("{path}?drafts=false")).await.is_problem(403, "forbidden");
            look(&plain, &format!("{path}?drafts=true")).await.is_problem(403, "forbidden");
        }
        assert_eq!(look(&whole, "articles?count=exact&page=1").await["paging"]["total"], 2);
        let made = editor.post("/v1/editor/preview-links").json(json!({ "article_id": id, "drafts": true })).await;
        assert_eq!((&made.is_created()["drafts"], &made["url"]), (&json!(true), &json!(format!("https://www.example.org/{}?path=/prices-fall", made.text_at("/token")))));
        let one = made.text_at("/token");
        assert_eq!(look(one, "articles/prices-fall").await.is_ok()["status"], "changed");
        assert_eq!(look(one, "articles/prices-rise").await.status, 308);
        for path in ["articles/bridge-opens", "articles", &format!("articles/{other}")] {
            look(one, path).await.is_problem(403, "forbidden");
        }
        let later = token(&editor, json!({ "drafts": true, "at": "2026-12-01T00:00:00Z" })).await;
        look(&later, "articles?at=2026-12-02T00:00:00Z").await.is_problem(403, "forbidden");
        assert_eq!(look(&later, "articles").await.data().len(), 2);
    }

    async fn a_link_to_the_whole_site_hides_what_is_under_embargo_as_long_as_that_lasts(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let budget = json!({ "embargo_until": "2026-12-01T08:00:00Z", "category_id": city, "publish": { "publish_at": "2026-12-02T08:00:00Z" } });
        let id = save(&editor, "Budget", budget).await;
        for number in 0..3 {
            save(&editor, &format!("Other {number}"), json!({})).await;
        }
        let whole = token(&editor, json!({ "drafts": true, "at": "2026-12-07T00:00:00Z", "expires_in": 2_592_000 })).await;
        let own = token(&editor, json!({ "drafts": true, "article_id": id })).await;
        let look = async |token: &str, path: &str| site.anyone().get(&format!("/v1/preview/{path}preview={token}")).await;
        assert_eq!(look(&whole, "articles?limit=3&").await.each("title"), ["Other 2", "Other 1", "Other 0"]);
        assert_eq!(look(&whole, "articles?limit=3&").await["paging"]["next"], json!(null));
        assert_eq!(look(&whole, "articles?limit=2&page=2&count=exact&").await["paging"]["total"], 3);
        assert_eq!(look(&whole, "categories?").await["data"][0]["article_count"], 0);
        assert_eq!(look(&whole, "publication-dates?").await["data"], json!([]));
        look(&whole, &format!("articles/{id}?")).await.is_problem(404, "not_found");
        look(&own, &format!("articles/{id}?")).await.is_ok();
        assert_eq!(drafts(&editor, "").await.len(), 4);
        site.clock().set("2026-12-01T08:00:00.000Z".parse().unwrap());
        assert_eq!(look(&whole, "articles?").await.data().len(), 4);
        look(&whole, &format!("articles/{id}?")).await.is_ok();
        assert_eq!(look(&whole, "categories?").await["data"][0]["article_count"], 1);
        assert_eq!(look(&whole, "publication-dates?").await["data"], json!([{ "date": "2026-12-02", "articles": 1 }]));
    }
}
