//! A client's connection. Its requests are given to actix one at a time. One that takes nothing of its answer is ended: what it was to get
//! would be held for as long as it likes. So is one whose next head does not arrive, which actix waits for without end; it limits the first
//! one. And what actix refuses by itself is put into words here.

use std::cell::Cell;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use super::framing::Framing;
use super::patience::Patience;
use super::refusals::{Bare, Farewell};

/// So many bytes of its answer a client must take within the time that it is given, or what is left of it.
pub const LEAST_TAKEN: usize = 64 * 1024;

/// The connection, as actix sees it.
pub(super) struct Wire {
    socket: TcpStream,
    framing: Framing,
    /// What has come behind the request that is under way.
    ahead: Vec<u8>,
    /// Who wants to read once that is answered, or the client takes its answer again.
    held: Option<Waker>,
    stall: Stall,
    patience: Patience,
    talk: Talk,
    late_head: Option<Pin<Box<Sleep>>>,
    farewell: Option<Farewell>,
}

/// What a connection and its requests tell each other (connection data).
#[derive(Clone, Default)]
pub(super) struct Talk(Rc<Said>);

#[derive(Default)]
struct Said {
    has_begun: Cell<bool>,
    is_under_way: Cell<bool>,
    is_over: Cell<bool>,
}

impl Talk {
    /// A request's head has come.
    fn begin(&self) {
        self.0.has_begun.set(true);
        self.0.is_under_way.set(true);
    }

    /// For the answer to the request: once it is dropped, the next request may come.
    pub fn turn(&self) -> Turn {
        Turn(self.clone())
    }

    /// No request comes behind the one that is under way.
    fn end(&self) {
        self.0.is_over.set(true);
    }
}

/// The time until a request is answered.
pub(super) struct Turn(Talk);

impl Turn {
    /// Whether its answer is the last one.
    pub fn is_last(&self) -> bool {
        self.0.0.is_over.get()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.is_under_way.set(false);
    }
}

impl Wire {
    /// With the time that its client has.
    pub fn new(socket: TcpStream, patience: Patience) -> Self {
        // An answer in pieces would wait for each to be acknowledged, which clients put off by 40 ms. Where it fails the connection has ended.
        let _ = socket.set_nodelay(true);
        Self {
            socket,
            framing: Framing::new(),
            ahead: Vec::new(),
            held: None,
            stall: Stall::new(patience.answer),
            patience,
            talk: Talk::default(),
            late_head: None,
            farewell: None,
        }
    }

    /// For the requests of this connection.
    pub fn talk(&self) -> Talk {
        self.talk.clone()
    }

    fn poll_socket(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.socket).poll_write(cx, bytes) {
            Poll::Ready(written) => {
                if self.stall.took(*written.as_ref().unwrap_or(&0)) {
                    self.release();
                }
                Poll::Ready(written)
            }
            Poll::Pending => {
                ready!(self.stall.poll_over(cx));
                tracing::info!(target: "dateline::access", "a client took too little of its answer for too long: the connection is ended");
                // What the system still holds for this client is dropped with the socket instead of being offered for minutes more.
                let _ = self.socket.set_zero_linger();
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
        }
    }

    /// Whether nothing more is read for now: the next request waits for the answer to this one, and for the client to take it.
    fn is_held(&self) -> bool {
        self.stall.is_on() || (self.framing.has_ended() && self.talk.0.is_under_way.get())
    }

    fn release(&mut self) {
        if let Some(reader) = self.held.take() {
            reader.wake();
        }
    }

    /// Reads what there is of one request, and keeps what stands behind it. Nothing, as where a client ends, once that cannot be told: the answer
    /// is still given then.
    fn poll_request(&mut self, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.framing.is_broken() {
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        if self.ahead.is_empty() {
            ready!(Pin::new(&mut self.socket).poll_read(cx, buffer))?;
        } else {
            let length = self.ahead.len().min(buffer.remaining());
            buffer.put_slice(&self.ahead[..length]);
            self.ahead.drain(..length);
        }
        let was_within = self.framing.has_ended() || self.framing.is_within_head();
        let taken = before + self.framing.take(&buffer.filled()[before..]);
        if was_within && taken > before && !self.framing.is_within_head() {
            self.talk.begin();
            self.late_head = None;
        }
        if taken == before || self.framing.is_broken() {
            self.talk.end();
        }
        self.ahead.splice(..0, buffer.filled()[taken..].iter().copied());
        buffer.set_filled(taken);
        Poll::Ready(Ok(()))
    }

    /// Whether the client has sent something, or is about to, that nobody reads any more.
    fn has_unread(&self, cx: &mut Context<'_>) -> bool {
        let mut byte = [0];
        !self.framing.has_ended()
            || !self.ahead.is_empty()
            || matches!(self.socket.poll_peek(cx, &mut ReadBuf::new(&mut byte)), Poll::Ready(Ok(1..)))
    }

    /// Ready once a head that has begun, and is not the connection's first, has had its time.
    fn poll_late_head(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if !self.framing.is_within_head() || !self.talk.0.has_begun.get() {
            self.late_head = None;
            return Poll::Pending;
        }
        let limit = self.patience.head;
        self.late_head.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(cx)
    }
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.is_held() {
            // Most have nothing to read then: no reason to come back for it.
            if !wire.ahead.is_empty() || wire.socket.poll_read_ready(cx).is_ready() {
                wire.held = Some(cx.waker().clone());
            }
            return Poll::Pending;
        }
        match wire.poll_request(cx, buffer) {
            // As if the client had ended: actix closes the connection.
            Poll::Pending => wire.poll_late_head(cx).map(Ok),
            read => read,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let wire = self.get_mut();
        let bare = Bare::find(bytes);
        match bare {
            None => wire.poll_socket(cx, bytes),
            // First the answers that stand before it.
            Some(bare) if bare.at > 0 => wire.poll_socket(cx, &bytes[..bare.at]),
            Some(bare) => {
                let limit = wire.patience.farewell;
                let farewell = wire.farewell.get_or_insert_with(|| Farewell::new(bare.explained(), limit));
                ready!(farewell.poll(&mut wire.socket, cx))?;
                Poll::Ready(Ok(bytes.len()))
            }
        }
    }

    /// actix calls this once the socket has taken all there is.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stall.end();
        self.release();
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        let limit = wire.patience.farewell;
        if wire.farewell.is_none() {
            wire.farewell = Some(if wire.has_unread(cx) { Farewell::new(Bytes::new(), limit) } else { Farewell::quiet(limit) });
        }
        wire.farewell.as_mut().map_or(Poll::Ready(Ok(())), |farewell| farewell.poll(&mut wire.socket, cx))
    }
}

/// A time in which the socket takes no more bytes. Bytes that drip through do not make it longer.
struct Stall {
    limit: Duration,
    over: Option<Pin<Box<Sleep>>>,
    taken: usize,
}

impl Stall {
    fn new(limit: Duration) -> Self {
        Self { limit, over: None, taken: 0 }
    }

    fn is_on(&self) -> bool {
        self.over.is_some()
    }

    /// Whether that was enough to end it.
    fn took(&mut self, bytes: usize) -> bool {
        self.taken += bytes;
        let is_enough = self.taken >= LEAST_TAKEN;
        if is_enough {
            self.end();
        }
        is_enough
    }

    /// Ready once the client has had its time.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        self.over.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(cx)
    }

    fn end(&mut self) {
        self.over = None;
        self.taken = 0;
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;

    use futures_util::FutureExt;
    use tokio::io::AsyncReadExt;

    use super::*;

    async fn waiting() -> Stall {
        let mut stall = Stall::new(Duration::from_secs(3600));
        assert!(poll_fn(|cx| stall.poll_over(cx)).now_or_never().is_none());
        stall
    }

    async fn pair() -> (std::net::TcpStream, Wire) {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (socket, _) = listener.accept().unwrap();
        socket.set_nonblocking(true).unwrap();
        (client, Wire::new(TcpStream::from_std(socket).unwrap(), Patience::default()))
    }

    #[actix_web::test]
    async fn requests_are_given_one_at_a_time() {
        let (mut client, mut wire) = pair().await;
        let requests = ["GET /a HTTP/1.1\r\n\r\n", "POST /b HTTP/1.1\r\ncontent-length: 4\r\n\r\n\r\n\r\n", "GET /c HTTP/1.1\r\n\r\n"];
        std::io::Write::write_all(&mut client, requests.concat().as_bytes()).unwrap();
        let mut bytes = [0; 100];
        for request in requests {
            let turn = wire.talk().turn();
            let read = wire.read(&mut bytes).await.unwrap();
            assert_eq!(std::str::from_utf8(&bytes[..read]), Ok(request));
            assert!(wire.read(&mut bytes).now_or_never().is_none(), "{request:?} is not answered yet");
            drop(turn);
        }
    }

    #[actix_web::test]
    async fn a_head_that_is_late_leaves_no_clock_behind_for_the_next_one() {
        let (mut client, mut wire) = pair().await;
        let mut bytes = [0; 100];
        let mut send = |part: &str| std::io::Write::write_all(&mut client, part.as_bytes()).unwrap();
        send("GET /a HTTP/1.1\r\n\r\n");
        assert!(wire.read(&mut bytes).await.is_ok());
        drop(wire.talk().turn());
        send("GET /b HTT");
        assert!(wire.read(&mut bytes).await.is_ok());
        assert!(wire.read(&mut bytes).now_or_never().is_none() && wire.late_head.is_some());
        send("P/1.1\r\n\r\nGET");
        assert!(wire.read(&mut bytes).await.is_ok() && wire.late_head.is_none());
    }

    #[actix_web::test]
    async fn who_takes_no_answer_is_not_asked_for_another_request() {
        let (mut client, mut wire) = pair().await;
        std::io::Write::write_all(&mut client, b"GET").unwrap();
        let mut bytes = [0; 100];
        wire.stall = waiting().await;
        assert!(wire.read(&mut bytes).now_or_never().is_none());
        wire.stall.end();
        assert_eq!(wire.read(&mut bytes).await.unwrap(), 3);
    }

    #[actix_web::test]
    async fn the_last_piece_of_an_answer_waits_for_no_acknowledgement() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let socket = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        assert!(Wire::new(socket, Patience::default()).socket.nodelay().unwrap());
    }

    #[actix_web::test]
    async fn who_takes_nothing_or_drips_is_let_go_and_who_reads_is_not() {
        let mut stall = Stall::new(Duration::from_millis(1));
        poll_fn(|cx| stall.poll_over(cx)).await;
        for (taken, goes_on) in [(0, true), (1, true), (LEAST_TAKEN - 1, true), (LEAST_TAKEN, false), (LEAST_TAKEN * 2, false)] {
            let mut stall = waiting().await;
            stall.took(taken);
            assert_eq!(stall.over.is_some(), goes_on, "{taken}");
        }
    }

    #[actix_web::test]
    async fn what_dripped_before_a_wait_does_not_count_for_it() {
        let mut stall = waiting().await;
        stall.took(LEAST_TAKEN - 1);
        stall.end();
        assert!(stall.over.is_none());
        stall.took(1);
        assert_eq!(stall.taken, 1);
    }
}
