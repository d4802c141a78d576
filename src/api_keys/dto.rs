//! API keys on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::caller::Scope;
use crate::kernel::id::{ApiKeyId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;

/// For how many seconds the previous secret is good after a rotation unless said: a day.
pub const USUAL_OVERLAP_S: i64 = 86_400;

/// A new API key.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyCreate {
    /// What it is for: history and calendar show it as who did it.
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: String,
    /// What it may do; the table of operations says which of them each scope allows. `admin` holds all others.
    #[schema(min_items = 1, max_items = 5)]
    pub scopes: Vec<Scope>,
    /// The categories that it is limited to, with what lies below them: it reads all that its scopes let it and changes only what lies there. `[]` = it changes nothing;
    /// missing or null = it is not limited.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub category_ids: Option<Vec<CategoryId>>,
    /// From when on it is good no longer: RFC 3339 with an offset, ahead; without one it lasts until it is revoked.
    #[serde(default)]
    #[schema(max_length = 40)]
    pub expires_at: Option<String>,
}

/// A change of an API key. It holds from the key's next request on.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyPatch {
    /// Another name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: Option<String>,
    /// Other scopes, in place of those that it has.
    #[serde(default)]
    #[schema(nullable = false, min_items = 1, max_items = 5)]
    pub scopes: Option<Vec<Scope>>,
    /// Other categories that it is limited to, in place of those that it has; `null` = it is not limited.
    #[serde(default)]
    #[schema(value_type = Option<Vec<CategoryId>>, max_items = 50)]
    pub category_ids: Patch<Vec<CategoryId>>,
    /// Another end, ahead; `null` = none. A key that has expired is good again by it.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 40)]
    pub expires_at: Patch<String>,
}

/// How a key gets another secret.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRotation {
    /// For how many seconds the present secret stays good beside the new one, at most 7 days; a day unless said, `0` = not at all.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 604_800)]
    pub overlap: Option<i64>,
}

/// Who made a key.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KeyMaker {
    /// The user.
    pub id: UserId,
    /// Their name as it is today.
    pub name: String,
}

/// A secret that a rotation replaced and that is still good.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviousSecret {
    /// How it begins.
    #[schema(min_length = 11, max_length = 11)]
    pub prefix: String,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime)]
    pub good_until: Instant,
}

/// An API key as admins see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ApiKey {
    /// Its id: what is saved, planned or changed with it has this id where users' have theirs.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// How its secret begins, to tell it from others.
    #[schema(min_length = 11, max_length = 11)]
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// The categories that it is limited to, with what lies below them; null = it is not. One that is deleted is taken out: with none left it changes nothing.
    #[schema(required)]
    pub category_ids: Option<Vec<CategoryId>>,
    /// Who made it. It stays when they go.
    pub created_by: KeyMaker,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// From when on it is good no longer; null = until it is revoked. One that has expired stays in the list.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub expires_at: Option<Instant>,
    /// When it was last used, to a minute; null = never.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub last_used_at: Option<Instant>,
    /// The secret before the last rotation, while it is good.
    #[schema(required)]
    pub previous: Option<PreviousSecret>,
    /// Counts changes; the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
}

/// An API key with its secret.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewApiKey {
    /// The key.
    #[serde(flatten)]
    pub about: ApiKey,
    /// The secret, for `Authorization: Bearer`: `dl_`, 43 random letters and digits, and 6 that are a checksum of them. Shown this once.
    #[schema(min_length = 52, max_length = 52)]
    pub key: String,
}

crate::list_of! {
    /// API keys, the newest first.
    ApiKeyList of ApiKey
}
