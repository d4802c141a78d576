//! PostgreSQL goes away and comes back under a running program.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use diesel::{Connection, PgConnection};
use futures_util::future::{join, join_all};
use serde_json::json;

use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::folder::Folder;
use crate::support::postgres;
use crate::support::program::{ADMIN, Server, dateline, said, serve, wait};
use crate::support::{Engine, engines};

/// So many requests at once use every connection that the program keeps.
const MANY: usize = 48;

async fn many_at_once(client: &Client) -> Vec<Answer> {
    let article = json!({ "title": "Many at once", "body": { "format": "html", "source": "" } });
    let one = async |number| match number % 3 {
        0 => client.post("/v1/editor/articles").json(&article).await,
        1 => client.get("/v1/articles").await,
        _ => client.get("/v1/auth/me").await,
    };
    join_all((0..MANY).map(one)).await
}

fn all_at_once(client: &Client) -> Vec<Answer> {
    wait(many_at_once(client))
}

#[track_caller]
fn all_are_well(client: &Client) {
    for answer in all_at_once(client) {
        assert!(answer.status < 300, "{answer}");
    }
}

/// A program over a PostgreSQL server of its own, and who is logged in there.
struct Outage {
    admin: Client,
    server: Server,
    url: String,
    database: postgres::Server,
    _folder: Folder,
}

impl Outage {
    /// Nothing where PostgreSQL is not tested.
    fn start() -> Option<Self> {
        if !engines().contains(&Engine::Postgres) {
            return None;
        }
        let (database, folder) = (postgres::Server::start_own(), Folder::new());
        let url = database.create_database();
        let server = Server::start(serve(folder.path(), &url));
        Some(Self { admin: server.user(ADMIN.0, ADMIN.1), server, url, database, _folder: folder })
    }
}

#[test]
fn while_the_database_is_away_all_is_503_and_when_it_is_back_all_is_well() {
    let Some(outage) = Outage::start() else { return };
    let Outage { admin, database, .. } = &outage;
    all_are_well(admin);
    database.stop_immediate();
    for answer in all_at_once(admin) {
        answer.is_problem(503, "unavailable").has_header("retry-after", "1");
    }
    wait(async {
        admin.get("/healthz").await.is_ok();
        admin.get("/readyz").await.is_problem(503, "unavailable").has_header("retry-after", "1");
        admin.get("/readyz?for=editor").await.is_problem(503, "unavailable");
    });
    database.start_again();
    all_are_well(admin);
    // A restart that no request noticed has broken every connection that is kept.
    database.stop_immediate();
    database.start_again();
    all_are_well(admin);
    wait(async { admin.get("/readyz").await }).is_ok();
}

#[test]
fn a_database_that_is_frozen_is_as_one_that_is_away() {
    let Some(outage) = Outage::start() else { return };
    let Outage { admin, server, database, .. } = &outage;
    all_are_well(admin);
    database.freeze();
    let (answers, [alive, ready, writable]) = wait(async {
        let operator = ["/healthz", "/readyz", "/readyz?for=editor"].map(async |path| admin.get(path).await);
        let (answers, operator) = join(many_at_once(admin), join_all(operator)).await;
        (answers, <[Answer; 3]>::try_from(operator).unwrap())
    });
    for answer in answers.iter().chain([&ready, &writable]) {
        answer.is_problem(503, "unavailable").has_header("retry-after", "1");
    }
    alive.is_ok();
    let threads = std::fs::read_dir(format!("/proc/{}/task", server.id())).unwrap().count();
    assert!(threads < MANY, "no thread waits for each request: {threads}");
    database.thaw();
    all_are_well(admin);
    wait(async { admin.get("/readyz?for=editor").await }).is_ok();
}

#[test]
fn a_database_that_takes_no_writes_for_a_while_is_written_to_again() {
    let Some(outage) = Outage::start() else { return };
    let Outage { admin, url, database, .. } = &outage;
    let write = || wait(async { admin.post("/v1/editor/categories").json(json!({ "name": "News" })).await });
    write().is_created();
    let name = url.rsplit('/').next().unwrap();
    let mut operator = PgConnection::establish(database.admin_url()).unwrap();
    let mut set = |to: &str| {
        let sql = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
        operator.batch_execute(&format!("ALTER DATABASE {name} {to}; {sql}")).unwrap();
    };
    set("SET default_transaction_read_only = on");
    write().is_problem(503, "unavailable");
    wait(async {
        admin.get("/v1/categories").await.is_ok();
        admin.get("/readyz").await.is_ok();
    });
    // The connections of the time before are not taken again.
    operator_resets(url, database.admin_url());
    write().is_created();
}

/// Ends the read-only time and leaves every connection as it is.
fn operator_resets(url: &str, admin_url: &str) {
    let name = url.rsplit('/').next().unwrap();
    PgConnection::establish(admin_url)
        .unwrap()
        .batch_execute(&format!("ALTER DATABASE {name} RESET default_transaction_read_only"))
        .unwrap();
}

#[test]
fn readiness_does_not_wait_for_a_database_that_does_not_answer() {
    if !engines().contains(&Engine::Postgres) {
        return;
    }
    let (database, folder) = (postgres::Server::start_own(), Folder::new());
    let url = database.create_database();
    let server = Server::start(serve(folder.path(), &url));
    let mut other = PgConnection::establish(&url).unwrap();
    other.batch_execute("BEGIN; LOCK TABLE audit IN ACCESS EXCLUSIVE MODE").unwrap();
    let (asked, anyone) = (Instant::now(), server.anyone());
    wait(async { anyone.get("/readyz").await }).is_problem(503, "unavailable");
    assert!(asked.elapsed() < Duration::from_secs(20), "it waited {:?}", asked.elapsed());
    wait(async { anyone.get("/healthz").await }).is_ok();
    other.batch_execute("ROLLBACK").unwrap();
    wait(async { anyone.get("/readyz").await }).is_ok();
}

#[test]
fn a_server_that_is_not_there_or_says_nothing_stops_the_start_without_the_password_in_the_message() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    for (address, fault) in [(silent.local_addr().unwrap(), "timeout expired"), (nobody, "Connection refused")] {
        let (folder, begun) = (Folder::new(), Instant::now());
        let url = format!("postgres://dateline:a-secret-word@{address}/news");
        let output = dateline(folder.path(), &["serve"]).env("DATABASE_URL", url).env("LISTEN", "127.0.0.1:0").output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{}", said(&output));
        let named = format!("DATABASE_URL: postgres://{address}/news cannot be opened: ");
        assert!(said(&output).contains(&named) && said(&output).contains(fault), "{}", said(&output));
        assert!(said(&output).contains(". Example: DATABASE_URL=postgres://USER:PASSWORD@HOST/DATABASE"), "{}", said(&output));
        assert!(!said(&output).contains("a-secret-word"), "{}", said(&output));
        assert!(begun.elapsed() < Duration::from_secs(30), "it waited {:?}", begun.elapsed());
    }
}
