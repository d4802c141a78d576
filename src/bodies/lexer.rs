//! The first pass over HTML: parts it into tags and text by the rules of the HTML standard (section 13.2.5) and writes it
//! out again in one plain form, `<name a="b">`. Comments, scripts and other elements that go with their content stay out.
//!
//! Nothing of safety hangs on it: what it writes is read again by a full parser. It is there so that no parser behind it
//! meets a tag of half a million attributes, for which parsers take quadratic time.

use super::allowed;
use super::warnings::{Loss, Losses, echo};

/// The most attributes of one tag that are looked at.
const MAX_ATTRIBUTES: usize = 64;
/// The longest name of an element or attribute.
const MAX_NAME: usize = 40;

/// The source in plain form.
pub(super) fn plain(source: &str, losses: &mut Losses) -> String {
    let mut lexer = Lexer { source, at: 0, out: String::with_capacity(source.len()), dropping: None, losses };
    while lexer.at < source.len() {
        lexer.step();
    }
    lexer.out
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    out: String,
    /// The element that is being dropped with its content, and how many of its name are open.
    dropping: Option<(&'static str, usize)>,
    losses: &'a mut Losses,
}

/// A tag as it was written; values still encoded.
struct Tag<'a> {
    name: String,
    attributes: Vec<(String, &'a str)>,
}

fn is_space(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | b'\x0c' | b'\r' | b' ')
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.source[self.at..]
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.source.as_bytes().get(self.at + ahead).copied()
    }

    fn text(&mut self, text: &str) {
        if self.dropping.is_none() {
            self.out.push_str(text);
        }
    }

    /// Text up to the next `<`, or what begins with it.
    fn step(&mut self) {
        let rest = self.rest();
        let to_tag = rest.find('<').unwrap_or(rest.len());
        if to_tag > 0 {
            self.text(&rest[..to_tag].replace('>', "&gt;"));
            self.at += to_tag;
            return;
        }
        match (self.byte(1), self.byte(2)) {
            (Some(b), _) if b.is_ascii_alphabetic() => self.start_tag(),
            (Some(b'/'), Some(b)) if b.is_ascii_alphabetic() => self.end_tag(),
            (Some(b'!'), _) if rest.starts_with("<!--") => self.comment(),
            (Some(b'!' | b'?'), _) | (Some(b'/'), Some(_)) => self.at += rest.find('>').map_or(rest.len(), |end| end + 1),
            _ => {
                self.text("&lt;");
                self.at += 1;
            }
        }
    }

    fn comment(&mut self) {
        let rest = &self.rest()[4..];
        self.at += 4;
        for early in [">", "->"] {
            if rest.starts_with(early) {
                self.at += early.len();
                return;
            }
        }
        let mut from = 0;
        while let Some(at) = rest[from..].find("--") {
            let after = &rest[from + at + 2..];
            if let Some(end) = [">", "!>"].iter().find(|end| after.starts_with(**end)) {
                self.at += from + at + 2 + end.len();
                return;
            }
            from += at + 1;
        }
        self.losses.note(Loss::Element, "a comment that begins with `<!--` has no end, so all that follows is taken out");
        self.at = self.source.len();
    }

    /// Reads a tag whose name begins at `self.at`; `None` where the source ends within it.
    fn tag(&mut self) -> Option<Tag<'a>> {
        let bytes = self.source.as_bytes();
        let end = bytes[self.at..].iter().position(|&b| is_space(b) || b == b'/' || b == b'>');
        let Some(end) = end else {
            self.at = bytes.len();
            return None;
        };
        let name = &self.source[self.at..self.at + end];
        let mut tag = Tag { name: name.to_ascii_lowercase(), attributes: Vec::new() };
        self.at += end;
        loop {
            while self.byte(0).is_some_and(|b| is_space(b) || b == b'/') {
                self.at += 1;
            }
            match self.byte(0) {
                None => return None,
                Some(b'>') => {
                    self.at += 1;
                    return Some(tag);
                }
                Some(_) => self.attribute(&mut tag),
            }
        }
    }

    fn attribute(&mut self, tag: &mut Tag<'a>) {
        let rest = self.rest().as_bytes();
        let length = 1 + rest[1..].iter().take_while(|&&b| !(is_space(b) || matches!(b, b'/' | b'>' | b'='))).count();
        let name = &self.rest().as_bytes()[..length];
        let is_usable = length <= MAX_NAME && name.iter().all(|&b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b':'));
        let name = if is_usable { String::from_utf8_lossy(name).to_ascii_lowercase() } else { String::new() };
        self.at += length;
        let spaces = self.rest().bytes().take_while(|&b| is_space(b)).count();
        let mut value = "";
        if self.byte(spaces) == Some(b'=') {
            self.at += spaces + 1;
            self.at += self.rest().bytes().take_while(|&b| is_space(b)).count();
            value = self.value();
        }
        let is_new = tag.attributes.len() < MAX_ATTRIBUTES && tag.attributes.iter().all(|(known, _)| *known != name);
        if is_usable && is_new {
            tag.attributes.push((name, value));
        }
    }

    fn value(&mut self) -> &'a str {
        let rest = self.rest();
        let (value, behind) = match rest.as_bytes().first() {
            Some(&quote @ (b'"' | b'\'')) => {
                let inner = &rest[1..];
                let length = inner.find(char::from(quote)).unwrap_or(inner.len());
                (&inner[..length], (length + 2).min(rest.len()))
            }
            _ => {
                let length = rest.bytes().position(|b| is_space(b) || b == b'>').unwrap_or(rest.len());
                (&rest[..length], length)
            }
        };
        self.at += behind;
        value
    }

    fn start_tag(&mut self) {
        self.at += 1;
        let Some(tag) = self.tag() else { return };
        let name = tag.name.as_str();
        if let Some((dropped, open)) = &mut self.dropping {
            *open += usize::from(*dropped == name);
        }
        let is_raw = allowed::RAW_TEXT.contains(&name);
        let is_top = self.dropping.is_none();
        if let Some(dropped) = allowed::DROPPED.iter().find(|dropped| **dropped == name && is_top) {
            self.dropping = Some((dropped, 1));
        }
        if is_top && (self.dropping.is_some() || (is_raw && name != "iframe")) {
            self.losses.note(Loss::Element, &format!("`<{name}>` is taken out with all that is in it"));
        } else if is_top {
            self.write_start(&tag);
        }
        if is_raw {
            self.skip_raw(name);
        }
    }

    fn write_start(&mut self, tag: &Tag) {
        if tag.name.len() > MAX_NAME || !tag.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
            self.losses.note(Loss::Element, &format!("`<{}>` is taken out, its text stays", echo(&tag.name)));
            return;
        }
        self.out.push('<');
        self.out.push_str(&tag.name);
        for (name, value) in &tag.attributes {
            let value = value.replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;");
            self.out.extend([" ", name, "=\"", &value, "\""]);
        }
        self.out.push('>');
    }

    /// Skips raw text and the end tag behind it.
    fn skip_raw(&mut self, name: &str) {
        let bytes = self.source.as_bytes();
        while let Some(at) = self.rest().find("</").filter(|_| name != "plaintext") {
            self.at += at + 2;
            let end = self.at + name.len();
            let is_end = bytes.get(self.at..end).is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes()));
            if is_end && bytes.get(end).is_none_or(|&b| is_space(b) || b == b'/' || b == b'>') {
                self.tag();
                return;
            }
        }
        self.at = bytes.len();
    }

    fn end_tag(&mut self) {
        self.at += 2;
        let Some(tag) = self.tag() else { return };
        match &mut self.dropping {
            Some((dropped, open)) if *dropped == tag.name => {
                *open -= 1;
                if *open == 0 {
                    self.dropping = None;
                }
            }
            Some(_) => {}
            None if allowed::find(&tag.name).is_some() => self.out.extend(["</", &tag.name, ">"]),
            None => {}
        }
    }
}
