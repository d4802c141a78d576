//! `dateline user`: works beside a running server, which notices at the next request.

use std::io::Read;

use clap::{Args, Subcommand};

use super::{Outcome, open};
use crate::audit::store::Actor;
use crate::auth::password;
use crate::auth::service::reset_password_in;
use crate::kernel::caller::Role;
use crate::kernel::instant::Instant;
use crate::kernel::patch::Patch;
use crate::kernel::version::Expected;
use crate::settings::Settings;
use crate::users::dto::{EditorUser, UserPatch};
use crate::users::service::{self, NewUser};
use crate::users::store;

/// The most characters of a name.
const LONGEST_NAME: usize = 200;

/// Which of the commands.
#[derive(Args)]
pub struct User {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Add a user. Without --password-stdin a random password is printed, good for 72 hours.
    Add {
        /// The e-mail that they log in with.
        #[arg(long)]
        email: String,
        /// Their name.
        #[arg(long)]
        name: String,
        /// author, editor or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// List the users.
    List,
    /// Give a user another role.
    SetRole {
        /// Whose.
        #[arg(long)]
        email: String,
        /// author, editor or admin.
        #[arg(long, value_parser = role)]
        role: Role,
    },
    /// Give a user another password; their sessions end. Without --password-stdin a random one is printed, good for 72 hours.
    SetPassword {
        /// Whose.
        #[arg(long)]
        email: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Keep a user from logging in; their sessions end at once.
    Deactivate {
        /// Whom.
        #[arg(long)]
        email: String,
    },
}

fn role(name: &str) -> Result<Role, String> {
    Role::find(name).ok_or_else(|| "author, editor and admin are the roles".to_owned())
}

/// A new password, and whether it was made up here.
struct Password {
    text: String,
    is_random: bool,
}

impl Password {
    fn read(from_stdin: bool, email: &str, name: &str, settings: &Settings) -> Result<Self, Box<dyn std::error::Error>> {
        if !from_stdin {
            return Ok(Self { text: service::random_password(), is_random: true });
        }
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
        match password::fault(&text, &[email, name, &settings.site_name]) {
            Some(fault) => Err(format!("the password is not taken: {}", fault.detail()).into()),
            None => Ok(Self { text, is_random: false }),
        }
    }

    /// Says a random one, this once, and until when it is good.
    fn show(&self, expires_at: Option<Instant>) {
        if let Some(expires_at) = expires_at {
            println!("password: {}\nIt is good until {expires_at}, to log in and change it.", self.text);
        }
    }
}

pub fn run(user: User, settings: &Settings) -> Outcome {
    let db = open(settings)?;
    match user.command {
        Command::Add { email, name, role, password_stdin } => {
            check(&email, &name)?;
            let password = Password::read(password_stdin, &email, &name, settings)?;
            let password_hash = password::hash_here(&password.text)?;
            let new = NewUser { email, name, role, category_ids: None, password_hash, is_one_time: password.is_random };
            let added = db.run_write(move |tx| service::add_in(tx, &Actor::COMMAND, &new))?;
            println!("{} {} {}", added.id, added.email, added.role.name());
            password.show(added.password_expires_at);
        }
        Command::List => {
            for user in db.run_read(|connection| store::all(connection, i64::MAX))? {
                super::print(&line(&service::seen(&user)?))?;
            }
        }
        Command::SetRole { email, role } => change(&db, &email, role_of(role))?,
        Command::Deactivate { email } => change(&db, &email, UserPatch { active: Some(false), ..UserPatch::default() })?,
        Command::SetPassword { email, password_stdin } => {
            let EditorUser { id, email, name, .. } = service::by_email(&db, &email)?;
            let password = Password::read(password_stdin, &email, &name, settings)?;
            let hash = password::hash_here(&password.text)?;
            let is_one_time = password.is_random;
            let expires_at = db.run_write(move |tx| reset_password_in(tx, id, &hash, is_one_time))?;
            password.show(expires_at);
        }
    }
    Ok(())
}

/// What is wrong with a new user, by the names of the flags.
fn check(email: &str, name: &str) -> Outcome {
    let mut faults = Vec::new();
    if service::check_email(email).is_err() {
        faults.push(format!("--email: `{email}` is not an e-mail address. Example: --email ada@example.org"));
    }
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        faults.push(format!("--name: it must have 1 to {LONGEST_NAME} characters. Example: --name 'Ada Lovelace'"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// An admin is limited to no categories.
fn role_of(role: Role) -> UserPatch {
    let category_ids = if role == Role::Admin { Patch::Null } else { Patch::Absent };
    UserPatch { role: Some(role), category_ids, ..UserPatch::default() }
}

fn change(db: &crate::db::Db, email: &str, patch: UserPatch) -> Outcome {
    let id = service::by_email(db, email)?.id;
    let user = db.run_write(move |tx| service::update_in(tx, &Actor::COMMAND, id, &Expected::Anything, patch.clone()))?;
    super::print(&line(&user))
}

fn line(user: &EditorUser) -> String {
    let state = if user.active { "active" } else { "inactive" };
    format!("{} {} {} {state} {}\n", user.id, user.email, user.role.name(), user.name)
}
