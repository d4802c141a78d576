//! What front ends get of redirects.

pub mod resolve;

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use super::dto::Redirect;
use crate::categories::context::Reading;
use crate::db::schema::redirects;
use crate::db::{AnyConnection, Result};
use crate::kernel::id::RedirectId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::publications::paths::{Paths, There};
use crate::publications::visibility::{Ground, Shown, ground};

/// Id, path, where it leads, the path of the site that this is.
type Row = (RedirectId, String, String, Option<String>);

/// A page of redirects by their paths, as far as nothing stands there, each with where it leads in the end. They hold at any instant as they are now, what stands as of the
/// snapshot.
///
/// # Errors
/// If the database fails.
pub fn list(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    parameters: &ListParameters,
    limit: Limit,
    place: Option<&Place>,
    locales: &[String],
) -> Result<(Page<Redirect>, Ground)> {
    let rows = limit.read_rows();
    let all = redirects::table.select((redirects::id, redirects::from_path, redirects::target, redirects::target_path)).limit(rows);
    let listed: Vec<Row> = match place {
        Some(Place { direction: Direction::Forward, value: SortValue::Text(path), .. }) => {
            all.filter(redirects::from_path.gt(path.clone())).order(redirects::from_path).load(connection)?
        }
        Some(Place { direction: Direction::Backward, value: SortValue::Text(path), .. }) => {
            all.filter(redirects::from_path.lt(path.clone())).order(redirects::from_path.desc()).load(connection)?
        }
        _ => all.order(redirects::from_path).load(connection)?,
    };
    let at = |(id, from, ..): &Row| (SortValue::Text(from.clone()), id.uuid());
    let page = Page::cut(listed, limit, place, reading.cursor_key, parameters.as_str(), at);
    let named = page.items.iter().flat_map(|(_, from, _, target)| [Some(from), target.as_ref()]).flatten().map(String::as_str);
    let paths = Paths::of(connection, (reading.snapshot, reading.entries), reading.span_ms, locales, named)?;
    let (items, next_change) = paths.told(|at| page.items.iter().filter_map(|row| shown(row, &paths, at)).collect::<Vec<_>>());
    let ground = ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?;
    Ok((Page { items, next: page.next, previous: page.previous, total: None }, Ground { next_change, ..ground }))
}

/// The redirect of a path, if one was made.
fn of_path(connection: &mut AnyConnection, path: &str) -> Result<Option<Row>> {
    let row = redirects::table.filter(redirects::from_path.eq(path));
    Ok(row.select((redirects::id, redirects::from_path, redirects::target, redirects::target_path)).first(connection).optional()?)
}

fn shown((_, from, target, target_path): &Row, paths: &Paths, at: Instant) -> Option<Redirect> {
    if paths.there(from, at) == There::Stands {
        return None;
    }
    let leads = target_path.as_ref().map(|path| (path, paths.there(path, at)));
    let to = match leads {
        Some((path, There::Leads(on))) => format!("{on}{}", target.strip_prefix(path.as_str()).unwrap_or_default()),
        _ => target.clone(),
    };
    Some(Redirect { from: from.clone(), to })
}
