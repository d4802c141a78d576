//! Writing articles: each save is a revision, written with whatever it publishes in one transaction.

pub mod amending;
pub mod autosave;
pub mod calendar;
pub mod history;
pub mod list;
pub mod merge;
pub mod publishing;
mod rendering;
pub mod retention;
pub mod shelving;
mod told;
pub mod translations;
pub mod trash;
mod versions;
pub mod visibility;

use self::rendering::{Foreseen, rendered};
use self::versions::check;
pub use self::versions::{check_version, version};
use super::dto::{ArticleCreate, ArticlePatch, BodySource, EditorArticle, Kind};
use super::save::Draft;
use super::seen;
use super::store::{self, Content, Revision, Save};
use crate::auth::permission::{Action, may};
use crate::bodies::{EmbedHosts, Rendered};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{AnyConnection, Db, Statement, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::fold::fold;
use crate::kernel::id::ArticleId;
use crate::kernel::instant::Instant;
use crate::kernel::locale::{Locale, Locales};
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::slug::Slug;
use crate::kernel::version::Expected;
use crate::publications::dto::PublicationCreate;
use crate::publications::rules::Publication;
use crate::publications::service::{self as publications, Edited};
use crate::publications::subject::{self, Subject};
use crate::publications::{titles, within};

/// What saving needs to know of the site.
#[derive(Clone, Debug)]
pub struct Site {
    /// The languages.
    pub locales: Locales,
    /// Whose frames may stand in a body.
    pub embed_hosts: EmbedHosts,
}

/// How often a slug made from a title is numbered before the caller is asked for one.
const MOST_NUMBERED: u32 = 10_000;
/// How many of those are looked at one by one.
const MOST_ALIKE: u32 = 10;
/// How many are looked for at once after them.
const AT_ONCE: usize = 500;

fn may_publish(caller: &Caller) -> bool {
    may(caller, Action::Publish)
}

/// Creates an article, and publishes it if asked.
///
/// # Errors
/// 422, `slug_taken`, and what the rules of publications refuse.
pub async fn create(
    db: &Db,
    site: &Site,
    caller: &Caller,
    create: impl Into<Checked<ArticleCreate>>,
    keyed: Option<Keyed<EditorArticle>>,
) -> Result<Once<EditorArticle>> {
    let Checked { value: create, mut mistakes } = create.into();
    let locale = mistakes.take(locale_of(&site.locales, create.locale.as_deref()))?;
    let locale = locale.unwrap_or_else(|| site.locales.default_locale().clone());
    let draft = Draft::whole(&create, &mut mistakes)?;
    let body = mistakes.take(rendered(draft.body.clone(), site.embed_hosts.clone()).await)?.unwrap_or_default();
    let caller = caller.clone();
    let id = ArticleId::new();
    idempotency::write(db, keyed.filter(|_| mistakes.is_empty()), move |tx| {
        dialect::lock(tx.conn(), Lock::Tree, Hold::Shared)?;
        let mut mistakes = mistakes.clone();
        let kind = create.kind.name();
        let wanted = Slug::from_title(&draft.title, kind);
        if draft.slug.is_none() {
            // Of several that are called the same each takes the next number.
            dialect::lock_name(tx.conn(), &format!("slug {locale} {wanted}"))?;
        }
        let now = tx.now()?;
        let refs = draft.resolve(tx.conn(), &mut mistakes)?;
        let subject = Subject {
            id,
            kind: kind.to_owned(),
            locale: locale.as_str().to_owned(),
            created_at: now,
            created_by: caller.user_id,
            trashed_at: None,
            version: 1,
            newest_revision: 1,
            saved_at: now,
            category_id: draft.category_id,
            title_folded: fold(&draft.title),
            embargo_until: None,
            embargo_note: None,
            translation_group: None,
        };
        let mut edited = Edited { subject, history: Vec::new(), now };
        draft.embargo.set(may_publish(&caller), &mut edited, &mut mistakes)?;
        draft.translation_of.set(tx, &caller, &mut edited, &mut mistakes)?;
        let mut edited = prepared(tx, &caller, edited, create.publish.as_ref(), Followers::All, &mut mistakes)?;
        mistakes.finish()?;
        let slug = match &draft.slug {
            Some(slug) => slug.clone(),
            None => free_slug(tx.conn(), &wanted, locale.as_str(), now)?,
        };
        subject::insert(tx.conn(), &edited.subject)?;
        let content = draft.content(slug, refs);
        let about = About { note: draft.note.as_deref(), restored_from: None };
        let autosave = Autosave::Goes;
        finish(tx, &caller, &mut edited, Written { former: None, content: &content, body: &body, before: &[], about, autosave })
    })
    .await
}

fn locale_of(locales: &Locales, name: Option<&str>) -> Result<Locale> {
    let Some(name) = name else { return Ok(locales.default_locale().clone()) };
    locales.find(name).cloned().ok_or_else(|| {
        let known: Vec<&str> = locales.iter().map(|locale| locale.as_str()).collect();
        Problem::invalid_field("/locale", "unknown", format!("the site publishes in {}", known.join(", ")))
    })
}

/// Replaces all of an article's content. Without `slug` it keeps the slug.
///
/// # Errors
/// 404, 412, 409 `trashed`, 422, and as [`create`].
pub async fn replace(
    db: &Db,
    site: &Site,
    caller: &Caller,
    id: ArticleId,
    expected: Expected,
    whole: impl Into<Checked<ArticleCreate>>,
) -> Result<EditorArticle> {
    let Checked { value: whole, mut mistakes } = whole.into();
    let draft = Draft::whole(&whole, &mut mistakes)?;
    let body = mistakes.take(rendered(draft.body.clone(), site.embed_hosts.clone()).await)?.unwrap_or_default();
    let (caller, locales) = (caller.clone(), site.locales.clone());
    db.write(move |tx| {
        let edited = open(tx, &caller, id, &expected)?;
        let mut mistakes = mistakes.clone();
        check_kind(&edited.subject, whole.kind, whole.locale.as_deref(), &locales, &mut mistakes);
        let present = present(tx, &edited.subject)?;
        let slug = draft.slug.clone().unwrap_or_else(|| present.content.slug.clone());
        let (autosave, followers) = (Autosave::Goes, Followers::All);
        let saved = Saved { former: &present, draft: &draft, slug, publish: whole.publish.as_ref(), autosave, followers };
        save(tx, &caller, edited, saved, mistakes, |_| Ok(body.clone()))
    })
    .await
}

fn check_kind(subject: &Subject, kind: Kind, locale: Option<&str>, locales: &Locales, mistakes: &mut Mistakes) {
    if kind.name() != subject.kind {
        mistakes.note("/kind", "immutable", format!("it is `{}` and stays so", subject.kind));
    }
    let given = locale.unwrap_or(&subject.locale);
    if locales.find(given).is_none_or(|locale| locale.as_str() != subject.locale) && given != subject.locale {
        mistakes.note("/locale", "immutable", format!("it is `{}` and stays so", subject.locale));
    }
}

/// Changes the fields that a merge patch names.
///
/// # Errors
/// As [`replace`].
pub async fn update(
    db: &Db,
    site: &Site,
    caller: &Caller,
    id: ArticleId,
    expected: Expected,
    patch: impl Into<Checked<ArticlePatch>>,
) -> Result<EditorArticle> {
    let Checked { value: patch, mut mistakes } = patch.into();
    let caller = caller.clone();
    let foreseen = Foreseen::render([foresee(db, id, &patch).await?], site.embed_hosts.clone(), &mut mistakes).await?;
    db.write(move |tx| {
        let edited = open(tx, &caller, id, &expected)?;
        let mut mistakes = mistakes.clone();
        let present = present(tx, &edited.subject)?;
        let names = store::slugs_of(tx.conn(), &present.content.refs)?;
        let draft = Draft::patched(&present.content, names, &patch, &mut mistakes)?;
        let slug = draft.slug.clone().unwrap_or_default();
        let (autosave, followers) = (Autosave::Goes, Followers::All);
        let saved = Saved { former: &present, draft: &draft, slug, publish: patch.publish.as_ref(), autosave, followers };
        save(tx, &caller, edited, saved, mistakes, |source| foreseen.body(source))
    })
    .await
}

/// The body as a patch will leave it, unless another save comes first.
async fn foresee(db: &Db, id: ArticleId, patch: &ArticlePatch) -> Result<BodySource> {
    let patch = patch.clone();
    db.read(move |connection| {
        let subject = subject::find(connection, id)?.ok_or_else(Problem::not_found)?;
        let present = store::revision(connection, id, subject.newest_revision)?.ok_or_else(Problem::not_found)?.content;
        let names = store::slugs_of(connection, &present.refs)?;
        Ok(Draft::patched(&present, names, &patch, &mut Mistakes::default())?.body)
    })
    .await
}

fn open(tx: &mut Tx<'_>, caller: &Caller, id: ArticleId, expected: &Expected) -> Result<Edited> {
    let edited = publications::open(tx, caller, id)?;
    check(tx.conn(), &edited.subject, expected)?;
    Ok(edited)
}

/// What was the newest save, and the embargo with it.
struct Former {
    content: Content,
    embargo_until: Option<Instant>,
    embargo_note: Option<String>,
    translation_group: Option<ArticleId>,
}

/// The newest save of an article, before it changes.
fn present(tx: &mut Tx<'_>, subject: &Subject) -> Result<Former> {
    let revision = store::revision(tx.conn(), subject.id, subject.newest_revision)?;
    let content = revision.ok_or_else(|| crate::db::Error::corrupt("the newest revision is missing"))?.content;
    Ok(Former {
        content,
        embargo_until: subject.embargo_until,
        embargo_note: subject.embargo_note.clone(),
        translation_group: subject.translation_group,
    })
}

/// What is saved of an article that is there.
struct Saved<'a> {
    former: &'a Former,
    draft: &'a Draft,
    slug: String,
    publish: Option<&'a PublicationCreate>,
    /// What whoever saves keeps beside the saves.
    autosave: Autosave,
    /// What follows the newest save, if they may publish.
    followers: Followers,
}

/// Which of what follows the newest save moves on to another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Followers {
    /// All: whoever saves has the text before their eyes.
    All,
    /// What showed the save before: whoever touches no text may not have read what waits for an editor.
    Approved,
}

/// What becomes of what somebody keeps beside the saves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Autosave {
    /// It was saved, and goes.
    Goes,
    /// It has nothing to do with the save.
    Stays,
}

/// Saves what somebody wrote.
fn save(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut edited: Edited,
    saved: Saved<'_>,
    mut mistakes: Mistakes,
    body: impl FnOnce(&BodySource) -> Result<Rendered>,
) -> Result<EditorArticle> {
    let draft = saved.draft;
    let refs = draft.resolve(tx.conn(), &mut mistakes)?;
    let content = draft.content(saved.slug, refs);
    advance(tx, &mut edited, &content)?;
    let before = edited.history.clone();
    draft.embargo.set(may_publish(caller), &mut edited, &mut mistakes)?;
    draft.translation_of.set(tx, caller, &mut edited, &mut mistakes)?;
    let mut edited = prepared(tx, caller, edited, saved.publish, saved.followers, &mut mistakes)?;
    mistakes.finish()?;
    let body = body(&draft.body)?;
    let about = About { note: draft.note.as_deref(), restored_from: None };
    let written = Written { former: Some(saved.former), content: &content, body: &body, before: &before, about, autosave: saved.autosave };
    finish(tx, caller, &mut edited, written)
}

/// What the row of an article says of its newest save, and by what it is found.
fn advance(tx: &mut Tx<'_>, edited: &mut Edited, content: &Content) -> Result<()> {
    let subject = &mut edited.subject;
    let former = std::mem::replace(&mut subject.title_folded, fold(&content.title));
    titles::rewrite(tx.conn(), subject.id, &former, &subject.title_folded)?;
    subject.version += 1;
    subject.newest_revision += 1;
    subject.saved_at = edited.now;
    subject.category_id = content.category_id;
    Ok(())
}

/// What every save does to publications, those of its article in memory: followers move, and it is published if asked.
fn prepared(
    tx: &mut Tx<'_>,
    caller: &Caller,
    mut edited: Edited,
    publish: Option<&PublicationCreate>,
    followers: Followers,
    mistakes: &mut Mistakes,
) -> Result<Edited> {
    let former = edited.subject.newest_revision - 1;
    match followers {
        _ if !may_publish(caller) || former == 0 => {}
        Followers::All => publications::follow(tx, &mut edited)?,
        Followers::Approved => publications::follow_unseen(tx, &mut edited, former)?,
    }
    if let Some(publish) = publish {
        mistakes.below("/publish", |mistakes| publications::create_in(tx, &mut edited, caller, publish, mistakes))?;
    }
    Ok(edited)
}

/// What a save writes.
struct Written<'a> {
    /// What was the newest save; `None` for the first one.
    former: Option<&'a Former>,
    content: &'a Content,
    body: &'a Rendered,
    before: &'a [Publication],
    about: About<'a>,
    autosave: Autosave,
}

/// Why a save was made.
#[derive(Clone, Copy)]
struct About<'a> {
    /// In words.
    note: Option<&'a str>,
    /// The number of the revision whose content it has.
    restored_from: Option<i64>,
}

/// What every save ends with: the revision is written, slugs and lists are brought up to date.
fn finish(tx: &mut Tx<'_>, caller: &Caller, edited: &mut Edited, written: Written<'_>) -> Result<EditorArticle> {
    let already = written.former.map(|former| former.content.categories()).unwrap_or_default();
    within::require_further(tx, caller, &written.content.refs.further_categories, &already)?;
    let (id, now) = (edited.subject.id, edited.now);
    let mut along = Vec::new();
    if written.former.is_some() {
        along.push(subject::updating(&edited.subject));
        along.extend((written.autosave == Autosave::Goes).then(|| store::autosave::removal(id, caller.user_id)));
    }
    write_revision(tx, caller, edited, (written.content, written.body, written.about), along)?;
    told::record_save(tx, &caller.into(), &edited.subject, &written)?;
    publications::close(tx, &caller.into(), edited, written.before)?;
    let warnings = serde_json::to_string(&written.body.warnings).map_err(Problem::internal)?;
    let revision = Revision { content: written.content.clone(), saved_at: now, saved_by: caller.user_id, warnings };
    let kept = match written.autosave {
        Autosave::Goes => None,
        Autosave::Stays => store::autosave::mark(tx.conn(), id, caller.user_id)?,
    };
    Ok(seen::saved(tx.conn(), &edited.subject, &edited.history, now, revision, kept)?)
}

/// Writes a revision, and `along` with it.
fn write_revision(
    tx: &mut Tx<'_>,
    caller: &Caller,
    edited: &Edited,
    (content, body, about): (&Content, &Rendered, About<'_>),
    along: Vec<Statement<()>>,
) -> Result<()> {
    // Every save of whatever kind comes through here, with the category that it puts the article into.
    within::require(tx, caller, content.category_id)?;
    let subject = &edited.subject;
    let save = Save {
        article_id: subject.id,
        number: subject.newest_revision,
        at: edited.now,
        by: caller.user_id,
        version: subject.version,
        note: about.note,
        restored_from: about.restored_from,
    };
    Ok(store::insert(tx.conn(), &[(save, content, body)], along)?)
}

/// The newest save of an article.
///
/// # Errors
/// 404, also for what the caller may not see.
pub async fn get(db: &Db, caller: &Caller, id: ArticleId) -> Result<EditorArticle> {
    let caller = caller.clone();
    db.read(db.at_present(move |connection, now| {
        let subject = subject::find(connection, id)?.filter(|subject| subject.is_seen_by(&caller)).ok_or_else(Problem::not_found)?;
        let history = publications::history(connection, id)?;
        Ok(seen::article(connection, &subject, history, now, caller.user_id)?)
    }))
    .await
}

/// The first of `slug`, `slug-2`, `slug-3` that no other article of the locale holds.
fn free_slug(connection: &mut AnyConnection, slug: &Slug, locale: &str, now: Instant) -> Result<String> {
    for number in 1..=MOST_ALIKE {
        let candidate = if number == 1 { slug.clone() } else { slug.numbered(number) };
        if !subject::is_held(connection, locale, candidate.as_str(), None, now)? {
            return Ok(candidate.to_string());
        }
    }
    // Where many are called the same they are looked for together.
    for least in (MOST_ALIKE + 1..=MOST_NUMBERED).step_by(AT_ONCE) {
        let candidates: Vec<String> = (least..=MOST_NUMBERED).take(AT_ONCE).map(|number| slug.numbered(number).to_string()).collect();
        let taken = subject::taken(connection, locale, &candidates)?;
        if let Some(free) = candidates.into_iter().find(|candidate| !taken.contains(candidate)) {
            return Ok(free);
        }
    }
    Err(Problem::new(Code::SlugTaken, format!("`{slug}` and its first {MOST_NUMBERED} numbers are taken. Give a slug.")))
}
