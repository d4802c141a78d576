//! What is kept no longer, in the database: which articles lie in the trash for too long, and which revisions nobody needs any more.

use diesel::dsl::max;
use diesel::sql_types::{BigInt, Bool};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::db::schema::{audit, revision_bodies, revision_keys, revisions};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// The latest instant that a write recorded.
///
/// # Errors
/// If the database fails.
pub fn latest_write(connection: &mut AnyConnection) -> Result<Option<Instant>> {
    Ok(audit::table.select(max(audit::at)).first(connection)?)
}

/// Articles that went to the trash up to `until`, in order, behind `after`.
///
/// # Errors
/// If the database fails.
pub fn trashed(
    connection: &mut AnyConnection,
    until: Instant,
    after: (Instant, ArticleId),
    most: i64,
) -> Result<Vec<(Instant, ArticleId)>> {
    let statement = Statement::<(BigInt, IdSql)>::new("SELECT trashed_at, id FROM articles WHERE trashed_at <= ")
        .bind(until)
        .sql(" AND (trashed_at, id) > (")
        .bind(after.0)
        .sql(", ")
        .bind(after.1)
        .sql(") ORDER BY trashed_at, id LIMIT ")
        .bind(most);
    Ok(statement.load(connection)?)
}

/// The columns are `r` of revisions and `a` of articles. Kept for ever: the newest save, one with a note, and what any publication names. Kept for the time: what a release without a date holds,
/// what a queued publication was planned on, what waits for an editor (later than the save that one of these would show which follows the newest), and what somebody goes on
/// writing from.
const NEEDED_NO_MORE: &str = "r.number < a.newest_revision AND r.note IS NULL \
    AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.article_id = r.article_id AND p.revision = r.number) \
    AND NOT EXISTS (SELECT 1 FROM release_entries e WHERE e.article_id = r.article_id AND (e.revision = r.number OR e.follows_newest AND e.revision < r.number)) \
    AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.article_id = r.article_id AND (p.base_revision = r.number OR p.follows_newest AND p.revision < r.number) \
    AND p.publish_at > ";
const BASE_OF_AUTOSAVE: &str = ") AND NOT EXISTS (SELECT 1 FROM autosaves s WHERE s.article_id = r.article_id AND r.number = \
    (SELECT max(q.number) FROM revisions q WHERE q.article_id = s.article_id AND q.version <= s.base_version)) AND r.saved_at <= ";

/// Up to when what was saved is looked at, and now.
#[derive(Clone, Copy, Debug)]
pub struct Age {
    /// Saved up to then.
    pub until: Instant,
    /// What starts later is yet to come.
    pub now: Instant,
}

/// Looks at the next revisions in the order of articles and numbers: each with whether it is needed no more.
///
/// # Errors
/// If the database fails.
pub fn looked_at(connection: &mut AnyConnection, age: Age, after: (ArticleId, i64), most: i64) -> Result<Vec<(ArticleId, i64, bool)>> {
    let statement = Statement::<(IdSql, BigInt, Bool)>::new("SELECT r.article_id, r.number, (")
        .sql(NEEDED_NO_MORE)
        .bind(age.now)
        .sql(BASE_OF_AUTOSAVE)
        .bind(age.until)
        .sql(") FROM revisions r JOIN articles a ON a.id = r.article_id WHERE (r.article_id, r.number) > (")
        .bind(after.0)
        .sql(", ")
        .bind(after.1)
        .sql(") ORDER BY r.article_id, r.number LIMIT ")
        .bind(most);
    Ok(statement.load(connection)?)
}

/// The numbers of the revisions of an article that are needed no more, the first of them.
///
/// # Errors
/// If the database fails.
pub fn needed_no_more(connection: &mut AnyConnection, article_id: ArticleId, age: Age, most: i64) -> Result<Vec<i64>> {
    let statement =
        Statement::<BigInt>::new("SELECT r.number FROM revisions r JOIN articles a ON a.id = r.article_id WHERE r.article_id = ")
            .bind(article_id)
            .sql(" AND ")
            .sql(NEEDED_NO_MORE)
            .bind(age.now)
            .sql(BASE_OF_AUTOSAVE)
            .bind(age.until)
            .sql(" ORDER BY r.number LIMIT ")
            .bind(most);
    Ok(statement.load(connection)?)
}

/// Deletes revisions.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, article_id: ArticleId, numbers: &[i64]) -> Result<()> {
    let keys = revision_keys::table.filter(revision_keys::article_id.eq(article_id));
    diesel::delete(keys.filter(revision_keys::number.eq_any(numbers.to_vec()))).execute(connection)?;
    let bodies = revision_bodies::table.filter(revision_bodies::article_id.eq(article_id));
    diesel::delete(bodies.filter(revision_bodies::number.eq_any(numbers.to_vec()))).execute(connection)?;
    let rows = revisions::table.filter(revisions::article_id.eq(article_id));
    diesel::delete(rows.filter(revisions::number.eq_any(numbers.to_vec()))).execute(connection)?;
    Ok(())
}
