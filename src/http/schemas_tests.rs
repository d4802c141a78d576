use serde::Deserialize;

use super::*;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Draft {
    #[schema(min_length = 1, max_length = 5)]
    title: String,
    body: Source,
    kind: Option<Kind>,
    #[schema(minimum = 0, maximum = 10)]
    position: Option<u32>,
    #[schema(value_type = Option<String>, format = DateTime)]
    at: Option<String>,
    id: Option<uuid::Uuid>,
    image: Option<Source>,
    #[schema(max_items = 2)]
    #[serde(default)]
    tags: Vec<String>,
    custom: Option<serde_json::Value>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "only read by serde")]
struct Source {
    format: Format,
    source: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Format {
    Markdown,
    Html,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Article,
    Page,
}

#[derive(utoipa::OpenApi)]
#[openapi(components(schemas(Draft)))]
struct Drafts;

fn schemas() -> Schemas {
    use utoipa::OpenApi as _;
    Schemas::of(&super::Document::finish(&Drafts::openapi(), crate::http::openapi::Finish::default()))
}

fn mistakes(value: Value) -> Vec<(String, &'static str)> {
    let schemas = schemas();
    assert_eq!(schemas.prepare(), Vec::<String>::new());
    match schemas.check::<Draft>(&value).and_then(Checked::finish) {
        Ok(_) => Vec::new(),
        Err(problem) => {
            assert_eq!(problem.code().name(), "invalid");
            let mut found: Vec<_> = problem.errors().iter().map(|e| (e.pointer.clone(), e.code)).collect();
            found.sort();
            found
        }
    }
}

fn at(pointer: &str, code: &'static str) -> (String, &'static str) {
    (pointer.to_owned(), code)
}

#[test]
fn every_mistake_has_its_pointer_and_code() {
    let found = mistakes(json!({
        "title": "too long", "boddy": 1, "kind": "pge", "position": 11, "at": "tomorrow", "id": "1", "tags": ["a", "b", "c"],
        "image": {"format": "markdown", "x/y": 1},
    }));
    let expected = [
        at("/at", "invalid_format"),
        at("/boddy", "unknown_field"),
        at("/body", "required"),
        at("/id", "invalid_format"),
        at("/image/source", "required"),
        at("/image/x~1y", "unknown_field"),
        at("/kind", "not_one_of"),
        at("/position", "out_of_range"),
        at("/tags", "too_long"),
        at("/title", "too_long"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn wrong_types_are_said_so() {
    assert_eq!(mistakes(json!([])), [at("", "wrong_type")]);
    assert_eq!(mistakes(json!(null)), [at("", "wrong_type")]);
    let found = mistakes(json!({"title": 1, "body": "x", "image": 3, "position": "1", "kind": 7}));
    let expected = [
        at("/body", "wrong_type"),
        at("/image", "wrong_type"),
        at("/kind", "wrong_type"),
        at("/position", "wrong_type"),
        at("/title", "wrong_type"),
    ];
    assert_eq!(found, expected);
}

#[test]
fn nul_is_found_wherever_it_hides() {
    let body = json!({"format": "html", "source": "a\0"});
    let found = mistakes(json!({"title": "a\0", "body": body, "custom": {"x": ["\0"], "a\0b": 1}}));
    assert_eq!(found, [at("/body/source", "nul"), at("/custom/a\0b", "nul"), at("/custom/x/0", "nul"), at("/title", "nul")]);
}

#[test]
fn what_is_right_is_read_and_an_integer_may_be_written_with_a_fraction_of_nothing() {
    let body = json!({"format": "html", "source": ""});
    assert_eq!(mistakes(json!({"title": "a", "body": body, "position": 1.0, "image": null, "kind": null})), []);
    assert_eq!(mistakes(json!({"title": "a", "body": body, "position": 1.5})), [at("/position", "wrong_type")]);
    assert_eq!(mistakes(json!({"title": "äöüßé", "body": body, "position": -0.0})), []);
}

#[test]
fn a_list_that_never_ends_is_refused_before_its_mistakes_are_looked_for() {
    let schemas = schemas();
    let with = |name: &str, count: usize| json!({"title": "T", "body": {"format": "html", "source": ""}, name: vec![1; count]});
    assert!(schemas.check::<Draft>(&with("custom", LONGEST_LIST)).unwrap().mistakes.is_empty());
    let refused = schemas.check::<Draft>(&with("tags", LONGEST_LIST + 1)).unwrap_err();
    assert_eq!((refused.errors().len(), refused.errors()[0].pointer.as_str(), refused.errors()[0].code), (1, "/tags", "too_long"));
    let refused = schemas.check::<Draft>(&json!({"title": "T", "custom": [vec!["\u{0}"; 200]]})).unwrap_err();
    assert_eq!(refused.errors().len(), MOST);
}
