//! Many who write at once, and change under each other what articles are listed by: each waits for the others, and nobody fails.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use dateline::db;
use dateline::kernel::caller::Role;
use dateline::kernel::problem::Result;
use diesel::result::DatabaseErrorKind;
use diesel::result::Error::DatabaseError;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::desk::save;
use crate::on_both_engines;
use crate::site::Site;
use crate::support::Engine;
use crate::support::answer::Answer;
use crate::support::client::Client;
use crate::support::random::Random;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const MOVES: usize = 12;
const MERGES: usize = 6;
const SAVES: usize = 12;

/// What all of them write in.
struct Newsroom {
    admin: Client,
    roots: [String; 2],
    moved: [String; 3],
    articles: Vec<String>,
}

async fn made(admin: &Client, path: &str, body: Value) -> String {
    admin.post(path).json(body).await.is_created().text_at("/id").to_owned()
}

async fn category(admin: &Client, name: &str, parent: Option<&str>) -> String {
    made(admin, "/v1/editor/categories", json!({ "name": name, "parent_id": parent })).await
}

fn went_well(answer: &Answer) {
    assert!(matches!(answer.status, 200..=299 | 409 | 412), "{} {}: {} {}", answer.method, answer.path, answer.status, answer.text());
}

impl Newsroom {
    async fn of(site: &Site) -> Self {
        let admin = site.login(Role::Admin).await;
        let roots = [category(&admin, "Home", None).await, category(&admin, "World", None).await];
        let mut moved = Vec::new();
        for name in ["Politics", "Business", "Sport"] {
            moved.push(category(&admin, name, Some(&roots[0])).await);
        }
        for tag in ["bridges", "rivers"] {
            made(&admin, "/v1/editor/tags", json!({ "name": tag })).await;
        }
        let mut articles = Vec::new();
        for (at, category) in moved.iter().cycle().take(6).enumerate() {
            let members = json!({ "category_id": category, "tags": ["bridges"], "publish": {} });
            articles.push(save(&admin, &format!("Article {at}"), members).await);
        }
        Self { admin, roots, moved: moved.try_into().unwrap(), articles }
    }

    async fn change(&self, id: &str, patch: Value) {
        went_well(&self.admin.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(patch).await);
    }

    /// Moves a category back and forth.
    async fn move_it(&self, which: usize) {
        for turn in 0..MOVES {
            let patch = json!({ "parent_id": self.roots[turn % 2] });
            went_well(&self.admin.patch(&format!("/v1/editor/categories/{}", self.moved[which])).merge_patch(patch).await);
        }
    }

    /// Makes a category, puts articles into it, and gives it away.
    async fn reassign(&self) {
        for turn in 0..MERGES {
            let fresh = category(&self.admin, &format!("Fresh {turn}"), Some(&self.moved[0])).await;
            for id in self.articles.iter().skip(turn % 3).step_by(3) {
                self.change(id, json!({ "category_id": fresh })).await;
            }
            let path = format!("/v1/editor/categories/{fresh}?reassign_to={}", self.moved[turn % 3]);
            went_well(&self.admin.delete(&path).await);
        }
    }

    /// Makes a tag, gives it to articles, and merges it into another.
    async fn merge(&self) {
        let tags = self.admin.get("/v1/editor/tags").await;
        let bridges = tags.data().iter().find(|tag| tag["slug"] == "bridges").unwrap()["id"].as_str().unwrap();
        for turn in 0..MERGES {
            let (path, slug) = ("/v1/editor/tags", format!("fresh-{turn}"));
            let fresh = made(&self.admin, path, json!({ "name": slug, "slug": slug })).await;
            for id in &self.articles[..3] {
                self.change(id, json!({ "tags": [slug, "rivers"] })).await;
            }
            went_well(&self.admin.delete(&format!("{path}/{fresh}?reassign_to={bridges}")).await);
        }
    }

    /// Saves, publishes and takes down.
    async fn write(&self, who: usize) {
        let mut random = Random::new(who as u64);
        for turn in 0..SAVES {
            let id = random.of(&self.articles);
            let category = random.of(&self.moved);
            let tags = random.of(&[json!([]), json!(["bridges"]), json!(["rivers", "bridges"])]);
            self.change(&id, json!({ "title": format!("{who} {turn}"), "category_id": category, "tags": tags })).await;
            let other = format!("/v1/editor/articles/{}", random.of(&self.articles));
            let other = if random.happens(50) { format!("{other}/unpublish") } else { format!("{other}/publications") };
            went_well(&self.admin.post(&other).json(json!({})).await);
        }
    }

    /// A release of all articles.
    async fn together(&self) -> String {
        let release = json!({ "name": "Together", "publish_at": "2026-12-01T08:00:00Z" });
        let path = format!("/v1/editor/releases/{}", made(&self.admin, "/v1/editor/releases", release).await);
        for id in &self.articles {
            self.admin.post(&format!("{path}/publications")).json(json!({ "article_id": id })).await.is_created();
        }
        path
    }

    /// Moves it, while articles are taken out of it, and calls it off.
    async fn release(&self, path: &str) {
        for turn in 0..MERGES {
            let patch = json!({ "publish_at": format!("2026-12-02T0{turn}:00:00Z") });
            went_well(&self.admin.patch(path).merge_patch(patch).await);
        }
        went_well(&self.admin.delete(path).await);
    }

    /// Moves several articles at once.
    async fn bulk(&self) {
        for turn in 0..MERGES {
            let operations: Vec<Value> =
                self.articles.iter().rev().map(|id| json!({ "op": "move", "id": id, "category_id": self.moved[turn % 3] })).collect();
            went_well(&self.admin.post("/v1/editor/bulk").json(json!({ "mode": "all", "operations": operations })).await);
        }
    }

    /// How many articles each list has.
    async fn lists(&self) -> Vec<(String, usize)> {
        let mut lists = Vec::new();
        for slug in ["politics", "business", "sport", "home", "world"] {
            let list = self.admin.get(&format!("/v1/articles?category={slug}&limit=100")).await;
            lists.push((slug.to_owned(), list.is_ok().data().len()));
        }
        lists
    }
}

on_both_engines! {
    async fn who_moves_merges_and_saves_at_once_waits_and_nobody_fails(engine) {
        let site = Site::at(engine, NOW);
        let room = Newsroom::of(&site).await;
        let release = room.together().await;
        let movers = join_all((0..3).map(|which| room.move_it(which)));
        let writers = join_all((0..8).map(|who| room.write(who)));
        tokio::join!(movers, writers, room.reassign(), room.merge(), room.release(&release), room.bulk());
        // What is listed is what was saved last.
        let lists = room.lists().await;
        let live = room.admin.get("/v1/editor/articles?status=live,changed").await.data().len();
        let below = |names: &[&str]| lists.iter().filter(|(name, _)| names.contains(&name.as_str())).map(|(_, count)| count).sum::<usize>();
        assert_eq!(below(&["politics", "business", "sport"]), live, "{lists:?}");
        assert_eq!(below(&["home", "world"]), live, "{lists:?}");
        assert_eq!(site.database().deadlocks(), 0);
    }

    async fn a_write_that_always_loses_is_tried_again_for_a_while_and_then_refused_as_unavailable(engine) {
        let (site, tries) = (Site::at(engine, NOW), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&tries);
        let lost = site.db().write(move |_| -> Result<()> {
            counted.fetch_add(1, Ordering::Relaxed);
            let message = Box::new("could not serialize access due to concurrent update".to_owned());
            Err(db::Error::Query(DatabaseError(DatabaseErrorKind::SerializationFailure, message)).into())
        });
        let problem = lost.await.unwrap_err();
        assert_eq!((problem.code().status(), problem.code().name()), (503, "unavailable"));
        // On SQLite there is one writer, which loses against nobody.
        assert_eq!(tries.load(Ordering::Relaxed), if engine == Engine::Sqlite { 1 } else { 9 });
    }
}
