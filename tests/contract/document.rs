//! The committed API document is the one that the program makes; it bounds all that callers send, and has an example of each parameter and
//! body.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::operations::{self, Operation, resolve};
use crate::site::api;

#[test]
fn the_committed_document_is_the_one_that_the_program_prints() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/openapi.json");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == dateline::app::document().text(), "run `dateline openapi > openapi/openapi.json`");
}

/// What is sent and has no bounds of its own.
const UNBOUNDED: &[&str] = &[
    // Free JSON: its description bounds it to 64 KiB, which the tests of limits try.
    "/custom",
];

/// Finds what a schema does not bound: texts, numbers, lists, objects of any members.
fn unbounded(schema: &Value, pointer: &str, found: &mut BTreeSet<String>) {
    let schema = resolve(schema);
    for form in ["oneOf", "anyOf", "allOf"].iter().filter_map(|name| schema[*name].as_array()).flatten() {
        unbounded(form, pointer, found);
    }
    let is = |kind: &str| schema["type"] == kind || schema["type"].as_array().is_some_and(|kinds| kinds.iter().any(|one| one == kind));
    let has = |names: &[&str]| names.iter().all(|name| !schema[*name].is_null());
    // Texts of these forms are as long as the forms are.
    let is_formed = ["uuid", "date-time"].iter().any(|format| schema["format"] == *format);
    let is_bounded = has(&["enum"])
        || ((!is("string") || is_formed || has(&["maxLength"]))
            && (!is("integer") && !is("number") || has(&["minimum", "maximum"]))
            && (!is("array") || has(&["maxItems"]))
            && (!is("object") || schema["additionalProperties"] == false));
    if !is_bounded {
        found.insert(pointer.to_owned());
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        unbounded(member, &format!("{pointer}/{name}"), found);
    }
    if is("array") {
        unbounded(&schema["items"], &format!("{pointer}/0"), found);
    }
}

#[test]
fn whatever_callers_send_has_bounds() {
    let mut found = BTreeSet::new();
    for operation in operations::all() {
        let mut here = BTreeSet::new();
        for parameter in operation.parameters() {
            assert!(!resolve(parameter.schema)["type"].is_null(), "{} {} is of no type", operation.id, parameter.name);
            unbounded(parameter.schema, &format!(" {}", parameter.name), &mut here);
        }
        if let Some((_, schema)) = operation.body() {
            unbounded(schema, "", &mut here);
        }
        found.extend(
            here.into_iter().filter(|pointer| !UNBOUNDED.contains(&pointer.as_str())).map(|pointer| format!("{}{pointer}", operation.id)),
        );
    }
    assert!(found.is_empty(), "without bounds:\n{found:#?}");
    // Of words each is named once.
    let all = operations::all();
    let lists = all.iter().flat_map(Operation::parameters).filter(|parameter| parameter.schema["items"]["enum"].is_array());
    for list in lists {
        let words = list.schema["items"]["enum"].as_array().unwrap().len() as u64;
        assert_eq!(list.schema["maxItems"].as_u64(), Some(words), "{}", list.name);
    }
}

#[test]
fn a_pattern_of_a_body_is_told_in_words() {
    let text = operations::root()["components"]["schemas"].to_string();
    let patterns: BTreeSet<&str> = text.split("\"pattern\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // Of these one is of answers alone.
    let told = [
        r"\\S",
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        r"^https?://[^\\s\\\\]+$",
        r"^(https?://|/)[^\\s\\\\]*$",
        "^/",
        "^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$",
    ];
    assert_eq!(patterns, BTreeSet::from(told), "`http/faults.rs` has words for each");
}

#[test]
fn every_operation_says_what_it_does() {
    for operation in operations::all() {
        for member in ["summary", "description"] {
            assert!(operation.says[member].as_str().is_some_and(|text| text.trim().len() > 3), "{} has no {member}", operation.id);
        }
        for parameter in operation.says["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].as_str().is_some_and(|text| !text.is_empty()), "{}: {parameter}", operation.id);
        }
    }
}

/// Every body that an operation takes or gives where it succeeds, with its media type.
fn bodies(operation: &Operation) -> Vec<(String, &Value)> {
    let says = &operation.says;
    let succeeds = says["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
    let given = succeeds.map(|(status, response)| (status.clone(), response));
    let all = given.chain([("body".to_owned(), &says["requestBody"])]);
    all.flat_map(|(place, owner)| {
        let contents = owner["content"].as_object().into_iter().flatten();
        contents.map(move |(media, content)| (format!("{place} {media}"), content))
    })
    .collect()
}

#[test]
fn every_body_has_an_example_that_is_one() {
    let mut shown = BTreeSet::new();
    for operation in operations::all() {
        for (place, content) in bodies(&operation) {
            let place = format!("{} {place}", operation.id);
            let examples = content["examples"].as_object().unwrap_or_else(|| panic!("{place} has no example"));
            for (name, example) in examples {
                let example = resolve(example);
                assert!(example["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{place}: {name} says nothing");
                api().check_value(&content["schema"], &example["value"]).unwrap_or_else(|fault| panic!("{place}: {name}: {fault}"));
                shown.insert(name.clone());
            }
        }
    }
    let all = operations::root()["components"]["examples"].as_object().unwrap();
    let unused: Vec<&String> = all.keys().filter(|name| !shown.contains(*name)).collect();
    assert!(unused.is_empty(), "examples of nothing: {unused:?}");
}

#[test]
fn every_parameter_has_an_example_that_is_one() {
    for operation in operations::all() {
        for parameter in operation.says["parameters"].as_array().into_iter().flatten() {
            let place = format!("{} {}", operation.id, parameter["name"]);
            // In `/docs` an example that stands beside the schema is sent, wherever it is not taken out.
            let is_required = parameter["required"] == true;
            let example = if is_required { &parameter["example"] } else { &parameter["schema"]["examples"][0] };
            assert!(!example.is_null() && (is_required || parameter["example"].is_null()), "{place} has no example");
            api().check_value(&parameter["schema"], example).unwrap_or_else(|fault| panic!("{place}: {fault}"));
        }
    }
}

/// What is given as an example, or as a value, may be null; nothing else of a document may.
fn nulls(value: &Value, place: &str, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(place.to_owned()),
        Value::Array(items) => items.iter().enumerate().for_each(|(at, item)| nulls(item, &format!("{place}/{at}"), found)),
        Value::Object(members) => {
            for (name, member) in
                members.iter().filter(|(name, _)| !["example", "examples", "default", "const", "enum"].contains(&name.as_str()))
            {
                nulls(member, &format!("{place}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[test]
fn nothing_in_the_document_is_null() {
    let mut found = Vec::new();
    nulls(operations::root(), "", &mut found);
    assert!(found.is_empty(), "the document says null, where tools look for something: {found:?}");
}
