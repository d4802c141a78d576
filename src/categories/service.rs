//! Reading and changing the tree of categories. Every change holds the tree alone, so that what is checked still holds when it is written.

use serde_json::{Value, json};

use super::dto::{CategoryCreate, CategoryPatch, CategoryReplace, CategoryStep, EditorCategory};
use super::names::{Names, NamesCache};
use super::rules;
use super::store::{self, Row};
use crate::api_keys::service as api_keys;
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{AnyConnection, Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::CategoryId;
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::page::{CursorKey, Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::slug::Slug;
use crate::kernel::version::Expected;
use crate::publications::named::{self, Named};
use crate::publications::{listings, within};
use crate::users::service as users;

fn target(id: CategoryId) -> Target {
    Target { kind: "category", id: id.uuid() }
}

/// What the audit log tells of a category.
fn told(row: &Row) -> Value {
    json!({ "slug": row.slug, "name": row.name, "description": row.description, "parent_id": row.parent_id, "position": row.position })
}

/// Makes a category.
///
/// # Errors
/// `slug_taken` (409); 422 for an unknown parent; 403 outside the caller's categories.
pub async fn create(
    db: &Db,
    caller: &Caller,
    create: impl Into<Checked<CategoryCreate>>,
    keyed: Option<Keyed<EditorCategory>>,
) -> Result<Once<EditorCategory>> {
    let (caller, create) = (caller.clone(), create.into());
    idempotency::write(db, keyed.filter(|_| create.mistakes.is_empty()), move |tx| {
        dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
        within::require(tx, &caller, create.value.parent_id)?;
        if let Some(slug) = &create.value.slug {
            refuse_others_former(tx, &caller, slug.as_str(), None)?;
        }
        create_in(tx, &(&caller).into(), &create)
    })
    .await
}

/// Makes a category within a write.
///
/// # Errors
/// As [`create`].
pub fn create_in(tx: &mut Tx<'_>, actor: &Actor, create: &Checked<CategoryCreate>) -> Result<EditorCategory> {
    dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
    let id = CategoryId::new();
    let (create, mut mistakes) = (&create.value, create.mistakes.clone());
    mistakes.take(check_parent(tx.conn(), id, create.parent_id))?;
    mistakes.finish()?;
    let slug = match &create.slug {
        Some(slug) => own_slug(tx.conn(), id, slug)?,
        None => free_slug(tx.conn(), &create.name)?,
    };
    let now = tx.now()?;
    let row = Row {
        id,
        slug,
        name: create.name.trim().to_owned(),
        description: create.description.clone().unwrap_or_default(),
        parent_id: create.parent_id,
        position: create.position.unwrap_or(0).into(),
        version: 1,
        created_at: now,
        updated_at: now,
    };
    store::insert(tx.conn(), &row)?;
    record(tx, actor, "category.created", target(id), Change::made(told(&row)))?;
    seen_alone(tx.conn(), row)
}

/// Replaces all of a category. Without `slug` it keeps the slug.
///
/// # Errors
/// 404, 412, `slug_taken` or `cycle` (409), 422 for an unknown parent; 403 outside the caller's categories.
pub async fn replace(
    db: &Db,
    caller: &Caller,
    id: CategoryId,
    expected: Expected,
    whole: impl Into<Checked<CategoryReplace>>,
) -> Result<EditorCategory> {
    let caller = caller.clone();
    let Checked { value: whole, mistakes } = whole.into();
    db.write(move |tx| {
        change_in(tx, &caller, id, &expected, mistakes.clone(), |row| Row {
            slug: whole.slug.as_ref().map_or_else(|| row.slug.clone(), Slug::to_string),
            name: whole.name.trim().to_owned(),
            description: whole.description.clone().unwrap_or_default(),
            parent_id: whole.parent_id,
            position: whole.position.unwrap_or(0).into(),
            ..row.clone()
        })
    })
    .await
}

/// Changes the fields that a merge patch names.
///
/// # Errors
/// As [`replace`].
pub async fn update(
    db: &Db,
    caller: &Caller,
    id: CategoryId,
    expected: Expected,
    patch: impl Into<Checked<CategoryPatch>>,
) -> Result<EditorCategory> {
    let caller = caller.clone();
    let Checked { value: patch, mistakes } = patch.into();
    db.write(move |tx| {
        change_in(tx, &caller, id, &expected, mistakes.clone(), |row| Row {
            slug: patch.slug.as_ref().map_or_else(|| row.slug.clone(), Slug::to_string),
            name: patch.name.as_ref().map_or_else(|| row.name.clone(), |name| name.trim().to_owned()),
            description: patch.description.clone().or(Some(row.description.clone())).unwrap_or_default(),
            parent_id: patch.parent_id.clone().or(row.parent_id),
            position: patch.position.clone().map(i64::from).or(Some(row.position)).unwrap_or(0),
            ..row.clone()
        })
    })
    .await
}

/// Changes a category within a write; a change that changes nothing leaves its version.
fn change_in(
    tx: &mut Tx<'_>,
    caller: &Caller,
    id: CategoryId,
    expected: &Expected,
    mut mistakes: Mistakes,
    change: impl Fn(&Row) -> Row,
) -> Result<EditorCategory> {
    dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
    let before = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
    within::require(tx, caller, before.parent_id)?;
    expected.check_alone(before.version.unsigned_abs())?;
    let mut row = change(&before);
    let is_moved = row.parent_id != before.parent_id;
    if is_moved {
        mistakes.take(check_parent(tx.conn(), id, row.parent_id))?;
    }
    mistakes.finish()?;
    within::require(tx, caller, row.parent_id)?;
    if row == before {
        return seen_alone(tx.conn(), row);
    }
    refuse_taken(tx.conn(), id, &row.slug)?;
    refuse_others_former(tx, caller, &row.slug, Some(id))?;
    row.version += 1;
    row.updated_at = tx.now()?;
    if row.slug != before.slug {
        store::former::give_up(tx.conn(), &row.slug)?;
        store::former::keep(tx.conn(), &before.slug, id)?;
    }
    store::update(tx.conn(), &row, is_moved)?;
    if is_moved {
        listings::move_subtree(tx.conn(), id)?;
    }
    let action = if is_moved { "category.moved" } else { "category.updated" };
    record(tx, &caller.into(), action, target(id), Change::between(told(&before), told(&row), &["slug"]))?;
    seen_alone(tx.conn(), row)
}

/// Deletes a category that is not in use, or whose categories and articles go to `reassign_to`.
///
/// # Errors
/// 404, 412; `in_use` or `cycle` (409); 400 if there is no `reassign_to`; 403 outside the caller's categories.
pub async fn delete(db: &Db, caller: &Caller, id: CategoryId, expected: Expected, reassign_to: Option<CategoryId>) -> Result<()> {
    let (actor, caller) = (Actor::from(caller), caller.clone());
    db.write(move |tx| {
        dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?;
        let row = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
        within::require(tx, &caller, row.parent_id)?;
        expected.check_alone(row.version.unsigned_abs())?;
        let now = tx.now()?;
        let mut change = Change::removed(told(&row));
        match reassign_to {
            Some(other) => {
                within::require(tx, &caller, Some(other))?;
                for (before, moved) in store::reassign::reassign(tx, &row, other, now)? {
                    record(tx, &actor, "category.moved", target(moved.id), Change::between(told(&before), told(&moved), &["slug"]))?;
                }
                change = change.with("reassign_to", other.to_string());
            }
            None => refuse_in_use(tx.conn(), &row, now)?,
        }
        users::forget_category_in(tx, &actor, row.id)?;
        api_keys::forget_category_in(tx, &actor, row.id)?;
        store::delete(tx.conn(), row.id)?;
        Ok(record(tx, &actor, "category.deleted", target(row.id), change)?)
    })
    .await
}

fn refuse_in_use(connection: &mut AnyConnection, row: &Row, now: Instant) -> Result<()> {
    let in_use = |what: &str| Problem::new(Code::InUse, format!("{what} Move them first, or name another category in `reassign_to`."));
    if !store::children(connection, row.id)?.is_empty() {
        return Err(in_use(&format!("Other categories lie in `{}`.", row.slug)));
    }
    if named::is_in_use(connection, Named::Category(row.id), now)? {
        return Err(in_use(&format!("Articles name `{}`.", row.slug)));
    }
    Ok(())
}

fn check_parent(connection: &mut AnyConnection, id: CategoryId, parent: Option<CategoryId>) -> Result<()> {
    let Some(parent) = parent else { return Ok(()) };
    let above = store::above(connection, parent)?;
    if above.is_empty() && id != parent {
        return Err(Problem::invalid_field("/parent_id", "unknown", "there is no such category"));
    }
    let height = store::height(connection, id)?;
    rules::check_parent(id, parent, &above, height)
}

fn refuse_taken(connection: &mut AnyConnection, id: CategoryId, slug: &str) -> Result<()> {
    match store::id_of_slug(connection, slug)? {
        Some(holder) if holder != id => Err(Problem::new(Code::SlugTaken, format!("Another category has the slug `{slug}`."))),
        _ => Ok(()),
    }
}

/// A slug that another category had leads readers there: who takes it changes that one as well.
fn refuse_others_former(tx: &mut Tx<'_>, caller: &Caller, slug: &str, taker: Option<CategoryId>) -> Result<()> {
    match store::former::holder(tx.conn(), slug)? {
        Some(holder) if Some(holder.id) != taker => within::require(tx, caller, holder.parent_id),
        _ => Ok(()),
    }
}

fn own_slug(connection: &mut AnyConnection, id: CategoryId, slug: &Slug) -> Result<String> {
    refuse_taken(connection, id, slug.as_str())?;
    Ok(slug.to_string())
}

/// The first of `slug`, `slug-2`, `slug-3` that no category has or had: readers may still come by it.
fn free_slug(connection: &mut AnyConnection, name: &str) -> Result<String> {
    let free = Slug::from_title(name, "category")
        .first_free(|slug| Ok(store::id_of_slug(connection, slug)?.is_some() || store::former::is_kept(connection, slug)?))?;
    Ok(free.to_string())
}

/// A category as editors see it.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: CategoryId) -> Result<EditorCategory> {
    db.read(move |connection| {
        let row = store::find(connection, id)?.ok_or_else(Problem::not_found)?;
        seen_alone(connection, row)
    })
    .await
}

/// A page of categories in the order of the tree.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, names: &NamesCache, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<EditorCategory>> {
    let parameters = ListParameters::of("listEditorCategories");
    let place = key.place(&parameters, cursor)?;
    let (names, key) = (names.clone(), key.clone());
    db.read(move |connection| {
        let names = names.current(connection)?;
        let order: Vec<CategoryId> = names.categories().map(|category| category.id).collect();
        let ids = beyond(&order, place.as_ref(), limit);
        let rows = store::some(connection, &ids)?;
        let items = ids.iter().filter_map(|id| rows.iter().find(|row| row.id == *id)).map(|row| seen(&names, row.clone())).collect();
        let at = |category: &EditorCategory| {
            let index = order.iter().position(|id| *id == category.id).and_then(|index| i64::try_from(index).ok());
            (SortValue::Number(index.unwrap_or(i64::MAX)), category.id.uuid())
        };
        Ok(Page::cut(items, limit, place.as_ref(), &key, parameters.as_str(), at))
    })
    .await
}

/// The ids of a page, one more than `limit` where there are more, in the direction of `place`. The category that it names may have been moved or
/// deleted meanwhile; then its former number stands for it.
fn beyond(order: &[CategoryId], place: Option<&Place>, limit: Limit) -> Vec<CategoryId> {
    let Some(place) = place else { return order.iter().take(limit.rows() + 1).copied().collect() };
    let number = match place.value {
        SortValue::Number(number) => usize::try_from(number).unwrap_or(0),
        SortValue::Text(_) => 0,
    };
    let present = order.iter().position(|id| id.uuid() == place.id);
    match place.direction {
        // Where the category is gone, the one after it has its number.
        Direction::Forward => order.iter().skip(present.map_or(number, |at| at + 1)).take(limit.rows() + 1).copied().collect(),
        Direction::Backward => order[..present.unwrap_or(number).min(order.len())].iter().rev().take(limit.rows() + 1).copied().collect(),
    }
}

/// A category with the way to it read from the database.
fn seen_alone(connection: &mut AnyConnection, row: Row) -> Result<EditorCategory> {
    let mut ids = store::above(connection, row.id)?;
    ids.reverse();
    let rows = store::some(connection, &ids)?;
    let path = ids.iter().filter_map(|id| rows.iter().find(|row| row.id == *id));
    let path = path.map(|step| CategoryStep { id: step.id, slug: step.slug.clone(), name: step.name.clone() }).collect();
    Ok(editor_category(row, path))
}

fn seen(names: &Names, row: Row) -> EditorCategory {
    let path = names.path(row.id).into_iter();
    let path = path.map(|step| CategoryStep { id: step.id, slug: step.slug.clone(), name: step.name.clone() }).collect();
    editor_category(row, path)
}

fn editor_category(row: Row, path: Vec<CategoryStep>) -> EditorCategory {
    EditorCategory {
        id: row.id,
        slug: row.slug,
        name: row.name,
        description: row.description,
        parent_id: row.parent_id,
        position: row.position,
        depth: i64::try_from(path.len()).unwrap_or(i64::MAX).saturating_sub(1).max(0),
        path,
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_the_tree_goes_on_where_the_last_one_ended_though_a_category_is_gone() {
        let order: Vec<CategoryId> = (0..5).map(|_| CategoryId::new()).collect();
        let two = Limit::new(2).unwrap();
        let place = |number: i64, id: CategoryId, direction| Place { value: SortValue::Number(number), id: id.uuid(), direction };
        assert_eq!(beyond(&order, None, two), order[..3]);
        assert_eq!(beyond(&order, Some(&place(1, order[1], Direction::Forward)), two), order[2..]);
        assert_eq!(beyond(&order, Some(&place(2, order[2], Direction::Backward)), two), [order[1], order[0]]);
        let gone = CategoryId::new();
        assert_eq!(beyond(&order, Some(&place(2, gone, Direction::Forward)), two), order[2..]);
        assert_eq!(beyond(&order, Some(&place(9, gone, Direction::Backward)), two), [order[4], order[3], order[2]]);
    }
}
