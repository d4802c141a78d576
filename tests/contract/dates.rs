//! Publication dates: years, months and days of any zone, counted as one would by hand (contract 5).

use std::collections::BTreeMap;

use dateline::kernel::caller::Role;
use dateline::kernel::zone::Zone;
use serde_json::{Value, json};

use crate::counts::{Categories, categories, publish};
use crate::on_both_engines;
use crate::site::Site;

/// Dates at which days begin somewhere: where clocks are changed, a day is skipped, or the date is set back at one minute past midnight.
const PUBLISHED_AT: &[&str] = &[
    "0001-01-01T00:00:00.000Z",
    "1890-06-01T00:06:00.000Z",
    "1969-12-31T23:59:59.999Z",
    "2010-11-07T02:30:00.000Z",
    "2010-11-07T02:30:59.999Z",
    "2010-11-07T02:31:00.000Z",
    "2010-11-07T03:30:00.000Z",
    "2011-12-30T09:59:59.999Z",
    "2011-12-30T10:00:00.000Z",
    "2025-12-31T18:14:59.999Z",
    "2025-12-31T18:15:00.000Z",
    "2026-03-28T22:59:59.999Z",
    "2026-03-28T23:00:00.000Z",
    "2026-03-29T21:59:59.999Z",
    "2026-03-29T22:00:00.000Z",
    "2026-10-25T21:59:59.999Z",
    "2026-10-25T23:00:00.000Z",
];

const ZONES: &[&str] = &[
    "UTC",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Monrovia",
    "Pacific/Kiritimati",
    "Asia/Ashgabat",
];

const QUERIES: &[&str] = &[
    "",
    "kind=page",
    "category=elections",
    "category=politics,elections",
    "category=politics,sport",
    "category=nothing",
    "published_from=2010-11-07T02:30:30.001Z",
    "published_before=2011-12-30T09:59:59.999Z",
    "category=politics&published_from=1890-06-01T00:06:00.000Z&published_before=2026-03-29T21:59:59.999Z",
    "published_from=2026-01-01T00:00:00Z&published_before=2025-01-01T00:00:00Z",
];

/// The dates that one gets by looking at each article, the newest first.
async fn looked_up(site: &Site, query: &str, zones: &[Zone]) -> Vec<BTreeMap<(usize, String), u64>> {
    let all = site.anyone().get(&format!("/v1/articles?limit=100&{query}")).await;
    assert_eq!(all["paging"]["next"], Value::Null);
    let mut dates = vec![BTreeMap::new(); zones.len()];
    for published_at in all.each("published_at") {
        for (zone, dates) in zones.iter().zip(&mut dates) {
            let day = zone.date(published_at.parse().unwrap()).to_string();
            for length in [4, 7, 10] {
                *dates.entry((length, day[..length].to_owned())).or_default() += 1;
            }
        }
    }
    dates
}

on_both_engines! {
    async fn dates_are_those_of_the_articles_that_are_listed_in_every_zone(engine) {
        let site = Site::at(engine, "2026-11-30T18:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let Categories { politics, elections, sport } = categories(&editor).await;
        let places: [&[&str]; 4] = [&[&politics], &[&elections, &sport], &[&sport], &[]];
        for (number, published_at) in PUBLISHED_AT.iter().enumerate() {
            publish(&editor, &format!("Number {number}"), places[number % 4], json!({ "published_at": published_at })).await;
        }
        publish(&editor, "Soon", &[&elections], json!({ "publish_at": "2026-11-30T18:14:59.999Z", "unpublish_at": "2026-11-30T18:15:00.000Z" })).await;
        publish(&editor, "Then", &[&sport, &elections], json!({ "publish_at": "2026-11-30T18:15:00.000Z" })).await;
        let zones: Vec<Zone> = ZONES.iter().map(|name| name.parse().unwrap()).collect();
        for instant in ["18:14:59.998", "18:14:59.999", "18:15:00.000"] {
            site.clock().set(format!("2026-11-30T{instant}Z").parse().unwrap());
            for query in QUERIES {
                let expected = looked_up(&site, query, &zones).await;
                for (zone, expected) in zones.iter().zip(expected) {
                    for (granularity, length) in [("year", 4), ("month", 7), ("day", 10)] {
                        let expected = expected.iter().rev().filter(|((of, _), _)| *of == length);
                        let expected: Vec<Value> = expected.map(|((_, date), articles)| json!({ "date": date, "articles": articles })).collect();
                        let request = site.anyone().get(&format!("/v1/publication-dates?{query}"));
                        let dates = request.query("granularity", granularity).query("time_zone", zone.name()).await;
                        let whole = json!({ "data": expected, "granularity": granularity, "time_zone": zone.name() });
                        assert_eq!(dates.is_ok().json(), &whole, "{query} in {} at {instant}", zone.name());
                    }
                }
            }
        }
    }

    async fn days_are_those_of_the_site_unless_another_zone_is_named(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        for published_at in ["2011-12-30T09:59:59.999Z", "2011-12-30T10:00:00.000Z", "2021-02-03T19:00:00.000Z", "2021-02-04T18:59:59.999Z"] {
            publish(&editor, published_at, &[], json!({ "published_at": published_at })).await;
        }
        let dates = async |query: &str| site.anyone().get(&format!("/v1/publication-dates?{query}")).await.is_ok()["data"].clone();
        let ashgabat = json!([{ "date": "2021-02-04", "articles": 2 }, { "date": "2011-12-30", "articles": 2 }]);
        assert_eq!(dates("granularity=day").await, ashgabat);
        assert_eq!(dates("").await, ashgabat);
        let apia = json!([
            { "date": "2021-02-05", "articles": 1 }, { "date": "2021-02-04", "articles": 1 },
            { "date": "2011-12-31", "articles": 1 }, { "date": "2011-12-29", "articles": 1 },
        ]);
        assert_eq!(dates("granularity=day&time_zone=Pacific/Apia").await, apia);
        for (wrong, pointer, code) in [
            ("time_zone=Mars/Phobos", "/time_zone", "invalid_format"),
            ("time_zone=", "/time_zone", "invalid_format"),
            ("granularity=week", "/granularity", "not_one_of"),
            ("limit=5", "/limit", "unknown_parameter"),
            ("page=1", "/page", "unknown_parameter"),
        ] {
            let refused = site.anyone().get(&format!("/v1/publication-dates?{wrong}")).await;
            refused.is_problem(400, "invalid_parameter").has_error(pointer, code);
            assert!(!wrong.ends_with("Phobos") || refused.text_at("/detail").contains("Mars/Phobos"), "{refused}");
        }
    }

    async fn dates_are_kept_no_longer_than_until_they_change(engine) {
        let site = Site::at(engine, "2026-11-30T08:00:00.000Z");
        let editor = site.login(Role::Editor).await;
        let Categories { politics, .. } = categories(&editor).await;
        publish(&editor, "Now", &[], json!({})).await;
        publish(&editor, "Soon", &[&politics], json!({ "publish_at": "2026-11-30T08:00:30.500Z" })).await;
        let path = "/v1/publication-dates?granularity=year";
        let first = site.anyone().get(path).await;
        first.is_ok().has_header("cache-control", "public, max-age=30");
        site.anyone().get(&format!("{path}&kind=page")).await.has_header("cache-control", "public, max-age=60");
        let etag = first.expect_header("etag").to_owned();
        assert!(etag.starts_with('"'), "{first}");
        let head = site.anyone().request("HEAD", path).await;
        head.is(200).has_header("etag", &etag).has_header("content-length", &first.text().len().to_string());
        site.clock().advance_ms(30_499);
        site.anyone().get(path).header("if-none-match", &etag).await.is_not_modified();
        site.clock().advance_ms(1);
        let then = site.anyone().get(path).header("if-none-match", &etag).await;
        assert_eq!(then.is_ok()["data"], json!([{ "date": "2026", "articles": 2 }]));
        let trashed = publish(&editor, "Trashed", &[&politics], json!({ "publish_at": "2027-01-01T00:00:00Z" })).await;
        editor.delete(&format!("/v1/editor/articles/{trashed}")).if_match("*").await.is_no_content();
        assert_eq!(site.anyone().get(path).await.text(), then.text());
    }
}
