//! Local times, days and names of zones against facts computed from the IANA database.

use dateline::kernel::instant::Instant;
use dateline::kernel::zone::{LocalTime, Zone};
use serde_json::Value;

use super::shared;

const FACTS: &str = "time-zones/facts.json";

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} is missing in {value}"))
}

fn zone(value: &Value) -> Zone {
    text(value, "zone").parse().unwrap()
}

fn instant(value: &Value, name: &str) -> Instant {
    text(value, name).parse().unwrap()
}

#[test]
fn a_local_time_is_one_instant_or_is_refused_with_both_readings() {
    let Some(facts) = shared::json(FACTS) else { return };
    for case in facts["local_times"].as_array().unwrap() {
        let local: LocalTime = text(case, "local").parse().unwrap();
        let read = zone(case).instant(local);
        let listed = |name: &str, of: fn(&Value) -> &Value| -> Vec<String> {
            let mut instants: Vec<Instant> =
                case[name].as_array().unwrap().iter().map(|v| of(v).as_str().unwrap().parse().unwrap()).collect();
            instants.sort();
            instants.iter().map(Instant::to_string).collect()
        };
        match text(case, "kind") {
            "unique" => assert_eq!(listed("instants", |v| v), [read.unwrap().to_string()], "{case}"),
            kind => {
                let ambiguous = read.unwrap_err().unwrap();
                let readings = ambiguous.readings.map(|r| r.to_string());
                assert_eq!(ambiguous.is_repeated, kind == "repeated", "{case}");
                let wanted = if ambiguous.is_repeated { listed("instants", |v| v) } else { listed("readings", |v| &v["instant"]) };
                assert_eq!(wanted, readings, "{case}");
            }
        }
    }
}

#[test]
fn an_instant_lies_on_the_day_that_clocks_of_the_zone_show() {
    let Some(facts) = shared::json(FACTS) else { return };
    for case in facts["local_days_of_instants"].as_array().unwrap() {
        let (zone, instant) = (zone(case), instant(case, "instant"));
        assert_eq!(zone.date(instant).to_string(), text(case, "local_date"), "{case}");
        assert_eq!(zone.local(instant), text(case, "local").parse().unwrap(), "{case}");
    }
}

#[test]
fn a_day_has_as_many_minutes_as_clocks_of_the_zone_show_of_it() {
    let Some(facts) = shared::json(FACTS) else { return };
    for case in facts["day_lengths"].as_array().unwrap() {
        let zone = zone(case);
        let day: jiff::civil::Date = text(case, "local_date").parse().unwrap();
        let [start, end] = [day, day.tomorrow().unwrap()].map(|day| zone.start_of(day));
        assert_eq!((end.millis() - start.millis()) / 60_000, case["minutes"].as_i64().unwrap(), "{case}");
        if case["minutes"] != 0 {
            assert_eq!(start, instant(case, "first_instant"), "{case}");
            assert_eq!(end, instant(case, "end_instant"), "{case}");
        }
    }
}

#[test]
fn names_of_the_database_are_known_and_no_others() {
    let Some(facts) = shared::json(FACTS) else { return };
    for name in facts["names"]["valid"].as_array().unwrap() {
        assert!(name.as_str().unwrap().parse::<Zone>().is_ok(), "{name}");
    }
    for name in facts["names"]["invalid"].as_array().unwrap() {
        assert!(name.as_str().unwrap().parse::<Zone>().is_err(), "{name}");
    }
}
