//! XML that is well-formed whatever is put into it.

use std::borrow::Cow;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

/// Attributes of an element: names that are fixed, values of any kind.
pub(super) type Attributes<'a> = &'a [(&'static str, &'a str)];

/// A document that is being written.
pub(super) struct Xml(Writer<Vec<u8>>);

impl Xml {
    /// One that has begun.
    pub(super) fn new() -> Self {
        let mut xml = Self(Writer::new(Vec::new()));
        xml.write(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)));
        xml
    }

    /// A further part of one.
    pub(super) fn within() -> Self {
        Self(Writer::new(Vec::new()))
    }

    /// Begins an element.
    pub(super) fn open(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.write(Event::Start(start(name, attributes)));
    }

    /// Ends it.
    pub(super) fn close(&mut self, name: &'static str) {
        self.write(Event::End(BytesEnd::new(name)));
    }

    /// An element without content.
    pub(super) fn empty(&mut self, name: &'static str, attributes: Attributes<'_>) {
        self.write(Event::Empty(start(name, attributes)));
    }

    /// An element with a text.
    pub(super) fn text(&mut self, name: &'static str, text: &str) {
        self.text_with(name, &[], text);
    }

    /// The same with attributes.
    pub(super) fn text_with(&mut self, name: &'static str, attributes: Attributes<'_>, text: &str) {
        self.open(name, attributes);
        self.write(Event::Text(BytesText::new(&clean(text))));
        self.close(name);
    }

    /// The document.
    pub(super) fn end(self) -> Vec<u8> {
        self.0.into_inner()
    }

    fn write(&mut self, event: Event<'_>) {
        self.0.write_event(event).expect("writing to memory does not fail");
    }
}

fn start<'a>(name: &'static str, attributes: Attributes<'a>) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, clean(value).as_ref()));
    }
    start
}

/// A text without what no XML can hold, not even escaped (XML 1.0, section 2.2).
fn clean(text: &str) -> Cow<'_, str> {
    let is_held = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{FFFD}' | '\u{10000}'..);
    if text.chars().all(is_held) { Cow::Borrowed(text) } else { Cow::Owned(text.chars().filter(|c| is_held(*c)).collect()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_xml_cannot_hold_is_left_out_and_the_rest_escaped() {
        let mut xml = Xml::new();
        xml.text_with("a", &[("b", "\"<\u{1}")], "x\u{0}\u{8}\u{b}\u{1f}\u{fffe}\u{ffff}y\tz <&>]]> \u{1F600}");
        let written = String::from_utf8(xml.end()).unwrap();
        assert!(written.ends_with("<a b=\"&quot;&lt;\">xy\tz &lt;&amp;&gt;]]&gt; \u{1F600}</a>"), "{written}");
    }
}
