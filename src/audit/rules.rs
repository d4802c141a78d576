//! What the audit log can say was done: a closed list, which the API document shows.

/// An action, and what it means.
pub struct Action(pub &'static str, pub &'static str);

/// Every action. Its name begins with the kind of what it is done to.
#[rustfmt::skip]
pub const ACTIONS: &[Action] = &[
    Action("article.created",              "the first save of an article or page"),
    Action("article.saved",                "a further save; of the restored revision where `restored_from` is set"),
    Action("article.amended",              "what is live was mended and published"),
    Action("article.unpublished",          "taken down"),
    Action("article.trashed",              "put into the trash"),
    Action("article.restored",             "taken out of the trash"),
    Action("article.purged",               "taken out of the world, with its revisions, publications and slugs"),
    Action("article.pruned",               "revisions that nobody needed any more were deleted, as REVISIONS_KEPT_DAYS says"),
    Action("publication.created",          "published or scheduled"),
    Action("publication.updated",          "changed, also by a save that it follows"),
    Action("publication.deleted",          "called off"),
    Action("correction.created",           "made, to begin now or later"),
    Action("correction.updated",           "changed before it began"),
    Action("correction.deleted",           "deleted before it began"),
    Action("correction.retracted",         "taken back after it had begun"),
    Action("curated_list.created",         "made, with its first edition"),
    Action("curated_list.updated",         "another name or slug"),
    Action("curated_list.edition_added",   "it shows something else from an instant on"),
    Action("curated_list.edition_updated", "changed before it began"),
    Action("curated_list.edition_deleted", "called off before it began"),
    Action("curated_list.deleted",         "deleted with all its editions"),
    Action("release.created",              "made"),
    Action("release.updated",              "another name or date; what moved with it is told of each publication"),
    Action("release.publication_added",    "a publication belongs to it"),
    Action("release.publication_removed",  "a publication does so no longer"),
    Action("release.cancelled",            "called off with all its publications"),
    Action("category.created",             "made"),
    Action("category.updated",             "changed"),
    Action("category.moved",               "put elsewhere in the tree"),
    Action("category.deleted",             "deleted; where its articles went says `reassign_to`"),
    Action("tag.created",                  "made"),
    Action("tag.updated",                  "changed"),
    Action("tag.merged",                   "merged into the one that `reassign_to` names"),
    Action("tag.deleted",                  "deleted"),
    Action("author.created",               "made"),
    Action("author.updated",               "changed"),
    Action("author.merged",                "merged into the one that `reassign_to` names"),
    Action("author.deleted",               "deleted"),
    Action("preview_link.created",         "made"),
    Action("preview_link.revoked",         "revoked"),
    Action("redirect.created",             "made"),
    Action("redirect.deleted",             "deleted"),
    Action("api_key.created",              "made"),
    Action("api_key.updated",              "another name, other scopes or categories or another end"),
    Action("api_key.rotated",              "another secret"),
    Action("api_key.revoked",              "revoked"),
    Action("calendar_subscription.created", "made"),
    Action("calendar_subscription.revoked", "revoked"),
    Action("user.created",                 "added"),
    Action("user.updated",                 "name, role, the categories that they are limited to, or whether they may log in; what was ended and revoked with that, by number"),
    Action("user.password_changed",        "by themselves or by the command; `sessions_ended` says of how many other sessions"),
    Action("user.sessions_ended",          "all their sessions were ended, perhaps but for the one that did so"),
    Action("session.started",              "a login"),
    Action("session.ended",                "a logout, or ended by its user or an admin"),
    Action("session.refresh_token_reused", "a refresh token was used again, so that the session was ended"),
    Action("keys.rotated",                 "another key signs access tokens"),
];

/// Whether there is an action of this name.
pub fn is_known(name: &str) -> bool {
    ACTIONS.iter().any(|action| action.0 == name)
}

/// The kind of what an action is done to.
fn kind(name: &'static str) -> &'static str {
    name.split_once('.').map_or(name, |(kind, _)| kind)
}

/// Every kind of thing that something can be done to, each once.
pub fn kinds() -> Vec<&'static str> {
    let mut kinds: Vec<&'static str> = ACTIONS.iter().map(|action| kind(action.0)).collect();
    kinds.dedup();
    kinds
}

/// The actions in Markdown, a row for each.
pub fn table() -> String {
    let rows = ACTIONS.iter().map(|Action(name, meaning)| format!("\n| `{name}` | {meaning} |"));
    format!("| action | what was done |\n| --- | --- |{}", rows.collect::<String>())
}
