//! The audit log on the wire.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{Array, ArrayBuilder, ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};
use uuid::Uuid;

use super::rules::{ACTIONS, kinds};
use crate::kernel::id::{ApiKeyId, AuditId, UserId};
use crate::kernel::instant::Instant;

/// An entry of the audit log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditId,
    /// Its place in the chain of all entries, from 1 without a gap, in the order in which their writes ended.
    #[schema(minimum = 1)]
    pub number: i64,
    /// The instant of the write.
    #[schema(value_type = String, format = DateTime)]
    pub at: Instant,
    /// Who did it.
    pub actor: AuditActor,
    /// What was done: one of those that the parameter `action` takes. More may come.
    #[schema(example = "article.saved")]
    pub action: String,
    /// To what.
    pub target: AuditTarget,
    /// What of it was changed, as it was before; null if it is new, or there is nothing to say. Never a secret. Of an article: version, revision and what changed of
    /// title, slug and category; the texts are in its revisions.
    #[schema(required)]
    pub before: Option<Map<String, Value>>,
    /// The same as it was afterwards; null if it is gone, or there is nothing to say. Of an article's save it names all `changed_fields`.
    #[schema(required)]
    pub after: Option<Map<String, Value>>,
    /// SHA-256 in hexadecimal digits over lines that each end with a line feed, empty for what there is none of: the hash of the entry numbered one less (64
    /// zeros for the first), `number`, `id`, `at`, `actor.user_id`, `actor.api_key_id`, `actor.address`, `action`, `target.kind`, `target.id`, `before` and `after` as
    /// compact JSON. `dateline check --audit` compares all of them.
    #[schema(min_length = 64, max_length = 64)]
    pub hash: String,
}

/// Who did something.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditActor {
    /// By which way.
    pub kind: ActorKind,
    /// The user; a key acts for itself.
    #[schema(required)]
    pub user_id: Option<UserId>,
    /// Their e-mail.
    #[schema(required)]
    pub email: Option<String>,
    /// The user's or the key's name as it is today.
    #[schema(required)]
    pub name: Option<String>,
    /// The API key.
    #[schema(required)]
    pub api_key_id: Option<ApiKeyId>,
    /// The client's address: of IPv6 its /64.
    #[schema(required)]
    pub address: Option<String>,
}

/// By which way something was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A user who was logged in, or was about to.
    User,
    /// An API key.
    ApiKey,
    /// The `dateline` command on a machine that has the database, a server that starts included.
    Command,
}

/// What something was done to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AuditTarget {
    /// What kind of thing: one of those that the parameter `target_kind` takes. More may come.
    #[schema(example = "article")]
    pub kind: String,
    /// Which one. It may be gone.
    pub id: Uuid,
    /// Of a user the e-mail.
    #[schema(required)]
    pub email: Option<String>,
}

crate::list_of! {
    /// A page of the audit log.
    AuditEntryList of AuditEntry
}

/// Lines, each an `AuditEntry` as JSON, the oldest first.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct AuditExport(String);

/// Any of these words, each once.
fn any_of(words: Vec<&'static str>) -> Array {
    let most = words.len();
    let word = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words));
    ArrayBuilder::new().items(word).min_items(Some(1)).max_items(Some(most)).build()
}

/// What can be done, for the API document.
pub struct ActionNames;

impl PartialSchema for ActionNames {
    fn schema() -> RefOr<Schema> {
        any_of(ACTIONS.iter().map(|action| action.0).collect()).into()
    }
}

impl ToSchema for ActionNames {}

/// What something can be done to, for the API document.
pub struct TargetKinds;

impl PartialSchema for TargetKinds {
    fn schema() -> RefOr<Schema> {
        any_of(kinds()).into()
    }
}

impl ToSchema for TargetKinds {}
