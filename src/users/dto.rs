//! Users on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::caller::Role;
use crate::kernel::id::{CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;

/// A new user.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserCreate {
    /// The e-mail that they log in with; case does not matter.
    #[schema(min_length = 3, max_length = 254, format = Email)]
    pub email: String,
    /// Their name.
    #[schema(min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The categories that they are limited to, with what lies below them: they read everything as others of their role do and change only what lies there. `[]` = they
    /// change nothing; missing or null = they are not limited. Admins never are.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub category_ids: Option<Vec<CategoryId>>,
    /// Their password, at most 1,024 bytes in UTF-8; without one the answer has one, shown this once, which is good for 72 hours unless it is changed.
    #[serde(default)]
    #[schema(min_length = 8, max_length = 1024, format = Password)]
    pub password: Option<String>,
}

/// A change of a user.
#[derive(Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UserPatch {
    /// Another name.
    #[serde(default)]
    #[schema(nullable = false, min_length = 1, max_length = 200, pattern = "\\S")]
    pub name: Option<String>,
    /// Another role.
    #[serde(default)]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Other categories that they are limited to, in place of those that they have; `null` = they are not limited. Who becomes an admin must not be.
    #[serde(default)]
    #[schema(value_type = Option<Vec<CategoryId>>, max_items = 50)]
    pub category_ids: Patch<Vec<CategoryId>>,
    /// Whether they may log in.
    #[serde(default)]
    #[schema(nullable = false)]
    pub active: Option<bool>,
}

/// A user as admins see them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorUser {
    /// The id.
    pub id: UserId,
    /// The e-mail.
    pub email: String,
    /// The name.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// The categories that they are limited to, with what lies below them; null = they are not. One that is deleted is taken out: with none left they change nothing.
    #[schema(required)]
    pub category_ids: Option<Vec<CategoryId>>,
    /// Whether they may log in.
    pub active: bool,
    /// Counts changes; the `ETag`.
    #[schema(minimum = 1)]
    pub version: i64,
    /// When they were added.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Until when their password is good, where they did not choose it: 72 hours from when it was made. Null = until they change it.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub password_expires_at: Option<Instant>,
    /// Shown once, where none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub one_time_password: Option<String>,
}

crate::list_of! {
    /// Users in the order in which they were added.
    UserList of EditorUser
}
