//! The list of articles for editors: one range scan of `standings` for each status that is asked for, so that no status costs more for the
//! articles of another one, and no page more than the first. Pages, languages, who began it, categories and authors have scans of their own. A text that
//! few titles have, and dates of few other than those that the list is ordered by, are looked up; of other filters, and where several go together, each costs
//! what it leaves out until the page is full.

use diesel::Queryable;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::named::{Named, called, naming};
use crate::articles::dto::Kind;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::page::{Direction, Limit, Place, SortValue};
use crate::publications::rules::standing::Status;
use crate::publications::titles;

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

/// Where no more titles than this have what is asked for, or articles have such dates, they are looked at one by one.
const FEW: i64 = 3000;
/// Where categories and authors are both asked for, one of which no more standings name than this, they are looked for among its.
const FEW_NAMED: i64 = 1000;

/// Where the scans begin.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Start {
    /// At the list of a status.
    Statuses,
    /// At the standings of what names one of these.
    Named(Named),
    /// At the titles that have these three characters.
    Title(String),
    /// At the dates that the list is not ordered by.
    OtherDates,
}

/// What leaves the least to look at. One statement, if it takes any.
fn start(connection: &mut AnyConnection, wanted: &Wanted) -> Result<Start> {
    match (&wanted.categories, &wanted.authors) {
        (None, None) => {}
        (Some(_), None) => return Ok(Start::Named(Named::Categories)),
        (Some(categories), Some(_)) if are_few(connection, categories)? => return Ok(Start::Named(Named::Categories)),
        (_, Some(_)) => return Ok(Start::Named(Named::Authors)),
    }
    if let Some(title) = &wanted.title
        && let Some(gram) = titles::rarest(connection, title, FEW)?
    {
        return Ok(Start::Title(gram));
    }
    let (other, sql) = match wanted.by {
        By::Saved => (wanted.created, "SELECT count(*) FROM (SELECT 1 FROM standings s WHERE s.created_at >= "),
        By::Created => (wanted.saved, "SELECT count(*) FROM (SELECT 1 FROM standings s WHERE s.saved_at >= "),
    };
    let (Some(from), Some(before)) = (other.from, other.before) else { return Ok(Start::Statuses) };
    let statement = Statement::<BigInt>::new(sql).bind(from);
    let statement = statement.sql(if wanted.by == By::Saved { " AND s.created_at < " } else { " AND s.saved_at < " }).bind(before);
    let statuses = wanted.statuses.iter().map(|status| status.name());
    let statement = statement.sql(" AND s.status IN (").bind_all(statuses).sql(") LIMIT ").bind(FEW + 1).sql(") n");
    let found: i64 = statement.once().get_result(connection)?;
    Ok(if found > FEW { Start::Statuses } else { Start::OtherDates })
}

/// Whether few standings name one of these categories.
fn are_few(connection: &mut AnyConnection, categories: &[String]) -> Result<bool> {
    let mut statement = Statement::<BigInt>::new("SELECT count(*) FROM (");
    for (at, slug) in categories.iter().enumerate() {
        statement = if at > 0 { statement.sql(" UNION ALL ") } else { statement };
        statement = statement.sql("SELECT * FROM (SELECT 1 FROM named_standings s WHERE s.target_id = ");
        statement = called(statement, Named::Categories, slug).sql(" LIMIT ").bind(FEW_NAMED + 1).sql(") n");
    }
    Ok(statement.sql(") n").once().get_result::<i64>(connection)? <= FEW_NAMED)
}

/// A page as it stands at `now`, one row more than `limit` where there are more, in the direction of `place`. One statement, and one more where it has to be
/// found out what is the least to look at.
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
    let lists = scan.lists();
    // What is on several lists is told once.
    let union = if matches!(scan.start, Start::Named(_)) { " UNION " } else { " UNION ALL " };
    for (at, list) in lists.iter().enumerate() {
        statement = if at > 0 { statement.sql(union) } else { statement };
        statement = scan.of(list, statement);
    }
    let order =
        if scan.is_descending { " ORDER BY l.sort_at DESC, l.article_id DESC LIMIT " } else { " ORDER BY l.sort_at, l.article_id LIMIT " };
    // Its text depends on how much is asked for.
    Ok(statement.sql(TEXTS).sql(order).bind(scan.rows).once().load(connection)?)
}

/// One scan.
struct List<'a> {
    statuses: &'a [Status],
    /// The language or the name that it is of, where there are such lists.
    one: Option<&'a str>,
}

/// What all scans have in common.
struct Scan<'a> {
    wanted: &'a Wanted,
    start: Start,
    now: Instant,
    place: Option<&'a Place>,
    is_descending: bool,
    rows: i64,
}

impl Scan<'_> {
    /// Each status in each language, or with each name, that is asked for: a scan of its own. Titles are looked up for all of them together.
    fn lists(&self) -> Vec<List<'_>> {
        let of = match self.start {
            Start::Title(_) => return vec![List { statuses: &self.wanted.statuses, one: None }],
            Start::Statuses | Start::OtherDates => &self.wanted.locales,
            Start::Named(Named::Categories) => &self.wanted.categories,
            Start::Named(Named::Authors) => &self.wanted.authors,
        };
        let of: Vec<Option<&str>> = of.as_ref().map_or_else(|| vec![None], |of| of.iter().map(|one| Some(one.as_str())).collect());
        self.wanted.statuses.chunks(1).flat_map(|statuses| of.iter().map(move |one| List { statuses, one: *one })).collect()
    }

    /// Adds the scan of a list.
    fn of(&self, list: &List<'_>, statement: Statement<RowSql>) -> Statement<RowSql> {
        let statement = statement.sql(match self.wanted.by {
            By::Saved => "SELECT * FROM (SELECT s.saved_at AS sort_at, s.article_id, s.status FROM ",
            By::Created => "SELECT * FROM (SELECT s.created_at AS sort_at, s.article_id, s.status FROM ",
        });
        let statement = self.sources(statement, list.one).bind_all(list.statuses.iter().map(|status| status.name())).sql(")");
        let statement = statement.sql(" AND s.from_at <= ").bind(self.now).sql(" AND s.until_at > ").bind(self.now);
        let statement = self.texts(self.dates(self.beyond(self.within(statement, list.one))));
        statement.sql(self.order()).bind(self.rows).sql(") one")
    }

    /// An expression in place of the date keeps the index in its order out, where the scan begins elsewhere.
    fn order(&self) -> &'static str {
        match (self.wanted.by, self.is_descending, &self.start) {
            (By::Saved, true, Start::OtherDates) => " ORDER BY s.saved_at + 0 DESC, s.article_id DESC LIMIT ",
            (By::Saved, false, Start::OtherDates) => " ORDER BY s.saved_at + 0, s.article_id LIMIT ",
            (By::Created, true, Start::OtherDates) => " ORDER BY s.created_at + 0 DESC, s.article_id DESC LIMIT ",
            (By::Created, false, Start::OtherDates) => " ORDER BY s.created_at + 0, s.article_id LIMIT ",
            (By::Saved, true, _) => " ORDER BY s.saved_at DESC, s.article_id DESC LIMIT ",
            (By::Saved, false, _) => " ORDER BY s.saved_at, s.article_id LIMIT ",
            (By::Created, true, _) => " ORDER BY s.created_at DESC, s.article_id DESC LIMIT ",
            (By::Created, false, _) => " ORDER BY s.created_at, s.article_id LIMIT ",
        }
    }

    /// Adds the tables, up to the statuses. A cross join is read in the order in which it is written: a list of a status gives the order, and where it does not
    /// begin the scan an expression in place of the status keeps its index out.
    fn sources(&self, statement: Statement<RowSql>, one: Option<&str>) -> Statement<RowSql> {
        const LIST: &str = "standings s CROSS JOIN articles a WHERE a.id = s.article_id AND s.status = (";
        const NAMED: &str = "named_standings s CROSS JOIN articles a WHERE a.id = s.article_id AND s.target_id = ";
        const GRAM: &str = "title_grams g CROSS JOIN articles a CROSS JOIN standings s WHERE g.gram = ";
        const STANDING: &str = " AND a.id = g.article_id AND s.article_id = a.id AND s.status || '' IN (";
        match &self.start {
            Start::Statuses | Start::OtherDates => statement.sql(LIST),
            Start::Named(named) => called(statement.sql(NAMED), *named, one.unwrap_or_default()).sql(" AND s.status = ("),
            Start::Title(gram) => statement.sql(GRAM).bind(gram.as_str()).sql(STANDING),
        }
    }

    /// Adds the languages. A list of one is a scan of `standings`.
    fn within(&self, statement: Statement<RowSql>, one: Option<&str>) -> Statement<RowSql> {
        match (&self.wanted.locales, self.is_of_standings(), one) {
            (Some(_), true, Some(locale)) => statement.sql(" AND s.locale = ").bind(locale),
            (Some(locales), ..) => statement.sql(" AND a.locale IN (").bind_all(locales.iter().map(String::as_str)).sql(")"),
            (None, ..) => statement,
        }
    }

    /// Whether the lists of `standings` give the order, of which some are of one language, kind or person.
    fn is_of_standings(&self) -> bool {
        matches!(self.start, Start::Statuses | Start::OtherDates)
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

    /// Adds the dates. Nothing is saved before it is begun: one bound goes for the other date as well.
    fn dates(&self, statement: Statement<RowSql>) -> Statement<RowSql> {
        let (mut saved, mut created) = (self.wanted.saved, self.wanted.created);
        saved.from = saved.from.max(created.from);
        created.before = [created.before, saved.before].into_iter().flatten().min();
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
        let is_of_standings = self.is_of_standings();
        if let Some(user) = wanted.created_by {
            statement = statement.sql(if is_of_standings { " AND s.created_by = " } else { " AND a.created_by = " }).bind(user);
        }
        match wanted.kind {
            // The literal lets an index of pages alone be used.
            Some(Kind::Page) if is_of_standings => statement = statement.sql(" AND s.kind = 'page'"),
            Some(kind) => statement = statement.sql(" AND a.kind = ").bind(kind.name()),
            None => {}
        }
        if let Some(text) = &wanted.title {
            statement = statement.sql(" AND a.title_folded LIKE ").bind(containing(text)).sql(" ESCAPE '!'");
        }
        const NAMES: &str = " AND EXISTS (SELECT 1 FROM revision_keys k WHERE k.article_id = a.id AND k.number = a.newest_revision AND ";
        for (named, slugs) in [(Named::Categories, &wanted.categories), (Named::Authors, &wanted.authors)] {
            if let Some(slugs) = slugs.as_ref().filter(|_| self.start != Start::Named(named)) {
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
