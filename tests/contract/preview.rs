//! The site as of any instant: for editors, and for whoever has a preview link.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// An article with these publications: its id.
async fn begun(editor: &Client, title: &str, publish: Option<Value>) -> String {
    let mut wanted = article(title);
    if let Some(publish) = publish {
        wanted["publish"] = publish;
    }
    editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id").to_owned()
}

/// A new preview link: its id and token.
async fn link(editor: &Client, body: Value) -> (String, String) {
    let made = editor.post("/v1/editor/preview-links").json(&body).await;
    made.is_created();
    (made.text_at("/id").to_owned(), made.text_at("/token").to_owned())
}

on_both_engines! {
    async fn an_editor_sees_the_site_as_it_will_stand_and_as_it_stood(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = begun(&editor, "Prices rise", Some(json!({ "publish_at": "2026-12-07T04:00:00Z" }))).await;
        let titles = async |at: &str| {
            let list = editor.get(&format!("/v1/preview/articles?at={at}")).await;
            list.is_ok().data().iter().map(|article| article["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(titles("2026-12-07T04:00:00Z").await, ["Prices rise"]);
        assert!(titles("2026-12-07T03:59:59.999Z").await.is_empty());
        editor.get("/v1/preview/articles/prices-rise").await.is_problem(404, "not_found");
        let ahead = editor.get("/v1/preview/articles/prices-rise?at=2026-12-07T09:00:00%2B05:00").await;
        ahead.is_ok();
        site.clock().set("2026-12-07T04:00:00.000Z".parse().unwrap());
        let editor = site.login(Role::Editor).await;
        let readers = site.anyone().get("/v1/articles/prices-rise").await;
        assert_eq!(readers.body, ahead.body);
        site.clock().advance_ms(1000);
        editor.post(&format!("/v1/editor/articles/{id}/unpublish")).json(json!({})).await.is_ok();
        site.anyone().get("/v1/articles/prices-rise").await.is_problem(404, "not_found");
        assert_eq!(editor.get("/v1/preview/articles/prices-rise?at=2026-12-07T04:00:00.999Z").await.is_ok().body, ahead.body);
        editor.get("/v1/preview/articles/prices-rise?at=2026-12-07T04:00:01Z").await.is_problem(404, "not_found");
        let days = editor.get("/v1/preview/publication-dates?at=2026-12-07T04:00:00Z").await;
        assert_eq!(days["data"], json!([{ "date": "2026-12-07", "articles": 1 }]));
        assert_eq!(editor.get("/v1/preview/articles?at=2026-12-07T04:00:00Z&count=exact").await["paging"]["total"], 1);
        assert_eq!(editor.get("/v1/preview/articles?at=2026-12-06T04:00:00Z&count=exact").await["paging"]["total"], 0);
    }

    async fn nobody_keeps_a_preview_and_no_search_engine_finds_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        begun(&editor, "Prices rise", Some(json!({}))).await;
        let (_, token) = link(&editor, json!({})).await;
        let paths = ["articles", "articles/prices-rise", "articles/unknown", "categories", "categories/unknown", "publication-dates", "site", "articles?x=1"];
        for path in paths {
            let by_link = site.anyone().get(&format!("/v1/preview/{path}")).header("dateline-preview", &token).await;
            for answer in [editor.get(&format!("/v1/preview/{path}")).await, by_link, site.anyone().get(&format!("/v1/preview/{path}")).await] {
                assert_eq!(answer.expect_header("cache-control"), "private, no-store, no-transform", "{path}");
                assert_eq!(answer.expect_header("x-robots-tag"), "noindex", "{path}");
                assert_eq!(answer.expect_header("referrer-policy"), "no-referrer", "{path}");
                assert_eq!(answer.header("etag"), None, "{path}");
            }
        }
        let again = editor.get("/v1/preview/articles/prices-rise").header("if-none-match", "*").await;
        again.is_ok();
    }

    async fn who_may_not_look_is_told_so_before_anything_else(engine) {
        let site = Site::at(engine, NOW);
        let author = site.login(Role::Author).await;
        for path in ["articles", "articles/unknown", "categories", "categories/unknown", "publication-dates", "site", "articles?at=never"] {
            let path = format!("/v1/preview/{path}");
            site.anyone().get(&path).await.is_problem(401, "invalid_token");
            author.get(&path).await.is_problem(403, "forbidden");
        }
        author.post("/v1/editor/preview-links").json(json!({})).await.is_problem(403, "forbidden");
        // Delivery has one instant, and asks nobody who they are.
        let editor = site.login(Role::Editor).await;
        for parameter in ["at=2026-12-07T04:00:00Z", "preview=x", "drafts=true"] {
            editor.get(&format!("/v1/articles?{parameter}")).await.is_problem(400, "invalid_parameter");
        }
        editor.get("/v1/preview/articles?at=never").await.is_problem(400, "invalid_parameter").has_error("/at", "invalid_format");
        editor.get("/v1/preview/articles?att=2026-12-07T04:00:00Z").await.is_problem(400, "invalid_parameter");
    }

    async fn a_link_shows_its_article_as_of_its_instant_and_nothing_else(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = begun(&editor, "Prices rise", Some(json!({ "publish_at": "2026-12-07T04:00:00Z" }))).await;
        let other = begun(&editor, "Bridge opens", Some(json!({}))).await;
        let made = editor.post("/v1/editor/preview-links").json(json!({ "article_id": id, "at": "2026-12-07T09:00", "time_zone": "Asia/Ashgabat" })).await;
        assert_eq!(made.is_created()["at"], "2026-12-07T04:00:00.000Z");
        let token = made.text_at("/token");
        assert_eq!(made["url"], format!("https://api.example.org/v1/preview/articles/{id}?preview={token}"));
        assert_eq!(made["expires_at"], "2026-12-01T08:00:00.000Z");
        let look = async |path: &str| site.anyone().get(&format!("/v1/preview/{path}{}preview={token}", if path.contains('?') { '&' } else { '?' })).await;
        for path in [format!("articles/{id}"), "articles/prices-rise".to_owned(), format!("articles/{id}?at=2026-12-07T04:00:00Z&fields=title")] {
            assert_eq!(look(&path).await.is_ok()["title"], "Prices rise", "{path}");
        }
        let wider = [
            format!("articles/{other}"), "articles/bridge-opens".to_owned(), "articles/unknown".to_owned(), "articles".to_owned(), "categories".to_owned(),
            "categories/unknown".to_owned(), "publication-dates".to_owned(), "site".to_owned(), format!("articles/{id}?at=2026-12-07T04:00:00.001Z"),
            format!("articles/{id}?at=never"),
        ];
        for path in wider {
            look(&path).await.is_problem(403, "forbidden");
        }
        site.anyone().get(&format!("/v1/preview/articles/{id}")).header("dateline-preview", token).await.is_ok();
        // It is a key to the preview alone, and no other key is one.
        let as_bearer = site.anyone().with_token(token);
        as_bearer.get(&format!("/v1/preview/articles/{id}")).await.is_problem(401, "invalid_token");
        as_bearer.get("/v1/editor/articles").await.is_problem(401, "invalid_token");
        let both = site.anyone().get(&format!("/v1/preview/articles/{id}?preview={token}")).header("dateline-preview", "another").await;
        both.is_problem(401, "invalid_token");
    }

    async fn a_link_to_the_site_shows_all_of_it_as_of_its_instant_or_as_of_now(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        begun(&editor, "Prices rise", Some(json!({ "publish_at": "2026-12-07T04:00:00Z" }))).await;
        let (_, monday) = link(&editor, json!({ "at": "2026-12-07T09:00:00+05:00", "expires_in": 2_592_000 })).await;
        let (_, now) = link(&editor, json!({ "expires_in": 2_592_000 })).await;
        let anyone = site.anyone();
        assert_eq!(anyone.get(&format!("/v1/preview/articles?preview={monday}")).await.data().len(), 1);
        assert_eq!(anyone.get(&format!("/v1/preview/articles?preview={now}")).await.data().len(), 0);
        for token in [&monday, &now] {
            anyone.get(&format!("/v1/preview/articles?preview={token}&at=2026-12-08T00:00:00Z")).await.is_problem(403, "forbidden");
        }
        let page = anyone.get(&format!("/v1/preview/articles?limit=1&preview={monday}")).await;
        assert_eq!(page.header("link"), None);
        site.clock().set("2026-12-07T04:00:00.000Z".parse().unwrap());
        assert_eq!(anyone.get(&format!("/v1/preview/articles?preview={now}")).await.data().len(), 1);
    }

    async fn a_link_ends_at_its_instant_when_it_is_revoked_and_with_the_rights_of_who_made_it(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let opens = async |token: &str| site.anyone().get(&format!("/v1/preview/articles?preview={token}")).await.status;
        let (_, short) = link(&editor, json!({ "expires_in": 60 })).await;
        site.clock().advance_ms(59_999);
        assert_eq!(opens(&short).await, 200);
        site.clock().advance_ms(1);
        assert_eq!(opens(&short).await, 401);
        let (id, revoked) = link(&editor, json!({})).await;
        assert_eq!(opens(&revoked).await, 200);
        let path = format!("/v1/editor/preview-links/{id}");
        editor.delete(&path).await.is_no_content();
        assert_eq!(opens(&revoked).await, 401);
        editor.delete(&path).await.is_problem(404, "not_found");
        editor.get(&path).await.is_problem(404, "not_found");
        let (id, theirs) = link(&editor, json!({})).await;
        let (_, admins) = link(&admin, json!({})).await;
        let users = admin.get("/v1/editor/users").await;
        let user = users.data().iter().find(|user| user["role"] == "editor").unwrap()["id"].as_str().unwrap().to_owned();
        let change = async |body: serde_json::Value| admin.patch(&format!("/v1/editor/users/{user}")).merge_patch(body).await.is_ok().status;
        for (lost, again) in [(json!({ "role": "author" }), json!({ "role": "editor" })), (json!({ "active": false }), json!({ "active": true }))] {
            let editor = site.login(Role::Editor).await;
            let (id, theirs) = link(&editor, json!({})).await;
            change(json!({ "name": format!("Renamed before {lost}") })).await;
            assert_eq!(opens(&theirs).await, 200);
            change(lost).await;
            assert_eq!(opens(&theirs).await, 401);
            // It is over for ever: it is in no list, and does not come back with their rights.
            admin.get(&format!("/v1/editor/preview-links/{id}")).await.is_problem(404, "not_found");
            assert_eq!(admin.get("/v1/editor/preview-links").await.data().len(), 1);
            let told = &admin.get("/v1/editor/audit-log?action=user.updated").await["data"][0];
            assert_eq!(told["after"]["preview_links_revoked"], 1 + usize::from(told["after"]["role"] == "author"));
            change(again).await;
            assert_eq!((opens(&theirs).await, opens(&admins).await), (401, 200));
        }
        admin.get(&format!("/v1/editor/preview-links/{id}")).await.is_problem(404, "not_found");
        for unknown in ["", "x", &theirs[1..], &format!("{theirs}A")] {
            assert_eq!(opens(unknown).await, 401, "{unknown}");
        }
    }

    async fn links_are_listed_without_their_tokens(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut made = Vec::new();
        for seconds in [60, 600, 6000] {
            made.push(link(&editor, json!({ "expires_in": seconds })).await);
            site.clock().advance_ms(1000);
        }
        let first = editor.get("/v1/editor/preview-links?limit=2").await;
        let ids = |list: &crate::support::answer::Answer| list.data().iter().map(|link| link["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(ids(&first), [made[2].0.clone(), made[1].0.clone()]);
        let next = editor.get(&format!("/v1/editor/preview-links?limit=2&cursor={}", first.text_at("/paging/next"))).await;
        assert_eq!(ids(&next), [made[0].0.clone()]);
        for (_, token) in &made {
            assert!(!first.text().contains(token) && !next.text().contains(token));
        }
        site.clock().advance_ms(57_000);
        assert_eq!(ids(&editor.get("/v1/editor/preview-links").await), [made[2].0.clone(), made[1].0.clone()]);
    }

    async fn a_wrong_link_is_refused_with_every_mistake(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let wrong = json!({ "article_id": "01890a5d-ac96-774b-bcce-b302099a8057", "at": "2026-12-07T09:00", "expires_in": 2_592_001 });
        let refused = editor.post("/v1/editor/preview-links").json(wrong).await;
        refused.is_problem(422, "invalid").has_error("/article_id", "unknown").has_error("/at", "no_time_zone").has_error("/expires_in", "out_of_range");
        for seconds in [0, 2_592_001] {
            editor.post("/v1/editor/preview-links").json(json!({ "expires_in": seconds })).await.is_problem(422, "invalid");
        }
        let trashed = begun(&editor, "Prices rise", None).await;
        editor.delete(&format!("/v1/editor/articles/{trashed}")).if_match("*").await.is_no_content();
        editor.post("/v1/editor/preview-links").json(json!({ "article_id": trashed })).await.is_problem(422, "invalid");
        let keyed = editor.post("/v1/editor/preview-links").header("idempotency-key", "a").json(json!({})).await;
        keyed.is_problem(400, "idempotency_unsupported");
        assert_eq!(editor.get("/v1/editor/preview-links").await.data().len(), 0);
    }

    async fn a_front_end_gets_token_and_path_where_it_wants_them(engine) {
        let pattern = "https://www.example.org/api/draft?token={token}&path={path}";
        let site = Site::with(engine, NOW, |options| options.preview_url = Some(pattern.to_owned()));
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let mut wanted = article("Prices rise");
        wanted["category_id"] = json!(city);
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        for (body, path) in [(json!({ "article_id": id }), "/city/prices-rise"), (json!({}), "/")] {
            let made = editor.post("/v1/editor/preview-links").json(body).await;
            assert_eq!(made["url"], format!("https://www.example.org/api/draft?token={}&path={path}", made.text_at("/token")));
        }
    }

    async fn a_slug_that_moved_leads_on_within_the_preview(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = begun(&editor, "Prices rise", Some(json!({}))).await;
        let path = format!("/v1/editor/articles/{id}");
        let again = json!({ "slug": "prices-fall", "publish": { "publish_at": "2026-12-07T04:00:00Z" } });
        editor.patch(&path).if_match("*").merge_patch(again).await.is_ok();
        let moved = editor.get("/v1/preview/articles/prices-rise?at=2026-12-07T04:00:00Z").await;
        assert_eq!(moved.status, 308);
        assert_eq!(moved.expect_header("location"), "/v1/preview/articles/prices-fall?at=2026-12-07T04:00:00Z");
        editor.get("/v1/preview/articles/prices-rise?at=2026-12-07T03:59:59.999Z").await.is_ok();
        // Under a link the article is there by the slug that it has then.
        let (_, token) = link(&editor, json!({ "article_id": id, "at": "2026-12-07T04:00:00Z" })).await;
        site.anyone().get(&format!("/v1/preview/articles/prices-fall?preview={token}")).await.is_ok();
        let moved = site.anyone().get(&format!("/v1/preview/articles/prices-rise?preview={token}")).await;
        assert_eq!((moved.status, moved.expect_header("location")), (308, format!("/v1/preview/articles/prices-fall?preview={token}").as_str()));
    }

    async fn under_a_link_an_article_answers_by_its_own_slugs_in_whatever_language(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Bahalar galdy");
        wanted["locale"] = json!("tk");
        let id = editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id").to_owned();
        begun(&editor, "Bahalar galdy", Some(json!({}))).await;
        let (_, token) = link(&editor, json!({ "article_id": id })).await;
        let look = async |slug: &str| site.anyone().get(&format!("/v1/preview/articles/{slug}?preview={token}")).await;
        // It is not live, and the one of the same slug in the default language is another one.
        for own in ["bahalar-galdy", &id] {
            look(own).await.is_problem(404, "not_found");
        }
        editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({})).await.is_created();
        site.clock().advance_ms(1);
        for own in ["bahalar-galdy", &id] {
            assert_eq!(look(own).await.is_ok()["id"], *id);
        }
        let other = look("another").await;
        other.is_problem(403, "forbidden");
        assert!(!other.text().contains("role does"), "{other}");
        let reason = json!({ "withdrawn": { "reason": "It was wrong." } });
        editor.post(&format!("/v1/editor/articles/{id}/unpublish")).json(reason).await.is_ok();
        look("bahalar-galdy").await.is_problem(410, "withdrawn");
        // Nor is it there where the site does not publish in its language.
        let elsewhere = site.copy_with(|options| options.locales = dateline::kernel::locale::Locales::new(vec!["en".parse().unwrap()]).unwrap());
        for own in ["bahalar-galdy", &id] {
            elsewhere.anyone().get(&format!("/v1/preview/articles/{own}?preview={token}")).await.is_problem(404, "not_found");
        }
    }

    async fn the_path_of_a_link_is_of_what_it_shows_or_of_the_newest_save(engine) {
        let site = Site::with(engine, NOW, |options| options.preview_url = Some("https://www.example.org/{token}?path={path}".to_owned()));
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let mut wanted = article("Prices rise");
        (wanted["category_id"], wanted["publish"]) = (json!(city), json!({ "unpublish_at": "2026-12-05T00:00:00Z" }));
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        let second = json!({ "slug": "prices-fall", "publish": { "publish_at": "2026-12-02T00:00:00Z" } });
        editor.patch(&path).if_match("*").merge_patch(second).await.is_ok();
        editor.patch(&path).if_match("*").merge_patch(json!({ "slug": "prices-stay", "category_id": null, "publish": { "publish_at": "2027-01-01T00:00:00Z" } })).await.is_ok();
        for (at, expected) in [
            (json!(null), "/city/prices-rise"),
            (json!("2026-12-01T23:59:59.999Z"), "/city/prices-rise"),
            (json!("2026-12-02T00:00:00Z"), "/prices-stay"),
            (json!("2026-12-05T00:00:00Z"), "/prices-stay"),
            (json!("2026-11-30T07:59:59.999Z"), "/prices-stay"),
        ] {
            let made = editor.post("/v1/editor/preview-links").json(json!({ "article_id": id, "at": at })).await;
            assert_eq!(made["url"], format!("https://www.example.org/{}?path={expected}", made.text_at("/token")), "{at}");
        }
        // What is pinned stays on its path.
        let second = editor.get(&path).await["publications"].as_array().unwrap().iter().find(|p| p["publish_at"] == "2026-12-02T00:00:00.000Z").unwrap()["id"].clone();
        editor.patch(&format!("/v1/editor/publications/{}", second.as_str().unwrap())).merge_patch(json!({ "revision": 2 })).await.is_ok();
        let made = editor.post("/v1/editor/preview-links").json(json!({ "article_id": id, "at": "2026-12-03T00:00:00Z" })).await;
        assert_eq!(made["url"], format!("https://www.example.org/{}?path=/city/prices-fall", made.text_at("/token")));
        let look = site.anyone().get(&format!("/v1/preview/articles/prices-fall?preview={}", made.text_at("/token"))).await;
        assert_eq!(look.is_ok()["path"], "/city/prices-fall");
    }

    async fn a_cursor_of_a_preview_is_that_of_readers_and_goes_with_any_instant(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        for (title, day) in [("One", 1), ("Two", 2), ("Three", 3)] {
            begun(&editor, title, Some(json!({ "publish_at": format!("2026-12-0{day}T00:00:00Z") }))).await;
        }
        let first = editor.get("/v1/preview/articles?limit=1&at=2026-12-02T00:00:00Z").await;
        assert_eq!(first.is_ok()["data"][0]["title"], "Two");
        let cursor = first.text_at("/paging/next");
        for at in ["2026-12-02T00:00:00Z", "2026-12-03T00:00:00Z"] {
            assert_eq!(editor.get(&format!("/v1/preview/articles?limit=1&at={at}&cursor={cursor}")).await.is_ok()["data"][0]["title"], "One");
        }
        editor.get(&format!("/v1/preview/articles?kind=page&at=2026-12-02T00:00:00Z&cursor={cursor}")).await.is_problem(400, "invalid_cursor");
        site.clock().set("2026-12-02T00:00:00.000Z".parse().unwrap());
        assert_eq!(site.anyone().get("/v1/articles?limit=1").await["paging"]["next"], *cursor);
        assert_eq!(site.anyone().get(&format!("/v1/articles?limit=1&cursor={cursor}")).await.is_ok()["data"][0]["title"], "One");
    }

    async fn a_link_that_ends_with_what_it_shows_is_told_as_revoked(engine) {
        let site = Site::with(engine, NOW, |options| options.trash_kept_days = Some(1));
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let (purged, forgotten) = (begun(&editor, "Purged", None).await, begun(&editor, "Forgotten", None).await);
        let release = editor.post("/v1/editor/releases").json(json!({ "name": "Called off" })).await.is_created().text_at("/id").to_owned();
        link(&editor, json!({ "article_id": purged, "expires_in": 60 })).await;
        let [first, second, third] = [
            link(&editor, json!({ "article_id": purged })).await.0,
            link(&editor, json!({ "article_id": forgotten, "expires_in": 604_800 })).await.0,
            link(&editor, json!({ "release_id": release })).await.0,
        ];
        for id in [&purged, &forgotten] {
            editor.delete(&format!("/v1/editor/articles/{id}")).if_match("*").await.is_no_content();
        }
        // Of what had ended before nothing is told.
        site.clock().advance_ms(61_000);
        admin.delete(&format!("/v1/editor/articles/{purged}?purge=true")).if_match("*").await.is_no_content();
        editor.delete(&format!("/v1/editor/releases/{release}")).await.is_no_content();
        site.clock().advance_ms(86_400_000);
        site.keep_up().await;
        let admin = site.login(Role::Admin).await;
        let entries = admin.get("/v1/editor/audit-log?action=preview_link.revoked").await;
        let told: Vec<_> = entries.is_ok().data().iter().map(|entry| (entry["target"]["id"].as_str().unwrap(), &entry["actor"]["kind"])).collect();
        let (user, command) = (json!("user"), json!("command"));
        assert_eq!(told, [(second.as_str(), &command), (&third, &user), (&first, &user)]);
        assert_eq!(entries.data()[0]["before"]["article_id"], json!(forgotten));
        assert_eq!(entries.data()[1]["before"]["release_id"], json!(release));
    }
}
