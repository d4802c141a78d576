//! Which articles were read most, for each window: kept in memory, and made anew once a minute of what was counted in the hour. What was counted before
//! the hour is summed up once an hour. So it costs what is read, and not what there is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use diesel::sql_types::BigInt;
use tokio::sync::Mutex;

use super::super::rules::{DAY_MS, HOUR_MS, MINUTE_MS, Told, Window};
use crate::db::{AnyConnection, Db, Error, IdSql, Result, Statement, dialect};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::problem::{self, Problem};

/// So many articles of a window are ranked.
pub const MOST_RANKED: usize = 10_000;
/// So many are summed up; with the hour's views some of them may come to be ranked.
const MOST_SUMMED: i64 = 100_000;

/// How long a request waits for another one that makes them.
const PATIENCE: Duration = Duration::from_secs(10);

/// An article that was read so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ranked {
    /// The article, whether it is live or not.
    pub id: ArticleId,
    /// How often it was read within the window.
    pub views: i64,
}

/// What was read most within a window, the most read first.
pub type Ranking = Arc<Vec<Ranked>>;

/// What this node keeps of it. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Ranks(Arc<Mutex<Option<Kept>>>);

type Counts = HashMap<ArticleId, i64>;

#[derive(Debug)]
struct Kept {
    told: Told,
    before: Arc<Before>,
    /// In the order of [`Window::ALL`].
    rankings: [Ranking; 5],
}

/// What was counted before an hour.
#[derive(Debug)]
struct Before {
    hour: Instant,
    day: Counts,
    week: Counts,
    month: Counts,
    /// Ever, elsewhere included.
    all: Counts,
}

impl Ranks {
    /// What was read most within a window, up to the minute that is told at `now`.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn of(&self, db: &Db, window: Window, now: Instant) -> problem::Result<Ranking> {
        let told = Told::at(now);
        let turn = tokio::time::timeout(PATIENCE, self.0.lock()).await;
        let mut kept = turn.map_err(|_| Error::Deadline("what was read most is not made ready in time".to_owned()))?;
        if kept.as_ref().is_none_or(|kept| kept.told != told) {
            let before = kept.as_ref().map(|kept| Arc::clone(&kept.before));
            *kept = Some(db.read_long(move |connection| make(connection, told, before.clone())).await?);
        }
        let at = Window::ALL.iter().position(|(_, other)| *other == window).unwrap_or_default();
        kept.as_ref().map(|kept| Arc::clone(&kept.rankings[at])).ok_or_else(|| Problem::internal("what was read most is not kept"))
    }
}

fn make(connection: &mut AnyConnection, told: Told, before: Option<Arc<Before>>) -> problem::Result<Kept> {
    dialect::in_one_state(connection, |connection| {
        let until = told.until();
        let hour = until.floored(HOUR_MS);
        let before = match before.filter(|before| before.hour == hour) {
            Some(before) => before,
            None => Arc::new(before_hour(connection, hour)?),
        };
        let minutes = minutes(connection, until.plus_millis(-HOUR_MS))?;
        let counted = |from: Instant, until: Instant| {
            let mut counts = Counts::new();
            let within = minutes.iter().filter(|(_, at, _)| (from..until).contains(at));
            within.for_each(|(id, _, views)| *counts.entry(*id).or_insert(0) += views);
            counts
        };
        let (last_60, of_hour, after) = (counted(until.plus_millis(-HOUR_MS), until), counted(hour, until), counted(until, Instant::NEVER));
        let mut all = before.all.clone();
        let read: HashSet<ArticleId> = of_hour.keys().chain(after.keys()).copied().collect();
        if !read.is_empty() {
            all.extend(totals_since(connection, hour)?);
            after.iter().for_each(|(id, views)| *all.entry(*id).or_insert(*views) -= views);
        }
        let rankings = [last_60, sum(&before.day, &of_hour), sum(&before.week, &of_hour), sum(&before.month, &of_hour), all]
            .map(|counts| rank(&counts));
        Ok(Kept { told, before, rankings })
    })
}

fn sum(one: &Counts, other: &Counts) -> Counts {
    let mut sum = one.clone();
    other.iter().for_each(|(id, views)| *sum.entry(*id).or_insert(0) += views);
    sum
}

/// Equally read ones are ordered where it is known under which date they are live.
fn rank(counts: &Counts) -> Ranking {
    let mut ranked: Vec<Ranked> =
        counts.iter().filter(|(_, views)| **views > 0).map(|(id, views)| Ranked { id: *id, views: *views }).collect();
    ranked.sort_unstable_by_key(|ranked| std::cmp::Reverse((ranked.views, ranked.id)));
    ranked.truncate(MOST_RANKED);
    Arc::new(ranked)
}

fn before_hour(connection: &mut AnyConnection, hour: Instant) -> Result<Before> {
    let day = hour.floored(DAY_MS);
    let of_days = buckets(connection, DAY_MS, day.plus_millis(-30 * DAY_MS), day)?;
    let of_today = buckets(connection, HOUR_MS, day, hour)?;
    let statement =
        Statement::<(IdSql, BigInt)>::new("SELECT article_id, views + imported FROM view_totals ORDER BY views + imported DESC LIMIT ");
    let all: Vec<(ArticleId, i64)> = statement.bind(MOST_SUMMED).load(connection)?;
    Ok(Before {
        hour,
        day: buckets(connection, HOUR_MS, hour.plus_millis(-DAY_MS), hour)?,
        week: buckets(connection, HOUR_MS, hour.plus_millis(-7 * DAY_MS), hour)?,
        month: sum(&of_days, &of_today),
        all: all.into_iter().collect(),
    })
}

fn buckets(connection: &mut AnyConnection, width: i64, from: Instant, until: Instant) -> Result<Counts> {
    let statement = Statement::<(IdSql, BigInt)>::new("SELECT article_id, CAST(sum(views) AS BIGINT) FROM view_buckets WHERE width = ");
    let statement = statement.bind(width).sql(" AND starts_at >= ").bind(from).sql(" AND starts_at < ").bind(until);
    let statement = statement.sql(" GROUP BY article_id ORDER BY 2 DESC LIMIT ").bind(MOST_SUMMED);
    let counts: Vec<(ArticleId, i64)> = statement.load(connection)?;
    Ok(counts.into_iter().collect())
}

/// The minutes from one on: article, minute, views.
fn minutes(connection: &mut AnyConnection, from: Instant) -> Result<Vec<(ArticleId, Instant, i64)>> {
    let statement = Statement::<(IdSql, BigInt, BigInt)>::new("SELECT article_id, starts_at, views FROM view_buckets WHERE width = ");
    Ok(statement.bind(MINUTE_MS).sql(" AND starts_at >= ").bind(from).load(connection)?)
}

/// How often each article was read, ever, of those that were since an hour began.
fn totals_since(connection: &mut AnyConnection, hour: Instant) -> Result<Vec<(ArticleId, i64)>> {
    let statement = Statement::<(IdSql, BigInt)>::new(
        "SELECT t.article_id, t.views + t.imported FROM view_totals t WHERE t.article_id IN (SELECT b.article_id FROM view_buckets b WHERE b.width = ",
    );
    Ok(statement.bind(MINUTE_MS).sql(" AND b.starts_at >= ").bind(hour).sql(")").load(connection)?)
}
