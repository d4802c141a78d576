//! The composition root: settings become a database, keys and caches, and every route is mounted here.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Instant;

use actix_web::App as ActixApp;
use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use utoipa::openapi::OpenApi;
use utoipa::{PartialSchema, ToSchema};
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::articles::delivered::drafts::{PreviewArticle, PreviewArticleList};
use crate::articles::service::Site;
use crate::articles::service::retention::{self, Passed, Passes, Retention};
use crate::auth::permission::{self, Action, TABLE};
use crate::auth::service::Auth;
use crate::calendar::service::{Calendars, OfSite};
use crate::categories::context::Delivery;
use crate::categories::context::view::Admission;
use crate::categories::names::NamesCache;
use crate::db::{self, Db, PoolSize};
use crate::feeds::dto::FeedStyle;
use crate::http::answer::PublicUrl;
use crate::http::caching::UsualLifetime;
use crate::http::middleware::Shell;
use crate::http::openapi::{Document, Finish, frame};
use crate::http::routes::{Routes, fallback};
use crate::http::{Budget, Patience, Recheck, Schemas, docs, serving};
use crate::kernel::caller::{Role, Scope};
use crate::kernel::clock::Clock;
use crate::preview::service::Previews;
use crate::publications::tallies::KeptQuarters;
use crate::settings::Options;
use crate::views::reads::ranks::Ranks;
use crate::views::service::Views;
use crate::{
    api_keys, articles, audit, auth, bulk, calendar, categories, corrections, curated, feeds, ops, preview, publications, redirects,
    releases, site, terms, users,
};

/// A server that is ready to listen.
#[derive(Clone)]
pub struct App {
    options: Options,
    db: Db,
    auth: Auth,
    delivery: Delivery,
    previews: Previews,
    calendars: Calendars,
    views: Views,
    ranks: Ranks,
    readiness: ops::Readiness,
    document: Document,
    schemas: Arc<Schemas>,
    routes: Routes,
}

/// Why a server cannot start; for the operator.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database.
    #[error(transparent)]
    Database(#[from] db::OpenError),
    /// The keys.
    #[error("the keys cannot be made ready: {0:?}")]
    Keys(crate::kernel::problem::Problem),
    /// The socket.
    #[error("cannot listen: {0}")]
    Listen(#[from] std::io::Error),
}

/// Everything there is to call: the only list of routes.
fn operations(config: &mut ServiceConfig) {
    auth::editor::routes(config);
    users::editor::routes(config);
    audit::editor::routes(config);
    api_keys::editor::routes(config);
    articles::delivery::routes(config);
    articles::editor::routes(config);
    publications::editor::routes(config);
    corrections::editor::routes(config);
    curated::editor::routes(config);
    calendar::editor::routes(config);
    categories::routes(config);
    terms::routes(config);
    site::routes(config);
    releases::editor::routes(config);
    bulk::editor::routes(config);
    preview::editor::routes(config);
    feeds::delivery::routes(config);
    redirects::delivery::routes(config);
    redirects::editor::routes(config);
    ops::routes(config);
}

fn roles(operation: &str) -> Option<Vec<&'static str>> {
    let least = permission::least(action(operation)?);
    Some(Role::ALL.into_iter().filter(|role| *role >= least).map(Role::name).collect())
}

fn scopes(operation: &str) -> Option<Vec<&'static str>> {
    Some(permission::scopes(action(operation)?).into_iter().map(Scope::name).collect())
}

fn also(operation: &str) -> Option<Vec<&'static str>> {
    Some(permission::scopes(permission::also(operation)?).into_iter().map(Scope::name).collect())
}

fn action(operation: &str) -> Option<Action> {
    TABLE.iter().find(|(.., operations)| operations.contains(&operation)).map(|(action, ..)| *action)
}

/// The API document: what `dateline openapi` prints.
pub fn document() -> Document {
    let (_, mut api): (_, OpenApi) = ActixApp::new().into_utoipa_app().openapi(described()).configure(operations).split_for_parts();
    // No handler names them: what it answers below `/v1/preview` is added as a copy.
    let schemas = &mut api.components.get_or_insert_default().schemas;
    schemas.insert(PreviewArticle::name().into_owned(), PreviewArticle::schema());
    schemas.insert(PreviewArticleList::name().into_owned(), PreviewArticleList::schema());
    Document::finish(
        &api,
        Finish {
            roles: Some(&roles),
            scopes: Some(&scopes),
            also: Some(&also),
            without_idempotency: WITHOUT_IDEMPOTENCY,
            drafts: &[("listArticles", "PreviewArticleList"), ("getArticle", "PreviewArticle")],
            optional_bodies: OPTIONAL_BODIES,
            long_bodies: LONG_BODIES,
            examples: Some(&read(include_str!("../openapi/examples.json"))),
            parameters: Some(&read(include_str!("../openapi/parameters.json"))),
        },
    )
}

/// Examples, of one newsroom in all of them.
fn read(examples: &str) -> serde_json::Value {
    serde_json::from_str(examples).expect("the examples are JSON, which a test sees")
}

/// Whose answers may hold a secret.
const WITHOUT_IDEMPOTENCY: &[&str] = &["createUser", "createApiKey", "rotateApiKey", "createPreviewLink", "createCalendarSubscription"];

/// Publishing or taking down now needs nothing to be said, nor does a link to the site as it is, a subscription to the whole calendar or another secret for a key.
const OPTIONAL_BODIES: &[&str] =
    &["createPublication", "unpublishArticle", "createPreviewLink", "createCalendarSubscription", "rotateApiKey"];

/// Whose bodies bring an article's text, or many operations.
const LONG_BODIES: &[&str] = &["createArticle", "replaceArticle", "updateArticle", "amendArticle", "bulk"];

fn described() -> OpenApi {
    let description = format!(
        "A headless CMS for news. `/v1/articles` is for readers: anonymous, cacheable, and only what is live at the instant of the request. `/v1/editor` is for editors, \
         with the access token of `/v1/auth/login`, and for programs with API keys. Ids are UUIDv7 and tell when a thing was begun.\n\n{}",
        permission::table()
    );
    frame(
        &description,
        &[
            ("Delivery", "What readers get."),
            ("Articles (editors)", "Writing articles. Each save is a revision."),
            ("History", "The revisions of an article: what was saved when, by whom, and in what it differs."),
            ("Publications", "Dates: what goes before the public when."),
            ("Corrections", "What is said about an article after it was published, without a save of it."),
            ("Releases", "Publications of several articles that move together."),
            ("Preview", "The site as it stood or will stand at any instant, for editors and whoever has a preview link."),
            ("Redirects", "Paths of the site that lead elsewhere."),
            ("Categories", "The tree that articles lie in."),
            ("Tags and authors", "What articles carry besides categories."),
            ("Auth", "Logging in."),
            ("Users", "Who may log in."),
            ("Audit log", &format!("Who did what, when and from where.\n\n{}", audit::rules::table())),
            ("API keys", "What programs ask with."),
            ("Operations", "For those who run it."),
        ],
    )
}

impl App {
    /// Opens the database, applies what is missing, and makes keys ready; blocks.
    ///
    /// # Errors
    /// In words for the operator.
    pub fn prepare(options: Options, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        db::migrate(&options.database_url)?;
        let db = Db::open(&options.database_url, clock, PoolSize(options.workers.max(2) * 4))?;
        let (auth, cursor_key) = Auth::prepare(&db, &options.site_name).map_err(StartError::Keys)?;
        let delivery = Delivery {
            locales: options.locales.clone(),
            names: NamesCache::default(),
            quarters: KeptQuarters::default(),
            cursor_key,
            usual: UsualLifetime(options.cache_lifetime),
            site_name: options.site_name.as_str().into(),
            site_url: options.site_url.as_str().into(),
            zone: options.site_time_zone.clone(),
        };
        let previews = Previews::prepare(&db, options.preview_url.clone(), options.api_url.clone(), options.locales.clone())
            .map_err(StartError::Keys)?;
        let (name, url) = (options.site_name.clone(), options.site_url.clone());
        let calendars = Calendars::prepare(&db, OfSite { name, url, api_url: options.api_url.clone() }).map_err(StartError::Keys)?;
        let document = document();
        let schemas = Arc::new(Schemas::of(&document));
        let routes = Routes::of(&document);
        Ok(Self {
            options,
            db,
            auth,
            delivery,
            previews,
            calendars,
            views: Views::default(),
            ranks: Ranks::default(),
            readiness: ops::Readiness::default(),
            document,
            schemas,
            routes,
        })
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.db
    }

    /// What writes views down.
    pub fn views(&self) -> &Views {
        &self.views
    }

    /// Keeps what the settings say no longer than they say, for as long as it is awaited: at once, and every hour, as long as the clock can be trusted.
    pub async fn keep_up(self) {
        let Options { revisions_kept_days, trash_kept_days, .. } = self.options;
        let retention = Retention { revisions_kept_days, trash_kept_days };
        if retention == Retention::default() {
            return;
        }
        let (mut passes, mut looked_at, mut wait) = (Passes::new(&self.db, retention), Instant::now(), retention::LOOKED_AT_FIRST);
        loop {
            actix_web::rt::time::sleep(wait).await;
            let elapsed = looked_at.elapsed();
            (looked_at, wait) = (Instant::now(), retention::EVERY);
            match passes.next(&self.db, elapsed).await {
                Ok(Some(Passed { revisions: 0, articles: 0 })) => {}
                Ok(None) => {
                    tracing::warn!("the clock was set, or the latest write is long ago: what is kept no longer stays for an hour more")
                }
                Ok(Some(Passed { revisions, articles })) => tracing::info!(revisions, articles, "kept no longer, as the settings say"),
                Err(problem) => tracing::warn!("what is kept no longer stays until the next hour: {problem:?}"),
            }
        }
    }

    /// Whether the node says that it is ready.
    pub fn readiness(&self) -> &ops::Readiness {
        &self.readiness
    }

    /// A server on this socket; it runs once it is awaited, inside an actix runtime.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub fn server(self, listener: TcpListener) -> std::io::Result<Server> {
        let (workers, budget) = (self.options.workers, Budget::default());
        serving::server(listener, workers, Patience::default(), move || {
            let style = FeedStyle {
                has_text: self.options.feeds_have_text,
                hub: self.options.websub_hub.as_deref().map(Into::into),
                api_url: self.options.api_url.as_str().into(),
            };
            let site = Site { locales: self.options.locales.clone(), embed_hosts: self.options.embed_hosts.clone() };
            let (app, _) = ActixApp::new().into_utoipa_app().openapi(described()).configure(operations).split_for_parts();
            app.app_data(Data::from(Arc::clone(&self.schemas)))
                .app_data(Data::new(self.db.clone()))
                .app_data(Data::new(self.auth.clone()))
                .app_data(Data::new(self.auth.passwords().clone()))
                .app_data(Data::new(self.delivery.cursor_key.clone()))
                .app_data(Data::new(self.delivery.clone()))
                .app_data(Data::new(self.previews.clone()))
                .app_data(Data::new(self.calendars.clone()))
                .app_data(Data::new(self.views.counter.clone()))
                .app_data(Data::new(self.ranks.clone()))
                .app_data(Admission(preview::viewer::prove))
                .app_data(Data::new(self.readiness.clone()))
                .app_data(Data::new(site))
                .app_data(Data::new(style))
                .app_data(budget.clone())
                .app_data(Recheck(auth::caller::recheck))
                .app_data(PublicUrl(self.options.api_url.clone()))
                .app_data(self.options.trusted_proxies.clone())
                .configure(|config| docs::mount(config, &self.document))
                .default_service(fallback(&self.routes))
                .wrap(Shell::new(self.options.cors_allowed_origins.clone()))
        })
    }

    /// Starts serving on a socket within the present actix runtime: where, and the handle that stops it.
    ///
    /// # Errors
    /// If the socket cannot be used.
    pub fn start(self, listener: TcpListener) -> std::io::Result<(SocketAddr, ServerHandle)> {
        let address = listener.local_addr()?;
        let server = self.server(listener)?;
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Ok((address, handle))
    }
}
