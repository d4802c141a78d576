//! The sanitiser as a whole: what comes out of it is safe to put into a page, and sanitising it again changes nothing.
//!
//! `balance.rs` has written only what is allowed; here ammonia parses that as a browser does, into a tree, and checks every
//! element and attribute of it against the same table. Two independent readings must agree before a body is stored.

use std::collections::{HashMap, HashSet};

use ammonia::{Builder, UrlRelative};

use super::allowed::{ELEMENTS, GLOBAL_ATTRIBUTES};
use super::balance::{balanced, escaped};
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
