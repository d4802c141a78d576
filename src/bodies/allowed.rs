//! The elements that a body may have, and how each nests. What is not listed is taken out and its text stays, except for
//! [`DROPPED`], which goes with all that is in it.
//!
//! Never to be listed: `svg`, `math`, `style`, `noscript`, `title`, `textarea`, `template`, `form` and other elements within
//! which a parser changes its rules.

/// How an element nests; the rules are in `balance.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Inline,
    Link,
    /// `br`, `wbr`: no content.
    Break,
    /// `img`: no content, nothing without a source.
    Image,
    /// `iframe`: rebuilt by `embeds.rs`.
    Embed,
    /// `hr`: no content, ends a paragraph.
    Rule,
    Block,
    Div,
    Paragraph,
    Heading,
    List,
    Item,
    Terms,
    Term,
    Ruby,
    RubyText,
    Table,
    Caption,
    ColumnGroup,
    Column,
    Section,
    Row,
    Cell,
}

/// One allowed element.
#[derive(Debug)]
pub(super) struct Element {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Its attributes besides [`GLOBAL_ATTRIBUTES`].
    pub(super) attributes: &'static [&'static str],
}

/// On every element but `iframe`.
pub(super) const GLOBAL_ATTRIBUTES: [&str; 5] = ["dir", "id", "lang", "title", "class"];

const fn element(name: &'static str, kind: Kind, attributes: &'static [&'static str]) -> Element {
    Element { name, kind, attributes }
}

/// All allowed elements.
#[rustfmt::skip]
pub(super) static ELEMENTS: &[Element] = &[
    element("a", Kind::Link, &["href", "hreflang", "rel", "target"]),
    element("abbr", Kind::Inline, &[]),
    element("aside", Kind::Block, &[]),
    element("b", Kind::Inline, &[]),
    element("bdi", Kind::Inline, &[]),
    element("bdo", Kind::Inline, &[]),
    element("blockquote", Kind::Block, &["cite"]),
    element("br", Kind::Break, &[]),
    element("caption", Kind::Caption, &[]),
    element("cite", Kind::Inline, &[]),
    element("code", Kind::Inline, &[]),
    element("col", Kind::Column, &["span"]),
    element("colgroup", Kind::ColumnGroup, &["span"]),
    element("dd", Kind::Term, &[]),
    element("del", Kind::Inline, &["cite", "datetime"]),
    element("details", Kind::Block, &["open"]),
    element("dfn", Kind::Inline, &[]),
    element("div", Kind::Div, &[]),
    element("dl", Kind::Terms, &[]),
    element("dt", Kind::Term, &[]),
    element("em", Kind::Inline, &[]),
    element("figcaption", Kind::Block, &[]),
    element("figure", Kind::Block, &[]),
    element("h1", Kind::Heading, &[]),
    element("h2", Kind::Heading, &[]),
    element("h3", Kind::Heading, &[]),
    element("h4", Kind::Heading, &[]),
    element("h5", Kind::Heading, &[]),
    element("h6", Kind::Heading, &[]),
    element("hr", Kind::Rule, &[]),
    element("i", Kind::Inline, &[]),
    element("iframe", Kind::Embed, &["src", "title", "width", "height", "sandbox", "loading", "referrerpolicy", "allowfullscreen"]),
    element("img", Kind::Image, &["src", "alt", "width", "height", "loading"]),
    element("ins", Kind::Inline, &["cite", "datetime"]),
    element("kbd", Kind::Inline, &[]),
    element("li", Kind::Item, &["value"]),
    element("mark", Kind::Inline, &[]),
    element("ol", Kind::List, &["start", "reversed", "type"]),
    element("p", Kind::Paragraph, &[]),
    element("pre", Kind::Block, &[]),
    element("q", Kind::Inline, &["cite"]),
    element("rp", Kind::RubyText, &[]),
    element("rt", Kind::RubyText, &[]),
    element("ruby", Kind::Ruby, &[]),
    element("s", Kind::Inline, &[]),
    element("samp", Kind::Inline, &[]),
    element("section", Kind::Block, &[]),
    element("small", Kind::Inline, &[]),
    element("span", Kind::Inline, &[]),
    element("strong", Kind::Inline, &[]),
    element("sub", Kind::Inline, &[]),
    element("summary", Kind::Block, &[]),
    element("sup", Kind::Inline, &[]),
    element("table", Kind::Table, &[]),
    element("tbody", Kind::Section, &[]),
    element("td", Kind::Cell, &["colspan", "rowspan", "align"]),
    element("tfoot", Kind::Section, &[]),
    element("th", Kind::Cell, &["colspan", "rowspan", "scope", "align"]),
    element("thead", Kind::Section, &[]),
    element("time", Kind::Inline, &["datetime"]),
    element("tr", Kind::Row, &[]),
    element("u", Kind::Inline, &[]),
    element("ul", Kind::List, &[]),
    element("var", Kind::Inline, &[]),
    element("wbr", Kind::Break, &[]),
];

/// Elements whose content is raw text for a parser: it goes up to the end tag, whatever stands there. `iframe` is rebuilt,
/// all others are dropped.
pub(super) const RAW_TEXT: [&str; 10] =
    ["script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext", "textarea", "title"];

/// Elements that are taken out with all that is in them, besides [`RAW_TEXT`]: what is in them is no text of an article.
pub(super) const DROPPED: [&str; 10] = ["applet", "audio", "canvas", "frameset", "math", "object", "select", "svg", "template", "video"];

/// Tags of the page around a body, left out without a word.
pub(super) const PAGE: [&str; 3] = ["html", "head", "body"];

/// Where in [`ELEMENTS`] the names of each letter begin: every tag is looked up several times.
static LETTERS: [usize; 27] = {
    let mut starts = [ELEMENTS.len(); 27];
    let mut at = ELEMENTS.len();
    let mut letter = 26;
    while letter > 0 {
        letter -= 1;
        while at > 0 && (ELEMENTS[at - 1].name.as_bytes()[0] - b'a') as usize >= letter {
            at -= 1;
        }
        starts[letter] = at;
    }
    starts
};

/// The allowed element of this name, in lower case.
pub(super) fn find(name: &str) -> Option<&'static Element> {
    let letter = usize::from(name.as_bytes().first()?.checked_sub(b'a')?);
    let (from, to) = (*LETTERS.get(letter)?, *LETTERS.get(letter + 1)?);
    ELEMENTS[from..to].iter().find(|element| element.name == name)
}

impl Element {
    /// Whether it may have this attribute.
    pub(super) fn takes(&self, attribute: &str) -> bool {
        self.attributes.contains(&attribute) || (self.kind != Kind::Embed && GLOBAL_ATTRIBUTES.contains(&attribute))
    }

    /// Whether it has neither content nor end tag.
    pub(super) fn is_void(&self) -> bool {
        matches!(self.kind, Kind::Break | Kind::Image | Kind::Rule | Kind::Column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_has_no_element_that_changes_the_rules_of_parsing() {
        assert!(ELEMENTS.is_sorted_by(|a, b| a.name < b.name));
        assert!(ELEMENTS.iter().all(|element| find(element.name).is_some_and(|found| std::ptr::eq(found, element))));
        assert!(["", "A", "aa", "z", "{", "é"].iter().all(|name| find(name).is_none()));
        for name in RAW_TEXT.iter().chain(&DROPPED).filter(|name| **name != "iframe") {
            assert!(find(name).is_none(), "{name}");
        }
    }
}
