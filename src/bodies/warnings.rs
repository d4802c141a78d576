//! What a body loses on its way to readers, collected so that an editor sees it before they do.

use serde::{Deserialize, Serialize};

/// The most warnings that one body gets; further kinds of loss are not listed.
pub const MAX_WARNINGS: usize = 20;
/// The longest piece of a body that a warning repeats, in characters.
const MAX_ECHO: usize = 60;

/// Something in the source that readers will not get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Warning {
    /// What kind of thing: `element_removed`, `attribute_removed`, `link_removed`, `image_removed`, `embed_removed`,
    /// `nesting_limited` or `footnote_unused`; of a revision that was restored `category_gone`, `tag_gone` or `author_gone`. More may come.
    #[schema(example = "element_removed")]
    pub code: String,
    /// In plain words, with the number of times.
    #[schema(example = "`<script>` is taken out with all that is in it (2 times)")]
    pub detail: String,
}

/// The kinds of [`Warning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    Element,
    Attribute,
    Link,
    Image,
    Embed,
    Nesting,
    Footnote,
}

impl Loss {
    fn code(self) -> &'static str {
        match self {
            Self::Element => "element_removed",
            Self::Attribute => "attribute_removed",
            Self::Link => "link_removed",
            Self::Image => "image_removed",
            Self::Embed => "embed_removed",
            Self::Nesting => "nesting_limited",
            Self::Footnote => "footnote_unused",
        }
    }
}

/// Collects warnings, each once with its count.
#[derive(Debug, Default)]
pub(super) struct Losses(Vec<(Loss, String, u32)>);

impl Losses {
    /// Notes that something is lost. Equal details are counted, not repeated.
    pub(super) fn note(&mut self, loss: Loss, detail: &str) {
        let known = self.0.iter_mut().find(|(l, d, _)| *l == loss && d == detail);
        if let Some((_, _, count)) = known {
            *count = count.saturating_add(1);
        } else if self.0.len() < MAX_WARNINGS {
            self.0.push((loss, detail.to_owned(), 1));
        }
    }

    /// The warnings in the order in which they first came up.
    pub(super) fn into_warnings(self) -> Vec<Warning> {
        let worded = |(loss, detail, count): (Loss, String, u32)| {
            let detail = if count > 1 { format!("{detail} ({count} times)") } else { detail };
            Warning { code: loss.code().to_owned(), detail }
        };
        self.0.into_iter().map(worded).collect()
    }
}

/// A piece of the source as a warning may repeat it: short, without control characters and back quotes.
pub(super) fn echo(text: &str) -> String {
    let is_plain = |c: &char| {
        !c.is_control() && *c != '`' && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let mut short: String = text.chars().filter(is_plain).take(MAX_ECHO + 1).collect();
    if short.chars().count() > MAX_ECHO {
        short.pop();
        short.push('…');
    }
    short
}
