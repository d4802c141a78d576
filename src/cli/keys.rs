//! `dateline keys`.

use clap::{Args, Subcommand};

use super::{Outcome, open};
use crate::auth::service::rotate_in;
use crate::settings::Settings;

/// Which of the commands.
#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a new key sign. Nobody is logged out: the others still verify.
    Rotate,
}

pub fn run(keys: &Keys, settings: &Settings) -> Outcome {
    let Command::Rotate = keys.command;
    let id = open(settings)?.run_write(rotate_in)?;
    println!("{id} signs from now on.");
    Ok(())
}
