//! Logging in, on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::caller::{Role, Scope};
use crate::kernel::id::{CategoryId, SessionId, UserId};
use crate::kernel::instant::Instant;

/// E-mail and password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// The e-mail; case does not matter.
    #[schema(min_length = 1, max_length = 254, example = "editor@example.org")]
    pub email: String,
    /// The password.
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    pub password: String,
}

/// A refresh token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshToken {
    /// The token of the last login or refresh.
    #[schema(min_length = 1, max_length = 2048)]
    pub refresh_token: String,
}

/// A change of one's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    /// The present password.
    #[schema(min_length = 1, max_length = 1024, format = Password)]
    pub current_password: String,
    /// The new one, at most 1,024 bytes in UTF-8.
    #[schema(min_length = 8, max_length = 1024, format = Password)]
    pub new_password: String,
}

/// Who is logged in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    /// Their id.
    pub id: UserId,
    /// Their e-mail.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their role.
    pub role: Role,
}

/// What asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdentityKind {
    /// A user who is logged in.
    User,
    /// A program with an API key.
    ApiKey,
}

/// Who asks, and what they may do.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Identity {
    /// Whether it is a user or an API key.
    pub kind: IdentityKind,
    /// The id of either.
    pub id: UserId,
    /// The user's e-mail.
    #[schema(required)]
    pub email: Option<String>,
    /// The name of either.
    pub name: String,
    /// The user's role.
    #[schema(required)]
    pub role: Option<Role>,
    /// The key's scopes.
    #[schema(required)]
    pub scopes: Option<Vec<Scope>>,
    /// The categories that either is limited to, with what lies below them; null = not limited.
    #[schema(required)]
    pub category_ids: Option<Vec<CategoryId>>,
}

/// The tokens of a session.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// For `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// For how many seconds the access token is valid.
    #[schema(minimum = 1, example = 900)]
    pub expires_in: i64,
    /// Used once for the next pair.
    pub refresh_token: String,
    /// Until when the password is good that they logged in with, if they did not choose it: they are to change it before (`changePassword`), and log in again. Null = it has no end.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub password_expires_at: Option<Instant>,
    /// Who logged in.
    pub user: Me,
}

/// A session: a login, and what came from it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// Whether it is the one that asks.
    pub current: bool,
    /// The address that the user logged in from; an IPv6 one is cut to its /64.
    #[schema(example = "203.0.113.9")]
    pub address: String,
    /// What the client said that it is, cut to its first 200 characters.
    #[schema(max_length = 200, required)]
    pub user_agent: Option<String>,
    /// When the user logged in.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// When it was last used: renewed, or anything was asked with it. It is noted at most once a minute.
    #[schema(value_type = String, format = DateTime)]
    pub last_used_at: Instant,
    /// When it ends by itself.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Instant,
}

crate::list_of! {
    /// Sessions, the latest login first.
    SessionList of Session
}

/// The public keys that access tokens are signed with (RFC 7517).
#[derive(Debug, Serialize, ToSchema)]
pub struct Jwks {
    /// The keys, the newest first.
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<serde_json::Value>,
}
