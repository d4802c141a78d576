//! Bodies are rendered before a write begins, a few at a time.

use tokio::sync::Semaphore;

use crate::articles::dto::BodySource;
use crate::bodies::{EmbedHosts, Rendered, TooLong, render};
use crate::kernel::problem::{Problem, Result};

/// How many bodies are rendered at once; others wait, so that long ones take neither the memory nor the processor from readers.
static RENDERING: Semaphore = Semaphore::const_new(2);

/// What becomes of a body. It takes as long as the body is long: neither a worker nor the writer waits for it.
///
/// # Errors
/// `too_long_rendered` at `/body` (422).
pub async fn rendered(body: BodySource, hosts: EmbedHosts) -> Result<Rendered> {
    let turn = RENDERING.acquire().await.map_err(Problem::internal)?;
    let rendering = tokio::task::spawn_blocking(move || {
        // The turn is over when the thread has ended, also where whoever asked is gone before.
        let _turn = turn;
        render(body.format, &body.source, &hosts)
    });
    rendering.await.map_err(Problem::internal)?.map_err(too_long)
}

/// The mistake of a body that would become too long.
pub fn too_long(why: TooLong) -> Problem {
    Problem::invalid_field("/body", "too_long_rendered", format!("{why}, which is the most; shorten it, or part it into several articles"))
}
