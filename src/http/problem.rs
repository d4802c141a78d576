//! Problems on the wire: `application/problem+json` (RFC 9457), the one form of every answer that refuses.
//!
//! A handler returns `Err(Problem)`. [`Shell`](super::middleware::Shell), the outermost middleware, renders it, because only there the
//! request's id is at hand; a cause goes to the log there, once, and never into a body.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::tree::Tree;
use crate::kernel::problem::{Code, FieldError, Problem};

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The status alone: `Shell` puts the body in, which needs the request's id.
    fn error_response(&self) -> HttpResponse<BoxBody> {
        HttpResponse::new(self.status_code())
    }
}

/// The whole answer to a refused request.
pub(super) fn render(problem: &Problem, request_id: &str, tree: Tree) -> HttpResponse<BoxBody> {
    let mut response = HttpResponse::with_body(problem.status_code(), BoxBody::new(body(problem, request_id)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control(problem.code(), tree)));
    if problem.code().status() == 401 {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"dateline\""));
    } else if problem.code().status() == 503 {
        headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
    }
    for (name, value) in problem.headers() {
        // A value that no header can hold (a line break in it) is left out rather than sent.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(*name), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    response
}

/// A problem as JSON.
pub(super) fn body(problem: &Problem, request_id: &str) -> Vec<u8> {
    serde_json::to_vec(&Body { problem, request_id }).unwrap_or_default()
}

/// What is not there may be there the next moment: caches ask again. Nothing else that refuses is kept at all.
fn cache_control(code: Code, tree: Tree) -> &'static str {
    match (tree, code.status()) {
        (Tree::Delivery, 404 | 410) => "no-cache",
        (Tree::Delivery, _) => "no-store",
        _ => "private, no-store, no-transform",
    }
}

/// Writes the cause of a failure to the log, under the id that the answer carries.
pub(super) fn log(problem: &Problem, request_id: &str) {
    let (code, is_failure) = (problem.code().name(), problem.code().status() >= 500);
    match problem.cause().map(chain) {
        Some(cause) if is_failure => tracing::error!(request_id, code, cause, "{}", problem.detail()),
        Some(cause) => tracing::debug!(request_id, code, cause, "{}", problem.detail()),
        // Nothing went wrong here: it is stopping, or has too much to do.
        None if is_failure => tracing::warn!(request_id, code, "{}", problem.detail()),
        None => {}
    }
}

fn chain(error: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}

/// The problem that a status without a body of ours stands for: what actix or a vendored service refused by itself.
pub(super) fn of_status(status: StatusCode, cause: Option<String>) -> Problem {
    let code = match status.as_u16() {
        401 => Code::InvalidToken,
        403 => Code::Forbidden,
        404 => return Problem::not_found(),
        405 => Code::MethodNotAllowed,
        406 => Code::NotAcceptable,
        408 => Code::RequestTimeout,
        413 => Code::BodyTooLarge,
        415 => Code::UnsupportedMediaType,
        429 => Code::TooManyRequests,
        431 => Code::HeadersTooLarge,
        503 => Code::Unavailable,
        400..=499 => Code::InvalidHeader,
        _ => return Problem::internal(cause.unwrap_or_else(|| format!("an answer of status {status} without a problem"))),
    };
    let problem = Problem::new(code, code.explanation());
    match cause {
        Some(cause) => problem.because(cause),
        None => problem,
    }
}

struct Body<'a> {
    problem: &'a Problem,
    request_id: &'a str,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let code = self.problem.code();
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("/docs/errors/{}", code.name()))?;
        map.serialize_entry("code", code.name())?;
        map.serialize_entry("status", &code.status())?;
        map.serialize_entry("title", code.title())?;
        map.serialize_entry("detail", self.problem.detail())?;
        if !self.problem.errors().is_empty() {
            map.serialize_entry("errors", &Errors(self.problem.errors()))?;
        }
        for (name, value) in self.problem.members() {
            map.serialize_entry(name, value)?;
        }
        map.serialize_entry("request_id", self.request_id)?;
        map.end()
    }
}

struct Errors<'a>(&'a [FieldError]);

impl Serialize for Errors<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for error in self.0 {
            seq.serialize_element(&One(error))?;
        }
        seq.end()
    }
}

struct One<'a>(&'a FieldError);

impl Serialize for One<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("pointer", &self.0.pointer)?;
        map.serialize_entry("code", self.0.code)?;
        map.serialize_entry("detail", &self.0.detail)?;
        if !self.0.readings.is_empty() {
            map.serialize_entry("readings", &self.0.readings)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_rendered_with_all_its_members_and_without_its_cause() {
        let problem = Problem::invalid_field("/title", "required", "it is missing").with("current_version", 7).because("secret cause");
        let body = serde_json::to_value(Body { problem: &problem, request_id: "r1" }).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "/docs/errors/invalid", "code": "invalid", "status": 422,
                "title": "The request is well formed but cannot be accepted", "detail": "/title: it is missing",
                "errors": [{"pointer": "/title", "code": "required", "detail": "it is missing"}],
                "current_version": 7, "request_id": "r1",
            })
        );
    }

    #[test]
    fn a_header_value_with_a_line_break_is_left_out() {
        let problem = Problem::not_found().with_header("location", "/x\r\nset-cookie: a").with_header("etag", "\"7\"");
        let response = render(&problem, "r1", Tree::Editor);
        assert!(response.headers().get("location").is_none());
        assert_eq!(response.headers().get("etag").unwrap(), "\"7\"");
        assert_eq!(response.headers().get(CACHE_CONTROL).unwrap(), "private, no-store, no-transform");
        assert_eq!(render(&problem, "r1", Tree::Delivery).headers().get(CACHE_CONTROL).unwrap(), "no-cache");
    }
}
