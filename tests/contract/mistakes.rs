//! One answer names every mistake of a body, and every wrong parameter of a query.

mod bodies;

use std::collections::{BTreeMap, BTreeSet};

use dateline::app::document;
use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use self::bodies::{Body, NOBODY, bodies, named};
use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;
use crate::support::random::Random;

/// What a refused request must not have changed.
async fn everything(admin: &Client) -> Vec<Vec<u8>> {
    let mut seen = Vec::new();
    for path in [
        "/v1/editor/articles?status=draft,scheduled,live,changed",
        "/v1/editor/publications",
        "/v1/editor/categories",
        "/v1/editor/users",
        "/v1/editor/api-keys",
    ] {
        let answer = admin.get(path).await;
        answer.is_ok();
        seen.push(answer.body);
    }
    seen
}

on_both_engines! {
    async fn one_answer_names_every_mistake_of_a_body_and_nothing_is_written(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let bodies = bodies(&site, &admin).await;
        let before = everything(&admin).await;
        let mut random = Random::new(7);
        for body in &bodies {
            let mut alone = BTreeMap::new();
            for fault in &body.faults {
                let found: BTreeSet<String> = body.mistakes(&admin, &body.with([fault])).await.into_iter().collect();
                assert!(found.iter().all(|mistake| mistake.starts_with(fault.0)), "{} {}: {found:?}", body.operation, fault.0);
                alone.insert(fault.0, found);
            }
            for round in 0..12 {
                let chosen: Vec<_> = body.faults.iter().filter(|_| round == 0 || random.happens(40)).collect();
                if chosen.is_empty() {
                    continue;
                }
                let wanted: BTreeSet<String> = chosen.iter().flat_map(|fault| alone[fault.0].clone()).collect();
                let named = body.mistakes(&admin, &body.with(chosen.iter().copied())).await;
                assert_eq!(named.iter().cloned().collect::<BTreeSet<_>>(), wanted, "{}: {:#}", body.operation, body.with(chosen));
                assert_eq!(named.len(), wanted.len(), "{} names one twice: {named:?}", body.operation);
            }
        }
        assert_eq!(everything(&admin).await, before, "on {engine:?}");
        let document = document();
        let takes_body = document.json()["paths"].as_object().unwrap().values().flat_map(|path| path.as_object().unwrap().values());
        let takes_body = takes_body.filter(|operation| operation["requestBody"].is_object());
        let wanted: BTreeSet<&str> = takes_body.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(bodies.iter().map(|body| body.operation).collect::<BTreeSet<_>>(), wanted, "every operation that takes a body is asked");
        // Without the mistakes they are taken.
        for body in bodies {
            let taken = body.send(&admin, &body.right).await;
            assert!(taken.status < 300 || taken.status == 409, "{taken}");
        }
    }

    async fn mistakes_come_in_the_order_of_their_pointers_and_what_only_follows_from_one_is_none(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let ask = async |publish: Value| {
            let mut body = article("One");
            (body["tags"], body["publish"]) = (json!(vec!["nobody"; 12]), publish);
            let refused = editor.post("/v1/editor/articles").json(body).await;
            refused.is_problem(422, "invalid");
            let mut named = named(&refused);
            let tags: Vec<String> = (0..12).map(|at| format!("/tags/{at} unknown")).collect();
            assert_eq!(named.split_off(named.len() - 12), tags);
            named
        };
        let (early, late) = ("2026-12-01T08:00:00Z", "2026-12-02T08:00:00Z");
        let both = json!({ "publish_at": early, "unpublish_at": early, "published_at": late });
        assert_eq!(ask(both).await, ["/publish/published_at after_start", "/publish/unpublish_at end_before_start"]);
        // Nobody knows whether it ends before a start that cannot be told, nor what a clock shows in a zone that there is none of.
        let without_start = json!({ "publish_at": "tomorrow", "unpublish_at": early, "published_at": late });
        assert_eq!(ask(without_start).await, ["/publish/publish_at invalid_format"]);
        let too_long = json!({ "publish_at": "2".repeat(41), "unpublish_at": "2026-11-30T07:00:00Z" });
        assert_eq!(ask(too_long).await, ["/publish/publish_at too_long"]);
        let without_zone = json!({ "publish_at": "2026-12-01T08:00", "unpublish_at": "2026-12-01T07:00", "published_at": "x", "time_zone": "Mars/Phobos" });
        assert_eq!(ask(without_zone).await, ["/publish/published_at invalid_format", "/publish/time_zone unknown_time_zone"]);
        let without_end = json!({ "publish_at": early, "unpublish_at": "never", "published_at": late });
        assert_eq!(ask(without_end).await, ["/publish/published_at after_start", "/publish/unpublish_at invalid_format"]);
    }

    async fn each_local_time_that_a_clock_skips_or_repeats_has_its_readings(engine) {
        let site = Site::at(engine, "2026-01-01T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut body = article("One");
        body["title"] = json!("");
        body["publish"] = json!({ "publish_at": "2026-03-29T02:30", "unpublish_at": "2026-10-25T02:30", "time_zone": "Europe/Berlin" });
        let refused = editor.post("/v1/editor/articles").json(body).await;
        let skipped = json!(["2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z"]);
        assert_eq!(named(&refused)[..2], ["/publish/publish_at skipped_time", "/publish/unpublish_at repeated_time"]);
        assert_eq!(refused.at("/errors/0/readings"), &skipped);
        assert_eq!(refused.at("/errors/1/readings"), &json!(["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]));
        assert_eq!(refused["readings"], skipped);
        assert!(refused.at("/errors/2").get("readings").is_none(), "{refused}");
    }

    async fn mistakes_go_before_conflicts_and_behind_who_may_and_what_is_there(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let mut taken = article("One");
        taken["slug"] = json!("one");
        let made = editor.post("/v1/editor/articles").json(&taken).await;
        editor.post("/v1/editor/articles").json(&taken).await.is_problem(409, "slug_taken");
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        editor.post(&format!("{path}/publications")).json(json!({ "publish_at": "2026-12-01T08:00:00Z" })).await.is_created();
        taken["publish"] = json!({ "publish_at": "2026-12-01T08:00:00Z" });
        editor.put(&path).if_match("*").json(&taken).await.is_problem(409, "publication_instant_taken");
        taken["category_id"] = json!(NOBODY);
        assert_eq!(named(&editor.put(&path).if_match("*").json(&taken).await), ["/category_id unknown"]);
        editor.put(&path).if_match("\"9\"").json(&taken).await.is_problem(412, "precondition_failed");
        author.post("/v1/editor/articles").json(&taken).await.is_problem(403, "forbidden");
        editor.delete(&path).if_match("*").await.is_no_content();
        editor.put(&path).if_match("*").json(&taken).await.is_problem(409, "trashed");
        // Who names the present password wrongly hears of the new one as well.
        let change = json!({ "current_password": "not that one", "new_password": "short" });
        let refused = editor.post("/v1/auth/password").json(change).await;
        assert_eq!(named(&refused), ["/current_password wrong", "/new_password too_short"]);
        // A body with mistakes is no other body of a key: nothing is kept of it.
        let keyed = |body: Value| editor.post("/v1/editor/articles").header("idempotency-key", "once").json(body);
        keyed(json!({ "title": "" })).await.is_problem(422, "invalid");
        keyed(article("Two")).await.is_created();
        keyed(json!({ "title": "" })).await.is_problem(422, "invalid");
    }

    async fn a_save_that_publishes_an_earlier_one_of_a_deleted_category_hears_where(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let category = editor.post("/v1/editor/categories").json(json!({ "name": "News" })).await;
        let mut body = article("One");
        body["category_id"] = category["id"].clone();
        let made = editor.post("/v1/editor/articles").json(body).await;
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        editor.patch(&path).if_match("*").merge_patch(json!({ "category_id": null })).await.is_ok();
        editor.delete(&format!("/v1/editor/categories/{}", category.text_at("/id"))).await.is_no_content();
        let refused = editor.patch(&path).if_match("*").merge_patch(json!({ "title": "", "publish": { "revision": 1 } })).await;
        assert_eq!(named(&refused), ["/publish/revision category_deleted", "/title too_short"]);
        // Nor is it put before the public as if it had been there all along.
        let backdated = json!({ "publish": { "revision": 1, "publish_at": "2026-11-30T07:00:00Z" } });
        assert_eq!(named(&editor.patch(&path).if_match("*").merge_patch(backdated).await), ["/publish/revision category_deleted"]);
        editor.get(&path).await.has_header("etag", "\"2\"");
    }

    async fn one_answer_names_every_wrong_parameter_of_a_query(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let bodies = bodies(&site, &admin).await;
        let slug = |path: &str| path.replace("{slug}", "news").replace("{n}", "1");
        let (mut tried, document) = (0, document());
        for (path, operations) in document.json()["paths"].as_object().unwrap() {
            let known = |method: &str| {
                let of = |body: &&Body| body.method != "POST" && body.path.starts_with(path.split("{id}").next().unwrap());
                let found = bodies.iter().find(of).filter(|_| path.contains("{id}") && method != "POST");
                found.map_or_else(|| slug(path), |body| slug(path).replace("{id}", body.path.rsplit('/').next().unwrap()))
            };
            for (method, operation) in operations.as_object().unwrap() {
                let of_query = operation["parameters"].as_array().into_iter().flatten().filter(|parameter| parameter["in"] == "query");
                let names: Vec<&str> = of_query.map(|parameter| parameter["name"].as_str().unwrap()).collect();
                // Nothing takes a text that is empty, and nobody a parameter that there is none of.
                let query: Vec<String> = names.iter().chain(&["nosuch"]).map(|name| format!("{name}=")).collect();
                if names.is_empty() {
                    continue;
                }
                tried += 1;
                let target = format!("{}?{}", known(&method.to_uppercase()), query.join("&"));
                let mut request = admin.request(&method.to_uppercase(), &target).if_match("*");
                if operation.get("requestBody").is_some() {
                    request = request.json(json!({}));
                }
                let refused = request.await;
                refused.is_problem(400, "invalid_parameter");
                let pointers: BTreeSet<String> = named(&refused).iter().map(|name| name.split(' ').next().unwrap().to_owned()).collect();
                let wanted: BTreeSet<String> = names.iter().chain(&["nosuch"]).map(|name| format!("/{name}")).collect();
                assert_eq!(pointers, wanted, "{refused}");
            }
        }
        assert!(tried > 8, "only {tried} operations take parameters");
        let both = admin.get("/v1/articles?cursor=AAAA&limit=0").await;
        both.is_problem(400, "invalid_parameter").has_error("/limit", "out_of_range").has_error("/cursor", "invalid_cursor");
        admin.get("/v1/articles?cursor=AAAA").await.is_problem(400, "invalid_cursor");
    }

    async fn a_text_that_is_empty_is_one_mistake(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let category = admin.post("/v1/editor/categories").json(json!({ "name": "" })).await;
        assert_eq!(named(category.is_problem(422, "invalid")), ["/name too_short"]);
        let mut wanted = article("");
        wanted["image"] = json!({ "url": "" });
        let refused = admin.post("/v1/editor/articles").json(wanted).await;
        assert_eq!(named(refused.is_problem(422, "invalid")), ["/image/url too_short", "/title too_short"]);
    }

    async fn a_name_is_hinted_at_only_if_it_is_near(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let far = site.anyone().get("/v1/articles?colour=economy").await;
        assert!(!far.is_problem(400, "invalid_parameter").text_at("/errors/0/detail").contains("nearest"), "{far}");
        let near = site.anyone().get("/v1/articles?catgory=economy").await;
        assert!(near.is_problem(400, "invalid_parameter").text_at("/errors/0/detail").ends_with("the nearest is `category`"), "{near}");
    }

    async fn a_start_that_does_not_go_with_a_date_that_is_there_is_what_is_pointed_at(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let dates = json!({ "publish_at": "2026-12-01T08:00:00Z", "unpublish_at": "2026-12-02T08:00:00Z", "published_at": "2026-12-01T07:00:00Z" });
        let mut wanted = article("Moved");
        wanted["publish"] = dates;
        let made = editor.post("/v1/editor/articles").json(wanted).await;
        let path = format!("/v1/editor/publications/{}", made.text_at("/publications/0/id"));
        let patch = async |body: Value| editor.patch(&path).merge_patch(body).await;
        let late = patch(json!({ "publish_at": "2026-12-03T08:00:00Z" })).await;
        assert_eq!(named(late.is_problem(422, "invalid")), ["/publish_at end_before_start"]);
        assert!(late.text_at("/errors/0/detail").contains("`unpublish_at`, which is 2026-12-02T08:00:00.000Z"), "{late}");
        for early in [json!("2026-12-01T06:00:00Z"), json!(null)] {
            let early = patch(json!({ "publish_at": early })).await;
            assert_eq!(named(early.is_problem(422, "invalid")), ["/publish_at after_start"]);
            assert!(early.text_at("/errors/0/detail").contains("`published_at`, which is 2026-12-01T07:00:00.000Z"), "{early}");
        }
        let both = patch(json!({ "publish_at": "2026-12-03T08:00:00Z", "unpublish_at": "2026-12-03T07:00:00Z", "published_at": "2026-12-04T08:00:00Z" })).await;
        assert_eq!(named(both.is_problem(422, "invalid")), ["/published_at after_start", "/unpublish_at end_before_start"]);
        let end = patch(json!({ "unpublish_at": "2026-11-30T08:00:00Z" })).await;
        assert_eq!(named(end.is_problem(422, "invalid")), ["/unpublish_at end_before_start"]);
        patch(json!({ "publish_at": "2026-12-03T08:00:00Z", "unpublish_at": null })).await.is_ok();
    }

    async fn a_text_of_a_wrong_form_is_told_in_words(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article(" ");
        wanted["slug"] = json!("A B");
        wanted["image"] = json!({ "url": "ftp://x" });
        let refused = editor.post("/v1/editor/articles").json(wanted).await;
        let details: Vec<&str> = refused.is_problem(422, "invalid")["errors"].as_array().unwrap().iter().filter_map(|one| one["detail"].as_str()).collect();
        let words = ["nor a path that begins with `/`", "\"A B\" is no slug: letters from a to z", "\" \" has nothing but spaces"];
        assert!(details.len() == 3 && words.iter().all(|words| details.iter().any(|detail| detail.contains(words))), "{details:?}");
        let zone = editor.get("/v1/editor/publications?from=2026-11-01T00:00&to=2026-12-01T00:00&time_zone=Mars/X").await;
        assert!(zone.is_problem(400, "invalid_parameter").text_at("/errors/0/detail").starts_with("`Mars/X` is not a time zone"), "{zone}");
    }
}
