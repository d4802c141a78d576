//! What a schema finds wrong, in stable codes and plain words.

use std::borrow::Cow;

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use serde_json::Value;

use crate::kernel::problem::FieldError;

/// Longer words of a caller are cut when they are shown.
const SHOWN: usize = 80;

/// Notes the mistakes behind one error of the validator.
pub(super) fn describe(error: &ValidationError<'_>, out: &mut Vec<FieldError>) {
    let pointer = error.instance_path().as_str();
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            out.push(FieldError::new(format!("{pointer}/{}", escape(name)), "required", "it is missing"));
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                out.push(FieldError::new(format!("{pointer}/{}", escape(name)), "unknown_field", "there is no such field here"));
            }
        }
        Kind::OneOfNotValid { context } | Kind::AnyOf { context } => describe_best(error, context, out),
        kind => {
            let (code, detail) = explain(kind, error.instance());
            out.push(FieldError::new(pointer, code, detail));
        }
    }
}

fn explain(kind: &Kind, instance: &Value) -> (&'static str, String) {
    match kind {
        Kind::Type { kind } => ("wrong_type", format!("it is {}; {} is taken", type_of(instance), types(kind))),
        Kind::MaxLength { limit } => ("too_long", format!("it has {} characters; {limit} are the most", length(instance))),
        Kind::MinLength { limit: 1 } => ("too_short", "it is empty".to_owned()),
        Kind::MinLength { limit } => ("too_short", format!("it has {} characters; {limit} are the least", length(instance))),
        Kind::MaxItems { limit } => ("too_long", format!("it has {} items; {limit} are the most", length(instance))),
        Kind::MinItems { limit } => ("too_short", format!("it has {} items; {limit} are the least", length(instance))),
        Kind::MaxProperties { limit } => ("too_long", format!("it has {} members; {limit} are the most", length(instance))),
        Kind::MinProperties { limit } => ("too_short", format!("it has {} members; {limit} are the least", length(instance))),
        Kind::Maximum { limit } => ("out_of_range", format!("{instance} is more than {limit}")),
        Kind::Minimum { limit } => ("out_of_range", format!("{instance} is less than {limit}")),
        Kind::ExclusiveMaximum { limit } => ("out_of_range", format!("{instance} is not less than {limit}")),
        Kind::ExclusiveMinimum { limit } => ("out_of_range", format!("{instance} is not more than {limit}")),
        Kind::MultipleOf { multiple_of } => ("out_of_range", format!("{instance} is not a multiple of {multiple_of}")),
        Kind::Enum { options } => ("not_one_of", format!("{} is not one of {}", shown(instance), words(options))),
        Kind::Constant { expected_value } => ("not_one_of", format!("{} is not {expected_value}", shown(instance))),
        Kind::Format { format } => ("invalid_format", format!("{} is not of the format `{format}`", shown(instance))),
        Kind::Pattern { pattern } => ("pattern", format!("{} {}", shown(instance), unlike(pattern))),
        Kind::UniqueItems => ("not_unique", "an item is there twice".to_owned()),
        Kind::OneOfMultipleValid { .. } => ("wrong_type", "it fits more than one of the forms that are taken".to_owned()),
        other => ("invalid_format", format!("it does not satisfy `{}` of its schema", other.keyword())),
    }
}

/// What is said of a text that is not as a pattern of the API document has it.
fn unlike(pattern: &str) -> Cow<'static, str> {
    match pattern {
        r"\S" => "has nothing but spaces".into(),
        r"^[a-z0-9]+(-[a-z0-9]+)*$" => "is no slug: letters from a to z, digits, and single hyphens between them".into(),
        r"^https?://[^\s\\]+$" => "is not an http or https address".into(),
        r"^(https?://|/)[^\s\\]*$" => "is neither an http or https address nor a path that begins with `/`".into(),
        r"^/" => "is no path of the site: those begin with `/`".into(),
        other => format!("does not match the pattern `{other}`").into(),
    }
}

/// None of several forms fits: shows what is wrong with the one that was most likely meant, which is the one that goes wrong deepest
/// inside, not at its top.
fn describe_best(error: &ValidationError<'_>, context: &[Vec<ValidationError<'static>>], out: &mut Vec<FieldError>) {
    let pointer = error.instance_path().as_str();
    if let Some(mistake) = wrong_word(error.instance(), context) {
        out.push(mistake);
        return;
    }
    let is_of_other_type = |branch: &[ValidationError<'static>]| {
        branch.iter().any(|error| {
            let is_tag = matches!(error.kind(), Kind::Constant { .. } | Kind::Enum { .. });
            (matches!(error.kind(), Kind::Type { .. }) && error.instance_path().as_str() == pointer)
                || (is_tag && context.len() > 1 && error.instance_path().as_str() != pointer)
        })
    };
    let likely = context.iter().filter(|branch| !branch.is_empty() && !is_of_other_type(branch)).min_by_key(|branch| branch.len());
    if let Some(branch) = likely {
        branch.iter().for_each(|error| describe(error, out));
        return;
    }
    // A single form beside `null` tells its own type best.
    let forms: Vec<&Vec<ValidationError<'static>>> = context.iter().filter(|branch| !is_null_form(branch)).collect();
    if let [only] = forms.as_slice() {
        only.iter().for_each(|error| describe(error, out));
    } else if error.instance().is_object() {
        out.push(FieldError::new(pointer, "not_one_of", "it fits none of the forms that are taken"));
    } else {
        let detail = format!("it is {}, which is none of the forms that are taken", type_of(error.instance()));
        out.push(FieldError::new(pointer, "wrong_type", detail));
    }
}

/// Of forms that a word tells apart: what is wrong with that word, if it is of none of them.
fn wrong_word(instance: &Value, context: &[Vec<ValidationError<'static>>]) -> Option<FieldError> {
    if context.len() < 2 || !instance.is_object() {
        return None;
    }
    let (mut place, mut options) = (None, Vec::new());
    for branch in context {
        let (error, words) = branch.iter().find_map(|error| match error.kind() {
            Kind::Enum { options } => Some((error, options.as_array()?)),
            _ => None,
        })?;
        if words.len() != 1 || place.is_some_and(|place: &ValidationError<'_>| place.instance_path() != error.instance_path()) {
            return None;
        }
        place = Some(error);
        options.extend(words.iter().cloned());
    }
    let detail = format!("{} is not one of {}", shown(place?.instance()), words(&Value::Array(options)));
    Some(FieldError::new(place?.instance_path().as_str(), "not_one_of", detail))
}

fn is_null_form(branch: &[ValidationError<'static>]) -> bool {
    matches!(branch, [error] if matches!(error.kind(), Kind::Type { kind: TypeKind::Single(jsonschema::JsonType::Null) }))
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(several) => several.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(" or "),
    }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => 0,
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.chars().count() > SHOWN => format!("\"{}…\"", text.chars().take(SHOWN).collect::<String>()),
        Value::Array(_) | Value::Object(_) => "it".to_owned(),
        other => other.to_string(),
    }
}

fn words(options: &Value) -> String {
    match options {
        Value::Array(items) => items.iter().map(Value::to_string).collect::<Vec<_>>().join(", "),
        one => one.to_string(),
    }
}

/// The stable code for what serde says.
pub(super) fn serde_code(message: &str) -> &'static str {
    if message.starts_with("missing field") {
        "required"
    } else if message.starts_with("unknown field") {
        "unknown_field"
    } else if message.starts_with("invalid type") {
        "wrong_type"
    } else if message.starts_with("unknown variant") {
        "not_one_of"
    } else {
        "invalid_format"
    }
}

/// The place at which serde stopped, as a JSON pointer.
pub(super) fn serde_pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    let mut pointer = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => pointer.push_str(&format!("/{index}")),
            Segment::Map { key } => pointer.push_str(&format!("/{}", escape(key))),
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    pointer
}

/// A name as a part of a JSON pointer (RFC 6901).
pub(super) fn escape(name: &str) -> Cow<'_, str> {
    if name.contains(['~', '/']) { Cow::Owned(name.replace('~', "~0").replace('/', "~1")) } else { Cow::Borrowed(name) }
}
