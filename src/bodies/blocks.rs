//! A body as a tree, for apps that draw it themselves: [`blocks`] reads the one form that `sanitise.rs` gives HTML, so that it holds nothing that the HTML does not. It takes time
//! in proportion to the HTML, and is no deeper than [`super::MAX_DEPTH`].
//!
//! What lies directly in the body is always a block: text that no element holds becomes a paragraph. Within blocks text and blocks may stand side by side, as in HTML.

use std::str::FromStr;

use serde::Serialize;
use utoipa::ToSchema;

use super::allowed;
use super::text::decoded;

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
    fn holds_blocks_alone(self) -> bool {
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

    fn characters(text: String) -> Self {
        Self { text: Some(text), ..Self::new(BlockType::Text) }
    }

    fn is_blank(&self) -> bool {
        self.kind == BlockType::Text && self.text.as_ref().is_none_or(|text| text.trim().is_empty())
    }
}

/// A tree has no more nodes: of what comes behind them it has the characters alone. No article that people read comes near it.
pub const MAX_NODES: usize = 20_000;

/// The tree of HTML in the one form that `sanitise.rs` gives it.
pub fn blocks(html: &str) -> Vec<Block> {
    let (mut tree, mut rest) = (Tree { open: Vec::new(), root: Vec::new(), nodes: 0 }, html);
    while !rest.is_empty() {
        let (characters, tag) = rest.split_once('<').unwrap_or((rest, ""));
        tree.text(&decoded(characters));
        let (tag, behind) = tag.split_once('>').unwrap_or((tag, ""));
        match tag.strip_prefix('/') {
            Some(name) => tree.close(name),
            None if !tag.is_empty() => tree.start(tag),
            None => {}
        }
        rest = behind;
    }
    tree.finish()
}

/// The nodes that are open, each with the name of its element. One without a node is passed over, and what lies in it goes to the node around.
struct Tree {
    open: Vec<(&'static str, Option<Block>)>,
    root: Vec<Block>,
    nodes: usize,
}

/// The attributes of a tag, as they stand between its brackets.
struct Attributes<'a>(&'a str);

impl Attributes<'_> {
    fn get(&self, wanted: &str) -> Option<String> {
        let mut rest = self.0;
        while let Some((name, behind)) = rest.split_once("=\"") {
            let (value, after) = behind.split_once('"')?;
            if name.trim_start() == wanted {
                return Some(decoded(value));
            }
            rest = after;
        }
        None
    }

    fn number<N: FromStr>(&self, wanted: &str) -> Option<N> {
        self.get(wanted)?.parse().ok()
    }
}

impl Tree {
    fn siblings(&mut self) -> &mut Vec<Block> {
        let Self { open, root, .. } = self;
        open.iter_mut().rev().find_map(|(_, node)| node.as_mut()).map_or(root, |node| &mut node.children)
    }

    fn around(&self) -> Option<BlockType> {
        self.open.iter().rev().find_map(|(_, node)| node.as_ref()).map(|node| node.kind)
    }

    fn text(&mut self, text: &str) {
        let is_between = self.around().is_none_or(BlockType::holds_blocks_alone);
        if text.is_empty() || is_between && text.trim().is_empty() && self.follows_block() {
            return;
        }
        let is_full = self.is_full();
        self.nodes += 1;
        let siblings = self.siblings();
        match siblings.last_mut().filter(|last| last.kind == BlockType::Text).and_then(|last| last.text.as_mut()) {
            Some(before) => {
                // What parted them is not shown.
                before.push_str(if is_full { " " } else { "" });
                before.push_str(text);
            }
            None => siblings.push(Block::characters(text.to_owned())),
        }
    }

    fn is_full(&self) -> bool {
        self.nodes >= MAX_NODES
    }

    fn follows_block(&mut self) -> bool {
        self.siblings().last().is_none_or(|last| last.kind.is_block())
    }

    fn start(&mut self, tag: &str) {
        let (name, attributes) = tag.split_once(' ').unwrap_or((tag, ""));
        let Some(element) = allowed::find(name) else { return };
        let node = if self.is_full() { None } else { node(element.name, &Attributes(attributes)) };
        self.nodes += 1;
        if element.is_void() {
            if let Some(node) = node {
                self.siblings().push(node);
            }
        } else {
            self.open.push((element.name, node));
        }
    }

    fn close(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|(open, _)| *open == name) else { return };
        while self.open.len() > at {
            self.end();
        }
    }

    fn end(&mut self) {
        let Some((name, Some(mut node))) = self.open.pop() else { return };
        if name == "rp" {
            // It stands for those who do not know what is around it.
            return;
        }
        match node.kind {
            BlockType::Preformatted => preformatted(&mut node),
            kind if kind.is_block() => trim(&mut node.children),
            _ => {}
        }
        self.siblings().push(node);
    }

    fn finish(mut self) -> Vec<Block> {
        while !self.open.is_empty() {
            self.end();
        }
        let mut blocks: Vec<Block> = Vec::new();
        let mut is_paragraph_open = false;
        for node in self.root {
            if node.kind.is_block() {
                is_paragraph_open = false;
                blocks.push(node);
            } else if let Some(paragraph) = blocks.last_mut().filter(|_| is_paragraph_open) {
                paragraph.children.push(node);
            } else if !node.is_blank() {
                is_paragraph_open = true;
                blocks.push(Block { children: vec![node], ..Block::new(BlockType::Paragraph) });
            }
        }
        blocks.iter_mut().filter(|block| block.kind == BlockType::Paragraph).for_each(|block| trim(&mut block.children));
        blocks
    }
}

/// White space at the ends of a block is none, nor is that beside blocks in it.
fn trim(children: &mut Vec<Block>) {
    let beside: Vec<bool> = (0..children.len())
        .map(|at| {
            let is_block = |other: Option<&Block>| other.is_none_or(|block| block.kind.is_block());
            is_block(at.checked_sub(1).and_then(|at| children.get(at))) || is_block(children.get(at + 1))
        })
        .collect();
    let mut at = 0;
    children.retain(|child| {
        at += 1;
        !(child.is_blank() && beside[at - 1])
    });
    if let Some(text) = children.first_mut().and_then(|first| first.text.as_mut()) {
        *text = text.trim_start().to_owned();
    }
    if let Some(text) = children.last_mut().filter(|last| last.kind == BlockType::Text).and_then(|last| last.text.as_mut()) {
        *text = text.trim_end().to_owned();
    }
}

/// Its characters alone count, and the language of the code in it.
fn preformatted(node: &mut Block) {
    let (mut text, mut stack) = (String::new(), Vec::from_iter(std::mem::take(&mut node.children).into_iter().rev()));
    while let Some(part) = stack.pop() {
        match part.kind {
            BlockType::Break => text.push('\n'),
            _ => text.push_str(part.text.as_deref().unwrap_or_default()),
        }
        node.language = node.language.take().or(part.language);
        stack.extend(part.children.into_iter().rev());
    }
    node.text = Some(text);
}

fn node(name: &'static str, attributes: &Attributes<'_>) -> Option<Block> {
    use BlockType as T;
    let class = attributes.get("class").unwrap_or_default();
    let has = |wanted: &str| class.split(' ').any(|class| class == wanted);
    let kind = match name {
        "a" if has("footnote-backref") => T::FootnoteReference,
        "sup" if has("footnote-ref") => T::FootnoteReference,
        "section" if has("footnotes") => T::Footnotes,
        // What they are is said by the nodes in and around them.
        "tbody" | "thead" | "tfoot" | "colgroup" | "col" | "wbr" => return None,
        _ => kind(name),
    };
    let mut node = Block::new(kind);
    let get = |name| attributes.get(name);
    (node.id, node.lang, node.dir, node.title, node.datetime) = (get("id"), get("lang"), get("dir"), get("title"), get("datetime"));
    match kind {
        T::Link | T::FootnoteReference => node.url = get("href"),
        T::Quote | T::Quotation => node.url = get("cite"),
        T::Image | T::Embed => {
            (node.url, node.alt) = (get("src"), get("alt"));
            (node.width, node.height) = (attributes.number("width"), attributes.number("height"));
        }
        T::Heading => node.level = name[1..].parse().ok(),
        T::List => (node.ordered, node.start) = (Some(name == "ol"), attributes.number("start")),
        T::Code => node.language = class.split(' ').find_map(|class| class.strip_prefix("language-")).map(str::to_owned),
        T::Cell => {
            (node.header, node.align) = (Some(name == "th"), get("align"));
            (node.colspan, node.rowspan) = (attributes.number("colspan"), attributes.number("rowspan"));
        }
        T::Details => node.open = Some(get("open").is_some()),
        _ => {}
    }
    Some(node)
}

fn kind(name: &str) -> BlockType {
    use BlockType as T;
    match name {
        "a" => T::Link,
        "aside" => T::Aside,
        "b" | "strong" => T::Strong,
        "blockquote" => T::Quote,
        "br" => T::Break,
        "caption" | "figcaption" => T::Caption,
        "cite" => T::Cite,
        "code" | "kbd" | "samp" => T::Code,
        "dd" => T::Definition,
        "del" | "s" => T::Deleted,
        "details" => T::Details,
        "div" | "section" => T::Group,
        "dl" => T::Definitions,
        "dt" => T::Term,
        "em" | "i" | "var" | "dfn" => T::Emphasis,
        "figure" => T::Figure,
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => T::Heading,
        "hr" => T::Rule,
        "iframe" => T::Embed,
        "img" => T::Image,
        "ins" => T::Inserted,
        "li" => T::Item,
        "mark" => T::Highlight,
        "ol" | "ul" => T::List,
        "p" => T::Paragraph,
        "pre" => T::Preformatted,
        "q" => T::Quotation,
        "rt" => T::RubyText,
        "ruby" => T::Ruby,
        "small" => T::Small,
        "sub" => T::Subscript,
        "summary" => T::Summary,
        "sup" => T::Superscript,
        "table" => T::Table,
        "td" | "th" => T::Cell,
        "tr" => T::Row,
        "u" => T::Underline,
        _ => T::Span,
    }
}
