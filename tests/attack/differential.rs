//! The same newsroom on both engines, asked the same at random: the answers differ in nothing but ids and cursors.
//!
//! `DATELINE_DIFFERENTIAL` says how many requests (1,000 unless said), `DATELINE_SEED` from which numbers they are made.

use std::collections::BTreeMap;

use dateline::kernel::caller::Role;
use dateline::kernel::id::ArticleId;
use serde_json::{Value, json};

use crate::generate::{Known, Maker};
use crate::generated::number;
use crate::newsroom::{Newsroom, Person, Standing};
use crate::operations::{self, Operation};
use crate::site;
use crate::support::random::Random;
use crate::support::{Engine, engines};

/// One of the two, and which ids it has told so far.
struct Side {
    newsroom: Newsroom,
    admin: Person,
    ids: BTreeMap<String, usize>,
}

/// Tags, and authors of the same slugs; most articles have most of them.
const TERMS: [&str; 8] = ["elections", "sport", "politics", "bridge-0", "bridge-1", "kopru-0", "zu", "zu-2"];

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl Side {
    /// With three dozen articles of every kind, language, category and state, equal dates among them.
    async fn open(engine: Engine) -> Self {
        let newsroom = Newsroom::open(engine).await;
        let admin = newsroom.person(Standing::Active(Role::Admin)).await;
        let mut categories: Vec<Value> = vec![Value::Null];
        for (name, parent) in [("Politics", 0), ("Elections", 1), ("Sport", 0), ("ändern", 0), ("Ändern", 0), ("zu", 1), ("Zu", 1)] {
            let body = json!({ "name": name, "parent_id": categories[parent], "position": parent });
            let made = admin.client.post("/v1/editor/categories").json(body).await;
            categories.push(made.is_created()["id"].clone());
        }
        for slug in TERMS {
            for what in ["tags", "authors"] {
                admin.client.post(&format!("/v1/editor/{what}")).json(json!({ "name": slug, "slug": slug })).await.is_created();
            }
        }
        for number in 0..36_usize {
            let mut article = site::article(&format!("{} {}", ["bridge", "Bridge", "Köprü", "мост"][number % 4], number / 4));
            article["kind"] = json!(if number % 3 == 2 { "page" } else { "article" });
            article["locale"] = json!(if number % 6 > 3 { "tk" } else { "en" });
            article["category_id"] = categories[number % 8].clone();
            (article["tags"], article["authors"]) = (json!(&TERMS[number % 3..]), json!(&TERMS[number % 2..]));
            if number % 5 == 0 {
                article["further_category_ids"] = json!([categories[2]]);
            }
            if number % 4 != 3 {
                article["publish"] = json!({ "publish_at": format!("2026-{}-{:02}T08:00:00Z", 11 + number % 2, 1 + number / 6), "published_at": "2026-11-01T08:00:00Z" });
            }
            let made = admin.client.post("/v1/editor/articles").json(article).await;
            newsroom.site.clock().advance_ms(i64::from(number % 2 == 0));
            if number % 3 == 0 {
                let at = (number % 2 == 0).then(|| format!("2026-12-{:02}T08:00:00Z", 1 + number / 3));
                let correction = json!({ "kind": "update", "text": { "format": "html", "source": format!("Number {number}.") }, "at": at });
                let path = format!("/v1/editor/articles/{}/corrections", made.text_at("/id"));
                admin.client.post(&path).json(correction).await.is_created();
            }
            if number % 11 == 10 {
                admin.client.delete(made.is_created().expect_header("location")).if_match("*").await.is_no_content();
            }
        }
        Self { newsroom, admin, ids: BTreeMap::new() }
    }

    /// What it answers, ids and hashes over them as the numbers in which they were first told.
    async fn answer(&mut self, method: &str, target: &str) -> (u16, Value, Option<String>) {
        let answer = self.admin.client.request(method, target).await;
        let mut body = match answer.header("content-type") {
            _ if answer.body.is_empty() => Value::Null,
            Some("application/x-ndjson") => answer.text().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect(),
            // Line by line, and what stands behind a name by itself, since it may be an id.
            Some(media) if media.starts_with("text/") => json!(answer.text().split(['\n', '\r', ':']).collect::<Vec<_>>()),
            // Ids stand within names there.
            Some(media) if media.contains("xml") || media.starts_with("application/feed") => {
                json!(answer.text().split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect::<Vec<_>>())
            }
            _ => answer.json().clone(),
        };
        let next = body["paging"]["next"].as_str().map(str::to_owned);
        if let Some(paging) = body.get_mut("paging").filter(|paging| paging.is_object()) {
            for name in ["next", "previous"] {
                paging[name] = json!(paging[name].is_string());
            }
        }
        if answer.status >= 400 {
            body["request_id"] = Value::Null;
        }
        self.number_ids(&mut body);
        (answer.status, body, next)
    }

    fn number_ids(&mut self, value: &mut Value) {
        match value {
            Value::String(text) if text.parse::<ArticleId>().is_ok() || is_hash(text) => {
                let next = self.ids.len();
                *value = json!(*self.ids.entry(text.clone()).or_insert(next));
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.number_ids(item)),
            Value::Object(members) => members.values_mut().for_each(|member| self.number_ids(member)),
            _ => {}
        }
    }
}

/// The reads that need no id.
fn reads() -> Vec<Operation> {
    let is_read = |operation: &Operation| operation.method == "GET" && !operation.template.contains("{id}") && operation.id != "getJwks";
    operations::all().into_iter().filter(is_read).collect()
}

#[actix_web::test]
async fn both_engines_answer_alike() {
    let &[one, other] = engines() else {
        eprintln!("skipped: one engine alone has nothing to differ from");
        return;
    };
    let (mut one, mut other) = (Side::open(one).await, Side::open(other).await);
    let (count, seed) = (number("DATELINE_DIFFERENTIAL", 1000), number("DATELINE_SEED", 1));
    let slugs = TERMS.map(str::to_owned).to_vec();
    let known = Known { slugs, ..Known::default() };
    let reads = reads();
    let mut random = Random::new(seed);
    let mut listed = 0;
    for _ in 0..count {
        let wish = Maker::new(random.between(0, i64::MAX - 1).unsigned_abs(), &known).wish(&random.of(&reads).clone()).target;
        let (mut targets, mut pages) = ((wish.clone(), wish.clone()), 0);
        loop {
            let first = one.answer("GET", &targets.0).await;
            let second = other.answer("GET", &targets.1).await;
            assert_eq!((first.0, &first.1), (second.0, &second.1), "page {pages} of {wish}, DATELINE_SEED={seed}");
            listed += first.1["data"].as_array().map_or(0, Vec::len);
            pages += 1;
            let (Some(first), Some(second)) = (first.2, second.2) else { break };
            if pages == 3 || wish.contains("page=") || wish.contains("cursor=") {
                break;
            }
            let sign = if wish.contains('?') { '&' } else { '?' };
            targets = (format!("{wish}{sign}cursor={first}"), format!("{wish}{sign}cursor={second}"));
        }
        let milliseconds = random.of(&[0, 0, 0, 1, 200]);
        one.newsroom.site.clock().advance_ms(milliseconds);
        other.newsroom.site.clock().advance_ms(milliseconds);
    }
    // Some operations list nothing.
    assert!(listed as u64 > count / 2, "{count} requests listed {listed} things: too few to tell anything");
}
