//! Redirects in the database.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use crate::db::schema::redirects;
use crate::db::{AnyConnection, Result};
use crate::kernel::id::{RedirectId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;

/// A redirect as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = redirects)]
pub struct StoredRedirect {
    /// The id.
    pub id: RedirectId,
    /// The path, in its one form.
    pub from_path: String,
    /// Where it leads.
    pub target: String,
    /// The path of the site that this is, if it is one.
    pub target_path: Option<String>,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
}

/// Keeps a redirect.
///
/// # Errors
/// If the database fails, or the path is redirected already.
pub fn insert(connection: &mut AnyConnection, redirect: &StoredRedirect) -> Result<()> {
    diesel::insert_into(redirects::table).values(redirect.clone()).execute(connection)?;
    Ok(())
}

/// The redirect of this id.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: RedirectId) -> Result<Option<StoredRedirect>> {
    Ok(redirects::table.find(id).select(StoredRedirect::as_select()).first(connection).optional()?)
}

/// The redirect of a path.
///
/// # Errors
/// If the database fails.
pub fn of_path(connection: &mut AnyConnection, path: &str) -> Result<Option<StoredRedirect>> {
    let of_path = redirects::table.filter(redirects::from_path.eq(path));
    Ok(of_path.select(StoredRedirect::as_select()).first(connection).optional()?)
}

/// One of the redirects that lead to a path of the site, the first by its path.
///
/// # Errors
/// If the database fails.
pub fn leading_to(connection: &mut AnyConnection, path: &str) -> Result<Option<StoredRedirect>> {
    let leading = redirects::table.filter(redirects::target_path.eq(path)).order(redirects::from_path);
    Ok(leading.select(StoredRedirect::as_select()).first(connection).optional()?)
}

/// The redirects beyond a path, in the direction of it, at most `limit`; the first ones without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, place: Option<(Direction, &str)>, limit: i64) -> Result<Vec<StoredRedirect>> {
    let all = redirects::table.select(StoredRedirect::as_select()).limit(limit);
    Ok(match place {
        None => all.order(redirects::from_path).load(connection)?,
        Some((Direction::Forward, path)) => {
            all.filter(redirects::from_path.gt(path.to_owned())).order(redirects::from_path).load(connection)?
        }
        Some((Direction::Backward, path)) => {
            all.filter(redirects::from_path.lt(path.to_owned())).order(redirects::from_path.desc()).load(connection)?
        }
    })
}

/// Deletes a redirect.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: RedirectId) -> Result<()> {
    diesel::delete(redirects::table.find(id)).execute(connection)?;
    Ok(())
}
