//! The translations of articles that are read anyway: those that are live at the snapshot. What is read ahead of that is for lifetimes alone.

use std::collections::{BTreeSet, HashMap};

use diesel::sql_types::{BigInt, Nullable, Text};

use crate::articles::delivered::{Article, Translation, path_of};
use crate::categories::context::Reading;
use crate::db::{AnyConnection, IdSql, Result, Statement};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;

/// A publication of an article of a group, within the span.
struct Shown {
    id: ArticleId,
    locale: String,
    from_at: Instant,
    until_at: Instant,
    slug: String,
    category_id: Option<CategoryId>,
}

type ShownSql = (IdSql, IdSql, Text, BigInt, BigInt, Text, Nullable<IdSql>);
type ShownRow = (ArticleId, ArticleId, String, Instant, Instant, String, Option<CategoryId>);

/// Adds their translations to articles, in the order of the site's languages, and tells when these become others. One statement, if any of the articles has a group.
pub(super) fn add(connection: &mut AnyConnection, reading: &Reading<'_>, articles: &mut [&mut Article]) -> Result<Option<Instant>> {
    let groups: BTreeSet<ArticleId> = articles.iter().filter_map(|article| article.translation_group).collect();
    if groups.is_empty() {
        return Ok(None);
    }
    let (at, until) = (reading.snapshot.at, reading.snapshot.at.plus_millis(reading.span_ms));
    let shown = shown(connection, reading, &groups, until)?;
    let told = |at: Instant| -> Vec<Vec<Translation>> { articles.iter().map(|article| of(article, &shown, reading, at)).collect() };
    let now = told(at);
    let instants: BTreeSet<Instant> = shown.values().flatten().flat_map(|shown| [shown.from_at, shown.until_at]).collect();
    let next = instants.into_iter().filter(|instant| *instant > at && *instant <= until).find(|instant| told(*instant) != now);
    for (article, translations) in articles.iter_mut().zip(now) {
        article.translations = translations;
    }
    Ok(next)
}

/// What is shown of the articles of groups at some instant of the span.
fn shown(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    groups: &BTreeSet<ArticleId>,
    until: Instant,
) -> Result<HashMap<ArticleId, Vec<Shown>>> {
    let statement = Statement::<ShownSql>::new(
        "SELECT a.translation_group, a.id, a.locale, p.publish_at, p.ends_at, r.slug, r.category_id FROM articles a \
         JOIN publications p ON p.article_id = a.id AND p.ends_at > p.publish_at AND p.publish_at <= ",
    );
    let statement = statement.bind(until).sql(" AND p.ends_at > ").bind(reading.snapshot.at);
    let statement =
        statement.sql(" JOIN revisions r ON r.article_id = p.article_id AND r.number = p.revision WHERE a.translation_group IN (");
    let statement = statement.bind_all(groups.iter().copied()).sql(") AND a.locale IN (").bind_all(reading.locales.names()).sql(")");
    let rows: Vec<ShownRow> = reading.snapshot.shows(statement, " AND a.id").once().load(connection)?;
    let mut shown: HashMap<ArticleId, Vec<Shown>> = HashMap::new();
    for (group, id, locale, from_at, until_at, slug, category_id) in rows {
        shown.entry(group).or_default().push(Shown { id, locale, from_at, until_at, slug, category_id });
    }
    if !reading.entries.is_empty() {
        enter(connection, reading, &mut shown)?;
    }
    Ok(shown)
}

/// What a release without a date shows takes the place of what is shown now.
fn enter(connection: &mut AnyConnection, reading: &Reading<'_>, shown: &mut HashMap<ArticleId, Vec<Shown>>) -> Result<()> {
    let ids = reading.entries.iter().map(|entry| entry.article_id);
    let statement =
        Statement::<(IdSql, IdSql)>::new("SELECT id, translation_group FROM articles WHERE translation_group IS NOT NULL AND id IN (");
    let groups: Vec<(ArticleId, ArticleId)> = statement.bind_all(ids).sql(")").once().load(connection)?;
    for (id, group) in groups {
        let Some(entry) = reading.entries.iter().find(|entry| entry.article_id == id) else { continue };
        let of_group = shown.entry(group).or_default();
        of_group.retain(|shown| shown.id != id);
        let (from_at, until_at) = (reading.snapshot.at, Instant::NEVER);
        let (locale, slug, category_id) = (entry.locale.clone(), entry.slug.clone(), entry.category_id);
        of_group.push(Shown { id, locale, from_at, until_at, slug, category_id });
    }
    Ok(())
}

/// The translations of an article at an instant.
fn of(article: &Article, shown: &HashMap<ArticleId, Vec<Shown>>, reading: &Reading<'_>, at: Instant) -> Vec<Translation> {
    let of_group = article.translation_group.and_then(|group| shown.get(&group));
    let is_live = |shown: &&Shown| shown.id != article.id && shown.from_at <= at && shown.until_at > at;
    let mut live: Vec<&Shown> = of_group.into_iter().flatten().filter(is_live).collect();
    let place = |shown: &&Shown| reading.locales.iter().position(|locale| locale.as_str() == shown.locale);
    live.sort_by_key(place);
    let category = |shown: &Shown| shown.category_id.and_then(|id| reading.names.category(id)).map(|category| category.slug.as_str());
    let translation = |shown: &&Shown| Translation {
        locale: shown.locale.clone(),
        slug: shown.slug.clone(),
        path: path_of(category(shown), &shown.slug),
    };
    live.iter().map(translation).collect()
}
