//! The revisions of an article in the database: pages of them without their bodies, and one with who saved it.

use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, Queryable, RunQueryDsl};

use crate::db::schema::{revisions, terms};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, TermId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, Place, SortValue};

/// What is told of a revision besides its content.
#[derive(Clone, Debug, Queryable)]
pub struct Row {
    /// The number.
    pub number: i64,
    /// When it was saved.
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: UserId,
    /// Their name.
    pub saved_by_name: Option<String>,
    /// What they said about it.
    pub note: Option<String>,
    /// The number of the revision whose content it saved again.
    pub restored_from: Option<i64>,
    /// The headline.
    pub title: String,
    /// Whether readers get it.
    pub is_live: bool,
}

type RowSql = (BigInt, BigInt, IdSql, Nullable<Text>, Nullable<Text>, Nullable<BigInt>, Text, Bool);

const COLUMNS: &str = "SELECT r.number, r.saved_at, r.saved_by, coalesce(u.name, k.name), r.note, r.restored_from, r.title, EXISTS (SELECT 1 FROM publications p WHERE p.article_id = r.article_id AND p.revision = r.number AND p.publish_at = (SELECT max(q.publish_at) FROM publications q WHERE q.article_id = ";
const BEGUN: &str = " AND q.publish_at <= ";
const IN_FORCE: &str = ") AND p.ends_at > ";
const FROM: &str =
    ") FROM revisions r LEFT JOIN users u ON u.id = r.saved_by LEFT JOIN api_keys k ON k.id = r.saved_by WHERE r.article_id = ";

/// Begins to select revisions of an article as they stand at `now`. The publication in force is found once, by its start; each row looks at that one.
fn of(article_id: ArticleId, now: Instant) -> Statement<RowSql> {
    Statement::new(COLUMNS).bind(article_id).sql(BEGUN).bind(now).sql(IN_FORCE).bind(now).sql(FROM).bind(article_id)
}

/// A page, the newest first, one row more than `limit` where there are more, in the direction of `place`. One range scan.
///
/// # Errors
/// If the database fails.
pub fn page(connection: &mut AnyConnection, article_id: ArticleId, now: Instant, place: Option<&Place>, limit: Limit) -> Result<Vec<Row>> {
    let is_backward = place.is_some_and(|place| place.direction == Direction::Backward);
    let statement = of(article_id, now);
    let statement = match place {
        Some(Place { value: SortValue::Number(number), .. }) => {
            statement.sql(if is_backward { " AND r.number > " } else { " AND r.number < " }).bind(*number)
        }
        _ => statement,
    };
    let order = if is_backward { " ORDER BY r.number LIMIT " } else { " ORDER BY r.number DESC LIMIT " };
    let rows = limit.read_rows();
    Ok(statement.sql(order).bind(rows).load(connection)?)
}

/// One of them.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, article_id: ArticleId, number: i64, now: Instant) -> Result<Option<Row>> {
    Ok(of(article_id, now).sql(" AND r.number = ").bind(number).get_result(connection).optional()?)
}

/// Whether there is one of this number.
///
/// # Errors
/// If the database fails.
pub fn exists(connection: &mut AnyConnection, article_id: ArticleId, number: i64) -> Result<bool> {
    let found = revisions::table.find((article_id, number)).select(revisions::number).first::<i64>(connection);
    Ok(found.optional()?.is_some())
}

/// The one before it that is kept.
///
/// # Errors
/// If the database fails.
pub fn before(connection: &mut AnyConnection, article_id: ArticleId, number: i64) -> Result<Option<i64>> {
    let before = revisions::table.filter(revisions::article_id.eq(article_id)).filter(revisions::number.lt(number));
    Ok(before.select(revisions::number).order(revisions::number.desc()).first(connection).optional()?)
}

/// Which of these tags and authors there are.
///
/// # Errors
/// If the database fails.
pub fn known_terms(connection: &mut AnyConnection, ids: &[TermId]) -> Result<Vec<TermId>> {
    Ok(terms::table.filter(terms::id.eq_any(ids.to_vec())).select(terms::id).load(connection)?)
}
