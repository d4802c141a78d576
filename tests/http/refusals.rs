//! What is refused while it is read: it never was a request, and is answered like one.

use std::time::Duration;

use dateline::http::Patience;

use crate::answer::Answer;
use crate::app;
use crate::raw::Socket;

const CREATE: &str = "POST /v1/editor/notes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
const READ: &str = "GET /v1/notes/a HTTP/1.1\r\nhost: x\r\n\r\n";
/// What is hidden behind a request to be run as one of its own.
const SMUGGLED: &str = "GET /v1/notes/smuggled HTTP/1.1\r\nhost: x\r\n\r\n";

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: &str) {
    answer.is_problem(status, code).has_header("cache-control", "no-store").has_header("connection", "close");
    answer.has_header("x-content-type-options", "nosniff").expect_header("date");
    assert_eq!(answer.expect_header("x-request-id"), answer.text_at("/request_id"));
    assert_eq!(answer.text_at("/request_id").len(), 36);
    assert_eq!(answer.expect_header("content-length"), answer.body.len().to_string());
}

/// Sends bytes and is told once why they are no request; then the connection ends.
async fn is_refused_once(request: impl AsRef<[u8]>, status: u16, code: &str) {
    let mut socket = Socket::connect(&app::start().await).await;
    socket.send(request).await;
    ends_with_refusal(socket, status, code).await;
}

async fn ends_with_refusal(mut socket: Socket, status: u16, code: &str) {
    is_refused(&socket.answer().await, status, code);
    assert_eq!(socket.rest().await, b"", "nothing comes behind it");
}

#[actix_web::test]
async fn a_host_that_is_none_is_refused_and_head_is_told_without_a_body() {
    for host in ["a b<>", "a/b", "a@b", "a:b"] {
        let mut socket = Socket::connect(&app::start().await).await;
        socket.send(format!("GET /v1/notes/a HTTP/1.1\r\nhost: {host}\r\n\r\n")).await;
        socket.answer().await.is_problem(400, "invalid_header");
        socket.send(format!("HEAD /v1/notes/a HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n")).await;
        let head = String::from_utf8(socket.rest().await).unwrap();
        assert!(head.starts_with("HTTP/1.1 400 ") && head.contains("content-type: application/problem+json"), "{head}");
        assert!(head.ends_with("\r\n\r\n"), "{head}");
    }
}

#[actix_web::test]
async fn what_is_no_http_request_is_a_problem_and_the_connection_ends() {
    for request in [
        "garbage\r\n\r\n".to_owned(),
        "GET /v1/notes/a\r\n\r\n".to_owned(),
        "G@T /v1/notes/a HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET /v1/notes/a HTTP/3.0\r\nhost: x\r\n\r\n".to_owned(),
        "GET /v1/notes/ä HTTP/1.1\r\nhost: x\r\n\r\n".to_owned(),
        "GET /v1/notes/a HTTP/1.1\r\n\r\n".to_owned(),
        "GET /v1/notes/a HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n".to_owned(),
        "GET /v1/notes/a HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n".to_owned(),
        format!("{CREATE}content-length: 3\r\ncontent-length: 4\r\n\r\nabc{SMUGGLED}"),
        format!("{CREATE}content-length: 3\r\ncontent-length: 3\r\n\r\nabc{SMUGGLED}"),
        format!("{CREATE}content-length: -1\r\n\r\n{SMUGGLED}"),
        format!("{CREATE}content-length: +3\r\n\r\nabc{SMUGGLED}"),
        format!("{CREATE}content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{CREATE}transfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{CREATE}transfer-encoding: xchunked\r\n\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{CREATE}transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{CREATE}transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n\r\n0\r\n\r\n{SMUGGLED}"),
        format!("{}transfer-encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}", CREATE.replace("1.1", "1.0")),
    ] {
        is_refused_once(&request, 400, "malformed_request").await;
    }
}

#[actix_web::test]
async fn a_head_that_is_too_large_is_431_also_to_who_is_still_sending() {
    for request in [
        READ.replace("notes/a", &"a".repeat(200_000)),
        READ.replace("host: x", &format!("host: x\r\na: {}", "a".repeat(8_000_000))),
        READ.replace("host: x", &format!("host: x{}", "\r\na: b".repeat(120))),
    ] {
        is_refused_once(&request, 431, "headers_too_large").await;
    }
}

#[actix_web::test]
async fn a_head_that_does_not_arrive_is_408() {
    let address = app::start_with(Patience { head: Duration::from_millis(300), ..Patience::default() }).await;
    let mut socket = Socket::connect(&address).await;
    socket.send("GET /v1/notes/a HTTP/1.1\r\nhost: x\r\n").await;
    ends_with_refusal(socket, 408, "request_timeout").await;
}

#[actix_web::test]
async fn requests_before_it_are_answered_and_none_behind_it() {
    for path in ["/v1/notes/a", "/v1/long/1000000", "/v1/nowhere"] {
        let mut socket = Socket::connect(&app::start().await).await;
        let good = READ.replace("/v1/notes/a", path);
        socket.send(format!("{good}{good}{CREATE}content-length: 1\r\ncontent-length: 2\r\n\r\nab{SMUGGLED}")).await;
        let (first, second) = (socket.answer().await, socket.answer().await);
        assert!(first.status == second.status && first.header("etag") == second.header("etag") && first.header("connection").is_none());
        is_refused(&socket.answer().await, 400, "malformed_request");
        assert_eq!(socket.rest().await, b"");
    }
}

#[actix_web::test]
async fn a_body_that_is_framed_wrongly_has_one_answer() {
    for body in ["zz\r\n{}\r\n0\r\n\r\n", "2\r\n{}XX0\r\n\r\n", "2\r\n{}\r\nxyz\r\n"] {
        let mut socket = Socket::connect(&app::start().await).await;
        socket.send(format!("{CREATE}transfer-encoding: chunked\r\n\r\n{body}{SMUGGLED}")).await;
        socket.answer().await.is_problem(400, "malformed_request").has_header("connection", "close");
        assert_eq!(socket.end().await, b"", "{body:?}");
    }
}

#[actix_web::test]
async fn who_asked_for_something_without_a_body_is_told_what_was_done_though_one_is_framed_wrongly() {
    let zipped = READ.replace("/v1/notes/a", "/v1/openapi.json").replace("host: x", "host: x\r\naccept-encoding: gzip");
    for request in [READ.to_owned(), READ.replace("GET", "HEAD"), zipped, READ.replace("notes/a", "long/3000000")] {
        let mut socket = Socket::connect(&app::start().await).await;
        let head = request.replace("host: x", "host: x\r\ntransfer-encoding: chunked");
        socket.send(format!("{head}zz\r\n{SMUGGLED}")).await;
        socket.expect(&request);
        let answer = socket.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (200, Some("close")), "{request:?}");
        assert_eq!(socket.end().await, b"", "{request:?}");
    }
}

#[actix_web::test]
async fn a_body_that_ends_with_its_connection_has_the_last_answer() {
    for framing in ["content-length: 5\r\n\r\n{", "transfer-encoding: chunked\r\n\r\n5\r\n{"] {
        let mut socket = Socket::connect(&app::start().await).await;
        socket.send(format!("{CREATE}{framing}")).await;
        socket.finish().await;
        socket.answer().await.is_problem(400, "malformed_request").has_header("connection", "close");
        assert_eq!(socket.end().await, b"", "{framing:?}");
    }
}

#[actix_web::test]
async fn another_protocol_is_not_gone_over_to_and_takes_no_body() {
    let upgrading = |request: &str, to: &str| request.replace("host: x", &format!("host: x\r\nconnection: upgrade\r\nupgrade: {to}"));
    let address = app::start().await;
    for to in ["h2c", "websocket"] {
        let mut socket = Socket::connect(&address).await;
        socket.send(upgrading(READ, to)).await;
        let answer = socket.answer().await;
        assert_eq!((answer.status, answer.header("connection")), (200, Some("close")), "{to}");
        assert_eq!(socket.end().await, b"", "{to}");

        let mut socket = Socket::connect(&address).await;
        socket.send(upgrading(CREATE, to) + "content-length: 12\r\n\r\n{\"text\":\"a\"}").await;
        socket.answer().await.is_problem(400, "malformed_request").has_header("connection", "close");
        assert_eq!(socket.end().await, b"", "{to}");
    }
}
