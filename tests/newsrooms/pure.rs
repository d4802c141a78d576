//! The rules alone, without a database: thousands of newsrooms in a few seconds.

use std::collections::BTreeMap;

use dateline::kernel::id::{ArticleId, PublicationId, UserId};
use dateline::kernel::instant::Instant;
use dateline::kernel::patch::Patch;
use dateline::kernel::problem::{Code, Problem};
use dateline::publications::rules::standing::{Status, Written};
use dateline::publications::rules::{self, Change, Publication, TakeDown, Wanted, Way};

use super::model::End;
use super::play::{ARTICLES, Game, Step, Subject};

#[derive(Clone)]
struct Article {
    id: ArticleId,
    slugs: Vec<String>,
    history: Vec<Publication>,
    is_trashed: bool,
}

impl Article {
    fn new() -> Self {
        Self { id: ArticleId::new(), slugs: Vec::new(), history: Vec::new(), is_trashed: false }
    }

    fn newest(&self) -> i64 {
        i64::try_from(self.slugs.len()).unwrap()
    }

    fn holds(&self, slug: &str, now: Instant) -> bool {
        rules::holding(&self.history, now).chain([self.newest()]).any(|number| self.slugs[usize::try_from(number).unwrap() - 1] == slug)
    }

    /// What is foreseen at a write is what the history says at each later instant, a millisecond before and after each turn.
    fn foresees_its_statuses(&self, now: Instant) {
        let written = Written { history: &self.history, newest: self.newest(), is_trashed: self.is_trashed };
        let standings = written.standings(now);
        let turns = self.history.iter().flat_map(|p| [p.publish_at, p.ends_at]).filter(|at| *at != Instant::NEVER);
        for at in turns.flat_map(|at| [-1, 0, 1].map(|ms| at.plus_millis(ms))).chain([now]).filter(|at| *at >= now) {
            let held: Vec<Status> = standings.iter().filter(|s| s.from_at <= at && at < s.until_at).map(|s| s.status).collect();
            assert_eq!(held, [written.status(at)], "at {at} of {:?}", self.history);
        }
        assert!(standings.windows(2).all(|two| two[0].status != two[1].status && two[0].until_at == two[1].from_at), "{standings:?}");
    }

    fn named(&self, start: i64) -> PublicationId {
        self.history.iter().find(|p| p.publish_at.millis() == start).map_or_else(PublicationId::new, |p| p.id)
    }
}

/// A newsroom in memory.
#[derive(Default)]
pub struct Pure(BTreeMap<usize, Article>);

fn instant(millis: i64) -> Instant {
    Instant::from_millis(millis).unwrap()
}

fn patch(end: End) -> Patch<Instant> {
    match end {
        End::Missing => Patch::Absent,
        End::Null => Patch::Null,
        End::At(end) => Patch::Value(instant(end)),
    }
}

fn wanted(article_id: ArticleId, wanted: super::model::Wanted) -> Wanted {
    Wanted {
        article_id,
        publish_at: wanted.publish_at.map(instant),
        unpublish_at: patch(wanted.unpublish_at),
        revision: wanted.revision,
        published_at: wanted.published_at.map(instant),
        minor: wanted.minor,
        time_zone: None,
        publish_at_local: None,
        unpublish_at_local: None,
        created_by: UserId::new(),
        base_revision: None,
        embargo_until: None,
        override_embargo: false,
        release_id: None,
    }
}

impl Step {
    /// The article that it is about.
    pub fn article(&self) -> Option<usize> {
        match self {
            Self::Save { a, .. }
            | Self::Publish { a, .. }
            | Self::Change { a, .. }
            | Self::Cancel { a, .. }
            | Self::Unpublish { a, .. }
            | Self::Trash { a }
            | Self::Restore { a } => Some(*a),
            // Categories are none of the rules' business.
            Self::Move { .. } => None,
        }
    }
}

fn edit(article: &mut Article, now: Instant, step: &Step) -> Result<(), Problem> {
    if article.is_trashed && !matches!(step, Step::Restore { .. }) {
        return Err(Problem::new(Code::Trashed, ""));
    }
    let newest = article.newest();
    let history = &mut article.history;
    match step {
        Step::Save { slug, may_publish, .. } => {
            article.slugs.push(slug.clone());
            if *may_publish {
                rules::follow(history, newest + 1, now);
            }
        }
        Step::Publish { wanted: given, .. } => {
            rules::schedule(history, wanted(article.id, *given), newest, now)?;
        }
        Step::Change { start, publish_at, unpublish_at, .. } => {
            let publish_at = publish_at.map_or(Patch::Absent, |at| Patch::Value(instant(at)));
            let id = article.named(*start);
            let change = Change { publish_at, unpublish_at: patch(*unpublish_at), ..Change::default() };
            rules::change(&mut article.history, id, change, newest, now)?;
        }
        Step::Cancel { start, .. } => {
            let id = article.named(*start);
            rules::cancel(&mut article.history, id, Way::Alone, now)?;
        }
        Step::Unpublish { withdrawn, keep_scheduled, .. } => {
            let withdrawn_reason = withdrawn.then(|| "wrong".to_owned());
            rules::unpublish(history, TakeDown { at: None, at_local: None, withdrawn_reason, keep_scheduled: *keep_scheduled }, now)?;
        }
        Step::Trash { .. } => {
            rules::trash(history, now);
            article.is_trashed = true;
        }
        Step::Restore { .. } if !article.is_trashed => return Err(Problem::new(Code::NotTrashed, "")),
        Step::Move { .. } => {}
        Step::Restore { .. } => {
            rules::restore(history, now);
            article.is_trashed = false;
        }
    }
    Ok(())
}

impl Subject for Pure {
    fn apply(&mut self, now: i64, step: &Step) -> Result<(), String> {
        let (Some(a), now) = (step.article(), instant(now)) else { return Ok(()) };
        let mut edited = match (self.0.get(&a), step) {
            (Some(article), _) => article.clone(),
            (None, Step::Save { .. }) => Article::new(),
            (None, _) => return Err("not_found".to_owned()),
        };
        edit(&mut edited, now, step).map_err(|problem| problem.code().name().to_owned())?;
        let is_taken = |slug: &String| edited.holds(slug, now) && self.0.iter().any(|(k, other)| *k != a && other.holds(slug, now));
        if edited.slugs.iter().any(is_taken) {
            return Err("slug_taken".to_owned());
        }
        edited.foresees_its_statuses(now);
        self.0.insert(a, edited);
        Ok(())
    }

    fn history(&mut self, a: usize) -> Vec<Publication> {
        self.0.get(&a).map(|article| article.history.clone()).unwrap_or_default()
    }

    fn compare(&mut self, game: &Game, at: i64) {
        let live = |a: usize| {
            let p = rules::in_force(&self.0.get(&a)?.history, instant(at))?;
            Some((a, (p.revision, p.published_at.millis(), p.updated_at.millis())))
        };
        let got: BTreeMap<usize, _> = (0..ARTICLES).filter_map(live).collect();
        assert_eq!(got, game.room.live(at), "live at {at}\n{}", game.story());
    }

    fn compare_slugs(&mut self, game: &Game, now: i64) {
        for (a, article) in &game.room.articles {
            let held = article.held(now);
            for slug in super::play::slugs() {
                assert_eq!(self.0[a].holds(&slug, instant(now)), held.contains(slug.as_str()), "{slug} of {a}\n{}", game.story());
            }
        }
    }
}
