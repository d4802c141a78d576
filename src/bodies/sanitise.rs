//! The sanitiser as a whole: what comes out of it is safe to put into a page, and sanitising it again changes nothing.
//!
//! `balance.rs` has written only what is allowed; here ammonia parses that as a browser does, into a tree, and checks every
//! element and attribute of it against the same table. Two independent readings must agree before a body is stored.

use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::allowed::{ELEMENTS, GLOBAL_ATTRIBUTES};
use super::balance::balanced;
use super::bounds::{MAX_HTML_BYTES, TooLong};
use super::characters::escaped;
use super::embeds::{self, EmbedHosts};
use super::warnings::Losses;
use super::{attributes, lexer};

/// Rounds until nothing changes any more; one is enough but for markup made to confuse.
const MAX_ROUNDS: usize = 4;

/// The HTML with all that is not allowed taken out.
///
/// A round is `balance`, then ammonia. Where `balance` makes of an outcome what it made before, ammonia would say of it what it has
/// just said: that outcome is settled, and need not be read by ammonia again to know it.
///
/// # Errors
/// [`TooLong`].
pub(super) fn sanitise(html: &str, hosts: &EmbedHosts, losses: &mut Losses) -> Result<String, TooLong> {
    let checker = checker(hosts);
    let mut balanced = balance(html, hosts, losses)?;
    for _ in 0..MAX_ROUNDS {
        let checked = checker.clean(&balanced).to_string();
        let again = balance(&checked, hosts, &mut Losses::default())?;
        if again == balanced {
            return bounded(checked);
        }
        balanced = again;
    }
    // It never settles: its text alone, which has nothing to settle.
    let text = super::text::of(&balanced);
    bounded(text.lines().map(|line| format!("<p>{}</p>\n", escaped(line).replace("&quot;", "\""))).collect())
}

fn balance(html: &str, hosts: &EmbedHosts, losses: &mut Losses) -> Result<String, TooLong> {
    balanced(&lexer::plain(html, losses), hosts, losses)
}

fn bounded(html: String) -> Result<String, TooLong> {
    if html.len() > MAX_HTML_BYTES { Err(TooLong) } else { Ok(html) }
}

/// Ammonia with the project's own table; nothing of its defaults is left.
fn checker(hosts: &EmbedHosts) -> Builder<'static> {
    let hosts = hosts.clone();
    let mut builder = Builder::empty();
    builder
        .tags(ELEMENTS.iter().map(|element| element.name).collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(ELEMENTS.iter().map(|e| (e.name, e.attributes.iter().copied().collect())).collect::<HashMap<_, _>>())
        .generic_attributes(HashSet::from(GLOBAL_ATTRIBUTES))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true)
        .attribute_filter(move |element, attribute, value| {
            match element {
                "iframe" => embeds::value(attribute, value, &hosts),
                "a" if attribute == "rel" => Some(attributes::rel(value)),
                _ => attributes::value(element, attribute, value),
            }
            .map(Into::into)
        });
    builder
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::allowed::{DROPPED, ELEMENTS, RAW_TEXT};
    use super::*;

    /// Tags of all kinds, texts and odd pieces, in any order.
    fn piece() -> impl Strategy<Value = String> {
        let names: Vec<&'static str> =
            ELEMENTS.iter().map(|e| e.name).chain(RAW_TEXT).chain(DROPPED).chain(["form", "button", "x-y", "body"]).collect();
        let attributes = [
            "",
            " href=/x",
            " href='#y' id=y",
            " src=/i.png",
            " src=//player.vimeo.com/1",
            " class=footnotes style='text-align:left'",
            " title='</p>\"<b>'",
            "/",
        ];
        prop_oneof![
            4 => (proptest::sample::select(names.clone()), proptest::sample::select(attributes.to_vec())).prop_map(|(n, a)| format!("<{n}{a}>")),
            3 => proptest::sample::select(names).prop_map(|n| format!("</{n}>")),
            2 => proptest::sample::select(vec!["t", " ", "\n", "&amp;", "&lt;p>", "&#13;", "\u{a0}", "<", "-->", "<!--", "]]>", "<![CDATA[", "\"", "<a", "&"]).prop_map(str::to_owned),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn one_round_settles_any_markup(pieces in proptest::collection::vec(piece(), 0..30)) {
            let (source, hosts) = (pieces.concat(), EmbedHosts::default());
            let checker = checker(&hosts);
            let first = balance(&source, &hosts, &mut Losses::default()).unwrap();
            let once = checker.clean(&first).to_string();
            let mut losses = Losses::default();
            let second = balance(&once, &hosts, &mut losses).unwrap();
            prop_assert_eq!(&second, &first, "{}", source);
            prop_assert_eq!(checker.clean(&second).to_string(), once, "{}", source);
            prop_assert_eq!(losses.into_warnings(), vec![]);
        }
    }
}
