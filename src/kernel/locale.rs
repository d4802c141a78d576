//! Locales: the languages that a site publishes in, as BCP 47 tags (RFC 5646).

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// A language tag in its usual case: `en`, `pt-BR`, `zh-Hant`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Locale(Arc<str>);

/// The text is not a language tag of the kind that Dateline takes.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is not a language tag such as en, tk or pt-BR")]
pub struct InvalidLocale(String);

impl Locale {
    /// The tag as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Locale {
    type Err = InvalidLocale;

    /// Reads language, script and region, in any case, and writes them as RFC 5646 section 2.1.1 recommends.
    fn from_str(text: &str) -> Result<Self, InvalidLocale> {
        let invalid = || InvalidLocale(text.chars().take(40).collect());
        let mut parts = text.split('-').enumerate();
        let mut tag = String::new();
        for (at, part) in &mut parts {
            let letters = part.bytes().all(|b| b.is_ascii_alphabetic());
            match (at, part.len(), letters) {
                (0, 2..=3, true) => tag.push_str(&part.to_ascii_lowercase()),
                (1, 4, true) => {
                    tag.push('-');
                    tag.push_str(&part[..1].to_ascii_uppercase());
                    tag.push_str(&part[1..].to_ascii_lowercase());
                }
                (1..=2, 2, true) => {
                    tag.push('-');
                    tag.push_str(&part.to_ascii_uppercase());
                }
                _ => return Err(invalid()),
            }
        }
        Ok(Self(tag.into()))
    }
}

/// The locales of a site. The first is the default one. Never empty.
#[derive(Clone, Debug)]
pub struct Locales(Arc<[Locale]>);

impl Locales {
    /// The locales in order, the default first; `None` if there is none or one is named twice.
    pub fn new(locales: Vec<Locale>) -> Option<Self> {
        let twice = locales.iter().enumerate().any(|(at, locale)| locales[..at].contains(locale));
        (!locales.is_empty() && !twice).then(|| Self(locales.into()))
    }

    /// The one taken where none is asked for.
    pub fn default_locale(&self) -> &Locale {
        &self.0[0]
    }

    /// The locale of this name, if the site publishes in it.
    pub fn find(&self, name: &str) -> Option<&Locale> {
        self.0.iter().find(|locale| locale.as_str().eq_ignore_ascii_case(name))
    }

    /// The names of all of them, the default first.
    pub fn names(&self) -> Vec<String> {
        self.iter().map(ToString::to_string).collect()
    }

    /// All of them, the default first.
    pub fn iter(&self) -> impl Iterator<Item = &Locale> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_in_any_case_and_written_in_one() {
        for (given, tag) in [("en", "en"), ("PT-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW")] {
            assert_eq!(given.parse::<Locale>().unwrap().as_str(), tag);
        }
        for wrong in ["", "e", "english", "en_GB", "en-", "en-GB-x", "1n"] {
            assert!(wrong.parse::<Locale>().is_err(), "{wrong}");
        }
    }
}
