//! Runs the requests of a collection one after another, as Bruno does.

use std::collections::HashMap;

use serde_json::Value;

use crate::bru::{Auth, Collection, Step};
use crate::support::answer::Answer;
use crate::support::client::{Client, Request};

/// A run: the variables as they stand.
pub struct Day {
    client: Client,
    token: String,
    variables: HashMap<String, String>,
}

impl Day {
    /// The environment's variables, with these in place of its own.
    pub fn new(client: Client, collection: &Collection, instead: &[(&str, &str)]) -> Self {
        let mut variables: HashMap<String, String> = collection.variables.iter().cloned().collect();
        for (name, value) in instead {
            assert!(variables.insert((*name).into(), (*value).into()).is_some(), "the environment has no variable {name}");
        }
        Self { client, token: collection.token.clone(), variables }
    }

    /// Sends it, keeps what it keeps, and looks whether everything is as expected.
    ///
    /// # Errors
    /// What is not.
    pub async fn run(&mut self, step: &Step) -> Result<(), String> {
        let answer = self.request(step)?.await;
        for (place, expected) in &step.expected {
            let expected = self.filled(expected)?;
            if !is_as(&found(&answer, place)?, &expected)? {
                return Err(format!("{place} is not as expected, `{expected}`: {answer}"));
            }
        }
        for (name, place) in &step.kept {
            let value = found(&answer, place)?;
            let value = text(&value).ok_or_else(|| format!("nothing to keep at {place}: {answer}"))?;
            self.variables.insert(name.clone(), value);
        }
        Ok(())
    }

    fn request(&self, step: &Step) -> Result<Request, String> {
        let mut parts: Vec<String> = step.path.split('/').map(str::to_owned).collect();
        for (name, value) in &step.path_params {
            let value = self.filled(value)?;
            parts.iter_mut().filter(|part| part.strip_prefix(':') == Some(name)).for_each(|part| part.clone_from(&value));
        }
        let mut request = self.client.request(&step.method, &parts.join("/"));
        for (name, value) in &step.query {
            request = request.query(name, &self.filled(value)?);
        }
        for (name, value) in &step.headers {
            request = request.header(&name.to_lowercase(), &self.filled(value)?);
        }
        let token = match &step.auth {
            Auth::None => None,
            Auth::Inherit => Some(&self.token),
            Auth::Bearer(token) => Some(token),
        };
        if let Some(token) = token {
            request = request.header("authorization", &format!("Bearer {}", self.filled(token)?));
        }
        match &step.body {
            Some(body) => Ok(request.body("application/json", self.filled(body)?)),
            None => Ok(request),
        }
    }

    /// A text with the values of its variables.
    fn filled(&self, text: &str) -> Result<String, String> {
        let (mut filled, mut rest) = (String::new(), text);
        while let Some((before, behind)) = rest.split_once("{{") {
            let (name, behind) = behind.split_once("}}").ok_or_else(|| format!("`{text}` has a variable without an end"))?;
            let value = self.variables.get(name).filter(|value| !value.is_empty());
            filled += before;
            filled += value.ok_or_else(|| format!("nothing gave the variable {name} a value"))?;
            rest = behind;
        }
        Ok(filled + rest)
    }
}

/// What is at a place of an answer, such as `res.body.data[0].id`; nothing is `null`.
fn found(answer: &Answer, place: &str) -> Result<Value, String> {
    let unknown = || format!("`{place}` is no place in an answer that the tests can look at");
    if place == "res.status" {
        return Ok(answer.status.into());
    }
    if let Some(name) = place.strip_prefix("res.headers.") {
        return Ok(answer.header(name).into());
    }
    match place.strip_prefix("res.body") {
        Some("") => Ok(answer.text().into()),
        Some(members) if members.starts_with('.') => {
            let pointer = members.replace(['.', '['], "/").replace(']', "");
            Ok(answer.json().pointer(&pointer).cloned().unwrap_or_default())
        }
        _ => Err(unknown()),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Whether a value is as an assertion says.
fn is_as(value: &Value, expected: &str) -> Result<bool, String> {
    match expected.split_once(' ').unwrap_or((expected, "")) {
        ("eq", wanted) => Ok(text(value).as_deref() == Some(wanted)),
        ("contains", part) => Ok(text(value).is_some_and(|text| text.contains(part))),
        ("isNotEmpty", "") => Ok(value.as_array().is_some_and(|items| !items.is_empty())),
        _ => Err(format!("`{expected}` is none of the expectations that the tests know: eq, contains, isNotEmpty")),
    }
}
