//! Feeds and what a path is: exact in time, valid to parsers of others, and the same in a preview.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use dateline::kernel::caller::Role;
use serde_json::{Value, json};

use crate::on_both_engines;
use crate::site::Site;
use crate::support::client::Client;

const NOW: &str = "2026-11-30T08:00:00.000Z";
const FORMS: [(&str, &str); 3] = [
    ("/v1/feed.json", "application/feed+json"),
    ("/v1/feed.rss", "application/rss+xml; charset=utf-8"),
    ("/v1/feed.atom", "application/atom+xml; charset=utf-8"),
];

/// What a program of another ecosystem prints of a text; nothing where it is not installed.
fn told(program: &str, arguments: &[&str], text: &str) -> Option<String> {
    let child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else {
        eprintln!("skipped: there is no {program}");
        return None;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(77) {
        eprintln!("skipped: {said}");
        return None;
    }
    assert!(output.status.success(), "{program}: {said}\n{text}");
    Some(String::from_utf8(output.stdout).unwrap())
}

const PARSER: &str = "
import json, sys
try:
    import feedparser
except ImportError:
    print('python3 has no feedparser', file=sys.stderr); sys.exit(77)
feed = feedparser.parse(sys.stdin.buffer.read())
assert not feed.bozo, feed.bozo_exception
of = lambda e: [e.id, e.link, e.title, e.summary, [a.name for a in e.get('authors', [])], [t.term for t in e.get('tags', [])], e.published_parsed[:6], [c.value for c in e.get('content', [])]]
print(json.dumps([feed.version, feed.feed.title, feed.feed.link, [l.href for l in feed.feed.links if l.rel == 'hub'], [of(e) for e in feed.entries]]))
";

/// What feedparser makes of a feed.
fn parsed(text: &str) -> Option<Value> {
    told("python3", &["-c", PARSER], text).map(|told| serde_json::from_str(&told).unwrap())
}

/// Holds Atom against the grammar of its RFC.
fn is_atom(text: &str) {
    let Some(data) = std::env::var_os("DATELINE_SHARED_DATA").map(PathBuf::from) else { return };
    let grammar = data.join("feeds/schemas/atom.rng");
    told("xmllint", &["--noout", "--nonet", "--relaxng", grammar.to_str().unwrap(), "-"], text);
}

/// Holds a sitemap against its schema.
fn is_valid(text: &str, schema: &str) {
    let Some(data) = std::env::var_os("DATELINE_SHARED_DATA").map(PathBuf::from) else { return };
    let schema = data.join("feeds/schemas").join(schema);
    told("xmllint", &["--noout", "--nonet", "--schema", schema.to_str().unwrap(), "-"], text);
}

async fn made(editor: &Client, path: &str, body: Value) -> String {
    editor.post(&format!("/v1/editor/{path}")).json(&body).await.is_created().text_at("/id").to_owned()
}

/// An article in the city by an author, with a title that XML cannot hold as it is.
async fn told_of(editor: &Client) -> String {
    let city = made(editor, "categories", json!({ "name": "City" })).await;
    made(editor, "tags", json!({ "name": "Bridges" })).await;
    made(editor, "authors", json!({ "name": "Jeren <J> & Co" , "slug": "jeren" })).await;
    let article = json!({
        "title": "Bridge \u{1}<b>&\u{b}\u{ffff} ]]> done", "slug": "bridge", "excerpt": "Seven\u{8} to two", "category_id": city,
        "tags": ["bridges"], "authors": ["jeren"], "body": { "format": "markdown", "source": "Some **text**." }, "publish": {},
    });
    made(editor, "articles", article).await
}

on_both_engines! {
    async fn a_feed_has_what_is_live_in_each_form_and_parsers_read_it(engine) {
        let site = Site::with(engine, NOW, |options| options.websub_hub = Some("https://hub.example.org/".to_owned()));
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let id = told_of(&editor).await;
        made(&editor, "articles", json!({ "title": "Later", "body": { "format": "markdown", "source": "x" }, "publish": { "publish_at": "2026-11-30T08:00:30Z" } })).await;
        for (path, media_type) in FORMS {
            let answer = reader.get(path).await;
            answer.is_ok().has_header("content-type", media_type).has_header("cache-control", "public, max-age=30");
            reader.get(path).header("if-none-match", answer.expect_header("etag")).await.is(304);
            assert!(!answer.text().contains("Later"));
            let preview = editor.get(&path.replace("/v1/", "/v1/preview/")).await;
            assert_eq!(preview.is_ok().text(), answer.text(), "a preview is the same");
            editor.get(&format!("{}?drafts=true", path.replace("/v1/", "/v1/preview/"))).await.is_problem(400, "invalid_parameter");
        }
        let item = &reader.get("/v1/feed.json").await["items"][0];
        assert_eq!((&item["id"], &item["url"]), (&json!(format!("urn:uuid:{id}")), &json!("https://www.example.org/city/bridge")));
        assert_eq!((&item["content_text"], &item["tags"]), (&json!("Seven\u{8} to two"), &json!(["City", "Bridges"])));
        let (atom, rss) = (reader.get("/v1/feed.atom").await.text(), reader.get("/v1/feed.rss").await.text());
        is_atom(&atom);
        for (text, version, terms) in [(&atom, "atom10", ["city", "bridges"]), (&rss, "rss20", ["City", "Bridges"])] {
            let Some(parsed) = parsed(text) else { continue };
            assert_eq!(parsed[0], version);
            assert_eq!(parsed[2], "https://www.example.org/");
            assert_eq!(parsed[3], json!(["https://hub.example.org/"]));
            let entry = &parsed[4][0];
            assert_eq!(entry[0], format!("urn:uuid:{id}"));
            assert_eq!(entry[1], "https://www.example.org/city/bridge");
            assert!(entry[2].as_str().unwrap().ends_with("]]> done") || entry[2].as_str().unwrap().ends_with("]]&gt; done"), "{entry}");
            assert_eq!((&entry[3], &entry[5], &entry[6]), (&json!("Seven to two"), &json!(terms), &json!([2026, 11, 30, 8, 0, 0])));
        }
        site.clock().set("2026-11-30T08:00:30Z".parse().unwrap());
        for (path, _) in FORMS {
            assert!(reader.get(path).await.is_ok().text().contains("Later"), "live at the instant: {path}");
        }
    }

    async fn a_feed_is_of_a_category_a_tag_an_author_or_a_language_and_what_is_hidden_has_none(engine) {
        let site = Site::with(engine, NOW, |options| options.feeds_have_text = true);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let id = told_of(&editor).await;
        made(&editor, "tags", json!({ "name": "Hidden" })).await;
        for (query, count) in [("category=city", 1), ("tag=bridges", 1), ("author=jeren", 1), ("locale=tk", 0), ("tag=hidden", 0), ("tag=unknown", 0)] {
            let feed = reader.get(&format!("/v1/feed.json?{query}")).await;
            assert_eq!(feed.is_ok()["items"].as_array().unwrap().len(), count, "{query}");
            assert_eq!(feed["feed_url"], format!("https://api.example.org/v1/feed.json?{query}"));
            assert!(!feed.text().contains("Hidden"), "{query}");
            is_atom(&reader.get(&format!("/v1/feed.atom?{query}")).await.is_ok().text());
        }
        let of_city = reader.get("/v1/feed.json?category=city").await;
        assert_eq!((&of_city["title"], &of_city["home_page_url"]), (&json!("The Morning News: City"), &json!("https://www.example.org/city")));
        assert_eq!(of_city["items"][0]["content_html"], "<p>Some <strong>text</strong>.</p>\n");
        reader.get("/v1/feed.json?locale=xx").await.is_problem(400, "invalid_parameter");
        // Another slug is no other article to whoever reads the feed.
        editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(json!({ "slug": "new-bridge" })).await.is_ok();
        editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({})).await.is_created();
        site.clock().set("2026-11-30T08:00:01Z".parse().unwrap());
        let item = &reader.get("/v1/feed.json").await["items"][0];
        assert_eq!((&item["id"], &item["url"]), (&json!(format!("urn:uuid:{id}")), &json!("https://www.example.org/city/new-bridge")));
    }

    async fn a_sitemap_has_what_search_engines_may_list_and_the_news_of_two_days(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        told_of(&editor).await;
        let text = json!({ "format": "markdown", "source": "x" });
        for article in [
            json!({ "title": "Not for engines", "body": text, "seo": { "noindex": true }, "publish": {} }),
            json!({ "title": "Of old", "body": text, "publish": { "published_at": "2026-11-28T07:59:59Z" } }),
            json!({ "title": "Just in time", "body": text, "publish": { "published_at": "2026-11-28T08:00:00Z" } }),
            json!({ "title": "Hidden", "body": text }),
            json!({ "title": "Imprint", "kind": "page", "body": text, "publish": {} }),
        ] {
            made(&editor, "articles", article).await;
        }
        let fetch = async |path: &str| {
            let answer = reader.get(path).await;
            let text = answer.is_ok().has_header("content-type", "application/xml").has_header("cache-control", "no-cache").text();
            let preview = editor.get(&format!("/v1/preview{path}")).await;
            assert_eq!(preview.is_ok().text(), text, "a preview is the same");
            text
        };
        let addresses = |text: &str| text.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap().to_owned()).collect::<Vec<_>>();
        let index = fetch("/sitemap.xml").await;
        is_valid(&index, "siteindex.xsd");
        let files = ["sections", "en-article-1", "en-page-1"].map(|name| format!("https://www.example.org/sitemap.xml?file={name}"));
        assert_eq!(addresses(&index), files);
        let mut all = Vec::new();
        for file in files {
            let text = fetch(file.trim_start_matches("https://www.example.org")).await;
            is_valid(&text, "sitemap.xsd");
            all.extend(addresses(&text));
        }
        let expected = ["/", "/city", "/of-old", "/just-in-time", "/city/bridge", "/imprint"].map(|path| format!("https://www.example.org{path}"));
        assert_eq!(all, expected);
        let news = fetch("/news-sitemap.xml").await;
        assert_eq!(addresses(&news), ["https://www.example.org/city/bridge", "https://www.example.org/just-in-time"]);
        assert!(news.contains("<news:publication><news:name>The Morning News</news:name><news:language>en</news:language></news:publication>"), "{news}");
        for query in ["?file=en-article-2", "?file=tk-article-1", "?file=en-article-01", "?file=en-article-0", "?file=xx-article-1", "?file=en", "?file=en-article-99999999999999999999"] {
            reader.get(&format!("/sitemap.xml{query}")).await.is_problem(400, "invalid_parameter").has_error("/file", "unknown");
        }
        reader.get("/sitemap.xml?at=2026-11-30T08:00:00Z").await.is_problem(400, "invalid_parameter");
        let robots = reader.get("/robots.txt").await;
        robots.is_ok().has_header("content-type", "text/plain; charset=utf-8");
        assert!(robots.text().ends_with("Sitemap: https://www.example.org/sitemap.xml\nSitemap: https://www.example.org/news-sitemap.xml\n"));
    }

    async fn a_path_is_resolved_with_the_thing_itself(engine) {
        let site = Site::at(engine, NOW);
        let (editor, reader) = (site.login(Role::Editor).await, site.anyone());
        let id = told_of(&editor).await;
        let resolve = async |path: &str| reader.get(&format!("/v1/resolve?path={path}")).await;
        made(&editor, "articles", json!({ "title": "Imprint", "kind": "page", "body": { "format": "markdown", "source": "x" }, "publish": {} })).await;
        made(&editor, "tags", json!({ "name": "Hidden" })).await;
        editor.post("/v1/editor/redirects").json(json!({ "from": "/shop", "to": "https://shop.example/" })).await.is_created();
        let article = resolve("/city/bridge/").await;
        assert_eq!((&article.is_ok()["type"], &article["path"], &article["article"]["id"]), (&json!("article"), &json!("/city/bridge"), &json!(id)));
        assert_eq!(article["article"], *reader.get("/v1/articles/bridge").await.json());
        for (path, kind, slug) in [("/imprint", "page", "/article/slug"), ("/city", "category", "/category/slug"), ("/tags/bridges", "tag", "/tag/slug"), ("/authors/jeren", "author", "/author/slug")] {
            let answer = resolve(path).await;
            assert_eq!(answer.is_ok()["type"], kind, "{path}");
            assert!(path.ends_with(answer.text_at(slug)), "{path}");
        }
        assert_eq!(resolve("/").await.is_ok().json(), &json!({ "type": "front", "path": "/" }));
        for (path, to) in [("/shop", "https://shop.example/"), ("/bridge", "/city/bridge")] {
            assert_eq!(resolve(path).await.is_ok().json(), &json!({ "type": "redirect", "path": path, "to": to, "status": 308 }));
        }
        for path in ["/unknown", "/nowhere/bridge", "/tags/hidden", "/a/b/c/d", "/city/imprint/x", "/authors/unknown"] {
            resolve(path).await.is_problem(404, "not_found");
        }
        for query in ["?path=", "?path=city", "?path=/city%3Fa=b", "?path=/a//b", "?path=/city&locale=xx", "?path=/city&at=x"] {
            reader.get(&format!("/v1/resolve{query}")).await.is_problem(400, "invalid_parameter");
        }
        reader.get("/v1/resolve?path=/city/bridge&locale=tk").await.is_problem(404, "not_found");
        // Another slug leads on from its instant, in one hop, and lifetimes end there.
        editor.patch(&format!("/v1/editor/articles/{id}")).if_match("*").merge_patch(json!({ "slug": "new-bridge" })).await.is_ok();
        editor.post(&format!("/v1/editor/articles/{id}/publications")).json(json!({ "publish_at": "2026-11-30T08:00:20Z" })).await.is_created();
        assert_eq!(resolve("/city/bridge").await.is_ok().expect_header("cache-control"), "public, max-age=20");
        resolve("/city/new-bridge").await.is_problem(404, "not_found");
        let ahead = "/v1/preview/resolve?path=/city/bridge&at=2026-11-30T08:00:20Z";
        assert_eq!(editor.get(ahead).await.is_ok()["to"], "/city/new-bridge");
        site.clock().set("2026-11-30T08:00:20Z".parse().unwrap());
        assert_eq!(resolve("/city/bridge").await.is_ok()["to"], "/city/new-bridge");
        assert_eq!(resolve("/city/new-bridge").await.is_ok()["type"], "article");
        site.clock().set("2026-11-30T08:00:25Z".parse().unwrap());
        editor.post(&format!("/v1/editor/articles/{id}/unpublish")).json(json!({ "withdrawn": { "reason": "Wrong" } })).await.is_ok();
        resolve("/city/new-bridge").await.is_problem(410, "withdrawn");
        assert_eq!(editor.get("/v1/preview/resolve?path=/city/bridge&at=2026-11-30T08:00:19Z").await.is_ok()["type"], "article");
    }
}
