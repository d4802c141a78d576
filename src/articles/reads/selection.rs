//! Which articles a list, its counts and its dates are of.

use std::ops::Range;

use crate::db::{AnyConnection, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Place, SortValue};
use crate::publications::lists::ListKey;
use crate::publications::tallies::{Lists, every_date, totals};
use crate::publications::visibility::{LISTED, LISTED_UNTIL, Part, Shown, Snapshot, Within};

/// Articles on any of these lists, and on one of each of the others, within these dates.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The lists; none means no articles.
    pub lists: Vec<ListKey>,
    /// Of what is on these lists the articles that are also on one of each of those.
    pub also: Vec<Vec<ListKey>>,
    /// Dates from this one on.
    pub published_from: Option<Instant>,
    /// Dates before this one.
    pub published_before: Option<Instant>,
    /// None of these articles.
    pub except: Vec<ArticleId>,
}

/// Of what the lists are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    /// Of what is live.
    Listings,
    /// Of newest saves.
    Drafts,
}

/// So many rows of lists, in either order.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window<'a> {
    /// Behind which place it begins; without one, at the end of the lists.
    pub(super) place: Option<&'a Place>,
    /// Whether the newest come first.
    pub(super) is_descending: bool,
    /// How many it leaves out.
    pub(super) skipped: i64,
    /// How many it has.
    pub(super) rows: i64,
}

impl Window<'_> {
    /// The newest.
    pub(super) fn newest(rows: i64) -> Self {
        Self { place: None, is_descending: true, skipped: 0, rows }
    }
}

impl Selection {
    /// All that is on any of these lists.
    pub fn of(lists: Vec<ListKey>) -> Self {
        Self { lists, also: Vec::new(), published_from: None, published_before: None, except: Vec::new() }
    }

    /// The dates that are asked for.
    pub(super) fn dates(&self) -> Range<Instant> {
        let every = every_date();
        self.published_from.unwrap_or(every.start)..self.published_before.unwrap_or(every.end)
    }

    /// The same without what has no date, if dates are asked for.
    #[must_use]
    pub fn dated(self) -> Self {
        let published_before = self.published_before.or(self.published_from.map(|_| Instant::NEVER));
        Self { published_before, ..self }
    }

    /// What an answer that tells this of them depends on.
    pub(super) fn shown(&self, part: Part) -> Shown {
        if self.lists.is_empty() {
            return Shown::Nothing;
        }
        let Self { lists, also, published_from, published_before, except } = self.clone();
        Shown::Lists(Within::These { lists, also, published_from, published_before, except }, part)
    }

    /// The one list that it is, if it is one with all that is on it.
    pub fn one_list(&self) -> Option<&ListKey> {
        match self.lists.as_slice() {
            [list] if self.also.is_empty() && self.except.is_empty() => Some(list),
            _ => None,
        }
    }

    /// The same articles by the fewest rows: of several lists that each is on, the one with the fewest articles is read, and the others are looked up.
    ///
    /// # Errors
    /// If the database fails.
    pub fn by_fewest(mut self, connection: &mut AnyConnection, snapshot: Snapshot) -> Result<Self> {
        if self.also.is_empty() || self.lists.is_empty() {
            return Ok(self);
        }
        let all: Vec<ListKey> = self.also.iter().flatten().chain(&self.lists).cloned().collect();
        let totals = totals(connection, snapshot, Lists::These(&all))?;
        let total = |lists: &Vec<ListKey>| lists.iter().filter_map(|list| totals.get(list.as_str())).sum::<i64>();
        self.also.push(self.lists);
        self.also.sort_by_cached_key(total);
        self.lists = self.also.remove(0);
        Ok(self)
    }

    /// Appends so many rows of the lists, `first_at` and `article_id`, an article of several lists once. What is asked for besides is asked of them alone.
    pub(super) fn listed<ST>(&self, statement: Statement<ST>, snapshot: Snapshot, window: Window<'_>) -> Statement<ST> {
        self.rows_of(Table::Listings, statement, snapshot, window)
    }

    /// The same of one table or the other.
    pub(super) fn rows_of<ST>(&self, table: Table, statement: Statement<ST>, snapshot: Snapshot, window: Window<'_>) -> Statement<ST> {
        if self.lists.len() < 2 {
            return self.scanned(table, statement, snapshot, window);
        }
        let Window { is_descending, skipped, rows, .. } = window;
        let whole = Window { skipped: 0, rows: skipped + rows, ..window };
        let statement = self.scanned(table, statement.sql("SELECT * FROM ("), snapshot, whole);
        let statement = statement.sql(if is_descending {
            ") u ORDER BY first_at DESC, article_id DESC LIMIT "
        } else {
            ") u ORDER BY first_at, article_id LIMIT "
        });
        statement.bind(rows).sql(" OFFSET ").bind(skipped)
    }

    /// So many rows of each list: a range scan of each.
    fn scanned<ST>(&self, table: Table, mut statement: Statement<ST>, snapshot: Snapshot, window: Window<'_>) -> Statement<ST> {
        let Window { place, is_descending, skipped, rows } = window;
        for (at, list) in self.lists.iter().enumerate() {
            statement = if at == 0 { statement } else { statement.sql(" UNION ") };
            let start = match table {
                Table::Listings => "SELECT * FROM (SELECT first_at, article_id FROM listings d WHERE list = ",
                Table::Drafts => "SELECT * FROM (SELECT first_at, article_id FROM drafts d WHERE list = ",
            };
            statement = self.within(statement.sql(start).bind(list), place, is_descending);
            if table == Table::Listings && place.is_none() && is_descending && self.published_before.is_none() {
                // No date lies after the start that it is of (contract 2.6): of the past nothing newer is walked over.
                statement = statement.sql(" AND first_at <= ").bind(snapshot.at);
            }
            statement = statement.sql(LISTED).bind(snapshot.at).sql(LISTED_UNTIL).bind(snapshot.at);
            statement = self.also_listed(table, statement, snapshot);
            statement = snapshot.shows(statement, " AND article_id");
            if !self.except.is_empty() {
                statement = statement.sql(" AND article_id NOT IN (").bind_all(self.except.iter().copied()).sql(")").once();
            }
            statement = statement.sql(if is_descending {
                " ORDER BY first_at DESC, article_id DESC LIMIT "
            } else {
                " ORDER BY first_at, article_id LIMIT "
            });
            statement = statement.bind(rows).sql(" OFFSET ").bind(skipped).sql(") s");
        }
        statement
    }

    /// The article is on one of each of the other lists as well, under the same date: a seek of the whole key.
    pub(super) fn also_listed<ST>(&self, table: Table, mut statement: Statement<ST>, snapshot: Snapshot) -> Statement<ST> {
        for lists in &self.also {
            statement = statement.sql(match table {
                Table::Listings => " AND EXISTS (SELECT 1 FROM listings m WHERE m.list IN (",
                Table::Drafts => " AND EXISTS (SELECT 1 FROM drafts m WHERE m.list IN (",
            });
            statement = statement.bind_all(lists).sql(") AND m.first_at = d.first_at AND m.article_id = d.article_id");
            statement = statement.sql(" AND m.from_at <= ").bind(snapshot.at).sql(" AND m.until_at > ").bind(snapshot.at).sql(")");
        }
        statement
    }

    /// Appends the dates that are asked for, and what lies behind a place.
    pub(super) fn within<ST>(&self, mut statement: Statement<ST>, place: Option<&Place>, is_descending: bool) -> Statement<ST> {
        if let Some(Place { value: SortValue::Number(first_at), id, .. }) = place {
            let beyond = if is_descending { " AND (first_at, article_id) < (" } else { " AND (first_at, article_id) > (" };
            statement = statement.sql(beyond).bind(*first_at).sql(", ").bind(*id).sql(")");
        }
        if let Some(from) = self.published_from {
            statement = statement.sql(" AND first_at >= ").bind(from);
        }
        if let Some(before) = self.published_before {
            statement = statement.sql(" AND first_at < ").bind(before);
        }
        statement
    }
}
