//! Every operation that takes a body: one that is accepted, and what can be wrong with it.

use serde_json::{Value, json};

use crate::site::{PASSWORD, Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

pub const NOBODY: &str = "0192f0c1-2b3c-7d4e-8f50-617283940516";

/// A body that is taken, and what can be put into it, each by itself wrong: where, and what.
pub struct Body {
    pub operation: &'static str,
    pub method: &'static str,
    pub path: String,
    pub right: Value,
    pub faults: Vec<(&'static str, Value)>,
}

impl Body {
    pub fn with<'a>(&self, faults: impl IntoIterator<Item = &'a (&'static str, Value)>) -> Value {
        let mut body = self.right.clone();
        for (pointer, value) in faults {
            let mut place = &mut body;
            for name in pointer.split('/').skip(1) {
                place = &mut place[name];
            }
            *place = value.clone();
        }
        body
    }

    pub async fn send(&self, caller: &Client, body: &Value) -> Answer {
        caller.request(self.method, &self.path).if_match("*").json(body).await
    }

    /// The mistakes of a body, which it must have.
    pub async fn mistakes(&self, caller: &Client, body: &Value) -> Vec<String> {
        let refused = self.send(caller, body).await;
        assert_eq!(refused.status, 422, "{}: {body:#}\n{refused}", self.operation);
        named(&refused)
    }
}

/// The mistakes that an answer names, in its order.
pub fn named(refused: &Answer) -> Vec<String> {
    let name = |error: &Value| format!("{} {}", error["pointer"].as_str().unwrap(), error["code"].as_str().unwrap());
    refused["errors"].as_array().unwrap().iter().map(name).collect()
}

/// What is wrong with a publication wherever one can be given.
fn publication(at: &[&'static str; 6]) -> Vec<(&'static str, Value)> {
    let wrong = [json!("tomorrow"), json!("2026-02-30T09:00:00Z"), json!(5), json!("Mars/Phobos"), json!(9), json!("yes")];
    at.iter().copied().zip(wrong).collect()
}

const PUBLICATION: [&str; 6] = ["/publish_at", "/unpublish_at", "/published_at", "/time_zone", "/revision", "/minor"];
const PUBLISH: [&str; 6] =
    ["/publish/publish_at", "/publish/unpublish_at", "/publish/published_at", "/publish/time_zone", "/publish/revision", "/publish/minor"];

/// What is wrong with a text.
fn text() -> Vec<(&'static str, Value)> {
    vec![
        ("/title", json!("x".repeat(301))),
        ("/slug", json!("Not a slug")),
        ("/excerpt", json!("nul\u{0}")),
        ("/body", json!({ "format": "rtf", "text": "" })),
        ("/category_id", json!(NOBODY)),
        ("/further_category_ids", json!(["x", NOBODY, 5, NOBODY])),
        ("/tags", json!(["nobody", "nothing"])),
        ("/authors", json!(["nul\u{0}", "nobody"])),
        ("/image", json!({ "alt": "Without an address", "width": 0 })),
        ("/seo", json!({ "canonical_url": "ftp://example.org", "noindex": "no" })),
        ("/custom", json!({ "text": "a".repeat(65_536) })),
        ("/boddy", json!("misspelt")),
    ]
}

/// What is wrong with an article.
fn content() -> Vec<(&'static str, Value)> {
    [text(), publication(&PUBLISH), vec![("/embargo_until", json!("soon")), ("/embargo_note", json!("x".repeat(501)))]].concat()
}

fn correction_faults() -> Vec<(&'static str, Value)> {
    vec![
        ("/kind", json!("erratum")),
        ("/text", json!({ "format": "rtf", "source": " ", "html": "" })),
        ("/at", json!("tomorrow")),
        ("/time_zone", json!("Mars/Phobos")),
        ("/retracted_at", json!("2026-12-24T18:00:00Z")),
    ]
}

fn curated_faults() -> Vec<(&'static str, Value)> {
    vec![
        ("/name", json!(" ")),
        ("/slug", json!("Front Page")),
        ("/slots", json!([{ "rule": { "limit": 21 } }, { "article_id": "x" }, { "article": NOBODY }])),
        ("/publish_at", json!("tomorrow")),
        ("/time_zone", json!("Mars/Phobos")),
        ("/date", json!("2026-12-01")),
    ]
}

fn release_faults() -> Vec<(&'static str, Value)> {
    vec![("/name", json!(" ")), ("/publish_at", json!("tomorrow")), ("/time_zone", json!("Mars/Phobos")), ("/date", json!("2026-12-01"))]
}

/// Of each form of an operation something, and what has no form.
fn bulk_faults() -> Value {
    json!([
        { "op": "publish", "id": "x", "publish_at": 5, "category_id": NOBODY },
        { "op": "delete", "id": NOBODY },
        { "id": NOBODY },
        { "op": "tag", "id": NOBODY, "add": ["Not a slug"], "version": 0 },
        { "op": "move", "further_category_ids": ["x"] },
        5,
        { "op": "unpublish", "id": NOBODY, "withdrawn": { "reason": "" } },
    ])
}

fn category_faults() -> Vec<(&'static str, Value)> {
    vec![
        ("/name", json!("\t")),
        ("/slug", json!(NOBODY)),
        ("/parent_id", json!(NOBODY)),
        ("/description", json!(false)),
        ("/position", json!(1.5)),
        ("/colour", json!("red")),
    ]
}

/// Every operation that takes a body, at a site with an article, a publication that lies ahead, a category and a user.
pub async fn bodies(site: &Site, admin: &Client) -> Vec<Body> {
    let made = admin.post("/v1/editor/articles").json(article("Ours")).await;
    let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
    let mut live = article("Live");
    live["publish"] = json!({});
    let live = format!("/v1/editor/articles/{}", admin.post("/v1/editor/articles").json(&live).await.text_at("/id"));
    let ahead = json!({ "publish_at": "2026-12-24T18:00:00Z", "published_at": "2026-11-29T08:00:00Z" });
    let scheduled = admin.post(&format!("{path}/publications")).json(ahead).await;
    let id = made.text_at("/id").to_owned();
    let remark = json!({ "kind": "update", "text": { "format": "markdown", "source": "Four lanes." }, "at": "2026-12-24T18:00:00Z" });
    let correction = admin.post(&format!("{path}/corrections")).json(&remark).await;
    let correction = format!("/v1/editor/corrections/{}", correction.text_at("/id"));
    let list =
        admin.post("/v1/editor/lists").json(json!({ "name": "Front page", "slots": [], "publish_at": "2026-12-24T18:00:00Z" })).await;
    let edition = list["editions"][0]["id"].as_str().unwrap().to_owned();
    let list = format!("/v1/editor/lists/{}", list.text_at("/id"));
    let edition = format!("{list}/editions/{edition}");
    let release = admin.post("/v1/editor/releases").json(json!({ "name": "Election night" })).await;
    let release = format!("/v1/editor/releases/{}", release.text_at("/id"));
    let category = admin.post("/v1/editor/categories").json(json!({ "name": "News" })).await;
    let user = admin.post("/v1/editor/users").json(json!({ "email": "new@example.org", "name": "New", "role": "author" })).await;
    let (category, user) =
        (format!("/v1/editor/categories/{}", category.text_at("/id")), format!("/v1/editor/users/{}", user.text_at("/id")));
    let tag = admin.post("/v1/editor/tags").json(json!({ "name": "Bridges" })).await;
    let author = admin.post("/v1/editor/authors").json(json!({ "name": "Maya Orlova" })).await;
    let (tag, author) = (format!("/v1/editor/tags/{}", tag.text_at("/id")), format!("/v1/editor/authors/{}", author.text_at("/id")));
    let key = admin.post("/v1/editor/api-keys").json(json!({ "name": "A program", "scopes": ["admin"] })).await;
    let key = format!("/v1/editor/api-keys/{}", key.text_at("/id"));
    let session = site.anyone().post("/v1/auth/login").json(json!({ "email": "author@example.org", "password": PASSWORD })).await;
    let token = json!({ "refresh_token": session.text_at("/refresh_token") });
    let (kind, locale) = (("/kind", json!("pge")), ("/locale", json!("xx")));
    let (other_kind, other_locale) = (("/kind", json!("page")), ("/locale", json!("tk")));
    let token_faults = || vec![("/refresh_token", json!("")), ("/token", json!("misspelt"))];
    let body = |operation, method, path: &str, right, faults| Body { operation, method, path: path.to_owned(), right, faults };
    let withdrawn = ("/withdrawn", json!({ "reason": "", "why": "" }));
    vec![
        body("createArticle", "POST", "/v1/editor/articles", article("One"), [content(), vec![kind, locale]].concat()),
        body("replaceArticle", "PUT", &path, article("One"), [content(), vec![other_kind, other_locale]].concat()),
        body("updateArticle", "PATCH", &path, json!({}), content()),
        body(
            "createPublication",
            "POST",
            &format!("{path}/publications"),
            json!({ "publish_at": "2026-12-01T08:00:00Z" }),
            publication(&PUBLICATION),
        ),
        body(
            "updatePublication",
            "PATCH",
            &format!("/v1/editor/publications/{}", scheduled.text_at("/id")),
            json!({}),
            [publication(&PUBLICATION), vec![withdrawn.clone()]].concat(),
        ),
        body(
            "unpublishArticle",
            "POST",
            &format!("{path}/unpublish"),
            json!({}),
            vec![("/at", json!("tomorrow")), ("/time_zone", json!("Mars/Phobos")), withdrawn, ("/keep_scheduled", json!(1))],
        ),
        body("amendArticle", "POST", &format!("{live}/amend"), json!({ "title": "Mended" }), text()),
        body("createCorrection", "POST", &format!("{path}/corrections"), remark, correction_faults()),
        body("updateCorrection", "PATCH", &correction, json!({}), correction_faults()),
        body(
            "bulk",
            "POST",
            "/v1/editor/bulk",
            json!({ "mode": "all", "operations": [{ "op": "trash", "id": NOBODY }] }),
            vec![("/mode", json!("some")), ("/operations", bulk_faults()), ("/atomic", json!(true))],
        ),
        body("createCuratedList", "POST", "/v1/editor/lists", json!({ "name": "Front page", "slots": [{ "rule": {} }] }), curated_faults()),
        body("updateCuratedList", "PATCH", &list, json!({}), curated_faults()),
        body("updateCuratedEdition", "PATCH", &edition, json!({}), curated_faults()[2..].to_vec()),
        body("createRelease", "POST", "/v1/editor/releases", json!({ "name": "Night" }), release_faults()),
        body("updateRelease", "PATCH", &release, json!({}), [release_faults(), vec![("/override_embargo", json!(1))]].concat()),
        body(
            "addReleasePublication",
            "POST",
            &format!("{release}/publications"),
            json!({ "article_id": id }),
            [publication(&PUBLICATION)[1..].to_vec(), vec![("/base_revision", json!(1))]].concat(),
        ),
        body(
            "createPreviewLink",
            "POST",
            "/v1/editor/preview-links",
            json!({}),
            vec![
                ("/article_id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
                ("/release_id", json!("01890a5d-ac96-774b-bcce-b302099a8057")),
                ("/at", json!("tomorrow")),
                ("/time_zone", json!("Mars/Phobos")),
                ("/expires_in", json!(0)),
            ],
        ),
        body(
            "createRedirect",
            "POST",
            "/v1/editor/redirects",
            json!({ "from": "/old", "to": "/new" }),
            vec![("/from", json!("old")), ("/to", json!("new"))],
        ),
        body(
            "updateTag",
            "PATCH",
            &tag,
            json!({ "name": "A name" }),
            vec![("/name", json!(" ")), ("/slug", json!("No slug")), ("/description", json!(7))],
        ),
        body(
            "updateAuthor",
            "PATCH",
            &author,
            json!({ "name": "A name" }),
            vec![("/name", json!(" ")), ("/bio", json!(7)), ("/links", json!(7))],
        ),
        body(
            "createTag",
            "POST",
            "/v1/editor/tags",
            json!({ "name": "A name" }),
            vec![("/name", json!(" ")), ("/slug", json!("No slug")), ("/description", json!(7))],
        ),
        body(
            "createAuthor",
            "POST",
            "/v1/editor/authors",
            json!({ "name": "A name" }),
            vec![
                ("/name", json!(" ")),
                ("/slug", json!("No slug")),
                ("/bio", json!(7)),
                ("/picture", json!({ "url": "javascript:alert(1)" })),
                ("/links", json!([{ "label": "Site", "url": "ftp://example.org" }])),
            ],
        ),
        body(
            "createApiKey",
            "POST",
            "/v1/editor/api-keys",
            json!({ "name": "A program", "scopes": ["articles:read"] }),
            vec![
                ("/name", json!(" ")),
                ("/scopes", json!(["articles:read", "everything"])),
                ("/category_ids", json!([NOBODY])),
                ("/expires_at", json!("tomorrow")),
                ("/category", json!("sports")),
            ],
        ),
        body(
            "updateApiKey",
            "PATCH",
            &key,
            json!({}),
            vec![
                ("/name", json!("x".repeat(101))),
                ("/scopes", json!([])),
                ("/category_ids", json!(["x", NOBODY])),
                ("/expires_at", json!("2026-11-30T08:00:00Z")),
            ],
        ),
        body("rotateApiKey", "POST", &format!("{key}/rotate"), json!({}), vec![("/overlap", json!(604_801)), ("/now", json!(true))]),
        body(
            "createCalendarSubscription",
            "POST",
            "/v1/editor/calendar-subscriptions",
            json!({}),
            vec![
                ("/name", json!(" ")),
                ("/filters", json!({ "state": ["draft"], "category": ["nobody"], "author": ["nobody", "No slug"], "tag": [] })),
                ("/expires_in", json!(31_622_401)),
            ],
        ),
        body("createCategory", "POST", "/v1/editor/categories", json!({ "name": "Sports" }), category_faults()),
        body("replaceCategory", "PUT", &category, json!({ "name": "Sports" }), category_faults()),
        body("updateCategory", "PATCH", &category, json!({}), category_faults()),
        body(
            "createUser",
            "POST",
            "/v1/editor/users",
            json!({ "email": "e@example.org", "name": "E", "role": "editor", "password": PASSWORD }),
            vec![
                ("/email", json!("@@@@")),
                ("/name", json!("")),
                ("/role", json!("root")),
                ("/category_ids", json!(["x", NOBODY])),
                ("/password", json!("é".repeat(513))),
                ("/active", json!(true)),
            ],
        ),
        body(
            "updateUser",
            "PATCH",
            &user,
            json!({}),
            vec![("/name", json!(null)), ("/role", json!(1)), ("/category_ids", json!([NOBODY])), ("/active", json!("no"))],
        ),
        body(
            "login",
            "POST",
            "/v1/auth/login",
            json!({ "email": "author@example.org", "password": PASSWORD }),
            vec![("/email", json!("")), ("/password", json!("é".repeat(513))), ("/otp", json!("1"))],
        ),
        body("refreshSession", "POST", "/v1/auth/refresh", token.clone(), token_faults()),
        body("logout", "POST", "/v1/auth/logout", token, token_faults()),
        body(
            "changePassword",
            "POST",
            "/v1/auth/password",
            json!({ "current_password": PASSWORD, "new_password": "another password" }),
            vec![("/current_password", json!("é".repeat(513))), ("/new_password", json!("é".repeat(513))), ("/again", json!(""))],
        ),
    ]
}
