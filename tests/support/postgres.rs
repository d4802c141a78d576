//! Throwaway PostgreSQL servers. The script `postgres.sh` beside this file finds, starts, stops and deletes them; here is who asks
//! it. The script lives on a pipe from this process, so a server never outlives its tests, also when they panic or are killed.
//!
//! Most tests share one server, each with a database of its own: [`server`]. `scripts/test` starts that one for all test programs
//! of a run and names it in `DATELINE_TEST_POSTGRES`. A test that stops the database has its own: [`Server::start_own`].

use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

use diesel::{Connection, PgConnection, RunQueryDsl, sql_query};

const SCRIPT: &str = include_str!("postgres.sh");

/// A running PostgreSQL server, stopped and deleted when this value is dropped or the process ends.
pub struct Server {
    url: String,
    keeper: Option<Keeper>,
}

/// The server that the tests of this process share: fast and forgetful (no fsync).
pub fn server() -> &'static Server {
    static SHARED: OnceLock<Server> = OnceLock::new();
    SHARED.get_or_init(|| match std::env::var("DATELINE_TEST_POSTGRES") {
        Ok(url) => Server { url, keeper: None },
        Err(_) => Server::start(&[]),
    })
}

impl Server {
    /// A server of one's own, on which a commit is on disk when it is answered: for tests that stop it.
    pub fn start_own() -> Self {
        Self::start(&["--durable"])
    }

    /// A server of one's own that takes TLS connections only, see [`Server::ca_file`]. Its URLs name the host `localhost`.
    pub fn start_with_tls() -> Self {
        Self::start(&["--tls"])
    }

    fn start(options: &[&str]) -> Self {
        let mut keeper = Keeper::start(options);
        let url = keeper.expect("url");
        keeper.folder = keeper.expect("dir").into();
        Self { url, keeper: Some(keeper) }
    }

    /// The URL of the server's own database `postgres`, for commands such as `CREATE DATABASE`.
    pub fn admin_url(&self) -> &str {
        &self.url
    }

    /// Makes an empty database and answers its URL.
    pub fn create_database(&self) -> String {
        let name = new_name();
        self.execute(&format!("CREATE DATABASE {name}"));
        self.url_of(&name)
    }

    /// Makes a database with everything that the one at the URL `template` holds. Nobody may be connected to that one.
    pub fn clone_database(&self, template: &str) -> String {
        let (name, template) = (new_name(), database_name(template));
        self.execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"));
        self.url_of(&name)
    }

    /// Throws out who is connected to the database at `url`.
    pub fn disconnect(&self, url: &str) {
        self.execute(&format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}'", database_name(url)));
    }

    /// How often two transactions in the database at `url` waited for each other. Throws out who is connected to it: they tell it when they go.
    pub fn deadlocks(&self, url: &str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Counted {
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            connected: i64,
            #[diesel(sql_type = diesel::sql_types::BigInt)]
            deadlocks: i64,
        }
        let mut connection = PgConnection::establish(&self.url).expect("the server is there");
        let counted = "SELECT (SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = $1) AS connected, \
                       (SELECT deadlocks FROM pg_stat_database WHERE datname = $1) AS deadlocks";
        loop {
            let counted = sql_query(counted).bind::<diesel::sql_types::Text, _>(database_name(url)).get_result::<Counted>(&mut connection);
            let counted = counted.expect("it can be asked");
            if counted.connected == 0 {
                return counted.deadlocks;
            }
        }
    }

    /// Deletes the database at `url` and throws out who is still connected.
    pub fn drop_database(&self, url: &str) {
        self.execute(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", database_name(url)));
    }

    /// Shuts the server down at once, as a crash does: no checkpoint, every connection cut.
    pub fn stop_immediate(&self) {
        self.own_keeper().command("stop");
    }

    /// Starts the server again after [`Server::stop_immediate`], at the same URL, and returns when it takes connections.
    pub fn start_again(&self) {
        self.own_keeper().command("start");
    }

    /// Stops all processes of the server where they are: it keeps its connections and says nothing.
    pub fn freeze(&self) {
        self.own_keeper().command("freeze");
    }

    /// Lets it go on after [`Server::freeze`].
    pub fn thaw(&self) {
        self.own_keeper().command("thaw");
    }

    /// The certificate of the authority that signed the server's own (`sslrootcert`), of a server with TLS.
    pub fn ca_file(&self) -> PathBuf {
        self.folder().join("tls/ca.crt")
    }

    /// The certificate of an authority that has nothing to do with the server, of a server with TLS.
    pub fn other_ca_file(&self) -> PathBuf {
        self.folder().join("tls/other.crt")
    }

    /// The server's own folder: `log` in it is its log.
    pub fn folder(&self) -> &Path {
        &self.own_keeper().folder
    }

    fn own_keeper(&self) -> &Keeper {
        self.keeper.as_ref().expect("the server of DATELINE_TEST_POSTGRES belongs to others: use Server::start_own()")
    }

    fn execute(&self, sql: &str) {
        let mut connection = PgConnection::establish(&self.url)
            .unwrap_or_else(|error| panic!("the throwaway PostgreSQL at {} does not answer: {error}", self.url));
        sql_query(sql).execute(&mut connection).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    fn url_of(&self, name: &str) -> String {
        let (start, _) = self.url.rsplit_once('/').expect("the server's URL names a database");
        format!("{start}/{name}")
    }
}

fn new_name() -> String {
    format!("test_{}", uuid::Uuid::now_v7().simple())
}

fn database_name(url: &str) -> &str {
    let path = url.split('?').next().unwrap_or_default();
    path.rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or_else(|| panic!("{url} names no database"))
}

/// The script that holds the server, and the pipes to it.
struct Keeper {
    child: Child,
    pipes: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
    folder: PathBuf,
}

impl Keeper {
    fn start(options: &[&str]) -> Self {
        let mut child = Command::new("sh")
            .args(["-c", SCRIPT, "postgres.sh"])
            .args(options)
            // What is sent to the tests' process group (Ctrl-C, a runner's timeout) must leave the keeper time to clean up.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("there is a shell");
        let pipes = child.stdin.take().zip(child.stdout.take().map(BufReader::new));
        Self { child, pipes: Mutex::new(pipes), folder: PathBuf::new() }
    }

    /// Reads a line `word VALUE`.
    fn expect(&self, word: &str) -> String {
        let line = self.exchange(None);
        match line.strip_prefix(word) {
            Some(value) => value.trim().to_owned(),
            None => panic!("no throwaway PostgreSQL server: {}", line.trim_start_matches("failed ")),
        }
    }

    fn command(&self, command: &str) {
        let line = self.exchange(Some(command));
        assert_eq!(line, "done", "postgres.sh was told to {command} the server");
    }

    fn exchange(&self, command: Option<&str>) -> String {
        let mut pipes = self.pipes.lock().expect("no test panics while it holds the pipes");
        let (input, output) = pipes.as_mut().expect("the pipes are there until the value is dropped");
        if let Some(command) = command {
            writeln!(input, "{command}").expect("postgres.sh reads its commands");
        }
        let mut line = String::new();
        output.read_line(&mut line).expect("postgres.sh answers in text");
        line.trim_end().to_owned()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if let Ok(mut pipes) = self.pipes.lock() {
            pipes.take();
        }
        // It ends by itself; waiting leaves no half-dead process and no folder behind.
        let _ = self.child.wait();
    }
}
