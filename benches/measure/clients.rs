//! A closed loop: each connection sends its next request when the answer to the last one is in.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// One request, as it is written to the socket, and the status that it must get.
#[derive(Clone, Debug)]
pub struct Request {
    bytes: Vec<u8>,
    status: u16,
}

impl Request {
    pub fn get(path: &str) -> Self {
        Self { bytes: format!("GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n").into_bytes(), status: 200 }
    }

    /// Of somebody who has logged in.
    pub fn get_as(token: &str, path: &str) -> Self {
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n").into_bytes();
        Self { bytes, status: 200 }
    }

    /// For a caller who has this already.
    pub fn unchanged(path: &str, etag: &str) -> Self {
        let bytes = format!("GET {path} HTTP/1.1\r\nHost: bench\r\nIf-None-Match: {etag}\r\n\r\n").into_bytes();
        Self { bytes, status: 304 }
    }
}

/// How long, and over how many connections at once.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    pub connections: usize,
    pub duration: Duration,
}

/// How long each request took.
pub struct Seen {
    latencies: Vec<Duration>,
    duration: Duration,
}

impl Seen {
    pub fn requests(&self) -> usize {
        self.latencies.len()
    }

    pub fn per_second(&self) -> f64 {
        self.requests() as f64 / self.duration.as_secs_f64()
    }

    /// Below which this share of the latencies lies.
    pub fn percentile(&self, share: f64) -> Duration {
        self.latencies[((self.latencies.len() - 1) as f64 * share) as usize]
    }
}

impl Load {
    pub fn warm_up(self, address: &str, requests: &[Request]) {
        Self { duration: Duration::from_millis(500), ..self }.run(address, requests);
    }

    pub fn run(self, address: &str, requests: &[Request]) -> Seen {
        let begun = Instant::now();
        let end = begun + self.duration;
        let mut latencies: Vec<Duration> = thread::scope(|scope| {
            let each = |first: usize| scope.spawn(move || connection(address, requests, first, end));
            let connections: Vec<_> = (0..self.connections).map(each).collect();
            connections.into_iter().flat_map(|connection| connection.join().unwrap()).collect()
        });
        latencies.sort_unstable();
        Seen { latencies, duration: begun.elapsed() }
    }
}

/// Sends until the end, each connection from another place on.
fn connection(address: &str, requests: &[Request], first: usize, end: Instant) -> Vec<Duration> {
    let socket = TcpStream::connect(address).unwrap();
    socket.set_nodelay(true).unwrap();
    let (mut writer, mut reader) = (socket.try_clone().unwrap(), BufReader::with_capacity(64 * 1024, socket));
    let (mut latencies, mut body) = (Vec::with_capacity(100_000), Vec::new());
    for request in requests.iter().cycle().skip(first * 97 % requests.len()) {
        let sent = Instant::now();
        if sent >= end {
            break;
        }
        writer.write_all(&request.bytes).unwrap();
        let status = read(&mut reader, &mut body);
        assert_eq!(status, request.status, "{}: {}", String::from_utf8_lossy(&request.bytes), String::from_utf8_lossy(&body));
        latencies.push(sent.elapsed());
    }
    latencies
}

/// Reads one answer with a `Content-Length`; its status.
fn read(reader: &mut BufReader<TcpStream>, body: &mut Vec<u8>) -> u16 {
    let (mut line, mut status, mut length) = (String::new(), 0, 0);
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        let text = line.trim_end();
        if text.is_empty() {
            break;
        }
        if let Some(rest) = text.strip_prefix("HTTP/1.1 ") {
            status = rest[..3].parse().unwrap();
        } else if let Some((name, value)) = text.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    body.resize(if status == 304 { 0 } else { length }, 0);
    reader.read_exact(body).unwrap();
    status
}
