//! The API document as the judge of bodies: what it says about a type is what is checked, so the two cannot differ.

use std::collections::{HashMap, HashSet};
use std::sync::OnceLock;

use jsonschema::Validator;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::faults;
use super::mend::Mend;
use super::openapi::Document;
use crate::kernel::mistakes::{Checked, MOST, Mistakes};
use crate::kernel::problem::{FieldError, Problem, Result};

/// The schemas of the API document, each made ready at its first use. Give it to the app as `web::Data`.
#[derive(Debug)]
pub struct Schemas {
    components: Value,
    ready: HashMap<String, OnceLock<std::result::Result<Validator, String>>>,
}

impl Schemas {
    /// The schemas of a finished document.
    pub fn of(document: &Document) -> Self {
        let components = document.json().get("components").cloned().unwrap_or_else(|| json!({}));
        let names = components.get("schemas").and_then(Value::as_object).into_iter().flat_map(|schemas| schemas.keys());
        let ready = names.map(|name| (name.clone(), OnceLock::new())).collect();
        Self { components, ready }
    }

    /// Checks a value against the schema of `T` and reads it as one. What is wrong is taken out or replaced by a stand-in, so that the rest can be read.
    ///
    /// # Errors
    /// `invalid` (422) with every mistake, if nothing can be read; `internal` if the document has no such schema.
    pub fn check<T: ToSchema + DeserializeOwned>(&self, value: &Value) -> Result<Checked<T>> {
        let mut errors = self.faults(&T::name(), value)?;
        loop {
            // More may be wrong than was looked for: nothing of it is read.
            if errors.len() >= MOST {
                return Err(refused(errors));
            }
            let read = match errors.as_slice() {
                [] => read(value),
                _ => self.mended(&T::name(), value, &errors).map_or_else(|| Err(errors[0].clone()), |rest| read(&rest)),
            };
            match read {
                Ok(value) => return Ok(Checked { value, mistakes: errors.into() }),
                Err(error) if errors.iter().all(|other| other.pointer != error.pointer) => errors.push(error),
                Err(_) => return Err(refused(errors)),
            }
        }
    }

    fn faults(&self, name: &str, value: &Value) -> Result<Vec<FieldError>> {
        let mut errors = Vec::new();
        look(value, &mut String::new(), &mut errors)?;
        for error in self.validator(name)?.iter_errors(value) {
            if errors.len() >= MOST {
                break;
            }
            faults::describe(&error, &mut errors);
        }
        tidy(&mut errors);
        Ok(errors)
    }

    fn mended(&self, name: &str, value: &Value, errors: &[FieldError]) -> Option<Value> {
        let wrong = errors.iter().map(|error| error.pointer.as_str()).collect();
        Mend { components: &self.components, wrong }.mended(&self.components["schemas"][name], value, &mut String::new())
    }

    /// Makes every schema ready; the faults of those that are none.
    pub fn prepare(&self) -> Vec<String> {
        self.ready.keys().filter_map(|name| self.validator(name).err().map(|fault| format!("{name}: {fault:?}"))).collect()
    }

    fn validator(&self, name: &str) -> Result<&Validator> {
        let slot = self.ready.get(name).ok_or_else(|| Problem::internal(format!("the API document has no schema {name}")))?;
        let built = slot.get_or_init(|| {
            let schema = json!({"$ref": format!("#/components/schemas/{name}"), "components": self.components});
            jsonschema::draft202012::options().should_validate_formats(true).build(&schema).map_err(|fault| fault.to_string())
        });
        built.as_ref().map_err(|fault| Problem::internal(format!("the schema {name}: {fault}")))
    }
}

/// The answer to these mistakes.
fn refused(errors: Vec<FieldError>) -> Problem {
    Mistakes::from(errors).finish().err().unwrap_or_else(|| Problem::internal("no mistake was noted"))
}

/// Leaves one mistake of a kind at each place, and nothing that only follows from a wrong type, or from there being no text at all.
fn tidy(errors: &mut Vec<FieldError>) {
    let places = |code: &str| errors.iter().filter(|error| error.code == code).map(|error| error.pointer.clone()).collect();
    let (mistyped, empty): (HashSet<String>, HashSet<String>) = (places("wrong_type"), places("too_short"));
    let mut seen = HashSet::new();
    errors.retain(|error| {
        let follows = match error.code {
            "wrong_type" | "nul" => false,
            "pattern" if empty.contains(&error.pointer) => true,
            _ => mistyped.contains(&error.pointer),
        };
        !follows && seen.insert((error.pointer.clone(), error.code))
    });
}

/// Reads what has passed its schema. A mistake that still shows gets the pointer at which reading stopped.
fn read<T: DeserializeOwned>(value: &Value) -> std::result::Result<T, FieldError> {
    match serde_path_to_error::deserialize(value) {
        Ok(read) => Ok(read),
        Err(error) => {
            let mut whole = value.clone();
            // JSON Schema takes 1.0 as an integer, serde does not.
            if integers(&mut whole)
                && let Ok(read) = T::deserialize(&whole)
            {
                return Ok(read);
            }
            let code = faults::serde_code(&error.inner().to_string());
            Err(FieldError::new(faults::serde_pointer(error.path()), code, error.inner().to_string()))
        }
    }
}

/// Turns floats without a fraction into integers; whether there were any.
fn integers(value: &mut Value) -> bool {
    match value {
        Value::Number(number) => {
            let Some(float) = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0 && float.abs() < 9e15) else {
                return false;
            };
            #[expect(clippy::cast_possible_truncation, reason = "it has no fraction and is small enough")]
            let whole = float as i64;
            *value = Value::from(whole);
            true
        }
        Value::Array(items) => items.iter_mut().fold(false, |any, item| integers(item) | any),
        Value::Object(members) => members.values_mut().fold(false, |any, member| integers(member) | any),
        _ => false,
    }
}

/// No list and no object of a body that is taken is longer: the 64 KiB of `custom` hold no more. One that is would have more mistakes than can be looked at
/// while others wait.
const LONGEST_LIST: usize = 32_768;

/// Looks at a value whatever its schema says. Finds NUL in texts and names: PostgreSQL cannot hold it, so neither engine is given it.
///
/// # Errors
/// `invalid` (422) for a list that is longer than any that is taken.
fn look(value: &Value, pointer: &mut String, errors: &mut Vec<FieldError>) -> Result<()> {
    match value {
        Value::String(text) if text.contains('\0') => nul(errors, pointer.clone(), "it holds the character NUL"),
        Value::Array(items) => {
            refuse_endless(items.len(), pointer)?;
            for (at, item) in items.iter().enumerate().filter(|(_, item)| may_be_unfit(item)) {
                inside(&at.to_string(), item, pointer, errors)?;
            }
        }
        Value::Object(members) => {
            refuse_endless(members.len(), pointer)?;
            for (name, member) in members {
                if name.contains('\0') {
                    nul(errors, format!("{pointer}/{}", faults::escape(name)), "the member's name holds the character NUL");
                }
                if may_be_unfit(member) {
                    inside(name, member, pointer, errors)?;
                }
            }
        }
        _ => {}
    }
    Ok(())
}

fn may_be_unfit(value: &Value) -> bool {
    matches!(value, Value::String(_) | Value::Array(_) | Value::Object(_))
}

fn inside(name: &str, value: &Value, pointer: &mut String, errors: &mut Vec<FieldError>) -> Result<()> {
    let length = pointer.len();
    pointer.push('/');
    pointer.push_str(&faults::escape(name));
    look(value, pointer, errors)?;
    pointer.truncate(length);
    Ok(())
}

fn nul(errors: &mut Vec<FieldError>, pointer: String, detail: &str) {
    if errors.len() < MOST {
        errors.push(FieldError::new(pointer, "nul", detail));
    }
}

fn refuse_endless(length: usize, pointer: &str) -> Result<()> {
    if length <= LONGEST_LIST {
        return Ok(());
    }
    let detail = format!("it has {length} items, and no list that is taken has more than {LONGEST_LIST}");
    Err(Problem::invalid_field(pointer, "too_long", detail))
}

#[cfg(test)]
#[path = "schemas_tests.rs"]
mod tests;
