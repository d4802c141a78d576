//! What is under embargo is not shown by a preview link to the whole site until then, wherever it would stand: in lists, counts, dates and by its names.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const THEN: &str = "2026-12-07T00:00:00.000Z";
const EMBARGO: &str = "2026-12-01T08:00:00.000Z";

async fn token(editor: &Client, link: Value) -> String {
    editor.post("/v1/editor/preview-links").json(link).await.is_created().text_at("/token").to_owned()
}

/// All that is shown of lists: titles, totals, pages by number, days, counts of categories.
async fn told(looks: &Client, with: &str) -> Value {
    let get = async |path: &str| {
        let between = if path.contains('?') { '&' } else { '?' };
        looks.get(&format!("/v1/preview/{path}{between}{with}")).await
    };
    let mut told = serde_json::Map::new();
    for list in
        ["articles?limit=100", "articles?category=city", "articles?kind=article,page", "articles?published_from=2026-12-02T00:00:00Z"]
    {
        let (titles, total) =
            (get(list).await.each("title").join(" "), get(&format!("{list}&count=exact")).await["paging"]["total"].clone());
        told.insert(list.to_owned(), json!([titles, total]));
    }
    for page in ["articles?limit=2&page=2", "articles?limit=2&page=2&count=exact", "articles?limit=2&page=2&kind=article,page&count=exact"]
    {
        told.insert(page.to_owned(), json!(get(page).await.each("title").join(" ")));
    }
    for dates in ["publication-dates", "publication-dates?kind=article,page", "publication-dates?published_from=2026-12-03T00:00:00.001Z"] {
        told.insert(dates.to_owned(), get(dates).await["data"].clone());
    }
    let counts =
        |answer: &Answer, of: &str| answer.json()[of].as_array().unwrap().iter().map(|one| one["article_count"].clone()).collect::<Value>();
    told.insert("categories".to_owned(), counts(&get("categories").await, "data"));
    let city = get("categories/city").await;
    told.insert("categories/city".to_owned(), json!([city["article_count"], counts(&city, "children")]));
    Value::Object(told)
}

on_both_engines! {
    async fn a_link_to_the_site_shows_nothing_of_what_is_under_embargo_and_as_much_as_readers_get_without_it(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let city = editor.post("/v1/editor/categories").json(json!({ "name": "City" })).await.text_at("/id").to_owned();
        let streets = editor.post("/v1/editor/categories").json(json!({ "name": "Streets", "parent_id": city })).await.text_at("/id").to_owned();
        let save = async |title: &str, day: u32, more: Value| {
            let start = format!("2026-12-0{day}T00:00:00Z");
            let mut draft = json!({ "title": title, "body": { "format": "html", "source": "<p>Text.</p>" }, "category_id": streets, "publish": { "publish_at": start } });
            draft.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            editor.post("/v1/editor/articles").json(draft).await.is_created().text_at("/id").to_owned()
        };
        for day in 1..=5 {
            save(&format!("Open{day}"), day, json!({})).await;
        }
        let whole = format!("preview={}", token(&editor, json!({ "at": THEN, "expires_in": 2_592_000 })).await);
        let before = told(site.anyone(), &whole).await;
        let id = save("Budget", 3, json!({ "embargo_until": EMBARGO })).await;
        save("Law", 4, json!({ "embargo_until": EMBARGO })).await;
        assert_eq!(told(site.anyone(), &whole).await, before);
        for name in ["budget", &id, "law"] {
            site.anyone().get(&format!("/v1/preview/articles/{name}?{whole}")).await.is_problem(404, "not_found");
        }
        // Editors see all of it, and so does whoever has a link that was made for it.
        let all = told(&editor, &format!("at={THEN}")).await;
        assert_eq!(all["articles?limit=100"], json!(["Open5 Law Open4 Budget Open3 Open2 Open1", 7]));
        let own = token(&editor, json!({ "at": THEN, "article_id": id })).await;
        site.anyone().get(&format!("/v1/preview/articles/budget?preview={own}")).await.is_ok();
        site.clock().set("2026-12-01T07:59:59.999Z".parse().unwrap());
        assert_eq!(told(site.anyone(), &whole).await, before);
        site.clock().set(EMBARGO.parse().unwrap());
        assert_eq!(told(site.anyone(), &whole).await, all);
        site.anyone().get(&format!("/v1/preview/articles/{id}?{whole}")).await.is_ok();
    }

    async fn what_is_live_all_the_same_is_shown(engine) {
        let site = Site::at(engine, NOW);
        let editor = site.login(Role::Editor).await;
        let draft = json!({ "title": "Leak", "body": { "format": "html", "source": "" }, "embargo_until": EMBARGO, "publish": { "override_embargo": true } });
        let id = editor.post("/v1/editor/articles").json(draft).await.is_created().text_at("/id").to_owned();
        let whole = token(&editor, json!({})).await;
        let look = async || site.anyone().get(&format!("/v1/preview/articles?count=exact&preview={whole}")).await["paging"]["total"].clone();
        assert_eq!(look().await, 1);
        site.anyone().get(&format!("/v1/preview/articles/leak?preview={whole}")).await.is_ok();
        // But not what is saved anew, nor what will be published of it.
        let newer = json!({ "title": "Secret", "slug": "secret", "publish": { "publish_at": "2026-11-30T09:00:00Z", "override_embargo": true } });
        editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(newer).await.is_ok();
        let drafts = token(&editor, json!({ "drafts": true })).await;
        assert!(site.anyone().get(&format!("/v1/preview/articles?preview={drafts}")).await.is_ok().data().is_empty());
        for slug in ["leak", "secret", &id] {
            site.anyone().get(&format!("/v1/preview/articles/{slug}?preview={drafts}")).await.is_problem(404, "not_found");
        }
        let later = token(&editor, json!({ "at": "2026-11-30T10:00:00Z" })).await;
        assert!(site.anyone().get(&format!("/v1/preview/articles?preview={later}")).await.is_ok().data().is_empty());
        site.anyone().get(&format!("/v1/preview/articles/secret?preview={later}")).await.is_problem(404, "not_found");
        assert_eq!(look().await, 1);
        site.clock().set("2026-11-30T08:01:00.000Z".parse().unwrap());
        editor.post(&format!("/v1/editor/articles/{id}/unpublish")).json(json!({ "withdrawn": { "reason": "Too early." } })).await.is_ok();
        assert_eq!(look().await, 0);
        // Not even that it was withdrawn.
        site.anyone().get(&format!("/v1/preview/articles/leak?preview={whole}")).await.is_problem(404, "not_found");
        site.anyone().get("/v1/articles/leak").await.is_problem(410, "withdrawn");
    }
}
