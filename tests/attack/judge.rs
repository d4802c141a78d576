//! What the API document and the contract say of a request before it is sent, and of its answer.

use serde_json::Value;

use crate::generate::Wish;
use crate::operations::{Operation, resolve};
use crate::site::api;
use crate::support::answer::Answer;

/// Why a request must not be accepted: the first reason found, of those that can be told without the site's state.
pub fn fault(wish: &Wish<'_>) -> Option<String> {
    query_fault(wish).or_else(|| body_fault(wish))
}

fn query_fault(wish: &Wish<'_>) -> Option<String> {
    let pairs = wish.query.as_ref()?;
    for (at, (name, value)) in pairs.iter().enumerate() {
        let Some(parameter) = wish.operation.parameters().find(|parameter| parameter.place == "query" && parameter.name == name) else {
            return Some(format!("there is no parameter {name:?}"));
        };
        if pairs[..at].iter().any(|(other, _)| other == name) {
            return Some(format!("{name} is given twice"));
        }
        if value.contains('\0') {
            return Some(format!("{name} holds NUL"));
        }
        if let Err(fault) = api().check_value(parameter.schema, &read(resolve(parameter.schema), value)) {
            return Some(format!("{name}: {fault}"));
        }
    }
    None
}

/// A parameter's text as the type that its schema says.
fn read(schema: &Value, text: &str) -> Value {
    if schema["type"] == "array" {
        return text.split(',').map(|item| read(resolve(&schema["items"]), item)).collect();
    }
    if schema["type"] == "boolean" {
        return text.parse::<bool>().map_or_else(|_| Value::from(text), Value::from);
    }
    let is_number = schema["type"] == "integer" && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if is_number { serde_json::from_str(text.trim_start_matches('0')).unwrap_or(Value::Null) } else { Value::from(text) }
}

fn body_fault(wish: &Wish<'_>) -> Option<String> {
    let (_, schema) = wish.operation.body()?;
    let Some(body) = wish.body.as_ref().filter(|body| !body.is_empty()) else {
        let is_required = wish.operation.says["requestBody"]["required"] == true;
        return is_required.then(|| "the body is missing".to_owned());
    };
    let headers = || wish.headers.iter().filter(|(name, _)| name == "content-type").map(|(_, value)| value.to_lowercase());
    if !headers().any(|value| value.contains("json") && !value.contains("latin1")) {
        return Some("the Content-Type is not JSON's".to_owned());
    }
    let Ok(value) = serde_json::from_slice::<Value>(body) else { return Some("the body is not JSON".to_owned()) };
    if twice(body) {
        return Some("a member is named twice".to_owned());
    }
    if has_nul(&value) {
        return Some("the body holds NUL".to_owned());
    }
    api().check_value(schema, &value).err()
}

/// Whether a body is one of those made here in which a member is named twice.
fn twice(body: &[u8]) -> bool {
    body.windows(13).any(|window| window == b"{\"a\":1,\"a\":2}")
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, member)| name.contains('\0') || has_nul(member)),
        _ => false,
    }
}

/// What is wrong with an answer, whatever was asked: it fails, it breaks the document, or it refuses and does not say it as the contract
/// (section 3) has it.
pub fn answer_fault(operation: &Operation, answer: &Answer) -> Option<String> {
    if answer.status >= 500 {
        return Some(format!("{} fails", answer.status));
    }
    if let Err(violation) = api().check(answer) {
        return Some(violation);
    }
    if answer.header("x-request-id").is_none() || answer.header("x-content-type-options") != Some("nosniff") {
        return Some("a header that every answer has is missing".to_owned());
    }
    if answer.status < 400 || answer.method == "HEAD" { None } else { refusal_fault(operation, answer) }
}

fn refusal_fault(operation: &Operation, answer: &Answer) -> Option<String> {
    let code = answer["code"].as_str().unwrap_or_default();
    if answer.header("content-type") != Some("application/problem+json") {
        return Some("a refusal is no problem document".to_owned());
    }
    if answer["type"] != format!("/docs/errors/{code}") || answer["status"] != answer.status {
        return Some("type, code and status do not fit each other".to_owned());
    }
    if answer["request_id"].as_str() != answer.header("x-request-id") {
        return Some("the request's id is another than the header's".to_owned());
    }
    let needed: &[&str] = match answer.status {
        401 => &["www-authenticate"],
        405 => &["allow"],
        412 | 428 => &["etag"],
        429 | 503 => &["retry-after"],
        _ => &[],
    };
    if let Some(missing) = needed.iter().find(|name| answer.header(name).is_none()) {
        return Some(format!("a {} has {missing}", answer.status));
    }
    let is_listed = matches!(code, "invalid" | "invalid_parameter") && answer.json()["errors"].as_array().is_none_or(Vec::is_empty);
    if is_listed {
        return Some("the mistakes are not listed".to_owned());
    }
    undeclared(operation, answer.status, code)
}

/// Every code that comes is an example of its status.
fn undeclared(operation: &Operation, status: u16, code: &str) -> Option<String> {
    let examples = &operation.says["responses"][status.to_string()]["content"]["application/problem+json"]["examples"];
    (!examples.is_null() && examples.get(code).is_none()).then(|| format!("the document has no {status} {code} here"))
}
