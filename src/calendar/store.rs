//! Subscriptions to the calendar in the database.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, Insertable, JoinOnDsl, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper,
};

use crate::db::schema::{calendar_subscriptions, categories, terms, users};
use crate::db::{AnyConnection, Result};
use crate::kernel::id::{CalendarSubscriptionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;
use crate::kernel::refs::Relation;

/// A subscription as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = calendar_subscriptions)]
pub struct StoredSubscription {
    /// The id.
    pub id: CalendarSubscriptionId,
    /// What the calendar is called.
    pub name: Option<String>,
    /// What it shows, as JSON.
    pub filters: String,
    /// Who made it.
    pub created_by: UserId,
    /// When.
    pub created_at: Instant,
    /// Until when it is good.
    pub expires_at: Option<Instant>,
}

/// Keeps a subscription.
///
/// # Errors
/// If the database fails.
pub fn insert(connection: &mut AnyConnection, subscription: &StoredSubscription) -> Result<()> {
    diesel::insert_into(calendar_subscriptions::table).values(subscription.clone()).execute(connection)?;
    Ok(())
}

/// One that is good at an instant.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: CalendarSubscriptionId, now: Instant) -> Result<Option<StoredSubscription>> {
    let good = calendar_subscriptions::expires_at.is_null().or(calendar_subscriptions::expires_at.gt(now));
    let found = calendar_subscriptions::table.find(id).filter(good);
    Ok(found.select(StoredSubscription::as_select()).first(connection).optional()?)
}

/// One that is good at an instant, with the role of who made it and whether they may log in.
///
/// # Errors
/// If the database fails.
pub fn with_creator(
    connection: &mut AnyConnection,
    id: CalendarSubscriptionId,
    now: Instant,
) -> Result<Option<(StoredSubscription, String, bool)>> {
    let good = calendar_subscriptions::expires_at.is_null().or(calendar_subscriptions::expires_at.gt(now));
    let all = calendar_subscriptions::table.inner_join(users::table.on(users::id.eq(calendar_subscriptions::created_by)));
    let found = all.filter(calendar_subscriptions::id.eq(id)).filter(good);
    Ok(found.select((StoredSubscription::as_select(), users::role, users::active)).first(connection).optional()?)
}

/// Those that are good at an instant beyond a place, in the direction of it, at most `limit`; the newest without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(
    connection: &mut AnyConnection,
    now: Instant,
    place: Option<(Direction, Instant, CalendarSubscriptionId)>,
    limit: i64,
) -> Result<Vec<StoredSubscription>> {
    use calendar_subscriptions::{created_at, expires_at, id, table};
    let good = table.filter(expires_at.is_null().or(expires_at.gt(now))).select(StoredSubscription::as_select()).limit(limit);
    Ok(match place {
        None => good.order((created_at.desc(), id.desc())).load(connection)?,
        Some((Direction::Forward, at, beside)) => {
            let older = created_at.lt(at).or(created_at.eq(at).and(id.lt(beside)));
            good.filter(older).order((created_at.desc(), id.desc())).load(connection)?
        }
        Some((Direction::Backward, at, beside)) => {
            let newer = created_at.gt(at).or(created_at.eq(at).and(id.gt(beside)));
            good.filter(newer).order((created_at, id)).load(connection)?
        }
    })
}

/// Deletes a subscription.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, id: CalendarSubscriptionId) -> Result<()> {
    diesel::delete(calendar_subscriptions::table.find(id)).execute(connection)?;
    Ok(())
}

/// Deletes those that are good no longer.
///
/// # Errors
/// If the database fails.
pub fn delete_expired(connection: &mut AnyConnection, now: Instant) -> Result<()> {
    diesel::delete(calendar_subscriptions::table.filter(calendar_subscriptions::expires_at.le(now))).execute(connection)?;
    Ok(())
}

/// Which of these are slugs of categories.
///
/// # Errors
/// If the database fails.
pub fn known_categories(connection: &mut AnyConnection, slugs: &[String]) -> Result<Vec<String>> {
    Ok(categories::table.filter(categories::slug.eq_any(slugs.to_vec())).select(categories::slug).load(connection)?)
}

/// Which of these are slugs of authors.
///
/// # Errors
/// If the database fails.
pub fn known_authors(connection: &mut AnyConnection, slugs: &[String]) -> Result<Vec<String>> {
    Ok(terms::table
        .filter(terms::relation.eq(Relation::Author.name()))
        .filter(terms::slug.eq_any(slugs.to_vec()))
        .select(terms::slug)
        .load(connection)?)
}
