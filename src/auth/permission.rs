//! Who may do what: one table. The API document shows it.

use crate::kernel::caller::{Caller, Rights, Role, Scope};
use crate::kernel::problem::{Code, Problem, Result};

/// What can be allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read articles and their history; authors their own.
    ReadArticles,
    /// Read when articles are published; authors their own.
    ReadPublications,
    /// Read what is published when, of all articles.
    ReadCalendar,
    /// Let calendar programs read what will be published and taken down when.
    ShareCalendar,
    /// Create, save and trash articles; authors their own.
    WriteArticles,
    /// Take what is in the trash out of the world: `purge=true` of an operation that others may call without it.
    Purge,
    /// Change many articles at once, each as they may change it alone.
    Bulk,
    /// Decide on dates: publish, schedule, take down.
    Publish,
    /// Read what several articles will do at once.
    ReadReleases,
    /// Decide on dates of several articles at once.
    Release,
    /// Read curated lists as editors see them.
    ReadCuratedLists,
    /// Decide what curated lists show, and from when on.
    Curate,
    /// Look at the site as of any instant.
    Preview,
    /// Let others look at it.
    SharePreview,
    /// Read categories as editors see them.
    ReadCategories,
    /// Change categories.
    ChangeCategories,
    /// Read tags and authors as editors see them.
    ReadTerms,
    /// Change tags and authors.
    ChangeTerms,
    /// Make and delete redirects.
    ChangeRedirects,
    /// Manage users and their sessions.
    ManageUsers,
    /// Manage API keys.
    ManageKeys,
    /// Look after one's own password and sessions.
    OwnAccount,
    /// Read who did what.
    ReadAuditLog,
}

/// For each action the least role, the scopes of which a key needs one (with none of them it is for people alone), and the operations that it covers.
pub const TABLE: &[(Action, Role, &[Scope], &[&str])] = &[
    // Every save answers with the article: whoever may write it reads it.
    (
        Action::ReadArticles,
        Role::Author,
        &[Scope::ArticlesRead, Scope::ArticlesWrite],
        &["listEditorArticles", "getEditorArticle", "listTranslations", "listRevisions", "getRevision", "diffRevision"],
    ),
    (
        Action::WriteArticles,
        Role::Author,
        &[Scope::ArticlesWrite],
        &[
            "createArticle",
            "replaceArticle",
            "updateArticle",
            "deleteArticle",
            "restoreArticle",
            "restoreRevision",
            "getAutosave",
            "deleteAutosave",
        ],
    ),
    (Action::Purge, Role::Admin, &[Scope::Admin], &[]),
    (
        Action::ReadPublications,
        Role::Author,
        &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::PublicationsWrite],
        &["getArticleVisibility", "listArticlePublications", "getPublication", "listArticleCorrections", "getCorrection"],
    ),
    (Action::ReadCalendar, Role::Editor, &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::PublicationsWrite], &["listPublications"]),
    (
        Action::ShareCalendar,
        Role::Editor,
        &[],
        &[
            "getCalendar",
            "createCalendarSubscription",
            "listCalendarSubscriptions",
            "getCalendarSubscription",
            "deleteCalendarSubscription",
        ],
    ),
    (
        Action::Publish,
        Role::Editor,
        &[Scope::PublicationsWrite],
        &[
            "createPublication",
            "updatePublication",
            "deletePublication",
            "unpublishArticle",
            "amendArticle",
            "createCorrection",
            "updateCorrection",
            "deleteCorrection",
        ],
    ),
    // Each of its operations takes the right that it takes alone.
    (Action::Bulk, Role::Author, &[Scope::ArticlesWrite, Scope::PublicationsWrite], &["bulk"]),
    (
        Action::ReadReleases,
        Role::Editor,
        &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::PublicationsWrite],
        &["listReleases", "getRelease"],
    ),
    (
        Action::Release,
        Role::Editor,
        &[Scope::PublicationsWrite],
        &["createRelease", "updateRelease", "deleteRelease", "addReleasePublication", "removeReleasePublication"],
    ),
    (
        Action::ReadCuratedLists,
        Role::Editor,
        &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::PublicationsWrite],
        &["listCuratedLists", "getCuratedList"],
    ),
    (
        Action::Curate,
        Role::Editor,
        &[Scope::PublicationsWrite],
        &["createCuratedList", "updateCuratedList", "deleteCuratedList", "updateCuratedEdition", "deleteCuratedEdition"],
    ),
    (
        Action::Preview,
        Role::Editor,
        &[Scope::ArticlesRead, Scope::ArticlesWrite],
        &[
            "previewListArticles",
            "previewGetArticle",
            "previewListPublicationDates",
            "previewListMostRead",
            "previewGetList",
            "previewListViews",
            "previewListCorrections",
            "previewListRelatedArticles",
            "previewListCategories",
            "previewGetCategory",
            "previewGetSite",
            "previewListRedirects",
            "previewListTags",
            "previewGetTag",
            "previewListAuthors",
            "previewGetAuthor",
        ],
    ),
    // A link lets others in: no key hands out what is a key itself.
    (Action::SharePreview, Role::Editor, &[], &["createPreviewLink", "listPreviewLinks", "getPreviewLink", "deletePreviewLink"]),
    (
        Action::ChangeRedirects,
        Role::Editor,
        &[Scope::CategoriesWrite],
        &["createRedirect", "listEditorRedirects", "getRedirect", "deleteRedirect"],
    ),
    (
        Action::ReadCategories,
        Role::Author,
        &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::CategoriesWrite],
        &["listEditorCategories", "getEditorCategory"],
    ),
    (
        Action::ChangeCategories,
        Role::Editor,
        &[Scope::CategoriesWrite],
        &["createCategory", "replaceCategory", "updateCategory", "deleteCategory"],
    ),
    (
        Action::ReadTerms,
        Role::Author,
        &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::CategoriesWrite],
        &["listEditorTags", "getEditorTag", "listEditorAuthors", "getEditorAuthor"],
    ),
    (
        Action::ChangeTerms,
        Role::Editor,
        &[Scope::CategoriesWrite],
        &["createTag", "updateTag", "deleteTag", "createAuthor", "updateAuthor", "deleteAuthor"],
    ),
    (
        Action::ManageUsers,
        Role::Admin,
        &[],
        &["createUser", "listUsers", "getUser", "updateUser", "listUserSessions", "endUserSession", "endUserSessions"],
    ),
    (Action::ReadAuditLog, Role::Admin, &[Scope::Admin], &["listAuditLog", "exportAuditLog"]),
    (Action::ManageKeys, Role::Admin, &[], &["createApiKey", "listApiKeys", "getApiKey", "updateApiKey", "deleteApiKey", "rotateApiKey"]),
    (Action::OwnAccount, Role::Author, &[], &["changePassword", "listSessions", "endSession", "endSessions"]),
];

/// Whose things an action reaches: up to this role only those that the caller began, or, of accounts, has; with any higher one all. What is not named reaches all.
pub const OWN: &[(Action, Role)] = &[
    (Action::ReadArticles, Role::Author),
    (Action::WriteArticles, Role::Author),
    (Action::ReadPublications, Role::Author),
    (Action::Bulk, Role::Author),
    (Action::OwnAccount, Role::Admin),
];

/// The operations that take a second right besides that of the table: an amendment is a save as well.
pub const ALSO: &[(&str, Action)] = &[("amendArticle", Action::WriteArticles)];

/// The right that an operation takes besides that of the table.
pub fn also(operation: &str) -> Option<Action> {
    ALSO.iter().find(|(other, _)| *other == operation).map(|(_, action)| *action)
}

/// Whether a role does it with its own things alone. API keys have no own.
pub fn reaches_own_alone(action: Action, role: Role) -> bool {
    OWN.iter().any(|(other, last)| *other == action && role <= *last)
}

/// Whether somebody sees and changes articles that others began.
pub fn reaches_all_articles(caller: &Caller) -> bool {
    match caller.rights {
        Rights::Role(role) => !reaches_own_alone(Action::ReadArticles, role),
        Rights::Scopes(_) => true,
    }
}

/// The table in Markdown: a row for each operation, a column for each role, and the scopes that let a key do it.
pub fn table() -> String {
    let mut table = String::from("| operation | author | editor | admin | API keys with |\n| --- | --- | --- | --- | --- |");
    for (action, least, _, operations) in TABLE {
        let may = Role::ALL.map(|role| match (role >= *least, reaches_own_alone(*action, role)) {
            (false, _) => " |",
            (true, true) => " own |",
            (true, false) => " yes |",
        });
        let may = may.concat();
        let named = |action: Action| scopes(action).iter().map(|scope| format!("`{}`", scope.name())).collect::<Vec<_>>().join(", ");
        for operation in *operations {
            let more = also(operation).map_or_else(String::new, |action| format!(", and one of {}", named(action)));
            table.push_str(&format!("\n| {operation} |{may} {}{more} |", named(*action)));
        }
    }
    table.push_str(
        "\n\n`own` is what one began oneself, or one's own account: others' articles are not there for authors (404). They publish none. Only admins purge. Whoever has a preview link sees \
         what it shows, whoever they are. An API key sees all articles, needs one of the scopes that are named, and where a save publishes or an amendment is made one for saving and one for dates; `admin` holds all \
         others and lets it purge. A key makes no users, keys and preview links and ends no sessions. It stays when whoever made it goes.\n\n\
         A user who is no admin and an API key may be limited to categories (`category_ids`). They read everything that they would read otherwise, and change only what lies in \
         these categories or below: an article goes by the main category of its newest save, and one without a category lies outside. No save puts an article elsewhere, nor into \
         further categories elsewhere, but those in which it lies already may stay; none of \
         their releases moves one from elsewhere, a release that holds one is not theirs to change, and of the categories they change, make and delete those below theirs, not theirs themselves, and no redirects, tags and authors; a slug that a category elsewhere had stays with that one. An `Idempotency-Key` \
         gives an answer again only for what was done within their categories. Everything else is `forbidden`, \
         403, and says which the categories are. The limit is read at each request. A category that is deleted is taken out of it, and who has none left changes nothing.",
    );
    table
}

fn row(action: Action) -> Option<&'static (Action, Role, &'static [Scope], &'static [&'static str])> {
    TABLE.iter().find(|(other, ..)| *other == action)
}

/// The least role that an action takes.
pub fn least(action: Action) -> Role {
    row(action).map_or(Role::Admin, |(_, role, ..)| *role)
}

/// The scopes of which a key needs one: those of the table, and `admin`, which holds them all. None where it is for people alone.
pub fn scopes(action: Action) -> Vec<Scope> {
    let mut scopes = row(action).map_or(&[][..], |(_, _, scopes, _)| scopes).to_vec();
    if !scopes.is_empty() && !scopes.contains(&Scope::Admin) {
        scopes.push(Scope::Admin);
    }
    scopes
}

/// Whether the table allows it.
pub fn may(caller: &Caller, action: Action) -> bool {
    match &caller.rights {
        Rights::Role(role) => allows(*role, action),
        Rights::Scopes(held) => scopes(action).iter().any(|scope| held.contains(scope)),
    }
}

/// Whether a role may do it.
pub fn allows(role: Role, action: Action) -> bool {
    role >= least(action)
}

/// Lets the caller pass if the table allows the action.
///
/// # Errors
/// `forbidden` (403), saying what is missing.
pub fn require(caller: &Caller, action: Action) -> Result<()> {
    if may(caller, action) { Ok(()) } else { Err(Problem::new(Code::Forbidden, missing(&caller.rights, action))) }
}

fn missing(rights: &Rights, action: Action) -> String {
    let named = |scopes: &[Scope]| scopes.iter().map(|scope| scope.name()).collect::<Vec<_>>().join(", ");
    match (rights, &*scopes(action)) {
        (Rights::Role(role), _) => {
            let (least, higher) = (least(action), if least(action) == Role::Admin { "" } else { " or a higher one" });
            format!("This takes the role {}{higher}; yours is {}.", least.name(), role.name())
        }
        (Rights::Scopes(_), []) => "No API key may do this, whatever its scopes: log in as a user.".to_owned(),
        (Rights::Scopes(held), taken) => {
            format!("This takes an API key with one of the scopes {}; this one has {}.", named(taken), named(held))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_has_one_row_and_every_operation_one_action() {
        let mut operations: Vec<&str> = TABLE.iter().flat_map(|(.., operations)| operations.iter().copied()).collect();
        let count = operations.len();
        operations.sort_unstable();
        operations.dedup();
        assert_eq!(operations.len(), count);
        for action in [
            Action::ReadArticles,
            Action::ReadPublications,
            Action::ReadCalendar,
            Action::ShareCalendar,
            Action::WriteArticles,
            Action::Purge,
            Action::Publish,
            Action::Bulk,
            Action::ReadReleases,
            Action::Release,
            Action::ReadCuratedLists,
            Action::Curate,
            Action::Preview,
            Action::SharePreview,
            Action::ChangeRedirects,
            Action::ReadCategories,
            Action::ChangeCategories,
            Action::ReadTerms,
            Action::ChangeTerms,
            Action::ManageUsers,
            Action::ManageKeys,
            Action::OwnAccount,
            Action::ReadAuditLog,
        ] {
            assert_eq!(TABLE.iter().filter(|(other, ..)| *other == action).count(), 1, "{action:?}");
        }
    }
}
