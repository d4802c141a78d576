//! The tests' own tools, tested: throwaway databases, the check of answers against an OpenAPI document, the bare socket.

#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

mod support;

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query, sql_types};
use serde_json::{Value, json};
use support::answer::Answer;
use support::client::Client;
use support::database::TestDatabase;
use support::postgres::{self, Server};
use support::raw;
use support::schema::Document;
use support::{Engine, engines};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

fn postgres_is_under_test() -> bool {
    engines().contains(&Engine::Postgres)
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = sql_types::BigInt)]
    count: i64,
}

fn run(url: &str, sql: &str) {
    let mut connection = PgConnection::establish(url).unwrap();
    sql_query(sql).execute(&mut connection).unwrap();
}

fn count(url: &str, table: &str) -> i64 {
    let mut connection = PgConnection::establish(url).unwrap();
    sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result::<Count>(&mut connection).unwrap().count
}

#[test]
fn each_database_is_a_fresh_one_and_a_clone_holds_what_its_template_holds() {
    if !postgres_is_under_test() {
        return;
    }
    let server = postgres::server();
    let template = server.create_database();
    run(&template, "CREATE TABLE articles (id bigint)");
    run(&template, "INSERT INTO articles VALUES (1), (2)");
    let clone = server.clone_database(&template);
    run(&clone, "INSERT INTO articles VALUES (3)");
    assert_eq!((count(&template, "articles"), count(&clone, "articles")), (2, 3));
    server.drop_database(&clone);
    server.drop_database(&template);
    assert!(PgConnection::establish(&clone).is_err());
}

#[test]
fn a_template_is_prepared_once() {
    fn prepare(url: &str) {
        static TIMES: std::sync::atomic::AtomicU8 = std::sync::atomic::AtomicU8::new(0);
        assert_eq!(TIMES.fetch_add(1, std::sync::atomic::Ordering::SeqCst), 0, "prepared twice");
        run(url, "CREATE TABLE articles (id bigint)");
    }
    if postgres_is_under_test() {
        let (one, two) = (TestDatabase::prepared(Engine::Postgres, prepare), TestDatabase::prepared(Engine::Postgres, prepare));
        run(one.url(), "INSERT INTO articles VALUES (1)");
        assert_eq!((count(one.url(), "articles"), count(two.url(), "articles")), (1, 0));
    }
    let one = TestDatabase::prepared(Engine::Sqlite, |url| std::fs::write(url.trim_start_matches("sqlite://"), "content").unwrap());
    assert_eq!(std::fs::read(one.file()).unwrap(), b"content");
    let folder = one.file().parent().unwrap().to_owned();
    drop(one);
    assert!(!folder.exists());
}

#[test]
fn an_own_server_keeps_what_was_committed_before_a_crash() {
    if !postgres_is_under_test() {
        return;
    }
    let server = Server::start_own();
    let url = server.create_database();
    run(&url, "CREATE TABLE articles (id bigint)");
    run(&url, "INSERT INTO articles VALUES (1)");
    server.stop_immediate();
    assert!(PgConnection::establish(&url).is_err());
    server.start_again();
    assert_eq!(count(&url, "articles"), 1);
    let folder = server.folder().to_owned();
    drop(server);
    assert!(!folder.exists());
}

#[test]
fn a_server_with_tls_takes_no_plain_connection() {
    if !postgres_is_under_test() {
        return;
    }
    let server = Server::start_with_tls();
    assert!(server.ca_file().exists() && server.other_ca_file().exists());
    let refused = PgConnection::establish(&format!("{}?sslmode=disable", server.admin_url())).err().expect("it must refuse");
    assert!(refused.to_string().contains("pg_hba.conf"), "{refused}");
}

/// Not a test by itself: [`a_killed_test_process_leaves_no_server_behind`] runs it in another process, which it kills.
#[test]
#[ignore = "waits to be killed"]
fn holds_a_server_until_it_is_killed() {
    let server = Server::start_own();
    std::fs::write(std::env::var("DATELINE_TEST_NOTE").unwrap(), server.folder().display().to_string()).unwrap();
    std::thread::sleep(Duration::from_secs(120));
}

#[test]
fn a_killed_test_process_leaves_no_server_behind() {
    if !postgres_is_under_test() {
        return;
    }
    let folder = support::folder::Folder::new();
    let note = folder.join("note");
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "holds_a_server_until_it_is_killed"])
        .env("DATELINE_TEST_NOTE", &note)
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let cluster = await_that("the other process starts its server", || std::fs::read_to_string(&note).ok().filter(|path| !path.is_empty()));
    let pid_file = format!("{cluster}/cluster/postmaster.pid");
    let pid = std::fs::read_to_string(pid_file).unwrap().lines().next().unwrap().to_owned();
    victim.kill().unwrap();
    victim.wait().unwrap();
    await_that("the server's folder goes", || (!std::path::Path::new(&cluster).exists()).then_some(()));
    await_that("the server's process goes", || is_gone(&pid).then_some(()));
}

/// Whether a process has ended; one that nobody has waited for yet has.
fn is_gone(pid: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{pid}/stat")).map_or(true, |stat| stat.contains(") Z "))
}

fn await_that<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(60) {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("waited in vain: {what}");
}

fn document() -> Arc<Document> {
    let problem =
        json!({"description": "Refused", "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}});
    Document::new(json!({
        "openapi": "3.1.0",
        "paths": {
            "/v1/articles/newest": {"get": {"operationId": "newest", "responses": {"204": {"description": "None"}}}},
            "/v1/articles/{slug}": {"get": {"operationId": "readArticle", "responses": {
                "200": {
                    "description": "The article",
                    "headers": {"ETag": {"required": true, "schema": {"type": "string", "pattern": "^\".+\"$"}}, "Age": {"schema": {"type": "integer"}}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Article"}}},
                },
                "304": {"description": "Not modified"},
                "404": {"$ref": "#/components/responses/NotFound"},
            }}},
        },
        "components": {
            "responses": {"NotFound": problem},
            "schemas": {
                "Article": {"type": "object", "required": ["id", "published_at"], "additionalProperties": false, "properties": {
                    "id": {"type": "integer"},
                    "published_at": {"type": "string", "format": "date-time"},
                    "category": {"oneOf": [{"$ref": "#/components/schemas/Category"}, {"type": "null"}]},
                }},
                "Category": {"type": "object", "required": ["slug"], "properties": {"slug": {"type": "string"}}},
                "Problem": {"type": "object", "required": ["type", "code", "status"], "properties": {"code": {"type": "string"}}},
            },
        },
    }))
}

fn answer(request: &str, status: u16, headers: &[(&str, &str)], body: impl Into<Value>) -> Answer {
    let (method, path) = request.split_once(' ').unwrap();
    let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let body = match body.into() {
        Value::Null => Vec::new(),
        body => body.to_string().into_bytes(),
    };
    Answer::seen(method, path, status, headers, body)
}

const JSON: (&str, &str) = ("content-type", "application/json");
const PROBLEM: (&str, &str) = ("content-type", "application/problem+json");
const ETAG: (&str, &str) = ("etag", "\"7\"");

#[test]
fn answers_that_the_document_allows_pass() {
    let document = document();
    let article = json!({"id": 1, "published_at": "2026-11-30T08:00:00.000Z", "category": {"slug": "politics"}});
    let missing = json!({"type": "/docs/errors/not_found", "code": "not_found", "status": 404});
    let allowed = [
        answer("GET /v1/articles/hello?fields=id", 200, &[JSON, ETAG], article),
        answer("HEAD /v1/articles/hello", 200, &[JSON, ETAG], Value::Null),
        answer("GET /v1/articles/hello", 304, &[], Value::Null),
        answer("GET /v1/articles/newest", 204, &[], Value::Null),
        answer("GET /v1/articles/hello", 404, &[PROBLEM], missing.clone()),
        answer("GET /v1/nowhere", 404, &[PROBLEM], missing.clone()),
        answer("DELETE /v1/articles/hello", 405, &[PROBLEM, ("allow", "GET")], missing),
        answer("OPTIONS /v1/articles/hello", 204, &[("allow", "GET")], Value::Null),
    ];
    for answer in &allowed {
        document.check(answer).unwrap_or_else(|violation| panic!("{violation}: {answer}"));
    }
    let seen: Vec<_> = document.seen().into_iter().collect();
    assert_eq!(seen, [("newest".into(), 204), ("readArticle".into(), 200), ("readArticle".into(), 304), ("readArticle".into(), 404)]);
}

#[test]
fn answers_that_the_document_does_not_allow_are_named_precisely() {
    let document = document();
    let good = json!({"id": 1, "published_at": "2026-11-30T08:00:00.000Z"});
    let get = "GET /v1/articles/hello";
    let refused = [
        (answer(get, 201, &[JSON, ETAG], good.clone()), "readArticle: the status 201 is not declared"),
        (answer(get, 200, &[JSON], good.clone()), "the header ETag is declared as required and missing"),
        (answer(get, 200, &[JSON, ("etag", "7")], good.clone()), "the header ETag: at the top"),
        (answer(get, 200, &[JSON, ETAG, ("age", "old")], good.clone()), "the header Age: at the top"),
        (answer(get, 200, &[("content-type", "text/html"), ETAG], good.clone()), "the Content-Type text/html is not declared for 200"),
        (answer(get, 200, &[ETAG], good.clone()), "there is no Content-Type"),
        (answer(get, 200, &[JSON, ETAG], Value::Null), "it is not JSON"),
        (answer(get, 200, &[JSON, ETAG], json!({"id": "1", "published_at": "2026-11-30T08:00:00.000Z"})), "at /id: \"1\" is not of type"),
        (answer(get, 200, &[JSON, ETAG], json!({"id": 1})), "\"published_at\" is a required property"),
        (answer(get, 200, &[JSON, ETAG], json!({"id": 1, "published_at": "tomorrow"})), "at /published_at"),
        (answer(get, 200, &[JSON, ETAG], json!({"id": 1, "published_at": "2026-11-30T08:00:00Z", "category": {}})), "at /category"),
        (
            answer(get, 200, &[JSON, ETAG], json!({"id": 1, "published_at": "2026-11-30T08:00:00Z", "draft": true})),
            "'draft' was unexpected",
        ),
        (answer(get, 304, &[], good.clone()), "304 is declared without content"),
        (answer(get, 404, &[PROBLEM], json!({"code": "not_found"})), "\"type\" is a required property"),
        (answer("GET /v1/nowhere", 200, &[JSON], good.clone()), "no path of the document fits, and yet it answers 200"),
        (answer("GET /v1/nowhere", 404, &[("content-type", "text/plain")], Value::Null), "no problem document"),
        (answer("DELETE /v1/articles/hello", 405, &[PROBLEM], good.clone()), "405 without Allow"),
        (answer("DELETE /v1/articles/hello", 204, &[], Value::Null), "has no delete, and yet it answers 204"),
    ];
    for (answer, expected) in &refused {
        let violation = document.check(answer).expect_err(&format!("must be refused ({expected}): {answer}"));
        assert!(violation.contains(expected), "expected {expected:?}, got {violation:?}");
    }
}

#[test]
fn an_answer_says_what_was_asked_when_an_assertion_fails() {
    let answer = answer("GET /v1/articles?limit=1", 200, &[JSON], json!({"data": [{"slug": "a"}, {"slug": "b"}]}));
    assert_eq!(answer.is_ok().each("slug"), ["a", "b"]);
    assert_eq!((answer.text_at("/data/1/slug"), &answer["data"][0]["slug"]), ("b", &json!("a")));
    let message = std::panic::catch_unwind(move || answer["paging"].clone()).unwrap_err();
    let message = message.downcast_ref::<String>().unwrap();
    assert!(message.contains("expected the member paging") && message.contains("GET /v1/articles?limit=1 answered 200"), "{message}");
}

/// A server that reads one request's head and answers with these bytes.
async fn answer_once(bytes: &'static [u8]) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    actix_web::rt::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        assert!(stream.read(&mut buffer).await.unwrap() > 0);
        stream.write_all(bytes).await.unwrap();
    });
    address
}

#[actix_web::test]
async fn the_bare_socket_reads_one_answer_of_either_framing() {
    let chunked = answer_once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-A: b\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\nrest").await;
    let mut socket = raw::Socket::connect(&chunked).await;
    socket.send("GET /a HTTP/1.1\r\n\r\n").await;
    let answer = socket.answer().await;
    assert_eq!((answer.is_ok().text(), answer.header("x-a"), answer.path.as_str()), ("abcde".into(), Some("b"), "/a"));
    assert_eq!(socket.rest().await, b"rest");
    let counted = answer_once(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno").await;
    assert_eq!(raw::exchange(&counted, "GARBAGE\r\n\r\n").await.is(400).text(), "no");
}

#[actix_web::test]
#[should_panic(expected = "an answer that the OpenAPI document does not allow: readArticle: the header ETag")]
async fn the_client_fails_a_test_that_sees_an_answer_outside_the_document() {
    let address = answer_once(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}").await;
    Client::new(&format!("http://{address}")).checked_by(&document()).get("/v1/articles/hello").await;
}
