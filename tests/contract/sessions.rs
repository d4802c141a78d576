//! Where one is logged in, and ending it.

use std::time::{Duration, Instant};

use dateline::kernel::caller::Role;
use dateline::kernel::id::SessionId;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{PASSWORD, Site};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

/// A login: who asks from now on, and the answer.
async fn login(site: &Site, email: &str) -> (Client, Answer) {
    let answer = site.anyone().post("/v1/auth/login").json(json!({ "email": email, "password": PASSWORD })).await;
    (site.anyone().with_token(answer.is_ok().text_at("/access_token")), answer)
}

fn ids(list: &Answer) -> Vec<String> {
    list.is_ok().data().iter().map(|session| session["id"].as_str().unwrap().to_owned()).collect()
}

async fn is_out(client: &Client) -> bool {
    client.get("/v1/auth/me").await.status == 401
}

on_both_engines! {
    async fn my_sessions_are_listed_with_where_they_are_from_and_when_they_were_used(engine) {
        let site = Site::at(engine, NOW);
        let agent = "Mozilla/5.0 (X11; Linux x86_64)";
        let body = json!({ "email": "editor@example.org", "password": PASSWORD });
        let first = site.anyone().post("/v1/auth/login").header("user-agent", agent).json(&body).await;
        site.clock().advance_ms(60_000);
        let (second, _) = login(&site, "editor@example.org").await;
        login(&site, "author@example.org").await;
        site.clock().advance_ms(59_999);
        let renewed = site.anyone().post("/v1/auth/refresh").json(json!({ "refresh_token": first.text_at("/refresh_token") })).await;
        let list = second.get("/v1/auth/sessions").await;
        let [mine, other]: &[Value; 2] = list.is_ok().data().try_into().unwrap();
        assert_eq!((&mine["current"], &other["current"]), (&json!(true), &json!(false)));
        assert_eq!((&mine["user_agent"], &other["user_agent"]), (&Value::Null, &json!(agent)));
        assert_eq!((&mine["address"], &other["address"]), (&json!("127.0.0.1"), &json!("127.0.0.1")));
        assert_eq!(mine["created_at"], "2026-11-30T08:01:00.000Z");
        assert_eq!(mine["last_used_at"], "2026-11-30T08:01:00.000Z");
        assert_eq!(other["created_at"], NOW);
        assert_eq!(other["last_used_at"], "2026-11-30T08:01:59.999Z");
        assert_eq!(other["expires_at"], "2026-12-30T08:00:00.000Z");
        // Seen from the other one.
        let there = site.anyone().with_token(renewed.text_at("/access_token")).get("/v1/auth/sessions").await;
        assert_eq!((ids(&there), &there["data"][1]["current"]), (ids(&list), &json!(true)));
    }

    async fn whatever_is_asked_counts_as_use_of_a_session_to_the_minute(engine) {
        let site = Site::at(engine, NOW);
        let (client, _) = login(&site, "editor@example.org").await;
        let noted = async |wanted: &str| {
            let since = Instant::now();
            while client.get("/v1/auth/sessions").await["data"][0]["last_used_at"] != wanted {
                assert!(since.elapsed() < Duration::from_secs(20), "it is not noted");
            }
        };
        site.clock().advance_ms(59_999);
        client.get("/v1/editor/articles").await.is_ok();
        noted(NOW).await;
        site.clock().advance_ms(1);
        client.get("/v1/editor/articles").await.is_ok();
        noted("2026-11-30T08:01:00.000Z").await;
    }

    async fn what_a_client_says_that_it_is_is_cut_to_200_characters(engine) {
        let site = Site::at(engine, NOW);
        let body = json!({ "email": "editor@example.org", "password": PASSWORD });
        for (length, kept) in [(199, 199), (200, 200), (201, 200), (60_000, 200)] {
            site.anyone().post("/v1/auth/login").header("user-agent", &"x".repeat(length)).json(&body).await.is_ok();
            site.clock().advance_ms(1);
            let (editor, _) = login(&site, "editor@example.org").await;
            let list = editor.get("/v1/auth/sessions").await;
            assert_eq!(list["data"][1]["user_agent"].as_str().unwrap().len(), kept);
            site.clock().advance_ms(1);
        }
    }

    async fn a_session_that_is_ended_is_refused_at_once_and_gone_from_the_list(engine) {
        let site = Site::at(engine, NOW);
        let (lost, login_of_lost) = login(&site, "editor@example.org").await;
        site.clock().advance_ms(1);
        let (mine, _) = login(&site, "editor@example.org").await;
        let [here, there] = ids(&mine.get("/v1/auth/sessions").await).try_into().unwrap();
        let path = format!("/v1/auth/sessions/{there}");
        lost.delete(&path).await.is_no_content();
        assert!(is_out(&lost).await && !is_out(&mine).await);
        let token = json!({ "refresh_token": login_of_lost.text_at("/refresh_token") });
        site.anyone().post("/v1/auth/refresh").json(token).await.is_problem(401, "invalid_refresh_token");
        mine.delete(&path).await.is_problem(404, "not_found");
        assert_eq!(ids(&mine.get("/v1/auth/sessions").await), [&*here]);
        mine.delete(&format!("/v1/auth/sessions/{here}?x=1")).await.is_problem(400, "invalid_parameter");
        mine.delete(&format!("/v1/auth/sessions/{here}")).await.is_no_content();
        assert!(is_out(&mine).await);
    }

    async fn nobody_ends_what_is_not_theirs(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let theirs = ids(&author.get("/v1/auth/sessions").await).remove(0);
        for id in [theirs, SessionId::new().to_string(), "1".to_owned(), "unknown".to_owned()] {
            editor.delete(&format!("/v1/auth/sessions/{id}")).await.is_problem(404, "not_found");
        }
        assert!(!is_out(&author).await);
        let me = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        editor.get(&format!("/v1/editor/users/{me}/sessions")).await.is_problem(403, "forbidden");
    }

    async fn all_my_sessions_end_and_the_one_that_asks_only_if_it_does_not_say_otherwise(engine) {
        let site = Site::at(engine, NOW);
        let (first, _) = login(&site, "editor@example.org").await;
        let (second, _) = login(&site, "editor@example.org").await;
        let author = site.login(Role::Author).await;
        second.delete("/v1/auth/sessions?except_current=perhaps").await.is_problem(400, "invalid_parameter");
        second.delete("/v1/auth/sessions?except_current=true").await.is_no_content();
        assert!(is_out(&first).await && !is_out(&second).await && !is_out(&author).await);
        second.delete("/v1/auth/sessions").await.is_no_content();
        assert!(is_out(&second).await && !is_out(&author).await);
        assert_eq!(ids(&site.login(Role::Editor).await.get("/v1/auth/sessions").await).len(), 1);
    }

    async fn an_admin_sees_and_ends_the_sessions_of_others(engine) {
        let site = Site::at(engine, NOW);
        let ((first, _), (second, _)) = (login(&site, "editor@example.org").await, login(&site, "editor@example.org").await);
        let (third, _) = login(&site, "editor@example.org").await;
        let admin = site.login(Role::Admin).await;
        let me = first.get("/v1/auth/me").await.text_at("/id").to_owned();
        let path = format!("/v1/editor/users/{me}/sessions");
        let list = admin.get(&path).await;
        let all = ids(&list);
        assert_eq!(all.len(), 3);
        assert!(list.data().iter().all(|session| session["current"] == false));
        let own = ids(&first.get("/v1/auth/sessions").await);
        assert_eq!(own, all);
        let mine = |list: &Answer| list.data().iter().find(|session| session["current"] == true).unwrap()["id"].as_str().unwrap().to_owned();
        let first_id = mine(&first.get("/v1/auth/sessions").await);
        admin.delete(&format!("{path}/{first_id}")).await.is_no_content();
        assert!(is_out(&first).await && !is_out(&second).await);
        admin.delete(&format!("{path}/{first_id}")).await.is_problem(404, "not_found");
        // A session is looked for below its user alone.
        let admins = admin.get("/v1/auth/me").await.text_at("/id").to_owned();
        let second_id = mine(&second.get("/v1/auth/sessions").await);
        admin.delete(&format!("/v1/editor/users/{admins}/sessions/{second_id}")).await.is_problem(404, "not_found");
        admin.delete(&path).await.is_no_content();
        assert!(is_out(&second).await && is_out(&third).await && !is_out(&admin).await);
        assert!(ids(&admin.get(&path).await).is_empty());
        // They are not kept out.
        login(&site, "editor@example.org").await;
    }

    async fn sessions_come_in_pages_that_go_with_one_user_alone(engine) {
        let site = Site::at(engine, NOW);
        for _ in 0..3 {
            login(&site, "editor@example.org").await;
            site.clock().advance_ms(1);
        }
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let all = ids(&editor.get("/v1/auth/sessions").await);
        let first = editor.get("/v1/auth/sessions?limit=3").await;
        let cursor = first.text_at("/paging/next");
        let second = editor.get(&format!("/v1/auth/sessions?limit=3&cursor={cursor}")).await;
        assert_eq!([ids(&first), ids(&second)].concat(), all);
        let back = editor.get(&format!("/v1/auth/sessions?limit=3&cursor={}", second.text_at("/paging/previous"))).await;
        assert_eq!(ids(&back), ids(&first));
        let me = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        admin.get(&format!("/v1/auth/sessions?cursor={cursor}")).await.is_problem(400, "invalid_cursor");
        admin.get(&format!("/v1/editor/users/{me}/sessions?cursor={cursor}")).await.is_problem(400, "invalid_cursor");
        // What has expired is not there any more.
        site.clock().advance_ms(30 * 24 * 60 * 60 * 1000);
        assert_eq!(ids(&site.login(Role::Editor).await.get("/v1/auth/sessions").await).len(), 1);
    }
}
