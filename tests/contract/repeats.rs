//! Requests that arrive twice: `Idempotency-Key`.

use dateline::kernel::caller::Role;
use futures_util::future::join_all;
use serde_json::json;

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;

const KEY: &str = "idempotency-key";
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

fn same(first: &Answer, again: &Answer) {
    again.is(first.status);
    assert_eq!(again.text(), first.text());
    for name in ["location", "etag", "content-type", "cache-control"] {
        assert_eq!(again.header(name), first.header(name), "{name}");
    }
}

on_both_engines! {
    async fn the_same_key_and_body_give_the_first_answer_again(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let article_body = article("Once");
        let first = editor.post("/v1/editor/articles").header(KEY, "a-1").json(&article_body).await;
        first.is_created();
        let path = format!("/v1/editor/articles/{}", first.text_at("/id"));
        editor.patch(&path).if_match("*").merge_patch(json!({ "title": "Changed since" })).await.is_ok();
        site.clock().advance_ms(1000);
        same(&first, &editor.post("/v1/editor/articles").header(KEY, "a-1").json(&article_body).await);
        editor.post("/v1/editor/articles").header(KEY, "a-2").json(&article_body).await.is_created();

        let at = json!({ "publish_at": "2026-11-30T09:00:00Z" });
        let publications = format!("{path}/publications");
        let first = editor.post(&publications).header(KEY, "a-1").json(&at).await;
        first.is_created();
        same(&first, &editor.post(&publications).header(KEY, "a-1").json(&at).await);
        let in_capitals = format!("/v1/editor/articles/{}/publications", path.rsplit('/').next().unwrap().to_uppercase());
        same(&first, &editor.post(&in_capitals).header(KEY, "a-1").json(&at).await);
        editor.post(&publications).header(KEY, "a-2").json(&at).await.is_problem(409, "publication_instant_taken");

        let category = json!({ "name": "World" });
        let first = editor.post("/v1/editor/categories").header(KEY, "a-1").json(&category).await;
        first.is_created();
        same(&first, &editor.post("/v1/editor/categories").header(KEY, "a-1").json(&category).await);
        assert_eq!(site.anyone().get("/v1/categories").await.data().len(), 1);
    }

    async fn taking_down_and_restoring_happen_once(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("Down");
        wanted["publish"] = json!({});
        let path = format!("/v1/editor/articles/{}", editor.post("/v1/editor/articles").json(&wanted).await.text_at("/id"));
        site.clock().advance_ms(1);
        let unpublish = format!("{path}/unpublish");
        let first = editor.post(&unpublish).header(KEY, "down").json(json!({})).await;
        first.is_ok();
        same(&first, &editor.post(&unpublish).header(KEY, "down").json(json!({})).await);
        editor.post(&unpublish).json(json!({})).await.is_problem(409, "not_live");

        editor.delete(&path).if_match("*").await.is_no_content();
        let restore = format!("{path}/restore");
        let first = editor.post(&restore).header(KEY, "up").await;
        first.is_ok();
        same(&first, &editor.post(&restore).header(KEY, "up").await);
        editor.post(&restore).await.is_problem(409, "not_trashed");
    }

    async fn a_kept_answer_is_not_for_who_may_see_the_article_no_more(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, editor, admin) = (site.login(Role::Author).await, site.login(Role::Editor).await, site.login(Role::Admin).await);
        let path = format!("/v1/editor/articles/{}", author.post("/v1/editor/articles").json(article("Hers")).await.text_at("/id"));
        editor.delete(&path).if_match("*").await.is_no_content();
        let restore = format!("{path}/restore");
        editor.post(&restore).header(KEY, "up").await.is_ok();
        let id = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        admin.patch(&format!("/v1/editor/users/{id}")).merge_patch(json!({ "role": "author" })).await.is_ok();
        editor.post(&restore).header(KEY, "up").await.is_problem(404, "not_found");
    }

    async fn a_key_stands_for_one_body_of_one_user_for_a_day(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (editor, other) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let first = editor.post("/v1/editor/articles").header(KEY, "k").json(article("One")).await;
        first.is_created();
        let refused = editor.post("/v1/editor/articles").header(KEY, "k").json(article("Two")).await;
        refused.is_problem(422, "idempotency_key_reused");
        other.post("/v1/editor/articles").header(KEY, "k").json(article("Two")).await.is_created();

        // Tokens are valid for 15 minutes: a day later one logs in anew.
        site.clock().advance_ms(DAY_MS);
        let editor = site.login(Role::Editor).await;
        same(&first, &editor.post("/v1/editor/articles").header(KEY, "k").json(article("One")).await);
        site.clock().advance_ms(1);
        editor.post("/v1/editor/articles").header(KEY, "k").json(article("Three")).await.is_created();
        editor.post("/v1/editor/articles").header(KEY, "k").json(article("One")).await.is_problem(422, "idempotency_key_reused");
    }

    async fn a_refusal_is_not_kept(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let mut taken = article("Taken");
        taken["slug"] = json!("taken");
        let holder = editor.post("/v1/editor/articles").json(&taken).await;
        editor.post("/v1/editor/articles").header(KEY, "k").json(&taken).await.is_problem(409, "slug_taken");
        editor.post("/v1/editor/articles").header(KEY, "k").json(json!({})).await.is_problem(422, "invalid");
        let path = format!("/v1/editor/articles/{}", holder.text_at("/id"));
        editor.patch(&path).if_match("*").merge_patch(json!({ "slug": "free" })).await.is_ok();
        editor.post("/v1/editor/articles").header(KEY, "k").json(&taken).await.is_created();
    }

    async fn of_many_at_once_one_is_done_and_the_others_wait_for_its_answer(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let send = || async { editor.post("/v1/editor/articles").header(KEY, "k").json(article("Once")).await };
        let answers = join_all((0..16).map(|_| send())).await;
        for answer in &answers {
            same(&answers[0], answer);
        }
        answers[0].is_created();
        let id = answers[0].text_at("/id");
        assert_eq!(editor.get(&format!("/v1/editor/articles/{id}")).await["slug"], "once");
        assert_eq!(editor.post("/v1/editor/articles").json(article("Once")).await["slug"], "once-2");
    }

    async fn a_key_is_one_header_of_1_to_255_visible_characters(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let ask = |key: String| editor.post("/v1/editor/articles").header(KEY, &key).json(article("Key"));
        ask("k".repeat(255)).await.is_created();
        ask("k".to_owned()).await.is_created();
        ask("k".repeat(256)).await.is_problem(400, "invalid_header");
        ask(String::new()).await.is_problem(400, "invalid_header");
        ask("ключ".to_owned()).await.is_problem(400, "invalid_header");
        ask("k".to_owned()).header(KEY, "l").await.is_problem(400, "invalid_header");
    }

    async fn answers_that_may_hold_a_secret_are_not_kept(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let admin = site.login(Role::Admin).await;
        let user = json!({ "email": "new@example.org", "name": "New", "role": "author" });
        admin.post("/v1/editor/users").header(KEY, "k").json(&user).await.is_problem(400, "idempotency_unsupported");
        admin.post("/v1/editor/users").json(&user).await.is_created();
        let key = json!({ "name": "A program", "scopes": ["articles:read"] });
        admin.post("/v1/editor/api-keys").header(KEY, "k").json(&key).await.is_problem(400, "idempotency_unsupported");
        let made = admin.post("/v1/editor/api-keys").json(&key).await;
        let rotate = format!("/v1/editor/api-keys/{}/rotate", made.is_created().text_at("/id"));
        admin.post(&rotate).header(KEY, "k").await.is_problem(400, "idempotency_unsupported");
        for path in ["/v1/auth/login", "/v1/auth/refresh", "/v1/auth/logout", "/v1/auth/password"] {
            admin.post(path).header(KEY, "k").json(json!({})).await.is_problem(400, "idempotency_unsupported");
        }
    }
}
