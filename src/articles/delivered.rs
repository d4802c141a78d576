//! An article as readers get it, whole or those of its members that were asked for.

pub mod dates;
pub mod drafts;
pub mod views;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dto::{ArticleAuthor, ArticleCategory, ArticleTag, Image, Kind, NamedSlug, Seo};
use crate::categories::names::Names;
use crate::db::{Error, Result};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::Refs;

/// An article that is live. Every member is there, unless `fields=` names those that are; bodies are in lists only if they are asked for.
#[derive(Debug, ToSchema)]
pub struct Article {
    /// Which members go out.
    #[schema(ignore)]
    pub(super) fields: Fields,
    /// Its id.
    #[schema(required = false)]
    pub id: ArticleId,
    /// What it is.
    #[schema(required = false)]
    pub kind: Kind,
    /// Its name in URLs.
    #[schema(required = false)]
    pub slug: String,
    /// Where it stands on the site: `/{slug of the category}/{slug}`, without a category `/{slug}`.
    #[schema(required = false)]
    pub path: String,
    /// Its language.
    #[schema(required = false)]
    pub locale: String,
    /// The headline.
    #[schema(required = false)]
    pub title: String,
    /// A short text for cards.
    #[schema(required = false)]
    pub excerpt: String,
    /// The text as sanitised HTML; in lists only with `include=body`, or named in `fields`.
    #[schema(nullable = false)]
    pub body_html: Option<String>,
    /// The text without markup; in lists only with `include=body`, or named in `fields`.
    #[schema(nullable = false)]
    pub body_text: Option<String>,
    /// The main category.
    pub category: Option<ArticleCategory>,
    /// Further categories.
    #[schema(required = false)]
    pub further_categories: Vec<ArticleCategory>,
    /// Tags.
    #[schema(required = false)]
    pub tags: Vec<ArticleTag>,
    /// Authors, in the order in which they are named.
    #[schema(required = false)]
    pub authors: Vec<ArticleAuthor>,
    /// The picture.
    #[schema(value_type = Option<Image>)]
    pub image: Option<Box<RawValue>>,
    /// What search engines are told.
    #[schema(value_type = Option<Seo>)]
    pub seo: Option<Box<RawValue>>,
    /// Anything else that editors gave.
    #[schema(value_type = Option<Object>)]
    pub custom: Option<Box<RawValue>>,
    /// The date that lists are ordered by.
    #[schema(value_type = String, format = DateTime, required = false)]
    pub published_at: Option<Instant>,
    /// When readers last got something new.
    #[schema(value_type = String, format = DateTime, required = false)]
    pub updated_at: Option<Instant>,
    /// How many words the text has.
    #[schema(minimum = 0, required = false)]
    pub word_count: i64,
    /// How long it takes to read, at 220 words a minute.
    #[schema(minimum = 1, required = false)]
    pub reading_minutes: i64,
    /// The same article in other languages.
    #[schema(required = false)]
    pub translations: Vec<Translation>,
    /// What was corrected after it had been published.
    #[schema(required = false)]
    pub corrections: Vec<Correction>,
    /// How often it was read, up to the last whole minute; with `include=views`.
    #[schema(nullable = false, minimum = 0)]
    pub views: Option<i64>,
}

macro_rules! members {
    ($($variant:ident $member:ident),+ $(,)?) => {
        /// A member of a delivered article, as `fields` names it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, ToSchema)]
        #[schema(rename_all = "snake_case")]
        pub enum ArticleField {
            $(#[doc = concat!("`", stringify!($member), "`.")] $variant),+
        }

        impl ArticleField {
            /// All of them by name, in the order in which they go out.
            pub const ALL: &[(&'static str, Self)] = &[$((stringify!($member), Self::$variant)),+];
        }

        impl Serialize for Article {
            fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(None)?;
                $(if self.fields.has(ArticleField::$variant) {
                    map.serialize_entry(stringify!($member), &self.$member)?;
                })+
                if let Some(views) = self.views {
                    map.serialize_entry("views", &views)?;
                }
                map.end()
            }
        }
    };
}

members! {
    Id id, Kind kind, Slug slug, Path path, Locale locale, Title title, Excerpt excerpt, BodyHtml body_html, BodyText body_text,
    Category category, FurtherCategories further_categories, Tags tags, Authors authors, Image image, Seo seo, Custom custom,
    PublishedAt published_at, UpdatedAt updated_at, WordCount word_count, ReadingMinutes reading_minutes, Translations translations,
    Corrections corrections,
}

/// Which members of an article go out: a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields(u32);

impl Fields {
    /// All of them.
    pub const WHOLE: Self = Self(u32::MAX);
    /// What lists show unless they are asked for more.
    pub const CARD: Self = Self(Self::WHOLE.0 & !Self::BODY);
    const BODY: u32 = 1 << ArticleField::BodyHtml as u32 | 1 << ArticleField::BodyText as u32;

    /// These.
    pub fn of(fields: &[ArticleField]) -> Self {
        Self(fields.iter().fold(0, |bits, field| bits | 1 << *field as u32))
    }

    /// The same and the bodies.
    #[must_use]
    pub fn with_body(self) -> Self {
        Self(self.0 | Self::BODY)
    }

    /// Whether a body has to be read.
    pub fn has_body(self) -> bool {
        self.0 & Self::BODY != 0
    }

    fn has(self, field: ArticleField) -> bool {
        self.0 & 1 << field as u32 != 0
    }
}

impl Article {
    /// The date that orders it in lists: of what is live its date, which only what is shown whether it is live or not may lack.
    pub fn ordering(&self) -> Instant {
        self.published_at.unwrap_or(Instant::NEVER)
    }
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

/// A correction of a published article.
#[derive(Debug, Serialize, ToSchema)]
pub struct Correction {
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub corrected_at: Instant,
    /// What was wrong and what is right.
    pub text: String,
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

/// Where an article stands on the site, by the slug of its category and its own.
pub(super) fn path_of(category: Option<&str>, slug: &str) -> String {
    match category {
        Some(category) => format!("/{category}/{slug}"),
        None => format!("/{slug}"),
    }
}

impl Card {
    /// The article with the names that are in force today, narrowed to `fields`.
    pub(super) fn deliver(self, names: &Names, fields: Fields) -> Result<Article> {
        let refs: Refs = serde_json::from_str(&self.refs).map_err(Error::corrupt)?;
        let main = self.category_id.and_then(|id| category(names, id));
        let path = path_of(main.as_ref().map(|category| &*category.slug), &self.slug);
        let (body_html, body_text) = self.body.unzip();
        Ok(Article {
            fields,
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
            published_at: self.published_at.bounded(),
            updated_at: self.updated_at.bounded(),
            word_count: self.word_count,
            reading_minutes: (self.word_count + WORDS_A_MINUTE - 1).div_euclid(WORDS_A_MINUTE).max(1),
            translations: Vec::new(),
            corrections: Vec::new(),
            views: None,
        })
    }
}

crate::list_of! {
    /// A page of live articles.
    ArticleList of Article
}
