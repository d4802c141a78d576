//! Texts as they are compared where case does not count.

use unicode_normalization::UnicodeNormalization as _;

/// A title or a name as it is searched and ordered: lower case character by character, so that a part of a title folds to a part of it; diacritics as they are.
pub fn fold(text: &str) -> String {
    text.nfc().flat_map(char::to_lowercase).map(|c| if c == 'ς' { 'σ' } else { c }).collect()
}
