//! Translations: articles joined in a group, one in each language; readers hear of those that are live and of no others.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";

async fn patch(client: &Client, id: &str, body: Value) -> Answer {
    client.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(body).await
}

/// The translations of a delivered article.
async fn told(client: &Client, path: &str) -> Value {
    client.get(path).await.is_ok()["translations"].clone()
}

on_both_engines! {
    async fn a_translation_is_told_from_its_instant_until_its_end_and_not_a_millisecond_longer(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let sport = editor.post("/v1/editor/categories").json(json!({ "name": "Sport" })).await.text_at("/id").to_owned();
        let english = save(&editor, "Cup", json!({ "publish": {} })).await;
        let dates = json!({ "publish_at": "2026-11-30T08:00:30Z", "unpublish_at": "2026-11-30T08:01:00Z" });
        let members = json!({ "locale": "tk", "slug": "kubok", "category_id": sport, "translation_of": english, "publish": dates });
        save(&editor, "Kubok", members).await;
        let turkmen = json!([{ "locale": "tk", "slug": "kubok", "path": "/sport/kubok" }]);
        for (instant, lifetime, is_live) in [("2026-11-30T08:00:29.999Z", 0, false), ("2026-11-30T08:00:30.000Z", 30, true), ("2026-11-30T08:01:00.000Z", 60, false)] {
            site.clock().set(instant.parse().unwrap());
            let expected = if is_live { turkmen.clone() } else { json!([]) };
            for path in ["/v1/articles/cup", "/v1/articles"] {
                let answer = site.anyone().get(path).await;
                answer.is_ok().has_header("cache-control", &format!("public, max-age={lifetime}"));
                let found = if path == "/v1/articles" { &answer["data"][0]["translations"] } else { &answer["translations"] };
                assert_eq!(found, &expected, "{path} at {instant}");
            }
            assert_eq!(told(&editor, &format!("/v1/preview/articles/cup?at={instant}")).await, expected);
            site.anyone().get("/v1/articles/cup?fields=title").await.is_ok().has_header("cache-control", "public, max-age=60");
        }
        let back = editor.get("/v1/preview/articles/kubok?locale=tk&at=2026-11-30T08:00:30Z").await;
        assert_eq!(back.is_ok()["translations"], json!([{ "locale": "en", "slug": "cup", "path": "/cup" }]));
    }

    async fn a_group_has_one_in_each_language_and_is_joined_by_any_of_them_and_left(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let english = save(&editor, "Cup", json!({ "publish": {} })).await;
        let turkmen = save(&editor, "Kubok", json!({ "locale": "tk", "publish": {} })).await;
        let joined = patch(&editor, &turkmen, json!({ "translation_of": english })).await;
        assert_eq!(joined.is_ok()["translation_group"], json!(english));
        assert_eq!(editor.get(&format!("/v1/editor/articles/{english}")).await["translation_group"], json!(english));
        let list = editor.get(&format!("/v1/editor/articles/{english}/translations")).await;
        assert_eq!((list.is_ok().each("id"), list.each("locale")), (vec![turkmen.as_str()], vec!["tk"]));
        let second = save(&editor, "Kubok 2", json!({ "locale": "tk" })).await;
        for of in [&english, &turkmen] {
            patch(&editor, &second, json!({ "translation_of": of })).await.is_problem(409, "translation_taken");
        }
        assert_eq!(told(site.anyone(), "/v1/articles/cup").await[0]["slug"], "kubok");
        patch(&editor, &turkmen, json!({ "translation_of": null })).await.is_ok();
        assert_eq!(told(site.anyone(), "/v1/articles/cup").await, json!([]));
        patch(&editor, &second, json!({ "translation_of": english, "publish": {} })).await.is_ok();
        assert_eq!(told(site.anyone(), "/v1/articles/cup").await[0]["slug"], "kubok-2");
        // A whole save says nothing of it, and the trash takes it from readers for as long as it lies there.
        let mut whole = article("Kubok 2");
        whole["locale"] = json!("tk");
        editor.put(&format!("/v1/editor/articles/{second}")).if_match("*").json(whole).await.is_ok();
        assert_eq!(told(site.anyone(), "/v1/articles/cup").await[0]["slug"], "kubok-2");
        editor.delete(&format!("/v1/editor/articles/{second}")).if_match("*").await.is_no_content();
        assert_eq!(told(site.anyone(), "/v1/articles/cup").await, json!([]));
        assert_eq!(editor.get(&format!("/v1/editor/articles/{english}/translations")).await["data"], json!([]));
        site.clock().advance_ms(1000);
        editor.post(&format!("/v1/editor/articles/{second}/restore")).if_match("*").await.is_ok();
        patch(&editor, &second, json!({ "publish": {} })).await.is_ok();
        assert_eq!(told(site.anyone(), "/v1/articles/cup").await[0]["slug"], "kubok-2");
    }

    async fn what_cannot_be_translated_is_refused_and_authors_join_their_own_alone(engine) {
        let site = Site::at(engine, NOW);
        let (editor, author) = (site.login(Role::Editor).await, site.login(Role::Author).await);
        let english = save(&editor, "Cup", json!({})).await;
        let page = save(&editor, "Imprint", json!({ "kind": "page" })).await;
        let turkmen = save(&editor, "Kubok", json!({ "locale": "tk" })).await;
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        for (of, code) in [(nobody, "unknown"), (turkmen.as_str(), "unknown"), (page.as_str(), "other_kind")] {
            patch(&editor, &turkmen, json!({ "translation_of": of })).await.is_problem(422, "invalid").has_error("/translation_of", code);
        }
        let own = save(&author, "Meniň kubogym", json!({ "locale": "tk" })).await;
        patch(&author, &own, json!({ "translation_of": english })).await.is_problem(422, "invalid").has_error("/translation_of", "unknown");
        patch(&editor, &own, json!({ "translation_of": english })).await.is_ok();
        assert_eq!(author.get(&format!("/v1/editor/articles/{own}/translations")).await.is_ok()["data"], json!([]));
        editor.delete(&format!("/v1/editor/articles/{turkmen}")).if_match("*").await.is_no_content();
        let second = save(&editor, "Match", json!({})).await;
        patch(&editor, &second, json!({ "translation_of": turkmen })).await.is_problem(422, "invalid").has_error("/translation_of", "unknown");
    }
}
