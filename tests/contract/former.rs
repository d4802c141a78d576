//! The slugs that categories had lead on to what they are called now.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn category(editor: &Client, body: Value) -> String {
    editor.post("/v1/editor/categories").json(body).await.is_created().text_at("/id").to_owned()
}

async fn rename(editor: &Client, id: &str, slug: &str) {
    editor.patch(&format!("/v1/editor/categories/{id}")).merge_patch(json!({ "slug": slug })).await.is_ok();
}

/// Where a slug leads, or what it answers.
async fn led(reader: &Client, slug: &str) -> String {
    let answer = reader.get(&format!("/v1/categories/{slug}")).await;
    if answer.status == 308 { answer.expect_header("location").to_owned() } else { answer.status.to_string() }
}

on_both_engines! {
    async fn every_slug_that_a_category_had_answers_308_with_the_present_one(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let id = category(&editor, json!({ "name": "Sport" })).await;
        save(&editor, "Match", json!({ "category_id": id, "publish": {} })).await;
        rename(&editor, &id, "sports").await;
        rename(&editor, &id, "games").await;
        assert_eq!(led(reader, "sport").await, "/v1/categories/games");
        assert_eq!(led(reader, "sports?locale=en").await, "/v1/categories/games?locale=en");
        assert_eq!(led(reader, "unknown").await, "404");
        let (here, moved) = (reader.get("/v1/categories/games").await, reader.get("/v1/categories/sport").await);
        assert_eq!(here.expect_header("cache-control"), moved.expect_header("cache-control"));
        let preview = editor.get("/v1/preview/categories/sport?at=2026-12-01T00:00:00Z").await;
        assert_eq!((preview.status, preview.expect_header("location")), (308, "/v1/preview/categories/games?at=2026-12-01T00:00:00Z"));
        // As a filter any of them is the category.
        for slug in ["sport", "sports", "games", "sport,games"] {
            assert_eq!(reader.get(&format!("/v1/articles?category={slug}&count=exact")).await["paging"]["total"], 1, "{slug}");
            assert_eq!(reader.get(&format!("/v1/publication-dates?category={slug}")).await.data().len(), 1, "{slug}");
            for list in ["articles", "publications"] {
                assert_eq!(editor.get(&format!("/v1/editor/{list}?category={slug}")).await.data().len(), 1, "{list} {slug}");
            }
        }
        // Back again.
        rename(&editor, &id, "sport").await;
        assert_eq!(led(reader, "sport").await, "200");
        assert_eq!(led(reader, "games").await, "/v1/categories/sport");
    }

    async fn a_slug_is_of_the_category_that_has_it_whoever_had_it(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let id = category(&editor, json!({ "name": "Sport" })).await;
        rename(&editor, &id, "games").await;
        // One that is made from a name goes around it.
        let made = category(&editor, json!({ "name": "Sport" })).await;
        assert_eq!(editor.get(&format!("/v1/editor/categories/{made}")).await["slug"], "sport-2");
        assert_eq!(led(reader, "sport").await, "/v1/categories/games");
        let taken = category(&editor, json!({ "name": "Other", "slug": "sport" })).await;
        assert_eq!(reader.get("/v1/categories/sport").await.is_ok()["name"], "Other");
        rename(&editor, &taken, "other").await;
        assert_eq!(led(reader, "sport").await, "/v1/categories/other");
        rename(&editor, &id, "sport").await;
        assert_eq!(led(reader, "sport").await, "200");
        assert_eq!(led(reader, "games").await, "/v1/categories/sport");
    }

    async fn what_led_to_a_category_that_is_deleted_leads_nowhere(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let (old, new) = (category(&editor, json!({ "name": "Old" })).await, category(&editor, json!({ "name": "New" })).await);
        rename(&editor, &old, "older").await;
        editor.delete(&format!("/v1/editor/categories/{old}?reassign_to={new}")).await.is_no_content();
        for slug in ["old", "older"] {
            assert_eq!(led(reader, slug).await, "404");
        }
        rename(&editor, &new, "newer").await;
        assert_eq!(led(reader, "new").await, "/v1/categories/newer");
        editor.delete(&format!("/v1/editor/categories/{new}")).await.is_no_content();
        for slug in ["old", "older", "new", "newer"] {
            assert_eq!(led(reader, slug).await, "404");
        }
        category(&editor, json!({ "name": "Old" })).await;
        assert_eq!(led(reader, "old").await, "200");
    }
}
