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
use dateline::kernel::page::{CursorKey, Direction, Limit, ListParameters, Place, SortValue};
use dateline::kernel::zone::Zone;
use dateline::publications::lists::ListKey;
use dateline::publications::visibility::Snapshot;

use super::support::random::Random;

const ZONES: [&str; 4] = ["Asia/Kathmandu", "Pacific/Apia", "America/St_Johns", "UTC"];

/// Compares them with the articles that are on any of the lists, the newest first, each with its date.
pub fn compare(
    connection: &mut AnyConnection,
    at: Instant,
    lists: &[ListKey],
    expected: &[(ArticleId, i64)],
    place: &str,
) -> db::Result<()> {
    let names = Names::default();
    let snapshot = Snapshot { at };
    let reading = Reading { snapshot, names: &names, span_ms: 0, cursor_key: &CursorKey::new([0; 32]) };
    // What is compared differs from instant to instant, or it would be much.
    let mut pick = Random::new(at.millis().unsigned_abs());
    let date = if expected.is_empty() { None } else { Instant::from_millis(pick.of(expected).1) };
    let (published_from, published_before) = pick.of(&[(None, None), (date, None), (None, date)]);
    let selection = Selection { lists: lists.to_vec(), published_from, published_before };
    let place = format!("of {selection:?} {place}");
    let is_within = |date: i64| {
        let from = published_from.is_none_or(|from| from.millis() <= date);
        from && published_before.is_none_or(|before| date < before.millis())
    };
    let expected: Vec<(ArticleId, i64)> = expected.iter().copied().filter(|(_, date)| is_within(*date)).collect();
    assert_eq!(reads::total(connection, snapshot, &selection)?, Some(expected.len() as u64), "total {place}");
    compare_pages(connection, snapshot, &selection, &expected, &mut pick, &place)?;
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

/// Behind so many articles lies what comes after the last of them.
fn compare_pages(
    connection: &mut AnyConnection,
    snapshot: Snapshot,
    selection: &Selection,
    expected: &[(ArticleId, i64)],
    pick: &mut Random,
    place: &str,
) -> db::Result<()> {
    let order = pick.of(&[Order::Newest, Order::Oldest]);
    let query = ListQuery {
        selection: selection.clone(),
        order,
        limit: Limit::DEFAULT,
        place: None,
        fields: Fields::CARD,
        parameters: ListParameters::of(""),
    };
    let many = i64::try_from(expected.len()).unwrap();
    let passed = pick.between(1, many + 1);
    let behind = reads::behind(connection, snapshot, &query, passed)?;
    let index = usize::try_from(if order == Order::Newest { passed - 1 } else { many - passed }).ok();
    match index.and_then(|index| expected.get(index)) {
        Some((id, date)) => {
            let last = Place { value: SortValue::Number(*date), id: id.uuid(), direction: Direction::Forward };
            assert_eq!(behind, last, "behind {passed} by {order:?} {place}");
        }
        // Within a range what comes next may lie behind it, and is not on the page.
        None => assert!(is_outside(&behind, selection), "behind all by {order:?} {place}"),
    }
    Ok(())
}

fn is_outside(place: &Place, selection: &Selection) -> bool {
    let SortValue::Number(date) = place.value else { return false };
    let [first, last] = [i64::MIN, i64::MAX];
    let from = selection.published_from.map_or(first, Instant::millis);
    let before = selection.published_before.map_or(last, Instant::millis);
    date == first || date == last || date < from || date >= before
}
