//! A site with so many articles that a database thinks twice before it reads a table from end to end.

use std::collections::BTreeMap;

use dateline::articles::store::{self as articles, Content, Save};
use dateline::audit::store::{Actor, Change, Target, record};
use dateline::bodies::{EmbedHosts, Format, render};
use dateline::corrections::store as corrections;
use dateline::db::Tx;
use dateline::kernel::caller::Role;
use dateline::kernel::id::{ArticleId, CategoryId, CorrectionId, TermId, UserId};
use dateline::kernel::instant::Instant;
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::Problem;
use dateline::kernel::refs::Refs;
use dateline::publications::rules::{self, Wanted};
use dateline::publications::subject::{self, Subject};
use dateline::publications::{listings, standings, store};
use dateline::views::store as views;
use serde_json::json;

use crate::requests::Known;
use crate::site::Site;
use crate::support::Engine;
use crate::support::random::Random;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const ARTICLES: usize = 2000;
const CATEGORIES: usize = 40;
const TERMS: usize = 30;
const AT_ONCE: usize = 100;
const YEARS_MS: i64 = 4 * 365 * 86_400_000;

/// The site, and names and dates to ask for.
pub async fn site(engine: Engine) -> (Site, Known) {
    let (site, mut known, mut random) = (Site::at(engine, NOW), Known::default(), Random::new(7));
    let editor = site.login(Role::Editor).await;
    let mut categories: Vec<CategoryId> = Vec::new();
    for number in 0..CATEGORIES {
        let parent_id = categories.get(number / 4).filter(|_| number % 4 > 0);
        let made = editor.post("/v1/editor/categories").json(json!({ "name": format!("Category {number}"), "parent_id": parent_id })).await;
        categories.push(made.is_created().text_at("/id").parse().unwrap());
        known.categories.push(made.text_at("/slug").to_owned());
    }
    let mut terms = Vec::new();
    for number in 0..TERMS {
        for what in ["tags", "authors"] {
            let made = editor.post(&format!("/v1/editor/{what}")).json(json!({ "name": format!("Term {number}") })).await;
            terms.push(made.is_created().text_at("/id").parse().unwrap());
            known.terms.push(made.text_at("/slug").to_owned());
        }
    }
    for first in (0..ARTICLES).step_by(AT_ONCE) {
        let (categories, terms, seed) = (categories.clone(), terms.clone(), first as u64);
        let written = site.db().write(move |tx| {
            let mut random = Random::new(seed);
            (first..first + AT_ONCE).map(|number| write(tx, number, &categories, &terms, &mut random)).collect::<Result<Vec<_>, Problem>>()
        });
        known.articles.extend(written.await.unwrap().into_iter().step_by(40).flatten());
    }
    let now: Instant = NOW.parse().unwrap();
    let read = known.articles.iter().filter_map(|name| name.parse::<ArticleId>().ok());
    let read: BTreeMap<_, i64> = read.enumerate().map(|(number, id)| ((id, now.plus_millis(-120_000)), number as i64 / 3 + 1)).collect();
    site.db().write(move |tx| Ok::<_, Problem>(views::add(tx.conn(), &read)?)).await.unwrap();
    known.dates.extend((0..20).map(|_| now.plus_millis(-random.between(0, YEARS_MS)).to_string()));
    for slug in known.articles.iter().step_by(3).take(30) {
        let redirect = json!({ "from": format!("/{}/{slug}", known.categories[1]), "to": "https://elsewhere.example/" });
        editor.post("/v1/editor/redirects").json(redirect).await.is_created();
    }
    let pinned = known.articles.iter().filter(|name| name.parse::<ArticleId>().is_ok()).take(20).map(|id| json!({ "article_id": id }));
    let rules =
        [json!({ "category": known.categories[0], "limit": 10 }), json!({ "tag": known.terms[0], "limit": 10 }), json!({ "limit": 20 })];
    let slots: Vec<_> = pinned.chain(rules.map(|rule| json!({ "rule": rule }))).collect();
    let list = editor.post("/v1/editor/lists").json(json!({ "name": "Front", "slots": slots })).await;
    known.lists.push(list.is_created().text_at("/slug").to_owned());
    known.articles.push("unknown".to_owned());
    (site, known)
}

/// A tag and an author: those of both take turns.
fn refs(terms: &[TermId], random: &mut Random) -> Refs {
    let at = 2 * usize::try_from(random.between(0, TERMS as i64 - 1)).unwrap();
    Refs { tags: vec![terms[at].into()], authors: vec![terms[at + 1].into()], ..Refs::default() }
}

/// Corrects an article from an instant on.
fn correct(tx: &mut Tx<'_>, subject: &Subject, from_at: Instant) -> Result<(), Problem> {
    let row = corrections::Row {
        id: CorrectionId::new(),
        article_id: subject.id,
        locale: subject.locale.clone(),
        from_at,
        until_at: Instant::NEVER,
        kind: "correction".to_owned(),
        format: "html".to_owned(),
        source: "Four lanes.".to_owned(),
        html: "Four lanes.".to_owned(),
        time_zone: None,
        at_local: None,
        version: 1,
        created_by: subject.created_by,
        created_at: subject.created_at,
    };
    Ok(corrections::insert(tx.conn(), &row)?)
}

/// Writes an article as the services do: one in ten is a draft, some lie ahead or have ended. Its slugs and its id.
fn write(tx: &mut Tx<'_>, number: usize, categories: &[CategoryId], terms: &[TermId], random: &mut Random) -> Result<[String; 3], Problem> {
    let (now, by) = (tx.now()?, UserId::new());
    let subject = Subject {
        id: ArticleId::new(),
        kind: if number % 50 == 49 { "page" } else { "article" }.to_owned(),
        locale: random.of(&["en", "en", "en", "tk"]).to_owned(),
        created_at: now,
        created_by: by,
        trashed_at: None,
        version: 2,
        newest_revision: 2,
        saved_at: now,
        category_id: None,
        title_folded: format!("save 2 of article {number}"),
        embargo_until: None,
        embargo_note: None,
        translation_group: None,
    };
    subject::insert(tx.conn(), &subject)?;
    if random.happens(40) {
        subject::begin_trashing(tx.conn(), subject.id, now.plus_millis(-random.between(1, YEARS_MS)))?;
        subject::end_trashing(tx.conn(), subject.id, now)?;
    }
    let slugs = [1, 2].map(|revision| format!("article-{number}-{}", if number.is_multiple_of(5) { revision } else { 1 }));
    for (revision, slug) in (1..).zip(&slugs) {
        let content = Content {
            slug: slug.clone(),
            title: format!("Save {revision} of article {number}"),
            excerpt: String::new(),
            format: "html".to_owned(),
            source: String::new(),
            category_id: Some(random.of(categories)),
            refs: refs(terms, random),
            image: None,
            seo: None,
            custom: None,
        };
        let body = render(Format::Html, "<p>Some text.</p>", &EmbedHosts::default()).unwrap();
        articles::insert(
            tx.conn(),
            &[(
                Save { article_id: subject.id, number: revision, version: revision, at: now, by, note: None, restored_from: None },
                &content,
                &body,
            )],
            Vec::new(),
        )?;
        record(tx, &Actor::user(by, "192.0.2.1"), "article.saved", Target { kind: "article", id: subject.id.uuid() }, Change::default())?;
    }
    let mut history = Vec::new();
    if !random.happens(10) {
        let first = now.plus_millis(-random.between(-YEARS_MS / 200, YEARS_MS));
        let second = first.plus_millis(random.between(1, 86_400_000));
        let end = if random.happens(10) { Patch::Value(second.plus_millis(random.between(1, YEARS_MS))) } else { Patch::Null };
        for (revision, publish_at, unpublish_at) in [(1, first, Patch::Null), (2, second, end)] {
            let wanted = Wanted {
                article_id: subject.id,
                publish_at: Some(publish_at),
                unpublish_at,
                revision: Some(revision),
                published_at: None,
                minor: false,
                time_zone: None,
                publish_at_local: None,
                unpublish_at_local: None,
                created_by: by,
                base_revision: None,
                embargo_until: None,
                override_embargo: false,
                release_id: None,
            };
            rules::schedule(&mut history, wanted, 2, now)?;
        }
    }
    store::save(tx.conn(), &[], &history)?;
    subject::hold_slugs(tx.conn(), &subject, &history, now)?;
    standings::rewrite(tx.conn(), &subject, &history, now)?;
    listings::rewrite(tx.conn(), &subject, &history)?;
    if number.is_multiple_of(4) {
        correct(tx, &subject, now.plus_millis(-random.between(-YEARS_MS / 200, YEARS_MS)))?;
    }
    let [first, second] = slugs;
    Ok([first, second, subject.id.to_string()])
}
