//! The list of articles for editors: one range scan of `standings` for each status that is asked for, so that no status costs more for the
//! articles of another one, and no page more than the first. Pages, languages and who began it have scans of their own. What names a category or an
//! author that few saves name is looked up by it; of other filters each costs what it leaves out until the page is full.

use diesel::Queryable;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::named::{Named, naming};
use crate::articles::dto::Kind;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, Place, SortValue};
use crate::publications::rules::standing::Status;

/// By what the list is ordered; equal instants by id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// The newest save.
    Saved,
    /// The first one.
    Created,
}

/// From an instant on, and before another one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Range {
    /// The first instant.
    pub from: Option<Instant>,
    /// The first instant after it.
    pub before: Option<Instant>,
}

/// Which articles, and in which order. A list holds any of its values; `None` is no condition.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Standing so.
    pub statuses: Vec<Status>,
    /// Begun by this user.
    pub created_by: Option<UserId>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// In one of these languages.
    pub locales: Option<Vec<String>>,
    /// Naming categories of these slugs, or what lies below them.
    pub categories: Option<Vec<String>>,
    /// Naming authors of these slugs.
    pub authors: Option<Vec<String>>,
    /// With this folded text in the folded title.
    pub title: Option<String>,
    /// Saved then.
    pub saved: Range,
    /// Begun then.
    pub created: Range,
    /// The order.
    pub by: By,
    /// The latest first.
    pub is_descending: bool,
}

/// A row of the list.
#[derive(Debug, Queryable)]
pub struct Row {
    /// The article.
    pub id: ArticleId,
    /// Its kind.
    pub kind: String,
    /// The slug.
    pub slug: String,
    /// The language.
    pub locale: String,
    /// The headline.
    pub title: String,
    /// The excerpt.
    pub excerpt: String,
    /// The main category.
    pub category_id: Option<CategoryId>,
    /// What else it names, as JSON.
    pub refs: String,
    /// The picture, as JSON.
    pub image: Option<String>,
    /// The version.
    pub version: i64,
    /// The number of the newest save.
    pub revision: i64,
    /// The name of its status.
    pub status: String,
    /// When it was begun.
    pub created_at: Instant,
    /// By whom.
    pub created_by: UserId,
    /// When it was saved.
    pub saved_at: Instant,
    /// By whom.
    pub saved_by: UserId,
    /// Since when it is in the trash.
    pub trashed_at: Option<Instant>,
    /// The start of the latest publication that began.
    pub last_publish_at: Option<Instant>,
    /// The start of the next one.
    pub next_publish_at: Option<Instant>,
}

type RowSql = (
    IdSql,
    Text,
    Text,
    Text,
    Text,
    Text,
    Nullable<IdSql>,
    Text,
    Nullable<Text>,
    BigInt,
    BigInt,
    Text,
    BigInt,
    IdSql,
    BigInt,
    IdSql,
    Nullable<BigInt>,
    Nullable<BigInt>,
    Nullable<BigInt>,
);

const COLUMNS: &str = "SELECT a.id, a.kind, r.slug, a.locale, r.title, r.excerpt, r.category_id, r.refs, r.image, a.version, a.newest_revision, l.status, a.created_at, a.created_by, a.saved_at, r.saved_by, a.trashed_at, (SELECT max(p.publish_at) FROM publications p WHERE p.article_id = a.id AND p.cut_at > p.publish_at AND p.publish_at <= ";
const NEXT: &str = "), (SELECT min(p.publish_at) FROM publications p WHERE p.article_id = a.id AND p.publish_at > ";
const TEXTS: &str = ") l JOIN articles a ON a.id = l.article_id JOIN revisions r ON r.article_id = a.id AND r.number = a.newest_revision";

/// Where no more saves than this name what is asked for, their articles are looked at one by one.
const FEW: i64 = 1000;

/// What leaves the least to look at: what names one of these, or else the lists of statuses. One statement, if categories or authors are asked for.
fn start(connection: &mut AnyConnection, wanted: &Wanted) -> Result<Option<Named>> {
    let filters = [(Named::Categories, &wanted.categories), (Named::Authors, &wanted.authors)];
    let asked = filters.into_iter().filter_map(|(named, slugs)| slugs.as_ref().map(|slugs| (named, slugs)));
    let mut fewest = (FEW + 1, None);
    for (named, slugs) in asked {
        let statement = Statement::<BigInt>::new("SELECT count(*) FROM (SELECT 1 FROM revision_keys k WHERE ");
        let saves = naming(statement, named, slugs).sql(" LIMIT ").bind(fewest.0).sql(") n").once().get_result(connection)?;
        if saves < fewest.0 {
            fewest = (saves, Some(named));
        }
    }
    Ok(fewest.1)
}

/// A page as it stands at `now`, one row more than `limit` where there are more, in the direction of `place`. One statement, and one for each of
/// categories and authors that are asked for.
///
/// # Errors
/// If the database fails.
pub fn page(connection: &mut AnyConnection, wanted: &Wanted, now: Instant, place: Option<&Place>, limit: Limit) -> Result<Vec<Row>> {
    let is_backward = place.is_some_and(|place| place.direction == Direction::Backward);
    let scan = Scan {
        wanted,
        start: start(connection, wanted)?,
        now,
        place,
        is_descending: wanted.is_descending != is_backward,
        rows: limit.read_rows(),
    };
    let mut statement = Statement::<RowSql>::new(COLUMNS).bind(now).sql(NEXT).bind(now).sql(") FROM (");
    for (at, (status, locale)) in lists(wanted).enumerate() {
        statement = if at > 0 { statement.sql(" UNION ALL ") } else { statement };
        statement = scan.of(status, locale, statement);
    }
    let order =
        if scan.is_descending { " ORDER BY l.sort_at DESC, l.article_id DESC LIMIT " } else { " ORDER BY l.sort_at, l.article_id LIMIT " };
    // Its text depends on how much is asked for.
    Ok(statement.sql(TEXTS).sql(order).bind(scan.rows).once().load(connection)?)
}

/// Each status in each language that is asked for: a scan of its own.
fn lists(wanted: &Wanted) -> impl Iterator<Item = (Status, Option<&str>)> {
    wanted.statuses.iter().flat_map(|status| {
        let locales = match &wanted.locales {
            Some(locales) => locales.iter().map(|locale| Some(locale.as_str())).collect(),
            None => vec![None],
        };
        locales.into_iter().map(|locale| (*status, locale))
    })
}

/// What the scans of all statuses have in common.
struct Scan<'a> {
    wanted: &'a Wanted,
    start: Option<Named>,
    now: Instant,
    place: Option<&'a Place>,
    is_descending: bool,
    rows: i64,
}

impl Scan<'_> {
    /// Adds the scan of one status, in one language or in all.
    fn of(&self, status: Status, locale: Option<&str>, statement: Statement<RowSql>) -> Statement<RowSql> {
        let statement = statement.sql(match self.wanted.by {
            By::Saved => "SELECT * FROM (SELECT s.saved_at AS sort_at, s.article_id, s.status FROM ",
            By::Created => "SELECT * FROM (SELECT s.created_at AS sort_at, s.article_id, s.status FROM ",
        });
        let statement = self.sources(statement).bind(status.name());
        let statement = statement.sql(" AND s.from_at <= ").bind(self.now).sql(" AND s.until_at > ").bind(self.now);
        let statement = match locale {
            Some(locale) => statement.sql(" AND s.locale = ").bind(locale),
            None => statement,
        };
        let statement = self.texts(self.dates(self.beyond(statement)));
        let order = match (self.wanted.by, self.is_descending) {
            (By::Saved, true) => " ORDER BY s.saved_at DESC, s.article_id DESC LIMIT ",
            (By::Saved, false) => " ORDER BY s.saved_at, s.article_id LIMIT ",
            (By::Created, true) => " ORDER BY s.created_at DESC, s.article_id DESC LIMIT ",
            (By::Created, false) => " ORDER BY s.created_at, s.article_id LIMIT ",
        };
        statement.sql(order).bind(self.rows).sql(") s")
    }

    /// Adds the tables. A cross join is read in the order in which it is written: a list of a status gives the order, and where it does not begin the scan an
    /// expression in place of the status keeps its index out.
    fn sources(&self, statement: Statement<RowSql>) -> Statement<RowSql> {
        const LIST: &str = "standings s CROSS JOIN articles a WHERE a.id = s.article_id AND s.status = ";
        const FEW: &str = ") k CROSS JOIN articles a CROSS JOIN standings s WHERE a.id = k.article_id AND a.newest_revision = k.number AND s.article_id = a.id AND s.status || '' = ";
        let (named, slugs) = match self.start {
            None => return statement.sql(LIST),
            Some(named @ Named::Categories) => (named, &self.wanted.categories),
            Some(named @ Named::Authors) => (named, &self.wanted.authors),
        };
        let statement = statement.sql("(SELECT DISTINCT k.article_id, k.number FROM revision_keys k WHERE ");
        naming(statement, named, slugs.as_deref().unwrap_or_default()).sql(FEW)
    }

    fn beyond(&self, statement: Statement<RowSql>) -> Statement<RowSql> {
        let Some(Place { value: SortValue::Number(at), id, .. }) = self.place else { return statement };
        let beyond = match (self.wanted.by, self.is_descending) {
            (By::Saved, true) => " AND (s.saved_at, s.article_id) < (",
            (By::Saved, false) => " AND (s.saved_at, s.article_id) > (",
            (By::Created, true) => " AND (s.created_at, s.article_id) < (",
            (By::Created, false) => " AND (s.created_at, s.article_id) > (",
        };
        statement.sql(beyond).bind(*at).sql(", ").bind(*id).sql(")")
    }

    fn dates(&self, statement: Statement<RowSql>) -> Statement<RowSql> {
        let (saved, created) = (self.wanted.saved, self.wanted.created);
        let bounds = [
            (" AND s.saved_at >= ", saved.from),
            (" AND s.saved_at < ", saved.before),
            (" AND s.created_at >= ", created.from),
            (" AND s.created_at < ", created.before),
        ];
        let given = bounds.into_iter().filter_map(|(sql, at)| at.map(|at| (sql, at)));
        given.fold(statement, |statement, (sql, at)| statement.sql(sql).bind(at))
    }

    fn texts(&self, mut statement: Statement<RowSql>) -> Statement<RowSql> {
        let wanted = self.wanted;
        if let Some(user) = wanted.created_by {
            statement = statement.sql(" AND s.created_by = ").bind(user);
        }
        match wanted.kind {
            // The literal lets an index of pages alone be used.
            Some(Kind::Page) => statement = statement.sql(" AND s.kind = 'page'"),
            Some(kind @ Kind::Article) => statement = statement.sql(" AND a.kind = ").bind(kind.name()),
            None => {}
        }
        if let Some(text) = &wanted.title {
            statement = statement.sql(" AND a.title_folded LIKE ").bind(containing(text)).sql(" ESCAPE '!'");
        }
        const NAMES: &str = " AND EXISTS (SELECT 1 FROM revision_keys k WHERE k.article_id = a.id AND k.number = a.newest_revision AND ";
        for (named, slugs) in [(Named::Categories, &wanted.categories), (Named::Authors, &wanted.authors)] {
            if let Some(slugs) = slugs.as_ref().filter(|_| self.start != Some(named)) {
                statement = naming(statement.sql(NAMES), named, slugs).sql(")");
            }
        }
        statement
    }
}

/// A pattern for `LIKE … ESCAPE '!'` that a text fits if it contains this one, character by character.
fn containing(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for c in text.chars() {
        if matches!(c, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
