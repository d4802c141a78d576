//! Two answers side by side.

use dateline::kernel::instant::Instant;

use crate::support::answer::Answer;

/// What an answer is, but for `Date`. Both were asked with the same `X-Request-Id`. The server hashes headers, so that their order is chance.
fn told(answer: &Answer) -> (u16, Vec<&(String, String)>, &[u8]) {
    let mut headers: Vec<&(String, String)> = answer.headers.iter().filter(|(name, _)| name != "date").collect();
    headers.sort_by_key(|(name, _)| name);
    (answer.status, headers, &answer.body)
}

/// Whether nobody can tell from the second answer that its site hides more: they are the same, or the second may be kept less long, to the
/// second until one of the hidden changes ahead.
pub fn is_same(answer: &Answer, other: &Answer, ahead: &[Instant], now: Instant) -> bool {
    let (one, mut two) = (told(answer), told(other));
    if one == two {
        return true;
    }
    let kept_for = |seconds: i64| ("cache-control".to_owned(), format!("public, max-age={seconds}"));
    let usual = one.1.iter().position(|(name, _)| name == "cache-control");
    let Some(at) = usual.filter(|at| two.1.len() > *at) else { return false };
    let until_changes = ahead.iter().map(|change| (change.millis() - now.millis()).div_euclid(1000));
    let is_explained = until_changes.into_iter().any(|seconds| *two.1[at] == kept_for(seconds));
    two.1[at] = one.1[at];
    is_explained && one == two
}
