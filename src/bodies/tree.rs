//! Reads the tree of a body out of its HTML, in one pass.

use std::str::FromStr;

use super::allowed;
use super::blocks::{Block, BlockType};
use super::text::decoded;

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
