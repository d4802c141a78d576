//! What an operation of the API document gets besides what its handler declares: the refusals of the layers around it, and headers.

use serde_json::{Map, Value, json};

use super::limits::{MAX_BODY_BYTES, SMALL_BODY_BYTES};
use super::problem::PROBLEM_JSON;
use super::tree::Tree;
use super::{conditional, idempotency};
use crate::kernel::problem::Code;

/// Tells of the operation of this operationId which roles may do it, or which scopes let a key do it.
pub type RolesOf<'a> = dyn Fn(&str) -> Option<Vec<&'static str>> + 'a;

/// What only the things themselves know.
#[derive(Clone, Copy, Default)]
pub struct Finish<'a> {
    /// Which roles may do an operation, by its operationId; `None` for those that ask for no role.
    pub roles: Option<&'a RolesOf<'a>>,
    /// Which scopes let an API key do an operation, by its operationId; none for people alone, `None` for those that ask for no right.
    pub scopes: Option<&'a RolesOf<'a>>,
    /// Of which scopes a key needs one besides, by operationId.
    pub also: Option<&'a RolesOf<'a>>,
    /// Operations of POST under `/v1/editor`, by operationId, that take no `Idempotency-Key`.
    pub without_idempotency: &'a [&'a str],
    /// Operations of delivery, by operationId, that show newest saves below `/v1/preview` if they are asked to, and the schema of that.
    pub drafts: &'a [(&'a str, &'a str)],
    /// Operations, by operationId, whose bodies may be left out.
    pub optional_bodies: &'a [&'a str],
    /// Operations, by operationId, whose bodies may bring a long text, and so hold 2 MiB.
    pub long_bodies: &'a [&'a str],
    /// Examples of bodies, by the name of their schema: `{"Article": {"summary", "value"}, "Article.page": …}`.
    pub examples: Option<&'a Value>,
    /// An example of each parameter, by its name, or by operationId and name: `{"limit": 20, "getUser.id": …}`.
    pub parameters: Option<&'a Value>,
}

/// One operation, as far as its surroundings depend on it.
struct Surroundings {
    tree: Tree,
    is_read: bool,
    /// Whether it changes what has a version, as a POST below an article does.
    is_versioned: bool,
    is_secured: bool,
    has_body: bool,
    has_path_parameter: bool,
    takes_key: bool,
    refuses_key: bool,
}

/// Completes one operation.
pub(super) fn complete(path: &str, method: &str, operation: &mut Value, with: Finish<'_>) {
    let id = operation["operationId"].as_str().unwrap_or_default().to_owned();
    let tree = Tree::of(path);
    let is_keyed = method == "post" && tree == Tree::Editor;
    let takes_key = is_keyed && path.starts_with("/v1/editor") && !with.without_idempotency.contains(&&*id);
    let around = Surroundings {
        tree,
        is_read: method == "get",
        is_versioned: tree == Tree::Editor && (matches!(method, "put" | "patch" | "delete") || is_keyed && path.contains('{')),
        is_secured: operation["security"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one.as_object().is_some_and(|one| !one.is_empty()))),
        has_body: operation.get("requestBody").is_some(),
        has_path_parameter: path.contains('{'),
        takes_key,
        refuses_key: is_keyed && !takes_key,
    };
    add_parameters(&around, operation);
    if let Some(examples) = with.parameters {
        add_parameter_examples(&id, operation, examples);
    }
    if around.has_body {
        let most = if with.long_bodies.contains(&&*id) { MAX_BODY_BYTES } else { SMALL_BODY_BYTES };
        operation["requestBody"]["x-max-bytes"] = json!(most);
        if with.optional_bodies.contains(&&*id) {
            operation["requestBody"]["required"] = json!(false);
        }
    }
    add_examples(operation, with.examples);
    add_refusals(&around, operation);
    describe_refusals(operation);
    add_headers(&around, operation);
    if let Some(roles) = with.roles.and_then(|roles| roles(&id)) {
        let text = operation["description"].as_str().unwrap_or_default();
        operation["description"] = json!(format!("{text}\n\nRoles: {}.", roles.join(", ")).trim_start());
        operation["x-roles"] = json!(roles);
    }
    if let Some(scopes) = with.scopes.and_then(|scopes| scopes(&id)) {
        let text = operation["description"].as_str().unwrap_or_default();
        let also = with.also.and_then(|also| also(&id));
        let said = if scopes.is_empty() { "none".to_owned() } else { format!("with {}", scopes.join(" or ")) };
        let more = also.as_ref().map_or_else(String::new, |also| format!(", and with {}", also.join(" or ")));
        operation["description"] = json!(format!("{text} API keys: {said}{more}."));
        operation["x-scopes"] = json!(scopes);
        if let Some(also) = also {
            operation["x-scopes-also"] = json!(also);
        }
    }
}

fn add_parameters(around: &Surroundings, operation: &mut Value) {
    // What is kept beside the saves changes no version.
    let has_autosave = operation["parameters"].as_array().is_some_and(|all| all.iter().any(|one| one["name"] == "autosave"));
    let requires_version = operation["responses"].get("428").is_some() && !has_autosave;
    let unless = if has_autosave { " Required unless `autosave=true`." } else { "" };
    let mut wanted = Vec::new();
    if around.is_versioned {
        // What is posted below an article has a version of its own in the answer.
        let whose = if around.takes_key { "the article's version" } else { "the version" };
        wanted.push(json!({
            "name": "If-Match", "in": "header", "required": requires_version, "schema": {"type": "string", "minLength": 1, "maxLength": conditional::LONGEST},
            "description": format!(
                "The `ETag` of {whose} that the change is based on, or `*` for whatever it is now. One that a proxy weakened (`W/\"7\"`) is taken as well.{unless}"
            ),
        }));
    }
    if around.takes_key {
        wanted.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false, "schema": {"type": "string", "minLength": 1, "maxLength": idempotency::LONGEST},
            "description": "The same key and body give the first answer again for 24 hours.",
        }));
    }
    if around.tree == Tree::Delivery && around.is_read {
        wanted.push(json!({
            "name": "If-None-Match", "in": "header", "required": false, "schema": {"type": "string", "maxLength": conditional::LONGEST},
            "description": "The `ETag` of the answer that the caller has: 304 if it is still the same. A longer header is as good as none.",
        }));
    }
    append_parameters(operation, wanted);
}

/// Adds parameters to those that an operation has, but for those that it declared itself. One without any stays without the member, which may not be null.
pub(super) fn append_parameters(operation: &mut Value, more: Vec<Value>) {
    let mut parameters = operation.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
    for parameter in more {
        let is_same = |other: &Value| other["in"] == parameter["in"] && other["name"] == parameter["name"];
        if !parameters.iter().any(is_same) {
            parameters.push(parameter);
        }
    }
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
}

/// One that may be left out has its example in its schema: `/docs` would send it from elsewhere, asked or not.
fn add_parameter_examples(id: &str, operation: &mut Value, examples: &Value) {
    for parameter in operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten() {
        let name = parameter["name"].as_str().unwrap_or_default();
        let Some(example) = examples.get(format!("{id}.{name}")).or_else(|| examples.get(name)) else { continue };
        if parameter["required"] == true {
            parameter["example"] = example.clone();
        } else {
            parameter["schema"]["examples"] = json!([example]);
        }
    }
}

/// Refers from each body of a named schema to the examples of that schema.
fn add_examples(operation: &mut Value, examples: Option<&Value>) {
    let Some(examples) = examples.and_then(Value::as_object) else { return };
    if let Some(body) = operation.get_mut("requestBody") {
        add_examples_of(body, examples);
    }
    for response in operation.get_mut("responses").and_then(Value::as_object_mut).into_iter().flat_map(|all| all.values_mut()) {
        add_examples_of(response, examples);
    }
}

fn add_examples_of(owner: &mut Value, examples: &Map<String, Value>) {
    for media in owner.get_mut("content").and_then(Value::as_object_mut).into_iter().flat_map(|all| all.values_mut()) {
        let schemas = schemas_of(&media["schema"]);
        let named = examples.keys().filter(|name| schemas.contains(&name.split('.').next().unwrap_or_default()));
        let named: Map<String, Value> =
            named.map(|name| (name.clone(), json!({"$ref": format!("#/components/examples/{name}")}))).collect();
        if !named.is_empty() {
            media["examples"] = Value::Object(named);
        }
    }
}

/// The names of the schemas that a body may be of.
fn schemas_of(schema: &Value) -> Vec<&str> {
    let any = schema["anyOf"].as_array().map_or_else(|| std::slice::from_ref(schema), Vec::as_slice);
    any.iter().filter_map(|one| one["$ref"].as_str()?.rsplit('/').next()).collect()
}

fn add_refusals(around: &Surroundings, operation: &mut Value) {
    let is_tagged = around.tree == Tree::Delivery && around.is_read;
    let mut refusals: Vec<(bool, u16, &str, &[Code])> = Vec::new();
    let bad_request: &[Code] = if around.refuses_key {
        &[Code::InvalidParameter, Code::InvalidHeader, Code::InvalidJson, Code::IdempotencyUnsupported, Code::MalformedRequest]
    } else if around.has_body {
        &[Code::InvalidParameter, Code::InvalidHeader, Code::InvalidJson, Code::MalformedRequest]
    } else {
        &[Code::InvalidParameter, Code::InvalidHeader, Code::InvalidCursor, Code::MalformedRequest]
    };
    refusals.push((
        true,
        400,
        "A parameter, a header or the body is not what it should be. A query has at most 100 parameters.",
        bad_request,
    ));
    let unproved = if around.tree == Tree::Preview {
        "There is no valid access token or API key, and no preview link that is good."
    } else {
        "There is no valid access token or API key."
    };
    refusals.push((around.is_secured, 401, unproved, &[Code::InvalidToken]));
    let forbids = if around.tree == Tree::Preview {
        "The caller's role, or the API key's scopes, do not allow this, or the preview link shows something else."
    } else {
        "The caller's role, or the API key's scopes, do not allow this."
    };
    refusals.push((around.is_secured && around.tree != Tree::Delivery, 403, forbids, &[Code::Forbidden]));
    refusals.push((around.has_path_parameter, 404, "There is no such resource.", &[Code::NotFound]));
    refusals.push((
        is_tagged || around.tree == Tree::Preview,
        406,
        "No content coding that there is is acceptable.",
        &[Code::NotAcceptable],
    ));
    refusals.push((true, 408, "The request was not whole in time.", &[Code::RequestTimeout]));
    refusals.push((around.is_versioned, 412, "It has changed since. `changed_fields` names what of an article, whose earlier versions are kept; of others `current_version` is all that is known.", &[Code::PreconditionFailed]));
    refusals.push((around.has_body, 413, "The body has more bytes than `x-max-bytes` says.", &[Code::BodyTooLarge]));
    refusals.push((around.has_body, 415, "The body is of another type than is taken.", &[Code::UnsupportedMediaType]));
    let unfit: &[Code] = if around.takes_key { &[Code::Invalid, Code::IdempotencyKeyReused] } else { &[Code::Invalid] };
    refusals.push((around.has_body, 422, "The body is JSON, but not what this operation takes.", unfit));
    refusals.push((true, 431, "URL and headers have more than 128 KiB together.", &[Code::HeadersTooLarge]));
    refusals.push((true, 500, "Something went wrong on the server.", &[Code::Internal]));
    refusals.push((
        true,
        503,
        "The database is away, the server is stopping, or too many large answers are being sent.",
        &[Code::Unavailable],
    ));
    let responses = &mut operation["responses"];
    for (_, status, description, codes) in refusals.into_iter().filter(|(applies, ..)| *applies) {
        if responses.get(status.to_string()).is_none() {
            responses[status.to_string()] = json!({"description": description, "content": problem_content(codes)});
        }
    }
    if is_tagged && responses.get("200").is_some() && responses.get("304").is_none() {
        responses["304"] = json!({"description": "It is still what the caller has."});
    }
}

/// Gives each refusal that a handler declared its body, with an example of each code that its description names in backticks.
fn describe_refusals(operation: &mut Value) {
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        let is_refusal = status.parse::<u16>().is_ok_and(|status| status >= 400);
        if !is_refusal || response.get("$ref").is_some() || response.get("content").is_some() {
            continue;
        }
        let named = response["description"].as_str().unwrap_or_default().split('`').skip(1).step_by(2);
        let codes: Vec<Code> = named.filter_map(|name| Code::ALL.iter().copied().find(|code| code.name() == name)).collect();
        response["content"] = problem_content(&codes);
    }
}

fn add_headers(around: &Surroundings, operation: &mut Value) {
    let text = |description: &str| json!({"description": description, "schema": {"type": "string"}});
    for (status, response) in operation["responses"].as_object_mut().into_iter().flatten() {
        if response.get("$ref").is_some() {
            continue;
        }
        let body = schemas_of(&response["content"]["application/json"]["schema"]).into_iter().next();
        let is_list = body.is_some_and(|name| name.ends_with("List"));
        let is_versioned = body.is_some_and(|name| name.starts_with("Editor")) && !is_list;
        let mut headers = response["headers"].as_object().cloned().unwrap_or_else(Map::new);
        let mut add = |name: &str, header: Value| {
            headers.entry(name).or_insert(header);
        };
        add(
            "X-Request-Id",
            text("The id under which the log knows this request: the caller's own, if it sent one of 1 to 64 letters, digits and hyphens."),
        );
        let is_tagged = around.tree == Tree::Delivery && around.is_read;
        if around.tree == Tree::Preview {
            add("Cache-Control", text("Nobody keeps it."));
            add("X-Robots-Tag", text("`noindex`."));
            add("Referrer-Policy", text("`no-referrer`, since the URL may hold a token."));
        }
        match (status.as_str(), around.tree) {
            ("200" | "304", Tree::Delivery) if is_tagged => {
                add("ETag", text("A digest of the answer's bytes, one per content coding."));
                add("Cache-Control", text("How long it may be kept: never past the next scheduled change of what it shows."));
            }
            ("308" | "404" | "410", Tree::Delivery) if around.is_read => add("Cache-Control", text("How long it may be kept.")),
            ("200" | "201", Tree::Editor) if is_versioned => add("ETag", text("The version.")),
            ("412" | "428", _) => add("ETag", text("The present version.")),
            ("401", _) => add("WWW-Authenticate", text("`Bearer`.")),
            ("429" | "503", _) => {
                let seconds = json!({"type": "integer", "minimum": 0});
                add("Retry-After", json!({"description": "Seconds to wait.", "schema": seconds}));
            }
            _ => {}
        }
        match status.as_str() {
            "201" | "308" => add("Location", text("Where it is.")),
            "200" if is_list => add("Link", text("The URLs of the next and the previous page (RFC 8288).")),
            _ => {}
        }
        response["headers"] = Value::Object(headers);
    }
}

/// The body of a refusal with one of these codes.
fn problem_content(codes: &[Code]) -> Value {
    let mut examples = Map::new();
    for code in codes {
        let mut value = json!({
            "type": format!("/docs/errors/{}", code.name()), "code": code.name(), "status": code.status(), "title": code.title(),
            "detail": code.explanation(), "request_id": "0192f0c1-2b3c-7d4e-8f50-617283940516",
        });
        match code {
            Code::Invalid => value["errors"] = json!([{"pointer": "/title", "code": "required", "detail": "it is missing"}]),
            Code::InvalidParameter => {
                value["errors"] = json!([{"pointer": "/limit", "code": "out_of_range", "detail": "`0` is not from 1 to 100"}]);
            }
            Code::PreconditionFailed => {
                value["current_version"] = json!(8);
                value["changed_fields"] = json!(["title"]);
            }
            _ => {}
        }
        examples.insert(code.name().to_owned(), json!({"summary": code.title(), "value": value}));
    }
    json!({PROBLEM_JSON: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}})
}
