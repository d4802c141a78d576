//! What actix refuses while it reads a request: two lengths, no `Host`, a head that is too large or too slow. It answers by itself, with
//! a bare head, before anything of ours has seen a request, and has no hook for it. But its own answers are the only ones without
//! `x-request-id`, and the last bytes of their connection: [`Wire`](super::wire::Wire) puts in their place what every other refusal is.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep};

use super::problem;
use super::request_id;
use crate::kernel::problem::{Code, Problem};

/// A head of actix's own is no longer than this.
const LONGEST: usize = 256;

/// An answer of actix's own, as it stands at the end of what is to be written.
#[derive(Debug, PartialEq)]
pub(super) struct Bare<'a> {
    /// Where it begins.
    pub at: usize,
    status: StatusCode,
    status_line: &'a str,
    date: &'a str,
}

impl<'a> Bare<'a> {
    /// Finds it.
    pub fn find(bytes: &'a [u8]) -> Option<Self> {
        if !bytes.ends_with(b"\r\n\r\n") {
            return None;
        }
        let least = bytes.len().saturating_sub(LONGEST);
        let at = least + bytes[least..].windows(7).rposition(|window| window == b"HTTP/1.")?;
        // With the space behind the version: a URL in a header of ours has none.
        bytes.get(at + 8).filter(|byte| **byte == b' ')?;
        let mut lines = std::str::from_utf8(&bytes[at..]).ok()?.trim_end().split("\r\n");
        let status_line = lines.next()?;
        let status = StatusCode::from_bytes(status_line.as_bytes().get(9..12)?).ok()?;
        let mut date = None;
        for line in lines {
            match line.split_once(": ")? {
                ("content-length", "0") | ("connection", _) => {}
                ("date", given) => date = Some(given),
                _ => return None,
            }
        }
        (status.is_client_error() || status.is_server_error()).then_some(Self { at, status, status_line, date: date? })
    }

    /// The whole answer in its place; told to the log as other refusals are.
    pub fn explained(&self) -> Bytes {
        let (id, status) = (request_id::new(), self.status.as_u16());
        let id = id.to_str().unwrap_or_default();
        let code = if status == 400 { Code::MalformedRequest } else { problem::of_status(self.status, None).code() };
        tracing::info!(target: "dateline::access", status, request_id = id, "refused while it was read: {status}");
        let body = problem::body(&Problem::new(code, code.explanation()), id);
        let head = format!(
            "{}\r\ncontent-length: {}\r\nconnection: close\r\ncontent-type: {}\r\ncache-control: no-store\r\nx-request-id: {id}\r\n\
             x-content-type-options: nosniff\r\ndate: {}\r\n\r\n",
            self.status_line,
            body.len(),
            problem::PROBLEM_JSON,
            self.date
        );
        [head.into_bytes(), body].concat().into()
    }
}

/// A client that has sent nothing more has so long to close, or to send something after all.
const QUIET: Duration = Duration::from_secs(1);

/// The end of a connection. Closed at once, it would be reset where the client still sends, and the answer with it (RFC 9112, section 9.6): what
/// comes is read away, until the client closes or its time is over.
pub(super) struct Farewell {
    unsent: Bytes,
    over: Pin<Box<Sleep>>,
    /// What a client gets that sends.
    longer: Option<Instant>,
}

impl Farewell {
    /// With the last answer, and the time that the client has.
    pub fn new(answer: Bytes, limit: Duration) -> Self {
        Self { unsent: answer, over: Box::pin(sleep(limit)), longer: None }
    }

    /// To a client that has sent nothing more: its answer is with the system, which may still be sending it.
    pub fn quiet(limit: Duration) -> Self {
        Self { unsent: Bytes::new(), over: Box::pin(sleep(QUIET.min(limit))), longer: Some(Instant::now() + limit) }
    }

    /// Ready once all is said and heard.
    pub fn poll(&mut self, socket: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut read = [0; 4096];
        while self.over.as_mut().poll(cx).is_pending() {
            if self.unsent.is_empty() {
                ready!(Pin::new(&mut *socket).poll_shutdown(cx))?;
                let mut buffer = ReadBuf::new(&mut read);
                ready!(Pin::new(&mut *socket).poll_read(cx, &mut buffer))?;
                if buffer.filled().is_empty() {
                    break;
                }
                if let Some(until) = self.longer.take() {
                    self.over.as_mut().reset(until);
                }
            } else {
                let sent = ready!(Pin::new(&mut *socket).poll_write(cx, &self.unsent))?;
                let _ = self.unsent.split_to(sent);
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BARE: &str = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: Thu, 26 Nov 2026 01:25:35 GMT\r\n\r\n";

    #[test]
    fn a_url_in_a_header_of_ours_is_no_refusal() {
        let head = "HTTP/1.1 304 Not Modified\r\nlink: </v1/articles?category=HTTP/1.1_404_x>; rel=\"next\"\r\ndate: Thu, 26 Nov 2026 01:25:35 GMT\r\n\r\n";
        assert!(Bare::find(head.as_bytes()).is_none());
    }

    #[test]
    fn an_answer_of_actix_s_own_is_told_from_ours() {
        let found = Bare::find(BARE.as_bytes()).unwrap();
        assert_eq!((found.at, found.status, found.date), (0, StatusCode::BAD_REQUEST, "Thu, 26 Nov 2026 01:25:35 GMT"));
        let behind = format!("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: a\r\n\r\n{{}}{BARE}");
        assert_eq!(Bare::find(behind.as_bytes()).map(|found| found.at), Some(behind.len() - BARE.len()));
        for other in [
            "",
            "\r\n\r\n",
            "HTTP/1.1 100 Continue\r\n\r\n",
            &BARE.replace("400 Bad Request", "304 Not Modified"),
            &BARE.replace("connection", "x-request-id: a\r\nconnection"),
            &BARE.replace("length: 0", "length: 1"),
            &format!("{BARE}more"),
            &BARE[1..],
        ] {
            assert_eq!(Bare::find(other.as_bytes()), None, "{other:?}");
        }
    }

    #[test]
    fn it_is_a_problem_like_any_other() {
        let answer = Bare::find(BARE.as_bytes()).unwrap().explained();
        let (head, body) = std::str::from_utf8(&answer).unwrap().split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with("HTTP/1.1 400 Bad Request\r\n") && head.contains(&format!("content-length: {}\r\n", body.len())),
            "{head}"
        );
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["code"], &body["status"]), (&"malformed_request".into(), &400.into()));
        assert!(head.contains(&format!("x-request-id: {}\r\n", body["request_id"].as_str().unwrap())), "{head}");
    }
}
