//! Making, renaming, merging and deleting tags and authors. Every change holds the tree alone, as every save shares it: nothing that a save names goes before it
//! is written.

use serde_json::{Value, json};

use super::dto::{EditorAuthor, EditorTag, TermCreate, TermPatch};
use super::store::{self, Row};
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{AnyConnection, Db, StoredId, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::TermId;
use crate::kernel::mistakes::Checked;
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, SortValue};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::refs::Relation;
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::slug::Slug;
use crate::kernel::version::Expected;
use crate::publications::named::{self, Named};
use crate::publications::{listings, within};

/// What editors see of a tag or an author.
pub trait Seen: Send + Sized + 'static {
    /// Which of both it is.
    const RELATION: Relation;

    /// As it is seen.
    ///
    /// # Errors
    /// If what is stored is not JSON.
    fn of(row: Row) -> Result<Self>;
}

impl Seen for EditorTag {
    const RELATION: Relation = Relation::Tag;

    fn of(row: Row) -> Result<Self> {
        let Row { id, slug, name, description, version, created_at, updated_at, .. } = row;
        Ok(Self { id: id.into(), slug, name, description, version, created_at, updated_at })
    }
}

impl Seen for EditorAuthor {
    const RELATION: Relation = Relation::Author;

    fn of(row: Row) -> Result<Self> {
        let (picture, links) = (row.picture()?, row.links()?);
        let Row { id, slug, name, description: bio, version, created_at, updated_at, .. } = row;
        Ok(Self { id: id.into(), slug, name, bio, picture, links, version, created_at, updated_at })
    }
}

/// What the audit log says was done.
struct Actions {
    created: &'static str,
    updated: &'static str,
    merged: &'static str,
    deleted: &'static str,
}

const fn actions(relation: Relation) -> Actions {
    match relation {
        Relation::Tag => Actions { created: "tag.created", updated: "tag.updated", merged: "tag.merged", deleted: "tag.deleted" },
        Relation::Author => {
            Actions { created: "author.created", updated: "author.updated", merged: "author.merged", deleted: "author.deleted" }
        }
    }
}

fn target(relation: Relation, id: TermId) -> Target {
    Target { kind: relation.name(), id: id.uuid() }
}

/// What the audit log tells of one.
fn told(row: &Row) -> Result<Value> {
    let mut told = json!({ "slug": row.slug, "name": row.name, "description": row.description });
    if row.relation == Relation::Author.name() {
        told = json!({ "slug": row.slug, "name": row.name, "bio": row.description, "picture": row.picture()?, "links": row.links()? });
    }
    Ok(told)
}

fn text(value: &impl serde::Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(Problem::internal)
}

/// Makes a tag or an author.
///
/// # Errors
/// `slug_taken` (409); 403 for whom is limited to categories.
pub async fn create<S: Seen>(db: &Db, caller: &Caller, create: Checked<impl Into<TermCreate>>, keyed: Option<Keyed<S>>) -> Result<Once<S>> {
    let (caller, create) = (caller.clone(), create.finish()?.into());
    idempotency::write(db, keyed, move |tx| S::of(create_in(tx, &caller, S::RELATION, &create)?)).await
}

fn create_in(tx: &mut Tx<'_>, caller: &Caller, relation: Relation, create: &TermCreate) -> Result<Row> {
    dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
    within::require(tx, caller, None)?;
    let id = TermId::new();
    let slug = match &create.slug {
        Some(slug) => {
            refuse_taken(tx.conn(), relation, id, slug.as_str())?;
            slug.to_string()
        }
        None => free_slug(tx.conn(), relation, &create.name)?,
    };
    let now = tx.now()?;
    let row = Row {
        id,
        relation: relation.name().to_owned(),
        slug,
        name: create.name.trim().to_owned(),
        description: create.description.clone(),
        picture: create.picture.as_ref().map(text).transpose()?,
        links: text(&create.links)?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx.conn(), &row)?;
    record(tx, &caller.into(), actions(relation).created, target(relation, id), Change::made(told(&row)?))?;
    Ok(row)
}

/// Changes the fields that a merge patch names; a change that changes nothing leaves its version.
///
/// # Errors
/// 404, 412, `slug_taken` (409); 403 for whom is limited to categories.
pub async fn update<S: Seen>(
    db: &Db,
    caller: &Caller,
    id: TermId,
    expected: Expected,
    patch: Checked<impl Into<TermPatch> + Send + 'static>,
) -> Result<S> {
    let (caller, patch) = (caller.clone(), patch.finish()?.into());
    db.write(move |tx| S::of(update_in(tx, &caller, S::RELATION, id, &expected, &patch)?)).await
}

fn update_in(tx: &mut Tx<'_>, caller: &Caller, relation: Relation, id: TermId, expected: &Expected, patch: &TermPatch) -> Result<Row> {
    dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
    let before = store::find(tx.conn(), relation, id)?.ok_or_else(Problem::not_found)?;
    within::require(tx, caller, None)?;
    expected.check_alone(before.version.unsigned_abs())?;
    let mut row = changed(&before, patch)?;
    if row == before {
        return Ok(row);
    }
    refuse_taken(tx.conn(), relation, id, &row.slug)?;
    row.version += 1;
    row.updated_at = tx.now()?;
    store::update(tx.conn(), &before, &row)?;
    let change = Change::between(told(&before)?, told(&row)?, &["slug"]);
    record(tx, &caller.into(), actions(relation).updated, target(relation, id), change)?;
    Ok(row)
}

fn changed(before: &Row, patch: &TermPatch) -> Result<Row> {
    let TermPatch { name, slug, description, picture, links } = patch.clone();
    let picture = picture.or(before.picture()?);
    let links = links.or(Some(before.links()?)).unwrap_or_default();
    Ok(Row {
        slug: slug.as_ref().map_or_else(|| before.slug.clone(), Slug::to_string),
        name: name.map_or_else(|| before.name.clone(), |name| name.trim().to_owned()),
        description: description.or(Some(before.description.clone())).unwrap_or_default(),
        picture: picture.as_ref().map(text).transpose()?,
        links: text(&links)?,
        ..before.clone()
    })
}

/// Deletes one that is not in use, or whose articles go to `reassign_to`, which its slugs lead to then.
///
/// # Errors
/// 404, 412; `in_use` (409); 400 if there is no `reassign_to`; 403 for whom is limited to categories.
pub async fn delete(
    db: &Db,
    caller: &Caller,
    relation: Relation,
    id: TermId,
    expected: Expected,
    reassign_to: Option<TermId>,
) -> Result<()> {
    let (actor, caller) = (Actor::from(caller), caller.clone());
    db.write(move |tx| {
        dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
        let row = store::find(tx.conn(), relation, id)?.ok_or_else(Problem::not_found)?;
        within::require(tx, &caller, None)?;
        expected.check_alone(row.version.unsigned_abs())?;
        let change = Change::removed(told(&row)?);
        let Some(other) = reassign_to else {
            refuse_in_use(tx, relation, &row)?;
            store::delete(tx.conn(), &row)?;
            return Ok(record(tx, &actor, actions(relation).deleted, target(relation, id), change)?);
        };
        merge_in(tx, relation, &row, other)?;
        Ok(record(tx, &actor, actions(relation).merged, target(relation, id), change.with("reassign_to", other.to_string()))?)
    })
    .await
}

fn merge_in(tx: &mut Tx<'_>, relation: Relation, row: &Row, other: TermId) -> Result<()> {
    let refused = |detail: String| Err(Problem::invalid_parameter("reassign_to", "unknown", detail));
    if other == row.id {
        return refused("it must name another one".to_owned());
    }
    if store::find(tx.conn(), relation, other)?.is_none() {
        return refused(format!("there is no such {}", relation.name()));
    }
    let named = Named::Term(relation, row.id);
    let listed = named::articles_naming(tx.conn(), named)?;
    named::rewrite(tx.conn(), named, StoredId(other.uuid()))?;
    listings::rewrite_all(tx.conn(), &listed)?;
    Ok(store::merge(tx.conn(), row, other)?)
}

fn refuse_in_use(tx: &mut Tx<'_>, relation: Relation, row: &Row) -> Result<()> {
    let now = tx.now()?;
    if named::is_in_use(tx.conn(), Named::Term(relation, row.id), now)? {
        let detail =
            format!("Articles name `{}`. Take it from them first, or name another {} in `reassign_to`.", row.slug, relation.name());
        return Err(Problem::new(Code::InUse, detail));
    }
    Ok(())
}

fn refuse_taken(connection: &mut AnyConnection, relation: Relation, id: TermId, slug: &str) -> Result<()> {
    match store::id_of_slug(connection, relation, slug)? {
        Some(holder) if holder != id => Err(Problem::new(Code::SlugTaken, format!("Another {} has the slug `{slug}`.", relation.name()))),
        _ => Ok(()),
    }
}

/// The first of `slug`, `slug-2`, `slug-3` that none has or had: readers may still come by it.
fn free_slug(connection: &mut AnyConnection, relation: Relation, name: &str) -> Result<String> {
    let free = Slug::from_title(name, relation.name())
        .first_free(|slug| Ok(store::id_of_slug(connection, relation, slug)?.is_some() || store::had(connection, relation, slug)?))?;
    Ok(free.to_string())
}

/// A tag or an author as editors see it.
///
/// # Errors
/// 404.
pub async fn get<S: Seen>(db: &Db, id: TermId) -> Result<S> {
    db.read(move |connection| S::of(store::find(connection, S::RELATION, id)?.ok_or_else(Problem::not_found)?)).await
}

/// A page of tags or authors by their slugs. `operation` names the list, for its cursors.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list<S: Seen>(db: &Db, operation: &str, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<S>> {
    let parameters = ListParameters::of(operation);
    let place = key.place(&parameters, cursor)?;
    let (from, rows) = (place.clone(), limit.read_rows());
    let rows = db.read(move |connection| {
        let beyond = from.as_ref().and_then(|place| match &place.value {
            SortValue::Text(slug) => Some((place.direction, slug.as_str())),
            SortValue::Number(_) => None,
        });
        Ok::<_, Problem>(store::beyond(connection, S::RELATION, beyond, rows)?)
    });
    let at = |row: &Row| (SortValue::Text(row.slug.clone()), row.id.uuid());
    let page = Page::cut(rows.await?, limit, place.as_ref(), key, parameters.as_str(), at);
    let Page { items, next, previous, total } = page;
    let items = items.into_iter().map(S::of).collect::<Result<Vec<S>>>()?;
    Ok(Page { items, next, previous, total })
}
