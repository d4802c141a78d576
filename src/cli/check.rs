//! `dateline check`: all that is wrong, and what to do about it.

use clap::Args;

use super::{Outcome, open};
use crate::articles::store::{StoredBody, bodies_behind};
use crate::audit::verify::{Broken, Whole, verify};
use crate::bodies::{EmbedHosts, Format, MAX_HTML_BYTES, render};
use crate::db::Db;
use crate::kernel::clock::{Clock, SystemClock};
use crate::kernel::id::ArticleId;
use crate::settings::Settings;

/// How far the clock may be behind the latest write without a word: nodes differ by so much.
const TOLERATED_MS: i64 = 1000;

/// How many bodies that are stored otherwise are named.
const MOST_NAMED: usize = 20;

/// How many bodies are read at once.
const AT_ONCE: i64 = 100;

/// What is looked at besides.
#[derive(Args)]
pub struct Check {
    /// Read the whole audit log as well, and see whether it is what was written.
    #[arg(long)]
    audit: bool,
}

/// Opens the database as a server would, without applying anything. Fails if anything is wrong, after it has said all of it.
pub(super) fn run(check: &Check, settings: &Settings) -> Outcome {
    let mut faults = 0;
    let mut say = |what: &str, fault: Option<String>, right: &str| {
        faults += usize::from(fault.is_some());
        // Whether it can be said changes nothing of what is wrong.
        let _ = super::print(&format!("{what:9} {}\n", fault.as_deref().unwrap_or(right)));
    };
    let wrong = settings.faults();
    if wrong.is_empty() {
        say("settings", None, "right");
    }
    for fault in wrong {
        say("settings", Some(fault.to_string()), "");
    }
    // What is wrong with the URL itself has been said.
    match settings.database_url().ok().map(|_| open(settings)) {
        None => {}
        Some(Err(fault)) => say("database", Some(fault.to_string()), ""),
        Some(Ok(db)) => {
            say("database", None, &format!("{} is up to date", settings.database_url()?));
            say("clock", clock(&db), "not behind the latest write");
            say("keys", None, &keys(&db)?);
            if let Ok(hosts) = settings.embed_hosts() {
                say("bodies", None, &bodies(&db, &hosts)?);
            }
            if check.audit {
                match verify(&db)? {
                    Ok(Whole { number, hash }) => say("audit", None, &format!("{number} entries fit; the hash of the last one is {hash}")),
                    Err(Broken(why)) => say("audit", Some(why), ""),
                }
            }
        }
    }
    match faults {
        0 => Ok(()),
        1 => Err("one thing is wrong".into()),
        many => Err(format!("{many} things are wrong").into()),
    }
}

fn clock(db: &Db) -> Option<String> {
    let behind = db.clock().now().millis() - SystemClock::new().now().millis();
    let fault = format!("{behind} ms behind the latest write: time stands still until it has caught up; set the system's clock");
    (behind > TOLERATED_MS).then_some(fault)
}

fn keys(db: &Db) -> Result<String, Box<dyn std::error::Error>> {
    let key = db.run_read(crate::auth::store::newest_key)?;
    Ok(key.map_or_else(|| "none yet: `dateline serve` makes one".to_owned(), |key| format!("{} signs", key.id)))
}

/// Which bodies would be rendered otherwise today, after a change of `EMBED_HOSTS` or a newer version.
fn bodies(db: &Db, hosts: &EmbedHosts) -> Result<String, Box<dyn std::error::Error>> {
    let (mut last, mut count, mut named) = ((ArticleId::from(uuid::Uuid::nil()), 0), 0, Vec::new());
    loop {
        let page = db.run_read(|connection| bodies_behind(connection, last.0, last.1, AT_ONCE))?;
        let Some(end) = page.last() else { break };
        last = (end.article_id, end.number);
        for (body, fate) in page.iter().filter_map(|body| fate(body, hosts).map(|fate| (body, fate))) {
            count += 1;
            if named.len() < MOST_NAMED {
                named.push(format!("\n            article {}, revision {}{fate}", body.article_id, body.number));
            }
        }
    }
    Ok(match count {
        0 => "stored as they would be rendered today".to_owned(),
        _ => format!("{count} would be rendered otherwise today, and are when they are saved again:{}", named.concat()),
    })
}

/// What is to be said of a body that is not stored as it would be rendered today; `None` if it is.
fn fate(body: &StoredBody, hosts: &EmbedHosts) -> Option<String> {
    match Format::find(&body.format).map(|format| render(format, &body.source, hosts)) {
        Some(Ok(rendered)) if rendered.html == body.html => None,
        Some(Err(_)) => Some(format!(": more than {MAX_HTML_BYTES} bytes of HTML, not taken again before it is shortened")),
        _ => Some(String::new()),
    }
}
