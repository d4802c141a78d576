//! Conditional requests (RFC 9110 section 13): `If-Match` on what editors change, `If-None-Match` on delivery.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderMap, IF_MATCH, IF_NONE_MATCH};

use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::version::{Expected, etag};

/// The most bytes of either header; a version or the digest of an answer takes less than a tenth.
pub(super) const LONGEST: usize = 1000;

/// What `If-Match` expects, of a resource that is not changed without it.
///
/// # Errors
/// `precondition_required` (428) with the present `ETag` if it is missing; `invalid_header` (400) if it is malformed.
pub fn required(request: &HttpRequest, current_version: u64) -> Result<Expected> {
    if let Some(expected) = if_match(request.headers())? {
        return Ok(expected);
    }
    let detail = "Send the ETag of the version that this change is based on as `If-Match`, or `*` to change whatever is there.";
    Err(Problem::new(Code::PreconditionRequired, detail).with_header("etag", etag(current_version)))
}

/// What `If-Match` expects, of a resource that can be changed without it.
///
/// # Errors
/// `invalid_header` (400) if it is malformed.
pub fn optional(request: &HttpRequest) -> Result<Expected> {
    Ok(if_match(request.headers())?.unwrap_or(Expected::Anything))
}

fn if_match(headers: &HeaderMap) -> Result<Option<Expected>> {
    let mut versions = Vec::new();
    let mut is_given = false;
    let malformed = || {
        Problem::new(
            Code::InvalidHeader,
            "If-Match must be `*` or entity tags such as \"7\", with commas between, in up to 1,000 characters.",
        )
    };
    for value in headers.get_all(IF_MATCH) {
        let value = value.to_str().ok().filter(|value| value.len() <= LONGEST).ok_or_else(malformed)?.trim();
        if value == "*" && !is_given {
            return Ok(Some(Expected::Anything));
        }
        is_given = true;
        for tag in tags(value).ok_or_else(malformed)? {
            versions.extend(version(tag));
        }
    }
    Ok(is_given.then_some(Expected::OneOf(versions)))
}

/// The version that an entity tag names. Proxies that compress make `W/"7"`, `"7-gzip"` or `"7;gzip"` of `"7"`.
fn version(tag: &str) -> Option<u64> {
    let number = tag.split_once(['-', ';']).map_or(tag, |(number, _)| number);
    let is_plain = number == "0" || (!number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit()));
    if is_plain { number.parse().ok() } else { None }
}

/// The opaque parts of a list of entity tags, weak ones included; `None` if it is malformed or empty.
fn tags(list: &str) -> Option<Vec<&str>> {
    let mut found = Vec::new();
    let mut rest = list;
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return (!found.is_empty()).then_some(found);
        }
        rest = rest.strip_prefix("W/").unwrap_or(rest).strip_prefix('"')?;
        let (tag, behind) = rest.split_once('"')?;
        found.push(tag);
        rest = behind.trim_start_matches([' ', '\t']);
        if !rest.is_empty() && !rest.starts_with(',') {
            return None;
        }
    }
}

/// Whether the caller already holds what has this entity tag (given with its quotes). Tags are compared weakly; a malformed header
/// is as good as none, and so is one that is too long.
pub fn none_match(request: &HttpRequest, entity_tag: &str) -> bool {
    let opaque = entity_tag.trim_matches('"');
    request.headers().get_all(IF_NONE_MATCH).filter_map(|value| value.to_str().ok()).filter(|value| value.len() <= LONGEST).any(|value| {
        let value = value.trim();
        value == "*" || tags(value).is_some_and(|tags| tags.contains(&opaque))
    })
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn expected(values: &[&str]) -> std::result::Result<Expected, &'static str> {
        let mut request = TestRequest::default();
        for value in values {
            request = request.append_header((IF_MATCH, *value));
        }
        required(&request.to_http_request(), 9).map_err(|problem| problem.code().name())
    }

    #[test]
    fn what_proxies_make_of_a_version_is_that_version() {
        for taken in ["\"7\"", "W/\"7\"", "\"7-gzip\"", "\"7-br\"", "W/\"7-zstd\"", "\"7;gzip\"", "  \"7\" , "] {
            assert_eq!(expected(&[taken]), Ok(Expected::OneOf(vec![7])), "{taken}");
        }
        assert_eq!(expected(&["\"7\", W/\"8\"", "\"x\""]), Ok(Expected::OneOf(vec![7, 8])));
        assert_eq!(expected(&["*"]), Ok(Expected::Anything));
        for other in ["\"\"", "\"07\"", "\"-7\"", "\"+7\"", "\"7x\"", "\"99999999999999999999\""] {
            assert_eq!(expected(&[other]), Ok(Expected::OneOf(vec![])), "{other}");
        }
    }

    #[test]
    fn a_missing_or_malformed_header_is_said_so() {
        assert_eq!(expected(&[]), Err("precondition_required"));
        for malformed in ["7", "", "\"7", "\"7\" \"8\"", "'7'", "*, \"7\"", "w/\"7\""] {
            assert_eq!(expected(&[malformed]), Err("invalid_header"), "{malformed}");
        }
    }

    #[test]
    fn if_none_match_compares_weakly() {
        let matches =
            |value: &str| none_match(&TestRequest::default().insert_header((IF_NONE_MATCH, value)).to_http_request(), "\"ab-br\"");
        for held in ["\"ab-br\"", "W/\"ab-br\"", "\"x\", \"ab-br\"", "*"] {
            assert!(matches(held), "{held}");
        }
        for other in ["\"ab\"", "\"ab-gzip\"", "ab-br", "", "\"AB-br\""] {
            assert!(!matches(other), "{other}");
        }
    }
}
