//! The rules of publications as the plainest program that obeys them: nothing stored that could be computed. The oracle for one
//! article's dates.

pub const NEVER: i64 = i64::MAX;

#[derive(Clone, Debug)]
pub struct Publication {
    pub name: usize,
    pub revision: i64,
    pub follows: bool,
    pub publish_at: i64,
    pub unpublish_at: i64,
    pub published_at: Option<i64>,
    pub minor: bool,
    pub cut_at: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Article {
    pub newest: i64,
    pub publications: Vec<Publication>,
    pub is_trashed: bool,
    pub made: usize,
}

/// What is in force: revision, date for readers, date of the last change.
pub type Live = Option<(i64, i64, i64)>;

impl Article {
    fn end(&self, p: &Publication) -> i64 {
        let next = self.publications.iter().map(|q| q.publish_at).filter(|start| *start > p.publish_at).min().unwrap_or(NEVER);
        p.publish_at.max(p.unpublish_at.min(p.cut_at).min(next))
    }

    fn in_force(&self, t: i64) -> Option<&Publication> {
        let last = self.publications.iter().filter(|p| p.publish_at <= t).max_by_key(|p| p.publish_at)?;
        (t < self.end(last)).then_some(last)
    }

    fn before(&self, start: i64) -> Option<&Publication> {
        self.publications.iter().filter(|q| q.publish_at < start && q.cut_at > q.publish_at).max_by_key(|q| q.publish_at)
    }

    fn published_at(&self, p: &Publication) -> i64 {
        match (p.published_at, self.before(p.publish_at)) {
            (Some(given), _) => given,
            (None, Some(earlier)) => self.published_at(earlier),
            (None, None) => p.publish_at,
        }
    }

    fn updated_at(&self, p: &Publication) -> i64 {
        match self.before(p.publish_at) {
            Some(earlier) if p.minor => self.updated_at(earlier),
            _ => p.publish_at,
        }
    }

    pub fn live(&self, t: i64) -> Live {
        self.in_force(t).map(|p| (p.revision, self.published_at(p), self.updated_at(p)))
    }

    fn passed(&self, start: i64, now: i64) -> bool {
        self.publications.iter().any(|q| start <= q.publish_at && q.publish_at <= now)
    }

    pub fn save(&mut self, now: i64, may_publish: bool) {
        self.newest += 1;
        for p in &mut self.publications {
            if may_publish && p.follows && p.publish_at > now + 1000 {
                p.revision = self.newest;
            }
        }
    }

    /// `end`: `None` = missing, `Some(NEVER)` = none.
    pub fn publish(
        &mut self,
        now: i64,
        at: Option<i64>,
        end: Option<i64>,
        pin: Option<i64>,
        published_at: Option<i64>,
        minor: bool,
    ) -> Result<(), &'static str> {
        let revision = pin.unwrap_or(self.newest);
        if at.is_none() && end.is_none() && published_at.is_none() && self.in_force(now).is_some_and(|live| live.revision == revision) {
            return Ok(());
        }
        let mut start = at.unwrap_or(now);
        while at.is_none() && self.publications.iter().any(|p| p.publish_at == start) {
            start += 1;
        }
        if self.publications.iter().any(|p| p.publish_at == start) {
            return Err("publication_instant_taken");
        }
        if start < now && self.passed(start, now) {
            return Err("past_is_history");
        }
        let inherited = self.before(start).map_or(NEVER, |p| p.unpublish_at.min(p.cut_at));
        let end = end.unwrap_or(if inherited > start { inherited } else { NEVER });
        if end <= start || published_at.is_some_and(|date| date > start) {
            return Err("invalid");
        }
        let name = self.made;
        self.made += 1;
        self.publications.push(Publication {
            name,
            revision,
            follows: pin.is_none(),
            publish_at: start,
            unpublish_at: end,
            published_at,
            minor,
            cut_at: NEVER,
        });
        Ok(())
    }

    pub fn change(&mut self, now: i64, name: usize, at: Option<i64>, end: Option<i64>) -> Result<(), &'static str> {
        let p = self.publications.iter().find(|p| p.name == name).ok_or("not_found")?.clone();
        if now < p.publish_at && p.publish_at <= now + 1000 {
            return Err("starting");
        }
        let (mut start, mut unpublish_at) = (p.publish_at, p.unpublish_at);
        if let Some(at) = at.filter(|at| *at != p.publish_at) {
            if p.publish_at <= now {
                return Err("already_live");
            }
            if self.publications.iter().any(|q| q.name != name && q.publish_at == at) {
                return Err("publication_instant_taken");
            }
            if at < now && self.passed(at, now) {
                return Err("past_is_history");
            }
            start = at;
        }
        if let Some(end) = end {
            if end <= start {
                return Err("invalid");
            }
            if p.publish_at <= now && (self.in_force(now).is_none_or(|live| live.name != name) || end < now - 1000) {
                return Err("past_is_history");
            }
            unpublish_at = if p.publish_at <= now { end.max(now) } else { end };
        }
        if unpublish_at <= start && start != p.publish_at || p.published_at.is_some_and(|date| date > start) {
            return Err("invalid");
        }
        let p = self.publications.iter_mut().find(|p| p.name == name).ok_or("not_found")?;
        (p.publish_at, p.unpublish_at) = (start, unpublish_at);
        Ok(())
    }

    pub fn cancel(&mut self, now: i64, name: usize) -> Result<(), &'static str> {
        let start = self.publications.iter().find(|p| p.name == name).ok_or("not_found")?.publish_at;
        if start <= now {
            return Err("already_live");
        }
        if start <= now + 1000 {
            return Err("starting");
        }
        self.publications.retain(|p| p.name != name);
        Ok(())
    }

    pub fn unpublish(&mut self, now: i64, keep_scheduled: bool) -> Result<(), &'static str> {
        let name = self.in_force(now).ok_or("not_live")?.name;
        for p in self.publications.iter_mut().filter(|p| p.name == name) {
            p.unpublish_at = now.max(p.publish_at);
        }
        if !keep_scheduled {
            self.publications.retain(|p| p.publish_at <= now);
        }
        Ok(())
    }

    pub fn trash(&mut self, now: i64) {
        let live = self.in_force(now).map(|p| p.name);
        for p in &mut self.publications {
            if Some(p.name) == live {
                p.cut_at = now;
            } else if p.publish_at > now {
                p.cut_at = p.publish_at;
            }
        }
        self.is_trashed = true;
    }

    pub fn restore(&mut self, now: i64) {
        for p in self.publications.iter_mut().filter(|p| p.publish_at > now) {
            p.cut_at = NEVER;
        }
        self.is_trashed = false;
    }
}
