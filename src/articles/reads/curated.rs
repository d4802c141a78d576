//! What curated lists show. Three statements, whatever a list holds, and one where any of its articles was corrected: the edition in force, what may fill its slots, and the texts
//! of what does with the ground under all of it.

use std::collections::HashMap;

use diesel::sql_types::BigInt;

use super::ranked::{of_ids, texts_in_force};
use super::selection::Window;
use super::{CardRow, CardSql, Selection, card, complete, entries};
use crate::articles::delivered::curated::PublicList;
use crate::articles::delivered::{Article, Fields};
use crate::articles::dto::Kind;
use crate::categories::context::Reading;
use crate::categories::names::Names;
use crate::curated::dto::{CuratedRule, CuratedSlot, RuleOf};
use crate::curated::reads::{InForce, in_force};
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::refs::Relation;
use crate::publications::entries::Entry;
use crate::publications::lists::ListKey;
use crate::publications::visibility::{Ground, GroundRow, GroundSql, Part, Shown, ground, ground_columns};

/// Which list.
#[derive(Clone, Debug)]
pub struct CuratedQuery {
    /// Its slug.
    pub slug: String,
    /// In which language.
    pub locale: String,
    /// Which members the articles have.
    pub fields: Fields,
}

/// The slots of an edition: what is pinned, and what fills the others.
struct Slots {
    /// Every pinned article, on whichever list of the language.
    pinned: Selection,
    ids: Vec<ArticleId>,
    rules: Vec<Rule>,
    /// In their order.
    places: Vec<Slot>,
}

struct Rule {
    selection: Selection,
    most: usize,
}

#[derive(Clone, Copy)]
enum Slot {
    Pinned(ArticleId),
    /// By its place among the rules.
    Rule(usize),
}

/// An article that may stand in a slot, under the date that it is listed by.
type Candidate = (Instant, ArticleId);

/// What is pinned stands apart from the rules, which are numbered.
const PINNED: i64 = -1;

/// A list as it is shown at the snapshot; nothing if there is none, or nothing of it has begun.
///
/// # Errors
/// If the database fails.
pub fn curated(connection: &mut AnyConnection, reading: &Reading<'_>, query: &CuratedQuery) -> Result<(Option<PublicList>, Ground)> {
    let Some(InForce { slug, name, slots, next_at }) = in_force(connection, reading.snapshot, &query.slug)? else {
        return Ok((None, ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?));
    };
    let slots = Slots::of(&slots, reading.names, &query.locale);
    let candidates = slots.candidates(connection, reading)?;
    let filled = slots.filled(&candidates);
    let shown: Vec<ArticleId> = filled.iter().map(|(_, (_, id))| *id).collect();
    let (mut articles, ground) = slots.texts(connection, reading, &filled, query.fields)?;
    let mut data: Vec<Article> = shown.iter().filter_map(|id| articles.remove(id)).collect();
    let ground = ground.changing(complete(connection, reading, &mut data)?).changing(next_at);
    Ok((Some(PublicList { slug, name, data }), ground))
}

impl Slots {
    fn of(slots: &[CuratedSlot], names: &Names, locale: &str) -> Self {
        let ids: Vec<ArticleId> = slots.iter().filter_map(|slot| slot.article_id).collect();
        let every = Kind::ALL.map(|(kind, _)| ListKey::all(locale, kind)).to_vec();
        let pinned = selection(every, Vec::new());
        let (mut rules, mut places) = (Vec::new(), Vec::new());
        for slot in slots {
            match (slot.article_id, &slot.rule) {
                (Some(id), _) => places.push(Slot::Pinned(id)),
                (None, Some(rule)) => {
                    places.push(Slot::Rule(rules.len()));
                    let lists = list(rule, names, locale).into_iter().collect();
                    rules.push(Rule { selection: selection(lists, ids.clone()), most: rule.most() });
                }
                (None, None) => {}
            }
        }
        Self { pinned, ids, rules, places }
    }

    /// What is pinned and live, by [`PINNED`], and for each rule as many as it can show, the newest first. What slots before may show already is read beyond that.
    fn candidates(&self, connection: &mut AnyConnection, reading: &Reading<'_>) -> Result<HashMap<i64, Vec<Candidate>>> {
        let mut statement = Statement::<(BigInt, BigInt, IdSql)>::new("SELECT * FROM (");
        let mut is_first = true;
        if !self.ids.is_empty() {
            statement = of_ids(slot(statement, PINNED, &mut is_first), reading.snapshot, &self.pinned, self.ids.iter().copied()).sql(") s");
        }
        let mut rows = 0;
        for (number, rule) in (0..).zip(&self.rules) {
            rows += rule.most;
            if !rule.selection.lists.is_empty() {
                let window = Window::newest(i64::try_from(rows).unwrap_or(i64::MAX));
                statement = rule.selection.listed(slot(statement, number, &mut is_first), reading.snapshot, window).sql(") s");
            }
        }
        let rows: Vec<(i64, Instant, ArticleId)> = match is_first {
            true => Vec::new(),
            false => statement.sql(") c").once().load(connection)?,
        };
        let mut candidates: HashMap<i64, Vec<Candidate>> = HashMap::new();
        for (slot, first_at, id) in rows {
            candidates.entry(slot).or_default().push((first_at, id));
        }
        self.enter(reading, &mut candidates);
        candidates.values_mut().for_each(|of_slot| of_slot.sort_by_key(|candidate| std::cmp::Reverse(*candidate)));
        Ok(candidates)
    }

    /// What a release without a date shows besides.
    fn enter(&self, reading: &Reading<'_>, candidates: &mut HashMap<i64, Vec<Candidate>>) {
        let selections = (0..).zip(self.rules.iter().map(|rule| &rule.selection)).chain([(PINNED, &self.pinned)]);
        for (slot, selection) in selections {
            let entered = selection.of_release(reading).into_iter().map(|entry| (entry.published_at, entry.article_id));
            let entered: Vec<Candidate> = entered.filter(|(_, id)| slot != PINNED || self.ids.contains(id)).collect();
            candidates.entry(slot).or_default().extend(entered);
        }
    }

    /// What stands in the slots, in their order, each article once.
    fn filled(&self, candidates: &HashMap<i64, Vec<Candidate>>) -> Vec<(Slot, Candidate)> {
        let of = |slot: i64| candidates.get(&slot).map_or(&[][..], Vec::as_slice);
        let mut filled: Vec<(Slot, Candidate)> = Vec::new();
        for slot in &self.places {
            let (candidates, most) = match slot {
                Slot::Pinned(_) => (of(PINNED), 1),
                Slot::Rule(number) => (of(i64::try_from(*number).unwrap_or(i64::MAX)), self.rules[*number].most),
            };
            let fits = |(_, id): &&Candidate| match slot {
                Slot::Pinned(pinned) => id == pinned,
                Slot::Rule(_) => filled.iter().all(|(_, (_, shown))| shown != id),
            };
            let fitting: Vec<_> = candidates.iter().filter(fits).take(most).map(|candidate| (*slot, *candidate)).collect();
            filled.extend(fitting);
        }
        filled
    }

    /// What the list depends on: each pinned article, and of each rule what comes or goes down to the last one that it shows.
    fn depends_on(&self, filled: &[(Slot, Candidate)]) -> Vec<Shown> {
        let shown = |is_of: &dyn Fn(Slot) -> bool| -> Vec<Candidate> {
            filled.iter().filter(|(slot, _)| is_of(*slot)).map(|(_, candidate)| *candidate).collect()
        };
        let ids = |shown: &[Candidate]| shown.iter().map(|(_, id)| *id).collect();
        let pins = shown(&|slot| matches!(slot, Slot::Pinned(_)));
        let pinned = Part::Some { of: Some(self.ids.clone()), shown: ids(&pins) };
        let pinned = (!self.ids.is_empty()).then(|| self.pinned.shown(pinned));
        let rules = (0..).zip(&self.rules).filter(|(_, rule)| !rule.selection.lists.is_empty()).map(|(number, rule)| {
            let shown = shown(&|slot| matches!(slot, Slot::Rule(at) if at == number));
            let last = shown.last().filter(|_| shown.len() == rule.most).map(|(first_at, _)| *first_at);
            Selection { published_from: last, ..rule.selection.clone() }.shown(Part::Some { of: None, shown: ids(&shown) })
        });
        pinned.into_iter().chain(rules).collect()
    }

    /// The texts in force of what is shown, and the ground under all of the list.
    fn texts(
        &self,
        connection: &mut AnyConnection,
        reading: &Reading<'_>,
        filled: &[(Slot, Candidate)],
        fields: Fields,
    ) -> Result<(HashMap<ArticleId, Article>, Ground)> {
        let (at, depends_on) = (reading.snapshot.at, self.depends_on(filled));
        let ids: Vec<ArticleId> = filled.iter().map(|(_, (_, id))| *id).collect();
        let [first, others @ ..] = &depends_on[..] else {
            return Ok((HashMap::new(), ground(connection, at, &Shown::Nothing, reading.span_ms)?));
        };
        let statement = Statement::<(GroundSql, CardSql)>::new("WITH g (latest, version, next_start, next_end) AS (SELECT ");
        let mut statement = ground_columns(statement, at, first, reading.span_ms);
        for shown in others {
            statement = ground_columns(statement.sql(" UNION ALL SELECT "), at, shown, reading.span_ms);
        }
        let statement = statement.sql(") SELECT h.latest, h.version, h.next_start, h.next_end, ");
        let rows: Vec<(GroundRow, CardRow)> = match ids.is_empty() {
            true => Vec::new(),
            false => texts_in_force(statement, at, &ids, fields, |statement| statement.sql(GROUND)).once().load(connection)?,
        };
        let below = match rows.first() {
            Some((below, _)) => (*below).into(),
            None => whole_ground(connection, reading, &depends_on)?,
        };
        let cards = rows.into_iter().map(|(_, row)| card(row));
        let entered: Vec<&Entry> = reading.entries.iter().filter(|entry| ids.contains(&entry.article_id)).collect();
        let entered = if entered.is_empty() { Vec::new() } else { entries::texts(connection, &entered, fields)? };
        let articles = cards.chain(entered).map(|card| card.deliver(reading.names, fields).map(|article| (article.id, article)));
        Ok((articles.collect::<Result<_>>()?, below))
    }
}

/// The ground under all of it, in each row.
const GROUND: &str = "(SELECT max(latest) AS latest, max(version) AS version, min(next_start) AS next_start, min(next_end) AS next_end FROM g) h CROSS JOIN ";

/// The same where nothing is shown.
fn whole_ground(connection: &mut AnyConnection, reading: &Reading<'_>, depends_on: &[Shown]) -> Result<Ground> {
    let mut below = ground(connection, reading.snapshot.at, &Shown::Nothing, reading.span_ms)?;
    for shown in depends_on {
        below = below.changing(ground(connection, reading.snapshot.at, shown, reading.span_ms)?.next_change);
    }
    Ok(below)
}

fn selection(lists: Vec<ListKey>, except: Vec<ArticleId>) -> Selection {
    Selection { lists, also: Vec::new(), published_from: None, published_before: None, except }
}

/// The list of articles that a rule takes from; none if what it names is not there any more.
fn list(rule: &CuratedRule, names: &Names, locale: &str) -> Option<ListKey> {
    let kind = Kind::Article.name();
    let term = |relation, slug| names.term_by_slug(relation, slug).map(|(id, _)| ListKey::term(locale, kind, relation, id));
    match rule.named().next() {
        None => Some(ListKey::all(locale, kind)),
        Some(RuleOf::Category(slug)) => names.category_by_slug(slug).map(|category| ListKey::category(locale, kind, category.id)),
        Some(RuleOf::Tag(slug)) => term(Relation::Tag, slug),
        Some(RuleOf::Author(slug)) => term(Relation::Author, slug),
    }
}

/// Begins the rows of a slot.
fn slot<ST>(statement: Statement<ST>, number: i64, is_first: &mut bool) -> Statement<ST> {
    let statement = if std::mem::take(is_first) { statement } else { statement.sql(" UNION ALL ") };
    statement.sql("SELECT ").bind(number).sql(" AS slot, first_at, article_id FROM (")
}
