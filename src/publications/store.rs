//! Publications in the database.

use diesel::sql_types::BigInt;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};

use super::row::Row;
use super::rules::Publication;
use crate::db::schema::{publications, revisions};
use crate::db::{AnyConnection, Error, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId, PublicationId, ReleaseId};
use crate::kernel::refs::Refs;

/// All publications of an article, in order of their starts.
///
/// # Errors
/// If the database fails.
pub fn history(connection: &mut AnyConnection, article_id: ArticleId) -> Result<Vec<Publication>> {
    let rows = publications::table.filter(publications::article_id.eq(article_id)).order(publications::publish_at.asc());
    Ok(rows.select(Row::as_select()).load(connection)?.into_iter().map(Publication::from).collect())
}

/// One publication.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: PublicationId) -> Result<Option<Publication>> {
    Ok(publications::table.find(id).select(Row::as_select()).first(connection).optional()?.map(Publication::from))
}

/// The publications of a release.
///
/// # Errors
/// If the database fails.
pub fn of_release(connection: &mut AnyConnection, id: ReleaseId) -> Result<Vec<Publication>> {
    let rows = publications::table.filter(publications::release_id.eq(id));
    Ok(rows.select(Row::as_select()).load(connection)?.into_iter().map(Publication::from).collect())
}

/// The article that a publication belongs to.
///
/// # Errors
/// If the database fails.
pub fn article_of(connection: &mut AnyConnection, id: PublicationId) -> Result<Option<ArticleId>> {
    Ok(publications::table.find(id).select(publications::article_id).first(connection).optional()?)
}

/// Brings the stored history of an article from `before` to `after`.
///
/// # Errors
/// If the database fails.
pub fn save(connection: &mut AnyConnection, before: &[Publication], after: &[Publication]) -> Result<()> {
    let changed: Vec<&Publication> = after.iter().filter(|p| !before.contains(p)).collect();
    for old in before.iter().filter(|old| after.iter().all(|p| p.id != old.id) || changed.iter().any(|p| p.id == old.id)) {
        diesel::delete(publications::table.find(old.id)).execute(connection)?;
    }
    for publication in changed {
        diesel::insert_into(publications::table).values(Row::from(publication.clone())).execute(connection)?;
    }
    Ok(())
}

/// Whether the article has a revision of this number, which may be kept no more.
///
/// # Errors
/// If the database fails.
pub fn has_revision(connection: &mut AnyConnection, article_id: ArticleId, number: i64) -> Result<bool> {
    let found = revisions::table.find((article_id, number)).select(revisions::number).first::<i64>(connection);
    Ok(found.optional()?.is_some())
}

/// The main category of a revision, and its further ones.
///
/// # Errors
/// If the database fails.
pub fn categories_of(
    connection: &mut AnyConnection,
    article_id: ArticleId,
    revision: i64,
) -> Result<(Option<CategoryId>, Vec<CategoryId>)> {
    let row = revisions::table.find((article_id, revision)).select((revisions::category_id, revisions::refs));
    let (main, refs) = row.first::<(Option<CategoryId>, String)>(connection)?;
    let refs: Refs = serde_json::from_str(&refs).map_err(|_| Error::corrupt("the names of a revision are no names"))?;
    Ok((main, refs.further_categories))
}

/// Whether a revision names a category that was deleted.
///
/// # Errors
/// If the database fails.
pub fn names_what_is_gone(connection: &mut AnyConnection, article_id: ArticleId, revision: i64) -> Result<bool> {
    let gone = Statement::<BigInt>::new(
        "SELECT k.number FROM revision_keys k LEFT JOIN categories c ON c.id = k.target_id WHERE k.relation = 'category' AND c.id IS NULL AND k.article_id = ",
    );
    let gone = gone.bind(article_id).sql(" AND k.number = ").bind(revision).sql(" LIMIT 1");
    Ok(gone.get_result::<i64>(connection).optional()?.is_some())
}
