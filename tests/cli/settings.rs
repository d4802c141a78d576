//! Settings: a wrong one stops the start and says why; the example file lists what there is.

use std::collections::BTreeMap;

use clap::Args;
use dateline::settings::Settings;

use crate::support::folder::Folder;
use crate::support::program::{dateline, said};

#[test]
fn a_wrong_setting_stops_the_start_with_its_name_and_an_example() {
    let folder = Folder::new();
    for (name, value, fault) in [
        ("DATABASE_URL", "mysql://somewhere", "DATABASE_URL: "),
        ("LISTEN", "8080", "LISTEN: `8080` is not an address with a port. Example: LISTEN=127.0.0.1:8080"),
        (
            "API_URL",
            "ftp://example.org",
            "API_URL: `ftp://example.org` is not an http or https address without query and fragment. Example: API_URL=https://",
        ),
        ("API_URL", "https://example.org/?a=b", "API_URL: `https://example.org/?a=b` is not an http or https address without query"),
        ("SITE_URL", "www.example.org", "SITE_URL: `www.example.org` is not an http or https address"),
        ("SITE_URL", "https://a:b@example.org", "SITE_URL: "),
        ("SITE_NAME", " ", "SITE_NAME: it must have 1 to 200 characters, in one line. Example: SITE_NAME=The Morning News"),
        ("SITE_TIME_ZONE", "Mars/Phobos", "SITE_TIME_ZONE: `Mars/Phobos` is not a time zone of the IANA database"),
        ("LOCALES", "en,en", "LOCALES: one is named twice. Example: LOCALES=en,tk"),
        ("CORS_ALLOWED_ORIGINS", "example.org", "CORS_ALLOWED_ORIGINS: "),
        ("TRUSTED_PROXIES", "10.0.0.0/99", "TRUSTED_PROXIES: "),
        ("CACHE_LIFETIME", "soon", "CACHE_LIFETIME: `soon` is not a number of seconds"),
        ("EMBED_HOSTS", "https://example.org/", "EMBED_HOSTS: "),
        ("WORKERS", "0", "WORKERS: `0` is not a whole number from 1 to 256. Example: WORKERS=4"),
        ("LOG_FORMAT", "xml", "LOG_FORMAT: `xml` is neither text nor json. Example: LOG_FORMAT=json"),
        ("LOG", "a=b=c", "LOG: "),
        ("ADMIN_EMAIL", "admin", "ADMIN_EMAIL: `admin` is not an e-mail address. Example: ADMIN_EMAIL=admin@example.org"),
        ("DATABASE_URL_FILE", "nowhere", "DATABASE_URL_FILE: `nowhere` cannot be read: "),
        ("ADMIN_PASSWORD_FILE", "nowhere", "ADMIN_PASSWORD_FILE: `nowhere` cannot be read: "),
        ("ADMIN_PASSWORD", "short", "ADMIN_PASSWORD: it has fewer than 8 characters"),
    ] {
        let output = dateline(folder.path(), &["serve"]).env("LISTEN", "127.0.0.1:0").env(name, value).output().unwrap();
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains(fault), "{name}: {said}");
        assert!(said.contains("Example: "), "{name}: {said}");
        assert!(name != "ADMIN_PASSWORD" || !said.contains("`short`"), "a secret is never shown: {said}");
    }
}

#[test]
fn a_secret_may_lie_in_a_file_and_a_setting_in_the_dot_env() {
    let folder = Folder::new();
    std::fs::write(folder.join("url"), format!("sqlite://{}\n", folder.join("elsewhere.db").display())).unwrap();
    std::fs::write(folder.join(".env"), "DATABASE_URL_FILE=url\n").unwrap();
    let output = crate::support::program::run(folder.path(), &["migrate"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(folder.join("elsewhere.db").exists());
}

#[test]
fn the_example_file_lists_every_setting_with_its_default() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/.env.example")).unwrap();
    let mut listed = BTreeMap::new();
    for line in text.lines() {
        let (is_off, line) = line.strip_prefix('#').map_or((false, line), |line| (true, line));
        if let Some((name, value)) = line.split_once('=').filter(|(name, _)| name.chars().all(|c| c.is_ascii_uppercase() || c == '_')) {
            // What has no default is commented out.
            listed.insert(name.to_owned(), (!is_off).then(|| value.to_owned()));
        }
    }
    let command = Settings::augment_args(clap::Command::new("dateline"));
    let declared: BTreeMap<String, Option<String>> = command
        .get_arguments()
        .filter_map(|argument| {
            let default = argument.get_default_values().first().map(|value| value.to_string_lossy().into_owned());
            Some((argument.get_env()?.to_string_lossy().into_owned(), default))
        })
        .collect();
    assert_eq!(listed, declared);
}
