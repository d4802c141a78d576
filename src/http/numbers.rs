//! Numbers of a body that would not come back as they were sent: a reader keeps 64 bits of each, and says nothing of what it drops.

use super::faults::escape;
use crate::kernel::mistakes::{MOST, Mistakes};

/// Longer numbers are cut when they are shown.
const SHOWN: usize = 60;

/// Notes each number that loses digits, [`MOST`] of them at most. `bytes` are JSON, or none.
pub(super) fn note_inexact(bytes: &[u8], mistakes: &mut Mistakes) {
    let mut place = Vec::new();
    let (mut at, mut noted) = (0, 0);
    while at < bytes.len() && noted < MOST {
        let end = match bytes[at] {
            b'"' => end_of_text(bytes, at),
            b'-' | b'0'..=b'9' => end_of_number(bytes, at),
            _ => at + 1,
        };
        let token = std::str::from_utf8(&bytes[at..end]).unwrap_or_default();
        match (bytes[at], place.last_mut()) {
            (b'{', _) => place.push(Step::Name),
            (b'[', _) => place.push(Step::Item(0)),
            (b'}' | b']', _) => drop(place.pop()),
            (b',', Some(Step::Item(item))) => *item += 1,
            (b',', Some(step)) => *step = Step::Name,
            (b'"', Some(step @ Step::Name)) => *step = Step::Member(serde_json::from_str(token).unwrap_or_default()),
            (b'-' | b'0'..=b'9', _) if !is_exact(token) => {
                noted += 1;
                mistakes.note(pointer(&place), "inexact_number", lost(token));
            }
            _ => {}
        }
        at = end;
    }
}

/// A step on the way to a value.
enum Step {
    /// In an object, before the name of a member.
    Name,
    /// A member of an object.
    Member(String),
    /// An item of a list.
    Item(usize),
}

fn pointer(place: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Name => String::new(),
        Step::Member(name) => format!("/{}", escape(name)),
        Step::Item(item) => format!("/{item}"),
    };
    place.iter().map(step).collect()
}

fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

fn end_of_number(bytes: &[u8], start: usize) -> usize {
    let is_inside = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    start + bytes[start..].iter().take_while(|byte| is_inside(byte)).count()
}

/// So many digits name a double wherever one is written.
const DIGITS: usize = 17;

/// Whether 64 bits hold it: as an integer, as a decimal that names a double and no number beside it, or as all digits of a double.
fn is_exact(number: &str) -> bool {
    if number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok() {
        return true;
    }
    let Some(kept) = number.parse::<f64>().ok().filter(|kept| kept.is_finite()) else { return false };
    let given = decimal(number);
    let is_short = given.as_ref().is_some_and(|(_, digits, _)| digits.len() <= DIGITS && digits.is_empty() == (kept == 0.0));
    is_short && (number.contains(['.', 'e', 'E'])) || given == decimal(&format!("{kept:e}")) || given == decimal(&format!("{kept:.0}"))
}

/// Sign, digits without zeros at either end, and the power of ten of the last one. Zero has neither sign nor digits.
fn decimal(number: &str) -> Option<(bool, String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.trim_start_matches('-').split_once('.').unwrap_or((mantissa.trim_start_matches('-'), ""));
    let digits = format!("{whole}{fraction}");
    let significant = digits.trim_end_matches('0');
    let dropped = i64::try_from(digits.len() - significant.len()).ok()?;
    let significant = significant.trim_start_matches('0');
    if significant.is_empty() {
        return Some((false, String::new(), 0));
    }
    let power = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(dropped)?;
    Some((number.starts_with('-'), significant.to_owned(), power))
}

fn lost(number: &str) -> String {
    let kept: f64 = number.parse().unwrap_or_default();
    let loss = if kept.is_finite() {
        format!("has more digits than a number keeps: it would come back as {kept:e}")
    } else {
        "is beyond what a number holds".to_owned()
    };
    let shown: String = number.chars().take(SHOWN).collect();
    let more = if shown.len() < number.len() { "…" } else { "" };
    format!("`{shown}{more}` {loss}. Send it as a string")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_exact_if_it_comes_back() {
        for exact in [
            "0",
            "-0",
            "0.0",
            "-0e99999999999999999999999",
            "1.0",
            "1e3",
            "100000000000000000000000",
            "0.1",
            "0.30000000000000004",
            "18446744073709551615",
            "-9223372036854775808",
            "5e-324",
            "1.7976931348623157e308",
            "31.245270191439438",
            "0.10000000000000001",
            "4.9e-324",
            "18446744073709551616",
        ] {
            assert!(is_exact(exact), "{exact}");
        }
        for lost in [
            "12345678901234567890123",
            "1e400",
            "-1.7976931348623159e308",
            "18446744073709551617",
            "-9223372036854775809",
            "0.1234567890123456789",
            "1e-400",
            "1e-99999999999999999999999",
            "0.123456789012345678",
            "0.10000000000000000555",
        ] {
            assert!(!is_exact(lost), "{lost}");
        }
    }

    #[test]
    fn each_is_pointed_at() {
        let body = br#"{"a": [1, {"b/c": 18446744073709551617}, "\"1e-400", [], 1e-400], "18446744073709551617": {}, "d": -1e-400}"#;
        let mut mistakes = Mistakes::default();
        note_inexact(body, &mut mistakes);
        let pointers = ["/a/1/b~1c", "/a/4", "/d"];
        assert!(pointers.iter().all(|pointer| mistakes.has(pointer)));
        let problem = mistakes.finish().unwrap_err();
        assert_eq!(problem.errors().iter().map(|error| error.pointer.as_str()).collect::<Vec<_>>(), pointers);
        let mut none = Mistakes::default();
        note_inexact(b"", &mut none);
        note_inexact(b"1e-400", &mut none);
        assert_eq!(none.finish().unwrap_err().errors()[0].pointer, "");
    }
}
