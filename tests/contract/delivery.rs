//! Delivery as caches, browsers and front ends meet it (contract 3): every answer the same for everyone, kept no longer than it holds.

mod clock;
mod fields;

use serde_json::{Value, json};

use crate::site::article;
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
