//! How long an answer may be kept: never past the next scheduled change of what it shows, and not at all what refuses.

use dateline::kernel::caller::Role;
use dateline::kernel::instant::Instant;
use serde_json::{Value, json};

use super::{EVERY_KIND, category, headers, live, newsroom, reader};
use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;

const START: &str = "2026-11-30T08:00:00.000Z";
const CHANGE: &str = "2026-11-30T09:00:00.000Z";

/// So long before the change an answer may be kept for so many seconds.
const LIFETIMES: &[(i64, u32)] =
    &[(3_600_000, 60), (60_001, 60), (60_000, 60), (59_999, 59), (59_000, 59), (1000, 1), (999, 0), (400, 0), (1, 0)];

/// Politics with elections below it, and sport. An article in elections, for which or beside which `plan` schedules something, and one in sport.
async fn scheduled(site: &Site, editor: &Client, plan: Plan) {
    let politics = category(editor, "Politics", None).await;
    let elections = category(editor, "Elections", Some(&politics)).await;
    let sport = category(editor, "Sport", None).await;
    let article = live(editor, "Old name", json!({ "category_id": elections })).await;
    live(editor, "Goals", json!({ "category_id": sport })).await;
    site.clock().advance_ms(1);
    editor.patch(&article).if_match("*").merge_patch(json!({ "slug": "new-name", "publish": {} })).await.is_ok();
    match plan {
        Plan::Start => {
            let mut wanted = self::article("Another");
            wanted["category_id"] = elections;
            wanted["publish"] = json!({ "publish_at": CHANGE });
            editor.post("/v1/editor/articles").json(wanted).await.is_created();
        }
        Plan::Update => {
            let newer = json!({ "title": "Newer", "publish": { "publish_at": CHANGE } });
            editor.patch(&article).if_match("*").merge_patch(newer).await.is_ok();
        }
        Plan::End => unpublish_at(editor, &article).await,
    }
}

async fn unpublish_at(editor: &Client, article: &str) {
    let seen = editor.get(article).await;
    let publication = seen["publications"].as_array().unwrap().iter().find(|publication| publication["state"] == "live").unwrap();
    let path = format!("/v1/editor/publications/{}", publication["id"].as_str().unwrap());
    editor.patch(&path).merge_patch(json!({ "unpublish_at": CHANGE })).await.is_ok();
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Start,
    Update,
    End,
}

impl Plan {
    /// What shows the change, and with which status until then.
    fn shown_by(self) -> Vec<(&'static str, u16)> {
        let article = [("/v1/articles/new-name", 200), ("/v1/articles/new-name?fields=slug", 200)];
        let counts = [
            ("/v1/publication-dates?granularity=month&category=politics", 200),
            ("/v1/categories", 200),
            ("/v1/categories/politics", 200),
            ("/v1/categories/elections", 200),
        ];
        let lists = [
            ("/v1/articles", 200),
            ("/v1/articles?sort=published_at", 200),
            ("/v1/articles?category=politics", 200),
            ("/v1/articles?category=elections,sport", 200),
            ("/v1/articles?count=exact", 200),
        ];
        match self {
            Self::Start => lists.into_iter().chain(counts).collect(),
            Self::Update => lists.into_iter().chain(article).collect(),
            Self::End => lists.into_iter().chain(counts).chain(article).chain([("/v1/articles/old-name", 308)]).collect(),
        }
    }

    /// What does not.
    fn not_shown_by(self) -> Vec<&'static str> {
        let others = ["/v1/articles?category=sport", "/v1/articles?locale=tk", "/v1/articles?kind=page", "/v1/articles/goals", "/v1/site"];
        let rest = match self {
            Self::Start => &["/v1/articles/new-name", "/v1/articles/old-name", "/v1/articles?sort=published_at&limit=1"][..],
            Self::Update => &[
                "/v1/articles/old-name",
                "/v1/categories",
                "/v1/categories/politics",
                "/v1/publication-dates",
                "/v1/articles?limit=1&published_from=2027-01-01T00:00:00Z",
            ],
            Self::End => &[],
        };
        others.into_iter().chain(rest.iter().copied()).collect()
    }
}

on_both_engines! {
    async fn a_change_elsewhere_of_an_article_that_will_be_on_a_list_later_tells_nothing_there(engine) {
        let site = Site::at(engine, "2026-11-30T08:59:30.000Z");
        let editor = site.login(Role::Editor).await;
        let (politics, sport) = (category(&editor, "Politics", None).await, category(&editor, "Sport", None).await);
        let article = live(&editor, "Goals", json!({ "category_id": sport })).await;
        let soon = json!({ "title": "More goals", "publish": { "publish_at": CHANGE, "revision": 2 } });
        editor.patch(&article).if_match("*").merge_patch(soon).await.is_ok();
        let later = json!({ "category_id": politics, "publish": { "publish_at": "2026-12-01T09:00:00.000Z" } });
        editor.patch(&article).if_match("*").merge_patch(later).await.is_ok();
        for (list, seconds) in [("sport", 30), ("politics", 60)] {
            let kept = site.anyone().get("/v1/articles").query("category", list).await;
            kept.is_ok().has_header("cache-control", &format!("public, max-age={seconds}"));
        }
    }

    async fn what_starts_soon_tells_nothing_where_it_will_not_be_seen(engine) {
        let site = Site::at(engine, "2026-11-30T08:50:00.000Z");
        let editor = site.login(Role::Editor).await;
        let (politics, sport) = (category(&editor, "Politics", None).await, category(&editor, "Sport", None).await);
        for n in 0..5 {
            live(&editor, &format!("Goals {n}"), json!({ "category_id": sport })).await;
            site.clock().advance_ms(1);
        }
        live(&editor, "A bill", json!({ "category_id": politics })).await;
        let soon = |what: Value, publish: Value| {
            let mut wanted = article("Soon");
            wanted.as_object_mut().unwrap().extend(what.as_object().unwrap().clone());
            wanted["publish"] = json!({ "publish_at": CHANGE });
            wanted["publish"].as_object_mut().unwrap().extend(publish.as_object().unwrap().clone());
            wanted
        };
        site.clock().set("2026-11-30T08:59:41.000Z".parse().unwrap());
        let newest = site.anyone().get("/v1/articles?category=sport&limit=2").await;
        let older = format!("/v1/articles?category=sport&limit=2&cursor={}", newest.is_ok()["paging"]["next"].as_str().unwrap());
        // What is not counted, on no list of a category, or in another language.
        editor.post("/v1/editor/articles").json(soon(json!({ "kind": "page", "category_id": sport }), json!({}))).await.is_created();
        editor.post("/v1/editor/articles").json(soon(json!({}), json!({}))).await.is_created();
        for path in ["/v1/categories", "/v1/categories/sport", "/v1/articles?category=sport", "/v1/publication-dates?category=sport"] {
            site.anyone().get(path).await.is_ok().has_header("cache-control", "public, max-age=60");
        }
        editor.post("/v1/editor/articles").json(soon(json!({ "category_id": sport }), json!({}))).await.is_created();
        for path in [
            "/v1/articles?category=sport&published_before=2022-01-01T00:00:00Z",
            "/v1/articles?category=sport&published_before=2026-11-30T09:00:00.000Z&count=exact",
            "/v1/articles?category=sport&published_from=2026-11-30T09:00:00.001Z",
            "/v1/publication-dates?category=sport&published_before=2026-11-30T09:00:00.000Z",
            "/v1/articles?category=sport&sort=published_at&limit=4",
            "/v1/articles?category=sport&sort=published_at&limit=2&page=2",
            "/v1/categories/politics",
            older.as_str(),
        ] {
            site.anyone().get(path).await.is_ok().has_header("cache-control", "public, max-age=60");
        }
        for path in [
            "/v1/articles?category=sport&published_from=2026-11-30T09:00:00.000Z",
            "/v1/publication-dates?category=sport&published_from=2026-11-30T09:00:00.000Z",
            "/v1/articles?category=sport&limit=2&page=2",
            "/v1/articles?category=sport&sort=published_at&limit=5",
            "/v1/articles?category=sport&sort=published_at&limit=2&count=exact",
            "/v1/categories",
            "/v1/categories/sport",
            &format!("{older}&count=exact"),
        ] {
            site.anyone().get(path).await.is_ok().has_header("cache-control", "public, max-age=19");
        }
        // Under a date of the past it appears there, not on the first page.
        let past = json!({ "published_at": "2021-05-01T00:00:00.000Z" });
        editor.post("/v1/editor/articles").json(soon(json!({ "category_id": politics }), past)).await.is_created();
        for (path, seconds) in [
            ("/v1/articles?category=politics&published_before=2022-01-01T00:00:00Z", 19),
            ("/v1/articles?category=politics&limit=1", 19),
            ("/v1/articles?category=politics&limit=2", 19),
            ("/v1/articles?category=politics&published_from=2022-01-01T00:00:00Z", 60),
        ] {
            site.anyone().get(path).await.is_ok().has_header("cache-control", &format!("public, max-age={seconds}"));
        }
    }

    async fn an_article_that_comes_back_under_another_date_changes_no_count(engine) {
        let site = Site::at(engine, "2026-11-30T08:50:00.000Z");
        let editor = site.login(Role::Editor).await;
        let sport = category(&editor, "Sport", None).await;
        let article = live(&editor, "Goals", json!({ "category_id": sport })).await;
        site.clock().set("2026-11-30T08:59:41.000Z".parse().unwrap());
        let newer = json!({ "title": "More goals", "publish": { "publish_at": CHANGE, "published_at": CHANGE } });
        editor.patch(&article).if_match("*").merge_patch(newer).await.is_ok();
        for n in 0..2 {
            let mut older = json!({ "title": format!("Old {n}"), "body": { "format": "html", "source": "" } });
            older["publish"] = json!({ "publish_at": "2026-11-30T08:00:00Z" });
            editor.post("/v1/editor/articles").json(older).await.is_created();
        }
        let pages = [("/v1/articles?limit=1&page=1", 19), ("/v1/articles?limit=1&page=2", 60), ("/v1/articles?limit=2&page=2", 60), ("/v1/articles?limit=1&page=2&sort=published_at", 60)];
        let others = [("/v1/categories", 60), ("/v1/categories/sport", 60), ("/v1/articles?category=sport", 19), ("/v1/publication-dates", 19)];
        for (path, seconds) in pages.into_iter().chain(others) {
            site.anyone().get(path).await.is_ok().has_header("cache-control", &format!("public, max-age={seconds}"));
        }
    }

    async fn what_lies_behind_a_page_tells_nothing_unless_nothing_is_left_there(engine) {
        let site = Site::at(engine, "2026-11-30T08:50:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut articles = Vec::new();
        for n in 0..3 {
            articles.push(live(&editor, &format!("Goals {n}"), json!({})).await);
            site.clock().advance_ms(1000);
        }
        site.clock().set("2026-11-30T08:59:41.000Z".parse().unwrap());
        for (ended, first_two, first) in [(0, 19, 60), (1, 19, 19)] {
            unpublish_at(&editor, &articles[ended]).await;
            for (limit, seconds) in [(3, 19), (2, first_two), (1, first)] {
                let kept = site.anyone().get(&format!("/v1/articles?limit={limit}")).await;
                kept.is_ok().has_header("cache-control", &format!("public, max-age={seconds}"));
            }
        }
    }

    async fn a_page_by_its_number_that_stays_empty_tells_nothing_of_what_comes_before_it(engine) {
        let site = Site::at(engine, "2026-11-30T08:50:00.000Z");
        let editor = site.login(Role::Editor).await;
        live(&editor, "Goals", json!({})).await;
        for n in 0..2 {
            let mut wanted = article(&format!("Later {n}"));
            wanted["publish"] = json!({ "publish_at": CHANGE });
            editor.post("/v1/editor/articles").json(wanted).await.is_created();
        }
        site.clock().set("2026-11-30T08:59:41.000Z".parse().unwrap());
        for (path, seconds) in [("limit=1&page=2", 19), ("limit=1&page=3", 19), ("limit=1&page=4", 60), ("limit=2&page=2", 19), ("limit=3&page=2", 60), ("page=1000", 60), ("page=1000&count=exact", 19), ("page=100&kind=article,page", 60)] {
            let empty = site.anyone().get(&format!("/v1/articles?{path}")).await;
            assert_eq!(empty.data().len(), 0, "{path}");
            empty.has_header("cache-control", &format!("public, max-age={seconds}"));
        }
    }

    async fn an_article_that_moves_between_the_categories_of_a_list_stays_on_it(engine) {
        let site = Site::at(engine, "2026-11-30T08:50:00.000Z");
        let editor = site.login(Role::Editor).await;
        let [sport, world] = [category(&editor, "Sport", None).await, category(&editor, "World", None).await];
        let moved = live(&editor, "Goals", json!({ "category_id": sport })).await;
        site.clock().advance_ms(1000);
        live(&editor, "Newer", json!({ "category_id": sport })).await;
        site.clock().set("2026-11-30T08:59:41.000Z".parse().unwrap());
        editor.patch(&moved).if_match("*").merge_patch(json!({ "category_id": world, "publish": { "publish_at": CHANGE } })).await.is_ok();
        for (path, seconds) in [("articles?category=sport,world&limit=1&count=exact", 60), ("articles?category=sport,world", 19), ("articles?category=sport&limit=1&count=exact", 19), ("publication-dates?category=sport,world", 60), ("categories", 19)] {
            site.anyone().get(&format!("/v1/{path}")).await.is_ok().has_header("cache-control", &format!("public, max-age={seconds}"));
        }
    }

    async fn a_redirect_is_kept_until_it_leads_elsewhere(engine) {
        let site = Site::at(engine, "2026-11-30T08:50:00.000Z");
        let editor = site.login(Role::Editor).await;
        let article = live(&editor, "First", json!({})).await;
        site.clock().advance_ms(1000);
        editor.patch(&article).if_match("*").merge_patch(json!({ "slug": "second", "publish": {} })).await.is_ok();
        site.clock().set("2026-11-30T08:59:41.000Z".parse().unwrap());
        for (change, seconds) in [(json!({ "title": "Mended", "publish": { "publish_at": CHANGE, "revision": 3 } }), 60), (json!({ "slug": "third", "publish": { "publish_at": "2026-11-30T09:00:10.000Z" } }), 29)] {
            editor.patch(&article).if_match("*").merge_patch(change).await.is_ok();
            site.anyone().get("/v1/articles/first").await.is(308).has_header("cache-control", &format!("public, max-age={seconds}"));
            site.anyone().get("/v1/articles/second").await.is_ok().has_header("cache-control", "public, max-age=19");
        }
    }

    async fn an_answer_is_never_kept_past_the_next_change_of_what_it_shows(engine) {
        for plan in [Plan::Start, Plan::Update, Plan::End] {
            let site = Site::at(engine, START);
            let editor = site.login(Role::Editor).await;
            scheduled(&site, &editor, plan).await;
            let change: Instant = CHANGE.parse().unwrap();
            for (before_ms, seconds) in LIFETIMES {
                site.clock().set(change.plus_millis(-before_ms).max("2026-11-30T08:00:00.001Z".parse().unwrap()));
                for (path, status) in plan.shown_by() {
                    site.anyone().get(path).await.is(status).has_header("cache-control", &format!("public, max-age={seconds}"));
                }
                for path in plan.not_shown_by() {
                    site.anyone().get(path).await.has_header("cache-control", "public, max-age=60");
                }
            }
            site.clock().set(change);
            for (path, _) in plan.shown_by().into_iter().filter(|(path, _)| !path.contains("-name")) {
                site.anyone().get(path).await.is_ok().has_header("cache-control", "public, max-age=60");
            }
        }
    }

    async fn the_next_of_several_changes_decides(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        for (title, at) in [("Later", "2026-11-30T08:00:50.000Z"), ("Soon", "2026-11-30T08:00:20.000Z"), ("Much later", CHANGE)] {
            let mut wanted = article(title);
            wanted["publish"] = json!({ "publish_at": at, "unpublish_at": "2026-11-30T08:00:55.500Z" });
            if at == CHANGE {
                wanted["publish"]["unpublish_at"] = Value::Null;
            }
            editor.post("/v1/editor/articles").json(wanted).await.is_created();
        }
        for (at_ms, seconds) in [(0, 20), (19_999, 0), (20_000, 30), (50_000, 5), (55_499, 0), (55_500, 60)] {
            site.clock().set(START.parse::<Instant>().unwrap().plus_millis(at_ms));
            site.anyone().get("/v1/articles").await.has_header("cache-control", &format!("public, max-age={seconds}"));
        }
    }

    async fn a_lifetime_of_0_tells_nothing_of_what_lies_ahead(engine) {
        let site = Site::with(engine, START, |options| options.cache_lifetime = 0);
        let editor = site.login(Role::Editor).await;
        newsroom(&site, &editor).await;
        let reader = reader(&site);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for (path, _) in EVERY_KIND {
            before.push(reader.get(path).await);
        }
        let mut wanted = article("Hidden");
        wanted["publish"] = json!({ "publish_at": "2026-11-30T08:00:00.400Z" });
        editor.post("/v1/editor/articles").json(wanted).await.is_created();
        for (path, _) in EVERY_KIND {
            after.push(reader.get(path).await);
        }
        for (before, after) in before.iter().zip(&after) {
            assert_eq!((before.status, headers(before), &before.body), (after.status, headers(after), &after.body));
            let kept = if before.status < 400 || matches!(before.status, 404 | 410) { "no-cache" } else { "no-store" };
            before.has_header("cache-control", kept);
        }
    }

    async fn what_is_not_there_is_asked_for_again_and_a_refusal_is_not_kept(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        for (path, status) in EVERY_KIND {
            let kept = match status {
                404 | 410 => "no-cache",
                400 => "no-store",
                _ => "public, max-age=60",
            };
            site.anyone().get(path).await.is(*status).has_header("cache-control", kept);
        }
    }

    async fn a_redirect_keeps_the_query_as_it_was_sent(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        for (query, status) in [("", 308), ("?fields=title,slug", 308), ("?locale=en&fields=title%2Cslug", 308), ("?fields=titel", 400), ("?locale=tk", 404)] {
            let moved = site.anyone().get(&format!("/v1/articles/old-name{query}")).await;
            moved.is(status);
            let location = (status == 308).then(|| format!("/v1/articles/new-name{query}"));
            assert_eq!(moved.header("location"), location.as_deref());
        }
    }
}
