//! A load benchmark of the release program on both engines. See `benches/README.md`.
#![allow(clippy::unwrap_used, reason = "a benchmark that cannot go on ends")]

mod bare;
mod clients;
mod newsroom;
mod process;
mod report;
#[path = "../../tests/support/mod.rs"]
mod support;

use std::time::{Duration, Instant};

use clients::{Load, Request};
use newsroom::Newsroom;
use process::Measured;
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

/// Numbers of the environment, with what they are unless said.
fn number(name: &str, unless_said: u64) -> u64 {
    std::env::var(name).map_or(unless_said, |text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number, not `{text}`")))
}

fn sizes() -> Vec<usize> {
    let text = std::env::var("DATELINE_BENCH_ARTICLES").unwrap_or_else(|_| "10000,100000".to_owned());
    text.split(',').map(|size| size.trim().parse().expect("DATELINE_BENCH_ARTICLES takes numbers with commas between")).collect()
}

fn main() {
    if let Some(port) = std::env::args().skip_while(|argument| argument != "--bare").nth(1) {
        return bare::serve(port.parse().unwrap());
    }
    let load = Load {
        connections: usize::try_from(number("DATELINE_BENCH_CONNECTIONS", 8)).unwrap(),
        duration: Duration::from_secs(number("DATELINE_BENCH_SECONDS", 5)),
    };
    let bare = process::Bare::start();
    let baseline = measure(&bare.address, bare.id(), load, &[Request::get("/")]);
    let mut report = Report::new(baseline);
    for engine in engines() {
        for size in sizes() {
            let database = TestDatabase::empty(*engine);
            bench(*engine, size, &database, load, &mut report);
        }
    }
    report.print_ratios();
}

fn measure(address: &str, process: u32, load: Load, requests: &[Request]) -> Measured {
    load.warm_up(address, requests);
    let before = process::cpu_time(process);
    let seen = load.run(address, requests);
    let cpu = process::cpu_time(process).saturating_sub(before);
    Measured { seen, cpu }
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
