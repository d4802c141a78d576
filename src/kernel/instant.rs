//! Instants: whole milliseconds since 1970-01-01T00:00:00Z. They come in as RFC 3339 with any offset and go out as RFC 3339 in
//! UTC with three digits of a second, always.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A point in time, exact to the millisecond, from year 1 to year 9999: up to the last instant that has a local time in every zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(pub(crate) i64);

/// 0001-01-01T00:00:00.000Z
const FIRST: i64 = -62_135_596_800_000;
/// 9999-12-30T22:00:00.000Z
const LAST: i64 = 253_402_207_200_000;

/// Why a text is not an instant. Its words are for the person who wrote it.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidInstant {
    /// The offset is missing: a local time needs a zone beside it.
    #[error("it has no offset: write Z or an offset such as +05:00")]
    NoOffset,
    /// A `+` of a URL that was not escaped.
    #[error("there is a space where an offset was meant: write + as %2B in a URL")]
    SpaceForPlus,
    /// A 61st second.
    #[error("leap seconds are not taken: the last second of a minute is 59")]
    LeapSecond,
    /// Before the first instant or after the last one.
    #[error("instants are taken from {first} to {last}, the last one that has a local time in every zone", first = Instant::FIRST, last = Instant::LAST)]
    OutOfRange,
    /// Anything else.
    #[error("it is not an RFC 3339 date-time such as 2026-11-30T09:00:00+01:00")]
    Malformed,
}

impl Instant {
    /// Later than every instant: "no end".
    pub const NEVER: Self = Self(i64::MAX);

    /// The first instant of the year 1: earlier than every other one.
    pub const FIRST: Self = Self(FIRST);

    /// The last one.
    pub const LAST: Self = Self(LAST);

    /// From milliseconds since 1970; `None` before [`Instant::FIRST`] and after [`Instant::LAST`].
    pub fn from_millis(millis: i64) -> Option<Self> {
        (FIRST..=LAST).contains(&millis).then_some(Self(millis))
    }

    /// Milliseconds since 1970.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// The instant so many milliseconds later, or earlier if negative.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// The next millisecond.
    #[must_use]
    pub const fn following(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// The latest multiple of so many milliseconds that is not later.
    #[must_use]
    pub fn floored(self, millis: i64) -> Self {
        Self(self.0.div_euclid(millis).saturating_mul(millis))
    }

    /// `None` if this is [`Instant::NEVER`].
    pub fn bounded(self) -> Option<Self> {
        (self != Self::NEVER).then_some(self)
    }

    /// The same instant for the calendar library.
    /// As RSS tells it (RFC 822, with four digits of the year), in UTC and whole seconds.
    pub fn rfc_822(self) -> String {
        self.timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
    }

    pub(crate) fn timestamp(self) -> jiff::Timestamp {
        jiff::Timestamp::from_millisecond(self.0.clamp(FIRST, LAST)).expect("the years 1 to 9999 are within its range")
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.timestamp())
    }
}

/// The fields of a local date and time as they stand in a text; the rest of the text behind them.
pub(crate) fn local_fields(text: &str) -> Option<(LocalFields, &str)> {
    let bytes = text.as_bytes();
    let digits = |from: usize, to: usize| -> Option<i16> {
        let part = bytes.get(from..to)?;
        part.iter().all(u8::is_ascii_digit).then(|| part.iter().fold(0, |n, d| n * 10 + i16::from(d - b'0')))
    };
    let is = |at: usize, wanted: &[u8]| bytes.get(at).is_some_and(|b| wanted.contains(b));
    if !(is(4, b"-") && is(7, b"-") && is(10, b"Tt") && is(13, b":")) {
        return None;
    }
    let mut fields = LocalFields {
        year: digits(0, 4)?,
        month: digits(5, 7)?,
        day: digits(8, 10)?,
        hour: digits(11, 13)?,
        minute: digits(14, 16)?,
        ..LocalFields::default()
    };
    let mut at = 16;
    if is(16, b":") {
        fields.second = Some(digits(17, 19)?);
        at = 19;
        if is(19, b".") {
            let fraction = &bytes[20..];
            let length = fraction.iter().take_while(|b| b.is_ascii_digit()).count();
            if !(1..=9).contains(&length) {
                return None;
            }
            fields.millis = (0..3).fold(0, |n, i| n * 10 + if i < length { i16::from(fraction[i] - b'0') } else { 0 });
            at = 20 + length;
        }
    }
    Some((fields, &text[at..]))
}

/// See [`local_fields`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LocalFields {
    year: i16,
    month: i16,
    day: i16,
    hour: i16,
    minute: i16,
    second: Option<i16>,
    millis: i16,
}

impl LocalFields {
    /// As a date and time of the calendar, if there is such a one.
    pub(crate) fn datetime(self) -> Result<jiff::civil::DateTime, InvalidInstant> {
        let second = self.second.unwrap_or(0);
        if second == 60 {
            return Err(InvalidInstant::LeapSecond);
        }
        if self.year == 0 {
            return Err(InvalidInstant::OutOfRange);
        }
        let small = |n: i16| i8::try_from(n).map_err(|_| InvalidInstant::Malformed);
        jiff::civil::DateTime::new(
            self.year,
            small(self.month)?,
            small(self.day)?,
            small(self.hour)?,
            small(self.minute)?,
            small(second)?,
            i32::from(self.millis) * 1_000_000,
        )
        .map_err(|_| InvalidInstant::Malformed)
    }
}

/// The offset in seconds: `Z`, `z` or `+hh:mm`.
fn offset_seconds(text: &str) -> Result<i64, InvalidInstant> {
    let bytes = text.as_bytes();
    match bytes {
        [] => Err(InvalidInstant::NoOffset),
        [b'Z' | b'z'] => Ok(0),
        [sign, h1, h2, b':', m1, m2] if [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit()) => {
            let two = |a: &u8, b: &u8| i64::from(a - b'0') * 10 + i64::from(b - b'0');
            let (hours, minutes) = (two(h1, h2), two(m1, m2));
            let seconds = hours * 3600 + minutes * 60;
            match sign {
                b' ' => Err(InvalidInstant::SpaceForPlus),
                _ if hours > 23 || minutes > 59 => Err(InvalidInstant::Malformed),
                b'+' => Ok(seconds),
                b'-' => Ok(-seconds),
                _ => Err(InvalidInstant::Malformed),
            }
        }
        _ => Err(InvalidInstant::Malformed),
    }
}

impl FromStr for Instant {
    type Err = InvalidInstant;

    /// RFC 3339 section 5.6, with up to nine digits of a second, cut to milliseconds. Seconds must be there.
    fn from_str(text: &str) -> Result<Self, InvalidInstant> {
        let (fields, rest) = local_fields(text).ok_or(InvalidInstant::Malformed)?;
        let local = fields.datetime()?;
        if fields.second.is_none() && !rest.is_empty() {
            return Err(InvalidInstant::Malformed);
        }
        let offset = offset_seconds(rest)?;
        // The local time itself may lie beyond the last instant that there is.
        let utc = local.checked_sub(jiff::SignedDuration::from_secs(offset)).and_then(|utc| jiff::tz::TimeZone::UTC.to_timestamp(utc));
        let utc = utc.map_err(|_| InvalidInstant::OutOfRange)?;
        Self::from_millis(utc.as_millisecond()).ok_or(InvalidInstant::OutOfRange)
    }
}

impl Serialize for Instant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_offset_comes_in_and_utc_with_milliseconds_goes_out() {
        for (given, out) in [
            ("2026-11-30T09:00:00+05:00", "2026-11-30T04:00:00.000Z"),
            ("2026-11-30t09:00:00z", "2026-11-30T09:00:00.000Z"),
            ("2026-11-30T09:00:00.123999999-12:00", "2026-11-30T21:00:00.123Z"),
            ("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z"),
            ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"),
            ("9999-12-30T21:00:00-01:00", "9999-12-30T22:00:00.000Z"),
            ("9999-12-31T12:00:00+14:00", "9999-12-30T22:00:00.000Z"),
            ("0001-01-01T00:00:00.001+00:00", "0001-01-01T00:00:00.001Z"),
            ("2024-02-29T23:59:59.1+14:00", "2024-02-29T09:59:59.100Z"),
        ] {
            assert_eq!(given.parse::<Instant>().unwrap().to_string(), out);
        }
    }

    #[test]
    fn what_is_not_an_instant_is_refused_with_the_reason() {
        use InvalidInstant::*;
        for (given, why) in [
            ("2026-11-30T09:00:00", NoOffset),
            ("2026-11-30T09:00", NoOffset),
            ("2026-11-30T09:00:00 05:00", SpaceForPlus),
            ("2026-12-31T23:59:60Z", LeapSecond),
            ("0000-01-01T00:00:00Z", OutOfRange),
            ("9999-12-31T23:59:59-01:00", OutOfRange),
            ("9999-12-30T21:00:00.001-01:00", OutOfRange),
            ("2026-11-30 09:00:00Z", Malformed),
            ("2026-11-30T09:00Z", Malformed),
            ("2026-02-29T09:00:00Z", Malformed),
            ("2026-11-30T24:00:00Z", Malformed),
            ("2026-11-30T09:00:00.Z", Malformed),
            ("2026-11-30T09:00:00.1234567890Z", Malformed),
            ("2026-11-30T09:00:00+24:00", Malformed),
            ("2026-11-30T09:00:00+0500", Malformed),
            ("2026-11-3\u{665}T09:00:00Z", Malformed),
            ("10000-01-01T00:00:00Z", Malformed),
            ("", Malformed),
        ] {
            assert_eq!(given.parse::<Instant>(), Err(why), "{given}");
        }
    }
}
