//! Versions of what editors change, and what a caller expects the present one to be (`If-Match`).

use super::problem::{Code, Problem, Result};

/// Which version a change is based on. Parsed from `If-Match` by `http::conditional`; checked by a service inside its transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// Whatever it is now.
    Anything,
    /// One of these. Empty if the caller named only what was never a version.
    OneOf(Vec<u64>),
}

impl Expected {
    /// Whether the present version is an expected one.
    pub fn admits(&self, current: u64) -> bool {
        match self {
            Self::Anything => true,
            Self::OneOf(versions) => versions.contains(&current),
        }
    }

    /// Lets a change pass if it is based on the present version.
    ///
    /// `changed_since` names the fields that differ between the version that the caller knew and the present one; it is asked only
    /// if that was an earlier one.
    ///
    /// # Errors
    /// `precondition_failed` (412) with `current_version`, `changed_fields` and the present `ETag`; what `changed_since` fails with.
    pub fn check(&self, current: u64, changed_since: impl FnOnce(u64) -> Result<Vec<String>>) -> Result<()> {
        let Err(stale) = self.check_alone(current) else { return Ok(()) };
        let changed = self.known(current).map(changed_since).transpose()?.unwrap_or_default();
        Err(stale.with("changed_fields", changed))
    }

    /// The same for what keeps no earlier versions, so that nothing can be said about what changed: the caller is to read it again.
    ///
    /// # Errors
    /// `precondition_failed` (412) with `current_version` and the present `ETag`.
    pub fn check_alone(&self, current: u64) -> Result<()> {
        let Self::OneOf(versions) = self else { return Ok(()) };
        if versions.contains(&current) {
            return Ok(());
        }
        let known = self.known(current);
        let detail = match known {
            Some(known) => format!("It is at version {current} now; the change is based on version {known}."),
            None => format!("It is at version {current} now; `If-Match` names another one that it never had."),
        };
        Err(Problem::new(Code::PreconditionFailed, detail).with("current_version", current).with_header("etag", etag(current)))
    }

    /// The version that a change is based on, which need not be the present one: the latest of those named; none where it is whatever is there.
    ///
    /// # Errors
    /// As [`Expected::check_alone`] if it never had any of them.
    pub fn base(&self, current: u64) -> Result<Option<u64>> {
        let Self::OneOf(versions) = self else { return Ok(None) };
        match versions.iter().copied().filter(|version| (1..=current).contains(version)).max() {
            Some(base) => Ok(Some(base)),
            None => self.check_alone(current).map(|()| None),
        }
    }

    /// The latest version of those that the caller knew that is older than the present one.
    fn known(&self, current: u64) -> Option<u64> {
        let Self::OneOf(versions) = self else { return None };
        versions.iter().copied().filter(|version| *version < current).max()
    }
}

/// The entity tag of a version: `"7"`.
pub fn etag(version: u64) -> String {
    format!("\"{version}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stale_version_is_told_what_changed() {
        let expected = Expected::OneOf(vec![3, 5, 99]);
        assert!(expected.check(5, |_| unreachable!("it is current")).is_ok());
        let problem = expected.check(7, |since| Ok(vec![format!("since_{since}")])).unwrap_err();
        assert_eq!(problem.code(), Code::PreconditionFailed);
        assert_eq!(problem.members()["changed_fields"], serde_json::json!(["since_5"]));
        assert_eq!(problem.headers(), [("etag", "\"7\"".to_owned())]);
        assert!(Expected::Anything.check(7, |_| unreachable!("anything goes")).is_ok());
        assert!(Expected::OneOf(vec![]).check(7, |_| unreachable!("nothing is known")).is_err());
    }
}
