//! Slugs: the part of an address that names an article, a category, a tag or an author (contract 2.11).
//!
//! A slug that comes in is taken in its canonical form only, so that one thing has one address and both engines compare
//! plain ASCII. A slug made from a title is transliterated from whatever script the title is in.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

use super::problem::{self, Code, Problem};

/// Lower-case ASCII letters and digits in words joined by single hyphens, 1 to 200 characters, never shaped like a UUID.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slug(Arc<str>);

/// What a slug matches.
pub const PATTERN: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";
/// The longest slug that is taken, in characters.
pub const MAX_LENGTH: usize = 200;
/// The longest slug that is made from a title; what is longer is cut at the end of a word.
const MAX_FROM_TITLE: usize = 80;
/// No title that a reader would see whole is longer; what lies behind adds nothing to 80 characters.
const MAX_TITLE_READ: usize = 1_000;

/// How often one that is made is numbered before the caller is asked for one.
const MOST_NUMBERED: u32 = 10_000;

/// Why a text is not a slug, with one that would be.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum InvalidSlug {
    /// Nothing is there.
    #[error("a slug has 1 to 200 characters, and this one has none; leave it out to have one made from the title")]
    Empty,
    /// More than 200 characters.
    #[error("a slug has at most 200 characters, and this one has {0}")]
    TooLong(usize),
    /// Something other than lower-case words joined by hyphens.
    #[error("a slug consists of a-z and 0-9 in words joined by single hyphens; `{0}` would be one")]
    NotCanonical(Slug),
    /// The same without a suggestion, because nothing of the text can stand in a slug.
    #[error("a slug consists of a-z and 0-9 in words joined by single hyphens, such as `election-night`")]
    NothingUsable,
    /// An id would be read where a slug is meant.
    #[error("a slug must not have the shape of an id; `{0}` would be one")]
    LikeAnId(Slug),
}

impl Slug {
    /// The slug as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A slug for this title in ASCII, whatever its script, of at most 80 characters, cut between words; `fallback`
    /// (`article`, `page`, `category`, in canonical form) where nothing of it can be written in ASCII.
    ///
    /// The same text gives the same slug in composed and decomposed form (NFC and NFD), and a slug gives itself.
    pub fn from_title(title: &str, fallback: &str) -> Self {
        let words = words_of(title);
        let mut text = cut(&words, MAX_FROM_TITLE).to_owned();
        if text.is_empty() {
            text.push_str(fallback);
        }
        if is_like_an_id(&text) {
            text.push('-');
            text.push_str(fallback);
        }
        debug_assert!(is_canonical(&text), "{text}");
        Self(text.into())
    }

    /// The first of it and of it with `-2`, `-3`, ... behind it that is not taken.
    ///
    /// # Errors
    /// What `is_taken` returns; `slug_taken` (409) if the first 10,000 are.
    pub fn first_free(&self, mut is_taken: impl FnMut(&str) -> problem::Result<bool>) -> problem::Result<Self> {
        for number in 1..=MOST_NUMBERED {
            let candidate = if number == 1 { self.clone() } else { self.numbered(number) };
            if !is_taken(candidate.as_str())? {
                return Ok(candidate);
            }
        }
        Err(Problem::new(Code::SlugTaken, format!("`{self}` and its first {MOST_NUMBERED} numbers are taken. Give a slug.")))
    }

    /// The slug with `-2`, `-3`, ... behind it, shortened where it would be too long.
    #[must_use]
    pub fn numbered(&self, number: u32) -> Self {
        let suffix = format!("-{number}");
        let kept = self.0[..self.0.len().min(MAX_LENGTH - suffix.len())].trim_end_matches('-');
        Self(format!("{kept}{suffix}").into())
    }
}

/// Whether it consists of words of lower-case ASCII joined by single hyphens.
fn is_canonical(text: &str) -> bool {
    text.split('-').all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
}

/// Whether it has the hyphenated shape of a UUID, which an address takes for an id.
fn is_like_an_id(text: &str) -> bool {
    let groups: Vec<usize> = text.split('-').map(str::len).collect();
    groups == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

/// At most `length` characters of a canonical text, cut at the end of a word if there is one.
fn cut(text: &str, length: usize) -> &str {
    if text.len() <= length {
        return text;
    }
    let whole = &text[..length];
    if text.as_bytes()[length] == b'-' {
        return whole;
    }
    whole.rfind('-').map_or(whole, |at| &whole[..at])
}

/// What stands between two characters of a word without parting it: an English genitive or contraction, a number's comma.
#[derive(PartialEq)]
enum Joint {
    /// The character is left out and the word goes on.
    Joined,
    /// The character is part of no word.
    Parted,
}

/// All words of the text in canonical form.
fn words_of(text: &str) -> String {
    // Compatibility composition: full-width and mathematical letters become plain ones, NFD becomes NFC.
    // Marks of trade would become letters by it.
    let marks_of_trade = ['\u{2120}', '\u{2122}'];
    let plain = without_entities(text).replace(marks_of_trade, " ");
    let chars: Vec<char> = plain.chars().take(MAX_TITLE_READ).nfkc().collect();
    let mut slug = String::with_capacity(chars.len());
    let mut is_parted = false;
    for (at, &c) in chars.iter().enumerate() {
        if c.is_alphanumeric() || c == '\u{d7}' {
            for ascii in transliterated(c).chars() {
                if ascii.is_ascii_alphanumeric() {
                    if is_parted && !slug.is_empty() {
                        slug.push('-');
                    }
                    is_parted = false;
                    slug.push(ascii.to_ascii_lowercase());
                } else if ascii.is_whitespace() {
                    is_parted = true;
                }
            }
        } else if !is_invisible(c) && joint(c, &chars[..at], &chars[at + 1..]) == Joint::Parted {
            is_parted = true;
        }
    }
    slug
}

/// The letter or digit in ASCII. Where languages differ (German ä, Turkmen ä) it is the plain letter.
fn transliterated(c: char) -> &'static str {
    match c {
        '\u{d7}' => "x",
        _ => deunicode::deunicode_char(c).unwrap_or(" "),
    }
}

/// What leaves no gap: marks above and below letters, joiners, soft hyphens, directions of writing.
fn is_invisible(c: char) -> bool {
    is_combining_mark(c)
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// `don't` and `Conway's` are one word, `l'été` and `Türkiye'de` are two; `1,000` is one number.
fn joint(c: char, before: &[char], after: &[char]) -> Joint {
    let word: String = after.iter().take(4).take_while(|c| c.is_alphanumeric()).flat_map(|c| c.to_lowercase()).collect();
    let follows_a_letter = before.last().is_some_and(|c| c.is_alphanumeric());
    let is_joined = match c {
        '\'' | '\u{2019}' | '\u{2bc}' | '\u{ff07}' => follows_a_letter && ["s", "t", "d", "m", "ll", "re", "ve"].contains(&word.as_str()),
        ',' => before.last().is_some_and(char::is_ascii_digit) && word.len() == 3 && word.bytes().all(|b| b.is_ascii_digit()),
        _ => false,
    };
    if is_joined { Joint::Joined } else { Joint::Parted }
}

/// A title that came out of HTML without being decoded (`A &amp; B`) would otherwise have a word `amp`.
fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, entity) = rest.split_at(at);
        out.push_str(before);
        let name = entity[1..].bytes().take(10).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
        let is_entity = name > 1 && entity.as_bytes().get(1 + name) == Some(&b';');
        out.push(if is_entity { ' ' } else { '&' });
        rest = &entity[if is_entity { name + 2 } else { 1 }..];
    }
    out + rest
}

impl FromStr for Slug {
    type Err = InvalidSlug;

    fn from_str(text: &str) -> Result<Self, InvalidSlug> {
        let length = text.chars().count();
        if text.is_empty() {
            return Err(InvalidSlug::Empty);
        }
        if length > MAX_LENGTH {
            return Err(InvalidSlug::TooLong(length));
        }
        if !is_canonical(text) {
            let words = words_of(text);
            let canonical = cut(&words, MAX_LENGTH);
            return Err(match canonical.parse() {
                Ok(slug) => InvalidSlug::NotCanonical(slug),
                Err(InvalidSlug::LikeAnId(slug)) => InvalidSlug::NotCanonical(slug),
                Err(_) => InvalidSlug::NothingUsable,
            });
        }
        if is_like_an_id(text) {
            return Err(InvalidSlug::LikeAnId(Self(format!("{text}-a").into())));
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for Slug {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Serialize for Slug {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Slug {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl utoipa::PartialSchema for Slug {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        schema().into()
    }
}

impl utoipa::ToSchema for Slug {
    fn name() -> std::borrow::Cow<'static, str> {
        "Slug".into()
    }
}

/// A string with its pattern and bounds.
fn schema() -> Object {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(PATTERN))
        .min_length(Some(1))
        .max_length(Some(MAX_LENGTH))
        .description(Some(
            "The part of an address that names a thing: words of a-z and 0-9 joined by single hyphens. Never of the shape of a UUID.",
        ))
        .examples(["election-night-2026"])
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_of_any_script_becomes_words_of_ascii() {
        for (title, slug) in [
            ("Hello, World!", "hello-world"),
            ("Straße in Köln: größer", "strasse-in-koln-grosser"),
            ("Täze ýyl, ömür, şäher, üç, ňaň, žurnal, çaga", "taze-yyl-omur-saher-uc-nan-zurnal-caga"),
            ("İSTANBUL'DA ılık, ağır", "istanbul-da-ilik-agir"),
            ("ISPARTA ve ığdır", "isparta-ve-igdir"),
            ("Жители Москвы", "zhiteli-moskvy"),
            ("影師嗎", "ying-shi-ma"),
            ("Conway's Law: don't repeat", "conways-law-dont-repeat"),
            ("C'est déjà l'été.", "c-est-deja-l-ete"),
            ("1,000 reasons, 2 of them", "1000-reasons-2-of-them"),
            ("One &amp; Two &#8211; three & four", "one-two-three-four"),
            ("zero\u{200b}width so\u{ad}ft \u{202e}bidi\u{202c}", "zerowidth-soft-bidi"),
            ("Ｆｕｌｌ ｗｉｄｔｈ 𝐛𝐨𝐥𝐝", "full-width-bold"),
            ("6×7 is 42", "6x7-is-42"),
            ("🦄🦄", "article"),
            ("", "article"),
            (" — … !?", "article"),
            ("\u{0}\u{7}", "article"),
        ] {
            assert_eq!(Slug::from_title(title, "article").as_str(), slug, "{title}");
        }
    }

    #[test]
    fn composed_and_decomposed_titles_give_one_slug() {
        for title in ["Şäher täze ýyl", "Déjà vu", "Việt Nam", "Größe", "がぎぐげご", "한국"] {
            let [nfc, nfd] = [title.nfc().collect::<String>(), title.nfd().collect::<String>()];
            assert_eq!(Slug::from_title(&nfc, "article"), Slug::from_title(&nfd, "article"), "{title}");
        }
    }

    #[test]
    fn a_long_title_is_cut_between_words_and_a_slug_gives_itself() {
        let slug = Slug::from_title(&"parliament votes ".repeat(30), "article");
        assert_eq!(slug.as_str(), "parliament-votes-".repeat(5).trim_end_matches("-votes-"));
        assert_eq!(Slug::from_title(&"x".repeat(300), "article").as_str().len(), MAX_FROM_TITLE);
        assert_eq!(Slug::from_title(slug.as_str(), "article"), slug);
        assert_eq!(Slug::from_title(&"漢".repeat(2_000_000), "article").as_str().len(), 79);
    }

    #[test]
    fn no_slug_has_the_shape_of_an_id() {
        let id = "0192f0c1-2b3c-7d4e-8f50-617283940516";
        assert_eq!(Slug::from_title(id, "page").as_str(), format!("{id}-page"));
        assert!(matches!(id.parse::<Slug>(), Err(InvalidSlug::LikeAnId(_))));
        assert!("0192f0c1-2b3c-7d4e-8f50-61728394051g".parse::<Slug>().is_ok());
    }

    #[test]
    fn only_the_canonical_form_is_taken_and_the_reason_names_it() {
        assert_eq!("election-night-2026".parse::<Slug>().unwrap().as_str(), "election-night-2026");
        assert!("a".repeat(200).parse::<Slug>().is_ok());
        assert_eq!("a".repeat(201).parse::<Slug>(), Err(InvalidSlug::TooLong(201)));
        assert_eq!("".parse::<Slug>(), Err(InvalidSlug::Empty));
        assert_eq!("🦄".parse::<Slug>(), Err(InvalidSlug::NothingUsable));
        for (wrong, right) in [("Über uns", "uber-uns"), ("a--b", "a-b"), ("-a", "a"), ("a_b", "a-b"), ("A", "a"), ("a\n", "a")] {
            let error = wrong.parse::<Slug>().unwrap_err();
            assert_eq!(error, InvalidSlug::NotCanonical(right.parse().unwrap()), "{wrong}");
            assert!(error.to_string().contains(right));
        }
    }

    #[test]
    fn a_numbered_slug_stays_within_the_length_of_slugs() {
        let slug: Slug = "story".parse().unwrap();
        assert_eq!(slug.numbered(2).as_str(), "story-2");
        let long: Slug = "a".repeat(200).parse().unwrap();
        assert_eq!(long.numbered(4_294_967_295).as_str().len(), 200);
        let cut_at_a_hyphen: Slug = format!("{}-{}", "a".repeat(197), "bb").parse().unwrap();
        assert!(is_canonical(cut_at_a_hyphen.numbered(2).as_str()));
    }
}
