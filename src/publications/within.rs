//! Whether what somebody changes lies in the categories that they are limited to. Every write asks it in its transaction: of an article that was there by the category
//! of its newest save, of each save by the category that it puts the article into, of a category by the one above it.

use diesel::dsl::exists;
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use crate::db::dialect::{self, Hold, Lock};
use crate::db::schema::{categories, category_ancestors};
use crate::db::{AnyConnection, Error, Tx};
use crate::kernel::caller::{Caller, Role};
use crate::kernel::id::CategoryId;
use crate::kernel::mistakes::Mistakes;
use crate::kernel::problem::{Code, Problem, Result};

/// To how many categories somebody is limited at most.
pub const MOST_CATEGORIES: usize = 50;

/// Lets the caller pass if they are not limited, or if `category` is one of theirs or lies below one. What has no category lies outside. The write keeps it in mind, so
/// that whoever asks for its answer again is judged by where it was done.
///
/// # Errors
/// `forbidden` (403), naming the categories that they are limited to.
pub fn require(tx: &mut Tx<'_>, caller: &Caller, category: Option<CategoryId>) -> Result<()> {
    tx.note_place(category);
    let Some(theirs) = &caller.categories else { return Ok(()) };
    if category.map(|id| lies_in(tx.conn(), id, theirs)).transpose()? == Some(true) {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden, outside(&slugs(tx.conn(), theirs)?)))
}

/// The same of each category that an article gets besides its main one. Those in which it lies `already` may stay, whoever put it there.
///
/// # Errors
/// As [`require`].
pub fn require_further(tx: &mut Tx<'_>, caller: &Caller, further: &[CategoryId], already: &[CategoryId]) -> Result<()> {
    further.iter().filter(|id| !already.contains(id)).try_for_each(|id| require(tx, caller, Some(*id)))
}

fn lies_in(connection: &mut AnyConnection, id: CategoryId, theirs: &[CategoryId]) -> crate::db::Result<bool> {
    let rows = category_ancestors::table.filter(category_ancestors::category_id.eq(id));
    let rows = rows.filter(category_ancestors::ancestor_id.eq_any(theirs.to_vec()));
    Ok(diesel::select(exists(rows)).get_result(connection)?)
}

fn slugs(connection: &mut AnyConnection, ids: &[CategoryId]) -> crate::db::Result<Vec<String>> {
    let rows = categories::table.filter(categories::id.eq_any(ids.to_vec())).order(categories::slug);
    Ok(rows.select(categories::slug).load(connection)?)
}

fn outside(slugs: &[String]) -> String {
    if slugs.is_empty() {
        return "The categories that you were limited to are gone: you may change no article and no category until an admin gives you others.".to_owned();
    }
    let named = slugs.iter().map(|slug| format!("`{slug}`")).collect::<Vec<_>>().join(", ");
    format!(
        "You are limited to the categories {named}: you may change what lies in them or below, and put nothing elsewhere. They themselves are not yours to change."
    )
}

/// Notes what is wrong with the categories that a user or an API key is to be limited to, and keeps them from being deleted until the end of the write. Take no lock of
/// users before: whoever deletes a category takes the tree first.
///
/// # Errors
/// If the database fails.
pub fn check(connection: &mut AnyConnection, category_ids: &[CategoryId], mistakes: &mut Mistakes) -> Result<()> {
    dialect::lock(connection, Lock::Tree, Hold::Shared)?;
    let known = categories::table.filter(categories::id.eq_any(category_ids.to_vec())).select(categories::id);
    let known: Vec<CategoryId> = known.load(connection).map_err(Error::from)?;
    for (at, _) in category_ids.iter().enumerate().filter(|(_, id)| !known.contains(id)) {
        mistakes.note(format!("/category_ids/{at}"), "unknown", "there is no such category");
    }
    Ok(())
}

/// Notes where an admin is to be limited.
pub fn check_role(role: Role, is_limited: bool, mistakes: &mut Mistakes) {
    if role == Role::Admin && is_limited {
        mistakes.note(
            "/category_ids",
            "admin",
            "admins are never limited to categories: leave it out, or send null where somebody becomes one",
        );
    }
}
