//! Reads the part of Bruno's plain-text format that the collection uses. Whatever else a file holds is an error: nothing in it is passed over.

use std::fs;
use std::path::{Path, PathBuf};

/// Names and values in the order in which they stand.
pub type Pairs = Vec<(String, String)>;

/// What the file of a collection is called that says what its requests inherit.
const COLLECTION: &str = "collection.bru";
/// The folder of the environments.
const ENVIRONMENTS: &str = "environments";

/// How a request says who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// Nobody.
    None,
    /// As the collection says.
    Inherit,
    /// With this token.
    Bearer(String),
}

/// One request, with what it keeps of its answer and what it expects of it.
#[derive(Debug)]
pub struct Step {
    /// Folder and file below the collection, such as `03-writing/createArticle.bru`.
    pub file: String,
    /// Its place in the folder.
    pub seq: u32,
    /// In capitals.
    pub method: String,
    /// From `/v1` on, with `:name` for what the path takes, without the query.
    pub path: String,
    /// What stands for each `:name`.
    pub path_params: Pairs,
    /// The query.
    pub query: Pairs,
    /// Headers besides who asks.
    pub headers: Pairs,
    /// Who asks.
    pub auth: Auth,
    /// JSON, with variables in it.
    pub body: Option<String>,
    /// Variables, and where in the answer their values are.
    pub kept: Pairs,
    /// Places in the answer, and what is expected there.
    pub expected: Pairs,
}

impl Step {
    /// The operationId by which the file is called: up to a `-`, behind which stands which of several requests of the operation it is.
    pub fn operation(&self) -> &str {
        let name = self.file.rsplit('/').next().unwrap_or_default().trim_end_matches(".bru");
        name.split('-').next().unwrap_or_default()
    }

    /// Whether it is the operation's own request, not one more of it.
    pub fn is_main(&self) -> bool {
        self.file.ends_with(&format!("/{}.bru", self.operation()))
    }
}

/// A whole collection.
pub struct Collection {
    /// The requests in their order.
    pub steps: Vec<Step>,
    /// With which token they ask that inherit it.
    pub token: String,
    /// The variables of the environment; those that are secret are empty.
    pub variables: Pairs,
}

impl Collection {
    /// Reads a collection with one of its environments.
    ///
    /// # Errors
    /// File and fault of the first that is not understood.
    pub fn read(root: &Path, environment: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        for folder in entries(root)?.into_iter().filter(|path| path.is_dir() && !path.ends_with(ENVIRONMENTS)) {
            let mut inside = entries(&folder)?.iter().map(|file| read(root, file, step)).collect::<Result<Vec<Step>, _>>()?;
            inside.sort_by_key(|step| step.seq);
            if let Some(pair) = inside.windows(2).find(|pair| pair[0].seq == pair[1].seq) {
                return Err(format!("{} and {} have the same `seq`: which is first?", pair[0].file, pair[1].file));
            }
            steps.extend(inside);
        }
        let environment = root.join(ENVIRONMENTS).join(format!("{environment}.bru"));
        let variables = read(root, &environment, variables)?;
        Ok(Self { steps, token: read(root, &root.join(COLLECTION), token)?, variables })
    }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let found = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = found.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

fn read<T>(root: &Path, file: &Path, parse: fn(&str, &str) -> Result<T, String>) -> Result<T, String> {
    let name = file.strip_prefix(root).unwrap_or(file).display().to_string();
    let text = fs::read_to_string(file).map_err(|error| format!("{name}: {error}"))?;
    parse(&name, &text).map_err(|fault| format!("{name}: {fault}"))
}

/// A block's name and its lines, without the two spaces before each.
struct Block<'a> {
    name: &'a str,
    lines: Vec<&'a str>,
}

fn blocks(text: &str) -> Result<Vec<Block<'_>>, String> {
    let (mut found, mut open): (Vec<Block<'_>>, Option<(Block<'_>, &str)>) = (Vec::new(), None);
    for line in text.lines() {
        match open.as_mut() {
            Some((_, end)) if line == *end => found.extend(open.take().map(|(block, _)| block)),
            Some((block, _)) => {
                let inside = line.strip_prefix("  ").or_else(|| line.is_empty().then_some(""));
                block.lines.push(inside.ok_or_else(|| format!("`{line}` is not indented by two spaces"))?);
            }
            None if line.is_empty() => {}
            None => {
                let (name, end) = match (line.strip_suffix(" {"), line.strip_suffix(" [")) {
                    (Some(name), _) => (name, "}"),
                    (_, Some(name)) => (name, "]"),
                    _ => return Err(format!("`{line}` begins no block")),
                };
                if found.iter().any(|block| block.name == name) {
                    return Err(format!("there are two blocks `{name}`"));
                }
                open = Some((Block { name, lines: Vec::new() }, end));
            }
        }
    }
    open.map_or(Ok(found), |(block, end)| Err(format!("the block `{}` has no `{end}`", block.name)))
}

impl Block<'_> {
    fn pairs(&self) -> Result<Pairs, String> {
        let mut pairs = Pairs::new();
        for line in &self.lines {
            let pair = line.split_once(": ").filter(|(name, _)| !name.starts_with('~'));
            let (name, value) = pair.ok_or_else(|| format!("in `{}`: `{line}` is not `name: value`", self.name))?;
            if pairs.iter().any(|(known, _)| known == name) {
                return Err(format!("in `{}`: `{name}` stands there twice", self.name));
            }
            pairs.push((name.into(), value.into()));
        }
        Ok(pairs)
    }

    /// The values of these names, all of which stand there, and no other.
    fn exactly<const N: usize>(&self, names: [&str; N]) -> Result<[String; N], String> {
        let pairs = self.pairs()?;
        let found: Vec<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        if found != names {
            return Err(format!("`{}` has {found:?}, not {names:?}", self.name));
        }
        let mut values = pairs.into_iter().map(|(_, value)| value);
        Ok(names.map(|_| values.next().unwrap_or_default()))
    }

    fn unknown<T>(&self) -> Result<T, String> {
        Err(format!("the block `{}` is none that the tests can run: teach it to tests/collection, or do without", self.name))
    }
}

/// A request.
pub fn step(file: &str, text: &str) -> Result<Step, String> {
    let (mut seq, mut asked, mut token, mut body) = (None, None, None, None);
    let [mut path_params, mut query, mut headers, mut kept, mut expected] = [const { Pairs::new() }; 5];
    for block in blocks(text)? {
        match block.name {
            "meta" => {
                let [_, kind, place] = block.exactly(["name", "type", "seq"])?;
                let is_http = kind == "http";
                seq = place.parse().ok().filter(|_| is_http);
            }
            "get" | "post" | "put" | "patch" | "delete" => {
                if asked.replace((block.name.to_uppercase(), block.exactly(["url", "body", "auth"])?)).is_some() {
                    return Err("it is two requests".into());
                }
            }
            "params:path" => path_params = block.pairs()?,
            "params:query" => query = block.pairs()?,
            "headers" => headers = block.pairs()?,
            "auth:bearer" => token = Some(block.exactly(["token"])?),
            "body:json" => body = Some(block.lines.join("\n")),
            "vars:post-response" => kept = block.pairs()?,
            "assert" => expected = block.pairs()?,
            "docs" => {}
            _ => return block.unknown(),
        }
    }
    let (method, [url, body_kind, auth]) = asked.ok_or("it has no block `get`, `post`, `put`, `patch` or `delete`")?;
    if body_kind != if body.is_some() { "json" } else { "none" } {
        return Err(format!("`body: {body_kind}` is not what the blocks say: `json` beside `body:json`, else `none`"));
    }
    let auth = match (auth.as_str(), token) {
        ("none", None) => Auth::None,
        ("inherit", None) => Auth::Inherit,
        ("bearer", Some([token])) => Auth::Bearer(token),
        _ => return Err(format!("`auth: {auth}` is neither `none` nor `inherit`, nor `bearer` beside `auth:bearer`")),
    };
    let path = path_of(&url, &path_params, &query)?;
    let seq = seq.ok_or("`meta` has no `type: http` with a number as `seq`")?;
    if !expected.iter().any(|(place, _)| place == "res.status") {
        return Err("`assert` does not say which `res.status` is expected".into());
    }
    Ok(Step { file: file.into(), seq, method, path, path_params, query, headers, auth, body, kept, expected })
}

/// The path of a URL that says the same as the blocks of parameters: Bruno sends the one and shows the other.
fn path_of(url: &str, path_params: &Pairs, query: &Pairs) -> Result<String, String> {
    let path = url.strip_prefix("{{baseUrl}}").ok_or("its url does not begin with {{baseUrl}}")?;
    let (path, asked) = path.split_once('?').unwrap_or((path, ""));
    let said: Vec<String> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    if asked != said.join("&") {
        return Err(format!("the query of its url, `{asked}`, is not what `params:query` says, `{}`", said.join("&")));
    }
    let named: Vec<&str> = path.split('/').filter_map(|part| part.strip_prefix(':')).collect();
    let given: Vec<&str> = path_params.iter().map(|(name, _)| name.as_str()).collect();
    if named != given {
        return Err(format!("its url takes {named:?}, and `params:path` gives {given:?}"));
    }
    Ok(path.into())
}

/// The token that a collection's requests inherit.
fn token(_: &str, text: &str) -> Result<String, String> {
    let (mut mode, mut token) = (String::new(), None);
    for block in blocks(text)? {
        match block.name {
            "auth" => [mode] = block.exactly(["mode"])?,
            "auth:bearer" => token = Some(block.exactly(["token"])?),
            "docs" => {}
            _ => return block.unknown(),
        }
    }
    token.filter(|_| mode == "bearer").map(|[token]| token).ok_or_else(|| "it has no `mode: bearer` with a token".into())
}

/// The variables of an environment.
fn variables(_: &str, text: &str) -> Result<Pairs, String> {
    let mut found = Pairs::new();
    for block in blocks(text)? {
        match block.name {
            "vars" => found.extend(block.pairs()?),
            "vars:secret" => found.extend(block.lines.iter().map(|name| (name.trim_end_matches(',').into(), String::new()))),
            _ => return block.unknown(),
        }
    }
    Ok(found)
}
