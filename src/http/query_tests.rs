use super::*;

fn mistakes(query: &str, read: impl FnOnce(&mut Collector<'_>)) -> Vec<(String, &'static str, String)> {
    let raw = RawQuery::new(query);
    let mut collector = raw.collect();
    read(&mut collector);
    match collector.finish() {
        Ok(()) => Vec::new(),
        Err(problem) => problem.errors().iter().map(|e| (e.pointer.clone(), e.code, e.detail.clone())).collect(),
    }
}

#[test]
fn every_mistake_is_named_at_once() {
    let found = mistakes("limt=5&sort=-published&limit=0&page=1&page=2&from=2026-01-01T00:00:00%ZZ&x%00=1", |q| {
        q.limit();
        q.page();
        q.instant("from");
        q.one_of("sort", &[("-published_at", 1), ("published_at", 2)]);
    });
    let codes: Vec<_> = found.iter().map(|(pointer, code, _)| (pointer.as_str(), *code)).collect();
    assert!(codes.contains(&("/limt", "unknown_parameter")));
    assert!(codes.contains(&("/sort", "not_one_of")));
    assert!(codes.contains(&("/limit", "out_of_range")));
    assert!(codes.contains(&("/page", "repeated")));
    assert!(codes.contains(&("/from", "encoding")));
    assert!(codes.contains(&("/x%00", "encoding")));
    assert_eq!(codes.len(), 6);
    assert!(found.iter().any(|(_, _, detail)| detail.contains("nearest is `limit`")));
}

#[test]
fn what_is_right_is_read() {
    let raw =
        RawQuery::new("limit=100&category=politics,sport&q=caf%C3%A9+au&count=exact&published_from=2026-01-01T00:00:00%2B05:00&flag=true");
    let mut q = raw.collect();
    assert_eq!(q.limit().rows(), 100);
    assert_eq!(q.list("category", 5), ["politics", "sport"]);
    assert_eq!(q.text("q", 100).as_deref(), Some("café au"));
    assert!(q.count() && q.flag("flag"));
    assert_eq!(q.instant("published_from").unwrap().to_string(), "2025-12-31T19:00:00.000Z");
    assert!(q.any_of("fields", &[("id", 1)]).is_empty());
    q.finish().unwrap();
}

#[test]
fn a_space_for_a_plus_is_explained() {
    let found = mistakes("from=2026-01-01T00:00:00+05:00", |q| {
        q.instant("from");
    });
    assert!(found[0].2.contains("%2B"), "{found:?}");
}

#[test]
fn numbers_are_digits_alone() {
    for wrong in ["", "+1", "-1", "1e2", "0x1", " 1", "101", "99999999999999999999"] {
        let query = format!("limit={}", wrong.replace('+', "%2B").replace(' ', "%20"));
        assert_eq!(
            mistakes(&query, |q| {
                q.limit();
            })
            .len(),
            1,
            "{wrong}"
        );
    }
}

#[test]
fn names_of_a_closed_list_are_checked_one_by_one() {
    let found = mistakes("fields=slug,titel,id,slug", |q| {
        assert_eq!(q.any_of("fields", &[("id", 1), ("title", 2), ("slug", 3)]), [3, 1]);
    });
    assert!(found[0].2.contains("`title` is the nearest"), "{found:?}");
    assert_eq!((found[1].1, found.len()), ("repeated", 2));
}

#[test]
fn page_and_cursor_exclude_each_other() {
    let found = mistakes("page=2&cursor=abc", |q| {
        q.cursor();
        q.page();
    });
    assert_eq!(found[0].1, "conflict");
    assert_eq!(
        mistakes("cursor=a%20b", |q| {
            q.cursor();
        })[0]
            .1,
        "invalid_format"
    );
}

#[test]
fn brackets_and_case_are_unknown() {
    for query in ["filter[password]=x", "Limit=3", "where%5Bx%5D=1", "at=2026-01-01T00:00:00Z"] {
        assert_eq!(
            mistakes(query, |q| {
                q.limit();
            })[0]
                .1,
            "unknown_parameter",
            "{query}"
        );
    }
    assert!(RawQuery::new("x=1").none().is_err());
    assert!(RawQuery::new("").none().is_ok());
}

#[test]
fn a_query_has_at_most_a_hundred_parameters() {
    let query = |count: usize| (0..count).map(|n| format!("p{n}=1")).collect::<Vec<_>>().join("&");
    let codes = |count: usize| RawQuery::new(query(count)).none().unwrap_err().errors().iter().map(|error| error.code).collect::<Vec<_>>();
    assert!(!codes(100).contains(&"too_many"));
    assert_eq!(codes(101)[0], "too_many");
}
