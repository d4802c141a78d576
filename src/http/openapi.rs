//! The API document: its frame, and what all operations have in common, so that handlers declare only what is their own.
//!
//! A handler declares its successes, and those refusals that are about its subject (409, 410, 428, 429, its own 401). For those a
//! description that names the codes in backticks is enough: `(status = 409, description = "`slug_taken`, or `trashed`.")`;
//! [`Document::finish`] adds the body and an example for each code. Everything that the layers in front of and around a handler answer
//! is added there as well.

use actix_web::web::Bytes;
use serde_json::{Value, json};
use utoipa::openapi::info::{ContactBuilder, InfoBuilder, LicenseBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, OpenApi, OpenApiBuilder};

use super::operations;
pub use super::operations::{Finish, RolesOf};
use crate::kernel::problem::Code;

/// The name of the security scheme: `security(("bearer" = []))`.
pub const BEARER: &str = "bearer";

/// The names of the security schemes of preview links.
pub(super) const PREVIEW_PARAMETER: &str = "previewParameter";
pub(super) const PREVIEW_HEADER: &str = "previewHeader";

/// The name of the security scheme of subscriptions to the calendar.
const CALENDAR_TOKEN: &str = "calendarToken";

/// The document with nothing in it yet: hand it to `UtoipaApp::openapi`. `description` is Markdown; tags are shown in this order.
pub fn frame(description: &str, tags: &[(&str, &str)]) -> OpenApi {
    let contact = ContactBuilder::new().name(Some("Dateline")).build();
    let license = LicenseBuilder::new().name("MIT OR Apache-2.0").identifier(Some("MIT OR Apache-2.0")).build();
    let info = InfoBuilder::new()
        .title("Dateline")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(description))
        .contact(Some(contact))
        .license(Some(license))
        .build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The `access_token` of `POST /v1/auth/login`, which lives for 15 minutes, or an API key. Under `/docs` whoever tries out that operation is logged in by it: nothing needs to be filled in here."))
        .build();
    let key = |place: fn(ApiKeyValue) -> ApiKey, name, what| SecurityScheme::ApiKey(place(ApiKeyValue::with_description(name, what)));
    let (of_link, of_subscription) = ("The `token` of a preview link.", "The `token` of a subscription to the calendar.");
    let components = ComponentsBuilder::new()
        .security_scheme(BEARER, SecurityScheme::Http(bearer))
        .security_scheme(PREVIEW_PARAMETER, key(ApiKey::Query, "preview", of_link))
        .security_scheme(PREVIEW_HEADER, key(ApiKey::Header, "Dateline-Preview", of_link))
        .security_scheme(CALENDAR_TOKEN, key(ApiKey::Query, "token", of_subscription))
        .build();
    let tags = tags.iter().map(|(name, description)| TagBuilder::new().name(*name).description(Some(*description)).build());
    let server = ServerBuilder::new().url("/").description(Some("This server")).build();
    OpenApiBuilder::new().info(info).servers(Some([server])).tags(Some(tags)).components(Some(components)).build()
}

/// The finished document.
#[derive(Clone, Debug)]
pub struct Document {
    json: Value,
}

impl Document {
    /// Adds what operations have in common to a document that holds all of them.
    pub fn finish(document: &OpenApi, with: Finish<'_>) -> Self {
        let mut json = serde_json::to_value(document).expect("a document of the derive is JSON");
        add_problem_schemas(&mut json);
        super::previews::add(&mut json["paths"], with);
        if let Some(examples) = with.examples {
            json["components"]["examples"] = examples.clone();
        }
        if let Some(paths) = json["paths"].as_object_mut() {
            for (path, operations) in paths {
                for (method, operation) in operations.as_object_mut().into_iter().flatten() {
                    if operation.get("responses").is_some() {
                        operations::complete(path, method, operation, with);
                    }
                }
            }
        }
        Self { json }
    }

    /// As JSON.
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// As text for people and for the repository: indented, with a line break at its end.
    pub fn text(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.json).expect("JSON can be written");
        text.push('\n');
        text
    }

    /// As it is delivered.
    pub fn bytes(&self) -> Bytes {
        Bytes::from(serde_json::to_vec(&self.json).expect("JSON can be written"))
    }
}

/// The member `merge` of a problem.
fn merge() -> Value {
    let content = |what: &str| json!({"type": "object", "description": what});
    json!({
        "type": "object",
        "description": "With `precondition_failed` of an article and `merge=preview`: what the change was based on, what became of that, and both together.",
        "required": ["base", "theirs", "yours", "merged", "conflicts"],
        "properties": {
            "base": content("The content of the save that was the newest at the version that `If-Match` names, as in its revision."),
            "theirs": content("That of the newest save."),
            "yours": content("What was sent, on top of `base`."),
            "merged": content(
                "Both together, to be sent to the same operation with the present version: each field as the side has it that changed it. Of `conflicts` it has \
                 `theirs`, so that sending it undoes nothing of what others saved: put your choice there. For `replaceArticle` it has `kind` and `locale` \
                 as well; for `updateArticle` its `custom` is a merge patch, with `null` for a member that goes."
            ),
            "conflicts": {"type": "array", "items": {"type": "string"}, "description": "The fields that both sides changed, and not alike.", "example": ["title"]},
        },
    })
}

fn add_problem_schemas(document: &mut Value) {
    let readings = |what: &str| json!({"type": "array", "items": {"type": "string", "format": "date-time"}, "description": what});
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.name()).collect();
    let schemas = &mut document["components"]["schemas"];
    if !schemas.is_object() {
        *schemas = json!({});
    }
    schemas["FieldError"] = json!({
        "type": "object",
        "description": "One mistake in a request.",
        "required": ["pointer", "code", "detail"],
        "properties": {
            "pointer": {"type": "string", "description": "Where: a JSON pointer (RFC 6901) into the body; for a parameter `/` and its name.", "example": "/title"},
            "code": {"type": "string", "description": "What kind of mistake; stable.", "example": "required"},
            "detail": {"type": "string", "description": "What is wrong with the value, and what would be right.", "example": "it is missing"},
            "readings": readings("Of a local time that a clock change skips or repeats: the instants that could be meant."),
        },
    });
    schemas["Problem"] = json!({
        "type": "object",
        "description": "Why a request was refused (RFC 9457). Some codes have members of their own beside these.",
        "required": ["type", "code", "status", "title", "detail", "request_id"],
        "properties": {
            "type": {"type": "string", "format": "uri-reference", "description": "The page that explains the code.", "example": "/docs/errors/not_found"},
            "code": {"type": "string", "description": "What went wrong; stable, to branch on. More may come.", "enum": codes},
            "status": {"type": "integer", "format": "int32", "minimum": 400, "maximum": 599, "description": "The HTTP status."},
            "title": {"type": "string", "description": "The same for each occurrence of a code."},
            "detail": {"type": "string", "description": "What is wrong this time, in plain words."},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}, "description": "Every mistake, where there can be several: of a body all at once, in the order of their pointers, up to 100. What only follows from another mistake is none."},
            "request_id": {"type": "string", "description": "The id under which the log knows this request; also in `X-Request-Id`."},
            "current_version": {"type": "integer", "format": "int64", "minimum": 0, "description": "With `precondition_failed`: the version it has now."},
            "changed_fields": {"type": "array", "items": {"type": "string"}, "description": "With `precondition_failed` of an article: the fields that changed since."},
            "merge": merge(),
            "operation": {"type": "integer", "format": "int32", "minimum": 0, "description": "With `bulk_refused`: which of the operations it was, from 0."},
            "problem": {"type": "object", "description": "With `bulk_refused`: why it was refused, as in a result of `bulk`."},
            "readings": readings("With a local time that a clock change skips or repeats: the instants that the first one could mean."),
        },
    });
}

#[cfg(test)]
#[path = "openapi_tests.rs"]
mod tests;
