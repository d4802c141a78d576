//! Redirects on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::id::{RedirectId, UserId};
use crate::kernel::instant::Instant;

/// A new redirect.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedirectCreate {
    /// The path of the site that is redirected, without query, such as `/old/path`. Percent-escapes and a slash at the end make no difference.
    #[schema(min_length = 2, max_length = 1000, pattern = "^/")]
    pub from: String,
    /// Where it leads: a path of the site, or an absolute URL of `http` or `https`; with a query or a fragment, if need be.
    #[schema(min_length = 1, max_length = 2000, pattern = "^(https?://|/)[^\\s\\\\]*$")]
    pub to: String,
}

/// A redirect as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct EditorRedirect {
    /// Its id.
    pub id: RedirectId,
    /// The path that is redirected: escaped as URLs are, without a slash at the end.
    pub from: String,
    /// Where it leads.
    pub to: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
}

/// A redirect as front ends get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Redirect {
    /// The path that is redirected: escaped as URLs are, without a slash at the end.
    pub from: String,
    /// Where it leads in the end: a path of the site, or an absolute URL. Of an article or a category it is the path at which that stands now.
    pub to: String,
}

crate::list_of! {
    /// A page of redirects as editors see them.
    EditorRedirectList of EditorRedirect
}

crate::list_of! {
    /// A page of redirects.
    RedirectList of Redirect
}
