//! An HTTP answer as a test sees it, with assertions that say what was asked and what came.

use std::fmt;
use std::io::Read;
use std::ops::Index;
use std::sync::OnceLock;

use serde_json::Value;

/// What came back, and what had been asked.
pub struct Answer {
    /// The method of the request.
    pub method: String,
    /// Its target: path and query.
    pub path: String,
    /// The status code.
    pub status: u16,
    /// The headers in the order in which they came, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body as it was sent, compressed or not.
    pub body: Vec<u8>,
    json: OnceLock<Option<Value>>,
}

impl Answer {
    /// What a client saw.
    pub fn seen(method: &str, path: &str, status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { method: method.into(), path: path.into(), status, headers, body, json: OnceLock::new() }
    }

    /// Asserts the status.
    #[track_caller]
    pub fn is(&self, status: u16) -> &Self {
        assert!(self.status == status, "expected {status}: {self}");
        self
    }

    /// Asserts 200.
    #[track_caller]
    pub fn is_ok(&self) -> &Self {
        self.is(200)
    }

    /// Asserts 201 with a `Location`.
    #[track_caller]
    pub fn is_created(&self) -> &Self {
        assert!(self.header("location").is_some(), "expected a Location: {self}");
        self.is(201)
    }

    /// Asserts 204 without a body.
    #[track_caller]
    pub fn is_no_content(&self) -> &Self {
        assert!(self.body.is_empty(), "expected no body: {self}");
        self.is(204)
    }

    /// Asserts 304 without a body.
    #[track_caller]
    pub fn is_not_modified(&self) -> &Self {
        assert!(self.body.is_empty(), "expected no body: {self}");
        self.is(304)
    }

    /// Asserts a problem document (RFC 9457) with this status and code.
    #[track_caller]
    pub fn is_problem(&self, status: u16, code: &str) -> &Self {
        self.is(status);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "expected a problem document: {self}");
        assert!(self["code"] == code, "expected the code {code}: {self}");
        assert!(self["status"] == status, "status and body differ: {self}");
        self
    }

    /// Asserts that among the mistakes that a problem lists is one at `pointer` with this code.
    #[track_caller]
    pub fn has_error(&self, pointer: &str, code: &str) -> &Self {
        let found = self["errors"].as_array().into_iter().flatten().any(|error| error["pointer"] == pointer && error["code"] == code);
        assert!(found, "expected the mistake {code} at {pointer}: {self}");
        self
    }

    /// Asserts a header's value.
    #[track_caller]
    pub fn has_header(&self, name: &str, value: &str) -> &Self {
        assert!(self.header(name) == Some(value), "expected {name}: {value}: {self}");
        self
    }

    /// The first header of this name (in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// A header that must be there.
    #[track_caller]
    pub fn expect_header(&self, name: &str) -> &str {
        self.header(name).unwrap_or_else(|| panic!("expected the header {name}: {self}"))
    }

    /// The body without its content coding.
    pub fn decoded(&self) -> Result<Vec<u8>, String> {
        let mut plain = Vec::new();
        let coding = self.header("content-encoding").unwrap_or("identity");
        let read = match coding {
            "identity" => return Ok(self.body.clone()),
            _ if self.body.is_empty() => return Ok(plain),
            "gzip" => flate2::read::GzDecoder::new(self.body.as_slice()).read_to_end(&mut plain),
            "br" => brotli::Decompressor::new(self.body.as_slice(), 4096).read_to_end(&mut plain),
            "zstd" => zstd::stream::read::Decoder::new(self.body.as_slice()).and_then(|mut decoder| decoder.read_to_end(&mut plain)),
            other => return Err(format!("unknown Content-Encoding {other}")),
        };
        read.map(|_| plain).map_err(|error| format!("the body is not {coding}: {error}"))
    }

    /// The body as text.
    #[track_caller]
    pub fn text(&self) -> String {
        let bytes = self.decoded().unwrap_or_else(|error| panic!("{error}: {self}"));
        String::from_utf8(bytes).unwrap_or_else(|_| panic!("expected UTF-8: {self}"))
    }

    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> &Value {
        self.parsed().unwrap_or_else(|| panic!("expected JSON: {self}"))
    }

    /// What lies at a JSON pointer of the body; `""` is all of it.
    #[track_caller]
    pub fn at(&self, pointer: &str) -> &Value {
        self.json().pointer(pointer).unwrap_or_else(|| panic!("expected something at {pointer}: {self}"))
    }

    /// The text at a JSON pointer of the body.
    #[track_caller]
    pub fn text_at(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("expected a text at {pointer}: {self}"))
    }

    /// The items of a list (`data`).
    #[track_caller]
    pub fn data(&self) -> &[Value] {
        self.at("/data").as_array().unwrap_or_else(|| panic!("expected a list in data: {self}"))
    }

    /// One member of each item of a list, such as all slugs in order.
    #[track_caller]
    pub fn each(&self, member: &str) -> Vec<&str> {
        let text = |item: &'_ Value| item[member].as_str().map(|_| ()).is_some();
        assert!(self.data().iter().all(text), "expected a text {member} in every item: {self}");
        self.data().iter().filter_map(|item| item[member].as_str()).collect()
    }

    fn parsed(&self) -> Option<&Value> {
        self.json.get_or_init(|| self.decoded().ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())).as_ref()
    }
}

/// A member of the JSON object that came. Deeper down a missing member is `null`; use [`Answer::at`] where it must be there.
impl Index<&str> for Answer {
    type Output = Value;

    #[track_caller]
    fn index(&self, member: &str) -> &Value {
        self.json().get(member).unwrap_or_else(|| panic!("expected the member {member}: {self}"))
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} {} answered {}", self.method, self.path, self.status)?;
        for (name, value) in &self.headers {
            writeln!(f, "  {name}: {value}")?;
        }
        let body = match (self.parsed(), self.decoded()) {
            (Some(json), _) => format!("{json:#}"),
            (None, Ok(bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
            (None, Err(error)) => error,
        };
        let shown: String = body.chars().take(4000).collect();
        write!(f, "{shown}{}", if shown.len() < body.len() { " …" } else { "" })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
