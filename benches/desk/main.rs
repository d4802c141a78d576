//! The editorial desk of a small and of a large site, asked over HTTP of the release program. See `benches/README.md`.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

mod archive;
#[path = "../measure/mod.rs"]
mod measure;
mod report;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use archive::Archive;
use dateline::kernel::id::ArticleId;
use measure::clients::{Load, Request};
use report::{Report, Row};
use support::database::TestDatabase;
use support::program::{self, ADMIN, Server};
use support::{Engine, engines};

/// What is asked, and what of it is a preview of which operation for readers. `DATELINE_BENCH_ONLY` takes a part of a name.
const OPERATIONS: &[(&str, &str, Option<&str>)] = &[
    ("one article", "/v1/articles/{slug}", None),
    ("one article, at=past", "/v1/preview/articles/{slug}?at={past}", Some("one article")),
    ("one article, at=future", "/v1/preview/articles/{slug}?at={future}", Some("one article")),
    ("list of 20", "/v1/articles", None),
    ("list of 20, at=past", "/v1/preview/articles?at={past}", Some("list of 20")),
    ("list of 20, at=future", "/v1/preview/articles?at={future}", Some("list of 20")),
    ("list of 20 of a category", "/v1/articles?category=category-4", None),
    ("list of 20 of a category, at=past", "/v1/preview/articles?category=category-4&at={past}", Some("list of 20 of a category")),
    ("count=exact", "/v1/articles?count=exact", None),
    ("count=exact, at=past", "/v1/preview/articles?count=exact&at={past}", Some("count=exact")),
    ("count=exact, at=future", "/v1/preview/articles?count=exact&at={future}", Some("count=exact")),
    ("categories", "/v1/categories", None),
    ("categories, at=past", "/v1/preview/categories?at={past}", Some("categories")),
    ("list of 20, drafts=true", "/v1/preview/articles?drafts=true", None),
    ("one article, drafts=true", "/v1/preview/articles/{slug}?drafts=true", None),
    ("calendar of a month", "/v1/editor/publications?{month}", None),
    ("calendar of a month, limit=100", "/v1/editor/publications?{month}&limit=100", None),
    ("calendar of next month", "/v1/editor/publications?{next}", None),
    ("calendar, category=", "/v1/editor/publications?{month}&category=category-1", None),
    ("calendar, category= with others below", "/v1/editor/publications?{month}&category=category-4", None),
    ("calendar, category= of few", "/v1/editor/publications?{month}&category=rarely", None),
    ("calendar, author=", "/v1/editor/publications?{month}&author=author-3", None),
    ("calendar, author= of few", "/v1/editor/publications?{month}&author=author-50", None),
    ("calendar, state=scheduled", "/v1/editor/publications?{next}&state=scheduled", None),
    ("calendar, state=live", "/v1/editor/publications?{month}&state=live", None),
    ("calendar, state=replaced", "/v1/editor/publications?{month}&state=replaced", None),
    ("calendar, state=ended", "/v1/editor/publications?{month}&state=ended", None),
    ("calendar, article_id=", "/v1/editor/publications?article_id={id}", None),
    ("publications of an article", "/v1/editor/articles/{id}/publications", None),
    ("history", "/v1/editor/articles/{id}/revisions", None),
    ("a revision", "/v1/editor/articles/{id}/revisions/5", None),
    ("diff", "/v1/editor/articles/{id}/revisions/5/diff", None),
    ("visibility", "/v1/editor/articles/{id}/visibility", None),
    ("an article for editors", "/v1/editor/articles/{id}", None),
    ("editors' list", "/v1/editor/articles", None),
    ("editors' list, limit=100", "/v1/editor/articles?limit=100", None),
    ("editors, sort=saved_at", "/v1/editor/articles?sort=saved_at", None),
    ("editors, sort=-created_at", "/v1/editor/articles?sort=-created_at", None),
    ("editors, sort=created_at", "/v1/editor/articles?sort=created_at", None),
    ("editors, status=draft", "/v1/editor/articles?status=draft", None),
    ("editors, status=scheduled", "/v1/editor/articles?status=scheduled", None),
    ("editors, status=live", "/v1/editor/articles?status=live", None),
    ("editors, status=changed", "/v1/editor/articles?status=changed", None),
    ("editors, status=ended", "/v1/editor/articles?status=ended", None),
    ("editors, status=trashed", "/v1/editor/articles?status=trashed", None),
    ("editors, kind=page", "/v1/editor/articles?kind=page", None),
    ("editors, kind=article", "/v1/editor/articles?kind=article", None),
    ("editors, locale=tk", "/v1/editor/articles?locale=tk", None),
    ("editors, category=", "/v1/editor/articles?category=category-1", None),
    ("editors, category= with others below", "/v1/editor/articles?category=category-4", None),
    ("editors, category= of few", "/v1/editor/articles?category=rarely", None),
    ("editors, category= of three", "/v1/editor/articles?category=category-1,category-2,category-3", None),
    ("editors, author=", "/v1/editor/articles?author=author-3", None),
    ("editors, author= of few", "/v1/editor/articles?author=author-50", None),
    ("editors, created_by=", "/v1/editor/articles?created_by={user}", None),
    ("editors, created_by= of few", "/v1/editor/articles?created_by={rare_user}", None),
    ("editors, q= in many", "/v1/editor/articles?q={word}", None),
    ("editors, q= in few", "/v1/editor/articles?q={rare_word}", None),
    ("editors, q= in none", "/v1/editor/articles?q=nowhere", None),
    ("editors, q= of two letters", "/v1/editor/articles?q=yy", None),
    ("editors, saved in a month", "/v1/editor/articles?{saved}", None),
    ("editors, created in a month", "/v1/editor/articles?{created}", None),
    ("editors, created before", "/v1/editor/articles?created_before={past}", None),
    ("editors, created in a month, sort=-created_at", "/v1/editor/articles?{created}&sort=-created_at", None),
    ("editors, saved in a month, sort=created_at", "/v1/editor/articles?{saved}&sort=created_at", None),
    ("editors, category= and author=", "/v1/editor/articles?category=category-4&author=author-3", None),
    ("editors, status=draft and category=", "/v1/editor/articles?status=draft&category=category-1", None),
    ("editors, status=scheduled and author=", "/v1/editor/articles?status=scheduled&author=author-3", None),
    ("editors, kind=page and category=", "/v1/editor/articles?kind=page&category=category-4", None),
    ("editors, locale=tk and status=draft", "/v1/editor/articles?locale=tk&status=draft", None),
    ("editors, created_by= and status=draft", "/v1/editor/articles?created_by={user}&status=draft", None),
    ("editors, created_by= and category=", "/v1/editor/articles?created_by={user}&category=category-4", None),
    ("editors, q= and status=draft", "/v1/editor/articles?q={word}&status=draft", None),
    ("audit log", "/v1/editor/audit-log", None),
    ("audit log, action=", "/v1/editor/audit-log?action=publication.created", None),
    ("audit log, target_id=", "/v1/editor/audit-log?target_id={id}", None),
    ("audit log, actor=", "/v1/editor/audit-log?actor={user}", None),
];

/// How many articles are asked for in turn.
const ASKED_FOR: usize = 200;
const DAY_MS: i64 = 86_400_000;

fn main() {
    measure::serve_bare_if_asked();
    let load = measure::load(1, 1);
    let mut report = Report::new(measure::baseline(load));
    for engine in engines() {
        for size in measure::sizes("1000,100000") {
            bench(*engine, size, load, &mut report);
        }
    }
    report.print();
}

fn bench(engine: Engine, size: usize, load: Load, report: &mut Report) {
    let database = TestDatabase::empty(engine);
    let folder = support::folder::Folder::new();
    let serve = || {
        let mut command = program::serve(folder.path(), database.url());
        command.env("LOCALES", "en,tk");
        Server::start(command)
    };
    // The first start makes the admin, who is made where there is no user yet.
    drop(serve());
    let begun = Instant::now();
    let archive = Archive::fill(database.url(), size);
    eprintln!("{} with {size} articles, filled in {:.0} s", engine.name(), begun.elapsed().as_secs_f64());
    let server = serve();
    let only = std::env::var("DATELINE_BENCH_ONLY").unwrap_or_default();
    let token = server.login(ADMIN.0, ADMIN.1).is_ok().text_at("/access_token").to_owned();
    for (name, path, as_readers) in OPERATIONS.iter().filter(|(name, ..)| name.contains(&only)) {
        let requests: Vec<Request> = paths(&archive, path).iter().map(|path| request(&token, path)).collect();
        let measured = measure::measure(&server.address, server.id(), load, &requests);
        report.row(Row { engine, size, name, as_readers: *as_readers, measured });
    }
}

/// Readers send no token.
fn request(token: &str, path: &str) -> Request {
    if path.starts_with("/v1/editor") || path.starts_with("/v1/preview") { Request::get_as(token, path) } else { Request::get(path) }
}

/// What a pattern asks for: of articles some in turn.
fn paths(archive: &Archive, pattern: &str) -> Vec<String> {
    let days = |days: i64| archive.now.plus_millis(days * DAY_MS).to_string();
    let path = pattern
        .replace("{month}", &format!("from={}&to={}", days(-90), days(-60)))
        .replace("{next}", &format!("from={}&to={}", days(0), days(30)))
        .replace("{saved}", &format!("saved_from={}&saved_before={}", days(-730), days(-700)))
        .replace("{created}", &format!("created_from={}&created_before={}", days(-730), days(-700)))
        .replace("{past}", &days(-365))
        .replace("{future}", &days(10))
        .replace("{user}", &archive.users[0].to_string())
        .replace("{rare_user}", &archive.users[1].to_string())
        .replace("{word}", &archive.words[0])
        .replace("{rare_word}", &archive.words[1]);
    if !path.contains("{id}") && !path.contains("{slug}") {
        return vec![path];
    }
    let of_article = |(id, slug): &(ArticleId, String)| path.replace("{slug}", slug).replace("{id}", &id.to_string());
    archive.live.iter().step_by((archive.live.len() / ASKED_FOR).max(1)).map(of_article).collect()
}
