//! When an answer changes next, by what it shows: that something comes or goes elsewhere is no one's business.

use super::{Part, Rows, Shown, Within};
use crate::db::Statement;
use crate::kernel::id::ArticleId;
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
    stays: &'static str,
    lives_on: &'static str,
    leads_elsewhere: &'static str,
}

/// The texts of conditions on a row of a list.
struct Row {
    at_least: &'static str,
    at_most: &'static str,
    among: &'static str,
    from: &'static str,
    before: &'static str,
    except: &'static str,
}

macro_rules! row {
    ($row:literal) => {
        Row {
            at_least: concat!($row, ".list >= "),
            at_most: concat!(" AND ", $row, ".list <= "),
            among: concat!($row, ".list IN ("),
            from: concat!(" AND ", $row, ".first_at >= "),
            before: concat!(" AND ", $row, ".first_at < "),
            except: concat!(" AND ", $row, ".article_id NOT IN ("),
        }
    };
}

const CHANGING: Row = row!("n");
const OTHER: Row = row!("o");

/// Where an article gets another slug, or is gone.
const OTHER_SLUG: &str =
    " OR EXISTS (SELECT 1 FROM revisions m WHERE m.article_id = p.article_id AND m.number = p.revision AND m.slug <> r.slug)";
const GONE: &str = " OR NOT EXISTS (SELECT 1 FROM publications q WHERE q.article_id = p.article_id AND q.publish_at = p.ends_at AND q.ends_at > q.publish_at)";

macro_rules! texts {
    ($at:literal, $leads_elsewhere:expr) => {
        Texts {
            after: concat!(", (SELECT min(", $at, ") FROM publications p WHERE p.ends_at > p.publish_at AND ", $at, " > "),
            until: concat!(" AND ", $at, " <= "),
            touches: concat!(" AND n.from_at <= ", $at, " AND n.until_at >= ", $at),
            begins_or_ends: concat!("(n.from_at = ", $at, " OR n.until_at = ", $at, ")"),
            ends: concat!("n.until_at = ", $at),
            stays: concat!(
                "(n.from_at = ",
                $at,
                " AND o.from_at < ",
                $at,
                " AND o.until_at >= ",
                $at,
                " OR n.until_at = ",
                $at,
                " AND o.from_at <= ",
                $at,
                " AND o.until_at > ",
                $at,
                ")"
            ),
            lives_on: concat!(" AND o.from_at <= ", $at, " AND o.until_at > ", $at),
            leads_elsewhere: $leads_elsewhere,
        }
    };
}

const SEARCHES: [Texts; 2] = [texts!("p.publish_at", OTHER_SLUG), texts!("p.ends_at", GONE)];

/// A row of the article that a publication is of: between both the rows that it is among.
const OF_ARTICLE: [&str; 2] = [" AND EXISTS (SELECT 1 FROM ", " n WHERE n.article_id = p.article_id AND "];

/// The rows of what is also on another list at the same time and under the same date, each as long as it is on both: the rows that it is among
/// stand between the first and the second, those other lists between the second and the third.
const ALSO: [&str; 3] = [
    "(SELECT d.list, d.first_at, d.article_id, CASE WHEN d.from_at > m.from_at THEN d.from_at ELSE m.from_at END AS from_at, \
     CASE WHEN d.until_at < m.until_at THEN d.until_at ELSE m.until_at END AS until_at FROM ",
    " d JOIN listings m ON m.article_id = d.article_id AND m.first_at = d.first_at AND m.from_at < d.until_at AND m.until_at > d.from_at WHERE m.list IN (",
    "))",
];

/// When an article that comes and goes at once stays where it was: on any of the lists, under the same date, or before the rows of a page that begins at no place.
const ANY: &str = " AND ";
const LIKE_DATE: &str = " AND o.first_at = n.first_at AND ";
const LIKE_PLACE_DESCENDING: &str = " AND (o.first_at = n.first_at OR NOT EXISTS (SELECT 1 FROM shown s WHERE (s.first_at, s.article_id) >= (n.first_at, n.article_id) OR (s.first_at, s.article_id) >= (o.first_at, o.article_id))) AND ";
const LIKE_PLACE_ASCENDING: &str = " AND (o.first_at = n.first_at OR NOT EXISTS (SELECT 1 FROM shown s WHERE (s.first_at, s.article_id) <= (n.first_at, n.article_id) OR (s.first_at, s.article_id) <= (o.first_at, o.article_id))) AND ";

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
    let until = at.plus_millis(span_ms);
    for texts in &SEARCHES {
        statement = match shown {
            Shown::Nothing => statement.sql(", NULL"),
            Shown::Subject { slug } => texts.of_subject(texts.within(statement, at, until), slug.as_deref()).sql(")"),
            Shown::Lists(within, Part::Empty { missing }) => return start_behind(statement, within, *missing, [at, until]),
            Shown::Lists(within, part) => texts.of_lists(texts.within(statement, at, until), within, part).sql(")"),
        };
    }
    statement
}

/// Appends the two columns for a place before which `missing` more must lie: the start that has as many before it, and no end.
fn start_behind<ST>(statement: Statement<ST>, within: &Within, missing: i64, [at, until]: [Instant; 2]) -> Statement<ST> {
    let statement = statement.sql(", (SELECT p.publish_at FROM publications p WHERE p.ends_at > p.publish_at AND p.publish_at > ").bind(at);
    let statement = statement.sql(" AND p.publish_at <= ").bind(until);
    let statement = within.lists(within.of_article(statement), &CHANGING).sql(" AND n.from_at = p.publish_at");
    let statement = SEARCHES[0].comes_or_goes(within.dates(statement, &CHANGING).sql(" AND "), within, ANY);
    statement.sql(") ORDER BY p.publish_at LIMIT 1 OFFSET ").bind(missing).sql("), NULL")
}

impl Texts {
    /// Begins a column that ends with what must be so besides, and `)`.
    fn within<ST>(&self, statement: Statement<ST>, at: Instant, until: Instant) -> Statement<ST> {
        statement.sql(self.after).bind(at).sql(self.until).bind(until)
    }

    fn of_subject<ST>(&self, statement: Statement<ST>, slug: Option<&str>) -> Statement<ST> {
        let statement = statement.sql(" AND p.article_id = l.article_id");
        match slug {
            Some(slug) => statement.sql(" AND (r.slug IS NULL OR r.slug = ").bind(slug).sql(self.leads_elsewhere).sql(")"),
            None => statement,
        }
    }

    fn of_lists<ST>(&self, statement: Statement<ST>, within: &Within, part: &Part) -> Statement<ST> {
        if let Part::Some { of, shown } = part {
            return self.of_some(statement, within, of.as_deref(), shown);
        }
        let statement = within.dates(within.lists(within.of_article(statement), &CHANGING), &CHANGING);
        self.changes(statement.sql(self.touches).sql(" AND "), within, part).sql(")")
    }

    /// One of the articles comes or goes, or anything begins or ends of one that is shown.
    fn of_some<ST>(&self, statement: Statement<ST>, within: &Within, of: Option<&[ArticleId]>, shown: &[ArticleId]) -> Statement<ST> {
        let mut statement = statement.sql(" AND (");
        if !shown.is_empty() {
            statement = statement.sql("p.article_id IN (").bind_all(shown.iter().copied()).sql(") OR ");
        }
        statement = match of {
            Some([]) => statement.sql("1 = 0"),
            Some(ids) => statement.sql("p.article_id IN (").bind_all(ids.iter().copied()).sql(")"),
            None => statement.sql("1 = 1"),
        };
        let statement = within.dates(within.lists(within.of_article(statement), &CHANGING), &CHANGING).sql(" AND ");
        self.comes_or_goes(statement, within, ANY).sql("))")
    }

    fn changes<ST>(&self, statement: Statement<ST>, within: &Within, part: &Part) -> Statement<ST> {
        match part {
            Part::Dates => self.comes_or_goes(statement, within, LIKE_DATE),
            Part::Some { .. } => statement,
            Part::Total | Part::Empty { .. } => self.comes_or_goes(statement, within, ANY),
            Part::Counts => self.comes_or_goes(statement, within, " AND o.list = n.list AND "),
            Part::Page { rows, has_total } => {
                let statement = self.page(statement.sql("("), within, rows);
                let statement = if *has_total { self.comes_or_goes(statement.sql(" OR "), within, ANY) } else { statement };
                statement.sql(")")
            }
        }
    }

    /// An article is there on one side of the instant alone. One that has another row on the other side, `like` that one, stays.
    fn comes_or_goes<ST>(&self, statement: Statement<ST>, within: &Within, like: &'static str) -> Statement<ST> {
        let statement = within.rows(statement.sql(self.begins_or_ends).sql(" AND NOT EXISTS (SELECT 1 FROM "));
        let statement = within.lists(statement.sql(" o WHERE o.article_id = n.article_id").sql(like), &OTHER);
        within.dates(statement.sql(" AND ").sql(self.stays), &OTHER).sql(")")
    }

    /// What comes or goes up to the last row changes the page, and what is on it. Behind a page that is full only the end of all does, for there is
    /// no next one then.
    fn page<ST>(&self, statement: Statement<ST>, within: &Within, rows: &Rows) -> Statement<ST> {
        let like = match (rows.are_read && rows.place.is_none(), rows.are_descending) {
            (false, _) => LIKE_DATE,
            (true, true) => LIKE_PLACE_DESCENDING,
            (true, false) => LIKE_PLACE_ASCENDING,
        };
        let statement = self.comes_or_goes(statement.sql("("), within, like);
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
        let statement = within.rows(statement.sql(" AND NOT EXISTS (SELECT 1 FROM ")).sql(" o WHERE ");
        let statement = within.lists(statement, &OTHER).sql(others_behind);
        within.dates(statement, &OTHER).sql(self.lives_on).sql("))")
    }
}

impl Within {
    /// A row of the article that the publication `p` is of.
    fn of_article<ST>(&self, statement: Statement<ST>) -> Statement<ST> {
        let [begin, end] = OF_ARTICLE;
        self.rows(statement.sql(begin)).sql(end)
    }

    /// The rows of all lists that are also on one of each of the others that are asked for.
    fn rows<ST>(&self, mut statement: Statement<ST>) -> Statement<ST> {
        let also = if let Self::These { also, .. } = self { also.as_slice() } else { &[] };
        let [begin, joined, end] = ALSO;
        for _ in also {
            statement = statement.sql(begin);
        }
        statement = statement.sql("listings");
        for lists in also {
            statement = statement.sql(joined).bind_all(lists).sql(end);
        }
        statement
    }

    /// The row is on one of the lists.
    fn lists<ST>(&self, statement: Statement<ST>, row: &Row) -> Statement<ST> {
        match self {
            Self::Between([least, most]) => statement.sql(row.at_least).bind(least).sql(row.at_most).bind(most),
            Self::These { lists, .. } => statement.sql(row.among).bind_all(lists).sql(")"),
        }
    }

    /// It has a date that is asked for, and is of none of the articles that are left out.
    fn dates<ST>(&self, mut statement: Statement<ST>, row: &Row) -> Statement<ST> {
        let Self::These { published_from, published_before, except, .. } = self else { return statement };
        if !except.is_empty() {
            statement = statement.sql(row.except).bind_all(except.iter().copied()).sql(")").once();
        }
        if let Some(at) = published_from {
            statement = statement.sql(row.from).bind(*at);
        }
        if let Some(at) = published_before {
            statement = statement.sql(row.before).bind(*at);
        }
        statement
    }
}
