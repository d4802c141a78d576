//! An HTTP client over a real socket. It follows no redirects, decodes nothing and, given the OpenAPI document, holds every answer
//! against it: an answer that the document does not allow fails the test that saw it.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use super::answer::Answer;
use super::schema::Document;

/// One caller of one server. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: Vec<(String, String)>,
    document: Option<Arc<Document>>,
}

impl Client {
    /// A client of the server at `base`, such as `http://127.0.0.1:41234`.
    pub fn new(base: &str) -> Self {
        let http = reqwest::Client::builder()
            // The server ends what is idle for 5 seconds; a test that works that long does not see it in time.
            .pool_idle_timeout(Duration::from_secs(2))
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .no_proxy()
            .build()
            .expect("the client has no settings that can be wrong");
        Self { http, base: base.trim_end_matches('/').into(), headers: Vec::new(), document: None }
    }

    /// The same client, holding every answer against `document`.
    pub fn checked_by(mut self, document: &Arc<Document>) -> Self {
        self.document = Some(Arc::clone(document));
        self
    }

    /// A client that sends this header with each request.
    pub fn with_header(&self, name: &str, value: &str) -> Self {
        let mut client = self.clone();
        client.headers.push((name.into(), value.into()));
        client
    }

    /// A client that sends this access token with each request.
    pub fn with_token(&self, token: &str) -> Self {
        self.with_header("authorization", &format!("Bearer {token}"))
    }

    /// Where the server is, without a `/` at the end.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// A GET of a path and query.
    pub fn get(&self, path: &str) -> Request {
        self.request("GET", path)
    }

    /// A POST.
    pub fn post(&self, path: &str) -> Request {
        self.request("POST", path)
    }

    /// A PUT.
    pub fn put(&self, path: &str) -> Request {
        self.request("PUT", path)
    }

    /// A PATCH.
    pub fn patch(&self, path: &str) -> Request {
        self.request("PATCH", path)
    }

    /// A DELETE.
    pub fn delete(&self, path: &str) -> Request {
        self.request("DELETE", path)
    }

    /// Any method.
    pub fn request(&self, method: &str, path: &str) -> Request {
        Request { client: self.clone(), method: method.into(), path: path.into(), headers: self.headers.clone(), body: None }
    }
}

/// A request that is sent when it is awaited.
#[must_use = "a request is sent when it is awaited"]
pub struct Request {
    client: Client,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

impl Request {
    /// Adds a query parameter, percent-encoded.
    pub fn query(mut self, name: &str, value: &str) -> Self {
        let pair: String = url::form_urlencoded::Serializer::new(String::new()).append_pair(name, value).finish();
        self.path.push(if self.path.contains('?') { '&' } else { '?' });
        self.path.push_str(&pair);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Adds `If-Match`.
    pub fn if_match(self, etag: &str) -> Self {
        self.header("if-match", etag)
    }

    /// Sends JSON as `application/json`.
    pub fn json(self, body: impl std::borrow::Borrow<Value>) -> Self {
        self.body("application/json", body.borrow().to_string())
    }

    /// Sends JSON as `application/merge-patch+json`.
    pub fn merge_patch(self, body: impl std::borrow::Borrow<Value>) -> Self {
        self.body("application/merge-patch+json", body.borrow().to_string())
    }

    /// Sends these bytes.
    pub fn body(mut self, content_type: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.body = Some(bytes.into());
        self.header("content-type", content_type)
    }

    /// Sends it and answers an error where no answer came, for tests that take the server away.
    pub async fn try_send(self) -> Result<Answer, String> {
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).map_err(|error| error.to_string())?;
        let mut request = self.client.http.request(method, format!("{}{}", self.client.base, self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await.map_err(|error| format!("{error:?}"))?;
        let status = response.status().as_u16();
        let headers = response.headers().iter().map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into()));
        let headers = headers.collect();
        let body = response.bytes().await.map_err(|error| format!("{error:?}"))?;
        let answer = Answer::seen(&self.method, &self.path, status, headers, body.into());
        if let Some(Err(violation)) = self.client.document.map(|document| document.check(&answer)) {
            panic!("an answer that the OpenAPI document does not allow: {violation}\n{answer}");
        }
        Ok(answer)
    }
}

impl IntoFuture for Request {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer>>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async {
            let name = format!("{} {}", self.method, self.path);
            self.try_send().await.unwrap_or_else(|error| panic!("{name} got no answer: {error}"))
        })
    }
}
