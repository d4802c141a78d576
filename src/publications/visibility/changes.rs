//! When an answer changes next, by what it shows: that something comes or goes elsewhere is no one's business.

use super::{Part, Rows, Shown, Within};
use crate::db::Statement;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Place, SortValue};

/// The texts of a search among starts, and of one among ends. `n` is a row of a list that the article of the publication `p` is on, `e` the last
/// row of a page that others lie behind, `o` another row.
struct Texts {
    after: &'static str,
    until: &'static str,
    touches: &'static str,
    begins_or_ends: &'static str,
    ends: &'static str,
    has_no_twin: &'static str,
    lives_on: &'static str,
}

macro_rules! texts {
    ($at:literal) => {
        Texts {
            after: concat!("(SELECT min(", $at, ") FROM publications p WHERE p.ends_at > p.publish_at AND ", $at, " > "),
            until: concat!(" AND ", $at, " <= "),
            touches: concat!(" AND n.from_at <= ", $at, " AND n.until_at >= ", $at),
            begins_or_ends: concat!("(n.from_at = ", $at, " OR n.until_at = ", $at, ")"),
            ends: concat!("n.until_at = ", $at),
            has_no_twin: concat!(
                " AND NOT EXISTS (SELECT 1 FROM listings o WHERE o.article_id = n.article_id AND o.list = n.list AND (o.until_at = ",
                $at,
                " AND n.from_at = ",
                $at,
                " OR o.from_at = ",
                $at,
                " AND n.until_at = ",
                $at,
                ")"
            ),
            lives_on: concat!(" AND o.from_at <= ", $at, " AND o.until_at > ", $at),
        }
    };
}

const SEARCHES: [Texts; 2] = [texts!("p.publish_at"), texts!("p.ends_at")];

/// The rows that a page was made of, and the last one on it if there are more: follow it by the rows, [`EDGE`] and the limit twice.
pub(super) const SHOWN: &str = "WITH shown AS (";
const EDGE: &str = "), edge AS (SELECT first_at, article_id FROM shown WHERE (SELECT count(*) FROM shown) > ";
const EDGE_DESCENDING: &str = " ORDER BY first_at DESC, article_id DESC LIMIT 1 OFFSET ";
const EDGE_ASCENDING: &str = " ORDER BY first_at, article_id LIMIT 1 OFFSET ";

/// Ends what [`SHOWN`] began, and begins the columns.
pub(super) fn edge<ST>(statement: Statement<ST>, is_descending: bool, limit: i64) -> Statement<ST> {
    let statement = statement.sql(EDGE).bind(limit).sql(if is_descending { EDGE_DESCENDING } else { EDGE_ASCENDING });
    statement.bind(limit - 1).sql(") SELECT ")
}

/// Appends two columns: the next start and the next end within the span that changes what is shown.
pub(super) fn columns<ST>(mut statement: Statement<ST>, at: Instant, shown: &Shown, span_ms: i64) -> Statement<ST> {
    for texts in &SEARCHES {
        statement = statement.sql(", ");
        if matches!(shown, Shown::Nothing) {
            statement = statement.sql("NULL");
            continue;
        }
        statement = statement.sql(texts.after).bind(at).sql(texts.until).bind(at.plus_millis(span_ms));
        statement = match shown {
            Shown::Nothing => statement,
            Shown::Subject => statement.sql(" AND p.article_id = l.article_id"),
            Shown::Lists(within, part) => {
                let statement = within.rows(statement.sql(" AND EXISTS (SELECT 1 FROM listings n WHERE n.article_id = p.article_id AND "));
                let statement = within.dates(statement, " AND n.first_at >= ", " AND n.first_at < ").sql(texts.touches).sql(" AND ");
                texts.changes(statement, within, part).sql(")")
            }
        };
        statement = statement.sql(")");
    }
    statement
}

impl Texts {
    fn changes<ST>(&self, statement: Statement<ST>, within: &Within, part: &Part) -> Statement<ST> {
        match part {
            Part::Dates => statement.sql(self.begins_or_ends),
            Part::Counts => self.counts(statement, within),
            Part::Page { rows, has_total } => {
                let statement = self.page(statement.sql("("), within, rows);
                let statement = if *has_total { self.counts(statement.sql(" OR "), within) } else { statement };
                statement.sql(")")
            }
        }
    }

    /// An article that comes where it goes, under another date, is counted as before.
    fn counts<ST>(&self, statement: Statement<ST>, within: &Within) -> Statement<ST> {
        let statement = statement.sql(self.begins_or_ends).sql(self.has_no_twin);
        within.dates(statement, " AND o.first_at >= ", " AND o.first_at < ").sql(")")
    }

    /// What comes or goes up to the last row changes the page, and what is on it. Behind a page that is full only the end of all does, for there is
    /// no next one then.
    fn page<ST>(&self, statement: Statement<ST>, within: &Within, rows: &Rows) -> Statement<ST> {
        let statement = statement.sql("(").sql(self.begins_or_ends);
        let statement = if rows.are_read { statement.sql(" OR n.article_id IN (SELECT article_id FROM shown)") } else { statement };
        let mut statement = statement.sql(")");
        if let Some(Place { value: SortValue::Number(first_at), id, .. }) = &rows.place {
            let beyond = if rows.are_descending { " AND (n.first_at, n.article_id) < (" } else { " AND (n.first_at, n.article_id) > (" };
            statement = statement.sql(beyond).bind(*first_at).sql(", ").bind(*id).sql(")");
        }
        if !rows.are_read {
            return statement;
        }
        let [is_behind, others_behind] = if rows.are_descending {
            ["(n.first_at, n.article_id) < (e.first_at, e.article_id)", " AND (o.first_at, o.article_id) < (e.first_at, e.article_id)"]
        } else {
            ["(n.first_at, n.article_id) > (e.first_at, e.article_id)", " AND (o.first_at, o.article_id) > (e.first_at, e.article_id)"]
        };
        let statement = statement.sql(" AND NOT EXISTS (SELECT 1 FROM edge e WHERE ").sql(is_behind).sql(") OR ");
        let statement = statement.sql(self.ends).sql(" AND EXISTS (SELECT 1 FROM edge e WHERE ").sql(is_behind);
        let statement = within.others(statement.sql(" AND NOT EXISTS (SELECT 1 FROM listings o WHERE ")).sql(others_behind);
        within.dates(statement, " AND o.first_at >= ", " AND o.first_at < ").sql(self.lives_on).sql("))")
    }
}

impl Within {
    /// `n` is on one of the lists.
    fn rows<ST>(&self, statement: Statement<ST>) -> Statement<ST> {
        match self {
            Self::Between([least, most]) => statement.sql("n.list >= ").bind(least).sql(" AND n.list <= ").bind(most),
            Self::These { lists, .. } => statement.sql("n.list IN (").bind_all(lists).sql(")"),
        }
    }

    /// `o` is.
    fn others<ST>(&self, statement: Statement<ST>) -> Statement<ST> {
        match self {
            Self::Between([least, most]) => statement.sql("o.list >= ").bind(least).sql(" AND o.list <= ").bind(most),
            Self::These { lists, .. } => statement.sql("o.list IN (").bind_all(lists).sql(")"),
        }
    }

    fn dates<ST>(&self, mut statement: Statement<ST>, from: &'static str, before: &'static str) -> Statement<ST> {
        let Self::These { published_from, published_before, .. } = self else { return statement };
        if let Some(at) = published_from {
            statement = statement.sql(from).bind(*at);
        }
        if let Some(at) = published_before {
            statement = statement.sql(before).bind(*at);
        }
        statement
    }
}
