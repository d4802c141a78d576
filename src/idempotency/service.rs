//! Writing once what is asked for twice.

use super::store::{self, Claim};
use crate::db::{Db, Tx};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Kept, Keyed, Once};
use crate::publications::within;

/// How long an answer is kept, in milliseconds: a day.
pub const KEPT_MS: i64 = 24 * 60 * 60 * 1000;

/// Writes as [`Db::write`] does, unless the same request was answered within a day: then that is the answer, for whoever may still change what lies where it was
/// done. One that is under way is waited for.
///
/// # Errors
/// What `f` returns, with nothing kept then; `idempotency_key_reused` (422) if the key came with another body; `forbidden` (403) for whom has been limited to other
/// categories since.
pub async fn write<T, F>(db: &Db, keyed: Option<Keyed<T>>, f: F) -> Result<Once<T>>
where
    T: Send + 'static,
    F: Fn(&mut Tx<'_>) -> Result<T> + Send + 'static,
{
    let Some(keyed) = keyed else { return db.write(f).await.map(Once::First) };
    // The write's own instant is decided only once its locks are held: what has expired is seen by the clock.
    let kept_since = db.clock().now().plus_millis(-KEPT_MS);
    db.write(move |tx| match store::claim(tx.conn(), &keyed, kept_since)? {
        Claim::Answered(kept) => {
            kept.places.iter().try_for_each(|place| within::require(tx, &keyed.caller, *place))?;
            Ok(Once::Again(kept))
        }
        Claim::OtherBody => Err(reused()),
        Claim::Ours => {
            let made = f(tx)?;
            let (kept, now) = (Kept { places: tx.places().to_vec(), ..(keyed.answer)(&made)? }, tx.now()?);
            store::keep(tx.conn(), &keyed, &kept, now)?;
            store::forget(tx.conn(), kept_since)?;
            Ok(Once::First(made))
        }
    })
    .await
}

fn reused() -> Problem {
    Problem::new(
        Code::IdempotencyKeyReused,
        "This Idempotency-Key came with another body within the last 24 hours. Take a new key for a new request.",
    )
}
