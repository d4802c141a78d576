//! Delivery as caches, browsers and front ends meet it (contract 3): every answer the same for everyone, kept no longer than it holds.

mod callers;
mod clock;
mod conditions;
mod fields;
mod hidden;
mod lifetimes;
mod lists;
mod paging;
mod refused;

use serde_json::{Value, json};

use crate::site::{Site, article};
use crate::support::answer::Answer;
use crate::support::client::Client;

/// An article that is live at once, with these members besides title and body; its path for editors.
async fn live(editor: &Client, title: &str, more: Value) -> String {
    let mut wanted = article(title);
    wanted["publish"] = json!({});
    for (name, value) in more.as_object().unwrap() {
        wanted[name] = value.clone();
    }
    let made = editor.post("/v1/editor/articles").json(wanted).await;
    format!("/v1/editor/articles/{}", made.is_created()["id"].as_str().unwrap())
}

/// A category; its id.
async fn category(editor: &Client, name: &str, parent: Option<&Value>) -> Value {
    editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await.is_created()["id"].clone()
}

/// Somebody without a token whose requests all have the same id, so that answers can be compared whole.
fn reader(site: &Site) -> Client {
    site.anyone().with_header("x-request-id", "the-same")
}

/// The headers of an answer but for `Date`, in order.
fn headers(answer: &Answer) -> Vec<(&str, &str)> {
    let mut headers: Vec<(&str, &str)> = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    headers.retain(|(name, _)| *name != "date");
    headers.sort_unstable();
    headers
}

/// All of an answer but for `Date`.
fn told(answer: &Answer) -> (u16, Vec<(&str, &str)>, &[u8]) {
    (answer.status, headers(answer), &answer.body)
}

/// One answer of every kind that delivery gives. What they need is made by [`newsroom`].
const EVERY_KIND: &[(&str, u16)] = &[
    ("/v1/articles", 200),
    ("/v1/articles?category=politics&limit=1&include=body", 200),
    ("/v1/articles/prices-rise", 200),
    ("/v1/articles/old-name?locale=en", 308),
    ("/v1/articles/taken-back", 410),
    ("/v1/articles/nothing", 404),
    ("/v1/articles?lmit=1", 400),
    ("/v1/articles?cursor=AAAA", 400),
    ("/v1/categories", 200),
    ("/v1/categories/politics", 200),
    ("/v1/categories/nothing", 404),
    ("/v1/publication-dates?granularity=day", 200),
    ("/v1/site", 200),
    ("/v1/nothing", 404),
];

/// Makes a site of which [`EVERY_KIND`] can be asked.
async fn newsroom(site: &Site, editor: &Client) {
    let politics = category(editor, "Politics", None).await;
    for title in ["Prices rise", "Bridge opens", "Old name", "Taken back"] {
        let path = live(editor, title, json!({ "category_id": politics, "excerpt": "In short. ".repeat(40) })).await;
        site.clock().advance_ms(1);
        match title {
            "Old name" => {
                let renamed = json!({ "slug": "new-name", "publish": { "minor": true } });
                editor.patch(&path).if_match("*").merge_patch(renamed).await.is_ok();
            }
            "Taken back" => {
                editor.post(&format!("{path}/unpublish")).json(json!({ "withdrawn": { "reason": "It was wrong." } })).await.is_ok();
            }
            _ => {}
        }
    }
}
