//! Preview links in the database.

use diesel::sql_types::{BigInt, Nullable};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, NullableExpressionMethods, OptionalExtension, QueryDsl, Queryable,
    RunQueryDsl, Selectable, SelectableHelper,
};

use crate::db::schema::{preview_links, releases, users};
use crate::db::{AnyConnection, Result, Statement, dialect};
use crate::kernel::id::{ArticleId, PreviewLinkId, ReleaseId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;

/// A link as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = preview_links)]
pub struct StoredLink {
    /// The id.
    pub id: PreviewLinkId,
    /// What it shows.
    pub article_id: Option<ArticleId>,
    /// As of when.
    pub at: Option<Instant>,
    /// Whether it shows newest saves.
    pub drafts: bool,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// Until when it is good.
    pub expires_at: Instant,
    /// The release as of whose instant it shows the site.
    pub release_id: Option<ReleaseId>,
}

/// Keeps a link.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, link: &StoredLink) -> Result<()> {
    diesel::insert_into(preview_links::table).values(link.clone()).execute(connection)?;
    Ok(())
}

/// A link that is good at an instant.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: PreviewLinkId, now: Instant) -> Result<Option<StoredLink>> {
    let links = preview_links::table.find(id).filter(preview_links::expires_at.gt(now));
    Ok(links.select(StoredLink::as_select()).first(connection).optional()?)
}

/// A link, the role of who made it, whether they may log in, and the date of its release if it is of one that has a date.
pub type Held = (StoredLink, String, bool, Option<Instant>);

/// A link that is good at an instant, and what it depends on.
///
/// # Errors
/// If the database fails.
pub fn held(connection: &mut AnyConnection, id: PreviewLinkId, now: Instant) -> Result<Option<Held>> {
    let links = preview_links::table.inner_join(users::table.on(users::id.eq(preview_links::created_by)));
    let links = links.left_join(releases::table.on(preview_links::release_id.eq(releases::id.nullable())));
    let links = links.filter(preview_links::id.eq(id)).filter(preview_links::expires_at.gt(now));
    let held = (StoredLink::as_select(), users::role, users::active, releases::publish_at.nullable());
    Ok(links.select(held).first(connection).optional()?)
}

/// The date of a release, if there is that release and it has one. It stays as it is until the end of the transaction.
///
/// # Errors
/// If the database fails.
pub fn release_date(connection: &mut AnyConnection, id: ReleaseId) -> Result<Option<Option<Instant>>> {
    let suffix = dialect::for_update(connection);
    let release = Statement::<Nullable<BigInt>>::new("SELECT publish_at FROM releases WHERE id = ").bind(id).sql(suffix);
    Ok(release.get_result(connection).optional()?)
}

/// The links that are good at an instant beyond a place, in the direction of it, at most `limit`; the newest without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(
    connection: &mut AnyConnection,
    now: Instant,
    place: Option<(Direction, Instant, PreviewLinkId)>,
    limit: i64,
) -> Result<Vec<StoredLink>> {
    let good = preview_links::table.filter(preview_links::expires_at.gt(now)).select(StoredLink::as_select()).limit(limit);
    Ok(match place {
        None => good.order((preview_links::created_at.desc(), preview_links::id.desc())).load(connection)?,
        Some((Direction::Forward, at, id)) => good
            .filter(preview_links::created_at.lt(at).or(preview_links::created_at.eq(at).and(preview_links::id.lt(id))))
            .order((preview_links::created_at.desc(), preview_links::id.desc()))
            .load(connection)?,
        Some((Direction::Backward, at, id)) => good
            .filter(preview_links::created_at.gt(at).or(preview_links::created_at.eq(at).and(preview_links::id.gt(id))))
            .order((preview_links::created_at, preview_links::id))
            .load(connection)?,
    })
}

/// The links to an article that are good at an instant, in order of their ids.
///
/// # Errors
/// If the database fails.
pub fn of_article(connection: &mut AnyConnection, id: ArticleId, now: Instant) -> Result<Vec<StoredLink>> {
    let links = preview_links::table.filter(preview_links::article_id.eq(id)).filter(preview_links::expires_at.gt(now));
    Ok(links.select(StoredLink::as_select()).order(preview_links::id).load(connection)?)
}

/// The links to a release that are good at an instant, in order of their ids.
///
/// # Errors
/// If the database fails.
pub fn of_release(connection: &mut AnyConnection, id: ReleaseId, now: Instant) -> Result<Vec<StoredLink>> {
    let links = preview_links::table.filter(preview_links::release_id.eq(id)).filter(preview_links::expires_at.gt(now));
    Ok(links.select(StoredLink::as_select()).order(preview_links::id).load(connection)?)
}

/// Deletes a link.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: PreviewLinkId) -> Result<()> {
    diesel::delete(preview_links::table.find(id)).execute(connection)?;
    Ok(())
}

/// Deletes the links that are good no longer.
///
/// # Errors
/// If the database fails.
pub fn delete_expired(connection: &mut AnyConnection, now: Instant) -> Result<()> {
    diesel::delete(preview_links::table.filter(preview_links::expires_at.le(now))).execute(connection)?;
    Ok(())
}
