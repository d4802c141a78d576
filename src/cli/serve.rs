//! `dateline serve`.

use std::io::{IsTerminal, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Outcome;
use crate::app::App;
use crate::audit::store::Actor;
use crate::auth::password;
use crate::db::{DatabaseUrl, Db, FileLock};
use crate::kernel::caller::Role;
use crate::kernel::clock::SystemClock;
use crate::settings::Settings;
use crate::users::service::{NewUser, add_in, random_password};
use crate::users::store;

/// How long `/readyz` says 503 before the socket is closed, so that no proxy sends a request here that nobody takes.
const NOTICE: Duration = Duration::from_secs(1);

/// How long the last views may take to be written.
const LAST_VIEWS: Duration = Duration::from_secs(2);

/// What follows the name of the database in that of the file with its first admin's password.
const PASSWORD_FILE: &str = ".admin-password.txt";
/// So many characters of a server's address and the database's name are in it at most.
const LONGEST_PLACE: usize = 200;

pub fn run(settings: &Settings) -> Outcome {
    let options = settings.options()?;
    log_to(settings)?;
    let listener = bind(settings)?;
    let _lock = FileLock::take(&options.database_url)?;
    let app = App::prepare(options.clone(), Arc::new(SystemClock::new()))?;
    add_first_admin(app.db(), settings, &options.database_url)?;
    tracing::info!(database = %options.database_url, "ready");
    actix_web::rt::System::new().block_on(serve(app, listener))?;
    Ok(())
}

/// Takes the address and port, before anything else is begun.
pub(super) fn bind(settings: &Settings) -> Result<TcpListener, Box<dyn std::error::Error>> {
    let address = settings.listen()?;
    if settings.api_url.is_none() && address.ip().is_unspecified() {
        tracing::warn!(
            "API_URL is not set, and LISTEN names every address of this machine: callers are told that they reach the API at http://{address}"
        );
    }
    TcpListener::bind(address).map_err(|e| format!("LISTEN: cannot listen at {address}: {e}. Example: LISTEN=127.0.0.1:8081").into())
}

/// Serves until a signal says to stop, and until what is under way has ended.
pub(super) async fn serve(app: App, listener: TcpListener) -> std::io::Result<()> {
    let (readiness, address, mut signals) = (app.readiness().clone(), listener.local_addr()?, Signals::new()?);
    let upkeep = actix_web::rt::spawn(app.clone().keep_up());
    let (views, db) = (app.views().clone(), app.db().clone());
    let counting = actix_web::rt::spawn(views.clone().keep_up(db.clone()));
    let server = app.server(listener)?;
    let handle = server.handle();
    let running = actix_web::rt::spawn(server);
    tracing::info!(%address, "listening; /docs shows the API");
    signals.next().await;
    tracing::info!("stopping: requests that are under way end");
    readiness.stop();
    upkeep.abort();
    let stopping = async {
        actix_web::rt::time::sleep(NOTICE).await;
        handle.stop(true).await;
    };
    tokio::select! {
        () = stopping => {}
        () = signals.next() => return Err(std::io::Error::other("a second signal: ended at once, what was under way was cut off")),
    }
    running.await.unwrap_or_else(|e| Err(std::io::Error::other(e)))?;
    // What readers told until the last request; a batch that is being written is waited for.
    match tokio::time::timeout(LAST_VIEWS, views.write(&db)).await {
        Ok(Ok(())) => {}
        Ok(Err(problem)) => tracing::warn!("the last views are lost: {problem:?}"),
        Err(_) => tracing::warn!("the last views are lost: the database does not take them in time"),
    }
    counting.abort();
    tracing::info!("stopped");
    Ok(())
}

/// The signals that ask it to stop.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

pub(super) fn log_to(settings: &Settings) -> Outcome {
    let logs = tracing_subscriber::fmt().with_env_filter(settings.log()?).with_writer(std::io::stderr);
    if settings.is_log_json()? {
        logs.json().init();
    } else {
        logs.with_ansi(std::io::stderr().is_terminal()).init();
    }
    Ok(())
}

/// On an empty database: one admin, whose password was given or is shown once.
pub(super) fn add_first_admin(db: &Db, settings: &Settings, url: &DatabaseUrl) -> Outcome {
    if !db.run_read(store::is_empty)? {
        return Ok(());
    }
    let given = settings.admin_password()?;
    let password = given.clone().unwrap_or_else(random_password);
    let hash = password::hash_here(&password)?;
    let new = NewUser {
        email: settings.admin_email.clone(),
        name: "Admin".to_owned(),
        role: Role::Admin,
        category_ids: None,
        password_hash: hash,
        // Nobody else could make another one.
        is_one_time: false,
    };
    // Of two nodes that start together one adds the admin.
    let is_added = db.run_write(move |tx| {
        crate::db::dialect::lock(tx.conn(), crate::db::dialect::Lock::Users, crate::db::dialect::Hold::Exclusive)?;
        if store::is_empty(tx.conn())? { add_in(tx, &Actor::COMMAND, &new).map(|_| true) } else { Ok(false) }
    })?;
    if is_added && given.is_none() { show_once(&settings.admin_email, &password, url) } else { Ok(()) }
}

/// Where the first admin's password is shown: a file of each database, since several may lie in one folder or be served from one.
fn password_file(url: &DatabaseUrl) -> PathBuf {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut name = path.clone().into_os_string();
            name.push(PASSWORD_FILE);
            name.into()
        }
        DatabaseUrl::Postgres(_) => {
            let place = url.to_string().replacen("postgres://", "", 1);
            let plain = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
            let place: String = place.chars().map(plain).take(LONGEST_PLACE).collect();
            PathBuf::from(place.trim_start_matches(['.', '-']).to_owned() + PASSWORD_FILE)
        }
    }
}

fn show_once(email: &str, password: &str, url: &DatabaseUrl) -> Outcome {
    if std::io::stdout().is_terminal() {
        println!("The first admin is {email} with the password {password}\nIt is shown this once.");
        return Ok(());
    }
    let path = password_file(url);
    // One that lies there already may be readable by others, or lead elsewhere.
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(format!("{}: {error}", path.display()).into()),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    writeln!(file, "{email}\n{password}")?;
    tracing::warn!(file = %path.display(), "the first admin's password is in a file that only you can read: take it out and delete it");
    Ok(())
}
