//! The editorial calendar in a calendar program, read by a real parser of iCalendar.

use std::collections::BTreeMap;

use dateline::articles::service::calendar::MOST_EACH_WAY;
use dateline::kernel::caller::Role;
use dateline::kernel::id::{ArticleId, UserId};
use dateline::kernel::instant::Instant;
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::Problem;
use dateline::publications::rules::{self, Wanted};
use dateline::publications::store;
use icalendar::{Calendar, Component, Event};
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// A new subscription: its id and token.
async fn subscribe(editor: &Client, body: Value) -> (String, String) {
    let made = editor.post("/v1/editor/calendar-subscriptions").json(&body).await;
    made.is_created();
    (made.text_at("/id").to_owned(), made.text_at("/token").to_owned())
}

async fn read(site: &Site, token: &str) -> Answer {
    site.anyone().get(&format!("/v1/editor/calendar.ics?token={token}")).await
}

/// The calendar, as RFC 5545 wants its lines.
fn calendar(answer: &Answer) -> Calendar {
    answer.is_ok().has_header("content-type", "text/calendar; charset=utf-8");
    let text = answer.text();
    let lines = text.strip_suffix("\r\n").unwrap().split("\r\n");
    assert!(lines.clone().all(|line| line.len() <= 75 && !line.contains(['\r', '\n'])), "{text}");
    text.parse().unwrap()
}

fn events(answer: &Answer) -> Vec<Event> {
    calendar(answer).components.iter().map(|component| component.as_event().unwrap().clone()).collect()
}

fn summaries(answer: &Answer) -> Vec<String> {
    events(answer).iter().map(|event| event.get_summary().unwrap().to_owned()).collect()
}

fn properties(event: &Event, names: &[&str]) -> Vec<Option<String>> {
    names.iter().map(|name| event.property_value(name).map(str::to_owned)).collect()
}

on_both_engines! {
    async fn an_event_says_what_goes_before_the_public_from_when_until_when(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City, and around" })).await.text_at("/id").to_owned();
        let body = json!({ "category_id": city, "slug": "bridge", "publish": { "publish_at": "2026-12-01T09:00:00.750+05:00" } });
        let id = save(&editor, "Bridge", body).await;
        let update = json!({ "publish_at": "2026-12-02T04:00:00Z", "unpublish_at": "2026-12-03T04:00:00Z" });
        editor.post(&format!("/v1/editor/articles/{id}/publications")).json(update).await.is_created();
        let list = editor.get("/v1/editor/publications").await;
        let (_, token) = subscribe(&editor, json!({})).await;
        let answer = read(&site, &token).await;
        answer.has_header("cache-control", "private, no-store, no-transform").has_header("x-robots-tag", "noindex").has_header("referrer-policy", "no-referrer");
        let calendar = calendar(&answer);
        assert_eq!((calendar.get_name(), calendar.property_value("METHOD")), (Some("The Morning News"), Some("PUBLISH")));
        assert_eq!(calendar.property_value("REFRESH-INTERVAL"), Some("PT15M"));
        let events = events(&answer);
        let names = ["UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "SUMMARY", "STATUS", "URL", "TRANSP"];
        let expected = |at: usize, start: &str, end: &str| {
            let uid = list["data"][at]["id"].as_str().unwrap();
            let all = [uid, "20261130T080000Z", "1", start, end, "Bridge", "CONFIRMED", "https://www.example.org/city-and-around/bridge", "TRANSPARENT"];
            all.map(|value| Some(value.to_owned())).to_vec()
        };
        assert_eq!(properties(&events[0], &names), expected(0, "20261201T040000Z", "20261202T040000Z"));
        assert_eq!(properties(&events[1], &names), expected(1, "20261202T040000Z", "20261203T040000Z"));
        let description = events[1].get_description().unwrap();
        let said = "Revision 1 takes the place of revision 1; follows the newest save.\nFrom 2026-12-02T04:00:00.000Z until 2026-12-03T04:00:00.000Z.\nPlanned by editor.\nState: scheduled. The article: scheduled.";
        assert_eq!(description, said);
        assert!(answer.text().contains("CATEGORIES:City\\, and around\r\n"));
        // What is moved is the same event in another version.
        let moved = format!("/v1/editor/publications/{}", list["data"][1]["id"].as_str().unwrap());
        editor.patch(&moved).merge_patch(json!({ "publish_at": "2026-12-02T05:00:00Z", "unpublish_at": null })).await.is_ok();
        let again = properties(&self::events(&read(&site, &token).await)[1], &names);
        assert_eq!(again[..5], [again[0].clone(), Some("20261130T080000Z".into()), Some("2".into()), Some("20261202T050000Z".into()), None]);
        assert_eq!(again[0].as_deref(), list["data"][1]["id"].as_str());
        // With an access token it is the whole calendar.
        assert_eq!(editor.get("/v1/editor/calendar.ics").await.text(), read(&site, &token).await.text());
    }

    async fn what_does_not_begin_in_the_trash_is_cancelled(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = save(&editor, "Trashed", json!({ "publish": { "publish_at": "2026-11-30T09:00:00Z" } })).await;
        let (_, token) = subscribe(&editor, json!({})).await;
        let status = async || properties(&events(&read(&site, &token).await)[0], &["STATUS", "DTEND"]);
        assert_eq!(status().await, [Some("CONFIRMED".to_owned()), None]);
        editor.delete(&format!("/v1/editor/articles/{id}")).if_match("*").await.is_no_content();
        assert_eq!(status().await, [Some("CANCELLED".to_owned()), None]);
        site.clock().set("2026-11-30T09:00:00.000Z".parse().unwrap());
        assert_eq!(status().await, [Some("CANCELLED".to_owned()), None]);
        let editor = site.login(Role::Editor).await;
        editor.post(&format!("/v1/editor/articles/{id}/restore")).json(json!({})).await.is_ok();
        assert_eq!(status().await, [Some("CANCELLED".to_owned()), None]);
    }

    async fn an_embargo_is_told_while_it_lasts(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let embargo = json!({ "embargo_until": "2026-12-01T08:00:00Z", "embargo_note": "The ministry announces it.", "publish": { "publish_at": "2026-12-01T08:00:00Z" } });
        save(&editor, "Bridge", embargo).await;
        let (_, token) = subscribe(&editor, json!({})).await;
        let told = async || events(&read(&site, &token).await)[0].get_description().unwrap().contains("\nUnder embargo until 2026-12-01T08:00:00.000Z. The ministry announces it.");
        assert!(told().await);
        site.clock().set("2026-12-01T08:00:00.000Z".parse().unwrap());
        assert!(!told().await);
    }

    async fn a_subscription_shows_what_whoever_made_it_reads_in_the_calendar_and_no_more(engine) {
        let site = Site::at(engine, NOW);
        let (admin, editor, author) = (site.login(Role::Admin).await, site.login(Role::Editor).await, site.login(Role::Author).await);
        let sport = admin.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.text_at("/id").to_owned();
        let me = format!("/v1/editor/users/{}", editor.get("/v1/auth/me").await.text_at("/id"));
        admin.patch(&me).merge_patch(json!({ "category_ids": [sport] })).await.is_ok();
        for (title, note) in [("Theirs", "Until the draw."), ("Elsewhere", "Until the verdict.")] {
            let category = if title == "Theirs" { json!(sport) } else { json!(null) };
            let embargo = json!({ "category_id": category, "embargo_until": "2026-12-01T08:00:00Z", "embargo_note": note, "publish": { "publish_at": "2026-12-01T08:00:00Z" } });
            save(&admin, title, embargo).await;
        }
        let (_, token) = subscribe(&editor, json!({})).await;
        // Whoever is limited to categories reads what lies elsewhere as well.
        let listed = editor.get("/v1/editor/publications").await;
        let calendar = read(&site, &token).await;
        let text = events(&calendar).iter().map(|event| format!("{} {}", event.get_summary().unwrap(), event.get_description().unwrap())).collect::<Vec<_>>();
        assert_eq!(text.len(), listed.data().len());
        for (event, entry) in text.iter().zip(listed.data()) {
            let article = &entry["article"];
            assert!(event.contains(article["title"].as_str().unwrap()) && event.contains(article["embargo_note"].as_str().unwrap()), "{event}");
        }
        // Authors read no calendar, so that they share none; whoever becomes one, or is sent away, shows nothing any more.
        author.get("/v1/editor/publications").await.is_problem(403, "forbidden");
        author.get("/v1/editor/calendar.ics").await.is_problem(403, "forbidden");
        author.post("/v1/editor/calendar-subscriptions").json(json!({})).await.is_problem(403, "forbidden");
        admin.patch(&me).merge_patch(json!({ "role": "author" })).await.is_ok();
        read(&site, &token).await.is_problem(401, "invalid_token");
        admin.patch(&me).merge_patch(json!({ "role": "editor" })).await.is_ok();
        read(&site, &token).await.is_problem(401, "invalid_token");
        let (_, token) = subscribe(&editor, json!({})).await;
        admin.patch(&me).merge_patch(json!({ "active": false })).await.is_ok();
        read(&site, &token).await.is_problem(401, "invalid_token");
    }

    async fn titles_of_any_kind_come_through_whole(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let titles = [
            "Commas, semicolons; and back\\slashes \\n".to_owned(),
            "END:VEVENT".to_owned(),
            "Köpri açyldy — мост открыт, 橋が開通した 🎉".repeat(6),
            format!("{}😀", "x".repeat(66)),
            "\"Quoted\": and:colons=".to_owned(),
        ];
        let mut wanted = BTreeMap::new();
        for (at, title) in titles.iter().enumerate() {
            save(&editor, title, json!({ "slug": format!("a-{at}"), "publish": { "publish_at": format!("2026-12-0{}T08:00:00Z", at + 1) } })).await;
            wanted.insert(at, title.clone());
        }
        let (_, token) = subscribe(&editor, json!({ "name": "Line\nbreak, \\n; 橋" })).await;
        let answer = read(&site, &token).await;
        assert_eq!(summaries(&answer), wanted.into_values().collect::<Vec<_>>());
        // The parser leaves what is said of the calendar as a whole as it is written.
        assert_eq!(calendar(&answer).get_name(), Some("Line\\nbreak\\, \\\\n\\; 橋"));
    }

    async fn a_subscription_shows_what_it_was_made_for(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let streets = editor.post("/v1/editor/categories").json(json!({ "name": "Streets", "parent_id": city })).await.text_at("/id").to_owned();
        save(&editor, "Live", json!({ "publish": {} })).await;
        save(&editor, "Street", json!({ "category_id": streets, "publish": { "publish_at": "2026-12-01T08:00:00Z" } })).await;
        save(&editor, "Later", json!({ "publish": { "publish_at": "2026-12-02T08:00:00Z" } })).await;
        save(&editor, "Draft", json!({})).await;
        for (filters, expected) in [
            (json!({}), vec!["Live", "Street", "Later"]),
            (json!({ "category": ["city"] }), vec!["Street"]),
            (json!({ "state": ["live"] }), vec!["Live"]),
            (json!({ "state": ["scheduled", "ended"] }), vec!["Street", "Later"]),
            (json!({ "state": ["ended"], "category": ["streets"] }), vec![]),
        ] {
            let made = editor.post("/v1/editor/calendar-subscriptions").json(json!({ "filters": filters })).await;
            assert_eq!(made.is_created()["url"], format!("https://api.example.org/v1/editor/calendar.ics?token={}", made.text_at("/token")));
            assert_eq!(summaries(&read(&site, made.text_at("/token")).await), expected, "{filters}");
        }
        let (_, token) = subscribe(&editor, json!({ "filters": { "state": ["live"] } })).await;
        // It cannot be widened.
        let wider = site.anyone().get(&format!("/v1/editor/calendar.ics?token={token}&state=scheduled")).await;
        wider.is_problem(400, "invalid_parameter").has_error("/state", "unknown_parameter");
        let unknown = json!({ "filters": { "category": ["city", "unknown"], "author": ["nobody"] } });
        let refused = editor.post("/v1/editor/calendar-subscriptions").json(unknown).await;
        refused.is_problem(422, "invalid").has_error("/filters/category/1", "unknown").has_error("/filters/author/0", "unknown");
        editor.post("/v1/editor/calendar-subscriptions").header("idempotency-key", "a").json(json!({})).await.is_problem(400, "idempotency_unsupported");
    }

    async fn a_subscription_ends_at_its_instant_when_it_is_revoked_and_with_the_rights_of_who_made_it(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let opens = async |token: &str| read(&site, token).await.status;
        let (_, short) = subscribe(&editor, json!({ "expires_in": 60 })).await;
        let (id, revoked) = subscribe(&editor, json!({})).await;
        site.clock().advance_ms(59_999);
        assert_eq!(opens(&short).await, 200);
        site.clock().advance_ms(1);
        assert_eq!((opens(&short).await, opens(&revoked).await), (401, 200));
        let path = format!("/v1/editor/calendar-subscriptions/{id}");
        let seen = editor.get(&path).await;
        assert_eq!((&seen.is_ok()["expires_at"], seen["filters"].clone()), (&json!(null), json!({ "state": [], "category": [], "author": [] })));
        let listed = editor.get("/v1/editor/calendar-subscriptions").await;
        assert_eq!(listed.each("id"), [&id]);
        assert!(!listed.text().contains(&revoked) && !seen.text().contains(&revoked));
        admin.delete(&path).await.is_no_content();
        assert_eq!(opens(&revoked).await, 401);
        admin.delete(&path).await.is_problem(404, "not_found");
        let (_, theirs) = subscribe(&editor, json!({})).await;
        let users = admin.get("/v1/editor/users").await;
        let user = users.data().iter().find(|user| user["role"] == "editor").unwrap()["id"].as_str().unwrap().to_owned();
        for change in [json!({ "role": "author" }), json!({ "active": false })] {
            let (id, again) = subscribe(&site.login(Role::Editor).await, json!({})).await;
            assert_eq!(opens(&again).await, 200);
            admin.patch(&format!("/v1/editor/users/{user}")).merge_patch(change).await.is_ok();
            read(&site, &again).await.is_problem(401, "invalid_token");
            admin.get(&format!("/v1/editor/calendar-subscriptions/{id}")).await.is_problem(404, "not_found");
            // It is over for ever, and does not come back with their rights.
            admin.patch(&format!("/v1/editor/users/{user}")).merge_patch(json!({ "role": "editor", "active": true })).await.is_ok();
            assert_eq!((opens(&again).await, opens(&theirs).await), (401, 401));
        }
        let (_, theirs) = subscribe(&site.login(Role::Editor).await, json!({})).await;
        for unknown in ["", "x", &theirs[1..], &format!("{theirs}A")] {
            assert_eq!(opens(unknown).await, 401, "{unknown}");
        }
        // It is a key to the calendar alone, and no other key is one.
        let editor = site.login(Role::Editor).await;
        let link = editor.post("/v1/editor/preview-links").json(json!({})).await.text_at("/token").to_owned();
        assert_eq!(opens(&link).await, 401);
        site.anyone().get(&format!("/v1/preview/articles?preview={theirs}")).await.is_problem(401, "invalid_token");
        site.anyone().with_token(&theirs).get("/v1/editor/publications").await.is_problem(401, "invalid_token");
    }

    async fn it_reaches_a_month_back_and_a_year_ahead_and_has_the_nearest_thousand_each_way(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let (_, token) = subscribe(&editor, json!({})).await;
        let now: Instant = NOW.parse().unwrap();
        let (day, most) = (86_400_000, MOST_EACH_WAY);
        let id: ArticleId = save(&editor, "Many", json!({})).await.parse().unwrap();
        let put = async |starts: Vec<Instant>| {
            let written = site.db().write(move |tx| {
                let mut history = Vec::new();
                for (at, start) in starts.iter().enumerate() {
                    let wanted = Wanted {
                        article_id: id,
                        publish_at: Some(*start),
                        // The first one ends before the second starts.
                        unpublish_at: if at == 0 { Patch::Value(start.plus_millis(1)) } else { Patch::Null },
                        revision: Some(1),
                        published_at: None,
                        minor: false,
                        time_zone: None,
                        publish_at_local: None,
                        unpublish_at_local: None,
                        created_by: UserId::new(),
                        base_revision: None,
                        embargo_until: None,
                        override_embargo: false,
                        release_id: None,
                    };
                    rules::schedule(&mut history, wanted, 1, *start)?;
                }
                Ok::<_, Problem>(store::save(tx.conn(), &[], &history)?)
            });
            written.await.unwrap();
        };
        put(vec![
            now.plus_millis(-30 * day - 1000),
            now.plus_millis(-30 * day),
            now.plus_millis(365 * day - 1),
            now.plus_millis(365 * day),
        ]).await;
        let starts = |answer: &Answer| events(answer).iter().map(|event| event.property_value("DTSTART").unwrap().to_owned()).collect::<Vec<_>>();
        assert_eq!(starts(&read(&site, &token).await), ["20261031T080000Z", "20271130T075959Z"]);
        put((1..most).chain([most + 1]).flat_map(|seconds| [now.plus_millis(-10_000_000 - seconds * 1000), now.plus_millis(seconds * 1000)]).collect()).await;
        let found = starts(&read(&site, &token).await);
        let (begun, ahead): (Vec<&String>, Vec<&String>) = found.iter().partition(|start| start.as_str() <= "20261130T080000Z");
        assert_eq!((begun.len(), ahead.len()), (1000, 1000));
        // The latest and the nearest: the ends of the span fall off.
        assert!(found.is_sorted() && !found.contains(&"20261031T080000Z".to_owned()) && !found.contains(&"20271130T075959Z".to_owned()));
    }
}
