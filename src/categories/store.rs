//! Categories in the database, each with all that lie above it.

pub mod former;
pub mod reassign;

use diesel::dsl::max;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::schema::{categories, category_ancestors};
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::id::CategoryId;
use crate::kernel::instant::Instant;
use crate::publications::named::names_changed;

/// A category as it is stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = categories)]
pub struct Row {
    /// The id.
    pub id: CategoryId,
    /// Unique.
    pub slug: String,
    /// The name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The one above it.
    pub parent_id: Option<CategoryId>,
    /// Its place among its siblings.
    pub position: i64,
    /// Counts changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

/// The category of this id.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: CategoryId) -> Result<Option<Row>> {
    Ok(categories::table.find(id).select(Row::as_select()).first(connection).optional()?)
}

/// The id of the category of this slug.
///
/// # Errors
/// If the database fails.
pub fn id_of_slug(connection: &mut AnyConnection, slug: &str) -> Result<Option<CategoryId>> {
    Ok(categories::table.filter(categories::slug.eq(slug)).select(categories::id).first(connection).optional()?)
}

/// These categories, in no particular order.
///
/// # Errors
/// If the database fails.
pub fn some(connection: &mut AnyConnection, ids: &[CategoryId]) -> Result<Vec<Row>> {
    Ok(categories::table.filter(categories::id.eq_any(ids.to_vec())).select(Row::as_select()).load(connection)?)
}

/// The category itself and those above it, the root last.
///
/// # Errors
/// If the database fails.
pub fn above(connection: &mut AnyConnection, id: CategoryId) -> Result<Vec<CategoryId>> {
    let rows = category_ancestors::table.filter(category_ancestors::category_id.eq(id)).order(category_ancestors::depth);
    Ok(rows.select(category_ancestors::ancestor_id).load(connection)?)
}

/// How deep the tree below a category is; 0 if nothing lies below it.
///
/// # Errors
/// If the database fails.
pub fn height(connection: &mut AnyConnection, id: CategoryId) -> Result<i64> {
    let rows = category_ancestors::table.filter(category_ancestors::ancestor_id.eq(id));
    Ok(rows.select(max(category_ancestors::depth)).first::<Option<i64>>(connection)?.unwrap_or(0))
}

/// Adds a category.
///
/// # Errors
/// If the database fails, or the slug is taken.
pub fn insert(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    diesel::insert_into(categories::table).values(row.clone()).execute(connection)?;
    former::give_up(connection, &row.slug)?;
    diesel::insert_into(category_ancestors::table)
        .values((
            category_ancestors::category_id.eq(row.id),
            category_ancestors::ancestor_id.eq(row.id),
            category_ancestors::depth.eq(0_i64),
        ))
        .execute(connection)?;
    hang(connection, row.id, row.parent_id)?;
    names_changed(connection)
}

/// Writes what changed of a category; where its parent did, `is_moved` says so.
///
/// # Errors
/// If the database fails, or the slug is taken.
pub fn update(connection: &mut AnyConnection, row: &Row, is_moved: bool) -> Result<()> {
    diesel::update(categories::table.find(row.id))
        .set((
            categories::slug.eq(&row.slug),
            categories::name.eq(&row.name),
            categories::description.eq(&row.description),
            categories::parent_id.eq(row.parent_id),
            categories::position.eq(row.position),
            categories::version.eq(row.version),
            categories::updated_at.eq(row.updated_at),
        ))
        .execute(connection)?;
    if is_moved {
        unhang(connection, row.id)?;
        hang(connection, row.id, row.parent_id)?;
    }
    names_changed(connection)
}

/// Takes away what joins a category and those below it to the ones above it.
fn unhang(connection: &mut AnyConnection, id: CategoryId) -> Result<()> {
    Statement::<()>::new(
        "DELETE FROM category_ancestors WHERE category_id IN (SELECT b.category_id FROM category_ancestors b WHERE b.ancestor_id = ",
    )
    .bind(id)
    .sql(") AND ancestor_id IN (SELECT a.ancestor_id FROM category_ancestors a WHERE a.depth > 0 AND a.category_id = ")
    .bind(id)
    .sql(")")
    .execute(connection)?;
    Ok(())
}

/// Joins a category and those below it to its parent and the ones above that.
fn hang(connection: &mut AnyConnection, id: CategoryId, parent: Option<CategoryId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    Statement::<()>::new(
        "INSERT INTO category_ancestors (category_id, ancestor_id, depth) SELECT b.category_id, a.ancestor_id, a.depth + b.depth + 1 \
         FROM category_ancestors b CROSS JOIN category_ancestors a WHERE b.ancestor_id = ",
    )
    .bind(id)
    .sql(" AND a.category_id = ")
    .bind(parent)
    .execute(connection)?;
    Ok(())
}

/// Removes a category that nothing names, with the slugs that still lead to it.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: CategoryId) -> Result<()> {
    diesel::delete(category_ancestors::table.filter(category_ancestors::category_id.eq(id))).execute(connection)?;
    former::forget(connection, id)?;
    diesel::delete(categories::table.find(id)).execute(connection)?;
    names_changed(connection)
}

/// What lies in it.
///
/// # Errors
/// If the database fails.
pub fn children(connection: &mut AnyConnection, id: CategoryId) -> Result<Vec<Row>> {
    Ok(categories::table.filter(categories::parent_id.eq(id)).select(Row::as_select()).load(connection)?)
}
