//! Help for a change that came too late: what it was based on, what others saved since, and both together where they do not collide.

use serde_json::{Map, Value, json};

use super::versions::save_at;
use crate::articles::dto::autosave::Sent;
use crate::articles::dto::history::RevisionContent;
use crate::articles::dto::merge::MergePreview;
use crate::articles::save::Draft;
use crate::articles::seen;
use crate::articles::store::{self, Content, RefSlugs};
use crate::db::{AnyConnection, Db};
use crate::kernel::id::ArticleId;
use crate::kernel::mistakes::Mistakes;
use crate::kernel::problem::{Problem, Result};
use crate::kernel::version::Expected;
use crate::publications::revision;
use crate::publications::subject::{self, Subject};

/// A refusal of a stale change with `merge` in it. As it is where nothing helps: the version was never one, its save is kept no more, or what was sent has mistakes.
pub async fn help(db: &Db, id: ArticleId, expected: &Expected, sent: Sent, stale: Problem) -> Problem {
    let expected = expected.clone();
    let merge = db.read_long(move |connection| preview(connection, id, &expected, &sent)).await;
    match merge.map(|merge| merge.and_then(|merge| serde_json::to_value(merge).ok())) {
        Ok(Some(merge)) => stale.with("merge", merge),
        _ => stale,
    }
}

fn preview(connection: &mut AnyConnection, id: ArticleId, expected: &Expected, sent: &Sent) -> Result<Option<MergePreview>> {
    let Some(subject) = subject::find(connection, id)? else { return Ok(None) };
    let base = expected.base(subject.version.unsigned_abs())?.and_then(|base| i64::try_from(base).ok());
    let Some(base) = base.map(|base| save_at(connection, &subject, base)).transpose()?.flatten() else { return Ok(None) };
    let newest = store::revision(connection, id, subject.newest_revision)?.ok_or_else(Problem::not_found)?.content;
    let mut mistakes = Mistakes::default();
    let draft = drafted(connection, &base, sent, &mut mistakes)?;
    let refs = draft.resolve(connection, &mut mistakes)?;
    if !mistakes.is_empty() {
        return Ok(None);
    }
    let yours = draft.content(draft.slug.clone().unwrap_or_else(|| base.slug.clone()), refs);
    let (merged, conflicts) = revision::merged(&base, &yours, &newest);
    let slugs = RefSlugs::load(connection, &[&base, &newest, &yours, &merged].map(|content| content.refs.clone()))?;
    let told = |content: Content| {
        let slugs = slugs.of(&content.refs);
        seen::history::content(content, slugs)
    };
    let (base, theirs, yours) = (told(base)?, told(newest)?, told(yours)?);
    let mut merged = told(merged)?.members()?;
    fit(&mut merged, &theirs, &subject, sent);
    Ok(Some(MergePreview { base, theirs, yours, merged, conflicts }))
}

/// What was sent, as all of an article's content.
fn drafted(connection: &mut AnyConnection, ground: &Content, sent: &Sent, mistakes: &mut Mistakes) -> Result<Draft> {
    match sent {
        Sent::Whole(whole) => Draft::whole(whole, mistakes),
        Sent::Patch(patch) => Draft::patched(ground, store::slugs_of(connection, &ground.refs)?, patch, mistakes),
    }
}

/// Makes it what the operation takes that something was sent to.
fn fit(merged: &mut Map<String, Value>, theirs: &RevisionContent, subject: &Subject, sent: &Sent) {
    match sent {
        Sent::Whole(_) => {
            merged.insert("kind".to_owned(), json!(subject.kind));
            merged.insert("locale".to_owned(), json!(subject.locale));
        }
        Sent::Patch(_) => {
            if let (Some(Value::Object(custom)), Some(present)) = (merged.get_mut("custom"), &theirs.custom) {
                *custom = patch_between(present, custom);
            }
        }
    }
}

/// A merge patch (RFC 7396) that makes `to` of `from`. What is the same stands in it as well, unless it holds a null, which would take it away.
fn patch_between(from: &Map<String, Value>, to: &Map<String, Value>) -> Map<String, Value> {
    let mut patch = Map::new();
    for (name, value) in to {
        match (from.get(name), value) {
            (Some(was), _) if was == value && has_null(value) => continue,
            (Some(Value::Object(was)), Value::Object(is)) => patch.insert(name.clone(), Value::Object(patch_between(was, is))),
            _ => patch.insert(name.clone(), value.clone()),
        };
    }
    let gone = from.keys().filter(|name| !to.contains_key(*name));
    patch.extend(gone.map(|name| (name.clone(), Value::Null)));
    patch
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().any(has_null),
        // A patch takes arrays as they are.
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        if let Value::Object(members) = value { members } else { Map::new() }
    }

    #[test]
    fn a_patch_between_two_takes_away_what_is_gone_and_leaves_nulls_alone() {
        let from = object(json!({ "same": { "x": null }, "gone": 1, "kept": [null], "in": { "a": 1, "b": 2 } }));
        let to = object(json!({ "same": { "x": null }, "kept": [null], "in": { "a": 3 }, "new": "n" }));
        let patch = Value::Object(patch_between(&from, &to));
        assert_eq!(patch, json!({ "gone": null, "kept": [null], "in": { "a": 3, "b": null }, "new": "n" }));
    }
}
