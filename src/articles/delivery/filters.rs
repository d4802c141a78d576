//! The filters that every list of articles takes, and what is counted of it.

use crate::articles::dto::Kind;
use crate::articles::reads::Selection;
use crate::categories::context::Delivery;
use crate::categories::names::{Category, Names};
use crate::http::Collector;
use crate::kernel::id::{ArticleId, TermId};
use crate::kernel::instant::Instant;
use crate::kernel::page::ListParameters;
use crate::kernel::refs::Relation;
use crate::publications::lists::ListKey;

/// The most categories, tags or authors that a filter takes.
const MOST_NAMED: usize = 20;

/// Which articles are asked for.
pub struct Filters {
    locale: String,
    /// In order, each once.
    kinds: Vec<Kind>,
    categories: Option<Vec<String>>,
    tags: Option<Vec<String>>,
    authors: Option<Vec<String>>,
    published_from: Option<Instant>,
    published_before: Option<Instant>,
    /// None of these articles.
    except: Vec<ArticleId>,
}

impl Filters {
    /// Reads them from a query.
    pub fn of(q: &mut Collector<'_>, delivery: &Delivery) -> Self {
        let mut named = |name: &'static str| {
            let is_given = q.has(name);
            Some(q.list(name, MOST_NAMED)).filter(|_| is_given)
        };
        let [categories, tags, authors] = ["category", "tag", "author"].map(&mut named);
        Self {
            locale: delivery.locale(q),
            kinds: kinds(q),
            categories,
            tags,
            authors,
            published_from: q.instant("published_from"),
            published_before: q.instant("published_before"),
            except: Vec::new(),
        }
    }

    /// The same of a list that takes categories alone.
    pub(super) fn of_categories(q: &mut Collector<'_>, delivery: &Delivery) -> Self {
        let is_given = q.has("category");
        let categories = Some(q.list("category", MOST_NAMED)).filter(|_| is_given);
        let (locale, kinds) = (delivery.locale(q), kinds(q));
        Self { locale, kinds, categories, tags: None, authors: None, published_from: None, published_before: None, except: Vec::new() }
    }

    /// Those of them that have a date from the first instant on and before the second one.
    pub(super) fn within(self, [from, before]: [Instant; 2]) -> Self {
        Self { published_from: Some(from), published_before: Some(before), ..self }
    }

    /// The same without those that `exclude` names.
    pub(super) fn without(self, q: &mut Collector<'_>) -> Self {
        Self { except: ids(q, "exclude"), ..self }
    }

    /// Of which language the articles are.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// The category, if nothing but one is named.
    pub fn one_category<'a>(&self, names: &'a Names) -> Option<&'a Category> {
        let Some([slug]) = self.categories.as_deref().filter(|_| self.are_of_one_list()) else { return None };
        names.category_by_slug(slug)
    }

    /// Whether they name one list at most.
    pub fn are_of_one_list(&self) -> bool {
        let mut named = [&self.categories, &self.tags, &self.authors].into_iter().flatten();
        self.except.is_empty() && self.kinds.len() == 1 && named.next().is_none_or(|slugs| slugs.len() <= 1) && named.next().is_none()
    }

    /// In a form in which no two lists are the same.
    pub fn parameters(&self, operation: &str) -> ListParameters {
        let instant = |at: Option<Instant>| at.map(|at| at.to_string());
        let except: Vec<String> = self.except.iter().map(ToString::to_string).collect();
        let joined = |slugs: &Option<Vec<String>>| slugs.as_ref().map(|slugs| slugs.join(","));
        ListParameters::of(operation)
            .with("locale", Some(&self.locale))
            .with("kind", Some(&self.kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(",")))
            .with("category", joined(&self.categories).as_deref())
            .with("tag", joined(&self.tags).as_deref())
            .with("author", joined(&self.authors).as_deref())
            .with("published_from", instant(self.published_from).as_deref())
            .with("published_before", instant(self.published_before).as_deref())
            .with("exclude", Some(except.join(",")).filter(|_| !except.is_empty()).as_deref())
    }

    /// What they name.
    pub fn selection(&self, names: &Names) -> Selection {
        self.select(names, self.categories(names))
    }

    /// The same articles from as few lists as will do: a category that lies below another one adds nothing. True where the tree and the lists are of
    /// one state.
    pub fn fewest(&self, names: &Names) -> Selection {
        let Some(named) = self.categories(names) else { return self.selection(names) };
        let is_named = |id| named.iter().any(|category| category.id == id);
        let is_below = |of: &Category| names.path(of.id).iter().any(|above| above.id != of.id && is_named(above.id));
        let highest: Vec<&Category> = named.iter().copied().filter(|category| !is_below(category)).collect();
        self.select(names, Some(highest))
    }

    fn categories<'a>(&self, names: &'a Names) -> Option<Vec<&'a Category>> {
        Some(self.categories.as_ref()?.iter().filter_map(|slug| names.category_by_slug(slug)).collect())
    }

    /// Every article is on one list of each of the groups; of those of a group that none has, there is none.
    fn select(&self, names: &Names, categories: Option<Vec<&Category>>) -> Selection {
        let categories = categories.map(|named| self.lists(&named, |kind, category| ListKey::category(&self.locale, kind, category.id)));
        let groups = [categories, self.terms(names, Relation::Tag), self.terms(names, Relation::Author)];
        let mut groups: Vec<Vec<ListKey>> = groups.into_iter().flatten().collect();
        if groups.is_empty() {
            groups.push(self.kinds.iter().map(|kind| ListKey::all(&self.locale, kind.name())).collect());
        }
        if groups.iter().any(Vec::is_empty) {
            groups = vec![Vec::new()];
        }
        let lists = groups.remove(0);
        let Self { published_from, published_before, except, .. } = self;
        Selection { lists, also: groups, published_from: *published_from, published_before: *published_before, except: except.clone() }
    }

    fn terms(&self, names: &Names, relation: Relation) -> Option<Vec<ListKey>> {
        let slugs = if relation == Relation::Tag { &self.tags } else { &self.authors };
        let named: Vec<TermId> = slugs.as_ref()?.iter().filter_map(|slug| names.term_by_slug(relation, slug)).map(|(id, _)| id).collect();
        Some(self.lists(&named, |kind, id| ListKey::term(&self.locale, kind, relation, *id)))
    }

    /// A list of each kind of each of these, each once.
    fn lists<T>(&self, of: &[T], list: impl Fn(&str, &T) -> ListKey) -> Vec<ListKey> {
        let mut lists: Vec<ListKey> =
            self.kinds.iter().flat_map(|kind| of.iter().map(|of| list(kind.name(), of)).collect::<Vec<_>>()).collect();
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

/// How many articles may be named at once.
const MOST_IDS: usize = 100;

/// Ids of articles with commas between, each once.
pub(super) fn ids(q: &mut Collector<'_>, name: &'static str) -> Vec<ArticleId> {
    let mut ids: Vec<ArticleId> = Vec::new();
    for text in q.list(name, MOST_IDS) {
        match text.parse() {
            Ok(id) if ids.contains(&id) => q.error(name, "repeated", format!("`{id}` is named more than once")),
            Ok(id) => ids.push(id),
            Err(fault) => q.error(name, "invalid_format", format!("`{text}`: {fault}")),
        }
    }
    ids
}

/// Everything that the site publishes, in any language and of any kind.
pub(super) fn every(delivery: &Delivery) -> Selection {
    let locales = delivery.locales.iter().map(ToString::to_string);
    let lists = locales.flat_map(|locale| Kind::ALL.map(|(kind, _)| ListKey::all(&locale, kind))).collect();
    Selection::of(lists)
}
