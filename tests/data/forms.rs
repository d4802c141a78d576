//! Bodies in their other forms: the Markdown that is written of one says the same as its HTML, whatever that was made of, and the tree has every word of it.

use dateline::bodies::{Block, EmbedHosts, Format, blocks, markdown, render};

use super::sanitiser::inputs;
use super::shared;

fn words(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn characters(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text.clone().unwrap_or_default() + &characters(&block.children)).collect()
}

/// What differs, if anything does.
fn fault(format: Format, source: &str) -> Option<String> {
    let hosts = EmbedHosts::default();
    let first = render(format, source, &hosts).ok()?;
    let tree = blocks(&first.html);
    let written = markdown(&tree);
    let again = render(Format::Markdown, &written, &hosts).unwrap();
    // A frame becomes a link with a text.
    let has_frames = first.html.contains("<iframe");
    let is_same = words(&again.text) == words(&first.text) || has_frames;
    let is_whole = first.html.contains("footnote") || first.html.contains("<rp") || words(&characters(&tree)) == words(&first.text);
    (!is_same || !is_whole).then(|| {
        let at = again.text.bytes().zip(first.text.bytes()).take_while(|(one, other)| one == other).count();
        let from = |text: &str| text.chars().skip(at.saturating_sub(60)).take(200).collect::<String>();
        format!("{:?}\nbecomes\n{:?}\nof {:?}", from(&first.text), from(&again.text), source.chars().take(200).collect::<String>())
    })
}

fn holds(sources: impl IntoIterator<Item = (Format, String)>) {
    let (mut read, mut faults) = (0, Vec::new());
    for (format, source) in sources {
        read += 1;
        faults.extend(fault(format, &source));
    }
    assert!(faults.is_empty(), "{} of {read} say something else, such as\n{}", faults.len(), faults[..faults.len().min(6)].join("\n\n"));
}

#[test]
fn hostile_markup_says_the_same_in_every_form() {
    holds(inputs().into_iter().map(|(_, source)| (Format::Html, source)));
}

#[test]
fn real_articles_say_the_same_in_every_form() {
    let Some(folder) = shared::find("news/digitalgov") else { return };
    let (mut folders, mut sources) = (vec![folder], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "md") && sources.len() < 300 {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                sources.push((Format::Markdown, text.splitn(3, "---").nth(2).unwrap_or(&text).to_owned()));
            }
        }
    }
    assert!(!sources.is_empty());
    holds(sources);
}
