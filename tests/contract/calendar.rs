//! The editorial calendar: publications by their starts and ends, their states at an instant, local times, and the saves that wait.

use dateline::kernel::caller::Role;
use dateline::kernel::id::ArticleId;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

/// The titles of the articles of a list of publications, in order.
fn titles(list: &Answer) -> Vec<&str> {
    list.is_ok().data().iter().map(|item| item["article"]["title"].as_str().unwrap()).collect()
}

fn texts(ids: &[String]) -> Vec<&str> {
    ids.iter().map(String::as_str).collect()
}

async fn calendar(client: &Client, query: &str) -> String {
    let list = client.get(&format!("/v1/editor/publications{query}")).await;
    titles(&list).concat()
}

async fn publish(editor: &Client, article: &str, publication: Value) -> String {
    let made = editor.post(&format!("/v1/editor/articles/{article}/publications")).json(publication).await;
    made.is_created().text_at("/id").to_owned()
}

/// One publication from a second of eight o'clock until another one.
fn between(start: u32, end: u32) -> Value {
    json!({ "publish": { "publish_at": format!("2026-11-30T08:00:{start:02}Z"), "unpublish_at": format!("2026-11-30T08:00:{end:02}Z") } })
}

on_both_engines! {
    async fn the_calendar_has_what_starts_or_ends_from_an_instant_on_and_before_another(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        save(&editor, "D", json!({})).await;
        let c = save(&editor, "C", between(30, 40)).await;
        save(&editor, "A", between(10, 50)).await;
        save(&editor, "B", between(20, 30)).await;
        save(&editor, "E", json!({ "publish": { "publish_at": "2026-11-30T08:00:50Z" } })).await;
        assert_eq!(calendar(&editor, "").await, "ABCE");
        for (from, to, expected) in [
            ("00Z", "10Z", ""),
            ("00Z", "10.001Z", "A"),
            ("10Z", "20Z", "A"),
            ("10.001Z", "20Z", ""),
            ("20.001Z", "30Z", ""),
            ("30Z", "30.001Z", "BC"),
            ("15Z", "45Z", "BC"),
            ("35Z", "50Z", "C"),
            ("50Z", "51Z", "AE"),
            ("50.001Z", "59Z", ""),
            ("40Z", "30Z", ""),
        ] {
            let query = format!("?from=2026-11-30T08:00:{from}&to=2026-11-30T08:00:{to}");
            assert_eq!(calendar(&editor, &query).await, expected, "{query}");
        }
        assert_eq!(calendar(&editor, "?from=2026-11-30T08:00:35Z").await, "ACE");
        assert_eq!(calendar(&editor, "?to=2026-11-30T13:00:30%2B05:00").await, "AB");
        assert_eq!(calendar(&editor, &format!("?article_id={c}")).await, "C");
        assert_eq!(calendar(&editor, &format!("?article_id={}", ArticleId::new())).await, "");
        assert_eq!(calendar(&editor, &format!("?article_id={c}&from=2026-11-30T08:00:31Z&to=2026-11-30T08:01:00Z")).await, "C");
        assert_eq!(calendar(&editor, &format!("?article_id={c}&to=2026-11-30T08:00:30Z")).await, "");
    }

    async fn an_entry_shows_the_revision_that_is_published_and_where_its_article_stands(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "First", json!({ "slug": "first", "publish": {} })).await;
        editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(json!({ "title": "Second", "slug": "second" })).await.is_ok();
        publish(&editor, &id, json!({ "publish_at": "2026-12-01T08:00:00Z" })).await;
        let list = editor.get("/v1/editor/publications").await;
        let article = |title: &str, slug: &str| json!({ "id": id, "kind": "article", "slug": slug, "locale": "en", "title": title, "category": null, "status": "changed", "embargo_until": null, "embargo_note": null });
        assert_eq!(list["data"][0]["article"], article("First", "first"));
        assert_eq!(list["data"][1]["article"], article("Second", "second"));
        let of_article = editor.get(&format!("/v1/editor/articles/{id}/publications")).await;
        assert_eq!(titles(&of_article), ["Second", "First"]);
        let alone = editor.get(&format!("/v1/editor/publications/{}", list.text_at("/data/0/id"))).await;
        for (member, value) in alone.json().as_object().unwrap() {
            assert_eq!(value, &list["data"][0][member], "{member}");
        }
        assert_eq!((&alone["unpublish_at"], &alone["ends_at"]), (&json!(null), &json!("2026-12-01T08:00:00.000Z")));
        editor.delete(&format!("/v1/editor/articles/{id}")).if_match("*").await.is_no_content();
        let list = editor.get("/v1/editor/publications?state=scheduled").await;
        assert_eq!((titles(&list), &list["data"][0]["article"]["status"]), (vec!["Second"], &json!("trashed")));
        let author = site.login(Role::Author).await;
        for query in ["", "?state=scheduled", "?from=2026-11-30T08:00:00Z", &format!("?article_id={id}"), "?nonsense=1"] {
            author.get(&format!("/v1/editor/publications{query}")).await.is_problem(403, "forbidden");
        }
    }

    async fn each_publication_is_listed_by_the_state_of_the_instant(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Turns", between(10, 40)).await;
        publish(&editor, &id, json!({ "publish_at": "2026-11-30T08:00:20Z", "unpublish_at": "2026-11-30T08:00:30Z" })).await;
        let mut seen = Vec::new();
        for ms in [9_999, 1, 9_999, 1, 9_999, 1] {
            site.clock().advance_ms(ms);
            let whole = editor.get("/v1/editor/publications").await;
            let states = whole.each("state");
            for state in ["scheduled", "live", "replaced", "ended"] {
                for window in ["", "&from=2026-11-30T08:00:00Z", "&from=2026-11-30T08:00:30Z", "&to=2026-11-30T08:00:20Z"] {
                    let all = editor.get(&format!("/v1/editor/publications?limit=100{window}")).await;
                    let expected: Vec<&Value> = all.data().iter().filter(|item| item["state"] == state).collect();
                    let found = editor.get(&format!("/v1/editor/publications?state={state}{window}")).await;
                    assert_eq!(found.data().iter().collect::<Vec<_>>(), expected, "{state}{window}");
                }
            }
            assert_eq!(editor.get("/v1/editor/publications?state=ended,live,scheduled,replaced").await.data(), whole.data());
            seen.push(states.join(" "));
        }
        assert_eq!(seen, ["scheduled scheduled", "live scheduled", "live scheduled", "replaced live", "replaced live", "replaced ended"]);
    }

    async fn the_calendar_refuses_what_it_does_not_take_by_name(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "One", json!({ "publish": {} })).await;
        for (name, value, code) in [
            ("from", "monday", "invalid_format"),
            ("from", "2026-11-30T08:00", "no_time_zone"),
            ("from", "2026-11-30T08:00:00 05:00", "invalid_format"),
            ("to", "-1", "invalid_format"),
            ("to", "10000-01-01T00:00:00Z", "invalid_format"),
            ("article_id", "one", "invalid_format"),
            ("article_id", "' OR ''='", "invalid_format"),
            ("state", "draft", "not_one_of"),
            ("state", "live,", "too_short"),
            ("time_zone", "Mars/Phobos", "invalid_format"),
            ("time_zone", "+05:00", "invalid_format"),
            ("time_zone", "../../etc/passwd", "invalid_format"),
            ("limit", "1000", "out_of_range"),
            ("sort", "publish_at", "unknown_parameter"),
        ] {
            let answer = editor.get("/v1/editor/publications").query(name, value).await;
            answer.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), code);
        }
        let publication = editor.get("/v1/editor/publications").await.text_at("/data/0/id").to_owned();
        for path in [format!("articles/{id}"), format!("articles/{id}/publications"), format!("publications/{publication}")] {
            let answer = editor.get(&format!("/v1/editor/{path}")).query("time_zone", "Mars/Phobos").await;
            answer.is_problem(400, "invalid_parameter").has_error("/time_zone", "invalid_format");
            let answer = editor.get(&format!("/v1/editor/{path}")).query("at", "2026-11-30T08:00:00Z").await;
            answer.is_problem(400, "invalid_parameter").has_error("/at", "unknown_parameter");
        }
    }

    async fn pages_of_publications_go_both_ways_while_dates_are_added_and_taken_away(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut dates = Vec::new();
        let id = save(&editor, "A", json!({})).await;
        for day in 1..=7 {
            dates.push(publish(&editor, &id, json!({ "publish_at": format!("2026-12-0{day}T08:00:00Z") })).await);
        }
        // Two articles that start at one instant are ordered by the ids of their publications.
        let other = save(&editor, "B", json!({})).await;
        dates.insert(4, publish(&editor, &other, json!({ "publish_at": "2026-12-04T08:00:00Z" })).await);
        let page = async |path: &str, cursor: Option<&str>| {
            let cursor = cursor.map_or_else(String::new, |cursor| format!("&cursor={cursor}"));
            editor.get(&format!("/v1/editor/{path}limit=3{cursor}")).await
        };
        let first = page("publications?", None).await;
        let second = page("publications?", first["paging"]["next"].as_str()).await;
        assert_eq!((first.each("id"), second.each("id")), (texts(&dates[..3]), texts(&dates[3..6])));
        editor.delete(&format!("/v1/editor/publications/{}", dates[5])).await.is_no_content();
        let between = publish(&editor, &other, json!({ "publish_at": "2026-12-01T09:00:00Z" })).await;
        let third = page("publications?", second["paging"]["next"].as_str()).await;
        assert_eq!(third.each("id"), [&dates[6], &dates[7]]);
        assert_eq!(third["paging"]["next"], json!(null));
        let back = page("publications?", third["paging"]["previous"].as_str()).await;
        assert_eq!(back.each("id"), [&dates[2], &dates[3], &dates[4]]);
        let back = page("publications?", back["paging"]["previous"].as_str()).await;
        assert_eq!(back.each("id"), [&dates[0], &between, &dates[1]][..]);
        let own = format!("articles/{id}/publications?");
        let newest = page(&own, None).await;
        assert_eq!(newest.each("id"), [&dates[7], &dates[6], &dates[3]]);
        let older = page(&own, newest["paging"]["next"].as_str()).await;
        assert_eq!(older.each("id"), [&dates[2], &dates[1], &dates[0]]);
        assert_eq!(page(&own, older["paging"]["previous"].as_str()).await.each("id"), newest.each("id"));
        let cursor = newest["paging"]["next"].as_str();
        page(&format!("articles/{other}/publications?"), cursor).await.is_problem(400, "invalid_cursor");
        page("publications?", cursor).await.is_problem(400, "invalid_cursor");
        for other in ["state=scheduled&", "from=2026-12-01T00:00:00Z&", "to=2027-12-01T00:00:00Z&", &format!("article_id={id}&")] {
            page(&format!("publications?{other}"), first["paging"]["next"].as_str()).await.is_problem(400, "invalid_cursor");
        }
        page("publications?time_zone=Asia/Ashgabat&", first["paging"]["next"].as_str()).await.is_ok();
    }

    async fn an_article_shows_the_next_hundred_publications_and_its_list_has_them_all(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Live blog", json!({ "publish": {} })).await;
        let mut ahead = Vec::new();
        for minute in 0..102 {
            let start = format!("2026-12-01T{:02}:{:02}:00Z", 8 + minute / 60, minute % 60);
            ahead.push(publish(&editor, &id, json!({ "publish_at": start })).await);
        }
        site.clock().advance_ms(1);
        let shown = editor.get(&format!("/v1/editor/articles/{id}")).await;
        let shown: Vec<&str> = shown["publications"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect();
        assert_eq!((shown.len(), shown[0], shown[99]), (101, ahead[99].as_str(), ahead[0].as_str()));
        let first = editor.get(&format!("/v1/editor/articles/{id}/publications?limit=100")).await;
        let rest = editor.get(&format!("/v1/editor/articles/{id}/publications?limit=100&cursor={}", first.text_at("/paging/next"))).await;
        let all = [first.each("id"), rest.each("id")].concat();
        assert_eq!((all.len(), all[..102].iter().rev().copied().collect::<Vec<_>>()), (103, texts(&ahead)));
        assert_eq!((all[102], &rest["data"][2]["state"]), (shown[100], &json!("live")));
    }

    async fn local_times_of_the_zone_that_is_asked_for_are_added_to_those_that_were_given(engine) {
        let site = Site::at(engine, "2026-10-24T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        // Between them clocks in Berlin go back an hour.
        let given = json!({ "publish_at": "2026-10-24T15:00", "unpublish_at": "2026-10-26T15:00", "time_zone": "Asia/Ashgabat" });
        let id = save(&editor, "Local", json!({ "publish": given })).await;
        let publication = editor.get("/v1/editor/publications").await.text_at("/data/0/id").to_owned();
        let paths = [format!("publications/{publication}"), "publications".to_owned(), format!("articles/{id}/publications"), format!("articles/{id}")];
        for (path, at) in paths.iter().zip(["", "/data/0", "/data/0", "/publications/0"]) {
            for (query, expected) in [
                ("", None),
                ("?time_zone=Europe/Berlin", Some(["Europe/Berlin", "2026-10-24T12:00:00", "2026-10-26T11:00:00"])),
                ("?time_zone=Asia/Kathmandu", Some(["Asia/Kathmandu", "2026-10-24T15:45:00", "2026-10-26T15:45:00"])),
                ("?time_zone=UTC", Some(["UTC", "2026-10-24T10:00:00", "2026-10-26T10:00:00"])),
            ] {
                let answer = editor.get(&format!("/v1/editor/{path}{query}")).await;
                let seen = answer.is_ok().at(at);
                let members = ["time_zone", "publish_at_local", "unpublish_at_local"];
                let kept = members.map(|member| seen[member].as_str().unwrap());
                let known = ["Asia/Ashgabat", "2026-10-24T15:00:00", "2026-10-26T15:00:00"];
                assert_eq!((kept, &seen["publish_at"]), (known, &json!("2026-10-24T10:00:00.000Z")), "{path}{query}");
                let added = seen.get("local").map(|local| members.map(|member| local[member].as_str().unwrap()));
                assert_eq!(added, expected, "{path}{query}");
            }
        }
        let open = save(&editor, "Open", json!({ "publish": { "publish_at": "2026-10-24T10:00:00.007Z" } })).await;
        let without = editor.get(&format!("/v1/editor/articles/{open}")).await;
        assert_eq!((&without["publications"][0]["publish_at_local"], &without["publications"][0]["time_zone"]), (&json!(null), &json!(null)));
        let asked = editor.get(&format!("/v1/editor/articles/{open}?time_zone=Asia/Ashgabat")).await;
        let (start, end) = (&asked["publications"][0]["publish_at_local"], &asked["publications"][0]["unpublish_at_local"]);
        assert_eq!((start, end), (&json!("2026-10-24T15:00:00.007"), &json!(null)));
        assert_eq!(asked["publications"][0]["time_zone"], json!(null), "none was given");
        // Who sends back what they read changes nothing.
        let read = editor.get(&format!("/v1/editor/publications/{publication}?time_zone=Europe/Berlin")).await;
        let back = json!({ "publish_at": read["publish_at_local"], "unpublish_at": read["unpublish_at_local"], "time_zone": read["time_zone"] });
        let changed = editor.patch(&format!("/v1/editor/publications/{publication}")).merge_patch(back).await;
        for member in ["publish_at", "unpublish_at", "time_zone", "publish_at_local", "unpublish_at_local", "version"] {
            assert_eq!(changed[member], read[member], "{member}");
        }
    }

    async fn the_calendar_takes_local_times_of_the_zone_that_is_asked_for(engine) {
        let site = Site::at(engine, "2026-10-24T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Turn", json!({})).await;
        for start in ["2026-10-24T18:59:59.999Z", "2026-10-24T19:00:00Z", "2026-10-25T18:59:59.999Z", "2026-10-25T19:00:00Z"] {
            publish(&editor, &id, json!({ "publish_at": start, "unpublish_at": null })).await;
        }
        let day = editor.get("/v1/editor/publications?from=2026-10-25T00:00&to=2026-10-26T00:00:00&time_zone=Asia/Ashgabat&state=scheduled&limit=1").await;
        assert_eq!(day.is_ok()["data"][0]["publish_at"], "2026-10-24T18:59:59.999Z", "it ends as the day begins");
        // The same list, said otherwise.
        let path = "/v1/editor/publications?from=2026-10-24T19:00:00Z&to=2026-10-25T19:00:00Z&state=scheduled";
        let next = editor.get(path).query("cursor", day.text_at("/paging/next")).await;
        assert_eq!(next.is_ok().each("publish_at"), ["2026-10-24T19:00:00.000Z", "2026-10-25T18:59:59.999Z"]);
        let twice = editor.get("/v1/editor/publications?from=2026-10-25T02:30&to=2026-10-25T02:30%2B02:00&time_zone=Europe/Berlin").await;
        twice.is_problem(400, "invalid_parameter").has_error("/from", "repeated_time");
        assert_eq!(twice["errors"][0]["readings"], json!(["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]));
        let unknown = editor.get("/v1/editor/publications?from=2026-10-25T02:30&to=tomorrow&time_zone=Mars/Phobos").await;
        unknown.is_problem(400, "invalid_parameter").has_error("/time_zone", "invalid_format").has_error("/to", "invalid_format");
        assert_eq!(unknown["errors"].as_array().unwrap().len(), 2);
    }

    async fn each_entry_says_on_which_days_of_a_zone_it_starts_is_replaced_and_ends(engine) {
        let site = Site::with(engine, "2026-10-24T08:00:00.000Z", |options| options.site_time_zone = "Asia/Ashgabat".parse().unwrap());
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "First", json!({ "publish": { "publish_at": "2026-10-24T18:59:59.999Z", "unpublish_at": "2026-10-30T00:00:00Z" } })).await;
        publish(&editor, &id, json!({ "publish_at": "2026-10-24T19:00:00Z", "unpublish_at": "2026-10-25T22:30:00Z" })).await;
        let never = save(&editor, "Trashed", json!({ "publish": { "publish_at": "2026-10-25T10:00:00Z" } })).await;
        editor.delete(&format!("/v1/editor/articles/{never}")).if_match("*").await.is_no_content();
        let events = async |query: &str| {
            let list = editor.get(&format!("/v1/editor/publications{query}")).await;
            let event = |event: &Value| ["event", "at", "day"].map(|member| event[member].as_str().unwrap()).join(" ");
            let of = |entry: &Value| entry["events"].as_array().unwrap().iter().map(event).collect::<Vec<_>>().join(", ");
            list.is_ok().data().iter().map(of).collect::<Vec<_>>()
        };
        let all = [
            "starts 2026-10-24T18:59:59.999Z 2026-10-24, replaced 2026-10-24T19:00:00.000Z 2026-10-25",
            "starts 2026-10-24T19:00:00.000Z 2026-10-25, ends 2026-10-25T22:30:00.000Z 2026-10-26",
            "",
        ];
        assert_eq!(events("").await, all);
        let of_article = editor.get(&format!("/v1/editor/articles/{id}/publications")).await;
        assert_eq!(of_article["data"][1]["events"], editor.get("/v1/editor/publications").await["data"][0]["events"]);
        // On that day clocks in Berlin show an hour twice.
        let berlin = "?time_zone=Europe/Berlin&from=2026-10-25T00:00&to=2026-10-26T00:00";
        assert_eq!(events(berlin).await, ["ends 2026-10-25T22:30:00.000Z 2026-10-25", ""]);
        let edges = "?time_zone=Asia/Kathmandu&from=2026-10-24T19:00:00Z&to=2026-10-25T22:30:00Z";
        assert_eq!(events(edges).await, ["replaced 2026-10-24T19:00:00.000Z 2026-10-25", "starts 2026-10-24T19:00:00.000Z 2026-10-25", ""]);
        // A page later it is the same.
        let first = editor.get("/v1/editor/publications?limit=1").await;
        let second = editor.get(&format!("/v1/editor/publications?limit=1&cursor={}", first.text_at("/paging/next"))).await;
        assert_eq!(second["data"][0]["events"], editor.get("/v1/editor/publications").await["data"][1]["events"]);
    }

    async fn a_scheduled_publication_names_the_saves_that_wait_for_an_editor(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let id = save(&author, "Waits", json!({})).await;
        let publication = publish(&editor, &id, json!({ "publish_at": "2026-11-30T08:00:10Z" })).await;
        let path = format!("/v1/editor/publications/{publication}");
        let by = async |client: &Client| {
            client.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(json!({ "excerpt": "Another" })).await.is_ok();
        };
        let seen = async || {
            let (alone, listed) = (editor.get(&path).await, editor.get("/v1/editor/publications").await);
            let article = editor.get(&format!("/v1/editor/articles/{id}")).await;
            assert_eq!((&listed["data"][0]["not_followed"], &article["publications"][0]["not_followed"]), (&alone["not_followed"], &alone["not_followed"]));
            (alone["revision"].as_i64().unwrap(), alone["not_followed"].clone())
        };
        assert_eq!(seen().await, (1, json!([])));
        by(&author).await;
        by(&author).await;
        assert_eq!(seen().await, (1, json!([2, 3])));
        by(&editor).await;
        assert_eq!(seen().await, (4, json!([])));
        by(&author).await;
        assert_eq!(seen().await, (4, json!([5])));
        editor.patch(&path).merge_patch(json!({ "revision": 4 })).await.is_ok();
        assert_eq!(seen().await, (4, json!([])));
        editor.patch(&path).merge_patch(json!({ "revision": null })).await.is_ok();
        assert_eq!(seen().await, (5, json!([])));
        site.clock().advance_ms(9_500);
        by(&editor).await;
        assert_eq!(seen().await, (5, json!([6])));
        site.clock().advance_ms(500);
        assert_eq!(seen().await, (5, json!([])));
        assert_eq!(editor.get(&format!("/v1/editor/articles/{id}")).await["status"], "changed");
    }

    async fn an_entry_says_who_planned_what_in_which_category_and_what_it_replaces(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let category = async |name: &str, parent: Option<&str>| {
            editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await.text_at("/id").to_owned()
        };
        let politics = category("Politics", None).await;
        let elections = category("Elections", Some(&politics)).await;
        let id = save(&editor, "A", json!({ "category_id": elections, "publish": { "publish_at": "2026-11-30T08:00:10Z", "revision": 1 } })).await;
        let second = json!({ "title": "B", "category_id": null, "publish": { "publish_at": "2026-11-30T08:00:20Z", "unpublish_at": "2026-11-30T08:00:30Z" } });
        editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(second).await.is_ok();
        publish(&editor, &id, json!({ "publish_at": "2026-11-30T08:00:40Z" })).await;
        let list = editor.get("/v1/editor/publications").await;
        let first = &list.data()[0];
        assert_eq!(first["article"]["category"], json!({ "id": elections, "slug": "elections", "name": "Elections" }));
        assert_eq!((&first["planned_by"]["name"], &first["planned_by"]["id"]), (&json!("editor"), &first["created_by"]));
        let replaces: Vec<&Value> = list.data().iter().map(|entry| &entry["replaces"]).collect();
        // What has ended by itself is not replaced.
        assert_eq!(replaces, [&json!(null), &json!({ "publication_id": first["id"], "revision": 1 }), &json!(null)]);
        assert_eq!(list.data()[1]["article"]["category"], json!(null));
        for (query, expected) in [("category=politics", "A"), ("category=elections,unknown", "A"), ("category=unknown", ""), ("author=unknown", ""), ("category=politics&state=ended", "")] {
            assert_eq!(calendar(&editor, &format!("?{query}")).await, expected, "{query}");
        }
        let page = editor.get("/v1/editor/publications?limit=1").await;
        let other = format!("/v1/editor/publications?category=politics&cursor={}", page.text_at("/paging/next"));
        editor.get(&other).await.is_problem(400, "invalid_cursor");
    }
}
