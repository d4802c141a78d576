//! Atom (RFC 4287).

use super::dto::{Feed, Item};
use super::xml::Xml;

/// What an empty feed says of when it was new, which a feed must say.
const NEVER: &str = "1970-01-01T00:00:00Z";

/// A feed.
pub(super) fn feed(feed: &Feed) -> Vec<u8> {
    let mut xml = Xml::new();
    let attributes = [("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", &*feed.locale), ("xml:base", &*feed.site_url)];
    xml.open("feed", &attributes);
    xml.text("id", &feed.address);
    xml.text("title", &feed.title);
    xml.text("updated", &feed.updated_at.map_or_else(|| NEVER.to_owned(), |at| at.to_string()));
    xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.address)]);
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.home)]);
    if let Some(hub) = &feed.hub {
        xml.empty("link", &[("rel", "hub"), ("href", hub)]);
    }
    xml.open("author", &[]);
    xml.text("name", &feed.site_name);
    xml.close("author");
    for item in &feed.items {
        entry(&mut xml, item);
    }
    xml.close("feed");
    xml.end()
}

fn entry(xml: &mut Xml, item: &Item) {
    xml.open("entry", &[]);
    xml.text("id", &item.urn());
    xml.text("title", &item.title);
    xml.text("published", &item.published_at.to_string());
    xml.text("updated", &item.updated_at.to_string());
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)]);
    for (name, page) in &item.authors {
        xml.open("author", &[]);
        xml.text("name", name);
        xml.text("uri", page);
        xml.close("author");
    }
    for (slug, name) in &item.subjects {
        xml.empty("category", &[("term", slug), ("label", name)]);
    }
    xml.text("summary", &item.excerpt);
    if let Some(html) = &item.html {
        xml.text_with("content", &[("type", "html")], html);
    }
    xml.close("entry");
}
