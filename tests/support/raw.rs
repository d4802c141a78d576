//! A bare socket, for requests that no HTTP client would send: malformed, cut off, slow, too large.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::Answer;

/// How long to wait for bytes before a test is failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// Writes `request` to the server at `address` (`127.0.0.1:41234`) and reads one answer.
pub async fn exchange(address: &str, request: impl AsRef<[u8]>) -> Answer {
    let mut socket = Socket::connect(address).await;
    socket.send(request).await;
    socket.answer().await
}

/// An open connection.
pub struct Socket {
    stream: TcpStream,
    received: Vec<u8>,
    asked: (String, String),
    was_reset: bool,
}

impl Socket {
    /// Connects.
    pub async fn connect(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap_or_else(|error| panic!("nothing listens at {address}: {error}"));
        Self { stream, received: Vec::new(), asked: (String::new(), String::new()), was_reset: false }
    }

    /// Writes bytes; whether the server took them all. One that has answered already may have closed its side.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        let bytes = bytes.as_ref();
        self.expect(bytes);
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Says which of the requests that were sent is answered next.
    pub fn expect(&mut self, request: impl AsRef<[u8]>) {
        if let Some(asked) = request_line(request.as_ref()) {
            self.asked = asked;
        }
    }

    /// Says that nothing more will be sent.
    pub async fn finish(&mut self) {
        let _ = self.stream.shutdown().await;
    }

    /// Reads one answer and leaves what comes behind it. The test fails where none comes.
    pub async fn answer(&mut self) -> Answer {
        let head = loop {
            if let Some(end) = find(&self.received, b"\r\n\r\n") {
                break self.received.drain(..end + 4).collect::<Vec<u8>>();
            }
            assert!(self.read_more().await, "the server closed the connection instead of answering; it sent {:?}", self.text());
        };
        let (status, headers) = parse_head(&String::from_utf8_lossy(&head));
        let body = self.read_body(status, &headers).await;
        Answer::seen(&self.asked.0, &self.asked.1, status, headers, body)
    }

    /// Reads until the server closes the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        while self.read_more().await {}
        std::mem::take(&mut self.received)
    }

    /// Reads until the server closes the connection in order, which drops nothing that it has sent; what was left.
    pub async fn end(&mut self) -> Vec<u8> {
        let rest = self.rest().await;
        assert!(!self.was_reset, "the connection was reset");
        rest
    }

    async fn read_body(&mut self, status: u16, headers: &[(String, String)]) -> Vec<u8> {
        let header = |name: &str| headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str());
        if self.asked.0 == "HEAD" || status < 200 || status == 204 || status == 304 {
            return Vec::new();
        }
        if header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
            return self.read_chunks().await;
        }
        match header("content-length").map(|length| length.parse().expect("a Content-Length is a number")) {
            Some(length) => self.take(length).await,
            None => self.rest().await,
        }
    }

    async fn read_chunks(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        loop {
            let line = loop {
                if let Some(end) = find(&self.received, b"\r\n") {
                    break self.take(end + 2).await;
                }
                assert!(self.read_more().await, "the answer ends within a chunk's length");
            };
            let size = String::from_utf8_lossy(&line);
            let size = usize::from_str_radix(size.trim(), 16).unwrap_or_else(|_| panic!("{size:?} is no chunk's length"));
            let chunk = self.take(size + 2).await;
            if size == 0 {
                return body;
            }
            body.extend_from_slice(&chunk[..size]);
        }
    }

    async fn take(&mut self, length: usize) -> Vec<u8> {
        while self.received.len() < length {
            assert!(self.read_more().await, "the answer was cut off: {} of {length} bytes came", self.received.len());
        }
        self.received.drain(..length).collect()
    }

    async fn read_more(&mut self) -> bool {
        let mut buffer = vec![0; 16 * 1024];
        let read = timeout(PATIENCE, self.stream.read(&mut buffer)).await.unwrap_or_else(|_| panic!("nothing came for {PATIENCE:?}"));
        // A reset is an end as well: it is how a server closes on a caller that goes on sending.
        self.was_reset |= read.is_err();
        let count = read.unwrap_or(0);
        self.received.extend_from_slice(&buffer[..count]);
        count > 0
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.received).into_owned()
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Method and target, where the bytes begin with a request line.
fn request_line(bytes: &[u8]) -> Option<(String, String)> {
    let line = std::str::from_utf8(&bytes[..find(bytes, b"\r\n")?]).ok()?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?, words.next()?);
    words.next()?.starts_with("HTTP/").then(|| (method.to_owned(), target.to_owned()))
}

fn parse_head(head: &str) -> (u16, Vec<(String, String)>) {
    let mut lines = head.lines();
    let line = lines.next().unwrap_or_default();
    let status = line.strip_prefix("HTTP/1.1 ").or(line.strip_prefix("HTTP/1.0 ")).and_then(|rest| rest.get(..3)?.parse().ok());
    let status = status.unwrap_or_else(|| panic!("{line:?} is no status line"));
    let headers = lines.filter_map(|line| line.split_once(':')).map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    (status, headers.collect())
}
