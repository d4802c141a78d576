//! A load benchmark of the release program on both engines. See `benches/README.md`.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

#[path = "../measure/mod.rs"]
mod measure;
mod newsroom;
mod report;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::Instant;

use measure::clients::Load;
use measure::{measure, process};
use newsroom::Newsroom;
use report::{Report, Row};
use support::database::TestDatabase;
use support::program::{self, Server};
use support::{Engine, engines};

/// What is asked of each site. The page of 1,000 is the last one of 10,000 articles.
const OPERATIONS: &[(&str, &str)] = &[
    ("one article", "/v1/articles/{slug}"),
    ("one article, 304", "/v1/articles/{slug} If-None-Match"),
    ("list of 20", "/v1/articles"),
    ("list of 20 of a category", "/v1/articles?category=news"),
    ("list of 20 with bodies", "/v1/articles?include=body"),
    ("list of 10, page 1", "/v1/articles?limit=10"),
    ("list of 10, page 1,000", "/v1/articles?limit=10&page=1000"),
    ("list of 10, cursor at 990", "/v1/articles?limit=10&cursor={cursor}"),
    ("count=exact", "/v1/articles?count=exact"),
    ("categories", "/v1/categories"),
];

/// How editors save while readers read.
const SAVES_A_SECOND: u32 = 20;

fn main() {
    measure::serve_bare_if_asked();
    let load = measure::load(8, 5);
    let mut report = Report::new(measure::baseline(load));
    for engine in engines() {
        for size in measure::sizes("10000,100000") {
            let database = TestDatabase::empty(*engine);
            bench(*engine, size, &database, load, &mut report);
        }
    }
    report.print_ratios();
}

fn bench(engine: Engine, size: usize, database: &TestDatabase, load: Load, report: &mut Report) {
    let begun = Instant::now();
    let newsroom = Newsroom::fill(database.url(), size);
    eprintln!("{} with {size} articles, filled in {:.0} s", engine.name(), begun.elapsed().as_secs_f64());
    let folder = support::folder::Folder::new();
    drop(Server::start(program::serve(folder.path(), database.url())));
    let begun = Instant::now();
    let server = Server::start(program::serve(folder.path(), database.url()));
    report.start(engine, size, begun.elapsed(), process::resident_bytes(server.id()));
    let cursor = newsroom::cursor_behind(&server, 990);
    for (name, path) in OPERATIONS {
        let requests = newsroom.requests(&server, path, &cursor);
        let measured = measure(&server.address, server.id(), load, &requests);
        report.row(Row { engine, size, name: (*name).to_owned(), measured });
    }
    let requests = newsroom.requests(&server, "/v1/articles", &cursor);
    let saving = newsroom::Saving::begin(&server, newsroom.category(), SAVES_A_SECOND);
    let measured = measure(&server.address, server.id(), load, &requests);
    let saved = saving.end();
    report.row(Row { engine, size, name: format!("list of 20, {SAVES_A_SECOND} saves/s ({saved} saved)"), measured });
    report.memory(engine, size, process::resident_bytes(server.id()));
}
