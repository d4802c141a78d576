//! JSON Feed 1.1 (<https://www.jsonfeed.org/version/1.1/>).

use serde::Serialize;
use utoipa::ToSchema;

use super::{Feed, Item};
use crate::kernel::instant::Instant;

/// A JSON Feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeed {
    /// The version of the format.
    #[schema(example = "https://jsonfeed.org/version/1.1")]
    pub version: &'static str,
    /// What it is called.
    pub title: String,
    /// Where readers find the site.
    #[schema(format = "uri")]
    pub home_page_url: String,
    /// Where the feed is.
    #[schema(format = "uri")]
    pub feed_url: String,
    /// In which language.
    pub language: String,
    /// Who tells subscribers that it changed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, max_items = 1)]
    pub hubs: Vec<FeedHub>,
    /// The articles, the newest first.
    #[schema(max_items = 30)]
    pub items: Vec<FeedItem>,
}

/// A hub that a feed is told by.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedHub {
    /// The protocol.
    #[serde(rename = "type")]
    #[schema(example = "WebSub")]
    pub kind: &'static str,
    /// Where it is.
    #[schema(format = "uri")]
    pub url: String,
}

/// An article in a JSON Feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedItem {
    /// Its id, which never changes.
    pub id: String,
    /// Where readers find it.
    #[schema(format = "uri")]
    pub url: String,
    /// The headline.
    pub title: String,
    /// The whole text, where whole texts go out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub content_html: Option<String>,
    /// A short text, where they do not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub content_text: Option<String>,
    /// A short text.
    pub summary: String,
    /// The address of the picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub image: Option<String>,
    /// The date of its publication.
    #[schema(value_type = String, format = DateTime)]
    pub date_published: Instant,
    /// When readers last got something new.
    #[schema(value_type = String, format = DateTime)]
    pub date_modified: Instant,
    /// Who wrote it.
    pub authors: Vec<FeedAuthor>,
    /// Its category and its tags.
    pub tags: Vec<String>,
    /// Its language.
    pub language: String,
}

/// Who wrote an article of a feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeedAuthor {
    /// Their name.
    pub name: String,
}

impl From<Feed> for JsonFeed {
    fn from(feed: Feed) -> Self {
        Self {
            version: "https://jsonfeed.org/version/1.1",
            title: feed.title,
            home_page_url: feed.site_url,
            feed_url: feed.url,
            language: feed.locale,
            hubs: feed.hub.into_iter().map(|url| FeedHub { kind: "WebSub", url }).collect(),
            items: feed.items.into_iter().map(FeedItem::from).collect(),
        }
    }
}

impl From<Item> for FeedItem {
    fn from(item: Item) -> Self {
        Self {
            id: item.id,
            url: item.url,
            title: item.title,
            content_text: item.html.is_none().then(|| item.excerpt.clone()),
            content_html: item.html,
            summary: item.excerpt,
            image: item.image,
            date_published: item.published_at,
            date_modified: item.updated_at,
            authors: item.authors.into_iter().map(|name| FeedAuthor { name }).collect(),
            tags: item.topics,
            language: item.locale,
        }
    }
}
