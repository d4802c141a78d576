//! A news page, put in by an editor and rebuilt by a front end from what delivery answers: breadcrumb, title, date, paragraphs, the list of the last news.

use std::path::PathBuf;

use dateline::kernel::caller::Role;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

/// The site's time zone: pages show dates, not instants.
const ZONE: &str = "Asia/Ashgabat";

/// What is put in, and what has to come out.
#[derive(Debug, Deserialize)]
struct Input {
    page: Page,
    last_news: Vec<Item>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Page {
    breadcrumb: Vec<String>,
    title: String,
    published_as_shown: String,
    published_on: Date,
    paragraphs: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Item {
    title: String,
    published_on: Date,
}

/// Written for this test: all that makes text hard to get through markup whole.
const OWN: &str = r##"{
    "page": {
        "breadcrumb": ["Home", "City & Region", "Transport"],
        "title": "Trams & buses: what “<fast>” means – and to whom",
        "published_as_shown": "29.02.2024",
        "published_on": "2024-02-29",
        "paragraphs": [
            "Line 4 & line 9 now meet at <Mill Lane>; 5 * 3 = 15 stops are served, *not* 16_000.",
            "# 1 in the council's list: a roof. \"It rains here,\" said the mayor – ‘often’, she added.",
            "1. March is the day on which [all](of it) begins &amp; nothing is `closed` | paused | moved.",
            "- Ýollar açyk, жителям сообщат, 電車は動く."
        ]
    },
    "last_news": [
        {"title": "Storks are back", "published_on": "2026-03-01"},
        {"title": "A bridge for feet & wheels", "published_on": "2026-03-01"},
        {"title": "Snow on the <northern> hills", "published_on": "2026-03-01"},
        {"title": "The library lends sounds", "published_on": "2026-02-28"},
        {"title": "«Harbour» wins by two", "published_on": "2026-02-28"},
        {"title": "The market hall opens", "published_on": "2026-02-27"},
        {"title": "Night buses until three", "published_on": "2026-01-01"},
        {"title": "The year in numbers", "published_on": "2025-12-31"},
        {"title": "The river path is mended", "published_on": "2025-12-31"},
        {"title": "Choir looks for deep voices", "published_on": "2025-12-30"}
    ]
}"##;

/// The page of the shared data beside the project; where it is missing, that is said.
fn shared() -> Option<Input> {
    let root = std::env::var_os("DATELINE_SHARED_DATA")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    let Ok(text) = std::fs::read_to_string(root.join("news-page.json")) else {
        eprintln!("skipped: the shared data has no news-page.json");
        return None;
    };
    Some(serde_json::from_str(&text).unwrap())
}

fn inputs() -> impl Iterator<Item = Input> {
    std::iter::once(serde_json::from_str(OWN).unwrap()).chain(shared())
}

impl Input {
    /// What is to be published, each at its local time, the earliest first. On one day the list has the latest first.
    fn dated(&self) -> Vec<(DateTime, &str)> {
        let mut dated = vec![(self.page.published_on.at(0, 5, 0, 0), self.page.title.as_str())];
        for day in self.last_news.chunk_by(|a, b| a.published_on == b.published_on) {
            // From 23:05 down to 00:05, which is another day in UTC.
            let last = (day.len() - 1).max(1);
            let hours = (0..).map(|nth| i8::try_from(23 - nth * 23 / last).unwrap());
            dated.extend(day.iter().zip(hours).map(|(item, hour)| (item.published_on.at(hour, 5, 0, 0), item.title.as_str())));
        }
        dated.sort();
        dated
    }

    fn body(&self, title: &str, format: &str) -> Value {
        let short = vec!["More follows.".to_owned()];
        let paragraphs = if title == self.page.title { &self.page.paragraphs } else { &short };
        let write: fn(&str) -> String = if format == "html" { as_html } else { as_markdown };
        json!({ "format": format, "source": paragraphs.iter().map(|text| write(text)).collect::<Vec<_>>().join("\n\n") })
    }
}

fn as_html(text: &str) -> String {
    format!("<p>{}</p>", text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
}

/// CommonMark takes a backslash before any ASCII punctuation.
fn as_markdown(text: &str) -> String {
    text.chars().flat_map(|c| c.is_ascii_punctuation().then_some('\\').into_iter().chain([c])).collect()
}

/// The categories of the breadcrumb below the home page; the id of the last one.
async fn make_categories(editor: &Client, breadcrumb: &[String]) -> Value {
    let mut parent = Value::Null;
    for name in &breadcrumb[1..] {
        let made = editor.post("/v1/editor/categories").json(json!({ "name": name, "parent_id": parent })).await;
        parent = made.is_created()["id"].clone();
    }
    parent
}

/// Writes an article that is published at a local time; its slug.
async fn write(editor: &Client, input: &Input, title: &str, at: DateTime, category: &Value, format: &str) -> String {
    let article = json!({
        "title": title,
        "body": input.body(title, format),
        "category_id": category,
        "publish": { "publish_at": at.to_string(), "time_zone": ZONE },
    });
    editor.post("/v1/editor/articles").json(article).await.is_created()["slug"].as_str().unwrap().to_owned()
}

/// A date as the page shows it.
fn shown(instant: &Value) -> String {
    let instant: Timestamp = instant.as_str().unwrap().parse().unwrap();
    instant.in_tz(ZONE).unwrap().strftime("%d.%m.%Y").to_string()
}

/// The texts of the paragraphs of an HTML body that has nothing else.
fn paragraphs(html: &str) -> Vec<String> {
    let inner = html.split("<p>").skip(1).map(|rest| rest.split("</p>").next().unwrap());
    inner.map(|text| text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&")).collect()
}

/// The page as a front end builds it, from two answers.
async fn rebuilt(reader: &Client, slug: &str) -> (Page, Vec<(String, String)>) {
    let article = reader.get(&format!("/v1/articles/{slug}")).await;
    article.is_ok();
    let names = article.at("/category/path").as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap().to_owned());
    let published_as_shown = shown(&article["published_at"]);
    let page = Page {
        breadcrumb: std::iter::once("Home".to_owned()).chain(names).collect(),
        title: article.text_at("/title").to_owned(),
        published_on: Date::strptime("%d.%m.%Y", &published_as_shown).unwrap(),
        published_as_shown,
        paragraphs: paragraphs(article.text_at("/body_html")),
    };
    let newest = reader.get("/v1/articles").query("limit", "10").await;
    let last_news = newest.is_ok().data().iter().map(|item| (item["title"].as_str().unwrap().to_owned(), shown(&item["published_at"])));
    (page, last_news.collect())
}

async fn assert_rebuilt(site: &Site, input: &Input, slug: &str) {
    let (page, last_news) = rebuilt(site.anyone(), slug).await;
    assert_eq!(page, input.page);
    let wanted: Vec<(String, String)> =
        input.last_news.iter().map(|item| (item.title.clone(), item.published_on.strftime("%d.%m.%Y").to_string())).collect();
    assert_eq!(last_news, wanted);
}

on_both_engines! {
    async fn a_page_whose_articles_are_backdated_is_rebuilt_from_what_readers_get(engine) {
        for (input, format) in inputs().flat_map(|input| [(input, "html")]).chain(inputs().map(|input| (input, "markdown"))) {
            let site = Site::at(engine, "2026-03-02T00:00:00.000Z");
            let editor = site.login(Role::Editor).await;
            let category = make_categories(&editor, &input.page.breadcrumb).await;
            let mut slug = None;
            for (at, title) in input.dated() {
                let given = write(&editor, &input, title, at, &category, format).await;
                if title == input.page.title {
                    slug = Some(given);
                }
            }
            assert_rebuilt(&site, &input, &slug.unwrap()).await;
        }
    }

    async fn a_page_whose_articles_were_scheduled_is_rebuilt_and_each_appeared_at_its_instant(engine) {
        for input in inputs() {
            let site = Site::at(engine, "2021-01-01T00:00:00.000Z");
            let mut category = Value::Null;
            let mut slugs = Vec::new();
            for (at, title) in input.dated() {
                let instant = at.in_tz(ZONE).unwrap().timestamp();
                // Access tokens last a quarter of an hour: each is written ten minutes ahead.
                site.clock().set((instant - jiff::Span::new().minutes(10)).to_string().parse().unwrap());
                let editor = site.login(Role::Editor).await;
                if category.is_null() {
                    category = make_categories(&editor, &input.page.breadcrumb).await;
                }
                slugs.push(write(&editor, &input, title, at, &category, "markdown").await);
                site.clock().advance_ms(10 * 60_000 - 1);
                site.anyone().get(&format!("/v1/articles/{}", slugs.last().unwrap())).await.is_problem(404, "not_found");
                site.clock().advance_ms(1);
                let newest = site.anyone().get("/v1/articles").query("limit", "1").await;
                assert_eq!((newest.text_at("/data/0/title"), newest.text_at("/data/0/published_at").parse().unwrap()), (title, instant));
            }
            // The page's own article is the oldest.
            assert_rebuilt(&site, &input, &slugs[0]).await;
        }
    }
}
