//! What is live at an instant. Every delivery read goes through here; nothing else compares intervals with the time.

mod changes;
mod embargoed;

use diesel::sql_types::{BigInt, Nullable};

use super::lists::ListKey;
use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::id::{ArticleId, ReleaseId};
use crate::kernel::instant::Instant;
use crate::kernel::page::Place;

/// The instant as of which delivery reads. There is no reading without one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// The instant.
    pub at: Instant,
    /// As of when embargoes hide articles; nothing if they hide none.
    embargoed_at: Option<Instant>,
    /// The release that is looked at as a whole: an embargo hides nothing that it shows.
    release_id: Option<ReleaseId>,
    /// Whether newest saves are looked at: of what is under embargo only the one that is live is shown.
    is_of_newest: bool,
}

impl Snapshot {
    /// All that is live at an instant.
    pub fn of(at: Instant) -> Self {
        Self { at, embargoed_at: None, release_id: None, is_of_newest: false }
    }

    /// The same at another instant.
    #[must_use]
    pub fn as_of(self, at: Instant) -> Self {
        Self { at, ..self }
    }

    /// The same with a release as a whole, whose articles are shown by [`super::entries`] while it has no date.
    #[must_use]
    pub fn with_release(self, id: Option<ReleaseId>) -> Self {
        Self { release_id: id, ..self }
    }

    /// The release whose entries are shown, if it has no date, instead of what stands there of their articles.
    pub fn entries_of(self) -> Option<ReleaseId> {
        self.release_id.filter(|_| !self.is_of_newest)
    }

    /// The newest saves then, whatever of them is live.
    #[must_use]
    pub fn of_newest(self) -> Self {
        Self { is_of_newest: true, ..self }
    }

    /// Whether newest saves are looked at instead of what is live.
    pub fn is_of_newest(self) -> bool {
        self.is_of_newest
    }
}

/// What an answer depends on, for the question when it changes next.
#[derive(Clone, Debug)]
pub enum Shown {
    /// A part of what lists have.
    Lists(Within, Part),
    /// One article: `l.article_id` in the statement around, its text in force `r`.
    Subject {
        /// The slug that it is asked by: of another one than it has nothing but that one is shown.
        slug: Option<String>,
    },
    /// Nothing that changes with time.
    Nothing,
}

/// Which rows of which lists an answer is about.
#[derive(Clone, Debug)]
pub enum Within {
    /// Those of these lists, within dates if any are given.
    These {
        /// The lists.
        lists: Vec<ListKey>,
        /// Of those rows the ones of articles that are also on one of each of these at the same time.
        also: Vec<Vec<ListKey>>,
        /// Dates from this one on.
        published_from: Option<Instant>,
        /// Dates before this one.
        published_before: Option<Instant>,
        /// None of these articles.
        except: Vec<ArticleId>,
    },
    /// All from one list to another, both included.
    Between([ListKey; 2]),
}

/// What an answer tells of them.
#[derive(Clone, Debug)]
pub enum Part {
    /// How many there are on each list.
    Counts,
    /// How many there are on all of them together.
    Total,
    /// That there are none at a place which so many more than one must come before.
    Empty {
        /// So many.
        missing: i64,
    },
    /// How many there are of each date.
    Dates,
    /// A page.
    Page {
        /// Which one.
        rows: Rows,
        /// Whether it also tells how many there are on all pages.
        has_total: bool,
    },
    /// Some of these articles, chosen by something else than their dates.
    Some {
        /// Those that may come or go; all on the lists without them.
        of: Option<Vec<ArticleId>>,
        /// Those whose texts are shown.
        shown: Vec<ArticleId>,
    },
}

/// The rows of a page.
#[derive(Clone, Debug)]
pub struct Rows {
    /// Behind which place they begin. A page by its number has none: whatever comes or goes before it shifts it.
    pub place: Option<Place>,
    /// Whether the newest come first.
    pub are_descending: bool,
    /// Whether the statement around has them, by [`shown_rows`].
    pub are_read: bool,
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

impl Ground {
    /// The same under an answer that also changes at an instant, if at any.
    #[must_use]
    pub fn changing(self, at: Option<Instant>) -> Self {
        at.map_or(self, |at| self.changing_at(at))
    }

    /// The same under an answer that changes at an instant anyway, if nothing changes it before.
    #[must_use]
    pub fn changing_at(self, at: Instant) -> Self {
        Self { next_change: Some(self.next_change.map_or(at, |next| next.min(at))), ..self }
    }
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

/// Appends a select of the articles of which a publication starts within the span.
pub fn starting<ST>(statement: Statement<ST>, at: Instant, span_ms: i64) -> Statement<ST> {
    let statement = statement.sql("SELECT p.article_id FROM publications p WHERE p.ends_at > p.publish_at AND p.publish_at > ").bind(at);
    statement.sql(" AND p.publish_at <= ").bind(at.plus_millis(span_ms))
}

/// The columns of [`ground_columns`].
pub type GroundSql = (Nullable<BigInt>, BigInt, Nullable<BigInt>, Nullable<BigInt>);
/// A row of them.
pub type GroundRow = (Option<Instant>, i64, Option<Instant>, Option<Instant>);

impl From<GroundRow> for Ground {
    fn from((latest_write, names_version, start, end): GroundRow) -> Self {
        Self { latest_write, names_version, next_change: start.into_iter().chain(end).min() }
    }
}

/// A statement about the rows of a page, one more than its limit if there are more: `rows` appends them. They are `shown` in what follows, which is
/// its columns.
pub fn shown_rows<ST>(is_descending: bool, limit: i64, rows: impl FnOnce(Statement<ST>) -> Statement<ST>) -> Statement<ST> {
    changes::edge(rows(Statement::new(changes::SHOWN)), is_descending, limit)
}

/// Appends the ground under an answer that shows `shown` at `at`, looking `span_ms` ahead, to the columns of a statement.
pub fn ground_columns<ST>(statement: Statement<ST>, at: Instant, shown: &Shown, span_ms: i64) -> Statement<ST> {
    let statement = statement.sql("(SELECT max(at) FROM audit), (SELECT version FROM names_version WHERE id = 1)");
    changes::columns(statement, at, shown, span_ms)
}

/// Reads the ground under an answer that shows `shown` at `at`, looking `span_ms` ahead.
///
/// # Errors
/// If the database fails.
pub fn ground(connection: &mut AnyConnection, at: Instant, shown: &Shown, span_ms: i64) -> Result<Ground> {
    let row: GroundRow = ground_columns(Statement::<GroundSql>::new("SELECT "), at, shown, span_ms).get_result(connection)?;
    Ok(row.into())
}

/// Appends a column: 1 if a publication of the article `l.article_id` that began showed it, under this slug if one is given; else null.
pub fn was_shown<ST>(statement: Statement<ST>, at: Instant, slug: Option<&str>) -> Statement<ST> {
    const SHOWN: &str = "(SELECT 1 FROM publications q JOIN revisions s ON s.article_id = q.article_id AND s.number = q.revision WHERE q.article_id = l.article_id AND q.ends_at > q.publish_at AND q.publish_at <= ";
    let statement = statement.sql(SHOWN).bind(at);
    let statement = match slug {
        Some(slug) => statement.sql(" AND s.slug = ").bind(slug),
        None => statement,
    };
    statement.sql(" LIMIT 1)")
}

/// Appends a column: why the last publication of the article `l.article_id` that began was withdrawn; null if it was not, and while the article is in the trash.
pub fn withdrawn<ST>(statement: Statement<ST>, at: Instant) -> Statement<ST> {
    const LAST: &str =
        "(SELECT q.withdrawn_reason FROM publications q WHERE q.article_id = l.article_id AND q.cut_at > q.publish_at AND q.publish_at <= ";
    const IN_TRASH: &str = " AND NOT EXISTS (SELECT 1 FROM trashings t WHERE t.article_id = l.article_id AND t.from_at <= ";
    let statement = statement.sql(LAST).bind(at).sql(IN_TRASH).bind(at).sql(" AND t.until_at > ").bind(at);
    statement.sql(") ORDER BY q.publish_at DESC LIMIT 1)")
}
