//! A database of either engine for one test.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, RunQueryDsl, SqliteConnection, sql_query};

use super::Engine;
use super::folder::Folder;
use super::postgres;

/// A database that one test has to itself, deleted when this value is dropped.
pub struct TestDatabase {
    engine: Engine,
    url: String,
    folder: Option<Folder>,
}

impl TestDatabase {
    /// An empty one.
    pub fn empty(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => Self::in_folder(Folder::new()),
            Engine::Postgres => Self { engine, url: postgres::server().create_database(), folder: None },
        }
    }

    /// A copy of a template that `prepare` (the migrations, say) has filled, once for this process and engine. `prepare` gets the
    /// template's URL and must have closed every connection when it returns.
    pub fn prepared(engine: Engine, prepare: fn(&str)) -> Self {
        match template(engine, prepare) {
            Template::Sqlite(bytes) => {
                let copy = Self::in_folder(Folder::new());
                fs::write(copy.file(), bytes).expect("the temporary folder takes a file");
                copy
            }
            Template::Postgres(url) => Self { engine, url: postgres::server().clone_database(&url), folder: None },
        }
    }

    /// Another one with what this one holds now. On PostgreSQL every connection to this one is cut, as it is when a server restarts.
    pub fn copy(&self) -> Self {
        match self.engine {
            Engine::Sqlite => {
                let copy = Self::in_folder(Folder::new());
                let mut connection = SqliteConnection::establish(self.url.trim_start_matches("sqlite://")).expect("the database is there");
                sql_query("VACUUM INTO ?").bind::<Text, _>(copy.file().to_string_lossy()).execute(&mut connection).expect("it is copied");
                copy
            }
            Engine::Postgres => {
                let server = postgres::server();
                server.disconnect(&self.url);
                Self { engine: self.engine, url: server.clone_database(&self.url), folder: None }
            }
        }
    }

    /// Whether nothing was ever made in it.
    pub fn is_untouched(&self) -> bool {
        match self.engine {
            Engine::Sqlite => !self.file().exists(),
            Engine::Postgres => {
                let mut connection = PgConnection::establish(&self.url).expect("the server is there");
                let tables = "SELECT 1 FROM pg_class WHERE relnamespace = 'public'::regnamespace";
                sql_query(tables).execute(&mut connection).expect("it can be asked") == 0
            }
        }
    }

    /// How often two writes waited for each other, which on SQLite none does. On PostgreSQL every connection is cut.
    pub fn deadlocks(&self) -> i64 {
        match self.engine {
            Engine::Sqlite => 0,
            Engine::Postgres => postgres::server().deadlocks(&self.url),
        }
    }

    fn in_folder(folder: Folder) -> Self {
        let url = format!("sqlite://{}", folder.join("dateline.db").display());
        Self { engine: Engine::Sqlite, url, folder: Some(folder) }
    }

    /// Which engine it is of.
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Its URL, as `DATABASE_URL` takes it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The SQLite file.
    pub fn file(&self) -> &Path {
        Path::new(self.url.trim_start_matches("sqlite://"))
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // With the folder goes the SQLite file. A server that a failing test has stopped must not turn its panic into an abort.
        if self.folder.is_none() && !std::thread::panicking() {
            postgres::server().drop_database(&self.url);
        }
    }
}

/// A filled database: an SQLite file's content, or the URL of a PostgreSQL database that nobody is connected to.
#[derive(Clone)]
enum Template {
    Sqlite(Vec<u8>),
    Postgres(String),
}

fn template(engine: Engine, prepare: fn(&str)) -> Template {
    static MADE: Mutex<Vec<(Engine, usize, Template)>> = Mutex::new(Vec::new());
    // A `prepare` that panics poisons the lock; the next test tries again and shows the cause as well.
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (engine, prepare as usize);
    if let Some((.., template)) = made.iter().find(|(engine, by, _)| (*engine, *by) == key) {
        return template.clone();
    }
    let template = match engine {
        Engine::Sqlite => {
            let database = TestDatabase::empty(engine);
            prepare(database.url());
            let log = database.file().with_extension("db-wal");
            let left_open = fs::metadata(log).is_ok_and(|log| log.len() > 0);
            assert!(!left_open, "a connection to the template was left open: its write-ahead log is not in the file yet");
            Template::Sqlite(fs::read(database.file()).expect("the database was made"))
        }
        Engine::Postgres => {
            let url = postgres::server().create_database();
            prepare(&url);
            Template::Postgres(url)
        }
    };
    made.push((engine, key.1, template.clone()));
    template
}
