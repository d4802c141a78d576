//! Where an article stands at an instant (contract 2), and where it will stand if nothing of it is written any more. Pure.

use super::{Publication, has_begun, in_force};
use crate::kernel::instant::Instant;

/// Where an article stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// In the trash.
    Trashed,
    /// Live, with newer saved text.
    Changed,
    /// Live.
    Live,
    /// A publication lies ahead.
    Scheduled,
    /// It was live.
    Ended,
    /// None of these.
    Draft,
}

impl Status {
    /// Every status with its name on the wire and in the database.
    pub const ALL: [(&'static str, Self); 6] = [
        ("trashed", Self::Trashed),
        ("changed", Self::Changed),
        ("live", Self::Live),
        ("scheduled", Self::Scheduled),
        ("ended", Self::Ended),
        ("draft", Self::Draft),
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, status)| *status == self).map_or("", |(name, _)| name)
    }

    /// The status of this name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(other, _)| *other == name).map(|(_, status)| *status)
    }
}

/// What a status is derived from besides the instant.
#[derive(Clone, Copy, Debug)]
pub struct Written<'a> {
    /// All publications, in order of their starts.
    pub history: &'a [Publication],
    /// The number of the newest save.
    pub newest: i64,
    /// Whether the article is in the trash.
    pub is_trashed: bool,
}

impl Written<'_> {
    /// The first status that applies at an instant.
    pub fn status(&self, at: Instant) -> Status {
        if self.is_trashed {
            return Status::Trashed;
        }
        match in_force(self.history, at) {
            Some(live) if live.revision < self.newest => Status::Changed,
            Some(_) => Status::Live,
            None if self.history.last().is_some_and(|last| last.publish_at > at) => Status::Scheduled,
            None if self.history.iter().any(|p| has_begun(p, at)) => Status::Ended,
            None => Status::Draft,
        }
    }

    /// Where it stands from when until when, the present standing first; that one is as if it had always been. Without gaps, and no two
    /// neighbours alike.
    pub fn standings(&self, now: Instant) -> Vec<Standing> {
        let mut standings = vec![Standing { status: self.status(now), from_at: Instant::FIRST, until_at: Instant::NEVER }];
        for at in self.turns(now) {
            let status = self.status(at);
            if let Some(last) = standings.last_mut().filter(|last| last.status != status) {
                last.until_at = at;
                standings.push(Standing { status, from_at: at, until_at: Instant::NEVER });
            }
        }
        standings
    }

    /// When its status may change by itself, in order of time.
    fn turns(&self, now: Instant) -> Vec<Instant> {
        if self.is_trashed {
            return Vec::new();
        }
        let ends = self.history.iter().flat_map(|p| [p.publish_at, p.ends_at]);
        let mut turns: Vec<Instant> = ends.filter(|at| *at > now && *at != Instant::NEVER).collect();
        turns.sort_unstable();
        turns.dedup();
        turns
    }
}

/// A stretch of time in which an article has one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The status.
    pub status: Status,
    /// Its first instant.
    pub from_at: Instant,
    /// The first instant after it.
    pub until_at: Instant,
}
