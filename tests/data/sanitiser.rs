//! Hostile and harmless markup of six collections, as HTML and through Markdown. What comes out is read again by a parser
//! that is not the sanitiser's, and only what is listed here may be in it.

use dateline::bodies::{EmbedHosts, Format, Rendered, render};
use html5ever::tendril::TendrilSink as _;
use html5ever::{ParseOpts, QualName, local_name, ns, parse_fragment};
use markup5ever_rcdom::{Handle, NodeData, RcDom};
use url::Url;

use super::shared;

/// Every element that may come out; written down again here, so that a slip in the product's own table shows.
const ELEMENTS: &str = "a abbr aside b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em \
    figcaption figure h1 h2 h3 h4 h5 h6 hr i iframe img ins kbd li mark ol p pre q rp rt ruby s samp section small span strong \
    sub summary sup table tbody td tfoot th thead time tr u ul var wbr";
/// Every attribute that may come out, on whatever element.
const ATTRIBUTES: &str = "align allowfullscreen alt cite class colspan datetime dir height href hreflang id lang loading open \
    referrerpolicy rel reversed rowspan sandbox scope span src start target title type value width";

/// All inputs, each with the name of its collection.
pub fn inputs() -> Vec<(String, String)> {
    let mut inputs = Vec::new();
    for (file, member) in [
        ("sanitiser/dompurify/expect.json", "payload"),
        ("sanitiser/html5sec/items.json", "data"),
        ("sanitiser/html5lib-tests/tests1.dat", "input"),
        ("sanitiser/owasp/antisamy-facts.json", "input"),
    ] {
        let vectors = shared::json(file).into_iter().flat_map(|json| json.as_array().unwrap().clone());
        inputs.extend(vectors.map(|vector| (file.to_owned(), vector[member].as_str().unwrap().to_owned())));
    }
    for (name, text) in shared::files("sanitiser/bleach") {
        inputs.push((name, text.split("\n--\n").next().unwrap().to_owned()));
    }
    for (name, text) in shared::files("sanitiser/htmlpurifier") {
        let html = text.split("--HTML--").nth(1).unwrap_or(&text);
        inputs.push((name, html.split("\n--").next().unwrap().to_owned()));
    }
    for string in shared::json("naughty-strings/blns.json").iter().flat_map(|json| json.as_array().unwrap()) {
        inputs.push(("naughty-strings".to_owned(), string.as_str().unwrap().to_owned()));
    }
    inputs
}

fn parsed(html: &str) -> RcDom {
    let context = QualName::new(None, ns!(html), local_name!("div"));
    parse_fragment(RcDom::default(), ParseOpts::default(), context, vec![], false).one(html)
}

fn check_attribute(element: &str, name: &str, value: &str, of: &str) {
    assert!(ATTRIBUTES.split_whitespace().any(|allowed| allowed == name), "{element} {name} in {of}");
    assert!(!value.contains(|c: char| c < ' ' && c != '\t' && c != '\n'), "{element} {name} in {of}");
    match name {
        "href" | "src" | "cite" => {
            let base = Url::parse("https://site.invalid/a/b").unwrap();
            let url = base.join(value).unwrap();
            let schemes: &[&str] = if name == "href" { &["http", "https", "mailto", "tel"] } else { &["http", "https"] };
            assert!(schemes.contains(&url.scheme()), "{value} in {of}");
            assert!(!value.starts_with("//"), "{value} in {of}");
            if element == "iframe" {
                assert_eq!(url.scheme(), "https", "{of}");
                assert!(EmbedHosts::default().iter().any(|host| Some(host) == url.host_str()), "{value} in {of}");
            }
        }
        "id" => assert!(value.starts_with("body-"), "{value} in {of}"),
        "rel" => assert!(value.starts_with("noopener noreferrer"), "{value} in {of}"),
        "target" => assert_eq!(value, "_blank"),
        _ => {}
    }
}

fn check_tree(html: &str) {
    let mut nodes: Vec<Handle> = parsed(html).document.children.borrow()[0].children.borrow().clone();
    while let Some(node) = nodes.pop() {
        match &node.data {
            NodeData::Text { .. } => {}
            NodeData::Element { name, attrs, .. } => {
                assert_eq!(name.ns, ns!(html), "{html}");
                assert!(ELEMENTS.split_whitespace().any(|allowed| *allowed == *name.local), "{} in {html}", name.local);
                let attributes = attrs.borrow();
                let has = |wanted: &str| attributes.iter().any(|a| &*a.name.local == wanted);
                for attribute in attributes.iter() {
                    check_attribute(&name.local, &attribute.name.local, &attribute.value, html);
                }
                match &*name.local {
                    "a" => assert!(has("rel") && (has("href") || has("id")), "{html}"),
                    "img" => assert!(has("src"), "{html}"),
                    "iframe" => {
                        assert!(has("src") && has("sandbox") && has("referrerpolicy"), "{html}");
                        assert!(node.children.borrow().is_empty(), "{html}");
                    }
                    _ => {}
                }
            }
            _ => panic!("neither text nor element in {html}"),
        }
        nodes.extend(node.children.borrow().iter().cloned());
    }
}

fn checked(format: Format, source: &str) -> Rendered {
    let hosts = EmbedHosts::default();
    let rendered = render(format, source, &hosts).unwrap();
    check_tree(&rendered.html);
    let again = render(Format::Html, &rendered.html, &hosts).unwrap();
    assert_eq!(again.html, rendered.html, "sanitised again: {source}");
    assert_eq!(again.text, rendered.text, "{source}");
    assert_eq!(again.warnings, [], "{source}\n{}", rendered.html);
    rendered
}

#[test]
fn only_what_is_allowed_comes_out_of_any_markup_and_sanitising_again_changes_nothing() {
    for (_, input) in inputs() {
        checked(Format::Html, &input);
        checked(Format::Markdown, &input);
        checked(Format::Markdown, &format!("* a\n\n  > {}\n\n| {} |\n|-|\n", input.replace('\n', " "), input.replace('\n', " ")));
        for around in ["table", "p", "b", "a href=/x", "pre", "svg", "math><mtext", "select", "li", "ruby", "title", "noscript", "!--"] {
            checked(Format::Html, &format!("x<{around}>{input}y"));
        }
    }
}

#[test]
fn two_vectors_put_together_are_no_more_than_each() {
    let inputs = inputs();
    for pair in inputs.windows(2) {
        let (first, second) = (&pair[0].1, &pair[1].1);
        let half = first.chars().take(first.chars().count() / 2).collect::<String>();
        checked(Format::Html, &format!("{half}{second}"));
        checked(Format::Markdown, &format!("{half}\n\n{second}"));
    }
}

#[test]
fn facts_of_the_java_sanitizer_hold_but_for_its_own_policy() {
    // It rewrites style and addresses with brackets, which is its policy and not Dateline's.
    let policy = ["font-family", "subdomain.domain"];
    for fact in shared::json("sanitiser/owasp/antisamy-facts.json").iter().flat_map(|json| json.as_array().unwrap()) {
        let input = fact["input"].as_str().unwrap();
        if policy.iter().any(|own| input.contains(own)) {
            continue;
        }
        let html = checked(Format::Html, input).html.to_lowercase();
        if let Some(wanted) = fact["must_contain"].as_str() {
            assert!(html.contains(&wanted.to_lowercase()), "{input}: {html}");
        }
        if let Some(unwanted) = fact["must_not_contain"].as_str() {
            assert!(!html.contains(&unwanted.to_lowercase()), "{input}: {html}");
        }
    }
}

#[test]
fn harmless_markup_survives() {
    for (input, output) in [
        ("<p>Par.</p>\n<p>Para<a href=\"http://google.com/\">gr</a>aph</p>\nText<b>Bol<i>d</i></b>", None),
        ("<span id=\"moon\">foobar</span>", Some("<span id=\"body-moon\">foobar</span>")),
        ("<figure><img src=\"/a.jpg\" alt=\"A\" width=\"640\" height=\"480\" loading=\"lazy\"><figcaption>A</figcaption></figure>", None),
        (
            "<table><caption>C</caption><thead><tr><th scope=\"col\">a</th></tr></thead><tbody><tr><td colspan=\"2\">b</td></tr></tbody></table>",
            None,
        ),
        (
            "<details open=\"\"><summary>S</summary><p>x<sup>2</sup> <mark>m</mark> <time datetime=\"2026-11-30\">d</time></p></details>",
            None,
        ),
        (
            "<ol start=\"3\" reversed=\"\"><li value=\"3\">a</li></ol><dl><dt>a</dt><dd>b</dd></dl><hr><blockquote><p>q</p></blockquote>",
            None,
        ),
        ("<p lang=\"tk\" dir=\"ltr\">Täze <abbr title=\"x &lt; y\">ýyl</abbr><br>a <del>b</del> <ins>c</ins></p>", None),
    ] {
        let expected = output.unwrap_or(input);
        let html = checked(Format::Html, input).html.replace(" rel=\"noopener noreferrer\"", "");
        assert_eq!(html, expected);
    }
}

#[test]
fn real_articles_render_to_allowed_markup() {
    let Some(folder) = shared::find("news/digitalgov") else { return };
    let mut folders = vec![folder];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") && read < 300 {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                let body = text.splitn(3, "---").nth(2).unwrap_or(&text);
                checked(Format::Markdown, body);
                read += 1;
            }
        }
    }
    assert!(read > 0);
}
