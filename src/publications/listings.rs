//! Which lists an article is on, when, and under which date: one row for each list and unbroken stretch. Written in the transaction of each
//! change, for that one article, after its standings; every public list is a range scan over these rows. What drafts are on is written with it, and
//! what editors list by what the newest save names.

use std::collections::{BTreeMap, BTreeSet};

use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{QueryDsl, RunQueryDsl};

use super::lists::{ListKey, Stretch, rows};
use super::rules::Publication;
use super::subject::Subject;
use super::{drafts, standings, store, subject, tallies};
use crate::db::schema::listings;
use crate::db::{AnyConnection, IdSql, Result, Statement, StoredId};
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::instant::Instant;

/// Brings the rows of a locked article up to date with its history.
///
/// # Errors
/// If the database fails.
pub fn rewrite(connection: &mut AnyConnection, subject: &Subject, history: &[Publication]) -> Result<()> {
    rewrite_one(connection, subject, history)?;
    tallies::fold(connection)
}

fn rewrite_one(connection: &mut AnyConnection, subject: &Subject, history: &[Publication]) -> Result<()> {
    let lists = lists_of_revisions(connection, subject)?;
    let wanted: BTreeSet<Stretch> = stretches(&lists, history).into_iter().collect();
    let [present, drafted] = present(connection, subject.id)?;
    for (list, first_at, from_at, _) in present.difference(&wanted) {
        diesel::delete(listings::table.find((list.as_str(), first_at, subject.id, from_at))).execute(connection)?;
    }
    const ROWS: &str = "INSERT INTO listings (list, first_at, article_id, from_at, until_at) VALUES ";
    Statement::insert(connection, ROWS, &rows(wanted.difference(&present), subject.id))?;
    tallies::log(connection, present.difference(&wanted), wanted.difference(&present))?;
    let newest = lists.get(&subject.newest_revision).cloned().unwrap_or_default();
    drafts::rewrite(connection, subject, &drafted, &newest, history)?;
    standings::rewrite_named(connection, subject.id)
}

/// The rows of an article, and those of its newest save. One statement.
fn present(connection: &mut AnyConnection, id: ArticleId) -> Result<[BTreeSet<Stretch>; 2]> {
    let rows: Vec<(bool, String, Instant, Instant, Instant)> = Statement::<(Bool, Text, BigInt, BigInt, BigInt)>::new(
        "SELECT FALSE, list, first_at, from_at, until_at FROM listings WHERE article_id = ",
    )
    .bind(id)
    .sql(" UNION ALL SELECT TRUE, list, first_at, from_at, until_at FROM drafts WHERE article_id = ")
    .bind(id)
    .load(connection)?;
    let (drafted, listed): (Vec<_>, Vec<_>) = rows.into_iter().partition(|(is_drafted, ..)| *is_drafted);
    let stretch = |(_, list, first_at, from_at, until_at)| (ListKey::stored(list), first_at, from_at, until_at);
    Ok([listed, drafted].map(|rows| rows.into_iter().map(stretch).collect()))
}

/// The lists of each revision: what it names, and every category above.
fn lists_of_revisions(connection: &mut AnyConnection, subject: &Subject) -> Result<BTreeMap<i64, BTreeSet<ListKey>>> {
    let rows: Vec<(i64, String, StoredId)> = Statement::<(BigInt, Text, IdSql)>::new(
        "SELECT k.number, k.relation, COALESCE(a.ancestor_id, k.target_id) FROM revision_keys k \
         LEFT JOIN category_ancestors a ON k.relation = 'category' AND a.category_id = k.target_id WHERE k.article_id = ",
    )
    .bind(subject.id)
    .load(connection)?;
    let mut lists: BTreeMap<i64, BTreeSet<ListKey>> = BTreeMap::new();
    for (number, relation, id) in rows {
        lists.entry(number).or_default().insert(ListKey::of(&subject.locale, &subject.kind, &relation, id));
    }
    let all = ListKey::all(&subject.locale, &subject.kind);
    for number in 1..=subject.newest_revision {
        lists.entry(number).or_default().insert(all.clone());
    }
    Ok(lists)
}

/// Joins intervals that touch, where the list and the date stay the same: a live blog of many updates has one row.
fn stretches(lists: &BTreeMap<i64, BTreeSet<ListKey>>, history: &[Publication]) -> Vec<Stretch> {
    let mut done = Vec::new();
    let mut open: BTreeMap<ListKey, (Instant, Instant, Instant)> = BTreeMap::new();
    for publication in history.iter().filter(|p| p.ends_at > p.publish_at) {
        let mut next = BTreeMap::new();
        for list in lists.get(&publication.revision).into_iter().flatten() {
            let joined = open.remove(list).and_then(|(first_at, from_at, until_at)| {
                let is_same = first_at == publication.published_at && until_at == publication.publish_at;
                if !is_same {
                    done.push((list.clone(), first_at, from_at, until_at));
                }
                is_same.then_some(from_at)
            });
            next.insert(list.clone(), (publication.published_at, joined.unwrap_or(publication.publish_at), publication.ends_at));
        }
        done.extend(open.into_iter().map(|(list, (first_at, from_at, until_at))| (list, first_at, from_at, until_at)));
        open = next;
    }
    done.extend(open.into_iter().map(|(list, (first_at, from_at, until_at))| (list, first_at, from_at, until_at)));
    done
}

/// After a category moved: brings the rows of everything in it and below it up to date. The caller holds the tree exclusively.
///
/// # Errors
/// If the database fails.
pub fn move_subtree(connection: &mut AnyConnection, category_id: CategoryId) -> Result<()> {
    let ids = articles_below(connection, category_id)?;
    rewrite_all(connection, &ids)
}

/// The articles of which a revision names a category or one below it.
///
/// # Errors
/// If the database fails.
pub fn articles_below(connection: &mut AnyConnection, category_id: CategoryId) -> Result<Vec<ArticleId>> {
    let articles = Statement::<IdSql>::new(
        "SELECT DISTINCT k.article_id FROM category_ancestors a JOIN revision_keys k ON k.relation = 'category' AND k.target_id = a.category_id WHERE a.ancestor_id = ",
    );
    Ok(articles.bind(category_id).load(connection)?)
}

/// Brings the rows of these articles up to date. The caller holds the tree exclusively.
///
/// # Errors
/// If the database fails.
pub fn rewrite_all(connection: &mut AnyConnection, ids: &[ArticleId]) -> Result<()> {
    for id in ids {
        let Some(subject) = subject::find(connection, *id)? else { continue };
        let history = store::history(connection, *id)?;
        rewrite_one(connection, &subject, &history)?;
    }
    tallies::fold(connection)
}
