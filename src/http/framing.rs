//! Where each request on a connection ends (RFC 9112, sections 6 and 7.1). actix decodes every request that it finds in what it has read, and
//! frames an answer by the one that it decoded last: what a client sends at once is therefore given to it one request at a time. A head that
//! it refuses is not judged here; a body in chunks is, since at a fault there it would drop the request with what it has begun.

use httparse::{EMPTY_HEADER, Request, Status};

/// actix refuses a head with more.
const MOST_HEADERS: usize = 96;

/// Follows the bytes of a connection from request to request.
#[derive(Debug)]
pub(super) struct Framing(State);

#[derive(Debug)]
enum State {
    /// What has come of a head.
    Head(Vec<u8>),
    /// So many bytes are to come: of a body, or of one chunk of it.
    Data {
        left: u64,
        is_chunk: bool,
    },
    Chunked(Chunked),
    Ended,
    /// It has no end that can be told: actix refuses it, or reads what comes as one stream.
    Endless,
    /// Its chunks cannot be told apart.
    Broken,
}

/// A place between the data of a body in chunks.
#[derive(Clone, Copy, Debug)]
enum Chunked {
    SizeStart,
    Size(u64),
    Blank(u64),
    Extension(u64),
    SizeEnd(u64),
    DataEnd,
    DataEndEnd,
    /// Behind the last chunk: a line of trailers, or the empty one.
    LineStart,
    Line,
    LineEnd,
    LastEnd,
}

impl Framing {
    /// Of a new connection.
    pub fn new() -> Self {
        Self(State::Ended)
    }

    /// How many of these bytes belong to the request that is arriving, or to the next one where that has ended; none from where one is broken.
    pub fn take(&mut self, bytes: &[u8]) -> usize {
        if self.has_ended() {
            self.0 = State::Head(Vec::new());
        }
        let mut taken = 0;
        while taken < bytes.len() && !self.has_ended() && !self.is_broken() {
            taken += self.step(&bytes[taken..]);
        }
        taken
    }

    /// Whether all of it has come.
    pub fn has_ended(&self) -> bool {
        matches!(self.0, State::Ended)
    }

    /// Whether what has come of its body is no sequence of chunks: nothing behind that can be understood.
    pub fn is_broken(&self) -> bool {
        matches!(self.0, State::Broken)
    }

    /// Whether its head has begun to come, and is not whole.
    pub fn is_within_head(&self) -> bool {
        matches!(self.0, State::Head(_))
    }

    fn step(&mut self, bytes: &[u8]) -> usize {
        let (next, taken) = match &mut self.0 {
            State::Head(earlier) => match read_head(earlier, bytes) {
                Some((next, taken)) => (next, taken),
                None => return bytes.len(),
            },
            State::Data { left, is_chunk } => {
                let taken = usize::try_from(*left).unwrap_or(usize::MAX).min(bytes.len());
                *left -= taken as u64;
                match (*left, *is_chunk) {
                    (0, false) => (State::Ended, taken),
                    (0, true) => (State::Chunked(Chunked::DataEnd), taken),
                    _ => return taken,
                }
            }
            State::Chunked(place) => match place.after(bytes[0]) {
                State::Broken => (State::Broken, 0),
                next => (next, 1),
            },
            State::Ended | State::Broken => return 0,
            State::Endless => return bytes.len(),
        };
        self.0 = next;
        taken
    }
}

impl Chunked {
    /// As strict as actix, and stricter with trailers: what it takes for a part of a line others take for its end.
    fn after(self, byte: u8) -> State {
        let digit = char::from(byte).to_digit(16).map(u64::from);
        let place = match (self, byte) {
            (Self::SizeStart, _) => digit.map(Self::Size),
            (Self::Size(size), _) if digit.is_some() => {
                size.checked_mul(16).and_then(|size| size.checked_add(digit.unwrap_or_default())).map(Self::Size)
            }
            (Self::Size(size) | Self::Blank(size), b' ' | b'\t') => Some(Self::Blank(size)),
            (Self::Size(size) | Self::Blank(size), b';') => Some(Self::Extension(size)),
            (Self::Size(size) | Self::Blank(size) | Self::Extension(size), b'\r') => Some(Self::SizeEnd(size)),
            (Self::Extension(size), _) if !is_control(byte) => Some(Self::Extension(size)),
            (Self::SizeEnd(0), b'\n') => Some(Self::LineStart),
            (Self::SizeEnd(size), b'\n') => return State::Data { left: size, is_chunk: true },
            (Self::DataEnd, b'\r') => Some(Self::DataEndEnd),
            (Self::DataEndEnd, b'\n') => Some(Self::SizeStart),
            (Self::LineStart, b'\r') => Some(Self::LastEnd),
            (Self::Line, b'\r') => Some(Self::LineEnd),
            (Self::LineStart | Self::Line, _) if !is_control(byte) => Some(Self::Line),
            (Self::LineEnd, b'\n') => Some(Self::LineStart),
            (Self::LastEnd, b'\n') => return State::Ended,
            _ => None,
        };
        place.map_or(State::Broken, State::Chunked)
    }
}

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control() && byte != b'\t'
}

/// What follows a head that these bytes complete, and how many of them belong to it; nothing while it is not whole.
fn read_head(earlier: &mut Vec<u8>, bytes: &[u8]) -> Option<(State, usize)> {
    let before = earlier.len();
    if before > 0 {
        earlier.extend_from_slice(bytes);
    }
    let mut headers = [EMPTY_HEADER; MOST_HEADERS];
    let mut head = Request::new(&mut headers);
    match head.parse(if before > 0 { earlier } else { bytes }) {
        Ok(Status::Complete(length)) => Some((body_of(&head), length.saturating_sub(before))),
        Ok(Status::Partial) => {
            if before == 0 {
                earlier.extend_from_slice(bytes);
            }
            None
        }
        Err(_) => Some((State::Endless, bytes.len())),
    }
}

fn body_of(head: &Request<'_, '_>) -> State {
    let value = |name: &str| {
        let mut values = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value);
        values.next().map(|value| std::str::from_utf8(value).map_or("", str::trim))
    };
    let is_websocket = || value("upgrade").is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
    match (value("transfer-encoding"), value("content-length").map(str::parse)) {
        (Some(coding), _) if coding.eq_ignore_ascii_case("chunked") => State::Chunked(Chunked::SizeStart),
        (Some(_), _) | (None, Some(Err(_))) => State::Endless,
        _ if is_websocket() => State::Endless,
        (None, Some(Ok(length @ 1..))) => State::Data { left: length, is_chunk: false },
        _ if head.method == Some("CONNECT") => State::Endless,
        _ => State::Ended,
    }
}

#[cfg(test)]
#[path = "framing_tests.rs"]
mod tests;
