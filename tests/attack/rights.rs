//! API keys of each scope, and an editor who is limited to a category: what they get of the rows of `matrix`. What is written down here is the contract, whatever the
//! program's own table says.

use dateline::kernel::caller::{Role, Scope};
use serde_json::json;

use crate::matrix::{MATRIX, body_of, paths};
use crate::newsroom::{Newsroom, Person, Standing};
use crate::on_both_engines;
use crate::operations::{self, Operation};
use crate::support::answer::Answer;

const READING: &[Scope] = &[Scope::ArticlesRead, Scope::ArticlesWrite];
const SAVING: &[Scope] = &[Scope::ArticlesWrite];
const CHANGING: &[Scope] = &[Scope::ArticlesWrite, Scope::PublicationsWrite];
const DATES: &[Scope] = &[Scope::PublicationsWrite];
const SEEING_DATES: &[Scope] = &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::PublicationsWrite];
const SEEING_CATEGORIES: &[Scope] = &[Scope::ArticlesRead, Scope::ArticlesWrite, Scope::CategoriesWrite];
const CATEGORIES: &[Scope] = &[Scope::CategoriesWrite];
const ADMIN: &[Scope] = &[];

/// Which scopes besides `admin` let a key do what; every other operation that asks who one is, it is refused, 403.
#[rustfmt::skip]
const KEYS: &[(&[Scope], &str)] = &[
    (&Scope::ALL,       "getMe"),
    (CHANGING,          "bulk"),
    (READING,           "listEditorArticles getEditorArticle listTranslations listRevisions getRevision diffRevision"),
    (READING,           "previewListArticles previewGetArticle previewListPublicationDates previewListCategories previewGetCategory previewGetSite previewListRedirects previewListTags previewGetTag previewListAuthors previewGetAuthor previewListMostRead previewListViews previewListCorrections previewListRelatedArticles previewGetList previewGetJsonFeed previewGetRssFeed previewGetAtomFeed previewGetSitemap previewGetNewsSitemap previewResolvePath"),
    (SAVING,            "createArticle replaceArticle updateArticle deleteArticle restoreArticle restoreRevision getAutosave deleteAutosave"),
    (SEEING_DATES,      "getArticleVisibility listArticlePublications getPublication listPublications listReleases getRelease listCuratedLists getCuratedList listArticleCorrections getCorrection"),
    (DATES,             "createPublication updatePublication deletePublication unpublishArticle amendArticle createCorrection updateCorrection deleteCorrection createCuratedList updateCuratedList deleteCuratedList updateCuratedEdition deleteCuratedEdition"),
    (DATES,             "createRelease updateRelease deleteRelease addReleasePublication removeReleasePublication"),
    (SEEING_CATEGORIES, "listEditorCategories getEditorCategory"),
    (CATEGORIES,        "createCategory replaceCategory updateCategory deleteCategory"),
    (SEEING_CATEGORIES, "listEditorTags getEditorTag listEditorAuthors getEditorAuthor"),
    (CATEGORIES,        "createTag updateTag deleteTag createAuthor updateAuthor deleteAuthor"),
    (CATEGORIES,        "createRedirect listEditorRedirects getRedirect deleteRedirect"),
    (ADMIN,             "listAuditLog exportAuditLog"),
];

/// Where two scopes are needed: operation, the objects for which, and the scope that is not enough.
const NOT_ENOUGH: &[(&str, &str, Scope)] = &[
    ("createArticle", "publishing", Scope::ArticlesWrite),
    ("replaceArticle", "publishing", Scope::ArticlesWrite),
    ("updateArticle", "publishing", Scope::ArticlesWrite),
    // What was public or will be is trashed by whoever may decide on dates.
    ("deleteArticle", "own live", Scope::ArticlesWrite),
    ("deleteArticle", "own scheduled", Scope::ArticlesWrite),
    // An amendment is a save as well.
    ("amendArticle", "", Scope::PublicationsWrite),
];

/// What a key with one scope gets: what an editor gets, or an admin where that is for admins alone, if the scope is one of those that it takes.
fn of_key(id: &str, object: &str, scope: Scope, statuses: &[u16]) -> u16 {
    let row = KEYS.iter().find(|(_, operations)| operations.split(' ').any(|operation| operation == id));
    let Some((scopes, _)) = row.filter(|(scopes, _)| scope == Scope::Admin || scopes.contains(&scope)) else { return 403 };
    let is_enough = !NOT_ENOUGH.iter().any(|(operation, ends, only)| id == *operation && object.ends_with(ends) && scope == *only);
    let (editor, admin) = (statuses[2], statuses[3]);
    if !is_enough {
        403
    } else if scopes.is_empty() {
        admin
    } else {
        editor
    }
}

async fn ask(operation: &Operation, path: &str, object: &str, person: &Person, category: Option<&str>) -> Answer {
    let mut request = person.client.request(&operation.method, path);
    if operation.requires_version() {
        request = request.if_match("*");
    }
    let Some(mut body) = body_of(operation, object, person) else { return request.await };
    match operation.id.as_str() {
        "createArticle" | "replaceArticle" => body["category_id"] = json!(category),
        "createCategory" | "replaceCategory" => body["parent_id"] = json!(category),
        _ => {}
    }
    request.json(body).await
}

on_both_engines! {
    async fn a_key_gets_of_every_operation_what_its_scope_gives(engine) {
        let newsroom = Newsroom::open(engine).await;
        let other = newsroom.person(Standing::Active(Role::Editor)).await;
        let mut wrong = Vec::new();
        for scope in Scope::ALL {
            let program = newsroom.program(&[scope]).await;
            for (id, object, statuses) in MATRIX {
                let operation = Operation::find(id).unwrap();
                if !operation.is_secured() {
                    continue;
                }
                let expected = of_key(id, object, scope, statuses);
                // Keys have no sessions and are no users: of these somebody else's are asked for.
                let is_of_people = object.ends_with("session") || operation.kind() == Some("users");
                let owner = if is_of_people { &other } else { &program };
                for path in paths(&newsroom, &operation, object, owner, &other).await {
                    let answer = ask(&operation, &path, object, &program, None).await;
                    if answer.status != expected {
                        wrong.push(format!("{id} | {object} | {} gets {} for {path}, not {expected}", scope.name(), answer.status));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "on {engine:?} keys get what their scopes do not give:\n  {}", wrong.join("\n  "));
    }
}

/// What changes an article or a category: who is limited gets of these what every editor gets within their categories, and 403 elsewhere.
const LIMITED: &str = "createArticle replaceArticle updateArticle deleteArticle restoreArticle restoreRevision createPublication updatePublication deletePublication \
                       unpublishArticle amendArticle createCorrection updateCorrection deleteCorrection removeReleasePublication createCategory replaceCategory updateCategory deleteCategory";

/// What belongs to the site as a whole: who is limited is refused it wherever they ask.
const WHOLE: &str = "createCuratedList updateCuratedList deleteCuratedList updateCuratedEdition deleteCuratedEdition createRedirect deleteRedirect createTag updateTag deleteTag createAuthor updateAuthor deleteAuthor";

/// What changes something and asks for no category: what readers tell, one's own things, what admins do, and releases as such. `addReleasePublication` names its article in the body; the
/// contract's own tests have it. So do those of `bulk`, whose operations are done as they are alone.
const FREE: &str = "bulk countView login refreshSession logout changePassword endSession endSessions deleteAutosave createRelease updateRelease deleteRelease addReleasePublication \
                    createCalendarSubscription deleteCalendarSubscription createPreviewLink deletePreviewLink createApiKey updateApiKey rotateApiKey deleteApiKey \
                    createUser updateUser endUserSession endUserSessions";

fn names(list: &str, id: &str) -> bool {
    list.split_whitespace().any(|name| name == id)
}

on_both_engines! {
    async fn an_editor_who_is_limited_gets_elsewhere_403_of_whatever_changes_something(engine) {
        let newsroom = Newsroom::open(engine).await;
        let other = newsroom.person(Standing::Active(Role::Editor)).await;
        let theirs = newsroom.id("categories", &other.caller, "draft").await;
        let elsewhere = newsroom.id("categories", &other.caller, "draft").await;
        let limited = newsroom.person(Standing::Active(Role::Editor)).await;
        newsroom.limit(&limited, &theirs).await;
        let mut wrong = Vec::new();
        for (id, object, statuses) in MATRIX.iter().filter(|(id, object, _)| (names(LIMITED, id) || names(WHOLE, id)) && *object != "missing") {
            let operation = Operation::find(id).unwrap();
            let in_theirs = if names(WHOLE, id) { 403 } else { statuses[2] };
            for (place, expected) in [(&theirs, in_theirs), (&elsewhere, 403)] {
                newsroom.make_within(place);
                for path in paths(&newsroom, &operation, object, &limited, &other).await {
                    let answer = ask(&operation, &path, object, &limited, Some(place)).await;
                    if answer.status != expected {
                        let side = if *place == theirs { "in their category" } else { "elsewhere" };
                        wrong.push(format!("{id} | {object} | {side} they get {} for {path}, not {expected}", answer.status));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "on {engine:?} who is limited gets what is not theirs, or not what is:\n  {}", wrong.join("\n  "));
    }
}

#[test]
fn every_operation_that_changes_something_is_limited_or_free() {
    let changing = operations::all().into_iter().filter(|operation| operation.method != "GET");
    let unsaid: Vec<String> = changing
        .map(|operation| operation.id)
        .filter(|id| [LIMITED, WHOLE, FREE].iter().filter(|list| names(list, id)).count() != 1)
        .collect();
    assert!(unsaid.is_empty(), "LIMITED, WHOLE or FREE in tests/attack/rights.rs must name these, one of them: {unsaid:?}");
}
