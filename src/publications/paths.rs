//! What stands at paths of the site, and where those lead that articles and categories had: redirects made by hand give way to the one and lead where the
//! other does, so that no answer leads to another. A path is `/{slug of the category}/{slug}`, or `/{slug}` of what has no category and of a category itself.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Nullable, Text};

use super::entries::Entry;
use super::visibility::Snapshot;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;

/// What is at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum There {
    /// A live article, or a category.
    Stands,
    /// What was there, or what is asked for by the slug in it, stands at this path.
    Leads(String),
    /// Neither.
    Nothing,
}

/// One publication of an article.
#[derive(Debug)]
struct Shown {
    from_at: Instant,
    until_at: Instant,
    slug: String,
    category_id: Option<CategoryId>,
}

/// All that some paths can be, from an instant on for as long as was asked.
#[derive(Debug)]
pub struct Paths {
    at: Instant,
    until: Instant,
    /// The articles that have or had a slug, in the order of the site's languages.
    of_slug: HashMap<String, Vec<ArticleId>>,
    /// In order of their starts.
    shown: HashMap<ArticleId, Vec<Shown>>,
    slugs: HashMap<CategoryId, String>,
    /// By each slug that one has or had.
    categories: HashMap<String, CategoryId>,
}

/// The slug of the category in a path if it has one, and the last slug.
fn parts(path: &str) -> Option<(Option<&str>, &str)> {
    let mut slugs = path.strip_prefix('/')?.split('/');
    match (slugs.next(), slugs.next(), slugs.next()) {
        (Some(slug), None, None) => Some((None, slug)),
        (Some(category), Some(slug), None) => Some((Some(category), slug)),
        _ => None,
    }
}

impl Paths {
    /// What these can be at the snapshot, with the entries of a release, and `span_ms` after it, in the languages of the site, the first one first. Four statements at most.
    ///
    /// # Errors
    /// If the database fails.
    pub fn of<'a>(
        connection: &mut AnyConnection,
        (snapshot, entries): (Snapshot, &[Entry]),
        span_ms: i64,
        locales: &[String],
        paths: impl Iterator<Item = &'a str>,
    ) -> Result<Self> {
        let mut found = Self {
            at: snapshot.at,
            until: snapshot.at.plus_millis(span_ms),
            of_slug: HashMap::new(),
            shown: HashMap::new(),
            slugs: HashMap::new(),
            categories: HashMap::new(),
        };
        let parts: Vec<(Option<&str>, &str)> = paths.filter_map(parts).collect();
        let slugs: BTreeSet<&str> = parts.iter().map(|(_, slug)| *slug).collect();
        if slugs.is_empty() {
            return Ok(found);
        }
        let statement = Statement::<(IdSql, Text, Text)>::new("SELECT article_id, locale, slug FROM slugs WHERE locale IN (");
        let statement =
            statement.bind_all(locales.iter().map(String::as_str)).sql(") AND slug IN (").bind_all(slugs.iter().copied()).sql(")").once();
        let mut held: Vec<(ArticleId, String, String)> = statement.load(connection)?;
        let entered = entries
            .iter()
            .filter(|entry| slugs.contains(entry.slug.as_str()))
            .map(|entry| (entry.article_id, entry.locale.clone(), entry.slug.clone()));
        held.extend(entered);
        held.sort_by_key(|(_, locale, _)| locales.iter().position(|known| known == locale));
        let ids: BTreeSet<ArticleId> = held.iter().map(|(id, ..)| *id).collect();
        for (id, _, slug) in held {
            found.of_slug.entry(slug).or_default().push(id);
        }
        // What the entries of a release show takes the place of what stands there, and is not hidden here.
        found.read_shown(connection, if entries.is_empty() { snapshot } else { snapshot.with_release(None) }, &ids)?;
        for entry in entries.iter().filter(|entry| ids.contains(&entry.article_id)) {
            let Entry { slug, category_id, .. } = entry.clone();
            let shown = found.shown.entry(entry.article_id).or_default();
            shown.retain(|shown| shown.from_at <= snapshot.at);
            shown.push(Shown { from_at: snapshot.at, until_at: Instant::NEVER, slug, category_id });
        }
        let named = parts.iter().flat_map(|(category, slug)| [category.unwrap_or(slug), *slug]).collect();
        found.read_categories(connection, &named)?;
        Ok(found)
    }

    fn read_shown(&mut self, connection: &mut AnyConnection, snapshot: Snapshot, ids: &BTreeSet<ArticleId>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        const SHOWN: &str = "SELECT p.article_id, p.publish_at, p.ends_at, r.slug, r.category_id FROM publications p \
            JOIN revisions r ON r.article_id = p.article_id AND r.number = p.revision WHERE p.article_id IN (";
        type Columns = (IdSql, BigInt, BigInt, Text, Nullable<IdSql>);
        type Row = (ArticleId, Instant, Instant, String, Option<CategoryId>);
        let statement = Statement::<Columns>::new(SHOWN).bind_all(ids.iter().copied()).sql(") AND p.publish_at <= ").bind(self.until);
        let statement = snapshot.shows(statement, " AND p.article_id").sql(" ORDER BY p.publish_at").once();
        for (id, from_at, until_at, slug, category_id) in statement.load::<Row>(connection)? {
            self.shown.entry(id).or_default().push(Shown { from_at, until_at, slug, category_id });
        }
        Ok(())
    }

    fn read_categories(&mut self, connection: &mut AnyConnection, named: &BTreeSet<&str>) -> Result<()> {
        let ids: BTreeSet<CategoryId> = self.shown.values().flatten().filter_map(|shown| shown.category_id).collect();
        let statement = Statement::<(IdSql, Text)>::new("SELECT id, slug FROM categories WHERE slug IN (").bind_all(named.iter().copied());
        let statement = if ids.is_empty() { statement } else { statement.sql(") OR id IN (").bind_all(ids) };
        for (id, slug) in statement.sql(")").once().load::<(CategoryId, String)>(connection)? {
            self.categories.insert(slug.clone(), id);
            self.slugs.insert(id, slug);
        }
        let statement = Statement::<(Text, IdSql, Text)>::new(
            "SELECT f.slug, c.id, c.slug FROM category_slugs f JOIN categories c ON c.id = f.category_id WHERE f.slug IN (",
        );
        for (former, id, slug) in
            statement.bind_all(named.iter().copied()).sql(")").once().load::<(String, CategoryId, String)>(connection)?
        {
            self.categories.entry(former).or_insert(id);
            self.slugs.insert(id, slug);
        }
        Ok(())
    }

    /// What is at one of the paths at an instant.
    pub fn there(&self, path: &str, at: Instant) -> There {
        let Some((category, slug)) = parts(path) else { return There::Nothing };
        let live = || self.of_slug.get(slug).into_iter().flatten().filter_map(|id| Some((self.shown.get(id)?, self.live(*id, at)?)));
        if live().any(|(_, live)| self.path(live) == path) {
            return There::Stands;
        }
        let named = self.categories.get(category.unwrap_or(slug)).and_then(|id| self.slugs.get(id));
        if category.is_none() && named.is_some_and(|present| present == slug) {
            return There::Stands;
        }
        if category.is_none() || named.is_some() {
            let had = |shown: &Shown| shown.slug == slug && shown.from_at <= at && shown.until_at > shown.from_at;
            if let Some((_, live)) = live().find(|(all, _)| all.iter().any(had)) {
                return There::Leads(self.path(live));
            }
        }
        match named.filter(|_| category.is_none()) {
            Some(present) => There::Leads(format!("/{present}")),
            None => There::Nothing,
        }
    }

    /// What `told` makes of them at the snapshot, and the first instant after it at which it makes something else of them.
    pub fn told<T: PartialEq>(&self, told: impl Fn(Instant) -> T) -> (T, Option<Instant>) {
        let now = told(self.at);
        let instants: BTreeSet<Instant> = self.shown.values().flatten().flat_map(|shown| [shown.from_at, shown.until_at]).collect();
        let ahead = instants.into_iter().filter(|instant| (self.at.following()..=self.until).contains(instant));
        let next = ahead.into_iter().find(|instant| told(*instant) != now);
        (now, next)
    }

    fn live(&self, id: ArticleId, at: Instant) -> Option<&Shown> {
        self.shown.get(&id)?.iter().rfind(|shown| shown.from_at <= at).filter(|shown| shown.until_at > at)
    }

    fn path(&self, shown: &Shown) -> String {
        match shown.category_id.and_then(|id| self.slugs.get(&id)) {
            Some(category) => format!("/{category}/{}", shown.slug),
            None => format!("/{}", shown.slug),
        }
    }
}
