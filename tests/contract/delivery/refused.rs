//! Queries that nobody should send: refused by name, never ignored, never a failure (contract 3).

use dateline::app::document;
use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use super::{live, newsroom};
use crate::on_both_engines;
use crate::site::Site;
use crate::support::answer::Answer;

const START: &str = "2026-11-30T08:00:00.000Z";
const PATHS: [&str; 6] =
    ["/v1/articles", "/v1/articles/prices-rise", "/v1/categories", "/v1/categories/politics", "/v1/publication-dates", "/v1/site"];

/// What breaks out of quotes, patterns, headers and templates elsewhere.
const ODD: [&str; 18] = [
    "'",
    "\"",
    "`",
    "');--",
    "' OR '1'='1",
    "%",
    "_",
    "\\",
    "*",
    "\u{202e}x",
    "é",
    "e\u{301}",
    "🗞",
    "../../etc/passwd",
    "{{7*7}}",
    "a\r\nset-cookie: b=c",
    "-1",
    "null",
];

/// The names of the query parameters of a path of the API document.
fn parameters(template: &str) -> Vec<String> {
    let document = document();
    let all = document.json()["paths"][template]["get"]["parameters"].as_array().cloned().unwrap_or_default();
    let query = all.iter().filter(|parameter: &&Value| parameter["in"] == "query");
    query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect()
}

fn is_harmless(answer: &Answer) {
    assert!(matches!(answer.status, 200 | 400 | 404), "{answer}");
    assert_eq!(answer.header("set-cookie"), None);
}

on_both_engines! {
    async fn what_an_operation_does_not_know_is_named_and_never_ignored(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        for path in PATHS {
            for (name, pointer) in [
                ("at", "/at"),
                ("drafts", "/drafts"),
                ("preview", "/preview"),
                ("filter[password_hash]", "/filter[password_hash]"),
                ("where[title][$like]", "/where[title][$like]"),
                ("Filter", "/Filter"),
                ("author.email", "/author.email"),
                ("populate", "/populate"),
                ("offset", "/offset"),
                ("access_token", "/access_token"),
                ("a/b~c", "/a~1b~0c"),
            ] {
                let refused = site.anyone().get(path).query(name, "2026-12-24T00:00:00Z").await;
                refused.is_problem(400, "invalid_parameter").has_error(pointer, "unknown_parameter");
            }
        }
        for (query, pointer, code) in [
            ("limit=1&limit=2", "/limit", "repeated"),
            ("locale=en&locale=en", "/locale", "repeated"),
            ("sort=password_hash", "/sort", "not_one_of"),
            ("sort=-published_at;drop", "/sort", "not_one_of"),
            ("fields=password_hash", "/fields", "not_one_of"),
            ("include=author.email", "/include", "not_one_of"),
            ("include=a,b,c,d,e,f,g,h,i,j,k", "/include", "too_many"),
            ("limit=0", "/limit", "out_of_range"),
            ("limit=101", "/limit", "out_of_range"),
            ("limit=1e9", "/limit", "invalid_format"),
            ("limit=-1", "/limit", "invalid_format"),
            ("limit=99999999999999999999", "/limit", "out_of_range"),
            ("page=0", "/page", "out_of_range"),
            ("page=1001", "/page", "out_of_range"),
            ("published_from=%00", "/published_from", "encoding"),
            ("category=%ff", "/category", "encoding"),
            ("category=%zz", "/category", "encoding"),
        ] {
            site.anyone().get(&format!("/v1/articles?{query}")).await.is_problem(400, "invalid_parameter").has_error(pointer, code);
        }
        let near = site.anyone().get("/v1/articles?categroy=politics").await;
        assert!(near.is_problem(400, "invalid_parameter").text_at("/detail").contains("`category`"), "{near}");
    }

    async fn every_mistake_is_named_at_once(engine) {
        let site = Site::at(engine, START);
        let refused = site.anyone().get("/v1/articles?limit=0&sort=title&kind=x&locale=xx&published_from=x&fields=x&lmit=1&cursor=%2B").await;
        for pointer in ["/limit", "/sort", "/kind", "/locale", "/published_from", "/fields", "/lmit", "/cursor"] {
            assert!(refused["errors"].as_array().unwrap().iter().any(|error| error["pointer"] == pointer), "{pointer}: {refused}");
        }
    }

    async fn no_value_of_any_parameter_does_harm(engine) {
        let site = Site::at(engine, START);
        newsroom(&site, &site.login(Role::Editor).await).await;
        let reader = site.anyone();
        for (template, path) in [("/v1/articles", PATHS[0]), ("/v1/articles/{slug}", PATHS[1]), ("/v1/categories", PATHS[2]), ("/v1/categories/{slug}", PATHS[3]), ("/v1/publication-dates", PATHS[4])] {
            let names = parameters(template);
            assert!(names.contains(&"locale".to_owned()));
            for name in names {
                for odd in ODD {
                    is_harmless(&reader.get(path).query(&name, odd).await);
                }
                is_harmless(&reader.get(path).query(&name, &"x".repeat(10_000)).await);
                is_harmless(&reader.get(path).query(&name, &"x,".repeat(5000)).await);
                reader.get(&format!("{path}?{name}=a%00b")).await.is_problem(400, "invalid_parameter");
            }
        }
        for odd in ODD.into_iter().filter(|odd| !odd.contains('/')) {
            let name: String = url::form_urlencoded::byte_serialize(odd.as_bytes()).collect::<String>().replace('+', "%20");
            for tree in ["articles", "categories"] {
                reader.get(&format!("/v1/{tree}/{name}")).await.is_problem(404, "not_found");
            }
        }
    }

    async fn a_name_has_one_spelling(engine) {
        let site = Site::at(engine, START);
        let path = live(&site.login(Role::Editor).await, "Prices rise", json!({})).await;
        let id = path.rsplit('/').next().unwrap();
        site.anyone().get(&format!("/v1/articles/{id}")).await.is_ok();
        let braced = format!("%7B{id}%7D");
        for other in [id.replace('-', ""), braced, format!("{id}%20"), format!("%20{id}"), format!("urn:uuid:{id}"), "Prices-Rise".to_owned(), "prices-rise%20".to_owned(), "prices-rise;a".to_owned()] {
            site.anyone().get(&format!("/v1/articles/{other}")).await.is_problem(404, "not_found");
        }
    }
}
