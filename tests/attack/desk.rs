//! An admin with something at hand for every operation: a request of any of them that would be accepted, were its body and parameters right.

use dateline::kernel::caller::Role;

use crate::newsroom::{Newsroom, Person, Standing};
use crate::operations::Operation;
use crate::support::Engine;
use crate::support::client::Request;

/// See the module.
pub struct Desk {
    /// The site.
    pub newsroom: Newsroom,
    /// Who asks.
    pub admin: Person,
    at_hand: Option<(String, String)>,
}

impl Desk {
    /// One on a site of its own.
    pub async fn open(engine: Engine) -> Self {
        let newsroom = Newsroom::open(engine).await;
        let admin = newsroom.person(Standing::Active(Role::Admin)).await;
        Self { newsroom, admin, at_hand: None }
    }

    /// The path of something that an operation can act on: the same again for the same operation, unless that uses it up.
    pub async fn path(&mut self, operation: &Operation) -> String {
        let Some(kind) = operation.kind() else { return operation.path("") };
        let state = match &*operation.id {
            "unpublishArticle"
            | "amendArticle"
            | "getArticle"
            | "previewGetArticle"
            | "listRelatedArticles"
            | "previewListRelatedArticles" => "live",
            "restoreArticle" => "trashed",
            _ if ["publications", "corrections"].contains(&kind) => "scheduled",
            "getAutosave" | "deleteAutosave" => "autosaved",
            _ => "draft",
        };
        let is_used_up = operation.id == "unpublishArticle" || operation.method == "DELETE";
        if is_used_up || self.at_hand.as_ref().is_none_or(|(id, _)| *id != operation.id) {
            // Someone else's, so that no operation takes the admin away, but for what one has of one's own alone.
            let someone = self.newsroom.person(Standing::Active(Role::Editor)).await.caller;
            let owner = if kind == "sessions" || state == "autosaved" { self.admin.caller.clone() } else { someone };
            let is_slug = operation.template.contains("{slug}");
            let name = if is_slug { self.newsroom.slug(kind, &owner, state).await } else { self.newsroom.id(kind, &owner, state).await };
            self.at_hand = Some((operation.id.clone(), operation.path(&name)));
        }
        self.at_hand.as_ref().unwrap().1.clone()
    }

    /// A request without a body and parameters.
    pub async fn request(&mut self, operation: &Operation) -> Request {
        let path = self.path(operation).await;
        let request = self.admin.client.request(&operation.method, &path);
        if operation.requires_version() { request.if_match("*") } else { request }
    }
}
