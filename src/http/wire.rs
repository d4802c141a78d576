//! A client's connection. One that takes nothing of its answer is ended: what it was to get would be held for as long as it likes. So is one
//! whose next head does not arrive, which actix waits for without end; it limits the first one. And what actix refuses by itself is put into
//! words here.

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

use super::patience::Patience;
use super::refusals::{Bare, Farewell};

/// So many bytes of its answer a client must take within the time that it is given, or what is left of it.
pub const LEAST_TAKEN: usize = 64 * 1024;

/// So many bytes are given to actix at a time. It takes as many requests as it finds in what it gets, and holds each until it is answered.
const AT_ONCE: usize = 4096;

/// The connection, as actix writes to it.
pub(super) struct Wire {
    socket: TcpStream,
    /// Whether the last read gave all that is given at a time.
    is_full: bool,
    stall: Stall,
    patience: Patience,
    talk: Talk,
    head: Option<LateHead>,
    farewell: Option<Farewell>,
}

/// What the requests of a connection tell it (connection data).
#[derive(Clone, Default)]
pub(super) struct Talk(Rc<Said>);

#[derive(Default)]
struct Said {
    begun: Cell<u32>,
    is_under_way: Cell<bool>,
    is_over: Cell<bool>,
}

impl Talk {
    /// A request has begun: its head is whole.
    pub fn begin(&self) {
        self.0.begun.set(self.0.begun.get().wrapping_add(1));
        self.0.is_under_way.set(true);
    }

    /// Its answer is there.
    pub fn answer(&self) {
        self.0.is_under_way.set(false);
    }

    /// Its body is framed wrongly: its answer is the last one, though actix would add one of its own.
    pub fn end(&self) {
        self.0.is_over.set(true);
    }

    /// Whether it has ended.
    pub fn is_over(&self) -> bool {
        self.0.is_over.get()
    }
}

impl Wire {
    /// With the time that its client has.
    pub fn new(socket: TcpStream, patience: Patience) -> Self {
        // An answer in pieces would wait for each to be acknowledged, which clients put off by 40 ms. Where it fails the connection has ended.
        let _ = socket.set_nodelay(true);
        Self { socket, is_full: false, stall: Stall::new(patience.answer), patience, talk: Talk::default(), head: None, farewell: None }
    }

    /// For the requests of this connection.
    pub fn talk(&self) -> Talk {
        self.talk.clone()
    }

    fn poll_socket(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match Pin::new(&mut self.socket).poll_write(cx, bytes) {
            Poll::Ready(written) => {
                self.stall.took(*written.as_ref().unwrap_or(&0));
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
}

impl AsyncRead for Wire {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let wire = self.get_mut();
        if wire.stall.is_on() {
            // Who does not take an answer is not asked for another request.
            wire.stall.held = Some(cx.waker().clone());
            return Poll::Pending;
        }
        if std::mem::take(&mut wire.is_full) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut bytes = [0; AT_ONCE];
        let mut part = ReadBuf::new(&mut bytes[..AT_ONCE.min(buffer.remaining())]);
        let read = Pin::new(&mut wire.socket).poll_read(cx, &mut part);
        wire.is_full = part.remaining() == 0;
        let came = part.filled();
        buffer.put_slice(came);
        if !came.is_empty() && LateHead::may_begin(came, &wire.talk) {
            let limit = wire.patience.head;
            wire.head.get_or_insert_with(|| LateHead { begun: wire.talk.0.begun.get(), over: Box::pin(sleep(limit)) });
        }
        if wire.head.as_ref().is_some_and(|head| head.has_come(&wire.talk)) {
            wire.head = None;
        }
        match (&read, &mut wire.head) {
            // As if the client had ended: actix closes the connection.
            (Poll::Pending, Some(head)) => head.over.as_mut().poll(cx).map(Ok),
            _ => read,
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
                let (is_told, limit) = (wire.talk.is_over(), wire.patience.farewell);
                let answer = || if is_told { Bytes::new() } else { bare.explained() };
                let farewell = wire.farewell.get_or_insert_with(|| Farewell::new(answer(), limit));
                ready!(farewell.poll(&mut wire.socket, cx))?;
                Poll::Ready(Ok(bytes.len()))
            }
        }
    }

    /// actix calls this once the socket has taken all there is.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stall.end();
        Pin::new(&mut self.socket).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(cx)
    }
}

/// A head that has begun to arrive, and is not the connection's first.
struct LateHead {
    /// How many requests had begun before.
    begun: u32,
    over: Pin<Box<Sleep>>,
}

impl LateHead {
    /// Whether these bytes may be the beginning of one. What ends as a head does is whole, or no head at all, which spares most requests a timer.
    fn may_begin(bytes: &[u8], talk: &Talk) -> bool {
        let is_whole = bytes.ends_with(b"\r\n\r\n") && !bytes.starts_with(b"\r") && !bytes.starts_with(b"\n");
        talk.0.begun.get() > 0 && !talk.0.is_under_way.get() && !is_whole
    }

    fn has_come(&self, talk: &Talk) -> bool {
        self.begun != talk.0.begun.get() || talk.0.is_under_way.get()
    }
}

/// A time in which the socket takes no more bytes. Bytes that drip through do not make it longer.
struct Stall {
    limit: Duration,
    over: Option<Pin<Box<Sleep>>>,
    taken: usize,
    /// Who wants to read once it has ended.
    held: Option<Waker>,
}

impl Stall {
    fn new(limit: Duration) -> Self {
        Self { limit, over: None, taken: 0, held: None }
    }

    fn is_on(&self) -> bool {
        self.over.is_some()
    }

    fn took(&mut self, bytes: usize) {
        self.taken += bytes;
        if self.taken >= LEAST_TAKEN {
            self.end();
        }
    }

    /// Ready once the client has had its time.
    fn poll_over(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let limit = self.limit;
        self.over.get_or_insert_with(|| Box::pin(sleep(limit))).as_mut().poll(cx)
    }

    fn end(&mut self) {
        self.over = None;
        self.taken = 0;
        if let Some(reader) = self.held.take() {
            reader.wake();
        }
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

    #[actix_web::test]
    async fn who_takes_no_answer_is_not_asked_for_another_request() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let mut client = std::net::TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (socket, _) = listener.accept().unwrap();
        socket.set_nonblocking(true).unwrap();
        let mut wire = Wire::new(TcpStream::from_std(socket).unwrap(), Patience::default());
        std::io::Write::write_all(&mut client, &[b'x'; AT_ONCE + 1]).unwrap();
        let mut bytes = [0; 2 * AT_ONCE];
        assert_eq!(wire.read(&mut bytes).await.unwrap(), AT_ONCE);
        wire.stall = waiting().await;
        assert!(wire.read(&mut bytes).now_or_never().is_none());
        wire.stall.end();
        assert_eq!(wire.read(&mut bytes).await.unwrap(), 1);
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

    #[test]
    fn a_head_is_waited_for_that_is_not_the_first_and_no_body() {
        let talk = Talk::default();
        assert!(!LateHead::may_begin(b"GET", &talk), "actix waits for the first one");
        talk.begin();
        assert!(!LateHead::may_begin(b"GET", &talk), "it is a body");
        talk.answer();
        for (bytes, is_waited_for) in
            [("GET / HTTP/1.1\r\n\r\n", false), ("GET", true), ("\r\n\r\n", true), ("\n\r\n\r\n", true), ("a\r\n", true)]
        {
            assert_eq!(LateHead::may_begin(bytes.as_bytes(), &talk), is_waited_for, "{bytes:?}");
        }
    }

    #[actix_web::test]
    async fn a_head_has_come_once_its_request_has_begun_or_was_answered() {
        let talk = Talk::default();
        let head = LateHead { begun: 0, over: Box::pin(sleep(Duration::ZERO)) };
        assert!(!head.has_come(&talk));
        talk.begin();
        assert!(head.has_come(&talk));
        talk.answer();
        assert!(head.has_come(&talk));
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
