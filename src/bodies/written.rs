//! A body as Markdown, written from its tree: CommonMark with tables, footnotes and strikethrough. What was written as Markdown comes back in this one form too, for the source may
//! hold what the sanitiser takes out. What Markdown has no form for is inline HTML without attributes (`<u>`, `<sub>`), or its text alone.

use super::blocks::{Block, BlockType};

/// The Markdown of a body.
pub fn markdown(blocks: &[Block]) -> String {
    let mut out = lines(blocks).join("\n");
    if !out.is_empty() {
        out.push('\n');
    }
    out
}

/// The lines of blocks and of text between them, an empty one between each two.
fn lines(nodes: &[Block]) -> Vec<String> {
    let (mut out, mut at, mut lists) = (Vec::new(), 0, 0);
    while at < nodes.len() {
        let inline = nodes[at..].iter().take_while(|node| !node.kind.is_block()).count();
        let (some, length) = match inline {
            0 => {
                lists = if nodes[at].kind == BlockType::List { lists + 1 } else { 0 };
                (block(&nodes[at], lists), 1)
            }
            length => {
                lists = 0;
                (paragraph(&nodes[at..at + length]), length)
            }
        };
        if !some.is_empty() && !out.is_empty() {
            out.push(String::new());
        }
        out.extend(some);
        at += length;
    }
    out
}

/// The lines of one block. `lists` says how many lists stand one after another, this one included: they are told apart by their markers.
fn block(node: &Block, lists: usize) -> Vec<String> {
    match node.kind {
        BlockType::Heading => {
            let text = one_line(&node.children);
            let level = usize::try_from(node.level.unwrap_or(1)).unwrap_or(1);
            if text.is_empty() { Vec::new() } else { vec![format!("{} {text}", "#".repeat(level))] }
        }
        BlockType::List => list(node, lists),
        BlockType::Quote => lines(&node.children).into_iter().map(|line| format!("> {line}").trim_end().to_owned()).collect(),
        BlockType::Preformatted => fenced(node),
        BlockType::Rule => vec!["* * *".to_owned()],
        BlockType::Embed => {
            let url = node.url.clone().unwrap_or_default();
            let title = node.title.clone().unwrap_or_else(|| url.clone());
            vec![format!("[{}]({})", escaped(&title), address(&url))]
        }
        BlockType::Table => table(node),
        BlockType::Footnotes => footnotes(node),
        _ => lines(&node.children),
    }
}

/// The lines of a text, of which none begins a block.
fn paragraph(nodes: &[Block]) -> Vec<String> {
    let text = inline(nodes, "\n");
    let mut lines: Vec<String> = text.lines().map(|line| safe_start(line.trim())).filter(|line| !line.is_empty()).collect();
    let before_last = lines.len().saturating_sub(1);
    lines[..before_last].iter_mut().for_each(|line| line.push('\\'));
    lines
}

fn one_line(nodes: &[Block]) -> String {
    inline(nodes, " ").split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

fn list(node: &Block, lists: usize) -> Vec<String> {
    let is_odd = lists % 2 == 1;
    let start = node.start.unwrap_or(1).max(0);
    let mut items: Vec<Vec<String>> = Vec::new();
    for child in &node.children {
        match (child.kind, items.last_mut()) {
            (BlockType::Item, _) => items.push(lines(&child.children)),
            // A list may lie in another one without an item around it.
            (_, Some(before)) => {
                before.push(String::new());
                before.extend(lines(std::slice::from_ref(child)));
            }
            (_, None) => items.push(lines(std::slice::from_ref(child))),
        }
    }
    let mut out = Vec::new();
    for (number, item) in (start..).zip(items) {
        let marker = match (node.ordered == Some(true), is_odd) {
            (true, true) => format!("{number}. "),
            (true, false) => format!("{number}) "),
            (false, true) => "- ".to_owned(),
            (false, false) => "+ ".to_owned(),
        };
        out.extend(hung(&marker, item));
    }
    out
}

/// Lines behind a marker, and below each other.
fn hung(marker: &str, lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() {
        return vec![marker.trim_end().to_owned()];
    }
    let indent = " ".repeat(marker.len());
    let line = |(at, line): (usize, String)| match at {
        0 => format!("{marker}{line}"),
        _ if line.is_empty() => line,
        _ => format!("{indent}{line}"),
    };
    lines.into_iter().enumerate().map(line).collect()
}

fn fenced(node: &Block) -> Vec<String> {
    let text = node.text.clone().unwrap_or_default();
    let fence = "`".repeat(longest_run(&text).max(2) + 1);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+#.-_".contains(c);
    let language = node.language.as_deref().filter(|language| language.chars().all(is_plain)).unwrap_or_default();
    let mut out = vec![format!("{fence}{language}")];
    out.extend(text.trim_end_matches('\n').split('\n').map(str::to_owned));
    out.push(fence);
    out
}

/// How many backticks stand one after another at most.
fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

fn table(node: &Block) -> Vec<String> {
    let (rows, others): (Vec<&Block>, Vec<&Block>) = node.children.iter().partition(|child| child.kind == BlockType::Row);
    let mut out = Vec::new();
    for caption in others {
        out.extend(lines(&caption.children));
        out.push(String::new());
    }
    let columns = rows.iter().map(|row| row.children.len()).max().unwrap_or(0);
    if columns == 0 {
        out.pop();
        return out;
    }
    let line = |cells: Vec<String>| {
        let rest = columns - cells.len();
        format!("| {} |", cells.into_iter().chain((0..rest).map(|_| String::new())).collect::<Vec<_>>().join(" | "))
    };
    let cells = |row: &Block| row.children.iter().map(|cell| flat(&cell.children).replace('|', "\\|")).collect::<Vec<_>>();
    let is_head = |row: &&Block| !row.children.is_empty() && row.children.iter().all(|cell| cell.header == Some(true));
    let (head, body) = if rows.first().is_some_and(is_head) { rows.split_at(1) } else { rows.split_at(0) };
    out.push(line(head.first().map(|row| cells(row)).unwrap_or_default()));
    out.push(line(vec!["---".to_owned(); columns]));
    out.extend(body.iter().map(|row| line(cells(row))));
    out
}

/// What lies in a cell on one line, whatever it is.
fn flat(nodes: &[Block]) -> String {
    let mut parts = Vec::new();
    let mut at = 0;
    while at < nodes.len() {
        let inline = nodes[at..].iter().take_while(|node| !node.kind.is_block()).count();
        parts.push(match (inline, nodes[at].kind) {
            (0, BlockType::Preformatted) => code(nodes[at].text.as_deref().unwrap_or_default()),
            (0, _) => flat(&nodes[at].children),
            _ => one_line(&nodes[at..at + inline]),
        });
        at += inline.max(1);
    }
    parts.retain(|part| !part.is_empty());
    parts.join(" ")
}

fn footnotes(node: &Block) -> Vec<String> {
    let items = node.children.iter().flat_map(|list| &list.children).filter(|item| item.kind == BlockType::Item);
    let mut out = Vec::new();
    for (number, item) in (1..).zip(items) {
        if number > 1 {
            out.push(String::new());
        }
        let note = hung("    ", lines(&item.children)).join("\n");
        out.extend(format!("[^{number}]: {}", note.trim_start()).lines().map(str::to_owned));
    }
    out
}

fn inline(nodes: &[Block], line_break: &str) -> String {
    let mut out = String::new();
    for node in nodes {
        let within = || inline(&node.children, line_break);
        match node.kind {
            BlockType::Text => out.push_str(&escaped(node.text.as_deref().unwrap_or_default())),
            BlockType::Break => out.push_str(line_break),
            BlockType::Emphasis => emphasised(&mut out, &within(), ["*", "em"]),
            BlockType::Strong => emphasised(&mut out, &within(), ["**", "strong"]),
            BlockType::Deleted => emphasised(&mut out, &within(), ["~~", "del"]),
            BlockType::Code => out.push_str(&code(&characters(&node.children))),
            BlockType::Link => out.push_str(&link(node, &within())),
            BlockType::Image => {
                let alt = escaped(node.alt.as_deref().unwrap_or_default());
                out.push_str(&format!("![{alt}]({}{})", address(node.url.as_deref().unwrap_or_default()), title(node)));
            }
            // The way back from a footnote leads nowhere in Markdown.
            BlockType::FootnoteReference if node.url.is_some() => {}
            BlockType::FootnoteReference => out.push_str(&format!("[^{}]", characters(&node.children))),
            kind => match tag(kind) {
                Some(name) => tagged(&mut out, &within(), name),
                None => out.push_str(&within()),
            },
        }
    }
    out
}

fn link(node: &Block, within: &str) -> String {
    match &node.url {
        Some(url) => format!("[{within}]({}{})", address(url), title(node)),
        None => within.to_owned(),
    }
}

fn tag(kind: BlockType) -> Option<&'static str> {
    Some(match kind {
        BlockType::Inserted => "ins",
        BlockType::Highlight => "mark",
        BlockType::Underline => "u",
        BlockType::Small => "small",
        BlockType::Subscript => "sub",
        BlockType::Superscript => "sup",
        BlockType::Quotation => "q",
        BlockType::Cite => "cite",
        BlockType::Ruby => "ruby",
        BlockType::RubyText => "rt",
        _ => return None,
    })
}

/// White space at its ends stands outside, where a reader of Markdown would not know the marks otherwise.
fn parted(text: &str) -> [&str; 3] {
    let inner = text.trim_matches(|c: char| c.is_whitespace());
    let start = text.len() - text.trim_start_matches(|c: char| c.is_whitespace()).len();
    [&text[..start], inner, &text[start + inner.len()..]]
}

/// By marks where these are understood for certain: between letters or digits, and not beside others of their kind. Else by tags.
fn emphasised(out: &mut String, text: &str, [mark, name]: [&str; 2]) {
    let [before, inner, behind] = parted(text);
    let is_word = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    let stands_alone = !out.ends_with(['*', '~']) || !before.is_empty();
    if inner.is_empty() {
        out.push_str(text);
    } else if stands_alone && is_word(inner.chars().next()) && is_word(inner.chars().next_back()) {
        for part in [before, mark, inner, mark, behind] {
            out.push_str(part);
        }
    } else {
        tagged(out, text, name);
    }
}

fn tagged(out: &mut String, text: &str, name: &str) {
    if text.is_empty() {
        return;
    }
    let [before, inner, behind] = parted(text);
    out.push_str(&format!("{before}<{name}>{inner}</{name}>{behind}"));
}

/// All characters that nodes hold.
fn characters(nodes: &[Block]) -> String {
    nodes.iter().map(|node| node.text.clone().unwrap_or_default() + &characters(&node.children)).collect()
}

fn code(text: &str) -> String {
    let text = text.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
    if text.is_empty() {
        return text;
    }
    let fence = "`".repeat(longest_run(&text) + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

fn title(node: &Block) -> String {
    node.title.as_deref().map_or_else(String::new, |title| format!(" \"{}\"", escaped(title).replace('"', "\\\"")))
}

fn address(url: &str) -> String {
    // Elsewhere it is none of a character's names.
    let url = if url.contains(';') { url.replace('&', "&amp;") } else { url.to_owned() };
    let is_plain = !url.is_empty() && url.chars().all(|c| !c.is_whitespace() && !c.is_control() && !"()<>\\*_[]`~|".contains(c));
    if is_plain { url } else { format!("<{}>", url.replace('\\', "\\\\").replace('<', "%3C").replace('>', "%3E").replace('|', "%7C")) }
}

/// Characters that mean themselves, with one space where there was white space.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            ' ' | '\t' | '\n' => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            '&' => out.push_str("&amp;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A line that begins no heading, list, rule or table.
fn safe_start(line: &str) -> String {
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    match line.as_bytes().get(digits) {
        Some(b'.' | b')') if (1..=9).contains(&digits) => format!("{}\\{}", &line[..digits], &line[digits..]),
        Some(b'-' | b'+' | b'=' | b'#' | b'|' | b':') if digits == 0 => format!("\\{line}"),
        _ => line.to_owned(),
    }
}

#[cfg(test)]
#[path = "written_tests.rs"]
mod tests;
