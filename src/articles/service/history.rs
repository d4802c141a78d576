//! The history of an article: its revisions, in what they differ, and the way back to one. A revision itself never changes.

use serde_json::Map;
use tokio::sync::Semaphore;

use super::{About, Autosave, Followers, Site, Written, advance, finish, open, prepared, present, rendered};
use crate::articles::difference::Difference;
use crate::articles::dto::history::{FieldChange, Revision, RevisionContent, RevisionDiff, RevisionSummary};
use crate::articles::dto::{BodySource, EditorArticle};
use crate::articles::seen;
use crate::articles::store::history::{self, Row};
use crate::articles::store::{self, Content, RefSlugs};
use crate::bodies::Warning;
use crate::db::{AnyConnection, Db};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, TermId};
use crate::kernel::mistakes::Mistakes;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, SortValue};
use crate::kernel::problem::{Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::publications::revision::differences;
use crate::publications::subject;

/// Which page of an article's revisions.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The list, for cursors.
    pub parameters: ListParameters,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub cursor: Option<String>,
}

/// A page of the revisions of an article that the caller may see, the newest first. Two statements, whatever the size of the page.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, id: ArticleId, asked: Asked) -> Result<Page<RevisionSummary>> {
    let Asked { parameters, limit, cursor } = asked;
    let place = key.place(&parameters, cursor.as_deref())?;
    let key = key.clone();
    db.read(db.at_present(move |connection, now| {
        let rows = history::page(connection, id, now, place.as_ref(), limit)?;
        let at = |row: &Row| (SortValue::Number(row.number), id.uuid());
        Ok(Page::cut(rows, limit, place.as_ref(), &key, parameters.as_str(), at).map(seen::history::summary))
    }))
    .await
}

/// Refuses what there is not, before the rest of a request is looked at.
///
/// # Errors
/// 404, also for what the caller may not see.
pub async fn check(db: &Db, caller: &Caller, id: ArticleId, number: i64) -> Result<()> {
    let caller = caller.clone();
    db.read(move |connection| {
        let is_seen = subject::find(connection, id)?.is_some_and(|subject| subject.is_seen_by(&caller));
        if is_seen && history::exists(connection, id, number)? { Ok(()) } else { Err(Problem::not_found()) }
    })
    .await
}

/// One revision.
///
/// # Errors
/// 404, also for what the caller may not see.
pub async fn get(db: &Db, caller: &Caller, id: ArticleId, number: i64) -> Result<Revision> {
    let caller = caller.clone();
    db.read(db.at_present(move |connection, now| {
        subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let row = history::find(connection, id, number, now)?.ok_or_else(Problem::not_found)?;
        let content = store::revision(connection, id, number)?.ok_or_else(Problem::not_found)?.content;
        let slugs = store::slugs_of(connection, &content.refs)?;
        Ok(seen::history::revision(row, content, slugs)?)
    }))
    .await
}

/// How many pairs are compared at once; others wait, so that long texts take neither the memory nor the processor from readers.
static COMPARING: Semaphore = Semaphore::const_new(2);

/// In what revision `number` of an article that the caller may see differs from `against`; from the one before it unless that is said.
///
/// # Errors
/// 404; `invalid_parameter` (400) if there is no `against`.
pub async fn diff(db: &Db, id: ArticleId, number: i64, against: Option<i64>) -> Result<RevisionDiff> {
    let turn = COMPARING.acquire().await.map_err(Problem::internal)?;
    let compared = move |connection: &mut AnyConnection| {
        let from = if against.is_some() { against } else { history::before(connection, id, number)? };
        Ok::<_, Problem>((from, both(connection, id, from, number)?))
    };
    let (from, (then, now)) = db.read_long(compared).await?;
    let comparing = tokio::task::spawn_blocking(move || {
        // The turn is over when the thread has ended, also where whoever asked is gone before.
        let _turn = turn;
        Ok(RevisionDiff { from, to: number, changes: changes(then, now, (from, number))? })
    });
    comparing.await.map_err(Problem::internal)?
}

/// The content of a revision, as it is stored and as it is told.
type Side = (Content, RevisionContent);

fn both(connection: &mut AnyConnection, id: ArticleId, from: Option<i64>, to: i64) -> Result<(Option<Side>, Side)> {
    let now = store::revision(connection, id, to)?.ok_or_else(Problem::not_found)?.content;
    let unknown = || Problem::invalid_parameter("against", "unknown", "the article has no revision of this number");
    let then = from.map(|from| store::revision(connection, id, from)?.map(|then| then.content).ok_or_else(unknown)).transpose()?;
    let refs: Vec<_> = then.iter().chain([&now]).map(|content| content.refs.clone()).collect();
    let slugs = RefSlugs::load(connection, &refs)?;
    let side = |content: Content| {
        let told = seen::history::content(content.clone(), slugs.of(&content.refs))?;
        Ok::<_, Problem>((content, told))
    };
    Ok((then.map(side).transpose()?, side(now)?))
}

/// The fields that differ, with how their texts do. `numbers` are those of the two.
fn changes(then: Option<Side>, now: Side, numbers: (Option<i64>, i64)) -> Result<Vec<FieldChange>> {
    let (then, mut from) = match then {
        Some((then, told)) => (then, told.members()?),
        None => (Content::default(), Map::new()),
    };
    let (now, mut to) = (now.0, now.1.members()?);
    let old_name = numbers.0.map_or_else(|| "/dev/null".to_owned(), |from| format!("revision {from}"));
    let new_name = format!("revision {}", numbers.1);
    let change = |field: String| {
        let (from, to) = (from.remove(&field), to.remove(&field));
        let texts = match field.as_str() {
            "title" => Some((&then.title, &now.title)),
            "excerpt" => Some((&then.excerpt, &now.excerpt)),
            "body" => Some((&then.source, &now.source)),
            _ => None,
        };
        let difference = texts.filter(|(then, now)| then != now).map(|(then, now)| Difference::of(then, now));
        let (words, granularity) = difference.as_ref().map(Difference::words).unzip();
        let unified = difference.filter(|_| field == "body").map(|difference| difference.unified(&old_name, &new_name));
        FieldChange { field, from, to, words, granularity, unified }
    };
    Ok(differences(&then, &now).into_iter().map(change).collect())
}

/// Saves the content of a revision again: a new revision, rendered as bodies are today. What it names and is gone is left out, and told among the warnings.
///
/// # Errors
/// 404, 412, 409 `trashed` or `slug_taken`; 422 if its body has become too long.
pub async fn restore(
    db: &Db,
    site: &Site,
    caller: &Caller,
    id: ArticleId,
    number: i64,
    expected: Expected,
    keyed: Option<Keyed<EditorArticle>>,
) -> Result<Once<EditorArticle>> {
    let source = db.read(move |connection| store::revision(connection, id, number)?.ok_or_else(Problem::not_found)).await?.content;
    let source = BodySource { format: seen::format(&source.format), source: source.source };
    let body = rendered(source, site.embed_hosts.clone()).await?;
    let caller = caller.clone();
    idempotency::write(db, keyed, move |tx| {
        let mut edited = open(tx, &caller, id, &expected)?;
        let mut content = store::revision(tx.conn(), id, number)?.ok_or_else(Problem::not_found)?.content;
        let gone = leave_out_what_is_gone(tx.conn(), &mut content)?;
        let former = present(tx, &edited.subject)?;
        advance(tx, &mut edited, &content)?;
        let before = edited.history.clone();
        let mut edited = prepared(tx, &caller, edited, None, Followers::All, &mut Mistakes::default())?;
        let about = About { note: None, restored_from: Some(number) };
        let autosave = Autosave::Stays;
        let written = Written { former: Some(&former), content: &content, body: &body, before: &before, about, autosave };
        let mut article = finish(tx, &caller, &mut edited, written)?;
        article.warnings.extend(gone);
        Ok(article)
    })
    .await
}

/// Takes out of a revision's content what it names and there is no more, and says so.
fn leave_out_what_is_gone(connection: &mut AnyConnection, content: &mut Content) -> Result<Vec<Warning>> {
    let mut gone = Vec::new();
    let categories = store::known_categories(connection, &content.categories())?;
    let refs = &mut content.refs;
    content.category_id = content.category_id.filter(|id| keep(categories.contains(id), "category", id, &mut gone));
    refs.further_categories.retain(|id| keep(categories.contains(id), "category", id, &mut gone));
    let terms = history::known_terms(connection, &Vec::from_iter(refs.terms()))?;
    refs.tags.retain(|id| keep(terms.contains(&TermId::from(*id)), "tag", id, &mut gone));
    refs.authors.retain(|credit| keep(terms.contains(&TermId::from(credit.id)), "author", &credit.id, &mut gone));
    Ok(gone)
}

fn keep(is_known: bool, what: &str, id: &impl std::fmt::Display, gone: &mut Vec<Warning>) -> bool {
    if !is_known {
        let detail = format!("the revision names the {what} {id}, which there is no more; it is restored without it");
        gone.push(Warning { code: format!("{what}_gone"), detail });
    }
    is_known
}
