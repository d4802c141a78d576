//! How long an answer holds that is chosen out of much which shows nowhere: what may change it is asked for widely, and then looked at, so that a lifetime tells nothing of changes that
//! nobody will see.

use crate::categories::context::Reading;
use crate::db::AnyConnection;
use crate::kernel::problem::Result;
use crate::publications::visibility::Ground;

/// So many changes that lie ahead are looked at; behind them an answer is kept no longer.
const MOST_CHANGES: usize = 8;

/// The ground under `answer`, which changes at the first instant at which `ask` answers otherwise. `ask` tells beside its answer when it may change next.
///
/// # Errors
/// What `ask` fails with.
pub fn until_it_differs(
    connection: &mut AnyConnection,
    reading: &Reading<'_>,
    (answer, ground): (&str, Ground),
    ask: impl Fn(&mut AnyConnection, &Reading<'_>) -> Result<(String, Ground)>,
) -> Result<Ground> {
    let (end, mut change) = (reading.snapshot.at.plus_millis(reading.span_ms), ground.next_change);
    for _ in 0..MOST_CHANGES {
        let Some(at) = change.filter(|at| *at <= end) else { return Ok(Ground { next_change: None, ..ground }) };
        let then = Reading { snapshot: reading.snapshot.as_of(at), span_ms: end.millis() - at.millis(), ..*reading };
        let (other, below) = ask(connection, &then)?;
        if other != answer {
            break;
        }
        change = below.next_change;
    }
    Ok(Ground { next_change: change, ..ground })
}
