use super::*;

/// Change a thing
#[utoipa::path(
    patch,
    path = "/v1/editor/things/{id}",
    operation_id = "updateThing",
    request_body = String,
    params(("id" = String, Path, description = "Which")),
    responses((status = 200, description = "It", body = String), (status = 409, description = "`slug_taken`, or `trashed`."), (status = 428, description = "`precondition_required`.")),
    security(("bearer" = []))
)]
#[expect(dead_code, reason = "only its declaration is read")]
fn update_thing() {}

/// List things
#[utoipa::path(get, path = "/v1/things", operation_id = "listThings", responses((status = 200, description = "Them", body = String)), security(()))]
#[expect(dead_code, reason = "only its declaration is read")]
fn list_things() {}

#[derive(utoipa::OpenApi)]
#[openapi(paths(update_thing, list_things))]
struct Things;

fn document() -> Document {
    use utoipa::OpenApi as _;
    let mut document = frame("What it is.", &[("Things", "All of them.")]);
    document.merge(Things::openapi());
    let roles = |id: &str| (id == "updateThing").then(|| vec!["editor", "admin"]);
    Document::finish(&document, Finish { roles: Some(&roles), ..Finish::default() })
}

fn statuses(operation: &Value) -> Vec<&str> {
    let mut statuses: Vec<&str> = operation["responses"].as_object().unwrap().keys().map(String::as_str).collect();
    statuses.sort_unstable();
    statuses
}

#[test]
fn operations_are_completed_by_what_surrounds_them() {
    let document = document();
    let update = &document.json()["paths"]["/v1/editor/things/{id}"]["patch"];
    let expected = ["200", "400", "401", "403", "404", "408", "409", "412", "413", "415", "422", "428", "431", "500", "503"];
    assert_eq!(statuses(update), expected);
    let examples = update["responses"]["409"]["content"]["application/problem+json"]["examples"].as_object().unwrap();
    let mut named: Vec<&str> = examples.keys().map(String::as_str).collect();
    named.sort_unstable();
    assert_eq!(named, ["slug_taken", "trashed"]);
    assert_eq!(update["x-roles"], json!(["editor", "admin"]));
    assert!(update["parameters"].as_array().unwrap().iter().any(|p| p["name"] == "If-Match" && p["required"] == true));
    let list = &document.json()["paths"]["/v1/things"]["get"];
    assert_eq!(statuses(list), ["200", "304", "400", "406", "408", "431", "500", "503"]);
    assert!(list["responses"]["200"]["headers"]["ETag"].is_object());
}

#[test]
fn the_frame_names_scheme_contact_and_licence() {
    let document = document();
    assert_eq!(document.json()["openapi"], "3.1.0");
    assert_eq!(document.json()["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert!(document.json()["info"]["contact"]["name"].is_string() && document.json()["info"]["license"]["name"].is_string());
    assert!(document.text().ends_with("}\n"));
    let codes = document.json()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    assert_eq!(codes.len(), Code::ALL.len());
}
