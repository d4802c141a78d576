//! The server behind every route: what `actix_web::HttpServer` sets up, over [`Wire`] in place of a bare socket, so that a client that
//! takes nothing of its answer is let go, and what is refused before it is a request is told why.

use std::fmt;
use std::future::ready;
use std::io;
use std::net::TcpListener;

use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request};
use actix_service::{IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::Error;
use actix_web::body::BoxBody;
use actix_web::dev::{AppConfig, Server, ServiceResponse};
use actix_web::rt::net::TcpStream;

use super::patience::Patience;
use super::wire::Wire;

/// A server of `app` on this socket; it runs once it is awaited, inside an actix runtime, and leaves signals alone.
///
/// # Errors
/// If the socket cannot be used.
pub fn server<F, I, S>(listener: TcpListener, workers: usize, patience: Patience, app: F) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<BoxBody>, Error = Error> + 'static,
    S::InitError: fmt::Debug,
{
    let address = listener.local_addr()?;
    let builder = Server::build().workers(workers).shutdown_timeout(patience.stopping_secs).disable_signals();
    let stopping = builder.graceful_shutdown_signal();
    let builder = builder.listen("http", listener, move || {
        let stopping = stopping.clone();
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .client_request_timeout(patience.head)
            .client_disconnect_timeout(patience.farewell)
            .local_addr(address)
            .on_connect_ext(|wire: &Wire, data| drop(data.insert(wire.talk())))
            .finish(map_config(app(), |()| AppConfig::default()));
        let wire = move |socket: TcpStream| {
            let peer = socket.peer_addr().ok();
            ready(Ok::<_, DispatchError>((Wire::new(socket, patience), Protocol::Http1, peer)))
        };
        fn_service(wire).and_then(http)
    })?;
    Ok(builder.run())
}
