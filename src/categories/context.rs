//! What every delivery handler is given.

use super::names::NamesCache;
use crate::http::caching::UsualLifetime;
use crate::kernel::locale::Locales;
use crate::kernel::page::CursorKey;

/// What delivery needs besides the database.
#[derive(Clone)]
pub struct Delivery {
    /// The site's languages.
    pub locales: Locales,
    /// The names that are kept.
    pub names: NamesCache,
    /// What signs cursors.
    pub cursor_key: CursorKey,
    /// How long an answer may be kept.
    pub usual: UsualLifetime,
}

impl Delivery {
    /// How far ahead the next change is looked for.
    pub fn span_ms(&self) -> i64 {
        i64::from(self.usual.0) * 1000
    }
}
