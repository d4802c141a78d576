//! Many changes in one request: all or nothing, or each for itself, each as it is done alone.

use dateline::audit::verify::verify;
use dateline::kernel::caller::Role;
use dateline::kernel::id::ArticleId;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const MANY: usize = 200;

async fn drafts<const N: usize>(editor: &Client) -> [String; N] {
    let mut ids = Vec::new();
    for at in 0..N {
        let made = editor.post("/v1/editor/articles").json(article(&format!("Article {at}"))).await;
        ids.push(made.is_created().text_at("/id").to_owned());
    }
    ids.try_into().unwrap()
}

async fn category(editor: &Client, name: &str) -> String {
    editor.post("/v1/editor/categories").json(json!({ "name": name })).await.is_created().text_at("/id").to_owned()
}

async fn tags(editor: &Client, slugs: &[&str]) {
    for slug in slugs {
        editor.post("/v1/editor/tags").json(json!({ "name": "A tag", "slug": slug })).await.is_created();
    }
}

async fn bulk(caller: &Client, mode: &str, operations: Value) -> Answer {
    caller.post("/v1/editor/bulk").json(json!({ "mode": mode, "operations": operations })).await
}

fn statuses(answer: &Answer) -> Vec<u64> {
    answer.is_ok()["results"].as_array().unwrap().iter().map(|result| result["status"].as_u64().unwrap()).collect()
}

/// What editors see of all there is, and how much was recorded.
async fn everything(site: &Site, editor: &Client) -> (String, String, Option<(i64, String)>) {
    let articles = editor.get("/v1/editor/articles?status=draft,scheduled,live,changed,trashed,ended&limit=100").await.text();
    let head = site.db().run_read(dateline::audit::store::head).unwrap().map(|(number, hash)| (number, format!("{hash:?}")));
    (articles, editor.get("/v1/editor/publications?limit=100").await.text(), head)
}

on_both_engines! {
    async fn all_of_them_are_done_at_one_instant(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        tags(&editor, &["bridges", "rivers"]).await;
        let [one, two, three, four] = drafts(&editor).await;
        let city = category(&editor, "City").await;
        editor.post(&format!("/v1/editor/articles/{two}/publications")).await.is_created();
        site.clock().advance_ms(1000);
        let operations = json!([
            { "op": "publish", "id": one, "unpublish_at": "2026-12-31T09:00", "time_zone": "Asia/Ashgabat", "version": 1 },
            { "op": "unpublish", "id": two, "withdrawn": { "reason": "It was wrong." } },
            { "op": "move", "id": three, "category_id": city, "further_category_ids": [] },
            { "op": "tag", "id": three, "add": ["bridges", "rivers"], "version": 2 },
            { "op": "tag", "id": three, "remove": ["bridges"] },
            { "op": "trash", "id": four },
        ]);
        let done = bulk(&editor, "all", operations).await;
        assert_eq!(statuses(&done), [201, 200, 200, 200, 200, 204]);
        let at = "2026-11-30T08:00:01.000Z";
        assert_eq!((done.at("/results/0/publication/publish_at"), done.at("/results/0/publication/unpublish_at_local")), (&json!(at), &json!("2026-12-31T09:00:00")));
        assert_eq!(done.at("/results/1/publication/unpublish_at"), &json!(at));
        assert_eq!(done.at("/results/2/article"), &json!({ "version": 2, "revision": 2, "status": "draft" }));
        assert_eq!(done.at("/results/5/article"), &json!({ "version": 2, "revision": 1, "status": "trashed" }));
        let moved = editor.get(&format!("/v1/editor/articles/{three}")).await;
        assert_eq!((&moved["category_id"], &moved["tags"], &moved["version"]), (&json!(city), &json!(["rivers"]), &json!(4)));
        site.anyone().get(&format!("/v1/articles/{one}")).await.is_ok();
        site.anyone().get(&format!("/v1/articles/{two}")).await.is_problem(410, "withdrawn");
        let admin = site.login(Role::Admin).await;
        let entries = admin.get(&format!("/v1/editor/audit-log?from={at}&limit=100")).await;
        let mut actions = entries.each("action");
        actions.retain(|action| !action.starts_with("session"));
        actions.reverse();
        let expected = ["publication.created", "article.unpublished", "publication.updated", "article.saved", "article.saved", "article.saved", "article.trashed"];
        assert_eq!(actions, expected);
    }

    async fn with_all_the_first_that_is_refused_undoes_the_others(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let [one, two, three] = drafts(&editor).await;
        let (city, unknown) = (category(&editor, "City").await, ArticleId::new().to_string());
        site.clock().advance_ms(1000);
        let before = everything(&site, &editor).await;
        let refusals = [
            (json!({ "op": "trash", "id": unknown }), 404, "not_found", ""),
            (json!({ "op": "unpublish", "id": two }), 409, "not_live", ""),
            (json!({ "op": "tag", "id": two, "version": 7, "tags": [] }), 412, "precondition_failed", ""),
            (json!({ "op": "publish", "id": two, "publish_at": "tomorrow" }), 422, "invalid", "/publish_at"),
            (json!({ "op": "publish", "id": two, "revision": 2 }), 422, "invalid", "/revision"),
            (json!({ "op": "move", "id": two, "category_id": unknown }), 422, "invalid", "/category_id"),
            (json!({ "op": "move", "id": two }), 422, "invalid", "/category_id"),
            (json!({ "op": "tag", "id": two, "add": ["nobody"] }), 422, "invalid", "/add/0"),
            (json!({ "op": "tag", "id": two, "tags": [], "remove": [] }), 422, "invalid", "/tags"),
            (json!({ "op": "publish", "id": one }), 409, "trashed", ""),
        ];
        for (wrong, status, code, pointer) in refusals {
            let operations = json!([{ "op": "trash", "id": one }, { "op": "move", "id": three, "category_id": city }, { "op": "publish", "id": three }, wrong, { "op": "trash", "id": three }]);
            let refused = bulk(&editor, "all", operations).await;
            refused.is_problem(409, "bulk_refused").has_error(&format!("/operations/3{pointer}"), refused.text_at("/problem/errors/0/code"));
            assert_eq!((&refused["operation"], refused.at("/problem/status"), refused.at("/problem/code")), (&json!(3), &json!(status), &json!(code)), "{refused}");
            assert_eq!(everything(&site, &editor).await, before, "{refused}");
        }
        let stale = bulk(&editor, "all", json!([{ "op": "trash", "id": two, "version": 9 }])).await;
        assert_eq!(stale.is_problem(409, "bulk_refused").at("/problem/current_version"), &json!(1));
    }

    async fn with_each_every_one_is_done_or_refused_for_itself(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor, admin) = (site.login(Role::Author).await, site.login(Role::Editor).await, site.login(Role::Admin).await);
        let [mine, hers] = [drafts::<2>(&author).await, drafts::<2>(&editor).await];
        let unknown = ArticleId::new().to_string();
        site.clock().advance_ms(1000);
        // What is another's is as if it were not there, and takes nothing with it.
        let mixed = json!([
            { "op": "move", "id": hers[0], "category_id": null },
            { "op": "tag", "id": mine[0], "tags": ["nobody"] },
            { "op": "trash", "id": hers[1] },
            { "op": "publish", "id": mine[0] },
            { "op": "trash", "id": mine[1] },
            { "op": "trash", "id": mine[1] },
            { "op": "trash", "id": unknown },
        ]);
        let before = everything(&site, &editor).await;
        let all = bulk(&author, "all", mixed.clone()).await;
        all.is_problem(409, "bulk_refused").has_error("/operations/0", "not_found");
        assert_eq!(everything(&site, &editor).await, before);
        let each = bulk(&author, "each", mixed).await;
        assert_eq!(statuses(&each), [404, 422, 404, 403, 204, 409, 404]);
        let (foreign, nothing) = (each.at("/results/2/problem"), each.at("/results/6/problem"));
        assert_eq!(foreign.to_string().replace("/operations/2", "/operations/6"), nothing.to_string());
        assert_eq!(each.at("/results/1/problem/errors/0/pointer"), &json!("/operations/1/tags/0"));
        let entries = admin.get("/v1/editor/audit-log?from=2026-11-30T08:00:01Z").await;
        assert_eq!(entries.each("action"), ["article.trashed"]);
        assert!(verify(site.db()).unwrap().is_ok());
        assert_eq!(editor.get(&format!("/v1/editor/articles/{}", hers[0])).await.is_ok()["version"], 1);
    }

    async fn up_to_200_are_taken(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let [one] = drafts(&editor).await;
        let operations = |count: usize| json!(vec![json!({ "op": "tag", "id": one, "tags": [] }); count]);
        bulk(&editor, "each", operations(0)).await.is_problem(422, "invalid").has_error("/operations", "too_short");
        bulk(&editor, "each", operations(MANY + 1)).await.is_problem(422, "invalid").has_error("/operations", "too_long");
        assert_eq!(statuses(&bulk(&editor, "each", operations(1)).await), [200]);
        // What has those tags already is not saved again.
        assert_eq!(statuses(&bulk(&editor, "all", operations(MANY)).await), [200; MANY]);
        assert_eq!(editor.get(&format!("/v1/editor/articles/{one}")).await.is_ok()["version"], 1);
        let many: [String; MANY] = drafts(&editor).await;
        let publish: Vec<Value> = many.iter().rev().map(|id| json!({ "op": "publish", "id": id })).collect();
        assert_eq!(statuses(&bulk(&editor, "all", json!(publish)).await), [201; MANY]);
        assert_eq!(site.anyone().get("/v1/articles?limit=100&count=exact").await.is_ok()["paging"]["total"], MANY);
    }

    async fn a_body_that_no_operation_takes_is_refused_whole(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let [one] = drafts(&editor).await;
        let wrong = json!([{ "op": "trash", "id": one }, { "op": "delete", "id": one }, { "id": one }, { "op": "trash", "id": one, "tags": [] }, { "op": "tag", "id": one, "add": "a" }]);
        let refused = bulk(&editor, "each", wrong).await;
        refused.is_problem(422, "invalid").has_error("/operations/1/op", "not_one_of").has_error("/operations/2/op", "required");
        refused.has_error("/operations/3/tags", "unknown_field").has_error("/operations/4/add", "wrong_type");
        assert!(refused.text_at("/errors/0/detail").ends_with(r#""delete" is not one of "publish", "unpublish", "move", "tag", "trash""#), "{refused}");
        editor.post("/v1/editor/bulk").json(json!({ "operations": [] })).await.is_problem(422, "invalid").has_error("/mode", "required");
        assert_eq!(editor.get(&format!("/v1/editor/articles/{one}")).await.is_ok()["version"], 1);
    }

    async fn the_same_key_and_body_are_done_once(engine) {
        let site = Site::at(engine, NOW);
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let [one, two] = drafts(&editor).await;
        let body = json!({ "mode": "each", "operations": [{ "op": "publish", "id": one }, { "op": "trash", "id": two }, { "op": "trash", "id": two }] });
        let send = async || editor.post("/v1/editor/bulk").header("idempotency-key", "bulk-1").json(&body).await;
        let first = send().await;
        assert_eq!(statuses(&first), [201, 204, 409]);
        site.clock().advance_ms(1000);
        assert_eq!(send().await.text(), first.text());
        let other = json!({ "mode": "all", "operations": [{ "op": "trash", "id": one }] });
        editor.post("/v1/editor/bulk").header("idempotency-key", "bulk-1").json(other).await.is_problem(422, "idempotency_key_reused");
        // What showed what others began is not shown to who became an author.
        let me = editor.get("/v1/auth/me").await.text_at("/id").to_owned();
        admin.patch(&format!("/v1/editor/users/{me}")).merge_patch(json!({ "role": "author" })).await.is_ok();
        send().await.is_problem(422, "idempotency_key_reused");
    }

    async fn moving_and_tagging_leave_the_text_and_what_is_written_beside_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let mut wanted = article("With a frame");
        wanted["body"] = json!({ "format": "html", "source": "<p>One <b onclick=x>two</b></p><script>x</script>" });
        let made = editor.post("/v1/editor/articles").json(&wanted).await;
        let id = made.is_created().text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        let city = category(&editor, "City").await;
        editor.patch(&format!("{path}?autosave=true")).if_match("*").merge_patch(json!({ "title": "Unsaved" })).await.is_ok();
        let done = bulk(&editor, "all", json!([{ "op": "move", "id": id, "category_id": city }, { "op": "publish", "id": id }])).await;
        assert_eq!(statuses(&done), [200, 201]);
        let moved = editor.get(&path).await;
        assert_eq!((&moved["warnings"], &moved["body"], &moved["title"]), (&made["warnings"], &made["body"], &made["title"]));
        assert!(!made["warnings"].as_array().unwrap().is_empty());
        assert_eq!(editor.get(&format!("{path}/autosave")).await.is_ok().at("/title"), &json!("Unsaved"));
        let shown = site.anyone().get(&format!("/v1/articles/{id}")).await;
        assert_eq!((&shown.is_ok()["body_html"], &shown["word_count"]), (&json!("<p>One <b>two</b></p>"), &json!(2)));
    }

    async fn bulk_requests_over_the_same_articles_do_not_hold_each_other_up(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let ids: [String; 12] = drafts(&editor).await;
        let (city, rural) = (category(&editor, "City").await, category(&editor, "Rural").await);
        let moves = |ids: Vec<&String>, to: &str| json!(ids.into_iter().map(|id| json!({ "op": "move", "id": id, "category_id": to })).collect::<Vec<_>>());
        for mode in ["all", "each"] {
            let rounds = (0..6).map(|round| {
                let (there, to) = if round % 2 == 0 { (ids.iter().collect(), &city) } else { (ids.iter().rev().collect(), &rural) };
                bulk(&editor, mode, moves(there, to))
            });
            for answer in futures_util::future::join_all(rounds).await {
                assert_eq!(statuses(&answer), [200; 12]);
            }
        }
        assert!(verify(site.db()).unwrap().is_ok());
    }
}
