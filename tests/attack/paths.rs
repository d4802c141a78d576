//! Paths, methods and parameters that are none: what is spelled otherwise is another thing, and what is not known is refused by name.

use dateline::kernel::caller::Role;
use serde_json::json;

use crate::desk::Desk;
use crate::newsroom::{Newsroom, Standing};
use crate::operations::{self, Operation};
use crate::support::raw;
use crate::{naughty, on_both_engines};

/// Texts that are no id, with `ID` in place of a right one.
const NO_IDS: &[&str] = &[
    "1abc",
    "1.0",
    "%201",
    "+1",
    "0x1",
    "1%00",
    "ID%00",
    "ID%20",
    "%20ID",
    "{ID}",
    "%7BID%7D",
    "urn:uuid:ID",
    "ID-",
    "ID/",
    "ID;a=1",
    "ID,ID",
    "ID%2F..",
    "ID%0d%0a",
    "-1",
    "0",
    "null",
    "undefined",
    "*",
    "%25",
    "00000000-0000-0000-0000-000000000000",
    "%e2%80%8bID",
    "ID%ef%bb%bf",
];

/// Other spellings of a path, of which none is the same as it.
fn spellings(path: &str) -> Vec<String> {
    let rest = path.trim_start_matches('/');
    let (first, below) = rest.split_once('/').unwrap_or((rest, ""));
    vec![
        format!("{path}/"),
        format!("/{path}"),
        format!("/./{rest}"),
        format!("/x/../{rest}"),
        format!("/%2e/{rest}"),
        format!("/{}", rest.to_uppercase()),
        format!("{path};a=1"),
        format!("{path}%2f"),
        format!("{path}%00"),
        format!("{path}%20"),
        format!("{path}\\"),
        format!("{path}/."),
        format!("{path}.json"),
        format!("/{first}//{below}"),
        format!("/{first}%2f{below}"),
    ]
}

on_both_engines! {
    async fn a_path_in_another_spelling_is_no_way_around_anything(engine) {
        let newsroom = Newsroom::open(engine).await;
        let live = newsroom.slug("articles", &newsroom.person(Standing::Active(Role::Editor)).await.caller, "live").await;
        let paths = ["/v1/editor/users".to_owned(), "/v1/site".to_owned(), "/v1/articles".to_owned(), format!("/v1/articles/{live}"), "/healthz".to_owned()];
        for path in paths {
            for spelling in spellings(&path) {
                let answer = raw::exchange(newsroom.site.address(), format!("GET {spelling} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
                // What could be an id is asked of editors alone.
                let is_nothing = matches!(answer.status, 400 | 404) || answer.status == 401 && path.starts_with("/v1/editor");
                assert!(is_nothing, "{spelling}: {answer}");
                assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{spelling}: {answer}");
            }
        }
    }

    async fn what_is_no_id_names_nothing(engine) {
        let mut desk = Desk::open(engine).await;
        for operation in operations::all().iter().filter(|operation| operation.template.contains("{id}")) {
            let path = desk.path(operation).await;
            let (start, end) = (operation.template.find('{').unwrap(), operation.template.len() - operation.template.find('}').unwrap() - 1);
            let id = &path[start..path.len() - end];
            for text in NO_IDS {
                let target = operation.path(&text.replace("ID", id));
                let token = desk.admin.access_token.as_ref().unwrap();
                let request = format!("{} {target} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\nif-match: *\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{{}}", operation.method);
                let answer = raw::exchange(desk.newsroom.site.address(), request).await;
                assert!(matches!(answer.status, 400 | 404 | 405), "{target}: {answer}");
            }
        }
    }

    async fn an_id_of_one_kind_names_nothing_of_another(engine) {
        let newsroom = Newsroom::open(engine).await;
        let admin = newsroom.person(Standing::Active(Role::Admin)).await;
        let single: Vec<_> = operations::all().into_iter().filter(|operation| operation.template.matches('{').count() == 1 && operation.template.contains("{id}")).collect();
        let kinds: std::collections::BTreeSet<&str> = single.iter().filter_map(Operation::kind).collect();
        let mut ids = Vec::new();
        for kind in &kinds {
            let state = if *kind == "publications" { "scheduled" } else { "draft" };
            ids.push((*kind, newsroom.id(kind, &admin.caller, state).await));
        }
        assert!(ids.len() > 6, "{ids:?}");
        for operation in &single {
            for (kind, id) in ids.iter().filter(|(kind, _)| Some(*kind) != operation.kind()) {
                let request = admin.client.request(&operation.method, &operation.path(id)).if_match("*");
                let answer = if operation.body().is_some() { request.json(json!({})).await } else { request.await };
                assert_eq!(answer.status, 404, "{} with an id of {kind}: {answer}", operation.id);
            }
        }
        admin.client.get("/v1/auth/me").await.is_ok();
    }

    async fn no_header_leads_a_request_elsewhere(engine) {
        let newsroom = Newsroom::open(engine).await;
        let author = newsroom.person(Standing::Active(Role::Author)).await;
        let elsewhere = ["x-original-url", "x-rewrite-url", "x-forwarded-path", "x-forwarded-uri", "x-override-url", "x-forwarded-prefix"];
        for name in elsewhere {
            let me = author.client.get("/v1/auth/me").header(name, "/v1/editor/users").await;
            assert_eq!(me.is_ok()["id"], json!(author.caller.user_id), "{name}");
            author.client.get("/v1/editor/users").header(name, "/v1/site").await.is_problem(403, "forbidden");
        }
        for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
            newsroom.site.anyone().get("/v1/site").header(name, "DELETE").await.is_ok();
            author.client.post("/v1/editor/users").header(name, "GET").json(json!({})).await.is_problem(403, "forbidden");
        }
        for name in ["x-user-id", "x-role", "x-forwarded-user", "remote-user", "x-admin"] {
            newsroom.site.anyone().get("/v1/auth/me").header(name, "admin").await.is_problem(401, "invalid_token");
            author.client.get("/v1/editor/users").header(name, "admin").await.is_problem(403, "forbidden");
        }
    }

    async fn every_path_says_which_methods_it_takes(engine) {
        let newsroom = Newsroom::open(engine).await;
        let admin = newsroom.person(Standing::Active(Role::Admin)).await;
        for (template, methods) in operations::root()["paths"].as_object().unwrap() {
            let mut taken: Vec<String> = methods.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
            taken.extend(taken.contains(&"GET".to_owned()).then(|| "HEAD".to_owned()));
            let path = template.replace("{id}", "0192f0c1-2b3c-7d4e-8f50-617283940516").replace("{slug}", "a").replace("{n}", "1");
            for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "X"] {
                if taken.iter().any(|taken| taken == method) {
                    continue;
                }
                let refused = admin.client.request(method, &path).header("x-http-method-override", &taken[0]).await;
                refused.is_problem(405, "method_not_allowed");
                let allow: Vec<&str> = refused.expect_header("allow").split(", ").collect();
                assert!(taken.iter().all(|method| allow.contains(&&**method)) && allow.len() == taken.len() + 1, "{path}: {allow:?} and not {taken:?}");
            }
            admin.client.request("OPTIONS", &path).await.is_no_content();
        }
    }

    async fn no_operation_takes_a_parameter_that_it_does_not_know(engine) {
        let mut desk = Desk::open(engine).await;
        for operation in operations::all() {
            let known: Vec<_> = operation.parameters().filter(|parameter| parameter.place == "query").map(|parameter| parameter.name.to_owned()).collect();
            let of = ["filter[password_hash]", "where[title]", "sort_by", "fields[]", "at", "token", "access_token", "offset", "Limit"];
            let keys = operation.query_keys();
            for name in of.into_iter().filter(|name| !keys.contains(name) && !known.iter().any(|known| known == name)) {
                let refused = with_least_body(&mut desk, &operation, &[(name, "1")]).await;
                refused.is_problem(400, "invalid_parameter").has_error(&format!("/{}", name.replace('/', "~1")), "unknown_parameter");
            }
            for name in &known {
                let misspelled = format!("{name}s");
                let refused = with_least_body(&mut desk, &operation, &[(&misspelled, "1")]).await;
                assert!(refused["detail"].as_str().is_some_and(|detail| detail.contains(&format!("`{name}`"))), "the nearest is {name}: {refused}");
                let twice = with_least_body(&mut desk, &operation, &[(name, "1"), (name, "1")]).await;
                twice.is_problem(400, "invalid_parameter").has_error(&format!("/{name}"), "repeated");
            }
        }
    }

    async fn no_parameter_fails_on_any_text(engine) {
        let mut desk = Desk::open(engine).await;
        let fixed = ["'", "\"", "`", "');--", "%", "_", "\0", "1000000000", "-1", "9223372036854775808", "1e9", "1.0", " 1", "+1", "0", ","];
        let many = vec!["a"; 5000].join(",");
        for operation in operations::all() {
            let known: Vec<_> = operation.parameters().filter(|parameter| parameter.place == "query").map(|parameter| parameter.name.to_owned()).collect();
            for name in known {
                for text in fixed.iter().copied().chain(naughty::texts().iter().step_by(40).map(String::as_str)).chain([&*many]) {
                    let answer = with_least_body(&mut desk, &operation, &[(&name, text)]).await;
                    assert!(matches!(answer.status, 200 | 400 | 422), "{}?{name}={text}: {answer}", operation.id);
                }
            }
        }
    }

    async fn a_cursor_opens_nothing_but_what_it_was_made_for(engine) {
        let newsroom = Newsroom::open(engine).await;
        let other = Newsroom::open(engine).await;
        let admin = newsroom.person(Standing::Active(Role::Admin)).await;
        let stranger = other.person(Standing::Active(Role::Admin)).await;
        for of in [&newsroom, &other] {
            for _ in 0..3 {
                of.id("articles", &admin.caller, "live").await;
                of.id("categories", &admin.caller, "").await;
            }
        }
        let lists = ["/v1/articles", "/v1/editor/categories", "/v1/editor/users"];
        let mut cursors = Vec::new();
        for list in lists {
            cursors.push(admin.client.get(list).query("limit", "1").await.text_at("/paging/next").to_owned());
        }
        for (at, list) in lists.into_iter().enumerate() {
            let cursor = &cursors[at];
            let ask = async |cursor: &str| admin.client.get(list).query("limit", "1").query("cursor", cursor).await;
            ask(cursor).await.is_ok();
            for foreign in cursors.iter().filter(|other| *other != cursor) {
                ask(foreign).await.is_problem(400, "invalid_cursor");
            }
            for place in 0..cursor.len() {
                let mut bent = cursor.clone().into_bytes();
                bent[place] = if bent[place] == b'A' { b'B' } else { b'A' };
                let answer = ask(std::str::from_utf8(&bent).unwrap()).await;
                answer.is_problem(400, "invalid_cursor");
            }
            for cut in [cursor[1..].to_owned(), cursor[..cursor.len() - 1].to_owned(), "A".to_owned(), "AAAA".to_owned(), format!("{cursor}A"), "A".repeat(2048)] {
                ask(&cut).await.is_problem(400, "invalid_cursor");
            }
            for malformed in ["", "=", "a b", "\u{e9}", &*format!("{cursor}="), &*"A".repeat(20_000)] {
                ask(malformed).await.is_problem(400, "invalid_parameter").has_error("/cursor", "invalid_format");
            }
            stranger.client.get(list).query("cursor", cursor).await.is_problem(400, "invalid_cursor");
        }
        for (name, value) in [("locale", "tk"), ("kind", "page"), ("category", "a"), ("sort", "published_at"), ("published_from", "2020-01-01T00:00:00Z")] {
            let other_list = admin.client.get("/v1/articles").query("cursor", &cursors[0]).query(name, value).await;
            other_list.is_problem(400, "invalid_cursor");
        }
    }
}

async fn with_least_body(desk: &mut Desk, operation: &Operation, pairs: &[(&str, &str)]) -> crate::support::answer::Answer {
    let mut request = desk.request(operation).await;
    for (name, value) in pairs {
        request = request.query(name, value);
    }
    match operation.body() {
        Some(_) => request.json(json!({})).await,
        None => request.await,
    }
}
