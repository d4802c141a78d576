//! Times as callers give them: with an offset, or local in a zone that stands beside them.

use super::instant::{Instant, InvalidInstant};
use super::problem::FieldError;
use super::zone::{LocalTime, Zone};

/// An instant, and the local time as which it was given.
pub type Given = (Instant, Option<String>);

/// Reads a time: RFC 3339, or local in `zone`.
///
/// # Errors
/// The mistake, at `pointer`; where a clock change skips or repeats the time, with its `readings`.
pub fn time(pointer: &str, text: &str, zone: Option<&Zone>) -> Result<Given, FieldError> {
    let why = match text.parse::<Instant>() {
        Ok(instant) => return Ok((instant, None)),
        Err(why) => why,
    };
    let Ok(local) = text.parse::<LocalTime>() else {
        let code = if why == InvalidInstant::OutOfRange { "out_of_range" } else { "invalid_format" };
        return Err(FieldError::new(pointer, code, why.to_string()));
    };
    let Some(zone) = zone else {
        let detail = format!("{}, or give `time_zone` with it", InvalidInstant::NoOffset);
        return Err(FieldError::new(pointer, "no_time_zone", detail));
    };
    zone.instant(local).map(|instant| (instant, Some(local.to_string()))).map_err(|ambiguous| match ambiguous {
        None => FieldError::new(pointer, "out_of_range", InvalidInstant::OutOfRange.to_string()),
        Some(ambiguous) => {
            let (code, how) =
                if ambiguous.is_repeated { ("repeated_time", "shows that time twice") } else { ("skipped_time", "never shows that time") };
            let [first, second] = ambiguous.readings.map(|reading| reading.to_string());
            let detail = format!("a clock in {} {how}: give {first} or {second}", zone.name());
            FieldError::new(pointer, code, detail).with_readings(vec![first, second])
        }
    })
}
