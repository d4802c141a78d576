//! Corrections in the database.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::schema::corrections;
use crate::db::{AnyConnection, Result};
use crate::kernel::id::{ArticleId, CorrectionId, UserId};
use crate::kernel::instant::Instant;

/// A correction as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = corrections, treat_none_as_default_value = false)]
pub struct Row {
    /// The id.
    pub id: CorrectionId,
    /// The article.
    pub article_id: ArticleId,
    /// Its language.
    pub locale: String,
    /// From when on readers get it.
    pub from_at: Instant,
    /// When it was retracted; [`Instant::NEVER`] if it was not.
    pub until_at: Instant,
    /// What it is.
    pub kind: String,
    /// The format of the source.
    pub format: String,
    /// The text as written.
    pub source: String,
    /// The text as readers get it.
    pub html: String,
    /// The zone in which the instant was given.
    pub time_zone: Option<String>,
    /// The instant as it was given there.
    pub at_local: Option<String>,
    /// Counts changes.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// The correction of this id.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: CorrectionId) -> Result<Option<Row>> {
    Ok(corrections::table.find(id).select(Row::as_select()).first(connection).optional()?)
}

/// All of an article, the earliest first.
///
/// # Errors
/// If the database fails.
pub fn of_article(connection: &mut AnyConnection, id: ArticleId) -> Result<Vec<Row>> {
    let rows = corrections::table.filter(corrections::article_id.eq(id)).order((corrections::from_at, corrections::id));
    Ok(rows.select(Row::as_select()).load(connection)?)
}

/// How many an article has.
///
/// # Errors
/// If the database fails.
pub fn count(connection: &mut AnyConnection, id: ArticleId) -> Result<usize> {
    let count: i64 = corrections::table.filter(corrections::article_id.eq(id)).count().get_result(connection)?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// Keeps a new one.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    diesel::insert_into(corrections::table).values(row.clone()).execute(connection)?;
    Ok(())
}

/// Writes what changed of one.
///
/// # Errors
/// If the database fails.
pub fn update(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    diesel::update(corrections::table.find(row.id))
        .set((
            corrections::from_at.eq(row.from_at),
            corrections::until_at.eq(row.until_at),
            corrections::kind.eq(&row.kind),
            corrections::format.eq(&row.format),
            corrections::source.eq(&row.source),
            corrections::html.eq(&row.html),
            corrections::time_zone.eq(&row.time_zone),
            corrections::at_local.eq(&row.at_local),
            corrections::version.eq(row.version),
        ))
        .execute(connection)?;
    Ok(())
}

/// Deletes one that never began.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: CorrectionId) -> Result<()> {
    diesel::delete(corrections::table.find(id)).execute(connection)?;
    Ok(())
}
