//! What `scripts/test` does where there is no PostgreSQL.

use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Output};

use crate::support::folder::Folder;
use crate::support::program::{printed, said};

/// What the scripts run besides the shell's own commands.
const TOOLS: [&str; 8] = ["bash", "sh", "dirname", "readlink", "sed", "sort", "tr", "id"];

/// A machine with little on it: no PostgreSQL, and `cargo` only says how it was called.
struct Bare(Folder);

impl Bare {
    fn new() -> Self {
        let bare = Self(Folder::new());
        let path = std::env::var("PATH").unwrap();
        for tool in TOOLS {
            let found = std::env::split_paths(&path).map(|folder| folder.join(tool)).find(|file| file.exists());
            symlink(found.unwrap_or_else(|| panic!("{tool} is not installed")), bare.0.join(tool)).unwrap();
        }
        bare.has("cargo", "echo \"cargo $* with engines ${DATELINE_TEST_ENGINES:-unsaid}\"");
        // The folders that servers are usually installed in are looked for by `ls`.
        bare.has("ls", "exit 1");
        bare
    }

    fn has(&self, name: &str, script: &str) {
        let file = self.0.join(name);
        std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn test(&self, arguments: &[&str]) -> Output {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/test");
        Command::new(script).args(arguments).env_clear().env("PATH", self.0.path()).output().unwrap()
    }
}

#[test]
fn where_postgresql_is_neither_found_nor_installed_the_tests_fail_before_they_begin() {
    let bare = Bare::new();
    let fails = || {
        let output = bare.test(&[]);
        assert_eq!(output.status.code(), Some(1), "{}", printed(&output));
        assert!(said(&output).contains("PostgreSQL 15 or later was neither found nor could it be installed"), "{}", said(&output));
        assert!(said(&output).contains("--sqlite-only"), "{}", said(&output));
        assert!(!printed(&output).contains("cargo"), "{}", printed(&output));
    };
    fails();
    // One that cannot install either.
    bare.has("apt-get", "echo 'no network' >&2; exit 100");
    bare.has("env", "exec /usr/bin/env \"$@\"");
    bare.has("sudo", "exit 1");
    fails();
}

#[test]
fn the_embedded_engine_alone_is_tested_only_where_that_is_said() {
    let output = Bare::new().test(&["--sqlite-only", "--test", "cli"]);
    assert!(output.status.success(), "{}", said(&output));
    assert!(printed(&output).contains("cargo test --locked --test cli with engines sqlite"), "{}", printed(&output));
}
