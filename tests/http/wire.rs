//! Requests as bytes, answers as they come.

use std::time::{Duration, Instant};

use dateline::http::Patience;

use crate::app;
use crate::raw::{Socket, exchange};

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

fn post(content_type: &str, length: usize) -> String {
    format!("POST /v1/editor/notes HTTP/1.1\r\nhost: x\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n")
}

#[actix_web::test]
async fn head_is_get_without_its_body() {
    let address = app::start().await;
    let read = exchange(&address, get("/v1/notes/a")).await;
    let head = exchange(&address, get("/v1/notes/a").replace("GET", "HEAD")).await;
    assert_eq!((read.status, head.status), (200, 200));
    for name in ["etag", "content-length", "content-type", "cache-control", "vary", "access-control-allow-origin"] {
        assert!(head.header(name).is_some() && head.header(name) == read.header(name), "{name}");
    }
}

#[actix_web::test]
async fn another_method_is_405_and_options_says_which_there_are() {
    let address = app::start().await;
    for method in ["PUT", "TRACE", "DELETE", "PROPFIND"] {
        let refused = exchange(&address, get("/v1/notes/a").replace("GET", method)).await;
        assert_eq!((refused.status, refused.header("allow")), (405, Some("GET, HEAD, OPTIONS")), "{method}");
        assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    }
    let refused = exchange(&address, get("/v1/editor/notes")).await;
    assert_eq!((refused.status, refused.header("allow")), (405, Some("POST, OPTIONS")));
    let options = exchange(&address, get("/v1/notes/a").replace("GET", "OPTIONS")).await;
    assert_eq!((options.status, options.header("allow")), (204, Some("GET, HEAD, OPTIONS")));
}

#[actix_web::test]
async fn a_path_has_one_spelling() {
    let address = app::start().await;
    for path in [
        "/",
        "/v1/notes/",
        "/v1/notes/a/",
        "//v1/notes/a",
        "/V1/notes/a",
        "/v1/notes/a%2fb",
        "/v1/notes/a%00",
        "/v1/notes/%ff",
        "/v1/./notes/a",
        "/v1",
    ] {
        let refused = exchange(&address, get(path)).await;
        assert_eq!((refused.status, refused.json()["code"].as_str()), (404, Some("not_found")), "{path}");
        assert_eq!(refused.header("cache-control"), Some("no-cache"));
    }
}

#[actix_web::test]
async fn a_panic_is_a_500_for_its_request_alone() {
    let address = app::start().await;
    let mut socket = Socket::connect(&address).await;
    socket.send("GET /v1/panic HTTP/1.1\r\nhost: x\r\nx-request-id: mine-1\r\n\r\n").await;
    let failed = socket.answer().await;
    assert_eq!((failed.status, failed.header("x-request-id")), (500, Some("mine-1")));
    assert_eq!(failed.json()["request_id"], "mine-1");
    assert!(!failed.text().contains("secret"));
    assert_eq!(exchange(&address, get("/v1/notes/a")).await.status, 200);
}

#[actix_web::test]
async fn a_413_can_be_read_by_a_client_that_is_still_sending() {
    let address = app::start().await;
    let size = 8 * 1024 * 1024;
    let mut socket = Socket::connect(&address).await;
    socket.send(post("application/json", size)).await;
    let mut sent = 0;
    while sent < size && socket.send(vec![b' '; 256 * 1024]).await {
        sent += 256 * 1024;
    }
    assert_eq!(sent, size, "the whole body could be sent");
    assert_eq!(socket.answer().await.status, 413);
    let mut socket = Socket::connect(&address).await;
    socket.send("POST /v1/editor/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n").await;
    for _ in 0..64 {
        socket.send(format!("8000\r\n{}\r\n", " ".repeat(0x8000))).await;
    }
    socket.send("0\r\n\r\n").await;
    assert_eq!(socket.answer().await.json()["code"], "body_too_large");
}

#[actix_web::test]
async fn a_body_that_does_not_arrive_is_408() {
    let address = app::start().await;
    let started = Instant::now();
    let mut socket = Socket::connect(&address).await;
    socket.send(post("application/json", 20)).await;
    socket.send("{\"text\":").await;
    let late = socket.answer().await;
    assert_eq!((late.status, late.json()["code"].as_str()), (408, Some("request_timeout")));
    assert!(started.elapsed() >= app::DEADLINE && started.elapsed() < app::DEADLINE * 10);
}

#[actix_web::test]
async fn what_is_wrong_with_a_body_is_told_in_order() {
    let address = app::start().await;
    let send = async |content_type: &str, body: &str| {
        let answer = exchange(&address, post(content_type, body.len()) + body).await;
        (answer.status, answer.json()["code"].as_str().unwrap_or_default().to_owned())
    };
    let problem = |status: u16, code: &str| (status, code.to_owned());
    assert_eq!(send("text/plain", "{").await, problem(415, "unsupported_media_type"));
    assert_eq!(send("application/json", &" ".repeat(65 * 1024)).await, problem(413, "body_too_large"));
    assert_eq!(send("application/json", "{\"text\":1,\"text\":2}").await, problem(400, "invalid_json"));
    assert_eq!(send("application/json", "").await, problem(400, "invalid_json"));
    assert_eq!(send("application/json", "{\"text\":\"\",\"more\":1}").await, problem(422, "invalid"));
    assert_eq!(send("application/json", "{\"text\":\"a\"}").await, problem(201, ""));
}

#[actix_web::test]
async fn an_editor_s_answer_is_kept_by_nobody_and_read_by_listed_origins() {
    let address = app::start().await;
    let ask = async |origin: &str| {
        let body = "{\"text\":\"a\"}";
        let head = post("application/json", body.len()).replace("host: x", &format!("host: x\r\norigin: {origin}"));
        exchange(&address, head + body).await
    };
    let listed = ask("https://desk.example.org").await;
    assert_eq!(listed.header("access-control-allow-origin"), Some("https://desk.example.org"));
    assert_eq!(listed.header("cache-control"), Some("private, no-store, no-transform"));
    assert_eq!(listed.header("vary"), Some("Authorization, Origin"));
    assert_eq!((listed.header("etag"), listed.header("location")), (Some("\"1\""), Some("/v1/editor/notes/1")));
    let foreign = ask("https://evil.example.org").await;
    assert_eq!(foreign.header("access-control-allow-origin"), None);
    assert_eq!(foreign.header("vary"), Some("Authorization, Origin"));
}

#[actix_web::test]
async fn a_preflight_is_answered() {
    let address = app::start().await;
    let ask = async |path: &str, origin: &str| {
        let request = format!("OPTIONS {path} HTTP/1.1\r\nhost: x\r\norigin: {origin}\r\naccess-control-request-method: POST\r\n\r\n");
        exchange(&address, request).await
    };
    let listed = ask("/v1/editor/notes", "https://desk.example.org").await;
    assert_eq!((listed.status, listed.header("access-control-allow-methods")), (204, Some("POST, OPTIONS")));
    assert!(listed.header("access-control-allow-headers").is_some_and(|names| names.contains("If-Match")));
    assert!(listed.header("access-control-max-age").is_some());
    let foreign = ask("/v1/editor/notes", "https://evil.example.org").await;
    assert!(foreign.header("access-control-allow-origin").is_none() && foreign.header("access-control-allow-methods").is_none());
    let anyone = ask("/v1/notes/a", "https://evil.example.org").await;
    assert_eq!((anyone.status, anyone.header("access-control-allow-origin")), (204, Some("*")));
    assert!(anyone.header("access-control-allow-credentials").is_none());
}

#[actix_web::test]
async fn an_encoded_path_is_in_the_same_tree_as_its_plain_form() {
    let address = app::start().await;
    let refused = exchange(&address, get("/v1/%65ditor/notes").replace("GET", "DELETE")).await;
    assert_eq!(refused.status, 405);
    assert_eq!(refused.header("cache-control"), Some("private, no-store, no-transform"));
    assert_eq!(refused.header("access-control-allow-origin"), None);
}

#[actix_web::test]
async fn a_request_id_is_taken_or_made_and_always_told() {
    let address = app::start().await;
    let made = exchange(&address, get("/v1/notes/a")).await;
    assert_eq!(made.header("x-request-id").map(str::len), Some(36));
    let bad = exchange(&address, get("/nowhere").replace("host: x", "host: x\r\nx-request-id: a b")).await;
    assert_eq!(bad.header("x-request-id").map(str::len), Some(36));
    assert_eq!(bad.json()["request_id"].as_str(), bad.header("x-request-id"));
    assert_eq!(bad.header("x-content-type-options"), Some("nosniff"));
}

#[actix_web::test]
async fn an_unknown_parameter_is_named() {
    let address = app::start().await;
    let refused = exchange(&address, get("/v1/notes/a?at=1")).await;
    assert_eq!((refused.status, refused.json()["errors"][0]["pointer"].as_str()), (400, Some("/at")));
}

#[actix_web::test]
async fn a_chunked_body_that_never_ends_keeps_no_connection() {
    let address = app::start().await;
    let mut socket = Socket::connect(&address).await;
    socket
        .send("POST /v1/editor/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n")
        .await;
    let late = socket.answer().await;
    assert_eq!((late.status, late.header("connection")), (408, Some("close")));
    let started = Instant::now();
    socket.rest().await;
    assert!(started.elapsed() < app::LINGER * 2, "the server closed the connection by itself");
}

#[actix_web::test]
async fn a_chunked_body_that_is_read_leaves_the_connection_open() {
    let address = app::start().await;
    let mut socket = Socket::connect(&address).await;
    for _ in 0..2 {
        socket
            .send("POST /v1/editor/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        socket.send("c\r\n{\"text\":\"a\"}\r\n0\r\n\r\n").await;
        assert_eq!(socket.answer().await.status, 201);
    }
}

#[actix_web::test]
async fn a_later_head_that_does_not_arrive_keeps_no_connection() {
    let address = app::start_with(Patience { head: Duration::from_secs(1), ..Patience::default() }).await;
    for beginning in ["G", "\r\n\r\n", "GET /v1/notes/a HTTP/1.1\r\nhost: x\r\n"] {
        let mut socket = Socket::connect(&address).await;
        socket.send(get("/v1/notes/a")).await;
        assert_eq!(socket.answer().await.status, 200);
        socket.send(beginning).await;
        assert_eq!(socket.rest().await, b"", "{beginning:?}");
    }
}

#[actix_web::test]
async fn requests_that_come_at_once_are_answered_in_order_each_in_its_own_form() {
    let address = app::start().await;
    let mut socket = Socket::connect(&address).await;
    let body = "{\"text\":\"a\"}";
    let chunked = "POST /v1/editor/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nc\r\n{\"text\":\"a\"}\r\n0\r\n\r\n";
    let long = get("/v1/long/300000");
    let requests = [
        &get("/v1/notes/a"),
        &get("/v1/notes/b").replace("GET", "HEAD"),
        &(post("application/json", body.len()) + body),
        &long,
        chunked,
        &get("/v1/notes/c").replace("host: x", "host: x\r\nconnection: close"),
    ];
    socket.send(requests.concat()).await;
    let mut seen = Vec::new();
    for request in requests {
        socket.expect(request);
        let answer = socket.answer().await;
        seen.push((answer.status, answer.text().len(), answer.header("connection").map(str::to_owned)));
    }
    let kept = |status, length| (status, length, None);
    assert_eq!(seen, [kept(200, 12), kept(200, 0), kept(201, 12), kept(200, 300_000), kept(201, 12), (200, 12, Some("close".to_owned()))]);
    assert_eq!(socket.rest().await, b"");
}

#[actix_web::test]
async fn the_last_answer_arrives_whole_whatever_was_sent_behind_its_request() {
    let address = app::start().await;
    let last = get("/v1/long/400000").replace("host: x", "host: x\r\nconnection: close");
    for behind in ["x".to_owned(), get("/v1/notes/a").repeat(1000)] {
        for is_late in [false, true] {
            let mut socket = Socket::connect(&address).await;
            if is_late {
                socket.send(&last).await;
                // It has been answered, and the system holds what is not read.
                actix_web::rt::time::sleep(Duration::from_millis(50)).await;
                socket.send(&behind).await;
            } else {
                socket.send(format!("{last}{behind}")).await;
            }
            socket.expect(&last);
            actix_web::rt::time::sleep(Duration::from_millis(50)).await;
            assert_eq!(socket.answer().await.text().len(), 400_000);
            assert_eq!(socket.end().await, b"");
        }
    }
}
