//! The operations below `/v1/preview` in the API document: each of delivery's once more, since the same handlers answer them.

use serde_json::{Map, Value, json};

use super::openapi::{BEARER, PREVIEW_HEADER, PREVIEW_PARAMETER};
use super::operations::append_parameters;

/// Under which heading they stand.
const TAG: &str = "Preview";
/// Where readers' tree begins, and where it stands once more.
const ROOT: &str = "/v1/";
const BELOW: &str = "/v1/preview/";

/// Adds them to the paths of a document.
pub(super) fn add(paths: &mut Value) {
    let Some(paths) = paths.as_object_mut() else { return };
    let previews: Map<String, Value> = paths
        .iter()
        .filter_map(|(path, operations)| {
            let get = operations.get("get").filter(|get| get["tags"] == json!(["Delivery"]))?;
            Some((path.replacen(ROOT, BELOW, 1), json!({ "get": preview(get) })))
        })
        .collect();
    paths.extend(previews);
}

fn preview(delivery: &Value) -> Value {
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
        "description": "The instant, past or future: that of the request, or that of the preview link, unless said. Names, the tree of categories, `withdrawn` and backdated publications are as they stand today. A cursor holds a place and no instant, as readers' have it: it goes with any.",
    });
    append_parameters(&mut operation, vec![at]);
    operation
}
