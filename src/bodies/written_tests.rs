use super::super::tree::{MAX_NODES, blocks};
use super::super::{EmbedHosts, Format, render};
use super::*;

fn html(format: Format, source: &str) -> String {
    render(format, source, &EmbedHosts::default()).unwrap().html
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[test]
fn markdown_comes_back_in_one_form() {
    for source in [
        "# Title\n\nA *b* **c** ~~d~~ `e` [f](https://example.org/a?b=1&c=2 \"g\")\n",
        "- one\n- two\n\n  more\n\n+ another list\n",
        "3. three\n4. four\n",
        "> quoted\n>\n> - a list\n",
        "```rust\nlet x = \"`\";\n\n# no heading\n```\n",
        "| a | b |\n| --- | --- |\n| c \\| d | *e* |\n",
        "Text[^1] and more[^2].\n\n[^1]: First.\n\n[^2]: Second.\n",
        "1\\. no list\n\n\\- neither\n\n\\# nor a heading\n",
        "a\\\nb\n\n* * *\n\nH<sub>2</sub>O and <u>under</u>\n",
        "![alt](/a.jpg \"title\")\n",
    ] {
        let tree = blocks(&html(Format::Markdown, source));
        assert_eq!(markdown(&tree), source, "{tree:#?}");
    }
}

#[test]
fn whatever_is_written_says_the_same() {
    for source in [
        "<p>*not* _emphasis_ [no](link) `code` <b>\"x\"</b>y<b>a</b><b>b</b> 1 &lt;b&gt; &amp;amp; \\</p><p>1. no list</p><p>- no<br>- list<br>+ 3</p>",
        "<ul><li>a<ul><li>b</li></ul></li><li></li></ul><ul><li>c</li></ul><ol start=7><li><p>d</p><p>e</p></li></ol>",
        "<table><caption>C</caption><tr><td>a|b<td><ul><li>x</li><li>y</li></ul></table>",
        "<div>a<p>b</p>c</div>d<em> e </em>f<strong><em>g</em></strong><em>h</em><em>i</em>",
        "<dl><dt>t</dt><dd>d</dd></dl><details open><summary>s</summary>rest</details><pre>a\n  b ``` c</pre><code>`</code>",
        "<figure><img src=/a.jpg alt='x*y'><figcaption>cap</figcaption></figure><ruby>漢<rt>kan</rt></ruby>",
        "<h2>1. Title # 2</h2><blockquote>q<blockquote>r</blockquote></blockquote><a href='/a_(b)*c'>l</a> = <p>=</p><p>===</p><p>| a |</p>",
    ] {
        let first = html(Format::Html, source);
        let written = markdown(&blocks(&first));
        let again = render(Format::Markdown, &written, &EmbedHosts::default()).unwrap();
        let before = render(Format::Html, &first, &EmbedHosts::default()).unwrap();
        assert_eq!(words(&again.text), words(&before.text), "{written}");
        assert_eq!(markdown(&blocks(&again.html)), written, "{first}");
    }
}

#[test]
fn the_tree_has_what_the_html_has_and_nothing_between_blocks() {
    let tree = |source: &str| serde_json::to_value(blocks(&html(Format::Html, source))).unwrap();
    assert_eq!(
        tree("loose <b>text</b>\n<p lang=tk>A<br>b</p>\n <h3>C</h3>"),
        serde_json::json!([
            { "type": "paragraph", "children": [{ "type": "text", "text": "loose " }, { "type": "strong", "children": [{ "type": "text", "text": "text" }] }] },
            { "type": "paragraph", "lang": "tk", "children": [{ "type": "text", "text": "A" }, { "type": "break" }, { "type": "text", "text": "b" }] },
            { "type": "heading", "level": 3, "children": [{ "type": "text", "text": "C" }] },
        ])
    );
    assert_eq!(
        tree("<table><thead><tr><th>A&lt;</th></tr></thead>\n<tbody><tr><td colspan=2>b</td></tr></tbody></table>"),
        serde_json::json!([{ "type": "table", "children": [
            { "type": "row", "children": [{ "type": "cell", "header": true, "children": [{ "type": "text", "text": "A<" }] }] },
            { "type": "row", "children": [{ "type": "cell", "header": false, "colspan": 2, "children": [{ "type": "text", "text": "b" }] }] },
        ] }])
    );
    assert_eq!(
        tree("<pre><code class=language-rust>let x;\n</code></pre><img src=/a.jpg alt=b width=3>"),
        serde_json::json!([
            { "type": "preformatted", "language": "rust", "text": "let x;\n" },
            { "type": "paragraph", "children": [{ "type": "image", "url": "/a.jpg", "alt": "b", "width": 3 }] },
        ])
    );
}

#[test]
fn what_is_nested_as_deep_as_may_be_is_written_on_a_small_stack() {
    let run = std::thread::Builder::new().stack_size(1 << 20).spawn(|| {
        for tag in ["<div>", "<b>", "<ul><li>", "<blockquote>", "<table><tr><td>", "<span>"] {
            let first = html(Format::Html, &tag.repeat(400));
            let tree = blocks(&first);
            assert!(serde_json::to_string(&tree).unwrap().len() < 64 << 10);
            markdown(&tree);
        }
        let wide = html(Format::Html, &"<p>x<b>y</b></p>".repeat(30_000));
        let tree = blocks(&wide);
        assert_eq!(tree.len(), MAX_NODES / 4 + 1);
        assert_eq!(markdown(&tree).matches('y').count(), 30_000);
    });
    run.unwrap().join().unwrap();
}
