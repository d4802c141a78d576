//! Making, changing and retracting corrections. Each write locks its article, though it changes nothing of it: it is no save, and no version counts it.

use serde_json::{Value, json};

use super::dto::{CorrectionCreate, CorrectionKind, CorrectionPatch, CorrectionText, EditorCorrection};
use super::rules::{self, Refused};
use super::store::{self, Row};
use crate::audit::store::{Change, Target, record};
use crate::bodies::{EmbedHosts, Format, Rendered, Warning, render};
use crate::db::{Db, Error, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::given::Given;
use crate::kernel::id::{ArticleId, CorrectionId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::settled::{self, Settled};
use crate::kernel::version::Expected;
use crate::publications::dto::Times;
use crate::publications::service as publications;
use crate::publications::subject::{self, Subject};

fn target(id: CorrectionId) -> Target {
    Target { kind: "correction", id: id.uuid() }
}

/// What the audit log tells of a correction: all but its text.
fn told(row: &Row) -> Value {
    json!({
        "article_id": row.article_id,
        "kind": row.kind,
        "at": row.from_at,
        "time_zone": row.time_zone,
        "at_local": row.at_local,
        "retracted_at": row.until_at.bounded(),
    })
}

/// What `told` names in every entry.
const BESIDES: &[&str] = &["article_id"];

fn seen(row: Row, now: Instant, warnings: Vec<Warning>) -> crate::db::Result<EditorCorrection> {
    Ok(EditorCorrection {
        id: row.id,
        article_id: row.article_id,
        kind: CorrectionKind::find(&row.kind).ok_or_else(|| Error::corrupt("unknown kind of correction"))?,
        text: CorrectionText { format: Format::find(&row.format).ok_or_else(|| Error::corrupt("unknown format"))?, source: row.source },
        text_html: row.html,
        at: row.from_at,
        time_zone: row.time_zone,
        at_local: row.at_local,
        retracted_at: row.until_at.bounded(),
        state: rules::state(row.from_at, row.until_at, now),
        version: row.version,
        created_by: row.created_by,
        created_at: row.created_at,
        warnings,
    })
}

/// What becomes of a text, which is short enough to be rendered at once. What is wrong with it is noted.
fn rendered(text: &CorrectionText, mistakes: &mut Mistakes) -> Rendered {
    if mistakes.has("/text/source") || mistakes.has("/text/format") {
        return Rendered::default();
    }
    let rendered = render(text.format, &text.source, &EmbedHosts::none()).unwrap_or_default();
    if rendered.html.len() > rules::MOST_HTML_BYTES {
        let detail = format!("it becomes more than {} bytes of HTML, which is the most; shorten it", rules::MOST_HTML_BYTES);
        mistakes.note("/text", "too_long_rendered", detail);
    } else if rendered.text.trim().is_empty() {
        mistakes.note("/text/source", "no_text", "nothing to read is left of it");
    }
    rendered
}

/// An article that the caller may see, as it is now.
///
/// # Errors
/// 404.
pub async fn article(db: &Db, caller: &Caller, id: ArticleId) -> Result<Subject> {
    let caller = caller.clone();
    db.read(move |connection| subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found))
        .await
}

/// Adds a correction to an article.
///
/// # Errors
/// 404, 412, 422; 409 `trashed`, `past_is_history` or `corrections_full`.
pub async fn create(
    db: &Db,
    caller: &Caller,
    article_id: ArticleId,
    expected: Expected,
    create: Checked<CorrectionCreate>,
    keyed: Option<Keyed<EditorCorrection>>,
) -> Result<Once<EditorCorrection>> {
    let (caller, Checked { value: create, mut mistakes }) = (caller.clone(), create);
    let body = rendered(&create.text, &mut mistakes);
    idempotency::write(db, keyed.filter(|_| mistakes.is_empty()), move |tx| {
        let subject = opened(tx, &caller, article_id)?;
        expected.check_alone(subject.version.unsigned_abs())?;
        let now = tx.now()?;
        let mut mistakes = mistakes.clone();
        let times = Times::of(&mut mistakes, create.time_zone.as_deref());
        let at = times.read(&mut mistakes, "/at", &create.at.clone().into()).and_then(Patch::value);
        let (at, at_local) = at.map_or((None, None), |(at, local)| (Some(at), local));
        let from_at = mistakes.take(settled::start(at, now).map_err(Refused::from))?;
        mistakes.finish()?;
        if store::count(tx.conn(), article_id)? >= rules::MOST {
            return Err(Refused::Full.into());
        }
        let row = Row {
            id: CorrectionId::new(),
            article_id,
            locale: subject.locale,
            from_at: from_at.unwrap_or(now),
            until_at: Instant::NEVER,
            kind: create.kind.name().to_owned(),
            format: create.text.format.name().to_owned(),
            source: create.text.source.clone(),
            html: body.html.clone(),
            time_zone: times.zone().map(|zone| zone.name().to_owned()),
            at_local,
            version: 1,
            created_by: caller.user_id,
            created_at: now,
        };
        store::insert(tx.conn(), &row)?;
        record(tx, &(&caller).into(), "correction.created", target(row.id), Change::made(told(&row)))?;
        Ok(seen(row, now, body.warnings.clone())?)
    })
    .await
}

/// An article that the caller may change, locked and not in the trash.
fn opened(tx: &mut Tx<'_>, caller: &Caller, id: ArticleId) -> Result<Subject> {
    let subject = publications::lock(tx, caller, id)?;
    subject.refuse_trashed()?;
    Ok(subject)
}

/// A correction under the lock of its article, as the caller expects it.
fn found(tx: &mut Tx<'_>, caller: &Caller, id: CorrectionId, expected: &Expected) -> Result<(Row, Instant)> {
    let article_id = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?.article_id;
    opened(tx, caller, article_id)?;
    let now = tx.now()?;
    let row = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
    expected.check_alone(row.version.unsigned_abs())?;
    Ok((row, now))
}

/// Changes one that lies ahead.
///
/// # Errors
/// 404, 412, 422; 409 `already_live`, `starting`, `past_is_history` or `trashed`.
pub async fn update(
    db: &Db,
    caller: &Caller,
    id: CorrectionId,
    expected: Expected,
    given: Checked<CorrectionPatch>,
) -> Result<EditorCorrection> {
    let caller = caller.clone();
    db.write(move |tx| {
        let (before, now) = found(tx, &caller, id, &expected)?;
        let Checked { value: patch, mut mistakes } = given.clone();
        let (mut row, warnings) = patched(&before, &patch, now, &mut mistakes)?;
        mistakes.take(settled::may_change(before.from_at, now).map_err(Refused::from))?;
        mistakes.finish()?;
        if row != before {
            row.version += 1;
            store::update(tx.conn(), &row)?;
            let is_text_new = (&before.format, &before.source) != (&row.format, &row.source);
            let change = Change::between(told(&before), told(&row), BESIDES).with("text_changed", is_text_new);
            record(tx, &(&caller).into(), "correction.updated", target(id), change)?;
        }
        Ok(seen(row, now, warnings)?)
    })
    .await
}

/// What becomes of one, and what the sanitiser took out of its text.
fn patched(before: &Row, patch: &CorrectionPatch, now: Instant, mistakes: &mut Mistakes) -> Result<(Row, Vec<Warning>)> {
    let mut row = before.clone();
    if let Some(kind) = patch.kind {
        row.kind = kind.name().to_owned();
    }
    let mut warnings = Vec::new();
    if let Some(text) = &patch.text {
        let format = text.format.or_else(|| Format::find(&row.format)).ok_or_else(|| Error::corrupt("unknown format"))?;
        let text = CorrectionText { format, source: text.source.clone().unwrap_or(row.source) };
        let body = rendered(&text, mistakes);
        (row.format, row.source, row.html, warnings) = (text.format.name().to_owned(), text.source, body.html, body.warnings);
    }
    move_to(&mut row, patch, now, mistakes)?;
    Ok((row, warnings))
}

/// Another instant, another zone, or both. Another zone alone moves no instant: what was given as a local time is that time of the new one.
fn move_to(row: &mut Row, patch: &CorrectionPatch, now: Instant, mistakes: &mut Mistakes) -> Result<()> {
    let zone = patch.time_zone.clone().or(row.time_zone.clone());
    let times = Times::of(mistakes, zone.as_deref());
    match times.read(mistakes, "/at", &patch.at) {
        None => return Ok(()),
        Some(Patch::Absent) if !patch.time_zone.is_absent() => {
            let local = times.zone().map(|zone| zone.local(row.from_at).to_string());
            row.at_local = local.filter(|_| row.at_local.is_some());
        }
        Some(Patch::Absent) => {}
        Some(given) => {
            let given: Option<Given> = given.value();
            let (at, local) = given.map_or((None, None), |(at, local)| (Some(at), local));
            // Of one that stays where it is it is all the same where it would go.
            let may_move = settled::may_change(row.from_at, now).is_ok();
            if let Some(from_at) = may_move.then(|| mistakes.take(settled::start(at, now).map_err(Refused::from))).transpose()?.flatten() {
                (row.from_at, row.at_local) = (from_at, local);
            }
        }
    }
    row.time_zone = times.zone().map(|zone| zone.name().to_owned());
    Ok(())
}

/// Deletes one that lies ahead. One that began is retracted: readers get it no longer, and it stays where the past is looked at.
///
/// # Errors
/// 404, 412; 409 `starting` or `trashed`.
pub async fn delete(db: &Db, caller: &Caller, id: CorrectionId, expected: Expected) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        let (row, now) = found(tx, &caller, id, &expected)?;
        match settled::may_change(row.from_at, now) {
            Ok(()) => {
                store::delete(tx.conn(), id)?;
                Ok(record(tx, &(&caller).into(), "correction.deleted", target(id), Change::removed(told(&row)))?)
            }
            Err(Settled::Begun) if row.until_at <= now => Ok(()),
            Err(Settled::Begun) => {
                let retracted = Row { until_at: now, version: row.version + 1, ..row.clone() };
                store::update(tx.conn(), &retracted)?;
                let change = Change::between(told(&row), told(&retracted), BESIDES);
                Ok(record(tx, &(&caller).into(), "correction.retracted", target(id), change)?)
            }
            Err(settled) => Err(Refused::from(settled).into()),
        }
    })
    .await
}

/// A correction as it stands now.
///
/// # Errors
/// 404, also if the caller may not see its article.
pub async fn get(db: &Db, caller: &Caller, id: CorrectionId) -> Result<EditorCorrection> {
    let caller = caller.clone();
    db.read(db.at_present(move |connection, now| {
        let row = store::find(connection, id)?.ok_or_else(Problem::not_found)?;
        let article = subject::find(connection, row.article_id)?.filter(|subject| subject.is_seen_by(&caller));
        article.ok_or_else(Problem::not_found)?;
        Ok(seen(row, now, Vec::new())?)
    }))
    .await
}

/// Those of an article, the earliest first.
///
/// # Errors
/// 404.
pub async fn list(db: &Db, caller: &Caller, article_id: ArticleId) -> Result<Vec<EditorCorrection>> {
    let caller = caller.clone();
    db.read(db.at_present(move |connection, now| {
        subject::find(connection, article_id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let rows = store::of_article(connection, article_id)?;
        Ok(rows.into_iter().map(|row| seen(row, now, Vec::new())).collect::<crate::db::Result<_>>()?)
    }))
    .await
}
