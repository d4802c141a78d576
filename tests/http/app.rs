//! A small app that is made of the HTTP layer alone, on a port of its own.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{App, HttpRequest, HttpResponse, get, post};
use dateline::http::answer::{self, PublicUrl};
use dateline::http::caching::Lifetime;
use dateline::http::cors::Origins;
use dateline::http::middleware::Shell;
use dateline::http::openapi::{Document, Finish, frame};
use dateline::http::routes::{Routes, fallback};
use dateline::http::{BodyDeadline, Budget, JsonBody, RawQuery, Schemas, docs};
use dateline::http::{Patience, serving};
use dateline::kernel::problem::Result;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::AppExt;

/// How long a body may take to arrive.
pub const DEADLINE: Duration = Duration::from_millis(400);

/// How long a client that still sends may read an answer.
pub const LINGER: Duration = Duration::from_secs(3);

/// What large answers may hold together: one alone, of more than the system keeps for a connection by itself.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;

/// What is taken.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Note {
    #[schema(min_length = 1, max_length = 10)]
    text: String,
}

#[utoipa::path(operation_id = "readNote", params(("slug" = String, Path, description = "Which")), responses((status = 200, description = "It", body = Note)), security(()))]
#[get("/v1/notes/{slug}")]
async fn read(request: HttpRequest, query: RawQuery) -> Result<HttpResponse> {
    query.none()?;
    let text = dateline::http::path::text(&request, "slug")?;
    answer::delivered(&request, &Note { text }, Lifetime::seconds(60)).await
}

#[utoipa::path(operation_id = "createNote", request_body = Note, responses((status = 201, description = "It", body = Note)), security(()))]
#[post("/v1/editor/notes")]
async fn create(body: JsonBody, query: RawQuery) -> Result<HttpResponse> {
    let json = body.json(64 * 1024).await?;
    query.none()?;
    let note = json.check::<Note>()?.finish()?;
    answer::editor(StatusCode::CREATED).version(1).location("/v1/editor/notes/1").json(&note)
}

#[utoipa::path(operation_id = "panic", responses((status = 200, description = "Never")), security(()))]
#[get("/v1/panic")]
async fn panic() -> Result<HttpResponse> {
    panic!("a secret of the handler");
}

#[utoipa::path(operation_id = "readLong", params(("length" = usize, Path, description = "How long")), responses((status = 200, description = "It", body = String)), security(()))]
#[get("/v1/long/{length}")]
async fn long(request: HttpRequest, length: Path<usize>) -> Result<HttpResponse> {
    answer::delivered(&request, &"a".repeat(*length - 2), Lifetime::seconds(60)).await
}

#[utoipa::path(operation_id = "readLongAsEditor", params(("length" = usize, Path, description = "How long")), responses((status = 200, description = "It", body = String)), security(()))]
#[get("/v1/editor/long/{length}")]
async fn long_as_editor(length: Path<usize>) -> Result<HttpResponse> {
    answer::editor(StatusCode::OK).json(&"a".repeat(*length - 2))
}

#[utoipa::path(operation_id = "makeLong", params(("length" = usize, Path, description = "How long")), responses((status = 200, description = "It", body = String)), security(()))]
#[post("/v1/editor/long/{length}")]
async fn make_long(length: Path<usize>) -> Result<HttpResponse> {
    answer::editor(StatusCode::OK).json(&"a".repeat(*length - 2))
}

/// Starts the app; the address that it listens at.
pub async fn start() -> String {
    start_with(Patience { farewell: LINGER, ..Patience::default() }).await
}

/// The same with another patience.
pub async fn start_with(patience: Patience) -> String {
    let (listener, address) = listen();
    let budget = Budget::new(MOST_BYTES);
    let server = serving::server(listener, 1, patience, move || {
        let frame = frame("Notes.", &[]);
        let app = App::new().into_utoipa_app().openapi(frame).service(read).service(create).service(panic);
        let (app, api) = app.service(long).service(long_as_editor).service(make_long).split_for_parts();
        let document = Document::finish(&api, Finish::default());
        let routes = Routes::of(&document);
        app.app_data(Data::new(Schemas::of(&document)))
            .app_data(PublicUrl("https://api.example.org".to_owned()))
            .app_data(BodyDeadline(DEADLINE))
            .app_data(budget.clone())
            .configure(|config| docs::mount(config, &document))
            .default_service(fallback(&routes))
            .wrap(Shell::new(Origins::parse("https://desk.example.org").expect("it is an origin")))
    });
    actix_web::rt::spawn(server.expect("it listens"));
    address
}

fn listen() -> (std::net::TcpListener, String) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let address = listener.local_addr().expect("it is bound").to_string();
    (listener, address)
}
