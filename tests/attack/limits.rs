//! Every limit of the API document, over HTTP: at it a value is taken, beyond it refused, with the mistake named. A limit that is added to
//! the document is tried as well.

use dateline::kernel::caller::Role;
use serde_json::{Map, Value, json};

use crate::desk::Desk;
use crate::newsroom::{Newsroom, Standing};
use crate::on_both_engines;
use crate::operations::{self, Operation, resolve};
use crate::support::answer::Answer;
use crate::support::raw;

/// What limits a value in a schema, how going beyond it is called, and whether that is above or below.
const KEYWORDS: [(&str, &str, i64); 6] = [
    ("maxLength", "too_long", 1),
    ("minLength", "too_short", -1),
    ("maxItems", "too_long", 1),
    ("minItems", "too_short", -1),
    ("maximum", "out_of_range", 1),
    ("minimum", "out_of_range", -1),
];

/// Members whose values must mean something besides: of the right length they are refused for what they say.
const MEANT: &[&str] = &[
    "embargo_until",
    "publish_at",
    "unpublish_at",
    "published_at",
    "expires_at",
    "at",
    "time_zone",
    "locale",
    "email",
    "password",
    "current_password",
    "new_password",
    "refresh_token",
    "revision",
    "version",
    "tags",
    "add",
    "remove",
    "authors",
    "pinned",
    "tag",
    "excluded",
    // Of the filters of a calendar.
    "category",
    "author",
    "state",
];

/// One limit of one value.
struct Limit {
    pointer: String,
    schema: Value,
    keyword: &'static str,
    code: &'static str,
    number: i64,
    beyond: i64,
    /// In which of several forms it lies, where a word tells them apart.
    form: usize,
}

/// The limits below a schema.
fn limits(schema: &Value, pointer: &str, found: &mut Vec<Limit>) {
    let schema = resolve(schema);
    let branches = ["oneOf", "anyOf", "allOf"].iter().filter_map(|name| schema[*name].as_array()).flatten();
    // Of a body with several forms the first one is what a request without parameters takes.
    let most = if pointer.is_empty() && schema["anyOf"].is_array() { 1 } else { usize::MAX };
    for (form, branch) in branches.enumerate().take(most) {
        let from = found.len();
        limits(branch, pointer, found);
        if schema.get("discriminator").is_some() {
            found[from..].iter_mut().for_each(|limit| limit.form = form);
        }
    }
    for (keyword, code, beyond) in KEYWORDS {
        // Nothing is shorter than nothing.
        if let Some(number) = schema[keyword].as_i64().filter(|number| *number > 0 || keyword.ends_with("imum")) {
            found.push(Limit { pointer: pointer.to_owned(), schema: schema.clone(), keyword, code, number, beyond, form: 0 });
        }
    }
    for (name, member) in schema["properties"].as_object().into_iter().flatten() {
        limits(member, &format!("{pointer}/{name}"), found);
    }
    if schema["items"].is_object() {
        limits(&schema["items"], &format!("{pointer}/0"), found);
    }
}

impl Limit {
    fn name(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap()
    }

    /// A value of this length, or this number.
    fn value(&self, number: i64, item: &str) -> Value {
        let count = usize::try_from(number).unwrap_or_default();
        match self.keyword {
            "maxLength" | "minLength" => Value::from(self.text(count)),
            "maxItems" | "minItems" => Value::from(vec![item_of(&self.schema).unwrap_or_else(|| json!(item)); count]),
            _ => json!(number),
        }
    }

    /// So many characters; of two bytes where any will do, so that nobody counts bytes instead.
    fn text(&self, count: usize) -> String {
        let pattern = self.schema["pattern"].as_str().unwrap_or("\\S");
        if self.schema["format"] == "email" {
            return format!("a@{}", "d.".repeat(count)).chars().take(count).collect();
        }
        if pattern == "^/" {
            return format!("/{}", "a".repeat(count.saturating_sub(1)));
        }
        if ["url", "to"].contains(&self.name()) && count == 1 {
            return "/".to_owned();
        }
        if pattern.contains("://") {
            return format!("https://e/{}", "a".repeat(count)).chars().take(count).collect();
        }
        if count > 100_000 {
            // What is long is rendered as well.
            return format!("é{}", "\n".repeat(count - 1));
        }
        if self.schema["format"] == "password" {
            // It is measured in bytes as well, and not to be easily guessed.
            return "kestrel ".chars().cycle().take(count).collect();
        }
        if pattern == "\\S" { "é" } else { "a" }.repeat(count)
    }
}

/// What an item of a list of words or of objects can be.
fn item_of(list: &Value) -> Option<Value> {
    let items = resolve(&list["items"]);
    let items = items["oneOf"].get(0).map_or(items, resolve);
    let is_object = items["type"] == "object";
    items["enum"].get(0).cloned().or_else(|| is_object.then(|| least_object(items)))
}

/// What a member holds where it must hold something.
fn least(name: &str, schema: &Value) -> Value {
    let schema = resolve(schema);
    match (name, schema["enum"].as_array()) {
        (_, Some(words)) => words[0].clone(),
        ("url", _) => json!("https://e/picture"),
        ("from", _) => json!(format!("/old/{}", dateline::kernel::id::UserId::new())),
        ("to", _) => json!("/new"),
        _ if schema["format"] == "uuid" => json!(dateline::kernel::id::UserId::new()),
        ("email", _) => json!(format!("{}@example.org", dateline::kernel::id::UserId::new())),
        _ if schema["type"] == "array" => json!([item_of(schema).unwrap_or_else(|| json!("Some words"))]),
        _ if schema["type"] == "object" => least_object(schema),
        _ => json!("Some words"),
    }
}

/// The least object of a schema: what it must hold.
pub fn least_object(schema: &Value) -> Value {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    // A picture has an address, also one that is patched, and a slot something that fills it.
    let address = ["url", "rule"].into_iter().find(|name| schema["properties"].get(name).is_some());
    Value::Object(required.chain(address).map(|name| (name.to_owned(), least(name, &schema["properties"][name]))).collect())
}

/// The least body of a schema that has this value at a pointer, in one of its forms where there are several.
fn with(schema: &Value, form: usize, pointer: &str, value: Value) -> Value {
    let schema = resolve(schema).clone();
    let form_here = if schema.get("discriminator").is_some() { form } else { 0 };
    let branches = |schema: &'_ Value| schema["oneOf"].as_array().or(schema["anyOf"].as_array()).map(|all| all[form_here].clone());
    let schema = branches(&schema).map_or(schema, |branch| resolve(&branch).clone());
    let Some((name, rest)) = pointer.trim_start_matches('/').split_once('/').or(Some((pointer.trim_start_matches('/'), ""))) else {
        return value;
    };
    if name.is_empty() {
        return value;
    }
    if schema["items"].is_object() {
        return json!([with(&schema["items"], form, rest, value)]);
    }
    let mut object = least_object(&schema);
    let members: &mut Map<String, Value> = object.as_object_mut().unwrap();
    members.insert(name.to_owned(), with(&schema["properties"][name], form, rest, value));
    object
}

async fn send(desk: &mut Desk, operation: &Operation, body: Vec<u8>) -> Answer {
    desk.request(operation).await.body("application/json", body).await
}

/// What is wrong with an answer to a value at its limit.
fn fault_at(limit: &Limit, answer: &Answer) -> Option<String> {
    let errors: Vec<&Value> = match answer.status {
        422 => answer["errors"].as_array().into_iter().flatten().filter(|error| error["pointer"] == *limit.pointer).collect(),
        _ => Vec::new(),
    };
    if errors.iter().any(|error| error["code"] == limit.code) {
        return Some(format!("{} at {} is {}", limit.keyword, limit.number, limit.code));
    }
    // A reason is for what has ended, a wrong password is no one's.
    let is_refused = answer.status >= 400 && !matches!(answer.status, 401 | 409);
    (is_refused && !limit.pointer.split('/').any(|name| MEANT.contains(&name)))
        .then(|| format!("{} at {} is refused", limit.keyword, limit.number))
}

on_both_engines! {
    async fn values_are_taken_at_every_limit_of_the_document_and_refused_beyond(engine) {
        let mut desk = Desk::open(engine).await;
        let category = desk.newsroom.id("categories", &desk.admin.caller, "").await;
        let (mut wrong, mut tried) = (Vec::new(), 0);
        for operation in operations::all() {
            let Some((_, schema)) = operation.body() else { continue };
            let mut found = Vec::new();
            limits(schema, "", &mut found);
            for limit in found {
                tried += 1;
                let place = format!("{} {}", operation.id, limit.pointer);
                let at = send(&mut desk, &operation, with(schema, limit.form, &limit.pointer, limit.value(limit.number, &category)).to_string().into()).await;
                wrong.extend(fault_at(&limit, &at).map(|fault| format!("{place}: {fault}: {at}")));
                let beyond = limit.value(limit.number + limit.beyond, &category);
                let refused = send(&mut desk, &operation, with(schema, limit.form, &limit.pointer, beyond).to_string().into()).await;
                let is_named = refused.status == 422
                    && refused["errors"].as_array().into_iter().flatten().any(|e| e["pointer"] == limit.pointer && e["code"] == limit.code);
                if !is_named {
                    wrong.push(format!("{place}: {} beyond {} is not refused as {}: {refused}", limit.keyword, limit.number, limit.code));
                }
            }
        }
        assert!(wrong.is_empty(), "on {engine:?}:\n{}", wrong.join("\n\n"));
        assert!(tried > 80, "only {tried} limits were found in the document");
    }

    async fn parameters_are_taken_at_their_limits_and_refused_beyond(engine) {
        let mut desk = Desk::open(engine).await;
        let mut tried = 0;
        for operation in operations::all() {
            let path = desk.path(&operation).await;
            for parameter in operation.parameters().filter(|parameter| parameter.place == "query") {
                let mut found = Vec::new();
                limits(parameter.schema, &format!("/{}", parameter.name), &mut found);
                for limit in found {
                    tried += 1;
                    let ask = async |number: i64| {
                        let value = limit.value(number, limit.schema["items"]["enum"][0].as_str().unwrap_or("a"));
                        let text = match &value {
                            Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
                            other => other.as_str().map_or_else(|| other.to_string(), str::to_owned),
                        };
                        let text = if parameter.name == "cursor" { text.replace('é', "A") } else { text };
                        let mut request = desk.admin.client.request(&operation.method, &path).query(parameter.name, &text);
                        if operation.body().is_some() {
                            request = request.json(json!({}));
                        }
                        request.await
                    };
                    let at = ask(limit.number).await;
                    // So long a text may still name nothing.
                    let is_measured = |error: &Value| error["code"] == limit.code || error["code"] == "out_of_range";
                    let is_taken = at.status < 400 || at.status == 400 && !at.json()["errors"].as_array().into_iter().flatten().any(is_measured);
                    assert!(is_taken, "{} {} at {}: {at}", operation.id, parameter.name, limit.number);
                    let refused = ask(limit.number + limit.beyond).await;
                    refused.is_problem(400, "invalid_parameter");
                    assert_eq!(refused["errors"][0]["pointer"], format!("/{}", parameter.name));
                }
            }
        }
        assert!(tried >= 30, "only {tried} limits of parameters were found");
        let categories = |count: usize| vec!["a"; count].join(",");
        desk.admin.client.get("/v1/articles").query("category", &categories(20)).await.is_ok();
        desk.admin.client.get("/v1/articles").query("category", &categories(21)).await.is_problem(400, "invalid_parameter").has_error("/category", "too_many");
    }

    async fn headers_are_taken_up_to_their_limits(engine) {
        let mut desk = Desk::open(engine).await;
        let longest = |name: &str| {
            let of = operations::all().into_iter().find_map(|operation| {
                let found = operation.parameters().find(|parameter| parameter.place == "header" && parameter.name == name)?;
                found.schema["maxLength"].as_u64()
            });
            usize::try_from(of.unwrap_or_else(|| panic!("the document says no limit of {name}"))).unwrap()
        };
        let path = desk.path(&Operation::find("updateArticle").unwrap()).await;
        let padded = |length: usize| format!("\"1\"{}\"2\"", ",".repeat(length - 6));
        let save = async |header: &str| desk.admin.client.patch(&path).if_match(header).merge_patch(json!({})).await;
        save(&padded(longest("If-Match"))).await.is_ok();
        save(&padded(longest("If-Match") + 1)).await.is_problem(400, "invalid_header");
        let make = async |key: usize| {
            let body = json!({ "name": format!("Category {key}") });
            desk.admin.client.post("/v1/editor/categories").header("idempotency-key", &"k".repeat(key)).json(body).await
        };
        make(longest("Idempotency-Key")).await.is_created();
        make(longest("Idempotency-Key") + 1).await.is_problem(400, "invalid_header");
        let tag = desk.admin.client.get("/v1/site").await.expect_header("etag").to_owned();
        let longest = longest("If-None-Match");
        for (length, status) in [(longest, 304), (longest + 1, 200)] {
            let known = format!("{}{tag}", ",".repeat(length - tag.len()));
            desk.admin.client.get("/v1/site").header("if-none-match", &known).await.is(status);
        }
    }

    async fn bodies_are_read_up_to_the_bytes_that_the_document_says(engine) {
        let mut desk = Desk::open(engine).await;
        for operation in operations::all() {
            let Some((_, schema)) = operation.body() else { continue };
            let most = operation.says["requestBody"]["x-max-bytes"].as_u64().unwrap_or_else(|| panic!("{} says no limit of its body", operation.id));
            let padded = |length: u64| {
                let mut body = least_object(resolve(schema)).to_string().into_bytes();
                body.resize(usize::try_from(length).unwrap(), b' ');
                body
            };
            let at = send(&mut desk, &operation, padded(most)).await;
            assert!(at.status != 413, "{}: {at}", operation.id);
            send(&mut desk, &operation, padded(most + 1)).await.is_problem(413, "body_too_large");
            let is_long = operation.id == "bulk" || operation.id.ends_with("Article") && operation.id != "unpublishArticle";
            assert_eq!(most, if is_long { 2 * 1024 * 1024 } else { 64 * 1024 });
        }
    }

    async fn custom_takes_64_kib_of_json_also_where_it_is_merged(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let article = |custom: Value| json!({ "title": "A", "body": { "format": "html", "source": "" }, "custom": custom });
        let of = |bytes: usize| json!({ "a": "x".repeat(bytes - r#"{"a":""}"#.len()) });
        let made = editor.client.post("/v1/editor/articles").json(article(of(64 * 1024))).await;
        made.is_created();
        editor.client.post("/v1/editor/articles").json(article(of(64 * 1024 + 1))).await.is_problem(422, "invalid").has_error("/custom", "too_long");
        let path = format!("/v1/editor/articles/{}", made.text_at("/id"));
        let merged = editor.client.patch(&path).if_match("*").merge_patch(json!({ "custom": { "b": 1 } })).await;
        merged.is_problem(422, "invalid").has_error("/custom", "too_long");
        editor.client.patch(&path).if_match("*").merge_patch(json!({ "custom": { "a": null, "b": 1 } })).await.is_ok();
    }

    async fn passwords_are_measured_in_bytes_as_well(engine) {
        let newsroom = Newsroom::open(engine).await;
        let admin = newsroom.person(Standing::Active(Role::Admin)).await;
        let user = |password: String| json!({ "email": "someone@example.org", "name": "Someone", "role": "author", "password": password });
        let refused = admin.client.post("/v1/editor/users").json(user("é".repeat(513))).await;
        refused.is_problem(422, "invalid").has_error("/password", "too_long");
        admin.client.post("/v1/editor/users").json(user("é".repeat(512))).await.is_created();
        let login = json!({ "email": "someone@example.org", "password": "é".repeat(512) });
        newsroom.site.anyone().post("/v1/auth/login").json(login).await.is_ok();
    }

    async fn categories_lie_fifty_deep_and_no_deeper(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let mut parent = Value::Null;
        for depth in 0..=50 {
            let made = editor.client.post("/v1/editor/categories").json(json!({ "name": format!("At {depth}"), "parent_id": parent })).await;
            assert_eq!(made.is_created()["depth"], depth);
            parent = made["id"].clone();
        }
        let refused = editor.client.post("/v1/editor/categories").json(json!({ "name": "Too deep", "parent_id": parent })).await;
        refused.is_problem(422, "invalid").has_error("/parent_id", "too_deep");
    }

    async fn heads_of_requests_are_taken_up_to_their_limits(engine) {
        let newsroom = Newsroom::open(engine).await;
        let editor = newsroom.person(Standing::Active(Role::Editor)).await;
        let keyed = async |key: &str| editor.client.post("/v1/editor/categories").header("idempotency-key", key).json(json!({ "name": "A" })).await;
        keyed(&"k".repeat(255)).await.is_created();
        for refused in [keyed(&"k".repeat(256)).await, keyed("").await] {
            refused.is_problem(400, "invalid_header");
        }
        let ask = async |target: &str, headers: &str| {
            raw::exchange(newsroom.site.address(), format!("GET {target} HTTP/1.1\r\nhost: x\r\n{headers}\r\n")).await
        };
        assert_eq!(ask("/v1/site", &format!("x-request-id: {}\r\n", "a".repeat(64))).await.header("x-request-id"), Some(&*"a".repeat(64)));
        assert_eq!(ask("/v1/site", &format!("x-request-id: {}\r\n", "a".repeat(65))).await.header("x-request-id").map(str::len), Some(36));
        assert_eq!(ask("/v1/site", &format!("x-padding: {}\r\n", "a".repeat(60_000))).await.status, 200);
        let many: String = (0..90).map(|n| format!("x-{n}: a\r\n")).collect();
        assert_eq!(ask("/v1/site", &many).await.status, 200);
        let refusals = [
            ask("/v1/site", &format!("x-padding: {}\r\n", "a".repeat(300_000))).await,
            ask("/v1/site", &(0..200).map(|n| format!("x-{n}: a\r\n")).collect::<String>()).await,
            ask(&format!("/v1/site?{}", "a".repeat(300_000)), "").await,
        ];
        for refused in refusals {
            assert!(matches!(refused.status, 400 | 414 | 431), "{refused}");
        }
        assert_eq!(ask("/v1/site", "").await.status, 200);
    }
}
