//! The buckets by which dates are tallied, and which of them make up a range of dates. Pure.

use std::ops::Range;

use crate::kernel::instant::Instant;
use crate::kernel::zone::Zone;

const QUARTER_MS: i64 = 15 * 60 * 1000;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// Behind every date.
const END: Instant = Instant::LAST.following();

/// How long a bucket is. All begin at their time in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The list as a whole.
    Whole = 0,
    /// A month.
    Month = 1,
    /// A day.
    Day = 2,
    /// A quarter of an hour: what the offsets of zones are multiples of, but for some of long ago.
    Quarter = 3,
}

impl Level {
    /// From the longest to the shortest.
    pub(super) const ALL: [Self; 4] = [Self::Whole, Self::Month, Self::Day, Self::Quarter];

    /// As the database has it.
    pub(super) fn number(self) -> i64 {
        self as i64
    }

    /// The start of the bucket that a date lies in.
    pub fn bucket(self, date: Instant) -> Instant {
        match self {
            Self::Whole => Instant::FIRST,
            Self::Month => Zone::utc().start_of(Zone::utc().date(date).first_of_month()),
            Self::Day => date.floored(DAY_MS),
            Self::Quarter => date.floored(QUARTER_MS),
        }
    }

    /// Where the bucket that starts there ends.
    pub fn end(self, bucket: Instant) -> Instant {
        let end = match self {
            Self::Whole => END,
            Self::Month => Zone::utc().date(bucket).last_of_month().tomorrow().map_or(END, |next| Zone::utc().start_of(next)),
            Self::Day => bucket.plus_millis(DAY_MS),
            Self::Quarter => bucket.plus_millis(QUARTER_MS),
        };
        end.min(END)
    }

    fn finer(self) -> Option<Self> {
        Self::ALL.into_iter().find(|level| *level > self)
    }

    fn floor(self, date: Instant) -> Instant {
        if date >= END { END } else { self.bucket(date) }
    }

    fn ceil(self, date: Instant) -> Instant {
        let start = self.floor(date);
        if start == date { start } else { self.end(start) }
    }
}

/// Neighbouring buckets of one level, or, without a level, dates that fill no bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) level: Option<Level>,
    pub(super) dates: Range<Instant>,
}

/// Every date.
pub fn every_date() -> Range<Instant> {
    Instant::FIRST..END
}

/// The pieces that a range of dates is made of, in order: the longest buckets that lie within it, shorter ones at its edges.
pub(super) fn pieces(dates: &Range<Instant>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    cut(Some(Level::Whole), dates.start.max(Instant::FIRST)..dates.end.min(END), &mut pieces);
    pieces
}

fn cut(level: Option<Level>, dates: Range<Instant>, pieces: &mut Vec<Piece>) {
    if dates.is_empty() {
        return;
    }
    let Some(buckets) = level else { return pieces.push(Piece { level, dates }) };
    let (start, end) = (buckets.ceil(dates.start), buckets.floor(dates.end));
    if start < end {
        cut(buckets.finer(), dates.start..start, pieces);
        pieces.push(Piece { level, dates: start..end });
        cut(buckets.finer(), end..dates.end, pieces);
    } else {
        cut(buckets.finer(), dates, pieces);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn cut_of(from: &str, before: &str) -> Vec<(Option<Level>, String, String)> {
        let short = |at: Instant| at.to_string().replace(":00.000Z", "Z").replace("T00:00Z", "");
        pieces(&(at(from)..at(before))).into_iter().map(|p| (p.level, short(p.dates.start), short(p.dates.end))).collect()
    }

    #[test]
    fn a_range_is_made_of_the_longest_buckets_and_shorter_ones_at_its_edges() {
        let piece = |level, from: &str, before: &str| (level, from.to_owned(), before.to_owned());
        assert_eq!(
            cut_of("2021-01-30T23:29:59.999Z", "2021-03-02T00:20:00Z"),
            [
                piece(None, "2021-01-30T23:29:59.999Z", "2021-01-30T23:30Z"),
                piece(Some(Level::Quarter), "2021-01-30T23:30Z", "2021-01-31"),
                piece(Some(Level::Day), "2021-01-31", "2021-02-01"),
                piece(Some(Level::Month), "2021-02-01", "2021-03-01"),
                piece(Some(Level::Day), "2021-03-01", "2021-03-02"),
                piece(Some(Level::Quarter), "2021-03-02", "2021-03-02T00:15Z"),
                piece(None, "2021-03-02T00:15Z", "2021-03-02T00:20Z"),
            ]
        );
        assert_eq!(cut_of("2021-03-02T00:16:00Z", "2021-03-02T00:20:00Z").len(), 1);
        assert!(pieces(&(at("2021-03-02T00:20:00Z")..at("2021-03-02T00:16:00Z"))).is_empty());
    }

    #[test]
    fn every_date_is_one_bucket_and_the_first_and_last_instants_lie_in_some() {
        assert_eq!(pieces(&every_date()), [Piece { level: Some(Level::Whole), dates: every_date() }]);
        let before_time = Instant::FIRST.plus_millis(-1);
        assert_eq!(pieces(&(before_time..Instant::NEVER)), pieces(&every_date()));
        for edge in [Instant::FIRST, Instant::LAST, at("1969-12-31T23:59:59.999Z"), at("2024-02-29T12:00:00Z")] {
            for level in Level::ALL {
                let bucket = level.bucket(edge);
                assert!(bucket <= edge && edge < level.end(bucket), "{level:?} of {edge}");
                assert_eq!(level.bucket(level.end(bucket).plus_millis(-1)), bucket, "{level:?} of {edge}");
            }
        }
    }
}
