//! The names of all categories, tags and authors in memory. Whoever reads data reads the version of the names with it, and names of another
//! version are loaded anew: exact on every node, without being told of changes.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use diesel::{QueryDsl, RunQueryDsl};

use crate::db::schema::{categories, category_slugs, names_version, term_slugs, terms};
use crate::db::{AnyConnection, Result};
use crate::kernel::id::{AuthorId, CategoryId, TagId, TermId};
use crate::kernel::refs::Relation;

/// A category as readers may know it.
#[derive(Clone, Debug)]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// Its name in URLs.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// The one above it.
    pub parent_id: Option<CategoryId>,
    /// Its place among its siblings.
    pub position: i64,
}

/// A slug and a name.
pub type Named = (String, String);

/// All names of one version.
#[derive(Debug, Default)]
pub struct Names {
    version: i64,
    categories: HashMap<CategoryId, Category>,
    by_slug: HashMap<String, CategoryId>,
    /// By slugs that none has any more.
    by_former_slug: HashMap<String, CategoryId>,
    /// In the order of the tree: each category before those below it, siblings by position and name.
    order: Vec<CategoryId>,
    terms: HashMap<TermId, Named>,
    tags: Slugs,
    authors: Slugs,
}

/// What tags or authors are called in URLs.
#[derive(Debug, Default)]
struct Slugs {
    present: BTreeMap<String, TermId>,
    /// Those that none has any more.
    former: HashMap<String, TermId>,
}

impl Names {
    /// Which version they are of.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// Reads all of them.
    ///
    /// # Errors
    /// If the database fails.
    pub fn load(connection: &mut AnyConnection) -> Result<Self> {
        // The version first: what changes meanwhile is loaded again next time.
        let version = names_version::table.select(names_version::version).first(connection)?;
        type Row = (CategoryId, String, String, String, Option<CategoryId>, i64);
        let rows: Vec<Row> = categories::table
            .select((
                categories::id,
                categories::slug,
                categories::name,
                categories::description,
                categories::parent_id,
                categories::position,
            ))
            .order((categories::position, categories::name, categories::id))
            .load(connection)?;
        let mut names = Self { version, ..Self::default() };
        let sorted: Vec<Category> = rows
            .into_iter()
            .map(|(id, slug, name, description, parent_id, position)| Category { id, slug, name, description, parent_id, position })
            .collect();
        names.order = tree_order(&sorted);
        names.by_slug = sorted.iter().map(|category| (category.slug.clone(), category.id)).collect();
        names.categories = sorted.into_iter().map(|category| (category.id, category)).collect();
        let rows: Vec<(String, CategoryId)> =
            category_slugs::table.select((category_slugs::slug, category_slugs::category_id)).load(connection)?;
        names.by_former_slug = rows.into_iter().collect();
        names.load_terms(connection)?;
        Ok(names)
    }

    fn load_terms(&mut self, connection: &mut AnyConnection) -> Result<()> {
        let rows: Vec<(TermId, String, String, String)> =
            terms::table.select((terms::id, terms::relation, terms::slug, terms::name)).load(connection)?;
        for (id, relation, slug, name) in rows {
            self.slugs_mut(&relation).present.insert(slug.clone(), id);
            self.terms.insert(id, (slug, name));
        }
        let rows: Vec<(String, String, TermId)> =
            term_slugs::table.select((term_slugs::relation, term_slugs::slug, term_slugs::term_id)).load(connection)?;
        for (relation, slug, id) in rows {
            self.slugs_mut(&relation).former.insert(slug, id);
        }
        Ok(())
    }

    fn slugs_mut(&mut self, relation: &str) -> &mut Slugs {
        if relation == Relation::Author.name() { &mut self.authors } else { &mut self.tags }
    }

    fn slugs(&self, relation: Relation) -> &Slugs {
        match relation {
            Relation::Tag => &self.tags,
            Relation::Author => &self.authors,
        }
    }

    /// The category of this id.
    pub fn category(&self, id: CategoryId) -> Option<&Category> {
        self.categories.get(&id)
    }

    /// The category that has this slug, or else the one that had it.
    pub fn category_by_slug(&self, slug: &str) -> Option<&Category> {
        self.by_slug.get(slug).or_else(|| self.by_former_slug.get(slug)).and_then(|id| self.category(*id))
    }

    /// The way from the root to a category, itself last.
    pub fn path(&self, id: CategoryId) -> Vec<&Category> {
        let mut path = Vec::new();
        let mut at = self.category(id);
        while let Some(category) = at {
            path.push(category);
            at = category.parent_id.and_then(|id| self.category(id));
        }
        path.reverse();
        path
    }

    /// All categories in the order of the tree.
    pub fn categories(&self) -> impl Iterator<Item = &Category> {
        self.order.iter().filter_map(|id| self.category(*id))
    }

    /// Slug and name of a tag.
    pub fn tag(&self, id: TagId) -> Option<&Named> {
        self.terms.get(&id.into())
    }

    /// Slug and name of an author.
    pub fn author(&self, id: AuthorId) -> Option<&Named> {
        self.terms.get(&id.into())
    }

    /// All tags or authors with slug and name, by slug.
    pub fn terms(&self, relation: Relation) -> impl Iterator<Item = (TermId, &Named)> {
        self.slugs(relation).present.values().filter_map(|id| Some((*id, self.terms.get(id)?)))
    }

    /// The tag or author that has this slug, or else the one that had it, with its present slug and name.
    pub fn term_by_slug(&self, relation: Relation, slug: &str) -> Option<(TermId, &Named)> {
        let slugs = self.slugs(relation);
        let id = slugs.present.get(slug).or_else(|| slugs.former.get(slug))?;
        Some((*id, self.terms.get(id)?))
    }
}

/// `sorted` are siblings in order; the result has each category before what lies below it.
fn tree_order(sorted: &[Category]) -> Vec<CategoryId> {
    let mut below: HashMap<Option<CategoryId>, Vec<CategoryId>> = HashMap::new();
    for category in sorted.iter().rev() {
        below.entry(category.parent_id).or_default().push(category.id);
    }
    let mut order = Vec::with_capacity(sorted.len());
    let mut waiting = below.remove(&None).unwrap_or_default();
    while let Some(id) = waiting.pop() {
        order.push(id);
        waiting.extend(below.remove(&Some(id)).unwrap_or_default());
    }
    order
}

/// The names that a process keeps.
#[derive(Clone, Debug, Default)]
pub struct NamesCache(Arc<RwLock<Arc<Names>>>);

impl NamesCache {
    /// The names that were loaded last, however old: whoever reads with them must compare the version that was read with the data.
    pub fn kept(&self) -> Arc<Names> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The names of this version or a later one.
    ///
    /// # Errors
    /// If the database fails.
    pub fn get(&self, connection: &mut AnyConnection, version: i64) -> Result<Arc<Names>> {
        let kept = self.kept();
        if kept.version >= version {
            return Ok(kept);
        }
        let loaded = Arc::new(Names::load(connection)?);
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&loaded);
        Ok(loaded)
    }

    /// The names as they are now.
    ///
    /// # Errors
    /// If the database fails.
    pub fn current(&self, connection: &mut AnyConnection) -> Result<Arc<Names>> {
        let version = names_version::table.select(names_version::version).first(connection)?;
        self.get(connection, version)
    }
}
