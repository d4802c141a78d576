//! What readers' requests cost the database: how many statements, and that none of them reads a table from end to end. Every operation that needs
//! no token is asked, as the API document has them, of a site with thousands of articles. Of editors' lists: that what is rare is not looked for
//! among all.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod filled;
#[path = "../attack/operations.rs"]
mod operations;
mod plans;
mod recorder;
#[path = "../secrecy/requests.rs"]
#[allow(dead_code, reason = "the answers are not compared here")]
mod requests;
#[path = "../contract/site.rs"]
mod site;
#[path = "../support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};

use dateline::kernel::caller::Role;
use dateline::kernel::id::ArticleId;
use operations::Operation;
use serde_json::json;
use support::Engine;
use support::client::Client;
use support::random::Random;

/// The most statements that one request to an operation takes, once names are in memory, beside those that open and end a transaction. An empty page
/// takes one more.
const MOST_STATEMENTS: &[(&str, usize)] = &[
    // The second where something was corrected.
    ("listArticles", 2),
    ("getArticle", 2),
    // The page, what comes, what comes or goes, what begins, the articles; once more for each change that lies ahead within the minute.
    ("listCorrections", 10),
    // The article, what is pinned, candidates, what comes or goes of these and of the lists, the texts, what was corrected; once more likewise.
    ("listRelatedArticles", 16),
    // One for each 200 pieces of days, months or years.
    ("listPublicationDates", 40),
    // One for each 200 articles that were read and are not on the lists, what comes or goes, the texts, what was corrected.
    ("listMostRead", 8),
    ("listViews", 3),
    ("listCategories", 3),
    ("listRedirects", 6),
    // One more where a feed is empty.
    ("getJsonFeed", 2),
    ("getRssFeed", 2),
    ("getAtomFeed", 2),
    // A tally of articles and of pages in each of two languages, or where a file begins.
    ("getSitemap", 14),
    ("getNewsSitemap", 3),
    ("getRobots", 0),
    // The redirect of the path, what stands there or stood, and that itself in each of two languages.
    ("resolvePath", 12),
    ("getCategory", 3),
    ("listTags", 4),
    ("getTag", 4),
    ("listAuthors", 4),
    ("getAuthor", 4),
    // The edition, what may fill its slots, the texts with the ground under them, what was corrected; once more for each change that lies ahead within the minute.
    ("getList", 8),
    ("getSite", 0),
    ("getJwks", 1),
    ("getHealth", 0),
    ("getReadiness", 1),
];

/// How many more a parameter may take.
const MORE_STATEMENTS: &[(&str, usize)] =
    &[("count=", 5), ("page=", 8), ("tag=", 2), ("author=", 2), ("include=views", 1), ("ids=", 2), ("related", 14), ("neighbours", 16)];

/// What editors ask for, and by which index it is found, in whatever status.
const EDITORS_SCANS: &[(&str, &str)] = &[
    ("limit=20", "standings_saved"),
    ("sort=created_at", "standings_created"),
    ("kind=page", "standings_pages_saved"),
    ("kind=page&sort=-created_at", "standings_pages_created"),
    ("kind=page,article", "standings_saved"),
    ("locale=tk", "standings_locale_saved"),
    // Where most articles are of a language, the list of all is as good.
    ("locale=tk,en", "standings_"),
    ("locale=tk,en&sort=-created_at", "standings_"),
    ("locale=tk&sort=created_at", "standings_locale_created"),
    ("created_by=01890a5d-ac96-774b-bcce-b302099a8057", "standings_own_saved"),
    ("category=category-8", "named_standings_"),
    ("category=category-8,category-39&sort=created_at", "named_standings_"),
    // Where more is asked, what the name has may as well be read and sorted.
    ("category=category-8&locale=tk", "named_standings_"),
    ("category=category-8&kind=page&q=save", "named_standings_"),
    ("author=nobody&sort=-created_at", "named_standings_"),
    ("author=nobody&status=draft,live", "named_standings_"),
];

/// What few titles have is looked up by it, whatever else is asked.
const EDITORS_LOOKUPS: &[&str] = &["", "&sort=created_at", "&locale=tk", "&kind=page", "&status=draft,live"];

/// The most statements that the history of an article takes, with those that say who asks and whether they may see it.
const HISTORY_STATEMENTS: usize = 9;

/// The most statements that a save takes on PostgreSQL beside those that open and end the transaction: where it names nothing new and nothing of it is published,
/// and where the title changes as well, with who asks and what is foreseen of the body.
const SAVE_STATEMENTS: [usize; 2] = [24, 26];

/// What admins ask of the audit log, and by which index it is found.
const AUDIT_SCANS: &[(&str, &str)] = &[
    ("", "audit_at"),
    ("from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", "audit_at"),
    ("actor=01890a5d-ac96-774b-bcce-b302099a8057", "audit_actor"),
    ("action=article.saved", "audit_action"),
    ("action=article.saved&from=2026-01-01T00:00:00Z", "audit_action"),
    ("target_kind=category", "audit_target_kind"),
    ("target_id=01890a5d-ac96-774b-bcce-b302099a8057", "audit_target"),
];

/// How often each operation is asked in every way.
const ROUNDS: usize = 3;
/// How many faults are shown.
const SHOWN: usize = 4;

fn most_statements(operation: &Operation, target: &str) -> usize {
    let row = MOST_STATEMENTS.iter().find(|(id, _)| *id == operation.id);
    let (_, most) = row.unwrap_or_else(|| panic!("how many statements may {} take? MOST_STATEMENTS gets a row", operation.id));
    most + MORE_STATEMENTS.iter().filter(|(parameter, _)| target.contains(parameter)).map(|(_, more)| more).sum::<usize>()
}

#[actix_web::test]
async fn readers_requests_take_few_statements_and_none_reads_a_whole_table_on_both_engines() {
    recorder::record_from_now_on();
    for engine in support::engines().iter().copied() {
        let (site, known) = filled::site(engine).await;
        let editor = site.login(Role::Editor).await;
        let (reader, mut random) = (Client::new(site.anyone().base()), Random::new(1));
        // From here on names are in memory, and what was read most.
        reader.get("/v1/articles").await.is_ok();
        reader.get("/v1/most-read").await.is_ok();
        let (mut faults, mut asked) = (BTreeSet::new(), BTreeMap::new());
        for operation in requests::operations() {
            for request in (0..ROUNDS).flat_map(|_| requests::round(&operation, &known, &mut random)).collect::<Vec<_>>() {
                recorder::take();
                let answer = reader.get(&request.target).await;
                let statements = recorder::take();
                // A page that has articles brings its ground.
                let is_empty = answer.decoded().is_ok_and(|body| body.starts_with(b"{\"data\":[],"));
                if statements.len() > most_statements(&operation, &request.target) + usize::from(is_empty) {
                    faults.insert(format!("{} takes {} statements: {statements:#?}", request.target, statements.len()));
                }
                asked.extend(statements.into_iter().map(|statement| (plans::text(&statement).to_owned(), statement)));
            }
        }
        let mut plans = plans::Plans::of(site.database());
        faults.extend(asked.values().flat_map(|statement| plans.whole_tables(statement)));
        for (query, index) in EDITORS_SCANS {
            recorder::take();
            editor.get(&format!("/v1/editor/articles?{query}")).await.is_ok();
            let list = recorder::take().into_iter().find(|statement| statement.contains("standings s CROSS JOIN")).unwrap();
            let steps: Vec<_> = plans.steps(&list).into_iter().filter(|step| step.contains("standings_")).collect();
            faults.extend(plans.whole_tables(&list));
            if steps.is_empty() || !steps.iter().all(|step| step.contains(index)) {
                faults.insert(format!("{query} is not scanned by {index}: {steps:#?}"));
            }
        }
        for more in EDITORS_LOOKUPS {
            recorder::take();
            editor.get(&format!("/v1/editor/articles?q=article 199{more}")).await.is_ok();
            let list = recorder::take().into_iter().find(|statement| statement.contains("title_grams g CROSS JOIN"));
            let Some(list) = list else {
                faults.insert(format!("q={more} is not looked up"));
                continue;
            };
            faults.extend(plans.whole_tables(&list));
            let lists: Vec<_> = plans
                .steps(&list)
                .into_iter()
                .filter(|step| step.contains("standings_saved") || step.contains("standings_created"))
                .collect();
            if !lists.is_empty() {
                faults.insert(format!("q={more} looks among all: {lists:#?}"));
            }
        }
        for what in ["", "?limit=100", "/1", "/2", "/2/diff"] {
            let id = known.articles.iter().find(|name| name.parse::<ArticleId>().is_ok()).unwrap();
            recorder::take();
            editor.get(&format!("/v1/editor/articles/{id}/revisions{what}")).await.is_ok();
            let statements = recorder::take();
            if statements.len() > HISTORY_STATEMENTS {
                faults.insert(format!("revisions{what} takes {} statements: {statements:#?}", statements.len()));
            }
            let of_history = statements.iter().filter(|statement| statement.contains("FROM revisions r"));
            faults.extend(of_history.flat_map(|statement| plans.whole_tables(statement)));
        }
        let draft =
            editor.post("/v1/editor/articles").json(json!({ "title": "A save", "body": { "format": "markdown", "source": "One." } })).await;
        let draft = draft.is_created().text_at("/id").to_owned();
        for (change, most) in [json!({ "body": { "source": "Two." } }), json!({ "title": "Another" })].into_iter().zip(SAVE_STATEMENTS) {
            recorder::take();
            editor.patch(&format!("/v1/editor/articles/{draft}")).if_match("*").merge_patch(change.clone()).await.is_ok();
            let statements = recorder::take();
            if engine == Engine::Postgres && statements.len() > most {
                faults.insert(format!("saving {change} takes {} statements: {statements:#?}", statements.len()));
            }
        }
        let admin = site.login(Role::Admin).await;
        for (query, index) in AUDIT_SCANS {
            recorder::take();
            admin.get(&format!("/v1/editor/audit-log?{query}")).await.is_ok();
            let list = recorder::take().into_iter().find(|statement| statement.contains("FROM audit WHERE")).unwrap();
            faults.extend(plans.whole_tables(&list));
            // PostgreSQL goes by its statistics, which are made up here.
            let steps = if engine == Engine::Sqlite { plans.steps(&list) } else { Vec::new() };
            let scans: Vec<_> = steps.into_iter().filter(|step| step.contains("audit")).collect();
            if !scans.iter().all(|step| step.contains(&format!("{index} "))) {
                faults.insert(format!("audit-log?{query} is not scanned by {index}: {scans:#?}"));
            }
        }
        let [slug, id] = [1, 2].map(|at| &known.articles[at]);
        let rare = known.categories.last().unwrap();
        for what in [
            "?drafts=true",
            "?drafts=true&sort=published_at&limit=100",
            &format!("?drafts=true&category={rare}"),
            &format!("/{slug}?drafts=true"),
            &format!("/{id}?drafts=true"),
        ] {
            editor.get(&format!("/v1/preview/articles{what}")).await;
            recorder::take();
            editor.get(&format!("/v1/preview/articles{what}")).await;
            let read: Vec<String> = recorder::take().into_iter().filter(|statement| statement.contains("a.newest_revision")).collect();
            if read.len() != 1 {
                faults.insert(format!("newest saves{what} are read by {} statements: {read:#?}", read.len()));
            }
            faults.extend(read.iter().flat_map(|statement| plans.whole_tables(statement)));
        }
        let counted = [
            "articles?count=exact",
            "articles?page=9",
            "publication-dates?granularity=day",
            "categories?view=flat",
            &format!("categories/{rare}?locale=en"),
        ];
        for what in counted {
            recorder::take();
            editor.get(&format!("/v1/preview/{what}&drafts=true")).await.is_ok();
            let read: Vec<String> = recorder::take().into_iter().filter(|statement| statement.contains(" drafts ")).collect();
            if read.is_empty() || read.len() > 2 {
                faults.insert(format!("newest saves of {what} are counted by {} statements: {read:#?}", read.len()));
            }
        }
        what_is_listed_together_is_what_is_listed_apart(&editor, &known.categories).await;
        what_a_sitemap_has_is_what_is_listed(&reader).await;
        let shown: Vec<&str> = faults.iter().take(SHOWN).map(String::as_str).collect();
        assert!(shown.is_empty(), "{engine:?}: {} faults, such as\n{}", faults.len(), shown.join("\n"));
        assert!(asked.len() > 20, "{engine:?}: only {} different statements were seen", asked.len());
    }
}

/// What several categories name is what each by itself does, once, and a part of a title is found wherever it stands.
async fn what_is_listed_together_is_what_is_listed_apart(editor: &Client, categories: &[String]) {
    let some = &categories[categories.len() - 20..];
    let together = all(editor, &format!("category={}", some.join(","))).await;
    let mut apart = BTreeSet::new();
    for category in some {
        apart.extend(all(editor, &format!("category={category}")).await);
    }
    assert!(together.is_sorted_by(|a, b| a > b) && together.len() > 100, "{}", together.len());
    assert_eq!(apart.into_iter().rev().collect::<Vec<_>>(), together);
    // Of `article 1990` and the like there are eleven; two characters are walked to.
    assert_eq!(all(editor, "q=CLE 199").await.len(), 11);
    assert_eq!(all(editor, "q=99").await, all(editor, "q=99&created_from=2000-01-01T00:00:00Z").await);
}

/// A file that is read in several stretches has every article once, the oldest first.
async fn what_a_sitemap_has_is_what_is_listed(reader: &Client) {
    let file = reader.get("/sitemap.xml?file=en-article-1").await.is_ok().text();
    let paths: Vec<&str> = file.split("<loc>https://www.example.org").skip(1).filter_map(|rest| rest.split('<').next()).collect();
    let (mut listed, mut next) = (Vec::new(), "/v1/articles?sort=published_at&fields=path&limit=100".to_owned());
    loop {
        let page = reader.get(&next).await;
        listed.extend(page.is_ok().each("path").into_iter().map(str::to_owned));
        let Some(cursor) = page["paging"]["next"].as_str() else { break };
        next = format!("/v1/articles?sort=published_at&fields=path&limit=100&cursor={cursor}");
    }
    assert!(listed.len() > 1000, "{}", listed.len());
    assert_eq!(paths, listed);
}

/// When each article of a list was saved, and its id, in the order of the list.
async fn all(editor: &Client, query: &str) -> Vec<(String, String)> {
    let (mut found, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let next = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
        let page = editor.get(&format!("/v1/editor/articles?limit=100&{query}{next}")).await;
        let articles = page.is_ok()["data"].as_array().unwrap();
        found.extend(
            articles.iter().map(|article| (article["saved_at"].as_str().unwrap().to_owned(), article["id"].as_str().unwrap().to_owned())),
        );
        cursor = page["paging"]["next"].as_str().map(str::to_owned);
        if cursor.is_none() {
            return found;
        }
    }
}
