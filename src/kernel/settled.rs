//! When something that has a start may still be made or changed (contract 2.4 and 2.5): what readers saw stays, and what they are about to see has been decided.

use super::instant::Instant;

/// How old a "now" may be when it arrives, in milliseconds.
pub const LATE_MS: i64 = 1000;
/// How long before its start something no longer changes, in milliseconds: readers on another node may already have seen it.
pub const FREEZE_MS: i64 = 1000;

/// Why nothing changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It would stand where readers did not see it.
    Past,
    /// It began.
    Begun,
    /// It begins within a second.
    Starting,
}

/// When one begins that is to begin at `wanted`; missing = now, and so is what was now a second ago.
///
/// # Errors
/// [`Settled::Past`].
pub fn start(wanted: Option<Instant>, now: Instant) -> Result<Instant, Settled> {
    match wanted {
        None => Ok(now),
        Some(at) if at >= now => Ok(at),
        Some(at) if at.plus_millis(LATE_MS) >= now => Ok(now),
        Some(_) => Err(Settled::Past),
    }
}

/// Whether one that begins then may still change.
///
/// # Errors
/// [`Settled::Begun`] or [`Settled::Starting`].
pub fn may_change(start: Instant, now: Instant) -> Result<(), Settled> {
    if start <= now {
        Err(Settled::Begun)
    } else if start <= now.plus_millis(FREEZE_MS) {
        Err(Settled::Starting)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_now_or_later_is_settled_a_second_before() {
        let now: Instant = "2026-11-30T08:00:00.000Z".parse().unwrap();
        let at = |ms| now.plus_millis(ms);
        assert_eq!(start(None, now), Ok(now));
        assert_eq!([start(Some(at(-1000)), now), start(Some(now), now), start(Some(at(1)), now)], [Ok(now), Ok(now), Ok(at(1))]);
        assert_eq!(start(Some(at(-1001)), now), Err(Settled::Past));
        assert_eq!(may_change(at(1001), now), Ok(()));
        assert_eq!([may_change(at(1000), now), may_change(at(1), now)], [Err(Settled::Starting); 2]);
        assert_eq!([may_change(now, now), may_change(at(-9), now)], [Err(Settled::Begun); 2]);
    }
}
