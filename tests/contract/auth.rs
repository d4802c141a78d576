//! Who may do what.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{PASSWORD, Site, article};
use crate::support::raw::Socket;

on_both_engines! {
    async fn authors_write_their_own_articles_and_decide_on_no_dates(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let id = author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id").to_owned();
        author.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({})).await.is_problem(403, "forbidden");
        let other = editor.post("/v1/editor/articles").json(article("Theirs")).await.text_at("/id").to_owned();
        author.get(&format!("/v1/editor/articles/{other}")).await.is_problem(404, "not_found");
        author.get("/v1/editor/users").await.is_problem(403, "forbidden");
        site.anyone().get(&format!("/v1/editor/articles/{id}")).await.is_problem(401, "invalid_token");
    }

    async fn who_is_out_or_demoted_while_a_body_arrives_does_nothing_any_more(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        for (change, status, code) in [(json!({ "role": "author" }), 403, "forbidden"), (json!({ "active": false }), 401, "invalid_token")] {
            let login = site.anyone().post("/v1/auth/login").json(json!({ "email": "editor@example.org", "password": PASSWORD })).await;
            let body = article("Too late").to_string();
            let (most, last) = body.split_at(body.len() - 1);
            let mut slow = Socket::connect(site.address()).await;
            let head = format!(
                "POST /v1/editor/articles HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{most}",
                login.text_at("/access_token"),
                body.len()
            );
            slow.send(head).await;
            // Another login takes longer than the server believes a caller.
            site.login(Role::Author).await;
            admin.patch(&format!("/v1/editor/users/{}", login.text_at("/user/id"))).merge_patch(&change).await.is_ok();
            slow.send(last).await;
            slow.answer().await.is_problem(status, code);
            assert_eq!(admin.get("/v1/editor/articles").await.data().len(), 0);
        }
    }

    async fn a_refresh_token_is_used_once_but_for_ten_seconds_of_grace(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let login = site.anyone().post("/v1/auth/login").json(json!({ "email": "EDITOR@example.org", "password": PASSWORD })).await;
        login.is_ok();
        let body = json!({ "refresh_token": login.text_at("/refresh_token") });
        let first = site.anyone().post("/v1/auth/refresh").json(&body).await;
        site.clock().advance_ms(9_999);
        let again = site.anyone().post("/v1/auth/refresh").json(&body).await;
        assert_eq!(first.text_at("/refresh_token"), again.text_at("/refresh_token"));
        site.clock().advance_ms(1);
        site.anyone().post("/v1/auth/refresh").json(&body).await.is_problem(401, "invalid_refresh_token");
        let successor = json!({ "refresh_token": first.text_at("/refresh_token") });
        site.anyone().post("/v1/auth/refresh").json(&successor).await.is_problem(401, "invalid_refresh_token");
        site.anyone().with_token(first.text_at("/access_token")).get("/v1/auth/me").await.is_problem(401, "invalid_token");
    }

    async fn the_last_admin_stays_and_a_deactivated_user_is_out_at_once(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (admin, editor) = (site.login(Role::Admin).await, site.login(Role::Editor).await);
        let me = admin.get("/v1/auth/me").await.text_at("/id").to_owned();
        admin.patch(&format!("/v1/editor/users/{me}")).merge_patch(json!({ "role": "editor" })).await.is_problem(409, "last_admin");
        let id = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        admin.patch(&format!("/v1/editor/users/{id}")).merge_patch(json!({ "active": false })).await.is_ok();
        editor.get("/v1/auth/me").await.is_problem(401, "invalid_token");
    }

    async fn a_password_that_nobody_chose_has_an_end_and_is_to_be_changed_before(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let (end, last) = ("2026-12-03T08:00:00.000Z", "2026-12-03T07:59:59.999Z");
        let made = async |email: &str| {
            let made = admin.post("/v1/editor/users").json(json!({ "email": email, "name": "New", "role": "editor" })).await;
            assert_eq!(made.is_created()["password_expires_at"], end);
            (format!("/v1/editor/users/{}", made.text_at("/id")), made.text_at("/one_time_password").to_owned())
        };
        let login = async |email: &str, password: &str| site.anyone().post("/v1/auth/login").json(json!({ "email": email, "password": password })).await;
        let ((theirs, first), (_, second)) = (made("first@example.org").await, made("second@example.org").await);
        let begun = login("first@example.org", &first).await;
        assert_eq!(begun.is_ok()["password_expires_at"], end);
        let client = site.anyone().with_token(begun.text_at("/access_token"));
        assert_eq!(client.get("/v1/auth/sessions").await.at("/data/0/expires_at"), end, "no session that begins with it lasts longer");
        client.post("/v1/auth/password").json(json!({ "current_password": first, "new_password": "ferry to the south" })).await.is_no_content();
        let admins = site.login(Role::Admin).await;
        assert_eq!(admins.get(&theirs).await["password_expires_at"], Value::Null);
        site.clock().set(last.parse().unwrap());
        let late = login("second@example.org", &second).await;
        let renewed = json!({ "refresh_token": late.is_ok().text_at("/refresh_token") });
        site.clock().set(end.parse().unwrap());
        assert!(login("second@example.org", &second).await.is_problem(401, "invalid_credentials").text_at("/detail").contains("has expired"));
        site.anyone().with_token(late.text_at("/access_token")).get("/v1/auth/me").await.is_problem(401, "invalid_token");
        site.anyone().post("/v1/auth/refresh").json(renewed).await.is_problem(401, "invalid_refresh_token");
        // Whoever does not know it hears what everyone hears.
        assert!(!login("second@example.org", "wrong").await.is_problem(401, "invalid_credentials").text_at("/detail").contains("expired"));
        assert_eq!(login("first@example.org", "ferry to the south").await.is_ok()["password_expires_at"], Value::Null);
    }

    async fn what_a_client_says_of_its_address_gives_it_no_further_attempts(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let names = ["x-forwarded-for", "forwarded", "x-real-ip", "client-ip", "true-client-ip", "cf-connecting-ip"];
        let fail = async |nth: usize| {
            let address = format!("203.0.113.{nth}");
            let value = if names[nth % names.len()] == "forwarded" { format!("for={address}") } else { address };
            let body = json!({ "email": format!("nobody{nth}@example.org"), "password": "wrong" });
            site.anyone().post("/v1/auth/login").header(names[nth % names.len()], &value).json(body).await
        };
        for nth in 0..30 {
            fail(nth).await.is_problem(401, "invalid_credentials");
        }
        for nth in 30..36 {
            fail(nth).await.is_problem(429, "too_many_requests");
        }
    }

    async fn a_refresh_tells_what_a_user_may_do_now_and_no_answer_sets_a_cookie(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let begun = site.anyone().post("/v1/auth/login").json(json!({ "email": "editor@example.org", "password": PASSWORD })).await;
        admin.patch(&format!("/v1/editor/users/{}", begun.is_ok().text_at("/user/id"))).merge_patch(json!({ "role": "author" })).await.is_ok();
        let renewed = site.anyone().post("/v1/auth/refresh").json(json!({ "refresh_token": begun.text_at("/refresh_token") })).await;
        assert_eq!(renewed.is_ok()["user"]["role"], "author");
        let client = site.anyone().with_token(renewed.text_at("/access_token"));
        client.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.is_problem(403, "forbidden");
        for answer in [&begun, &renewed, &client.get("/v1/auth/me").await] {
            assert_eq!(answer.header("set-cookie"), None);
        }
    }

    async fn what_a_deactivated_user_scheduled_goes_before_the_public_all_the_same(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (admin, editor) = (site.login(Role::Admin).await, site.login(Role::Editor).await);
        let mut wanted = article("Scheduled");
        wanted["publish"] = json!({ "publish_at": "2026-11-30T09:00:00Z" });
        editor.post("/v1/editor/articles").json(wanted).await.is_created();
        let id = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        admin.patch(&format!("/v1/editor/users/{id}")).merge_patch(json!({ "active": false })).await.is_ok();
        site.clock().set("2026-11-30T08:59:59.999Z".parse().unwrap());
        site.anyone().get("/v1/articles/scheduled").await.is_problem(404, "not_found");
        site.clock().set("2026-11-30T09:00:00.000Z".parse().unwrap());
        site.anyone().get("/v1/articles/scheduled").await.is_ok();
    }

    async fn a_password_that_is_easily_guessed_is_not_taken(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (admin, editor) = (site.login(Role::Admin).await, site.login(Role::Editor).await);
        let user = |password: &str| json!({ "email": "ada.lovelace@example.org", "name": "Ada King-Noel", "role": "author", "password": password });
        for guessed in ["password", "QwertyUiop", "12345678", "ada.lovelace@example.org", "Ada Lovelace", "ada king noel", "the-morning-news"] {
            admin.post("/v1/editor/users").json(user(guessed)).await.is_problem(422, "invalid").has_error("/password", "easily_guessed");
        }
        for guessed in ["iloveyou", "editor@example.org", "The Morning News"] {
            let change = json!({ "current_password": PASSWORD, "new_password": guessed });
            editor.post("/v1/auth/password").json(change).await.is_problem(422, "invalid").has_error("/new_password", "easily_guessed");
        }
        // No kind of character is asked for, and 64 are not too many.
        let sentence = "no digit no capital and no sign but words of a ferry that leaves";
        assert_eq!(sentence.len(), 64);
        admin.post("/v1/editor/users").json(user(sentence)).await.is_created();
        site.anyone().post("/v1/auth/login").json(json!({ "email": "ada.lovelace@example.org", "password": sentence })).await.is_ok();
        editor.post("/v1/auth/password").json(json!({ "current_password": PASSWORD, "new_password": "ferry 77" })).await.is_no_content();
    }

    async fn only_failed_logins_count_and_every_mistake_of_a_body_is_named(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        for _ in 0..10 {
            site.anyone().post("/v1/auth/login").json(json!({ "email": "editor@example.org", "password": "wrong" })).await.is_problem(401, "invalid_credentials");
        }
        site.anyone().post("/v1/auth/login").json(json!({ "email": "editor@example.org", "password": PASSWORD })).await.is_problem(429, "too_many_requests");
        site.clock().advance_ms(15 * 60 * 1000);
        let editor = site.login(Role::Editor).await;
        let refused = editor.post("/v1/editor/articles").json(json!({ "title": " ", "colour": 1, "tags": ["none"] })).await;
        refused.is_problem(422, "invalid");
        refused.has_error("/body", "required");
        refused.has_error("/colour", "unknown_field");
        editor.post("/v1/editor/articles").body("application/json", "{\"a\":1,\"a\":2}").await.is_problem(400, "invalid_json");
    }
}
