//! Making and changing curated lists, and dating their editions. Each write locks its list.

mod editions;

use serde_json::{Value, json};

pub use self::editions::{delete_edition, update_edition};
use super::dto::{CuratedEdition, CuratedList, CuratedListCreate, CuratedListPatch, CuratedListSummary};
use super::rules;
use super::store::{self, Edition, Row};
use crate::audit::store::{Change, Target, record};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{AnyConnection, Db, Error, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::CuratedListId;
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::Checked;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::slug::Slug;
use crate::kernel::version::Expected;
use crate::publications::within;

fn target(id: CuratedListId) -> Target {
    Target { kind: "curated_list", id: id.uuid() }
}

/// What the audit log tells of a list.
fn told(row: &Row) -> Value {
    json!({ "slug": row.slug, "name": row.name })
}

fn summary(row: Row) -> CuratedListSummary {
    let Row { id, slug, name, version, created_by, created_at } = row;
    CuratedListSummary { id, slug, name, version, created_by, created_at }
}

/// A list with its editions.
fn whole(connection: &mut AnyConnection, row: Row, now: Instant) -> Result<CuratedList> {
    let editions = store::editions(connection, row.id, now)?;
    let starts: Vec<Instant> = editions.iter().map(|edition| edition.publish_at).collect();
    let seen = |edition: Edition| {
        Ok(CuratedEdition {
            id: edition.id,
            state: rules::state(edition.publish_at, &starts, now),
            publish_at: edition.publish_at,
            time_zone: edition.time_zone,
            publish_at_local: edition.publish_at_local,
            slots: serde_json::from_str(&edition.slots).map_err(Error::corrupt)?,
            created_by: edition.created_by,
            created_at: edition.created_at,
        })
    };
    Ok(CuratedList { summary: summary(row), editions: editions.into_iter().map(seen).collect::<Result<_>>()? })
}

/// One list.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: CuratedListId) -> Result<CuratedList> {
    db.read(db.at_present(move |connection, now| {
        let row = store::find(connection, id)?.ok_or_else(Problem::not_found)?;
        whole(connection, row, now)
    }))
    .await
}

/// A page of lists, the newest first.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<CuratedListSummary>> {
    let parameters = ListParameters::of("listCuratedLists");
    let place = key.place(&parameters, cursor)?;
    let (from, rows) = (place.as_ref().and_then(Place::of_instant), limit.read_rows());
    let found = db.read(move |connection| Ok::<_, Problem>(store::beyond(connection, from, rows)?)).await?;
    let at = |row: &Row| (SortValue::Number(row.created_at.millis()), row.id.uuid());
    Ok(Page::cut(found, limit, place.as_ref(), key, parameters.as_str(), at).map(summary))
}

/// Makes a list with its first edition.
///
/// # Errors
/// 422; `slug_taken` or `past_is_history` (409); 403 for whom is limited to categories.
pub async fn create(
    db: &Db,
    caller: &Caller,
    create: Checked<CuratedListCreate>,
    keyed: Option<Keyed<CuratedList>>,
) -> Result<Once<CuratedList>> {
    let caller = caller.clone();
    idempotency::write(db, keyed.filter(|_| create.mistakes.is_empty()), move |tx| {
        dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
        within::require(tx, &caller, None)?;
        let Checked { value: create, mut mistakes } = create.clone();
        let id = CuratedListId::new();
        let slug = match &create.slug {
            Some(slug) => {
                mistakes.take(refuse_taken(tx.conn(), id, slug.as_str()))?;
                slug.to_string()
            }
            None => free_slug(tx.conn(), &create.name)?,
        };
        let now = tx.now()?;
        let name = create.name.trim().to_owned();
        let row = Row { id, slug, name, version: 1, created_by: caller.user_id, created_at: now };
        let dated = editions::Dated { slots: &create.slots, publish_at: create.publish_at, time_zone: create.time_zone };
        let edition = editions::made(tx, &caller, id, dated, mistakes)?;
        store::insert(tx.conn(), &row)?;
        store::insert_edition(tx.conn(), &edition)?;
        let change = Change::made(json!({ "slug": row.slug, "name": row.name, "edition": editions::told(&edition)? }));
        record(tx, &(&caller).into(), "curated_list.created", target(id), change)?;
        whole(tx.conn(), row, now)
    })
    .await
}

fn refuse_taken(connection: &mut AnyConnection, id: CuratedListId, slug: &str) -> Result<()> {
    match store::id_of_slug(connection, slug)? {
        Some(holder) if holder != id => Err(Problem::new(Code::SlugTaken, format!("Another list has the slug `{slug}`."))),
        _ => Ok(()),
    }
}

fn free_slug(connection: &mut AnyConnection, name: &str) -> Result<String> {
    let free = Slug::from_title(name, "list").first_free(|slug| Ok(store::id_of_slug(connection, slug)?.is_some()))?;
    Ok(free.to_string())
}

/// A list that the caller may change, locked, as they know it.
fn open(tx: &mut Tx<'_>, caller: &Caller, id: CuratedListId, expected: &Expected) -> Result<Row> {
    let row = store::lock(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
    within::require(tx, caller, None)?;
    expected.check_alone(row.version.unsigned_abs())?;
    Ok(row)
}

/// Changes name and slug at once, and adds an edition if there are other slots.
///
/// # Errors
/// 404, 412, 422; `slug_taken`, `edition_instant_taken` or `past_is_history` (409); 403 for whom is limited to categories.
pub async fn update(
    db: &Db,
    caller: &Caller,
    id: CuratedListId,
    expected: Expected,
    patch: Checked<CuratedListPatch>,
) -> Result<CuratedList> {
    let caller = caller.clone();
    db.write(move |tx| {
        dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
        let before = open(tx, &caller, id, &expected)?;
        let Checked { value: patch, mut mistakes } = patch.clone();
        let mut row = before.clone();
        row.name = patch.name.map_or(row.name, |name| name.trim().to_owned());
        if let Some(slug) = patch.slug {
            mistakes.take(refuse_taken(tx.conn(), id, slug.as_str()))?;
            row.slug = slug.to_string();
        }
        let now = tx.now()?;
        let edition = match &patch.slots {
            Some(slots) => {
                let dated = editions::Dated { slots, publish_at: patch.publish_at, time_zone: patch.time_zone };
                Some(editions::made(tx, &caller, id, dated, mistakes)?)
            }
            None => {
                editions::refuse_date(patch.publish_at, patch.time_zone, mistakes)?;
                None
            }
        };
        if row == before && edition.is_none() {
            return whole(tx.conn(), row, now);
        }
        row.version += 1;
        store::update(tx.conn(), &row)?;
        if told(&row) != told(&before) {
            let change = Change::between(told(&before), told(&row), &["slug"]);
            record(tx, &(&caller).into(), "curated_list.updated", target(id), change)?;
        }
        if let Some(edition) = edition {
            store::insert_edition(tx.conn(), &edition)?;
            let change = Change::made(editions::told(&edition)?);
            record(tx, &(&caller).into(), "curated_list.edition_added", target(id), change)?;
        }
        whole(tx.conn(), row, now)
    })
    .await
}

/// Deletes a list with all of its editions: there is none of its name for readers from now on, nor in previews of the time before.
///
/// # Errors
/// 404, 412; 403 for whom is limited to categories.
pub async fn delete(db: &Db, caller: &Caller, id: CuratedListId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        let row = open(tx, &caller, id, &expected)?;
        store::delete(tx.conn(), id)?;
        Ok(record(tx, &(&caller).into(), "curated_list.deleted", target(id), Change::removed(told(&row)))?)
    })
    .await
}
