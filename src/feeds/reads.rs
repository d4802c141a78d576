//! What is in a feed: the newest page of a list, as lists have it.

pub mod sitemaps;

use super::dto::{Feed, FeedStyle, Item};
use crate::articles::delivered::{Article, ArticleField, Fields};
use crate::articles::dto::Image;
use crate::articles::reads::{self, ListQuery, Order, Selection};
use crate::categories::context::{Delivery, Reading};
use crate::db::{AnyConnection, Error, Result};
use crate::kernel::page::{Limit, ListParameters};
use crate::publications::visibility::Ground;

/// How many articles a feed has.
pub const MOST: u16 = 30;

/// Of what a feed is.
pub struct Asked {
    /// Of which articles.
    pub selection: Selection,
    /// In which language.
    pub locale: String,
    /// Where it is itself.
    pub address: String,
    /// The slug and the name of the one category that it is of.
    pub category: Option<(String, String)>,
}

/// The feed at the snapshot. One statement more than a page of a list at most.
///
/// # Errors
/// If the database fails.
pub fn feed(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    (delivery, style): (&Delivery, &FeedStyle),
    asked: Asked,
) -> Result<(Feed, Ground)> {
    let query = ListQuery {
        selection: asked.selection.by_fewest(connection, reading.snapshot)?,
        order: Order::Newest,
        limit: Limit::new(MOST).unwrap_or(Limit::DEFAULT),
        place: None,
        skipped: 0,
        passed: 0,
        mixed: 0,
        has_total: false,
        fields: fields(style),
        parameters: ListParameters::of("feed"),
    };
    let (page, ground) = reads::list(connection, reading, &query)?;
    let items = page.items.into_iter().map(|article| item(article, &delivery.site_url)).collect::<Result<Vec<Item>>>()?;
    let (title, home) = match asked.category {
        Some((slug, name)) => (format!("{}: {name}", delivery.site_name), format!("{}/{slug}", delivery.site_url)),
        None => (delivery.site_name.to_string(), format!("{}/", delivery.site_url)),
    };
    let feed = Feed {
        title,
        home,
        address: asked.address,
        hub: style.hub.clone(),
        site_name: delivery.site_name.clone(),
        site_url: delivery.site_url.clone(),
        locale: asked.locale,
        updated_at: items.iter().map(|item| item.updated_at).max(),
        items,
    };
    Ok((feed, ground))
}

/// What an item is made of and no more: what it does not show changes nothing of how long the feed is kept.
fn fields(style: &FeedStyle) -> Fields {
    use ArticleField::{
        Authors, BodyHtml, Category, Corrections, Excerpt, FurtherCategories, Id, Image, Path, PublishedAt, Tags, Title, UpdatedAt,
    };
    let mut fields = vec![Id, Path, Title, Excerpt, Category, FurtherCategories, Tags, Authors, Image, PublishedAt, UpdatedAt];
    if style.has_text {
        fields.extend([BodyHtml, Corrections]);
    }
    Fields::of(&fields)
}

fn item(article: Article, site_url: &str) -> Result<Item> {
    let published_at = article.ordering();
    let corrections: String = article.corrections.iter().map(|one| format!("<aside>{}</aside>", one.text_html)).collect();
    let image = article.image.map(|image| serde_json::from_str::<Image>(image.get())).transpose().map_err(Error::corrupt)?;
    let categories = article.category.into_iter().chain(article.further_categories).map(|category| (category.slug, category.name));
    let tags = article.tags.into_iter().map(|tag| (tag.slug, tag.name));
    Ok(Item {
        id: article.id,
        url: format!("{site_url}{}", article.path),
        title: article.title,
        excerpt: article.excerpt,
        html: article.body_html.map(|html| html + &corrections),
        image: image.map(|image| if image.url.starts_with('/') { format!("{site_url}{}", image.url) } else { image.url }),
        published_at,
        updated_at: article.updated_at.unwrap_or(published_at),
        authors: article.authors.into_iter().map(|author| (author.name, format!("{site_url}/authors/{}", author.slug))).collect(),
        subjects: categories.chain(tags).collect(),
    })
}
