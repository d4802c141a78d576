//! From source to what readers get.

use serde::{Deserialize, Serialize};

use super::bounds::TooLong;
use super::characters::without_controls;
use super::embeds::EmbedHosts;
use super::warnings::{Losses, Warning};
use super::{markdown, sanitise, text};

/// The language that a body is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// CommonMark with tables, footnotes and strikethrough; HTML inside is allowed.
    Markdown,
    /// HTML, read as browsers do.
    Html,
}

impl Format {
    /// The name on the wire and in the database.
    pub fn name(self) -> &'static str {
        match self {
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The format of this name.
    pub fn find(name: &str) -> Option<Self> {
        [Self::Markdown, Self::Html].into_iter().find(|format| format.name() == name)
    }
}

/// What becomes of a body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// Safe to put into a page as it is. Rendering it again, as HTML, gives the same.
    pub html: String,
    /// The text without markup, a line for each block.
    pub text: String,
    /// As [`super::count_words`] counts.
    pub word_count: u32,
    /// What readers will not get of the source, at most [`super::MAX_WARNINGS`].
    pub warnings: Vec<Warning>,
}

/// Renders a source of any size and content; `hosts` may be embedded. Takes time in proportion to the source and to what comes out.
///
/// # Errors
/// [`TooLong`] where more than [`super::MAX_HTML_BYTES`] would come out, found while it is rendered.
pub fn render(format: Format, source: &str, hosts: &EmbedHosts) -> Result<Rendered, TooLong> {
    let mut losses = Losses::default();
    let source = source.replace("\r\n", "\n").replace('\r', "\n");
    let source = without_controls(&source);
    let html = match format {
        Format::Markdown => markdown::to_html(&source, &mut losses)?.into(),
        Format::Html => source,
    };
    let html = sanitise::sanitise(&html, hosts, &mut losses)?;
    let text = text::of(&html);
    let word_count = text::count_words(&text);
    Ok(Rendered { html, text, word_count, warnings: losses.into_warnings() })
}

#[cfg(test)]
mod tests {
    use super::super::MAX_HTML_BYTES;
    use super::*;

    fn render(format: Format, source: &str) -> Rendered {
        super::render(format, source, &EmbedHosts::default()).unwrap()
    }

    fn html(format: Format, source: &str) -> String {
        let rendered = render(format, source);
        assert_eq!(render(Format::Html, &rendered.html).html, rendered.html, "{source}");
        rendered.html
    }

    #[test]
    fn markdown_is_commonmark_with_tables_footnotes_and_strikethrough() {
        for (source, out) in [
            ("# Title\n\nA *b* **c** `d`", "<h1>Title</h1>\n<p>A <em>b</em> <strong>c</strong> <code>d</code></p>\n"),
            ("~~x~~", "<p><del>x</del></p>\n"),
            ("[a](https://example.org)", "<p><a href=\"https://example.org\" rel=\"noopener noreferrer\">a</a></p>\n"),
            ("[a](javascript:alert(1))", "<p>a</p>\n"),
            ("a <script>alert(1)</script>b", "<p>a b</p>\n"),
            ("```rust\nlet x;\n```", "<pre><code class=\"language-rust\">let x;\n</code></pre>\n"),
            ("<div>\n\n*a*\n\n</div>", "<div>\n<p><em>a</em></p>\n</div>"),
            ("https://example.org", "<p>https://example.org</p>\n"),
        ] {
            assert_eq!(html(Format::Markdown, source), out, "{source}");
        }
        let table = html(Format::Markdown, "|a|b|\n|-|-:|\n|c|d|");
        assert!(table.contains("<td align=\"right\">d</td>"), "{table}");
    }

    #[test]
    fn footnotes_are_gathered_at_the_end_and_lead_there_and_back() {
        let rendered = render(Format::Markdown, "A[^x] b[^y] c[^x].\n\n[^x]: First.\n\n[^y]: Second[^x].\n\n[^z]: Never.");
        for part in [
            "A<sup class=\"footnote-ref\"><a href=\"#body-fn-1\" id=\"body-fnref-1\" rel=\"noopener noreferrer\">1</a></sup>",
            "id=\"body-fnref-1-2\"",
            "id=\"body-fnref-1-3\"",
            "<section class=\"footnotes\">\n<ol>\n<li id=\"body-fn-1\">\n<p>First. <a class=\"footnote-backref\" href=\"#body-fnref-1\"",
            "<li id=\"body-fn-2\">",
        ] {
            assert!(rendered.html.contains(part), "{part} is missing in {}", rendered.html);
        }
        assert_eq!(rendered.text, "A b c.\nFirst.\nSecond.");
        assert_eq!(rendered.warnings[0].code, "footnote_unused");
    }

    #[test]
    fn a_frame_of_an_allowed_host_is_built_anew_and_others_are_taken_out() {
        let source = "<iframe width=560 height=x onload=alert(1) srcdoc='<script>' sandbox src='//www.youtube.com/embed/abc?a=1&b=2' title='A \"b\"'>x</iframe>";
        let frame = "<iframe src=\"https://www.youtube-nocookie.com/embed/abc?a=1&amp;b=2\" title=\"A &quot;b&quot;\" width=\"560\" \
                     sandbox=\"allow-scripts allow-same-origin allow-popups allow-presentation\" loading=\"lazy\" \
                     referrerpolicy=\"strict-origin-when-cross-origin\" allowfullscreen=\"\"></iframe>";
        assert_eq!(html(Format::Html, source), frame);
        assert_eq!(html(Format::Markdown, &format!("a\n\n{source}\n\nb")), format!("<p>a</p>\n{frame}\n<p>b</p>\n"));
        let other = render(Format::Html, "a<iframe src=https://evil.example/x></iframe>b");
        assert_eq!((other.html.as_str(), other.warnings[0].code.as_str()), ("ab", "embed_removed"));
    }

    #[test]
    fn warnings_name_what_is_lost_each_once_with_its_count() {
        let source =
            "<script>x</script><script>y</script><p style='color:red' onclick=z><font>a</font></p><img src=data:x><!-- more --><em>b</em>";
        let rendered = render(Format::Html, source);
        assert_eq!(rendered.html, "<p>a</p><em>b</em>");
        let warnings: Vec<_> = rendered.warnings.iter().map(|w| format!("{}: {}", w.code, w.detail)).collect();
        assert_eq!(
            warnings,
            [
                "element_removed: `<script>` is taken out with all that is in it (2 times)",
                "attribute_removed: `style` of `<p>` is taken out",
                "attribute_removed: `onclick` of `<p>` is taken out",
                "element_removed: `<font>` is taken out, its text stays",
                "image_removed: the image `data:x` is taken out: only http, https and relative addresses are allowed",
            ]
        );
        let many: String = (0..1000).map(|n| format!("<x{n}>")).collect();
        assert_eq!(render(Format::Html, &many).warnings.len(), super::super::MAX_WARNINGS);
    }

    #[test]
    fn control_characters_are_in_neither_html_nor_text() {
        let rendered = render(Format::Html, "a\0b\u{1}c&#1;d\u{fffe}e&#xFFFF;f\r\ng&#13;h");
        assert_eq!((rendered.html.as_str(), rendered.text.as_str()), ("abcdef\ngh", "abcdef gh"));
    }

    #[test]
    fn the_text_has_every_word_of_the_body_and_no_script() {
        let rendered = render(Format::Html, "<h2>One</h2><p>two<script>no</script> &lt;three&gt;</p>");
        assert_eq!((rendered.text.as_str(), rendered.word_count), ("One\ntwo <three>", 3));
    }

    #[test]
    fn html_is_counted_to_the_byte_before_it_is_sanitised_and_after() {
        let hosts = EmbedHosts::default();
        let frame = "<iframe src=//flo.uri.sh></iframe>";
        let bytes = html(Format::Html, frame).len();
        let at_the_limit = frame.repeat(MAX_HTML_BYTES / bytes) + &"x".repeat(MAX_HTML_BYTES % bytes);
        assert_eq!(render(Format::Html, &at_the_limit).html.len(), MAX_HTML_BYTES);
        assert_eq!(super::render(Format::Html, &(at_the_limit + "x"), &hosts), Err(TooLong));
        for source in ["a|b\n-|-\n".repeat(80_000), "[^a]".repeat(60_000) + "\n\n[^a]: x", "&".repeat(1_000_000)] {
            assert_eq!(super::render(Format::Markdown, &source, &hosts), Err(TooLong), "{:?}", &source[..8]);
        }
    }

    /// Runs on as little stack as a thread of a server may have. How long bodies of the largest size take is measured in `benches/render.rs`.
    #[test]
    fn no_body_takes_the_stack_or_becomes_many_times_as_long() {
        const SIZE: usize = 32 << 10;
        let fill = |piece: &str| piece.repeat(SIZE / piece.len());
        let numbered = |before: &str, after: &str| (0..SIZE / 8).map(|n| format!("{before}{n}{after}")).collect::<String>();
        let mut sources: Vec<String> = [
            "<div>",
            "<b>",
            "</p>",
            "<p>x",
            "<",
            "<!--",
            "<a b='",
            "&",
            "&amp",
            "&x;",
            "°",
            "[",
            ">",
            "*",
            "**a ",
            "_a*",
            "`",
            "![](",
            "[a](<b",
            "- ",
            "> - ",
            "[^",
            "|a",
            "\u{0}",
            "<table><tr><td>",
            "<svg>",
            "<script>",
            "<a href=/>x</a>",
            "\n>",
            "<li>",
            "<ruby><rt>",
        ]
        .map(fill)
        .into();
        sources.push(format!("<p {}>x</p>", numbered(" a", "=1")));
        sources.push(format!("<p title='{}'>x</p><a href='/{}'>y</a>", fill("&"), fill("&")));
        sources.push(format!("{}{}", numbered("<b id=x", ">"), fill("<p>x")));
        sources.push(format!("{}{}", fill("<font>"), fill("</font>")));
        // Cells that rows leave out are made up by pulldown-cmark, 262,144 of them at most.
        sources.push(format!("|{}\n|{}\n{}", "a|".repeat(100), "-|".repeat(100), "|a\n".repeat(500)));
        sources.push(format!("[^1]: x\n\n{}", fill("[^1]")));
        sources.push(numbered("[^", "]: a\n\n"));
        let on_a_small_stack = std::thread::Builder::new().stack_size(1 << 20);
        let run = on_a_small_stack.spawn(move || {
            for source in sources {
                for format in [Format::Html, Format::Markdown] {
                    let rendered = render(format, &source);
                    let start: String = source.chars().take(24).collect();
                    assert!(rendered.html.len() <= 50 * SIZE, "{start:?} as {format:?} has {} bytes", rendered.html.len());
                }
            }
        });
        run.unwrap().join().unwrap();
    }
}
