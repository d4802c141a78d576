//! Writing XML: elements within elements, and texts that may hold anything.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Writes elements. Writing into memory does not fail.
pub(super) struct Xml(Writer<Vec<u8>>);

const IN_MEMORY: &str = "writing into memory does not fail";

impl Xml {
    /// A document.
    pub(super) fn new() -> Self {
        let mut xml = Self(Writer::new(Vec::new()));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
        xml
    }

    fn write(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect(IN_MEMORY);
    }

    fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
        let mut start = BytesStart::new(name);
        for (name, value) in attributes {
            start.push_attribute((*name, &*allowed(value)));
        }
        start
    }

    /// An element with others in it.
    pub(super) fn within(&mut self, name: &str, attributes: &[(&str, &str)], inside: impl FnOnce(&mut Self)) {
        self.write(Event::Start(Self::start(name, attributes)));
        inside(self);
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element with a text in it.
    pub(super) fn text(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        self.within(name, attributes, |xml| xml.write(Event::Text(BytesText::new(&allowed(text)))));
    }

    /// An element with nothing in it.
    pub(super) fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) {
        self.write(Event::Empty(Self::start(name, attributes)));
    }

    /// The whole document.
    pub(super) fn finish(self) -> Vec<u8> {
        self.0.into_inner()
    }
}

/// A text without the characters that XML has no form for (XML 1.0 section 2.2), which titles may hold all the same.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(is_allowed) { text.into() } else { text.chars().filter(|c| is_allowed(*c)).collect::<String>().into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_stands_in_a_text_the_document_is_well_formed() {
        let mut xml = Xml::new();
        xml.text("a", &[("b", "\"<&\u{0}\u{ffff}")], "<c> & \u{1}\u{8}]]>\u{fffe}\u{1f600}");
        let text = String::from_utf8(xml.finish()).unwrap();
        assert_eq!(text, "<?xml version=\"1.0\" encoding=\"utf-8\"?><a b=\"&quot;&lt;&amp;\">&lt;c&gt; &amp; ]]&gt;\u{1f600}</a>");
    }
}
