//! Mending the text that readers have, while another one may be under way.

use super::rendering::Foreseen;
use super::{About, Site, advance, open, told, write_revision};
use crate::articles::dto::amended::{Amended, Undoing};
use crate::articles::dto::{Amendment, ArticlePatch, BodySource};
use crate::articles::save::Draft;
use crate::articles::seen;
use crate::articles::store::{self, Content};
use crate::db::{AnyConnection, Db, Tx};
use crate::idempotency::service as idempotency;
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, CategoryId, PublicationId};
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::repeat::{Keyed, Once};
use crate::kernel::version::Expected;
use crate::publications::dto::{EditorPublication, PublicationCreate};
use crate::publications::revision::{differences, lacking, merged};
use crate::publications::rules::{self, Publication, Refused};
use crate::publications::service::{self as publications, Edited};
use crate::publications::{subject, within};

/// Patches the text in force and publishes that now. The newest save, if it is another one, gets the same changes where nothing collides, as a save of its own
/// that what follows it takes. What changes nothing is neither saved nor published.
///
/// # Errors
/// 404, 412, 409 `not_live`, `starting`, `embargoed` or `trashed`, 422.
pub async fn amend(
    db: &Db,
    site: &Site,
    caller: &Caller,
    id: ArticleId,
    expected: Expected,
    given: Checked<Amendment>,
    keyed: Option<Keyed<Amended>>,
) -> Result<Once<Amended>> {
    let Checked { value: amendment, mut mistakes } = given;
    let create = PublicationCreate { minor: amendment.minor, override_embargo: amendment.override_embargo, ..PublicationCreate::default() };
    let patch = ArticlePatch::from(amendment);
    let bodies = Foreseen::render(foresee(db, id, &patch).await?, site.embed_hosts.clone(), &mut mistakes).await?;
    let caller = caller.clone();
    idempotency::write(db, keyed.filter(|_| mistakes.is_empty()), move |tx| {
        let edited = open(tx, &caller, id, &expected)?;
        write(tx, &caller, edited, Wanted { patch: &patch, create: &create, bodies: &bodies }, mistakes.clone())
    })
    .await
}

const UNDONE_AT_ONCE: &str = "The next publication of the article starts within a second, takes nothing more, and would undo this. Amend what it shows once it has begun.";

/// What an amendment makes, and the bodies that were rendered for it.
struct Wanted<'a> {
    patch: &'a ArticlePatch,
    create: &'a PublicationCreate,
    bodies: &'a Foreseen,
}

fn write(tx: &mut Tx<'_>, caller: &Caller, mut edited: Edited, wanted: Wanted<'_>, mut mistakes: Mistakes) -> Result<Amended> {
    let (id, version, before) = (edited.subject.id, edited.subject.version, edited.history.clone());
    let newest = edited.subject.newest_revision;
    let in_force = rules::in_force(&before, edited.now).ok_or(Refused::NotLive)?;
    let (live, publication_id) = (in_force.revision, in_force.id);
    let (texts, draft) = Texts::of(tx.conn(), id, (live, edited.subject.newest_revision), wanted.patch, &mut mistakes)?;
    let refs = draft.resolve(tx.conn(), &mut mistakes)?;
    let amended = draft.content(draft.slug.clone().unwrap_or_default(), refs);
    if differences(&texts.live, &amended).is_empty() {
        mistakes.finish()?;
        return amended_as_seen(tx, caller, edited, publication_id, Vec::new());
    }
    advance(tx, &mut edited, &amended)?;
    let create = PublicationCreate { revision: Some(edited.subject.newest_revision), ..wanted.create.clone() };
    let publication_id = published(tx, caller, &mut edited, &create, mistakes)?;
    if rules::is_followed_at_once(&edited.history, publication_id, edited.now) {
        return Err(Problem::new(Code::Starting, UNDONE_AT_ONCE));
    }
    let already: Vec<CategoryId> =
        texts.live.categories().into_iter().chain(texts.rewritten.iter().flat_map(Content::categories)).collect();
    within::require_further(tx, caller, &amended.refs.further_categories, &already)?;
    let about = About { note: draft.note.as_deref(), restored_from: None };
    write_revision(tx, caller, &edited, (&amended, &wanted.bodies.body(&source_of(&amended))?, about), Vec::new())?;
    let mut collisions = Vec::new();
    if let Some(present) = &texts.rewritten {
        let (rewritten, left) = merged(&texts.live, &amended, present);
        collisions = left;
        advance(tx, &mut edited, &rewritten)?;
        write_revision(tx, caller, &edited, (&rewritten, &wanted.bodies.body(&source_of(&rewritten))?, about), Vec::new())?;
        publications::follow_unseen(tx, &mut edited, newest)?;
    } else {
        publications::follow(tx, &mut edited)?;
    }
    subject::update(tx.conn(), &edited.subject)?;
    let amending = told::Amending {
        live: &texts.live,
        live_revision: live,
        amended: &amended,
        revision: create.revision.unwrap_or_default(),
        publication_id,
        collisions: &collisions,
    };
    told::record_amended(tx, &caller.into(), &edited.subject, version, &amending)?;
    publications::close(tx, &caller.into(), &mut edited, &before)?;
    let undone_by = undone_by(tx.conn(), &edited, &texts.live, &amended)?;
    Ok(Amended { undone_by, ..amended_as_seen(tx, caller, edited, publication_id, collisions)? })
}

fn published(
    tx: &mut Tx<'_>,
    caller: &Caller,
    edited: &mut Edited,
    create: &PublicationCreate,
    mut mistakes: Mistakes,
) -> Result<PublicationId> {
    let created = publications::create_in(tx, edited, caller, create, &mut mistakes)?;
    mistakes.finish()?;
    created.map(|(id, _)| id).ok_or_else(|| Problem::internal("an amendment without mistakes was not published"))
}

fn amended_as_seen(tx: &mut Tx<'_>, caller: &Caller, edited: Edited, id: PublicationId, collisions: Vec<String>) -> Result<Amended> {
    let publication = edited.history.iter().find(|p| p.id == id).ok_or_else(Problem::not_found)?;
    let publication = EditorPublication::new(publication, edited.subject.newest_revision, edited.now);
    let article = seen::article(tx.conn(), &edited.subject, edited.history, edited.now, caller.user_id)?;
    Ok(Amended { article, publication, collisions, undone_by: Vec::new() })
}

/// What is scheduled without the amendment: bound to another save, or following one that has those fields otherwise.
fn undone_by(connection: &mut AnyConnection, edited: &Edited, live: &Content, amended: &Content) -> Result<Vec<Undoing>> {
    let fields = differences(live, amended);
    let lacking = lacking(connection, &edited.history, edited.now, amended, &fields)?;
    let undoing = lacking.into_iter().map(|(at, fields)| {
        let Publication { id, publish_at, revision, .. } = edited.history[at];
        Undoing { publication_id: id, publish_at, revision, fields }
    });
    Ok(undoing.collect())
}

/// The text in force, and the newest save where that is another one.
struct Texts {
    live: Content,
    rewritten: Option<Content>,
}

impl Texts {
    /// By their numbers, with what the patch makes of the first one.
    fn of(
        connection: &mut AnyConnection,
        id: ArticleId,
        (live, newest): (i64, i64),
        patch: &ArticlePatch,
        mistakes: &mut Mistakes,
    ) -> Result<(Self, Draft)> {
        let mut read = |number| Ok::<_, Problem>(store::revision(connection, id, number)?.ok_or_else(Problem::not_found)?.content);
        let rewritten = (newest != live).then(|| read(newest)).transpose()?;
        let live = read(live)?;
        let names = store::slugs_of(connection, &live.refs)?;
        let draft = Draft::patched(&live, names, patch, mistakes)?;
        Ok((Self { live, rewritten }, draft))
    }
}

fn source_of(content: &Content) -> BodySource {
    BodySource { format: seen::format(&content.format), source: content.source.clone() }
}

/// The bodies that the write will need, as far as can be told before it.
async fn foresee(db: &Db, id: ArticleId, patch: &ArticlePatch) -> Result<Vec<BodySource>> {
    let patch = patch.clone();
    db.read(db.at_present(move |connection, now| {
        let subject = subject::find(connection, id)?.ok_or_else(Problem::not_found)?;
        let history = publications::history(connection, id)?;
        let Some(live) = rules::in_force(&history, now) else { return Ok(Vec::new()) };
        let numbers = (live.revision, subject.newest_revision);
        let (texts, draft) = Texts::of(connection, id, numbers, &patch, &mut Mistakes::default())?;
        let body = draft.body;
        let mut sources = vec![body.clone()];
        if let Some(newest) = &texts.rewritten {
            let amended = Content { format: body.format.name().to_owned(), source: body.source.clone(), ..texts.live.clone() };
            let rewritten = source_of(&merged(&texts.live, &amended, newest).0);
            sources.extend((rewritten != body).then_some(rewritten));
        }
        Ok(sources)
    }))
    .await
}
