//! The rules of the house, enforced: who may import whom, how long a file may be, where the clock is read, which words have no
//! place. The tables at the top are the rules; ARCHITECTURE.md says why they are so. What fails names file, line and reason.

mod source;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use source::{Source, Token, is_word};

/// For some files: what of the crate they may import, and which words (a crate's name stands for all that begin with it) they
/// never hold. A file goes by the first row that fits.
struct Row(&'static str, &'static str, &'static str);

/// Paths are modules below `src/`. `*` is any one name, `.` the file's own folder, `ground` the list below; a path means all below
/// it too; `!` takes something out again.
#[rustfmt::skip]
const WHO_MAY_IMPORT_WHOM: &[Row] = &[
    //   files                      may import                                                                     never hold
    Row("kernel",                   "kernel",                                                                      "actix diesel tokio"),
    Row("bodies auth/permission",   "kernel bodies auth/permission",                                               "actix diesel tokio"),
    Row("db",                       "kernel db",                                                                   "actix"),
    Row("http",                     "kernel http",                                                                 "diesel"),
    Row("settings",                 "kernel db bodies http auth/password users/rules",                              "actix diesel"),
    Row("*/rules",                  "kernel */rules",                                                              "actix diesel tokio async"),
    Row("publications/visibility publications/lists publications/listings publications/named publications/revision publications/row publications/standings publications/tallies publications/titles publications/subject publications/drafts publications/entries publications/paths publications/within",
                                    "kernel db ground publications/store",                                         "actix Serialize"),
    Row("*/dto",                    "kernel http/schemas */rules */dto auth/permission bodies list_of",             "actix diesel"),
    Row("*/store",                  "kernel db ground ./rules ./store ./dto audit/store",                   "actix Serialize"),
    Row("*/reads",                  "kernel db ground ./rules ./reads */delivered */dto */reads */names */context", "actix Caller"),
    Row("*/delivered",              "kernel db bodies */delivered */dto */names */rules list_of",                              "actix diesel"),
    Row("*/context/view",           "kernel http db",                                                              "diesel Caller"),
    Row("*/context",                "kernel http db ground ./names ./context/view",                                          "actix diesel"),
    Row("*/names",                  "kernel db",                                                                   "actix"),
    Row("*/service",                "kernel db ground . !./editor !./delivery !./reads */service */dto */rules audit/store", "actix diesel"),
    Row("feeds/sitemaps",           "kernel feeds/xml articles/reads",                                              "actix diesel"),
    Row("feeds/delivery",           "kernel http db ground . !./store !./service !./editor */dto */reads */names */context articles/delivery/filters", "diesel Caller"),
    Row("*/delivery",               "kernel http db ground . !./store !./service !./editor */delivered */dto */reads */names */context views/counter", "diesel Caller"),
    Row("*/editor auth/caller preview/viewer", "kernel http db ground . !./store !./reads !./delivery */service */dto */rules */context", "diesel"),
    Row("app cli ops",              "*",                                                                           "diesel"),
    Row("lib main",                 "*",                                                                           "actix diesel"),
    Row("*",                        "kernel db ground . */service */dto */rules */names audit/store",              "actix diesel"),
];

/// What every thing may stand on, though it lies in a folder of its own.
const GROUND: &str = "bodies auth/permission auth/password publications/rules publications/visibility publications/lists publications/listings \
                      publications/named publications/revision publications/row publications/standings publications/tallies publications/titles publications/subject publications/drafts publications/entries publications/paths \
                      publications/within preview/revoked";

/// The things, each row above what it may use: a thing imports of the rows before its own, of itself and of the ground.
const ORDER: &[&str] = &[
    "idempotency audit",
    "users api_keys",
    "auth",
    "categories media",
    "terms",
    "publications",
    "views corrections curated",
    "articles",
    "releases bulk",
    "search feeds changes site preview calendar redirects",
    "webhooks transfer",
];

/// Code that stands only in some files: the code, where it may stand, why nowhere else.
#[rustfmt::skip]
const ONLY_IN: &[(&str, &str, &str)] = &[
    ("SystemTime::now",        "kernel/clock", "the clock is injected (contract rule 13)"),
    ("Utc::now",               "kernel/clock", "the clock is injected (contract rule 13)"),
    ("Timestamp::now",         "kernel/clock", "the clock is injected (contract rule 13)"),
    ("Zoned::now",             "kernel/clock", "the clock is injected (contract rule 13)"),
    ("AnyConnection::Sqlite",  "db",           "what differs between the engines lies in db/"),
    ("AnyConnection::Postgres", "db",          "what differs between the engines lies in db/"),
    ("unsafe {",               "",             "there is no unsafe code"),
];

/// Words that files of some kind never hold: a delivery read sees an interval only through `publications::visibility`.
const INTERVALS: (&str, &[&str]) = ("*/reads */delivery", &["publish_at", "ends_at"]);

/// Names of files that say nothing.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "manager", "misc", "data", "info"];

/// A file longer than this is to be split by what it does. The tables of the database are as many as they are.
const MOST_LINES: usize = 600;
const TABLES: &str = "db/schema";

/// What no file of the project holds: paths of one machine, work left for later. In two parts, or this file would hold them.
const NOWHERE: &[(&str, &str)] = &[("/wo", "rk/"), ("/ro", "ot/"), ("/tmp/", "wt"), ("TO", "DO"), ("FIX", "ME")];

fn project() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the project, by its path there, without what is built, stored or kept by others.
fn files(folder: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![project().join(folder)]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let (path, name) = (entry.path(), entry.file_name());
            match path.is_dir() {
                _ if name == "target" || name == ".git" || path == project().join("data") => {}
                true => folders.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

fn sources() -> Vec<Source> {
    let root = project().join("src");
    let rust = files("src").into_iter().filter(|path| path.extension().is_some_and(|end| end == "rs"));
    rust.map(|path| {
        let text = fs::read_to_string(&path).expect("a source file is text");
        let name = path.strip_prefix(&root).expect("it lies below src").display().to_string();
        Source::new(&name, &text)
    })
    .collect()
}

#[track_caller]
fn holds(rule: fn(&Source) -> Vec<String>) {
    let broken: Vec<String> = sources().iter().flat_map(rule).collect();
    assert!(broken.is_empty(), "rules of the house are broken:\n  {}", broken.join("\n  "));
}

/// Whether a module lies at or below one of the places of a list of patterns.
fn fits_any(patterns: &str, module: &str, own: &str) -> bool {
    patterns.split_whitespace().any(|pattern| pattern == "ground" && fits_any(GROUND, module, own) || fits(pattern, module, own))
}

fn fits(pattern: &str, module: &str, own: &str) -> bool {
    let pattern = match pattern.strip_prefix('.') {
        Some(rest) => format!("{own}{rest}"),
        None => pattern.to_owned(),
    };
    let mut names = module.split('/');
    pattern.split('/').all(|wanted| names.next().is_some_and(|name| wanted == "*" || wanted == name))
}

/// Whether a file is there for tests alone: `tests.rs` or `…_tests.rs`.
fn is_test(module: &str) -> bool {
    module.ends_with("/tests") || module.ends_with("_tests")
}

fn imports_what_it_may(source: &Source) -> Vec<String> {
    let module = source.module();
    // Each `table!` makes a module of its own, which `super` in it leaves.
    if is_test(module) || module == TABLES {
        return Vec::new();
    }
    let own = module.split('/').next().unwrap_or_default();
    let Some(Row(files, may, never)) = WHO_MAY_IMPORT_WHOM.iter().find(|Row(files, ..)| fits_any(files, module, own)) else {
        return Vec::new();
    };
    let mut broken = Vec::new();
    let mut report = |line: usize, why: String| broken.push(format!("src/{}:{line}: {why}: {}", source.path, source.line(line)));
    for import in source.imports() {
        let taken_out =
            may.split_whitespace().filter_map(|pattern| pattern.strip_prefix('!')).any(|pattern| fits(pattern, &import.path, own));
        if taken_out || !fits_any(may, &import.path, own) {
            report(import.line, format!("{files} may not import {}", import.path));
        } else if !lies_below(own, &import.path) {
            report(import.line, format!("{own} does not stand on {}", import.path));
        }
    }
    for token in source.tokens.iter().filter(|token| is_word(&token.text)) {
        let is_named = |word: &str| token.text == word || token.text.starts_with(&format!("{word}_"));
        if let Some(word) = never.split_whitespace().find(|word| is_named(word)) {
            report(token.line, format!("{files} never holds {word}"));
        }
    }
    broken
}

/// Whether a thing may stand on what a path names, by the order of things.
fn lies_below(thing: &str, path: &str) -> bool {
    let rank = |name: &str| ORDER.iter().position(|row| row.split(' ').any(|thing| thing == name));
    let other = path.split('/').next().unwrap_or_default();
    match (rank(thing), rank(other)) {
        (Some(here), Some(there)) => thing == other || there < here || fits_any(GROUND, path, thing),
        _ => true,
    }
}

fn stands_only_where_it_may(source: &Source) -> Vec<String> {
    let module = source.module();
    let mut broken = Vec::new();
    for (code, _, why) in ONLY_IN.iter().filter(|(_, place, _)| !fits_any(place, module, "")) {
        let wanted: Vec<String> = code.replace("::", " :: ").split_whitespace().map(str::to_owned).collect();
        for window in source.tokens.windows(wanted.len()) {
            if window.iter().zip(&wanted).all(|(token, wanted)| token.text == *wanted) {
                broken.push(format!("src/{}:{}: {code}: {why}", source.path, window[0].line));
            }
        }
    }
    let (files, words) = INTERVALS;
    if fits_any(files, module, "") {
        for token in source.tokens.iter().filter(|token| words.contains(&token.text.as_str())) {
            broken.push(format!("src/{}:{}: {files} never hold {}: {}", source.path, token.line, token.text, source.line(token.line)));
        }
    }
    broken
}

fn makes_no_sql_of_values(source: &Source) -> Vec<String> {
    let tokens = &source.tokens;
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut broken = Vec::new();
    for at in (0..tokens.len()).filter(|&at| ["sql_query", "sql"].contains(&text(at))) {
        // `sql_query(…)`, `sql::<Bool>(…)`, `.sql(…)`: the arguments are in the first parentheses, which follow at once or a turbofish.
        let open =
            (at + 1..tokens.len().min(at + 24)).take_while(|&i| !matches!(text(i), ";" | "{" | "," | "=" | ")")).find(|&i| text(i) == "(");
        let Some(open) = open else { continue };
        let arguments = &tokens[open..end_of_arguments(tokens, open)];
        for call in arguments.windows(2).filter(|pair| pair[0].text == "format" && pair[1].text == "!") {
            let line = call[0].line;
            broken.push(format!("src/{}:{line}: SQL is made by format!: {}", source.path, source.line(line)));
        }
    }
    broken
}

/// Where the parenthesis that opens at `open` closes.
fn end_of_arguments(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    let closes = |token: &Token| {
        depth += match token.text.as_str() {
            "(" => 1,
            ")" => -1,
            _ => 0,
        };
        depth == 0
    };
    tokens[open..].iter().position(closes).map_or(tokens.len(), |length| open + length)
}

fn is_a_proper_file(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let lines = source.text.lines().count();
    if lines > MOST_LINES && source.module() != TABLES {
        broken.push(format!("src/{}: {lines} lines are more than {MOST_LINES}: split it by what it does", source.path));
    }
    if !source.text.starts_with("//!") && !is_test(source.module()) {
        broken.push(format!("src/{}: it does not open with //! (what it is for, who calls it)", source.path));
    }
    let mut names = source.module().split('/');
    if names.any(|name| EMPTY_NAMES.contains(&name)) {
        broken.push(format!("src/{}: the name says nothing about what it is for", source.path));
    }
    broken
}

#[test]
fn every_file_imports_only_what_it_may() {
    holds(imports_what_it_may);
}

#[test]
fn the_clock_and_the_engine_are_asked_in_one_place_and_intervals_read_in_one() {
    holds(stands_only_where_it_may);
}

#[test]
fn no_sql_is_made_of_values() {
    holds(makes_no_sql_of_values);
}

#[test]
fn every_file_says_what_it_is_for_and_is_not_too_long() {
    holds(is_a_proper_file);
}

#[test]
fn both_engines_have_the_same_migrations() {
    let names = |engine: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(project().join("migrations").join(engine)).into_iter().flatten().flatten();
        let folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        for folder in &folders {
            assert!(folder.join("up.sql").exists() && folder.join("down.sql").exists(), "{} wants up.sql and down.sql", folder.display());
        }
        folders.iter().filter_map(|folder| Some(folder.file_name()?.to_str()?.to_owned())).collect()
    };
    assert_eq!(names("sqlite"), names("postgres"));
}

#[test]
fn migrations_never_read_the_databases_clock() {
    for file in files("migrations") {
        let sql = fs::read_to_string(&file).expect("a migration is text").to_lowercase();
        let found =
            ["current_timestamp", "now()", "unixepoch(", "strftime(", "clock_timestamp"].into_iter().find(|word| sql.contains(word));
        assert_eq!(found, None, "{}: the clock is injected", file.display());
    }
}

#[test]
fn nothing_names_one_machine_or_is_left_for_later() {
    let mut broken = Vec::new();
    for file in files("") {
        let Ok(text) = fs::read_to_string(&file) else { continue };
        // What git does not keep is none of the project's.
        if [".env", "Cargo.lock"].iter().any(|name| file.file_name().is_some_and(|file| file == *name)) {
            continue;
        }
        for (start, end) in NOWHERE {
            let word = format!("{start}{end}");
            let lines = text.lines().enumerate().filter(|(_, line)| line.contains(&word));
            broken.extend(lines.map(|(number, line)| format!("{}:{}: {}", file.display(), number + 1, line.trim())));
        }
    }
    assert!(broken.is_empty(), "words that have no place in the project:\n  {}", broken.join("\n  "));
}

/// The rules can fail: each of these breaks one, and is told so.
mod the_rules_themselves {
    use super::*;

    #[track_caller]
    fn breaks(rule: fn(&Source) -> Vec<String>, path: &str, text: &str, message: &str) {
        let broken = rule(&Source::new(path, text));
        assert!(broken.iter().any(|line| line.contains(message)), "expected {message:?}, got {broken:?}");
    }

    #[track_caller]
    fn keeps(rule: fn(&Source) -> Vec<String>, path: &str, text: &str) {
        assert_eq!(rule(&Source::new(path, text)), Vec::<String>::new());
    }

    #[test]
    fn find_every_path_into_the_crate() {
        let text = "//! crate::not::this\nuse crate::{\n    kernel::{clock, id::{self, ArticleId as Id}},\n    db::*,\n};\nuse super::rules::Refused;\n\
                    use super::super::users::store;\nfn f() -> crate::http::Answer { \"crate::nor::this\"; self::g::<crate::audit::Row>() }\n\
                    mod inner { use super::deep; }\n#[cfg(test)]\nmod tests { use crate::app; }\n";
        let paths: Vec<(usize, String)> =
            Source::new("articles/service.rs", text).imports().into_iter().map(|import| (import.line, import.path)).collect();
        let expected = [
            (3, "kernel/clock"),
            (3, "kernel/id"),
            (3, "kernel/id/ArticleId"),
            (4, "db"),
            (6, "articles/rules/Refused"),
            (7, "users/store"),
            (8, "http/Answer"),
            (8, "articles/service/g"),
            (8, "audit/Row"),
            (9, "articles/service/deep"),
        ];
        assert_eq!(paths, expected.map(|(line, path)| (line, path.to_owned())));
    }

    #[test]
    fn see_code_and_neither_comments_nor_strings_nor_characters() {
        let code = source::blank("a /* b */ \"c\\\"d\" r#\"e\"f\"# 'g' '\\'' &'h i // j\nk r#type");
        assert_eq!(code.split_whitespace().collect::<Vec<_>>(), ["a", "&'h", "i", "k", "r#type"]);
    }

    #[test]
    fn refuse_imports_across_layers_and_things() {
        let rule = imports_what_it_may;
        breaks(rule, "kernel/page.rs", "use crate::db::Db;", "kernel may not import db/Db");
        breaks(rule, "kernel/page.rs", "use diesel::prelude::*;", "src/kernel/page.rs:1: kernel never holds diesel");
        breaks(rule, "http/answer.rs", "\nuse crate::articles::dto::Article;", "src/http/answer.rs:2: http may not import articles/dto");
        breaks(rule, "articles/rules.rs", "async fn f() {}", "never holds async");
        breaks(rule, "articles/delivery.rs", "use super::store;", "may not import articles/store");
        breaks(rule, "articles/delivery.rs", "use crate::kernel::caller::Caller;", "never holds Caller");
        breaks(rule, "articles/service.rs", "use actix_web::web;", "never holds actix");
        breaks(rule, "articles/service/create.rs", "use crate::http::answer;", "may not import http/answer");
        breaks(rule, "articles/store.rs", "#[derive(Serialize)] struct Row;", "never holds Serialize");
        breaks(rule, "articles/store.rs", "use crate::users::store;", "may not import users/store");
        breaks(rule, "users/service.rs", "use crate::articles::service;", "users does not stand on articles/service");
        breaks(rule, "terms/service.rs", "use crate::articles::service;", "terms does not stand on articles/service");
        breaks(rule, "articles/save.rs", "use diesel::prelude::*;", "never holds diesel");
        breaks(rule, "cli/user.rs", "use diesel::sql_query;", "never holds diesel");
    }

    #[test]
    fn let_pass_what_is_in_order() {
        let rule = imports_what_it_may;
        keeps(rule, "articles/service.rs", "use crate::db::Db; use super::{rules, store};");
        keeps(rule, "articles/service/create.rs", "use crate::publications::service::create_in; use crate::audit::store::record;");
        keeps(rule, "categories/store.rs", "use crate::publications::subject; use diesel::prelude::*;");
        keeps(rule, "articles/delivery.rs", "use actix_web::web; use super::reads; use crate::categories::names::Names;");
        keeps(rule, "articles/rules_tests.rs", "use crate::app;");
        keeps(rule, "articles/rules.rs", "#[cfg(test)]\nmod tests { use crate::app; async fn f() {} }");
    }

    #[test]
    fn find_clocks_engines_intervals_and_unsafe_code() {
        let rule = stands_only_where_it_may;
        breaks(rule, "articles/service.rs", "let now = std::time::SystemTime::now();", "src/articles/service.rs:1: SystemTime::now");
        breaks(rule, "articles/store.rs", "match c { AnyConnection::Sqlite(c) => c }", "lies in db/");
        breaks(rule, "articles/reads/list.rs", "row.publish_at", "never hold publish_at");
        breaks(rule, "kernel/clock.rs", "unsafe { }", "no unsafe code");
        keeps(rule, "kernel/clock.rs", "SystemTime::now()");
        keeps(rule, "db/dialect.rs", "AnyConnection::Sqlite(c)");
        keeps(rule, "articles/reads.rs", "row.published_at // not publish_at");
    }

    #[test]
    fn find_sql_that_is_made_of_values() {
        let rule = makes_no_sql_of_values;
        breaks(rule, "db/x.rs", "sql_query(\n    format!(\"SELECT {x}\"))", "src/db/x.rs:2: SQL is made by format!");
        breaks(rule, "db/x.rs", "dsl::sql::<Bool>(&format!(\"a = {x}\"))", "made by format!");
        breaks(rule, "db/x.rs", "statement.sql(&format!(\"{x}\"))", "made by format!");
        keeps(rule, "db/x.rs", "sql_query(\"SELECT 1\").bind::<Text, _>(format!(\"%{x}%\"))");
    }

    #[test]
    fn find_files_without_header_or_sense_of_measure() {
        let rule = is_a_proper_file;
        breaks(rule, "articles/service.rs", "use x;", "does not open with //!");
        breaks(rule, "articles/service.rs", &format!("//! a\n{}", "\n".repeat(600)), "601 lines");
        breaks(rule, "articles/utils.rs", "//! a", "says nothing");
        keeps(rule, "db/schema.rs", &format!("//! a\n{}", "\n".repeat(900)));
    }
}
