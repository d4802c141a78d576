//! What editors ask the list of articles for: its parameters, closed and bounded; and those that other operations on articles take as well.

use crate::articles::dto::Kind;
use crate::articles::service::list::{Asked, By, Range, Wanted};
use crate::http::RawQuery;
use crate::http::query::Collector;
use crate::kernel::fold::fold;
use crate::kernel::instant::Instant;
use crate::kernel::locale::Locales;
use crate::kernel::page::ListParameters;
use crate::kernel::problem::Result;
use crate::publications::rules::standing::Status;

/// The most slugs that a filter takes.
const MOST_SLUGS: usize = 20;
/// The longest text that titles are searched for.
const LONGEST_TEXT: usize = 100;

const SORTS: [(&str, (By, bool)); 4] = [
    ("-saved_at", (By::Saved, true)),
    ("saved_at", (By::Saved, false)),
    ("-created_at", (By::Created, true)),
    ("created_at", (By::Created, false)),
];

/// Reads the query.
///
/// # Errors
/// `invalid_parameter` (400) with every mistake.
pub fn asked(raw: &RawQuery, locales: &Locales) -> Result<Asked> {
    let mut q = raw.collect();
    let wanted = wanted(&mut q, locales);
    let (limit, cursor) = (q.limit(), q.cursor());
    q.finish()?;
    Ok(Asked { parameters: parameters(&wanted), wanted, limit, cursor })
}

fn wanted(q: &mut Collector<'_>, locales: &Locales) -> Wanted {
    let statuses = statuses(q);
    let zone = q.zone("time_zone");
    let mut moment = |name| q.moment(name, zone.as_ref());
    let saved = Range { from: moment("saved_from"), before: moment("saved_before") };
    let created = Range { from: moment("created_from"), before: moment("created_before") };
    let (by, is_descending) = q.one_of("sort", &SORTS).unwrap_or((By::Saved, true));
    Wanted {
        statuses,
        created_by: q.id("created_by"),
        kind: kind(q),
        locales: languages(q, locales),
        categories: slugs(q, "category"),
        authors: slugs(q, "author"),
        title: title(q),
        saved,
        created,
        by,
        is_descending,
    }
}

/// Without `status` whatever is not in the trash.
fn statuses(q: &mut Collector<'_>) -> Vec<Status> {
    let mut statuses = q.any_of("status", &Status::ALL);
    if statuses.is_empty() {
        statuses = Status::ALL.into_iter().map(|(_, status)| status).filter(|status| *status != Status::Trashed).collect();
    }
    statuses.sort_unstable();
    statuses
}

/// Every kind is no condition.
fn kind(q: &mut Collector<'_>) -> Option<Kind> {
    match *q.any_of("kind", &Kind::ALL) {
        [kind] => Some(kind),
        _ => None,
    }
}

fn languages(q: &mut Collector<'_>, locales: &Locales) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for name in slugs(q, "locale")? {
        match locales.find(&name) {
            Some(locale) => found.push(locale.to_string()),
            None => q.error("locale", "unknown", format!("`{name}`: the site does not publish in it")),
        }
    }
    found.sort_unstable();
    found.dedup();
    Some(found)
}

pub(super) fn slugs<'a>(q: &mut Collector<'a>, name: &'a str) -> Option<Vec<String>> {
    let is_given = q.has(name);
    let mut slugs = q.list(name, MOST_SLUGS);
    slugs.sort_unstable();
    slugs.dedup();
    is_given.then_some(slugs)
}

fn title(q: &mut Collector<'_>) -> Option<String> {
    let text = q.text("q", LONGEST_TEXT)?;
    if text.trim().is_empty() {
        q.error("q", "too_short", "it is white space alone; give a text or leave it out");
        return None;
    }
    Some(fold(text.trim()))
}

/// The list, in a form in which no two are the same.
fn parameters(wanted: &Wanted) -> ListParameters {
    let instant = |at: Option<Instant>| at.map(|at| at.to_string());
    let joined = |slugs: &Option<Vec<String>>| slugs.as_ref().map(|slugs| slugs.join(","));
    let statuses: Vec<&str> = wanted.statuses.iter().map(|status| status.name()).collect();
    let sort = SORTS.iter().find(|(_, order)| *order == (wanted.by, wanted.is_descending)).map(|(name, _)| *name);
    ListParameters::of("listEditorArticles")
        .with("status", Some(&statuses.join(",")))
        .with("created_by", wanted.created_by.map(|user| user.to_string()).as_deref())
        .with("kind", wanted.kind.map(Kind::name))
        .with("locale", joined(&wanted.locales).as_deref())
        .with("category", joined(&wanted.categories).as_deref())
        .with("author", joined(&wanted.authors).as_deref())
        .with("q", wanted.title.as_deref())
        .with("saved_from", instant(wanted.saved.from).as_deref())
        .with("saved_before", instant(wanted.saved.before).as_deref())
        .with("created_from", instant(wanted.created.from).as_deref())
        .with("created_before", instant(wanted.created.before).as_deref())
        .with("sort", sort)
}
