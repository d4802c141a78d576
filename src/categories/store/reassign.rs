//! Giving what a category holds to another one (contract section 2, `reassign_to`): in all revisions, past ones included, which moves no date and no
//! version. With merging, the one exception to their immutability.

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl};

use super::Row;
use crate::categories::{rules, store};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::schema::{articles, autosaves, revision_keys, revisions};
use crate::db::{AnyConnection, Error, IdSql, Statement, StoredId, Tx};
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::refs::Refs;
use crate::publications::listings;

/// Takes the tree alone, after the articles that name the category: writers of articles take both in this order.
///
/// # Errors
/// If the database fails.
pub fn lock(tx: &mut Tx<'_>, id: CategoryId) -> Result<()> {
    let suffix = dialect::for_update(tx.conn());
    let rows: Vec<StoredId> = Statement::<IdSql>::new(
        "SELECT id FROM articles WHERE id IN (SELECT article_id FROM revision_keys WHERE relation = 'category' AND target_id = ",
    )
    .bind(id)
    .sql(") ORDER BY id")
    .sql(suffix)
    .load(tx.conn())
    .map_err(Error::from)?;
    drop(rows);
    Ok(dialect::lock(tx.conn(), Lock::Tree, Hold::Exclusive)?)
}

/// Moves what lies in `row`, categories and articles, to `target`: the categories, as they were and as they are.
///
/// # Errors
/// `cycle` (409) if the target lies in or below it; 400 if there is no such category; 422 if something would lie too deep.
pub fn reassign(tx: &mut Tx<'_>, row: &Row, target: CategoryId, now: Instant) -> Result<Vec<(Row, Row)>> {
    let above = store::above(tx.conn(), target)?;
    if above.is_empty() {
        return Err(Problem::invalid_parameter("reassign_to", "unknown", "there is no such category"));
    }
    if above.contains(&row.id) {
        return Err(Problem::new(Code::Cycle, "`reassign_to` must name a category that is neither this one nor below it."));
    }
    let listed = listings::articles_below(tx.conn(), row.id)?;
    let moved = move_children(tx.conn(), row.id, target, &above, now)?;
    rewrite_revisions(tx.conn(), row.id, target)?;
    listings::rewrite_all(tx.conn(), &listed)?;
    Ok(moved)
}

fn move_children(
    connection: &mut AnyConnection,
    id: CategoryId,
    target: CategoryId,
    above: &[CategoryId],
    now: Instant,
) -> Result<Vec<(Row, Row)>> {
    let mut moved = Vec::new();
    for before in store::children(connection, id)? {
        let height = store::height(connection, before.id)?;
        rules::check_parent(before.id, target, above, height)?;
        let child = Row { parent_id: Some(target), version: before.version + 1, updated_at: now, ..before.clone() };
        store::update(connection, &child, true)?;
        moved.push((before, child));
    }
    Ok(moved)
}

type Named = (ArticleId, i64, Option<CategoryId>, String);

fn rewrite_revisions(connection: &mut AnyConnection, id: CategoryId, target: CategoryId) -> crate::db::Result<()> {
    let named: Vec<Named> = Statement::<(IdSql, BigInt, Nullable<IdSql>, Text)>::new(
        "SELECT r.article_id, r.number, r.category_id, r.refs FROM revision_keys k \
         JOIN revisions r ON r.article_id = k.article_id AND r.number = k.number WHERE k.relation = 'category' AND k.target_id = ",
    )
    .bind(id)
    .load(connection)?;
    for (article_id, number, category_id, refs) in named {
        let main = category_id.map(|main| if main == id { target } else { main });
        let mut refs: Refs = serde_json::from_str(&refs).map_err(Error::corrupt)?;
        replace(&mut refs.further_categories, main, id, target);
        diesel::update(revisions::table.find((article_id, number)))
            .set((revisions::category_id.eq(main), revisions::refs.eq(serde_json::to_string(&refs).map_err(Error::corrupt)?)))
            .execute(connection)?;
    }
    rewrite_keys(connection, id, target)?;
    rewrite_autosaves(connection, id, target)?;
    let articles = diesel::update(articles::table).filter(articles::category_id.eq(id));
    articles.set(articles::category_id.eq(target)).execute(connection)?;
    Ok(())
}

/// What people have not saved would else name a category that is gone. They are as few as people write at once, and are looked through.
fn rewrite_autosaves(connection: &mut AnyConnection, id: CategoryId, target: CategoryId) -> crate::db::Result<()> {
    type Written = (ArticleId, UserId, Option<CategoryId>, String);
    let written: Vec<Written> = Statement::<(IdSql, IdSql, Nullable<IdSql>, Text)>::new(
        "SELECT article_id, user_id, category_id, refs FROM autosaves WHERE category_id = ",
    )
    .bind(id)
    .sql(" OR refs LIKE ")
    .bind(format!("%{id}%"))
    .load(connection)?;
    for (article_id, user_id, category_id, refs) in written {
        let main = category_id.map(|main| if main == id { target } else { main });
        let mut refs: Refs = serde_json::from_str(&refs).map_err(Error::corrupt)?;
        replace(&mut refs.further_categories, main, id, target);
        diesel::update(autosaves::table.find((article_id, user_id)))
            .set((autosaves::category_id.eq(main), autosaves::refs.eq(serde_json::to_string(&refs).map_err(Error::corrupt)?)))
            .execute(connection)?;
    }
    Ok(())
}

/// Puts one category in the place of another; each is named once, and the main one not among the further ones.
fn replace(further: &mut Vec<CategoryId>, main: Option<CategoryId>, id: CategoryId, target: CategoryId) {
    let mut kept: Vec<CategoryId> = Vec::with_capacity(further.len());
    for other in further.drain(..).map(|other| if other == id { target } else { other }) {
        if Some(other) != main && !kept.contains(&other) {
            kept.push(other);
        }
    }
    *further = kept;
}

fn rewrite_keys(connection: &mut AnyConnection, id: CategoryId, target: CategoryId) -> crate::db::Result<()> {
    Statement::<()>::new("INSERT INTO revision_keys (article_id, number, relation, target_id) SELECT article_id, number, relation, ")
        .bind(target)
        .sql(" FROM revision_keys WHERE relation = 'category' AND target_id = ")
        .bind(id)
        .sql(" ON CONFLICT DO NOTHING")
        .execute(connection)?;
    let keys = diesel::delete(revision_keys::table).filter(revision_keys::relation.eq("category"));
    keys.filter(revision_keys::target_id.eq(StoredId(id.uuid()))).execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_names_each_category_once() {
        let [old, new, other] = [(); 3].map(|()| CategoryId::new());
        let replaced = |mut further: Vec<CategoryId>, main| {
            replace(&mut further, main, old, new);
            further
        };
        assert_eq!(replaced(vec![old, other], None), [new, other]);
        assert_eq!(replaced(vec![new, old], None), [new]);
        assert_eq!(replaced(vec![old, other], Some(new)), [other]);
    }
}
