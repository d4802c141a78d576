//! What is live at an instant. Every delivery read goes through here; nothing else compares intervals with the time.

use diesel::RunQueryDsl;
use diesel::sql_types::{BigInt, Nullable};

use super::listings::ListKey;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;

/// The instant as of which delivery reads. There is no reading without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The instant.
    pub at: Instant,
}

/// What an answer depends on, for the question when it changes next.
#[derive(Clone, Debug)]
pub enum Shown {
    /// Lists.
    Lists(Vec<ListKey>),
    /// One article.
    Article(ArticleId),
    /// Everything, as the tree with its counts does.
    Everything,
}

/// What a read must know besides its data.
#[derive(Clone, Copy, Debug)]
pub struct Ground {
    /// The latest instant that a committed write recorded: if it lies after the snapshot, the snapshot is too old (contract 2.13).
    pub latest_write: Option<Instant>,
    /// The version of the names of categories, tags and authors.
    pub names_version: i64,
    /// The next instant, within the span that was asked, at which something shown starts or ends.
    pub next_change: Option<Instant>,
}

/// The publication in force of the article `l.article_id`, as `p`: the one with the greatest start that has passed (rule 1). Follow it by the
/// instant and [`IN_FORCE_END`], and that by the instant again.
pub const IN_FORCE: &str =
    " JOIN publications p ON p.id = (SELECT q.id FROM publications q WHERE q.article_id = l.article_id AND q.publish_at <= ";
/// See [`IN_FORCE`].
pub const IN_FORCE_END: &str = " ORDER BY q.publish_at DESC LIMIT 1) AND p.ends_at > ";
/// The rows of a list that are on it at an instant: follow it by the instant, [`LISTED_UNTIL`] and the instant again.
pub const LISTED: &str = " AND from_at <= ";
/// See [`LISTED`].
pub const LISTED_UNTIL: &str = " AND until_at > ";

type GroundSql = (Nullable<BigInt>, BigInt, Nullable<BigInt>, Nullable<BigInt>);
type GroundRow = (Option<Instant>, i64, Option<Instant>, Option<Instant>);

/// Reads the ground under an answer that shows `shown` at `at`, looking `span_ms` ahead.
///
/// # Errors
/// If the database fails.
pub fn ground(connection: &mut AnyConnection, at: Instant, shown: &Shown, span_ms: i64) -> Result<Ground> {
    let until = at.plus_millis(span_ms);
    let mut statement = Statement::<GroundSql>::new("SELECT (SELECT max(at) FROM audit), (SELECT version FROM names_version WHERE id = 1)");
    for column in [
        ", (SELECT min(p.publish_at) FROM publications p WHERE p.ends_at > p.publish_at AND p.publish_at > ",
        ", (SELECT min(p.ends_at) FROM publications p WHERE p.ends_at > p.publish_at AND p.ends_at > ",
    ] {
        let within = if column.contains("min(p.publish_at)") { " AND p.publish_at <= " } else { " AND p.ends_at <= " };
        statement = statement.sql(column).bind(at).sql(within).bind(until);
        statement = match shown {
            Shown::Article(id) => statement.sql(" AND p.article_id = ").bind(*id),
            Shown::Everything => statement,
            Shown::Lists(lists) => statement
                .sql(" AND EXISTS (SELECT 1 FROM listings l WHERE l.article_id = p.article_id AND l.list IN (")
                .bind_all(lists.iter())
                .sql("))"),
        };
        statement = statement.sql(")");
    }
    let (latest_write, names_version, start, end): GroundRow = statement.get_result(connection)?;
    Ok(Ground { latest_write, names_version, next_change: start.into_iter().chain(end).min() })
}
