//! When a correction may still change: as publications do (contract 2.4), what began is history. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem};
use crate::kernel::settled::Settled;

/// The most corrections of one article, retracted ones included: all of them go out with it.
pub const MOST: usize = 50;
/// The most bytes of HTML that the text of one may become: a paragraph or two, with all their links.
pub const MOST_HTML_BYTES: usize = 16_384;

/// Where a correction stands at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionState {
    /// It lies ahead.
    Scheduled,
    /// It has begun: readers get it while the article is live.
    Live,
    /// It was taken back.
    Retracted,
}

/// Why nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// 409: readers saw it so, or are about to.
    Settled(Settled),
    /// 409: the article has as many as it may have.
    Full,
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
                "The correction has begun and stays as readers saw it. Delete it to retract it, and make another one.",
            ),
            Refused::Settled(Settled::Starting) => {
                Self::new(Code::Starting, "The correction begins within a second and is no longer changed.")
            }
            Refused::Full => Self::new(Code::CorrectionsFull, format!("The article has {MOST} corrections, which is the most.")),
        }
    }
}

/// Where one stands that begins and ends then.
pub fn state(from_at: Instant, until_at: Instant, now: Instant) -> CorrectionState {
    if from_at > now {
        CorrectionState::Scheduled
    } else if until_at > now {
        CorrectionState::Live
    } else {
        CorrectionState::Retracted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_one_stands_is_told_by_its_start_and_its_end() {
        let now: Instant = "2026-11-30T08:00:00.000Z".parse().unwrap();
        let at = |ms| now.plus_millis(ms);
        assert_eq!(state(at(1), Instant::NEVER, now), CorrectionState::Scheduled);
        assert_eq!(state(now, at(1), now), CorrectionState::Live);
        assert_eq!(state(at(-1), now, now), CorrectionState::Retracted);
    }
}
