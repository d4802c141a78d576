//! The translations of an article, for editors.

use crate::articles::dto::translations::EditorTranslation;
use crate::articles::store::translations;
use crate::auth::permission::reaches_all_articles;
use crate::db::Db;
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::problem::{Problem, Result};
use crate::publications::subject;

/// The other articles of its group.
///
/// # Errors
/// 404.
pub async fn list(db: &Db, caller: &Caller, id: ArticleId) -> Result<Vec<EditorTranslation>> {
    let caller = caller.clone();
    db.read(db.at_present(move |connection, _| {
        subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let own = (!reaches_all_articles(&caller)).then_some(caller.user_id);
        let rows = translations::of_article(connection, id, own)?;
        let seen = |(id, locale, title, slug, revision)| EditorTranslation { id, locale, title, slug, revision };
        Ok(rows.into_iter().map(seen).collect())
    }))
    .await
}
