//! Help for a change that came too late, on the wire: the member `merge` of a problem, which `http/openapi` describes.

use serde::Serialize;
use serde_json::{Map, Value};

use super::history::RevisionContent;

/// What a change was based on, what became of that, and both changes together.
#[derive(Clone, Debug, Serialize)]
pub struct MergePreview {
    /// The save that the change is based on: the newest one at the version that `If-Match` names.
    pub base: RevisionContent,
    /// The newest save.
    pub theirs: RevisionContent,
    /// What was sent, on top of `base`.
    pub yours: RevisionContent,
    /// Both together, as the operation takes it that something was sent to: each field as the side has it that changed it; of `conflicts` as in `theirs`.
    pub merged: Map<String, Value>,
    /// The names of the fields that both sides changed, and not alike.
    pub conflicts: Vec<String>,
}
