//! Bodies are rendered before a write begins, a few at a time.

use tokio::sync::Semaphore;

use crate::articles::dto::BodySource;
use crate::bodies::{EmbedHosts, Rendered, TooLong, render};
use crate::kernel::mistakes::Mistakes;
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

/// Bodies that were rendered before a write begins.
pub struct Foreseen {
    bodies: Vec<(BodySource, Rendered)>,
    hosts: EmbedHosts,
}

impl Foreseen {
    /// Those that the write needs unless another save comes first. What is wrong with one is noted.
    ///
    /// # Errors
    /// If they cannot be rendered for another reason.
    pub async fn render(sources: impl IntoIterator<Item = BodySource>, hosts: EmbedHosts, mistakes: &mut Mistakes) -> Result<Self> {
        let mut bodies = Vec::new();
        for source in sources {
            let body = mistakes.take(rendered(source.clone(), hosts.clone()).await)?.unwrap_or_default();
            bodies.push((source, body));
        }
        Ok(Self { bodies, hosts })
    }

    /// What becomes of one. Where another save came between, under `If-Match: *`, it was not foreseen: rare enough to render under the lock.
    ///
    /// # Errors
    /// `too_long_rendered` at `/body` (422).
    pub fn body(&self, source: &BodySource) -> Result<Rendered> {
        match self.bodies.iter().find(|(foreseen, _)| foreseen == source) {
            Some((_, body)) => Ok(body.clone()),
            None => render(source.format, &source.source, &self.hosts).map_err(too_long),
        }
    }
}

/// The mistake of a body that would become too long.
fn too_long(why: TooLong) -> Problem {
    Problem::invalid_field("/body", "too_long_rendered", format!("{why}, which is the most; shorten it, or part it into several articles"))
}
