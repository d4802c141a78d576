//! An article as readers get it.

use serde::Serialize;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dto::{ArticleAuthor, ArticleCategory, ArticleTag, Image, Kind, NamedSlug, Seo};
use super::refs::Refs;
use crate::categories::names::Names;
use crate::db::{Error, Result};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;

/// An article that is live.
#[derive(Debug, Serialize, ToSchema)]
pub struct Article {
    /// Its id.
    pub id: ArticleId,
    /// What it is.
    pub kind: Kind,
    /// Its name in URLs.
    pub slug: String,
    /// Where it stands on the site: `/{slug of the category}/{slug}`, without a category `/{slug}`.
    pub path: String,
    /// Its language.
    pub locale: String,
    /// The headline.
    pub title: String,
    /// A short text for cards.
    pub excerpt: String,
    /// The text as sanitised HTML; in lists only with `include=body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub body_html: Option<String>,
    /// The text without markup; in lists only with `include=body`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub body_text: Option<String>,
    /// The main category.
    #[schema(required)]
    pub category: Option<ArticleCategory>,
    /// Further categories.
    pub further_categories: Vec<ArticleCategory>,
    /// Tags.
    pub tags: Vec<ArticleTag>,
    /// Authors, in the order in which they are named.
    pub authors: Vec<ArticleAuthor>,
    /// The picture.
    #[schema(value_type = Option<Image>, required)]
    pub image: Option<Box<RawValue>>,
    /// What search engines are told.
    #[schema(value_type = Option<Seo>, required)]
    pub seo: Option<Box<RawValue>>,
    /// Anything else that editors gave.
    #[schema(value_type = Option<Object>, required)]
    pub custom: Option<Box<RawValue>>,
    /// The date that lists are ordered by.
    #[schema(value_type = String, format = DateTime)]
    pub published_at: Instant,
    /// When readers last got something new.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Instant,
    /// How many words the text has.
    #[schema(minimum = 0)]
    pub word_count: i64,
    /// How long it takes to read, at 220 words a minute.
    #[schema(minimum = 1)]
    pub reading_minutes: i64,
    /// The same article in other languages.
    pub translations: Vec<Translation>,
}

/// An article in another language.
#[derive(Debug, Serialize, ToSchema)]
pub struct Translation {
    /// The language.
    pub locale: String,
    /// Its name in URLs there.
    pub slug: String,
    /// Where it stands on the site.
    pub path: String,
}

/// Words that an adult reads in a minute.
const WORDS_A_MINUTE: i64 = 220;

/// The stored text of an article in force.
#[derive(Debug)]
pub(super) struct Card {
    pub(super) id: ArticleId,
    pub(super) kind: String,
    pub(super) locale: String,
    pub(super) slug: String,
    pub(super) title: String,
    pub(super) excerpt: String,
    pub(super) category_id: Option<CategoryId>,
    pub(super) refs: String,
    pub(super) image: Option<String>,
    pub(super) seo: Option<String>,
    pub(super) custom: Option<String>,
    pub(super) word_count: i64,
    pub(super) published_at: Instant,
    pub(super) updated_at: Instant,
    /// HTML and text.
    pub(super) body: Option<(String, String)>,
}

fn category(names: &Names, id: CategoryId) -> Option<ArticleCategory> {
    let category = names.category(id)?;
    let path = names.path(id).into_iter().map(|step| NamedSlug { slug: step.slug.clone(), name: step.name.clone() }).collect();
    Some(ArticleCategory { id, slug: category.slug.clone(), name: category.name.clone(), path })
}

fn raw(text: Option<String>) -> Result<Option<Box<RawValue>>> {
    text.map(RawValue::from_string).transpose().map_err(Error::corrupt)
}

impl Card {
    /// The article with the names that are in force today.
    pub(super) fn deliver(self, names: &Names) -> Result<Article> {
        let refs: Refs = serde_json::from_str(&self.refs).map_err(Error::corrupt)?;
        let main = self.category_id.and_then(|id| category(names, id));
        let path = match &main {
            Some(category) => format!("/{}/{}", category.slug, self.slug),
            None => format!("/{}", self.slug),
        };
        let (body_html, body_text) = self.body.unzip();
        Ok(Article {
            id: self.id,
            kind: Kind::find(&self.kind).ok_or_else(|| Error::corrupt("unknown kind"))?,
            slug: self.slug,
            path,
            locale: self.locale,
            title: self.title,
            excerpt: self.excerpt,
            body_html,
            body_text,
            category: main,
            further_categories: refs.further_categories.iter().filter_map(|id| category(names, *id)).collect(),
            tags: refs
                .tags
                .iter()
                .filter_map(|id| names.tag(*id).map(|(slug, name)| ArticleTag { id: *id, slug: slug.clone(), name: name.clone() }))
                .collect(),
            authors: refs
                .authors
                .iter()
                .filter_map(|id| names.author(*id).map(|(slug, name)| ArticleAuthor { id: *id, slug: slug.clone(), name: name.clone() }))
                .collect(),
            image: raw(self.image)?,
            seo: raw(self.seo)?,
            custom: raw(self.custom)?,
            published_at: self.published_at,
            updated_at: self.updated_at,
            word_count: self.word_count,
            reading_minutes: (self.word_count + WORDS_A_MINUTE - 1).div_euclid(WORDS_A_MINUTE).max(1),
            translations: Vec::new(),
        })
    }
}

crate::list_of! {
    /// A page of live articles.
    ArticleList of Article
}
