//! The `dateline` command: it parses, calls a service, and says what went wrong in words for the operator.

mod check;
mod demo;
mod dot_env;
mod keys;
mod serve;
mod user;

use std::error::Error;
use std::io::Write as _;
use std::process::ExitCode;

use clap::parser::ValueSource;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::settings::Settings;

/// A headless CMS for news: a JSON API in which the publication date is exact and first class.
#[derive(Parser)]
#[command(name = "dateline", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API. Without any setting: SQLite in ./data/dateline.db, at 127.0.0.1:8080.
    Serve,
    /// Serve a small news site to look at, on a database of its own.
    Demo(demo::Demo),
    /// Apply the migrations that are missing.
    Migrate,
    /// Print the OpenAPI document.
    Openapi,
    /// Look at settings, database, clock, keys and stored bodies, and say what is wrong and what to do.
    Check(check::Check),
    /// Add, list and change users, also beside a running server.
    User(user::User),
    /// Change the keys that access tokens are signed with.
    Keys(keys::Keys),
}

/// What a command ends with.
pub(crate) type Outcome = Result<(), Box<dyn Error>>;

/// Runs the command that the arguments name. A `.env` in the working folder is read first, unless they ask for help or the version; what the
/// environment has already stays.
pub fn run() -> ExitCode {
    if let Some(help) = Cli::command().try_get_matches().err().filter(|asked| !asked.use_stderr()) {
        help.exit();
    }
    if let Err(fault) = dot_env::read() {
        eprintln!("dateline: {fault}");
        return ExitCode::from(2);
    }
    let matches = Cli::command().get_matches();
    let Cli { command, settings } = Cli::from_arg_matches(&matches).unwrap_or_else(|fault| fault.exit());
    let settings = settings.as_meant(|argument| matches.value_source(argument) == Some(ValueSource::CommandLine));
    let outcome = match command {
        Command::Serve => serve::run(&settings),
        Command::Demo(demo) => demo::run(demo, settings),
        Command::Migrate => migrate(&settings),
        Command::Openapi => print(&crate::app::document().text()),
        Command::Check(check) => check::run(&check, &settings),
        Command::User(user) => user::run(user, &settings),
        Command::Keys(keys) => keys::run(&keys, &settings),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("dateline: {error}");
            ExitCode::from(2)
        }
    }
}

/// Prints; whoever reads it may have enough after the first lines.
fn print(text: &str) -> Outcome {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

fn migrate(settings: &Settings) -> Outcome {
    let applied = crate::db::migrate(&settings.database_url()?)?;
    match applied.as_slice() {
        [] => println!("Nothing is missing."),
        names => println!("Applied {}.", names.join(", ")),
    }
    Ok(())
}

/// The database of the settings, which must be up to date.
pub(crate) fn open(settings: &Settings) -> Result<crate::db::Db, Box<dyn Error>> {
    let clock = std::sync::Arc::new(crate::kernel::clock::SystemClock::new());
    Ok(crate::db::Db::open(&settings.database_url()?, clock, crate::db::PoolSize(2))?)
}
