//! Making, listing and revoking preview links, and what a token of one lets see.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::dto::{NewPreviewLink, PreviewLink, PreviewLinkCreate, USUAL_LIFETIME_S};
use super::revoked::{self, target, told};
use super::store::{self, StoredLink};
use crate::articles::service::visibility::path_at;
use crate::audit::store::{Actor, Change, record};
use crate::auth::permission::{Action, allows};
use crate::auth::service::prepare_secret;
use crate::db::{Db, Tx};
use crate::kernel::caller::{Caller, Role};
use crate::kernel::id::{ArticleId, PreviewLinkId, ReleaseId};
use crate::kernel::link::LinkKey;
use crate::kernel::locale::Locales;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::publications::dto::Times;
use crate::publications::subject;
use crate::users::service as users;

const SECRET: &str = "preview";
/// What tokens are good for.
const PURPOSE: &str = "preview-link";

/// What of a path stays as it is within a URL's query.
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~').remove(b'/');

/// What links are made with.
#[derive(Clone)]
pub struct Previews {
    key: LinkKey,
    /// The setting `PREVIEW_URL`.
    pattern: Option<String>,
    api_url: String,
    locales: Locales,
}

impl Previews {
    /// Makes the key that is missing, the same for all nodes; blocks.
    ///
    /// # Errors
    /// If the database fails.
    pub fn prepare(db: &Db, pattern: Option<String>, api_url: String, locales: Locales) -> Result<Self> {
        Ok(Self { key: LinkKey::new(prepare_secret(db, SECRET)?, PURPOSE), pattern, api_url, locales })
    }

    /// Makes a link.
    ///
    /// # Errors
    /// 422; 404 for an article that there is none of, or that is in the trash.
    pub async fn create(&self, db: &Db, caller: &Caller, create: Checked<PreviewLinkCreate>) -> Result<NewPreviewLink> {
        let (previews, caller) = (self.clone(), caller.clone());
        db.write(move |tx| previews.create_in(tx, &caller, create.clone())).await
    }

    fn create_in(&self, tx: &mut Tx<'_>, caller: &Caller, create: Checked<PreviewLinkCreate>) -> Result<NewPreviewLink> {
        let Checked { value: create, mut mistakes } = create;
        let times = Times::of(&mut mistakes, create.time_zone.as_deref());
        let at = times.read(&mut mistakes, "/at", &create.at.clone().into()).and_then(Patch::value).map(|given| given.0);
        // What the link shows is neither called off nor purged before the commit.
        if let Some(release_id) = create.release_id {
            check_release(tx, release_id, &create, &mut mistakes)?;
        }
        if let Some(article_id) = create.article_id {
            subject::lock(tx.conn(), article_id)?;
        }
        users::hold_right(tx, caller.user_id, Action::SharePreview)?;
        let now = tx.now()?;
        let drafts = create.drafts.unwrap_or(false);
        let shown_at = (!drafts).then_some(at.unwrap_or(now));
        let path = create.article_id.map(|id| path_at(tx.conn(), &self.locales, id, shown_at)).transpose()?;
        if path == Some(None) {
            mistakes.note(
                "/article_id",
                "unknown",
                "there is no such article, it is in the trash, or the site does not publish in its language",
            );
        }
        mistakes.finish()?;
        let link = StoredLink {
            id: PreviewLinkId::new(),
            article_id: create.article_id,
            at,
            drafts,
            created_by: caller.user_id,
            created_at: now,
            expires_at: now.plus_millis(create.expires_in.unwrap_or(USUAL_LIFETIME_S).saturating_mul(1000)),
            release_id: create.release_id,
        };
        store::delete_expired(tx.conn(), now)?;
        store::insert(tx.conn(), &link)?;
        record(tx, &caller.into(), "preview_link.created", target(link.id), Change::made(told(&link)))?;
        let token = self.key.sign(link.id.uuid());
        let url = self.url(&token, link.article_id, &path.flatten().unwrap_or_else(|| "/".to_owned()));
        Ok(NewPreviewLink { link: seen(link), token, url })
    }

    fn url(&self, token: &str, article_id: Option<ArticleId>, path: &str) -> String {
        let Some(pattern) = &self.pattern else {
            let article = article_id.map_or(String::new(), |id| format!("/{id}"));
            return format!("{}/v1/preview/articles{article}?preview={token}", self.api_url);
        };
        pattern.replace("{token}", token).replace("{path}", &utf8_percent_encode(path, IN_QUERY).to_string())
    }

    /// The link that a token is of.
    ///
    /// # Errors
    /// `invalid_token` (401) if it is unknown, expired or revoked, or if who made it may not preview any more.
    pub async fn link(&self, db: &Db, token: &str) -> Result<PreviewLink> {
        let (id, now) = (PreviewLinkId::from(self.key.verify(token).ok_or_else(unknown_link)?), db.clock().now());
        let found = db.read(move |connection| Ok::<_, Problem>(store::held(connection, id, now)?)).await?;
        let (mut link, role, is_active, release_at) = found.ok_or_else(unknown_link)?;
        link.at = release_at.or(link.at);
        let may_preview = Role::find(&role).is_some_and(|role| allows(role, Action::Preview));
        if is_active && may_preview { Ok(seen(link)) } else { Err(unknown_link()) }
    }
}

fn check_release(tx: &mut Tx<'_>, id: ReleaseId, create: &PreviewLinkCreate, mistakes: &mut Mistakes) -> Result<()> {
    match store::release_date(tx.conn(), id)? {
        None => mistakes.note("/release_id", "unknown", "there is no such release"),
        Some(Some(date)) if create.at.is_some() => {
            let detail = format!("the release has a date, {date}, as of which the link shows it: leave `at` out");
            mistakes.note("/at", "conflict", detail);
        }
        Some(_) => {}
    }
    if create.article_id.is_some() {
        mistakes.note("/release_id", "conflict", "a link for a release shows the whole site: leave `article_id` out");
    }
    Ok(())
}

fn unknown_link() -> Problem {
    Problem::new(Code::InvalidToken, "The preview link is unknown, has expired or was revoked. Ask whoever sent it for another one.")
}

fn seen(link: StoredLink) -> PreviewLink {
    let StoredLink { id, article_id, at, drafts, created_by, created_at, expires_at, release_id } = link;
    PreviewLink { id, article_id, release_id, at, drafts, created_by, created_at, expires_at }
}

/// A link that is still good.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: PreviewLinkId) -> Result<PreviewLink> {
    db.read(db.at_present(move |connection, now| store::find(connection, id, now)?.map(seen).ok_or_else(Problem::not_found))).await
}

/// A page of the links that are still good, the newest first.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<PreviewLink>> {
    let parameters = ListParameters::of("listPreviewLinks");
    let place = key.place(&parameters, cursor)?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let links = db.read(db.at_present(move |connection, now| Ok::<_, Problem>(store::beyond(connection, now, from, rows)?))).await?;
    let at = |link: &StoredLink| (SortValue::Number(link.created_at.millis()), link.id.uuid());
    Ok(Page::cut(links, limit, place.as_ref(), key, parameters.as_str(), at).map(seen))
}

/// Revokes a link: from the answer on nobody sees anything by it.
///
/// # Errors
/// 404.
pub async fn revoke(db: &Db, caller: &Caller, id: PreviewLinkId) -> Result<()> {
    let actor = Actor::from(caller);
    db.write(move |tx| {
        let now = tx.now()?;
        let link = store::find(tx.conn(), id, now)?.ok_or_else(Problem::not_found)?;
        Ok(revoked::revoke(tx, &actor, &link)?)
    })
    .await
}
