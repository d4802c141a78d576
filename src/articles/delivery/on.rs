//! `on=`: a year, a month or a day of a zone.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use super::filters::Filters;
use crate::articles::delivered::dates::Granularity;
use crate::categories::context::Delivery;
use crate::http::Collector;
use crate::kernel::instant::Instant;
use crate::kernel::zone::Zone;

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct On {
    /// How long it is.
    pub(super) granularity: Granularity,
    /// Its first day.
    first: Date,
}

/// The text is no date.
#[derive(Debug)]
pub(super) struct NoDate(&'static str);

impl fmt::Display for NoDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl FromStr for On {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let parts: Vec<&str> = text.split('-').collect();
        let number = |at: usize, digits: usize| match parts.get(at) {
            None => Some(1),
            Some(part) if part.len() == digits && part.bytes().all(|b| b.is_ascii_digit()) => part.parse::<i16>().ok(),
            Some(_) => None,
        };
        let granularity = match parts.len() {
            1 => Granularity::Year,
            2 => Granularity::Month,
            _ => Granularity::Day,
        };
        let [Some(year), Some(month), Some(day)] = [number(0, 4), number(1, 2), number(2, 2)] else {
            return Err(NoDate("a year, a month or a day is expected, such as 2021, 2021-02 or 2021-02-04"));
        };
        if parts.len() > 3 || year < 1 {
            return Err(NoDate("a year from 0001 on, a month or a day is expected, such as 2021, 2021-02 or 2021-02-04"));
        }
        let [month, day] = [month, day].map(|number| i8::try_from(number).unwrap_or(0));
        let first = Date::new(year, month, day).map_err(|_| NoDate("there is no such month or day"))?;
        Ok(Self { granularity, first })
    }
}

impl On {
    /// From its first instant to that behind its last one, by the clocks of a zone. Where a zone skipped it, there is none.
    pub(super) fn instants(self, zone: &Zone) -> [Instant; 2] {
        let ranges = zone.instants_of(self.first..=self.granularity.last(self.first));
        match (ranges.first(), ranges.last()) {
            (Some(first), Some(last)) => [first.start, last.end],
            _ => [zone.start_of(self.first); 2],
        }
    }
}

/// Reads it; it says what `others` would say.
pub(super) fn read(q: &mut Collector<'_>, others: &[&'static str]) -> Option<On> {
    if q.has("on")
        && let Some(other) = others.iter().find(|other| q.has(other))
    {
        q.error("on", "conflict", format!("give either `on` or `{other}`"));
    }
    q.check("on", "invalid_format", On::from_str)
}

impl Filters {
    /// The same with `on` and `time_zone` of a list, which stand for dates.
    pub(super) fn dated(self, q: &mut Collector<'_>, delivery: &Delivery) -> Self {
        let on = read(q, &["published_from", "published_before"]);
        let zone = q.zone("time_zone");
        if q.has("time_zone") && !q.has("on") {
            q.error("time_zone", "conflict", "it says by whose clocks `on` is; give `on` with it, or leave it out");
        }
        match on {
            Some(on) => self.within(on.instants(zone.as_ref().unwrap_or(&delivery.zone))),
            None => self,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_a_year_a_month_or_a_day_that_there_is() {
        let ashgabat: Zone = "Asia/Ashgabat".parse().unwrap();
        let instants = |text: &str| text.parse::<On>().unwrap().instants(&ashgabat).map(|at| at.to_string());
        assert_eq!(instants("2021"), ["2020-12-31T19:00:00.000Z", "2021-12-31T19:00:00.000Z"]);
        assert_eq!(instants("2020-02"), ["2020-01-31T19:00:00.000Z", "2020-02-29T19:00:00.000Z"]);
        assert_eq!(instants("2021-02-04"), ["2021-02-03T19:00:00.000Z", "2021-02-04T19:00:00.000Z"]);
        let skipped = "2011-12-30".parse::<On>().unwrap().instants(&"Pacific/Apia".parse().unwrap());
        assert_eq!(skipped[0], skipped[1]);
        for wrong in [
            "",
            "2021-13",
            "2021-02-29",
            "2021-00",
            "0000",
            "21",
            "2021-2",
            "2021-02-04-01",
            "+2021",
            "2021-02-",
            "202a",
            "20210204",
            "-001",
        ] {
            assert!(wrong.parse::<On>().is_err(), "{wrong}");
        }
        for edge in ["0001", "0001-01-01", "9999", "9999-12-31"] {
            edge.parse::<On>().unwrap().instants(&ashgabat);
        }
    }
}
