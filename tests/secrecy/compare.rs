//! Two answers side by side.

use dateline::kernel::instant::Instant;

use crate::support::answer::Answer;

/// What an answer is, but for `Date`. Both were asked with the same `X-Request-Id`. The server hashes headers, so that their order is chance.
fn told(answer: &Answer) -> (u16, Vec<&(String, String)>, &[u8]) {
    let mut headers: Vec<&(String, String)> = answer.headers.iter().filter(|(name, _)| name != "date").collect();
    headers.sort_by_key(|(name, _)| name);
    (answer.status, headers, &answer.body)
}

/// What an answer is beside another one.
#[derive(Debug, PartialEq, Eq)]
pub enum Beside {
    /// Nobody can tell that the site of the second hides more.
    Same,
    /// The second may be kept less long, to the second until these changes ahead: if they change it, that is as it should be.
    Until(Vec<Instant>),
    /// They differ otherwise.
    Other,
}

/// Compares two answers.
pub fn compare(answer: &Answer, other: &Answer, ahead: &[Instant], now: Instant) -> Beside {
    let (one, mut two) = (told(answer), told(other));
    if one == two {
        return Beside::Same;
    }
    let kept_for = |seconds: i64| ("cache-control".to_owned(), format!("public, max-age={seconds}"));
    let usual = one.1.iter().position(|(name, _)| name == "cache-control");
    let Some(at) = usual.filter(|at| two.1.len() > *at) else { return Beside::Other };
    let until = |change: &&Instant| *two.1[at] == kept_for((change.millis() - now.millis()).div_euclid(1000));
    let explaining: Vec<Instant> = ahead.iter().filter(until).copied().collect();
    two.1[at] = one.1[at];
    if explaining.is_empty() || one != two { Beside::Other } else { Beside::Until(explaining) }
}

/// Whether two answers of one site show different things.
pub fn is_changed(before: &Answer, after: &Answer) -> bool {
    let shown = |answer: &Answer| (answer.status, ["etag", "location"].map(|name| answer.header(name).map(str::to_owned)));
    shown(before) != shown(after)
}
