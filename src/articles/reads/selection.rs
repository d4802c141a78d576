//! Which articles a list, its counts and its dates are of.

use std::ops::Range;

use crate::db::Statement;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Place, SortValue};
use crate::publications::lists::ListKey;
use crate::publications::tallies::every_date;
use crate::publications::visibility::{LISTED, LISTED_UNTIL, Shown, Snapshot};

/// Articles on any of these lists, within these dates.
#[derive(Clone, Debug)]
pub struct Selection {
    /// The lists; none means no articles.
    pub lists: Vec<ListKey>,
    /// Dates from this one on.
    pub published_from: Option<Instant>,
    /// Dates before this one.
    pub published_before: Option<Instant>,
}

impl Selection {
    /// The dates that are asked for.
    pub(super) fn dates(&self) -> Range<Instant> {
        let every = every_date();
        self.published_from.unwrap_or(every.start)..self.published_before.unwrap_or(every.end)
    }

    /// What an answer about them depends on.
    pub(super) fn shown(&self) -> Shown {
        if self.lists.is_empty() { Shown::Nothing } else { Shown::Lists(self.lists.clone()) }
    }

    /// Appends the first rows of each list, `first_at` and `article_id`, an article of several lists once: a range scan of each.
    pub(super) fn listed<ST>(
        &self,
        mut statement: Statement<ST>,
        snapshot: Snapshot,
        place: Option<&Place>,
        is_descending: bool,
        rows: i64,
    ) -> Statement<ST> {
        for (at, list) in self.lists.iter().enumerate() {
            let start = if at == 0 {
                "SELECT * FROM (SELECT first_at, article_id FROM listings WHERE list = "
            } else {
                " UNION SELECT * FROM (SELECT first_at, article_id FROM listings WHERE list = "
            };
            statement = self.within(statement.sql(start).bind(list), place, is_descending);
            statement = statement.sql(LISTED).bind(snapshot.at).sql(LISTED_UNTIL).bind(snapshot.at);
            statement = statement.sql(if is_descending {
                " ORDER BY first_at DESC, article_id DESC LIMIT "
            } else {
                " ORDER BY first_at, article_id LIMIT "
            });
            statement = statement.bind(rows).sql(") s");
        }
        statement
    }

    fn within<ST>(&self, mut statement: Statement<ST>, place: Option<&Place>, is_descending: bool) -> Statement<ST> {
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
