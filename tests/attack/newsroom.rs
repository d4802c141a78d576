//! A site with people of every standing, and things that belong to them. Things are made below HTTP, so that they can belong to someone who
//! can make nothing any more.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use dateline::api_keys::dto::ApiKeyCreate;
use dateline::api_keys::service as keys;
use dateline::articles::dto::{ArticleCreate, UnfinishedArticle};
use dateline::articles::service::{self as articles, publishing};
use dateline::audit::store::Actor;
use dateline::auth::store::{insert_session, newest_key};
use dateline::bodies::EmbedHosts;
use dateline::calendar::store::{self as subscriptions, StoredSubscription};
use dateline::categories::dto::CategoryCreate;
use dateline::categories::service as categories;
use dateline::corrections::dto::CorrectionCreate;
use dateline::corrections::service as corrections;
use dateline::curated::dto::{CuratedList, CuratedListCreate, CuratedListPatch};
use dateline::curated::service as curated;
use dateline::db::Tx;
use dateline::kernel::caller::{Caller, Role, Scope};
use dateline::kernel::id::{ApiKeyId, ArticleId, CalendarSubscriptionId, PreviewLinkId, RedirectId, ReleaseId, SessionId, TermId, UserId};
use dateline::kernel::locale::Locales;
use dateline::kernel::patch::Patch;
use dateline::kernel::refs::Relation;
use dateline::kernel::version::Expected;
use dateline::preview::store::{self as links, StoredLink};
use dateline::publications::dto::PublicationCreate;
use dateline::redirects::store::{self as redirects, StoredRedirect};
use dateline::releases::dto::{ReleaseCreate, ReleaseMember};
use dateline::releases::service as releases;
use dateline::settings::Options;
use dateline::terms::store as terms;
use dateline::users::dto::UserPatch;
use dateline::users::service::{NewUser, add_in, update_in};
use serde_json::{Value, json};

use crate::site::{PASSWORD, Site, article, password_hash};
use crate::support::Engine;
use crate::support::client::Client;

/// Who may ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Someone without a token.
    Anonymous,
    /// A user with a valid token.
    Active(Role),
    /// An editor who was deactivated, with the token from before.
    Deactivated,
    /// An editor with a token that was valid until a second ago.
    Expired,
}

/// One of them.
pub struct Person {
    /// Asks with what they have for a token.
    pub client: Client,
    /// Who they are; for someone anonymous nobody.
    pub caller: Caller,
    /// With what they log in, besides [`PASSWORD`].
    pub email: String,
    /// The refresh token of their last login.
    pub refresh_token: String,
    /// The access token that they send, if they have one.
    pub access_token: Option<String>,
}

/// See the module.
pub struct Newsroom {
    /// The site.
    pub site: Site,
    editor: Caller,
    made: AtomicUsize,
    /// Where articles and categories are made.
    place: Mutex<Option<String>>,
}

impl Newsroom {
    /// One where nothing was written yet.
    pub async fn open(engine: Engine) -> Self {
        Self::with(engine, |_| {}).await
    }

    /// The same with other settings.
    pub async fn with(engine: Engine, set: impl FnOnce(&mut Options)) -> Self {
        let site = Site::with(engine, "2026-11-30T08:00:00.000Z", set);
        let nobody = Caller::user(UserId::new(), Role::Editor, SessionId::new());
        let mut newsroom = Self { site, editor: nobody, made: AtomicUsize::new(0), place: Mutex::new(None) };
        newsroom.editor = newsroom.person(Standing::Active(Role::Editor)).await.caller;
        newsroom
    }

    fn next(&self) -> usize {
        self.made.fetch_add(1, Ordering::Relaxed)
    }

    /// A user who was never logged in.
    pub async fn user(&self, role: Role) -> (UserId, String) {
        let email = format!("somebody-{}@example.org", self.next());
        let new = NewUser {
            email: email.clone(),
            name: "Somebody".to_owned(),
            role,
            category_ids: None,
            password_hash: password_hash(),
            is_one_time: false,
        };
        (self.site.db().write(move |tx| add_in(tx, &Actor::COMMAND, &new)).await.unwrap().id, email)
    }

    /// A new person of this standing.
    pub async fn person(&self, standing: Standing) -> Person {
        let role = if let Standing::Active(role) = standing { role } else { Role::Editor };
        let anyone = self.site.anyone();
        let (id, email) = self.user(role).await;
        let login = anyone.post("/v1/auth/login").json(json!({ "email": email, "password": PASSWORD })).await;
        let (mut access_token, mut refresh_token) = (login.text_at("/access_token").to_owned(), login.text_at("/refresh_token").to_owned());
        let session_id = session_of(&access_token);
        match standing {
            Standing::Active(_) => {}
            Standing::Anonymous => refresh_token = format!("dlr_{}", "A".repeat(43)),
            Standing::Deactivated => self.deactivate(id).await,
            Standing::Expired => {
                let key = self.site.db().run_read(newest_key).unwrap().unwrap();
                let then = self.site.db().clock().now().plus_millis(-900_000);
                access_token = key.sign(id, session_id, then).unwrap();
            }
        }
        let access_token = (standing != Standing::Anonymous).then_some(access_token);
        let client = access_token.as_ref().map_or_else(|| anyone.clone(), |token| anyone.with_token(token));
        Person { client, caller: Caller::user(id, role, session_id), email, refresh_token, access_token }
    }

    async fn deactivate(&self, id: UserId) {
        let patch = UserPatch { active: Some(false), ..UserPatch::default() };
        self.site.db().write(move |tx| update_in(tx, &Actor::COMMAND, id, &Expected::Anything, patch.clone())).await.unwrap();
    }

    /// Something of a kind (a segment of paths, such as `articles`) in a state, that belongs to `owner`: its id.
    pub async fn id(&self, kind: &str, owner: &Caller, state: &str) -> String {
        match kind {
            "articles" => self.article(owner, state).await.0.to_string(),
            "publications" => self.publication(owner, state).await,
            "categories" => self.category().await.0,
            "corrections" => self.correction(owner, state).await,
            "users" => owner.user_id.to_string(),
            "lists" => self.curated().await.summary.id.to_string(),
            "lists editions" => self.edition().await,
            "releases" => self.release().await.0,
            "releases publications" => self.in_release(owner).await,
            "sessions" => self.session(owner).await,
            "users sessions" => format!("{} {}", owner.user_id, self.session(owner).await),
            "api-keys" => self.api_key(&[Scope::ArticlesRead]).await.0.to_string(),
            "preview-links" => self.preview_link().await,
            "tags" => self.term(Relation::Tag, owner, state).await.0,
            "authors" => self.term(Relation::Author, owner, state).await.0,
            "redirects" => self.redirect().await,
            "calendar-subscriptions" => self.subscription().await,
            other => panic!("nothing here makes {other}: teach `Newsroom::id` to"),
        }
    }

    /// The same by its slug.
    pub async fn slug(&self, kind: &str, owner: &Caller, state: &str) -> String {
        match kind {
            "articles" => self.article(owner, state).await.1,
            "categories" => self.category().await.1,
            "lists" => self.curated().await.summary.slug,
            "tags" => self.term(Relation::Tag, owner, state).await.1,
            "authors" => self.term(Relation::Author, owner, state).await.1,
            other => panic!("nothing here makes {other}: teach `Newsroom::slug` to"),
        }
    }

    async fn article(&self, owner: &Caller, state: &str) -> (ArticleId, String) {
        self.article_with(owner, state, json!({})).await
    }

    /// An article with these members besides the least.
    async fn article_with(&self, owner: &Caller, state: &str, members: Value) -> (ArticleId, String) {
        let db = self.site.db();
        let of = articles::Site { locales: Locales::new(vec!["en".parse().unwrap()]).unwrap(), embed_hosts: EmbedHosts::default() };
        let mut wanted = article(&format!("Article {}", self.next()));
        wanted["category_id"] = json!(self.place());
        wanted.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        let create: ArticleCreate = from(wanted);
        let made = articles::create(db, &of, owner, create, None).await.unwrap().first().unwrap();
        let starts = json!({ "publish_at": "2026-12-01T08:00:00Z" });
        match state {
            "draft" => {}
            "live" => drop(
                publishing::publish(db, &self.editor, made.id, Expected::Anything, from::<PublicationCreate>(json!({})), None)
                    .await
                    .unwrap(),
            ),
            "scheduled" => drop(
                publishing::publish(db, &self.editor, made.id, Expected::Anything, from::<PublicationCreate>(starts), None).await.unwrap(),
            ),
            "trashed" => articles::trash::discard(db, &self.editor, made.id, Expected::Anything).await.unwrap(),
            "autosaved" => {
                let unfinished = from::<UnfinishedArticle>(json!({ "title": "Written and not saved" })).into();
                let written = articles::autosave::Written { expected: Expected::Anything, is_whole: false, unfinished };
                drop(articles::autosave::keep(db, &of, owner, made.id, written).await.unwrap());
            }
            other => panic!("no article is {other}"),
        }
        (made.id, made.slug)
    }

    async fn publication(&self, owner: &Caller, state: &str) -> String {
        let (article, _) = self.article(owner, state).await;
        articles::get(self.site.db(), &self.editor, article).await.unwrap().publications[0].id.to_string()
    }

    /// A correction that lies ahead or has begun.
    async fn correction(&self, owner: &Caller, state: &str) -> String {
        let (article, _) = self.article(owner, "live").await;
        let at = (state == "scheduled").then_some("2026-12-01T08:00:00Z");
        let create = json!({ "kind": "correction", "text": { "format": "html", "source": "It has four lanes." }, "at": at });
        let create = from::<CorrectionCreate>(create).into();
        let made = corrections::create(self.site.db(), &self.editor, article, Expected::Anything, create, None).await.unwrap();
        made.first().unwrap().id.to_string()
    }

    /// A list that readers get.
    async fn curated(&self) -> CuratedList {
        let create: CuratedListCreate = from(json!({ "name": "Front page", "slots": [{ "rule": { "limit": 3 } }] }));
        curated::create(self.site.db(), &self.editor, create.into(), None).await.unwrap().first().unwrap()
    }

    /// A list, and an edition of it that lies ahead.
    async fn edition(&self) -> String {
        let id = self.curated().await.summary.id;
        let patch: CuratedListPatch = from(json!({ "slots": [], "publish_at": "2026-12-01T08:00:00Z" }));
        let list = curated::update(self.site.db(), &self.editor, id, Expected::Anything, patch.into()).await.unwrap();
        format!("{id} {}", list.editions[0].id)
    }

    /// A release whose date lies ahead: its id.
    async fn release(&self) -> (String, ReleaseId) {
        let create: ReleaseCreate = from(json!({ "name": "Election night", "publish_at": "2026-12-01T08:00:00Z" }));
        let made = releases::create(self.site.db(), &self.editor, create.into(), None).await.unwrap().first().unwrap();
        (made.summary.id.to_string(), made.summary.id)
    }

    /// A release, and what belongs to it.
    async fn in_release(&self, owner: &Caller) -> String {
        let (article_id, _) = self.article(owner, "draft").await;
        let (name, id) = self.release().await;
        let member: ReleaseMember = from(json!({ "article_id": article_id }));
        let added =
            releases::add(self.site.db(), &self.editor, id, Expected::Anything, member.into(), None).await.unwrap().first().unwrap();
        format!("{name} {}", added.entry.id)
    }

    /// Another session of a user.
    async fn session(&self, owner: &Caller) -> String {
        let (id, user, now) = (SessionId::new(), owner.user_id, self.site.db().clock().now());
        let insert = move |tx: &mut Tx<'_>| insert_session(tx.conn(), id, user, &"203.0.113.9".into(), now, now.plus_millis(60_000));
        self.site.db().write(insert).await.unwrap();
        id.to_string()
    }

    /// A new API key with these scopes: its id and its secret.
    pub async fn api_key(&self, scopes: &[Scope]) -> (ApiKeyId, String) {
        let create = ApiKeyCreate { name: "A program".to_owned(), scopes: scopes.to_vec(), ..ApiKeyCreate::default() };
        let made = keys::create(self.site.db(), &self.editor, create.into()).await.unwrap();
        (made.about.id, made.key)
    }

    /// A program with a new key with these scopes.
    pub async fn program(&self, scopes: &[Scope]) -> Person {
        let (id, secret) = self.api_key(scopes).await;
        let client = self.site.anyone().with_token(&secret);
        let caller = Caller::key(id, scopes.to_vec());
        Person { client, caller, email: String::new(), refresh_token: String::new(), access_token: Some(secret) }
    }

    /// Limits someone to a category.
    pub async fn limit(&self, person: &Person, category: &str) {
        let (id, patch) =
            (person.caller.user_id, UserPatch { category_ids: Patch::Value(vec![category.parse().unwrap()]), ..UserPatch::default() });
        self.site.db().write(move |tx| update_in(tx, &Actor::COMMAND, id, &Expected::Anything, patch.clone())).await.unwrap();
    }

    /// What is made from here on lies in a category.
    pub fn make_within(&self, category: &str) {
        *self.place.lock().unwrap() = Some(category.to_owned());
    }

    fn place(&self) -> Option<String> {
        self.place.lock().unwrap().clone()
    }

    async fn preview_link(&self) -> String {
        let (id, now) = (PreviewLinkId::new(), self.site.db().clock().now());
        let link = StoredLink {
            id,
            article_id: None,
            at: None,
            drafts: false,
            created_by: self.editor.user_id,
            created_at: now,
            expires_at: now.plus_millis(60_000),
            release_id: None,
        };
        self.site.db().write(move |tx| links::insert(tx.conn(), &link)).await.unwrap();
        id.to_string()
    }

    /// A tag or an author, whom a live article names if the state is that of one: id and slug.
    async fn term(&self, relation: Relation, owner: &Caller, state: &str) -> (String, String) {
        let (id, slug, now) = (TermId::new(), format!("term-{}", self.next()), self.site.db().clock().now());
        let row = terms::Row {
            id,
            relation: relation.name().to_owned(),
            slug: slug.clone(),
            name: slug.clone(),
            description: String::new(),
            picture: None,
            links: "[]".to_owned(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.site.db().write(move |tx| terms::insert(tx.conn(), &row)).await.unwrap();
        if state == "live" {
            let member = if relation == Relation::Tag { "tags" } else { "authors" };
            self.article_with(owner, state, json!({ member: [slug] })).await;
        }
        (id.to_string(), slug)
    }

    async fn redirect(&self) -> String {
        let (id, number) = (RedirectId::new(), self.next());
        let redirect = StoredRedirect {
            id,
            from_path: format!("/old-{number}"),
            target: "/new".to_owned(),
            target_path: Some("/new".to_owned()),
            created_by: self.editor.user_id,
            created_at: self.site.db().clock().now(),
        };
        self.site.db().write(move |tx| redirects::insert(tx.conn(), &redirect)).await.unwrap();
        id.to_string()
    }

    async fn subscription(&self) -> String {
        let (id, now) = (CalendarSubscriptionId::new(), self.site.db().clock().now());
        let filters = "{}".to_owned();
        let one = StoredSubscription { id, name: None, filters, created_by: self.editor.user_id, created_at: now, expires_at: None };
        self.site.db().write(move |tx| subscriptions::insert(tx.conn(), &one)).await.unwrap();
        id.to_string()
    }

    async fn category(&self) -> (String, String) {
        let create: CategoryCreate = from(json!({ "name": format!("Category {}", self.next()), "parent_id": self.place() }));
        let made = categories::create(self.site.db(), &self.editor, create, None).await.unwrap().first().unwrap();
        (made.id.to_string(), made.slug)
    }
}

fn from<T: serde::de::DeserializeOwned>(json: serde_json::Value) -> T {
    serde_json::from_value(json).unwrap()
}

/// The session that an access token belongs to.
fn session_of(token: &str) -> SessionId {
    use base64::Engine as _;
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    claims["sid"].as_str().unwrap().parse().unwrap()
}
