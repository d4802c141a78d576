//! What every delivery handler is given.

use std::sync::Arc;

use super::names::NamesCache;
use crate::http::caching::UsualLifetime;
use crate::kernel::locale::Locales;
use crate::kernel::page::CursorKey;
use crate::kernel::zone::Zone;

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
    /// What the site is called.
    pub site_name: Arc<str>,
    /// Where readers find the site, without a slash at the end.
    pub site_url: Arc<str>,
    /// The zone of the site's days and months.
    pub zone: Zone,
}

impl Delivery {
    /// How far ahead the next change is looked for.
    pub fn span_ms(&self) -> i64 {
        i64::from(self.usual.0) * 1000
    }
}
