//! The sanitiser as a whole: what comes out of it is safe to put into a page, and sanitising it again changes nothing.
//!
//! `balance.rs` has written only what is allowed; here ammonia parses that as a browser does, into a tree, and checks every
//! element and attribute of it against the same table. Two independent readings must agree before a body is stored.

use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::allowed::{ELEMENTS, GLOBAL_ATTRIBUTES};
use super::balance::balanced;
use super::characters::escaped;
use super::embeds::{self, EmbedHosts};
use super::warnings::Losses;
use super::{attributes, lexer};

/// Rounds until nothing changes any more; one is enough but for markup made to confuse.
const MAX_ROUNDS: usize = 4;

/// The HTML with all that is not allowed taken out.
pub(super) fn sanitise(html: &str, hosts: &EmbedHosts, losses: &mut Losses) -> String {
    let checker = checker(hosts);
    let mut done = round(&checker, html, hosts, losses);
    for _ in 0..MAX_ROUNDS {
        let again = round(&checker, &done, hosts, &mut Losses::default());
        if again == done {
            return done;
        }
        done = again;
    }
    // It never settles: its text alone, which has nothing to settle.
    let text = super::text::of(&done);
    text.lines().map(|line| format!("<p>{}</p>\n", escaped(line).replace("&quot;", "\""))).collect()
}

fn round(checker: &Builder, html: &str, hosts: &EmbedHosts, losses: &mut Losses) -> String {
    let plain = lexer::plain(html, losses);
    checker.clean(&balanced(&plain, hosts, losses)).to_string()
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
            let plain = lexer::plain(&source, &mut Losses::default());
            let balanced = balanced(&plain, &hosts, &mut Losses::default());
            let once = checker.clean(&balanced).to_string();
            let mut losses = Losses::default();
            prop_assert_eq!(&round(&checker, &once, &hosts, &mut losses), &once, "{}\n{}", source, balanced);
            prop_assert_eq!(losses.into_warnings(), vec![]);
        }
    }
}
