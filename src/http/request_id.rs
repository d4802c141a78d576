//! The id of a request: its answer and its lines in the log carry it.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use uuid::Uuid;

/// The header that carries it, both ways.
pub(super) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// A caller's own may have so many characters.
const LONGEST: usize = 64;

/// The caller's own, or a new one.
pub(super) fn of(headers: &HeaderMap) -> HeaderValue {
    match headers.get(HEADER) {
        Some(id) if is_id(id.as_bytes()) => id.clone(),
        _ => new(),
    }
}

fn is_id(id: &[u8]) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'-')
}

/// Random, of the thread's own generator, since asking the system at each request takes longer than parts of the answer.
pub(super) fn new() -> HeaderValue {
    let mut buffer = Uuid::encode_buffer();
    let id = uuid::Builder::from_random_bytes(rand::random()).into_uuid();
    HeaderValue::from_str(id.hyphenated().encode_lower(&mut buffer)).expect("hexadecimal digits are a header value")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_caller_is_taken_only_if_it_is_plain() {
        assert!(is_id(b"a-B-9") && is_id(&[b'a'; 64]));
        for wrong in [&b""[..], b"a b", b"a_b", b"a\r\nb", "é".as_bytes(), &[b'a'; 65]] {
            assert!(!is_id(wrong));
        }
        assert!(is_id(new().as_bytes()));
    }
}
