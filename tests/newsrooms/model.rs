//! The rules of publication dates as the plainest program that obeys them: no index, no SQL, nothing stored that could be computed. It shares no
//! code with the project and says what is right. Instants are whole milliseconds; `now` is always given.

use std::collections::{BTreeMap, BTreeSet};

/// No end.
pub const NEVER: i64 = i64::MAX;
/// How old a "now" may be on arrival.
const LATE: i64 = 1000;
/// How long before its start a publication no longer changes.
const FREEZE: i64 = 1000;

/// The code of a refusal that changes nothing.
pub type Refused = &'static str;

/// An optional end: left out, none, or given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Missing,
    Null,
    At(i64),
}

#[derive(Clone, Debug)]
pub struct Publication {
    pub revision: i64,
    pub follows: bool,
    pub publish_at: i64,
    pub unpublish_at: i64,
    /// As given; `None` = rule 6.
    pub published_at: Option<i64>,
    pub minor: bool,
    pub withdrawn: bool,
    /// Set by trashing.
    pub cut_at: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Article {
    /// The slug of each revision.
    pub slugs: BTreeMap<i64, String>,
    pub publications: Vec<Publication>,
    /// From when until when it lay in the trash.
    pub trashed: Vec<(i64, i64)>,
}

/// What a slug answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    Live(usize),
    /// To the present slug.
    Moved(String),
    Withdrawn,
    Nothing,
}

impl Article {
    pub fn newest(&self) -> i64 {
        *self.slugs.keys().max().expect("an article has a save")
    }

    /// [start, end) in which it is before the public: its own end, the next start and trashing all cut it. May be empty.
    fn interval(&self, p: &Publication) -> (i64, i64) {
        let later = self.publications.iter().map(|q| q.publish_at).filter(|start| *start > p.publish_at).min().unwrap_or(NEVER);
        (p.publish_at, p.publish_at.max(p.unpublish_at.min(p.cut_at).min(later)))
    }

    /// Rule 1: the one with the greatest start, live only while its interval lasts.
    pub fn in_force(&self, t: i64) -> Option<&Publication> {
        let last = self.publications.iter().filter(|p| p.publish_at <= t).max_by_key(|p| p.publish_at)?;
        (t < self.interval(last).1).then_some(last)
    }

    /// What a publication that starts then comes after. One whose start passed in the trash never began and does not count.
    fn before(&self, start: i64) -> Option<&Publication> {
        self.publications.iter().filter(|q| q.publish_at < start && q.cut_at > q.publish_at).max_by_key(|q| q.publish_at)
    }

    /// Rule 6: as given, or that of the one before it, or, for the first, its own start.
    pub fn published_at(&self, p: &Publication) -> i64 {
        let mut p = p;
        while p.published_at.is_none()
            && let Some(earlier) = self.before(p.publish_at)
        {
            p = earlier;
        }
        p.published_at.unwrap_or(p.publish_at)
    }

    /// Rule 6: minor ones keep the date of what they replaced.
    pub fn updated_at(&self, p: &Publication) -> i64 {
        let mut p = p;
        while p.minor
            && let Some(before) = self.before(p.publish_at)
        {
            p = before;
        }
        p.publish_at
    }

    /// Rule 5: whether a start at or after `start` has passed already, in the trash or not.
    fn passed(&self, start: i64, now: i64) -> bool {
        self.publications.iter().any(|q| start <= q.publish_at && q.publish_at <= now)
    }

    fn is_taken(&self, start: i64, except: Option<usize>) -> bool {
        self.publications.iter().enumerate().any(|(at, q)| Some(at) != except && q.publish_at == start)
    }

    /// Since when it lies in the trash, if it does now.
    pub fn trashed_at(&self) -> Option<i64> {
        self.trashed.last().filter(|(_, until)| *until == NEVER).map(|(from, _)| *from)
    }

    pub fn in_trash(&self, t: i64) -> bool {
        self.trashed.iter().any(|(from, until)| *from <= t && t < *until)
    }

    /// Why it is or is not live.
    pub fn why(&self, t: i64) -> &'static str {
        match (self.in_force(t), self.before(t + 1)) {
            (Some(_), _) => "live", // also what was backdated into a stretch in the trash
            _ if self.in_trash(t) => "trashed",
            (None, Some(last)) if last.withdrawn => "withdrawn",
            (None, Some(_)) => "ended",
            (None, None) if self.publications.iter().any(|p| p.publish_at > t) => "not_yet",
            (None, None) => "no_publication",
        }
    }

    /// Rule 11: the slugs that nobody else may take.
    pub fn held(&self, now: i64) -> BTreeSet<&str> {
        let began = |p: &Publication| p.publish_at <= now && p.cut_at > p.publish_at;
        let shown = self.publications.iter().filter(|p| p.publish_at > now || began(p)).map(|p| p.revision);
        shown.chain([self.newest()]).map(|n| self.slugs[&n].as_str()).collect()
    }

    fn refuse_trashed(&self, now: i64) -> Result<(), Refused> {
        if self.in_trash(now) { Err("trashed") } else { Ok(()) }
    }
}

/// What a new publication shall be.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub publish_at: Option<i64>,
    pub unpublish_at: End,
    pub revision: Option<i64>,
    pub published_at: Option<i64>,
    pub minor: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Newsroom {
    pub articles: BTreeMap<usize, Article>,
}

impl Newsroom {
    fn article(&mut self, a: usize, now: i64) -> Result<&mut Article, Refused> {
        let article = self.articles.get_mut(&a).ok_or("not_found")?;
        article.refuse_trashed(now)?;
        Ok(article)
    }

    fn is_held_by_another(&self, a: usize, slug: &str, now: i64) -> bool {
        self.articles.iter().any(|(k, other)| *k != a && other.held(now).contains(slug))
    }

    /// `may_publish`: whether the one who saves may publish this article.
    pub fn save(&mut self, now: i64, a: usize, slug: &str, may_publish: bool) -> Result<i64, Refused> {
        if let Some(article) = self.articles.get(&a) {
            article.refuse_trashed(now)?;
        }
        if self.is_held_by_another(a, slug, now) {
            return Err("slug_taken");
        }
        let article = self.articles.entry(a).or_default();
        let number = article.slugs.keys().max().unwrap_or(&0) + 1;
        article.slugs.insert(number, slug.to_owned());
        for p in &mut article.publications {
            if p.follows && may_publish && p.publish_at > now + FREEZE {
                p.revision = number; // rule 7: followers move with the save
            }
        }
        Ok(number)
    }

    pub fn publish(&mut self, now: i64, a: usize, wanted: Wanted) -> Result<(), Refused> {
        let article = &*self.article(a, now)?;
        let number = wanted.revision.unwrap_or(article.newest());
        let is_plain = wanted.publish_at.is_none() && wanted.unpublish_at == End::Missing && wanted.published_at.is_none();
        if is_plain && article.in_force(now).is_some_and(|live| live.revision == number) {
            return Ok(()); // rule 2: nothing would change
        }
        let mut start = wanted.publish_at.unwrap_or(now);
        while wanted.publish_at.is_none() && article.is_taken(start, None) {
            start += 1; // rule 2: a "now" on a taken millisecond takes the next
        }
        if article.is_taken(start, None) {
            return Err("publication_instant_taken");
        }
        if start < now && article.passed(start, now) {
            return Err("past_is_history");
        }
        let end = match wanted.unpublish_at {
            End::At(end) => end,
            End::Null => NEVER,
            End::Missing => {
                // Rule 2: a correction must not undo an expiry.
                let replaced = article.before(start).map_or(NEVER, |before| before.unpublish_at.min(before.cut_at));
                if replaced > start { replaced } else { NEVER }
            }
        };
        if end <= start {
            return Err("invalid");
        }
        if self.is_held_by_another(a, &self.articles[&a].slugs[&number], now) {
            return Err("slug_taken");
        }
        self.article(a, now)?.publications.push(Publication {
            revision: number,
            follows: wanted.revision.is_none(),
            publish_at: start,
            unpublish_at: end,
            published_at: wanted.published_at,
            minor: wanted.minor,
            withdrawn: false,
            cut_at: NEVER,
        });
        Ok(())
    }

    /// Changes the publication that starts at `start`.
    pub fn change(&mut self, now: i64, a: usize, start: i64, publish_at: Option<i64>, unpublish_at: End) -> Result<(), Refused> {
        let article = self.article(a, now)?;
        let at = article.publications.iter().position(|p| p.publish_at == start).ok_or("not_found")?;
        let p = article.publications[at].clone();
        if now < p.publish_at && p.publish_at <= now + FREEZE {
            return Err("starting"); // rule 4: then nothing of it changes
        }
        let given = match unpublish_at {
            End::Missing => None,
            End::Null => Some(NEVER),
            End::At(end) => Some(end),
        };
        if let Some(moved) = publish_at.filter(|moved| *moved != p.publish_at) {
            if p.publish_at <= now {
                return Err("already_live");
            }
            if article.is_taken(moved, Some(at)) {
                return Err("publication_instant_taken");
            }
            if moved < now && article.passed(moved, now) {
                return Err("past_is_history");
            }
            if given.unwrap_or(p.unpublish_at) <= moved {
                return Err("invalid");
            }
        }
        if let Some(mut end) = given {
            if end <= publish_at.unwrap_or(p.publish_at) {
                return Err("invalid");
            }
            if p.publish_at <= now {
                if article.in_force(now).is_none_or(|live| live.publish_at != p.publish_at) || end < now - LATE {
                    return Err("past_is_history");
                }
                end = end.max(now);
            }
            article.publications[at].unpublish_at = end;
        }
        article.publications[at].publish_at = publish_at.unwrap_or(p.publish_at);
        Ok(())
    }

    pub fn cancel(&mut self, now: i64, a: usize, start: i64) -> Result<(), Refused> {
        let article = self.article(a, now)?;
        if start <= now {
            return Err("already_live");
        }
        if start <= now + FREEZE {
            return Err("starting");
        }
        article.publications.retain(|p| p.publish_at != start);
        Ok(())
    }

    /// Rule 9: ends what is in force and cancels what lies ahead, also in its last second.
    pub fn unpublish(&mut self, now: i64, a: usize, withdrawn: bool, keep_scheduled: bool) -> Result<(), Refused> {
        let article = self.article(a, now)?;
        let start = article.in_force(now).ok_or("not_live")?.publish_at;
        for p in article.publications.iter_mut().filter(|p| p.publish_at == start) {
            (p.unpublish_at, p.withdrawn) = (now.max(start), withdrawn);
        }
        article.publications.retain(|p| keep_scheduled || p.publish_at <= now);
        Ok(())
    }

    pub fn trash(&mut self, now: i64, a: usize) -> Result<(), Refused> {
        let article = self.article(a, now)?;
        let live = article.in_force(now).map(|p| p.publish_at);
        for p in &mut article.publications {
            if Some(p.publish_at) == live {
                p.cut_at = now;
            } else if p.publish_at > now {
                p.cut_at = p.publish_at;
            }
        }
        article.trashed.push((now, NEVER));
        Ok(())
    }

    pub fn restore(&mut self, now: i64, a: usize) -> Result<(), Refused> {
        let article = self.articles.get_mut(&a).ok_or("not_found")?;
        if !article.in_trash(now) {
            return Err("not_trashed");
        }
        article.trashed.last_mut().expect("it is in the trash").1 = now;
        for p in article.publications.iter_mut().filter(|p| p.publish_at > now) {
            p.cut_at = NEVER;
        }
        Ok(())
    }

    /// What is live at an instant: for each article its revision, the date for readers and that of the last change.
    pub fn live(&self, t: i64) -> BTreeMap<usize, (i64, i64, i64)> {
        let live = |article: &Article| {
            let p = article.in_force(t)?;
            Some((p.revision, article.published_at(p), article.updated_at(p)))
        };
        self.articles.iter().filter_map(|(a, article)| Some((*a, live(article)?))).collect()
    }
    /// Rule 11: what a slug answers at an instant.
    pub fn by_slug(&self, slug: &str, t: i64) -> Found {
        let shows = |article: &Article, p: &Publication| article.slugs[&p.revision] == slug;
        if let Some((a, _)) = self.articles.iter().find(|(_, article)| article.in_force(t).is_some_and(|p| shows(article, p))) {
            return Found::Live(*a);
        }
        for article in self.articles.values() {
            let was_shown = |p: &Publication| {
                let (start, end) = article.interval(p);
                start <= t && start < end && shows(article, p)
            };
            if !article.publications.iter().any(was_shown) {
                continue;
            }
            if let Some(live) = article.in_force(t) {
                return Found::Moved(article.slugs[&live.revision].clone());
            }
            if article.before(t + 1).is_some_and(|last| last.withdrawn) && !article.in_trash(t) {
                return Found::Withdrawn;
            }
        }
        Found::Nothing
    }
}
