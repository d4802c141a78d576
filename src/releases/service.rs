//! Making, moving and calling off releases: all of their publications or none.

mod members;

use serde_json::{Value, json};

pub use self::members::{Added, add, remove};
use super::dto::{Release, ReleaseCreate, ReleaseEntry, ReleasePatch, ReleaseState, ReleaseSummary};
use super::store::{self, Shown, StoredRelease};
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::{AnyConnection, Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::ReleaseId;
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::Checked;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::kernel::zone::Zone;
use crate::preview::revoked::revoke_of_release;
use crate::publications::dto::{EditorPublication, Times, not_followed};
use crate::publications::rules::Publication;
use crate::publications::service::of_release;

fn target(id: ReleaseId) -> Target {
    Target { kind: "release", id: id.uuid() }
}

/// What the audit log tells of a release.
fn told(release: &StoredRelease) -> Value {
    let StoredRelease { name, publish_at, time_zone, publish_at_local, .. } = release;
    json!({ "name": name, "publish_at": publish_at, "time_zone": time_zone, "publish_at_local": publish_at_local })
}

/// Makes a release that holds nothing yet.
///
/// # Errors
/// 422; 409 `past_is_history` for a date that has passed.
pub async fn create(db: &Db, caller: &Caller, create: Checked<ReleaseCreate>, keyed: Option<Keyed<Release>>) -> Result<Once<Release>> {
    let caller = caller.clone();
    idempotency::write(db, keyed.filter(|_| create.mistakes.is_empty()), move |tx| {
        let Checked { value: create, mut mistakes } = create.clone();
        let times = Times::of(&mut mistakes, create.time_zone.as_deref());
        let date = times.read(&mut mistakes, "/publish_at", &create.publish_at.into()).and_then(Patch::value);
        mistakes.finish()?;
        let now = tx.now()?;
        refuse_past(date.as_ref().map(|date| date.0), now)?;
        let release = StoredRelease {
            id: ReleaseId::new(),
            name: create.name,
            publish_at: date.as_ref().map(|date| date.0),
            time_zone: times.zone().map(|zone| zone.name().to_owned()),
            publish_at_local: date.and_then(|date| date.1),
            version: 1,
            created_by: caller.user_id,
            created_at: now,
        };
        store::insert(tx.conn(), &release)?;
        record(tx, &(&caller).into(), "release.created", target(release.id), Change::made(told(&release)))?;
        Ok(Release { summary: summary(release, now), publications: Vec::new() })
    })
    .await
}

/// What holds nothing cannot begin.
fn refuse_past(date: Option<Instant>, now: Instant) -> Result<()> {
    match date {
        Some(date) if date < now => {
            Err(Problem::new(Code::PastIsHistory, "That instant has passed. A release that holds nothing yet takes one that lies ahead."))
        }
        _ => Ok(()),
    }
}

fn summary(release: StoredRelease, now: Instant) -> ReleaseSummary {
    let state = match release.publish_at {
        None => ReleaseState::Undated,
        Some(date) if date > now => ReleaseState::Scheduled,
        Some(_) => ReleaseState::Published,
    };
    ReleaseSummary {
        id: release.id,
        name: release.name,
        state,
        publish_at: release.publish_at,
        time_zone: release.time_zone,
        publish_at_local: release.publish_at_local,
        version: release.version,
        created_by: release.created_by,
        created_at: release.created_at,
    }
}

/// A release with what belongs to it. Two statements besides its own row, whatever it holds.
fn whole(connection: &mut AnyConnection, release: StoredRelease, now: Instant) -> Result<Release> {
    let publications = of_release(connection, release.id)?;
    let entries = store::shown(connection, release.id)?;
    let publications = entries.into_iter().map(|shown| entry(shown, &publications, now)).collect();
    Ok(Release { summary: summary(release, now), publications })
}

fn entry(shown: Shown, publications: &[Publication], now: Instant) -> ReleaseEntry {
    let publication = publications.iter().find(|p| p.id == shown.id).map(|p| EditorPublication::new(p, shown.newest_revision, now));
    let (would_show, waiting) = match &publication {
        Some(publication) => (publication.would_show, publication.not_followed.clone()),
        None if shown.follows_newest => (Some(shown.revision), not_followed(shown.revision, shown.newest_revision)),
        None => (Some(shown.revision), Vec::new()),
    };
    ReleaseEntry {
        id: shown.id,
        article_id: shown.article_id,
        title: shown.title,
        revision: shown.revision,
        saved_by: shown.saved_by,
        follows_newest: shown.follows_newest,
        would_show,
        not_followed: waiting,
        unpublish_at: shown.unpublish_at.and_then(Instant::bounded),
        publication,
    }
}

/// One release.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: ReleaseId) -> Result<Release> {
    db.read(db.at_present(move |connection, now| {
        let release = store::find(connection, id)?.ok_or_else(Problem::not_found)?;
        whole(connection, release, now)
    }))
    .await
}

/// The present version of a release.
///
/// # Errors
/// 404.
pub async fn version(db: &Db, id: ReleaseId) -> Result<u64> {
    let release = db.read(move |connection| store::find(connection, id)?.ok_or_else(Problem::not_found)).await?;
    Ok(release.version.unsigned_abs())
}

/// A page of releases, the newest first.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<ReleaseSummary>> {
    let parameters = ListParameters::of("listReleases");
    let place = key.place(&parameters, cursor)?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let found = db.at_present(move |connection, now| Ok::<_, Problem>((now, store::beyond(connection, from, rows)?)));
    let (now, releases) = db.read(found).await?;
    let at = |release: &StoredRelease| (SortValue::Number(release.created_at.millis()), release.id.uuid());
    Ok(Page::cut(releases, limit, place.as_ref(), key, parameters.as_str(), at).map(|release| summary(release, now)))
}

/// Locks a release that the caller knows as it is now.
fn open(tx: &mut Tx<'_>, id: ReleaseId, expected: &Expected) -> Result<StoredRelease> {
    let release = store::lock(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
    expected.check_alone(release.version.unsigned_abs())?;
    Ok(release)
}

/// Changes a release; with another date all of it moves, or nothing.
///
/// # Errors
/// 404, 412, 422; 409 `release_clash` with each publication that cannot move.
pub async fn update(db: &Db, caller: &Caller, id: ReleaseId, expected: Expected, patch: Checked<ReleasePatch>) -> Result<Release> {
    let caller = caller.clone();
    db.write(move |tx| {
        let before = open(tx, id, &expected)?;
        members::require_whole(tx, &caller, &before)?;
        let Checked { value: patch, mut mistakes } = patch.clone();
        let zone = patch.time_zone.clone().or(before.time_zone.clone());
        let times = Times::of(&mut mistakes, zone.as_deref());
        let date = times.read(&mut mistakes, "/publish_at", &patch.publish_at);
        mistakes.finish()?;
        let mut release = before.clone();
        release.name = patch.name.unwrap_or(release.name);
        set_date(&mut release, date.unwrap_or(Patch::Absent), times.zone());
        members::reschedule(tx, &caller, &before, &release, patch.override_embargo)?;
        let now = tx.now()?;
        if told(&before) != told(&release) {
            release.version += 1;
            store::update(tx.conn(), &release)?;
            record(tx, &(&caller).into(), "release.updated", target(id), Change::between(told(&before), told(&release), &["name"]))?;
        }
        whole(tx.conn(), release, now)
    })
    .await
}

fn set_date(release: &mut StoredRelease, date: Patch<(Instant, Option<String>)>, zone: Option<&Zone>) {
    match date {
        Patch::Absent => {
            let local = release.publish_at.zip(zone).map(|(date, zone)| zone.local(date).to_string());
            release.publish_at_local = local.filter(|_| release.publish_at_local.is_some());
        }
        Patch::Null => (release.publish_at, release.publish_at_local) = (None, None),
        Patch::Value((date, local)) => (release.publish_at, release.publish_at_local) = (Some(date), local),
    }
    release.time_zone = zone.map(|zone| zone.name().to_owned());
}

/// Calls a release off with all that it would publish.
///
/// # Errors
/// 404, 412; 409 `already_live` once it has begun; `release_clash`.
pub async fn cancel(db: &Db, caller: &Caller, id: ReleaseId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        let release = open(tx, id, &expected)?;
        members::call_off(tx, &caller, &release)?;
        revoke_of_release(tx, &Actor::from(&caller), id)?;
        store::delete(tx.conn(), id)?;
        Ok(record(tx, &Actor::from(&caller), "release.cancelled", target(id), Change::removed(told(&release)))?)
    })
    .await
}
