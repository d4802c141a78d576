//! Feeds on the wire, and what all three forms of one are made of.

use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// How feeds are written, by the settings (app data).
#[derive(Clone, Debug)]
pub struct FeedStyle {
    /// Whether they have the whole text, and not the excerpt alone.
    pub has_text: bool,
    /// The WebSub hub that they name.
    pub hub: Option<Arc<str>>,
    /// Where callers reach the API.
    pub api_url: Arc<str>,
}

/// A feed, whatever form it is written in.
#[derive(Debug)]
pub struct Feed {
    /// What it is called.
    pub title: String,
    /// The page of the site that it is of.
    pub home: String,
    /// Where it is itself.
    pub address: String,
    /// The hub that tells of what is new.
    pub hub: Option<Arc<str>>,
    /// What the site is called.
    pub site_name: Arc<str>,
    /// Where the site is, without a slash at the end.
    pub site_url: Arc<str>,
    /// The language.
    pub locale: String,
    /// When something in it was last new.
    pub updated_at: Option<Instant>,
    /// The newest articles.
    pub items: Vec<Item>,
}

/// An article in a feed.
#[derive(Debug)]
pub struct Item {
    /// Its id, which it keeps whatever becomes of its slug.
    pub id: ArticleId,
    /// Where it stands.
    pub url: String,
    /// The headline.
    pub title: String,
    /// A short text.
    pub excerpt: String,
    /// The whole text as HTML, in feeds that have it.
    pub html: Option<String>,
    /// Its picture.
    pub image: Option<String>,
    /// The date that readers see.
    pub published_at: Instant,
    /// When readers last got something new.
    pub updated_at: Instant,
    /// Who wrote it, each with a page of the site.
    pub authors: Vec<(String, String)>,
    /// Its categories and tags, by slug and name.
    pub subjects: Vec<(String, String)>,
}

impl Item {
    /// What names it for ever.
    pub fn urn(&self) -> String {
        format!("urn:uuid:{}", self.id)
    }
}

/// A feed (JSON Feed 1.1). Its members are those of the specification; an item's `id` is a URN that never changes.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeed {
    /// Which version of the format it is.
    #[schema(format = "uri", example = "https://jsonfeed.org/version/1.1")]
    pub version: &'static str,
    /// What it is called.
    pub title: String,
    /// The page of the site that it is of.
    #[schema(format = "uri")]
    pub home_page_url: String,
    /// Where it is itself.
    #[schema(format = "uri")]
    pub feed_url: String,
    /// The language.
    pub language: String,
    /// Who tells of what is new, if the site has such a hub.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, min_items = 1, max_items = 1)]
    pub hubs: Vec<JsonFeedHub>,
    /// The newest articles.
    #[schema(max_items = 30)]
    pub items: Vec<JsonFeedItem>,
}

/// A hub that tells of what is new.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeedHub {
    /// `WebSub`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where it is.
    #[schema(format = "uri")]
    pub url: String,
}

/// An article in a feed. It has either `content_html`, the whole text, or `content_text`, which is the excerpt, by the setting `FEED_TEXT`.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeedItem {
    /// A URN of the article's id.
    #[schema(format = "uri", example = "urn:uuid:019ac3b2-7c00-7000-8000-000000000001")]
    pub id: String,
    /// Where it stands.
    #[schema(format = "uri")]
    pub url: String,
    /// The headline.
    pub title: String,
    /// The whole text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub content_html: Option<String>,
    /// The excerpt, or where there is none the headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub content_text: Option<String>,
    /// The excerpt, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub summary: Option<String>,
    /// The picture, if it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, format = "uri")]
    pub image: Option<String>,
    /// The date that readers see.
    #[schema(value_type = String, format = DateTime)]
    pub date_published: Instant,
    /// When readers last got something new.
    #[schema(value_type = String, format = DateTime)]
    pub date_modified: Instant,
    /// Who wrote it, if somebody is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub authors: Vec<JsonFeedAuthor>,
    /// The names of its categories and tags, if it has any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub tags: Vec<String>,
    /// Its language.
    pub language: String,
}

/// An author in a feed.
#[derive(Debug, Serialize, ToSchema)]
pub struct JsonFeedAuthor {
    /// The name.
    pub name: String,
    /// Their page on the site.
    #[schema(format = "uri")]
    pub url: String,
}

/// A robots.txt (RFC 9309) in UTF-8.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct RobotsTxt(String);

/// XML in UTF-8.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct Xml(String);
