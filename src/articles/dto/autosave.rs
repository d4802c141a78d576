//! Autosaves on the wire: what somebody writes and has not saved.

use serde::Serialize;
use utoipa::ToSchema;

use super::history::RevisionContent;
use super::{ArticleCreate, ArticlePatch, EditorArticle};
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

impl Sent {
    /// What it says of the article rather than of the text, which acts at once: where, by a JSON pointer.
    pub fn beyond_the_text(&self) -> impl Iterator<Item = &'static str> {
        let (publishes, until, note) = match self {
            Self::Whole(whole) => (whole.publish.is_some(), &whole.embargo_until, &whole.embargo_note),
            Self::Patch(patch) => (patch.publish.is_some(), &patch.embargo_until, &patch.embargo_note),
        };
        let said = [("/publish", publishes), ("/embargo_until", !until.is_absent()), ("/embargo_note", !note.is_absent())];
        said.into_iter().filter(|(_, is_said)| *is_said).map(|(pointer, _)| pointer)
    }
}

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
