//! Dating what a list shows.

use serde_json::{Value, json};

use super::{open, target, whole};
use crate::audit::store::{Change, record};
use crate::curated::dto::{CuratedEditionPatch, CuratedList, CuratedRule, CuratedSlot, MOST_ARTICLES, RuleOf};
use crate::curated::rules::Refused;
use crate::curated::store::{self, Edition, Row};
use crate::db::{AnyConnection, Db, Error, Tx};
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, CuratedEditionId, CuratedListId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::refs::Relation;
use crate::kernel::settled;
use crate::kernel::version::Expected;
use crate::kernel::zone::Zone;
use crate::publications::dto::Times;

/// What an edition shall show, and from when on.
pub(super) struct Dated<'a> {
    pub(super) slots: &'a [CuratedSlot],
    pub(super) publish_at: Option<String>,
    pub(super) time_zone: Option<String>,
}

/// What the audit log tells of an edition.
pub(super) fn told(edition: &Edition) -> Result<Value> {
    let slots: Value = serde_json::from_str(&edition.slots).map_err(Error::corrupt)?;
    let Edition { id, publish_at, time_zone, publish_at_local, .. } = edition;
    Ok(json!({ "edition_id": id, "publish_at": publish_at, "time_zone": time_zone, "publish_at_local": publish_at_local, "slots": slots }))
}

/// A new edition of a locked list, not yet written.
pub(super) fn made(tx: &mut Tx<'_>, caller: &Caller, list: CuratedListId, dated: Dated<'_>, mut mistakes: Mistakes) -> Result<Edition> {
    check(tx.conn(), dated.slots, &mut mistakes)?;
    let times = Times::of(&mut mistakes, dated.time_zone.as_deref());
    let given = times.read(&mut mistakes, "/publish_at", &dated.publish_at.into()).and_then(Patch::value);
    let (wanted, local) = given.map_or((None, None), |(at, local)| (Some(at), local));
    let now = tx.now()?;
    let start = mistakes.take(start(tx.conn(), list, wanted, now))?;
    mistakes.finish()?;
    Ok(Edition {
        id: CuratedEditionId::new(),
        list_id: list,
        publish_at: start.unwrap_or(now),
        time_zone: times.zone().map(|zone| zone.name().to_owned()),
        publish_at_local: local,
        slots: serde_json::to_string(dated.slots).map_err(Problem::internal)?,
        created_by: caller.user_id,
        created_at: now,
    })
}

/// A date goes with slots alone.
pub(super) fn refuse_date(publish_at: Option<String>, time_zone: Option<String>, mut mistakes: Mistakes) -> Result<()> {
    let is_given = publish_at.is_some() || time_zone.is_some();
    Times::of(&mut mistakes, time_zone.as_deref()).read(&mut mistakes, "/publish_at", &publish_at.into());
    if is_given && mistakes.is_empty() {
        mistakes.note("/slots", "required", "`publish_at` says from when on these are shown: give them, or change an edition");
    }
    mistakes.finish()
}

/// When an edition begins; a "now" on a taken millisecond takes the next (contract 2.2).
fn start(connection: &mut AnyConnection, list: CuratedListId, wanted: Option<Instant>, now: Instant) -> Result<Instant> {
    let mut at = settled::start(wanted, now).map_err(Refused::from)?;
    while store::edition_at(connection, list, at)?.is_some() {
        if wanted.is_some() {
            return Err(Refused::InstantTaken(at).into());
        }
        at = at.plus_millis(1);
    }
    Ok(at)
}

/// Notes what is wrong with slots: what they pin must be there, and so must what rules name.
fn check(connection: &mut AnyConnection, slots: &[CuratedSlot], mistakes: &mut Mistakes) -> Result<()> {
    if mistakes.has("/slots") {
        return Ok(());
    }
    check_shape(slots, mistakes);
    let pinned: Vec<ArticleId> = slots.iter().filter_map(|slot| slot.article_id).collect();
    let named = || slots.iter().filter_map(|slot| slot.rule.as_ref()).flat_map(|rule| rule.named());
    let [mut categories, mut tags, mut authors] = [Vec::new(), Vec::new(), Vec::new()];
    for of in named() {
        match of {
            RuleOf::Category(slug) => categories.push(slug),
            RuleOf::Tag(slug) => tags.push(slug),
            RuleOf::Author(slug) => authors.push(slug),
        }
    }
    let there = store::articles(connection, &pinned)?;
    let categories = store::categories(connection, &categories)?;
    let tags = store::terms(connection, Relation::Tag, &tags)?;
    let authors = store::terms(connection, Relation::Author, &authors)?;
    for (at, slot) in slots.iter().enumerate() {
        if slot.article_id.is_some_and(|id| !there.contains(&id)) {
            mistakes.note(format!("/slots/{at}/article_id"), "unknown", "there is no such article");
        }
        for of in slot.rule.iter().flat_map(|rule| rule.named()) {
            let (member, slug, known) = match of {
                RuleOf::Category(slug) => ("category", slug, &categories),
                RuleOf::Tag(slug) => ("tag", slug, &tags),
                RuleOf::Author(slug) => ("author", slug, &authors),
            };
            if !known.iter().any(|other| other == slug) {
                mistakes.note(format!("/slots/{at}/rule/{member}"), "unknown", format!("there is no {member} `{slug}`"));
            }
        }
    }
    Ok(())
}

/// Notes what is wrong with slots by themselves.
fn check_shape(slots: &[CuratedSlot], mistakes: &mut Mistakes) {
    for (at, slot) in slots.iter().enumerate() {
        match (slot.article_id, &slot.rule) {
            (Some(_), Some(_)) | (None, None) => {
                mistakes.note(format!("/slots/{at}"), "one_of", "a slot has either `article_id` or `rule`");
            }
            (Some(id), None) if slots[..at].iter().any(|other| other.article_id == Some(id)) => {
                mistakes.note(format!("/slots/{at}/article_id"), "repeated", "the article is pinned in an earlier slot");
            }
            (None, Some(rule)) if rule.named().count() > 1 => {
                mistakes.note(format!("/slots/{at}/rule"), "one_of", "a rule has one of `category`, `tag` and `author`, or none");
            }
            _ => {}
        }
    }
    let articles: usize = slots.iter().map(|slot| slot.rule.as_ref().map_or(1, CuratedRule::most)).sum();
    if articles > MOST_ARTICLES {
        mistakes.note("/slots", "too_many", format!("they ask for {articles} articles; {MOST_ARTICLES} are the most"));
    }
}

/// An edition of an open list that may still change.
fn ahead(connection: &mut AnyConnection, list: &Row, id: CuratedEditionId, now: Instant) -> Result<Edition> {
    let edition = store::edition(connection, list.id, id)?.ok_or_else(Problem::not_found)?;
    settled::may_change(edition.publish_at, now).map_err(Refused::from)?;
    Ok(edition)
}

/// The list counts a change of its editions.
fn counted(tx: &mut Tx<'_>, mut list: Row) -> Result<Row> {
    list.version += 1;
    store::update(tx.conn(), &list)?;
    Ok(list)
}

/// Changes an edition that lies ahead.
///
/// # Errors
/// 404, 412, 422; `already_live`, `starting`, `edition_instant_taken` or `past_is_history` (409); 403 for whom is limited to categories.
pub async fn update_edition(
    db: &Db,
    caller: &Caller,
    (list, id): (CuratedListId, CuratedEditionId),
    expected: Expected,
    patch: Checked<CuratedEditionPatch>,
) -> Result<CuratedList> {
    let caller = caller.clone();
    db.write(move |tx| {
        let row = open(tx, &caller, list, &expected)?;
        let now = tx.now()?;
        let before = ahead(tx.conn(), &row, id, now)?;
        let edition = patched(tx, &before, patch.clone(), now)?;
        if edition == before {
            return whole(tx.conn(), row, now);
        }
        store::update_edition(tx.conn(), &edition)?;
        let row = counted(tx, row)?;
        let change = Change::between(told(&before)?, told(&edition)?, &["edition_id"]);
        record(tx, &(&caller).into(), "curated_list.edition_updated", target(list), change)?;
        whole(tx.conn(), row, now)
    })
    .await
}

fn patched(tx: &mut Tx<'_>, before: &Edition, patch: Checked<CuratedEditionPatch>, now: Instant) -> Result<Edition> {
    let Checked { value: patch, mut mistakes } = patch;
    let mut edition = before.clone();
    if let Some(slots) = &patch.slots {
        check(tx.conn(), slots, &mut mistakes)?;
        edition.slots = serde_json::to_string(slots).map_err(Problem::internal)?;
    }
    let zone = patch.time_zone.or(before.time_zone.clone());
    let times = Times::of(&mut mistakes, zone.as_deref());
    let given = times.read(&mut mistakes, "/publish_at", &patch.publish_at).unwrap_or(Patch::Absent);
    set_start(tx.conn(), &mut edition, given, times.zone(), (&mut mistakes, now))?;
    mistakes.finish()?;
    Ok(edition)
}

/// Moves an edition to another start, and keeps its local time in step with its zone.
fn set_start(
    connection: &mut AnyConnection,
    edition: &mut Edition,
    given: Patch<(Instant, Option<String>)>,
    zone: Option<&Zone>,
    (mistakes, now): (&mut Mistakes, Instant),
) -> Result<()> {
    let (wanted, local) = match given {
        Patch::Absent => {
            let local = zone.map(|zone| zone.local(edition.publish_at).to_string());
            edition.publish_at_local = local.filter(|_| edition.publish_at_local.is_some());
            edition.time_zone = zone.map(|zone| zone.name().to_owned());
            return Ok(());
        }
        Patch::Null => (None, None),
        Patch::Value((at, local)) => (Some(at), local),
    };
    if wanted != Some(edition.publish_at) {
        let moved = mistakes.take(start(connection, edition.list_id, wanted, now))?;
        edition.publish_at = moved.unwrap_or(edition.publish_at);
    }
    edition.publish_at_local = local;
    edition.time_zone = zone.map(|zone| zone.name().to_owned());
    Ok(())
}

/// Calls off an edition that lies ahead.
///
/// # Errors
/// 404, 412; `already_live` or `starting` (409); 403 for whom is limited to categories.
pub async fn delete_edition(db: &Db, caller: &Caller, (list, id): (CuratedListId, CuratedEditionId), expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        let row = open(tx, &caller, list, &expected)?;
        let now = tx.now()?;
        let edition = ahead(tx.conn(), &row, id, now)?;
        store::delete_edition(tx.conn(), id)?;
        counted(tx, row)?;
        Ok(record(tx, &(&caller).into(), "curated_list.edition_deleted", target(list), Change::removed(told(&edition)?))?)
    })
    .await
}
