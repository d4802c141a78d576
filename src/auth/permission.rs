//! Who may do what: one table. The API document shows it.

use crate::kernel::caller::{Caller, Role};
use crate::kernel::problem::{Code, Problem, Result};

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read articles, their history and their publications; create, save and trash them; authors their own.
    WriteArticles,
    /// Take what is in the trash out of the world: `purge=true` of an operation that others may call without it.
    Purge,
    /// Decide on dates: publish, schedule, take down.
    Publish,
    /// Decide on dates of several articles at once.
    Release,
    /// Look at the site as of any instant, and let others look.
    Preview,
    /// Read categories as editors see them.
    ReadCategories,
    /// Change categories.
    ChangeCategories,
    /// Manage users and their sessions.
    ManageUsers,
    /// Look after one's own password and sessions.
    OwnAccount,
    /// Read who did what.
    ReadAuditLog,
}

/// The least role for each action, and the operations that it covers.
pub const TABLE: &[(Action, Role, &[&str])] = &[
    (
        Action::WriteArticles,
        Role::Author,
        &[
            "createArticle",
            "listEditorArticles",
            "getEditorArticle",
            "replaceArticle",
            "updateArticle",
            "deleteArticle",
            "restoreArticle",
            "getAutosave",
            "deleteAutosave",
            "getArticleVisibility",
            "listArticlePublications",
            "getPublication",
            "listRevisions",
            "getRevision",
            "diffRevision",
            "restoreRevision",
        ],
    ),
    (
        Action::Publish,
        Role::Editor,
        &["createPublication", "updatePublication", "deletePublication", "listPublications", "unpublishArticle", "amendArticle"],
    ),
    (
        Action::Release,
        Role::Editor,
        &[
            "createRelease",
            "listReleases",
            "getRelease",
            "updateRelease",
            "deleteRelease",
            "addReleasePublication",
            "removeReleasePublication",
        ],
    ),
    (Action::Purge, Role::Admin, &[]),
    (
        Action::Preview,
        Role::Editor,
        &[
            "createPreviewLink",
            "listPreviewLinks",
            "getPreviewLink",
            "deletePreviewLink",
            "previewListArticles",
            "previewGetArticle",
            "previewListPublicationDates",
            "previewListCategories",
            "previewGetCategory",
            "previewGetSite",
        ],
    ),
    (Action::ReadCategories, Role::Author, &["listEditorCategories", "getEditorCategory"]),
    (Action::ChangeCategories, Role::Editor, &["createCategory", "replaceCategory", "updateCategory", "deleteCategory"]),
    (
        Action::ManageUsers,
        Role::Admin,
        &["createUser", "listUsers", "getUser", "updateUser", "listUserSessions", "endUserSession", "endUserSessions"],
    ),
    (Action::OwnAccount, Role::Author, &["changePassword", "listSessions", "endSession", "endSessions"]),
    (Action::ReadAuditLog, Role::Admin, &["listAuditLog", "exportAuditLog"]),
];

/// The table in Markdown: a row for each operation, a column for each role.
pub fn table() -> String {
    let roles = [Role::Author, Role::Editor, Role::Admin];
    let mut table = String::from("| operation | author | editor | admin |\n| --- | --- | --- | --- |");
    for (_, least, operations) in TABLE {
        let may = roles.map(|role| if role >= *least { " yes |" } else { " |" }).concat();
        for operation in *operations {
            table.push_str(&format!("\n| {operation} |{may}"));
        }
    }
    table.push_str(
        "\n\nAuthors see and change the articles that they began, see when those are published, and publish none. Only admins purge. Whoever has a preview link sees \
         what it shows, whoever they are.",
    );
    table
}

/// The least role that an action takes.
pub fn least(action: Action) -> Role {
    TABLE.iter().find(|(other, ..)| *other == action).map_or(Role::Admin, |(_, role, _)| *role)
}

/// Lets the caller pass if their role allows the action.
///
/// # Errors
/// `forbidden` (403).
pub fn require(caller: &Caller, action: Action) -> Result<()> {
    let least = least(action);
    if caller.role >= least {
        return Ok(());
    }
    Err(Problem::new(Code::Forbidden, format!("This takes the role {} or a higher one; yours is {}.", least.name(), caller.role.name())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_row_and_every_operation_one_action() {
        let mut operations: Vec<&str> = TABLE.iter().flat_map(|(_, _, operations)| operations.iter().copied()).collect();
        let count = operations.len();
        operations.sort_unstable();
        operations.dedup();
        assert_eq!(operations.len(), count);
        for action in [
            Action::WriteArticles,
            Action::Purge,
            Action::Publish,
            Action::Release,
            Action::Preview,
            Action::ReadCategories,
            Action::ChangeCategories,
            Action::ManageUsers,
            Action::OwnAccount,
            Action::ReadAuditLog,
        ] {
            assert_eq!(TABLE.iter().filter(|(other, ..)| *other == action).count(), 1, "{action:?}");
        }
    }
}
