//! What sitemaps are made of: how many files each list has, and what is in one, a stretch at a time.

use crate::articles::delivered::Fields;
use crate::articles::dto::Kind;
use crate::articles::reads::{self, ListQuery, Order, Selection, Standing, Stretch, standings};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Result};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Limit, ListParameters};
use crate::publications::lists::ListKey;
use crate::publications::visibility::{Ground, Shown, ground};

/// How many articles are read at a time.
pub const READ_AT_ONCE: i64 = 1_000;

/// The most articles of the news sitemap, and how old they are at most.
pub const MOST_NEWS: usize = 1_000;
const NEWS_MS: i64 = 48 * 3_600_000;

/// A list that has files of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfList {
    /// The language.
    pub locale: String,
    /// What is on it.
    pub kind: Kind,
}

impl OfList {
    /// Every list of a site.
    pub fn all(locales: &[String]) -> Vec<Self> {
        let of = |locale: &String| Kind::ALL.map(|(_, kind)| Self { locale: locale.clone(), kind });
        locales.iter().flat_map(of).collect()
    }

    /// What its files are called before their number.
    pub fn name(&self) -> String {
        format!("{}-{}", self.locale, self.kind.name())
    }

    fn selection(&self) -> Selection {
        let lists = vec![ListKey::all(&self.locale, self.kind.name())];
        Selection { lists, also: Vec::new(), published_from: None, published_before: None, except: Vec::new() }
    }
}

/// Which stretch of a file, the oldest articles first.
#[derive(Clone, Debug)]
pub struct OfFile {
    /// Of which list.
    pub list: OfList,
    /// How many articles the files before have.
    pub passed: i64,
    /// Behind which of its articles, unless it is the first stretch.
    pub stretch: Option<Stretch>,
}

/// How many articles each list has.
///
/// # Errors
/// If the database fails.
pub fn totals(connection: &mut AnyConnection, reading: &Reading<'_>, lists: &[OfList]) -> Result<(Vec<u64>, Ground)> {
    let total = |list: &OfList| Ok(reads::total(connection, reading, &list.selection())?.unwrap_or(0));
    let totals = lists.iter().map(total).collect::<Result<Vec<u64>>>()?;
    Ok((totals, ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?))
}

/// A stretch of a file, and the instant that it is of.
///
/// # Errors
/// If the database fails.
pub fn file(connection: &mut AnyConnection, reading: &Reading<'_>, of: &OfFile) -> Result<((Instant, Vec<Standing>), Ground)> {
    let selection = of.list.selection();
    let stretch = match &of.stretch {
        Some(stretch) => stretch.clone(),
        None => first(connection, reading, of)?,
    };
    let standings = standings(connection, reading, &selection, &stretch)?;
    Ok(((reading.snapshot.at, standings), ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?))
}

/// Where a file begins: found by the tallies, whatever comes before.
fn first(connection: &mut AnyConnection, reading: &Reading<'_>, of: &OfFile) -> Result<Stretch> {
    let query = ListQuery {
        selection: of.list.selection(),
        order: Order::Oldest,
        limit: Limit::DEFAULT,
        place: None,
        skipped: 0,
        passed: 0,
        mixed: 0,
        has_total: false,
        fields: Fields::CARD,
        parameters: ListParameters::of("sitemap"),
    };
    let query = if of.passed > 0 { reads::behind(connection, reading, query, of.passed)? } else { query };
    Ok(Stretch { place: query.place, is_descending: false, skipped: query.skipped, rows: READ_AT_ONCE })
}

/// The news of a language.
pub type NewsOf = (String, Vec<Standing>);

/// The news of each language: articles of the last two days, the newest first, as many as such a sitemap may have.
///
/// # Errors
/// If the database fails.
pub fn news(connection: &mut AnyConnection, reading: &Reading<'_>, locales: &[String]) -> Result<(Vec<NewsOf>, Ground)> {
    let mut left = MOST_NEWS;
    let mut found = Vec::with_capacity(locales.len());
    for locale in locales {
        let from = reading.snapshot.at.plus_millis(-NEWS_MS);
        let list = OfList { locale: locale.clone(), kind: Kind::Article };
        let selection = Selection { published_from: Some(from), ..list.selection() };
        let stretch = Stretch { place: None, is_descending: true, skipped: 0, rows: i64::try_from(left).unwrap_or(0) };
        let mut news = standings(connection, reading, &selection, &stretch)?;
        news.retain(|standing| standing.is_indexed);
        left -= news.len();
        found.push((locale.clone(), news));
    }
    Ok((found, ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?))
}
