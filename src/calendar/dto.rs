//! Subscriptions to the calendar on the wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::id::{CalendarSubscriptionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::slug::Slug;
use crate::publications::rules::State;

/// What of the calendar is shown: everything, unless a member says what.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarFilters {
    /// Publications in any of these states, as of the instant at which they are read.
    #[serde(default)]
    #[schema(max_items = 4)]
    pub state: Vec<State>,
    /// Slugs of categories: what is shown names one of them or one below.
    #[serde(default)]
    #[schema(value_type = Vec<Slug>, max_items = 20)]
    pub category: Vec<String>,
    /// Slugs of authors: what is shown names one of them.
    #[serde(default)]
    #[schema(value_type = Vec<Slug>, max_items = 20)]
    pub author: Vec<String>,
}

/// A new subscription to the calendar.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarSubscriptionCreate {
    /// What a calendar program calls the calendar; the site's name unless said.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 100, pattern = "\\S")]
    pub name: Option<String>,
    /// What it shows.
    #[serde(default)]
    #[schema(nullable = false)]
    pub filters: CalendarFilters,
    /// For how many seconds it is good, at most 366 days; until it is revoked unless said.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 31_622_400)]
    pub expires_in: Option<i64>,
}

/// A subscription to the calendar as editors see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CalendarSubscription {
    /// Its id.
    pub id: CalendarSubscriptionId,
    /// What a calendar program calls the calendar; null = the site's name.
    #[schema(required)]
    pub name: Option<String>,
    /// What it shows.
    pub filters: CalendarFilters,
    /// Who made it. Once they may share no more it is revoked, and does not come back with their rights.
    pub created_by: UserId,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Instant,
    /// Until when it is good; null = until it is revoked.
    #[schema(value_type = Option<String>, format = DateTime, required)]
    pub expires_at: Option<Instant>,
}

/// A new subscription with its token.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct NewCalendarSubscription {
    /// The subscription.
    #[serde(flatten)]
    pub subscription: CalendarSubscription,
    /// What lets a calendar program read it: the parameter `token`. Shown this once.
    #[schema(min_length = 64, max_length = 64)]
    pub token: String,
    /// The address to give to a calendar program, with the token in it.
    #[schema(format = "uri")]
    pub url: String,
}

/// A calendar (RFC 5545) in UTF-8, in lines of up to 75 bytes that end with CRLF.
#[derive(ToSchema)]
#[schema(value_type = String)]
#[expect(dead_code, reason = "the document alone reads it")]
pub struct ICalendar(String);

crate::list_of! {
    /// A page of subscriptions.
    CalendarSubscriptionList of CalendarSubscription
}
