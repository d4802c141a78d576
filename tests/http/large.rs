//! Large answers, and clients that do not read them.

use std::time::Duration;

use dateline::http::Patience;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use crate::answer::Answer;
use crate::app::{self, MOST_BYTES};
use crate::raw::exchange;

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

fn is_refused(answer: &Answer) -> bool {
    let told = (answer.status, answer.json()["code"].as_str(), answer.header("retry-after"), answer.header("cache-control"));
    told == (503, Some("unavailable"), Some("5"), Some("no-store"))
}

/// Asks for an answer that takes the whole budget and is more than the system keeps for a connection, and reads nothing of it.
async fn mute_client(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("there is a socket");
    socket.set_recv_buffer_size(4096).expect("it keeps little");
    let mut mute = socket.connect(address.parse().expect("it is an address")).await.expect("the server listens");
    mute.write_all(get(&format!("/v1/long/{MOST_BYTES}")).as_bytes()).await.expect("it is taken");
    mute.readable().await.expect("it is answered");
    mute
}

#[actix_web::test]
async fn who_reads_nothing_holds_up_large_reads_alone() {
    let address = app::start().await;
    let _mute = mute_client(&address).await;
    let long = exchange(&address, get("/v1/long/70000")).await;
    assert!(is_refused(&long), "{long}");
    let editors = exchange(&address, get("/v1/editor/long/70000")).await;
    editors.is_problem(503, "unavailable").has_header("cache-control", "private, no-store, no-transform");
    for (path, status) in [("/v1/long/65536", 200), ("/v1/editor/long/65536", 200), ("/v1/notes/a", 200), ("/v1/nowhere", 404)] {
        assert_eq!(exchange(&address, get(path)).await.status, status, "{path}");
    }
    // What was done is told in any case.
    let made = exchange(&address, get("/v1/editor/long/70000").replace("GET", "POST")).await;
    assert_eq!((made.status, made.body.len()), (200, 70000));
}

#[actix_web::test]
async fn who_reads_nothing_is_let_go_and_others_have_their_answers_again() {
    let address = app::start_with(Patience { answer: Duration::from_millis(500), ..Patience::default() }).await;
    let mut mute = mute_client(&address).await;
    while is_refused(&exchange(&address, get("/v1/long/70000")).await) {}
    let whole = exchange(&address, get(&format!("/v1/long/{MOST_BYTES}"))).await;
    assert_eq!((whole.status, whole.body.len()), (200, MOST_BYTES));
    let mut seen = Vec::new();
    let ended = mute.read_to_end(&mut seen).await;
    assert!(ended.is_err() && seen.len() < MOST_BYTES, "{ended:?}, {}", seen.len());
}

#[actix_web::test]
async fn a_large_answer_is_the_same_packed_and_leaves_the_connection_open() {
    let address = app::start().await;
    let mut socket = crate::raw::Socket::connect(&address).await;
    let mut tags = Vec::new();
    for coding in ["identity", "gzip", "br", "zstd"] {
        for method in ["GET", "HEAD"] {
            let request =
                get("/v1/long/1000000").replace("GET", method).replace("host: x", &format!("host: x\r\naccept-encoding: {coding}"));
            socket.send(request).await;
            let answer = socket.answer().await;
            assert_eq!((answer.status, answer.header("content-encoding").unwrap_or("identity")), (200, coding));
            let length: usize = answer.header("content-length").unwrap().parse().unwrap();
            assert_eq!(answer.body.len(), if method == "HEAD" { 0 } else { length });
            assert!((coding == "identity") == (length == 1_000_000), "{coding} {length}");
            tags.push(answer.header("etag").unwrap().to_owned());
        }
    }
    tags.dedup();
    assert_eq!(tags.len(), 4, "one tag for each coding: {tags:?}");
}
