//! Characters that HTML escapes, and those that it never holds.

use std::borrow::Cow;

/// The text without characters that XML cannot hold (feeds carry bodies) and without carriage returns, which no parser
/// keeps.
pub(super) fn without_controls(text: &str) -> Cow<'_, str> {
    let is_unfit = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_unfit) { text.replace(is_unfit, "").into() } else { text.into() }
}

/// A value between double quotes, or text.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    text.chars().for_each(|c| push_escaped(&mut out, c));
    out
}

/// Appends one character of a value between double quotes, or of text.
pub(super) fn push_escaped(out: &mut String, c: char) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        '"' => out.push_str("&quot;"),
        '\u{a0}' => out.push_str("&nbsp;"),
        _ => out.push(c),
    }
}
