//! Chunked bodies that are not read to their end. actix drains what a handler dropped of such a body for as long as the client sends;
//! held until the answer is out, it counts as unread instead, and the connection lingers no longer than `client_disconnect_timeout`:
//! enough for a client that still sends to read the answer, too little to keep a connection for ever. And one that is framed wrongly has one
//! answer, that of its handler.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::body::BoxBody;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::http::header::TRANSFER_ENCODING;
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpResponse};
use futures_util::{Stream, StreamExt};

use super::large::holding;

/// A hold on a request's body that outlives its handler.
pub(super) struct Hold(Rc<Shared>);

struct Shared {
    payload: RefCell<Payload>,
    has_ended: Cell<bool>,
}

impl Hold {
    /// Takes hold of the body of a request, if it is chunked.
    pub fn of(request: &mut ServiceRequest) -> Option<Self> {
        if !request.headers().contains_key(TRANSFER_ENCODING) {
            return None;
        }
        let shared = Rc::new(Shared { payload: RefCell::new(request.take_payload()), has_ended: Cell::new(false) });
        request.set_payload(Payload::Stream { payload: Box::pin(Body(Rc::clone(&shared))) });
        Some(Self(shared))
    }

    /// Holds it until the answer is out, unless it was read to its end.
    pub fn until_out(self, response: HttpResponse<BoxBody>) -> HttpResponse<BoxBody> {
        if self.0.has_ended.get() {
            return response;
        }
        response.map_body(|_, body| holding(body, self))
    }
}

/// What the handler reads.
struct Body(Rc<Shared>);

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.0.payload.borrow_mut().poll_next_unpin(cx);
        if matches!(polled, Poll::Ready(None)) {
            self.0.has_ended.set(true);
        }
        polled
    }
}
