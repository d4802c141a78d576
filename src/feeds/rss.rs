//! RSS 2.0, with what Atom, Dublin Core and the content module add to it.

use super::dto::{Feed, Item};
use super::xml::Xml;

/// A feed.
pub(super) fn feed(feed: &Feed) -> Vec<u8> {
    let mut xml = Xml::new();
    let attributes = [
        ("version", "2.0"),
        ("xmlns:atom", "http://www.w3.org/2005/Atom"),
        ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
        ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ];
    xml.open("rss", &attributes);
    xml.open("channel", &[]);
    xml.text("title", &feed.title);
    xml.text("link", &feed.home);
    xml.text("description", &feed.title);
    xml.text("language", &feed.locale);
    if let Some(at) = feed.updated_at {
        xml.text("lastBuildDate", &at.rfc_822());
    }
    xml.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &feed.address)]);
    if let Some(hub) = &feed.hub {
        xml.empty("atom:link", &[("rel", "hub"), ("href", hub)]);
    }
    for item in &feed.items {
        write(&mut xml, item);
    }
    xml.close("channel");
    xml.close("rss");
    xml.end()
}

fn write(xml: &mut Xml, item: &Item) {
    xml.open("item", &[]);
    xml.text("title", &item.title);
    xml.text("link", &item.url);
    xml.text_with("guid", &[("isPermaLink", "false")], &item.urn());
    xml.text("pubDate", &item.published_at.rfc_822());
    for (name, _) in &item.authors {
        xml.text("dc:creator", name);
    }
    for (_, name) in &item.subjects {
        xml.text("category", name);
    }
    xml.text("description", &item.excerpt);
    if let Some(html) = &item.html {
        xml.text("content:encoded", html);
    }
    xml.close("item");
}
