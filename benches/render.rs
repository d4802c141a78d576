//! How long the renderer takes for bodies of the largest size that are made to be slow. See `benches/README.md`.

use std::time::Instant;

use dateline::bodies::{EmbedHosts, Format, render};

/// The most bytes of a body.
const SIZE: usize = 2 * 1024 * 1024;

/// Repeated until the body is full.
const UNITS: &[&str] = &[
    "a fair sentence of news. ",
    "[",
    "![",
    "]",
    "[a](",
    "[a](b) ",
    "[a][b] ",
    "[[a]",
    "![[]()",
    "*a ",
    "**a*",
    "_a__",
    "*_",
    "`a``",
    "``` ",
    "~~a ",
    "~a~~",
    "\\",
    "&",
    "&amp;",
    "&#x",
    "<",
    "</",
    "<b>",
    "</b>",
    "<b></i>",
    "<a href=x>",
    "<i><b>",
    "<b><p>",
    "<a><div>",
    "<p>x",
    "<li>",
    "<ul><li>",
    "<dl><dd>",
    "<table>",
    "<table><tr><td>",
    "<td>",
    "<tr>",
    "<!--",
    "<!--->",
    "<![CDATA[",
    "<?",
    "<script>",
    "<style>",
    "<svg>",
    "<math><mi>",
    "<select><option>",
    "<template>",
    "<iframe src=\"https://player.vimeo.com/video/1\">",
    "<iframe src=x></iframe>",
    "<p a=b>",
    "<p title=\"",
    "<img src=x alt=\"y\">",
    "<div ",
    "a=b ",
    "> ",
    ">",
    "- ",
    "-",
    "1. ",
    "> - ",
    "* a\n",
    "#",
    "# a\n",
    "a\n",
    "a\n\n",
    "a  \n",
    "\n",
    "    a\n\n",
    "\t",
    "```\n",
    "~~~\n",
    "---\n",
    "===\n",
    "a\n===\n",
    "[^1]",
    "[^1] ",
    "[^a]: x\n\n",
    "[^a]: [^a]\n\n",
    "[a]: b\n",
    "[a]: <",
    "|a",
    "|",
    "|a|b|\n|-|-|\n|c|d|\n\n",
    "a|b\n-|-\n",
    "|\n",
    "\u{1f984}",
    "\u{0}",
    "\u{200b}",
    "<h1>",
    "<pre>",
    "<code>",
    "<blockquote>",
    "<font>",
    "<nobr>",
    "<form>",
    "<p></p>",
    "<br>",
    "<td></table>",
    "<caption>",
    "<ruby><rt>",
    "<details><summary>",
];

/// Bodies with a head of one kind and a rest of another: tables whose rows are short, references that all lead to one long definition.
fn composed() -> Vec<(String, String)> {
    let half = SIZE / 2;
    let mut all = Vec::new();
    for columns in [10, 100, 1000, 10_000, half / 4] {
        let head = format!("{}\n{}\n", "|a".repeat(columns), "|-".repeat(columns));
        let rows = SIZE.saturating_sub(head.len());
        all.push((format!("table of {columns} columns, empty rows"), head + &"|\n".repeat(rows / 2)));
    }
    for length in [10, 1000, 100_000, half] {
        let head = format!("[a]: {}\n\n", "b".repeat(length));
        all.push((format!("references to an address of {length}"), head + &"[a] ".repeat(half / 4)));
        let note = format!("[^a]: {}\n\n", "b".repeat(length));
        all.push((format!("names of a note of {length}"), note + &"[^a] ".repeat(half / 5)));
    }
    let fences: String = (1..1800).map(|length| "`".repeat(length) + "a").collect();
    all.push(("backticks of every length".to_owned(), fences));
    let notes: String = (0..half / 20).map(|number| format!("[^{number}]: [^{}]\n\n", number + 1)).collect();
    all.push(("notes that name the next".to_owned(), "[^0]\n\n".to_owned() + &notes));
    all.push(("definitions, each used".to_owned(), (0..half / 16).map(|number| format!("[{number}]: x\n[{number}]\n\n")).collect()));
    for open in ["<b>", "<a href=x>", "<div>", "<table>", "<ul><li>", "> ", "[", "*"] {
        all.push((format!("{open}, then text"), open.repeat(half / open.len()) + &"a ".repeat(half / 2)));
        all.push((format!("{open} 5,000 times, then paragraphs"), open.repeat(5000) + &"<p>a".repeat(half / 4)));
    }
    let attributes: String = (0..half / 12).map(|number| format!("a{number}=b ")).collect();
    all.push(("attributes of one element".to_owned(), format!("<p {attributes}>x</p>")));
    all
}

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let repeated = UNITS.iter().map(|unit| (format!("{unit:?} repeated"), unit.repeat(SIZE / unit.len())));
    let mut times = Vec::new();
    for (name, source) in repeated.chain(composed()).filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| name.contains(wanted))) {
        for format in [Format::Markdown, Format::Html] {
            let begun = Instant::now();
            let rendered = render(format, &source, &EmbedHosts::default());
            times.push((begun.elapsed(), format!("{} {name}", format.name()), source.len(), rendered.html.len()));
        }
    }
    times.sort_unstable_by_key(|(took, ..)| std::cmp::Reverse(*took));
    println!("| body | KiB in | KiB out | ms |\n| --- | ---: | ---: | ---: |");
    for (took, name, from, to) in times.into_iter().take(25) {
        println!("| {} | {} | {} | {} |", name.replace('|', "\\|"), from >> 10, to >> 10, took.as_millis());
    }
}
