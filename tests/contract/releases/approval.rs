//! What a release publishes is what was approved: by whoever added it, or by a later save of somebody who may publish, with a date and without.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use super::{MONDAY, NOW, TUESDAY, add, draft, moved, release};
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

async fn save(by: &Client, id: &str, title: &str) {
    by.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(json!({ "title": title })).await.is_ok();
}

/// What the first entry of a release would show, and what waits.
fn shows(release: &Answer) -> (&Value, &Value, &Value) {
    let entry = &release.is_ok()["publications"][0];
    assert_eq!((&entry["would_show"], &entry["follows_newest"]), (&entry["revision"], &json!(true)));
    if !entry["publication"].is_null() {
        let publication = &entry["publication"];
        assert_eq!((&publication["would_show"], &publication["not_followed"]), (&entry["would_show"], &entry["not_followed"]));
    }
    (&entry["would_show"], &entry["title"], &entry["not_followed"])
}

on_both_engines! {
    async fn a_date_approves_no_save_that_was_made_since_by_somebody_who_may_not_publish(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let id = draft(&author, "One").await;
        let night = release(&editor, json!({ "name": "Night" })).await;
        let added = add(&editor, &night, &id).await;
        assert_eq!((&added.is_created()["saved_by"], &added["not_followed"]), (&author.get("/v1/auth/me").await["id"], &json!([])));
        save(&author, &id, "Two").await;
        save(&author, &id, "Three").await;
        assert_eq!(shows(&editor.get(&night).await), (&json!(1), &json!("One"), &json!([2, 3])));
        assert_eq!(shows(&moved(&editor, &night, json!(MONDAY)).await), (&json!(1), &json!("One"), &json!([2, 3])));
        // Nor does losing it, nor another one.
        assert_eq!(shows(&moved(&editor, &night, json!(null)).await), (&json!(1), &json!("One"), &json!([2, 3])));
        assert_eq!(shows(&moved(&editor, &night, json!(TUESDAY)).await), (&json!(1), &json!("One"), &json!([2, 3])));
        site.clock().set(TUESDAY.parse().unwrap());
        assert_eq!(site.anyone().get(&format!("/v1/articles/{id}")).await.is_ok()["title"], "One");
        let editor = site.login(Role::Editor).await;
        let begun = editor.get(&night).await;
        assert_eq!((&begun["publications"][0]["would_show"], &begun["publications"][0]["not_followed"]), (&json!(null), &json!([])));
    }

    async fn what_a_release_holds_follows_the_saves_of_those_who_may_publish(engine) {
        let site = Site::at(engine, NOW);
        let (author, editor) = (site.login(Role::Author).await, site.login(Role::Editor).await);
        let id = draft(&author, "One").await;
        let night = release(&editor, json!({ "name": "Night" })).await;
        add(&editor, &night, &id).await.is_created();
        save(&author, &id, "Two").await;
        save(&editor, &id, "Three").await;
        assert_eq!(shows(&editor.get(&night).await), (&json!(3), &json!("Three"), &json!([])));
        save(&author, &id, "Four").await;
        assert_eq!(shows(&editor.get(&night).await), (&json!(3), &json!("Three"), &json!([4])));
        // Whoever moves an article has not read it: what waits still does.
        editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.is_created();
        let city = editor.get("/v1/editor/categories").await.text_at("/data/0/id").to_owned();
        let operations = json!([{ "op": "move", "id": id, "category_id": city }]);
        editor.post("/v1/editor/bulk").json(json!({ "mode": "all", "operations": operations })).await.is_ok();
        assert_eq!(shows(&editor.get(&night).await), (&json!(3), &json!("Three"), &json!([4, 5])));
        // Taken down and amended meanwhile, it is bound as what is scheduled is.
        editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({})).await.is_created();
        site.clock().advance_ms(1);
        save(&author, &id, "Six").await;
        assert_eq!(shows(&editor.get(&night).await), (&json!(3), &json!("Three"), &json!([4, 5, 6])));
        editor.post(&format!("/v1/editor/articles/{id}/amend")).json(json!({ "excerpt": "In short" })).await.is_ok();
        assert_eq!(shows(&editor.get(&night).await), (&json!(3), &json!("Three"), &json!([4, 5, 6, 7, 8])));
        editor.post(&format!("/v1/editor/articles/{id}/revisions/1/restore")).await.is_ok();
        assert_eq!(shows(&moved(&editor, &night, json!(MONDAY)).await), (&json!(9), &json!("One"), &json!([])));
    }

    async fn what_is_pinned_stays_and_waits_for_nothing(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let id = draft(&editor, "One").await;
        let night = release(&editor, json!({ "name": "Night" })).await;
        editor.post(&format!("{night}/publications")).json(json!({ "article_id": id, "revision": 1 })).await.is_created();
        save(&editor, &id, "Two").await;
        let entry = &editor.get(&night).await["publications"][0];
        assert_eq!((&entry["would_show"], &entry["title"], &entry["not_followed"]), (&json!(1), &json!("One"), &json!([])));
        let dated = moved(&editor, &night, json!(MONDAY)).await;
        assert_eq!((&dated["publications"][0]["would_show"], &dated["publications"][0]["follows_newest"]), (&json!(1), &json!(false)));
    }
}
