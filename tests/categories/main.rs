//! The tree of categories on both engines: what lies above each one after moves, what is refused, and what is read back.
#![allow(clippy::unwrap_used, reason = "a test that unwraps nothing fails, as it should")]

#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use dateline::categories::context::Reading;
use dateline::categories::dto::{CategoryCreate, CategoryPatch, CategoryReplace, EditorCategory};
use dateline::categories::names::{Names, NamesCache};
use dateline::categories::{reads, service, store};
use dateline::db::{self, Db, PoolSize};
use dateline::kernel::caller::{Caller, Role};
use dateline::kernel::clock::{Clock, SettableClock};
use dateline::kernel::id::{CategoryId, SessionId, UserId};
use dateline::kernel::locale::Locales;
use dateline::kernel::page::{CursorKey, Limit};
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::{Code, Problem, Result};
use dateline::kernel::version::Expected;
use dateline::publications::tallies::KeptQuarters;
use dateline::publications::visibility::Snapshot;
use support::database::TestDatabase;
use support::{Engine, engines};

struct Tree {
    db: Db,
    caller: Caller,
    clock: Arc<SettableClock>,
    _database: TestDatabase,
}

impl Tree {
    fn plant(engine: Engine) -> Self {
        let database = TestDatabase::prepared(engine, |url| drop(db::migrate(&url.parse().unwrap()).unwrap()));
        let clock = Arc::new(SettableClock::at("2026-11-30T09:00:00Z".parse().unwrap()));
        let db = Db::open(&database.url().parse().unwrap(), Arc::clone(&clock) as _, PoolSize(4)).unwrap();
        let caller = Caller::user(UserId::new(), Role::Editor, SessionId::new());
        Self { db, caller, clock, _database: database }
    }

    async fn add(&self, name: &str, parent_id: Option<CategoryId>) -> Result<EditorCategory> {
        let create = CategoryCreate { name: name.to_owned(), slug: None, parent_id, description: None, position: None };
        service::create(&self.db, &self.caller, create, None).await.map(|made| made.first().unwrap())
    }

    async fn put_below(&self, id: CategoryId, parent: Option<CategoryId>) -> Result<EditorCategory> {
        let parent_id = parent.map_or(Patch::Null, Patch::Value);
        let patch = CategoryPatch { parent_id, ..CategoryPatch::default() };
        service::update(&self.db, &self.caller, id, Expected::Anything, patch).await
    }

    async fn above(&self, id: CategoryId) -> Vec<CategoryId> {
        self.db.read(move |connection| store::above(connection, id)).await.unwrap()
    }

    async fn slugs(&self) -> Vec<String> {
        let at = self.clock.now();
        let read = move |connection: &mut db::AnyConnection| {
            let names = Names::load(connection)?;
            let cursor_key = &CursorKey::new([7; 32]);
            let quarters = &KeptQuarters::default();
            let locales = &Locales::new(vec!["en".parse().unwrap()]).unwrap();
            let snapshot = Snapshot::of(at);
            reads::flat(
                connection,
                &Reading { snapshot, entries: &[], names: &names, locales, quarters, span_ms: 60_000, cursor_key },
                "en",
            )
        };
        let (flat, _) = self.db.read(read).await.unwrap();
        flat.iter().map(|category| format!("{}{}", "-".repeat(category.path.len() - 1), category.slug)).collect()
    }
}

fn code<T>(result: Result<T>) -> Code {
    result.map(|_| ()).as_ref().map_err(Problem::code).unwrap_err()
}

async fn on_each_engine<F: Future<Output = ()>>(test: impl Fn(Tree) -> F) {
    for engine in engines() {
        test(tokio::task::spawn_blocking(|| Tree::plant(*engine)).await.unwrap()).await;
    }
}

#[tokio::test]
async fn a_move_takes_along_what_lies_below() {
    on_each_engine(|tree| async move {
        let a = tree.add("A", None).await.unwrap().id;
        let b = tree.add("B", Some(a)).await.unwrap().id;
        let c = tree.add("C", Some(b)).await.unwrap().id;
        let d = tree.add("D", Some(c)).await.unwrap().id;
        let e = tree.add("E", None).await.unwrap().id;
        assert_eq!(tree.above(d).await, [d, c, b, a]);
        let moved = tree.put_below(c, Some(e)).await.unwrap();
        assert_eq!((moved.depth, moved.version, moved.path[0].id), (1, 2, e));
        assert_eq!(tree.above(d).await, [d, c, e]);
        assert_eq!(tree.above(b).await, [b, a]);
        assert_eq!(tree.slugs().await, ["a", "-b", "e", "-c", "--d"]);
        tree.put_below(c, None).await.unwrap();
        assert_eq!(tree.above(d).await, [d, c]);
        assert_eq!(code(tree.put_below(c, Some(d)).await), Code::Cycle);
        assert_eq!(code(tree.put_below(c, Some(c)).await), Code::Cycle);
        assert_eq!(code(tree.put_below(c, Some(CategoryId::new())).await), Code::Invalid);
        assert_eq!(tree.slugs().await, ["a", "-b", "c", "-d", "e"]);
    })
    .await;
}

#[tokio::test]
async fn two_moves_at_once_make_no_cycle() {
    on_each_engine(|tree| async move {
        let a = tree.add("A", None).await.unwrap().id;
        let b = tree.add("B", None).await.unwrap().id;
        let (one, other) = tokio::join!(tree.put_below(a, Some(b)), tree.put_below(b, Some(a)));
        assert_eq!(usize::from(one.is_ok()) + usize::from(other.is_ok()), 1);
        assert_eq!(tree.slugs().await.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn slugs_are_numbered_versions_count_changes_and_what_is_in_use_stays() {
    on_each_engine(|tree| async move {
        let news = tree.add("News", None).await.unwrap();
        assert_eq!(tree.add("News", None).await.unwrap().slug, "news-2");
        assert_eq!(tree.add("🦄", Some(news.id)).await.unwrap().slug, "category");
        let taken = CategoryPatch { slug: Some("news-2".parse().unwrap()), ..CategoryPatch::default() };
        let stale = Expected::OneOf(vec![7]);
        assert_eq!(code(service::update(&tree.db, &tree.caller, news.id, Expected::Anything, taken.clone()).await), Code::SlugTaken);
        assert_eq!(code(service::update(&tree.db, &tree.caller, news.id, stale, taken).await), Code::PreconditionFailed);
        let unchanged = service::update(&tree.db, &tree.caller, news.id, Expected::Anything, CategoryPatch::default()).await.unwrap();
        assert_eq!(unchanged.version, 1);
        let whole = CategoryReplace {
            name: "World".to_owned(),
            slug: None,
            parent_id: None,
            description: Some("All of it".to_owned()),
            position: Some(-1),
        };
        let replaced = service::replace(&tree.db, &tree.caller, news.id, Expected::OneOf(vec![1]), whole).await.unwrap();
        assert_eq!((replaced.slug.as_str(), replaced.name.as_str(), replaced.position, replaced.version), ("news", "World", -1, 2));
        let delete = |id| service::delete(&tree.db, &tree.caller, id, Expected::Anything, None);
        assert_eq!(code(delete(news.id).await), Code::InUse);
        assert_eq!(code(delete(CategoryId::new()).await), Code::NotFound);
        let child = tree.add("Child", Some(news.id)).await.unwrap();
        delete(child.id).await.unwrap();
        assert_eq!(code(service::get(&tree.db, child.id).await), Code::NotFound);
    })
    .await;
}

#[tokio::test]
async fn pages_follow_the_tree_there_and_back() {
    on_each_engine(|tree| async move {
        let a = tree.add("A", None).await.unwrap().id;
        tree.add("C", None).await.unwrap();
        tree.add("B", Some(a)).await.unwrap();
        let (names, key, two) = (NamesCache::default(), CursorKey::new([7; 32]), Limit::new(2).unwrap());
        let first = service::list(&tree.db, &names, &key, two, None).await.unwrap();
        assert_eq!(first.items.iter().map(|category| category.slug.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let second = service::list(&tree.db, &names, &key, two, first.next.as_deref()).await.unwrap();
        assert_eq!((second.items[0].slug.as_str(), second.items.len(), &second.next), ("c", 1, &None));
        let back = service::list(&tree.db, &names, &key, two, second.previous.as_deref()).await.unwrap();
        assert_eq!((back.items.len(), &back.items[0].slug, &back.previous), (2, &first.items[0].slug, &None));
        assert_eq!(code(service::list(&tree.db, &names, &key, two, Some("nonsense")).await), Code::InvalidCursor);
    })
    .await;
}
