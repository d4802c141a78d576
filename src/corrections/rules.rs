//! When a correction may still change: as publications do (contract 2.4), what began is history. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem};

/// The most corrections of one article, retracted ones included: all of them go out with it.
pub const MOST: usize = 50;
/// The most bytes of HTML that the text of one may become: a paragraph or two, with all their links.
pub const MOST_HTML_BYTES: usize = 16_384;

/// How old a "now" may be when it arrives.
const LATE_MS: i64 = 1000;
/// How long before it begins it no longer changes.
const FREEZE_MS: i64 = 1000;

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
    /// 409: it would stand where readers did not see it.
    PastIsHistory,
    /// 409: it began.
    AlreadyLive,
    /// 409: it begins within a second.
    Starting,
    /// 409: the article has as many as it may have.
    Full,
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::PastIsHistory => {
                Self::new(Code::PastIsHistory, "That lies in the past, when readers did not see it. Give an instant from now on, or none.")
            }
            Refused::AlreadyLive => Self::new(
                Code::AlreadyLive,
                "The correction has begun and stays as readers saw it. Delete it to retract it, and make another one.",
            ),
            Refused::Starting => Self::new(Code::Starting, "The correction begins within a second and is no longer changed."),
            Refused::Full => Self::new(Code::CorrectionsFull, format!("The article has {MOST} corrections, which is the most.")),
        }
    }
}

/// When one begins that is to begin at `wanted`; missing = now, and so is what was now a second ago.
///
/// # Errors
/// [`Refused::PastIsHistory`].
pub fn start(wanted: Option<Instant>, now: Instant) -> Result<Instant, Refused> {
    match wanted {
        None => Ok(now),
        Some(at) if at >= now => Ok(at),
        Some(at) if at.plus_millis(LATE_MS) >= now => Ok(now),
        Some(_) => Err(Refused::PastIsHistory),
    }
}

/// Whether one that begins then may still change.
///
/// # Errors
/// [`Refused::AlreadyLive`] or [`Refused::Starting`].
pub fn may_change(from_at: Instant, now: Instant) -> Result<(), Refused> {
    if from_at <= now {
        Err(Refused::AlreadyLive)
    } else if from_at <= now.plus_millis(FREEZE_MS) {
        Err(Refused::Starting)
    } else {
        Ok(())
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
    fn one_begins_now_or_later_and_is_settled_a_second_before() {
        let now: Instant = "2026-11-30T08:00:00.000Z".parse().unwrap();
        let at = |ms| now.plus_millis(ms);
        assert_eq!(start(None, now), Ok(now));
        assert_eq!([start(Some(at(-1000)), now), start(Some(now), now), start(Some(at(1)), now)], [Ok(now), Ok(now), Ok(at(1))]);
        assert_eq!(start(Some(at(-1001)), now), Err(Refused::PastIsHistory));
        assert_eq!(may_change(at(1001), now), Ok(()));
        assert_eq!([may_change(at(1000), now), may_change(at(1), now)], [Err(Refused::Starting); 2]);
        assert_eq!([may_change(now, now), may_change(at(-9), now)], [Err(Refused::AlreadyLive); 2]);
        assert_eq!(state(at(1), Instant::NEVER, now), CorrectionState::Scheduled);
        assert_eq!(state(now, at(1), now), CorrectionState::Live);
        assert_eq!(state(at(-1), now, now), CorrectionState::Retracted);
    }
}
