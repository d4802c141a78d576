//! A Rust source file as the house rules look at it: its code without comments, strings and tests, and what it imports.

/// One file below `src/`.
pub struct Source {
    /// Its path below `src/`, such as `publications/service/create.rs`.
    pub path: String,
    /// The text as it is.
    pub text: String,
    /// The words and signs of the code.
    pub tokens: Vec<Token>,
}

/// A word or a sign of the code; `::` is one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub text: String,
}

/// A path that starts at the crate's root, with the line that names it: `publications/rules/Refused`.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub line: usize,
    pub path: String,
}

impl Source {
    /// Reads a file. Code under `#[cfg(test)]` is left out.
    pub fn new(path: &str, text: &str) -> Self {
        let tokens = without_tests(tokens(&blank(text)));
        Self { path: path.to_owned(), text: text.to_owned(), tokens }
    }

    /// The module that the file is, as a path: `publications/service/create`; that of a `mod.rs` is its folder.
    pub fn module(&self) -> &str {
        let module = self.path.trim_end_matches(".rs");
        if module == "lib" { "" } else { module.trim_end_matches("/mod") }
    }

    /// A line of the file, for a message.
    pub fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap_or_default().trim()
    }

    /// Every path into the crate that the file names, in `use` or in the middle of the code. `super` and `self` are resolved.
    pub fn imports(&self) -> Vec<Import> {
        let mut walk = Walk { tokens: &self.tokens, imports: Vec::new() };
        let mut modules: Vec<Option<String>> = Vec::new();
        let mut at = 0;
        while at < self.tokens.len() {
            match walk.word(at) {
                "{" => modules.push((at >= 2 && walk.word(at - 2) == "mod").then(|| walk.word(at - 1).to_owned())),
                "}" => drop(modules.pop()),
                _ => {}
            }
            let starts_path = walk.word(at + 1) == "::" && (at == 0 || walk.word(at - 1) != "::");
            let here = || std::iter::once(self.module().to_owned()).chain(modules.iter().flatten().cloned()).collect::<Vec<_>>().join("/");
            at = match walk.word(at) {
                "crate" if starts_path => walk.tree(at + 1, String::new()),
                "self" if starts_path => walk.tree(at + 1, here()),
                "super" if starts_path => walk.climb(at, here()),
                _ => at + 1,
            };
        }
        walk.imports
    }
}

struct Walk<'a> {
    tokens: &'a [Token],
    imports: Vec<Import>,
}

impl Walk<'_> {
    fn word(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    /// `super::super::…`: one module up for each.
    fn climb(&mut self, mut at: usize, mut module: String) -> usize {
        loop {
            module = module.rsplit_once('/').map(|(parent, _)| parent.to_owned()).unwrap_or_default();
            if self.word(at + 1) == "::" && self.word(at + 2) == "super" { at += 2 } else { return self.tree(at + 1, module) }
        }
    }

    /// Reads what follows `prefix` from the `::` at `at` on, and answers where it ends.
    fn tree(&mut self, at: usize, prefix: String) -> usize {
        self.tree_at(at, prefix, self.tokens[at].line)
    }

    fn tree_at(&mut self, mut at: usize, mut path: String, line: usize) -> usize {
        while self.word(at) == "::" {
            at += 1;
            match self.word(at) {
                "{" => return self.group(at + 1, &path),
                "*" => at += 1,
                word if is_word(word) => {
                    path = join(&path, word);
                    at += 1;
                }
                _ => break,
            }
        }
        self.imports.push(Import { line, path });
        at
    }

    /// Reads `a, b::{c, d}, self}` after its opening brace.
    fn group(&mut self, mut at: usize, prefix: &str) -> usize {
        while at < self.tokens.len() && self.word(at) != "}" {
            match self.word(at) {
                "self" | "*" => {
                    self.imports.push(Import { line: self.tokens[at].line, path: prefix.to_owned() });
                    at += 1;
                }
                "as" => at += 2,
                word if is_word(word) => {
                    let path = join(prefix, word);
                    at = self.tree_at(at + 1, path, self.tokens[at].line);
                }
                _ => at += 1,
            }
        }
        at + 1
    }
}

fn join(prefix: &str, word: &str) -> String {
    if prefix.is_empty() { word.to_owned() } else { format!("{prefix}/{word}") }
}

pub fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The code with comments and the content of strings and characters replaced by blanks; lines stay where they are.
pub fn blank(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = end_of_text(&chars, at);
        if end == at {
            code.push(chars[at]);
            at += 1;
        } else {
            code.extend(chars[at..end].iter().map(|&skipped| if skipped == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// Where the comment, string or character that starts at `at` ends; `at` itself if none does.
fn end_of_text(chars: &[char], at: usize) -> usize {
    let starts = |text: &str| text.chars().enumerate().all(|(i, wanted)| chars.get(at + i) == Some(&wanted));
    let after_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    if starts("//") {
        return (at..chars.len()).find(|&i| chars[i] == '\n').unwrap_or(chars.len());
    }
    if starts("/*") {
        return find(chars, at + 2, "*/");
    }
    if starts("\"") {
        return end_of_quotes(chars, at + 1, '"');
    }
    if !after_word && (starts("r\"") || starts("r#") || starts("br\"") || starts("br#")) {
        let start = at + chars[at..].iter().take_while(|c| c.is_alphabetic()).count();
        let hashes = chars[start..].iter().take_while(|&&c| c == '#').count();
        // `r#type` is a word, not a string.
        if chars.get(start + hashes) != Some(&'"') {
            return at;
        }
        return find(chars, start + hashes + 1, &format!("\"{}", "#".repeat(hashes)));
    }
    // `'a'` and `'\n'` are characters, `'a` is a lifetime.
    if starts("'\\") || (starts("'") && chars.get(at + 2) == Some(&'\'')) {
        return end_of_quotes(chars, at + 1, '\'');
    }
    at
}

fn find(chars: &[char], from: usize, text: &str) -> usize {
    let text: Vec<char> = text.chars().collect();
    (from..chars.len()).find(|&i| chars[i..].starts_with(&text)).map_or(chars.len(), |i| i + text.len())
}

fn end_of_quotes(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(first) = rest.chars().next() {
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                ':' if rest.starts_with("::") => 2,
                _ if is_part(first) => rest.find(|c| !is_part(c)).unwrap_or(rest.len()),
                _ => first.len_utf8(),
            };
            tokens.push(Token { line: number + 1, text: rest[..length].to_owned() });
            rest = rest[length..].trim_start();
        }
    }
    tokens
}

/// Leaves out each item that is marked `#[cfg(test)]`: to its closing brace, or to its semicolon.
fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let marked = MARK.iter().enumerate().all(|(i, mark)| tokens.get(at + i).is_some_and(|token| token.text == *mark));
        if marked {
            at = end_of_item(&tokens, at + MARK.len());
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" => {
                depth -= 1;
                if depth == 0 && tokens[at].text == "}" {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}
