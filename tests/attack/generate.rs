//! Makes requests out of the API document: valid ones, and such as are wrong in one place or a few. Nothing here is written for one
//! operation; what is added to the document is asked as well.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::naughty;
use crate::operations::{Operation, Parameter, resolve};
use crate::support::random::Random;

/// What earlier answers told: so that requests meet what is there.
#[derive(Default)]
pub struct Known {
    /// Ids by the segment of paths before them, such as `articles`.
    pub ids: BTreeMap<String, Vec<String>>,
    /// Slugs, of articles and categories alike.
    pub slugs: Vec<String>,
    /// Cursors of any list.
    pub cursors: Vec<String>,
    /// Entity tags.
    pub tags: Vec<String>,
    /// Refresh tokens and e-mails of users that nobody else in the test needs.
    pub words: BTreeMap<&'static str, Vec<String>>,
}

/// A request, ready to be sent.
#[derive(Clone, Debug)]
pub struct Wish<'o> {
    /// Of which operation it was made.
    pub operation: &'o Operation,
    /// The method: mostly the operation's.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The parameters as they are meant, not encoded; `None` where the query as a whole was bent.
    pub query: Option<Vec<(String, String)>>,
    /// Headers besides `Host` and the body's length.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// Makes requests.
pub struct Maker<'a> {
    random: Random,
    known: &'a Known,
}

/// How seldom a thing that is right is replaced by one that is wrong, in a hundred.
const BENT: i64 = 12;

impl<'a> Maker<'a> {
    /// The same seed and the same knowledge give the same requests.
    pub fn new(seed: u64, known: &'a Known) -> Self {
        Self { random: Random::new(seed), known }
    }

    /// A request of this operation.
    pub fn wish<'o>(&mut self, operation: &'o Operation) -> Wish<'o> {
        let placeholder = self.segment(operation);
        let (query, text) = self.query(operation);
        let body = self.body(operation);
        let mut headers = self.headers(operation);
        if let Some((content_type, _)) = &body {
            headers.extend(content_type.as_ref().map(|value| ("content-type".to_owned(), value.clone())));
        }
        let is_head = operation.method == "GET" && self.random.happens(5);
        Wish {
            operation,
            method: if is_head { "HEAD".to_owned() } else { operation.method.clone() },
            target: operation.path(&placeholder) + &text,
            query,
            headers,
            body: body.map(|(_, bytes)| bytes),
        }
    }

    fn naughty(&mut self) -> String {
        self.random.of(naughty::texts())
    }

    fn known_id(&mut self, kind: &str) -> String {
        match self.known.ids.get(kind) {
            Some(ids) if !ids.is_empty() => self.random.of(ids),
            _ => "0192f0c1-2b3c-7d4e-8f50-617283940516".to_owned(),
        }
    }

    /// What stands in place of the path's parameter, percent-encoded.
    fn segment(&mut self, operation: &Operation) -> String {
        let Some(kind) = operation.kind() else { return String::new() };
        let right = if operation.template.contains("{slug}") && !self.known.slugs.is_empty() && self.random.happens(70) {
            self.random.of(&self.known.slugs)
        } else {
            self.known_id(kind)
        };
        if !self.random.happens(BENT + 8) {
            return right;
        }
        match self.random.between(0, 9) {
            0 => right.to_uppercase(),
            1 => right.replace('-', ""),
            2 => format!("%7B{right}%7D"),
            3 => right[..right.len() / 2].to_owned(),
            4 => format!("{right}%00"),
            5 => format!("{right}%2F.."),
            6 => "a".repeat(usize::try_from(self.random.of(&[199, 200, 201, 5000])).unwrap()),
            7 => self.random.of(&["%ff", "%c0%80", "%ed%a0%80", "%", "%2", ".", "%2e%2e", ";a=1", "+1", "0x10", "1.0", "me"]).to_owned(),
            8 => self.known_id("users"),
            _ => encoded(&self.naughty()),
        }
    }

    fn query(&mut self, operation: &Operation) -> (Option<Vec<(String, String)>>, String) {
        let mut pairs = Vec::new();
        for parameter in operation.parameters().filter(|parameter| parameter.place == "query") {
            if parameter.is_required || self.random.happens(25) {
                pairs.push((parameter.name.to_owned(), self.parameter(&parameter)));
            }
        }
        if self.random.happens(5) {
            let names = ["at", "limit", "locale ", "Limit", "filter[title]", "sort", "fields", "page", "offset", "", "a\0"];
            pairs.push((self.random.of(&names).to_owned(), self.naughty()));
        }
        if !pairs.is_empty() && self.random.happens(3) {
            pairs.push(pairs[0].clone());
        }
        if self.random.happens(2) {
            let bent = ["?%", "?a=%ff", "?%00", "?&&", "?=", "?limit", "?limit=1=2", "?limit=%31", "?;", "?a=b&c=d&e=f", "??"];
            return (None, self.random.of(&bent).to_owned());
        }
        let mut text = String::new();
        for (name, value) in &pairs {
            let sign = if text.is_empty() { '?' } else { '&' };
            write!(text, "{sign}{}={}", encoded(name), encoded(value)).unwrap();
        }
        (Some(pairs), text)
    }

    fn parameter(&mut self, parameter: &Parameter<'_>) -> String {
        if self.random.happens(BENT) {
            return self.naughty();
        }
        if parameter.name == "cursor" && !self.known.cursors.is_empty() {
            return self.random.of(&self.known.cursors);
        }
        match self.value(parameter.name, parameter.schema) {
            Value::String(text) => text,
            Value::Array(items) => {
                items.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect::<Vec<_>>().join(",")
            }
            other => other.to_string(),
        }
    }

    fn headers(&mut self, operation: &Operation) -> Vec<(String, String)> {
        let mut headers = Vec::new();
        let mut add = |name: &str, value: String| headers.push((name.to_owned(), value));
        let has_version = operation.parameters().any(|parameter| parameter.name == "If-Match");
        if has_version && self.random.happens(if operation.requires_version() { 95 } else { 30 }) {
            let bent = ["", "1", "\"", "\"x\"", "\"01\"", "\"99999999999999999999\"", "*, \"1\"", "W/*", "\"1\" \"2\"", "\"-1\"", "\u{e9}"];
            let value = match self.random.between(1, 10) {
                1 => self.random.of(&bent).to_owned(),
                2..5 => format!("\"{}\"", self.random.between(1, 3)),
                5 => "W/\"1\", \"2-gzip\"".to_owned(),
                _ => "*".to_owned(),
            };
            add("if-match", value);
        }
        if self.random.happens(15) {
            let value = if self.known.tags.is_empty() { "*".to_owned() } else { self.random.of(&self.known.tags) };
            add("if-none-match", value);
        }
        if self.random.happens(30) {
            let codings =
                ["gzip", "br", "zstd", "identity", "*", "*;q=0", "identity;q=0", "gzip;q=0, *;q=0", "gzip;q=2", "br;q=,", "\u{e9}", ""];
            add("accept-encoding", self.random.of(&codings).to_owned());
        }
        if self.random.happens(10) {
            let others = [
                ("range", "bytes=0-5"),
                ("range", "bytes=0-,0-,0-,5-1"),
                ("if-range", "\"x\""),
                ("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT"),
                ("accept", "text/html"),
                ("accept", ";;;"),
                ("origin", "null"),
                ("origin", "https://evil.example.org"),
                ("x-request-id", "a b\u{e9}"),
                ("x-forwarded-for", "::::, 1.2.3.4, unknown"),
                ("forwarded", "for=\"[::1\";;="),
                ("x-http-method-override", "DELETE"),
                ("idempotency-key", "one"),
                ("idempotency-key", ""),
                ("content-encoding", "gzip"),
                ("cookie", "a=b; a=c; =; ;"),
                ("te", "trailers, x"),
                ("connection", "close"),
                ("upgrade", "h2c"),
                ("accept-language", "tk, *;q=0.1, !!"),
            ];
            let (name, value) = self.random.of(&others);
            add(name, value.to_owned());
        }
        if self.random.happens(2) {
            add("x-long", "x".repeat(usize::try_from(self.random.of(&[100, 8000, 30_000])).unwrap()));
        }
        headers
    }

    /// The body and its type; `None` in place of the type where none is said.
    fn body(&mut self, operation: &Operation) -> Option<(Option<String>, Vec<u8>)> {
        let Some((media, schema)) = operation.body() else {
            // Some clients send one all the same.
            return self.random.happens(5).then(|| (Some("application/json".to_owned()), b"{\"a\":1}".to_vec()));
        };
        if self.random.happens(2) {
            return None;
        }
        let mut value = self.value("", schema);
        if self.random.happens(45) {
            for _ in 0..self.random.between(1, 3) {
                self.bend(&mut value);
            }
        }
        let mut bytes = value.to_string().into_bytes();
        if self.random.happens(BENT) {
            bytes = self.bend_text(bytes);
        }
        let others =
            ["text/plain", "application/json; charset=latin1", "multipart/form-data", "", "application/merge-patch+json", "*/*", "\u{e9}"];
        let content_type = match self.random.between(1, 100) {
            1..=4 => Some(self.random.of(&others).to_owned()),
            5 => None,
            6..=40 => Some("application/json".to_owned()),
            41..=45 => Some("Application/JSON;charset=\"UTF-8\"".to_owned()),
            _ => Some(media.to_owned()),
        };
        Some((content_type, bytes))
    }

    /// A value that a schema takes. `name` says of which member, since some texts mean something.
    fn value(&mut self, name: &str, schema: &Value) -> Value {
        let schema = resolve(schema);
        for branches in ["oneOf", "anyOf"] {
            if let Some(branches) = schema[branches].as_array() {
                let of = if self.random.happens(80) { branches[0].clone() } else { self.random.of(branches) };
                return self.value(name, &of);
            }
        }
        if let Some(words) = schema["enum"].as_array() {
            return self.random.of(words);
        }
        let kind = match &schema["type"] {
            Value::Array(kinds) if self.random.happens(85) => kinds[0].clone(),
            Value::Array(kinds) => self.random.of(kinds),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("string") => Value::from(self.text(name, schema)),
            Some("integer") => self.integer(schema),
            Some("number") => json!(self.random.between(-1000, 1000)),
            Some("boolean") => json!(self.random.happens(50)),
            Some("array") => {
                let least = schema["minItems"].as_i64().unwrap_or(0);
                let count = self.random.between(least, least.max(2));
                (0..count).map(|_| self.value(name, &schema["items"])).collect()
            }
            Some("object") => self.object(schema),
            _ => Value::Null,
        }
    }

    fn object(&mut self, schema: &Value) -> Value {
        let mut object = Map::new();
        let required = |name: &str| schema["required"].as_array().is_some_and(|all| all.iter().any(|other| other == name));
        for (name, member) in schema["properties"].as_object().into_iter().flatten() {
            if required(name) || self.random.happens(35) {
                object.insert(name.clone(), self.value(name, member));
            }
        }
        if schema["additionalProperties"] != false && self.random.happens(60) {
            object.insert(self.naughty(), self.random.of(&naughty::values()));
        }
        Value::Object(object)
    }

    fn integer(&mut self, schema: &Value) -> Value {
        let least = schema["minimum"].as_i64().unwrap_or(-5);
        let most = schema["maximum"].as_i64().unwrap_or(least.saturating_add(5));
        let edges = [least, most, least.saturating_add(1), (least + 3).min(most)];
        json!(self.random.of(&edges))
    }

    fn text(&mut self, name: &str, schema: &Value) -> String {
        if let Some(words) = self.known.words.get(name).filter(|words| !words.is_empty()) {
            return self.random.of(words);
        }
        if schema["format"] == "uuid" {
            return self.known_id(if name.starts_with("article") || name == "id" { "articles" } else { "categories" });
        }
        if name.ends_with("_at") || name == "at" || schema["format"] == "date-time" {
            return self.time();
        }
        match name {
            "time_zone" => {
                return self.random.of(&["Asia/Ashgabat", "Europe/Berlin", "UTC", "Pacific/Apia", "America/New_York"]).to_owned();
            }
            "locale" => return self.random.of(&["en", "tk"]).to_owned(),
            "email" => return format!("g{}@example.org", self.random.between(1, 1_000_000)),
            "source" => return self.markup(),
            "tags" | "authors" => return "nobody".to_owned(),
            _ => {}
        }
        if let Some(pattern) = schema["pattern"].as_str().filter(|pattern| *pattern != "\\S") {
            return self.matching(pattern);
        }
        let (least, most) = (schema["minLength"].as_i64().unwrap_or(0), schema["maxLength"].as_i64().unwrap_or(50).min(4000));
        let count = if self.random.happens(10) { self.random.of(&[least, most]) } else { self.random.between(least, most.min(least + 30)) };
        let letter = self.random.of(&["a", "Z", "é", "ş", "字", "\u{1f600}", " x", "ﬁ"]);
        letter.chars().cycle().skip(1).take(usize::try_from(count.max(0)).unwrap()).collect()
    }

    /// A text of one of the patterns that there are.
    fn matching(&mut self, pattern: &str) -> String {
        let words = pattern.trim_start_matches('^').trim_end_matches('$').trim_start_matches('(').trim_end_matches(')');
        if words.bytes().all(|b| b.is_ascii_lowercase() || b"|_".contains(&b)) {
            return self.random.of(&words.split('|').collect::<Vec<_>>()).to_owned();
        }
        match pattern {
            "^-?published_at$" => self.random.of(&["published_at", "-published_at"]).to_owned(),
            "^/" => format!("/old/{}", self.random.between(1, 100)),
            _ if pattern.contains("://") => format!("https://example.org/{}", self.random.between(1, 9)),
            _ if !self.known.slugs.is_empty() && self.random.happens(20) => self.random.of(&self.known.slugs),
            _ => format!("s{}-{}", self.random.between(1, 100_000), self.random.of(&["a", "b", "2"])),
        }
    }

    fn time(&mut self) -> String {
        let second = self.random.between(0, 59);
        let offset = self.random.of(&["Z", "+05:00", "-12:00", "+14:00"]);
        match self.random.between(1, 20) {
            1 => "1970-01-01T00:00:00Z".to_owned(),
            2 => "9999-12-31T23:59:59.999Z".to_owned(),
            3 => "2027-03-28T02:30".to_owned(),
            4 => "2026-10-25T02:30:00.123456789".to_owned(),
            5 => format!("2026-11-30T08:00:{second:02}.1234567Z"),
            6..12 => {
                format!("20{:02}-1{}-0{}T0{}:00:{second:02}{offset}", self.random.between(20, 30), second % 3, 1 + second % 9, second % 10)
            }
            _ => format!("2026-11-30T08:{:02}:{second:02}.{:03}Z", self.random.between(0, 20), self.random.between(0, 999)),
        }
    }

    fn markup(&mut self) -> String {
        let mut text = String::new();
        for _ in 0..self.random.between(0, 6) {
            let parts = [
                "# A\n\n",
                "*b* ",
                "<p>",
                "<svg><style>",
                "</p>",
                "[a](javascript:x)",
                "\n> ",
                "|a|b|\n|-|-|\n",
                "[^1]\n\n[^1]: x\n",
                "&#0;",
                "```\n",
                "<!--",
            ];
            text.push_str(self.random.of(&parts));
            if self.random.happens(30) {
                text.push_str(&self.naughty());
            }
        }
        text.replace('\0', " ")
    }

    /// Makes one place of a value wrong, or odd.
    fn bend(&mut self, value: &mut Value) {
        let descends = self.random.happens(75);
        match value {
            Value::Object(members) if descends && !members.is_empty() => {
                let names: Vec<String> = members.keys().cloned().collect();
                let name = self.random.of(&names);
                match self.random.between(1, 10) {
                    1 => drop(members.remove(&name)),
                    2 => drop(members.insert(format!("{name}s"), json!(1))),
                    3 => {
                        let unknown = self.naughty();
                        members.insert(unknown, Value::Null);
                    }
                    _ => self.bend(&mut members[&name]),
                }
            }
            Value::Array(items) if descends && !items.is_empty() => {
                let at = usize::try_from(self.random.between(0, i64::try_from(items.len()).unwrap() - 1)).unwrap();
                if self.random.happens(20) {
                    *items = items.iter().cycle().take(items.len() * 60).cloned().collect();
                } else {
                    self.bend(&mut items[at]);
                }
            }
            Value::String(text) if descends => match self.random.between(1, 8) {
                // Longer than any body may be is long enough: a connection does not wait until more is written down.
                1 if text.len() < 100_000 => *text = text.repeat(100),
                2 => text.clear(),
                3 => text.push('\0'),
                4 => text.push('\u{301}'),
                5 => *text = " \u{3000}\t".to_owned(),
                _ => *text = self.naughty(),
            },
            _ => *value = self.random.of(&naughty::values()),
        }
    }

    /// Makes the text of a body wrong, or writes it in an odd way.
    fn bend_text(&mut self, mut bytes: Vec<u8>) -> Vec<u8> {
        let raw = |bytes: Vec<u8>, with: &str| {
            // In place of the first member's value, or of everything.
            let text = String::from_utf8(bytes).unwrap();
            match text.split_once(':') {
                Some((before, _)) if before.starts_with('{') => format!("{before}:{with}}}").into_bytes(),
                _ => with.to_owned().into_bytes(),
            }
        };
        let half = bytes.len() / 2;
        match self.random.between(0, 14) {
            0 => bytes.truncate(half),
            1 => bytes.extend_from_slice(b"x"),
            2 => bytes.extend_from_slice(b" \n\t"),
            3 => bytes.insert(0, 0xff),
            4 => drop(bytes.splice(..0, *b"\xef\xbb\xbf")),
            5 => bytes.clear(),
            6 => bytes.insert(half, 0),
            7 => bytes = raw(bytes, "\"\\ud800\""),
            8 => bytes = raw(bytes, "1e999"),
            9 => bytes = raw(bytes, &"9".repeat(400)),
            10 => bytes = raw(bytes, &format!("{}{}", "[".repeat(3000), "]".repeat(3000))),
            11 => bytes = raw(bytes, "{\"a\":1,\"a\":2}"),
            12 => bytes = raw(bytes, "\"\\u0000\""),
            13 => bytes = raw(bytes, "NaN"),
            _ => bytes = format!("{:\u{20}>9000}", String::from_utf8(bytes).unwrap()).into_bytes(),
        }
        bytes
    }
}

/// Percent-encoded, so that it is one segment or one value.
pub fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
