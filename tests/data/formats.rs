//! Date-times and UUIDs of the JSON Schema test suite. Dateline takes less than the formats allow, never more; what it
//! does not take is listed here.

use dateline::kernel::id::ArticleId;
use dateline::kernel::instant::Instant;
use serde_json::Value;

use super::shared;

/// Valid date-times that are refused: the last second of a minute is 59, and a fraction has at most nine digits.
const NARROWER: [&str; 3] = ["1998-12-31T23:59:60Z", "1998-12-31T15:59:60.123-08:00", "1985-04-12T00:59:59.999999999999999Z"];

/// The strings of a format's vectors, each with whether it is valid.
fn vectors(format: &str) -> Vec<(String, bool)> {
    let Some(groups) = shared::json(&format!("formats/json-schema-test-suite/{format}.json")) else { return Vec::new() };
    let tests = groups.as_array().unwrap().iter().flat_map(|group| group["tests"].as_array().unwrap());
    tests.filter_map(|test| Some((test["data"].as_str()?.to_owned(), test["valid"] == Value::Bool(true)))).collect()
}

#[test]
fn date_times_are_those_of_rfc_3339_but_for_leap_seconds_and_endless_fractions() {
    for (text, is_valid) in vectors("date-time") {
        let is_taken = is_valid && !NARROWER.contains(&text.as_str());
        assert_eq!(text.parse::<Instant>().is_ok(), is_taken, "{text:?}");
    }
}

#[test]
fn ids_are_uuids_in_their_hyphenated_form() {
    for (text, is_valid) in vectors("uuid") {
        assert_eq!(text.parse::<ArticleId>().is_ok(), is_valid, "{text:?}");
    }
}
