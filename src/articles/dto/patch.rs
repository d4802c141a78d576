//! Changes of an article on the wire (RFC 7396).

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{Byline, Kind};
use crate::bodies::Format;
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::patch::Patch;
use crate::kernel::slug::Slug;
use crate::publications::dto::PublicationCreate;

/// What changes in a text, and what else goes with the request.
macro_rules! article_patch {
    ($(#[$doc:meta])* $name:ident, title: $title:meta { $($more:tt)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The headline.
            #[serde(default)]
            #[$title]
            pub title: Option<String>,
            /// Its name in URLs.
            #[serde(default)]
            #[schema(nullable = false)]
            pub slug: Option<Slug>,
            /// A short text for cards.
            #[serde(default)]
            #[schema(value_type = Option<String>, max_length = 2000)]
            pub excerpt: Patch<String>,
            /// The text: both members, or one of them.
            #[serde(default)]
            #[schema(nullable = false)]
            pub body: Option<BodyPatch>,
            /// The main category.
            #[serde(default)]
            #[schema(value_type = Option<CategoryId>)]
            pub category_id: Patch<CategoryId>,
            /// Further categories.
            #[serde(default)]
            #[schema(value_type = Option<Vec<CategoryId>>, max_items = 20)]
            pub further_category_ids: Patch<Vec<CategoryId>>,
            /// Slugs of tags.
            #[serde(default)]
            #[schema(value_type = Option<Vec<Slug>>, max_items = 50)]
            pub tags: Patch<Vec<String>>,
            /// Authors by their slugs, in the order in which they are named, each once in each role.
            #[serde(default)]
            #[schema(value_type = Option<Vec<Byline>>, max_items = 50)]
            pub authors: Patch<Vec<Byline>>,
            /// The picture; its members are merged.
            #[serde(default)]
            #[schema(value_type = Option<ImagePatch>)]
            pub image: Patch<Value>,
            /// What search engines are told; its members are merged.
            #[serde(default)]
            #[schema(value_type = Option<SeoPatch>)]
            pub seo: Patch<Value>,
            /// Anything else; its members are merged, at most to 64 KiB of JSON. Of numbers as in a new article.
            #[serde(default)]
            #[schema(value_type = Option<Object>)]
            pub custom: Patch<Value>,
            /// Which articles stand beside it: some first, some never. Its members are merged; `null` leaves nothing of it.
            #[serde(default)]
            #[schema(value_type = Option<RelatedPatch>)]
            pub related: Patch<RelatedPatch>,
            /// What this save is about, for those who read the history; it is kept with the revision, and not on the article.
            #[serde(default)]
            #[schema(max_length = 200)]
            pub note: Option<String>,
            $($more)*
        }
    };
}

article_patch! {
    /// A change of an article (RFC 7396): what is missing stays, `null` removes.
    ArticlePatch, title: schema(nullable = false, min_length = 1, max_length = 300, pattern = "\\S") {
        /// Until when nothing of the article may be published, as RFC 3339 with an offset; `null` lifts the embargo.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 40)]
        pub embargo_until: Patch<String>,
        /// Why there is an embargo; it goes when that is lifted.
        #[serde(default)]
        #[schema(value_type = Option<String>, max_length = 500)]
        pub embargo_note: Patch<String>,
        /// The article that it is a translation of, or any other translation of that; `null` = of none any more.
        #[serde(default)]
        #[schema(value_type = Option<ArticleId>)]
        pub translation_of: Patch<ArticleId>,
        /// Publishes this save as well.
        #[serde(default)]
        pub publish: Option<PublicationCreate>,
    }
}

article_patch! {
    /// What is mended in the text that readers have (RFC 7396): what is missing stays, `null` removes.
    Amendment, title: schema(nullable = false, min_length = 1, max_length = 300, pattern = "\\S") {
        /// Whether it is not worth a new `updated_at`: a comma.
        #[serde(default)]
        pub minor: Option<bool>,
        /// Whether it may go before the public within the article's embargo.
        #[serde(default)]
        pub override_embargo: Option<bool>,
    }
}

article_patch! {
    /// What somebody writes and does not save yet, for `autosave=true`: nothing is required of it, and it does nothing but be kept.
    UnfinishedArticle, title: schema(nullable = false, max_length = 300) {
        /// What the article is, if it is said: it never changes.
        #[serde(default)]
        #[schema(nullable = false)]
        pub kind: Option<Kind>,
        /// Its language, likewise.
        #[serde(default)]
        #[schema(nullable = false, max_length = 20)]
        pub locale: Option<String>,
    }
}

impl From<UnfinishedArticle> for ArticlePatch {
    fn from(unfinished: UnfinishedArticle) -> Self {
        Self {
            title: unfinished.title,
            slug: unfinished.slug,
            excerpt: unfinished.excerpt,
            body: unfinished.body,
            category_id: unfinished.category_id,
            further_category_ids: unfinished.further_category_ids,
            tags: unfinished.tags,
            authors: unfinished.authors,
            image: unfinished.image,
            seo: unfinished.seo,
            custom: unfinished.custom,
            related: unfinished.related,
            note: unfinished.note,
            ..Self::default()
        }
    }
}

impl From<Amendment> for ArticlePatch {
    fn from(amendment: Amendment) -> Self {
        Self {
            title: amendment.title,
            slug: amendment.slug,
            excerpt: amendment.excerpt,
            body: amendment.body,
            category_id: amendment.category_id,
            further_category_ids: amendment.further_category_ids,
            tags: amendment.tags,
            authors: amendment.authors,
            image: amendment.image,
            seo: amendment.seo,
            custom: amendment.custom,
            related: amendment.related,
            note: amendment.note,
            ..Self::default()
        }
    }
}

/// A change of what stands beside an article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelatedPatch {
    /// Those that come first, in this order, while they are live.
    #[serde(default)]
    #[schema(value_type = Option<Vec<ArticleId>>, max_items = 20)]
    pub pinned: Patch<Vec<ArticleId>>,
    /// Those that are never shown beside it.
    #[serde(default)]
    #[schema(value_type = Option<Vec<ArticleId>>, max_items = 100)]
    pub excluded: Patch<Vec<ArticleId>>,
}

/// A change of a body.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyPatch {
    /// How `source` is to be read.
    #[serde(default)]
    #[schema(nullable = false)]
    pub format: Option<Format>,
    /// The text.
    ///
    /// It may become at most 4 MiB of HTML, before it is sanitised and after; otherwise the mistake is `too_long_rendered`, at `/body`.
    #[serde(default)]
    #[schema(nullable = false, max_length = 1_000_000)]
    pub source: Option<String>,
}

/// A change of a picture: what it may say. It is merged as it came.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePatch {
    /// Where it lies; an image has one.
    #[schema(nullable = false, min_length = 1, max_length = 2000, pattern = "^(https?://|/)[^\\s\\\\]*$")]
    pub url: Option<String>,
    /// What it shows, for those who do not see it.
    #[schema(max_length = 1000)]
    pub alt: Option<String>,
    /// What is said below it.
    #[schema(max_length = 2000)]
    pub caption: Option<String>,
    /// Who made it.
    #[schema(max_length = 500)]
    pub credit: Option<String>,
    /// Its width in pixels.
    #[schema(minimum = 1, maximum = 100_000)]
    pub width: Option<u32>,
    /// Its height in pixels.
    #[schema(minimum = 1, maximum = 100_000)]
    pub height: Option<u32>,
}

/// A change of what search engines are told: what it may say. It is merged as it came.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeoPatch {
    /// Instead of the title.
    #[schema(max_length = 300)]
    pub title: Option<String>,
    /// Instead of the excerpt.
    #[schema(max_length = 1000)]
    pub description: Option<String>,
    /// The address of the original.
    #[schema(max_length = 2000, pattern = "^https?://[^\\s\\\\]+$")]
    pub canonical_url: Option<String>,
    /// Not to be listed.
    pub noindex: Option<bool>,
}
