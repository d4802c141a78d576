//! Answers above 64 KiB. They take their bytes from one budget, so that clients that read slowly or not at all cannot fill the memory;
//! small ones need nothing of it. They go out in pieces, so that actix never copies a whole one.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::web::{self, Bytes};
use actix_web::{HttpRequest, HttpResponse};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::coding::Coding;
use crate::kernel::problem::{Code, Problem, Result};

/// Answers above this are large.
pub(super) const LARGE: usize = 64 * 1024;

/// What is given to actix at a time.
const PIECE: usize = 32 * 1024;

/// What large answers hold together at most: 64 MiB. One that has more than this goes out alone.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// What an article's body takes in a list, as HTML and as text, before it is known.
const USUAL_BODY: usize = 32 * 1024;

/// How many large answers are packed at once; others wait: a compressor is megabytes of tables.
static PACKING: Semaphore = Semaphore::const_new(2);

/// The bytes that large answers may hold together (app data; clones share them).
#[derive(Clone, Debug)]
pub struct Budget {
    most: u32,
    left: Arc<Semaphore>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(MOST_BYTES)
    }
}

impl Budget {
    /// Of so many bytes.
    pub fn new(bytes: usize) -> Self {
        let most = u32::try_from(bytes).unwrap_or(u32::MAX);
        Self { most, left: Arc::new(Semaphore::new(most as usize)) }
    }

    /// The budget of the app that a request is for.
    pub(super) fn of(request: &HttpRequest) -> Self {
        request.app_data::<Self>().cloned().unwrap_or_default()
    }

    /// Takes beforehand what a list with so many bodies may hold, so that it is not read for nothing where it cannot be sent.
    ///
    /// # Errors
    /// `unavailable` (503) if too little is left.
    pub fn reserve(request: &HttpRequest, bodies: usize) -> Result<Share> {
        Self::of(request).take(bodies.saturating_mul(USUAL_BODY))
    }

    /// Takes what an answer of so many bytes holds; nothing for a small one.
    ///
    /// # Errors
    /// `unavailable` (503) if too little is left.
    pub(super) fn take(&self, bytes: usize) -> Result<Share> {
        self.settle(Share::default(), bytes)
    }

    /// The same in place of what was reserved.
    ///
    /// # Errors
    /// `unavailable` (503) if too little is left.
    pub(super) fn settle(&self, mut reserved: Share, bytes: usize) -> Result<Share> {
        if bytes <= LARGE {
            return Ok(Share::default());
        }
        reserved.shrink(bytes);
        let held = reserved.0.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let lacking = u32::try_from(bytes).unwrap_or(u32::MAX).min(self.most).saturating_sub(u32::try_from(held).unwrap_or(u32::MAX));
        let refused = |_| {
            Problem::new(Code::Unavailable, "Too many large answers are being sent. Ask for less, or later.")
                .with_header("retry-after", "5")
        };
        let more = Arc::clone(&self.left).try_acquire_many_owned(lacking).map_err(refused)?;
        match &mut reserved.0 {
            Some(permit) => permit.merge(more),
            none => *none = Some(more),
        }
        Ok(reserved)
    }
}

/// A part of the budget; given back when dropped.
#[derive(Debug, Default)]
pub struct Share(Option<OwnedSemaphorePermit>);

impl Share {
    /// Gives back what an answer of so many bytes does not need.
    fn shrink(&mut self, bytes: usize) {
        if let Some(permit) = &mut self.0 {
            drop(permit.split(permit.num_permits().saturating_sub(bytes)));
        }
    }
}

/// Packs an answer, a large one on a thread of its own.
pub(super) async fn pack(bytes: Bytes, coding: Coding, mut share: Share) -> Result<(Bytes, Share)> {
    if bytes.len() <= LARGE {
        return Ok((coding.pack(&bytes).map_err(Problem::internal)?.into(), share));
    }
    let turn = PACKING.acquire().await.map_err(Problem::internal)?;
    // Turn and share stay with the thread: whoever asked may be gone before it has ended.
    let packing = web::block(move || {
        let _turn = turn;
        let packed = coding.pack(&bytes)?;
        share.shrink(packed.len());
        Ok::<_, std::io::Error>((Bytes::from(packed), share))
    });
    packing.await.map_err(Problem::internal)?.map_err(Problem::internal)
}

/// A body of these bytes, which holds a share of the budget until all of it is with the socket.
pub(super) fn body(bytes: Bytes, share: Share) -> BoxBody {
    if bytes.len() <= PIECE { BoxBody::new(bytes) } else { BoxBody::new(Pieces { bytes, _share: share }) }
}

/// The same answer in pieces, if it is made of bytes. One to a read takes its share of the budget; what was done is told in any case.
///
/// # Errors
/// `unavailable` (503) if too little is left.
pub(super) fn in_pieces(response: HttpResponse, budget: Option<&Budget>) -> Result<HttpResponse> {
    let length = match response.body().size() {
        BodySize::Sized(length) if length > PIECE as u64 => usize::try_from(length).unwrap_or(usize::MAX),
        BodySize::Sized(_) | BodySize::None | BodySize::Stream => return Ok(response),
    };
    let (head, whole) = response.into_parts();
    match whole.try_into_bytes() {
        Ok(bytes) => {
            let share = budget.map_or(Ok(Share::default()), |budget| budget.take(length))?;
            Ok(head.set_body(body(bytes, share)))
        }
        Err(whole) => Ok(head.set_body(whole)),
    }
}

/// Holds something until the answer is with the socket; actix takes a small one whole.
pub(super) fn until_out<T: 'static>(response: HttpResponse, held: T) -> HttpResponse {
    match response.body().size() {
        BodySize::Sized(length) if length <= PIECE as u64 => response,
        BodySize::None => response,
        _ => response.map_body(|_, body| holding(body, held)),
    }
}

/// A body that holds something until it is dropped.
pub(super) fn holding<T: 'static>(body: BoxBody, held: T) -> BoxBody {
    BoxBody::new(Holding { body, _held: held })
}

struct Holding<T> {
    body: BoxBody,
    _held: T,
}

impl<T> Unpin for Holding<T> {}

impl<T> MessageBody for Holding<T> {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<std::result::Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// Bytes that are given out piece by piece.
struct Pieces {
    bytes: Bytes,
    _share: Share,
}

impl MessageBody for Pieces {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.bytes.len() as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<std::result::Result<Bytes, Self::Error>>> {
        let length = self.bytes.len().min(PIECE);
        Poll::Ready((length > 0).then(|| Ok(self.bytes.split_to(length))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_answers_share_the_budget_and_one_that_is_larger_takes_it_whole() {
        let budget = Budget::new(10 * LARGE);
        let first = budget.take(6 * LARGE).unwrap();
        assert_eq!(budget.take(5 * LARGE).unwrap_err().code(), Code::Unavailable);
        let mut second = budget.take(4 * LARGE).unwrap();
        assert!(budget.take(LARGE + 1).is_err() && budget.take(LARGE).is_ok(), "a small answer needs nothing");
        second.shrink(LARGE);
        assert!(budget.take(3 * LARGE).is_ok());
        drop((first, second));
        let whole = budget.take(99 * LARGE).unwrap();
        assert!(budget.take(LARGE + 1).is_err());
        drop(whole);
        assert!(budget.take(10 * LARGE).is_ok());
    }

    #[test]
    fn what_was_reserved_becomes_what_the_answer_holds() {
        let budget = Budget::new(10 * LARGE);
        let left = || budget.left.available_permits() / LARGE;
        let reserved = budget.take(4 * LARGE).unwrap();
        let more = budget.settle(reserved, 7 * LARGE).unwrap();
        assert_eq!(left(), 3);
        let less = budget.settle(more, 2 * LARGE).unwrap();
        assert_eq!(left(), 8);
        assert!(budget.settle(less, LARGE).unwrap().0.is_none() && left() == 10, "it turned out to be small");
        let (reserved, _other) = (budget.take(4 * LARGE).unwrap(), budget.take(5 * LARGE).unwrap());
        assert!(budget.settle(reserved, 6 * LARGE).is_err() && left() == 5);
    }

    #[test]
    fn bytes_come_in_pieces_that_make_up_the_whole() {
        let whole: Vec<u8> = (0..PIECE * 2 + 5).map(|at| at.to_le_bytes()[0]).collect();
        let mut pieces = Pieces { bytes: whole.clone().into(), _share: Share::default() };
        assert_eq!(pieces.size(), BodySize::Sized(whole.len() as u64));
        let mut seen = Vec::new();
        while let Poll::Ready(Some(Ok(piece))) = Pin::new(&mut pieces).poll_next(&mut Context::from_waker(std::task::Waker::noop())) {
            assert!(piece.len() <= PIECE);
            seen.push(piece);
        }
        assert_eq!((seen.len(), seen.concat()), (3, whole));
    }
}
