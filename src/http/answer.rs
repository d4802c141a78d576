//! Answers that are not problems: delivery's, which anyone may keep, and editors', which nobody may.

use actix_web::body::{BodyStream, BoxBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName, HeaderValue, LINK, LOCATION, VARY};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures_util::Stream;
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use super::caching::Lifetime;
use super::coding::Coding;
use super::conditional;
use super::large::{self, Budget, Share};
use super::query::decode;
use super::tree::Tree;
use crate::kernel::page::Page;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Kept, Once};
use crate::kernel::version;

/// Where callers reach the API, the setting `API_URL` without a slash at its end (app data). Absolute URLs begin with it.
#[derive(Clone, Debug)]
pub struct PublicUrl(pub String);

/// Delivery's answer with this value as JSON: strong `ETag`, 304, `Cache-Control`, `Vary`, content coding.
///
/// # Errors
/// `not_acceptable` (406) if the caller takes no coding that there is.
pub async fn delivered<T: Serialize>(request: &HttpRequest, value: &T, lifetime: Lifetime) -> Result<HttpResponse> {
    Delivered::new(lifetime).json(request, value).await
}

/// An answer of delivery in the making.
#[derive(Debug)]
pub struct Delivered {
    lifetime: Lifetime,
    content_type: HeaderValue,
    headers: Vec<(HeaderName, HeaderValue)>,
    reserved: Share,
}

impl Delivered {
    /// A JSON answer that may be kept so long.
    pub fn new(lifetime: Lifetime) -> Self {
        Self { lifetime, content_type: HeaderValue::from_static("application/json"), headers: Vec::new(), reserved: Share::default() }
    }

    /// Of another media type, for [`Delivered::bytes`].
    #[must_use]
    pub fn content_type(mut self, media_type: &'static str) -> Self {
        self.content_type = HeaderValue::from_static(media_type);
        self
    }

    /// With what was reserved for it, see [`Budget::reserve`].
    #[must_use]
    pub fn reserved(mut self, share: Share) -> Self {
        self.reserved = share;
        self
    }

    /// With one more header.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// With `Link`s to the pages beside this one.
    #[must_use]
    pub fn page<T>(mut self, request: &HttpRequest, page: &Page<T>) -> Self {
        self.headers.extend(links(request, page).map(|links| (LINK, links)));
        self
    }

    /// The answer, with a value as JSON.
    ///
    /// # Errors
    /// As [`Delivered::bytes`].
    pub async fn json<T: Serialize>(self, request: &HttpRequest, value: &T) -> Result<HttpResponse> {
        let bytes = serde_json::to_vec(value).map_err(Problem::internal)?;
        self.bytes(request, Bytes::from(bytes)).await
    }

    /// The answer, with these bytes.
    ///
    /// # Errors
    /// `not_acceptable` (406); `unavailable` (503) for a large one while too many are being sent.
    pub async fn bytes(mut self, request: &HttpRequest, bytes: Bytes) -> Result<HttpResponse> {
        let coding = Coding::negotiate(request.headers(), bytes.len()).ok_or_else(|| {
            let detail = "Accept-Encoding must allow one of identity, gzip, br and zstd.";
            Problem::new(Code::NotAcceptable, detail).with_header("Vary", "Accept-Encoding")
        })?;
        // Under `/v1/preview` the same handlers answer to one caller: `Shell` says that nobody keeps it.
        let etag = (Tree::of_request(request) == Tree::Delivery).then(|| digest(&bytes, coding));
        if etag.as_ref().is_some_and(|etag| conditional::none_match(request, etag)) {
            let mut response = HttpResponse::new(StatusCode::NOT_MODIFIED);
            self.head(&mut response, etag);
            return Ok(response);
        }
        let is_identity = coding == Coding::Identity;
        let share = Budget::of(request).settle(std::mem::take(&mut self.reserved), bytes.len())?;
        let (bytes, share) = if is_identity { (bytes, share) } else { large::pack(bytes, coding, share).await? };
        let mut response = HttpResponse::Ok().body(large::body(bytes, share));
        if !is_identity {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        response.headers_mut().insert(CONTENT_TYPE, self.content_type.clone());
        self.head(&mut response, etag);
        Ok(response)
    }

    /// The answer, with bytes that come while it is sent: without an `ETag`, since nobody has seen all of them; it breaks off where they do.
    pub fn stream<S>(self, request: &HttpRequest, bytes: S) -> HttpResponse
    where
        S: Stream<Item = Result<Bytes>> + 'static,
    {
        let mut response = HttpResponse::new(StatusCode::OK);
        response.headers_mut().insert(CONTENT_TYPE, self.content_type.clone());
        if Tree::of_request(request) == Tree::Delivery {
            response.headers_mut().insert(CACHE_CONTROL, self.lifetime.header());
        }
        for (name, value) in self.headers {
            response.headers_mut().insert(name, value);
        }
        response.set_body(BoxBody::new(BodyStream::new(Box::pin(bytes))))
    }

    /// The headers that a 200 and its 304 have in common.
    fn head(self, response: &mut HttpResponse, etag: Option<String>) {
        let headers = response.headers_mut();
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        if let Some(etag) = etag {
            headers.insert(ETAG, HeaderValue::try_from(etag).expect("hexadecimal digits are a header value"));
            headers.insert(CACHE_CONTROL, self.lifetime.header());
        }
        for (name, value) in self.headers {
            headers.insert(name, value);
        }
    }
}

/// The strong entity tag of what these bytes are in this coding: equal only if every byte is.
fn digest(bytes: &[u8], coding: Coding) -> String {
    let between = if coding == Coding::Identity { "" } else { "-" };
    format!("\"{:032x}{between}{}\"", xxh3_128(bytes), coding.name())
}

/// 308: what is asked for has another name now, the last segment of its path. The query stays.
pub fn moved(request: &HttpRequest, name: &str, lifetime: Lifetime) -> Result<HttpResponse> {
    let above = request.match_info().as_str().rsplit_once('/').map_or("", |(above, _)| above);
    redirected(request, format!("{above}/{name}"), lifetime)
}

/// The same where it is the last segment but one.
///
/// # Errors
/// As [`moved`].
pub fn moved_above(request: &HttpRequest, name: &str, lifetime: Lifetime) -> Result<HttpResponse> {
    let mut segments = request.match_info().as_str().rsplitn(3, '/');
    let (last, _, above) = (segments.next().unwrap_or_default(), segments.next(), segments.next().unwrap_or_default());
    redirected(request, format!("{above}/{name}/{last}"), lifetime)
}

fn redirected(request: &HttpRequest, path: String, lifetime: Lifetime) -> Result<HttpResponse> {
    let query = request.query_string();
    let between = if query.is_empty() { "" } else { "?" };
    let location = HeaderValue::try_from(format!("{path}{between}{query}")).map_err(Problem::internal)?;
    let mut response = HttpResponse::new(StatusCode::PERMANENT_REDIRECT);
    response.headers_mut().insert(LOCATION, location);
    if Tree::of_request(request) == Tree::Delivery {
        response.headers_mut().insert(CACHE_CONTROL, lifetime.header());
    }
    Ok(response)
}

/// An answer to an editor: nobody keeps it (`Shell` says so in its headers). `Editor::json` or `Editor::empty` ends it.
pub fn editor(status: StatusCode) -> Editor {
    Editor(HttpResponse::new(status))
}

/// An editor's answer to what was done now or before: `answer` makes it of what was made.
///
/// # Errors
/// What `answer` fails with.
pub fn once<T>(once: Once<T>, answer: impl FnOnce(&T) -> Result<Kept>) -> Result<HttpResponse> {
    let kept = match once {
        Once::First(made) => answer(&made)?,
        Once::Again(kept) => kept,
    };
    let mut editor = editor(StatusCode::from_u16(kept.status).map_err(Problem::internal)?);
    if let Some(version) = kept.version {
        editor = editor.version(version);
    }
    if let Some(path) = &kept.location {
        editor = editor.location(path);
    }
    Ok(editor.json_bytes(kept.body))
}

/// 204.
pub fn no_content() -> HttpResponse {
    HttpResponse::new(StatusCode::NO_CONTENT)
}

/// See [`editor`].
#[derive(Debug)]
pub struct Editor(HttpResponse);

impl Editor {
    /// With the `ETag` of this version.
    #[must_use]
    pub fn version(self, version: u64) -> Self {
        self.header(ETAG, &version::etag(version))
    }

    /// With the `Location` of what was made, as a path.
    #[must_use]
    pub fn location(self, path: &str) -> Self {
        self.header(LOCATION, path)
    }

    /// With one more header. A value that no header can hold is left out.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.0.headers_mut().insert(name, value);
        }
        self
    }

    /// With `Link`s to the pages beside this one.
    #[must_use]
    pub fn page<T>(mut self, request: &HttpRequest, page: &Page<T>) -> Self {
        if let Some(links) = links(request, page) {
            self.0.headers_mut().insert(LINK, links);
        }
        self
    }

    /// The answer, with a value as JSON.
    ///
    /// # Errors
    /// `internal` if it cannot be JSON.
    pub fn json<T: Serialize>(self, value: &T) -> Result<HttpResponse> {
        Ok(self.json_bytes(serde_json::to_vec(value).map_err(Problem::internal)?))
    }

    /// The answer, with JSON that was made before.
    pub fn json_bytes(self, json: impl Into<Bytes>) -> HttpResponse {
        self.bytes("application/json", json)
    }

    /// The answer, of another media type.
    pub fn bytes(mut self, media_type: &'static str, bytes: impl Into<Bytes>) -> HttpResponse {
        self.0.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        self.0.set_body(BoxBody::new(bytes.into()))
    }

    /// The answer, of another media type, with bytes that come while it is sent; it breaks off where they do.
    pub fn stream<S>(self, media_type: &'static str, bytes: S) -> HttpResponse
    where
        S: Stream<Item = Result<Bytes>> + 'static,
    {
        let mut response = self.0;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        response.set_body(BoxBody::new(BodyStream::new(Box::pin(bytes))))
    }

    /// The answer, without a body.
    pub fn empty(self) -> HttpResponse {
        self.0
    }
}

/// `Link`s (RFC 8288) to the pages beside this one: the request's own URL with another cursor.
fn links<T>(request: &HttpRequest, page: &Page<T>) -> Option<HeaderValue> {
    let base = request.app_data::<PublicUrl>().map_or("", |url| url.0.as_str());
    let mut links = String::new();
    for (cursor, relation) in [(&page.next, "next"), (&page.previous, "prev")] {
        let Some(cursor) = cursor else { continue };
        if !links.is_empty() {
            links.push_str(", ");
        }
        links.push('<');
        links.push_str(base);
        links.push_str(request.uri().path());
        links.push('?');
        for pair in request.query_string().split('&').filter(|pair| !pair.is_empty() && !is_place(pair)) {
            links.push_str(pair);
            links.push('&');
        }
        links.push_str("cursor=");
        links.push_str(cursor);
        links.push_str(">; rel=\"");
        links.push_str(relation);
        links.push('"');
    }
    (!links.is_empty()).then(|| HeaderValue::try_from(links).ok()).flatten()
}

fn is_place(pair: &str) -> bool {
    let name = pair.split_once('=').map_or(pair, |(name, _)| name);
    matches!(decode(name).as_deref(), Some("cursor" | "page"))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
