//! A database with one admin, and a clock that stands until it is moved.

use std::sync::Arc;

use dateline::audit::store::Actor;
use dateline::auth::dto::Tokens;
use dateline::auth::password::hash_here;
use dateline::auth::service::Auth;
use dateline::auth::store;
use dateline::db::{self, Db, PoolSize};
use dateline::kernel::caller::{Caller, Role};
use dateline::kernel::clock::SettableClock;
use dateline::kernel::id::UserId;
use dateline::kernel::problem::{Code, Problem, Result};
use dateline::kernel::version::Expected;
use dateline::users::dto::{EditorUser, UserPatch};
use dateline::users::service::{self as users, NewUser};

use super::support::Engine;
use super::support::database::TestDatabase;

/// The password of everyone here.
pub const PASSWORD: &str = "correct horse";
/// The admin who is there from the start.
pub const ADMIN: &str = "admin@example.org";
/// An address that nobody logged in from.
pub const ELSEWHERE: &str = "203.0.113.9";

/// See above.
pub struct Desk {
    pub db: Db,
    pub auth: Auth,
    pub clock: Arc<SettableClock>,
    pub admin: UserId,
    _database: TestDatabase,
}

impl Desk {
    pub async fn open(engine: Engine) -> Self {
        let mut desk = tokio::task::spawn_blocking(move || Self::prepare(engine)).await.unwrap();
        desk.admin = desk.add(ADMIN, Role::Admin).await.unwrap().id;
        desk
    }

    fn prepare(engine: Engine) -> Self {
        let database = TestDatabase::prepared(engine, |url| drop(db::migrate(&url.parse().unwrap()).unwrap()));
        let clock = Arc::new(SettableClock::at("2026-11-30T09:00:00Z".parse().unwrap()));
        let db = Db::open(&database.url().parse().unwrap(), Arc::clone(&clock) as _, PoolSize(8)).unwrap();
        let (auth, _) = Auth::prepare(&db, "The Morning News").unwrap();
        Self { db, auth, clock, admin: UserId::new(), _database: database }
    }

    pub async fn add(&self, email: &str, role: Role) -> Result<EditorUser> {
        let new = NewUser {
            email: email.to_owned(),
            name: "Somebody".to_owned(),
            role,
            category_ids: None,
            password_hash: hash_here(PASSWORD).unwrap(),
            is_one_time: false,
        };
        self.db.write(move |tx| users::add_in(tx, &Actor::COMMAND, &new)).await
    }

    pub async fn change(&self, id: UserId, patch: UserPatch) -> Result<EditorUser> {
        self.db.write(move |tx| users::update_in(tx, &Actor::COMMAND, id, &Expected::Anything, patch.clone())).await
    }

    pub async fn login(&self) -> Tokens {
        self.auth.login(ADMIN, PASSWORD, "192.0.2.1").await.unwrap()
    }

    /// The code that a login with a wrong password is refused with.
    pub async fn fail(&self, email: &str, address: &str) -> Code {
        code(&refused(self.auth.login(email, "wrong password", address).await))
    }

    /// How many failed logins with an account are counted.
    pub async fn failures_of(&self, email: &str) -> usize {
        let (subject, since) = (format!("account:{email}"), "2026-01-01T00:00:00Z".parse().unwrap());
        self.db.read(move |connection| store::failures(connection, &subject, since, 100)).await.unwrap().len()
    }

    pub async fn caller(&self, tokens: &Tokens) -> Result<Caller> {
        self.auth.caller(&tokens.access_token, ELSEWHERE.to_owned()).await
    }

    /// Whether the access token is refused, with the code that says so.
    pub async fn is_refused(&self, tokens: &Tokens) -> bool {
        match self.caller(tokens).await {
            Ok(_) => false,
            Err(problem) => {
                assert_eq!(problem.code(), Code::InvalidToken);
                true
            }
        }
    }

    pub fn minutes(&self, minutes: i64) {
        self.clock.advance_ms(minutes * 60_000);
    }
}

/// The problem of what was refused.
#[track_caller]
pub fn refused<T>(result: Result<T>) -> Problem {
    match result {
        Ok(_) => panic!("it was not refused"),
        Err(problem) => problem,
    }
}

pub fn code(problem: &Problem) -> Code {
    problem.code()
}

/// In how many seconds the answer says to come again.
#[track_caller]
pub fn retry_after(problem: &Problem) -> i64 {
    let (_, value) = problem.headers().iter().find(|(name, _)| *name == "retry-after").unwrap();
    value.parse().unwrap()
}

/// A test that runs on each engine, with a desk of its own.
macro_rules! each_engine {
    ($(#[$doc:meta])* async fn $name:ident($desk:ident: Desk) $body:block) => {
        $(#[$doc])*
        #[tokio::test]
        async fn $name() {
            for engine in crate::engines() {
                let $desk = crate::Desk::open(*engine).await;
                $body
            }
        }
    };
}
pub(crate) use each_engine;
