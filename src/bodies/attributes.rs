//! The values that attributes may have. Asked twice: by `balance.rs` for what stays of the source, and by ammonia for what
//! it finds in the tree.
//!
//! Addresses are http, https, mailto or tel, or relative; in images http, https or relative. `//host/path` becomes
//! `https://host/path`. Ids begin with [`ID_PREFIX`], which is put before those that do not, and before the fragment of
//! links to them, so that no body can take a name that the page around it uses.

use url::Url;

/// Begins every id in a body.
pub(super) const ID_PREFIX: &str = "body-";
/// The classes that a body may have; `language-*` on `code` besides.
const CLASSES: [&str; 3] = ["footnotes", "footnote-ref", "footnote-backref"];
const MAX_ID: usize = 100;
/// The longest address and the longest title, in bytes.
const MAX_ADDRESS: usize = 4_000;
const MAX_TITLE: usize = 4_000;
/// The largest width or height, in CSS pixels.
const MAX_PIXELS: u32 = 10_000;
const MAX_SPAN: u32 = 1_000;

/// The value as it may stand, or `None`. Which attributes an element may have at all, `allowed.rs` says; those of `iframe`
/// come from `embeds.rs`.
pub(super) fn value(element: &str, attribute: &str, value: &str) -> Option<String> {
    let one_of = |allowed: &[&str]| allowed.iter().find(|a| a.eq_ignore_ascii_case(value.trim())).map(|a| (*a).to_owned());
    match attribute {
        "href" => link(value),
        "src" | "cite" => address(value, &["http", "https"]),
        "id" => id(value),
        "class" => classes(element, value),
        "rel" => Some(rel(value)),
        "target" => one_of(&["_blank"]),
        "dir" => one_of(&["ltr", "rtl", "auto"]),
        "loading" => one_of(&["lazy", "eager"]),
        "align" => one_of(&["left", "center", "right"]),
        "scope" => one_of(&["row", "col", "rowgroup", "colgroup"]),
        "type" => ["1", "a", "A", "i", "I"].contains(&value).then(|| value.to_owned()),
        "open" | "reversed" => Some(String::new()),
        "width" | "height" => number(value, MAX_PIXELS),
        "colspan" | "rowspan" | "span" => number(value, MAX_SPAN),
        "start" | "value" => value.trim().parse::<i32>().ok().map(|n| n.to_string()),
        "lang" | "hreflang" => is_language(value).then(|| value.to_owned()),
        "datetime" => is_datetime(value).then(|| value.to_owned()),
        "alt" | "title" => (value.len() <= MAX_TITLE).then(|| value.to_owned()),
        _ => None,
    }
}

/// The alignment of a table's cell that Markdown writes as style.
pub(super) fn alignment(style: &str) -> Option<String> {
    let (property, direction) = style.trim().trim_end_matches(';').split_once(':')?;
    property.trim().eq_ignore_ascii_case("text-align").then(|| value("td", "align", direction))?
}

/// A positive whole number in its shortest form.
pub(super) fn pixels(value: &str) -> Option<String> {
    number(value, MAX_PIXELS)
}

fn number(value: &str, max: u32) -> Option<String> {
    value.trim().parse::<u32>().ok().filter(|n| (1..=max).contains(n)).map(|n| n.to_string())
}

fn is_language(value: &str) -> bool {
    (1..=35).contains(&value.len())
        && value.split('-').all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric()))
}

fn is_datetime(value: &str) -> bool {
    (1..=40).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-+:. ".contains(&b))
}

fn id(value: &str) -> Option<String> {
    let is_taken = !value.is_empty() && value.chars().count() <= MAX_ID && value.chars().all(|c| c.is_alphanumeric() || "-_:.".contains(c));
    is_taken.then(|| prefixed(value))
}

fn prefixed(value: &str) -> String {
    if value.starts_with(ID_PREFIX) { value.to_owned() } else { format!("{ID_PREFIX}{value}") }
}

fn classes(element: &str, value: &str) -> Option<String> {
    let is_language = |class: &str| {
        element == "code"
            && class.strip_prefix("language-").is_some_and(|name| {
                (1..=40).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"+#.-_".contains(&b))
            })
    };
    let kept: Vec<&str> = value.split_ascii_whitespace().filter(|class| CLASSES.contains(class) || is_language(class)).take(4).collect();
    (!kept.is_empty()).then(|| kept.join(" "))
}

/// What a link says about its target: always that the target learns nothing of the page, and what search engines asked for.
pub(super) fn rel(value: &str) -> String {
    let mut rel = "noopener noreferrer".to_owned();
    for kept in ["nofollow", "sponsored", "ugc"] {
        if value.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case(kept)) {
            rel.push(' ');
            rel.push_str(kept);
        }
    }
    rel
}

/// The target of a link: an address, or a place within the body.
fn link(value: &str) -> Option<String> {
    let cleaned = without_breaks(value);
    match cleaned.strip_prefix('#').filter(|_| cleaned.len() <= MAX_ADDRESS) {
        Some("" | "top") => Some(cleaned),
        Some(fragment) => Some(format!("#{}", prefixed(fragment))),
        None => address(&cleaned, &["http", "https", "mailto", "tel"]),
    }
}

/// What browsers leave out of an address before they read it (URL Standard, basic URL parser).
fn without_breaks(value: &str) -> String {
    let trimmed = value.trim_matches(|c: char| c <= ' ');
    trimmed.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect()
}

/// The address, if it is relative or has one of the schemes.
pub(super) fn address(value: &str, schemes: &[&str]) -> Option<String> {
    let cleaned = without_breaks(value);
    if cleaned.len() > MAX_ADDRESS {
        return None;
    }
    let scheme_end = cleaned.find(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)));
    let is_absolute = cleaned.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme_end.is_some_and(|at| cleaned[at..].starts_with(':'));
    if is_absolute {
        let url = Url::parse(&cleaned).ok()?;
        let is_whole = !matches!(url.scheme(), "http" | "https") || cleaned[url.scheme().len()..].starts_with("://");
        return (is_whole && schemes.contains(&url.scheme())).then_some(cleaned);
    }
    // Relative to a host that nobody has: if the outcome is on another one, the address named a host without a scheme.
    let base = Url::parse("https://relative.invalid/").expect("it is a URL");
    let joined = base.join(&cleaned).ok()?;
    match joined.host_str() {
        _ if cleaned.is_empty() => None,
        Some("relative.invalid") if joined.scheme() == "https" => Some(cleaned),
        Some(_) if joined.scheme() == "https" => Some(joined.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web_to_mail_to_telephones_and_within_the_site() {
        for (given, kept) in [
            ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
            (" HTTPS://example.org ", "HTTPS://example.org"),
            ("mailto:desk@example.org", "mailto:desk@example.org"),
            ("tel:+99312345678", "tel:+99312345678"),
            ("/politics/story", "/politics/story"),
            ("./this:that", "./this:that"),
            ("?page=2", "?page=2"),
            ("#note", "#body-note"),
            ("#body-note", "#body-note"),
            ("#top", "#top"),
            ("//example.org/x", "https://example.org/x"),
            ("\\\\example.org/x", "https://example.org/x"),
            ("https://exa\nmple.org/", "https://example.org/"),
        ] {
            assert_eq!(value("a", "href", given).as_deref(), Some(kept), "{given}");
            assert_eq!(value("a", "href", kept).as_deref(), Some(kept), "{given}");
        }
        for wrong in [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "java\nscript:alert(1)",
            "\u{1}javascript:alert(1)",
            " data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "blob:https://example.org/x",
            "ftp://example.org",
            "https:example.org",
            "https://",
            "feed:javascript:x",
            "",
        ] {
            assert_eq!(value("a", "href", wrong), None, "{wrong}");
        }
        assert_eq!(value("img", "src", "mailto:a@example.org"), None);
    }

    #[test]
    fn ids_cannot_be_names_of_the_page_around() {
        assert_eq!(value("p", "id", "moon").as_deref(), Some("body-moon"));
        assert_eq!(value("p", "id", "body-moon").as_deref(), Some("body-moon"));
        assert_eq!(value("p", "id", "a b"), None);
    }

    #[test]
    fn other_values_are_of_closed_sets() {
        assert_eq!(value("img", "width", "0640").as_deref(), Some("640"));
        assert_eq!(value("img", "width", "100%"), None);
        assert_eq!(value("code", "class", "language-rust x").as_deref(), Some("language-rust"));
        assert_eq!(value("p", "class", "language-rust"), None);
        assert_eq!(rel("noopener Sponsored evil"), "noopener noreferrer sponsored");
        assert_eq!(alignment("text-align: right;").as_deref(), Some("right"));
        assert_eq!(alignment("text-align: right; color: red"), None);
        assert_eq!(value("p", "onclick", "x"), None);
    }
}
