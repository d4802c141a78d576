//! A site of a given size, made through the services that the API calls as well, and an editor who goes on saving.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use dateline::articles::dto::ArticleCreate;
use dateline::articles::service::{self as articles, Site};
use dateline::bodies::EmbedHosts;
use dateline::categories::dto::CategoryCreate;
use dateline::categories::service as categories;
use dateline::db::{self, Db, Engine, PoolSize, Statement};
use dateline::kernel::caller::{Caller, Role};
use dateline::kernel::clock::SystemClock;
use dateline::kernel::id::{CategoryId, SessionId, UserId};
use dateline::kernel::locale::Locales;
use serde_json::{Value, json};

use super::measure::clients::Request;
use super::support::program::{ADMIN, Server, wait};

/// Every article lies at another minute of the past.
const MINUTE_MS: i64 = 60_000;

/// How many articles are asked for in turn.
const ASKED_FOR: usize = 1000;

/// How many are written at once, so that commits are shared.
const AT_ONCE: usize = 32;

/// About 2 KB, as a short piece of news has.
const SENTENCE: &str = "The council met in the old town hall and spoke about the bridge, the budget and the school roof. ";

pub struct Newsroom {
    category: CategoryId,
    size: usize,
}

impl Newsroom {
    /// Fills an empty database.
    pub fn fill(url: &str, size: usize) -> Self {
        let url = url.parse().unwrap();
        db::migrate(&url).unwrap();
        let db = Db::open(&url, Arc::new(SystemClock::new()), PoolSize(8)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let caller = Caller::user(UserId::new(), Role::Editor, SessionId::new());
        let site = Site { locales: Locales::new(vec!["en".parse().unwrap()]).unwrap(), embed_hosts: EmbedHosts::default() };
        let made: Vec<CategoryId> = ["News", "Culture", "Sport", "Nature"]
            .into_iter()
            .map(|name| {
                let create: CategoryCreate = serde_json::from_value(json!({ "name": name })).unwrap();
                runtime.block_on(categories::create(&db, &caller, create, None)).unwrap().first().unwrap().id
            })
            .collect();
        let newest = db.clock().now();
        let next = Arc::new(AtomicUsize::new(0));
        let writers: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (db, site, caller, made, next) = (db.clone(), site.clone(), caller.clone(), made.clone(), Arc::clone(&next));
                runtime.spawn(async move {
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= size {
                            return;
                        }
                        let age = i64::try_from(number + 1).unwrap() * MINUTE_MS;
                        let publish_at = newest.plus_millis(-age).to_string();
                        let wanted = article(number, made[number % made.len()], json!({ "publish_at": publish_at }));
                        articles::create(&db, &site, &caller, serde_json::from_value::<ArticleCreate>(wanted).unwrap(), None)
                            .await
                            .unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            runtime.block_on(writer).unwrap();
        }
        if db.engine() == Engine::Postgres {
            // The throwaway server does not do by itself what another one does within a minute.
            let vacuum = || Statement::<()>::new("VACUUM (ANALYZE)").once();
            db.run_read(|connection| Ok::<_, db::Error>(vacuum().execute(connection)?)).unwrap();
        }
        Self { category: made[0], size }
    }

    /// The category that every fourth article lies in.
    pub fn category(&self) -> CategoryId {
        self.category
    }

    /// What a pattern of `OPERATIONS` asks for.
    pub fn requests(&self, server: &Server, path: &str, cursor: &str) -> Vec<Request> {
        let slugs = (0..ASKED_FOR).map(|at| format!("story-{}", at * self.size / ASKED_FOR));
        if let Some(path) = path.strip_suffix(" If-None-Match") {
            let paths = slugs.map(|slug| path.replace("{slug}", &slug)).take(ASKED_FOR / 10);
            return paths.map(|path| Request::unchanged(&path, &etag(server, &path))).collect();
        }
        if path.contains("{slug}") {
            return slugs.map(|slug| Request::get(&path.replace("{slug}", &slug))).collect();
        }
        vec![Request::get(&path.replace("{cursor}", cursor))]
    }
}

fn article(number: usize, category: CategoryId, publish: Value) -> Value {
    json!({
        "title": format!("Story {number}: what the council decided"),
        "slug": format!("story-{number}"),
        "excerpt": SENTENCE,
        "category_id": category,
        "body": { "format": "markdown", "source": SENTENCE.repeat(20) },
        "publish": publish,
    })
}

fn etag(server: &Server, path: &str) -> String {
    wait(async { server.anyone().get(path).await.expect_header("etag").to_owned() })
}

/// The cursor of the page behind this many articles.
pub fn cursor_behind(server: &Server, articles: usize) -> String {
    let anyone = server.anyone();
    wait(async {
        let mut path = "/v1/articles?limit=10".to_owned();
        let mut passed = 0;
        loop {
            let answer = anyone.get(&path).await;
            let cursor = answer.text_at("/paging/next").to_owned();
            passed += 10;
            if passed >= articles {
                return cursor;
            }
            path = format!("/v1/articles?limit=10&cursor={cursor}");
        }
    })
}

/// An editor who saves and publishes so many articles a second until told to end.
pub struct Saving {
    ends: Arc<AtomicBool>,
    thread: JoinHandle<usize>,
}

impl Saving {
    pub fn begin(server: &Server, category: CategoryId, a_second: u32) -> Self {
        let ends = Arc::new(AtomicBool::new(false));
        let editor = server.user(ADMIN.0, ADMIN.1);
        let thread = thread::spawn({
            let ends = Arc::clone(&ends);
            move || {
                wait(async {
                    let (begun, mut saved) = (Instant::now(), 0_u32);
                    while !ends.load(Ordering::Relaxed) {
                        let number = 1_000_000_000 + usize::try_from(saved).unwrap();
                        editor.post("/v1/editor/articles").json(article(number, category, json!({}))).await.is_created();
                        saved += 1;
                        let due = begun + Duration::from_secs(1) * saved / a_second;
                        tokio::time::sleep_until(due.into()).await;
                    }
                    usize::try_from(saved).unwrap()
                })
            }
        });
        Self { ends, thread }
    }

    /// How many it saved.
    pub fn end(self) -> usize {
        self.ends.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}
