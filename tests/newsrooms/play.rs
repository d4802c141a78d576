//! Random newsrooms: what happens in them, step by step, and the comparison of the model with what it checks.

use std::collections::{BTreeMap, BTreeSet};

use dateline::kernel::instant::Instant;
use dateline::publications::rules::outlook::{Trashing, Why, outlook};
use dateline::publications::rules::{self, Publication, State};

use serde_json::{Value, json};

use super::model::{self, End, Found, NEVER, Newsroom, Wanted};
use super::support::random::Random;

/// How many articles a newsroom has.
pub const ARTICLES: usize = 4;
pub const STEPS: usize = 60;
/// When it opens.
pub const OPENING: i64 = 1_800_000_000_000;

/// Where a save puts its article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    Nowhere,
    Politics,
    /// Below politics.
    Elections,
}

/// What somebody asks for. Publications are named by their start, which no other of the article has.
#[derive(Clone, Debug)]
pub enum Step {
    Save {
        a: usize,
        slug: String,
        section: Section,
        may_publish: bool,
    },
    Publish {
        a: usize,
        wanted: Wanted,
    },
    Change {
        a: usize,
        start: i64,
        publish_at: Option<i64>,
        unpublish_at: End,
    },
    Cancel {
        a: usize,
        start: i64,
    },
    Unpublish {
        a: usize,
        withdrawn: bool,
        keep_scheduled: bool,
    },
    Trash {
        a: usize,
    },
    Restore {
        a: usize,
    },
    /// Elections go below politics, or out of it.
    Move {
        is_below: bool,
    },
}

/// What is compared with the model.
pub trait Subject {
    /// Does it, or names the code of the refusal.
    fn apply(&mut self, now: i64, step: &Step) -> Result<(), String>;
    /// The history of an article, if it exists.
    fn history(&mut self, a: usize) -> Vec<Publication>;
    /// Compares what readers and editors could see at an instant.
    fn compare(&mut self, game: &Game, at: i64);
    /// Compares which slugs can be taken now.
    fn compare_slugs(&mut self, game: &Game, now: i64);
    /// What a slug answers: status, and the article, the present slug or nothing. `None` where no slug is asked for.
    fn answer(&mut self, _slug: &str, _at: i64) -> Option<Value> {
        None
    }
}

/// A newsroom in the model.
#[derive(Default)]
pub struct Game {
    pub room: Newsroom,
    /// Of each revision.
    pub sections: BTreeMap<(usize, i64), Section>,
    /// Whether elections lie outside of politics for now.
    pub is_apart: bool,
    /// What readers were told, when, of which slug. What is backdated later changes that: then it is forgotten.
    pub told: Vec<(i64, String, Value)>,
    steps: Vec<(i64, Step)>,
    seed: u64,
}

/// All slugs that a newsroom uses.
pub fn slugs() -> impl Iterator<Item = String> {
    ["p", "q", "r", "s", "t", "u", "v"].map(str::to_owned).into_iter().chain((0..ARTICLES).map(|a| format!("own{a}")))
}

/// Plays one newsroom through the model and `subject`; `looks` = at how many instants they are compared after each step, at most;
/// after the last one at all.
pub fn play(seed: u64, looks: usize, subject: &mut dyn Subject) {
    let mut random = Random::new(seed);
    let mut game = Game { seed, ..Game::default() };
    let mut now = OPENING;
    for number in 1..=STEPS {
        now += random.of(&[1, 5, 400, 900, 1500, 4000]);
        let Some(step) = game.next_step(&mut random, now) else { continue };
        let expected = game.apply(now, &step).map_err(str::to_owned);
        let outcome = subject.apply(now, &step);
        assert_eq!(outcome, expected, "the outcome of the last step differs from the model's\n{}", game.story());
        let mut instants: Vec<i64> = game.instants(now).into_iter().collect();
        if number < STEPS && looks < instants.len() {
            instants = (0..looks).map(|_| random.of(&instants)).chain([now]).collect();
        }
        let histories: Vec<Vec<Publication>> = (0..ARTICLES).map(|a| subject.history(a)).collect();
        for at in instants {
            game.compare_rules(&histories, at);
            subject.compare(&game, at);
        }
        subject.compare_slugs(&game, now);
        game.look_back(&mut random, now, subject);
    }
}

/// The start in the past that a step gives to a publication.
fn backdated(now: i64, step: &Step) -> Option<i64> {
    let start = match step {
        Step::Publish { wanted, .. } => wanted.publish_at,
        Step::Change { publish_at, .. } => *publish_at,
        _ => None,
    };
    start.filter(|start| *start < now)
}

/// How many slugs are asked for after each step.
const ASKED: usize = 3;

impl Game {
    /// For the one who has to find out what went wrong.
    pub fn story(&self) -> String {
        let steps: Vec<String> = self.steps.iter().map(|(now, step)| format!("  +{} {step:?}", now - OPENING)).collect();
        format!("seed {}, instants after {OPENING}:\n{}", self.seed, steps.join("\n"))
    }

    /// What somebody asks for next; nothing where there is nothing to ask it of.
    pub fn next_step(&self, random: &mut Random, now: i64) -> Option<Step> {
        let a = usize::try_from(random.between(0, 3)).unwrap();
        let article = self.room.articles.get(&a);
        let kinds = ["save", "save", "publish", "publish", "publish", "change", "cancel", "unpublish", "trash", "restore", "move"];
        let kind = random.of(&kinds);
        Some(match kind {
            "save" => {
                let slug = if random.happens(50) { random.of(&["p", "q", "r", "s", "t", "u", "v"]).to_owned() } else { format!("own{a}") };
                let section = random.of(&[Section::Nowhere, Section::Politics, Section::Elections]);
                Step::Save { a, slug, section, may_publish: random.happens(80) }
            }
            "publish" => {
                let publish_at = random.of(&[0, 1, 2]);
                let publish_at = match publish_at {
                    0 => None,
                    1 => Some(now - random.between(1, 5000)),
                    _ => Some(now + random.between(1, 6000)),
                };
                let end = End::At(publish_at.unwrap_or(now) + random.between(1, 8000));
                let unpublish_at = random.of(&[End::Missing, End::Missing, End::Null, end]);
                let pin = article.map(|article| random.between(1, article.newest()));
                let revision = random.of(&[None, None, pin]);
                let (far, long_ago) = (random.between(1, 300) * 900_000, random.between(50_000, 3_000_000_000_000));
                let published_at = random.of(&[None, None, Some(now - 50_000), Some(now - far), Some(now - long_ago)]);
                Step::Publish { a, wanted: Wanted { publish_at, unpublish_at, revision, published_at, minor: random.happens(30) } }
            }
            "unpublish" => Step::Unpublish { a, withdrawn: random.happens(30), keep_scheduled: random.happens(50) },
            "trash" => Step::Trash { a },
            "restore" => Step::Restore { a },
            "move" => Step::Move { is_below: random.happens(50) },
            _ => {
                let starts: Vec<i64> = article?.publications.iter().map(|p| p.publish_at).collect();
                let start = if starts.is_empty() { return None } else { random.of(&starts) };
                if kind == "cancel" {
                    return Some(Step::Cancel { a, start });
                }
                let (back, on) = (now - random.between(1, 3000), now + random.between(1, 5000));
                let (late, soon) = (now - random.between(1, 900), now + random.between(1, 9000));
                let unpublish_at = random.of(&[End::Missing, End::Null, End::At(soon), End::At(late)]);
                Step::Change { a, start, publish_at: random.of(&[None, Some(back), Some(on)]), unpublish_at }
            }
        })
    }

    /// Does it in the model, or names the code of the refusal.
    pub fn apply(&mut self, now: i64, step: &Step) -> Result<(), model::Refused> {
        self.steps.push((now, step.clone()));
        self.perform(now, step)?;
        if let Some(start) = backdated(now, step) {
            self.told.retain(|(at, ..)| *at < start);
        }
        Ok(())
    }

    fn perform(&mut self, now: i64, step: &Step) -> Result<(), model::Refused> {
        let room = &mut self.room;
        match step {
            Step::Save { a, slug, section, may_publish } => {
                let number = room.save(now, *a, slug, *may_publish)?;
                self.sections.insert((*a, number), *section);
                Ok(())
            }
            Step::Publish { a, wanted } => room.publish(now, *a, *wanted),
            Step::Change { a, start, publish_at, unpublish_at } => room.change(now, *a, *start, *publish_at, *unpublish_at),
            Step::Cancel { a, start } => room.cancel(now, *a, *start),
            Step::Unpublish { a, withdrawn, keep_scheduled } => room.unpublish(now, *a, *withdrawn, *keep_scheduled),
            Step::Trash { a } => room.trash(now, *a),
            Step::Restore { a } => room.restore(now, *a),
            Step::Move { is_below } => {
                self.is_apart = !is_below;
                Ok(())
            }
        }
    }

    /// Every start and end, one millisecond before and after, and now.
    pub fn instants(&self, now: i64) -> BTreeSet<i64> {
        let publications = self.room.articles.values().flat_map(|article| &article.publications);
        let edges = publications.flat_map(|p| [p.publish_at, p.unpublish_at, p.cut_at]);
        let trashed = self.room.articles.values().flat_map(|article| &article.trashed).flat_map(|(from, until)| [*from, *until]);
        let edges = edges.chain(trashed).filter(|edge| *edge != NEVER);
        edges.chain([now]).flat_map(|edge| [edge - 1, edge, edge + 1]).collect()
    }

    /// Asks for slugs as of now, and again for some of what was told before, as of then: it is the same for ever.
    fn look_back(&mut self, random: &mut Random, now: i64, subject: &mut dyn Subject) {
        let slugs: Vec<String> = slugs().collect();
        for _ in 0..ASKED {
            let slug = random.of(&slugs);
            let Some(answer) = subject.answer(&slug, now) else { return };
            self.told.push((now, slug, answer));
            let (at, slug, told) = random.of(&self.told);
            let expected = match self.room.by_slug(&slug, at) {
                Found::Live(a) => json!([200, a]),
                Found::Moved(present) => json!([308, present]),
                Found::Withdrawn => json!([410, null]),
                Found::Nothing => json!([404, null]),
            };
            let answer = subject.answer(&slug, at).expect("it was answered before");
            assert_eq!((&answer, &told), (&expected, &expected), "{slug} at +{}, now and then\n{}", at - OPENING, self.story());
        }
    }

    fn compare_rules(&self, histories: &[Vec<Publication>], at: i64) {
        let none = model::Article::default();
        let instant = Instant::from_millis(at).unwrap();
        for (a, history) in histories.iter().enumerate() {
            let article = self.room.articles.get(&a).unwrap_or(&none);
            let expected = article.in_force(at).map(|p| (p.publish_at, p.revision));
            let got = rules::in_force(history, instant).map(|p| (p.publish_at.millis(), p.revision));
            assert_eq!(got, expected, "in force of article {a} at +{}\n{}", at - OPENING, self.story());
            let mut expected: Vec<(i64, State)> = article.publications.iter().map(|p| (p.publish_at, state(article, p, at))).collect();
            expected.sort_by_key(|(start, _)| *start);
            let got: Vec<(i64, State)> = history.iter().map(|p| (p.publish_at.millis(), rules::state(p, instant))).collect();
            assert_eq!(got, expected, "states of article {a} at +{}\n{}", at - OPENING, self.story());
            self.compare_outlook(a, article, history, at);
        }
    }

    /// What an article's outlook says of an instant, and that nothing of it changes before what it names as next.
    fn compare_outlook(&self, a: usize, article: &model::Article, history: &[Publication], at: i64) {
        let place = || format!("of article {a} at +{}\n{}", at - OPENING, self.story());
        let trashed_at = article.trashed_at();
        let instant = |millis| Instant::from_millis(millis).unwrap();
        let trashing = |(from, until): &(i64, i64)| Trashing {
            from_at: instant(*from),
            until_at: if *until == NEVER { Instant::NEVER } else { instant(*until) },
        };
        let trashings: Vec<Trashing> = article.trashed.iter().map(trashing).collect();
        let outlook = outlook(history, &trashings, instant(at));
        let shown = |at: i64| article.in_force(at).map(|p| (p.publish_at, p.revision));
        assert_eq!(outlook.why == Why::Live, shown(at).is_some(), "live {}", place());
        assert_eq!(json!(outlook.why), json!(article.why(at)), "why {}", place());
        let later =
            article.publications.iter().flat_map(|p| [p.publish_at, p.unpublish_at, p.cut_at]).filter(|edge| *edge > at && *edge != NEVER);
        // In the trash nothing begins; when it returns is not known.
        let later: BTreeSet<i64> = later.filter(|edge| trashed_at.is_none_or(|trashed| *edge <= trashed)).collect();
        let next = later.into_iter().find(|edge| shown(*edge) != shown(at)).map(|edge| (instant(edge), shown(edge).is_some()));
        assert_eq!(outlook.next, next, "what comes next {}", place());
    }
}

/// Rule 3, from what the model knows.
fn state(article: &model::Article, p: &model::Publication, at: i64) -> State {
    let next = article.publications.iter().map(|q| q.publish_at).filter(|start| *start > p.publish_at).min();
    if p.publish_at > at {
        State::Scheduled
    } else if article.in_force(at).is_some_and(|live| live.publish_at == p.publish_at) {
        State::Live
    } else if next.is_some_and(|next| next <= at && next < p.unpublish_at.min(p.cut_at)) {
        State::Replaced
    } else {
        State::Ended
    }
}
