//! Making, listing and revoking subscriptions to the calendar, and what one of them shows.

use serde_json::{Value, json};

use super::dto::{CalendarFilters, CalendarSubscription, CalendarSubscriptionCreate, NewCalendarSubscription};
use super::ics::{self, Head};
use super::store::{self, StoredSubscription};
use crate::articles::service::calendar::{Filters, around};
use crate::audit::store::{Actor, Change, Target, record};
use crate::auth::permission::{Action, allows};
use crate::auth::service::prepare_secret;
use crate::db::{AnyConnection, Db, Error, Tx};
use crate::kernel::caller::{Caller, Role};
use crate::kernel::id::CalendarSubscriptionId;
use crate::kernel::instant::Instant;
use crate::kernel::link::LinkKey;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::zone::Zone;
use crate::users::service as users;

const SECRET: &str = "calendar";
/// What tokens are good for.
const PURPOSE: &str = "calendar-subscription";

/// What of the site a calendar tells.
#[derive(Clone)]
pub struct OfSite {
    /// What the site is called.
    pub name: String,
    /// Where readers find it, without a slash at the end.
    pub url: String,
    /// Where callers reach the API, likewise.
    pub api_url: String,
}

/// What subscriptions are made with.
#[derive(Clone)]
pub struct Calendars {
    key: LinkKey,
    site: OfSite,
}

impl Calendars {
    /// Makes the key that is missing, the same for all nodes; blocks.
    ///
    /// # Errors
    /// If the database fails.
    pub fn prepare(db: &Db, site: OfSite) -> Result<Self> {
        Ok(Self { key: LinkKey::new(prepare_secret(db, SECRET)?, PURPOSE), site })
    }

    /// Makes a subscription.
    ///
    /// # Errors
    /// 422.
    pub async fn create(&self, db: &Db, caller: &Caller, create: Checked<CalendarSubscriptionCreate>) -> Result<NewCalendarSubscription> {
        let (calendars, caller) = (self.clone(), caller.clone());
        db.write(move |tx| calendars.create_in(tx, &caller, create.clone())).await
    }

    fn create_in(&self, tx: &mut Tx<'_>, caller: &Caller, create: Checked<CalendarSubscriptionCreate>) -> Result<NewCalendarSubscription> {
        let Checked { value: create, mut mistakes } = create;
        check_names(tx.conn(), &mut mistakes, &create.filters)?;
        mistakes.finish()?;
        users::hold_right(tx, caller.user_id, Action::ShareCalendar)?;
        let now = tx.now()?;
        let subscription = StoredSubscription {
            id: CalendarSubscriptionId::new(),
            name: create.name,
            filters: serde_json::to_string(&create.filters).map_err(Problem::internal)?,
            created_by: caller.user_id,
            created_at: now,
            expires_at: create.expires_in.map(|seconds| now.plus_millis(seconds.saturating_mul(1000))),
        };
        store::delete_expired(tx.conn(), now)?;
        store::insert(tx.conn(), &subscription)?;
        let subscription = seen(subscription)?;
        record(tx, &caller.into(), "calendar_subscription.created", target(subscription.id), Change::made(told(&subscription)))?;
        let token = self.key.sign(subscription.id.uuid());
        let url = format!("{}/v1/editor/calendar.ics?token={token}", self.site.api_url);
        Ok(NewCalendarSubscription { subscription, token, url })
    }

    /// The subscription that a token is of.
    ///
    /// # Errors
    /// `invalid_token` (401) if it is unknown, expired or revoked, or if who made it may not share the calendar any more.
    pub async fn subscription(&self, db: &Db, token: &str) -> Result<CalendarSubscription> {
        let (id, now) = (CalendarSubscriptionId::from(self.key.verify(token).ok_or_else(unknown)?), db.clock().now());
        let found = db.read(move |connection| Ok::<_, Problem>(store::with_creator(connection, id, now)?)).await?;
        let (subscription, role, is_active) = found.ok_or_else(unknown)?;
        let may_share = Role::find(&role).is_some_and(|role| allows(role, Action::ShareCalendar));
        if is_active && may_share { seen(subscription) } else { Err(unknown()) }
    }

    /// The calendar as a calendar program reads it: by a subscription, or the whole of it.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn read(&self, db: &Db, of: Option<CalendarSubscription>) -> Result<String> {
        let (name, filters) = of.map_or((None, CalendarFilters::default()), |of| (of.name, of.filters));
        let named = |slugs: Vec<String>| (!slugs.is_empty()).then_some(slugs);
        let filters = Filters { states: filters.state, categories: named(filters.category), authors: named(filters.author) };
        let (now, entries) = around(db, filters, Zone::utc()).await?;
        let head = Head { name: name.as_deref().unwrap_or(&self.site.name), site_url: &self.site.url, now };
        Ok(ics::calendar(&head, &entries))
    }
}

fn check_names(connection: &mut AnyConnection, mistakes: &mut Mistakes, filters: &CalendarFilters) -> Result<()> {
    let known = [store::known_categories(connection, &filters.category)?, store::known_authors(connection, &filters.author)?];
    let named = [("category", "category", &filters.category), ("author", "author", &filters.author)];
    for ((member, what, slugs), known) in named.into_iter().zip(known) {
        for (at, slug) in slugs.iter().enumerate().filter(|(_, slug)| !known.contains(slug)) {
            mistakes.note(format!("/filters/{member}/{at}"), "unknown", format!("there is no {what} with the slug `{slug}`"));
        }
    }
    Ok(())
}

fn unknown() -> Problem {
    Problem::new(Code::InvalidToken, "The subscription to the calendar is unknown, has expired or was revoked. Make another one.")
}

fn target(id: CalendarSubscriptionId) -> Target {
    Target { kind: "calendar_subscription", id: id.uuid() }
}

/// What the audit log tells of a subscription: nothing of its token.
fn told(subscription: &CalendarSubscription) -> Value {
    json!({ "name": subscription.name, "filters": subscription.filters, "expires_at": subscription.expires_at })
}

fn seen(subscription: StoredSubscription) -> Result<CalendarSubscription> {
    let StoredSubscription { id, name, filters, created_by, created_at, expires_at } = subscription;
    let filters = serde_json::from_str(&filters).map_err(Error::corrupt)?;
    Ok(CalendarSubscription { id, name, filters, created_by, created_at, expires_at })
}

/// A subscription that is still good.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: CalendarSubscriptionId) -> Result<CalendarSubscription> {
    db.read(db.at_present(move |connection, now| good(connection, id, now))).await
}

fn good(connection: &mut AnyConnection, id: CalendarSubscriptionId, now: Instant) -> Result<CalendarSubscription> {
    store::find(connection, id, now)?.map_or_else(|| Err(Problem::not_found()), seen)
}

/// A page of the subscriptions that are still good, the newest first.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<CalendarSubscription>> {
    let parameters = ListParameters::of("listCalendarSubscriptions");
    let place = key.place(&parameters, cursor)?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let found = db.read(db.at_present(move |connection, now| Ok::<_, Problem>(store::beyond(connection, now, from, rows)?))).await?;
    let found = found.into_iter().map(seen).collect::<Result<Vec<_>>>()?;
    let at = |one: &CalendarSubscription| (SortValue::Number(one.created_at.millis()), one.id.uuid());
    Ok(Page::cut(found, limit, place.as_ref(), key, parameters.as_str(), at))
}

/// Revokes a subscription: from the answer on nobody reads anything by it.
///
/// # Errors
/// 404.
pub async fn revoke(db: &Db, caller: &Caller, id: CalendarSubscriptionId) -> Result<()> {
    let actor = Actor::from(caller);
    db.write(move |tx| {
        let now = tx.now()?;
        let subscription = good(tx.conn(), id, now)?;
        store::delete(tx.conn(), id)?;
        Ok(record(tx, &actor, "calendar_subscription.revoked", target(id), Change::removed(told(&subscription)))?)
    })
    .await
}
