//! A body as a tree, for apps that draw it themselves: [`super::tree`] reads the one form that `sanitise.rs` gives HTML, so that it holds nothing that the HTML does not. It takes time
//! in proportion to the HTML, and is no deeper than [`super::MAX_DEPTH`].
//!
//! What lies directly in the body is always a block: text that no element holds becomes a paragraph. Within blocks text and blocks may stand side by side, as in HTML.

use serde::Serialize;
use utoipa::ToSchema;

/// What a node of a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BlockType {
    /// Characters: `text`.
    Text,
    /// A line break.
    Break,
    /// A paragraph.
    Paragraph,
    /// A heading: `level`.
    Heading,
    /// A list: `ordered`, and `start` where it does not begin with 1.
    List,
    /// An item of a list.
    Item,
    /// A quotation: `url` of its source.
    Quote,
    /// Text whose white space counts: `text`, and `language` where it is a program.
    Preformatted,
    /// A line between.
    Rule,
    /// A picture: `url`, `alt`, `width`, `height`.
    Image,
    /// A page of another site in a frame: `url`, `title`, `width`, `height`.
    Embed,
    /// A picture or the like with what is said of it.
    Figure,
    /// What is said of a figure or a table.
    Caption,
    /// A table: its caption and rows.
    Table,
    /// A row of a table: its cells.
    Row,
    /// A cell: `header`, `align`, `colspan`, `rowspan`.
    Cell,
    /// What may be opened and closed: `open`.
    Details,
    /// What is seen of it while it is closed.
    Summary,
    /// Terms and what they mean.
    Definitions,
    /// A term.
    Term,
    /// What it means.
    Definition,
    /// The footnotes.
    Footnotes,
    /// A remark beside the text.
    Aside,
    /// Blocks that belong together.
    Group,
    /// A link: `url`.
    Link,
    /// Emphasis.
    Emphasis,
    /// Strong emphasis.
    Strong,
    /// Code.
    Code,
    /// What was taken out.
    Deleted,
    /// What was put in.
    Inserted,
    /// What is marked.
    Highlight,
    /// Underlined.
    Underline,
    /// Small print.
    Small,
    /// Lowered.
    Subscript,
    /// Raised.
    Superscript,
    /// The number of a footnote, or the way back from it: a link within the body.
    FootnoteReference,
    /// A short quotation within the text.
    Quotation,
    /// The title of a work.
    Cite,
    /// Text with its pronunciation above.
    Ruby,
    /// The pronunciation.
    RubyText,
    /// Text of another language, direction or meaning: `lang`, `dir`, `title`, `datetime`.
    Span,
}

/// A node of a body. A reader of the tree shows of a type that it does not know what lies in it: types may be added.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Block {
    /// What it is.
    #[serde(rename = "type")]
    pub kind: BlockType,
    /// The characters of a text.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub text: Option<String>,
    /// Where it leads or lies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub url: Option<String>,
    /// What is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    /// What a picture shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub alt: Option<String>,
    /// 1 to 6.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 6)]
    pub level: Option<u32>,
    /// Whether a list has numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ordered: Option<bool>,
    /// The number that a list begins with.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub start: Option<i64>,
    /// The width in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub width: Option<u32>,
    /// The height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub height: Option<u32>,
    /// The programming language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub language: Option<String>,
    /// The language.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub lang: Option<String>,
    /// The direction of writing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub dir: Option<String>,
    /// What links within the body lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub datetime: Option<String>,
    /// Whether a cell is the head of a row or column.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub header: Option<bool>,
    /// How a cell is aligned.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub align: Option<String>,
    /// How many columns a cell spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub colspan: Option<u32>,
    /// How many rows it spans.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub rowspan: Option<u32>,
    /// Whether details are open at first.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub open: Option<bool>,
    /// What lies in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, no_recursion)]
    pub children: Vec<Block>,
}

impl BlockType {
    /// Whether it stands on lines of its own.
    pub(super) fn is_block(self) -> bool {
        use BlockType::{
            Aside, Caption, Cell, Definition, Definitions, Details, Embed, Figure, Footnotes, Group, Heading, Item, List, Paragraph,
            Preformatted, Quote, Row, Rule, Summary, Table, Term,
        };
        matches!(
            self,
            Paragraph
                | Heading
                | List
                | Item
                | Quote
                | Preformatted
                | Rule
                | Embed
                | Figure
                | Caption
                | Table
                | Row
                | Cell
                | Details
                | Summary
                | Definitions
                | Term
                | Definition
                | Footnotes
                | Aside
                | Group
        )
    }

    /// Whether white space between what lies in it is none.
    pub(super) fn holds_blocks_alone(self) -> bool {
        matches!(self, Self::List | Self::Table | Self::Row | Self::Definitions | Self::Footnotes)
    }
}

impl Block {
    /// One with nothing in it.
    pub(super) fn new(kind: BlockType) -> Self {
        Self {
            kind,
            text: None,
            url: None,
            title: None,
            alt: None,
            level: None,
            ordered: None,
            start: None,
            width: None,
            height: None,
            language: None,
            lang: None,
            dir: None,
            id: None,
            datetime: None,
            header: None,
            align: None,
            colspan: None,
            rowspan: None,
            open: None,
            children: Vec::new(),
        }
    }

    pub(super) fn characters(text: String) -> Self {
        Self { text: Some(text), ..Self::new(BlockType::Text) }
    }

    pub(super) fn is_blank(&self) -> bool {
        self.kind == BlockType::Text && self.text.as_ref().is_none_or(|text| text.trim().is_empty())
    }
}
