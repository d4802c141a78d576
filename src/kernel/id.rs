//! Ids: a type for each thing, all of them UUIDv7 (RFC 9562), made by the application, so that they sort by the time of
//! their making. They are public: who reads an id can tell when the thing was begun, which the API document says.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The text is not the hyphenated form of a UUID.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not an id: 36 characters such as 0192f0c1-2b3c-7d4e-8f50-617283940516 are expected")]
pub struct InvalidId;

/// Reads the one form in which ids go out: 36 characters, hyphenated; upper case is read as lower case.
fn parse(text: &str) -> Result<Uuid, InvalidId> {
    if text.len() != 36 {
        return Err(InvalidId);
    }
    Uuid::try_parse(text).map_err(|_| InvalidId)
}

/// What names a tag or an author names it also where both are dealt with alike.
macro_rules! terms {
    ($($name:ident)*) => {$(
        impl From<TermId> for $name {
            fn from(term: TermId) -> Self {
                Self(term.0)
            }
        }

        impl From<$name> for TermId {
            fn from(id: $name) -> Self {
                Self(id.0)
            }
        }
    )*};
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = uuid::Uuid)]
        pub struct $name(pub(crate) Uuid);

        impl $name {
            /// A new id, greater than all that this process made before.
            #[expect(clippy::new_without_default, reason = "a default that differs at each call would surprise")]
            pub fn new() -> Self {
                Self(Uuid::now_v7())
            }

            /// The id as a plain UUID.
            pub fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// Names an article or a page.
    ArticleId
    /// Names a publication: one date of one article.
    PublicationId
    /// Names a category.
    CategoryId
    /// Names a tag.
    TagId
    /// Names an author: who is named above a text, not who logs in.
    AuthorId
    /// Names a tag or an author, where both are dealt with alike.
    TermId
    /// Names a user: who logs in.
    UserId
    /// Names a session: a login and the refresh tokens that came from it.
    SessionId
    /// Names a release: publications that move together.
    ReleaseId
    /// Names an API key; where ids of users stand, it stands for itself.
    ApiKeyId
    /// Names a preview link.
    PreviewLinkId
    /// Names a correction.
    CorrectionId
    /// Names a list that editors make.
    CuratedListId
    /// Names an edition of one.
    CuratedEditionId
    /// Names a redirect.
    RedirectId
    /// Names a subscription to the editorial calendar.
    CalendarSubscriptionId
    /// Names an entry of the audit log.
    AuditId
}

terms!(TagId AuthorId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_in_its_hyphenated_form_only() {
        let id = ArticleId::new();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse(), Ok(id));
        for wrong in ["", "1", "1abc", "+1", "0x1", &id.0.simple().to_string(), &id.0.braced().to_string(), &id.0.urn().to_string()] {
            assert_eq!(wrong.parse::<ArticleId>(), Err(InvalidId), "{wrong}");
        }
    }
}
