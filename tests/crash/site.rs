//! The program on a database of its own, killed and started again.

use dateline::db::{AnyConnection, Db, PoolSize, Statement};
use dateline::kernel::clock::SystemClock;
use dateline::kernel::instant::Instant;
use diesel::QueryResult;
use diesel::sql_types::BigInt;
use serde_json::json;

use crate::support::Engine;
use crate::support::client::Client;
use crate::support::database::TestDatabase;
use crate::support::folder::Folder;
use crate::support::postgres;
use crate::support::program::{ADMIN, Server, serve, wait};

/// See the module.
pub struct Site {
    url: String,
    server: Option<Server>,
    /// What the programs before logged.
    log: String,
    token: String,
    // Dropped last, the database with them.
    folder: Folder,
    _database: Option<TestDatabase>,
}

impl Site {
    /// On an empty database.
    pub fn new(engine: Engine) -> Self {
        let database = TestDatabase::empty(engine);
        Self::at(database.url().to_owned(), Some(database))
    }

    /// On an empty database of a server that the test stops.
    pub fn on(server: &postgres::Server) -> Self {
        Self::at(server.create_database(), None)
    }

    fn at(url: String, database: Option<TestDatabase>) -> Self {
        let mut site = Self { url, server: None, log: String::new(), token: String::new(), folder: Folder::new(), _database: database };
        site.start();
        site
    }

    /// Starts the program and logs in. A session of the program before is still one.
    pub fn start(&mut self) {
        let server = Server::start(serve(self.folder.path(), &self.url));
        assert!(self.server.replace(server).is_none(), "one program at a time");
        if !self.token.is_empty() {
            wait(async { self.admin().get("/v1/auth/me").await }).is_ok();
        }
        self.log_in();
    }

    /// Logs in anew: an access token lasts a quarter of an hour.
    pub fn log_in(&mut self) {
        let tokens = self.running().login(ADMIN.0, ADMIN.1);
        tokens.is_ok().text_at("/access_token").clone_into(&mut self.token);
    }

    fn running(&self) -> &Server {
        self.server.as_ref().expect("the program runs")
    }

    /// Ends the program as a crash does.
    pub fn kill(&mut self) {
        let server = self.server.take().unwrap();
        self.log.push_str(&server.kill());
    }

    /// Asks the program to stop, and waits until it has.
    pub fn stop(&mut self) {
        let server = self.server.take().unwrap();
        server.terminate();
        let (code, log) = server.ended();
        assert_eq!(code, Some(0), "{log}");
        self.log.push_str(&log);
    }

    /// Somebody without a token.
    pub fn reader(&self) -> Client {
        self.running().anyone()
    }

    /// The admin.
    pub fn admin(&self) -> Client {
        self.running().anyone().with_token(&self.token)
    }

    /// The program answers so when it is asked whether it can answer.
    pub fn is_ready(&self, status: u16) {
        for path in ["/readyz", "/readyz?for=editor"] {
            let answer = wait(async { self.admin().get(path).await });
            assert_eq!(answer.status, status, "{path}: {answer}");
        }
    }

    /// No program that ran here failed.
    pub fn has_logged_no_error(&self) {
        let log = self.log.clone() + &self.running().log();
        let errors: Vec<&str> = log.lines().filter(|line| line.contains("ERROR") || line.contains("panicked")).collect();
        assert!(errors.is_empty(), "{errors:?}");
    }

    /// Publishes an article now: when it says that was.
    pub fn publish(&self, title: &str) -> Instant {
        let article = json!({ "title": title, "body": { "format": "markdown", "source": "Text." }, "publish": {} });
        let answer = wait(async { self.admin().post("/v1/editor/articles").json(article).await });
        answer.is_created().text_at("/publications/0/publish_at").parse().unwrap()
    }

    /// The titles of what readers get, the newest first.
    pub fn listed(&self) -> Vec<String> {
        let answer = wait(async { self.admin().get("/v1/articles").await });
        answer.is_ok().each("title").into_iter().map(str::to_owned).collect()
    }

    /// Leaves the latest write as one of this instant.
    pub fn write_as_of(&self, at: Instant) {
        let write =
            move || Statement::<BigInt>::new("UPDATE audit SET at = ").bind(at).sql(" WHERE at = (SELECT max(at) FROM audit) RETURNING at");
        let changed: Vec<i64> = self.db().run_write(move |tx| Ok::<_, dateline::db::Error>(write().load(tx.conn())?)).unwrap();
        assert!(!changed.is_empty() && changed.iter().all(|changed| *changed == at.millis()), "{changed:?}");
    }

    /// Reads from the database beside the program.
    pub fn read<T>(&self, f: impl Fn(&mut AnyConnection) -> QueryResult<T>) -> T {
        self.db().run_read(|connection| Ok::<_, dateline::db::Error>(f(connection)?)).unwrap()
    }

    /// Whether it is the embedded engine.
    pub fn is_embedded(&self) -> bool {
        self.url.starts_with("sqlite:")
    }

    fn db(&self) -> Db {
        Db::open(&self.url.parse().unwrap(), std::sync::Arc::new(SystemClock::new()), PoolSize(1)).unwrap()
    }
}
