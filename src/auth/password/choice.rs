//! Which passwords people may choose, by NIST SP 800-63B, section 5.1.1.2: 8 characters at least, any characters, none that is guessed first. There
//! are no rules about kinds of characters, and no password ends by itself.

use unicode_normalization::UnicodeNormalization;

/// The fewest characters of a password.
pub const SHORTEST: usize = 8;
/// The most bytes of a password.
pub const LONGEST: usize = 1024;

/// Passwords that are tried first, in small letters, one a line: those of 8 characters and more that stand first in the frequency list of zxcvbn (MIT),
/// and what became usual since.
const COMMON: &str = include_str!("common.txt");

/// Why a password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// More bytes than [`LONGEST`].
    TooLong,
    /// Fewer characters than [`SHORTEST`].
    TooShort,
    /// It is tried first by whoever guesses.
    Common,
    /// It is the name or the e-mail of its user, or the name of the site.
    Own,
}

impl Fault {
    /// The code of the mistake.
    pub fn code(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::TooShort => "too_short",
            Self::Common | Self::Own => "easily_guessed",
        }
    }

    /// What is wrong, and what would be right; never the password.
    pub fn detail(self) -> &'static str {
        match self {
            Self::TooLong => "it has more than 1,024 bytes",
            Self::TooShort => "it has fewer than 8 characters",
            Self::Common => "it is one of the passwords that are tried first; a sentence of your own is not",
            Self::Own => "it is the name or the e-mail of the user, or the name of the site; a sentence of your own is not",
        }
    }
}

/// Whether a password is longer than any that was ever taken; such a one is not hashed.
pub fn is_too_long(password: &str) -> bool {
    password.len() > LONGEST
}

/// What is wrong with a new password, if anything. `own` is what belongs to its user and the site: an e-mail, of which the part before the `@` counts
/// as well, and names.
pub fn fault(password: &str, own: &[&str]) -> Option<Fault> {
    if is_too_long(password) {
        return Some(Fault::TooLong);
    }
    if password.chars().count() < SHORTEST {
        return Some(Fault::TooShort);
    }
    let folded = folded(password);
    if COMMON.lines().any(|common| common == folded) {
        return Some(Fault::Common);
    }
    let own = own.iter().flat_map(|own| [*own, own.split('@').next().unwrap_or_default()]);
    let is_own = own.map(squeezed).any(|own| !own.is_empty() && own == squeezed(password));
    is_own.then_some(Fault::Own)
}

fn folded(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// Letters and digits alone: `Ada Lovelace` is `ada.lovelace`.
fn squeezed(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_characters_to_a_kibibyte_of_any_kind_are_taken() {
        for taken in
            ["xq7 kept", "ýüz märt", "🦆🦆🦆🦆🦆🦆🦆🦆", "        ", "correct horse battery", &"é".repeat(512), &"word ".repeat(13)]
        {
            assert_eq!(fault(taken, &[]), None, "{taken}");
        }
        assert_eq!(fault("xq7kept", &[]), Some(Fault::TooShort));
        assert_eq!(fault("🦆🦆🦆🦆🦆🦆🦆", &[]), Some(Fault::TooShort), "bytes do not count here");
        assert_eq!(fault(&"é".repeat(513), &[]), Some(Fault::TooLong));
    }

    #[test]
    fn what_is_tried_first_is_refused_in_any_case() {
        for common in ["password", "Password123", "QWERTYUIOP", "12345678", "ILoveYou1", "correcthorsebatterystaple", "dateline"] {
            assert_eq!(fault(common, &[]), Some(Fault::Common), "{common}");
        }
        assert_eq!(fault("password of the ferry", &[]), None, "what only holds one is another one");
    }

    #[test]
    fn what_belongs_to_the_user_or_the_site_is_refused_however_it_is_written() {
        let own = ["ada.lovelace@example.org", "Ada King-Noel", "The Morning News"];
        for refused in ["ada.lovelace@example.org", "Ada Lovelace", "ADALOVELACE", "ada king noel", "TheMorningNews", "the-morning-news"] {
            assert_eq!(fault(refused, &own), Some(Fault::Own), "{refused}");
        }
        assert_eq!(fault("the morning news at nine", &own), None);
        assert_eq!(fault("--------", &["***"]), None, "what has neither letter nor digit is like nothing");
    }

    #[test]
    fn the_list_is_in_the_form_in_which_it_is_compared() {
        let lines: Vec<&str> = COMMON.lines().collect();
        assert!(lines.len() > 9000 && COMMON.len() < 100_000);
        assert!(lines.is_sorted(), "so that a change shows which were added");
        for line in lines {
            assert!(folded(line) == line && line.chars().count() >= SHORTEST, "{line}");
        }
    }
}
