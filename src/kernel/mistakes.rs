//! The mistakes of a body, gathered while it is looked at, so that one answer names them all (contract section 3).
//!
//! A check notes what it finds and goes on; where something was wrong already nothing more is noted, so that what follows from a mistake is none of
//! its own. What is read of a wrong body has stand-ins: nothing may be written before [`Mistakes::finish`].

use std::cmp::Ordering;
use std::collections::HashSet;

use super::problem::{Code, FieldError, Problem, Result};

/// More mistakes than these are not listed.
pub const MOST: usize = 100;

/// A body as far as it could be read, with what is wrong so far.
#[derive(Clone, Debug, Default)]
pub struct Checked<T> {
    /// The body. Where it is wrong, something harmless stands in.
    pub value: T,
    /// What is wrong with it.
    pub mistakes: Mistakes,
}

/// A body that was made here has no mistakes yet.
impl<T> From<T> for Checked<T> {
    fn from(value: T) -> Self {
        Self { value, mistakes: Mistakes::default() }
    }
}

impl<T> Checked<T> {
    /// The body, if nothing is wrong with it.
    ///
    /// # Errors
    /// `invalid` (422) with every mistake.
    pub fn finish(self) -> Result<T> {
        self.mistakes.finish()?;
        Ok(self.value)
    }
}

/// What is wrong with a body.
#[derive(Clone, Debug, Default)]
pub struct Mistakes {
    errors: Vec<FieldError>,
    wrong: HashSet<String>,
    below: String,
}

impl From<Vec<FieldError>> for Mistakes {
    fn from(errors: Vec<FieldError>) -> Self {
        let wrong = errors.iter().map(|error| error.pointer.clone()).collect();
        Self { errors, wrong, below: String::new() }
    }
}

impl Mistakes {
    /// Whether nothing is wrong so far.
    pub fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// Whether something is wrong at `pointer`, or with what it lies in.
    pub fn has(&self, pointer: &str) -> bool {
        let whole = format!("{}{pointer}", self.below);
        let above = whole.match_indices('/').map(|(at, _)| &whole[..at]);
        above.chain([whole.as_str()]).any(|pointer| self.wrong.contains(pointer))
    }

    /// Notes a mistake, unless something is wrong there already.
    pub fn note(&mut self, pointer: impl Into<String>, code: &'static str, detail: impl Into<String>) {
        self.add(FieldError::new(pointer, code, detail));
    }

    /// The same with a mistake that was made elsewhere.
    pub fn add(&mut self, mut error: FieldError) {
        if !self.has(&error.pointer) {
            error.pointer.insert_str(0, &self.below);
            self.wrong.insert(error.pointer.clone());
            self.errors.push(error);
        }
    }

    /// What a check found right; its mistakes are noted. A refusal for what is there already (409) is worth telling only of a body without mistakes.
    ///
    /// # Errors
    /// Every other refusal.
    pub fn take<T>(&mut self, result: std::result::Result<T, impl Into<Problem>>) -> Result<Option<T>> {
        let problem: Problem = match result {
            Ok(right) => return Ok(Some(right)),
            Err(problem) => problem.into(),
        };
        match problem.code() {
            Code::Invalid => problem.errors().iter().for_each(|error| self.add(error.clone())),
            other if other.status() == 409 && !self.is_empty() => {}
            _ => return Err(problem),
        }
        Ok(None)
    }

    /// Runs a check of what lies at `prefix`, with pointers that begin there.
    pub fn below<T>(&mut self, prefix: &str, check: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.below.len();
        self.below.push_str(prefix);
        let checked = check(self);
        self.below.truncate(length);
        checked
    }

    /// Ends the checks.
    ///
    /// # Errors
    /// `invalid` (422) with every mistake, in the order of their pointers.
    pub fn finish(&self) -> Result<()> {
        if self.errors.is_empty() {
            return Ok(());
        }
        let mut errors = self.errors.clone();
        errors.sort_by(|one, other| order(&one.pointer, &other.pointer).then_with(|| one.code.cmp(other.code)));
        errors.truncate(MOST);
        Err(Problem::invalid(errors))
    }
}

/// By the members' names, and by the numbers of items.
fn order(one: &str, other: &str) -> Ordering {
    // Among numbers the longer one is the greater one.
    let key = |segment: &str| if segment.bytes().all(|b| b.is_ascii_digit()) { segment.len() } else { usize::MAX };
    let keyed = |pointer: &str| pointer.split('/').map(|segment| (key(segment), segment.to_owned())).collect::<Vec<_>>();
    keyed(one).cmp(&keyed(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointers(mistakes: &Mistakes) -> Vec<String> {
        mistakes.finish().unwrap_err().errors().iter().map(|error| error.pointer.clone()).collect()
    }

    #[test]
    fn mistakes_are_told_in_order_and_each_place_once() {
        let mut mistakes = Mistakes::from(vec![FieldError::new("/tags/10", "x", ""), FieldError::new("/image", "x", "")]);
        mistakes.note("/tags/2", "x", "");
        mistakes.note("/tags/2", "y", "");
        mistakes.note("/image/url", "follows", "");
        mistakes.below("/publish", |mistakes| mistakes.note("/at", "x", ""));
        mistakes.note("/at", "x", "");
        assert_eq!(pointers(&mistakes), ["/at", "/image", "/publish/at", "/tags/2", "/tags/10"]);
        assert!(mistakes.has("/image/url") && mistakes.has("/tags/10") && !mistakes.has("/tags/1") && !mistakes.has("/tags"));
    }

    #[test]
    fn a_conflict_refuses_at_once_unless_there_are_mistakes() {
        let conflict = || Err::<(), _>(Problem::new(Code::SlugTaken, ""));
        let mut mistakes = Mistakes::default();
        assert!(mistakes.finish().is_ok());
        assert_eq!(mistakes.take(conflict()).unwrap_err().code(), Code::SlugTaken);
        assert!(mistakes.take(Err::<(), _>(Problem::invalid_field("/a", "x", ""))).unwrap().is_none());
        assert!(mistakes.take(conflict()).unwrap().is_none());
        assert_eq!(mistakes.take(Err::<(), _>(Problem::not_found())).unwrap_err().code(), Code::NotFound);
        assert_eq!(pointers(&mistakes), ["/a"]);
    }
}
