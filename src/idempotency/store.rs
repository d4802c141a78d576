//! Kept answers in the database.

use diesel::OptionalExtension;
use diesel::sql_types::{BigInt, Binary, Text};

use crate::db::dialect::{for_update, for_update_of_unlocked};
use crate::db::{AnyConnection, Error, Result, Statement};
use crate::kernel::instant::Instant;
use crate::kernel::repeat::{Kept, Keyed};

/// How many expired answers a write takes away at most, so that it is bounded and they still become fewer.
const FORGOTTEN_AT_ONCE: i64 = 10;

/// What a key stands for.
pub(super) enum Claim {
    /// Nothing yet: the row is this transaction's, to be filled by [`keep`].
    Ours,
    /// This answer.
    Answered(Kept),
    /// Another request.
    OtherBody,
}

/// Claims the key until the end of the transaction, waiting for another one that holds it.
pub(super) fn claim<T>(connection: &mut AnyConnection, keyed: &Keyed<T>, kept_since: Instant) -> Result<Claim> {
    loop {
        if insert(connection, keyed)? {
            return Ok(Claim::Ours);
        }
        // It may have expired and been taken away in between.
        let Some((body_hash, answer, created_at)) = find(connection, keyed)? else { continue };
        if created_at < kept_since.millis() {
            return Ok(Claim::Ours);
        }
        if body_hash != keyed.body_hash {
            return Ok(Claim::OtherBody);
        }
        let kept = serde_json::from_str(&answer).map_err(|_| Error::corrupt("a kept answer is no answer"))?;
        return Ok(Claim::Answered(kept));
    }
}

/// Whether the row is new. PostgreSQL waits here for another transaction that inserted it.
fn insert<T>(connection: &mut AnyConnection, keyed: &Keyed<T>) -> Result<bool> {
    let inserted = Statement::<()>::new("INSERT INTO idempotency_keys (user_id, operation, key, body_hash, answer, created_at) VALUES (")
        .bind(keyed.caller.user_id)
        .sql(", ")
        .bind(&*keyed.operation)
        .sql(", ")
        .bind(&*keyed.key)
        .sql(", ")
        .bind(keyed.body_hash.clone())
        .sql(", '', 0) ON CONFLICT DO NOTHING")
        .execute(connection)?;
    Ok(inserted == 1)
}

fn find<T>(connection: &mut AnyConnection, keyed: &Keyed<T>) -> Result<Option<(Vec<u8>, String, i64)>> {
    let suffix = for_update(connection);
    let select = Statement::<(Binary, Text, BigInt)>::new("SELECT body_hash, answer, created_at FROM idempotency_keys WHERE user_id = ");
    Ok(named(select, keyed).sql(suffix).get_result(connection).optional()?)
}

fn named<T, ST>(statement: Statement<ST>, keyed: &Keyed<T>) -> Statement<ST> {
    statement.bind(keyed.caller.user_id).sql(" AND operation = ").bind(&*keyed.operation).sql(" AND key = ").bind(&*keyed.key)
}

/// Fills the row that was claimed.
pub(super) fn keep<T>(connection: &mut AnyConnection, keyed: &Keyed<T>, kept: &Kept, now: Instant) -> Result<()> {
    let answer = serde_json::to_string(kept).map_err(|_| Error::corrupt("an answer cannot be kept"))?;
    let update = Statement::<()>::new("UPDATE idempotency_keys SET answer = ").bind(answer).sql(", created_at = ").bind(now);
    let update = update.sql(", body_hash = ").bind(keyed.body_hash.clone()).sql(" WHERE user_id = ");
    named(update, keyed).execute(connection)?;
    Ok(())
}

/// Takes away some of the answers that are older; not those that others are about to renew.
pub(super) fn forget(connection: &mut AnyConnection, kept_since: Instant) -> Result<()> {
    let suffix = for_update_of_unlocked(connection);
    Statement::<()>::new(
        "DELETE FROM idempotency_keys WHERE (user_id, operation, key) IN \
         (SELECT user_id, operation, key FROM idempotency_keys WHERE created_at > 0 AND created_at < ",
    )
    .bind(kept_since)
    .sql(" ORDER BY created_at LIMIT ")
    .bind(FORGOTTEN_AT_ONCE)
    .sql(suffix)
    .sql(")")
    .execute(connection)?;
    Ok(())
}
