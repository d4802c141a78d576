//! `fields=` narrows what an article shows, `include=` widens it; both are closed lists.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use super::live;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;

const START: &str = "2026-11-30T08:00:00.000Z";

/// Every member of a delivered article (contract 5).
const ALL: [&str; 22] = [
    "id",
    "kind",
    "slug",
    "path",
    "locale",
    "title",
    "excerpt",
    "body_html",
    "body_text",
    "category",
    "further_categories",
    "tags",
    "authors",
    "image",
    "seo",
    "custom",
    "published_at",
    "updated_at",
    "word_count",
    "reading_minutes",
    "translations",
    "corrections",
];

/// Forms of the body that are there only if they are asked for, behind the other two.
const FORMS: [&str; 2] = ["body_markdown", "body_blocks"];

fn members(object: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = object.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn sorted(names: impl IntoIterator<Item = &'static str>) -> Vec<&'static str> {
    let mut names: Vec<&str> = names.into_iter().collect();
    names.sort_unstable();
    names
}

fn first(list: &Answer) -> Vec<&str> {
    members(&list.data()[0])
}

on_both_engines! {
    async fn a_body_comes_in_the_forms_that_are_asked_for(engine) {
        let site = Site::at(engine, START);
        let source = json!({ "format": "markdown", "source": "Four **lanes**.\n\n<!-- nobody may see this -->\n\n- [a](https://example.org)" });
        live(&site.login(Role::Editor).await, "Prices rise", json!({ "body": source })).await;
        let reader = site.anyone();
        let all = reader.get("/v1/articles/prices-rise?body=blocks,markdown,text,html&fields=slug").await;
        assert_eq!(members(all.is_ok().json()), ["body_blocks", "body_html", "body_markdown", "body_text", "slug"]);
        assert_eq!(all["body_markdown"], "Four **lanes**.\n\n- [a](https://example.org)\n");
        let paragraph = json!({ "type": "paragraph", "children": [
            { "type": "text", "text": "Four " }, { "type": "strong", "children": [{ "type": "text", "text": "lanes" }] }, { "type": "text", "text": "." },
        ] });
        assert_eq!(all["body_blocks"][0], paragraph);
        let one = reader.get("/v1/articles/prices-rise?body=blocks").await;
        let mut expected: Vec<&str> = ALL.into_iter().filter(|name| !name.starts_with("body_")).chain(["body_blocks"]).collect();
        expected.sort_unstable();
        assert_eq!(members(one.is_ok().json()), expected);
        for list in ["/v1/articles?fields=slug&body=markdown", "/v1/articles?fields=slug&include=body&body=markdown", "/v1/most-read?fields=slug&body=markdown"] {
            reader.get(list).await.is_ok();
        }
        assert_eq!(first(&reader.get("/v1/articles?fields=slug&include=body&body=markdown").await), ["body_markdown", "slug"]);
        assert_eq!(first(&reader.get("/v1/articles?fields=slug,body_blocks").await), ["body_blocks", "slug"]);
        reader.get("/v1/articles?body=pdf").await.is_problem(400, "invalid_parameter").has_error("/body", "not_one_of");
    }

    async fn an_article_shows_every_member_and_a_list_all_but_bodies(engine) {
        let site = Site::at(engine, START);
        live(&site.login(Role::Editor).await, "Prices rise", json!({})).await;
        let article = site.anyone().get("/v1/articles/prices-rise").await;
        assert_eq!(members(article.is_ok().json()), sorted(ALL));
        assert_eq!((&article["corrections"], &article["translations"]), (&json!([]), &json!([])));
        let list = site.anyone().get("/v1/articles").await;
        assert_eq!(first(&list), sorted(ALL.into_iter().filter(|name| !name.starts_with("body_"))));
        assert_eq!(first(&site.anyone().get("/v1/articles?include=body").await), sorted(ALL));
    }

    async fn fields_leaves_what_it_names_in_the_order_of_the_whole(engine) {
        let site = Site::at(engine, START);
        live(&site.login(Role::Editor).await, "Prices rise", json!({})).await;
        let reader = site.anyone();
        let narrowed = reader.get("/v1/articles/prices-rise?fields=title,slug,corrections").await;
        assert_eq!(narrowed.is_ok().text(), r#"{"slug":"prices-rise","title":"Prices rise","corrections":[]}"#);
        for name in ALL {
            let whole = reader.get("/v1/articles/prices-rise").await;
            let narrowed = reader.get("/v1/articles/prices-rise").query("fields", name).await;
            assert_eq!(narrowed.json(), &json!({ name: whole[name] }));
            let list = reader.get("/v1/articles").query("fields", name).await;
            assert_eq!(list.at("/data/0"), &json!({ name: whole[name] }));
        }
        assert_eq!(first(&reader.get("/v1/articles?fields=id&include=body").await), ["body_html", "body_text", "id"]);
        reader.get("/v1/articles/prices-rise").query("fields", &ALL.join(",")).await.is_ok();
    }

    async fn the_etag_is_that_of_the_narrowed_bytes(engine) {
        let site = Site::at(engine, START);
        let editor = site.login(Role::Editor).await;
        let path = live(&editor, "Prices rise", json!({})).await;
        let reader = site.anyone();
        let [whole, slug] = [reader.get("/v1/articles/prices-rise").await, reader.get("/v1/articles/prices-rise?fields=slug").await];
        assert_ne!(whole.expect_header("etag"), slug.expect_header("etag"));
        site.clock().advance_ms(5);
        editor.patch(&path).if_match("*").merge_patch(json!({ "title": "Prices fall", "publish": {} })).await.is_ok();
        let again = |before: &Answer| reader.get(&before.path).header("if-none-match", before.expect_header("etag"));
        again(&slug).await.is_not_modified();
        assert_eq!(again(&whole).await.is_ok()["title"], "Prices fall");
    }

    async fn unknown_and_repeated_names_are_refused_naming_the_nearest(engine) {
        let site = Site::at(engine, START);
        live(&site.login(Role::Editor).await, "Prices rise", json!({})).await;
        let reader = site.anyone();
        for path in ["/v1/articles", "/v1/articles/prices-rise"] {
            let refused = reader.get(path).query("fields", "titel,slug").await;
            refused.is_problem(400, "invalid_parameter").has_error("/fields", "not_one_of");
            assert!(refused.text_at("/detail").contains("`title` is the nearest"), "{refused}");
            reader.get(path).query("fields", "title,slug,title").await.is_problem(400, "invalid_parameter").has_error("/fields", "repeated");
            for wrong in ["", ",", "title,", "Title", " title", "title.x", "password_hash", "author.email", "*", "created_by", "fields"] {
                reader.get(path).query("fields", wrong).await.is_problem(400, "invalid_parameter");
            }
            reader.get(path).query("fields", &"title,".repeat(5000)).await.is_problem(400, "invalid_parameter");
            reader.get(path).query("field", "title").await.is_problem(400, "invalid_parameter").has_error("/field", "unknown_parameter");
        }
        reader.get("/v1/articles?include=bdy").await.is_problem(400, "invalid_parameter").has_error("/include", "not_one_of");
        reader.get("/v1/articles?include=body,body").await.is_problem(400, "invalid_parameter").has_error("/include", "repeated");
        reader.get("/v1/articles/prices-rise?include=body").await.is_problem(400, "invalid_parameter").has_error("/include", "not_one_of");
    }
}

#[test]
fn the_api_document_lists_the_names_that_fields_takes() {
    let document = dateline::app::document();
    for path in ["/paths/~1v1~1articles/get/parameters", "/paths/~1v1~1articles~1{slug}/get/parameters"] {
        let parameters = document.json().pointer(path).unwrap().as_array().unwrap();
        let fields = parameters.iter().find(|parameter| parameter["name"] == "fields").unwrap();
        let all: Vec<&str> = ALL[..9].iter().chain(&FORMS).chain(&ALL[9..]).copied().collect();
        assert_eq!(fields["schema"]["items"]["enum"], json!(all));
        assert_eq!((&fields["style"], &fields["explode"]), (&json!("form"), &json!(false)));
    }
    let members = document.json().pointer("/components/schemas/Article/properties").unwrap();
    // These come by `include` alone.
    assert_eq!(self::members(members), sorted(ALL.into_iter().chain(FORMS).chain(["views", "related", "neighbours"])));
}
