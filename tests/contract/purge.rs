//! Purging: what is in the trash goes out of the world, by an admin.

use dateline::kernel::caller::Role;
use serde_json::json;

use crate::on_both_engines;
use crate::site::{Site, article};

on_both_engines! {
    async fn what_is_purged_has_never_been_and_its_slugs_are_free(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (editor, admin) = (site.login(Role::Editor).await, site.login(Role::Admin).await);
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let mut wanted = article("Prices rise");
        (wanted["category_id"], wanted["publish"]) = (json!(city), json!({}));
        let id = editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id").to_owned();
        wanted["title"] = json!("Bridge opens");
        editor.post("/v1/editor/articles").json(&wanted).await.is_created();
        let path = format!("/v1/editor/articles/{id}");
        let again = json!({ "slug": "prices-fall", "publish": { "publish_at": "2026-11-30T09:00:00Z" } });
        editor.patch(&path).if_match("*").merge_patch(again).await.is_ok();
        let link = editor.post("/v1/editor/preview-links").json(json!({ "article_id": id })).await.is_created().text_at("/token").to_owned();
        let counted = site.anyone().get("/v1/categories/city").await;
        assert_eq!(counted["article_count"], 2);
        let purge = format!("{path}?purge=true");
        admin.delete(&purge).if_match("*").await.is_problem(409, "not_trashed");
        editor.delete(&path).if_match("*").await.is_no_content();
        editor.delete(&purge).if_match("*").await.is_problem(403, "forbidden");
        admin.delete(&purge).await.is_problem(428, "precondition_required");
        admin.delete(&purge).if_match("\"1\"").await.is_problem(412, "precondition_failed");
        admin.delete(&format!("{path}?purge=yes")).if_match("*").await.is_problem(400, "invalid_parameter");
        admin.delete(&purge).if_match("*").await.is_no_content();
        for gone in [&path, &format!("{path}/publications"), &format!("{path}/visibility")] {
            admin.get(gone).await.is_problem(404, "not_found");
        }
        admin.delete(&purge).if_match("*").await.is_problem(404, "not_found");
        site.anyone().get(&format!("/v1/preview/articles/{id}?preview={link}")).await.is_problem(401, "invalid_token");
        site.anyone().get("/v1/articles/prices-rise").await.is_problem(404, "not_found");
        assert_eq!(site.anyone().get("/v1/categories/city").await["article_count"], 1);
        assert_eq!(site.anyone().get("/v1/articles?count=exact").await["paging"]["total"], 1);
        // Nor was it there before, and others may have its names.
        let then = editor.get("/v1/preview/articles?at=2026-11-30T08:00:00Z&count=exact").await;
        assert_eq!((then.data().len(), &then["paging"]["total"]), (1, &json!(1)));
        for slug in ["prices-rise", "prices-fall"] {
            let mut other = article("Another");
            other["slug"] = json!(slug);
            editor.post("/v1/editor/articles").json(&other).await.is_created();
        }
        assert_eq!(editor.get("/v1/editor/articles?status=trashed").await.data().len(), 0);
        let deleted = admin.delete(&format!("/v1/editor/categories/{city}")).if_match("*").await;
        deleted.is_problem(409, "in_use");
    }

    async fn a_draft_in_the_trash_is_purged_as_well(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let (author, admin) = (site.login(Role::Author).await, site.login(Role::Admin).await);
        let id = author.post("/v1/editor/articles").json(article("Mine")).await.text_at("/id").to_owned();
        let path = format!("/v1/editor/articles/{id}");
        author.delete(&path).if_match("*").await.is_no_content();
        author.delete(&format!("{path}?purge=true")).if_match("*").await.is_problem(403, "forbidden");
        admin.delete(&format!("{path}?purge=true")).if_match("*").await.is_no_content();
        author.get(&path).await.is_problem(404, "not_found");
    }
}
