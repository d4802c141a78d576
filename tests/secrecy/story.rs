//! One story: a site and its twin, in which things are hidden while time passes and the public sees things come and go.

use std::collections::BTreeSet;
use std::future::IntoFuture;

use dateline::kernel::caller::Role;
use dateline::kernel::instant::Instant;
use futures_util::future::join;

use crate::compare::{Beside, compare, is_changed};
use crate::hidden::{Desk, KINDS};
use crate::public::{Public, TERMS, text};
use crate::requests::{self, Asked, Known};
use crate::site::Site;
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::random::Random;

const OPENING: &str = "2026-11-30T08:00:00.000Z";
/// How often the clock goes on. All of it takes less than a quarter of an hour, for as long as an access token lives.
const ROUNDS: usize = 6;
const STEPS_MS: [i64; 5] = [1, 500, 20_000, 59_000, 61_000];
/// How many things are hidden each time.
const HIDDEN: usize = 3;
/// How many pages are turned.
const PAGES: usize = 4;
/// How many articles are read, mostly of the first names.
const READ: usize = 12;
const FIRST: usize = 10;

/// What was compared so far.
#[derive(Default)]
pub struct Seen {
    /// How many pairs of answers.
    pub pairs: usize,
    answers: BTreeSet<(String, u16)>,
}

impl Seen {
    /// Fails unless every operation gave what it gives.
    pub fn is_everything(&self) {
        for operation in requests::operations() {
            let statuses = if requests::shows_articles(&operation) { &[200, 304][..] } else { &[200] };
            for status in statuses {
                assert!(self.answers.contains(&(operation.id.clone(), *status)), "{} never answered {status}", operation.id);
            }
        }
        for status in [308, 404, 410] {
            assert!(self.answers.contains(&("getArticle".to_owned(), status)), "no article answered {status}");
        }
    }
}

/// A site that shows things and its twin, which hides things besides.
struct Twins {
    site: Site,
    twin: Site,
    editors: [Client; 2],
    readers: [Client; 2],
    token: String,
    /// Hidden starts and ends that lie ahead.
    ahead: Vec<Instant>,
    now: Instant,
    differences: Vec<(String, String)>,
}

impl Twins {
    async fn new(site: Site, editor: &Client, now: Instant) -> Self {
        let twin = site.copy();
        // Without the API document: other tests hold answers against it, and it takes longer than the answers.
        let reader = |site: &Site| Client::new(site.anyone().base()).with_header("x-request-id", "the-same");
        let twin_editor = twin.login(Role::Editor).await;
        let login = twin.anyone().post("/v1/auth/login");
        let login = login.json(serde_json::json!({ "email": "editor@example.org", "password": crate::site::PASSWORD })).await;
        Self {
            editors: [editor.clone(), twin_editor],
            readers: [reader(&site), reader(&twin)],
            token: login.text_at("/access_token").to_owned(),
            ahead: Vec::new(),
            now,
            differences: Vec::new(),
            site,
            twin,
        }
    }

    fn advance(&mut self, millis: i64) {
        self.now = self.now.plus_millis(millis);
        self.site.clock().set(self.now);
        self.twin.clock().set(self.now);
    }

    /// Somebody reads some articles on both, or says so of what nobody can read.
    async fn read_some(&mut self, known: &Known, random: &mut Random, seen: &mut Seen) {
        for _ in 0..READ {
            let names = if random.happens(50) { &known.articles[..known.articles.len().min(FIRST)] } else { &known.articles };
            let target = format!("/v1/articles/{}/views", random.of(names));
            let headers = vec![("user-agent", format!("Mozilla/5.0 Firefox/{}", random.between(1, 20)))];
            self.ask(&Asked { operation: "countView".to_owned(), method: "POST", target, headers }, seen).await;
        }
        self.site.write_views().await;
        self.twin.write_views().await;
    }

    /// Asks both; the first one's answer.
    async fn ask(&mut self, asked: &Asked, seen: &mut Seen) -> Answer {
        let request = |client: &Client| {
            let request = client.request(asked.method, &asked.target);
            asked.headers.iter().fold(request, |request, (name, value)| request.header(name, value)).into_future()
        };
        let (answer, other) = join(request(&self.readers[0]), request(&self.readers[1])).await;
        seen.pairs += 1;
        seen.answers.insert((asked.operation.clone(), answer.status));
        let is_same = match compare(&answer, &other, &self.ahead, self.now) {
            Beside::Same => true,
            Beside::Other => false,
            Beside::Until(changes) => may_be_made_up_for(&asked.target) || self.is_changed_by(asked, &other, &changes).await,
        };
        if !is_same {
            let headers = &asked.headers;
            self.differences.push((
                asked.operation.clone(),
                format!(
                    "at {} hidden content shows in {}. Without it, asked with {headers:?}:\n{answer}\nand with it:\n{other}",
                    self.now, asked.target
                ),
            ));
        }
        answer
    }

    /// Whether what the twin answered is another thing as of one of these changes.
    async fn is_changed_by(&self, asked: &Asked, answered: &Answer, changes: &[Instant]) -> bool {
        let mut is_changed_by_any = false;
        for change in changes {
            self.twin.clock().set(*change);
            let request = self.readers[1].request(asked.method, &asked.target);
            let request = asked.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
            is_changed_by_any |= is_changed(answered, &request.await);
        }
        self.twin.clock().set(self.now);
        is_changed_by_any
    }

    /// Everything that somebody could ask for at this instant.
    async fn ask_everything(&mut self, known: &Known, random: &mut Random, seen: &mut Seen) {
        for operation in requests::operations() {
            for asked in requests::round(&operation, known, random) {
                let mut answer = self.ask(&asked, seen).await;
                if let Some(etag) = answer.header("etag").filter(|_| random.happens(30)) {
                    let known = Asked { headers: vec![("if-none-match", etag.to_owned())], ..asked.clone() };
                    self.ask(&known, seen).await;
                }
                if random.happens(30) {
                    let manner = requests::in_another_manner(&asked, &self.token, random);
                    self.ask(&manner, seen).await;
                }
                for _ in 0..PAGES {
                    let Some(next) = next_page(&asked, &answer, random) else { break };
                    answer = self.ask(&next, seen).await;
                }
            }
        }
    }
}

/// Whether what changes may be made up for, or not be among what is asked for: a lifetime under the usual one then says less than it seems to.
fn may_be_made_up_for(target: &str) -> bool {
    ["/v1/publication-dates", "fields="].iter().any(|part| target.contains(part))
}

/// The same list from one of the cursors on.
fn next_page(asked: &Asked, answer: &Answer, random: &mut Random) -> Option<Asked> {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).ok()?;
    let cursor = body["paging"][random.of(&["next", "next", "next", "previous"])].as_str()?;
    let (path, query) = asked.target.split_once('?').unwrap_or((&asked.target, ""));
    let others = url::form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "cursor" && name != "page");
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(others).append_pair("cursor", cursor).finish();
    Some(Asked { target: format!("{path}?{query}"), ..asked.clone() })
}

/// Plays a story, and says in what the twins differed.
pub async fn play(engine: Engine, seed: u64, seen: &mut Seen) -> Vec<String> {
    let mut random = Random::new(seed);
    let steps: Vec<i64> = (0..ROUNDS).map(|_| random.of(&STEPS_MS)).collect();
    let now: Instant = OPENING.parse().unwrap();
    let end = now.plus_millis(steps.iter().sum());
    let (lifetime, changes_soon) = random.of(&[(0, true), (60, true), (60, false)]);
    let site = Site::with(engine, OPENING, |options| options.cache_lifetime = lifetime);
    let (mut known, editor) = (Known::default(), site.login(Role::Editor).await);
    let public = Public::build(&editor, now, end, &mut known, &mut random).await;
    let mut twins = Twins::new(site, &editor, now).await;
    let (first, mut story) = (random.between(0, 16), Vec::new());
    // All of them in a story.
    let mut kinds = KINDS.into_iter().cycle().skip(first.unsigned_abs() as usize);
    for millis in steps {
        twins.advance(millis);
        for _ in 0..random.between(0, 2) {
            let act = public.act(&mut random);
            let statuses = [act.send(&twins.editors[0]).await, act.send(&twins.editors[1]).await];
            assert_eq!(statuses[0], statuses[1], "seed {seed}: hidden content hinders {act:?} after {story:#?}");
            story.push(format!("{}: {act:?} {}", twins.now, statuses[0]));
        }
        let editor = twins.editors[1].clone();
        let mut desk = Desk { editor: &editor, public: &public, now: twins.now, end, changes_soon, dates: Vec::new() };
        for kind in kinds.by_ref().take(HIDDEN) {
            desk.hide(kind, &mut known, &mut random).await;
            story.push(format!("{}: hidden: {kind}", twins.now));
        }
        twins.ahead.append(&mut desk.dates);
        twins.read_some(&known, &mut random, seen).await;
        twins.ask_everything(&known, &mut random, seen).await;
        if !twins.differences.is_empty() {
            break;
        }
    }
    twins.differences.into_iter().map(|(_, what)| format!("{what}\nThe story: {story:#?}")).collect()
}

/// The operations whose answers differ where one of the twins shows an article that the other has not.
pub async fn publish_in_one(engine: Engine) -> BTreeSet<String> {
    let (mut random, now) = (Random::new(1), OPENING.parse().unwrap());
    let site = Site::at(engine, OPENING);
    let (mut known, editor) = (Known::default(), site.login(Role::Editor).await);
    let public = Public::build(&editor, now, now, &mut known, &mut random).await;
    let mut twins = Twins::new(site, &editor, now).await;
    let mut whole = text("Not hidden at all", &public.categories, &mut random);
    (whole["tags"], whole["authors"]) = (serde_json::json!([TERMS[3]]), serde_json::json!([TERMS[3]]));
    (whole["kind"], whole["locale"], whole["category_id"]) = ("article".into(), "en".into(), public.categories[0].clone().into());
    whole["publish"] = serde_json::json!({});
    let made = twins.editors[1].post("/v1/editor/articles").json(&whole).await;
    known.articles.extend(["/slug", "/id"].map(|name| made.is_created().text_at(name).to_owned()));
    let correction = serde_json::json!({ "kind": "update", "text": { "format": "markdown", "source": "Nor is this." } });
    let path = format!("/v1/editor/articles/{}/corrections", made.text_at("/id"));
    twins.editors[1].post(&path).json(correction).await.is_created();
    let read = twins.readers[1].post(&format!("/v1/articles/{}/views", made.text_at("/id"))).header("user-agent", "Mozilla/5.0 Firefox/1");
    assert_eq!(read.await.status, 204);
    twins.twin.write_views().await;
    twins.advance(61_000);
    twins.ask_everything(&known, &mut random, &mut Seen::default()).await;
    twins.differences.into_iter().map(|(operation, _)| operation).collect()
}
