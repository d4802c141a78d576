//! Who asks, once it has been proved.

use super::id::{ApiKeyId, CategoryId, SessionId, UserId};

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

/// What an API key may do. The table of operations says which of them each scope allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub enum Scope {
    /// Read all articles, their history and dates, and the site as of any instant.
    #[serde(rename = "articles:read")]
    ArticlesRead,
    /// Read and write articles, without dates.
    #[serde(rename = "articles:write")]
    ArticlesWrite,
    /// Decide on dates.
    #[serde(rename = "publications:write")]
    PublicationsWrite,
    /// Change categories.
    #[serde(rename = "categories:write")]
    CategoriesWrite,
    /// All of these, and what else admins may, but for people, keys and sessions.
    #[serde(rename = "admin")]
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 5] = [Self::ArticlesRead, Self::ArticlesWrite, Self::PublicationsWrite, Self::CategoriesWrite, Self::Admin];

    /// The name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::ArticlesRead => "articles:read",
            Self::ArticlesWrite => "articles:write",
            Self::PublicationsWrite => "publications:write",
            Self::CategoriesWrite => "categories:write",
            Self::Admin => "admin",
        }
    }

    /// The scope of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// What somebody may do, as it is now, not as it was when their token was made. `auth::permission` says what follows from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rights {
    /// What a user with this role may.
    Role(Role),
    /// What an API key with these scopes may.
    Scopes(Vec<Scope>),
}

/// By what somebody proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Credential {
    /// By an access token of this session.
    Session(SessionId),
    /// By this API key.
    Key(ApiKeyId),
}

/// An active user with a valid access token, or an API key that is good.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As whom they act: the user, or the key, whose id stands for it wherever users' ids stand.
    pub user_id: UserId,
    /// What they may do.
    pub rights: Rights,
    /// The categories that what they change must lie in or below; `None` = any. They read what lies elsewhere as well.
    pub categories: Option<Vec<CategoryId>>,
    /// How they proved who they are.
    pub credential: Credential,
    /// Where the request comes from, as sessions keep it: an IPv4 address, or the /64 of an IPv6 one; `None` for what comes from no network.
    pub address: Option<String>,
}

impl Caller {
    /// A user who is logged in.
    pub fn user(user_id: UserId, role: Role, session: SessionId) -> Self {
        Self { user_id, rights: Rights::Role(role), categories: None, credential: Credential::Session(session), address: None }
    }

    /// An API key.
    pub fn key(id: ApiKeyId, scopes: Vec<Scope>) -> Self {
        let rights = Rights::Scopes(scopes);
        Self { user_id: UserId::from(id.uuid()), rights, categories: None, credential: Credential::Key(id), address: None }
    }

    /// The same, asking from an address.
    #[must_use]
    pub fn from_address(self, address: String) -> Self {
        Self { address: Some(address), ..self }
    }

    /// The same, limited to categories and what lies below them; `None` = not limited.
    #[must_use]
    pub fn limited_to(self, categories: Option<Vec<CategoryId>>) -> Self {
        Self { categories, ..self }
    }

    /// The session that they ask from; a key has none.
    pub fn session(&self) -> Option<SessionId> {
        match self.credential {
            Credential::Session(id) => Some(id),
            Credential::Key(_) => None,
        }
    }
}
