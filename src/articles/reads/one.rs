//! One article by its slug or id, whatever it answers: one statement.

use diesel::OptionalExtension;
use diesel::sql_types::{Integer, Nullable, Text};

use super::{CardRow, CardSql, DATES, TEXT, WITH_BODY, WITHOUT_BODY, card, complete, entries};
use crate::articles::delivered::{Article, Fields};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::publications::visibility::{
    Ground, GroundRow, GroundSql, IN_FORCE, IN_FORCE_END, Shown, Snapshot, ground_columns, was_shown, withdrawn,
};

/// How an article is asked for.
#[derive(Clone, Debug)]
pub enum Wanted {
    /// In any language of the site.
    Id {
        /// The id.
        id: ArticleId,
        /// The languages.
        locales: Vec<String>,
    },
    /// In one language.
    Slug {
        /// The language.
        locale: String,
        /// The slug.
        slug: String,
    },
}

impl Wanted {
    /// Appends a select of the id of what is named, if that is not hidden.
    pub(super) fn named<ST>(&self, statement: Statement<ST>, snapshot: Snapshot) -> Statement<ST> {
        match self {
            Self::Id { id, locales } => {
                let statement = statement.sql("(SELECT id FROM articles WHERE id = ").bind(*id);
                let statement = statement.sql(" AND locale IN (").bind_all(locales.iter().map(String::as_str)).sql(")");
                snapshot.shows(statement, " AND id").sql(")")
            }
            Self::Slug { locale, slug } => {
                let statement = statement.sql("(SELECT article_id FROM slugs WHERE locale = ").bind(locale.as_str());
                snapshot.shows(statement.sql(" AND slug = ").bind(slug.as_str()), " AND article_id").sql(")")
            }
        }
    }
}

/// What a slug or id answers at an instant (rule 11).
pub enum Found {
    /// It is live.
    Live(Box<Article>),
    /// It is live under another slug.
    Moved(String),
    /// It was withdrawn, for this reason.
    Withdrawn(String),
    /// Nothing, as far as readers may know.
    Nothing,
}

/// The ground; whether readers saw what is not live under this name, why it was withdrawn; what is live.
type FoundSql = (GroundSql, Nullable<Integer>, Nullable<Text>, Nullable<CardSql>);
type FoundRow = (GroundRow, Option<i32>, Option<String>, Option<CardRow>);

const TEXTS_IF_ANY: &str =
    " LEFT JOIN articles a ON a.id = p.article_id LEFT JOIN revisions r ON r.article_id = p.article_id AND r.number = p.revision";
const BODIES_IF_ANY: &str = " LEFT JOIN revision_bodies b ON b.article_id = r.article_id AND b.number = r.number";

/// The language of an article, if a slug is one of its own.
///
/// # Errors
/// If the database fails.
pub fn locale_of_own(connection: &mut AnyConnection, id: ArticleId, slug: &str) -> Result<Option<String>> {
    let statement = Statement::<Text>::new("SELECT s.locale FROM articles a JOIN slugs s ON s.locale = a.locale AND s.article_id = a.id");
    Ok(statement.sql(" WHERE a.id = ").bind(id).sql(" AND s.slug = ").bind(slug).get_result(connection).optional()?)
}

/// What a slug or id answers at the snapshot. One statement, and one more where it was corrected.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, reading: &Reading<'_>, wanted: &Wanted, fields: Fields) -> Result<(Found, Ground)> {
    let (mut found, mut ground) = named(connection, reading, wanted, fields)?;
    if let Found::Live(article) = &mut found {
        ground = ground.changing(complete(connection, reading, [&mut **article])?);
    }
    Ok((found, ground))
}

fn named(connection: &mut AnyConnection, reading: &Reading<'_>, wanted: &Wanted, fields: Fields) -> Result<(Found, Ground)> {
    if let Some(found) = entries::find(connection, reading, wanted, fields)? {
        return Ok(found);
    }
    let row: FoundRow = statement(reading, wanted, fields).get_result(connection)?;
    let (ground, shown, withdrawn, live) = row;
    let found = match (live.map(card), wanted) {
        (Some(card), Wanted::Slug { slug, .. }) if card.slug != *slug => {
            if shown.is_some() {
                Found::Moved(card.slug)
            } else {
                Found::Nothing
            }
        }
        (Some(card), _) => Found::Live(Box::new(card.deliver(reading.names, fields)?)),
        (None, _) => withdrawn.filter(|_| shown.is_some()).map_or(Found::Nothing, Found::Withdrawn),
    };
    Ok((found, ground.into()))
}

/// One row, always. The past is looked at only where nothing is live under this name.
fn statement(reading: &Reading<'_>, wanted: &Wanted, fields: Fields) -> Statement<FoundSql> {
    let (snapshot, at) = (reading.snapshot, reading.snapshot.at);
    let slug = match wanted {
        Wanted::Id { .. } => None,
        Wanted::Slug { slug, .. } => Some(slug.clone()),
    };
    let statement = ground_columns(Statement::new("SELECT "), at, &Shown::Subject { slug }, reading.span_ms);
    let statement = match wanted {
        Wanted::Id { .. } => was_shown(statement.sql(", CASE WHEN p.id IS NULL THEN "), at, None),
        Wanted::Slug { slug, .. } => {
            let statement = statement.sql(", CASE WHEN p.id IS NULL OR r.slug <> ").bind(slug.as_str()).sql(" THEN ");
            was_shown(statement, at, Some(slug))
        }
    };
    let statement = withdrawn(statement.sql(" END, CASE WHEN p.id IS NULL THEN "), at);
    let statement =
        statement.sql(" END, ").sql(TEXT).sql(DATES).sql(if fields.has_body() { WITH_BODY } else { WITHOUT_BODY }).sql("(SELECT ");
    let statement = wanted.named(statement, snapshot).sql(" AS article_id) l LEFT").sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at);
    let statement = statement.sql(TEXTS_IF_ANY);
    if fields.has_body() { statement.sql(BODIES_IF_ANY) } else { statement }
}
