//! The list of articles for editors: all for editors and admins, for authors their own.

use crate::articles::dto::ArticleSummary;
use crate::articles::seen;
use crate::articles::store::desk::{self, Row};
pub use crate::articles::store::desk::{By, Range, Wanted};
use crate::auth::permission::reaches_all_articles;
use crate::db::Db;
use crate::kernel::caller::Caller;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, SortValue};
use crate::kernel::problem::Result;

/// Which page of which list.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Which articles.
    pub wanted: Wanted,
    /// The same as the caller said it, for cursors.
    pub parameters: ListParameters,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub cursor: Option<String>,
}

/// A page of the articles that the caller may see. Four statements, whatever the size of the page.
///
/// # Errors
/// `invalid_cursor` (400), also for a cursor that was made for someone who sees other articles.
pub async fn list(db: &Db, key: &CursorKey, caller: &Caller, asked: Asked) -> Result<Page<ArticleSummary>> {
    let Asked { mut wanted, parameters, limit, cursor } = asked;
    let own = (!reaches_all_articles(caller)).then_some(caller.user_id);
    let parameters = parameters.with("of", own.map(|user| user.to_string()).as_deref());
    let place = key.place(&parameters, cursor.as_deref())?;
    // For an author another user's articles are as those of nobody.
    let is_empty = own.is_some() && wanted.created_by.is_some_and(|user| Some(user) != own);
    wanted.created_by = own.or(wanted.created_by);
    let key = key.clone();
    db.read_long(db.at_present(move |connection, now| {
        let rows = if is_empty { Vec::new() } else { desk::page(connection, &wanted, now, place.as_ref(), limit)? };
        let at = |row: &Row| {
            let sorted = if wanted.by == By::Saved { row.saved_at } else { row.created_at };
            (SortValue::Number(sorted.millis()), row.id.uuid())
        };
        let page = Page::cut(rows, limit, place.as_ref(), &key, parameters.as_str(), at);
        let Page { items, next, previous, total } = page;
        Ok(Page { items: seen::summaries(connection, items)?, next, previous, total })
    }))
    .await
}
