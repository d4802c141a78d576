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
use operations::Operation;
use support::client::Client;
use support::random::Random;

/// The most statements that one request to an operation takes, once names are in memory, beside those that open and end a transaction. An empty page
/// takes one more.
const MOST_STATEMENTS: &[(&str, usize)] = &[
    ("listArticles", 1),
    ("getArticle", 1),
    // One for each 200 pieces of days, months or years.
    ("listPublicationDates", 40),
    ("listCategories", 3),
    ("getCategory", 3),
    ("getSite", 0),
    ("getJwks", 1),
    ("getHealth", 0),
    ("getReadiness", 1),
];

/// How many more a parameter may take.
const MORE_STATEMENTS: &[(&str, usize)] = &[("count=", 5), ("page=", 8)];

/// What editors ask for, and by which index it is found, in whatever status.
const EDITORS_SCANS: &[(&str, &str)] = &[
    ("limit=20", "standings_saved"),
    ("sort=created_at", "standings_created"),
    ("kind=page", "standings_pages_saved"),
    ("kind=page&sort=-created_at", "standings_pages_created"),
    ("locale=tk", "standings_locale_saved"),
    ("locale=tk&sort=created_at", "standings_locale_created"),
    ("created_by=01890a5d-ac96-774b-bcce-b302099a8057", "standings_own_saved"),
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
        // From here on names are in memory.
        reader.get("/v1/articles").await.is_ok();
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
            let list = recorder::take().into_iter().find(|statement| statement.contains("FROM standings s")).unwrap();
            let steps: Vec<_> = plans.steps(&list).into_iter().filter(|step| step.contains("standings_")).collect();
            if steps.is_empty() || !steps.iter().all(|step| step.contains(index)) {
                faults.insert(format!("{query} is not scanned by {index}: {steps:#?}"));
            }
        }
        let shown: Vec<&str> = faults.iter().take(SHOWN).map(String::as_str).collect();
        assert!(shown.is_empty(), "{engine:?}: {} faults, such as\n{}", faults.len(), shown.join("\n"));
        assert!(asked.len() > 20, "{engine:?}: only {} different statements were seen", asked.len());
    }
}
