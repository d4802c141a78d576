//! A newsroom in a database, written through the services.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, mpsc};
use std::thread;

use dateline::articles::delivered::Fields;
use dateline::articles::dto::{ArticleCreate, BodySource};
use dateline::articles::reads::{self, Found};
use dateline::articles::service::{self as articles, Site, publishing};
use dateline::bodies::{EmbedHosts, Format};
use dateline::categories::context::Reading;
use dateline::categories::dto::{CategoryCreate, CategoryPatch};
use dateline::categories::names::Names;
use dateline::categories::service as categories;
use dateline::db::dialect::{self, Lock};
use dateline::db::{self, AnyConnection, Db, IdSql, PoolSize, Statement};
use dateline::kernel::caller::{Caller, Role};
use dateline::kernel::clock::SettableClock;
use dateline::kernel::id::{ArticleId, CategoryId, PublicationId, SessionId, UserId};
use dateline::kernel::instant::Instant;
use dateline::kernel::locale::Locales;
use dateline::kernel::page::CursorKey;
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::Result;
use dateline::kernel::version::Expected;
use dateline::publications::dto::{PublicationCreate, PublicationPatch, Unpublish, Withdrawal};
use dateline::publications::lists::ListKey;
use dateline::publications::rules::Publication;
use dateline::publications::tallies::{self, KeptQuarters, Lists, Order, Tally, every_date};
use dateline::publications::visibility::{IN_FORCE, IN_FORCE_END, LISTED, LISTED_UNTIL, Snapshot};
use dateline::publications::{service as publications, store, subject};
use diesel::sql_types::BigInt;
use serde_json::json;
use tokio::runtime::Runtime;

use super::listed;
use super::model::{End, Wanted};
use super::play::{Game, OPENING, Section, Step, Subject, slugs};
use super::support::Engine;
use super::support::database::TestDatabase;

/// A database for one newsroom after the other.
pub struct Stored {
    db: Db,
    runtime: Arc<Runtime>,
    clock: Arc<SettableClock>,
    user_id: UserId,
    site: Site,
    politics: CategoryId,
    elections: CategoryId,
    ids: BTreeMap<usize, ArticleId>,
    steps: usize,
    /// Kept from step to step, as a server does.
    quarters: KeptQuarters,
    _database: TestDatabase,
}

fn instant(millis: i64) -> Instant {
    Instant::from_millis(millis).unwrap()
}

fn text(millis: i64) -> String {
    instant(millis).to_string()
}

fn patch(end: End) -> Patch<String> {
    match end {
        End::Missing => Patch::Absent,
        End::Null => Patch::Null,
        End::At(end) => Patch::Value(text(end)),
    }
}

impl Stored {
    pub fn open(engine: Engine) -> Self {
        let database = TestDatabase::prepared(engine, |url| drop(db::migrate(&url.parse().unwrap()).unwrap()));
        let clock = Arc::new(SettableClock::at(instant(OPENING)));
        let db = Db::open(&database.url().parse().unwrap(), Arc::clone(&clock) as _, PoolSize(4)).unwrap();
        let runtime = Arc::new(tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap());
        let caller = Caller::user(UserId::new(), Role::Editor, SessionId::new());
        let category = |name: &str, parent_id| {
            let create = CategoryCreate { name: name.to_owned(), slug: None, parent_id, description: None, position: None };
            runtime.block_on(categories::create(&db, &caller, create, None)).unwrap().first().unwrap().id
        };
        let politics = category("Politics", None);
        let elections = category("Elections", Some(politics));
        let site = Site { locales: Locales::new(vec!["en".parse().unwrap()]).unwrap(), embed_hosts: EmbedHosts::default() };
        let user_id = caller.user_id;
        Self {
            db,
            runtime,
            clock,
            user_id,
            site,
            politics,
            elections,
            ids: BTreeMap::new(),
            steps: 0,
            quarters: KeptQuarters::default(),
            _database: database,
        }
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// The clock of its writes.
    pub fn clock(&self) -> Arc<SettableClock> {
        Arc::clone(&self.clock)
    }

    /// What articles are written with.
    pub fn site(&self) -> &Site {
        &self.site
    }

    /// A category.
    pub fn politics(&self) -> CategoryId {
        self.politics
    }

    /// Somebody who may publish.
    pub fn editor(&self) -> Caller {
        self.caller(Role::Editor)
    }

    fn caller(&self, role: Role) -> Caller {
        Caller::user(self.user_id, role, SessionId::new())
    }

    fn id(&self, a: usize) -> ArticleId {
        self.ids.get(&a).copied().unwrap_or_else(ArticleId::new)
    }

    fn named(&mut self, a: usize, start: i64) -> PublicationId {
        self.history(a).iter().find(|p| p.publish_at.millis() == start).map_or_else(PublicationId::new, |p| p.id)
    }

    async fn save(&mut self, a: usize, slug: &str, section: Section, may_publish: bool) -> Result<()> {
        let caller = self.caller(if may_publish { Role::Editor } else { Role::Author });
        let category_id = match section {
            Section::Nowhere => None,
            Section::Politics => Some(self.politics),
            Section::Elections => Some(self.elections),
        };
        let whole = serde_json::json!({
            "title": "A title", "slug": slug, "category_id": category_id,
            "body": BodySource { format: Format::Html, source: "<p>Text</p>".to_owned() },
        });
        let whole: ArticleCreate = serde_json::from_value(whole).unwrap();
        match self.ids.get(&a) {
            Some(id) => articles::replace(&self.db, &self.site, &caller, *id, Expected::Anything, whole).await.map(|_| ()),
            None => {
                let article = articles::create(&self.db, &self.site, &caller, whole, None).await?.first().unwrap();
                self.ids.insert(a, article.id);
                Ok(())
            }
        }
    }

    async fn publish(&self, a: usize, wanted: Wanted) -> Result<()> {
        let create = PublicationCreate {
            publish_at: wanted.publish_at.map(text),
            unpublish_at: patch(wanted.unpublish_at),
            time_zone: None,
            revision: wanted.revision,
            published_at: wanted.published_at.map(text),
            minor: Some(wanted.minor),
            ..PublicationCreate::default()
        };
        publishing::publish(&self.db, &self.caller(Role::Editor), self.id(a), Expected::Anything, create, None).await.map(|_| ())
    }

    async fn perform(&mut self, step: &Step) -> Result<()> {
        let caller = self.caller(Role::Editor);
        match step {
            Step::Save { a, slug, section, may_publish } => self.save(*a, slug, *section, *may_publish).await,
            Step::Publish { a, wanted } => self.publish(*a, *wanted).await,
            Step::Change { a, start, publish_at, unpublish_at } => {
                let id = self.named(*a, *start);
                let publish_at = publish_at.map_or(Patch::Absent, |at| Patch::Value(text(at)));
                let change = PublicationPatch { publish_at, unpublish_at: patch(*unpublish_at), ..PublicationPatch::default() };
                publications::update(&self.db, &caller, id, Expected::Anything, change).await.map(|_| ())
            }
            Step::Cancel { a, start } => {
                let id = self.named(*a, *start);
                publications::delete(&self.db, &caller, id, Expected::Anything).await
            }
            Step::Unpublish { a, withdrawn, keep_scheduled } => {
                let withdrawn = withdrawn.then(|| Withdrawal { reason: "It was wrong".to_owned() });
                let given = Unpublish { withdrawn, keep_scheduled: Some(*keep_scheduled), ..Unpublish::default() };
                publishing::unpublish(&self.db, &caller, self.id(*a), Expected::Anything, given, None).await.map(|_| ())
            }
            Step::Trash { a } => articles::trash::discard(&self.db, &caller, self.id(*a), Expected::Anything).await,
            Step::Restore { a } => articles::trash::restore(&self.db, &caller, self.id(*a), Expected::Anything, None).await.map(|_| ()),
            Step::Move { is_below } => {
                let parent_id = if *is_below { Patch::Value(self.politics) } else { Patch::Null };
                let patch = CategoryPatch { parent_id, ..CategoryPatch::default() };
                categories::update(&self.db, &caller, self.elections, Expected::Anything, patch).await.map(|_| ())
            }
        }
    }

    /// The articles of a list in its order, each with its date.
    fn listed(connection: &mut AnyConnection, key: &ListKey, at: Instant) -> db::Result<Vec<(ArticleId, i64)>> {
        let list = Statement::<(IdSql, BigInt)>::new("SELECT article_id, first_at FROM listings WHERE list = ").bind(key);
        let list = list.sql(LISTED).bind(at).sql(LISTED_UNTIL).bind(at).sql(" ORDER BY first_at DESC, article_id DESC");
        Ok(list.load(connection)?)
    }

    /// The articles that the model shows in one of these sections.
    fn expected(&self, game: &Game, at: i64, sections: &[Section]) -> Vec<(ArticleId, i64)> {
        let live = game.room.live(at).into_iter().filter(|(a, (number, ..))| sections.contains(&game.sections[&(*a, *number)]));
        let mut listed: Vec<(ArticleId, i64)> = live.map(|(a, (_, published_at, _))| (self.ids[&a], published_at)).collect();
        listed.sort_by_key(|(id, published_at)| std::cmp::Reverse((*published_at, id.uuid())));
        listed
    }
}

/// Another transaction that folds what was logged: on PostgreSQL nobody else does meanwhile.
struct Folding {
    end: Option<mpsc::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Folding {
    fn begin(db: &Db) -> Self {
        let (db, (begun, has_begun), (end, has_ended)) = (db.clone(), mpsc::channel(), mpsc::channel());
        let thread = thread::spawn(move || {
            let hold = |connection: &mut AnyConnection| -> db::Result<()> {
                assert!(dialect::try_lock(connection, Lock::Tallies)?, "nobody else folds");
                begun.send(()).unwrap();
                has_ended.recv().unwrap_err();
                Ok(())
            };
            db.run_read(|connection| dialect::in_one_state(connection, hold)).unwrap();
        });
        has_begun.recv().unwrap();
        Self { end: Some(end), thread: Some(thread) }
    }
}

impl Drop for Folding {
    fn drop(&mut self) {
        self.end.take();
        self.thread.take().map(thread::JoinHandle::join).unwrap().unwrap();
    }
}

/// Compares what is counted and found through the tallies with a list in its order.
fn compare_tally(
    connection: &mut AnyConnection,
    quarters: &KeptQuarters,
    at: Instant,
    key: &ListKey,
    expected: &[(ArticleId, i64)],
    place: &str,
) -> db::Result<()> {
    let many = i64::try_from(expected.len()).unwrap();
    let [least, most] = ListKey::categories("en", "article");
    for lists in [Lists::These(std::slice::from_ref(key)), Lists::Between(&least, &most)] {
        let is_counted = matches!(lists, Lists::These(_)) || *key >= least && *key <= most;
        let totals = tallies::totals(connection, Snapshot::of(at), lists)?;
        assert_eq!(totals.get(key.as_str()).copied().unwrap_or(0), if is_counted { many } else { 0 }, "total of {key:?} {place}");
    }
    let tally = Tally::of(connection, Snapshot::of(at), key)?;
    for (index, (_, date)) in (0_i64..).zip(expected) {
        for (order, index) in [(Order::Newest, index), (Order::Oldest, many - 1 - index)] {
            let (dates, within) = tally.quarter(connection, order, index)?;
            assert_eq!(quarters.find(connection, &tally, order, index)?, (dates.clone(), within), "kept {index} of {key:?} {place}");
            let is_before = |(_, other): &&(ArticleId, i64)| match order {
                Order::Newest => instant(*other) >= dates.end,
                Order::Oldest => instant(*other) < dates.start,
            };
            let before = i64::try_from(expected.iter().filter(is_before).count()).unwrap();
            assert!(dates.contains(&instant(*date)), "{index} by {order:?} of {key:?} lies in {dates:?} {place}");
            assert_eq!(before + within, index, "before {index} by {order:?} of {key:?} {place}");
        }
    }
    for order in [Order::Newest, Order::Oldest] {
        let (behind, within) = tally.quarter(connection, order, many)?;
        assert!(behind.is_empty() && within == 0, "behind {key:?} by {order:?} {place}");
        assert!(behind == (every_date().start..every_date().start) || order == Order::Oldest, "behind {key:?} {place}");
    }
    let dates: BTreeSet<i64> = expected.iter().flat_map(|(_, date)| [*date, date + 1]).collect();
    let edges: Vec<Instant> = [every_date().start].into_iter().chain(dates.into_iter().map(instant)).chain([every_date().end]).collect();
    let ranges: Vec<Range<Instant>> = edges.windows(2).map(|pair| pair[0]..pair[1]).chain([every_date()]).collect();
    let counted = tally.count(connection, &ranges)?;
    let naive = |range: &Range<Instant>| expected.iter().filter(|(_, date)| range.contains(&instant(*date))).count();
    let naive: Vec<i64> = ranges.iter().map(|range| i64::try_from(naive(range)).unwrap()).collect();
    assert_eq!(counted, naive, "ranges {ranges:?} of {key:?} {place}");
    Ok(())
}

impl Subject for Stored {
    fn apply(&mut self, now: i64, step: &Step) -> std::result::Result<(), String> {
        self.clock.set(instant(now));
        let runtime = Arc::clone(&self.runtime);
        self.steps += 1;
        let another = self.steps.is_multiple_of(3).then(|| Folding::begin(&self.db));
        let outcome = runtime.block_on(self.perform(step)).map_err(|problem| problem.code().name().to_owned());
        drop(another);
        outcome
    }

    fn history(&mut self, a: usize) -> Vec<Publication> {
        let id = self.id(a);
        self.db.run_read(|connection| store::history(connection, id)).unwrap()
    }

    fn compare(&mut self, game: &Game, at: i64) {
        let all = [Section::Nowhere, Section::Politics, Section::Elections];
        let politics = if game.is_apart { &all[1..2] } else { &all[1..] };
        let lists = [
            (ListKey::all("en", "article"), &all[..]),
            (ListKey::category("en", "article", self.politics), politics),
            (ListKey::category("en", "article", self.elections), &all[2..]),
        ];
        // What lies in elections lies in politics as well only while these do.
        let both = if game.is_apart { &all[..0] } else { &all[2..] };
        let place = format!("at +{}\n{}", at - OPENING, game.story());
        let read = |connection: &mut AnyConnection| -> db::Result<()> {
            let live = Statement::<(IdSql, BigInt, BigInt, BigInt)>::new(
                "SELECT l.article_id, p.revision, p.published_at, p.updated_at FROM (SELECT id AS article_id FROM articles) l",
            );
            let live = live.sql(IN_FORCE).bind(instant(at)).sql(IN_FORCE_END).bind(instant(at));
            let live: Vec<(ArticleId, i64, i64, i64)> = live.load(connection)?;
            let live: BTreeMap<ArticleId, _> =
                live.into_iter().map(|(id, number, published, updated)| (id, (number, published, updated))).collect();
            let expected: BTreeMap<ArticleId, _> = game.room.live(at).into_iter().map(|(a, shown)| (self.ids[&a], shown)).collect();
            assert_eq!(live, expected, "live {place}");
            for (key, sections) in &lists {
                let expected = self.expected(game, at, sections);
                assert_eq!(Self::listed(connection, key, instant(at))?, expected, "{key:?} {place}");
                let compare =
                    |connection: &mut AnyConnection| compare_tally(connection, &self.quarters, instant(at), key, &expected, &place);
                dialect::in_one_state(connection, compare)?;
            }
            // One of the lists at a time, any of two, or what is on each of them.
            let of = |which: &[usize]| which.iter().map(|at: &usize| lists[*at].0.clone()).collect::<Vec<_>>();
            let (keys, also, sections) = match usize::try_from(at % 6).unwrap() {
                3 => (of(&[1, 2]), of(&[]), &all[1..]),
                4 => (of(&[1]), of(&[2]), both),
                5 => (of(&[0]), of(&[2, 1]), both),
                one => (of(&[one]), of(&[]), lists[one].1),
            };
            let expected = self.expected(game, at, sections);
            let compare = |connection: &mut AnyConnection| {
                listed::compare(connection, &self.quarters, instant(at), [&keys, &also], &expected, &place)
            };
            dialect::in_one_state(connection, compare)?;
            Ok(())
        };
        self.db.run_read(read).unwrap();
    }

    fn answer(&mut self, slug: &str, now: i64) -> Option<serde_json::Value> {
        let wanted = reads::Wanted::Slug { locale: "en".to_owned(), slug: slug.to_owned() };
        let found = self.db.run_read(|connection| {
            let names = Names::load(connection)?;
            let cursor_key = CursorKey::new([0; 32]);
            let (snapshot, quarters) = (Snapshot::of(instant(now)), &self.quarters);
            let reading = Reading {
                snapshot,
                entries: &[],
                names: &names,
                locales: &Locales::new(vec!["en".parse().unwrap()]).unwrap(),
                quarters,
                span_ms: 0,
                cursor_key: &cursor_key,
            };
            reads::find(connection, &reading, &wanted, Fields::WHOLE).map(|(found, _)| found)
        });
        let named = |id: ArticleId| self.ids.iter().find(|(_, known)| **known == id).map(|(a, _)| *a);
        Some(match found.unwrap() {
            Found::Live(article) => json!([200, named(article.id)]),
            Found::Moved(slug) => json!([308, slug]),
            Found::Withdrawn(_) => json!([410, null]),
            Found::Nothing => json!([404, null]),
        })
    }

    fn compare_slugs(&mut self, game: &Game, now: i64) {
        for slug in slugs() {
            let holder = game.room.articles.iter().find(|(_, article)| article.held(now).contains(slug.as_str())).map(|(a, _)| self.ids[a]);
            let held = |except| self.db.run_read(|connection| subject::is_held(connection, "en", &slug, except, instant(now))).unwrap();
            assert_eq!(held(None), holder.is_some(), "whether {slug} is held\n{}", game.story());
            assert!(holder.is_none() || !held(holder), "{slug} is held by another\n{}", game.story());
        }
    }
}
