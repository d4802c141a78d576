//! Editors who write at once, and what was acknowledged to them.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::site::Site;
use crate::support::answer::Answer;
use crate::support::client::{Client, Request};
use crate::support::program::wait;
use crate::support::random::Random;

const EDITORS: u64 = 6;

/// What may happen to a request.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// It may get no answer: its editor stops then.
    TheProgramDies,
    /// It is answered, if need be by 503: its editor goes on.
    TheDatabaseIsAway,
}

/// An article, as far as its editor was told.
#[derive(Clone, Debug)]
pub struct Written {
    pub id: String,
    pub version: i64,
    pub revision: i64,
    pub title: String,
    /// What readers get, if anything.
    pub live_title: Option<String>,
    pub publications: BTreeSet<String>,
    /// The last write was not acknowledged: it happened or did not.
    pub is_in_doubt: bool,
}

struct Shared {
    acknowledged: AtomicU64,
    refused: AtomicU64,
    is_ending: AtomicBool,
    /// From here on nothing may be refused any more.
    is_over: AtomicBool,
    when: When,
    round: u64,
    category_id: String,
    written: Mutex<Vec<Written>>,
}

/// Editors at work.
pub struct Load {
    shared: Arc<Shared>,
    editors: Vec<JoinHandle<()>>,
}

/// The slug of the category that a round's articles lie in.
pub fn category(round: u64) -> String {
    format!("round-{round}")
}

impl Load {
    /// Sets them to work.
    pub fn begin(site: &Site, round: u64, when: When) -> Self {
        let slug = category(round);
        let made = wait(async { site.admin().post("/v1/editor/categories").json(json!({ "name": &slug, "slug": &slug })).await });
        let shared = Arc::new(Shared {
            acknowledged: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            is_ending: AtomicBool::new(false),
            is_over: AtomicBool::new(false),
            when,
            round,
            category_id: made.is_created().text_at("/id").to_owned(),
            written: Mutex::new(Vec::new()),
        });
        let editors = (0..EDITORS).map(|number| {
            let editor = Editor { client: site.admin(), random: Random::new(round * EDITORS + number), number, shared: shared.clone() };
            thread::spawn(move || wait(editor.write()))
        });
        Self { editors: editors.collect(), shared }
    }

    /// Waits until so many more writes are acknowledged.
    pub fn until_acknowledged(&self, more: u64) {
        self.wait_for(&self.shared.acknowledged, more, "acknowledged");
    }

    /// Waits until so many more writes are refused with 503.
    pub fn until_refused(&self, more: u64) {
        self.wait_for(&self.shared.refused, more, "refused");
    }

    fn wait_for(&self, count: &AtomicU64, more: u64, what: &str) {
        let (wanted, begun) = (count.load(Ordering::SeqCst) + more, Instant::now());
        while count.load(Ordering::SeqCst) < wanted {
            assert!(!self.editors.iter().any(JoinHandle::is_finished), "an editor has stopped");
            assert!(begun.elapsed() < Duration::from_secs(60), "for a minute no {more} writes were {what}");
            thread::sleep(Duration::from_millis(2));
        }
    }

    /// Nothing that begins from here on may be refused.
    pub fn is_over(&self) {
        self.shared.is_over.store(true, Ordering::SeqCst);
    }

    /// Lets them end what they are at: what they were told.
    pub fn end(self) -> Vec<Written> {
        self.shared.is_ending.store(true, Ordering::SeqCst);
        for editor in self.editors {
            editor.join().unwrap();
        }
        std::mem::take(&mut *self.shared.written.lock().unwrap())
    }
}

struct Editor {
    client: Client,
    random: Random,
    number: u64,
    shared: Arc<Shared>,
}

/// Why a write was not acknowledged.
enum Doubt {
    Refused,
    NoAnswer,
}

impl Editor {
    async fn write(mut self) {
        for count in 0.. {
            let outcome = self.one_article(count).await;
            if matches!(outcome, Err(Doubt::NoAnswer)) || self.shared.is_ending.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    /// Begins an article, publishes it, perhaps changes it and takes it down.
    async fn one_article(&mut self, count: u64) -> Result<(), Doubt> {
        let mut article = self.create(format!("Round {} editor {} article {count}", self.shared.round, self.number)).await?;
        let outcome = self.edit(&mut article).await;
        article.is_in_doubt = outcome.is_err();
        self.shared.written.lock().unwrap().push(article);
        outcome
    }

    async fn create(&mut self, title: String) -> Result<Written, Doubt> {
        let body = json!({ "format": "markdown", "source": format!("This is *{title}*.") });
        let mut article = json!({ "title": &title, "body": body, "category_id": &self.shared.category_id });
        if self.random.happens(50) {
            article["publish"] = json!({});
        }
        let answer = self.send(self.client.post("/v1/editor/articles").json(article)).await?;
        let mut written = Written {
            id: answer.is_created().text_at("/id").to_owned(),
            version: 0,
            revision: 0,
            title,
            live_title: None,
            publications: BTreeSet::new(),
            is_in_doubt: false,
        };
        written.take(&answer);
        Ok(written)
    }

    async fn edit(&mut self, article: &mut Written) -> Result<(), Doubt> {
        let path = format!("/v1/editor/articles/{}", article.id);
        if article.publications.is_empty() {
            let answer = self.send(self.client.post(&format!("{path}/publications")).json(json!({}))).await?;
            article.publications.insert(answer.is_created().text_at("/id").to_owned());
            article.live_title = Some(article.title.clone());
        }
        if self.random.happens(40) {
            let mut patch = json!({ "title": format!("{}, changed", article.title) });
            if self.random.happens(50) {
                patch["publish"] = json!({});
            }
            let answer = self.send(self.client.patch(&path).if_match("*").merge_patch(patch)).await?;
            article.take(answer.is_ok());
        }
        if self.random.happens(25) {
            self.send(self.client.post(&format!("{path}/unpublish")).json(json!({}))).await?.is_ok();
            article.live_title = None;
        }
        Ok(())
    }

    async fn send(&self, request: Request) -> Result<Answer, Doubt> {
        let shared = &self.shared;
        let may_be_refused = shared.when == When::TheDatabaseIsAway && !shared.is_over.load(Ordering::SeqCst);
        match request.try_send().await {
            Ok(answer) if answer.status == 503 && may_be_refused => {
                answer.is_problem(503, "unavailable").has_header("retry-after", "1");
                shared.refused.fetch_add(1, Ordering::SeqCst);
                Err(Doubt::Refused)
            }
            Ok(answer) => {
                assert!(answer.status < 300, "{answer}");
                shared.acknowledged.fetch_add(1, Ordering::SeqCst);
                Ok(answer)
            }
            Err(error) => {
                assert!(shared.when == When::TheProgramDies, "{error}");
                Err(Doubt::NoAnswer)
            }
        }
    }
}

impl Written {
    /// Takes over what an answer with the article says.
    fn take(&mut self, answer: &Answer) {
        let number = |name: &str| answer[name].as_i64().unwrap();
        (self.version, self.revision) = (number("version"), number("revision"));
        answer.text_at("/title").clone_into(&mut self.title);
        let publications = ids(&answer["publications"]);
        if publications.len() > self.publications.len() {
            self.live_title = Some(self.title.clone());
        }
        self.publications = publications;
    }
}

/// The ids of a list.
pub fn ids(list: &Value) -> BTreeSet<String> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}
