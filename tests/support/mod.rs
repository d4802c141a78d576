//! What the integration tests share: databases of both engines, an HTTP client that holds every answer against the OpenAPI
//! document. Each test program takes it in with `mod support;` (or by `#[path]`) and uses what it needs of it.
#![allow(dead_code, reason = "each test program uses another part of it")]

pub mod answer;
pub mod client;
pub mod database;
pub mod folder;
pub mod postgres;
pub mod program;
pub mod random;
pub mod raw;
pub mod schema;

use std::sync::OnceLock;

/// A storage engine under test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded one.
    Sqlite,
    /// A throwaway PostgreSQL server.
    Postgres,
}

impl Engine {
    /// Its name, as `DATELINE_TEST_ENGINES` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The engines under test: both, unless `DATELINE_TEST_ENGINES` says `sqlite` or `postgres`.
///
/// Where PostgreSQL can be neither found nor installed the tests fail; leaving it out is said, never guessed.
pub fn engines() -> &'static [Engine] {
    static ENGINES: OnceLock<Vec<Engine>> = OnceLock::new();
    ENGINES.get_or_init(|| {
        let all = [Engine::Sqlite, Engine::Postgres];
        let Ok(wanted) = std::env::var("DATELINE_TEST_ENGINES") else { return all.into() };
        let wanted: Vec<&str> = wanted.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
        let unknown = wanted.iter().find(|name| all.iter().all(|engine| engine.name() != **name));
        assert!(unknown.is_none(), "DATELINE_TEST_ENGINES takes sqlite, postgres or both with a comma, not {unknown:?}");
        assert!(!wanted.is_empty(), "DATELINE_TEST_ENGINES names no engine; leave it unset for both");
        all.into_iter().filter(|engine| wanted.contains(&engine.name())).collect()
    })
}

/// Runs a test once for each engine.
#[allow(unused_macros, reason = "not every test program has such tests")]
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($engine:ident) $body:block)*) => {$(
        $(#[$meta])*
        #[actix_web::test]
        async fn $name() {
            for $engine in crate::support::engines().iter().copied() {
                eprintln!("on {:?}", $engine);
                $body
            }
        }
    )*};
}
#[allow(unused_imports, reason = "not every test program has such tests")]
pub(crate) use on_both_engines;
