//! Who may do what to what: every operation of the API document, each caller, each object. The table says what the contract says (sections 2
//! and 3: roles, errors, order of checks), whatever the program does today.

use std::collections::BTreeSet;

use dateline::audit::store::head;
use dateline::auth::permission::{OWN, TABLE, reaches_all_articles};
use dateline::kernel::caller::Role;
use dateline::kernel::id::ArticleId;
use serde_json::{Value, json};

use crate::newsroom::{Newsroom, Person, Standing};
use crate::on_both_engines;
use crate::operations::{self, Operation};
use crate::site::{PASSWORD, article};
use crate::support::answer::Answer;

const CALLERS: [Standing; 6] = [
    Standing::Anonymous,
    Standing::Active(Role::Author),
    Standing::Active(Role::Editor),
    Standing::Active(Role::Admin),
    Standing::Deactivated,
    Standing::Expired,
];

/// For each operation and object the statuses that the callers get. An object is `-` where there is none; `missing` (asked for by an unknown
/// id, by one of another kind and by what is no id); or whose it is and in which state. `publishing` is `draft` with a body that publishes.
#[rustfmt::skip]
pub const MATRIX: &[(&str, &str, [u16; 6])] = &[
    // operation               object             anonymous author editor admin deactivated expired
    ("listArticles",            "-",               [200, 200, 200, 200, 200, 200]),
    ("getArticle",              "own live",        [200, 200, 200, 200, 200, 200]),
    ("getArticle",              "own draft",       [404, 404, 404, 404, 404, 404]),
    ("getArticle",              "own scheduled",   [404, 404, 404, 404, 404, 404]),
    ("getArticle",              "own trashed",     [404, 404, 404, 404, 404, 404]),
    ("getArticle",              "missing",         [404, 404, 404, 404, 404, 404]),
    ("countView",               "own live",        [204, 204, 204, 204, 204, 204]),
    ("countView",               "own draft",       [404, 404, 404, 404, 404, 404]),
    ("countView",               "own scheduled",   [404, 404, 404, 404, 404, 404]),
    ("countView",               "own trashed",     [404, 404, 404, 404, 404, 404]),
    ("countView",               "missing",         [404, 404, 404, 404, 404, 404]),
    ("listRelatedArticles",     "own live",        [200, 200, 200, 200, 200, 200]),
    ("listRelatedArticles",     "own draft",       [404, 404, 404, 404, 404, 404]),
    ("listRelatedArticles",     "missing",         [404, 404, 404, 404, 404, 404]),
    ("listCorrections",         "-",               [200, 200, 200, 200, 200, 200]),
    ("listMostRead",            "-",               [200, 200, 200, 200, 200, 200]),
    ("listViews",               "-",               [200, 200, 200, 200, 200, 200]),
    ("listPublicationDates",    "-",               [200, 200, 200, 200, 200, 200]),
    ("listCategories",          "-",               [200, 200, 200, 200, 200, 200]),
    ("getCategory",             "other draft",     [200, 200, 200, 200, 200, 200]),
    ("getCategory",             "missing",         [404, 404, 404, 404, 404, 404]),
    ("listTags",                "-",               [200, 200, 200, 200, 200, 200]),
    ("getTag",                  "own live",        [200, 200, 200, 200, 200, 200]),
    ("getTag",                  "own draft",       [404, 404, 404, 404, 404, 404]),
    ("getTag",                  "missing",         [404, 404, 404, 404, 404, 404]),
    ("listAuthors",             "-",               [200, 200, 200, 200, 200, 200]),
    ("getAuthor",               "own live",        [200, 200, 200, 200, 200, 200]),
    ("getAuthor",               "own draft",       [404, 404, 404, 404, 404, 404]),
    ("getAuthor",               "missing",         [404, 404, 404, 404, 404, 404]),
    ("getList",                 "own live",        [200, 200, 200, 200, 200, 200]),
    ("getList",                 "missing",         [404, 404, 404, 404, 404, 404]),
    ("getSite",                 "-",               [200, 200, 200, 200, 200, 200]),
    ("getJsonFeed",             "-",               [200, 200, 200, 200, 200, 200]),
    ("getRssFeed",              "-",               [200, 200, 200, 200, 200, 200]),
    ("getAtomFeed",             "-",               [200, 200, 200, 200, 200, 200]),
    ("getSitemap",              "-",               [200, 200, 200, 200, 200, 200]),
    ("getNewsSitemap",          "-",               [200, 200, 200, 200, 200, 200]),
    ("getRobots",               "-",               [200, 200, 200, 200, 200, 200]),
    ("resolvePath",             "-",               [200, 200, 200, 200, 200, 200]),
    ("listRedirects",           "-",               [200, 200, 200, 200, 200, 200]),
    ("getJwks",                 "-",               [200, 200, 200, 200, 200, 200]),
    ("getHealth",               "-",               [200, 200, 200, 200, 200, 200]),
    ("getReadiness",            "-",               [200, 200, 200, 200, 200, 200]),

    ("login",                   "own session",     [200, 200, 200, 200, 401, 200]),
    ("login",                   "missing session", [401, 401, 401, 401, 401, 401]),
    ("refreshSession",          "own session",     [401, 200, 200, 200, 401, 200]),
    ("refreshSession",          "missing session", [401, 401, 401, 401, 401, 401]),
    ("logout",                  "own session",     [204, 204, 204, 204, 204, 204]),
    ("logout",                  "missing session", [204, 204, 204, 204, 204, 204]),
    ("getMe",                   "-",               [401, 200, 200, 200, 401, 401]),
    ("changePassword",          "own session",     [401, 204, 204, 204, 401, 401]),
    ("changePassword",          "missing session", [401, 422, 422, 422, 401, 401]),
    ("listSessions",            "-",               [401, 200, 200, 200, 401, 401]),
    ("endSession",              "own session",     [401, 204, 204, 204, 401, 401]),
    ("endSession",              "other session",   [401, 404, 404, 404, 401, 401]),
    ("endSession",              "missing",         [401, 404, 404, 404, 401, 401]),
    ("endSessions",             "own session",     [401, 204, 204, 204, 401, 401]),

    ("createArticle",           "-",               [401, 201, 201, 201, 401, 401]),
    ("createArticle",           "publishing",      [401, 403, 201, 201, 401, 401]),
    ("listEditorArticles",      "-",               [401, 200, 200, 200, 401, 401]),
    ("getEditorArticle",        "own draft",       [401, 200, 200, 200, 401, 401]),
    ("getEditorArticle",        "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("getEditorArticle",        "other draft",     [401, 404, 200, 200, 401, 401]),
    ("getEditorArticle",        "other live",      [401, 404, 200, 200, 401, 401]),
    ("getEditorArticle",        "missing",         [401, 404, 404, 404, 401, 401]),
    ("replaceArticle",          "own draft",       [401, 200, 200, 200, 401, 401]),
    ("replaceArticle",          "own live",        [401, 200, 200, 200, 401, 401]),
    ("replaceArticle",          "own publishing",  [401, 403, 200, 200, 401, 401]),
    ("replaceArticle",          "own trashed",     [401, 409, 409, 409, 401, 401]),
    ("replaceArticle",          "other draft",     [401, 404, 200, 200, 401, 401]),
    ("replaceArticle",          "other publishing", [401, 404, 200, 200, 401, 401]),
    ("replaceArticle",          "missing",         [401, 404, 404, 404, 401, 401]),
    ("updateArticle",           "own draft",       [401, 200, 200, 200, 401, 401]),
    ("updateArticle",           "own scheduled",   [401, 200, 200, 200, 401, 401]),
    ("updateArticle",           "own publishing",  [401, 403, 200, 200, 401, 401]),
    ("updateArticle",           "own trashed",     [401, 409, 409, 409, 401, 401]),
    ("updateArticle",           "other draft",     [401, 404, 200, 200, 401, 401]),
    ("updateArticle",           "other live",      [401, 404, 200, 200, 401, 401]),
    ("updateArticle",           "missing",         [401, 404, 404, 404, 401, 401]),
    ("deleteArticle",           "own draft",       [401, 204, 204, 204, 401, 401]),
    ("deleteArticle",           "own live",        [401, 403, 204, 204, 401, 401]),
    ("deleteArticle",           "own scheduled",   [401, 403, 204, 204, 401, 401]),
    ("deleteArticle",           "other draft",     [401, 404, 204, 204, 401, 401]),
    ("deleteArticle",           "missing",         [401, 404, 404, 404, 401, 401]),
    ("restoreArticle",          "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("restoreArticle",          "own draft",       [401, 409, 409, 409, 401, 401]),
    ("restoreArticle",          "other trashed",   [401, 404, 200, 200, 401, 401]),
    ("restoreArticle",          "missing",         [401, 404, 404, 404, 401, 401]),

    ("getAutosave",             "own autosaved",   [401, 200, 200, 200, 401, 401]),
    ("getAutosave",             "own draft",       [401, 404, 404, 404, 401, 401]),
    ("getAutosave",             "other autosaved", [401, 404, 404, 404, 401, 401]),
    ("getAutosave",             "missing",         [401, 404, 404, 404, 401, 401]),
    ("deleteAutosave",          "own autosaved",   [401, 204, 204, 204, 401, 401]),
    ("deleteAutosave",          "other autosaved", [401, 404, 404, 404, 401, 401]),
    ("deleteAutosave",          "missing",         [401, 404, 404, 404, 401, 401]),

    ("listRevisions",           "own draft",       [401, 200, 200, 200, 401, 401]),
    ("listRevisions",           "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("listRevisions",           "other live",      [401, 404, 200, 200, 401, 401]),
    ("listRevisions",           "missing",         [401, 404, 404, 404, 401, 401]),
    ("getRevision",             "own live",        [401, 200, 200, 200, 401, 401]),
    ("getRevision",             "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("getRevision",             "other draft",     [401, 404, 200, 200, 401, 401]),
    ("getRevision",             "other live",      [401, 404, 200, 200, 401, 401]),
    ("getRevision",             "missing",         [401, 404, 404, 404, 401, 401]),
    ("diffRevision",            "own draft",       [401, 200, 200, 200, 401, 401]),
    ("diffRevision",            "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("diffRevision",            "other live",      [401, 404, 200, 200, 401, 401]),
    ("diffRevision",            "missing",         [401, 404, 404, 404, 401, 401]),
    ("restoreRevision",         "own draft",       [401, 200, 200, 200, 401, 401]),
    ("restoreRevision",         "own live",        [401, 200, 200, 200, 401, 401]),
    ("restoreRevision",         "own scheduled",   [401, 200, 200, 200, 401, 401]),
    ("restoreRevision",         "own trashed",     [401, 409, 409, 409, 401, 401]),
    ("restoreRevision",         "other draft",     [401, 404, 200, 200, 401, 401]),
    ("restoreRevision",         "other live",      [401, 404, 200, 200, 401, 401]),
    ("restoreRevision",         "missing",         [401, 404, 404, 404, 401, 401]),

    ("createPublication",       "own draft",       [401, 403, 201, 201, 401, 401]),
    ("createPublication",       "own trashed",     [401, 403, 409, 409, 401, 401]),
    ("createPublication",       "other draft",     [401, 403, 201, 201, 401, 401]),
    ("createPublication",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("listPublications",        "-",               [401, 403, 200, 200, 401, 401]),
    ("listArticlePublications", "own scheduled",   [401, 200, 200, 200, 401, 401]),
    ("listArticlePublications", "other scheduled", [401, 404, 200, 200, 401, 401]),
    ("listArticlePublications", "missing",         [401, 404, 404, 404, 401, 401]),
    ("listTranslations",        "own draft",       [401, 200, 200, 200, 401, 401]),
    ("listTranslations",        "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("listTranslations",        "other live",      [401, 404, 200, 200, 401, 401]),
    ("listTranslations",        "missing",         [401, 404, 404, 404, 401, 401]),
    ("getArticleVisibility",    "own live",        [401, 200, 200, 200, 401, 401]),
    ("getArticleVisibility",    "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("getArticleVisibility",    "other draft",     [401, 404, 200, 200, 401, 401]),
    ("getArticleVisibility",    "missing",         [401, 404, 404, 404, 401, 401]),
    ("getPublication",          "own scheduled",   [401, 200, 200, 200, 401, 401]),
    ("getPublication",          "other live",      [401, 404, 200, 200, 401, 401]),
    ("getPublication",          "missing",         [401, 404, 404, 404, 401, 401]),
    ("updatePublication",       "own scheduled",   [401, 403, 200, 200, 401, 401]),
    ("updatePublication",       "other live",      [401, 403, 200, 200, 401, 401]),
    ("updatePublication",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("deletePublication",       "own scheduled",   [401, 403, 204, 204, 401, 401]),
    ("deletePublication",       "other scheduled", [401, 403, 204, 204, 401, 401]),
    ("deletePublication",       "own live",        [401, 403, 409, 409, 401, 401]),
    ("deletePublication",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("unpublishArticle",        "own live",        [401, 403, 200, 200, 401, 401]),
    ("unpublishArticle",        "other live",      [401, 403, 200, 200, 401, 401]),
    ("unpublishArticle",        "own draft",       [401, 403, 409, 409, 401, 401]),
    ("unpublishArticle",        "missing",         [401, 403, 404, 404, 401, 401]),

    ("amendArticle",            "own live",        [401, 403, 200, 200, 401, 401]),
    ("amendArticle",            "other live",      [401, 403, 200, 200, 401, 401]),
    ("amendArticle",            "own draft",       [401, 403, 409, 409, 401, 401]),
    ("amendArticle",            "missing",         [401, 403, 404, 404, 401, 401]),

    ("createCorrection",        "own live",        [401, 403, 201, 201, 401, 401]),
    ("createCorrection",        "other draft",     [401, 403, 201, 201, 401, 401]),
    ("createCorrection",        "own trashed",     [401, 403, 409, 409, 401, 401]),
    ("createCorrection",        "missing",         [401, 403, 404, 404, 401, 401]),
    ("listArticleCorrections",  "own live",        [401, 200, 200, 200, 401, 401]),
    ("listArticleCorrections",  "own trashed",     [401, 200, 200, 200, 401, 401]),
    ("listArticleCorrections",  "other live",      [401, 404, 200, 200, 401, 401]),
    ("listArticleCorrections",  "missing",         [401, 404, 404, 404, 401, 401]),
    ("getCorrection",           "own scheduled",   [401, 200, 200, 200, 401, 401]),
    ("getCorrection",           "other live",      [401, 404, 200, 200, 401, 401]),
    ("getCorrection",           "missing",         [401, 404, 404, 404, 401, 401]),
    ("updateCorrection",        "own scheduled",   [401, 403, 200, 200, 401, 401]),
    ("updateCorrection",        "other live",      [401, 403, 409, 409, 401, 401]),
    ("updateCorrection",        "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteCorrection",        "own scheduled",   [401, 403, 204, 204, 401, 401]),
    ("deleteCorrection",        "other live",      [401, 403, 204, 204, 401, 401]),
    ("deleteCorrection",        "missing",         [401, 403, 404, 404, 401, 401]),

    // What each operation takes stands in tests/attack/bulk.rs.
    ("bulk",                    "-",               [401, 200, 200, 200, 401, 401]),
    ("bulk",                    "missing",         [401, 409, 409, 409, 401, 401]),

    ("createRelease",           "-",               [401, 403, 201, 201, 401, 401]),
    ("listReleases",            "-",               [401, 403, 200, 200, 401, 401]),
    ("getRelease",              "other draft",     [401, 403, 200, 200, 401, 401]),
    ("getRelease",              "missing",         [401, 403, 404, 404, 401, 401]),
    ("updateRelease",           "other draft",     [401, 403, 200, 200, 401, 401]),
    ("updateRelease",           "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteRelease",           "other draft",     [401, 403, 204, 204, 401, 401]),
    ("deleteRelease",           "missing",         [401, 403, 404, 404, 401, 401]),
    ("addReleasePublication",   "other draft",     [401, 403, 422, 422, 401, 401]),
    ("addReleasePublication",   "missing",         [401, 403, 404, 404, 401, 401]),
    ("removeReleasePublication", "other draft",    [401, 403, 204, 204, 401, 401]),
    ("removeReleasePublication", "missing",        [401, 403, 404, 404, 401, 401]),

    ("getCalendar",             "-",               [401, 403, 200, 200, 401, 401]),
    ("createCalendarSubscription", "-",            [401, 403, 201, 201, 401, 401]),
    ("listCalendarSubscriptions", "-",             [401, 403, 200, 200, 401, 401]),
    ("getCalendarSubscription", "other draft",     [401, 403, 200, 200, 401, 401]),
    ("getCalendarSubscription", "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteCalendarSubscription", "other draft",  [401, 403, 204, 204, 401, 401]),
    ("deleteCalendarSubscription", "missing",      [401, 403, 404, 404, 401, 401]),

    ("createPreviewLink",       "-",               [401, 403, 201, 201, 401, 401]),
    ("listPreviewLinks",        "-",               [401, 403, 200, 200, 401, 401]),
    ("getPreviewLink",          "other draft",     [401, 403, 200, 200, 401, 401]),
    ("getPreviewLink",          "missing",         [401, 403, 404, 404, 401, 401]),
    ("deletePreviewLink",       "other draft",     [401, 403, 204, 204, 401, 401]),
    ("deletePreviewLink",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("createCuratedList",       "-",               [401, 403, 201, 201, 401, 401]),
    ("listCuratedLists",        "-",               [401, 403, 200, 200, 401, 401]),
    ("getCuratedList",          "other live",      [401, 403, 200, 200, 401, 401]),
    ("getCuratedList",          "missing",         [401, 403, 404, 404, 401, 401]),
    ("updateCuratedList",       "other live",      [401, 403, 200, 200, 401, 401]),
    ("updateCuratedList",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("updateCuratedEdition",    "other scheduled", [401, 403, 200, 200, 401, 401]),
    ("updateCuratedEdition",    "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteCuratedEdition",    "other scheduled", [401, 403, 204, 204, 401, 401]),
    ("deleteCuratedEdition",    "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteCuratedList",       "other live",      [401, 403, 204, 204, 401, 401]),
    ("deleteCuratedList",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("createRedirect",          "-",               [401, 403, 201, 201, 401, 401]),
    ("listEditorRedirects",     "-",               [401, 403, 200, 200, 401, 401]),
    ("getRedirect",             "other draft",     [401, 403, 200, 200, 401, 401]),
    ("getRedirect",             "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteRedirect",          "other draft",     [401, 403, 204, 204, 401, 401]),
    ("deleteRedirect",          "missing",         [401, 403, 404, 404, 401, 401]),
    ("previewListArticles",     "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetArticle",       "own live",        [401, 403, 200, 200, 401, 401]),
    ("previewGetArticle",       "own draft",       [401, 403, 404, 404, 401, 401]),
    ("previewGetArticle",       "missing",         [401, 403, 404, 404, 401, 401]),
    ("previewListPublicationDates", "-",           [401, 403, 200, 200, 401, 401]),
    ("previewListRelatedArticles", "own live",     [401, 403, 200, 200, 401, 401]),
    ("previewListRelatedArticles", "own draft",    [401, 403, 404, 404, 401, 401]),
    ("previewListRelatedArticles", "missing",      [401, 403, 404, 404, 401, 401]),
    ("previewListCorrections",  "-",               [401, 403, 200, 200, 401, 401]),
    ("previewListMostRead",     "-",               [401, 403, 200, 200, 401, 401]),
    ("previewListViews",        "-",               [401, 403, 200, 200, 401, 401]),
    ("previewListCategories",   "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetCategory",      "other draft",     [401, 403, 200, 200, 401, 401]),
    ("previewGetCategory",      "missing",         [401, 403, 404, 404, 401, 401]),
    ("previewListTags",         "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetList",          "own live",        [401, 403, 200, 200, 401, 401]),
    ("previewGetList",          "missing",         [401, 403, 404, 404, 401, 401]),
    ("previewGetTag",           "own live",        [401, 403, 200, 200, 401, 401]),
    ("previewGetTag",           "own draft",       [401, 403, 404, 404, 401, 401]),
    ("previewGetTag",           "missing",         [401, 403, 404, 404, 401, 401]),
    ("previewListAuthors",      "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetAuthor",        "own live",        [401, 403, 200, 200, 401, 401]),
    ("previewGetAuthor",        "own draft",       [401, 403, 404, 404, 401, 401]),
    ("previewGetAuthor",        "missing",         [401, 403, 404, 404, 401, 401]),
    ("previewGetSite",          "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetJsonFeed",      "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetRssFeed",       "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetAtomFeed",      "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetSitemap",       "-",               [401, 403, 200, 200, 401, 401]),
    ("previewGetNewsSitemap",   "-",               [401, 403, 200, 200, 401, 401]),
    ("previewResolvePath",      "-",               [401, 403, 200, 200, 401, 401]),
    ("previewListRedirects",    "-",               [401, 403, 200, 200, 401, 401]),

    ("createTag",               "-",               [401, 403, 201, 201, 401, 401]),
    ("listEditorTags",          "-",               [401, 200, 200, 200, 401, 401]),
    ("getEditorTag",            "other draft",     [401, 200, 200, 200, 401, 401]),
    ("getEditorTag",            "missing",         [401, 404, 404, 404, 401, 401]),
    ("updateTag",               "other draft",     [401, 403, 200, 200, 401, 401]),
    ("updateTag",               "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteTag",               "other draft",     [401, 403, 204, 204, 401, 401]),
    ("deleteTag",               "missing",         [401, 403, 404, 404, 401, 401]),
    ("createAuthor",            "-",               [401, 403, 201, 201, 401, 401]),
    ("listEditorAuthors",       "-",               [401, 200, 200, 200, 401, 401]),
    ("getEditorAuthor",         "other draft",     [401, 200, 200, 200, 401, 401]),
    ("getEditorAuthor",         "missing",         [401, 404, 404, 404, 401, 401]),
    ("updateAuthor",            "other draft",     [401, 403, 200, 200, 401, 401]),
    ("updateAuthor",            "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteAuthor",            "other draft",     [401, 403, 204, 204, 401, 401]),
    ("deleteAuthor",            "missing",         [401, 403, 404, 404, 401, 401]),

    ("listEditorCategories",    "-",               [401, 200, 200, 200, 401, 401]),
    ("getEditorCategory",       "other draft",     [401, 200, 200, 200, 401, 401]),
    ("getEditorCategory",       "missing",         [401, 404, 404, 404, 401, 401]),
    ("createCategory",          "-",               [401, 403, 201, 201, 401, 401]),
    ("replaceCategory",         "other draft",     [401, 403, 200, 200, 401, 401]),
    ("replaceCategory",         "missing",         [401, 403, 404, 404, 401, 401]),
    ("updateCategory",          "other draft",     [401, 403, 200, 200, 401, 401]),
    ("updateCategory",          "missing",         [401, 403, 404, 404, 401, 401]),
    ("deleteCategory",          "other draft",     [401, 403, 204, 204, 401, 401]),
    ("deleteCategory",          "missing",         [401, 403, 404, 404, 401, 401]),

    ("createApiKey",            "-",               [401, 403, 403, 201, 401, 401]),
    ("listApiKeys",             "-",               [401, 403, 403, 200, 401, 401]),
    ("getApiKey",               "other key",       [401, 403, 403, 200, 401, 401]),
    ("getApiKey",               "missing",         [401, 403, 403, 404, 401, 401]),
    ("updateApiKey",            "other key",       [401, 403, 403, 200, 401, 401]),
    ("updateApiKey",            "missing",         [401, 403, 403, 404, 401, 401]),
    ("rotateApiKey",            "other key",       [401, 403, 403, 200, 401, 401]),
    ("rotateApiKey",            "missing",         [401, 403, 403, 404, 401, 401]),
    ("deleteApiKey",            "other key",       [401, 403, 403, 204, 401, 401]),
    ("deleteApiKey",            "missing",         [401, 403, 403, 404, 401, 401]),

    ("listUsers",               "-",               [401, 403, 403, 200, 401, 401]),
    ("createUser",              "-",               [401, 403, 403, 201, 401, 401]),
    ("getUser",                 "own draft",       [401, 403, 403, 200, 401, 401]),
    ("getUser",                 "other draft",     [401, 403, 403, 200, 401, 401]),
    ("getUser",                 "missing",         [401, 403, 403, 404, 401, 401]),
    ("updateUser",              "own draft",       [401, 403, 403, 200, 401, 401]),
    ("updateUser",              "other draft",     [401, 403, 403, 200, 401, 401]),
    ("updateUser",              "missing",         [401, 403, 403, 404, 401, 401]),
    ("listUserSessions",        "own draft",       [401, 403, 403, 200, 401, 401]),
    ("listUserSessions",        "other draft",     [401, 403, 403, 200, 401, 401]),
    ("listUserSessions",        "missing",         [401, 403, 403, 404, 401, 401]),
    ("endUserSession",          "own session",     [401, 403, 403, 204, 401, 401]),
    ("endUserSession",          "other session",   [401, 403, 403, 204, 401, 401]),
    ("endUserSession",          "missing",         [401, 403, 403, 404, 401, 401]),
    ("endUserSessions",         "own session",     [401, 403, 403, 204, 401, 401]),
    ("endUserSessions",         "other session",   [401, 403, 403, 204, 401, 401]),
    ("endUserSessions",         "missing",         [401, 403, 403, 404, 401, 401]),
    ("listAuditLog",            "-",               [401, 403, 403, 200, 401, 401]),
    ("exportAuditLog",          "-",               [401, 403, 403, 200, 401, 401]),
];

/// How to make a row for what was added.
const HOW: &str = "\n\
    To MATRIX in tests/attack/matrix.rs belongs a line for the operation and each object that it is asked for (`-` where it takes none, else \
    `own …`, `other …` and `missing`), with the statuses that the contract gives to an anonymous caller, an author, an editor, an admin, a \
    deactivated editor and an editor whose token has expired. If it takes a body, `body_of` there gets one that is accepted.";

/// A body that the operation accepts.
pub fn body_of(operation: &Operation, object: &str, person: &Person) -> Option<Value> {
    operation.body()?;
    let (is_missing, publishes) = (object == "missing session", object.ends_with("publishing"));
    let password = if is_missing { "another password" } else { PASSWORD };
    let mut body = match operation.id.as_str() {
        "login" => json!({ "email": person.email, "password": password }),
        "refreshSession" | "logout" if is_missing => json!({ "refresh_token": "dlr_unknown" }),
        "refreshSession" | "logout" => json!({ "refresh_token": person.refresh_token }),
        "changePassword" => json!({ "current_password": password, "new_password": "a new password" }),
        "createArticle" | "replaceArticle" => article("A title"),
        "updateArticle" | "amendArticle" => json!({ "excerpt": "Shorter." }),
        "createPublication" | "unpublishArticle" | "createPreviewLink" | "createCalendarSubscription" | "rotateApiKey" => json!({}),
        "updatePublication" => json!({ "unpublish_at": "2027-01-01T00:00:00Z" }),
        "createCorrection" => json!({ "kind": "correction", "text": { "format": "markdown", "source": "It has four lanes." } }),
        "updateCorrection" => json!({ "kind": "update" }),
        "createCategory" | "replaceCategory" => json!({ "name": "A name" }),
        "updateCategory" => json!({ "description": "What it is about." }),
        "createTag" | "createAuthor" => json!({ "name": "A name" }),
        "updateTag" | "updateAuthor" => json!({ "name": "Another name" }),
        "createUser" => {
            json!({ "email": format!("{}@new.example.org", person.caller.user_id), "name": "New", "role": "author", "password": PASSWORD })
        }
        "createCuratedList" => json!({ "name": "Front page", "slots": [{ "rule": { "limit": 5 } }] }),
        "updateCuratedList" => json!({ "slots": [{ "rule": {} }] }),
        "updateCuratedEdition" => json!({ "slots": [{ "rule": { "limit": 2 } }] }),
        "createRedirect" => json!({ "from": format!("/old/{}", person.caller.user_id), "to": "/new" }),
        "createRelease" => json!({ "name": "Election night" }),
        "updateRelease" => json!({ "publish_at": "2026-12-02T08:00:00Z" }),
        // There is no such article: to add one is held in the contract's own tests.
        "addReleasePublication" => json!({ "article_id": ArticleId::new() }),
        "bulk" => {
            let mode = if object == "missing" { "all" } else { "each" };
            json!({ "mode": mode, "operations": [{ "op": "trash", "id": ArticleId::new() }] })
        }
        "createApiKey" => json!({ "name": "A program", "scopes": ["articles:read"] }),
        "updateApiKey" => json!({ "name": "Another name" }),
        "updateUser" => json!({ "name": "Another name" }),
        other => panic!("{other} takes a body, but none is written down.{HOW}"),
    };
    if publishes {
        body["publish"] = json!({});
    }
    Some(body)
}

async fn ask(operation: &Operation, path: &str, object: &str, person: &Person) -> Answer {
    let mut request = person.client.request(&operation.method, path);
    if operation.requires_version() {
        request = request.if_match("*");
    }
    if let Some(body) = body_of(operation, object, person) {
        request = request.json(body);
    }
    request.await
}

/// The paths of what an object stands for.
pub async fn paths(newsroom: &Newsroom, operation: &Operation, object: &str, person: &Person, other: &Person) -> Vec<String> {
    let Some(kind) = operation.kind() else { return vec![operation.path("")] };
    let is_slug = operation.template.contains("{slug}");
    if object == "missing" {
        let another = if kind == "articles" { "categories" } else { "articles" };
        let another = newsroom.id(another, &person.caller, "draft").await;
        let ids = [ArticleId::new().to_string(), another, "1".to_owned(), "unknown".to_owned()];
        return ids.iter().map(|id| operation.path(id)).collect();
    }
    let (whose, state) = object.split_once(' ').unwrap_or_else(|| panic!("{}: {object} says not whose it is.{HOW}", operation.id));
    let owner = if whose == "own" && person.access_token.is_some() { person } else { other };
    let state = if state == "publishing" { "draft" } else { state };
    let name = if is_slug { newsroom.slug(kind, &owner.caller, state).await } else { newsroom.id(kind, &owner.caller, state).await };
    vec![operation.path(&name)]
}

/// What is wrong with a refusal, whatever is refused.
fn fault(operation: &Operation, answer: &Answer) -> Option<&'static str> {
    if answer.status < 400 {
        return None;
    }
    if answer.header("content-type") != Some("application/problem+json") {
        return Some("it is no problem document");
    }
    let is_bare = answer.header("www-authenticate") == Some("Bearer") && answer["code"] == "invalid_token";
    (answer.status == 401 && operation.is_secured() && !is_bare).then_some("a 401 is invalid_token, with WWW-Authenticate")
}

/// What changes nothing when it is asked for again.
const CHANGES_ONCE: &[&str] = &["replaceCategory", "updateCategory", "updateUser", "logout", "endSessions", "endUserSessions", "bulk"];

/// How many entries the audit log has.
fn told(newsroom: &Newsroom) -> i64 {
    newsroom.site.db().run_read(head).unwrap().unwrap().0
}

/// What changes something is in the audit log, what is refused or only read is not. That tokens are renewed is no change, nor
/// is what somebody throws away of their own before it is saved, nor what readers read.
fn must_be_told(operation: &Operation, object: &str, answer: &Answer) -> bool {
    let changes_nothing = ["refreshSession", "deleteAutosave", "countView"].contains(&&*operation.id);
    answer.status < 300 && operation.method != "GET" && !changes_nothing && object != "missing session"
}

/// What authors may do with what they began and not with what others began, as the matrix has it, is what the table of rights says of them.
#[test]
fn what_reaches_ones_own_alone_says_so() {
    let statuses = |id: &str, whose: &str| -> Vec<u16> {
        let rows = MATRIX.iter().filter(|(operation, object, _)| *operation == id && object.starts_with(whose));
        rows.map(|(.., [_, author, ..])| *author).collect()
    };
    for (action, .., operations) in TABLE {
        let is_own = OWN.iter().any(|(other, _)| other == action);
        for id in *operations {
            let (own, others) = (statuses(id, "own"), statuses(id, "other"));
            let may = own.iter().any(|status| *status < 300);
            if may && !others.is_empty() {
                assert_eq!(others.iter().all(|status| *status == 404), is_own, "{id}");
            }
        }
    }
}

on_both_engines! {
    async fn every_caller_gets_of_every_operation_what_the_table_says(engine) {
        let newsroom = Newsroom::open(engine).await;
        let mut people = Vec::new();
        for standing in CALLERS {
            people.push(newsroom.person(standing).await);
        }
        let (author, editor) = (newsroom.person(CALLERS[1]).await, newsroom.person(CALLERS[2]).await);
        let mut wrong = Vec::new();
        for (id, object, expected) in MATRIX {
            let operation = Operation::find(id).unwrap_or_else(|| panic!("the API document has no {id}: take its rows out"));
            for ((standing, person), expected) in CALLERS.into_iter().zip(&people).zip(expected) {
                let other = if !reaches_all_articles(&person.caller) { &editor } else { &author };
                // What ends a session has one to itself.
                let fresh = if object.ends_with("session") { Some(newsroom.person(standing).await) } else { None };
                let person = fresh.as_ref().unwrap_or(person);
                for path in paths(&newsroom, &operation, object, person, other).await {
                    let told_before = told(&newsroom);
                    let answer = ask(&operation, &path, object, person).await;
                    let is_told = told(&newsroom) > told_before;
                    if is_told != must_be_told(&operation, object, &answer) && !(answer.status < 300 && CHANGES_ONCE.contains(id)) {
                        wrong.push(format!("{id} | {object} | {standing:?}: {} for {path}, in the audit log: {is_told}", answer.status));
                    }
                    if answer.status != *expected {
                        wrong.push(format!("{id} | {object} | {standing:?} gets {} for {path}, not {expected}", answer.status));
                    }
                    wrong.extend(fault(&operation, &answer).map(|fault| format!("{id} | {object} | {standing:?}: {fault}: {answer}")));
                }
            }
        }
        assert!(wrong.is_empty(), "on {engine:?} callers get what the contract does not give:\n  {}", wrong.join("\n  "));
    }
}

#[test]
fn every_operation_has_its_rows() {
    let of = |id: &str| MATRIX.iter().filter(|(row, ..)| *row == id).map(|(_, object, _)| *object).collect::<Vec<_>>();
    let mut missing = BTreeSet::new();
    for operation in operations::all() {
        let objects = of(&operation.id);
        let is_named = operation.kind().is_none() || objects.contains(&"missing") && objects.len() > 1;
        if objects.is_empty() || !is_named {
            missing.insert(format!("{} ({} {})", operation.id, operation.method, operation.template));
        }
    }
    assert!(missing.is_empty(), "who may do this is not written down: {missing:?}{HOW}");
}
