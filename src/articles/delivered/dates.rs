//! Dates of publication as readers get them.

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

/// How long the time is that one date stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Granularity {
    /// A year.
    Year,
    /// A month.
    Month,
    /// A day.
    Day,
}

impl Granularity {
    /// All, by their names.
    pub const ALL: &[(&'static str, Self)] = &[("year", Self::Year), ("month", Self::Month), ("day", Self::Day)];

    /// The first day of the year, month or day that a day is in.
    pub fn first(self, day: Date) -> Date {
        match self {
            Self::Year => day.first_of_year(),
            Self::Month => day.first_of_month(),
            Self::Day => day,
        }
    }

    /// The last one.
    pub fn last(self, day: Date) -> Date {
        match self {
            Self::Year => day.last_of_year(),
            Self::Month => day.last_of_month(),
            Self::Day => day,
        }
    }

    /// The name of what a day is in, such as `2021-02`.
    pub fn name(self, day: Date) -> String {
        match self {
            Self::Year => format!("{:04}", day.year()),
            Self::Month => format!("{:04}-{:02}", day.year(), day.month()),
            Self::Day => day.to_string(),
        }
    }
}

/// A year, month or day on which articles were published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationDate {
    /// `2021`, `2021-02` or `2021-02-04`, by the granularity.
    #[schema(pattern = "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$", example = "2021-02-04")]
    pub date: String,
    /// How many of the articles that are live.
    #[schema(minimum = 1)]
    pub articles: i64,
}

/// The dates on which live articles were published.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicationDates {
    /// The dates, the newest first; none without articles.
    pub data: Vec<PublicationDate>,
    /// What each of them stands for.
    pub granularity: Granularity,
    /// The zone whose clocks tell the day, by its IANA name.
    #[schema(example = "Asia/Ashgabat")]
    pub time_zone: String,
    /// With `on`: the latest year, month or day before it that has articles; `null` if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false, example = "2021-02-03")]
    pub previous: Option<Option<String>>,
    /// With `on`: the first one after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, required = false, example = "2021-02-07")]
    pub next: Option<Option<String>>,
}
