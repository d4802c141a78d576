//! What readers get of lists by counting: totals, pages by their numbers and dates of publication.

use std::collections::BTreeMap;

use dateline::articles::delivered::Fields;
use dateline::articles::delivered::dates::{Granularity, PublicationDate};
use dateline::articles::reads::{self, DatesQuery, ListQuery, Order, Selection};
use dateline::categories::context::Reading;
use dateline::categories::names::Names;
use dateline::db::{self, AnyConnection};
use dateline::kernel::id::ArticleId;
use dateline::kernel::instant::Instant;
use dateline::kernel::locale::Locales;
use dateline::kernel::page::{CursorKey, Limit, ListParameters};
use dateline::kernel::zone::Zone;
use dateline::publications::lists::ListKey;
use dateline::publications::tallies::KeptQuarters;
use dateline::publications::visibility::Snapshot;

use super::lifetimes;
use super::support::random::Random;

const ZONES: [&str; 4] = ["Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "UTC"];

/// Compares them with the articles that are on any of the lists, and on one of each of the others, the newest first, each with its date.
pub fn compare(
    connection: &mut AnyConnection,
    quarters: &KeptQuarters,
    at: Instant,
    [lists, others]: [&[ListKey]; 2],
    expected: &[(ArticleId, i64)],
    place: &str,
) -> db::Result<()> {
    let names = Names::default();
    let snapshot = Snapshot::of(at);
    let reading = Reading {
        snapshot,
        entries: &[],
        names: &names,
        locales: &Locales::new(vec!["en".parse().unwrap()]).unwrap(),
        quarters,
        span_ms: 0,
        cursor_key: &CursorKey::new([0; 32]),
    };
    // What is compared differs from instant to instant, or it would be much.
    let mut pick = Random::new(at.millis().unsigned_abs());
    let date = if expected.is_empty() { None } else { Instant::from_millis(pick.of(expected).1) };
    let (published_from, published_before) = pick.of(&[(None, None), (date, None), (None, date)]);
    let also = others.iter().map(|list| vec![list.clone()]).collect();
    let mut selection = Selection { lists: lists.to_vec(), also, published_from, published_before, except: Vec::new() };
    if pick.happens(50) {
        selection = selection.by_fewest(connection, snapshot)?;
    }
    let place = format!("of {selection:?} {place}");
    let is_within = |date: i64| {
        let from = published_from.is_none_or(|from| from.millis() <= date);
        from && published_before.is_none_or(|before| date < before.millis())
    };
    let expected: Vec<(ArticleId, i64)> = expected.iter().copied().filter(|(_, date)| is_within(*date)).collect();
    assert_eq!(reads::total(connection, &reading, &selection)?, Some(expected.len() as u64), "total {place}");
    compare_pages(connection, &reading, &selection, &expected, &mut pick, &place)?;
    for _ in 0..2 {
        lifetimes::compare(connection, &reading, &selection, &mut pick, &place)?;
    }
    let zone: Zone = pick.of(&ZONES).parse().unwrap();
    let (_, granularity) = pick.of(Granularity::ALL);
    let query = DatesQuery { selection: selection.clone(), zone: zone.clone(), granularity };
    let (dates, _) = reads::dates(connection, &reading, &query)?;
    let dates: Vec<(String, i64)> = dates.unwrap().into_iter().map(|PublicationDate { date, articles }| (date, articles)).collect();
    let mut counted = BTreeMap::<String, i64>::new();
    for (_, date) in &expected {
        let day = zone.date(Instant::from_millis(*date).unwrap()).to_string();
        let length = [4, 7, 10][granularity as usize];
        *counted.entry(day[..length].to_owned()).or_default() += 1;
    }
    assert_eq!(dates, counted.into_iter().rev().collect::<Vec<_>>(), "dates in {} {place}", zone.name());
    Ok(())
}

/// The first page of these articles.
pub fn first_page(selection: Selection, order: Order, limit: Limit) -> ListQuery {
    let parameters = ListParameters::of("");
    ListQuery { selection, order, limit, place: None, skipped: 0, passed: 0, mixed: 0, has_total: false, fields: Fields::CARD, parameters }
}

/// The page that so many articles come before has those that come next, however it is found.
fn compare_pages(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    selection: &Selection,
    expected: &[(ArticleId, i64)],
    pick: &mut Random,
    place: &str,
) -> db::Result<()> {
    let order = pick.of(&[Order::Newest, Order::Oldest]);
    let limit = Limit::new(pick.of(&[1, 3, 20])).unwrap();
    let query = first_page(selection.clone(), order, limit);
    let passed = pick.between(1, i64::try_from(expected.len()).unwrap() + 1);
    let mut ids: Vec<ArticleId> = expected.iter().map(|(id, _)| *id).collect();
    if order == Order::Oldest {
        ids.reverse();
    }
    let ids: Vec<ArticleId> = ids.into_iter().skip(usize::try_from(passed).unwrap()).take(limit.rows()).collect();
    let counted = reads::behind(connection, reading, query.clone(), passed)?;
    for query in [counted, query.skipping(passed)] {
        let (page, _) = reads::list(connection, reading, &query)?;
        let listed: Vec<ArticleId> = page.items.iter().map(|article| article.id).collect();
        assert_eq!(listed, ids, "behind {passed} by {order:?}, from {:?} {place}", query.place);
    }
    Ok(())
}
