//! A query, parameter by parameter.

use std::fmt::{Display, Write as _};
use std::str::FromStr;

use crate::http::nearest::nearest;
use crate::kernel::given::time;
use crate::kernel::instant::Instant;
use crate::kernel::page::{CursorKey, Limit};
use crate::kernel::problem::{FieldError, Problem, Result};
use crate::kernel::zone::{LocalTime, Zone};

/// More mistakes than these are not listed.
const MOST_ERRORS: usize = 50;
/// A query has no more parameters: no operation takes as many.
const MOST_PARAMETERS: usize = 100;
/// The greatest number that `page` takes.
const LAST_PAGE: u32 = 1000;
/// No cursor is longer.
const LONGEST_CURSOR: usize = 2048;
const NO_CURSOR: &str = "it is not a cursor of this API; take it from `paging`";
/// The most characters of a value between commas.
const LONGEST_ITEM: usize = 200;

/// Reads parameters one by one and notes every mistake. A parameter is known to the operation once it has been asked for.
#[derive(Debug)]
pub struct Collector<'a> {
    pairs: Vec<(String, Option<String>)>,
    known: Vec<&'a str>,
    errors: Vec<FieldError>,
    is_no_cursor: bool,
}

impl<'a> Collector<'a> {
    pub(super) fn of(text: &str) -> Self {
        let mut collector = Self { pairs: Vec::new(), known: Vec::new(), errors: Vec::new(), is_no_cursor: false };
        let mut pairs = text.split('&').filter(|pair| !pair.is_empty());
        pairs.by_ref().take(MOST_PARAMETERS).for_each(|pair| collector.add(pair));
        if pairs.next().is_some() {
            collector.error("", "too_many", format!("a query has at most {MOST_PARAMETERS} parameters"));
        }
        collector
    }

    fn add(&mut self, pair: &str) {
        let (raw_name, raw_value) = pair.split_once('=').unwrap_or((pair, ""));
        let Some(name) = decode(raw_name) else {
            return self.error(raw_name, "encoding", "the name is not percent-encoded UTF-8 without NUL");
        };
        if self.pairs.iter().any(|(other, _)| *other == name) {
            return self.error(&name, "repeated", "it is given more than once; several values go into one, with commas");
        }
        let value = decode(raw_value);
        if value.is_none() {
            self.error(&name, "encoding", "the value is not percent-encoded UTF-8 without NUL");
        }
        self.pairs.push((name, value));
    }

    /// Notes a mistake of the parameter `name`.
    pub fn error(&mut self, name: &str, code: &'static str, detail: impl Into<String>) {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(FieldError::new(pointer(name), code, detail));
        }
    }

    /// The same with a mistake that was found elsewhere in its value.
    fn fault(&mut self, name: &str, value: &str, fault: FieldError) {
        if self.errors.len() < MOST_ERRORS {
            let detail = format!("`{}`: {}", shown(value), fault.detail);
            self.errors.push(FieldError::new(pointer(name), fault.code, detail).with_readings(fault.readings));
        }
    }

    /// Whether something is wrong with the parameter so far.
    fn is_wrong(&self, name: &str) -> bool {
        self.errors.iter().any(|error| error.pointer == pointer(name))
    }

    /// Whether the parameter is given.
    pub fn has(&mut self, name: &'a str) -> bool {
        self.know(name);
        self.pairs.iter().any(|(given, _)| given == name)
    }

    fn know(&mut self, name: &'a str) {
        if !self.known.contains(&name) {
            self.known.push(name);
        }
    }

    /// The value as it is, of any length. An empty one counts as given.
    pub fn raw(&mut self, name: &'a str) -> Option<String> {
        self.know(name);
        self.pairs.iter_mut().find(|(given, _)| given == name).and_then(|(_, value)| value.take())
    }

    /// What `check` makes of the value; its error says what would be right.
    pub fn check<T, E: Display>(
        &mut self,
        name: &'a str,
        code: &'static str,
        check: impl FnOnce(&str) -> std::result::Result<T, E>,
    ) -> Option<T> {
        let value = self.raw(name)?;
        match check(&value) {
            Ok(read) => Some(read),
            Err(fault) => {
                let (value, fault) = (format!("`{}`", shown(&value)), fault.to_string());
                self.error(name, code, if fault.starts_with(&value) { fault } else { format!("{value}: {fault}") });
                None
            }
        }
    }

    /// A value of a type that reads itself.
    pub fn value<T: FromStr<Err: Display>>(&mut self, name: &'a str) -> Option<T> {
        self.check(name, "invalid_format", T::from_str)
    }

    /// An id, such as `q.id::<ArticleId>("article_id")`.
    pub fn id<T: FromStr<Err: Display>>(&mut self, name: &'a str) -> Option<T> {
        self.value(name)
    }

    /// Ids with commas between, at most `most` of them, each taken once; empty if not given.
    pub fn ids<T: FromStr<Err: Display> + Ord>(&mut self, name: &'a str, most: usize) -> Vec<T> {
        let mut ids = Vec::new();
        for item in self.list(name, most) {
            match item.parse() {
                Ok(id) => ids.push(id),
                Err(fault) => self.error(name, "invalid_format", format!("`{}`: {fault}", shown(&item))),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        ids
    }

    /// An instant (RFC 3339 with an offset).
    pub fn instant(&mut self, name: &'a str) -> Option<Instant> {
        self.value(name)
    }

    /// An instant, or a local time of the zone that the query names in `time_zone`. Ask for that first.
    pub fn moment(&mut self, name: &'a str, zone: Option<&Zone>) -> Option<Instant> {
        let text = self.raw(name)?;
        if self.is_wrong("time_zone") && text.parse::<LocalTime>().is_ok() {
            return None;
        }
        match time(name, &text, zone) {
            Ok((instant, _)) => Some(instant),
            Err(fault) => {
                self.fault(name, &text, fault);
                None
            }
        }
    }

    /// A time zone by its IANA name.
    pub fn zone(&mut self, name: &'a str) -> Option<Zone> {
        self.value(name)
    }

    /// Text of 1 to `max_chars` characters.
    pub fn text(&mut self, name: &'a str, max_chars: usize) -> Option<String> {
        let value = self.raw(name)?;
        let chars = value.chars().count();
        if chars > max_chars {
            self.error(name, "too_long", format!("it has {chars} characters; {max_chars} are the most"));
            return None;
        }
        if chars == 0 {
            self.error(name, "too_short", "it is empty; give a value or leave it out");
            return None;
        }
        Some(value)
    }

    /// A whole number from `least` to `most`.
    pub fn number(&mut self, name: &'a str, least: u32, most: u32) -> Option<u32> {
        let value = self.raw(name)?;
        let is_plain = !value.is_empty() && value.bytes().all(|b| b.is_ascii_digit());
        match value.parse::<u32>() {
            Ok(number) if is_plain && (least..=most).contains(&number) => return Some(number),
            _ if is_plain => self.error(name, "out_of_range", format!("`{}` is not from {least} to {most}", shown(&value))),
            _ => self.error(name, "invalid_format", format!("`{}` is not a whole number from {least} to {most}", shown(&value))),
        }
        None
    }

    /// `limit`: 1 to 100, 20 unless said.
    pub fn limit(&mut self) -> Limit {
        let given = self.number("limit", 1, u32::from(Limit::MAX));
        given.and_then(|limit| u16::try_from(limit).ok()).and_then(Limit::new).unwrap_or(Limit::DEFAULT)
    }

    /// `page`: 1 to 1,000. Ask for `cursor` as well, in either order: giving both is a mistake.
    pub fn page(&mut self) -> Option<u32> {
        if self.has("page") && self.has("cursor") {
            self.error("page", "conflict", "give either `page` or `cursor`");
        }
        self.number("page", 1, LAST_PAGE)
    }

    /// `cursor`: its text, for [`CursorKey::open`](crate::kernel::page::CursorKey::open).
    pub fn cursor(&mut self) -> Option<String> {
        let value = self.raw("cursor")?;
        if value.is_empty() || value.len() > LONGEST_CURSOR || !value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)) {
            self.error("cursor", "invalid_format", NO_CURSOR);
            return None;
        }
        self.is_no_cursor = !CursorKey::may_have_made(&value);
        Some(value)
    }

    /// `count=exact`: whether the total was asked for.
    pub fn count(&mut self) -> bool {
        self.one_of("count", &[("exact", ())]).is_some()
    }

    /// `true` or `false`; `false` if it is not given.
    pub fn flag(&mut self, name: &'a str) -> bool {
        self.one_of(name, &[("true", true), ("false", false)]).unwrap_or(false)
    }

    /// One of these words.
    pub fn one_of<T: Copy>(&mut self, name: &'a str, words: &[(&'static str, T)]) -> Option<T> {
        let value = self.raw(name)?;
        let found = find(words, &value);
        if found.is_none() {
            self.not_one_of(name, &value, words);
        }
        found
    }

    /// Any of these words, each once, with commas between; empty if not given.
    pub fn any_of<T: Copy>(&mut self, name: &'a str, words: &[(&'static str, T)]) -> Vec<T> {
        let mut found: Vec<(&'static str, T)> = Vec::new();
        for word in self.list(name, words.len().saturating_mul(2)) {
            match words.iter().find(|(known, _)| *known == word) {
                Some((known, _)) if found.iter().any(|(seen, _)| seen == known) => {
                    self.error(name, "repeated", format!("`{known}` is named more than once"));
                }
                Some(known) => found.push(*known),
                None => self.not_one_of(name, &word, words),
            }
        }
        found.into_iter().map(|(_, value)| value).collect()
    }

    /// Texts with commas between, at most `most` of them, each of up to 200 characters; empty if not given.
    pub fn list(&mut self, name: &'a str, most: usize) -> Vec<String> {
        let Some(value) = self.raw(name) else { return Vec::new() };
        let items = value.split(',').count();
        if items > most {
            self.error(name, "too_many", format!("it has {items} values; {most} are the most"));
            return Vec::new();
        }
        if value.split(',').any(str::is_empty) {
            self.error(name, "too_short", "a value is empty; write values with commas between, or leave the parameter out");
            return Vec::new();
        }
        if value.split(',').any(|item| item.chars().count() > LONGEST_ITEM) {
            self.error(name, "too_long", format!("a value has more than {LONGEST_ITEM} characters"));
            return Vec::new();
        }
        value.split(',').map(str::to_owned).collect()
    }

    fn not_one_of<T>(&mut self, name: &str, value: &str, words: &[(&'static str, T)]) {
        let mut detail = format!("`{}` is not one of ", shown(value));
        for (at, (word, _)) in words.iter().enumerate() {
            let between = if at == 0 { "" } else { ", " };
            write!(detail, "{between}`{word}`").expect("writing to a String does not fail");
        }
        if let Some(near) = nearest(value, words.iter().map(|(word, _)| *word)) {
            write!(detail, "; `{near}` is the nearest").expect("writing to a String does not fail");
        }
        self.error(name, "not_one_of", detail);
    }

    /// Ends the reading: what was given and never asked for is unknown.
    ///
    /// # Errors
    /// `invalid_parameter` (400) with every mistake.
    pub fn finish(mut self) -> Result<()> {
        let given: Vec<String> =
            self.pairs.iter().map(|(name, _)| name.clone()).filter(|name| !self.known.contains(&name.as_str())).collect();
        for name in given {
            let detail = match nearest(&name, self.known.iter().copied()) {
                Some(near) => format!("there is no such parameter here; the nearest is `{near}`"),
                None if self.known.is_empty() => "this operation takes no parameters".to_owned(),
                None => format!("there is no such parameter here; known are {}", listed(&self.known)),
            };
            self.error(&name, "unknown_parameter", detail);
        }
        if self.errors.is_empty() {
            return Ok(());
        }
        // Alone it is `invalid_cursor`, as is one that was made for another list: which list this is, nobody knows before the rest is right.
        if self.is_no_cursor {
            self.error("cursor", "invalid_cursor", NO_CURSOR);
        }
        Err(Problem::invalid_parameters(self.errors))
    }
}

fn find<T: Copy>(words: &[(&'static str, T)], value: &str) -> Option<T> {
    words.iter().find(|(word, _)| *word == value).map(|(_, meant)| *meant)
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A JSON pointer to a parameter: `/` and its name.
fn pointer(name: &str) -> String {
    format!("/{}", shown(name).replace('~', "~0").replace('/', "~1"))
}

/// A value as it may be shown in an answer: cut to 80 characters, without controls.
fn shown(value: &str) -> String {
    value.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// Decodes a part of a query, `+` as a space; `None` if an escape is broken or the result is not UTF-8 or holds NUL.
pub fn decode(raw: &str) -> Option<String> {
    let bytes = raw.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'+' => decoded.push(b' '),
            b'%' => {
                let digit = |byte: Option<&u8>| byte.and_then(|b| char::from(*b).to_digit(16));
                let (high, low) = (digit(bytes.get(at + 1))?, digit(bytes.get(at + 2))?);
                decoded.push(u8::try_from(high * 16 + low).ok()?);
                at += 2;
            }
            byte => decoded.push(byte),
        }
        at += 1;
    }
    String::from_utf8(decoded).ok().filter(|text| !text.contains('\0'))
}
