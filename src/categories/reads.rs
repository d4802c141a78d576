//! What readers get of categories: functions of an instant. The tree is in memory; how many articles lie in each is counted by their lists.

use std::collections::HashMap;

use super::context::Reading;
use super::dto::{Category, PathStep};
use super::names::{self, Names};
use crate::db::{AnyConnection, Result};
use crate::kernel::id::CategoryId;
use crate::publications::lists::ListKey;
use crate::publications::tallies::Lists;
use crate::publications::visibility::{Ground, Part, Shown, Within, ground};

/// What is counted and listed.
const KIND: &str = "article";

/// How many articles each list has.
type Counts = HashMap<String, i64>;

fn category(names: &Names, of: &names::Category, locale: &str, counts: &Counts) -> Category {
    let path: Vec<PathStep> =
        names.path(of.id).into_iter().map(|step| PathStep { slug: step.slug.clone(), name: step.name.clone() }).collect();
    Category {
        id: of.id,
        slug: of.slug.clone(),
        name: of.name.clone(),
        description: of.description.clone(),
        parent_id: of.parent_id,
        position: of.position,
        depth: i64::try_from(path.len()).unwrap_or(i64::MAX).saturating_sub(1).max(0),
        path,
        article_count: counts.get(ListKey::category(locale, KIND, of.id).as_str()).copied().unwrap_or(0),
        children: None,
    }
}

/// All categories in the order of the tree.
///
/// # Errors
/// If the database fails.
pub fn flat(connection: &mut AnyConnection, reading: &Reading<'_>, locale: &str) -> Result<(Vec<Category>, Ground)> {
    let (at, names) = (reading.snapshot.at, reading.names);
    let [least, most] = ListKey::categories(locale, KIND);
    let counts = reading.totals(connection, Lists::Between(&least, &most))?;
    let ground = ground(connection, at, &Shown::Lists(Within::Between([least, most]), Part::Counts), reading.span_ms)?;
    Ok((names.categories().map(|of| category(names, of, locale, &counts)).collect(), ground))
}

/// What a slug answers.
pub enum Found {
    /// A category.
    Here(Box<Category>),
    /// The category that had it has this one now.
    Moved(String),
    /// Nothing.
    Nothing,
}

/// The category of this slug with those directly below it.
///
/// # Errors
/// If the database fails.
pub fn find(connection: &mut AnyConnection, reading: &Reading<'_>, slug: &str, locale: &str) -> Result<(Found, Ground)> {
    let (snapshot, names, span_ms) = (reading.snapshot, reading.names, reading.span_ms);
    let wanted = match names.category_by_slug(slug) {
        Some(wanted) if wanted.slug == slug => wanted,
        other => {
            let found = other.map_or(Found::Nothing, |moved| Found::Moved(moved.slug.clone()));
            return Ok((found, ground(connection, snapshot.at, &Shown::Nothing, span_ms)?));
        }
    };
    let below: Vec<&names::Category> = names.categories().filter(|other| other.parent_id == Some(wanted.id)).collect();
    let lists: Vec<ListKey> =
        std::iter::once(wanted).chain(below.iter().copied()).map(|of| ListKey::category(locale, KIND, of.id)).collect();
    let counts = reading.totals(connection, Lists::These(&lists))?;
    let within = Within::These { lists, also: Vec::new(), published_from: None, published_before: None, except: Vec::new() };
    let ground = ground(connection, snapshot.at, &Shown::Lists(within, Part::Counts), span_ms)?;
    let mut found = category(names, wanted, locale, &counts);
    found.children = Some(below.into_iter().map(|of| category(names, of, locale, &counts)).collect());
    Ok((Found::Here(Box::new(found)), ground))
}

/// The same categories, each within its parent. `flat` has each before those below it.
pub fn nested(flat: Vec<Category>) -> Vec<Category> {
    let mut below: HashMap<Option<CategoryId>, Vec<Category>> = HashMap::new();
    // From the end: whatever lies below a category has been gathered when its turn comes.
    for mut category in flat.into_iter().rev() {
        let mut children = below.remove(&Some(category.id)).unwrap_or_default();
        children.reverse();
        category.children = Some(children);
        below.entry(category.parent_id).or_default().push(category);
    }
    let mut roots = below.remove(&None).unwrap_or_default();
    roots.reverse();
    roots
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(slug: &str, parent_id: Option<CategoryId>) -> Category {
        Category {
            id: CategoryId::new(),
            slug: slug.to_owned(),
            name: slug.to_owned(),
            description: String::new(),
            parent_id,
            position: 0,
            depth: 0,
            path: Vec::new(),
            article_count: 0,
            children: None,
        }
    }

    fn shape(categories: &[Category]) -> String {
        categories.iter().map(|of| format!("{}({})", of.slug, shape(of.children.as_deref().unwrap_or_default()))).collect()
    }

    #[test]
    fn nesting_keeps_the_order_of_siblings() {
        let a = named("a", None);
        let b = named("b", Some(a.id));
        let c = named("c", Some(b.id));
        let d = named("d", Some(a.id));
        let e = named("e", None);
        assert_eq!(shape(&nested(vec![a, b, c, d, e])), "a(b(c())d())e()");
        assert!(nested(Vec::new()).is_empty());
    }
}
