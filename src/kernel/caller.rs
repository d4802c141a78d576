//! Who asks, once it has been proved.

use super::id::{SessionId, UserId};

/// What a user may do, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Writes: the articles that they created, without dates.
    Author,
    /// Edits all content and decides on dates.
    Editor,
    /// An editor who also manages users.
    Admin,
}

impl Role {
    /// Every role, from least to most.
    pub const ALL: [Self; 3] = [Self::Author, Self::Editor, Self::Admin];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Author => "author",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// The role of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// An active user with a valid access token.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The user.
    pub user_id: UserId,
    /// Their role as it is now, not as it was when the token was made.
    pub role: Role,
    /// The session that the token belongs to.
    pub session_id: SessionId,
    /// Where the request comes from, as sessions keep it: an IPv4 address, or the /64 of an IPv6 one; `None` for what comes from no network.
    pub address: Option<String>,
}
