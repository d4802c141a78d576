//! JSON Feed 1.1.

use super::dto::{Feed, Item, JsonFeed, JsonFeedAuthor, JsonFeedHub, JsonFeedItem};

/// Which version of the format this is.
const VERSION: &str = "https://jsonfeed.org/version/1.1";

/// A feed.
pub(super) fn feed(feed: Feed) -> JsonFeed {
    let hub = feed.hub.map(|hub| JsonFeedHub { kind: "WebSub", url: hub.to_string() });
    JsonFeed {
        version: VERSION,
        title: feed.title,
        home_page_url: feed.home,
        feed_url: feed.address,
        hubs: hub.into_iter().collect(),
        items: feed.items.into_iter().map(|item| written(item, &feed.locale)).collect(),
        language: feed.locale,
    }
}

fn written(item: Item, locale: &str) -> JsonFeedItem {
    let id = item.urn();
    let summary = Some(item.excerpt).filter(|excerpt| !excerpt.is_empty());
    let text = || summary.clone().unwrap_or_else(|| item.title.clone());
    JsonFeedItem {
        id,
        url: item.url,
        content_text: if item.html.is_some() { None } else { Some(text()) },
        title: item.title,
        content_html: item.html,
        summary,
        image: item.image,
        date_published: item.published_at,
        date_modified: item.updated_at,
        authors: item.authors.into_iter().map(|(name, url)| JsonFeedAuthor { name, url }).collect(),
        tags: item.subjects.into_iter().map(|(_, name)| name).collect(),
        language: locale.to_owned(),
    }
}
