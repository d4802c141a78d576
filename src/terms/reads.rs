//! What readers get of tags and authors: functions of an instant. There are those that live articles name; how many do their tallies tell.

use std::cmp::Ordering;

use diesel::sql_types::{Nullable, Text};

use super::dto::{Author, Tag, TermSort};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, Error, IdSql, Result, Statement};
use crate::kernel::fold::fold;
use crate::kernel::id::TermId;
use crate::kernel::page::{Direction, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::refs::Relation;
use crate::publications::lists::ListKey;
use crate::publications::tallies::Lists;
use crate::publications::visibility::{Ground, Part, Shown, Within, ground};

/// What is counted.
const KIND: &str = "article";

/// What there is to see of one.
#[derive(Clone, Debug)]
pub struct Row {
    id: TermId,
    slug: String,
    name: String,
    description: String,
    picture: Option<String>,
    links: String,
}

fn rows(connection: &mut AnyConnection, ids: &[TermId]) -> Result<Vec<Row>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = Statement::<(IdSql, Text, Text, Text, Nullable<Text>, Text)>::new(
        "SELECT id, slug, name, description, picture, links FROM terms WHERE id IN (",
    );
    let rows: Vec<(TermId, String, String, String, Option<String>, String)> =
        rows.bind_all(ids.iter().copied()).sql(")").once().load(connection)?;
    Ok(rows.into_iter().map(|(id, slug, name, description, picture, links)| Row { id, slug, name, description, picture, links }).collect())
}

/// What readers see of a tag or an author.
pub trait Delivered: Send + Sized + 'static {
    /// Which of both it is.
    const RELATION: Relation;

    /// As it is seen, with how many live articles name it.
    ///
    /// # Errors
    /// If what is stored is not JSON.
    fn of(row: Row, article_count: i64) -> Result<Self>;
}

impl Delivered for Tag {
    const RELATION: Relation = Relation::Tag;

    fn of(row: Row, article_count: i64) -> Result<Self> {
        let Row { id, slug, name, description, .. } = row;
        Ok(Self { id: id.into(), slug, name, description, article_count })
    }
}

impl Delivered for Author {
    const RELATION: Relation = Relation::Author;

    fn of(row: Row, article_count: i64) -> Result<Self> {
        let Row { id, slug, name, description: bio, picture, links } = row;
        let picture = picture.as_deref().map(serde_json::from_str).transpose().map_err(Error::corrupt)?;
        let links = serde_json::from_str(&links).map_err(Error::corrupt)?;
        Ok(Self { id: id.into(), slug, name, bio, picture, links, article_count })
    }
}

/// Which page of them.
#[derive(Clone, Debug)]
pub struct ListQuery {
    /// The language whose articles are counted.
    pub locale: String,
    /// In which order.
    pub sort: TermSort,
    /// How many.
    pub limit: Limit,
    /// Behind or before which.
    pub place: Option<Place>,
    /// What describes the list for its cursors.
    pub parameters: ListParameters,
}

/// One of them by what it is sorted by.
struct Counted {
    id: TermId,
    value: SortValue,
    articles: i64,
}

/// A page of those that live articles name.
///
/// # Errors
/// If the database fails.
pub fn list<D: Delivered>(connection: &mut AnyConnection, reading: &Reading<'_>, query: &ListQuery) -> Result<(Page<D>, Ground)> {
    let [least, most] = ListKey::terms(&query.locale, KIND, D::RELATION);
    let counts = reading.totals(connection, Lists::Between(&least, &most))?;
    let shown = Shown::Lists(Within::Between([least, most]), Part::Counts);
    let ground = ground(connection, reading.snapshot.at, &shown, reading.span_ms)?;
    let mut all: Vec<Counted> = Vec::new();
    for (id, (slug, name)) in reading.names.terms(D::RELATION) {
        let list = ListKey::term(&query.locale, KIND, D::RELATION, id);
        let Some(articles) = counts.get(list.as_str()).copied().filter(|articles| *articles > 0) else { continue };
        let value = match query.sort {
            TermSort::Slug => SortValue::Text(slug.clone()),
            TermSort::Name => SortValue::Text(fold(name)),
            TermSort::ArticleCount => SortValue::Number(-articles),
        };
        all.push(Counted { id, value, articles });
    }
    all.sort_by(|one, other| order(&one.value, one.id, &other.value, other.id));
    let cut = beyond(all, query.place.as_ref(), query.limit);
    let place = |counted: &Counted| (counted.value.clone(), counted.id.uuid());
    let page = Page::cut(cut, query.limit, query.place.as_ref(), reading.cursor_key, query.parameters.as_str(), place);
    let rows = rows(connection, &page.items.iter().map(|counted| counted.id).collect::<Vec<_>>())?;
    let item = |counted: &Counted| {
        let row = rows.iter().find(|row| row.id == counted.id)?;
        Some(D::of(row.clone(), counted.articles))
    };
    let items = page.items.iter().filter_map(item).collect::<Result<Vec<D>>>()?;
    Ok((Page { items, next: page.next, previous: page.previous, total: page.total }, ground))
}

fn order(one: &SortValue, one_id: TermId, other: &SortValue, other_id: TermId) -> Ordering {
    let values = match (one, other) {
        (SortValue::Number(one), SortValue::Number(other)) => one.cmp(other),
        (SortValue::Text(one), SortValue::Text(other)) => one.cmp(other),
        (SortValue::Number(_), SortValue::Text(_)) => Ordering::Less,
        (SortValue::Text(_), SortValue::Number(_)) => Ordering::Greater,
    };
    values.then(one_id.cmp(&other_id))
}

/// Those of a page, one more than `limit` where there are more, in the direction of `place`.
fn beyond(all: Vec<Counted>, place: Option<&Place>, limit: Limit) -> Vec<Counted> {
    let rows = limit.rows() + 1;
    let Some(place) = place else { return all.into_iter().take(rows).collect() };
    let side = |counted: &Counted| order(&counted.value, counted.id, &place.value, place.id.into());
    match place.direction {
        Direction::Forward => all.into_iter().filter(|counted| side(counted) == Ordering::Greater).take(rows).collect(),
        Direction::Backward => all.into_iter().rev().filter(|counted| side(counted) == Ordering::Less).take(rows).collect(),
    }
}

/// What a slug answers.
pub enum Found<D> {
    /// A tag or an author.
    Here(Box<D>),
    /// The one that had it has this one now.
    Moved(String),
    /// Nothing, or none that live articles name.
    Nothing,
}

/// The one of this slug, if live articles of the language name it.
///
/// # Errors
/// If the database fails.
pub fn find<D: Delivered>(connection: &mut AnyConnection, reading: &Reading<'_>, slug: &str, locale: &str) -> Result<(Found<D>, Ground)> {
    let at = reading.snapshot.at;
    let Some((id, (present, _))) = reading.names.term_by_slug(D::RELATION, slug) else {
        return Ok((Found::Nothing, ground(connection, at, &Shown::Nothing, reading.span_ms)?));
    };
    let lists = vec![ListKey::term(locale, KIND, D::RELATION, id)];
    let articles = reading.totals(connection, Lists::These(&lists))?.into_values().sum();
    let row = rows(connection, &[id])?.into_iter().next();
    let within = Within::These { lists, also: Vec::new(), published_from: None, published_before: None, except: Vec::new() };
    let ground = ground(connection, at, &Shown::Lists(within, Part::Counts), reading.span_ms)?;
    let found = match row {
        Some(row) if articles > 0 && present == slug => Found::Here(Box::new(D::of(row, articles)?)),
        Some(_) if articles > 0 => Found::Moved(present.clone()),
        _ => Found::Nothing,
    };
    Ok((found, ground))
}
