//! Time zones of the IANA database, which lies inside the binary: local times to instants and back, and the days and months of a zone.

use std::fmt;
use std::ops::{Range, RangeInclusive};
use std::str::FromStr;

use jiff::civil::{Date, DateTime};
use jiff::tz::{Offset, TimeZone};

use super::instant::{Instant, InvalidInstant, local_fields};

/// A zone by its IANA name, such as `Asia/Ashgabat`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// No zone has this name.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a time zone of the IANA database, such as Asia/Ashgabat or UTC")]
pub struct UnknownZone(String);

/// A time as a clock on a wall shows it: `2026-11-30T09:00`, seconds optional, no offset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LocalTime(DateTime);

/// A local time that a clock change skips or repeats; with the two instants that could have been meant, the earlier first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ambiguous {
    /// `true` if the clock shows this time twice, `false` if never.
    pub is_repeated: bool,
    /// By the offset before the change and by that after it, in order of time.
    pub readings: [Instant; 2],
}

impl Zone {
    /// Coordinated universal time.
    pub fn utc() -> Self {
        Self(TimeZone::UTC)
    }

    /// The zone's name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The one instant at which clocks of this zone show `local`.
    ///
    /// # Errors
    /// The two readings, where a clock change skips or repeats it. `Err(None)` outside of the years 1 to 9999.
    pub fn instant(&self, local: LocalTime) -> Result<Instant, Option<Ambiguous>> {
        let at = |offset: Offset| offset.to_timestamp(local.0).ok().and_then(|t| Instant::from_millis(t.as_millisecond()));
        let ambiguous = self.0.to_ambiguous_timestamp(local.0);
        match ambiguous.offset() {
            jiff::tz::AmbiguousOffset::Unambiguous { offset } => at(offset).ok_or(None),
            jiff::tz::AmbiguousOffset::Gap { before, after } | jiff::tz::AmbiguousOffset::Fold { before, after } => {
                let (a, b) = (at(before).ok_or(None)?, at(after).ok_or(None)?);
                let is_repeated = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Fold { .. });
                Err(Some(Ambiguous { is_repeated, readings: [a.min(b), a.max(b)] }))
            }
        }
    }

    /// What clocks of this zone show at `instant`.
    pub fn local(&self, instant: Instant) -> LocalTime {
        LocalTime(self.0.to_datetime(instant.timestamp()))
    }

    /// The day of this zone on which `instant` lies.
    pub fn date(&self, instant: Instant) -> Date {
        self.local(instant).0.date()
    }

    /// The first instant of a day of this zone; where the day is skipped or has no midnight, the first one after.
    pub fn start_of(&self, date: Date) -> Instant {
        let midnight = date.at(0, 0, 0, 0);
        let start = self.0.to_ambiguous_timestamp(midnight).compatible().map_or(i64::MIN, |t| t.as_millisecond());
        Instant(start)
    }

    /// The instants at which clocks of this zone show one of these days, in order: one range, none for a day that is skipped, several where clocks were
    /// set back from one day into the day before.
    pub fn instants_of(&self, days: RangeInclusive<Date>) -> Vec<Range<Instant>> {
        let midnight = |day: Date| Self::utc().start_of(day);
        let (first, end) = (midnight(*days.start()), midnight(*days.end()).plus_millis(DAY_MS));
        // Between two changes of the offset a day is a range.
        let (mut from, until) = (first.plus_millis(-MOST_OFFSET_MS), end.plus_millis(MOST_OFFSET_MS));
        let mut offset = self.0.to_offset(from.timestamp());
        let mut changes = self.0.following(from.timestamp());
        let mut ranges: Vec<Range<Instant>> = Vec::new();
        loop {
            let change = changes.next().filter(|change| change.timestamp().as_millisecond() < until.0);
            let to = change.as_ref().map_or(until, |change| Instant(change.timestamp().as_millisecond()));
            let [start, stop] = [first, end].map(|at| at.plus_millis(-i64::from(offset.seconds()) * 1000).max(from).min(to));
            match ranges.last_mut().filter(|last| last.end == start) {
                _ if start >= stop => {}
                Some(last) => last.end = stop,
                None => ranges.push(start..stop),
            }
            let Some(change) = change else { return ranges };
            (from, offset) = (to, change.offset());
        }
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// No clock is further from UTC.
const MOST_OFFSET_MS: i64 = 26 * 60 * 60 * 1000;

impl FromStr for Zone {
    type Err = UnknownZone;

    fn from_str(name: &str) -> Result<Self, UnknownZone> {
        let unknown = || UnknownZone(name.chars().take(60).collect());
        // "Local" and POSIX strings are not names; jiff's own database would read neither, but say so before asking it.
        if !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/".contains(&b)) {
            return Err(unknown());
        }
        TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some()).map(Self).ok_or_else(unknown)
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.subsec_nanosecond() {
            0 => write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S")),
            _ => write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S%.3f")),
        }
    }
}

impl FromStr for LocalTime {
    type Err = InvalidInstant;

    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        match local_fields(text) {
            Some((fields, "")) => fields.datetime().map(Self),
            _ => Err(InvalidInstant::Malformed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(zone: &str, local: &str) -> Result<String, (bool, Vec<String>)> {
        let zone: Zone = zone.parse().unwrap();
        let read = zone.instant(local.parse().unwrap());
        read.map(|i| i.to_string()).map_err(|a| a.map(|a| (a.is_repeated, a.readings.map(|r| r.to_string()).to_vec())).unwrap())
    }

    #[test]
    fn a_local_time_is_an_instant_unless_a_clock_change_skips_or_repeats_it() {
        assert_eq!(at("Asia/Ashgabat", "2026-11-30T09:00").unwrap(), "2026-11-30T04:00:00.000Z");
        let (repeated, readings) = at("Europe/Berlin", "2026-03-29T02:30").unwrap_err();
        assert!(!repeated);
        assert_eq!(readings, ["2026-03-29T00:30:00.000Z", "2026-03-29T01:30:00.000Z"]);
        let (repeated, readings) = at("Europe/Berlin", "2026-10-25T02:30:00").unwrap_err();
        assert!(repeated);
        assert_eq!(readings, ["2026-10-25T00:30:00.000Z", "2026-10-25T01:30:00.000Z"]);
    }

    #[test]
    fn zones_are_known_by_their_names_alone() {
        assert_eq!("Asia/Ashgabat".parse::<Zone>().unwrap().name(), "Asia/Ashgabat");
        assert_eq!("UTC".parse::<Zone>().unwrap().name(), "UTC");
        for wrong in ["", "Mars/Phobos", "EST5EDT,M3.2.0,M11.1.0", "+05:00", "local", "../etc/passwd", "Asia/Ashgabat\0"] {
            assert!(wrong.parse::<Zone>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_day_is_the_instants_at_which_clocks_show_it() {
        let ranges = |zone: &str, day: &str| {
            let (zone, day): (Zone, Date) = (zone.parse().unwrap(), day.parse().unwrap());
            let ranges = zone.instants_of(day..=day);
            for range in &ranges {
                assert_eq!([range.start, range.end.plus_millis(-1)].map(|at| zone.date(at)), [day, day]);
                assert!([range.start.plus_millis(-1), range.end].iter().all(|at| zone.date(*at) != day));
            }
            ranges.iter().map(|range| format!("{} {}", range.start, (range.end.0 - range.start.0) / 60_000)).collect::<Vec<_>>()
        };
        assert_eq!(ranges("Asia/Kathmandu", "2026-11-30"), ["2026-11-29T18:15:00.000Z 1440"]);
        assert_eq!(ranges("Europe/Berlin", "2026-03-29"), ["2026-03-28T23:00:00.000Z 1380"]);
        assert_eq!(ranges("Europe/Berlin", "2026-10-25"), ["2026-10-24T22:00:00.000Z 1500"]);
        assert_eq!(ranges("Pacific/Apia", "2011-12-30"), [""; 0]);
        // At one minute past midnight clocks went back to 23:01.
        assert_eq!(ranges("America/St_Johns", "2010-11-07"), ["2010-11-07T02:30:00.000Z 1", "2010-11-07T03:30:00.000Z 1440"]);
        assert_eq!(ranges("America/St_Johns", "2010-11-06"), ["2010-11-06T02:30:00.000Z 1440", "2010-11-07T02:31:00.000Z 59"]);
        assert_eq!(ranges("UTC", "9999-12-29"), ["9999-12-29T00:00:00.000Z 1440"]);
    }
}
