//! The second pass over HTML: keeps allowed elements with allowed attributes, and nests them so that the tree which any HTML
//! parser builds of the result is the one written here. A paragraph ends before a block, items stand in lists and cells in
//! rows, links do not contain links, and what overlaps is cut.
//!
//! Where a parser would repair by copying (formatting that was open when its paragraph ended), this pass does not: the
//! copies can outgrow the source without bound.

use std::cell::RefCell;

use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};

use super::allowed::{self, Element, Kind};
use super::attributes;
use super::bounds::{MAX_HTML_BYTES, TooLong};
use super::characters::{escaped, push_escaped, without_controls};
use super::embeds::{self, EmbedHosts};
use super::tokens::tokenize;
use super::warnings::{Loss, Losses, echo};

/// The most elements of a body that may lie within each other. The tags of deeper ones are left out, their text stays.
pub const MAX_DEPTH: usize = 100;
/// html5ever looks from each `&` of a text to the text's end when it writes it. A text is parted by `<wbr>`, which shows
/// nowhere, where that would make it look at more bytes than this.
const MAX_LOOKED_AT: usize = 16 << 20;
/// A table needs this much depth below it: section, row, cell.
const TABLE_DEPTH: usize = 4;

/// The HTML in balanced form; expects what `lexer.rs` writes.
///
/// # Errors
/// [`TooLong`]: what it implies, escapes and rebuilds comes to too much.
pub(super) fn balanced(plain: &str, hosts: &EmbedHosts, losses: &mut Losses) -> Result<String, TooLong> {
    let out = String::with_capacity(plain.len() + plain.len() / 8);
    let balancer = Balancer { out, open: Vec::new(), too_deep: 0, is_after_pre: false, run: Run::default(), hosts, losses };
    let mut balancer = tokenize(plain, Sink(RefCell::new(balancer))).0.into_inner();
    balancer.close_from(0);
    if balancer.is_full() { Err(TooLong) } else { Ok(balancer.out) }
}

struct Sink<'a>(RefCell<Balancer<'a>>);

impl TokenSink for Sink<'_> {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut balancer = self.0.borrow_mut();
        match token {
            _ if balancer.is_full() => {}
            Token::TagToken(tag) if tag.kind == TagKind::StartTag => balancer.start_tag(&tag),
            Token::TagToken(tag) => balancer.end_tag(&tag.name),
            Token::CharacterTokens(text) => balancer.text(&text),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

/// An element that has begun.
struct Open {
    element: &'static Element,
    /// Its end tag came while blocks within it were open; it ends with them.
    is_ended: bool,
}

struct Balancer<'a> {
    out: String,
    open: Vec<Open>,
    /// How many elements too deep to be written are open.
    too_deep: usize,
    /// The last thing written is `<pre>`, behind which parsers leave out a line break.
    is_after_pre: bool,
    /// The text since the last tag.
    run: Run,
    hosts: &'a EmbedHosts,
    losses: &'a mut Losses,
}

/// A text without a tag in it: its bytes, and how many of them stop html5ever.
#[derive(Default)]
struct Run {
    bytes: usize,
    stops: usize,
}

/// Parts of a table that hold other parts and no text.
fn is_table_frame(kind: Kind) -> bool {
    matches!(kind, Kind::Table | Kind::Section | Kind::Row | Kind::ColumnGroup)
}

/// Where an end tag or an implied end does not look further up.
fn is_barrier(kind: Kind) -> bool {
    matches!(kind, Kind::Cell | Kind::Caption) || is_table_frame(kind)
}

fn is_phrase(kind: Kind) -> bool {
    matches!(kind, Kind::Inline | Kind::Link | Kind::Ruby | Kind::RubyText)
}

impl Balancer<'_> {
    /// Whether it has written too much already. Nothing is added then.
    fn is_full(&self) -> bool {
        self.out.len() > MAX_HTML_BYTES
    }

    fn kind(&self) -> Option<Kind> {
        self.open.last().map(|open| open.element.kind)
    }

    /// The place of the innermost open element for which `wanted` holds, looking no further than one for which `stop` does.
    fn innermost(&self, wanted: impl Fn(&Element) -> bool, stop: impl Fn(Kind) -> bool) -> Option<usize> {
        for (at, open) in self.open.iter().enumerate().rev() {
            if wanted(open.element) {
                return Some(at);
            }
            if stop(open.element.kind) {
                return None;
            }
        }
        None
    }

    fn innermost_kind(&self, kind: Kind, stop: impl Fn(Kind) -> bool) -> Option<usize> {
        self.innermost(|element| element.kind == kind, stop)
    }

    /// Ends the open elements from this place on, and those that waited for it.
    fn close_from(&mut self, at: usize) {
        while self.open.len() > at || self.open.last().is_some_and(|open| open.is_ended) {
            let Some(open) = self.open.pop() else { return };
            self.out.extend(["</", open.element.name, ">"]);
            self.is_after_pre = false;
            self.run = Run::default();
        }
    }

    fn close_innermost(&mut self, kind: Kind, stop: impl Fn(Kind) -> bool) {
        if let Some(at) = self.innermost_kind(kind, stop) {
            self.close_from(at);
        }
    }

    fn write_open(&mut self, element: &'static Element, attributes: &[(String, String)]) {
        self.out.extend(["<", element.name]);
        for (name, value) in attributes {
            self.out.extend([" ", name, "=\"", &escaped(value), "\""]);
        }
        self.out.push('>');
        self.is_after_pre = element.name == "pre";
        self.run = Run::default();
        if !element.is_void() {
            self.open.push(Open { element, is_ended: false });
        }
    }

    /// Begins an element that the source left out.
    fn imply(&mut self, name: &str) {
        let element = allowed::find(name).expect("only elements of the table are implied");
        self.make_way(element);
        self.write_open(element, &[]);
    }

    fn text(&mut self, text: &str) {
        let text = without_controls(text);
        let is_blank = text.bytes().all(|b| b.is_ascii_whitespace());
        if self.kind().is_some_and(is_table_frame) && !is_blank {
            self.imply("td");
        }
        let text = if self.is_after_pre { text.trim_start_matches('\n') } else { &text };
        for c in text.chars() {
            if self.run.bytes * self.run.stops > MAX_LOOKED_AT {
                self.out.push_str("<wbr>");
                self.run = Run::default();
            }
            push_escaped(&mut self.out, c);
            self.run.bytes += c.len_utf8();
            self.run.stops += usize::from(c == '&' || matches!(c, '\u{80}'..='\u{bf}'));
            self.is_after_pre = false;
        }
    }

    fn start_tag(&mut self, tag: &Tag) {
        let Some(element) = allowed::find(&tag.name) else {
            if !allowed::PAGE.contains(&&*tag.name) {
                self.losses.note(Loss::Element, &format!("`<{}>` is taken out, its text stays", echo(&tag.name)));
            }
            return;
        };
        if element.kind == Kind::Embed {
            return self.embed(tag);
        }
        let Some(attributes) = self.attributes(element, tag) else { return };
        if !self.fits(element.kind) {
            self.too_deep += usize::from(!element.is_void());
            self.losses.note(
                Loss::Nesting,
                &format!("elements lie more than {MAX_DEPTH} deep within each other; the inner ones are taken out, their text stays"),
            );
        } else if self.make_way(element) {
            self.write_open(element, &attributes);
        }
    }

    /// Whether there is room for an element. Parts of a table have theirs kept by the table.
    fn fits(&self, kind: Kind) -> bool {
        let is_part = is_table_frame(kind) || is_barrier(kind) || kind == Kind::Column;
        (is_part && kind != Kind::Table) || self.open.len() + 2 * TABLE_DEPTH <= MAX_DEPTH
    }

    /// Ends what cannot contain the element and begins what must; `false` where it has no place.
    fn make_way(&mut self, element: &Element) -> bool {
        let kind = element.kind;
        match kind {
            Kind::Caption | Kind::ColumnGroup | Kind::Section => return self.back_to(Kind::Table),
            Kind::Column => return self.back_to(Kind::ColumnGroup) || (self.back_to(Kind::Table) && self.implied("colgroup")),
            Kind::Row => return self.back_to(Kind::Section) || (self.back_to(Kind::Table) && self.implied("tbody")),
            Kind::Cell => return self.back_to(Kind::Row) || (self.back_to(Kind::Table) && self.implied("tr")),
            _ => {}
        }
        if self.kind().is_some_and(is_table_frame) {
            self.imply("td");
        }
        if !is_phrase(kind) && !matches!(kind, Kind::Break | Kind::Image) {
            self.close_innermost(Kind::Paragraph, is_barrier);
        }
        match kind {
            Kind::Heading => self.close_innermost(Kind::Heading, is_barrier),
            Kind::Link => self.close_innermost(Kind::Link, is_barrier),
            Kind::Item => self.back_to_list(Kind::List, Kind::Terms, "ul"),
            Kind::Term => self.back_to_list(Kind::Terms, Kind::List, "dl"),
            Kind::RubyText => match self.innermost_kind(Kind::Ruby, |kind| !is_phrase(kind)) {
                Some(ruby) => self.close_from(ruby + 1),
                None => return false,
            },
            _ => {}
        }
        true
    }

    /// Ends what is open within the innermost part of this kind of the innermost table.
    fn back_to(&mut self, kind: Kind) -> bool {
        let found = self.innermost_kind(kind, |kind| kind == Kind::Table);
        if let Some(at) = found {
            self.close_from(at + 1);
        }
        found.is_some()
    }

    fn implied(&mut self, name: &str) -> bool {
        self.imply(name);
        true
    }

    fn back_to_list(&mut self, list: Kind, other_list: Kind, implied: &str) {
        match self.innermost_kind(list, |kind| kind == other_list || kind == Kind::Block || is_barrier(kind)) {
            Some(at) => self.close_from(at + 1),
            None => self.imply(implied),
        }
    }

    fn embed(&mut self, tag: &Tag) {
        let written = |name: &str| tag.attrs.iter().find(|a| &*a.name.local == name).map(|a| &*a.value);
        match embeds::frame(written, self.hosts, |value| escaped(&without_controls(value))) {
            Some(frame) => {
                if self.kind().is_some_and(is_table_frame) {
                    self.imply("td");
                }
                self.out.push_str(&frame);
                self.is_after_pre = false;
                self.run = Run::default();
            }
            None => {
                let source = echo(written("src").unwrap_or_default());
                self.losses.note(
                    Loss::Embed,
                    &format!("`<iframe>` of `{source}` is taken out: only https pages of the hosts in EMBED_HOSTS are embedded"),
                );
            }
        }
    }

    /// The allowed attributes of a tag; `None` where without others the element is of no use.
    fn attributes(&mut self, element: &'static Element, tag: &Tag) -> Option<Vec<(String, String)>> {
        let mut kept: Vec<(String, String)> = Vec::with_capacity(tag.attrs.len());
        for attribute in &tag.attrs {
            let (name, value) = (&*attribute.name.local, without_controls(&attribute.value));
            if name == "rel" {
                continue;
            }
            let named = match name {
                "style" if element.takes("align") => attributes::alignment(&value).map(|value| ("align", value)),
                _ if element.takes(name) => attributes::value(element.name, name, &value).map(|value| (name, value)),
                _ => None,
            };
            match named {
                Some((name, value)) if kept.iter().all(|(known, _)| known != name) => kept.push((name.to_owned(), value)),
                Some(_) => {}
                None => self.lose_attribute(element, name, &value),
            }
        }
        let has = |name: &str| kept.iter().any(|(known, _)| known == name);
        match element.kind {
            Kind::Image if !has("src") => return None,
            Kind::Link if !has("href") && !has("id") => return None,
            Kind::Link => {
                let written = tag.attrs.iter().find(|a| &*a.name.local == "rel").map_or("", |a| &*a.value);
                kept.push(("rel".to_owned(), attributes::rel(written)));
            }
            _ => {}
        }
        Some(kept)
    }

    fn lose_attribute(&mut self, element: &Element, name: &str, value: &str) {
        let (tag, value) = (element.name, echo(value));
        match name {
            "href" | "cite" if element.takes(name) => self.losses.note(
                Loss::Link,
                &format!(
                    "the link of `<{tag}>` to `{value}` is taken out: only http, https, mailto, tel and relative addresses are allowed"
                ),
            ),
            "src" => self
                .losses
                .note(Loss::Image, &format!("the image `{value}` is taken out: only http, https and relative addresses are allowed")),
            _ => self.losses.note(Loss::Attribute, &format!("`{}` of `<{tag}>` is taken out", echo(name))),
        }
    }

    fn end_tag(&mut self, name: &str) {
        let Some(element) = allowed::find(name).filter(|element| !element.is_void() && element.kind != Kind::Embed) else { return };
        if self.too_deep > 0 {
            self.too_deep -= 1;
            return;
        }
        let same = |other: &Element| std::ptr::eq(other, element);
        let found = match element.kind {
            kind if is_phrase(kind) => return self.end_phrase(element),
            Kind::Heading => self.innermost_kind(Kind::Heading, is_barrier),
            Kind::Item => self.innermost(same, |kind| kind == Kind::List || is_barrier(kind)),
            Kind::Term => self.innermost(same, |kind| kind == Kind::Terms || is_barrier(kind)),
            kind if is_barrier(kind) => self.innermost(same, |kind| kind == Kind::Table),
            _ => self.innermost(same, is_barrier),
        };
        if let Some(at) = found {
            self.close_from(at);
        }
    }

    /// Ends a phrase at once, or, where blocks within it are open, together with them.
    fn end_phrase(&mut self, element: &Element) {
        let Some(at) = self.innermost(|other| std::ptr::eq(other, element), is_barrier) else { return };
        if self.open[at..].iter().all(|open| is_phrase(open.element.kind)) {
            self.close_from(at);
        } else {
            self.open[at].is_ended = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bodies::lexer;

    fn balance(html: &str) -> String {
        let mut losses = Losses::default();
        let plain = lexer::plain(html, &mut losses);
        balanced(&plain, &EmbedHosts::default(), &mut losses).unwrap()
    }

    #[test]
    fn elements_are_nested_as_a_parser_would_read_them() {
        for (html, nested) in [
            ("<p>a<p>b", "<p>a</p><p>b</p>"),
            ("<p>a<div>b</div>c", "<p>a</p><div>b</div>c"),
            ("<b>a<i>b</b>c</i>", "<b>a<i>b</i></b>c"),
            ("<b>a<div>b</b>c</div>d", "<b>a<div>bc</div></b>d"),
            ("<ul><li>a<li>b<ul><li>c</ul></ul>", "<ul><li>a</li><li>b<ul><li>c</li></ul></li></ul>"),
            ("<li>a", "<ul><li>a</li></ul>"),
            ("<dl><dt>a<dd>b</dl>", "<dl><dt>a</dt><dd>b</dd></dl>"),
            ("<table><tr><td>a<td>b</table>", "<table><tbody><tr><td>a</td><td>b</td></tr></tbody></table>"),
            ("<table>a<tr><td>b</table>", "<table><tbody><tr><td>a</td></tr><tr><td>b</td></tr></tbody></table>"),
            ("<td>a</td><tr>b", "ab"),
            (
                "<a href=/a>a<a href=/b>b</a>",
                "<a href=\"/a\" rel=\"noopener noreferrer\">a</a><a href=\"/b\" rel=\"noopener noreferrer\">b</a>",
            ),
            ("<h1>a<h2>b", "<h1>a</h1><h2>b</h2>"),
            ("<ruby>a<rt>b</ruby><rt>c", "<ruby>a<rt>b</rt></ruby>c"),
            ("<pre>\n\na", "<pre>a</pre>"),
            ("</p></b>a</table>", "a"),
            ("1 < 2 && 3 > 2", "1 &lt; 2 &amp;&amp; 3 &gt; 2"),
        ] {
            assert_eq!(balance(html), nested, "{html}");
        }
    }

    #[test]
    fn nesting_ends_at_the_limit_and_text_below_it_stays() {
        for tag in ["div", "b", "blockquote", "table><tr><td", "ul><li", "span"] {
            let html = balance(&format!("{}deep", format!("<{tag}>").repeat(5_000)));
            let (mut depth, mut deepest) = (0_usize, 0);
            for part in html.split('<').skip(1) {
                depth = if part.starts_with('/') { depth - 1 } else { depth + 1 };
                deepest = deepest.max(depth);
            }
            assert!((MAX_DEPTH - 3 * TABLE_DEPTH..=MAX_DEPTH).contains(&deepest), "{tag}: {deepest}");
            assert!(html.contains("deep"));
        }
    }
}
