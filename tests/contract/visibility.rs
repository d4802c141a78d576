//! Why an article is or is not live, now and at any other instant.

use dateline::kernel::caller::Role;
use dateline::kernel::clock::Clock as _;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;

const NOW: &str = "2026-11-30T08:00:00.000Z";

#[track_caller]
fn says(answer: &Answer, code: &str, next: &Value) {
    answer.is_ok();
    let is_live = code == "live";
    assert_eq!((&answer["code"], &answer["live"], &answer["next"]), (&json!(code), &json!(is_live), next), "{answer}");
    assert_eq!(answer["urls"].as_array().unwrap().len(), usize::from(is_live), "{answer}");
}

on_both_engines! {
    async fn each_code_of_an_article_says_what_comes_next(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let mut wanted = article("Prices rise");
        wanted["category_id"] = json!(city);
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        let at = async |at: &str| editor.get(&format!("{path}/visibility{}{at}", if at.is_empty() { "" } else { "?at=" })).await;
        says(&at("").await, "no_publication", &json!(null));
        let dates = json!({ "publish_at": "2026-11-30T09:00:00Z", "unpublish_at": "2026-11-30T10:00:00Z", "revision": 1 });
        let first = editor.post(&format!("{path}/publications")).json(dates).await.is_created().text_at("/id").to_owned();
        let soon = at("").await;
        says(&soon, "not_yet", &json!({ "at": "2026-11-30T09:00:00.000Z", "live": true }));
        assert_eq!((&soon["publication_id"], &soon["readers_saw"], &soon["newer_saved"]), (&json!(first), &json!(false), &json!(false)));
        let live = at("2026-11-30T09:00:00Z").await;
        says(&live, "live", &json!({ "at": "2026-11-30T10:00:00.000Z", "live": false }));
        assert_eq!(live["urls"], json!(["https://www.example.org/city/prices-rise"]));
        assert_eq!((&live["readers_saw"], &live["revision"]), (&json!(null), &json!(1)));
        says(&at("2026-11-30T10:00:00Z").await, "ended", &json!(null));
        let local = editor.get(&format!("{path}/visibility?at=2026-11-30T14:00&time_zone=Asia/Ashgabat")).await;
        assert_eq!((&local["at"], &local["code"]), (&json!("2026-11-30T09:00:00.000Z"), &json!("live")));
        // A second text from half past nine on.
        let second = json!({ "title": "Prices fall", "publish": { "publish_at": "2026-11-30T09:30:00Z" } });
        editor.patch(&path).if_match("*").merge_patch(second).await.is_ok();
        let live = at("2026-11-30T09:00:00Z").await;
        says(&live, "live", &json!({ "at": "2026-11-30T09:30:00.000Z", "live": true }));
        assert_eq!(live["newer_saved"], true);
        assert_eq!(at("2026-11-30T09:30:00Z").await["newer_saved"], false);
        // Taken down, it says why; in the trash, it says that.
        site.clock().set("2026-11-30T09:40:00.000Z".parse().unwrap());
        let editor = site.login(Role::Editor).await;
        let at = async |at: &str| editor.get(&format!("{path}/visibility{}{at}", if at.is_empty() { "" } else { "?at=" })).await;
        editor.post(&format!("{path}/unpublish")).json(json!({ "withdrawn": { "reason": "It was wrong." } })).await.is_ok();
        let withdrawn = at("").await;
        says(&withdrawn, "withdrawn", &json!(null));
        assert_eq!(withdrawn["reason"], "It was taken back at 2026-11-30T09:40:00.000Z: It was wrong.");
        let before = at("2026-11-30T09:39:59.999Z").await;
        says(&before, "live", &json!({ "at": "2026-11-30T09:40:00.000Z", "live": false }));
        assert_eq!(before["readers_saw"], true);
        site.clock().advance_ms(1);
        editor.delete(&path).if_match("*").await.is_no_content();
        says(&at("").await, "trashed", &json!(null));
        says(&at("2026-11-30T09:40:00Z").await, "withdrawn", &json!(null));
        says(&at("2026-11-30T09:35:00Z").await, "live", &json!({ "at": "2026-11-30T09:40:00.000Z", "live": false }));
    }

    async fn what_was_backdated_readers_did_not_see(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({ "publish_at": "2020-01-01T00:00:00Z" });
        let path = format!("/v1/editor/articles/{}/visibility", editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id"));
        let then = editor.get(&format!("{path}?at=2026-11-30T07:59:59.999Z")).await;
        assert_eq!((&then["live"], &then["readers_saw"]), (&json!(true), &json!(false)));
        let now = editor.get(&path).await;
        assert_eq!((&now["live"], &now["readers_saw"]), (&json!(true), &json!(true)));
    }

    async fn what_was_moved_into_the_past_readers_did_not_see_before(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({ "publish_at": "2026-12-01T00:00:00Z" });
        let made = editor.post("/v1/editor/articles").json(&wanted).await;
        site.clock().advance_ms(60_000);
        let publication = format!("/v1/editor/publications/{}", made.text_at("/publications/0/id"));
        editor.patch(&publication).merge_patch(json!({ "publish_at": "2026-11-30T08:00:10Z" })).await.is_ok();
        let path = format!("/v1/editor/articles/{}/visibility", made.text_at("/id"));
        for (at, saw) in [("2026-11-30T08:00:59.999Z", false), ("2026-11-30T08:01:00Z", true)] {
            let then = editor.get(&format!("{path}?at={at}")).await;
            assert_eq!((&then["live"], &then["readers_saw"]), (&json!(true), &json!(saw)), "{then}");
        }
        // Another end decides on no start.
        site.clock().advance_ms(60_000);
        editor.patch(&publication).merge_patch(json!({ "unpublish_at": "2026-12-24T00:00:00Z" })).await.is_ok();
        assert_eq!(editor.get(&format!("{path}?at=2026-11-30T08:01:00Z")).await["readers_saw"], true);
    }

    async fn a_past_instant_says_what_it_was_in_the_trash_then_or_not(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({ "publish_at": "2026-11-30T08:00:04Z" });
        let path = format!("/v1/editor/articles/{}", editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id"));
        let instants = ["2026-11-30T08:00:00.000Z", "2026-11-30T08:00:01.000Z", "2026-11-30T08:00:02.000Z", "2026-11-30T08:00:03.000Z"];
        let see = async || {
            let mut seen = Vec::new();
            for at in instants {
                seen.push(editor.get(&format!("{path}/visibility?at={at}")).await);
            }
            seen
        };
        let codes = |seen: &[Answer]| seen.iter().map(|one| one.text_at("/code").to_owned()).collect::<Vec<_>>();
        site.clock().advance_ms(1000);
        editor.delete(&path).if_match("*").await.is_no_content();
        let seen = see().await;
        assert_eq!(codes(&seen), ["not_yet", "trashed", "trashed", "trashed"]);
        // It lay ahead, and as things stand it does not come.
        says(&seen[0], "not_yet", &json!(null));
        assert_eq!(
            seen[0]["reason"],
            "Nothing of it had begun: its next publication was to start at 2026-11-30T08:00:04.000Z, but it was put into the trash before."
        );
        site.clock().advance_ms(2000);
        editor.post(&format!("{path}/restore")).await.is_ok();
        let seen = see().await;
        assert_eq!(codes(&seen), ["not_yet", "trashed", "trashed", "not_yet"]);
        assert_eq!(seen[1]["reason"], "It was in the trash from 2026-11-30T08:00:01.000Z until 2026-11-30T08:00:03.000Z.");
        says(&seen[1], "trashed", &json!({ "at": "2026-11-30T08:00:04.000Z", "live": true }));
        // Twice at one instant, and once more.
        for _ in 0..2 {
            editor.delete(&path).if_match("*").await.is_no_content();
            editor.post(&format!("{path}/restore")).await.is_ok();
        }
        editor.delete(&path).if_match("*").await.is_no_content();
        site.clock().advance_ms(2000);
        editor.post(&format!("{path}/restore")).await.is_ok();
        assert_eq!(codes(&see().await), ["not_yet", "trashed", "trashed", "trashed"]);
        says(&editor.get(&format!("{path}/visibility")).await, "no_publication", &json!(null));
    }

    async fn what_was_withdrawn_is_previewed_as_readers_had_it_before_in_and_after_the_trash(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Prices rise");
        wanted["publish"] = json!({});
        let path = format!("/v1/editor/articles/{}", editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id"));
        let mut told = Vec::new();
        for step in ["unpublish", "trash", "restore", "trash", "restore"] {
            site.clock().advance_ms(1);
            match step {
                "unpublish" => {
                    let why = json!({ "withdrawn": { "reason": "It was wrong." } });
                    editor.post(&format!("{path}/unpublish")).json(why).await.is_ok();
                }
                "trash" => {
                    editor.delete(&path).if_match("*").await.is_no_content();
                }
                _ => {
                    editor.post(&format!("{path}/restore")).await.is_ok();
                }
            }
            site.clock().advance_ms(1);
            told.push((site.clock().now(), site.anyone().get("/v1/articles/prices-rise").await.status));
            for (at, status) in &told {
                let preview = editor.get(&format!("/v1/preview/articles/prices-rise?at={at}")).await;
                assert_eq!(preview.status, *status, "as of {at} after {step}: {preview}");
                let code = if *status == 410 { "withdrawn" } else { "trashed" };
                assert_eq!(editor.get(&format!("{path}/visibility?at={at}")).await["code"], code);
            }
        }
        let statuses: Vec<u16> = told.iter().map(|(_, status)| *status).collect();
        assert_eq!(statuses, [410, 404, 410, 404, 410]);
    }

    async fn authors_ask_about_their_own_and_a_wrong_instant_is_refused(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let own = author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id").to_owned();
        let other = editor.post("/v1/editor/articles").json(article("Not mine")).await.text_at("/id").to_owned();
        author.get(&format!("/v1/editor/articles/{own}/visibility")).await.is_ok();
        author.get(&format!("/v1/editor/articles/{other}/visibility?at=never")).await.is_problem(404, "not_found");
        let path = format!("/v1/editor/articles/{own}/visibility");
        for (query, code) in [("at=never", "invalid_format"), ("at=2026-11-30T14:00", "no_time_zone"), ("at=2026-11-30T14:00:00%2005:00", "invalid_format")] {
            author.get(&format!("{path}?{query}")).await.is_problem(400, "invalid_parameter").has_error("/at", code);
        }
        author.get(&format!("{path}?then=now")).await.is_problem(400, "invalid_parameter");
    }

    async fn a_language_that_is_not_published_is_why(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Prices rise");
        (wanted["locale"], wanted["publish"]) = (json!("tk"), json!({}));
        let id = editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}/visibility");
        assert_eq!(editor.get(&path).await["live"], true);
        let locales = dateline::kernel::locale::Locales::new(vec!["en".parse().unwrap()]).unwrap();
        let smaller = site.copy_with(|options| options.locales = locales);
        let editor = smaller.login(Role::Editor).await;
        let hidden = editor.get(&path).await;
        assert_eq!((&hidden["live"], &hidden["next"]), (&json!(false), &json!(null)));
        assert!(hidden.text_at("/reason").contains("LOCALES"), "{hidden}");
        assert_eq!((&hidden["code"], &hidden["readers_saw"]), (&json!("no_publication"), &json!(null)));
        let link = editor.post("/v1/editor/preview-links").json(json!({ "article_id": id })).await;
        link.is_problem(422, "invalid").has_error("/article_id", "unknown");
        smaller.clock().advance_ms(1);
        editor.delete(&format!("/v1/editor/articles/{id}")).if_match("*").await.is_no_content();
        let trashed = editor.get(&path).await;
        assert_eq!((&trashed["code"], &trashed["readers_saw"], &trashed["live"]), (&json!("trashed"), &json!(null), &json!(false)));
        smaller.anyone().get(&format!("/v1/articles/{id}")).await.is_problem(404, "not_found");
    }
}
