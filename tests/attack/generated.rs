//! Requests by the thousand, made out of the API document: none fails, every answer is one that the document declares, nothing is
//! accepted that it forbids, and what is refused changes nothing.
//!
//! `DATELINE_GENERATED` says how many are sent to each engine (20,000 unless said), `DATELINE_SEED` from which numbers they are made. A
//! request depends on what earlier answers told, and those on how the threads ran: the same seed gives much the same requests, and what
//! fails is shown whole.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Instant;

use dateline::db::Statement;
use dateline::http::TrustedProxies;
use dateline::kernel::caller::Role;
use diesel::sql_types::{BigInt, Text};
use futures_util::future::join_all;
use serde_json::json;

use crate::generate::{Known, Maker, Wish};
use crate::judge;
use crate::newsroom::{Newsroom, Person, Standing};
use crate::on_both_engines;
use crate::operations::{self, Operation};
use crate::site::{PASSWORD, Site};
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::random::Random;
use crate::support::raw::Socket;

/// How many are sent at once.
const CONNECTIONS: usize = 8;
/// So many refusals of one kind are enough to see what is wrong.
const SHOWN: usize = 12;

/// What a variable says.
pub fn number(name: &str, unless_said: u64) -> u64 {
    std::env::var(name).map_or(unless_said, |text| text.parse().unwrap_or_else(|_| panic!("{name} takes a number, not {text}")))
}

/// The site under fire, and everyone who asks.
struct Range {
    newsroom: Newsroom,
    callers: Vec<Person>,
    operations: Vec<Operation>,
    known: RefCell<Known>,
    faults: RefCell<BTreeMap<String, (usize, String)>>,
    seed: u64,
}

impl Range {
    async fn open(engine: Engine, seed: u64) -> Self {
        let newsroom = Newsroom::with(engine, |options| options.trusted_proxies = TrustedProxies::parse("127.0.0.1").unwrap()).await;
        let mut callers = Vec::new();
        for standing in [Standing::Anonymous, Standing::Active(Role::Author), Standing::Active(Role::Editor), Standing::Active(Role::Admin)]
        {
            callers.push(newsroom.person(standing).await);
        }
        let range = Self { newsroom, callers, operations: operations::all(), known: RefCell::default(), faults: RefCell::default(), seed };
        range.furnish().await;
        range
    }

    /// Something of every kind and state, and people whose sessions may end.
    async fn furnish(&self) {
        for who in 1..4 {
            for state in ["draft", "live", "scheduled", "trashed"] {
                let owner = &self.callers[who].caller;
                let id = self.newsroom.id("articles", owner, state).await;
                self.learn("articles", id);
            }
        }
        for state in ["live", "scheduled", "scheduled"] {
            self.learn("publications", self.newsroom.id("publications", &self.callers[2].caller, state).await);
        }
        for _ in 0..3 {
            let slug = self.newsroom.slug("articles", &self.callers[2].caller, "live").await;
            self.known.borrow_mut().slugs.push(slug);
            self.learn("categories", self.newsroom.id("categories", &self.callers[2].caller, "").await);
        }
        for role in [Role::Author, Role::Editor] {
            let spare = self.newsroom.person(Standing::Active(role)).await;
            self.learn("users", spare.caller.user_id.to_string());
            let words = &mut self.known.borrow_mut().words;
            words.entry("refresh_token").or_default().push(spare.refresh_token);
        }
        self.known.borrow_mut().words.insert("password", vec![PASSWORD.to_owned(), "wrong horse".to_owned()]);
    }

    fn learn(&self, kind: &str, id: String) {
        self.known.borrow_mut().ids.entry(kind.to_owned()).or_default().push(id);
    }

    /// The request of this number, and who asks it.
    fn wish(&self, number: u64) -> (Wish<'_>, &Person) {
        let mut random = Random::new(self.seed.wrapping_mul(1_000_003).wrapping_add(number));
        let mut operation = &self.operations[usize::try_from(number).unwrap() % self.operations.len()];
        if matches!(&*operation.id, "login" | "changePassword" | "createUser") && random.happens(70) {
            // Hashing a password is slow on purpose.
            operation = &self.operations[usize::try_from(random.between(0, 7)).unwrap()];
        }
        // Who asks goes on asking.
        let who = if operation.id == "endSessions" {
            0
        } else if operation.is_secured() {
            random.of(&[0, 1, 2, 2, 2, 3, 3, 3, 3, 3])
        } else {
            random.of(&[0, 0, 3])
        };
        let known = self.known.borrow();
        let wish = Maker::new(random.between(0, i64::MAX - 1).unsigned_abs(), &known).wish(operation);
        (wish, &self.callers[who])
    }

    /// What an answer tells.
    fn note(&self, answer: &Answer) {
        if let Some(tag) = answer.header("etag") {
            let mut known = self.known.borrow_mut();
            if known.tags.len() < 200 {
                known.tags.push(tag.to_owned());
            }
        }
        if !matches!(answer.status, 200 | 201) || answer.method == "HEAD" {
            return;
        }
        if let Some(location) = answer.header("location").filter(|_| answer.status == 201) {
            let mut parts = location.rsplit('/');
            let (id, kind) = (parts.next().unwrap(), parts.next().unwrap());
            self.learn(kind, id.to_owned());
        }
        let Ok(bytes) = answer.decoded() else { return };
        let json: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
        let mut known = self.known.borrow_mut();
        known.cursors.extend(["next", "previous"].iter().filter_map(|name| json["paging"][name].as_str()).map(str::to_owned));
        known.slugs.extend(json["slug"].as_str().map(str::to_owned));
        if let Some(token) = json["refresh_token"].as_str() {
            known.words.entry("refresh_token").or_default().push(token.to_owned());
        }
    }

    fn fault(&self, what: &str, wish: &Wish<'_>, answer: &Answer) {
        let kind: String = format!("{}: {what}", wish.operation.id).chars().take(160).collect();
        let body = wish.body.as_ref().map(|body| String::from_utf8_lossy(body).chars().take(1500).collect::<String>());
        let shown = format!("{what}\n{} {}\n{:?}\n{}\n{answer}", wish.method, wish.target, wish.headers, body.unwrap_or_default());
        let mut faults = self.faults.borrow_mut();
        faults.entry(kind).or_insert((0, shown)).0 += 1;
    }

    fn judge(&self, wish: &Wish<'_>, person: &Person, answer: &Answer) {
        if let Some(fault) = judge::answer_fault(wish.operation, answer) {
            return self.fault(&fault, wish, answer);
        }
        if answer.status >= 400 {
            return;
        }
        if person.access_token.is_none() && wish.operation.is_secured() {
            return self.fault("nobody may do this", wish, answer);
        }
        if let Some(fault) = judge::fault(wish) {
            self.fault(&format!("it is accepted although {fault}"), wish, answer);
        }
    }

    #[track_caller]
    fn assert_no_fault(&self) {
        let faults = self.faults.borrow();
        let shown: Vec<String> = faults.values().take(SHOWN).map(|(count, shown)| format!("{count} times: {shown}")).collect();
        assert!(
            faults.is_empty(),
            "with DATELINE_SEED={} there are {} kinds of faults:\n\n{}",
            self.seed,
            faults.len(),
            shown.join("\n\n")
        );
    }
}

/// A connection that is opened again when the server has closed it.
struct Wire<'a> {
    site: &'a Site,
    socket: Option<Socket>,
}

impl Wire<'_> {
    async fn send(&mut self, wish: &Wish<'_>, person: &Person) -> Answer {
        let mut head = format!("{} {} HTTP/1.1\r\nhost: x\r\n", wish.method, wish.target).into_bytes();
        if let Some(token) = &person.access_token {
            head.extend(format!("authorization: Bearer {token}\r\n").bytes());
        }
        for (name, value) in &wish.headers {
            head.extend(format!("{name}: {value}\r\n").bytes());
        }
        if let Some(body) = &wish.body {
            head.extend(format!("content-length: {}\r\n", body.len()).bytes());
        }
        head.extend(b"\r\n");
        head.extend(wish.body.iter().flatten());
        let mut socket = match self.socket.take() {
            Some(socket) => socket,
            None => Socket::connect(self.site.address()).await,
        };
        socket.send(head).await;
        let answer = socket.answer().await;
        if answer.header("connection") != Some("close") {
            self.socket = Some(socket);
        }
        answer
    }
}

/// How much there is of everything, and the versions of what has versions. Failed logins are written down, and a used refresh token ends
/// its session: both are meant.
const STATE: [&str; 14] = [
    "SELECT 'articles' AS what, count(*) AS n FROM articles",
    " UNION ALL SELECT 'article versions', CAST(coalesce(sum(version), 0) AS BIGINT) FROM articles",
    " UNION ALL SELECT 'revisions', count(*) FROM revisions",
    " UNION ALL SELECT 'bodies', count(*) FROM revision_bodies",
    " UNION ALL SELECT 'publications', count(*) FROM publications",
    " UNION ALL SELECT 'publication versions', CAST(coalesce(sum(version), 0) AS BIGINT) FROM publications",
    " UNION ALL SELECT 'listings', count(*) FROM listings",
    " UNION ALL SELECT 'slugs', count(*) FROM slugs",
    " UNION ALL SELECT 'categories', count(*) FROM categories",
    " UNION ALL SELECT 'category versions', CAST(coalesce(sum(version), 0) AS BIGINT) FROM categories",
    " UNION ALL SELECT 'users', count(*) FROM users",
    " UNION ALL SELECT 'user versions', CAST(coalesce(sum(version), 0) AS BIGINT) FROM users",
    " UNION ALL SELECT 'sessions', count(*) FROM sessions WHERE revoked_at IS NULL",
    " UNION ALL SELECT 'audit', count(*) FROM audit",
];

fn state(site: &Site) -> BTreeMap<String, i64> {
    let read = |connection: &mut dateline::db::AnyConnection| -> dateline::db::Result<Vec<(String, i64)>> {
        let statement = STATE[1..].iter().fold(Statement::<(Text, BigInt)>::new(STATE[0]), |statement, sql| statement.sql(sql));
        Ok(statement.load(connection)?)
    };
    site.db().run_read(read).unwrap().into_iter().collect()
}

on_both_engines! {
    async fn requests_by_the_thousand_find_no_failure(engine) {
        let (count, seed) = (number("DATELINE_GENERATED", 20_000), number("DATELINE_SEED", 1));
        let range = Range::open(engine, seed).await;
        let started = Instant::now();
        let statuses = RefCell::new(BTreeMap::<u16, usize>::new());
        let next = RefCell::new(0);
        let fire = async || {
            let mut wire = Wire { site: &range.newsroom.site, socket: None };
            loop {
                let number = next.replace_with(|next| *next + 1);
                if number >= count {
                    return;
                }
                if number.is_multiple_of(100) {
                    // Within a login's quarter of an hour all the same.
                    range.newsroom.site.clock().advance_ms(i64::try_from(600_000 / (count / 100).max(1)).unwrap());
                }
                let (wish, person) = range.wish(number);
                let answer = wire.send(&wish, person).await;
                *statuses.borrow_mut().entry(answer.status).or_default() += 1;
                range.judge(&wish, person, &answer);
                range.note(&answer);
            }
        };
        join_all((0..CONNECTIONS).map(|_| fire())).await;
        eprintln!("seed {seed}: {count} requests in {:.1} s: {:?}", started.elapsed().as_secs_f64(), statuses.borrow());
        range.assert_no_fault();
        // Where nearly everything is refused, little was tried.
        let accepted: usize = statuses.borrow().iter().filter(|(status, _)| **status < 400).map(|(_, count)| count).sum();
        assert!(accepted as u64 > count / 5, "only {accepted} of {count} were accepted");
    }

    async fn what_is_refused_changes_nothing(engine) {
        let seed = number("DATELINE_SEED", 1) + 1;
        let count = number("DATELINE_GENERATED", 20_000) / 10;
        let range = Range::open(engine, seed).await;
        let site = &range.newsroom.site;
        let mut wire = Wire { site, socket: None };
        let mut before = state(site);
        let mut refused = 0;
        for number in 0..count {
            let (wish, person) = range.wish(number);
            let answer = wire.send(&wish, person).await;
            range.note(&answer);
            if wish.operation.method == "GET" && answer.status < 400 {
                continue;
            }
            let after = state(site);
            if answer.status >= 400 && wish.operation.id != "refreshSession" {
                refused += 1;
                let changed: Vec<_> = after.iter().filter(|(what, n)| before[*what] != **n).map(|(what, n)| json!([what, before[what], n])).collect();
                if !changed.is_empty() {
                    range.fault(&format!("it is refused and changes {changed:?}"), &wish, &answer);
                }
            }
            before = after;
        }
        range.assert_no_fault();
        assert!(refused > count / 4, "only {refused} of {count} were refused");
    }
}
