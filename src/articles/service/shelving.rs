//! Putting an article elsewhere without touching its text: into other categories, or under other tags. A save like any other, but that the body stays as it is
//! rendered, and what somebody keeps beside the saves stays theirs.

use super::{Autosave, Followers, Saved, open, present, save};
use crate::articles::dto::{ArticlePatch, EditorArticle};
use crate::articles::save::Draft;
use crate::articles::{seen, store};
use crate::db::{AnyConnection, Tx};
use crate::kernel::caller::Caller;
use crate::kernel::id::{ArticleId, CategoryId};
use crate::kernel::mistakes::Mistakes;
use crate::kernel::patch::Patch;
use crate::kernel::problem::Result;
use crate::kernel::refs::Refs;
use crate::kernel::version::Expected;

/// The most tags that an article has.
const MOST_TAGS: usize = 50;

/// Where an article is put.
#[derive(Clone, Debug)]
pub enum Shelving {
    /// Into these categories; what is absent stays.
    Move {
        /// The main one.
        main: Patch<CategoryId>,
        /// The further ones.
        further: Patch<Vec<CategoryId>>,
    },
    /// Under exactly these tags, by their slugs.
    Tagged(Vec<String>),
    /// Under more tags, or fewer.
    Retagged {
        /// Slugs of those that it gets.
        add: Vec<String>,
        /// Slugs of those that it loses.
        remove: Vec<String>,
    },
}

/// Puts it there, unless it lies there already.
///
/// # Errors
/// 404, 412, 409 `trashed`; 422 for an unknown category or tag, or too many tags.
pub fn shelve_in(tx: &mut Tx<'_>, caller: &Caller, id: ArticleId, expected: &Expected, shelving: &Shelving) -> Result<EditorArticle> {
    let edited = open(tx, caller, id, expected)?;
    let former = present(tx, &edited.subject)?;
    let names = store::slugs_of(tx.conn(), &former.content.refs)?;
    let mut mistakes = Mistakes::default();
    let patch = patch(tx.conn(), &names.0, shelving, &mut mistakes)?;
    let draft = Draft::patched(&former.content, names, &patch, &mut mistakes)?;
    let refs = draft.resolve(tx.conn(), &mut mistakes)?;
    mistakes.finish()?;
    let slug = former.content.slug.clone();
    if draft.content(slug.clone(), refs) == former.content {
        return Ok(seen::article(tx.conn(), &edited.subject, edited.history, edited.now, caller.user_id)?);
    }
    let body = store::rendered(tx.conn(), id, edited.subject.newest_revision)?;
    let saved = Saved { former: &former, draft: &draft, slug, publish: None, autosave: Autosave::Stays, followers: Followers::Approved };
    save(tx, caller, edited, saved, mistakes, |_| Ok(body))
}

/// The change as one of the article. `present` are the slugs of its tags.
fn patch(connection: &mut AnyConnection, present: &[String], shelving: &Shelving, mistakes: &mut Mistakes) -> Result<ArticlePatch> {
    Ok(match shelving {
        Shelving::Move { main, further } => {
            ArticlePatch { category_id: main.clone(), further_category_ids: further.clone(), ..ArticlePatch::default() }
        }
        Shelving::Tagged(tags) => ArticlePatch { tags: Patch::Value(tags.clone()), ..ArticlePatch::default() },
        Shelving::Retagged { add, remove } => {
            let [add, remove] = present_slugs(connection, [("add", add), ("remove", remove)], mistakes)?;
            let kept = present.iter().filter(|slug| !remove.contains(slug) && !add.contains(slug));
            let tags: Vec<String> = kept.chain(&add).cloned().collect();
            if tags.len() > MOST_TAGS {
                let detail = format!("the article would have {} tags; {MOST_TAGS} are the most", tags.len());
                mistakes.note("/add", "too_long", detail);
            }
            let tags = if mistakes.is_empty() { Patch::Value(tags) } else { Patch::Absent };
            ArticlePatch { tags, ..ArticlePatch::default() }
        }
    })
}

/// What the tags are called now, which may be given by slugs that they had before.
fn present_slugs(connection: &mut AnyConnection, given: [(&str, &Vec<String>); 2], mistakes: &mut Mistakes) -> Result<[Vec<String>; 2]> {
    let all: Vec<String> = given.iter().flat_map(|(_, slugs)| slugs.iter().cloned()).collect();
    let known = store::Known::find(connection, &[], &all, &[])?.tags;
    let mut present = [Vec::new(), Vec::new()];
    for ((member, slugs), present) in given.into_iter().zip(&mut present) {
        let id_of = |slug: &String| known.iter().find(|(other, _)| other == slug).map(|(_, id)| *id);
        for (at, _) in slugs.iter().enumerate().filter(|(_, slug)| id_of(slug).is_none()) {
            mistakes.note(format!("/{member}/{at}"), "unknown", "there is no tag with this slug");
        }
        let refs = Refs { tags: slugs.iter().filter_map(id_of).collect(), ..Refs::default() };
        *present = store::slugs_of(connection, &refs)?.0;
    }
    Ok(present)
}
