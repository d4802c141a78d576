//! Deleting categories: what is in use stays, or goes where `reassign_to` says.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::client::Client;

async fn category(editor: &Client, name: &str, parent: Option<&str>) -> String {
    let made = editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await;
    made.is_created();
    made.text_at("/id").to_owned()
}

fn of(title: &str, main: &str, further: &[&str]) -> Value {
    let mut wanted = article(title);
    wanted["category_id"] = json!(main);
    wanted["further_category_ids"] = json!(further);
    wanted
}

on_both_engines! {
    async fn what_lies_in_a_category_goes_to_another_and_nothing_else_changes(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let (old, new) = (category(&editor, "Old", None).await, category(&editor, "New", None).await);
        let (child, other) = (category(&editor, "Child", Some(&old)).await, category(&editor, "Other", None).await);
        let mut live = of("Live", &old, &[&new, &other]);
        live["publish"] = json!({});
        let live = editor.post("/v1/editor/articles").json(&live).await;
        let path = format!("/v1/editor/articles/{}", live.text_at("/id"));
        let mut below = of("Below", &child, &[&old]);
        below["publish"] = json!({ "publish_at": "2026-11-30T09:00:00Z" });
        editor.post("/v1/editor/articles").json(&below).await.is_created();
        let before = site.anyone().get("/v1/articles/live").await;
        site.clock().advance_ms(1000);

        editor.delete(&format!("/v1/editor/categories/{old}")).await.is_problem(409, "in_use");
        editor.delete(&format!("/v1/editor/categories/{old}?reassign_to={new}")).await.is_no_content();

        editor.get(&format!("/v1/editor/categories/{old}")).await.is_problem(404, "not_found");
        assert_eq!(editor.get(&format!("/v1/editor/categories/{child}")).await["parent_id"], json!(new));
        let now = editor.get(&path).await;
        assert_eq!((&now["category_id"], &now["further_category_ids"]), (&json!(new), &json!([other])));
        for kept in ["version", "saved_at", "status", "publications"] {
            assert_eq!(now[kept], live[kept], "{kept}");
        }
        let after = site.anyone().get("/v1/articles/live").await;
        assert_eq!(after["category"]["slug"], "new");
        assert_eq!((&after["published_at"], &after["updated_at"]), (&before["published_at"], &before["updated_at"]));
        site.anyone().get("/v1/articles?category=old").await.is_ok();
        assert_eq!(site.anyone().get("/v1/articles?category=old").await.data().len(), 0);
        assert_eq!(site.anyone().get("/v1/articles?category=new").await.each("slug"), ["live"]);
        assert_eq!(site.anyone().get("/v1/categories/new").await["article_count"], 1);
        site.clock().advance_ms(3_600_000);
        assert_eq!(site.anyone().get("/v1/articles?category=new").await.each("slug"), ["below", "live"]);
        assert_eq!(site.anyone().get("/v1/categories/new").await["article_count"], 2);
        assert_eq!(site.anyone().get("/v1/categories/child").await["article_count"], 1);
    }

    async fn a_category_is_in_use_by_the_newest_save_and_by_what_was_or_will_be_public(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let (old, new) = (category(&editor, "Old", None).await, category(&editor, "New", None).await);
        let delete = || editor.delete(&format!("/v1/editor/categories/{old}"));
        let draft = editor.post("/v1/editor/articles").json(of("Draft", &new, &[&old])).await;
        delete().await.is_problem(409, "in_use");
        let path = format!("/v1/editor/articles/{}", draft.text_at("/id"));
        let publications = format!("{path}/publications");
        let scheduled = editor.post(&publications).json(json!({ "publish_at": "2026-11-30T09:00:00Z", "revision": 1 })).await;
        editor.patch(&path).if_match("*").merge_patch(json!({ "further_category_ids": [] })).await.is_ok();
        delete().await.is_problem(409, "in_use");
        editor.delete(&format!("/v1/editor/publications/{}", scheduled.text_at("/id"))).await.is_no_content();
        delete().await.is_no_content();
        // The save that named it is published no more.
        let refused = editor.post(&publications).json(json!({ "revision": 1 })).await;
        refused.is_problem(422, "invalid").has_error("/revision", "category_deleted");
        editor.post(&publications).json(json!({})).await.is_created();
        assert_eq!(site.anyone().get("/v1/articles/draft").await["category"]["slug"], "new");
    }

    async fn it_goes_to_another_category_that_there_is_and_that_is_not_below(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let old = category(&editor, "Old", None).await;
        let child = category(&editor, "Child", Some(&old)).await;
        let delete = |to: &str| editor.delete(&format!("/v1/editor/categories/{old}?reassign_to={to}"));
        delete(&old).await.is_problem(409, "cycle");
        delete(&child).await.is_problem(409, "cycle");
        delete("01a2102e-1d3c-7231-80fa-381368f11284").await.is_problem(400, "invalid_parameter").has_error("/reassign_to", "unknown");
        delete("child").await.is_problem(400, "invalid_parameter");
        delete("").await.is_problem(400, "invalid_parameter");
        let mut stale = delete(&child);
        stale = stale.if_match("\"9\"");
        stale.await.is_problem(412, "precondition_failed");
        site.login(Role::Author).await.delete(&format!("/v1/editor/categories/{old}?reassign_to={child}")).await.is_problem(403, "forbidden");
        editor.get(&format!("/v1/editor/categories/{old}")).await.is_ok();
    }
}
