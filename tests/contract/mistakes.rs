//! One answer names every mistake of a body, and every wrong parameter of a query.

use std::collections::{BTreeMap, BTreeSet};

use dateline::app::document;
use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{PASSWORD, Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::random::Random;

const NOBODY: &str = "0192f0c1-2b3c-7d4e-8f50-617283940516";

/// A body that is taken, and what can be put into it, each by itself wrong: where, and what.
struct Body {
    operation: &'static str,
    method: &'static str,
    path: String,
    right: Value,
    faults: Vec<(&'static str, Value)>,
}

impl Body {
    fn with<'a>(&self, faults: impl IntoIterator<Item = &'a (&'static str, Value)>) -> Value {
        let mut body = self.right.clone();
        for (pointer, value) in faults {
            let mut place = &mut body;
            for name in pointer.split('/').skip(1) {
                place = &mut place[name];
            }
            *place = value.clone();
        }
        body
    }

    async fn send(&self, caller: &Client, body: &Value) -> Answer {
        caller.request(self.method, &self.path).if_match("*").json(body).await
    }

    /// The mistakes of a body, which it must have.
    async fn mistakes(&self, caller: &Client, body: &Value) -> Vec<String> {
        let refused = self.send(caller, body).await;
        assert_eq!(refused.status, 422, "{}: {body:#}\n{refused}", self.operation);
        named(&refused)
    }
}

/// The mistakes that an answer names, in its order.
fn named(refused: &Answer) -> Vec<String> {
    let name = |error: &Value| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap());
    refused["errors"].as_array().unwrap().iter().map(name).collect()
}

/// What is wrong with a publication wherever one can be given.
fn publication(at: &[&'static str; 6]) -> Vec<(&'static str, Value)> {
    let wrong = [json!("tomorrow"), json!("2026-02-30T09:00:00Z"), json!(5), json!("Mars/Phobos"), json!(9), json!("yes")];
    at.iter().copied().zip(wrong).collect()
}

const PUBLICATION: [&str; 6] = ["/publish_at", "/unpublish_at", "/published_at", "/time_zone", "/revision", "/minor"];
const PUBLISH: [&str; 6] =
    ["/publish/publish_at", "/publish/unpublish_at", "/publish/published_at", "/publish/time_zone", "/publish/revision", "/publish/minor"];

/// What is wrong with a text.
fn text() -> Vec<(&'static str, Value)> {
    vec![
        ("/title", json!("x".repeat(301))),
        ("/slug", json!("Not a slug")),
        ("/excerpt", json!("nul\u{0}")),
        ("/body", json!({ "format": "rtf", "text": "" })),
        ("/category_id", json!(NOBODY)),
        ("/further_category_ids", json!(["x", NOBODY, 5, NOBODY])),
        ("/tags", json!(["nobody", "nothing"])),
        ("/authors", json!(["nul\u{0}", "nobody"])),
        ("/image", json!({ "alt": "Without an address", "width": 0 })),
        ("/seo", json!({ "canonical_url": "ftp://example.org", "noindex": "no" })),
        ("/custom", json!({ "text": "a".repeat(65_536) })),
        ("/boddy", json!("misspelt")),
    ]
}

/// What is wrong with an article.
fn content() -> Vec<(&'static str, Value)> {
    [text(), publication(&PUBLISH), vec![("/embargo_until", json!("soon")), ("/embargo_note", json!("x".repeat(501)))]].concat()
}

fn release_faults() -> Vec<(&'static str, Value)> {
    vec![("/name", json!(" ")), ("/publish_at", json!("tomorrow")), ("/time_zone", json!("Mars/Phobos")), ("/date", json!("2026-12-01"))]
}

/// Of each form of an operation something, and what has no form.
fn bulk_faults() -> Value {
    json!([
        { "op": "publish", "id": "x", "publish_at": 5, "category_id": NOBODY },
        { "op": "delete", "id": NOBODY },
        { "id": NOBODY },
        { "op": "tag", "id": NOBODY, "add": ["Not a slug"], "version": 0 },
        { "op": "move", "further_category_ids": ["x"] },
        5,
        { "op": "unpublish", "id": NOBODY, "withdrawn": { "reason": "" } },
    ])
}

fn category_faults() -> Vec<(&'static str, Value)> {
    vec![
        ("/name", json!("\t")),
        ("/slug", json!(NOBODY)),
        ("/parent_id", json!(NOBODY)),
        ("/description", json!(false)),
        ("/position", json!(1.5)),
        ("/colour", json!("red")),
    ]
}

/// Every operation that takes a body, at a site with an article, a publication that lies ahead, a category and a user.
async fn bodies(site: &Site, admin: &Client) -> Vec<Body> {
    let made = admin.post("/v1/editor/articles").json(article("Ours")).await;
    let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
    let mut live = article("Live");
    live["publish"] = json!({});
    let live = format!("/v1/editor/articles/{}", admin.post("/v1/editor/articles").json(&live).await.text_at("/id"));
    let ahead = json!({ "publish_at": "2026-12-24T18:00:00Z", "published_at": "2026-11-29T08:00:00Z" });
    let scheduled = admin.post(&format!("{path}/publications")).json(ahead).await;
    let id = made.text_at("/id").to_owned();
    let release = admin.post("/v1/editor/releases").json(json!({ "name": "Election night" })).await;
    let release = format!("/v1/editor/releases/{}", release.text_at("/id"));
    let category = admin.post("/v1/editor/categories").json(json!({ "name": "News" })).await;
    let user = admin.post("/v1/editor/users").json(json!({ "email": "new@example.org", "name": "New", "role": "author" })).await;
    let (category, user) =
        (format!("/v1/editor/categories/{}", category.text_at("/id")), format!("/v1/editor/users/{}", user.text_at("/id")));
    let key = admin.post("/v1/editor/api-keys").json(json!({ "name": "A program", "scopes": ["admin"] })).await;
    let key = format!("/v1/editor/api-keys/{}", key.text_at("/id"));
    let session = site.anyone().post("/v1/auth/login").json(json!({ "email": "author@example.org", "password": PASSWORD })).await;
    let token = json!({ "refresh_token": session.text_at("/refresh_token") });
    let (kind, locale) = (("/kind", json!("pge")), ("/locale", json!("xx")));
    let (other_kind, other_locale) = (("/kind", json!("page")), ("/locale", json!("tk")));
    let token_faults = || vec![("/refresh_token", json!("")), ("/token", json!("misspelt"))];
    let body = |operation, method, path: &str, right, faults| Body { operation, method, path: path.to_owned(), right, faults };
    let withdrawn = ("/withdrawn", json!({ "reason": "", "why": "" }));
    vec![
        body("createArticle", "POST", "/v1/editor/articles", article("One"), [content(), vec![kind, locale]].concat()),
        body("replaceArticle", "PUT", &path, article("One"), [content(), vec![other_kind, other_locale]].concat()),
        body("updateArticle", "PATCH", &path, json!({}), content()),
        body(
            "createPublication",
            "POST",
            &format!("{path}/publications"),
            json!({ "publish_at": "2026-12-01T08:00:00Z" }),
            publication(&PUBLICATION),
        ),
        body(
            "updatePublication",
            "PATCH",
            &format!("/v1/editor/publications/{}", scheduled.text_at("/id")),
            json!({}),
            [publication(&PUBLICATION), vec![withdrawn.clone()]].concat(),
        ),
        body(
            "unpublishArticle",
            "POST",
            &format!("{path}/unpublish"),
            json!({}),
            vec![("/at", json!("tomorrow")), ("/time_zone", json!("Mars/Phobos")), withdrawn, ("/keep_scheduled", json!(1))],
        ),
        body("amendArticle", "POST", &format!("{live}/amend"), json!({ "title": "Mended" }), text()),
        body(
            "bulk",
            "POST",
            "/v1/editor/bulk",
            json!({ "mode": "all", "operations": [{ "op": "trash", "id": NOBODY }] }),
            vec![("/mode", json!("some")), ("/operations", bulk_faults()), ("/atomic", json!(true))],
        ),
        body("createRelease", "POST", "/v1/editor/releases", json!({ "name": "Night" }), release_faults()),
        body("updateRelease", "PATCH", &release, json!({}), [release_faults(), vec![("/override_embargo", json!(1))]].concat()),
        body(
            "addReleasePublication",
            "POST",
            &format!("{release}/publications"),
            json!({ "article_id": id }),
            [publication(&PUBLICATION)[1..].to_vec(), vec![("/base_revision", json!(1))]].concat(),
        ),
        body(
            "createPreviewLink",
            "POST",
            "/v1/editor/preview-links",
            json!({}),
            vec![
                ("/article_id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
                ("/release_id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
                ("/at", json!("tomorrow")),
                ("/time_zone", json!("Mars/Phobos")),
                ("/expires_in", json!(0)),
            ],
        ),
        body(
            "createRedirect",
            "POST",
            "/v1/editor/redirects",
            json!({ "from": "/old", "to": "/new" }),
            vec![("/from", json!("old")), ("/to", json!("new"))],
        ),
        body(
            "createApiKey",
            "POST",
            "/v1/editor/api-keys",
            json!({ "name": "A program", "scopes": ["articles:read"] }),
            vec![
                ("/name", json!(" ")),
                ("/scopes", json!(["articles:read", "everything"])),
                ("/category_ids", json!([NOBODY])),
                ("/expires_at", json!("tomorrow")),
                ("/category", json!("sports")),
            ],
        ),
        body(
            "updateApiKey",
            "PATCH",
            &key,
            json!({}),
            vec![
                ("/name", json!("x".repeat(101))),
                ("/scopes", json!([])),
                ("/category_ids", json!(["x", NOBODY])),
                ("/expires_at", json!("2026-11-30T08:00:00Z")),
            ],
        ),
        body("rotateApiKey", "POST", &format!("{key}/rotate"), json!({}), vec![("/overlap", json!(604_801)), ("/now", json!(true))]),
        body(
            "createCalendarSubscription",
            "POST",
            "/v1/editor/calendar-subscriptions",
            json!({}),
            vec![
                ("/name", json!(" ")),
                ("/filters", json!({ "state": ["draft"], "category": ["nobody"], "author": ["nobody", "No slug"], "tag": [] })),
                ("/expires_in", json!(31_622_401)),
            ],
        ),
        body("createCategory", "POST", "/v1/editor/categories", json!({ "name": "Sports" }), category_faults()),
        body("replaceCategory", "PUT", &category, json!({ "name": "Sports" }), category_faults()),
        body("updateCategory", "PATCH", &category, json!({}), category_faults()),
        body(
            "createUser",
            "POST",
            "/v1/editor/users",
            json!({ "email": "e@example.org", "name": "E", "role": "editor", "password": PASSWORD }),
            vec![
                ("/email", json!("@@@@")),
                ("/name", json!("")),
                ("/role", json!("root")),
                ("/category_ids", json!(["x", NOBODY])),
                ("/password", json!("é".repeat(513))),
                ("/active", json!(true)),
            ],
        ),
        body(
            "updateUser",
            "PATCH",
            &user,
            json!({}),
            vec![("/name", json!(null)), ("/role", json!(1)), ("/category_ids", json!([NOBODY])), ("/active", json!("no"))],
        ),
        body(
            "login",
            "POST",
            "/v1/auth/login",
            json!({ "email": "author@example.org", "password": PASSWORD }),
            vec![("/email", json!("")), ("/password", json!("é".repeat(513))), ("/otp", json!("1"))],
        ),
        body("refreshSession", "POST", "/v1/auth/refresh", token.clone(), token_faults()),
        body("logout", "POST", "/v1/auth/logout", token, token_faults()),
        body(
            "changePassword",
            "POST",
            "/v1/auth/password",
            json!({ "current_password": PASSWORD, "new_password": "another password" }),
            vec![("/current_password", json!("é".repeat(513))), ("/new_password", json!("é".repeat(513))), ("/again", json!(""))],
        ),
    ]
}

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
        let far = site.anyone().get("/v1/articles?tag=economy").await;
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
