//! The filters that every list of articles takes, and what is counted of it.

use crate::articles::dto::Kind;
use crate::articles::reads::Selection;
use crate::categories::context::Delivery;
use crate::categories::names::{Category, Names};
use crate::http::Collector;
use crate::kernel::instant::Instant;
use crate::kernel::page::ListParameters;
use crate::publications::lists::ListKey;

/// The most categories that a filter takes.
const MOST_CATEGORIES: usize = 20;

/// Which articles are asked for.
pub(super) struct Filters {
    locale: String,
    /// In order, each once.
    kinds: Vec<Kind>,
    categories: Option<Vec<String>>,
    published_from: Option<Instant>,
    published_before: Option<Instant>,
}

impl Filters {
    /// Reads them from a query.
    pub(super) fn of(q: &mut Collector<'_>, delivery: &Delivery) -> Self {
        let in_categories = q.has("category");
        Self {
            locale: delivery.locale(q),
            kinds: kinds(q),
            categories: Some(q.list("category", MOST_CATEGORIES)).filter(|_| in_categories),
            published_from: q.instant("published_from"),
            published_before: q.instant("published_before"),
        }
    }

    /// Whether they name one list at most.
    pub(super) fn are_of_one_list(&self) -> bool {
        self.kinds.len() == 1 && self.categories.as_ref().is_none_or(|slugs| slugs.len() <= 1)
    }

    /// In a form in which no two lists are the same.
    pub(super) fn parameters(&self, operation: &str) -> ListParameters {
        let instant = |at: Option<Instant>| at.map(|at| at.to_string());
        ListParameters::of(operation)
            .with("locale", Some(&self.locale))
            .with("kind", Some(&self.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",")))
            .with("category", self.categories.as_ref().map(|slugs| slugs.join(",")).as_deref())
            .with("published_from", instant(self.published_from).as_deref())
            .with("published_before", instant(self.published_before).as_deref())
    }

    /// What they name.
    pub(super) fn selection(&self, names: &Names) -> Selection {
        let lists = match self.named(names) {
            None => self.kinds.iter().map(|kind| ListKey::all(&self.locale, kind.name())).collect(),
            Some(named) => self.lists(&named),
        };
        Selection { lists, published_from: self.published_from, published_before: self.published_before }
    }

    /// The same articles from as few lists as will do: a category that lies below another one adds nothing. True where the tree and the lists are of
    /// one state.
    pub(super) fn fewest(&self, names: &Names) -> Selection {
        let selection = self.selection(names);
        let Some(named) = self.named(names) else { return selection };
        let is_named = |id| named.iter().any(|category| category.id == id);
        let is_below = |of: &Category| names.path(of.id).iter().any(|above| above.id != of.id && is_named(above.id));
        let highest: Vec<&Category> = named.iter().copied().filter(|category| !is_below(category)).collect();
        Selection { lists: self.lists(&highest), ..selection }
    }

    fn named<'a>(&self, names: &'a Names) -> Option<Vec<&'a Category>> {
        Some(self.categories.as_ref()?.iter().filter_map(|slug| names.category_by_slug(slug)).collect())
    }

    fn lists(&self, categories: &[&Category]) -> Vec<ListKey> {
        let list = |kind: Kind, category: &Category| ListKey::category(&self.locale, kind.name(), category.id);
        let of_kind = |kind: &Kind| categories.iter().map(|category| list(*kind, category)).collect::<Vec<_>>();
        let mut lists: Vec<ListKey> = self.kinds.iter().flat_map(of_kind).collect();
        lists.sort();
        lists.dedup();
        lists
    }
}

/// Without `kind` articles alone.
fn kinds(q: &mut Collector<'_>) -> Vec<Kind> {
    let mut kinds = q.any_of("kind", &Kind::ALL);
    if kinds.is_empty() {
        kinds.push(Kind::Article);
    }
    kinds.sort_unstable();
    kinds
}
