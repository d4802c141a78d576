//! Articles on the wire: what editors send and see, and what readers get.

pub mod amended;
pub mod autosave;
mod byline;
pub mod calendar;
pub mod history;
pub mod merge;
mod patch;
pub mod translations;
pub mod visibility;

use self::autosave::AutosaveMark;
pub use self::byline::Byline;
pub use self::patch::{Amendment, ArticlePatch, BodyPatch, ImagePatch, RelatedPatch, SeoPatch, UnfinishedArticle};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::bodies::{Format, Warning};
use crate::kernel::id::{ArticleId, AuthorId, CategoryId, TagId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::refs::{AuthorRole, Related};
use crate::kernel::slug::Slug;
use crate::kernel::zone::Zone;
use crate::publications::dto::{EditorPublication, PublicationCreate};
use crate::publications::rules::standing::Status;

/// What a text is: lists take articles unless `kind=` says otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// News.
    #[default]
    Article,
    /// A standing page, such as an imprint.
    Page,
}

impl Kind {
    /// The name on the wire and in the database.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Article => "article",
            Self::Page => "page",
        }
    }

    /// Each with its name.
    pub const ALL: [(&'static str, Self); 2] = [(Self::Article.name(), Self::Article), (Self::Page.name(), Self::Page)];

    /// The kind of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, kind)| kind)
    }
}

/// A body as it is written. It is kept as it is and rendered when it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodySource {
    /// How `source` is to be read.
    pub format: Format,
    /// The text: CommonMark with tables, footnotes and strikethrough, or HTML.
    ///
    /// It may become at most 4 MiB of HTML, before it is sanitised and after; otherwise the mistake is `too_long_rendered`, at `/body`.
    #[schema(max_length = 1_000_000, example = "The council voted **in favour**.")]
    pub source: String,
}

/// An article's picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Image {
    /// Where it lies.
    #[schema(min_length = 1, max_length = 2000, pattern = "^(https?://|/)[^\\s\\\\]*$")]
    pub url: String,
    /// What it shows, for those who do not see it.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub alt: Option<String>,
    /// What is said below it.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub caption: Option<String>,
    /// Who made it.
    #[serde(default)]
    #[schema(max_length = 500)]
    pub credit: Option<String>,
    /// Its width in pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub width: Option<u32>,
    /// Its height in pixels.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 100_000)]
    pub height: Option<u32>,
}

/// What search engines are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Seo {
    /// Instead of the title.
    #[serde(default)]
    #[schema(max_length = 300)]
    pub title: Option<String>,
    /// Instead of the excerpt.
    #[serde(default)]
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    /// The address of the original.
    #[serde(default)]
    #[schema(max_length = 2000, pattern = "^https?://[^\\s\\\\]+$")]
    pub canonical_url: Option<String>,
    /// Not to be listed.
    #[serde(default)]
    pub noindex: Option<bool>,
}

/// A new article. With `publish` both happen or neither.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ArticleCreate {
    /// Never changes afterwards; `article` unless said.
    #[serde(default)]
    pub kind: Kind,
    /// One of the site's languages; never changes afterwards; the first one unless said.
    #[serde(default)]
    #[schema(max_length = 20)]
    pub locale: Option<String>,
    /// The headline.
    #[schema(min_length = 1, max_length = 300, pattern = "\\S", example = "Council votes for the new bridge")]
    pub title: String,
    /// Its name in URLs; made from the title unless given.
    #[serde(default)]
    pub slug: Option<Slug>,
    /// A short text for cards.
    #[serde(default)]
    #[schema(max_length = 2000)]
    pub excerpt: Option<String>,
    /// The text.
    pub body: BodySource,
    /// The main category.
    #[serde(default)]
    pub category_id: Option<CategoryId>,
    /// Further categories.
    #[serde(default)]
    #[schema(max_items = 20)]
    pub further_category_ids: Vec<CategoryId>,
    /// Slugs of tags.
    #[serde(default)]
    #[schema(value_type = Vec<Slug>, max_items = 50)]
    pub tags: Vec<String>,
    /// Authors by their slugs, in the order in which they are named, each once in each role.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub authors: Vec<Byline>,
    /// The picture.
    #[serde(default)]
    pub image: Option<Image>,
    /// What search engines are told.
    #[serde(default)]
    pub seo: Option<Seo>,
    /// Anything else that a front end needs: up to 64 KiB of JSON.
    ///
    /// A number comes back as the same integer of 64 bits or the same double, in its shortest form. One that neither holds, or of more than 17 digits, is `inexact_number`; send it as a string.
    #[serde(default)]
    pub custom: Option<Map<String, Value>>,
    /// Which articles stand beside it: some first, some never.
    #[serde(default)]
    #[schema(required = false)]
    pub related: Related,
    /// What this save is about, for those who read the history; it is kept with the revision, and not on the article.
    #[serde(default)]
    #[schema(max_length = 200)]
    pub note: Option<String>,
    /// Until when nothing of the article may be published, as RFC 3339 with an offset; `null` lifts the embargo, missing leaves it as it is.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub embargo_until: Patch<String>,
    /// Why there is an embargo; it goes when that is lifted.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub embargo_note: Patch<String>,
    /// The article that it is a translation of, or any other translation of that; `null` = of none, missing leaves it as it is. One in each language.
    #[serde(default)]
    #[schema(value_type = Option<ArticleId>)]
    pub translation_of: Patch<ArticleId>,
    /// Publishes this save as well.
    #[serde(default)]
    pub publish: Option<PublicationCreate>,
}

/// An article as editors see it: its newest save.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorArticle {
    /// Its id.
    pub id: ArticleId,
    /// What it is.
    pub kind: Kind,
    /// Its name in URLs.
    pub slug: String,
    /// Its language.
    pub locale: String,
    /// The headline.
    pub title: String,
    /// A short text for cards.
    pub excerpt: String,
    /// The text as it was written.
    pub body: BodySource,
    /// The main category.
    #[schema(required)]
    pub category_id: Option<CategoryId>,
    /// Further categories.
    pub further_category_ids: Vec<CategoryId>,
    /// Slugs of tags.
    pub tags: Vec<String>,
    /// Authors: the slug of whoever wrote it, an object of whoever did something else.
    pub authors: Vec<Byline>,
    /// The picture.
    #[schema(required)]
    pub image: Option<Image>,
    /// What search engines are told.
    #[schema(required)]
    pub seo: Option<Seo>,
    /// Anything else.
    #[schema(required)]
    pub custom: Option<Map<String, Value>>,
    /// Which articles stand beside it: some first, some never.
    pub related: Related,
    /// Counts saves, trash and restore; its `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The number of the newest save.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// Where it stands now.
    pub status: Status,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Who began it.
    pub created_by: UserId,
    /// When it was saved last.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Instant,
    /// Who saved it last.
    pub saved_by: UserId,
    /// Since when it is in the trash.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub trashed_at: Option<Instant>,
    /// Until when nothing of it may be published.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub embargo_until: Option<Instant>,
    /// Why.
    #[schema(required)]
    pub embargo_note: Option<String>,
    /// The group of its translations: all of them have the same. Of which there are `listTranslations` tells.
    #[schema(required)]
    pub translation_group: Option<ArticleId>,
    /// Its publications, the latest start first: the next 100 that lie ahead and the latest 100 that have begun. The list of an article's publications has the
    /// rest.
    #[schema(max_items = 200)]
    pub publications: Vec<EditorPublication>,
    /// Your own autosave, which you have not saved; `null` if there is none. `getAutosave` has the text.
    #[schema(required)]
    pub autosave: Option<AutosaveMark>,
    /// What the sanitiser takes out of the body: the first 20. Where an older revision was restored, also what it named that there is no more.
    pub warnings: Vec<Warning>,
}

/// An article as it stands in an editor's list: its newest save, without the body.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArticleSummary {
    /// Its id.
    pub id: ArticleId,
    /// What it is.
    pub kind: Kind,
    /// Its name in URLs.
    pub slug: String,
    /// Its language.
    pub locale: String,
    /// The headline.
    pub title: String,
    /// A short text for cards.
    pub excerpt: String,
    /// The main category.
    #[schema(required)]
    pub category_id: Option<CategoryId>,
    /// Further categories.
    pub further_category_ids: Vec<CategoryId>,
    /// Slugs of tags.
    pub tags: Vec<String>,
    /// Authors: the slug of whoever wrote it, an object of whoever did something else.
    pub authors: Vec<Byline>,
    /// The picture.
    #[schema(required)]
    pub image: Option<Image>,
    /// Counts saves, trash and restore.
    #[schema(minimum = 1)]
    pub version: i64,
    /// The number of the newest save.
    #[schema(minimum = 1)]
    pub revision: i64,
    /// Where it stands now.
    pub status: Status,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Who began it.
    pub created_by: UserId,
    /// When it was saved last.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Instant,
    /// Who saved it last.
    pub saved_by: UserId,
    /// Since when it is in the trash.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub trashed_at: Option<Instant>,
    /// The start of the latest publication that began.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub last_publish_at: Option<Instant>,
    /// The start of the next one.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub next_publish_at: Option<Instant>,
}

impl EditorArticle {
    /// The same with local times in a zone, if one is asked for.
    #[must_use]
    pub fn in_zone(mut self, zone: Option<&Zone>) -> Self {
        self.publications = self.publications.into_iter().map(|publication| publication.in_zone(zone)).collect();
        self
    }
}

crate::list_of! {
    /// A page of articles as editors see them.
    EditorArticleList of ArticleSummary
}

/// A name with its slug.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NamedSlug {
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// The category of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArticleCategory {
    /// Its id.
    pub id: CategoryId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// The breadcrumb: root first, itself last.
    pub path: Vec<NamedSlug>,
}

/// A tag of an article.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArticleTag {
    /// Its id.
    pub id: TagId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// An author of an article, and what they did for it. Who did several things stands there as often.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ArticleAuthor {
    /// Its id.
    pub id: AuthorId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What they did.
    pub role: AuthorRole,
}
