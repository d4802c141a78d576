//! Settings: a wrong one stops the start and says why; the example file lists what there is.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use clap::Args;
use dateline::settings::Settings;

use crate::support::folder::Folder;
use crate::support::program::{dateline, printed, run, said};

/// Each setting with a value that it does not take, and what is said to it.
const WRONG: &[(&str, &str, &str)] = &[
    ("DATABASE_URL", "mysql://somewhere", "DATABASE_URL: "),
    ("LISTEN", "8080", "LISTEN: `8080` is not an address with a port. Example: LISTEN=127.0.0.1:8080"),
    ("API_URL", "ftp://example.org", "API_URL: `ftp://example.org` is not an http or https address. Example: API_URL=https://"),
    ("API_URL", "https://example.org/?a=b", "API_URL: `https://example.org/?a=b` has a query or a fragment"),
    ("API_URL", "https://example.org/cms/", "API_URL: `https://example.org/cms/` has a path: the API is served at the root of its host"),
    ("API_URL", "https://a:a-secret-word@example.org", "API_URL: it has a user or a password"),
    ("DATABASE_URL", "sqlite:///proc/x/y.db", "DATABASE_URL: /proc/x/y.db cannot be used: "),
    ("DATABASE_URL", "sqlite:///etc/passwd/x.db", "DATABASE_URL: /etc/passwd/x.db cannot be used: "),
    ("DATABASE_URL_FILE", "/dev/null", "DATABASE_URL_FILE: `/dev/null` is empty"),
    ("SITE_URL", "www.example.org", "SITE_URL: `www.example.org` is not an http or https address"),
    ("SITE_URL", "https://a:b@example.org", "SITE_URL: "),
    (
        "PREVIEW_URL",
        "/draft?token={token}",
        "PREVIEW_URL: `/draft?token={token}` is not an http or https address. Example: PREVIEW_URL=https://",
    ),
    ("PREVIEW_URL", "https://www.example.org/draft", "PREVIEW_URL: `https://www.example.org/draft` has no `{token}` in it. Example: "),
    ("SITE_NAME", " ", "SITE_NAME: it must have 1 to 200 characters, in one line. Example: SITE_NAME=The Morning News"),
    ("SITE_TIME_ZONE", "Mars/Phobos", "SITE_TIME_ZONE: `Mars/Phobos` is not a time zone of the IANA database"),
    ("LOCALES", "en,en", "LOCALES: one is named twice. Example: LOCALES=en,tk"),
    ("FEED_TEXT", "some", "FEED_TEXT: `some` is neither excerpt nor full. Example: FEED_TEXT=full"),
    ("WEBSUB_HUB", "hub.example.org", "WEBSUB_HUB: `hub.example.org` is not an http or https address. Example: WEBSUB_HUB=https://"),
    ("CORS_ALLOWED_ORIGINS", "example.org", "CORS_ALLOWED_ORIGINS: "),
    ("CORS_ALLOWED_ORIGINS", "*", "CORS_ALLOWED_ORIGINS: `*` is not an origin: a scheme, a host and perhaps a port. Example: "),
    ("TRUSTED_PROXIES", "10.0.0.0/99", "TRUSTED_PROXIES: "),
    ("CACHE_LIFETIME", "soon", "CACHE_LIFETIME: `soon` is not a number of seconds"),
    (
        "REVISIONS_KEPT_DAYS",
        "36501",
        "REVISIONS_KEPT_DAYS: `36501` is not a number of days from 0 to 36500. Example: REVISIONS_KEPT_DAYS=365",
    ),
    ("TRASH_KEPT_DAYS", "-1", "TRASH_KEPT_DAYS: `-1` is not a number of days from 0 to 36500. Example: TRASH_KEPT_DAYS=30"),
    ("EMBED_HOSTS", "https://example.org/", "EMBED_HOSTS: "),
    ("WORKERS", "0", "WORKERS: `0` is not a whole number from 1 to 256. Example: WORKERS=4"),
    ("LOG_FORMAT", "xml", "LOG_FORMAT: `xml` is neither text nor json. Example: LOG_FORMAT=json"),
    ("LOG", "a=b=c", "LOG: "),
    ("LOG", "wran", "LOG: `wran` is none of error, warn, info, debug, trace and off. Example: LOG=info"),
    ("LOG", "dateline=loud", "LOG: "),
    ("LOG", "", "LOG: it is empty, or has nothing between two commas. Example: LOG=info"),
    ("LOG", "info,,dateline=debug", "LOG: it is empty"),
    ("ADMIN_EMAIL", "admin", "ADMIN_EMAIL: `admin` is not an e-mail address. Example: ADMIN_EMAIL=admin@example.org"),
    ("DATABASE_URL_FILE", "nowhere", "DATABASE_URL_FILE: `nowhere` cannot be read: "),
    ("ADMIN_PASSWORD_FILE", "nowhere", "ADMIN_PASSWORD_FILE: `nowhere` cannot be read: "),
    ("ADMIN_PASSWORD", "short", "ADMIN_PASSWORD: it has fewer than 8 characters"),
    ("ADMIN_PASSWORD", "changeme", "ADMIN_PASSWORD: it is one of the passwords that are tried first"),
    ("ADMIN_PASSWORD", "admin@localhost", "ADMIN_PASSWORD: it is the name or the e-mail of the user"),
];

#[test]
fn a_wrong_setting_stops_the_start_with_its_name_and_an_example() {
    let folder = Folder::new();
    for (name, value, fault) in WRONG {
        let output = dateline(folder.path(), &["serve"]).env("LISTEN", "127.0.0.1:0").env(name, value).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(fault), "{name}: {said}");
        assert!(said.contains("Example: "), "{name}: {said}");
        let is_shown = said.contains("a-secret-word") || *name == "ADMIN_PASSWORD" && said.contains("`short`");
        assert!(!is_shown, "a secret is never shown: {said}");
    }
}

#[test]
fn every_wrong_setting_is_named_at_once() {
    let folder = Folder::new();
    for command in ["serve", "check", "demo"] {
        let mut command = dateline(folder.path(), &[command]);
        let output = command.env("WORKERS", "many").env("LOCALES", "en,en").env("LOG", "loud").output().unwrap();
        let all = printed(&output) + &said(&output);
        assert_eq!(output.status.code(), Some(2), "{all}");
        for name in ["WORKERS: ", "LOCALES: ", "LOG: "] {
            assert_eq!(all.matches(name).count(), 1, "{name}: {all}");
        }
    }
}

#[test]
fn a_wrong_url_is_said_once_by_the_check() {
    let folder = Folder::new();
    let output = dateline(folder.path(), &["check"]).env("DATABASE_URL", "mysql://somewhere").output().unwrap();
    let all = printed(&output) + &said(&output);
    assert_eq!((output.status.code(), all.matches("DATABASE_URL: ").count()), (Some(2), 1), "{all}");
    assert!(all.contains("one thing is wrong"), "{all}");
}

#[test]
fn an_empty_value_of_what_may_be_left_out_is_none() {
    let folder = Folder::new();
    let empty = ["DATABASE_URL_FILE", "API_URL", "SITE_URL", "PREVIEW_URL", "ADMIN_PASSWORD", "ADMIN_PASSWORD_FILE", "WORKERS"];
    std::fs::write(folder.join(".env"), empty.map(|name| format!("{name}=\n")).concat()).unwrap();
    for command in ["migrate", "check"] {
        let output = run(folder.path(), &[command]);
        assert!(output.status.success(), "{command}: {}{}", printed(&output), said(&output));
    }
    assert!(folder.join("data/dateline.db").exists());
}

#[test]
fn a_file_that_is_no_database_is_named_with_its_setting() {
    let folder = Folder::new();
    std::fs::write(folder.join("notes.txt"), "These are notes, and no database at all.\n".repeat(200)).unwrap();
    for command in [&["serve"][..], &["migrate"], &["check"], &["user", "list"], &["keys", "rotate"]] {
        let output =
            dateline(folder.path(), command).env("LISTEN", "127.0.0.1:0").env("DATABASE_URL", "sqlite://notes.txt").output().unwrap();
        let all = printed(&output) + &said(&output);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {all}");
        assert!(all.contains("DATABASE_URL: sqlite://notes.txt cannot be opened: "), "{command:?}: {all}");
        assert!(all.contains("file is not a database. Example: DATABASE_URL=sqlite://data/dateline.db"), "{command:?}: {all}");
    }
}

#[test]
fn a_number_below_0_is_a_wrong_value_and_no_other_flag() {
    let folder = Folder::new();
    for (flag, fault) in
        [("--cache-lifetime", "CACHE_LIFETIME: `-1` is not a number of"), ("--workers", "WORKERS: `-1` is not a whole number")]
    {
        let output = run(folder.path(), &["serve", flag, "-1"]);
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains(fault) && said(&output).contains("Example: "), "{}", said(&output));
    }
}

#[test]
fn a_flag_may_stand_before_a_command_and_behind_it() {
    let folder = Folder::new();
    let flag = ["--database-url", "sqlite://elsewhere.db"];
    assert!(run(folder.path(), &[&["migrate"][..], &flag].concat()).status.success());
    for words in [&["migrate"][..], &["check"], &["user", "list"], &["keys", "rotate"]] {
        for before in 0..=words.len() {
            let arguments = [&words[..before], &flag, &words[before..]].concat();
            let mut command = dateline(folder.path(), &arguments);
            let output = command.env("DATABASE_URL", "sqlite://nowhere/dateline.db").output().unwrap();
            assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        }
    }
}

#[test]
fn a_secret_that_is_a_flag_wins_over_a_file_of_the_environment() {
    let folder = Folder::new();
    std::fs::write(folder.join("url"), "sqlite://two.db\n").unwrap();
    let commands: [&[&str]; 2] = [&["migrate", "--database-url", "sqlite://one.db"], &["--database-url", "sqlite://one.db", "migrate"]];
    for command in commands {
        let output = dateline(folder.path(), command).env("DATABASE_URL_FILE", "url").output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
        assert!(folder.join("one.db").exists() && !folder.join("two.db").exists());
        std::fs::remove_file(folder.join("one.db")).unwrap();
    }
}

#[test]
fn a_secret_may_lie_in_a_file_and_a_setting_in_the_dot_env() {
    let folder = Folder::new();
    std::fs::write(folder.join("url"), format!("sqlite://{}\n", folder.join("elsewhere.db").display())).unwrap();
    std::fs::write(folder.join(".env"), "DATABASE_URL_FILE=url\n").unwrap();
    let output = run(folder.path(), &["migrate"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(folder.join("elsewhere.db").exists());
}

#[test]
fn every_setting_of_the_example_file_can_be_wrong_and_its_defaults_are_right() {
    let folder = Folder::new();
    let tried: BTreeSet<&str> = WRONG.iter().map(|(name, ..)| *name).collect();
    assert_eq!(tried, listed().keys().map(String::as_str).collect());
    std::fs::write(folder.join(".env"), EXAMPLE).unwrap();
    for command in ["migrate", "check"] {
        let output = run(folder.path(), &[command]);
        assert!(output.status.success(), "{command}: {}", said(&output));
    }
}

#[test]
fn a_flag_wins_over_the_environment_and_that_over_the_dot_env_of_the_same_folder() {
    let folder = Folder::new();
    let names = |command: &mut Command| said(&command.output().unwrap());
    std::fs::write(folder.join(".env"), "WORKERS=of-the-file\n").unwrap();
    let serve = || dateline(folder.path(), &["serve"]);
    assert!(names(&mut serve()).contains("`of-the-file`"));
    assert!(names(serve().env("WORKERS", "of-the-environment")).contains("`of-the-environment`"));
    assert!(names(serve().env("WORKERS", "of-the-environment").args(["--workers", "of-the-flag"])).contains("`of-the-flag`"));
    // One that lies above is somebody else's.
    std::fs::create_dir(folder.join("below")).unwrap();
    let below = run(&folder.join("below"), &["migrate"]);
    assert!(below.status.success() && folder.join("below/data/dateline.db").exists(), "{}", said(&below));
}

#[test]
fn a_dot_env_that_cannot_be_read_stops_the_start_and_is_not_quoted() {
    let folder = Folder::new();
    std::fs::write(folder.join(".env"), "WORKERS=2\nADMIN_PASSWORD=two words\n").unwrap();
    let output = run(folder.path(), &["migrate"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(said(&output).contains(".env: line 2 cannot be read"), "{}", said(&output));
    assert!(said(&output).contains("Example: ") && !said(&output).contains("two words"), "{}", said(&output));
    assert!(!folder.join("data").exists());
    for asked in [&["--help"][..], &["--version"], &["serve", "--help"]] {
        let output = run(folder.path(), asked);
        assert!(output.status.success() && printed(&output).contains("dateline"), "{asked:?}: {}", said(&output));
    }
}

#[test]
fn a_quote_that_is_not_closed_is_found_and_a_misspelt_setting_named() {
    let folder = Folder::new();
    std::fs::write(folder.join(".env"), "WORKERS=2\nSITE_NAME='The Morning\nLOG=info\n").unwrap();
    let output = run(folder.path(), &["migrate"]);
    assert!(output.status.code() == Some(2) && said(&output).contains(".env: line 2 cannot be read"), "{}", said(&output));
    std::fs::write(folder.join(".env"), "LISTN=127.0.0.1:1\nPOSTGRES_PASSWORD=of-another-program\n").unwrap();
    let output = run(folder.path(), &["migrate"]);
    assert!(
        output.status.success() && said(&output).contains("LISTN is no setting and does nothing; did you mean LISTEN?"),
        "{}",
        said(&output)
    );
    assert!(!said(&output).contains("POSTGRES_PASSWORD"), "{}", said(&output));
}

#[test]
fn help_shows_no_secret_of_the_environment() {
    let folder = Folder::new();
    let mut help = dateline(folder.path(), &["serve", "--help"]);
    let help = help.env("ADMIN_PASSWORD", "a-secret-word").env("DATABASE_URL", "postgres://a-secret-word").output().unwrap();
    assert!(help.status.success() && printed(&help).contains("ADMIN_PASSWORD"));
    assert!(!printed(&help).contains("a-secret-word"), "{}", printed(&help));
}

/// The example file, and its settings with their defaults; what has none is commented out.
const EXAMPLE: &str = include_str!("../../.env.example");

fn listed() -> BTreeMap<String, Option<String>> {
    let mut listed = BTreeMap::new();
    for line in EXAMPLE.lines() {
        let (is_off, line) = line.strip_prefix('#').map_or((false, line), |line| (true, line));
        if let Some((name, value)) = line.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
            listed.insert(name.to_owned(), (!is_off).then(|| value.to_owned()));
        }
    }
    listed
}

#[test]
fn the_example_file_lists_every_setting_with_its_default() {
    let command = Settings::augment_args(clap::Command::new("dateline"));
    let declared: BTreeMap<String, Option<String>> = command
        .get_arguments()
        .filter_map(|argument| {
            let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
            Some((argument.get_env()?.to_string_lossy().into_owned(), default))
        })
        .collect();
    assert_eq!(listed(), declared);
}
