//! Publications in the database.

use std::collections::HashMap;

use diesel::sql_types::BigInt;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};

use super::row::{self, Row};
use super::rules::Publication;
use crate::db::schema::{publications, release_entries, releases, revisions};
use crate::db::{AnyConnection, Error, IdSql, Result, Statement, StoredId, dialect};
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

/// The same of several articles.
///
/// # Errors
/// If the database fails.
pub fn histories(connection: &mut AnyConnection, ids: &[ArticleId]) -> Result<HashMap<ArticleId, Vec<Publication>>> {
    let rows = publications::table.filter(publications::article_id.eq_any(ids)).order(publications::publish_at.asc());
    let mut histories: HashMap<ArticleId, Vec<Publication>> = HashMap::new();
    for publication in rows.select(Row::as_select()).load(connection)?.into_iter().map(Publication::from) {
        histories.entry(publication.article_id).or_default().push(publication);
    }
    Ok(histories)
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

/// What releases without a date hold of an article, in order of the releases.
///
/// # Errors
/// If the database fails.
pub fn held_by_releases(connection: &mut AnyConnection, article_id: ArticleId) -> Result<Vec<(ReleaseId, PublicationId)>> {
    let entries = release_entries::table.filter(release_entries::article_id.eq(article_id)).order(release_entries::release_id);
    Ok(entries.select((release_entries::release_id, release_entries::id)).load(connection)?)
}

/// Moves what releases without a date hold of an article, and what follows its newest save, to that; only what is bound to `former`, if that is given.
///
/// # Errors
/// If the database fails.
pub fn follow(connection: &mut AnyConnection, article_id: ArticleId, former: Option<i64>, newest: i64) -> Result<()> {
    let followers = Statement::<()>::new("UPDATE release_entries SET revision = ").bind(newest);
    let followers = followers.sql(" WHERE follows_newest AND article_id = ").bind(article_id);
    let followers = match former {
        Some(former) => followers.sql(" AND revision = ").bind(former),
        None => followers,
    };
    followers.execute(connection)?;
    Ok(())
}

/// Locks the releases that have any of these articles, in order of their ids, until the end of the transaction.
///
/// # Errors
/// If the database fails.
pub fn lock_releases_of(connection: &mut AnyConnection, articles: &[ArticleId]) -> Result<()> {
    let suffix = dialect::for_update(connection);
    let _held: Vec<StoredId> =
        Statement::<IdSql>::new("SELECT id FROM releases WHERE id IN (SELECT release_id FROM publications WHERE article_id IN (")
            .bind_all(articles.iter().copied())
            .sql(") UNION SELECT release_id FROM release_entries WHERE article_id IN (")
            .bind_all(articles.iter().copied())
            .sql(")) ORDER BY id")
            .sql(suffix)
            .once()
            .load(connection)?;
    Ok(())
}

/// Counts that something went out of a release.
///
/// # Errors
/// If the database fails.
pub fn count_change_of_release(connection: &mut AnyConnection, id: ReleaseId) -> Result<()> {
    diesel::update(releases::table.find(id)).set(releases::version.eq(releases::version + 1)).execute(connection)?;
    Ok(())
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
    let is_old = |old: &&Publication| after.iter().all(|p| p.id != old.id) || changed.iter().any(|p| p.id == old.id);
    let old: Vec<PublicationId> = before.iter().filter(is_old).map(|old| old.id).collect();
    if !old.is_empty() {
        diesel::delete(publications::table.filter(publications::id.eq_any(old))).execute(connection)?;
    }
    let rows = changed.into_iter().map(|publication| Row::from(publication.clone()).binds());
    Ok(Statement::insert(connection, row::INSERT, &Vec::from_iter(rows))?)
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
