//! Bodies: what an editor writes, Markdown or HTML, becomes the HTML and the plain text that readers get. Pure: services
//! call [`render`] before they write, and keep what comes out beside the source.
//!
//! **Markdown** is CommonMark 0.31 with three extensions: tables (`| a | b |`, with alignment), footnotes (`[^1]`, gathered
//! at the end) and `~~strikethrough~~`. HTML inside it is allowed. Bare addresses do not become links, single line breaks no
//! `<br>`. **HTML** is read as browsers read it. Both then go through the same sanitiser, which lets through only what
//! [`allowed`] lists; whatever it takes out, an editor is told of in [`Rendered::warnings`].
//!
//! A body goes this way:
//! 1. [`markdown`] makes HTML of Markdown;
//! 2. [`lexer`] parts it into tags and text and leaves out comments, scripts and the like, in linear time;
//! 3. [`balance`] keeps allowed elements and attributes and nests them so that any HTML parser reads them in one way;
//! 4. [`sanitise`] has ammonia, which builds the tree as browsers do, check all of it again, until nothing changes any more;
//! 5. [`text`] takes the plain text out of the result and counts its words.
//!
//! Readers may have it in two more forms, made of that HTML: as a tree ([`tree`]), and as Markdown written from the tree ([`written`]).
//!
//! No step of rendering calls itself, nesting ends at [`MAX_DEPTH`], each step is linear in its input, and none writes more than
//! [`MAX_HTML_BYTES`], so that no body can take the stack or the processor away from others.

mod allowed;
mod attributes;
mod balance;
mod blocks;
mod bounds;
mod characters;
mod embeds;
mod lexer;
mod markdown;
mod render;
mod sanitise;
mod text;
mod tokens;
mod tree;
mod warnings;
mod written;

pub use balance::MAX_DEPTH;
pub use blocks::{Block, BlockType};
pub use bounds::{MAX_HTML_BYTES, TooLong};
pub use embeds::{EmbedHosts, InvalidEmbedHosts};
pub use render::{Format, Rendered, render};
pub use text::count_words;
pub use tree::blocks;
pub use warnings::{MAX_WARNINGS, Warning};
pub use written::markdown;
