//! A running Dateline on a database of its own, with a clock that the test sets.
#![allow(dead_code, reason = "each test program uses another part of it")]

use std::net::TcpListener;
use std::sync::{Arc, OnceLock};

use dateline::app::{App, document};
use dateline::articles::service::retention::{self, Passed, Retention};
use dateline::audit::store::Actor;
use dateline::auth::password::hash_here;
use dateline::db::Db;
use dateline::kernel::caller::Role;
use dateline::kernel::clock::{Clock as _, SettableClock};
use dateline::settings::Options;
use dateline::users::service::{NewUser, add_in};
use dateline::views::service::Views;
use serde_json::{Value, json};

use crate::support::Engine;
use crate::support::client::Client;
use crate::support::database::TestDatabase;
use crate::support::schema::Document;

pub const PASSWORD: &str = "correct horse battery";

/// See the module.
pub struct Site {
    client: Client,
    clock: Arc<SettableClock>,
    db: Db,
    views: Views,
    options: Options,
    // Dropped last: the database goes with it.
    database: Arc<TestDatabase>,
}

/// The API document that every answer is held against.
pub fn api() -> &'static Arc<Document> {
    static API: OnceLock<Arc<Document>> = OnceLock::new();
    API.get_or_init(|| Document::new(serde_json::from_str(&document().text()).expect("the document is JSON")))
}

fn prepare(url: &str) {
    dateline::db::migrate(&url.parse().expect("a database URL")).expect("migrations apply");
}

/// Hashing is slow on purpose; every test's users have the same password.
pub fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| hash_here(PASSWORD).expect("it is hashed")).clone()
}

impl Site {
    /// A site at an instant, with `author@`, `editor@` and `admin@example.org`.
    pub fn at(engine: Engine, instant: &str) -> Self {
        Self::with(engine, instant, |_| {})
    }

    /// The same with other settings.
    pub fn with(engine: Engine, instant: &str, set: impl FnOnce(&mut Options)) -> Self {
        let database = TestDatabase::prepared(engine, prepare);
        let clock = Arc::new(SettableClock::at(instant.parse().expect("an instant")));
        let mut options = Options {
            database_url: database.url().parse().expect("a database URL"),
            api_url: "https://api.example.org".to_owned(),
            site_url: "https://www.example.org".to_owned(),
            preview_url: None,
            site_name: "The Morning News".to_owned(),
            site_time_zone: "Asia/Ashgabat".parse().expect("a zone"),
            locales: dateline::kernel::locale::Locales::new(vec!["en".parse().expect("a locale"), "tk".parse().expect("a locale")])
                .expect("two locales"),
            embed_hosts: dateline::bodies::EmbedHosts::default(),
            cors_allowed_origins: dateline::http::cors::Origins::parse("").expect("none"),
            trusted_proxies: dateline::http::TrustedProxies::parse("").expect("none"),
            cache_lifetime: 60,
            feeds_have_text: false,
            websub_hub: None,
            revisions_kept_days: None,
            trash_kept_days: None,
            workers: 1,
        };
        set(&mut options);
        Self::open(Arc::new(database), options, clock, |app| {
            for role in Role::ALL {
                let new = NewUser {
                    email: format!("{}@example.org", role.name()),
                    name: role.name().to_owned(),
                    role,
                    category_ids: None,
                    password_hash: password_hash(),
                    is_one_time: false,
                };
                app.db().run_write(move |tx| add_in(tx, &Actor::COMMAND, &new)).expect("the user is added");
            }
        })
    }

    /// Another site with a copy of the database as it stands, at the same instant: from here on the two go their own ways. Nothing may be
    /// written meanwhile.
    pub fn copy(&self) -> Self {
        self.copy_with(|_| {})
    }

    /// The same with other settings.
    pub fn copy_with(&self, set: impl FnOnce(&mut Options)) -> Self {
        let (database, clock) = (Arc::new(self.database.copy()), Arc::new(SettableClock::at(self.clock.now())));
        let mut options = Options { database_url: database.url().parse().expect("a database URL"), ..self.options.clone() };
        set(&mut options);
        Self::open(database, options, clock, |_| {})
    }

    /// Another node over the same database, with a clock of its own that shows the same now.
    pub fn beside(&self) -> Self {
        let clock = Arc::new(SettableClock::at(self.clock.now()));
        Self::open(Arc::clone(&self.database), self.options.clone(), clock, |_| {})
    }

    fn open(database: Arc<TestDatabase>, options: Options, clock: Arc<SettableClock>, fill: impl FnOnce(&App) + Send + 'static) -> Self {
        // Making ready blocks, as at the start of the program: a thread without a runtime does it.
        let made_ready = std::thread::spawn({
            let (options, clock) = (options.clone(), clock.clone());
            move || {
                let app = App::prepare(options, clock).expect("it is made ready");
                fill(&app);
                app
            }
        });
        let app = made_ready.join().expect("the thread ends");
        let (db, views) = (app.db().clone(), app.views().clone());
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let (address, _) = app.start(listener).expect("it serves");
        let client = Client::new(&format!("http://{address}")).checked_by(api());
        Self { client, clock, db, views, options, database }
    }

    /// A caller without a token.
    pub fn anyone(&self) -> &Client {
        &self.client
    }

    /// The clock.
    pub fn clock(&self) -> &SettableClock {
        &self.clock
    }

    /// The database, for what no caller can do.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// What the server does twice a second: writes views.
    pub async fn write_views(&self) {
        self.views.write(&self.db).await.expect("views are written");
    }

    /// What the server does every hour.
    pub async fn keep_up(&self) -> Passed {
        let Options { revisions_kept_days, trash_kept_days, .. } = self.options;
        retention::pass(&self.db, Retention { revisions_kept_days, trash_kept_days }).await.expect("it is done")
    }

    /// Where its database lies.
    pub fn database(&self) -> &TestDatabase {
        &self.database
    }

    /// Where it listens, such as `127.0.0.1:41234`.
    pub fn address(&self) -> &str {
        self.client.base().trim_start_matches("http://")
    }

    /// A caller who has logged in.
    pub async fn login(&self, role: Role) -> Client {
        let body = json!({ "email": format!("{}@example.org", role.name()), "password": PASSWORD });
        let answer = self.client.post("/v1/auth/login").json(&body).await;
        answer.is_ok();
        self.client.with_token(answer.text_at("/access_token"))
    }
}

/// A small article.
pub fn article(title: &str) -> Value {
    json!({ "title": title, "body": { "format": "markdown", "source": "Some **text**." } })
}
