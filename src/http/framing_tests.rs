use actix_codec::Decoder;
use actix_http::ServiceConfig;
use actix_http::error::ParseError;
use actix_http::h1::{Codec, Message, MessageType};
use actix_web::web::BytesMut;
use proptest::prelude::*;

use super::*;

#[derive(Debug, PartialEq)]
enum End {
    Open,
    Refused,
    /// It drops the request with what it has begun.
    Dropped,
}

/// Where actix finds the ends of requests, and how it goes on.
fn by_actix(bytes: &[u8]) -> (Vec<usize>, End) {
    // Its configuration begins to keep the time.
    actix_web::rt::Runtime::new().unwrap().block_on(async { decode(bytes) })
}

fn decode(bytes: &[u8]) -> (Vec<usize>, End) {
    let mut codec = Codec::new(ServiceConfig::default());
    let (mut left, mut ends) = (BytesMut::from(bytes), Vec::new());
    loop {
        let is_end = match codec.decode(&mut left) {
            Ok(Some(Message::Item(_))) => matches!(codec.message_type(), MessageType::None),
            Ok(Some(Message::Chunk(chunk))) => chunk.is_none(),
            Ok(None) => return (ends, End::Open),
            Err(ParseError::Io(_)) => return (ends, End::Dropped),
            Err(_) => return (ends, End::Refused),
        };
        if is_end {
            ends.push(bytes.len() - left.len());
        }
    }
}

/// Where [`Framing`] finds them, given so many bytes at a time, and whether one is broken.
fn by_us(bytes: &[u8], sizes: &[usize]) -> (Vec<usize>, bool) {
    let (mut framing, mut at, mut ends) = (Framing::new(), 0, Vec::new());
    for size in sizes.iter().cycle() {
        let part = &bytes[at..bytes.len().min(at + size)];
        if part.is_empty() || framing.is_broken() {
            return (ends, framing.is_broken());
        }
        at += framing.take(part);
        if framing.has_ended() {
            ends.push(at);
        }
    }
    (ends, false)
}

const REQUESTS: [&str; 21] = [
    "GET / HTTP/1.1\r\nhost: x\r\n\r\n",
    "\r\nHEAD /b HTTP/1.1\nhost: x\n\n",
    "DELETE / HTTP/1.0\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\nContent-Length: 0\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length:  7 \r\nexpect: 100-continue\r\n\r\n\r\n\r\nGET",
    "POST / HTTP/1.1\r\nhost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
    "PUT / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nab\n\r\n0013 \r\n0\r\n\r\nGET / HTTP/1.1\r\n0\r\na: b\r\nc\r\n\r\n",
    "CONNECT x:1 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc",
    "GET / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\nconnection: upgrade\r\ncontent-length: 1\r\n\r\na",
    "POST / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1 a\r\nb\r\n0\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: +1\r\n\r\na",
    "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip\r\n\r\n",
    "CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\ncontent-length: 1\r\n\r\na",
    "GET /\r\n\r\n",
];

#[test]
fn each_request_ends_where_it_does() {
    for request in &REQUESTS[..10] {
        let ends = vec![request.len(), request.len() * 2];
        assert_eq!(by_us(request.repeat(2).as_bytes(), &[usize::MAX / 2]), (ends, false), "{request:?}");
    }
    for (at, refused) in REQUESTS.iter().enumerate().skip(10).filter(|(at, _)| !(14..17).contains(at)) {
        let is_broken = at < 14;
        assert_eq!(by_us(format!("{refused}{}", REQUESTS[0]).as_bytes(), &[4096]), (vec![], is_broken), "{refused:?}");
    }
}

#[test]
fn a_line_of_trailers_ends_in_one_way() {
    let last = "POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n";
    for (trailers, is_broken) in
        [("a: b\tc\r\n\r\n", false), ("a: b\nc: d\r\n\r\n", true), ("\n\r\n", true), ("a\r\r\n", true), ("a\0\r\n\r\n", true)]
    {
        assert_eq!(by_us(format!("{last}{trailers}").as_bytes(), &[4096]).1, is_broken, "{trailers:?}");
    }
}

#[test]
fn a_head_is_within_until_it_is_whole() {
    let mut framing = Framing::new();
    assert!(framing.has_ended() && !framing.is_within_head());
    for (bytes, is_within) in
        [("\r\n", true), ("GET / HTTP/1.1\r\n", true), ("content-length: 2\r\n\r\na", false), ("a", false), ("G", true)]
    {
        assert_eq!((framing.take(bytes.as_bytes()), framing.is_within_head()), (bytes.len(), is_within), "{bytes:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is sent, and however it is cut: up to what actix refuses both see the same requests.
    #[test]
    fn requests_end_where_actix_finds_their_ends(
        requests in prop::collection::vec(0..REQUESTS.len(), 1..6),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(b"\r\n 0a;:5".to_vec())), 0..3),
        sizes in prop::collection::vec(1usize..80, 1..6),
    ) {
        let mut bytes: Vec<u8> = requests.iter().flat_map(|which| REQUESTS[*which].bytes()).collect();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let (mut theirs, end) = by_actix(&bytes);
        let (mut ours, is_broken) = by_us(&bytes, &sizes);
        if end == End::Dropped {
            prop_assert!(is_broken, "{:?}", String::from_utf8_lossy(&bytes));
        }
        if is_broken {
            // It is less strict with trailers.
            theirs.truncate(ours.len());
        }
        if end == End::Refused {
            ours.truncate(theirs.len());
        }
        prop_assert_eq!(ours, theirs, "{:?}", String::from_utf8_lossy(&bytes));
    }
}
