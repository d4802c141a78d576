//! Who looks at the site, and as of when: delivery's handlers answer under `/v1` as of now, and under `/v1/preview` as of any instant to those who may see it.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, ready};

use crate::db::Db;
use crate::http::{Collector, Tree};
use crate::kernel::id::{ArticleId, ReleaseId};
use crate::kernel::instant::Instant;
use crate::kernel::problem::{Code, Problem, Result};

/// As of when something is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AsOf {
    /// An instant, past or future; that of the request without one.
    at: Option<Instant>,
    /// Whether it is read without what is under embargo and not live at the instant of the request.
    pub(super) hides_embargoed: bool,
    /// The release that is looked at as a whole.
    pub(super) release_id: Option<ReleaseId>,
    /// Whether newest saves are read instead of what is live.
    is_of_newest: bool,
}

impl AsOf {
    /// As of the instant of the request.
    pub const NOW: Self = Self { at: None, hides_embargoed: false, release_id: None, is_of_newest: false };

    /// The same as of an instant: for what is read in several parts.
    #[must_use]
    pub fn at(self, at: Instant) -> Self {
        Self { at: Some(at), ..self }
    }

    /// The instant.
    pub fn instant(self, db: &Db) -> Instant {
        self.at.unwrap_or_else(|| db.clock().now())
    }

    /// Whether newest saves are read instead of what is live. Readers never do.
    pub fn is_of_newest(self) -> bool {
        self.is_of_newest
    }

    /// Whether it is that of the request.
    pub(super) fn is_now(self) -> bool {
        self.at.is_none()
    }
}

/// Who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// Anybody.
    Readers,
    /// An editor, at the whole site and any instant.
    Editor,
    /// Whoever has a preview link, at what it shows.
    Link(Scope),
}

/// What a preview link shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// This article alone; the whole site without one.
    pub article_id: Option<ArticleId>,
    /// As of this instant; as of now without one.
    pub at: Option<Instant>,
    /// With this release as a whole.
    pub release_id: Option<ReleaseId>,
    /// Whether newest saves instead of what is live.
    pub drafts: bool,
}

/// What proves who may look under `/v1/preview` (app data).
#[derive(Clone, Copy)]
pub struct Admission(pub fn(&HttpRequest) -> LocalBoxFuture<'static, Result<View>>);

/// The parameter that holds the token of a preview link.
pub const TOKEN_PARAMETER: &str = "preview";

impl FromRequest for View {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if Tree::of_request(request) != Tree::Preview {
            return ready(Ok(Self::Readers)).boxed_local();
        }
        match request.app_data::<Admission>() {
            Some(Admission(prove)) => prove(request),
            None => ready(Err(Problem::internal("the app has no Admission"))).boxed_local(),
        }
    }
}

impl View {
    /// As of when a request on the whole site reads.
    ///
    /// # Errors
    /// `forbidden` (403) if a link shows one article alone, or another instant.
    pub fn of_site(self, q: &mut Collector<'_>) -> Result<AsOf> {
        match self {
            Self::Link(Scope { article_id: Some(_), .. }) => Err(beyond("the article that it was made for, and nothing else of the site")),
            _ => self.as_of(q),
        }
    }

    /// As of when a request on one article reads; whether it may be that one, [`View::admits`] tells, or [`View::article`].
    ///
    /// # Errors
    /// `forbidden` (403) if a link shows another instant, or what is live instead of newest saves, or these instead of that.
    pub fn as_of(self, q: &mut Collector<'_>) -> Result<AsOf> {
        if self == Self::Readers {
            return Ok(AsOf::NOW);
        }
        q.raw(TOKEN_PARAMETER);
        let asked = q.instant("at");
        let Self::Link(Scope { at, article_id, release_id, drafts }) = self else {
            return Ok(AsOf { at: asked, hides_embargoed: false, release_id: None, is_of_newest: q.flag("drafts") });
        };
        if q.has("at") && (asked.is_none() || asked != at) {
            return Err(match at {
                Some(at) => beyond(&format!("the site as of {at}; leave `at` out")),
                None => beyond("the site as of now; leave `at` out"),
            });
        }
        if q.has("drafts") && q.flag("drafts") != drafts {
            return Err(beyond(if drafts { "newest saves; leave `drafts` out" } else { "what is live; leave `drafts` out" }));
        }
        Ok(AsOf { at, hides_embargoed: article_id.is_none(), release_id, is_of_newest: drafts })
    }

    /// The one article that a link shows.
    pub fn article(self) -> Option<ArticleId> {
        if let Self::Link(Scope { article_id, .. }) = self { article_id } else { None }
    }

    /// Lets a request pass that asks for this article.
    ///
    /// # Errors
    /// `forbidden` (403) if a link shows another article alone.
    pub fn admits(self, asked: ArticleId) -> Result<()> {
        match self.article() {
            Some(shown) if asked != shown => Err(beyond_article(shown)),
            _ => Ok(()),
        }
    }
}

/// That a link shows this article alone, and another one was asked for.
pub fn beyond_article(shown: ArticleId) -> Problem {
    beyond(&format!("article {shown}, by its id or a slug of its own"))
}

fn beyond(shown: &str) -> Problem {
    Problem::new(Code::Forbidden, format!("This preview link shows {shown}."))
}
