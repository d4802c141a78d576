//! Autosaves on the wire: what somebody writes and has not saved.

use serde::Serialize;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::history::RevisionContent;
use super::{ArticleCreate, ArticlePatch, EditorArticle, UnfinishedArticle};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// What the caller wrote of an article and has not saved: all of its content. One for each person and article; nobody else sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Autosave {
    /// The article.
    pub article_id: ArticleId,
    /// The version of the article that it is based on. Where the article has another one by now, somebody saved in between.
    #[schema(minimum = 1)]
    pub base_version: i64,
    /// When it was kept.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Instant,
    /// What the save will be about, if that was said.
    #[schema(required)]
    pub note: Option<String>,
    /// The article as it is written.
    #[serde(flatten)]
    pub content: RevisionContent,
}

/// That the caller has an autosave of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AutosaveMark {
    /// When it was kept.
    #[schema(value_type = String, format = DateTime)]
    pub saved_at: Instant,
    /// The version of the article that it is based on.
    #[schema(minimum = 1)]
    pub base_version: i64,
}

/// What a save answers: the article, or with `autosave=true` what was kept.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum EditorArticleOrAutosave {
    /// The article.
    Article(Box<EditorArticle>),
    /// What was kept beside it.
    Autosave(Box<Autosave>),
}

/// What an article is to become.
#[derive(Clone, Debug)]
pub enum Sent {
    /// All of it.
    Whole(Box<ArticleCreate>),
    /// What of it changes.
    Patch(Box<ArticlePatch>),
}

/// What `PUT` of an article takes: all of it, or with `autosave=true` as much as there is.
#[derive(Debug)]
pub struct ArticleCreateOrUnfinished;

/// What `PATCH` of an article takes: a change, or with `autosave=true` one that may leave it unfinished.
#[derive(Debug)]
pub struct ArticlePatchOrUnfinished;

macro_rules! or_unfinished {
    ($($either:ty: $whole:ty),*) => {$(
        impl PartialSchema for $either {
            fn schema() -> RefOr<Schema> {
                let named = Ref::from_schema_name;
                let either = AnyOfBuilder::new().item(named(<$whole>::name())).item(named(UnfinishedArticle::name()));
                Schema::AnyOf(either.build()).into()
            }
        }

        impl ToSchema for $either {
            fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
                schemas.push((<$whole>::name().into_owned(), <$whole>::schema()));
                schemas.push((UnfinishedArticle::name().into_owned(), UnfinishedArticle::schema()));
                <$whole>::schemas(schemas);
                UnfinishedArticle::schemas(schemas);
            }
        }
    )*};
}

or_unfinished!(ArticleCreateOrUnfinished: ArticleCreate, ArticlePatchOrUnfinished: ArticlePatch);

impl From<ArticleCreate> for Sent {
    fn from(whole: ArticleCreate) -> Self {
        Self::Whole(Box::new(whole))
    }
}

impl From<ArticlePatch> for Sent {
    fn from(patch: ArticlePatch) -> Self {
        Self::Patch(Box::new(patch))
    }
}
