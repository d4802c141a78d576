//! Why an article is or is not live at an instant.

use super::super::dto::visibility::{NextChange, Visibility, Why};
use super::super::store;
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::locale::Locales;
use crate::kernel::problem::{Problem, Result};
use crate::publications::rules::outlook::{Outlook, outlook, was_seen};
use crate::publications::rules::{Publication, in_force};
use crate::publications::service::history;
use crate::publications::subject::{self, Subject};

/// What of the site decides besides: its languages, and where it is, without a slash at the end.
#[derive(Clone, Debug)]
pub struct Place {
    /// The languages.
    pub locales: Locales,
    /// The address.
    pub site_url: String,
}

/// Why it is or is not live; as of now without an instant.
///
/// # Errors
/// 404.
pub async fn of(db: &Db, caller: &Caller, id: ArticleId, at: Option<Instant>, place: Place) -> Result<Visibility> {
    let (caller, now) = (caller.clone(), db.clock().now());
    let at = at.unwrap_or(now);
    db.read(move |connection| {
        let subject = subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let history = history(connection, id)?;
        let mut seen = visibility(&subject, &history, at, now);
        if place.locales.find(&subject.locale).is_none() {
            let reason = format!("The site does not publish in `{}`: the setting LOCALES leaves it out.", subject.locale);
            return Ok(Visibility { live: false, code: Why::NoPublication, reason, next: None, revision: None, ..seen });
        }
        if let Some(revision) = seen.revision {
            let path = store::path_on_site(connection, id, Some(revision))?;
            seen.urls.extend(path.map(|path| format!("{}{path}", place.site_url)));
        }
        Ok(seen)
    })
    .await
}

/// Where an article that is not in the trash stands on the site at an instant; where its newest save would, if nothing of it is in force then or no instant
/// is given.
///
/// # Errors
/// If the database fails.
pub fn path_at(connection: &mut AnyConnection, id: ArticleId, at: Option<Instant>) -> Result<Option<String>> {
    let newest = store::path_on_site(connection, id, None)?;
    let Some(at) = at.filter(|_| newest.is_some()) else { return Ok(newest) };
    let shown = in_force(&history(connection, id)?, at).map(|p| p.revision);
    Ok(if shown.is_some() { store::path_on_site(connection, id, shown)? } else { newest })
}

fn visibility(subject: &Subject, history: &[Publication], at: Instant, now: Instant) -> Visibility {
    let outlook = outlook(history, subject.trashed_at, at);
    let revision = outlook.publication.filter(|_| outlook.why == Why::Live).map(|p| p.revision);
    Visibility {
        at,
        live: outlook.why == Why::Live,
        code: outlook.why,
        reason: reason(subject, &outlook),
        newer_saved: revision.is_some_and(|revision| revision < subject.newest_revision),
        publication_id: outlook.publication.map(|p| p.id),
        revision,
        embargo_until: subject.embargo_until,
        next: outlook.next.map(|(at, live)| NextChange { at, live }),
        urls: Vec::new(),
        readers_saw: (at <= now).then(|| was_seen(history, at)),
    }
}

fn reason(subject: &Subject, outlook: &Outlook<'_>) -> String {
    match (outlook.why, outlook.publication) {
        (Why::Trashed, _) => match subject.trashed_at {
            Some(at) => format!("It has been in the trash since {at}."),
            None => "It is in the trash.".to_owned(),
        },
        (Why::NoPublication, _) | (_, None) => "Nothing of it was published, and nothing is scheduled.".to_owned(),
        (Why::NotYet, Some(p)) => format!("Nothing of it has begun: its next publication starts at {}.", p.publish_at),
        (Why::Live, Some(p)) => {
            let end = if p.ends_at == Instant::NEVER { String::new() } else { format!(" until {}", p.ends_at) };
            format!("Revision {} is before the public since {}{end}.", p.revision, p.publish_at)
        }
        (Why::Ended, Some(p)) if p.cut_at <= p.ends_at => format!("It went to the trash at {}, which ended what was live.", p.ends_at),
        (Why::Ended, Some(p)) => format!("Its last publication ended at {}.", p.ends_at),
        (Why::Withdrawn, Some(p)) => {
            format!("It was taken back at {}: {}", p.ends_at, p.withdrawn_reason.as_deref().unwrap_or_default())
        }
    }
}
