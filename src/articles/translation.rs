//! Which articles are translations of each other: a group, which an article joins and leaves. It is of the article and not of one of its saves.

use crate::db::Tx;
use crate::db::dialect;
use crate::kernel::caller::Caller;
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::Mistakes;
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::service::Edited;
use crate::publications::subject::{self, Subject};

/// What a save says of it: the article that it is a translation of; `null` = of none any more.
#[derive(Clone, Debug, Default)]
pub struct TranslationOf(pub Patch<ArticleId>);

impl TranslationOf {
    /// Joins the group of that article, or leaves the one that it is in: in memory, but for the other article, which is in a group from now on.
    ///
    /// # Errors
    /// 409 `translation_taken` if the group has one in this language.
    pub fn set(&self, tx: &mut Tx<'_>, caller: &Caller, edited: &mut Edited, mistakes: &mut Mistakes) -> Result<()> {
        match &self.0 {
            Patch::Absent => Ok(()),
            Patch::Null => {
                edited.subject.translation_group = None;
                Ok(())
            }
            Patch::Value(other) => {
                // Of several that join at once each sees the others.
                dialect::lock_name(tx.conn(), "translations")?;
                match original(tx, caller, &edited.subject, *other)? {
                    Some(other) => join(tx, &mut edited.subject, &other, mistakes),
                    None => {
                        mistakes.note("/translation_of", "unknown", "there is no such other article, or it is in the trash");
                        Ok(())
                    }
                }
            }
        }
    }
}

/// Another article that the caller may see.
fn original(tx: &mut Tx<'_>, caller: &Caller, subject: &Subject, other: ArticleId) -> Result<Option<Subject>> {
    let other = if other == subject.id { None } else { subject::find(tx.conn(), other)? };
    Ok(other.filter(|other| other.is_seen_by(caller) && other.trashed_at.is_none()))
}

fn join(tx: &mut Tx<'_>, subject: &mut Subject, other: &Subject, mistakes: &mut Mistakes) -> Result<()> {
    if other.kind != subject.kind {
        mistakes.note("/translation_of", "other_kind", format!("it is of the kind `{}`, and this one `{}`", other.kind, subject.kind));
        return Ok(());
    }
    let group = other.translation_group.unwrap_or(other.id);
    let holder = subject::translation(tx.conn(), group, &subject.locale)?;
    if other.locale == subject.locale || holder.is_some_and(|holder| holder != subject.id) {
        let detail = format!(
            "There is a translation of that article in `{}` already. Change that one, or let it leave by `translation_of: null`.",
            subject.locale
        );
        mistakes.take(Err::<(), _>(Problem::new(Code::TranslationTaken, detail)))?;
        return Ok(());
    }
    if other.translation_group.is_none() {
        subject::found_translations(tx.conn(), other.id)?;
    }
    subject.translation_group = Some(group);
    Ok(())
}
