//! How a server stops.

use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};

use crate::support::database::TestDatabase;
use crate::support::folder::Folder;
use crate::support::program::{Server, dateline, rest, serve};
use crate::support::{Engine, engines};

/// How long it may take until it has ended, with a machine that is busy.
const MOST: Duration = Duration::from_secs(10);

#[test]
fn a_request_that_is_under_way_is_answered_before_the_server_ends() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let body = r#"{"email": "nobody@example.org", "password": "not the right one"}"#;
    let mut under_way = server.begin("POST", "/v1/auth/login");
    write!(under_way, "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n", body.len()).unwrap();
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    server.terminate();
    // A second long it still answers, and says that it is going.
    std::thread::sleep(Duration::from_millis(300));
    assert!(server.get("/readyz").starts_with("HTTP/1.1 503"));
    std::thread::sleep(Duration::from_millis(1500));
    under_way.write_all(body.as_bytes()).unwrap();
    let answer = rest(under_way);
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer:?}");
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
}

/// A request whose body does not come.
fn stalled(server: &Server) -> TcpStream {
    let mut socket = server.begin("POST", "/v1/auth/login");
    write!(socket, "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{").unwrap();
    assert!(server.get("/readyz").starts_with("HTTP/1.1 200"));
    socket
}

#[test]
fn who_never_ends_a_request_does_not_hold_the_server_up() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let stalled = stalled(&server);
    let asked = Instant::now();
    server.signal("INT");
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(asked.elapsed() < MOST, "it took {:?}", asked.elapsed());
    drop(stalled);
}

#[test]
fn a_database_that_does_not_answer_does_not_hold_the_server_up() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let (database, folder) = (TestDatabase::empty(Engine::Postgres), Folder::new());
    let server = Server::start(serve(folder.path(), database.url()));
    let mut other = PgConnection::establish(database.url()).unwrap();
    other.batch_execute("BEGIN; LOCK TABLE listings IN ACCESS EXCLUSIVE MODE").unwrap();
    let mut waiting = server.begin("GET", "/v1/articles");
    waiting.write_all(b"\r\n").unwrap();
    // It waits for the lock before the server is told to stop.
    let is_waiting = "DO $$ BEGIN WHILE NOT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND database = \
                      (SELECT oid FROM pg_database WHERE datname = current_database())) LOOP PERFORM pg_sleep(0.02); END LOOP; END $$";
    PgConnection::establish(database.url()).unwrap().batch_execute(is_waiting).unwrap();
    let asked = Instant::now();
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, Some(0), "{log}");
    assert!(asked.elapsed() < MOST, "it took {:?}", asked.elapsed());
    drop(waiting);
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let folder = Folder::new();
    let server = Server::start(dateline(folder.path(), &["serve"]));
    let stalled = stalled(&server);
    server.terminate();
    while !server.get("/readyz").starts_with("HTTP/1.1 503") {}
    let asked = Instant::now();
    server.terminate();
    let (code, log) = server.ended();
    assert_eq!(code, Some(2), "{log}");
    assert!(log.contains("a second signal: ended at once"), "{log}");
    assert!(asked.elapsed() < Duration::from_secs(4), "it took {:?}", asked.elapsed());
    drop(stalled);
}
