//! Several people at one newsroom, over HTTP: an author and three who may publish. After each step what is live at twenty instants is the same in the model,
//! in previews, in what visibility says, and, as of now, in what readers get.

use std::collections::BTreeMap;

use dateline::kernel::caller::Role;
use dateline::kernel::instant::Instant;
use serde_json::{Value, json};

use super::model::{End, Wanted};
use super::play::{Game, OPENING, STEPS, Section, Step, slugs};
use super::site::{Site, article};
use super::support::Engine;
use super::support::answer::Answer;
use super::support::client::Client;
use super::support::random::Random;

/// At how many instants they look after each step.
const LOOKS: usize = 20;
/// For how many slugs they ask then.
const SLUGS: usize = 4;

struct Newsroom {
    site: Site,
    author: Client,
    /// Any of these may do what takes the right to publish.
    editors: Vec<Client>,
    politics: String,
    elections: String,
    ids: BTreeMap<usize, String>,
}

fn text(millis: i64) -> String {
    Instant::from_millis(millis).unwrap().to_string()
}

fn set_end(body: &mut Value, end: End) {
    match end {
        End::Missing => {}
        End::Null => body["unpublish_at"] = Value::Null,
        End::At(end) => body["unpublish_at"] = json!(text(end)),
    }
}

impl Newsroom {
    async fn open(engine: Engine) -> Self {
        let site = Site::at(engine, &text(OPENING));
        let author = site.login(Role::Author).await;
        let editors = vec![site.login(Role::Editor).await, site.login(Role::Editor).await, site.login(Role::Admin).await];
        let politics = editors[0].post("/v1/editor/categories").json(json!({ "name": "Politics" })).await.text_at("/id").to_owned();
        let elections = json!({ "name": "Elections", "parent_id": politics });
        let elections = editors[0].post("/v1/editor/categories").json(elections).await.text_at("/id").to_owned();
        Self { site, author, editors, politics, elections, ids: BTreeMap::new() }
    }

    fn path(&self, a: usize) -> String {
        format!("/v1/editor/articles/{}", self.ids.get(&a).map_or("01890a5d-ac96-774b-bcce-b302099a8057", String::as_str))
    }

    async fn publication(&self, a: usize, start: i64) -> String {
        let list = self.editors[0].get(&format!("{}/publications?limit=100", self.path(a))).await;
        let found = list.data().iter().find(|publication| publication["publish_at"] == text(start));
        format!("/v1/editor/publications/{}", found.map_or("unknown", |publication| publication["id"].as_str().unwrap()))
    }

    /// The first save of each article is the author's, so that they may save it again.
    async fn save(&mut self, a: usize, slug: &str, section: Section, by: &Client) -> Answer {
        let mut whole = article("A title");
        whole["slug"] = json!(slug);
        whole["category_id"] = match section {
            Section::Nowhere => Value::Null,
            Section::Politics => json!(self.politics),
            Section::Elections => json!(self.elections),
        };
        if self.ids.contains_key(&a) {
            return by.put(&self.path(a)).if_match("*").json(whole).await;
        }
        let made = self.author.post("/v1/editor/articles").json(whole).await;
        if made.status == 201 {
            self.ids.insert(a, made.text_at("/id").to_owned());
        }
        made
    }

    async fn perform(&mut self, step: &Step, random: &mut Random) -> Answer {
        let editor = random.of(&self.editors);
        match step {
            Step::Save { a, slug, section, may_publish } => {
                let by = if *may_publish { editor } else { self.author.clone() };
                self.save(*a, slug, *section, &by).await
            }
            Step::Publish { a, wanted } => editor.post(&format!("{}/publications", self.path(*a))).json(publication_of(wanted)).await,
            Step::Change { a, start, publish_at, unpublish_at } => {
                let mut patch = publish_at.map_or(json!({}), |at| json!({ "publish_at": text(at) }));
                set_end(&mut patch, *unpublish_at);
                editor.patch(&self.publication(*a, *start).await).merge_patch(patch).await
            }
            Step::Cancel { a, start } => editor.delete(&self.publication(*a, *start).await).await,
            Step::Unpublish { a, withdrawn, keep_scheduled } => {
                let mut body = json!({ "keep_scheduled": keep_scheduled });
                if *withdrawn {
                    body["withdrawn"] = json!({ "reason": "It was wrong" });
                }
                editor.post(&format!("{}/unpublish", self.path(*a))).json(body).await
            }
            Step::Trash { a } => editor.delete(&self.path(*a)).if_match("*").await,
            Step::Restore { a } => editor.post(&format!("{}/restore", self.path(*a))).await,
            Step::Move { is_below } => {
                let parent_id = if *is_below { json!(self.politics) } else { Value::Null };
                editor.patch(&format!("/v1/editor/categories/{}", self.elections)).merge_patch(json!({ "parent_id": parent_id })).await
            }
        }
    }

    /// What the model shows at an instant, in the order of lists.
    fn expected(&self, game: &Game, at: i64) -> Vec<(String, String)> {
        let mut live: Vec<(i64, &String)> =
            game.room.live(at).iter().map(|(a, (_, published_at, _))| (*published_at, &self.ids[a])).collect();
        live.sort_by(|one, other| other.cmp(one));
        live.into_iter().map(|(published_at, id)| (id.clone(), text(published_at))).collect()
    }

    async fn compare(&self, game: &Game, at: i64, now: i64) {
        let (editor, expected) = (&self.editors[0], self.expected(game, at));
        let place = format!("at +{}\n{}", at - OPENING, game.story());
        let preview = editor.get(&format!("/v1/preview/articles?limit=100&at={}", text(at))).await;
        assert_eq!(listed(&preview), expected, "preview {place}");
        if at == now {
            assert_eq!(listed(&self.site.anyone().get("/v1/articles?limit=100").await), expected, "readers {place}");
        }
        let live = game.room.live(at);
        for (a, id) in &self.ids {
            let why = game.room.articles[a].why(at);
            let seen = editor.get(&format!("{}/visibility?at={}", self.path(*a), text(at))).await;
            let revision = live.get(a).map(|(number, ..)| *number);
            let expected = (&json!(revision.is_some()), &json!(revision), &json!(why));
            assert_eq!((&seen["live"], &seen["revision"], &seen["code"]), expected, "visibility of {id} {place}");
        }
    }

    /// Asks for some slugs as a reader, and previews what readers were told of some at earlier instants.
    async fn look_back(&self, game: &mut Game, now: i64, random: &mut Random) {
        let slugs: Vec<String> = slugs().collect();
        for _ in 0..SLUGS {
            let slug = random.of(&slugs);
            let told = named(&self.site.anyone().get(&format!("/v1/articles/{slug}")).await);
            game.told.push((now, slug, told));
            let (at, slug, told) = random.of(&game.told);
            let preview = named(&self.editors[0].get(&format!("/v1/preview/articles/{slug}?at={}", text(at))).await);
            assert_eq!(preview, told, "{slug} at +{}\n{}", at - OPENING, game.story());
        }
    }
}

fn publication_of(wanted: &Wanted) -> Value {
    let mut body = json!({ "minor": wanted.minor });
    let dates =
        [("publish_at", wanted.publish_at.map(text).map(Value::from)), ("published_at", wanted.published_at.map(text).map(Value::from))];
    for (name, value) in dates.into_iter().chain([("revision", wanted.revision.map(Value::from))]) {
        if let Some(value) = value {
            body[name] = value;
        }
    }
    set_end(&mut body, wanted.unpublish_at);
    body
}

/// What a slug is answered: the status, and which article or which other slug.
fn named(answer: &Answer) -> Value {
    let location = answer.header("location").and_then(|location| location.split('?').next()?.rsplit('/').next());
    json!([answer.status, if answer.status == 200 { answer["id"].clone() } else { json!(location) }])
}

fn listed(list: &Answer) -> Vec<(String, String)> {
    let of = |article: &Value, name: &str| article[name].as_str().unwrap().to_owned();
    list.is_ok().data().iter().map(|article| (of(article, "id"), of(article, "published_at"))).collect()
}

/// What became of a request: nothing, or the code of the refusal, of a 422 the first mistake's.
fn outcome(answer: &Answer) -> Result<(), String> {
    if answer.status < 300 {
        return Ok(());
    }
    Err(answer.text_at("/code").to_owned())
}

/// Plays one newsroom.
pub async fn work(engine: Engine, seed: u64) {
    let (mut random, mut game, mut now) = (Random::new(seed), Game::default(), OPENING);
    let mut newsroom = Newsroom::open(engine).await;
    for _ in 0..STEPS {
        now += random.of(&[1, 5, 400, 900, 1500, 4000]);
        let Some(step) = game.next_step(&mut random, now) else { continue };
        newsroom.site.clock().set(Instant::from_millis(now).unwrap());
        let expected = game.apply(now, &step).map_err(str::to_owned);
        let answer = newsroom.perform(&step, &mut random).await;
        assert_eq!(outcome(&answer), expected, "the outcome of the last step differs from the model's: {answer}\n{}", game.story());
        let instants: Vec<i64> = game.instants(now).into_iter().collect();
        let looks: Vec<i64> = (1..LOOKS).map(|_| random.of(&instants)).chain([now]).collect();
        for at in looks {
            newsroom.compare(&game, at, now).await;
        }
        newsroom.look_back(&mut game, now, &mut random).await;
    }
    assert!(newsroom.ids.len() > 1, "several articles are begun");
}
