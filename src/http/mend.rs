//! What is left of a body without its mistakes, so that the rest can be read and judged in the same answer.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::faults::escape;

/// Where references lead.
const COMPONENTS: &str = "#/components/schemas/";

/// What is wrong with a value, and the schemas that say what it may be.
pub(super) struct Mend<'a> {
    /// The components of the API document.
    pub components: &'a Value,
    /// Where mistakes are, as JSON pointers.
    pub wrong: HashSet<&'a str>,
}

impl<'a> Mend<'a> {
    /// The value without what is wrong; where something must be, the least that its schema takes. `None` if it is wrong itself.
    pub fn mended(&self, schema: &'a Value, value: &Value, pointer: &mut String) -> Option<Value> {
        if self.wrong.contains(pointer.as_str()) {
            return None;
        }
        let schema = self.meant(self.told_apart(schema, value)?);
        Some(match value {
            Value::Array(items) => {
                let items = items.iter().enumerate();
                let mend = |(at, item): (usize, &Value)| {
                    self.inside(&at.to_string(), &schema["items"], item, pointer).unwrap_or_else(|| self.least(&schema["items"]))
                };
                items.map(mend).collect()
            }
            Value::Object(members) => {
                let mend = |(name, member): (&String, &Value)| {
                    Some((name.clone(), self.inside(name, &schema["properties"][name], member, pointer)?))
                };
                let mut mended: Map<String, Value> = members.iter().filter_map(mend).collect();
                self.complete(schema, &mut mended);
                Value::Object(mended)
            }
            other => other.clone(),
        })
    }

    fn inside(&self, name: &str, schema: &'a Value, value: &Value, pointer: &mut String) -> Option<Value> {
        let length = pointer.len();
        pointer.push('/');
        pointer.push_str(&escape(name));
        let mended = self.mended(schema, value, pointer);
        pointer.truncate(length);
        mended
    }

    /// Puts in what an object must have.
    fn complete(&self, schema: &'a Value, members: &mut Map<String, Value>) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                members.insert(name.to_owned(), self.least(&schema["properties"][name]));
            }
        }
    }

    /// Of several forms that a word tells apart the one that the value names; `None` if it names none of them.
    fn told_apart(&self, schema: &'a Value, value: &Value) -> Option<&'a Value> {
        let schema = self.named(schema);
        let Some(word) = schema["discriminator"]["propertyName"].as_str() else { return Some(schema) };
        let form = schema["discriminator"]["mapping"][value[word].as_str()?].as_str()?;
        self.components["schemas"].get(form.strip_prefix(COMPONENTS)?)
    }

    /// The schema without references.
    fn named(&self, mut schema: &'a Value) -> &'a Value {
        while let Some(name) = schema["$ref"].as_str().and_then(|name| name.strip_prefix(COMPONENTS)) {
            schema = &self.components["schemas"][name];
        }
        schema
    }

    /// The schema without references; of several forms the first that is more than `null`.
    fn meant(&self, mut schema: &'a Value) -> &'a Value {
        loop {
            schema = self.named(schema);
            let forms = ["oneOf", "anyOf", "allOf"].iter().find_map(|name| schema[*name].as_array());
            if let Some(form) = forms.and_then(|forms| forms.iter().find(|form| form["type"] != "null")) {
                schema = form;
            } else {
                return schema;
            }
        }
    }

    /// The least value of a schema: harmless, since it is never kept.
    fn least(&self, schema: &'a Value) -> Value {
        let schema = self.meant(schema);
        if let Some(word) = schema["enum"].get(0) {
            return word.clone();
        }
        let kind = if schema["type"].is_array() { &schema["type"][0] } else { &schema["type"] };
        match kind.as_str() {
            Some("string") if schema["format"] == "uuid" => json!(uuid::Uuid::nil()),
            Some("string") => json!("a"),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or(json!(0)),
            Some("boolean") => json!(false),
            Some("array") => json!([]),
            Some("object") => {
                let mut members = Map::new();
                self.complete(schema, &mut members);
                Value::Object(members)
            }
            _ => Value::Null,
        }
    }
}
