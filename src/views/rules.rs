//! What counts as a view, and as of when counts are told.

pub mod programs;

use crate::kernel::instant::Instant;

/// A minute, in milliseconds.
pub const MINUTE_MS: i64 = 60_000;
/// An hour.
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
/// A day.
pub const DAY_MS: i64 = 24 * HOUR_MS;

/// A reader counts once per article in so many milliseconds: half an hour.
pub const ONCE_IN_MS: i64 = 30 * MINUTE_MS;
/// So many readers with one address count per article in that time, told apart by their `User-Agent`s: a household or a small office does, and
/// whoever makes up `User-Agent`s gets no further.
pub const MOST_OF_ADDRESS: i64 = 20;

/// So long after a minute its views are written, on every node.
const WRITTEN_AFTER_MS: i64 = 1000;

/// Up to which instant views are told: a whole minute, the last one of which every view is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told(Instant);

impl Told {
    /// What is told at an instant.
    pub fn at(now: Instant) -> Self {
        Self(now.plus_millis(-WRITTEN_AFTER_MS).floored(MINUTE_MS))
    }

    /// The instant from which on views are not told yet.
    pub fn until(self) -> Instant {
        self.0
    }

    /// When the next minute's are told as well.
    pub fn renewed_at(self) -> Instant {
        self.0.plus_millis(MINUTE_MS + WRITTEN_AFTER_MS)
    }
}

/// How far back views are looked at for what was read most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// 60 minutes.
    Hour,
    /// 24 hours and what has passed of the present hour.
    Day,
    /// Seven days and what has passed of the present hour.
    Week,
    /// 30 days and what has passed of the present day (in UTC).
    Month,
    /// For ever, with what was counted elsewhere before.
    All,
}

impl Window {
    /// All of them by name.
    pub const ALL: [(&'static str, Self); 5] =
        [("1h", Self::Hour), ("24h", Self::Day), ("7d", Self::Week), ("30d", Self::Month), ("all", Self::All)];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_is_renewed_once_a_minute_at_the_same_instant_everywhere() {
        let told = |now: &str| Told::at(now.parse().unwrap());
        let before = told("2026-11-30T08:00:00.999Z");
        assert_eq!(before.until().to_string(), "2026-11-30T07:59:00.000Z");
        assert_eq!(before.renewed_at().to_string(), "2026-11-30T08:00:01.000Z");
        assert_eq!(told("2026-11-30T08:00:01Z").until().to_string(), "2026-11-30T08:00:00.000Z");
        assert_eq!(told("2026-11-30T08:01:00.999Z"), told("2026-11-30T08:00:01Z"));
    }
}
