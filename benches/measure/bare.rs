//! What everything is measured against: an actix-web handler that answers 2 KB and does nothing else.

use actix_web::{App, HttpResponse, HttpServer, web};

/// Serves on this port of the loopback interface with as many workers as Dateline gets, until the process is killed.
pub fn serve(port: u16) {
    let body = web::Bytes::from(format!("{{\"data\":\"{}\"}}", "x".repeat(2048 - 11)));
    let serving = async move {
        let server = HttpServer::new(move || {
            let body = body.clone();
            App::new().route("/", web::get().to(move || std::future::ready(answer(&body))))
        });
        server.workers(2).bind(("127.0.0.1", port)).unwrap().run().await.unwrap();
    };
    actix_web::rt::System::new().block_on(serving);
}

fn answer(body: &web::Bytes) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(body.clone())
}
