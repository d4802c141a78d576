//! Languages: what a site publishes in, and what becomes of it when a language is taken out of its settings.

use dateline::kernel::caller::Role;
use dateline::kernel::locale::Locales;
use serde_json::json;

use crate::on_both_engines;
use crate::site::{Site, article};

fn locales(names: &[&str]) -> Locales {
    Locales::new(names.iter().map(|name| name.parse().expect("a locale")).collect()).expect("locales")
}

on_both_engines! {
    async fn a_language_that_is_taken_out_of_the_settings_is_not_served_and_returns_when_it_is_put_back(engine) {
        let both = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = both.login(Role::Editor).await;
        let mut ids = Vec::new();
        for (title, locale) in [("Prices rise", "en"), ("Baha artdy", "tk")] {
            let mut wanted = article(title);
            (wanted["locale"], wanted["publish"]) = (json!(locale), json!({}));
            ids.push(editor.post("/v1/editor/articles").json(&wanted).await.is_created().text_at("/id").to_owned());
        }
        let gone = format!("/v1/articles/{}", ids[1]);

        let one = both.copy_with(|options| options.locales = locales(&["en"]));
        one.anyone().get(&gone).await.is_problem(404, "not_found");
        one.anyone().get("/v1/articles/baha-artdy").await.is_problem(404, "not_found");
        for path in ["/v1/articles/baha-artdy", "/v1/articles", "/v1/categories"] {
            one.anyone().get(path).query("locale", "tk").await.is_problem(400, "invalid_parameter");
        }
        assert_eq!(one.anyone().get("/v1/articles").await.is_ok().each("slug"), ["prices-rise"]);
        let desk = one.login(Role::Editor).await;
        let path = format!("/v1/editor/articles/{}", ids[1]);
        assert_eq!(desk.get(&path).await.is_ok()["locale"], "tk");
        desk.patch(&path).if_match("*").merge_patch(json!({ "title": "Bahalar artdy" })).await.is_ok();

        let again = one.copy_with(|options| options.locales = locales(&["en", "tk"]));
        assert_eq!(again.anyone().get(&gone).await.is_ok()["title"], "Baha artdy");
        assert_eq!(again.anyone().get("/v1/articles").query("locale", "tk").await.is_ok().each("slug"), ["baha-artdy"]);

        let another = again.copy_with(|options| options.locales = locales(&["tk", "en"]));
        assert_eq!(another.anyone().get("/v1/articles").await.is_ok().each("slug"), ["baha-artdy"], "the first one is the default");
        another.anyone().get("/v1/articles/prices-rise").await.is_problem(404, "not_found");
        another.anyone().get("/v1/articles/prices-rise").query("locale", "en").await.is_ok();
    }
}
