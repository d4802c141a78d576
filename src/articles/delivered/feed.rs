//! Feeds: the newest articles as feed readers take them. What all forms have in common; each form has a file of its own.

pub mod atom;
pub mod json;
pub mod rss;
mod xml;

use utoipa::ToSchema;

use super::Article;
use crate::kernel::instant::Instant;

/// The newest articles of the site or a part of it.
#[derive(Debug)]
pub struct Feed {
    /// What it is called.
    pub title: String,
    /// Where it is, by the address of the API.
    pub url: String,
    /// Where readers find the site.
    pub site_url: String,
    /// In which language.
    pub locale: String,
    /// Who tells subscribers that it changed (WebSub).
    pub hub: Option<String>,
    /// The articles, the newest first.
    pub items: Vec<Item>,
}

/// An article in a feed.
#[derive(Debug)]
pub struct Item {
    /// Its id, which never changes, whatever its slug does.
    pub id: String,
    /// Where readers find it.
    pub url: String,
    /// The headline.
    pub title: String,
    /// A short text.
    pub excerpt: String,
    /// The text as HTML, with what was corrected of it, where whole texts go out.
    pub html: Option<String>,
    /// The address of the picture.
    pub image: Option<String>,
    /// Who wrote it.
    pub authors: Vec<String>,
    /// Its category and its tags, by their names.
    pub topics: Vec<String>,
    /// Its language.
    pub locale: String,
    /// The date of its publication.
    pub published_at: Instant,
    /// When readers last got something new.
    pub updated_at: Instant,
}

impl Item {
    /// An article as it stands on the site at `site_url`.
    pub fn of(article: Article, site_url: &str) -> Self {
        let corrections: String = article.corrections.iter().map(|one| format!("<aside>{}</aside>", one.text_html)).collect();
        let image = article.image.as_deref().and_then(|image| serde_json::from_str::<Picture>(image.get()).ok());
        let category = article.category.iter().map(|category| category.name.clone());
        Self {
            id: format!("urn:uuid:{}", article.id),
            url: format!("{site_url}{}", article.path),
            title: article.title,
            excerpt: article.excerpt,
            html: article.body_html.map(|html| html + &corrections),
            image: image.map(|image| if image.url.starts_with('/') { format!("{site_url}{}", image.url) } else { image.url }),
            authors: article.authors.iter().map(|author| author.name.clone()).collect(),
            topics: category.chain(article.tags.iter().map(|tag| tag.name.clone())).collect(),
            locale: article.locale,
            published_at: article.published_at.unwrap_or(Instant::FIRST),
            updated_at: article.updated_at.or(article.published_at).unwrap_or(Instant::FIRST),
        }
    }
}

#[derive(serde::Deserialize)]
struct Picture {
    url: String,
}

impl Feed {
    /// When anything of it last changed; the beginning of time where there is nothing.
    pub fn updated_at(&self) -> Instant {
        self.items.iter().map(|item| item.updated_at).max().unwrap_or(Instant::EPOCH)
    }
}

/// An Atom feed (RFC 4287).
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct AtomFeed(String);

/// An RSS 2.0 feed.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct RssFeed(String);
