//! How long what readers get of lists may be kept: until the next start or end that changes it, neither longer nor shorter. Where something may make
//! up for what happens elsewhere (on a page by its number, in a total, a count or a date) it may be shorter.

use dateline::articles::delivered::dates::Granularity;
use dateline::articles::reads::{self, DatesQuery, ListQuery, Order, Selection};
use dateline::categories::context::Reading;
use dateline::db::{self, AnyConnection, Statement};
use dateline::kernel::instant::Instant;
use dateline::kernel::page::Limit;
use dateline::publications::tallies::{Lists, totals};
use dateline::publications::visibility::{IN_FORCE, IN_FORCE_END, Part, Shown, Snapshot, Within, ground};
use diesel::sql_types::BigInt;

use super::listed::first_page;
use super::support::random::Random;

/// So far ahead it is looked.
const SPANS_MS: [i64; 3] = [60_000, 7_200_000, 400_000_000_000];

/// What is asked for, and how.
#[derive(Debug)]
enum Asked {
    Page { query: Box<ListQuery>, passed: i64, is_counted: bool },
    Dates(Box<DatesQuery>),
    Counts(Selection),
}

impl Asked {
    /// Whether what changes elsewhere may make up for it.
    fn may_be_shorter(&self) -> bool {
        match self {
            Self::Page { query, passed, .. } => *passed > 0 || query.has_total,
            Self::Dates(_) | Self::Counts(_) => true,
        }
    }

    /// All that an answer shows, and when it changes next.
    fn read(&self, connection: &mut AnyConnection, reading: &Reading<'_>) -> db::Result<(String, Option<Instant>)> {
        let at = reading.snapshot.at;
        match self {
            Self::Page { query, passed, is_counted } => {
                let query = match (*passed > 0, is_counted) {
                    (false, _) => query.as_ref().clone(),
                    (true, false) => query.as_ref().clone().skipping(*passed),
                    (true, true) => reads::behind(connection, reading, query.as_ref().clone(), *passed)?,
                };
                let (page, ground) = reads::list(connection, reading, &query)?;
                let total = if query.has_total { reads::total(connection, reading, &query.selection)? } else { None };
                let mut articles = Vec::new();
                for article in &page.items {
                    let in_force = Statement::<BigInt>::new("SELECT p.publish_at FROM (SELECT id AS article_id FROM articles WHERE id = ");
                    let in_force = in_force.bind(article.id).sql(") l").sql(IN_FORCE).bind(at).sql(IN_FORCE_END).bind(at);
                    articles.push((article.id, article.published_at, in_force.get_result::<i64>(connection)?));
                }
                Ok((format!("{articles:?} {:?} {:?} {total:?}", page.next, page.previous), ground.next_change))
            }
            Self::Dates(query) => {
                let (dates, ground) = reads::dates(connection, reading, query)?;
                Ok((
                    format!("{:?}", dates.unwrap().into_iter().map(|date| (date.date, date.articles)).collect::<Vec<_>>()),
                    ground.next_change,
                ))
            }
            Self::Counts(selection) => {
                let counts = totals(connection, Snapshot::of(at), Lists::These(&selection.lists))?;
                let counts: Vec<_> = selection.lists.iter().map(|list| counts.get(list.as_str()).copied().unwrap_or(0)).collect();
                let within = Within::These {
                    lists: selection.lists.clone(),
                    also: Vec::new(),
                    published_from: None,
                    published_before: None,
                    except: Vec::new(),
                };
                let ground = ground(connection, at, &Shown::Lists(within, Part::Counts), reading.span_ms)?;
                Ok((format!("{counts:?}"), ground.next_change))
            }
        }
    }
}

/// Something that could be asked about these articles.
fn asked(connection: &mut AnyConnection, reading: &Reading<'_>, selection: &Selection, pick: &mut Random) -> db::Result<Asked> {
    let selection = selection.clone();
    if pick.happens(10) {
        let (_, granularity) = pick.of(Granularity::ALL);
        return Ok(Asked::Dates(Box::new(DatesQuery { selection, zone: "Asia/Kathmandu".parse().unwrap(), granularity })));
    }
    if pick.happens(10) {
        return Ok(Asked::Counts(selection));
    }
    let order = pick.of(&[Order::Newest, Order::Oldest]);
    let mut query = first_page(selection, order, Limit::new(pick.of(&[1, 1, 2, 3, 20])).unwrap());
    // Some pages on, and back.
    for _ in 0..pick.between(0, 3) {
        let (page, _) = reads::list(connection, reading, &query)?;
        let Some(cursor) = (if pick.happens(60) { page.next } else { page.previous }) else { continue };
        query.place = Some(reading.cursor_key.open(query.parameters.as_str(), &cursor).unwrap());
    }
    query.has_total = pick.happens(15);
    let passed = if query.place.is_none() && pick.happens(30) { pick.between(1, 3) } else { 0 };
    Ok(Asked::Page { query: Box::new(query), passed, is_counted: pick.happens(50) })
}

/// Compares the next change of what could be asked about these articles with what is shown at every start and end.
pub fn compare(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    selection: &Selection,
    pick: &mut Random,
    place: &str,
) -> db::Result<()> {
    let (at, span_ms) = (reading.snapshot.at, pick.of(&SPANS_MS));
    let reading_at = |at| Reading { snapshot: Snapshot::of(at), span_ms, ..*reading };
    let asked = asked(connection, reading, selection, pick)?;
    let ahead = Statement::<BigInt>::new(
        "SELECT t.at FROM (SELECT publish_at AS at FROM publications UNION SELECT ends_at FROM publications) t WHERE t.at > ",
    );
    let ahead: Vec<Instant> = ahead.bind(at).sql(" AND t.at <= ").bind(at.plus_millis(span_ms)).sql(" ORDER BY t.at").load(connection)?;
    let (shown, next_change) = asked.read(connection, &reading_at(at))?;
    let mut changes = None;
    for later in ahead {
        if asked.read(connection, &reading_at(later))?.0 != shown {
            changes = Some(later);
            break;
        }
    }
    let is_too_long = next_change.is_none_or(|next| changes.is_some_and(|changes| next > changes)) && changes.is_some();
    assert!(!is_too_long, "kept past {changes:?}, until {next_change:?}: {asked:?} {place}");
    assert!(next_change == changes || asked.may_be_shorter(), "it changes at {changes:?}, not {next_change:?}: {asked:?} {place}");
    Ok(())
}
