//! The operations of the API document, as the tests walk them.
#![allow(dead_code, reason = "each test program uses another part of it")]

use std::sync::OnceLock;

use serde_json::Value;

/// The revision that stands in paths.
const FIRST: &str = "1";

/// The placeholders of what lies below another thing, and both kinds.
const BELOW: &[(&str, &str)] =
    &[("{session_id}", "users sessions"), ("{publication_id}", "releases publications"), ("{edition_id}", "lists editions")];

/// One operation.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Its operationId.
    pub id: String,
    /// Its method, in upper case.
    pub method: String,
    /// Its path, with a placeholder for what it is about; of an article's revisions the first one is meant, which each has.
    pub template: String,
    /// What the document says of it.
    pub says: Value,
}

/// A parameter of an operation.
pub struct Parameter<'a> {
    /// Its name.
    pub name: &'a str,
    /// `path`, `query` or `header`.
    pub place: &'a str,
    /// Whether it must be given.
    pub is_required: bool,
    /// The schema of its value.
    pub schema: &'a Value,
}

/// The whole document.
pub fn root() -> &'static Value {
    static ROOT: OnceLock<Value> = OnceLock::new();
    ROOT.get_or_init(|| serde_json::from_str(&dateline::app::document().text()).unwrap())
}

/// Every operation, in the order of the document.
pub fn all() -> Vec<Operation> {
    let mut all = Vec::new();
    for (template, methods) in root()["paths"].as_object().unwrap() {
        for (method, says) in methods.as_object().unwrap().iter().filter(|(_, says)| says.get("operationId").is_some()) {
            let id = says["operationId"].as_str().unwrap().to_owned();
            all.push(Operation { id, method: method.to_uppercase(), template: template.replace("{n}", FIRST), says: says.clone() });
        }
    }
    all
}

/// Follows the references of a schema.
pub fn resolve(mut schema: &Value) -> &Value {
    while let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        schema = root().pointer(reference.trim_start_matches('#')).unwrap();
    }
    schema
}

impl Operation {
    /// The operation of this operationId.
    pub fn find(id: &str) -> Option<Self> {
        all().into_iter().find(|operation| operation.id == id)
    }

    /// Its parameters.
    pub fn parameters(&self) -> impl Iterator<Item = Parameter<'_>> {
        self.says["parameters"].as_array().into_iter().flatten().map(|parameter| Parameter {
            name: parameter["name"].as_str().unwrap(),
            place: parameter["in"].as_str().unwrap(),
            is_required: parameter["required"] == true,
            schema: &parameter["schema"],
        })
    }

    /// The media type of its body and the schema, if it takes one.
    pub fn body(&self) -> Option<(&str, &Value)> {
        let content = self.says["requestBody"]["content"].as_object()?;
        content.iter().next().map(|(media, content)| (media.as_str(), &content["schema"]))
    }

    /// Whether it takes an access token.
    pub fn is_secured(&self) -> bool {
        self.says["security"].as_array().is_some_and(|all| all.iter().any(|one| one.get("bearer").is_some()))
    }

    /// The parameters of its query that prove who asks, instead of an access token.
    pub fn query_keys(&self) -> Vec<&'static str> {
        let schemes = &root()["components"]["securitySchemes"];
        let named = self.says["security"].as_array().into_iter().flatten().flat_map(|one| one.as_object().unwrap().keys());
        let in_query = named.map(|name| &schemes[name]).filter(|scheme| scheme["in"] == "query");
        in_query.map(|scheme| scheme["name"].as_str().unwrap()).collect()
    }

    /// Whether `If-Match` must be sent.
    pub fn requires_version(&self) -> bool {
        !self.says["responses"]["428"].is_null()
    }

    /// What its placeholder stands for: the segment before it, such as `articles`; for what lies below another thing both, such as `users sessions`.
    pub fn kind(&self) -> Option<&str> {
        if let Some((_, kinds)) = BELOW.iter().find(|(below, _)| self.template.contains(below)) {
            return Some(kinds);
        }
        let before = self.template.split("/{").next()?;
        self.template.contains('{').then(|| before.rsplit('/').next())?
    }

    /// Its path, with this in place of the placeholder; for what lies below another thing two with a space between, or one for both.
    pub fn path(&self, value: &str) -> String {
        if let Some((below, _)) = BELOW.iter().find(|(below, _)| self.template.contains(below)) {
            let (outer, inner) = value.split_once(' ').unwrap_or((value, value));
            return self.template.replace("{id}", outer).replace(below, inner);
        }
        match (self.template.find('{'), self.template.find('}')) {
            (Some(start), Some(end)) => format!("{}{value}{}", &self.template[..start], &self.template[end + 1..]),
            _ => self.template.clone(),
        }
    }
}
