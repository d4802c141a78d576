//! The form of `Host` (RFC 9112 section 3.2): a host and perhaps a port, as RFC 3986 has them. Which host it is does not matter here.

use std::net::Ipv6Addr;

use actix_web::http::header::{HOST, HeaderMap};

use crate::kernel::problem::{Code, Problem, Result};

/// Fails where `Host` names no host.
///
/// # Errors
/// `invalid_header` (400).
pub(super) fn check(headers: &HeaderMap) -> Result<()> {
    if headers.get_all(HOST).all(|value| is_host(value.as_bytes())) {
        return Ok(());
    }
    Err(Problem::new(Code::InvalidHeader, "`Host` is a host name or an address and perhaps a port, such as api.example.org:8080."))
}

fn is_host(value: &[u8]) -> bool {
    let (host, port) = match value.strip_prefix(b"[") {
        Some(rest) => match rest.iter().position(|b| *b == b']') {
            Some(end) => (&rest[..end], &rest[end + 1..]),
            None => return false,
        },
        None => value.split_at(value.iter().position(|b| *b == b':').unwrap_or(value.len())),
    };
    let is_address = value.starts_with(b"[");
    let may_be = |b: &u8| b.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=%".contains(b);
    let is_host =
        if is_address { std::str::from_utf8(host).is_ok_and(|host| host.parse::<Ipv6Addr>().is_ok()) } else { host.iter().all(may_be) };
    is_host && (port.is_empty() || port[0] == b':' && is_port(&port[1..]))
}

fn is_port(digits: &[u8]) -> bool {
    digits.is_empty() || digits.iter().all(u8::is_ascii_digit) && std::str::from_utf8(digits).is_ok_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_a_name_or_an_address_and_perhaps_a_port() {
        for right in ["", "x", "api.example.org", "127.0.0.1:8080", "[::1]", "[::1]:80", "a_b", "xn--bcher-kva.example:", "a%20b"] {
            assert!(is_host(right.as_bytes()), "{right}");
        }
        for wrong in [
            "a b<>", "a b", "a<b", "a/b", "a@b", "a:b", "a:1:2", "::1", "[::1", "[::1]80", "[a b]", "[zz]", "x:99999", "[::1]x80", "a\"b",
            "ä", "a\tb", "a?b", "a#b",
        ] {
            assert!(!is_host(wrong.as_bytes()), "{wrong}");
        }
    }
}
