//! What revisions name: whether something is in use, and giving what names it to another (contract section 2, `reassign_to`): in all revisions, past ones included,
//! which moves no date and no version. The one exception to their immutability.

use diesel::sql_types::{BigInt, Nullable, Text};
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl};

use crate::db::schema::{articles, autosaves, names_version, revision_keys, revisions};
use crate::db::{AnyConnection, Error, IdSql, Result, Statement, StoredId};
use crate::kernel::id::{ArticleId, AuthorId, CategoryId, TermId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::refs::{Credit, Refs, Relation};

/// Something that revisions name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// A category.
    Category(CategoryId),
    /// A tag or an author.
    Term(Relation, TermId),
}

impl Named {
    fn relation(self) -> &'static str {
        match self {
            Self::Category(_) => "category",
            Self::Term(relation, _) => relation.name(),
        }
    }

    fn id(self) -> StoredId {
        match self {
            Self::Category(id) => StoredId(id.uuid()),
            Self::Term(_, id) => StoredId(id.uuid()),
        }
    }

    /// Puts another one of its kind in its place; each is named once, and the main category not among the further ones.
    fn replace(self, other: StoredId, main: Option<CategoryId>, refs: &mut Refs) -> Option<CategoryId> {
        let (own, other) = (self.id().0, other.0);
        match self {
            Self::Category(id) => {
                let main = main.map(|main| if main == id { other.into() } else { main });
                put(&mut refs.further_categories, id, other.into());
                refs.further_categories.retain(|further| Some(*further) != main);
                return main;
            }
            Self::Term(Relation::Tag, _) => put(&mut refs.tags, own.into(), other.into()),
            Self::Term(Relation::Author, _) => credit(&mut refs.authors, own.into(), other.into()),
        }
        main
    }
}

fn put<Id: Copy + PartialEq>(ids: &mut Vec<Id>, own: Id, other: Id) {
    each_once(ids, |id| if id == own { other } else { id });
}

/// The same of authors, who keep their places and roles.
fn credit(credits: &mut Vec<Credit>, own: AuthorId, other: AuthorId) {
    each_once(credits, |credit| if credit.id == own { Credit { id: other, ..credit } } else { credit });
}

fn each_once<T: Copy + PartialEq>(items: &mut Vec<T>, become_of: impl Fn(T) -> T) {
    let mut kept: Vec<T> = Vec::with_capacity(items.len());
    for item in items.drain(..).map(become_of) {
        if !kept.contains(&item) {
            kept.push(item);
        }
    }
    *items = kept;
}

/// Whether a revision names it that is the newest, was published, or will be.
///
/// # Errors
/// If the database fails.
pub fn is_in_use(connection: &mut AnyConnection, named: Named, now: Instant) -> Result<bool> {
    let rows = Statement::<BigInt>::new("SELECT k.number FROM revision_keys k JOIN articles a ON a.id = k.article_id WHERE k.relation = ")
        .bind(named.relation())
        .sql(" AND k.target_id = ")
        .bind(named.id())
        .sql(
            " AND (k.number = a.newest_revision OR EXISTS (SELECT 1 FROM publications p WHERE p.article_id = k.article_id \
             AND p.revision = k.number AND (p.ends_at > p.publish_at OR p.publish_at > ",
        )
        .bind(now)
        .sql("))) LIMIT 1");
    Ok(rows.get_result::<i64>(connection).optional()?.is_some())
}

/// The articles of which a revision names it.
///
/// # Errors
/// If the database fails.
pub fn articles_naming(connection: &mut AnyConnection, named: Named) -> Result<Vec<ArticleId>> {
    let articles = Statement::<IdSql>::new("SELECT DISTINCT article_id FROM revision_keys WHERE relation = ").bind(named.relation());
    Ok(articles.sql(" AND target_id = ").bind(named.id()).load(connection)?)
}

/// Lets everything that names it name another one of its kind. The caller holds the tree exclusively.
///
/// # Errors
/// If the database fails.
pub fn rewrite(connection: &mut AnyConnection, named: Named, other: StoredId) -> Result<()> {
    type Row = (ArticleId, i64, Option<CategoryId>, String);
    let rows: Vec<Row> = Statement::<(IdSql, BigInt, Nullable<IdSql>, Text)>::new(
        "SELECT r.article_id, r.number, r.category_id, r.refs FROM revision_keys k \
         JOIN revisions r ON r.article_id = k.article_id AND r.number = k.number WHERE k.relation = ",
    )
    .bind(named.relation())
    .sql(" AND k.target_id = ")
    .bind(named.id())
    .load(connection)?;
    for (article_id, number, main, refs) in rows {
        let mut refs: Refs = serde_json::from_str(&refs).map_err(Error::corrupt)?;
        let main = named.replace(other, main, &mut refs);
        diesel::update(revisions::table.find((article_id, number)))
            .set((revisions::category_id.eq(main), revisions::refs.eq(serde_json::to_string(&refs).map_err(Error::corrupt)?)))
            .execute(connection)?;
    }
    rewrite_keys(connection, named, other)?;
    rewrite_autosaves(connection, named, other)?;
    if let Named::Category(id) = named {
        let rows = diesel::update(articles::table).filter(articles::category_id.eq(id));
        rows.set(articles::category_id.eq(CategoryId::from(other.0))).execute(connection)?;
    }
    Ok(())
}

/// What people have not saved would else name what is gone. They are as few as people write at once, and are looked through.
fn rewrite_autosaves(connection: &mut AnyConnection, named: Named, other: StoredId) -> Result<()> {
    type Written = (ArticleId, UserId, Option<CategoryId>, String);
    let id = named.id();
    let written: Vec<Written> = Statement::<(IdSql, IdSql, Nullable<IdSql>, Text)>::new(
        "SELECT article_id, user_id, category_id, refs FROM autosaves WHERE category_id = ",
    )
    .bind(id)
    .sql(" OR refs LIKE ")
    .bind(format!("%{}%", id.0))
    .load(connection)?;
    for (article_id, user_id, main, refs) in written {
        let mut refs: Refs = serde_json::from_str(&refs).map_err(Error::corrupt)?;
        let main = named.replace(other, main, &mut refs);
        diesel::update(autosaves::table.find((article_id, user_id)))
            .set((autosaves::category_id.eq(main), autosaves::refs.eq(serde_json::to_string(&refs).map_err(Error::corrupt)?)))
            .execute(connection)?;
    }
    Ok(())
}

fn rewrite_keys(connection: &mut AnyConnection, named: Named, other: StoredId) -> Result<()> {
    Statement::<()>::new("INSERT INTO revision_keys (article_id, number, relation, target_id) SELECT article_id, number, relation, ")
        .bind(other)
        .sql(" FROM revision_keys WHERE relation = ")
        .bind(named.relation())
        .sql(" AND target_id = ")
        .bind(named.id())
        .sql(" ON CONFLICT DO NOTHING")
        .execute(connection)?;
    let keys = diesel::delete(revision_keys::table).filter(revision_keys::relation.eq(named.relation()));
    keys.filter(revision_keys::target_id.eq(named.id())).execute(connection)?;
    Ok(())
}

/// Something is called otherwise: whoever keeps names in memory loads them anew.
///
/// # Errors
/// If the database fails.
pub fn names_changed(connection: &mut AnyConnection) -> Result<()> {
    diesel::update(names_version::table).set(names_version::version.eq(names_version::version + 1)).execute(connection)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::refs::AuthorRole;

    #[test]
    fn a_revision_names_each_category_once() {
        let [old, new, other] = [(); 3].map(|()| CategoryId::new());
        let replaced = |further_categories: Vec<CategoryId>, main| {
            let mut refs = Refs { further_categories, ..Refs::default() };
            let main = Named::Category(old).replace(StoredId(new.uuid()), main, &mut refs);
            (main, refs.further_categories)
        };
        assert_eq!(replaced(vec![old, other], None), (None, vec![new, other]));
        assert_eq!(replaced(vec![new, old], None), (None, vec![new]));
        assert_eq!(replaced(vec![old, other], Some(new)), (Some(new), vec![other]));
        assert_eq!(replaced(vec![new, other], Some(old)), (Some(new), vec![other]));
    }

    #[test]
    fn an_author_takes_anothers_place_in_the_order_and_the_role() {
        let [old, new, other] = [(); 3].map(|()| AuthorId::new());
        let [by, photo] = [AuthorRole::By, AuthorRole::Photo].map(|role| move |id| Credit { id, role });
        let mut refs = Refs { authors: vec![photo(old), by(other), by(new), by(old)], ..Refs::default() };
        Named::Term(Relation::Author, old.into()).replace(StoredId(new.uuid()), None, &mut refs);
        assert_eq!(refs.authors, [photo(new), by(other), by(new)]);
    }
}
