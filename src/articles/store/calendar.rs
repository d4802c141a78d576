//! Publications across articles, in order of their starts, each with what it shows: range scans by start and by end.

use diesel::Queryable;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::named::{Named, naming};
use crate::db::{AnyConnection, IdSql, Result, Statement, schema};
use crate::kernel::id::{ArticleId, CategoryId, PublicationId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, Place, SortValue};
use crate::publications::row;
use crate::publications::rules::State;

/// Which publications.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// That start or end at this instant or later.
    pub from: Option<Instant>,
    /// That start or end before this one.
    pub to: Option<Instant>,
    /// Of this article.
    pub article_id: Option<ArticleId>,
    /// In any of these states; none means all.
    pub states: Vec<State>,
    /// Showing what names categories of these slugs, or of what lies below them.
    pub categories: Option<Vec<String>>,
    /// Showing what names authors of these slugs.
    pub authors: Option<Vec<String>>,
    /// The latest start first.
    pub is_descending: bool,
}

/// A row of the calendar.
#[derive(Debug, Queryable)]
pub struct Row {
    /// The publication.
    pub publication: row::Row,
    /// The headline of the revision.
    pub title: String,
    /// Its slug.
    pub slug: String,
    /// The article's kind.
    pub kind: String,
    /// Its language.
    pub locale: String,
    /// The name of its status.
    pub status: String,
    /// The number of its newest save.
    pub newest_revision: i64,
    /// Until when it is under embargo, and why.
    pub embargo: (Option<Instant>, Option<String>),
    /// The id, slug and name of the revision's category.
    pub category: Option<(CategoryId, String, String)>,
    /// What whoever planned it is called.
    pub planned_by: Option<String>,
    /// What it takes the place of: the publication and the revision that it shows.
    pub replaces: Option<(PublicationId, i64)>,
}

type RowSql = (
    schema::publications::SqlType,
    Text,
    Text,
    Text,
    Text,
    Text,
    BigInt,
    (Nullable<BigInt>, Nullable<Text>),
    Nullable<(IdSql, Text, Text)>,
    Nullable<Text>,
    Nullable<(IdSql, BigInt)>,
);

const COLUMNS: &str = "SELECT p.id, p.article_id, p.revision, p.follows_newest, p.publish_at, p.unpublish_at, p.cut_at, p.ends_at, p.published_at_given, p.published_at, p.updated_at, p.minor, p.withdrawn_reason, p.time_zone, p.publish_at_local, p.unpublish_at_local, p.version, p.created_by, p.created_at, p.base_revision, p.undoes, p.overrides_embargo, p.release_id, p.decided_at, r.title, r.slug, a.kind, a.locale, s.status, a.newest_revision, a.embargo_until, a.embargo_note, c.id, c.slug, c.name, coalesce(u.name, ak.name), q.id, q.revision FROM (";
const SHOWN: &str = ") l JOIN publications p ON p.id = l.id JOIN articles a ON a.id = p.article_id JOIN revisions r ON r.article_id = p.article_id AND r.number = p.revision LEFT JOIN categories c ON c.id = r.category_id LEFT JOIN users u ON u.id = p.created_by LEFT JOIN api_keys ak ON ak.id = p.created_by LEFT JOIN publications q ON q.article_id = p.article_id AND q.publish_at < p.publish_at AND q.ends_at = p.publish_at AND p.ends_at > p.publish_at JOIN standings s ON s.article_id = p.article_id AND s.from_at <= ";

/// A page as it stands at `now`, one row more than `limit` where there are more, in the direction of `place`. One statement.
///
/// # Errors
/// If the database fails.
pub fn page(connection: &mut AnyConnection, wanted: &Wanted, now: Instant, place: Option<&Place>, limit: Limit) -> Result<Vec<Row>> {
    rows(connection, wanted, now, place, limit.read_rows())
}

/// The first rows, at most so many, as they stand at `now`. One statement.
///
/// # Errors
/// If the database fails.
pub fn first(connection: &mut AnyConnection, wanted: &Wanted, now: Instant, most: i64) -> Result<Vec<Row>> {
    rows(connection, wanted, now, None, most)
}

fn rows(connection: &mut AnyConnection, wanted: &Wanted, now: Instant, place: Option<&Place>, rows: i64) -> Result<Vec<Row>> {
    let is_backward = place.is_some_and(|place| place.direction == Direction::Backward);
    let scan = Scan { wanted, now, place, is_descending: wanted.is_descending != is_backward, rows };
    let mut statement = Statement::<RowSql>::new(COLUMNS);
    for (at, (state, part)) in scan.parts().into_iter().enumerate() {
        statement = if at > 0 { statement.sql(" UNION ALL ") } else { statement };
        statement = scan.part(state, &part, statement);
    }
    let order = if scan.is_descending { " ORDER BY l.publish_at DESC, l.id DESC LIMIT " } else { " ORDER BY l.publish_at, l.id LIMIT " };
    let statement = statement.sql(SHOWN).bind(now).sql(" AND s.until_at > ").bind(now);
    // Its text depends on how much is asked for.
    Ok(statement.sql(order).bind(rows).once().load(connection)?)
}

/// Starts from an instant on and before another one; of these, if `ends` is given, what ends from one on and before another.
struct Part {
    starts: (Instant, Instant),
    ends: Option<(Instant, Instant)>,
}

/// What all parts have in common.
struct Scan<'a> {
    wanted: &'a Wanted,
    now: Instant,
    place: Option<&'a Place>,
    is_descending: bool,
    rows: i64,
}

impl Scan<'_> {
    /// For each state what starts in the range, and what only ends in it. No publication is in two of them.
    fn parts(&self) -> Vec<(Option<State>, Part)> {
        let wanted = self.wanted;
        let (from, to) = (wanted.from.unwrap_or(Instant::FIRST), wanted.to.unwrap_or(Instant::NEVER));
        let states: Vec<Option<State>> =
            if wanted.states.is_empty() { vec![None] } else { wanted.states.iter().copied().map(Some).collect() };
        let mut parts = Vec::new();
        for state in states {
            let (first, last) = match state {
                None => (Instant::FIRST, Instant::NEVER),
                Some(State::Scheduled) => (self.now.following(), Instant::NEVER),
                Some(_) => (Instant::FIRST, self.now.following()),
            };
            parts.push((state, Part { starts: (from.max(first), to.min(last)), ends: None }));
            if wanted.from.is_some() {
                parts.push((state, Part { starts: (first, from.min(to).min(last)), ends: Some((from, to)) }));
            }
        }
        parts
    }

    fn part(&self, state: Option<State>, part: &Part, statement: Statement<RowSql>) -> Statement<RowSql> {
        let statement = statement.sql("SELECT * FROM (SELECT p.publish_at, p.id FROM publications p WHERE ");
        let statement = match part.ends {
            None => statement.sql("p.publish_at >= ").bind(part.starts.0).sql(" AND p.publish_at < ").bind(part.starts.1),
            // With a sign before it the start cannot be looked up, so that the end is: few end in the range, many started before it.
            Some((from, to)) => statement
                .sql("p.ends_at >= ")
                .bind(from)
                .sql(" AND p.ends_at < ")
                .bind(to)
                .sql(" AND p.ends_at > p.publish_at AND +p.publish_at >= ")
                .bind(part.starts.0)
                .sql(" AND +p.publish_at < ")
                .bind(part.starts.1),
        };
        let statement = self.in_state(state, self.beyond(statement));
        let mut statement = match self.wanted.article_id {
            Some(id) => statement.sql(" AND p.article_id = ").bind(id),
            None => statement,
        };
        const NAMES: &str = " AND EXISTS (SELECT 1 FROM revision_keys k WHERE k.article_id = p.article_id AND k.number = p.revision AND ";
        for (named, slugs) in [(Named::Categories, &self.wanted.categories), (Named::Authors, &self.wanted.authors)] {
            if let Some(slugs) = slugs {
                statement = naming(statement.sql(NAMES), named, slugs).sql(")");
            }
        }
        let order =
            if self.is_descending { " ORDER BY p.publish_at DESC, p.id DESC LIMIT " } else { " ORDER BY p.publish_at, p.id LIMIT " };
        statement.sql(order).bind(self.rows).sql(") s")
    }

    fn beyond(&self, statement: Statement<RowSql>) -> Statement<RowSql> {
        let Some(Place { value: SortValue::Number(at), id, .. }) = self.place else { return statement };
        let beyond = if self.is_descending { " AND (p.publish_at, p.id) < (" } else { " AND (p.publish_at, p.id) > (" };
        statement.sql(beyond).bind(*at).sql(", ").bind(*id).sql(")")
    }

    /// The state of what has started, as `rules::state` says it.
    fn in_state(&self, state: Option<State>, statement: Statement<RowSql>) -> Statement<RowSql> {
        match state {
            None | Some(State::Scheduled) => statement,
            Some(State::Live) => statement.sql(" AND p.ends_at > ").bind(self.now),
            Some(State::Replaced) => {
                statement.sql(" AND p.unpublish_at > p.ends_at AND p.cut_at > p.ends_at AND p.ends_at <= ").bind(self.now)
            }
            Some(State::Ended) => {
                statement.sql(" AND (p.unpublish_at <= p.ends_at OR p.cut_at <= p.ends_at) AND p.ends_at <= ").bind(self.now)
            }
        }
    }
}
