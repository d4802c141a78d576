//! The site on the wire.

use serde::Serialize;
use utoipa::ToSchema;

/// What the site is called, where it is, and how it speaks and counts its days.
#[derive(Debug, Serialize, ToSchema)]
pub struct Site {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200, example = "The Morning News")]
    pub name: String,
    /// Where readers find it, without a slash at the end: an article's `path` goes behind it.
    #[schema(format = "uri", example = "https://www.example.org")]
    pub url: String,
    /// Its languages, the default one first.
    #[schema(min_items = 1, example = json!(["en", "tk"]))]
    pub locales: Vec<String>,
    /// The zone of its days and months, by its IANA name.
    #[schema(example = "Asia/Ashgabat")]
    pub time_zone: String,
}
