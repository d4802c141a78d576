//! Making, listing and deleting redirects. None leads to a path that is redirected itself, so that no chain comes about, and no circle.

use serde_json::{Value, json};

use super::dto::{EditorRedirect, RedirectCreate};
use super::rules;
use super::store::{self, StoredRedirect};
use crate::audit::store::{Change, Target, record};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{AnyConnection, Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::RedirectId;
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::Checked;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, SortValue};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::publications::paths::{Paths, There};
use crate::publications::visibility::Snapshot;
use crate::publications::within;

fn target(id: RedirectId) -> Target {
    Target { kind: "redirect", id: id.uuid() }
}

/// What the audit log tells of a redirect.
fn told(redirect: &StoredRedirect) -> Value {
    json!({ "from": redirect.from_path, "to": redirect.target })
}

fn seen(redirect: StoredRedirect) -> EditorRedirect {
    let StoredRedirect { id, from_path, target, created_by, created_at, .. } = redirect;
    EditorRedirect { id, from: from_path, to: target, created_by, created_at }
}

/// The site that redirects are of.
#[derive(Clone, Debug)]
pub struct OnSite {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// Its languages, the first one first.
    pub locales: Vec<String>,
}

/// Makes a redirect.
///
/// # Errors
/// 422; 403 for whom is limited to categories; 409 `redirect_exists`, or `redirect_chain` where it would lead to one that there is, or one that there is to it, or to what is called
/// otherwise now.
pub async fn create(
    db: &Db,
    caller: &Caller,
    site: OnSite,
    create: Checked<RedirectCreate>,
    keyed: Option<Keyed<EditorRedirect>>,
) -> Result<Once<EditorRedirect>> {
    let caller = caller.clone();
    idempotency::write(db, keyed.filter(|_| create.mistakes.is_empty()), move |tx| create_in(tx, &caller, &site, create.clone())).await
}

fn create_in(tx: &mut Tx<'_>, caller: &Caller, site: &OnSite, create: Checked<RedirectCreate>) -> Result<EditorRedirect> {
    let Checked { value: create, mut mistakes } = create;
    let from = rules::from(&create.from).map_err(|wrong| mistakes.note("/from", "invalid", wrong)).ok();
    let leads = rules::to(&create.to, &site.url).map_err(|wrong| mistakes.note("/to", "invalid", wrong)).ok();
    if let (Some(from), Some(leads)) = (&from, &leads)
        && leads.path.as_ref() == Some(from)
    {
        mistakes.note("/to", "loop", "it would lead to itself");
    }
    mistakes.finish()?;
    let (Some(from_path), Some(leads)) = (from, leads) else { return Err(Problem::internal("a mistake was not noted")) };
    dialect::lock(tx.conn(), Lock::Redirects, Hold::Exclusive)?;
    within::require(tx, caller, None)?;
    refuse_others(tx.conn(), &from_path, leads.path.as_deref())?;
    let now = tx.now()?;
    if let Some(path) = &leads.path {
        refuse_moved(tx.conn(), &from_path, path, &site.locales, now)?;
    }
    let redirect = StoredRedirect {
        id: RedirectId::new(),
        from_path,
        target: leads.to,
        target_path: leads.path,
        created_by: caller.user_id,
        created_at: now,
    };
    store::insert(tx.conn(), &redirect)?;
    record(tx, &caller.into(), "redirect.created", target(redirect.id), Change::made(told(&redirect)))?;
    Ok(seen(redirect))
}

fn refuse_others(connection: &mut AnyConnection, from: &str, to: Option<&str>) -> Result<()> {
    let refused = |code, detail: String, other: &StoredRedirect| Err(Problem::new(code, detail).with("redirect_id", other.id.to_string()));
    if let Some(other) = store::of_path(connection, from)? {
        return refused(Code::RedirectExists, format!("`{from}` leads to `{}` already. Delete that redirect first.", other.target), &other);
    }
    if let Some(to) = to
        && let Some(other) = store::of_path(connection, to)?
    {
        let detail = format!("`{to}` is redirected itself, to `{}`. Let `{from}` lead there.", other.target);
        return refused(Code::RedirectChain, detail, &other);
    }
    if let Some(other) = store::leading_to(connection, from)? {
        let detail = format!("`{}` leads to `{from}`. Delete that redirect first, and let it lead on from there.", other.from_path);
        return refused(Code::RedirectChain, detail, &other);
    }
    Ok(())
}

/// What had the path that it leads to stands elsewhere now.
fn refuse_moved(connection: &mut AnyConnection, from: &str, to: &str, locales: &[String], now: Instant) -> Result<()> {
    let There::Leads(on) = Paths::of(connection, (Snapshot::of(now), &[]), 0, locales, std::iter::once(to))?.there(to, now) else {
        return Ok(());
    };
    let detail = match on == from {
        true => format!("`{to}` leads to `{from}` by itself: the redirect would lead back."),
        false => format!("`{to}` leads to `{on}` by itself. Let `{from}` lead there."),
    };
    Err(Problem::new(Code::RedirectChain, detail).with("leads_to", on))
}

/// A redirect.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: RedirectId) -> Result<EditorRedirect> {
    db.read(move |connection| store::find(connection, id)?.map(seen).ok_or_else(Problem::not_found)).await
}

/// A page of redirects by their paths.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<EditorRedirect>> {
    let parameters = ListParameters::of("listEditorRedirects");
    let place = key.place(&parameters, cursor)?;
    let (from, rows) = (place.clone(), limit.read_rows());
    let redirects = db.read(move |connection| {
        let beyond = from.as_ref().and_then(|place| match &place.value {
            SortValue::Text(path) => Some((place.direction, path.as_str())),
            SortValue::Number(_) => None,
        });
        Ok::<_, Problem>(store::beyond(connection, beyond, rows)?)
    });
    let at = |redirect: &StoredRedirect| (SortValue::Text(redirect.from_path.clone()), redirect.id.uuid());
    Ok(Page::cut(redirects.await?, limit, place.as_ref(), key, parameters.as_str(), at).map(seen))
}

/// Deletes a redirect.
///
/// # Errors
/// 404; 403 for whom is limited to categories, since it lies in none.
pub async fn delete(db: &Db, caller: &Caller, id: RedirectId) -> Result<()> {
    let caller = caller.clone();
    db.write(move |tx| {
        within::require(tx, &caller, None)?;
        let redirect = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
        store::delete(tx.conn(), id)?;
        Ok(record(tx, &(&caller).into(), "redirect.deleted", target(id), Change::removed(told(&redirect)))?)
    })
    .await
}
