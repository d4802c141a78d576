//! Curated lists and their editions in the database.

use diesel::sql_types::Text;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper,
};

use crate::db::schema::{curated_editions, curated_lists};
use crate::db::{AnyConnection, IdSql, Result, Statement, StoredId, dialect};
use crate::kernel::id::{ArticleId, CuratedEditionId, CuratedListId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;
use crate::kernel::refs::Relation;

/// The most editions that are read of those that lie ahead.
pub const MOST_AHEAD: i64 = 100;
/// The same of those that have begun.
pub const MOST_BEGUN: i64 = 20;

/// A list as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = curated_lists)]
pub struct Row {
    /// The id.
    pub id: CuratedListId,
    /// Unique.
    pub slug: String,
    /// What it is called.
    pub name: String,
    /// Counts changes.
    pub version: i64,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// An edition as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = curated_editions, treat_none_as_default_value = false)]
pub struct Edition {
    /// The id.
    pub id: CuratedEditionId,
    /// The list.
    pub list_id: CuratedListId,
    /// Its start.
    pub publish_at: Instant,
    /// The zone in which that was given.
    pub time_zone: Option<String>,
    /// The start as given there.
    pub publish_at_local: Option<String>,
    /// JSON.
    pub slots: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// The list of this id.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: CuratedListId) -> Result<Option<Row>> {
    Ok(curated_lists::table.find(id).select(Row::as_select()).first(connection).optional()?)
}

/// The same, locked until the end of the transaction.
///
/// # Errors
/// If the database fails.
pub fn lock(connection: &mut AnyConnection, id: CuratedListId) -> Result<Option<Row>> {
    let suffix = dialect::for_update(connection);
    let statement = Statement::<IdSql>::new("SELECT id FROM curated_lists WHERE id = ").bind(StoredId(id.uuid())).sql(suffix);
    let locked: Option<StoredId> = statement.get_result(connection).optional()?;
    if locked.is_some() { find(connection, id) } else { Ok(None) }
}

/// Which list has a slug.
///
/// # Errors
/// If the database fails.
pub fn id_of_slug(connection: &mut AnyConnection, slug: &str) -> Result<Option<CuratedListId>> {
    let row = curated_lists::table.filter(curated_lists::slug.eq(slug)).select(curated_lists::id);
    Ok(row.first(connection).optional()?)
}

/// Those beyond a place, in the direction of it, at most `limit`; the newest without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, place: Option<(Direction, Instant, CuratedListId)>, limit: i64) -> Result<Vec<Row>> {
    let all = curated_lists::table.select(Row::as_select()).limit(limit);
    Ok(match place {
        None => all.order((curated_lists::created_at.desc(), curated_lists::id.desc())).load(connection)?,
        Some((Direction::Forward, at, id)) => all
            .filter(curated_lists::created_at.lt(at).or(curated_lists::created_at.eq(at).and(curated_lists::id.lt(id))))
            .order((curated_lists::created_at.desc(), curated_lists::id.desc()))
            .load(connection)?,
        Some((Direction::Backward, at, id)) => all
            .filter(curated_lists::created_at.gt(at).or(curated_lists::created_at.eq(at).and(curated_lists::id.gt(id))))
            .order((curated_lists::created_at, curated_lists::id))
            .load(connection)?,
    })
}

/// Writes a new list.
///
/// # Errors
/// If the database fails, or the slug is taken.
pub fn insert(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    diesel::insert_into(curated_lists::table).values(row.clone()).execute(connection)?;
    Ok(())
}

/// Writes what changed of a list.
///
/// # Errors
/// If the database fails, or the slug is taken.
pub fn update(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    diesel::update(curated_lists::table.find(row.id))
        .set((curated_lists::slug.eq(&row.slug), curated_lists::name.eq(&row.name), curated_lists::version.eq(row.version)))
        .execute(connection)?;
    Ok(())
}

/// Deletes a list with its editions.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: CuratedListId) -> Result<()> {
    diesel::delete(curated_lists::table.find(id)).execute(connection)?;
    Ok(())
}

/// The next editions of a list and the latest that have begun, the latest start first.
///
/// # Errors
/// If the database fails.
pub fn editions(connection: &mut AnyConnection, id: CuratedListId, now: Instant) -> Result<Vec<Edition>> {
    let of_list = || curated_editions::table.filter(curated_editions::list_id.eq(id)).select(Edition::as_select());
    let ahead = of_list().filter(curated_editions::publish_at.gt(now)).order(curated_editions::publish_at).limit(MOST_AHEAD);
    let mut editions: Vec<Edition> = ahead.load(connection)?;
    editions.reverse();
    let begun = of_list().filter(curated_editions::publish_at.le(now)).order(curated_editions::publish_at.desc()).limit(MOST_BEGUN);
    editions.extend(begun.load(connection)?);
    Ok(editions)
}

/// One edition of a list.
///
/// # Errors
/// If the database fails.
pub fn edition(connection: &mut AnyConnection, list: CuratedListId, id: CuratedEditionId) -> Result<Option<Edition>> {
    let row = curated_editions::table.find(id).filter(curated_editions::list_id.eq(list));
    Ok(row.select(Edition::as_select()).first(connection).optional()?)
}

/// Which edition of a list begins at an instant.
///
/// # Errors
/// If the database fails.
pub fn edition_at(connection: &mut AnyConnection, list: CuratedListId, at: Instant) -> Result<Option<CuratedEditionId>> {
    let row = curated_editions::table.filter(curated_editions::list_id.eq(list)).filter(curated_editions::publish_at.eq(at));
    Ok(row.select(curated_editions::id).first(connection).optional()?)
}

/// Writes a new edition.
///
/// # Errors
/// If the database fails.
pub fn insert_edition(connection: &mut AnyConnection, edition: &Edition) -> Result<()> {
    diesel::insert_into(curated_editions::table).values(edition.clone()).execute(connection)?;
    Ok(())
}

/// Writes what changed of an edition.
///
/// # Errors
/// If the database fails.
pub fn update_edition(connection: &mut AnyConnection, edition: &Edition) -> Result<()> {
    diesel::update(curated_editions::table.find(edition.id))
        .set((
            curated_editions::publish_at.eq(edition.publish_at),
            curated_editions::time_zone.eq(&edition.time_zone),
            curated_editions::publish_at_local.eq(&edition.publish_at_local),
            curated_editions::slots.eq(&edition.slots),
        ))
        .execute(connection)?;
    Ok(())
}

/// Deletes an edition that never began.
///
/// # Errors
/// If the database fails.
pub fn delete_edition(connection: &mut AnyConnection, id: CuratedEditionId) -> Result<()> {
    diesel::delete(curated_editions::table.find(id)).execute(connection)?;
    Ok(())
}

/// Those of these articles that there are.
///
/// # Errors
/// If the database fails.
pub fn articles(connection: &mut AnyConnection, ids: &[ArticleId]) -> Result<Vec<ArticleId>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::<IdSql>::new("SELECT id FROM articles WHERE id IN (").bind_all(ids.iter().copied()).sql(")");
    Ok(statement.once().load(connection)?)
}

/// Those of these slugs that a category has or had.
///
/// # Errors
/// If the database fails.
pub fn categories(connection: &mut AnyConnection, slugs: &[&str]) -> Result<Vec<String>> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::<Text>::new("SELECT slug FROM categories WHERE slug IN (").bind_all(slugs.iter().copied());
    let statement = statement.sql(") UNION SELECT slug FROM category_slugs WHERE slug IN (").bind_all(slugs.iter().copied()).sql(")");
    Ok(statement.once().load(connection)?)
}

/// Those of these slugs that a tag, or an author, has or had.
///
/// # Errors
/// If the database fails.
pub fn terms(connection: &mut AnyConnection, relation: Relation, slugs: &[&str]) -> Result<Vec<String>> {
    if slugs.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::<Text>::new("SELECT slug FROM terms WHERE relation = ").bind(relation.name()).sql(" AND slug IN (");
    let statement = statement.bind_all(slugs.iter().copied()).sql(") UNION SELECT slug FROM term_slugs WHERE relation = ");
    let statement = statement.bind(relation.name()).sql(" AND slug IN (").bind_all(slugs.iter().copied()).sql(")");
    Ok(statement.once().load(connection)?)
}
