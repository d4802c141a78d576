//! A site with years behind it, written as the services write it, but many articles a transaction: each with ten saves and two publications, some of
//! which lie ahead or have ended; drafts, trash, pages, two languages, embargoes and releases among them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use dateline::articles::store::{self as articles, Content, Save};
use dateline::audit::store::{Actor, Change, Target, record};
use dateline::bodies::{EmbedHosts, Format, Rendered, render};
use dateline::categories::dto::CategoryCreate;
use dateline::categories::service as categories;
use dateline::db::dialect::{self, Hold, Lock};
use dateline::db::{self, Bind, Db, Engine, PoolSize, Statement, Tx};
use dateline::kernel::caller::{Caller, Role};
use dateline::kernel::clock::SystemClock;
use dateline::kernel::fold::fold;
use dateline::kernel::id::{ArticleId, AuthorId, CategoryId, ReleaseId, SessionId, TagId, UserId};
use dateline::kernel::instant::Instant;
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::Problem;
use dateline::kernel::refs::Refs;
use dateline::publications::rules::{self, Publication, Wanted};
use dateline::publications::subject::{self, Subject};
use dateline::publications::{listings, standings, store};
use serde_json::json;

use super::support::random::Random;

const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;
/// How long the site has been there.
const YEARS_MS: i64 = 4 * YEAR_MS;
/// How often an article was saved.
const SAVES: i64 = 10;
/// How many articles a transaction writes.
const AT_ONCE: usize = 200;
/// How many write at once where the database lets them.
const WRITERS: usize = 2;
/// So many articles name what is rare, whatever the size of the site.
const FEW: usize = 5;

const CATEGORIES: usize = 40;
const USERS: usize = 20;
const AUTHORS: usize = 50;
const TAGS: usize = 100;
const RELEASES: usize = 10;
const WORDS: i64 = 8000;

const SENTENCE: &str = "The council met in the old town hall and spoke about the bridge, the budget and the school roof. ";

/// What articles are made of.
struct Cast {
    now: Instant,
    size: usize,
    categories: Vec<CategoryId>,
    users: Vec<UserId>,
    authors: Vec<AuthorId>,
    tags: Vec<TagId>,
    releases: Vec<ReleaseId>,
    bodies: Vec<(String, Rendered)>,
}

/// What may be asked for.
pub struct Archive {
    pub now: Instant,
    /// Some articles that readers get and got a year ago, and their slugs.
    pub live: Vec<(ArticleId, String)>,
    /// A user who began many, and one who began few.
    pub users: [UserId; 2],
    /// A word of many titles, and one of few.
    pub words: [String; 2],
}

impl Archive {
    /// Fills an empty database.
    pub fn fill(url: &str, size: usize) -> Self {
        let url = url.parse().unwrap();
        db::migrate(&url).unwrap();
        let db = Db::open(&url, Arc::new(SystemClock::new()), PoolSize(4)).unwrap();
        let cast = Arc::new(Cast::assembled(&db, size));
        let (next, live) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(Vec::new())));
        let writers = (0..WRITERS).map(|_| {
            let (db, cast, next, live) = (db.clone(), Arc::clone(&cast), Arc::clone(&next), Arc::clone(&live));
            thread::spawn(move || {
                loop {
                    let first = next.fetch_add(AT_ONCE, Ordering::Relaxed);
                    if first >= size {
                        return;
                    }
                    let cast = Arc::clone(&cast);
                    let written = db.run_write(move |tx| cast.write(tx, first..(first + AT_ONCE).min(cast.size)));
                    live.lock().unwrap().extend(written.unwrap());
                }
            })
        });
        writers.collect::<Vec<_>>().into_iter().for_each(|writer| writer.join().unwrap());
        if db.engine() == Engine::Postgres {
            // The throwaway server does not do by itself what another one does within a minute.
            let vacuum = || Statement::<()>::new("VACUUM (ANALYZE)").once();
            db.run_read(|connection| Ok::<_, db::Error>(vacuum().execute(connection)?)).unwrap();
        }
        let live = std::mem::take(&mut *live.lock().unwrap());
        Self { now: cast.now, live, users: [cast.users[1], cast.users[0]], words: [word(3), title(size / 2).1] }
    }
}

impl Cast {
    fn assembled(db: &Db, size: usize) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let caller = Caller::user(UserId::new(), Role::Admin, SessionId::new());
        let mut made: Vec<CategoryId> = Vec::new();
        for number in 0..=CATEGORIES {
            let parent_id = made.get(number / 4).filter(|_| number % 4 > 0);
            let name = if number == CATEGORIES { "Rarely".to_owned() } else { format!("Category {number}") };
            let create: CategoryCreate = serde_json::from_value(json!({ "name": name, "parent_id": parent_id })).unwrap();
            made.push(runtime.block_on(categories::create(db, &caller, create, None)).unwrap().first().unwrap().id);
        }
        let body = |n: i64| {
            let source = SENTENCE.to_owned() + &word(n);
            let rendered = render(Format::Markdown, &source, &EmbedHosts::default()).unwrap();
            (source, rendered)
        };
        let cast = Self {
            now: db.clock().now(),
            size,
            categories: made,
            users: (0..=USERS).map(|_| UserId::new()).collect(),
            authors: (0..=AUTHORS).map(|_| AuthorId::new()).collect(),
            tags: (0..TAGS).map(|_| TagId::new()).collect(),
            releases: (0..RELEASES).map(|_| ReleaseId::new()).collect(),
            bodies: (0..100).map(body).collect(),
        };
        let (users, terms, releases) = (cast.users(), cast.terms(), cast.releases());
        db.run_write(move |tx| {
            let rows = "INSERT INTO users (id, email, name, role, password_hash, active, version, created_at) VALUES ";
            Statement::insert(tx.conn(), rows, &users)?;
            let rows = "INSERT INTO terms (id, relation, slug, name, description, links, version, created_at, updated_at) VALUES ";
            Statement::insert(tx.conn(), rows, &terms)?;
            let rows = "INSERT INTO releases (id, name, publish_at, version, created_by, created_at) VALUES ";
            Ok::<_, db::Error>(Statement::insert(tx.conn(), rows, &releases)?)
        })
        .unwrap();
        cast
    }

    fn users(&self) -> Vec<[Bind; 8]> {
        let user = |(n, id): (usize, &UserId)| {
            let (email, name) = (format!("user-{n}@example.org"), format!("User {n}"));
            [(*id).into(), email.into(), name.into(), "editor".into(), "none".into(), false.into(), 1.into(), self.now.into()]
        };
        self.users.iter().enumerate().map(user).collect()
    }

    /// Authors and tags.
    fn terms(&self) -> Vec<[Bind; 9]> {
        let term = |relation: &str, n: usize, id: Bind| {
            let (slug, name) = (format!("{relation}-{n}"), format!("{relation} {n}"));
            [id, relation.into(), slug.into(), name.into(), "".into(), "[]".into(), 1.into(), self.now.into(), self.now.into()]
        };
        let authors = self.authors.iter().enumerate().map(|(n, id)| term("author", n, (*id).into()));
        authors.chain(self.tags.iter().enumerate().map(|(n, id)| term("tag", n, (*id).into()))).collect()
    }

    fn releases(&self) -> Vec<[Bind; 6]> {
        let release = |(n, id): (usize, &ReleaseId)| {
            [(*id).into(), format!("Release {n}").into(), self.released_at(n).into(), 1.into(), self.users[1].into(), self.now.into()]
        };
        self.releases.iter().enumerate().map(release).collect()
    }

    fn released_at(&self, release: usize) -> Instant {
        self.now.plus_millis(i64::try_from(release + 1).unwrap() * 20 * DAY_MS)
    }

    /// Writes articles; which of them readers get, one in so many.
    fn write(&self, tx: &mut Tx<'_>, numbers: std::ops::Range<usize>) -> Result<Vec<(ArticleId, String)>, Problem> {
        let planned: Vec<Planned> = numbers.map(|number| self.planned(number)).collect::<Result<_, _>>()?;
        for planned in &planned {
            subject::insert(tx.conn(), &planned.subject)?;
        }
        let written: Vec<_> = planned
            .iter()
            .flat_map(|planned| planned.saves.iter().map(|(save, content, body)| (*save, content, &self.bodies[*body].1)))
            .collect();
        articles::insert(tx.conn(), &written, Vec::new())?;
        let now = tx.now()?;
        for planned in &planned {
            store::save(tx.conn(), &[], &planned.history)?;
            subject::hold_slugs(tx.conn(), &planned.subject, &planned.history, now)?;
            standings::rewrite(tx.conn(), &planned.subject, &planned.history, now)?;
            planned.record(tx)?;
        }
        dialect::lock(tx.conn(), Lock::Tree, Hold::Shared)?;
        let ids: Vec<ArticleId> = planned.iter().map(|planned| planned.subject.id).collect();
        listings::rewrite_all(tx.conn(), &ids)?;
        let is_live = |planned: &&Planned| {
            let is_in_force = |at| rules::in_force(&planned.history, at).is_some();
            let is_listed = planned.subject.kind == "article" && planned.subject.locale == "en";
            is_listed && is_in_force(now) && is_in_force(now.plus_millis(-YEAR_MS))
        };
        let live = planned.iter().filter(is_live).step_by(7);
        Ok(live.map(|planned| (planned.subject.id, planned.saves[0].1.slug.clone())).collect())
    }

    /// What an article is: the first one the latest.
    fn planned(&self, number: usize) -> Result<Planned, Problem> {
        let mut random = Random::new(number as u64);
        let is_rare = number >= self.size - FEW;
        let age = YEARS_MS / i64::try_from(self.size).unwrap() * i64::try_from(number + 1).unwrap();
        let created_at = self.now.plus_millis(-age);
        let each = |save: i64| created_at.plus_millis(age.min(3 * DAY_MS) / SAVES * (save - 1));
        let subject = Subject {
            id: ArticleId::new(),
            kind: if number % 50 == 49 { "page" } else { "article" }.to_owned(),
            locale: random.of(&["en", "en", "en", "tk"]).to_owned(),
            created_at,
            created_by: if is_rare { self.users[0] } else { random.of(&self.users[1..]) },
            trashed_at: (number % 50 == 7).then_some(self.now),
            version: SAVES,
            newest_revision: SAVES,
            saved_at: each(SAVES),
            category_id: Some(if is_rare { self.categories[CATEGORIES] } else { random.of(&self.categories[..CATEGORIES]) }),
            title_folded: fold(&title(number).0),
            embargo_until: (number % 200 == 11).then(|| self.now.plus_millis(30 * DAY_MS)),
            embargo_note: None,
            translation_group: None,
        };
        let refs = Refs {
            further_categories: if random.happens(20) { vec![random.of(&self.categories[..CATEGORIES])] } else { Vec::new() },
            tags: vec![random.of(&self.tags)],
            authors: vec![if is_rare { self.authors[AUTHORS] } else { random.of(&self.authors[..AUTHORS]) }.into()],
            ..Refs::default()
        };
        let saves = (1..=SAVES).map(|save| {
            let body = usize::try_from(random.between(0, 99)).unwrap();
            let content = Content {
                slug: format!("story-{number}"),
                title: title(number).0,
                excerpt: SENTENCE.to_owned(),
                format: "markdown".to_owned(),
                source: self.bodies[body].0.clone(),
                category_id: subject.category_id,
                refs: refs.clone(),
                image: None,
                seo: None,
                custom: None,
            };
            let by = random.of(&self.users[1..]);
            (
                Save { article_id: subject.id, number: save, version: save, at: each(save), by, note: None, restored_from: None },
                content,
                body,
            )
        });
        let saves = saves.collect();
        let history = if number % 10 == 3 { Vec::new() } else { self.history(number, &subject, &mut random)? };
        Ok(Planned { subject, saves, history })
    }

    /// Two publications: the second one shows a later save, which may be the newest, or follows it. Some lie ahead, also with releases.
    fn history(&self, number: usize, subject: &Subject, random: &mut Random) -> Result<Vec<Publication>, Problem> {
        let release = (number % 25 == 5).then_some(number / 25 % RELEASES);
        let first = match release {
            Some(_) => self.now.plus_millis(random.between(1, DAY_MS * 15)),
            None => subject.created_at.plus_millis(random.between(0, DAY_MS)),
        };
        let second = release.map_or(first.plus_millis(random.between(1, 2 * DAY_MS)), |release| self.released_at(release));
        let end = if random.happens(10) { Patch::Value(second.plus_millis(random.between(1, YEARS_MS))) } else { Patch::Null };
        let latest = random.of(&[SAVES, SAVES, SAVES, SAVES - 1]);
        let mut history = Vec::new();
        for (revision, publish_at, unpublish_at, release) in [(2, first, Patch::Null, None), (latest, second, end, release)] {
            let wanted = Wanted {
                article_id: subject.id,
                publish_at: Some(publish_at),
                unpublish_at,
                revision: Some(revision),
                published_at: None,
                minor: false,
                time_zone: None,
                publish_at_local: None,
                unpublish_at_local: None,
                created_by: subject.created_by,
                base_revision: None,
                embargo_until: subject.embargo_until,
                override_embargo: true,
                release_id: release.map(|release| self.releases[release]),
            };
            rules::schedule(&mut history, wanted, SAVES, self.now)?;
        }
        if subject.trashed_at.is_some() {
            rules::trash(&mut history, self.now);
        }
        Ok(history)
    }
}

/// What is written of an article.
struct Planned {
    subject: Subject,
    saves: Vec<(Save<'static>, Content, usize)>,
    history: Vec<Publication>,
}

impl Planned {
    fn record(&self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let article = Target { kind: "article", id: self.subject.id.uuid() };
        for (save, content, _) in &self.saves {
            let action = if save.number == 1 { "article.created" } else { "article.saved" };
            let change = Change::made(json!({ "title": content.title, "version": save.version }));
            record(tx, &Actor::user(save.by, "192.0.2.1"), action, article, change)?;
        }
        for publication in &self.history {
            let target = Target { kind: "publication", id: publication.id.uuid() };
            let change = Change::made(json!({ "article_id": self.subject.id, "publish_at": publication.publish_at }));
            record(tx, &Actor::user(publication.created_by, "192.0.2.1"), "publication.created", target, change)?;
        }
        Ok(())
    }
}

/// A word: few of them are common, most are rare.
fn word(number: i64) -> String {
    const SYLLABLES: [&str; 20] =
        ["ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu", "na", "pe", "qui", "ro", "su", "ta", "ve", "wi", "xo", "zu"];
    let syllable = |at: i64| SYLLABLES[usize::try_from(at % 20).unwrap()];
    [syllable(number), syllable(number / 20), syllable(number / 400), "n"].concat()
}

/// The title of an article, and the rarest of its words.
fn title(number: usize) -> (String, String) {
    let mut random = Random::new(number as u64 + 1_000_000_000);
    let numbers: Vec<i64> = (0..5).map(|_| random.between(0, WORDS - 1).pow(2) / WORDS).collect();
    let words: Vec<String> = numbers.iter().map(|number| word(*number)).collect();
    (words.join(" "), word(numbers.into_iter().max().unwrap()))
}
