//! Both engines say the same: in which order equal things come, which names are one, what is made of a title.

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::newsroom::{Newsroom, Standing};
use crate::support::engines;
use crate::{naughty, site};

/// Names that other systems order, fold or compare in other ways.
const NAMES: &[&str] = &[
    "a",
    "A",
    "ä",
    "Ä",
    "a\u{308}",
    "z",
    "Z",
    "é",
    "e",
    "É",
    "ß",
    "ss",
    "SS",
    "ı",
    "i",
    "I",
    "İ",
    "ş",
    "ž",
    "Ž",
    "ý",
    "ň",
    "1",
    "10",
    "2",
    "-",
    "_",
    " a",
    "a ",
    "a\u{200b}",
    "\u{202e}a",
    "а",
    "ａ",
    "字",
    "\u{1f600}",
    "ﬁ",
    "fi",
    "æ",
    "Æ",
    "\u{e000}",
    "\u{fffd}",
    "~",
    "`",
    "[",
    "ae",
    "a b",
    "a-b",
    "A B",
    "ab",
    "Ab",
    "aB",
    "AB",
    "ﬀ",
    "ſ",
    "s",
    "K",
    "k",
    "Å",
    "å",
];

/// What a site with things of these names answers, without what differs by chance.
async fn told(engine: crate::support::Engine) -> Vec<Value> {
    let newsroom = Newsroom::open(engine).await;
    let editor = newsroom.person(Standing::Active(Role::Editor)).await;
    let mut told = Vec::new();
    for (at, name) in NAMES.iter().enumerate() {
        let made = editor.client.post("/v1/editor/categories").json(json!({ "name": name })).await;
        told.push(json!([name, made.is_created()["slug"]]));
        let mut article = site::article(name);
        // Three of a date, so that something else must decide.
        article["publish"] =
            json!({ "publish_at": format!("2026-11-2{}T08:00:00Z", (at / 3) % 10), "published_at": "2026-11-20T08:00:00Z" });
        told.push(json!([name, editor.client.post("/v1/editor/articles").json(&article).await.is_created()["slug"]]));
    }
    for path in ["/v1/editor/categories?limit=100", "/v1/categories", "/v1/articles?limit=100", "/v1/articles?limit=100&sort=published_at"]
    {
        let listed = editor.client.get(path).await;
        told.push(json!([path, listed.each(if path.contains("articles") { "title" } else { "name" })]));
    }
    let mut cursor = None::<String>;
    loop {
        let request = editor.client.get("/v1/editor/categories").query("limit", "7");
        let page = if let Some(cursor) = &cursor { request.query("cursor", cursor) } else { request }.await;
        told.push(json!(page.each("slug")));
        match page["paging"]["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return told,
        }
    }
}

#[actix_web::test]
async fn lists_and_slugs_are_the_same_on_both_engines() {
    let mut first = None;
    for engine in engines() {
        let told = told(*engine).await;
        let slugs: Vec<&str> = told[..NAMES.len() * 2].iter().filter_map(|pair| pair[1].as_str()).collect();
        assert_eq!(slugs.len(), NAMES.len() * 2);
        for slug in slugs {
            assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{slug}");
        }
        match &first {
            None => first = Some(told),
            Some(first) => {
                for (one, other) in std::iter::zip(first, &told) {
                    assert_eq!(one, other, "the engines differ");
                }
                assert_eq!(first.len(), told.len());
            }
        }
    }
}

#[actix_web::test]
async fn one_slug_is_held_once_however_it_is_written() {
    for engine in engines() {
        let newsroom = Newsroom::open(*engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let save = async |slug: &str| {
            let mut article = site::article("A title");
            article["slug"] = json!(slug);
            editor.client.post("/v1/editor/articles").json(&article).await
        };
        save("election").await.is_created();
        save("election").await.is_problem(409, "slug_taken");
        // What would look the same or fold to it is not taken as it is.
        for other in [
            "Election",
            "ELECTION",
            "еlection",
            "elect\u{200b}ion",
            "election\u{200d}",
            "\u{202e}noitcele",
            "electíon",
            "election ",
            "elect--ion",
            "-election",
            "election-",
            "e_lection",
            "ｅlection",
            "",
        ] {
            save(other).await.is_problem(422, "invalid");
        }
        save("0192f0c1-2b3c-7d4e-8f50-617283940516").await.is_problem(422, "invalid");
        let composed =
            [save_titled(&editor.client, "Caf\u{e9} M\u{fc}ller").await, save_titled(&editor.client, "Cafe\u{301} Mu\u{308}ller").await];
        assert_eq!(composed, ["cafe-muller", "cafe-muller-2"].map(str::to_owned));
        for title in naughty::texts()
            .iter()
            .filter(|title| title.chars().count() <= 300 && !title.trim().is_empty() && !title.contains('\0'))
            .step_by(9)
        {
            assert!(!save_titled(&editor.client, title).await.is_empty(), "{title}");
        }
    }
}

async fn save_titled(client: &crate::support::client::Client, title: &str) -> String {
    client.post("/v1/editor/articles").json(site::article(title)).await.is_created().text_at("/slug").to_owned()
}
