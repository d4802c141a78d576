//! JSON bodies, read when the handler asks for them: who may not do a thing, or asks it of what is not there, hears that first
//! (contract 3: 401, 403/404, 415, 413, 400, 428/412, 422).

use std::future::{Ready, ready};
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING, UPGRADE};
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::schemas::Schemas;
use super::{json, numbers};
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::problem::{Code, Problem, Result};

/// How long a request may take to arrive whole (app data; 30 s where there is none).
#[derive(Clone, Copy, Debug)]
pub struct BodyDeadline(pub Duration);

impl Default for BodyDeadline {
    fn default() -> Self {
        Self(Duration::from_secs(30))
    }
}

/// Proves anew who asks, of a request whose body took its time (app data): what they may do can have changed since its head arrived.
#[derive(Clone, Copy)]
pub struct Recheck(pub fn(&HttpRequest) -> LocalBoxFuture<'static, Result<()>>);

/// After so long a caller is proved anew.
const RECHECKED_AFTER: Duration = Duration::from_millis(10);

/// The body of a request, not yet read. An extractor that never fails.
pub struct JsonBody {
    request: HttpRequest,
    payload: Payload,
    deadline: Instant,
}

impl FromRequest for JsonBody {
    type Error = std::convert::Infallible;
    type Future = Ready<std::result::Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let allowed = request.app_data::<BodyDeadline>().copied().unwrap_or_default().0;
        ready(Ok(Self { request: request.clone(), payload: payload.take(), deadline: Instant::now() + allowed }))
    }
}

/// A body that is JSON.
#[derive(Clone, Debug)]
pub struct Json {
    value: Value,
    bytes: Bytes,
    schemas: Option<Data<Schemas>>,
}

impl JsonBody {
    /// Reads the body as JSON of at most `max_bytes`.
    ///
    /// # Errors
    /// `unsupported_media_type` (415), `body_too_large` (413), `request_timeout` (408), `malformed_request` (400) and `invalid_json` (400), in this order.
    pub async fn json(self, max_bytes: usize) -> Result<Json> {
        check_type(self.request.method(), self.request.headers())?;
        let schemas = self.request.app_data::<Data<Schemas>>().cloned();
        let bytes = self.read(max_bytes).await?;
        let value = json::parse(&bytes).map_err(|fault| refused(&bytes, &fault))?;
        Ok(Json { value, bytes, schemas })
    }

    /// The same for an operation whose body may be left out: a missing one is `{}`.
    ///
    /// # Errors
    /// As [`JsonBody::json`].
    pub async fn json_or_empty(self, max_bytes: usize) -> Result<Json> {
        let headers = self.request.headers();
        let is_empty = match headers.get(CONTENT_LENGTH) {
            Some(length) => length == "0",
            None => !headers.contains_key(TRANSFER_ENCODING),
        };
        if !is_empty {
            return self.json(max_bytes).await;
        }
        let schemas = self.request.app_data::<Data<Schemas>>().cloned();
        Ok(Json { value: Value::Object(serde_json::Map::new()), bytes: Bytes::new(), schemas })
    }

    /// Reads a body of any type, if there is one, and leaves it at that.
    ///
    /// # Errors
    /// `body_too_large` (413), `request_timeout` (408) and `malformed_request` (400).
    pub async fn skip(self, max_bytes: usize) -> Result<()> {
        self.read(max_bytes).await.map(|_| ())
    }

    async fn read(mut self, max_bytes: usize) -> Result<Bytes> {
        // actix would read the rest of the connection for it.
        if self.request.headers().contains_key(UPGRADE) {
            return Err(Problem::new(
                Code::MalformedRequest,
                "A request with a body cannot go over to another protocol: leave `Upgrade` out.",
            ));
        }
        let declared = self.request.headers().get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if declared.is_some_and(|length| length > max_bytes as u64) {
            return Err(too_large(max_bytes));
        }
        let deadline = self.deadline;
        let begun = Instant::now();
        let body = tokio::time::timeout_at(deadline, self.gather(max_bytes)).await.unwrap_or_else(|_| Err(timed_out()))?;
        if let Some(Recheck(recheck)) = self.request.app_data::<Recheck>().filter(|_| begun.elapsed() > RECHECKED_AFTER) {
            recheck(&self.request).await?;
        }
        Ok(body)
    }

    async fn gather(&mut self, max_bytes: usize) -> Result<Bytes> {
        let mut body = BytesMut::new();
        while let Some(chunk) = self.payload.next().await {
            let chunk = chunk.map_err(broken)?;
            if body.len() + chunk.len() > max_bytes {
                return Err(too_large(max_bytes));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl Json {
    /// The value as it came.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The bytes as they came, for a digest of the body.
    pub fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// Checks the body against the API document's schema of `T` and reads it as one, with its mistakes: whoever asks goes on checking and ends with
    /// [`Checked::finish`], so that one answer has all of them.
    ///
    /// # Errors
    /// `invalid` (422) if nothing of it can be read.
    pub fn check<T: ToSchema + DeserializeOwned>(&self) -> Result<Checked<T>> {
        let schemas = self.schemas.as_ref().ok_or_else(|| Problem::internal("the app has no `web::Data<Schemas>`"))?;
        let mut checked = schemas.check(&self.value)?;
        numbers::note_inexact(&self.bytes, &mut checked.mistakes);
        Ok(checked)
    }
}

/// JSON knows no greatest number: one that is too great for the reader is a mistake at its place.
fn refused(bytes: &[u8], fault: &str) -> Problem {
    let mut mistakes = Mistakes::default();
    if fault.starts_with("number out of range") {
        numbers::note_inexact(bytes, &mut mistakes);
    }
    let unread = || Problem::new(Code::InvalidJson, format!("The body is not taken as JSON: {fault}."));
    mistakes.finish().err().unwrap_or_else(unread)
}

fn check_type(method: &Method, headers: &HeaderMap) -> Result<()> {
    let refuse = |detail: &str| {
        let problem = Problem::new(Code::UnsupportedMediaType, detail);
        Err(match *method {
            Method::PATCH => problem.with_header("accept-patch", "application/merge-patch+json, application/json"),
            Method::POST => problem.with_header("accept-post", "application/json"),
            _ => problem.with_header("accept", "application/json"),
        })
    };
    if headers.get_all(CONTENT_ENCODING).any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity")) {
        return refuse("Bodies are taken without a Content-Encoding.");
    }
    let mut types = headers.get_all(CONTENT_TYPE);
    let (given, None) = (types.next(), types.next()) else { return refuse("Content-Type is given more than once.") };
    let Some(given) = given else { return refuse("Content-Type is missing; send application/json.") };
    if is_taken(method, given.to_str().unwrap_or_default()) {
        return Ok(());
    }
    if *method == Method::PATCH {
        return refuse("Content-Type must be application/merge-patch+json or application/json, in UTF-8.");
    }
    refuse("Content-Type must be application/json, in UTF-8.")
}

fn is_taken(method: &Method, content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let media = parts.next().unwrap_or_default();
    let is_json = media.eq_ignore_ascii_case("application/json");
    let is_patch = *method == Method::PATCH && media.eq_ignore_ascii_case("application/merge-patch+json");
    let is_utf8 = parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        let value = value.trim_matches('"');
        !name.trim().eq_ignore_ascii_case("charset") || value.eq_ignore_ascii_case("utf-8") || value.eq_ignore_ascii_case("utf8")
    });
    (is_json || is_patch) && is_utf8
}

fn too_large(max_bytes: usize) -> Problem {
    Problem::new(Code::BodyTooLarge, format!("This operation takes bodies of at most {max_bytes} bytes."))
}

fn timed_out() -> Problem {
    Problem::new(Code::RequestTimeout, "The body did not arrive whole in time.")
}

fn broken(error: PayloadError) -> Problem {
    match error {
        PayloadError::Overflow => Problem::new(Code::BodyTooLarge, "The body is too large."),
        other => Problem::new(Code::MalformedRequest, "The body broke off or is framed wrongly.").because(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_json_in_utf8_and_a_patch_may_say_what_it_is() {
        for taken in
            ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\"", "application/json; profile=x"]
        {
            assert!(is_taken(&Method::POST, taken), "{taken}");
        }
        assert!(is_taken(&Method::PATCH, "application/merge-patch+json"));
        assert!(!is_taken(&Method::POST, "application/merge-patch+json"));
        for refused in ["", "text/json", "application/json; charset=latin1", "application/jsonx", "text/plain; a=application/json", "*/*"] {
            assert!(!is_taken(&Method::PATCH, refused), "{refused}");
        }
    }
}
