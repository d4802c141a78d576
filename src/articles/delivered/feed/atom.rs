//! Atom (RFC 4287).

use super::xml::Xml;
use super::{Feed, Item};

/// The feed as Atom.
pub fn write(feed: &Feed) -> Vec<u8> {
    let mut xml = Xml::new();
    xml.within("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", &feed.locale)], |xml| {
        xml.text("id", &[], &feed.url);
        xml.text("title", &[], &feed.title);
        xml.text("updated", &[], &feed.updated_at().to_string());
        xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &feed.url)]);
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &feed.site_url)]);
        if let Some(hub) = &feed.hub {
            xml.empty("link", &[("rel", "hub"), ("href", hub)]);
        }
        // Every entry has an author, or the feed has (section 4.1.1).
        xml.within("author", &[], |xml| xml.text("name", &[], &feed.title));
        feed.items.iter().for_each(|item| entry(xml, item));
    });
    xml.finish()
}

fn entry(xml: &mut Xml, item: &Item) {
    xml.within("entry", &[("xml:lang", &item.locale)], |xml| {
        xml.text("id", &[], &item.id);
        xml.text("title", &[], &item.title);
        xml.text("published", &[], &item.published_at.to_string());
        xml.text("updated", &[], &item.updated_at.to_string());
        xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &item.url)]);
        for name in &item.authors {
            xml.within("author", &[], |xml| xml.text("name", &[], name));
        }
        for topic in &item.topics {
            xml.empty("category", &[("term", topic)]);
        }
        if !item.excerpt.is_empty() || item.html.is_none() {
            xml.text("summary", &[("type", "text")], &item.excerpt);
        }
        if let Some(html) = &item.html {
            xml.text("content", &[("type", "html")], html);
        }
    });
}
