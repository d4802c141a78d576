//! What stands beside an article: related ones, and the next and the previous one. All of it is chosen out of what is live at the snapshot, so that nothing that is hidden moves
//! anything. To be asked in one state of the database.
//!
//! **Related** are first those that editors pinned, in their order, then those of a score: 100 points for each tag that both carry, 50 for lying in the article's main category or
//! below it, and one for each day less than 60 between their dates. Candidates are the newest 100 articles of each of its first 20 tags and of that category; a tag counts if
//! the candidate is among these. Of equal scores the newest date comes first, then the greatest id.

use std::cmp::Reverse;
use std::collections::HashMap;

use diesel::OptionalExtension;
use diesel::sql_types::BigInt;

use super::ranked::{cards_with_entries, listed};
use super::selection::Window;
use super::{Selection, complete};
use crate::articles::delivered::{Article, Fields, Neighbours};
use crate::articles::dto::Kind;
use crate::categories::context::Reading;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Place, SortValue};
use crate::kernel::refs::Relation;
use crate::publications::lists::ListKey;
use crate::publications::visibility::{Ground, LISTED, LISTED_UNTIL, Part, ground};

/// So many tags of an article are looked at.
const MOST_TAGS: usize = 20;
/// So many articles of each tag, and of the category.
const CANDIDATES: i64 = 100;
const POINTS_OF_TAG: i64 = 100;
const POINTS_OF_CATEGORY: i64 = 50;
/// So many days apart, and further, nearness counts for nothing.
const MOST_DAYS: i64 = 60;
const DAY_MS: i64 = 86_400_000;
/// Among which articles the next and the previous one are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Among {
    /// All of the language and kind.
    All,
    /// Those of the article's main category and below; without one there are none.
    Category,
}

/// What is asked for beside an article.
#[derive(Clone, Copy, Debug)]
pub struct Beside {
    /// How many related ones, if any.
    pub related: Option<usize>,
    /// Whether the next and the previous one, and among which.
    pub neighbours: Option<Among>,
    /// Which members they have.
    pub fields: Fields,
}

/// What there is.
#[derive(Debug, Default)]
pub struct Found {
    /// The related ones.
    pub related: Vec<Article>,
    /// The next and the previous one.
    pub neighbours: Neighbours,
}

/// Which ones.
#[derive(Debug, Default)]
struct Chosen {
    related: Vec<ArticleId>,
    next: Option<ArticleId>,
    previous: Option<ArticleId>,
}

impl Chosen {
    fn all(&self) -> Vec<ArticleId> {
        let mut all: Vec<ArticleId> = self.related.iter().copied().chain(self.next).chain(self.previous).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// What stands beside an article; `every` is all that the site publishes.
///
/// # Errors
/// If the database fails.
pub fn beside(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    article: &Article,
    asked: &Beside,
    every: &Selection,
) -> Result<(Found, Ground)> {
    let about = About { article, asked, every };
    let chosen = about.choose(connection, reading)?;
    let shown = chosen.all();
    let ground = about.ground(connection, reading, &shown)?;
    let cards = cards_with_entries(connection, reading, &shown, every, asked.fields)?;
    let mut articles: Vec<Article> = cards.into_values().collect();
    let ground = ground.changing(complete(connection, reading, &mut articles)?);
    let mut found = Found::default();
    // One may be related and next to it: each has its own place in the answer.
    let mut by_id: HashMap<ArticleId, Article> = articles.into_iter().map(|article| (article.id, article)).collect();
    let (next, previous) = (chosen.next, chosen.previous);
    found.neighbours.next = next.and_then(|id| by_id.get(&id).map(|article| Box::new(article.clone())));
    found.neighbours.previous = previous.and_then(|id| by_id.get(&id).map(|article| Box::new(article.clone())));
    found.related = chosen.related.iter().filter_map(|id| by_id.remove(id)).collect();
    Ok((found, ground))
}

struct About<'a> {
    article: &'a Article,
    asked: &'a Beside,
    every: &'a Selection,
}

impl About<'_> {
    /// The lists of which candidates are: those of tags, then that of the category.
    fn candidates(&self) -> Vec<(ListKey, i64)> {
        let (locale, kind) = (&self.article.locale, Kind::Article.name());
        let tags = self.article.tags.iter().take(MOST_TAGS);
        let tags = tags.map(|tag| (ListKey::term(locale, kind, Relation::Tag, tag.id.into()), POINTS_OF_TAG));
        let category = self.article.category.iter().map(|category| (ListKey::category(locale, kind, category.id), POINTS_OF_CATEGORY));
        if self.asked.related.is_some() { tags.chain(category).collect() } else { Vec::new() }
    }

    /// The list on which its neighbours are.
    fn neighbours(&self) -> Option<ListKey> {
        let (locale, kind) = (&self.article.locale, self.article.kind.name());
        match self.asked.neighbours? {
            Among::All => Some(ListKey::all(locale, kind)),
            Among::Category => self.article.category.as_ref().map(|category| ListKey::category(locale, kind, category.id)),
        }
    }

    fn pins(&self) -> &[ArticleId] {
        if self.asked.related.is_some() { &self.article.beside.pinned } else { &[] }
    }

    fn choose(&self, connection: &mut AnyConnection, reading: &Reading<'_>) -> Result<Chosen> {
        let mut chosen = Chosen::default();
        if let Some(limit) = self.asked.related {
            chosen.related = self.related(connection, reading, limit)?;
        }
        if let Some(list) = self.neighbours() {
            chosen.next = self.neighbour(connection, reading, &list, false)?;
            chosen.previous = self.neighbour(connection, reading, &list, true)?;
        }
        Ok(chosen)
    }

    fn related(&self, connection: &mut AnyConnection, reading: &Reading<'_>, limit: usize) -> Result<Vec<ArticleId>> {
        let (pins, snapshot) = (self.pins(), reading.snapshot);
        let mut live = listed(connection, snapshot, self.every, pins.iter().copied())?;
        live.extend(self.every.of_release(reading).into_iter().map(|entry| (entry.article_id, entry.published_at)));
        let mut related: Vec<ArticleId> = pins.iter().filter(|id| live.contains_key(id) && **id != self.article.id).copied().collect();
        related.truncate(limit);
        if related.len() == limit {
            return Ok(related);
        }
        let excluded = |id: &ArticleId| *id == self.article.id || self.article.beside.excluded.contains(id) || pins.contains(id);
        let mut scored: Vec<(i64, Instant, ArticleId)> = self.scored(connection, reading)?;
        scored.retain(|(_, _, id)| !excluded(id));
        scored.sort_unstable_by_key(|row| Reverse(*row));
        related.extend(scored.into_iter().map(|(_, _, id)| id).take(limit - related.len()));
        Ok(related)
    }

    /// The candidates with their points and dates. One statement, if there are any lists.
    fn scored(&self, connection: &mut AnyConnection, reading: &Reading<'_>) -> Result<Vec<(i64, Instant, ArticleId)>> {
        let (lists, snapshot) = (self.candidates(), reading.snapshot);
        let mut statement: Option<Statement<(BigInt, IdSql, BigInt)>> = None;
        for (list, points) in &lists {
            let begun = match statement {
                None => Statement::new("SELECT "),
                Some(statement) => statement.sql(" UNION ALL SELECT "),
            };
            let scan =
                begun.bind(*points).sql(", article_id, first_at FROM (SELECT article_id, first_at FROM listings WHERE list = ").bind(list);
            let scan = snapshot.shows(scan.sql(LISTED).bind(snapshot.at).sql(LISTED_UNTIL).bind(snapshot.at), " AND article_id");
            statement = Some(scan.sql(" ORDER BY first_at DESC, article_id DESC LIMIT ").bind(CANDIDATES).sql(") s"));
        }
        let Some(statement) = statement else { return Ok(Vec::new()) };
        let mut rows: Vec<(i64, ArticleId, Instant)> = statement.load(connection)?;
        for entry in reading.entries {
            let on = lists.iter().filter(|(list, _)| entry.lists.contains(list));
            rows.extend(on.map(|(_, points)| (*points, entry.article_id, entry.published_at)));
        }
        let mut scores: HashMap<ArticleId, (i64, Instant)> = HashMap::new();
        for (points, id, first_at) in rows {
            scores.entry(id).or_insert_with(|| (self.nearness(first_at), first_at)).0 += points;
        }
        Ok(scores.into_iter().map(|(id, (points, first_at))| (points, first_at, id)).collect())
    }

    fn nearness(&self, other: Instant) -> i64 {
        let apart = self.article.ordering().millis().abs_diff(other.millis()) / DAY_MS.unsigned_abs();
        MOST_DAYS - i64::try_from(apart).unwrap_or(MOST_DAYS).min(MOST_DAYS)
    }

    /// The article beside it on a list: the one with the next older date, or the next newer one.
    fn neighbour(
        &self,
        connection: &mut AnyConnection,
        reading: &Reading<'_>,
        list: &ListKey,
        is_descending: bool,
    ) -> Result<Option<ArticleId>> {
        let here = (self.article.ordering(), self.article.id);
        let place = Place { value: SortValue::Number(here.0.millis()), id: here.1.uuid(), direction: Direction::Forward };
        let selection = Selection::of(vec![list.clone()]);
        let window = Window { place: Some(&place), is_descending, skipped: 0, rows: 1 };
        let statement = selection.listed(Statement::<(BigInt, IdSql)>::new("SELECT first_at, article_id FROM ("), reading.snapshot, window);
        let found: Option<(Instant, ArticleId)> = statement.sql(") l").get_result(connection).optional()?;
        let entered = selection.of_release(reading).into_iter().map(|entry| (entry.published_at, entry.article_id));
        let beyond = entered.chain(found).filter(|there| if is_descending { *there < here } else { *there > here });
        let nearest = if is_descending { beyond.max() } else { beyond.min() };
        Ok(nearest.map(|(_, id)| id))
    }

    /// The ground: what is shown changes, a pinned one comes or goes, or anything does on the lists. Most of that shows nowhere: see [`super::until_it_differs`].
    fn ground(&self, connection: &mut AnyConnection, reading: &Reading<'_>, shown: &[ArticleId]) -> Result<Ground> {
        let (at, span_ms) = (reading.snapshot.at, reading.span_ms);
        let part = Part::Some { of: Some(self.pins().to_vec()), shown: shown.to_vec() };
        let below = ground(connection, at, &self.every.shown(part), span_ms)?;
        let lists = Selection::of(self.candidates().into_iter().map(|(list, _)| list).chain(self.neighbours()).collect());
        let any = ground(connection, at, &lists.shown(Part::Some { of: None, shown: Vec::new() }), span_ms)?;
        Ok(below.changing(any.next_change))
    }
}
