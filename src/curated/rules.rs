//! Which edition of a list is shown when, and until when it may change (contract 2.1, 2.4 and 2.5). Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem};
use crate::kernel::settled::Settled;

/// Where an edition stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum EditionState {
    /// It lies ahead.
    Scheduled,
    /// It is what readers get.
    Live,
    /// A later one took its place.
    Replaced,
}

/// Why nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 409: readers saw it so, or are about to.
    Settled(Settled),
    /// 409: another edition of the list begins then.
    InstantTaken(Instant),
}

impl From<Settled> for Refused {
    fn from(settled: Settled) -> Self {
        Self::Settled(settled)
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Settled(Settled::Past) => {
                Self::new(Code::PastIsHistory, "That lies in the past, when readers did not see it. Give an instant from now on, or none.")
            }
            Refused::Settled(Settled::Begun) => Self::new(
                Code::AlreadyLive,
                "The edition has begun and stays as readers saw it. Give the list other `slots`, which is another edition.",
            ),
            Refused::Settled(Settled::Starting) => {
                Self::new(Code::Starting, "The edition begins within a second and is no longer changed.")
            }
            Refused::InstantTaken(at) => Self::new(
                Code::EditionInstantTaken,
                format!("An edition of this list begins at {at} already. Choose another instant, or change that one."),
            ),
        }
    }
}

/// Where one stands that begins then, of those that begin at `starts`, in any order.
pub fn state(start: Instant, starts: &[Instant], now: Instant) -> EditionState {
    if start > now {
        EditionState::Scheduled
    } else if starts.iter().any(|other| *other > start && *other <= now) {
        EditionState::Replaced
    } else {
        EditionState::Live
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_those_that_have_begun_the_last_one_is_live() {
        let now: Instant = "2026-11-30T08:00:00.000Z".parse().unwrap();
        let starts = [-2, -1, 0, 1].map(|ms| now.plus_millis(ms));
        let states = starts.map(|start| state(start, &starts, now));
        assert_eq!(states, [EditionState::Replaced, EditionState::Replaced, EditionState::Live, EditionState::Scheduled]);
    }
}
