//! The operations below `/v1/preview` in the API document: each of delivery's once more, since the same handlers answer them.

use serde_json::{Map, Value, json};

use super::openapi::{BEARER, PREVIEW_HEADER, PREVIEW_PARAMETER};
use super::operations::{Finish, append_parameters};

/// Under which heading they stand.
const TAG: &str = "Preview";
/// Where readers' tree begins, and where it stands once more.
const ROOT: &str = "/v1/";
const BELOW: &str = "/v1/preview/";

/// Adds them to the paths of a document.
pub(super) fn add(paths: &mut Value, with: Finish<'_>) {
    let Some(paths) = paths.as_object_mut() else { return };
    let previews: Map<String, Value> = paths
        .iter()
        .filter_map(|(path, operations)| {
            let get = operations.get("get").filter(|get| get["tags"] == json!(["Delivery"]))?;
            let below = match path.strip_prefix(ROOT) {
                Some(rest) => format!("{BELOW}{rest}"),
                None => format!("{BELOW}{}", path.trim_start_matches('/')),
            };
            Some((below, json!({ "get": preview(get, with.drafts) })))
        })
        .collect();
    paths.extend(previews);
}

fn preview(delivery: &Value, drafts: &[(&str, &str)]) -> Value {
    let mut operation = delivery.clone();
    let text = |member: &str| delivery[member].as_str().unwrap_or_default();
    let id = text("operationId");
    let (first, rest) = id.split_at(id.len().min(1));
    operation["operationId"] = json!(format!("preview{}{rest}", first.to_uppercase()));
    operation["summary"] = json!(format!("Preview: {}", text("summary")));
    operation["description"] = json!(format!("As `{id}` answers at the instant `at`. {}", text("description")).trim_end());
    operation["tags"] = json!([TAG]);
    operation["security"] = json!([{ BEARER: [] }, { PREVIEW_PARAMETER: [] }, { PREVIEW_HEADER: [] }]);
    let at = json!({
        "name": "at", "in": "query", "required": false, "schema": {"type": "string", "format": "date-time"},
        "description": "The instant, past or future, with an offset: that of the request, or that of the preview link, unless said. It takes no local time: `time_zone`, where readers have it, is that of the days that are asked for. Names, views, the tree of categories, `withdrawn` and backdated publications are as they stand today. A cursor holds a place and no instant, as readers' have it: it goes with any.",
    });
    append_parameters(&mut operation, vec![at, drafts_parameter()]);
    if let Some((_, schema)) = drafts.iter().find(|(of, _)| *of == id)
        && let Some(shape) = operation.pointer_mut("/responses/200/content/application~1json/schema")
    {
        *shape = json!({ "anyOf": [shape.take(), { "$ref": format!("#/components/schemas/{schema}") }] });
    }
    operation
}

fn drafts_parameter() -> Value {
    json!({
        "name": "drafts", "in": "query", "required": false, "schema": {"type": "string", "pattern": "^(true|false)$", "maxLength": 5},
        "description": "`true` shows the newest save of every article that is not in the trash instead, live or not: what has no date first, what is scheduled by the date that comes. \
            Filters are of the newest save; those by date leave out what has none, and so do dates of publication. Its slug is that of the newest save, and others of its own lead there. `at` then moves the dates and the \
            status alone. Categories count newest saves. `count=exact` counts up to 10,000 of them, and a page that has a number begins behind as many at most. What is of no article is the same. Unless said as the preview link says.",
    })
}
