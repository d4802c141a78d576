//! Tags and authors in the database, with the slugs that they had.

use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::dto::{AuthorLink, Picture};
use crate::db::schema::{term_slugs, terms};
use crate::db::{AnyConnection, Error, Result};
use crate::kernel::id::TermId;
use crate::kernel::instant::Instant;
use crate::kernel::page::Direction;
use crate::kernel::refs::Relation;
use crate::publications::named::names_changed;

/// A tag or an author as it is stored.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = terms)]
pub struct Row {
    /// The id.
    pub id: TermId,
    /// Which of both it is.
    pub relation: String,
    /// Unique among them.
    pub slug: String,
    /// The name.
    pub name: String,
    /// What a tag is about; who an author is.
    pub description: String,
    /// JSON.
    pub picture: Option<String>,
    /// JSON.
    pub links: String,
    /// Counts changes.
    pub version: i64,
    /// When it was made.
    pub created_at: Instant,
    /// When it was changed last.
    pub updated_at: Instant,
}

impl Row {
    /// What an author looks like.
    ///
    /// # Errors
    /// If what is stored is not JSON.
    pub fn picture(&self) -> Result<Option<Picture>> {
        self.picture.as_deref().map(serde_json::from_str).transpose().map_err(Error::corrupt)
    }

    /// Where else an author is found.
    ///
    /// # Errors
    /// If what is stored is not JSON.
    pub fn links(&self) -> Result<Vec<AuthorLink>> {
        serde_json::from_str(&self.links).map_err(Error::corrupt)
    }
}

/// The tag or author of this id.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, relation: Relation, id: TermId) -> Result<Option<Row>> {
    let row = terms::table.filter(terms::id.eq(id)).filter(terms::relation.eq(relation.name()));
    Ok(row.select(Row::as_select()).first(connection).optional()?)
}

/// Which one has a slug.
///
/// # Errors
/// If the database fails.
pub fn id_of_slug(connection: &mut AnyConnection, relation: Relation, slug: &str) -> Result<Option<TermId>> {
    let row = terms::table.filter(terms::relation.eq(relation.name())).filter(terms::slug.eq(slug));
    Ok(row.select(terms::id).first(connection).optional()?)
}

/// Whether one had this slug, and none has it now.
///
/// # Errors
/// If the database fails.
pub fn had(connection: &mut AnyConnection, relation: Relation, slug: &str) -> Result<bool> {
    let found = term_slugs::table.find((relation.name(), slug)).select(term_slugs::slug).first::<String>(connection).optional()?;
    Ok(found.is_some())
}

/// Those beyond a slug, in the direction of it, at most `limit`; the first ones without one.
///
/// # Errors
/// If the database fails.
pub fn beyond(connection: &mut AnyConnection, relation: Relation, place: Option<(Direction, &str)>, limit: i64) -> Result<Vec<Row>> {
    let all = terms::table.filter(terms::relation.eq(relation.name())).select(Row::as_select()).limit(limit);
    Ok(match place {
        None => all.order(terms::slug).load(connection)?,
        Some((Direction::Forward, slug)) => all.filter(terms::slug.gt(slug.to_owned())).order(terms::slug).load(connection)?,
        Some((Direction::Backward, slug)) => all.filter(terms::slug.lt(slug.to_owned())).order(terms::slug.desc()).load(connection)?,
    })
}

/// Adds a tag or author; a slug that another one had is its own from now on.
///
/// # Errors
/// If the database fails, or the slug is taken.
pub fn insert(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    give_up(connection, &row.relation, &row.slug)?;
    diesel::insert_into(terms::table).values(row.clone()).execute(connection)?;
    names_changed(connection)
}

/// Writes what changed. The slug that it had before leads to it.
///
/// # Errors
/// If the database fails, or the slug is taken.
pub fn update(connection: &mut AnyConnection, before: &Row, row: &Row) -> Result<()> {
    diesel::update(terms::table.find(row.id))
        .set((
            terms::slug.eq(&row.slug),
            terms::name.eq(&row.name),
            terms::description.eq(&row.description),
            terms::picture.eq(&row.picture),
            terms::links.eq(&row.links),
            terms::version.eq(row.version),
            terms::updated_at.eq(row.updated_at),
        ))
        .execute(connection)?;
    if row.slug != before.slug {
        give_up(connection, &row.relation, &row.slug)?;
        lead(connection, &row.relation, &before.slug, row.id)?;
    }
    names_changed(connection)
}

/// Deletes one that nothing names, with the slugs that it had.
///
/// # Errors
/// If the database fails.
pub fn delete(connection: &mut AnyConnection, row: &Row) -> Result<()> {
    diesel::delete(term_slugs::table.filter(term_slugs::term_id.eq(row.id))).execute(connection)?;
    diesel::delete(terms::table.find(row.id)).execute(connection)?;
    names_changed(connection)
}

/// Deletes one whose articles another one got: its slug, and those that it had, lead there.
///
/// # Errors
/// If the database fails.
pub fn merge(connection: &mut AnyConnection, row: &Row, into: TermId) -> Result<()> {
    diesel::update(term_slugs::table.filter(term_slugs::term_id.eq(row.id))).set(term_slugs::term_id.eq(into)).execute(connection)?;
    diesel::delete(terms::table.find(row.id)).execute(connection)?;
    lead(connection, &row.relation, &row.slug, into)?;
    names_changed(connection)
}

/// From now on the slug leads to this one. None has it any more.
fn lead(connection: &mut AnyConnection, relation: &str, slug: &str, id: TermId) -> Result<()> {
    diesel::insert_into(term_slugs::table)
        .values((term_slugs::relation.eq(relation), term_slugs::slug.eq(slug), term_slugs::term_id.eq(id)))
        .execute(connection)?;
    Ok(())
}

/// The slug leads nowhere: one has it now.
fn give_up(connection: &mut AnyConnection, relation: &str, slug: &str) -> Result<()> {
    diesel::delete(term_slugs::table.find((relation, slug))).execute(connection)?;
    Ok(())
}
