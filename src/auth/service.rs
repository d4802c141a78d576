//! Logging in, staying logged in and logging out.

pub mod sessions;
mod uses;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::{Digest, Sha256};

use self::uses::Uses;
use super::attempts::Counts;
use super::dto::{Identity, IdentityKind, Me, PasswordChange, Tokens};
use super::password::{Passwords, Queue};
pub use super::store::Origin;
use super::store::{self, SigningKey, Standing};
use super::token;
use crate::api_keys::service::{self as api_keys, START, Secret};
use crate::audit::store::{Actor, Change, Target, record};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{Db, Error, Tx};
use crate::kernel::caller::{Caller, Credential, Rights, Role};
use crate::kernel::id::{SessionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::Checked;
use crate::kernel::page::CursorKey;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::refs::limits;
use crate::users::service::{self as users, User};

/// How long an address counts as known, and a session lasts at most: 30 days.
const SESSION_MS: i64 = 30 * 24 * 60 * 60 * 1000;
/// In how many milliseconds a used refresh token gives the same successor.
const GRACE_MS: i64 = 10_000;

/// What logging in needs.
#[derive(Clone)]
pub struct Auth {
    db: Db,
    passwords: Passwords,
    refresh_key: Vec<u8>,
    uses: Uses,
}

/// A login that is looked at.
struct Attempt {
    user: Option<User>,
    is_known: bool,
    counts: Counts,
}

impl Attempt {
    fn queue(&self) -> Queue {
        if self.is_known { Queue::Known } else { Queue::Strange }
    }
}

const REFRESH_SECRET: &str = "refresh";
const CURSOR_SECRET: &str = "cursor";

/// A secret of all nodes, made by the first that asks for it; blocks.
///
/// # Errors
/// If the database fails.
pub fn prepare_secret(db: &Db, name: &'static str) -> Result<Vec<u8>> {
    db.run_write(move |tx| {
        dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
        Ok(shared_secret(tx, name)?)
    })
}

/// The same in a transaction. The caller holds [`Lock::Users`].
///
/// # Errors
/// If the database fails.
fn shared_secret(tx: &mut Tx<'_>, name: &str) -> crate::db::Result<Vec<u8>> {
    if let Some(secret) = store::secret(tx.conn(), name)? {
        return Ok(secret);
    }
    let secret = rand::random::<[u8; 32]>().to_vec();
    store::insert_secret(tx.conn(), name, &secret)?;
    Ok(secret)
}

impl Auth {
    /// Makes the keys that are missing, the same for all nodes; blocks.
    ///
    /// # Errors
    /// If the database fails.
    pub fn prepare(db: &Db, site_name: &str) -> Result<(Self, CursorKey)> {
        let secrets = db.run_write(|tx| {
            dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
            if store::newest_key(tx.conn())?.is_none() {
                rotate_in(tx)?;
            }
            Ok::<_, Problem>((shared_secret(tx, REFRESH_SECRET)?, shared_secret(tx, CURSOR_SECRET)?))
        });
        let (refresh_key, cursor_key) = secrets?;
        let cursor_key: [u8; 32] = cursor_key.try_into().map_err(|_| Error::corrupt("the key of cursors has not 32 bytes"))?;
        Ok((Self { db: db.clone(), passwords: Passwords::new(site_name), refresh_key, uses: Uses::default() }, CursorKey::new(cursor_key)))
    }

    /// The pool that hashes.
    pub fn passwords(&self) -> &Passwords {
        &self.passwords
    }

    /// Whom a token or an API key belongs to, with what they may do now; they ask from `address`.
    ///
    /// # Errors
    /// `invalid_token` (401).
    pub async fn caller(&self, token: &str, address: String) -> Result<Caller> {
        let now = self.db.clock().now();
        let (caller, noted) = if token.starts_with(START) { self.key(token, now).await? } else { self.user(token, now).await? };
        self.uses.note(&self.db, caller.credential, noted, now);
        Ok(caller.from_address(address))
    }

    /// Whose key it is, and when it was last used as far as that is noted.
    async fn key(&self, token: &str, now: Instant) -> Result<(Caller, Option<Instant>)> {
        let secret = Secret::parse(token).ok_or_else(invalid_token)?;
        let found = self.db.read(move |connection| api_keys::caller(connection, &secret, now)).await?;
        found.ok_or_else(invalid_token)
    }

    /// Whose session it is, and when it was last used as far as that is noted.
    async fn user(&self, token: &str, now: Instant) -> Result<(Caller, Option<Instant>)> {
        let key = token::key_id(token).ok_or_else(invalid_token)?;
        let token = token.to_owned();
        self.db
            .read(move |connection| {
                let public_key = store::public_key(connection, key, retired(now))?.ok_or_else(invalid_token)?;
                let (user_id, session_id) = token::verify(&token, &public_key, now).ok_or_else(invalid_token)?;
                let Standing { role, category_ids, is_active, expires_at, revoked_at, last_used_at } =
                    store::standing(connection, session_id, user_id)?.ok_or_else(invalid_token)?;
                if !is_active || revoked_at.is_some() || expires_at <= now {
                    return Err(invalid_token());
                }
                let role = Role::find(&role).ok_or_else(invalid_token)?;
                let categories = limits(category_ids.as_deref()).map_err(Error::corrupt)?;
                Ok((Caller::user(user_id, role, session_id).limited_to(categories), Some(last_used_at)))
            })
            .await
    }

    /// Logs in.
    ///
    /// # Errors
    /// `invalid_credentials` (401), `too_many_requests` (429).
    pub async fn login(&self, email: &str, password: &str, origin: impl Into<Origin>) -> Result<Tokens> {
        refuse_too_long("/password", password)?;
        let (auth, email, password, origin) = (self.clone(), users::normalised(email), password.to_owned(), origin.into());
        to_the_end(async move { auth.attempt(email, &password, origin).await }).await
    }

    async fn attempt(&self, email: String, password: &str, origin: Origin) -> Result<Tokens> {
        let turn = self.passwords.turn(self.admitted(&email, &origin.address).await?.queue()).await?;
        // Others of the queue may have failed meanwhile. From here on nobody of it is looked at until this one is counted.
        let Attempt { user, counts, .. } = self.admitted(&email, &origin.address).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let is_right = turn.verify(password, hash).await?;
        match user.filter(|user| is_right && user.active) {
            Some(user) => self.start_session(user, origin).await,
            None => {
                tracing::info!("a login failed");
                self.db.write(move |tx| counts.add(tx)).await?;
                Err(invalid_credentials())
            }
        }
    }

    /// Refuses accounts and addresses with too many failures before a password is looked at.
    async fn admitted(&self, email: &str, address: &str) -> Result<Attempt> {
        let (email, address, now) = (email.to_owned(), address.to_owned(), self.db.clock().now());
        self.db
            .read(move |connection| {
                let user = users::stored_by_email(connection, &email)?;
                let since = now.plus_millis(-SESSION_MS);
                let known = match &user {
                    Some(user) if store::is_known_address(connection, user.id, &address, since)? => Some(user.id),
                    _ => None,
                };
                let counts = known.map_or_else(|| Counts::strange(&email, &address), |id| Counts::known(id, &address));
                counts.check(connection, now)?;
                Ok(Attempt { user, is_known: known.is_some(), counts })
            })
            .await
    }

    async fn start_session(&self, user: User, origin: Origin) -> Result<Tokens> {
        let token = format!("dlr_{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        self.db
            .write(move |tx| {
                // Who changes a user waits, or has ended before: no session begins by a password that was just replaced.
                dialect::lock(tx.conn(), Lock::Users, Hold::Shared)?;
                let now = tx.now()?;
                let present = users::stored(tx.conn(), user.id)?;
                let user = present.filter(|present| present.active && present.password_hash == user.password_hash);
                let user = user.ok_or_else(invalid_credentials)?;
                let last = user.password_expires_at.unwrap_or(Instant::NEVER);
                if last <= now {
                    return Err(expired_password());
                }
                let expires_at = now.plus_millis(SESSION_MS).min(last);
                store::delete_expired(tx.conn(), now)?;
                let session = SessionId::new();
                store::insert_session(tx.conn(), session, user.id, &origin, now, expires_at)?;
                store::insert_refresh(tx.conn(), hash(&token), session, now)?;
                let change = Change::made(json!({ "email": user.email, "expires_at": expires_at }));
                record(tx, &Actor::user(user.id, &origin.address), "session.started", target(session), change)?;
                tokens(tx, &user, session, token.clone())
            })
            .await
    }

    /// The next pair of tokens for a refresh token.
    ///
    /// # Errors
    /// `invalid_refresh_token` (401); if the token was used before, its session is ended.
    pub async fn refresh(&self, token: &str, address: &str) -> Result<Tokens> {
        let (used, address) = (hash(token), address.to_owned());
        let successor = self.successor(token);
        let outcome = self
            .db
            .write(move |tx| {
                let now = tx.now()?;
                let Some((session, used_at, expires_at, revoked_at, user_id)) = store::refresh(tx.conn(), &used)? else {
                    return Ok(Err(invalid_refresh()));
                };
                let user = users::stored(tx.conn(), user_id)?.filter(|user| user.active);
                let Some(user) = user.filter(|_| revoked_at.is_none() && expires_at > now) else { return Ok(Err(invalid_refresh())) };
                match used_at {
                    None => {
                        if store::use_refresh(tx.conn(), &used, now)? {
                            store::insert_refresh(tx.conn(), hash(&successor), session, now)?;
                            store::listed::touch(tx.conn(), session, now)?;
                        }
                    }
                    Some(used_at) if now < used_at.plus_millis(GRACE_MS) => {}
                    Some(_) => {
                        tracing::warn!(%session, user = %user.id, "a refresh token was used again: its session is ended");
                        store::revoke(tx.conn(), session, now)?;
                        let change = Change::removed(json!({ "email": user.email, "expires_at": expires_at }));
                        record(tx, &Actor::user(user.id, &address), "session.refresh_token_reused", target(session), change)?;
                        return Ok(Err(invalid_refresh()));
                    }
                }
                tokens(tx, &user, session, successor.clone()).map(Ok)
            })
            .await;
        outcome.and_then(|result| result)
    }

    /// The successor of a refresh token is computed, not stored: a doubled request gets the same one.
    fn successor(&self, token: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.refresh_key).expect("HMAC takes keys of any length");
        mac.update(token.as_bytes());
        format!("dlr_{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    /// Ends the session of a refresh token; one that is unknown is ended already.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn logout(&self, token: &str, address: &str) -> Result<()> {
        let (hash, address) = (hash(token), address.to_owned());
        self.db
            .write(move |tx| {
                let now = tx.now()?;
                if let Some((session, _, expires_at, None, user)) = store::refresh(tx.conn(), &hash)? {
                    store::revoke(tx.conn(), session, now)?;
                    let email = users::stored(tx.conn(), user)?.map(|user| user.email);
                    let change = Change::removed(json!({ "email": email, "expires_at": expires_at }));
                    record(tx, &Actor::user(user, &address), "session.ended", target(session), change)?;
                }
                Ok(())
            })
            .await
    }

    /// Who asks.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn me(&self, caller: &Caller) -> Result<Identity> {
        let caller = caller.clone();
        self.db
            .read(move |connection| match caller.credential {
                Credential::Session(_) => Ok(user(&users::stored(connection, caller.user_id)?.ok_or_else(invalid_token)?, &caller)),
                Credential::Key(id) => Ok(key(api_keys::name(connection, id)?.ok_or_else(invalid_token)?, &caller)),
            })
            .await
    }

    /// Changes one's own password; all other sessions end.
    ///
    /// # Errors
    /// 422 if the present one is wrong or the new one is not taken, whichever and both; 429.
    pub async fn change_password(&self, caller: &Caller, change: impl Into<Checked<PasswordChange>>) -> Result<()> {
        let (auth, caller, change) = (self.clone(), caller.clone(), change.into());
        to_the_end(async move { auth.change_own(&caller, change).await }).await
    }

    async fn change_own(&self, caller: &Caller, change: Checked<PasswordChange>) -> Result<()> {
        let (id, session, actor) = (caller.user_id, caller.session(), Actor::from(caller));
        let Checked { value: change, mut mistakes } = change;
        let user = self.admitted_again(id).await?;
        if let Some(fault) = self.passwords.fault(&change.new_password, &user.email, &user.name) {
            mistakes.note("/new_password", fault.code(), fault.detail());
        }
        mistakes.take(refuse_too_long("/current_password", &change.current_password))?;
        if mistakes.has("/current_password") {
            return mistakes.finish();
        }
        let turn = self.passwords.turn(Queue::Known).await?;
        let known = self.admitted_again(id).await?.password_hash;
        if !turn.verify(&change.current_password, Some(known.clone())).await? {
            self.db.write(move |tx| Counts::own(id).add(tx)).await?;
            mistakes.take(Err::<(), _>(wrong_password()))?;
        }
        mistakes.finish()?;
        let hash = turn.hash(&change.new_password).await?;
        self.db
            .write(move |tx| {
                dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
                if users::stored(tx.conn(), id)?.is_none_or(|user| user.password_hash != known) {
                    return Err(wrong_password());
                }
                users::set_password_in(tx, &actor, id, (&hash, false), session).map(drop)
            })
            .await
    }

    /// Refuses who named a wrong password too often.
    async fn admitted_again(&self, id: UserId) -> Result<User> {
        let now = self.db.clock().now();
        self.db
            .read(move |connection| {
                Counts::own(id).check(connection, now)?;
                users::stored(connection, id)?.ok_or_else(invalid_token)
            })
            .await
    }

    /// The public keys.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keys(&self) -> Result<Vec<serde_json::Value>> {
        let now = self.db.clock().now();
        let keys = self.db.read(move |connection| store::public_keys(connection, retired(now))).await?;
        Ok(keys.into_iter().map(|(id, key)| token::jwk(id.0, &key)).collect())
    }
}

/// Does it although whoever asked may have hung up: what was tried is counted.
async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T>> + Send + 'static) -> Result<T> {
    tokio::spawn(work).await.map_err(Problem::internal)?
}

/// Makes a new key the one that signs; the others still verify.
///
/// # Errors
/// If the database fails.
pub fn rotate_in(tx: &mut Tx<'_>) -> Result<uuid::Uuid> {
    let key = SigningKey::generate()?;
    let now = tx.now()?;
    store::insert_key(tx.conn(), &key, now)?;
    store::delete_retired_keys(tx.conn(), retired(now))?;
    record(tx, &Actor::COMMAND, "keys.rotated", Target { kind: "keys", id: key.id }, Change::default())?;
    Ok(key.id)
}

/// Gives a user another password and ends all their sessions, within a write: for the command. Until when it is good, if nobody chose it.
///
/// # Errors
/// 404.
pub fn reset_password_in(tx: &mut Tx<'_>, id: UserId, password_hash: &str, is_one_time: bool) -> Result<Option<Instant>> {
    users::set_password_in(tx, &Actor::COMMAND, id, (password_hash, is_one_time), None)
}

fn tokens(tx: &mut Tx<'_>, user: &User, session: SessionId, refresh_token: String) -> Result<Tokens> {
    let key = store::newest_key(tx.conn())?.ok_or_else(|| Error::corrupt("there is no signing key"))?;
    let access_token = key.sign(user.id, session, tx.now()?)?;
    let password_expires_at = user.password_expires_at;
    Ok(Tokens { access_token, token_type: "Bearer", expires_in: token::LIFETIME_S, refresh_token, password_expires_at, user: me(user)? })
}

fn target(session: SessionId) -> Target {
    Target { kind: "session", id: session.uuid() }
}

fn me(user: &User) -> Result<Me> {
    Ok(Me { id: user.id, email: user.email.clone(), name: user.name.clone(), role: user.role()? })
}

fn user(user: &User, caller: &Caller) -> Identity {
    let role = if let Rights::Role(role) = caller.rights { Some(role) } else { None };
    let (email, name, category_ids) = (Some(user.email.clone()), user.name.clone(), caller.categories.clone());
    Identity { kind: IdentityKind::User, id: user.id, email, name, role, scopes: None, category_ids }
}

fn key(name: String, caller: &Caller) -> Identity {
    let scopes = if let Rights::Scopes(scopes) = &caller.rights { Some(scopes.clone()) } else { None };
    let category_ids = caller.categories.clone();
    Identity { kind: IdentityKind::ApiKey, id: caller.user_id, email: None, name, role: None, scopes, category_ids }
}

fn hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A password that is longer than any that can be set is refused before anything is computed.
///
/// # Errors
/// 422 at `pointer`.
pub fn refuse_too_long(pointer: &str, password: &str) -> Result<()> {
    if super::password::is_too_long(password) {
        return Err(Problem::invalid_field(pointer, "too_long", "it has more than 1,024 bytes"));
    }
    Ok(())
}

/// Keys that were replaced at this instant or before verify nothing any more: their last tokens have expired.
fn retired(now: Instant) -> Instant {
    now.plus_millis(-(token::LIFETIME_S + token::LEEWAY_S) * 1000)
}

fn invalid_credentials() -> Problem {
    Problem::new(Code::InvalidCredentials, "E-mail or password is wrong.")
}

/// Only who knows the password hears it.
fn expired_password() -> Problem {
    let detail = "The password was made for you and has expired. Have another one made: `dateline user set-password`.";
    Problem::new(Code::InvalidCredentials, detail)
}

fn wrong_password() -> Problem {
    Problem::invalid_field("/current_password", "wrong", "it is not the present password")
}

fn invalid_token() -> Problem {
    Problem::new(Code::InvalidToken, "The access token or API key is missing, malformed, expired or revoked.")
        .with_header("www-authenticate", "Bearer")
}

/// 401 for a request without a token.
pub fn missing_token() -> Problem {
    invalid_token()
}

fn invalid_refresh() -> Problem {
    Problem::new(Code::InvalidRefreshToken, "The refresh token is not valid. Log in again.")
}
