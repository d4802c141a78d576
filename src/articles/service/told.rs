//! What the audit log tells of articles: version, revision, title, slug, category, embargo and translations, and of all else only which fields changed. The revisions have the rest.

use serde_json::{Value, json};

use super::Written;
use crate::articles::store::{self, Content};
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::{Result, Tx};
use crate::kernel::id::{ArticleId, PublicationId};
use crate::kernel::instant::Instant;
use crate::publications::revision::differences;
use crate::publications::subject::Subject;

fn target(id: ArticleId) -> Target {
    Target { kind: "article", id: id.uuid() }
}

fn told(content: &Content) -> Value {
    json!({ "title": content.title, "slug": content.slug, "category_id": content.category_id })
}

/// The same with the embargo and the group of translations, which are of the article and not of a save.
fn told_whole(content: &Content, (embargo_until, embargo_note): (Option<Instant>, Option<&str>), group: Option<ArticleId>) -> Value {
    let mut told = told(content);
    let more = [("embargo_until", json!(embargo_until)), ("embargo_note", json!(embargo_note)), ("translation_group", json!(group))];
    add(&mut told, more);
    told
}

fn add<const N: usize>(told: &mut Value, more: [(&str, Value); N]) {
    if let Value::Object(members) = told {
        members.extend(more.map(|(name, value)| (name.to_owned(), value)));
    }
}

/// Records a save: the first one, or what it changed.
pub(super) fn record_save(tx: &mut Tx<'_>, actor: &Actor, subject: &Subject, written: &Written<'_>) -> Result<()> {
    let (version, revision) = (subject.version, subject.newest_revision);
    let present = told_whole(written.content, (subject.embargo_until, subject.embargo_note.as_deref()), subject.translation_group);
    let Some(former) = written.former else {
        let change = Change::made(present).with("kind", subject.kind.as_str()).with("locale", subject.locale.as_str());
        return record(tx, actor, "article.created", target(subject.id), change.with("version", version).with("revision", revision));
    };
    let before = told_whole(&former.content, (former.embargo_until, former.embargo_note.as_deref()), former.translation_group);
    let mut change = Change::between(before, present, &[]);
    if let Some(before) = &mut change.before {
        add(before, [("version", json!(version - 1)), ("revision", json!(revision - 1))]);
    }
    change =
        change.with("version", version).with("revision", revision).with("changed_fields", differences(&former.content, written.content));
    if let Some(number) = written.about.restored_from {
        change = change.with("restored_from", number);
    }
    record(tx, actor, "article.saved", target(subject.id), change)
}

/// An amendment of the text in force.
pub(super) struct Amending<'a> {
    /// The text in force.
    pub(super) live: &'a Content,
    /// The number of its revision.
    pub(super) live_revision: i64,
    /// What it became.
    pub(super) amended: &'a Content,
    /// The number of that revision.
    pub(super) revision: i64,
    /// The publication of it.
    pub(super) publication_id: PublicationId,
    /// The fields in which the newest save stays as it was.
    pub(super) collisions: &'a [String],
}

/// Records an amendment; `subject` is the article as it is afterwards, `version` what it was before.
pub(super) fn record_amended(tx: &mut Tx<'_>, actor: &Actor, subject: &Subject, version: i64, amending: &Amending<'_>) -> Result<()> {
    let mut change = Change::between(told(amending.live), told(amending.amended), &[]);
    if let Some(before) = &mut change.before {
        add(before, [("version", json!(version)), ("revision", json!(amending.live_revision))]);
    }
    let change = change
        .with("version", subject.version)
        .with("revision", amending.revision)
        .with("publication_id", amending.publication_id.to_string())
        .with("changed_fields", differences(amending.live, amending.amended))
        .with("collisions", amending.collisions.to_vec());
    record(tx, actor, "article.amended", target(subject.id), change)
}

/// Records that it went into the trash or came out of it, which makes a version of it.
pub(super) fn record_moved(tx: &mut Tx<'_>, actor: &Actor, action: &'static str, subject: &Subject) -> Result<()> {
    let change = Change::between(json!({ "version": subject.version - 1 }), json!({ "version": subject.version }), &[]);
    record(tx, actor, action, target(subject.id), change)
}

/// Records that it is taken out of the world, before it is: the log alone knows then what it was called. `kept_days` is how long the trash was to keep it.
pub(super) fn record_purged(tx: &mut Tx<'_>, actor: &Actor, subject: &Subject, kept_days: Option<u32>) -> Result<()> {
    let newest = store::revision(tx.conn(), subject.id, subject.newest_revision)?;
    let mut before = newest.map_or_else(|| json!({}), |newest| told(&newest.content));
    add(&mut before, [("version", json!(subject.version)), ("revision", json!(subject.newest_revision))]);
    let change = Change::removed(before);
    let change = if let Some(days) = kept_days { change.with("trash_kept_days", days) } else { change };
    record(tx, actor, "article.purged", target(subject.id), change)
}

/// Records which revisions nobody needed any more, so many days after they were saved.
pub(super) fn record_pruned(tx: &mut Tx<'_>, actor: &Actor, id: ArticleId, numbers: &[i64], kept_days: u32) -> Result<()> {
    let change = Change::removed(json!({ "revisions": numbers })).with("revisions_kept_days", kept_days);
    record(tx, actor, "article.pruned", target(id), change)
}
