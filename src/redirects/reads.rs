//! What front ends get of redirects.

use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::dto::Redirect;
use crate::categories::context::Reading;
use crate::db::schema::redirects;
use crate::db::{AnyConnection, Result};
use crate::kernel::id::RedirectId;
use crate::kernel::page::{Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::publications::visibility::{Ground, Shown, ground};

/// A page of redirects by their paths. They hold at any instant as they are now.
///
/// # Errors
/// If the database fails.
pub fn list(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    parameters: &ListParameters,
    limit: Limit,
    place: Option<&Place>,
) -> Result<(Page<Redirect>, Ground)> {
    let rows = limit.read_rows();
    let all = redirects::table.select((redirects::id, redirects::from_path, redirects::target)).limit(rows);
    let listed: Vec<(RedirectId, String, String)> = match place {
        Some(Place { direction: Direction::Forward, value: SortValue::Text(path), .. }) => {
            all.filter(redirects::from_path.gt(path.clone())).order(redirects::from_path).load(connection)?
        }
        Some(Place { direction: Direction::Backward, value: SortValue::Text(path), .. }) => {
            all.filter(redirects::from_path.lt(path.clone())).order(redirects::from_path.desc()).load(connection)?
        }
        _ => all.order(redirects::from_path).load(connection)?,
    };
    let at = |(id, from, _): &(RedirectId, String, String)| (SortValue::Text(from.clone()), id.uuid());
    let page = Page::cut(listed, limit, place, reading.cursor_key, parameters.as_str(), at).map(|(_, from, to)| Redirect { from, to });
    Ok((page, ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?))
}
