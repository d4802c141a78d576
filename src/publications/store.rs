//! Publications in the database.

use diesel::sql_types::BigInt;
use diesel::{ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable, SelectableHelper};

use super::rules::Publication;
use crate::db::schema::publications;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::id::{ArticleId, PublicationId, UserId};
use crate::kernel::instant::Instant;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = publications, treat_none_as_default_value = false)]
struct Row {
    id: PublicationId,
    article_id: ArticleId,
    revision: i64,
    follows_newest: bool,
    publish_at: Instant,
    unpublish_at: Instant,
    cut_at: Instant,
    ends_at: Instant,
    published_at_given: Option<Instant>,
    published_at: Instant,
    updated_at: Instant,
    minor: bool,
    withdrawn_reason: Option<String>,
    time_zone: Option<String>,
    publish_at_local: Option<String>,
    unpublish_at_local: Option<String>,
    version: i64,
    created_by: UserId,
    created_at: Instant,
}

macro_rules! same_members {
    ($from:ty => $to:ident) => {
        impl From<$from> for $to {
            fn from(p: $from) -> Self {
                Self {
                    id: p.id,
                    article_id: p.article_id,
                    revision: p.revision,
                    follows_newest: p.follows_newest,
                    publish_at: p.publish_at,
                    unpublish_at: p.unpublish_at,
                    cut_at: p.cut_at,
                    ends_at: p.ends_at,
                    published_at_given: p.published_at_given,
                    published_at: p.published_at,
                    updated_at: p.updated_at,
                    minor: p.minor,
                    withdrawn_reason: p.withdrawn_reason,
                    time_zone: p.time_zone,
                    publish_at_local: p.publish_at_local,
                    unpublish_at_local: p.unpublish_at_local,
                    version: p.version,
                    created_by: p.created_by,
                    created_at: p.created_at,
                }
            }
        }
    };
}
same_members!(Row => Publication);
same_members!(Publication => Row);

/// All publications of an article, in order of their starts.
///
/// # Errors
/// If the database fails.
pub fn history(connection: &mut AnyConnection, article_id: ArticleId) -> Result<Vec<Publication>> {
    let rows = publications::table.filter(publications::article_id.eq(article_id)).order(publications::publish_at.asc());
    Ok(rows.select(Row::as_select()).load(connection)?.into_iter().map(Publication::from).collect())
}

/// One publication.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, id: PublicationId) -> Result<Option<Publication>> {
    Ok(publications::table.find(id).select(Row::as_select()).first(connection).optional()?.map(Publication::from))
}

/// The article that a publication belongs to.
///
/// # Errors
/// If the database fails.
pub fn article_of(connection: &mut AnyConnection, id: PublicationId) -> Result<Option<ArticleId>> {
    Ok(publications::table.find(id).select(publications::article_id).first(connection).optional()?)
}

/// Brings the stored history of an article from `before` to `after`.
///
/// # Errors
/// If the database fails.
pub fn save(connection: &mut AnyConnection, before: &[Publication], after: &[Publication]) -> Result<()> {
    let changed: Vec<&Publication> = after.iter().filter(|p| !before.contains(p)).collect();
    for old in before.iter().filter(|old| after.iter().all(|p| p.id != old.id) || changed.iter().any(|p| p.id == old.id)) {
        diesel::delete(publications::table.find(old.id)).execute(connection)?;
    }
    for publication in changed {
        diesel::insert_into(publications::table).values(Row::from(publication.clone())).execute(connection)?;
    }
    Ok(())
}

/// Whether a revision names a category that was deleted.
///
/// # Errors
/// If the database fails.
pub fn names_what_is_gone(connection: &mut AnyConnection, article_id: ArticleId, revision: i64) -> Result<bool> {
    let gone = Statement::<BigInt>::new(
        "SELECT k.number FROM revision_keys k LEFT JOIN categories c ON c.id = k.target_id WHERE k.relation = 'category' AND c.id IS NULL AND k.article_id = ",
    );
    let gone = gone.bind(article_id).sql(" AND k.number = ").bind(revision).sql(" LIMIT 1");
    Ok(gone.get_result::<i64>(connection).optional()?.is_some())
}
