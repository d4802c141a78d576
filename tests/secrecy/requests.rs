//! The requests of everybody, made from the API document: each operation that needs no token, by everything there is a name of, with its
//! parameters alone and together.

use dateline::kernel::id::ArticleId;
use url::form_urlencoded::Serializer;

use crate::operations::{self, Operation, Parameter, resolve};
use crate::support::random::Random;

/// With how many paths an operation is asked at a time, with how many queries for each of its parameters, and by how many of the first names.
const PATHS: usize = 14;
const QUERIES: usize = 3;
const FIRST: usize = 4;

/// What somebody could ask for: what readers know, and what they do not.
#[derive(Default)]
pub struct Known {
    /// Slugs and ids of articles.
    pub articles: Vec<String>,
    /// Slugs and ids of categories.
    pub categories: Vec<String>,
    /// Slugs of tags and authors.
    pub terms: Vec<String>,
    /// Slugs of curated lists.
    pub lists: Vec<String>,
    /// Starts, ends and dates.
    pub dates: Vec<String>,
}

/// A request of somebody without a token.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The operationId.
    pub operation: String,
    /// The method: GET, or what is answered like it.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
}

/// The operations that need no token and change nothing.
pub fn operations() -> Vec<Operation> {
    operations::all().into_iter().filter(|operation| operation.method == "GET" && !operation.is_secured()).collect()
}

/// Whether an article that is published shows in what it answers.
pub fn shows_articles(operation: &Operation) -> bool {
    operation.says["tags"][0] == "Delivery" && !["getSite", "listRedirects"].contains(&operation.id.as_str())
}

/// One round of requests to an operation.
pub fn round(operation: &Operation, known: &Known, random: &mut Random) -> Vec<Asked> {
    let paths = paths(operation, known, random);
    let parameters: Vec<Parameter<'_>> = operation.parameters().filter(|parameter| parameter.place == "query").collect();
    let mut targets = paths.clone();
    for parameter in &parameters {
        let value = random.of(&values(parameter, known));
        targets.push(with_query(&random.of(&paths), &[(parameter.name, value)]));
    }
    for _ in 0..QUERIES * parameters.len() {
        let some: Vec<&Parameter<'_>> = parameters.iter().filter(|parameter| parameter.name != "cursor" && random.happens(40)).collect();
        let some: Vec<(&str, String)> = some.into_iter().map(|parameter| (parameter.name, random.of(&values(parameter, known)))).collect();
        targets.push(with_query(&random.of(&paths), &some));
    }
    targets.into_iter().map(|target| Asked { operation: operation.id.clone(), method: "GET", target, headers: Vec::new() }).collect()
}

/// The same request in another manner: as HEAD, compressed, from a page of another site. None of them is a secret.
pub fn in_another_manner(asked: &Asked, token: &str, random: &mut Random) -> Asked {
    let mut asked = asked.clone();
    asked.method = random.of(&["GET", "GET", "GET", "HEAD", "OPTIONS"]);
    let manners = [
        ("accept-encoding", random.of(&["br", "gzip", "zstd", "gzip;q=0.5, br", "identity;q=0"])),
        ("origin", "https://elsewhere.example"),
        ("authorization", &format!("Bearer {token}")),
        ("if-none-match", random.of(&["*", "\"1\"", "W/\"1\""])),
    ];
    asked.headers = manners.into_iter().filter(|_| random.happens(40)).map(|(name, value)| (name, value.to_owned())).collect();
    asked
}

/// The paths of an operation: by the names of what was there first, of what was added last, and of others.
fn paths(operation: &Operation, known: &Known, random: &mut Random) -> Vec<String> {
    let names = match operation.kind() {
        None => return vec![operation.path("")],
        Some("articles") => &known.articles,
        Some("categories") => &known.categories,
        Some("tags" | "authors") => &known.terms,
        Some("lists") => &known.lists,
        Some(other) => panic!("{} asks by names of {other}: `Known` in tests/secrecy/requests.rs gets them", operation.id),
    };
    let newest = names.iter().rev().take(PATHS / 2).cloned();
    let any = (0..PATHS / 2).map(|_| random.of(names));
    names.iter().take(FIRST).cloned().chain(newest).chain(any).map(|name| operation.path(&name)).collect()
}

fn with_query(path: &str, pairs: &[(&str, String)]) -> String {
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// What a parameter is asked with: what may be hidden by its name, else what its schema allows.
pub fn values(parameter: &Parameter<'_>, known: &Known) -> Vec<String> {
    let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<String>>();
    match parameter.name {
        "locale" | "fallback" => owned(&["en", "tk", "xx"]),
        "category" => {
            let pairs = known.categories.windows(2).map(|pair| pair.join(","));
            known.categories.iter().cloned().chain(pairs).chain(owned(&["unknown", "hidden-1"])).collect()
        }
        "published_from" | "published_before" => known.dates.iter().cloned().chain(owned(&["2026-11-01T00:00:00Z"])).collect(),
        // As they stand without a category, with one, and below tags and authors.
        "path" => {
            let slugs: Vec<&String> = known.articles.iter().rev().filter(|name| name.parse::<ArticleId>().is_err()).take(3).collect();
            let category = known.categories.first().map_or("news", String::as_str);
            // What was added last is most of what there is to find.
            let newest = slugs.first().map(|slug| format!("/{slug}")).into_iter().flat_map(|path| vec![path; 12]);
            let articles = slugs.iter().flat_map(|slug| [format!("/{slug}"), format!("/{category}/{slug}")]).chain(newest);
            let categories = known.categories.iter().rev().take(2).map(|slug| format!("/{slug}"));
            let terms = known.terms.iter().rev().take(3).flat_map(|slug| [format!("/tags/{slug}"), format!("/authors/{slug}")]);
            articles.chain(categories).chain(terms).chain(owned(&["/", "/unknown", "/hidden-1", "/tags/hidden-1"])).collect()
        }
        "file" => owned(&["sections", "en-article-1", "tk-article-1", "en-page-1", "en-article-2", "unknown"]),
        "kind" => owned(&["article", "page", "page,article"]),
        "ids" => {
            let ids: Vec<String> = known.articles.iter().filter(|name| name.parse::<ArticleId>().is_ok()).cloned().collect();
            let all = ids.iter().rev().take(100).cloned().collect::<Vec<_>>().join(",");
            // What was added last is most of what there is to find.
            let newest = ids.last().cloned();
            newest
                .into_iter()
                .chain([all])
                .filter(|ids| !ids.is_empty())
                .chain(owned(if ids.is_empty() { &["unknown"] } else { &[] }))
                .collect()
        }
        "exclude" => {
            let ids = known.articles.iter().filter(|name| name.parse::<ArticleId>().is_ok()).cloned();
            ids.chain(owned(&["unknown"])).collect()
        }
        "on" => {
            let dates = known.dates.iter().filter(|date| date.len() > 10);
            dates.flat_map(|date| [4, 7, 10].map(|length| date[..length].to_owned())).chain(owned(&["2026-11", "2026-13"])).collect()
        }
        "limit" => owned(&["1", "2", "3", "7", "100"]),
        "page" => owned(&["1", "2", "3", "4", "1000"]),
        // Real ones come from answers.
        "cursor" => owned(&["", "AAAA"]),
        "fields" => owned(&["id", "slug,title", "title,published_at,category"]),
        "q" => owned(&["bridge", "hidden", "council bri"]),
        "tag" | "author" => {
            let pairs = known.terms.windows(2).map(|pair| pair.join(","));
            known.terms.iter().cloned().chain(pairs).chain(owned(&["unknown", "hidden-1"])).collect()
        }
        "time_zone" => owned(&["UTC", "Asia/Ashgabat", "America/New_York"]),
        name => {
            let values = of_schema(resolve(parameter.schema));
            assert!(!values.is_empty(), "with what is {name} asked? `values` in tests/secrecy/requests.rs gets it");
            values
        }
    }
}

/// The values that an enumeration, that of a list's items, or a pattern such as `^(flat|nested)$` lists.
fn of_schema(schema: &serde_json::Value) -> Vec<String> {
    let schema = if schema["items"].is_null() { schema } else { resolve(&schema["items"]) };
    if let Some(values) = schema["enum"].as_array() {
        return values.iter().filter_map(|value| value.as_str()).map(str::to_owned).collect();
    }
    let pattern = schema["pattern"].as_str().unwrap_or_default().trim_start_matches('^').trim_end_matches('$');
    let alternatives = pattern.trim_start_matches('(').trim_end_matches(')').split('|');
    let is_word = |value: &str| !value.is_empty() && value.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    let both = alternatives.flat_map(|one| match one.strip_prefix("-?") {
        Some(rest) => vec![rest.to_owned(), format!("-{rest}")],
        None => vec![one.to_owned()],
    });
    both.filter(|value| is_word(value)).collect()
}
