//! The slugs that categories had. Each is of one category, and of none where another one has it now.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::{Row, find};
use crate::db::schema::category_slugs;
use crate::db::{AnyConnection, Result};
use crate::kernel::id::CategoryId;

/// Whether a category had this slug, and none has it now.
///
/// # Errors
/// If the database fails.
pub fn is_kept(connection: &mut AnyConnection, slug: &str) -> Result<bool> {
    let found = category_slugs::table.find(slug).select(category_slugs::slug).first::<String>(connection).optional()?;
    Ok(found.is_some())
}

/// The category that a slug leads to which it had.
///
/// # Errors
/// If the database fails.
pub fn holder(connection: &mut AnyConnection, slug: &str) -> Result<Option<Row>> {
    let id = category_slugs::table.find(slug).select(category_slugs::category_id).first::<CategoryId>(connection).optional()?;
    Ok(id.map(|id| find(connection, id)).transpose()?.flatten())
}

/// From now on the slug leads to this category. No category has it any more.
///
/// # Errors
/// If the database fails.
pub fn keep(connection: &mut AnyConnection, slug: &str, id: CategoryId) -> Result<()> {
    diesel::insert_into(category_slugs::table)
        .values((category_slugs::slug.eq(slug), category_slugs::category_id.eq(id)))
        .execute(connection)?;
    Ok(())
}

/// The slug leads nowhere: a category has it now.
///
/// # Errors
/// If the database fails.
pub fn give_up(connection: &mut AnyConnection, slug: &str) -> Result<()> {
    diesel::delete(category_slugs::table.find(slug)).execute(connection)?;
    Ok(())
}

/// What led to a category leads nowhere.
///
/// # Errors
/// If the database fails.
pub fn forget(connection: &mut AnyConnection, id: CategoryId) -> Result<()> {
    diesel::delete(category_slugs::table.filter(category_slugs::category_id.eq(id))).execute(connection)?;
    Ok(())
}
