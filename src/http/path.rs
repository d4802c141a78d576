//! Path parameters. What cannot name anything names nothing: a malformed id is 404, as an unknown one is.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::kernel::problem::{Problem, Result};

/// The path parameter `id`, as an id of type `T`: an extractor that never fails, so that who may not ask hears 401 or 403 first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathId<T>(Option<T>);

impl<T> PathId<T> {
    /// The id.
    ///
    /// # Errors
    /// `not_found` (404) if the text is no id: nothing has it.
    pub fn get(self) -> Result<T> {
        self.0.ok_or_else(Problem::not_found)
    }
}

impl<T: FromStr> FromRequest for PathId<T> {
    type Error = Infallible;
    type Future = Ready<std::result::Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(parameter(request, "id").ok())))
    }
}

/// The path parameter `n`, a number from 1 on in its plain form: an extractor that never fails, as [`PathId`] is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathNumber(Option<i64>);

impl PathNumber {
    /// The number.
    ///
    /// # Errors
    /// `not_found` (404) if the text is none: nothing has it.
    pub fn get(self) -> Result<i64> {
        self.0.ok_or_else(Problem::not_found)
    }
}

impl FromRequest for PathNumber {
    type Error = Infallible;
    type Future = Ready<std::result::Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(text(request, "n").ok().and_then(|text| number(&text)))))
    }
}

/// A number in the one form in which numbers go out.
fn number(text: &str) -> Option<i64> {
    let is_plain = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if is_plain { text.parse().ok() } else { None }
}

/// The path parameter `slug`, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathSlug(pub String);

impl FromRequest for PathSlug {
    type Error = Problem;
    type Future = Ready<Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(text(request, "slug").map(Self))
    }
}

/// The path parameter of this name, as a value that reads itself.
///
/// # Errors
/// `not_found` (404) if it has not that form.
pub fn parameter<T: FromStr>(request: &HttpRequest, name: &str) -> Result<T> {
    text(request, name)?.parse().map_err(|_| Problem::not_found())
}

/// The path parameter of this name, as text.
///
/// # Errors
/// `not_found` (404) if it holds NUL or broken escapes.
pub fn text(request: &HttpRequest, name: &str) -> Result<String> {
    // The router leaves `%25`, `%2B` and `%2F` as they are.
    let raw = request.match_info().get(name).ok_or_else(Problem::not_found)?;
    let decoded = percent_encoding::percent_decode_str(raw).decode_utf8().map_err(|_| Problem::not_found())?;
    if decoded.contains('\0') {
        return Err(Problem::not_found());
    }
    Ok(decoded.into_owned())
}

/// A raw path of the editor's tree in one spelling: its words have no capitals, and its ids mean the same in both.
pub(super) fn plain(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().to_ascii_lowercase()
}

/// Fails where a raw path can name nothing.
///
/// # Errors
/// `not_found` (404).
pub(super) fn check(path: &str) -> Result<()> {
    if is_nameable(path) { Ok(()) } else { Err(Problem::not_found()) }
}

/// Whether it can: its escapes are whole, decode to UTF-8, and hide neither a slash nor a control character.
fn is_nameable(path: &str) -> bool {
    if !path.contains('%') {
        return true;
    }
    let bytes = path.as_bytes();
    let is_whole = bytes.iter().enumerate().filter(|(_, b)| **b == b'%').all(|(at, _)| {
        let digits = bytes.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit) && !digits.eq_ignore_ascii_case(b"2f"))
    });
    is_whole && percent_encoding::percent_decode_str(path).decode_utf8().is_ok_and(|text| !text.chars().any(char::is_control))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_read_in_its_plain_form_only() {
        assert_eq!((number("1"), number("20"), number("9223372036854775807")), (Some(1), Some(20), Some(i64::MAX)));
        for wrong in ["", "0", "01", "+1", "-1", "1.0", " 1", "1e3", "9223372036854775808"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_path_of_the_editor_s_tree_has_one_spelling() {
        for spelt in ["/v1/editor/articles/0a/restore", "/v1/editor/%61rticles/0A/restore", "/v1/editor/articles/%30%41/restore"] {
            assert_eq!(plain(spelt), "/v1/editor/articles/0a/restore");
        }
    }

    #[test]
    fn a_path_that_can_name_nothing_is_known_by_its_escapes() {
        for right in ["/v1/articles", "/v1/articles/caf%C3%A9", "/v1/articles/a%2Bb%25"] {
            assert!(is_nameable(right), "{right}");
        }
        for wrong in
            ["/v1/%", "/v1/%2", "/v1/%zz", "/v1/%ff", "/v1/%c0%80", "/v1/a%00", "/v1/a%2fb", "/v1/a%2Fb", "/v1/a%0d%0ab", "/v1/%ed%a0%80"]
        {
            assert!(!is_nameable(wrong), "{wrong}");
        }
    }
}
