//! What programs ask with.

use std::time::{Duration, Instant};

use dateline::api_keys::secret::Secret;
use dateline::kernel::caller::{Role, Scope};
use dateline::kernel::id::UserId;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const KEYS: &str = "/v1/editor/api-keys";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// A new key with these scopes.
async fn key(admin: &Client, scopes: &[&str]) -> Answer {
    let made = admin.post(KEYS).json(json!({ "name": "A program", "scopes": scopes })).await;
    made.is_created();
    made
}

/// Who asks with the secret of an answer.
fn program(site: &Site, made: &Answer) -> Client {
    site.anyone().with_token(made.text_at("/key"))
}

fn path(made: &Answer) -> String {
    format!("{KEYS}/{}", made.text_at("/id"))
}

async fn is_out(client: &Client) -> bool {
    let answer = client.get("/v1/auth/me").await;
    if answer.status == 401 {
        answer.is_problem(401, "invalid_token");
    }
    answer.status == 401
}

fn names(list: &Answer) -> Vec<String> {
    list.is_ok().data().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
}

on_both_engines! {
    async fn a_key_is_shown_once_and_has_a_form_that_is_recognised(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let wanted = json!({ "name": "Print desk", "scopes": ["publications:write", "articles:read", "articles:read"], "expires_at": "2027-01-01T00:00:00+05:00" });
        let made = admin.post(KEYS).json(wanted).await;
        made.is_created();
        let secret = made.text_at("/key");
        assert!(Secret::parse(secret).is_some() && secret.len() == 52 && secret.starts_with(made.text_at("/prefix")));
        assert_eq!(made["scopes"], json!(["articles:read", "publications:write"]));
        assert_eq!((&made["name"], &made["expires_at"]), (&json!("Print desk"), &json!("2026-12-31T19:00:00.000Z")));
        assert_eq!((&made["created_by"]["name"], &made["created_at"]), (&json!("admin"), &json!(NOW)));
        assert_eq!((&made["last_used_at"], &made["previous"]), (&Value::Null, &Value::Null));
        assert_eq!((made.expect_header("location"), made.expect_header("etag")), (&*path(&made), "\"1\""));
        for answer in [admin.get(&path(&made)).await, admin.get(KEYS).await] {
            assert!(!answer.is_ok().text().contains(&secret[11..]));
        }
        let mut seen = admin.get(&path(&made)).await.json().clone();
        seen["key"] = json!(secret);
        assert_eq!(&seen, made.json());
    }

    async fn a_key_asks_for_itself_as_far_as_its_scopes_go(engine) {
        let site = Site::at(engine, NOW);
        let (admin, author) = (site.login(Role::Admin).await, site.login(Role::Author).await);
        let (reader, writer) = (key(&admin, &["articles:read"]).await, key(&admin, &["articles:write"]).await);
        let (reads, writes) = (program(&site, &reader), program(&site, &writer));
        let theirs = author.post("/v1/editor/articles").json(article("Theirs")).await;
        let there = format!("/v1/editor/articles/{}", theirs.text_at("/id"));
        reads.get(&there).await.is_ok();
        for refused in [
            reads.post("/v1/editor/articles").json(article("Mine")).await,
            reads.patch(&there).if_match("*").merge_patch(json!({ "title": "Ours" })).await,
            reads.delete(&there).if_match("*").await,
            reads.post(&format!("{there}/publications")).json(json!({})).await,
            reads.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await,
            writes.post(&format!("{there}/publications")).json(json!({})).await,
        ] {
            assert!(refused.is_problem(403, "forbidden").text().contains("scopes"));
        }
        // What it saves is its own, and shows its name.
        let mut publishing = article("Mine");
        publishing["publish"] = json!({});
        writes.post("/v1/editor/articles").json(&publishing).await.is_problem(403, "forbidden");
        let mine = writes.post("/v1/editor/articles").json(article("Mine")).await;
        mine.is_created();
        assert_eq!((&mine["created_by"], &mine["saved_by"]), (&writer["id"], &writer["id"]));
        let id = mine.text_at("/id");
        let unsaved = json!({ "title": "Not saved yet" });
        writes.patch(&format!("/v1/editor/articles/{id}?autosave=true")).if_match("*").merge_patch(unsaved).await.is_ok();
        let history = reads.get(&format!("/v1/editor/articles/{id}/revisions")).await;
        assert_eq!(history["data"][0]["saved_by"], json!({ "id": writer["id"], "name": "A program" }));
        let whose = reads.get(&format!("/v1/editor/articles?created_by={}", writer.text_at("/id"))).await;
        assert_eq!(whose.data().len(), 1);
        let both = program(&site, &key(&admin, &["articles:write", "publications:write"]).await);
        both.post("/v1/editor/articles").json(&publishing).await.is_created();
        both.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({})).await.is_created();
        let calendar = reads.get("/v1/editor/publications").await;
        assert!(calendar.data().iter().all(|planned| planned["planned_by"]["name"] == "A program") && calendar.data().len() == 2);
        reads.get("/v1/preview/articles").await.is_ok();
        let logged = &admin.get("/v1/editor/audit-log?action=publication.created").await["data"][0];
        assert_eq!((&logged["actor"]["kind"], &logged["actor"]["user_id"]), (&json!("api_key"), &Value::Null));
        assert_eq!((&logged["actor"]["name"], &logged["actor"]["address"]), (&json!("A program"), &json!("127.0.0.1")));
        let done = admin.get(&format!("/v1/editor/audit-log?actor={}", writer.text_at("/id"))).await;
        assert_eq!(done.is_ok().each("action"), ["article.created"]);
        // Delivery asks nobody who they are.
        assert_eq!(reads.get("/v1/articles").await.body, site.anyone().get("/v1/articles").await.body);
    }

    async fn an_amendment_takes_a_scope_for_saving_and_one_for_dates_as_the_document_says(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let mut wanted = article("Live");
        wanted["publish"] = json!({});
        let amend = format!("/v1/editor/articles/{}/amend", admin.post("/v1/editor/articles").json(wanted).await.is_created().text_at("/id"));
        let api: Value = serde_json::from_str(&dateline::app::document().text()).unwrap();
        let operation = &api["paths"]["/v1/editor/articles/{id}/amend"]["post"];
        let named = |member: &str| -> Vec<String> { serde_json::from_value(operation[member].clone()).unwrap() };
        let (of_table, also) = (named("x-scopes"), named("x-scopes-also"));
        for first in Scope::ALL {
            for second in Scope::ALL {
                let scopes = [first.name(), second.name()];
                let is_enough = [&of_table, &also].iter().all(|needed| scopes.iter().any(|scope| needed.iter().any(|one| one == scope)));
                let answer = program(&site, &key(&admin, &scopes).await).post(&amend).json(json!({ "excerpt": "Shorter." })).await;
                assert_eq!(answer.status, if is_enough { 200 } else { 403 }, "{scopes:?}");
            }
        }
    }

    async fn a_key_makes_no_keys_users_and_links_and_ends_no_sessions(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let (made, other) = (key(&admin, &["admin"]).await, key(&admin, &["articles:read"]).await);
        let program = program(&site, &made);
        let me = admin.get("/v1/auth/me").await.text_at("/id").to_owned();
        let another = json!({ "name": "Another", "scopes": ["articles:read"] });
        let user = json!({ "email": "new@example.org", "name": "New", "role": "admin" });
        for refused in [
            program.post(KEYS).json(another).await,
            program.get(KEYS).await,
            program.patch(&path(&made)).merge_patch(json!({ "expires_at": null })).await,
            program.post(&format!("{}/rotate", path(&made))).await,
            program.delete(&path(&other)).await,
            program.post("/v1/editor/users").json(user).await,
            program.get("/v1/editor/users").await,
            program.patch(&format!("/v1/editor/users/{me}")).merge_patch(json!({ "active": false })).await,
            program.post("/v1/editor/preview-links").json(json!({})).await,
            program.get("/v1/auth/sessions").await,
            program.delete("/v1/auth/sessions").await,
            program.delete(&format!("/v1/editor/users/{me}/sessions")).await,
            program.post("/v1/auth/password").json(json!({ "current_password": "a", "new_password": "another password" })).await,
        ] {
            assert!(refused.is_problem(403, "forbidden").text().contains("No API key"));
        }
        assert!(!is_out(&admin).await);
        // It purges, as admins do, and holds every other scope.
        let mut wanted = article("Gone");
        wanted["publish"] = json!({});
        let gone = program.post("/v1/editor/articles").json(wanted).await;
        let there = format!("/v1/editor/articles/{}", gone.is_created().text_at("/id"));
        program.delete(&there).if_match("*").await.is_no_content();
        program.delete(&format!("{there}?purge=true")).if_match("*").await.is_no_content();
        program.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.is_created();
    }

    async fn a_key_says_who_it_is(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let made = key(&admin, &["articles:read", "categories:write"]).await;
        let me = program(&site, &made).get("/v1/auth/me").await;
        let wanted = json!({
            "kind": "api_key", "id": made["id"], "email": null, "name": "A program", "role": null, "scopes": ["articles:read", "categories:write"],
            "category_ids": null,
        });
        assert_eq!(me.is_ok().json(), &wanted);
        let user = admin.get("/v1/auth/me").await;
        assert_eq!((&user["kind"], &user["role"], &user["scopes"]), (&json!("user"), &json!("admin"), &Value::Null));
    }

    async fn a_key_is_refused_from_its_end_on_and_at_once_when_it_is_revoked(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let body = json!({ "name": "Short", "scopes": ["articles:read"], "expires_at": "2026-11-30T08:00:01Z" });
        let short = admin.post(KEYS).json(body).await;
        let program = program(&site, &short);
        site.clock().advance_ms(999);
        assert!(!is_out(&program).await);
        site.clock().advance_ms(1);
        assert!(is_out(&program).await);
        // It is still listed, and can be given another end.
        assert_eq!(names(&admin.get(KEYS).await), ["Short"]);
        admin.patch(&path(&short)).merge_patch(json!({ "expires_at": "2026-11-30T08:00:01Z" })).await.is_problem(422, "invalid").has_error("/expires_at", "past");
        admin.patch(&path(&short)).merge_patch(json!({ "expires_at": null })).await.is_ok();
        assert!(!is_out(&program).await);
        admin.delete(&path(&short)).await.is_no_content();
        assert!(is_out(&program).await);
        for answer in [
            admin.get(&path(&short)).await,
            admin.patch(&path(&short)).merge_patch(json!({ "name": "Again" })).await,
            admin.post(&format!("{}/rotate", path(&short))).await,
            admin.delete(&path(&short)).await,
        ] {
            answer.is_problem(404, "not_found");
        }
        assert!(names(&admin.get(KEYS).await).is_empty());
    }

    async fn what_changes_of_a_key_holds_from_its_next_request_on(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let made = key(&admin, &["articles:read"]).await;
        let program = program(&site, &made);
        program.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.is_problem(403, "forbidden");
        let changed = admin.patch(&path(&made)).if_match("\"1\"").merge_patch(json!({ "scopes": ["categories:write"], "name": "Tree" })).await;
        assert_eq!((&changed.is_ok()["version"], &changed["name"], &changed["prefix"]), (&json!(2), &json!("Tree"), &made["prefix"]));
        program.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.is_created();
        program.get("/v1/editor/articles").await.is_problem(403, "forbidden");
        for stale in [
            admin.patch(&path(&made)).if_match("\"1\"").merge_patch(json!({ "name": "Late" })).await,
            admin.post(&format!("{}/rotate", path(&made))).if_match("\"1\"").await,
            admin.delete(&path(&made)).if_match("\"1\"").await,
        ] {
            stale.is_problem(412, "precondition_failed");
        }
        assert!(!is_out(&program).await);
    }

    async fn both_secrets_of_a_rotated_key_are_good_for_the_overlap(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let made = key(&admin, &["articles:read"]).await;
        let (old, rotate) = (program(&site, &made), format!("{}/rotate", path(&made)));
        let rotated = admin.post(&rotate).await;
        let new = program(&site, rotated.is_ok());
        assert_eq!((&rotated["id"], &rotated["previous"]["prefix"]), (&made["id"], &made["prefix"]));
        assert_eq!(rotated["previous"]["good_until"], "2026-12-01T08:00:00.000Z");
        site.clock().advance_ms(DAY_MS - 1);
        assert!(!is_out(&old).await && !is_out(&new).await);
        site.clock().advance_ms(1);
        let admin = site.login(Role::Admin).await;
        assert!(is_out(&old).await && !is_out(&new).await);
        assert_eq!(admin.get(&path(&made)).await["previous"], Value::Null);
        // Never more than two: the one before the last is good no longer, however long it had.
        let second = program(&site, &admin.post(&rotate).json(json!({ "overlap": 604_800 })).await);
        let third = program(&site, &admin.post(&rotate).json(json!({ "overlap": 604_800 })).await);
        assert!(is_out(&new).await && !is_out(&second).await && !is_out(&third).await);
        site.clock().advance_ms(7 * DAY_MS - 1);
        assert!(!is_out(&second).await);
        site.clock().advance_ms(1);
        assert!(is_out(&second).await && !is_out(&third).await);
        let admin = site.login(Role::Admin).await;
        let at_once = program(&site, &admin.post(&rotate).json(json!({ "overlap": 0 })).await);
        assert!(is_out(&third).await && !is_out(&at_once).await);
        for overlap in [-1, 604_801] {
            admin.post(&rotate).json(json!({ "overlap": overlap })).await.is_problem(422, "invalid").has_error("/overlap", "out_of_range");
        }
    }

    async fn a_use_is_noted_once_a_minute(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let made = key(&admin, &["articles:read"]).await;
        let program = program(&site, &made);
        let noted = async |wanted: &str| {
            let since = Instant::now();
            while admin.get(&path(&made)).await["last_used_at"] != wanted {
                assert!(since.elapsed() < Duration::from_secs(20), "it is not noted");
            }
        };
        program.get("/v1/auth/me").await.is_ok();
        noted("2026-11-30T08:00:00.000Z").await;
        site.clock().advance_ms(59_999);
        program.get("/v1/auth/me").await.is_ok();
        site.clock().advance_ms(1);
        program.get("/v1/auth/me").await.is_ok();
        noted("2026-11-30T08:01:00.000Z").await;
        // It changes nothing that has a version.
        assert_eq!(admin.get(&path(&made)).await["version"], 1);
    }

    async fn a_key_stays_when_whoever_made_it_goes(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let new = json!({ "email": "second@example.org", "name": "Second", "role": "admin", "password": crate::site::PASSWORD });
        let second = admin.post("/v1/editor/users").json(new).await;
        let login = site.anyone().post("/v1/auth/login").json(json!({ "email": "second@example.org", "password": crate::site::PASSWORD })).await;
        let made = key(&site.anyone().with_token(login.text_at("/access_token")), &["articles:read"]).await;
        admin.patch(&format!("/v1/editor/users/{}", second.text_at("/id"))).merge_patch(json!({ "active": false })).await.is_ok();
        assert!(!is_out(&program(&site, &made)).await);
        assert_eq!(admin.get(KEYS).await["data"][0]["created_by"], json!({ "id": second["id"], "name": "Second" }));
    }

    async fn what_is_no_key_is_refused_and_a_key_is_none_elsewhere(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        let made = key(&admin, &["admin"]).await;
        let secret = made.text_at("/key");
        let unknown = Secret::generate().reveal();
        let bent = format!("{}{}", &secret[..51], if secret.ends_with('0') { '1' } else { '0' });
        for none in [&unknown, &bent, &secret[..51], &format!("{secret}0"), &secret.to_uppercase(), "dl_", &format!("dl_{}", "a".repeat(5000)), made.text_at("/id"), made.text_at("/prefix")] {
            assert!(is_out(&site.anyone().with_token(none)).await, "{none}");
        }
        for (method, value) in [("Basic", secret), ("Bearer ", secret), ("Token", secret)] {
            let answer = site.anyone().get("/v1/auth/me").header("authorization", &format!("{method} {value}")).await;
            answer.is_problem(401, "invalid_token");
        }
        site.anyone().get("/v1/auth/me").header("x-api-key", secret).await.is_problem(401, "invalid_token");
        for query in ["key", "api_key", "access_token", "token"] {
            site.anyone().get(&format!("/v1/articles?{query}={secret}")).await.is_problem(400, "invalid_parameter");
            site.anyone().get(&format!("/v1/editor/articles?{query}={secret}")).await.is_problem(401, "invalid_token");
            admin.get(&format!("/v1/editor/articles?{query}={secret}")).await.is_problem(400, "invalid_parameter");
        }
        for body in [json!({ "refresh_token": secret })] {
            site.anyone().post("/v1/auth/refresh").json(body).await.is_problem(401, "invalid_refresh_token");
        }
        site.anyone().get(&format!("/v1/preview/articles?preview={secret}")).await.is_problem(401, "invalid_token");
        admin.get(&format!("{KEYS}/{}", UserId::new())).await.is_problem(404, "not_found");
    }

    async fn keys_come_in_pages_the_newest_first(engine) {
        let site = Site::at(engine, NOW);
        let admin = site.login(Role::Admin).await;
        for name in ["one", "two", "three"] {
            admin.post(KEYS).json(json!({ "name": name, "scopes": ["articles:read"] })).await.is_created();
            site.clock().advance_ms(1);
        }
        let first = admin.get(&format!("{KEYS}?limit=2")).await;
        assert_eq!(names(&first), ["three", "two"]);
        let second = admin.get(&format!("{KEYS}?limit=2&cursor={}", first.text_at("/paging/next"))).await;
        assert_eq!(names(&second), ["one"]);
        let back = admin.get(&format!("{KEYS}?limit=2&cursor={}", second.text_at("/paging/previous"))).await;
        assert_eq!(names(&back), ["three", "two"]);
    }
}
