//! How long the renderer takes for bodies of the largest size that are made to be slow. See `benches/README.md`.

use dateline::bodies::{EmbedHosts, Format, render};

/// The most bytes of a body.
const SIZE: usize = 2 * 1024 * 1024;
/// How much of each body is rendered.
const SIZES: [usize; 4] = [SIZE / 8, SIZE / 4, SIZE / 2, SIZE];
/// How many of the slowest are shown.
const ROWS: usize = 25;

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

/// The processor time that this thread has had, in milliseconds: others may use the machine.
fn processor_ms() -> f64 {
    let taken = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    taken.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e6
}

/// How long it takes for this much of a body, in milliseconds, and how many bytes come out, if not too many.
fn measured(format: Format, source: &str, bytes: usize) -> (f64, Option<usize>) {
    let source = &source[..source.floor_char_boundary(bytes)];
    let begun = processor_ms();
    let rendered = render(format, source, &EmbedHosts::default());
    (processor_ms() - begun, rendered.ok().map(|rendered| rendered.html.len()))
}

fn main() {
    let wanted = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let repeated = UNITS.iter().map(|unit| (format!("{unit:?} repeated"), unit.repeat(SIZE / unit.len())));
    let mut rows = Vec::new();
    for (name, source) in repeated.chain(composed()).filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| name.contains(wanted))) {
        for format in [Format::Markdown, Format::Html] {
            let times = SIZES.map(|bytes| measured(format, &source, bytes));
            rows.push((format!("{} {}", format.name(), name.replace('|', "\\|")), times));
        }
    }
    rows.sort_by(|(_, a), (_, b)| slowest(b).total_cmp(&slowest(a)));
    println!("| body | KiB out | ms of 256 KiB | 512 KiB | 1 MiB | 2 MiB |\n| --- | ---: | ---: | ---: | ---: | ---: |");
    for (name, times) in rows.into_iter().take(ROWS) {
        let out = times[SIZES.len() - 1].1.map_or_else(|| "refused".to_owned(), |bytes| (bytes >> 10).to_string());
        println!("| {name} | {out} |{} |", times.map(|(took, _)| format!(" {took:.0}")).join(" |"));
    }
}

fn slowest(times: &[(f64, Option<usize>)]) -> f64 {
    times.iter().map(|(took, _)| *took).fold(0.0, f64::max)
}
