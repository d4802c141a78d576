//! The corrections of a site as readers get them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::corrections::dto::Correction;
use crate::kernel::id::ArticleId;

/// A correction, and the article that it is of.
#[derive(Debug, Serialize, ToSchema)]
pub struct SiteCorrection {
    /// The correction.
    #[serde(flatten)]
    pub correction: Correction,
    /// The article.
    pub article: CorrectedArticle,
}

/// What a correction is of.
#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectedArticle {
    /// Its id.
    pub id: ArticleId,
    /// Its name in URLs.
    pub slug: String,
    /// Where it stands on the site.
    pub path: String,
    /// The headline.
    pub title: String,
}

crate::list_of! {
    /// A page of corrections.
    CorrectionList of SiteCorrection
}
