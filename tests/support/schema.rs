//! Holds answers against the OpenAPI 3.1 document: an answer must be one that the document allows, in status, headers, type and
//! shape. [`super::client::Client`] asks this for every answer that a test sees.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use super::answer::Answer;

/// The shape of every problem document, by its name in the document's components.
const PROBLEM: &str = "Problem";

/// An OpenAPI document, ready to check answers.
pub struct Document {
    root: Value,
    /// Path templates, those with the fewest placeholders first.
    templates: Vec<String>,
    validators: Mutex<HashMap<String, Arc<Validator>>>,
    seen: Mutex<BTreeSet<(String, u16)>>,
}

impl Document {
    /// Takes a whole OpenAPI 3.1 document.
    pub fn new(root: Value) -> Arc<Self> {
        let mut templates: Vec<String> = root["paths"].as_object().into_iter().flatten().map(|(path, _)| path.clone()).collect();
        templates.sort_by_key(|template| template.matches('{').count());
        Arc::new(Self { root, templates, validators: Mutex::default(), seen: Mutex::default() })
    }

    /// Whether the document allows this answer, or what is wrong with it.
    ///
    /// What no operation declares may be answered only as HTTP demands: 404 on an unknown path, 405 with `Allow` on another method,
    /// 204 to OPTIONS, each refusal as a problem document; and 4xx to what is no HTTP request at all.
    pub fn check(&self, answer: &Answer) -> Result<(), String> {
        let path = answer.path.split('?').next().unwrap_or_default();
        let method = if answer.method == "HEAD" { "get" } else { &answer.method.to_lowercase() };
        let Some(template) = self.templates.iter().find(|template| fits(template, path)) else {
            return self.check_unrouted(answer, "no path of the document fits", |status| status == 404);
        };
        let operation = &self.root["paths"][template][method];
        if operation.is_null() {
            return match answer.status {
                204 if method == "options" => self.check_empty(answer),
                405 if answer.header("allow").is_none() => Err("405 without Allow".into()),
                _ => self.check_unrouted(answer, &format!("{template} has no {method}"), |status| status == 405),
            };
        }
        let name = operation["operationId"].as_str().map_or_else(|| format!("{method} {template}"), str::to_owned);
        self.check_operation(operation, &name, answer).map_err(|violation| format!("{name}: {violation}"))?;
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert((name, answer.status));
        Ok(())
    }

    /// Which operations, by operationId, were seen to answer with which status.
    pub fn seen(&self) -> BTreeSet<(String, u16)> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a schema of the document takes this value, or what is wrong with it.
    pub fn check_value(&self, schema: &Value, value: &Value) -> Result<(), String> {
        self.validate(schema, &format!("value {schema}"), value)
    }

    fn check_operation(&self, operation: &Value, name: &str, answer: &Answer) -> Result<(), String> {
        let response = [answer.status.to_string(), format!("{}XX", answer.status / 100), "default".into()];
        let Some(response) = response.iter().find_map(|key| operation["responses"].get(key)) else {
            return Err(format!("the status {} is not declared", answer.status));
        };
        let response = self.resolve(response)?;
        self.check_headers(response, answer)?;
        match response.get("content").and_then(Value::as_object) {
            Some(content) if !content.is_empty() => self.check_content(content, name, answer),
            _ => self.check_empty(answer),
        }
    }

    fn check_headers(&self, response: &Value, answer: &Answer) -> Result<(), String> {
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let header = self.resolve(header)?;
            match answer.header(&name.to_lowercase()) {
                Some(value) => self.check_header_value(name, &header["schema"], value)?,
                None if header["required"] == true => return Err(format!("the header {name} is declared as required and missing")),
                None => {}
            }
        }
        Ok(())
    }

    fn check_header_value(&self, name: &str, schema: &Value, value: &str) -> Result<(), String> {
        if schema.is_null() {
            return Ok(());
        }
        let text = Value::from(value);
        let number = value.parse::<i64>().map(Value::from).unwrap_or(Value::Null);
        let plain = self.resolve(schema)?;
        let value = if plain["type"] == "integer" || plain["type"] == "number" { number } else { text };
        self.validate(schema, &format!("header {name} {schema}"), &value).map_err(|violation| format!("the header {name}: {violation}"))
    }

    fn check_content(&self, content: &Map<String, Value>, name: &str, answer: &Answer) -> Result<(), String> {
        let Some(sent) = answer.header("content-type") else { return Err("there is no Content-Type".into()) };
        let declared = content.iter().find(|(declared, _)| essence(declared) == essence(sent));
        let Some((declared, media)) = declared else {
            let declared: Vec<&str> = content.keys().map(String::as_str).collect();
            return Err(format!("the Content-Type {sent} is not declared for {}, but {}", answer.status, declared.join(", ")));
        };
        if answer.method == "HEAD" {
            return no_body(answer);
        }
        if !is_json(&essence(declared)) || media["schema"].is_null() {
            return Ok(());
        }
        let key = format!("{name} {} {declared}", answer.status);
        self.validate(&media["schema"], &key, &body_of(answer)?).map_err(|violation| format!("the body of {}: {violation}", answer.status))
    }

    /// An answer to something that is no operation: only these statuses, or a refusal of the request as such.
    fn check_unrouted(&self, answer: &Answer, why: &str, allowed: fn(u16) -> bool) -> Result<(), String> {
        let is_refusal_as_such = matches!(answer.status, 400 | 408 | 413 | 414 | 431 | 505);
        if !allowed(answer.status) && !is_refusal_as_such {
            return Err(format!("{why}, and yet it answers {}", answer.status));
        }
        if answer.header("content-type").map(essence).as_deref() != Some("application/problem+json") {
            return Err(format!("{why}, and what refuses it is no problem document"));
        }
        if answer.method == "HEAD" {
            return no_body(answer);
        }
        let schema = json!({"$ref": format!("#/components/schemas/{PROBLEM}")});
        self.validate(&schema, "problem", &body_of(answer)?).map_err(|violation| format!("the problem document: {violation}"))
    }

    fn check_empty(&self, answer: &Answer) -> Result<(), String> {
        no_body(answer).map_err(|_| format!("{} is declared without content, but there is a body", answer.status))
    }

    /// Follows references within the document.
    fn resolve<'a>(&'a self, mut value: &'a Value) -> Result<&'a Value, String> {
        while let Some(reference) = value["$ref"].as_str() {
            let pointer = reference.strip_prefix('#').ok_or_else(|| format!("the reference {reference} leaves the document"))?;
            value = self.root.pointer(pointer).ok_or_else(|| format!("the reference {reference} leads nowhere"))?;
        }
        Ok(value)
    }

    fn validate(&self, schema: &Value, key: &str, value: &Value) -> Result<(), String> {
        let validator = self.validator(schema, key)?;
        let mistakes: Vec<String> = validator.iter_errors(value).take(8).map(|error| describe(&error)).collect();
        if mistakes.is_empty() { Ok(()) } else { Err(mistakes.join("; ")) }
    }

    /// The validator of a schema, built once per `key`.
    fn validator(&self, schema: &Value, key: &str) -> Result<Arc<Validator>, String> {
        let mut validators = self.validators.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(validator) = validators.get(key) {
            return Ok(Arc::clone(validator));
        }
        // References of the document start at its root, so its components stand beside the schema.
        let whole = json!({"allOf": [schema], "components": self.root["components"]});
        let validator = jsonschema::draft202012::options().should_validate_formats(true).build(&whole);
        let validator = Arc::new(validator.map_err(|error| format!("the document's schema is not valid: {error}"))?);
        validators.insert(key.to_owned(), Arc::clone(&validator));
        Ok(validator)
    }
}

fn describe(error: &jsonschema::ValidationError<'_>) -> String {
    let place = error.instance_path().to_string();
    let message: String = error.to_string().chars().take(300).collect();
    format!("at {}: {message}", if place.is_empty() { "the top" } else { &place })
}

fn body_of(answer: &Answer) -> Result<Value, String> {
    serde_json::from_slice(&answer.decoded()?).map_err(|error| format!("it is not JSON: {error}"))
}

fn no_body(answer: &Answer) -> Result<(), String> {
    if answer.body.is_empty() { Ok(()) } else { Err("there is a body".into()) }
}

/// A media type without its parameters.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_lowercase()
}

fn is_json(essence: &str) -> bool {
    essence == "application/json" || essence.ends_with("+json")
}

/// Whether a path is one of a template: `{name}` stands for one segment.
fn fits(template: &str, path: &str) -> bool {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some(wanted), Some(given)) if segment_fits(wanted, given) => {}
            _ => return false,
        }
    }
}

/// `{slug}` takes any text but none, `{n}.json` one with that end, everything else itself.
fn segment_fits(template: &str, segment: &str) -> bool {
    match (template.find('{'), template.rfind('}')) {
        (Some(start), Some(end)) => {
            let (prefix, suffix) = (&template[..start], &template[end + 1..]);
            segment.len() > prefix.len() + suffix.len() && segment.starts_with(prefix) && segment.ends_with(suffix)
        }
        _ => template == segment,
    }
}
