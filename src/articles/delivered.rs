//! An article as readers get it, whole or those of its members that were asked for.

pub mod corrections;
pub mod curated;
pub mod dates;
pub mod drafts;
pub mod related;
pub mod views;

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::dto::{ArticleAuthor, ArticleCategory, ArticleTag, Image, Kind, NamedSlug, Seo};
use crate::bodies::{Block, blocks, markdown};
use crate::categories::names::Names;
use crate::corrections::dto::Correction;
use crate::db::{Error, Result};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::{Credit, Refs, Related};

/// An article that is live. Every member is there, unless `fields=` names those that are; bodies are in lists only if they are asked for.
#[derive(Clone, Debug, ToSchema)]
pub struct Article {
    /// Which members go out.
    #[schema(ignore)]
    pub(super) fields: Fields,
    /// Whether there are corrections of it, at whatever instant: then they are looked up.
    #[schema(ignore)]
    pub(super) may_be_corrected: bool,
    /// The group of its translations, where these are asked for.
    #[schema(ignore)]
    pub(super) translation_group: Option<ArticleId>,
    /// What editors want to see beside it.
    #[schema(ignore)]
    pub(super) beside: Related,
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
    /// The text as Markdown, written from the HTML; only with `body=markdown`, or named in `fields`.
    #[schema(nullable = false)]
    pub body_markdown: Option<String>,
    /// The text as a tree; only with `body=blocks`, or named in `fields`. Of what comes behind 20,000 nodes it has the characters alone.
    #[schema(nullable = false)]
    pub body_blocks: Option<Vec<Block>>,
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
    /// What was corrected after it had been published, the earliest first. No correction changes `updated_at`.
    #[schema(required = false, max_items = 50)]
    pub corrections: Vec<Correction>,
    /// How often it was read, up to the last whole minute; with `include=views`.
    #[schema(nullable = false, minimum = 0)]
    pub views: Option<i64>,
    /// Articles that are related to it, as lists show them; with `include=related`.
    #[schema(nullable = false, no_recursion)]
    pub related: Option<Vec<Article>>,
    /// The next and the previous article; with `include=neighbours`.
    #[schema(nullable = false)]
    pub neighbours: Option<Neighbours>,
}

/// The articles beside one, in the order of their dates, as lists show them.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct Neighbours {
    /// The one with the next newer date; `null` beside the newest.
    #[schema(required, no_recursion)]
    pub next: Option<Box<Article>>,
    /// The one with the next older date; `null` beside the oldest.
    #[schema(required, no_recursion)]
    pub previous: Option<Box<Article>>,
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
                if let Some(related) = &self.related {
                    map.serialize_entry("related", related)?;
                }
                if let Some(neighbours) = &self.neighbours {
                    map.serialize_entry("neighbours", neighbours)?;
                }
                map.end()
            }
        }
    };
}

members! {
    Id id, Kind kind, Slug slug, Path path, Locale locale, Title title, Excerpt excerpt, BodyHtml body_html, BodyText body_text,
    BodyMarkdown body_markdown, BodyBlocks body_blocks,
    Category category, FurtherCategories further_categories, Tags tags, Authors authors, Image image, Seo seo, Custom custom,
    PublishedAt published_at, UpdatedAt updated_at, WordCount word_count, ReadingMinutes reading_minutes, Translations translations,
    Corrections corrections,
}

/// Which members of an article go out: a bit for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fields(u32);

impl Fields {
    /// All of them, the body in two forms.
    pub const WHOLE: Self = Self(!Self::BODIES | Self::BODY);
    /// What lists show unless they are asked for more.
    pub const CARD: Self = Self(Self::WHOLE.0 & !Self::BODIES);
    const BODY: u32 = 1 << ArticleField::BodyHtml as u32 | 1 << ArticleField::BodyText as u32;
    const BODIES: u32 = Self::BODY | 1 << ArticleField::BodyMarkdown as u32 | 1 << ArticleField::BodyBlocks as u32;

    /// These.
    pub fn of(fields: &[ArticleField]) -> Self {
        Self(fields.iter().fold(0, |bits, field| bits | 1 << *field as u32))
    }

    /// The same and the bodies.
    #[must_use]
    pub fn with_body(self) -> Self {
        Self(self.0 | Self::BODY)
    }

    /// The same with the body in these forms, if any are named.
    #[must_use]
    pub fn with_forms(self, forms: &[ArticleField]) -> Self {
        if forms.is_empty() { self } else { Self(self.0 & !Self::BODIES | Self::of(forms).0) }
    }

    /// Whether a body has to be read.
    pub fn has_body(self) -> bool {
        self.0 & Self::BODIES != 0
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
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
    /// Whether there are corrections of it.
    pub(super) may_be_corrected: bool,
    /// The group of its translations.
    pub(super) translation_group: Option<ArticleId>,
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
    category.map_or_else(|| format!("/{slug}"), |category| format!("/{category}/{slug}"))
}

impl Card {
    /// The article with the names that are in force today, narrowed to `fields`.
    pub(super) fn deliver(self, names: &Names, fields: Fields) -> Result<Article> {
        let refs: Refs = serde_json::from_str(&self.refs).map_err(Error::corrupt)?;
        let main = self.category_id.and_then(|id| category(names, id));
        let path = path_of(main.as_ref().map(|category| &*category.slug), &self.slug);
        let (body_html, body_text) = self.body.unzip();
        let is_tree_wanted = fields.has(ArticleField::BodyMarkdown) || fields.has(ArticleField::BodyBlocks);
        let body_blocks = body_html.as_deref().filter(|_| is_tree_wanted).map(blocks);
        let body_markdown = body_blocks.as_deref().filter(|_| fields.has(ArticleField::BodyMarkdown)).map(markdown);
        Ok(Article {
            fields,
            may_be_corrected: self.may_be_corrected && fields.has(ArticleField::Corrections),
            translation_group: self.translation_group.filter(|_| fields.has(ArticleField::Translations)),
            id: self.id,
            kind: Kind::find(&self.kind).ok_or_else(|| Error::corrupt("unknown kind"))?,
            slug: self.slug,
            path,
            locale: self.locale,
            title: self.title,
            excerpt: self.excerpt,
            body_html,
            body_text,
            body_markdown,
            body_blocks,
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
                .filter_map(|Credit { id, role }| {
                    let (slug, name) = names.author(*id)?;
                    Some(ArticleAuthor { id: *id, slug: slug.clone(), name: name.clone(), role: *role })
                })
                .collect(),
            beside: refs.related,
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
            related: None,
            neighbours: None,
        })
    }
}

crate::list_of! {
    /// A page of live articles.
    ArticleList of Article
}
