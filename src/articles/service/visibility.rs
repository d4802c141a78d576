//! Why an article is or is not live at an instant.

use super::super::dto::visibility::{NextChange, Visibility, Why};
use super::super::store;
use crate::db::{AnyConnection, Db};
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::locale::Locales;
use crate::kernel::problem::{Problem, Result};
use crate::publications::rules::outlook::{Outlook, Trashing, outlook, trashing, was_seen};
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
    let caller = caller.clone();
    db.read(db.at_present(move |connection, now| {
        let at = at.unwrap_or(now);
        let subject = subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let history = history(connection, id)?;
        let trashings = subject::in_trash(connection, id)?;
        let mut seen = visibility(&subject, &history, &trashings, at, now);
        if place.locales.find(&subject.locale).is_none() {
            return Ok(unserved(seen, &subject));
        }
        if let Some(revision) = seen.revision {
            let path = store::path_on_site(connection, id, Some(revision))?;
            seen.urls.extend(path.map(|path| format!("{}{path}", place.site_url)));
        }
        Ok(seen)
    }))
    .await
}

/// Of an article in a language that the site does not publish in today: what the setting was when readers may have seen it, nobody knows.
fn unserved(seen: Visibility, subject: &Subject) -> Visibility {
    let seen = Visibility { live: false, newer_saved: false, next: None, revision: None, readers_saw: None, ..seen };
    if seen.code == Why::Trashed {
        return seen;
    }
    let reason = format!("The site does not publish in `{}`: the setting LOCALES leaves it out.", subject.locale);
    Visibility { code: Why::NoPublication, reason, publication_id: None, ..seen }
}

/// Where an article that is not in the trash, and is in a language of the site, stands there at an instant; where its newest save would, if
/// nothing of it is in force then or no instant is given.
///
/// # Errors
/// If the database fails.
pub fn path_at(connection: &mut AnyConnection, locales: &Locales, id: ArticleId, at: Option<Instant>) -> Result<Option<String>> {
    let is_served = subject::find(connection, id)?.is_some_and(|subject| locales.find(&subject.locale).is_some());
    if !is_served {
        return Ok(None);
    }
    let newest = store::path_on_site(connection, id, None)?;
    let Some(at) = at.filter(|_| newest.is_some()) else { return Ok(newest) };
    let shown = in_force(&history(connection, id)?, at).map(|p| p.revision);
    Ok(if shown.is_some() { store::path_on_site(connection, id, shown)? } else { newest })
}

fn visibility(subject: &Subject, history: &[Publication], trashings: &[Trashing], at: Instant, now: Instant) -> Visibility {
    let outlook = outlook(history, trashings, at);
    let revision = outlook.publication.filter(|_| outlook.why == Why::Live).map(|p| p.revision);
    Visibility {
        at,
        live: outlook.why == Why::Live,
        code: outlook.why,
        reason: reason(&outlook, trashing(trashings, at)),
        newer_saved: revision.is_some_and(|revision| revision < subject.newest_revision),
        publication_id: outlook.publication.map(|p| p.id),
        revision,
        embargo_until: subject.embargo_until,
        next: outlook.next.map(|(at, live)| NextChange { at, live }),
        urls: Vec::new(),
        readers_saw: (at <= now).then(|| was_seen(history, at)),
    }
}

fn reason(outlook: &Outlook<'_>, trashing: Option<&Trashing>) -> String {
    match (outlook.why, outlook.publication) {
        (Why::Trashed, _) => match trashing {
            Some(one) if one.until_at != Instant::NEVER => format!("It was in the trash from {} until {}.", one.from_at, one.until_at),
            Some(one) => format!("It has been in the trash since {}.", one.from_at),
            None => "It is in the trash.".to_owned(),
        },
        (Why::NoPublication, _) | (_, None) => "Nothing of it was published, and nothing is scheduled.".to_owned(),
        (Why::NotYet, Some(p)) if p.cut_at <= p.publish_at => {
            format!("Nothing of it had begun: its next publication was to start at {}, but it was put into the trash before.", p.publish_at)
        }
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
