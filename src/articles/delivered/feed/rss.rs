//! RSS 2.0, with the modules of Atom for where it is, of Dublin Core for who wrote, and of RSS 1.0 for whole texts.

use super::xml::Xml;
use super::{Feed, Item};

const NAMESPACES: [(&str, &str); 4] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
];

/// The feed as RSS.
pub fn write(feed: &Feed) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("rss", &NAMESPACES, |xml| {
        xml.within("channel", &[], |xml| {
            xml.text("title", &[], &feed.title);
            xml.text("link", &[], &feed.site_url);
            xml.text("description", &[], &feed.title);
            xml.text("language", &[], &feed.locale);
            xml.text("lastBuildDate", &[], &feed.updated_at().rfc_822());
            xml.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &feed.url)]);
            if let Some(hub) = &feed.hub {
                xml.empty("atom:link", &[("rel", "hub"), ("href", hub)]);
            }
            feed.items.iter().for_each(|one| item(xml, one));
        });
    });
    xml.finish()
}

fn item(xml: &mut Xml, item: &Item) {
    xml.within("item", &[], |xml| {
        xml.text("title", &[], &item.title);
        xml.text("link", &[], &item.url);
        xml.text("guid", &[("isPermaLink", "false")], &item.id);
        xml.text("pubDate", &[], &item.published_at.rfc_822());
        item.authors.iter().for_each(|name| xml.text("dc:creator", &[], name));
        item.topics.iter().for_each(|topic| xml.text("category", &[], topic));
        xml.text("description", &[], &item.excerpt);
        if let Some(html) = &item.html {
            xml.text("content:encoded", &[], html);
        }
    });
}
