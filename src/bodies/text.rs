//! The plain text of a rendered body, for search, feeds and counting: blocks on lines of their own, characters decoded, no
//! markup, no numbers of footnotes.

use super::allowed::{self, Kind};

/// The text of HTML in the one form that `sanitise.rs` gives it: `<` and `>` stand around tags alone, and of character references
/// there are those that `characters.rs` writes. It is read as it stands, since a parser takes several times as long.
pub(super) fn of(html: &str) -> String {
    let (mut text, mut rest) = (Text::default(), html);
    while !rest.is_empty() {
        let (characters, tag) = rest.split_once('<').unwrap_or((rest, ""));
        if text.in_number.is_none() {
            text.encoded(characters);
        }
        let (tag, behind) = tag.split_once('>').unwrap_or((tag, ""));
        text.tag(tag);
        rest = behind;
    }
    text.out
}

/// The character references that HTML holds once it is sanitised.
const REFERENCES: [(&str, &str); 5] = [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", "\u{a0}"), ("&quot;", "\"")];

/// Characters as they are meant.
pub(super) fn decoded(mut encoded: &str) -> String {
    let mut out = String::with_capacity(encoded.len());
    while let Some((before, from)) = encoded.find('&').map(|at| encoded.split_at(at)) {
        let (reference, c) = REFERENCES.into_iter().find(|(reference, _)| from.starts_with(reference)).unwrap_or(("&", "&"));
        out.push_str(before);
        out.push_str(c);
        encoded = &from[reference.len()..];
    }
    out.push_str(encoded);
    out
}

#[derive(Default)]
struct Text {
    out: String,
    /// White space or a line break that stands before the next word, if one follows.
    gap: Option<char>,
    /// How many `pre` are open: their white space is kept.
    in_pre: usize,
    /// How many `sup` or `a` are open of a footnote's number, which is no text.
    in_number: Option<(&'static str, usize)>,
}

impl Text {
    /// A tag as it stands between its brackets.
    fn tag(&mut self, tag: &str) {
        let (is_start, tag) = tag.strip_prefix('/').map_or((true, tag), |tag| (false, tag));
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let Some(element) = allowed::find(name) else { return };
        self.number(element.name, attributes, is_start);
        if element.name == "pre" {
            self.in_pre = if is_start { self.in_pre + 1 } else { self.in_pre.saturating_sub(1) };
        }
        match element.kind {
            Kind::Inline | Kind::Link | Kind::Image | Kind::Embed | Kind::Ruby | Kind::RubyText => {}
            Kind::Break if element.name == "wbr" => {}
            Kind::Cell if is_start => self.gap = self.gap.or(Some(' ')),
            Kind::Cell => {}
            _ => self.gap = Some('\n'),
        }
    }

    fn number(&mut self, name: &'static str, attributes: &str, is_start: bool) {
        match &mut self.in_number {
            Some((open, count)) if *open == name => {
                *count = if is_start { *count + 1 } else { *count - 1 };
                if *count == 0 {
                    self.in_number = None;
                }
            }
            None if is_start => {
                // Within a value quotes are encoded.
                let has = |class: &str| attributes.contains(class);
                if (name == "sup" && has("class=\"footnote-ref\"")) || (name == "a" && has("class=\"footnote-backref\"")) {
                    self.in_number = Some((name, 1));
                }
            }
            _ => {}
        }
    }

    fn encoded(&mut self, mut characters: &str) {
        while let Some((before, from)) = characters.find('&').map(|at| characters.split_at(at)) {
            self.characters(before);
            let (reference, c) = REFERENCES.into_iter().find(|(reference, _)| from.starts_with(reference)).unwrap_or(("&", "&"));
            self.characters(c);
            characters = &from[reference.len()..];
        }
        self.characters(characters);
    }

    fn characters(&mut self, characters: &str) {
        for c in characters.chars() {
            match c {
                '\n' if self.in_pre > 0 => self.gap = Some('\n'),
                ' ' | '\t' if self.in_pre > 0 && self.gap.is_none() => self.out.push(c),
                _ if c.is_whitespace() => self.gap = self.gap.or(Some(' ')),
                _ => {
                    if let Some(gap) = self.gap.take().filter(|_| !self.out.is_empty()) {
                        self.out.push(gap);
                    }
                    self.out.push(c);
                }
            }
        }
    }
}

/// The number of words: runs between white space that have a letter or digit. Of scripts that are written without spaces,
/// two characters of Chinese or Japanese count as a word, and five of Thai, Lao, Khmer or Burmese, rounded up in each run.
pub fn count_words(text: &str) -> u32 {
    let words = text.split_whitespace().map(|run| {
        let (mut ideographs, mut unspaced, mut others) = (0_usize, 0_usize, false);
        for c in run.chars() {
            match c {
                '\u{3040}'..='\u{30ff}'
                | '\u{3400}'..='\u{4dbf}'
                | '\u{4e00}'..='\u{9fff}'
                | '\u{f900}'..='\u{faff}'
                | '\u{20000}'..='\u{3ffff}' => ideographs += 1,
                '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' => unspaced += 1,
                _ => others |= c.is_alphanumeric(),
            }
        }
        ideographs.div_ceil(2) + unspaced.div_ceil(5) + usize::from(others)
    });
    u32::try_from(words.sum::<usize>()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_stand_on_lines_and_nothing_is_left_of_markup() {
        for (html, text) in [
            ("<p>A &amp; <b>B</b>C</p><p>D<br>E</p>", "A & BC\nD\nE"),
            ("<ul>\n<li>one</li>\n<li>two</li>\n</ul>", "one\ntwo"),
            ("<table><tbody><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></tbody></table>", "a b\nc"),
            ("<pre>x\n  y</pre>", "x\ny"),
            ("<p>  a \n  b&nbsp;c </p>", "a b c"),
            ("<p>w<sup class=\"footnote-ref\"><a href=\"#body-fn-1\">1</a></sup> v</p>", "w v"),
            ("", ""),
        ] {
            assert_eq!(of(html), text, "{html}");
        }
    }

    #[test]
    fn words_are_counted_in_any_script() {
        for (text, words) in [
            ("", 0),
            ("one two — three", 3),
            ("don't 1,000", 2),
            ("Täze ýyl", 2),
            ("影師嗎", 2),
            ("การกลายพันธุ์", 3),
            ("Версия 2", 2),
            ("نجح الفريق", 2),
        ] {
            assert_eq!(count_words(text), words, "{text}");
        }
    }
}
