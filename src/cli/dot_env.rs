//! The file `.env` in the working folder: settings that the environment does not have already.

use clap::CommandFactory as _;

use super::Cli;
use crate::http::nearest;

const PATH: &str = ".env";

/// Reads it, if it is there. What is wrong with a line is said without quoting it: it may hold a secret.
pub(super) fn read() -> Result<(), String> {
    let names =
        match dotenvy::from_path_iter(PATH).and_then(|lines| lines.map(|line| line.map(|(name, _)| name)).collect::<Result<Vec<_>, _>>()) {
            Ok(names) => names,
            Err(dotenvy::Error::LineParse(part, _)) => return Err(unreadable(&part)),
            Err(error) if error.not_found() => return Ok(()),
            Err(error) => {
                return Err(format!("{PATH} cannot be read: {error}. It is a text in UTF-8. Example of a line: LISTEN=127.0.0.1:8080"));
            }
        };
    for (name, meant) in misspelt(&names) {
        eprintln!("dateline: {PATH}: {name} is no setting and does nothing; did you mean {meant}?");
    }
    dotenvy::from_path(PATH).map_err(|error| format!("{PATH}: {error}"))
}

fn unreadable(part: &str) -> String {
    let text = std::fs::read_to_string(PATH).unwrap_or_default();
    // A quote that is not closed takes in all lines after it.
    let first = part.lines().next().unwrap_or_default();
    let number = text.lines().position(|line| line.contains(first)).map_or(1, |before| before + 1);
    let rule = "a value with spaces, # or quotes stands in quotes, which are closed";
    format!("{PATH}: line {number} cannot be read: {rule}. Example: SITE_NAME='The Morning News'")
}

/// The names that are nearly a setting's, each with it. Others may be there for other programs.
fn misspelt(names: &[String]) -> Vec<(&str, String)> {
    let command = Cli::command();
    let settings = command.get_arguments().filter_map(|argument| argument.get_env());
    let settings: Vec<String> = settings.map(|name| name.to_string_lossy().into_owned()).collect();
    let others = names.iter().filter(|name| !settings.contains(name));
    others.filter_map(|name| Some((name.as_str(), nearest(name, settings.iter().map(String::as_str))?.to_owned()))).collect()
}
