//! Adding and changing users. The last admin cannot be lost.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

use super::dto::{EditorUser, UserPatch};
pub use super::store::User;
use super::{rules, store};
use crate::audit::store::{Actor, Change, Target, record};
use crate::auth::permission::{Action, allows};
use crate::db::dialect::{self, Hold, Lock};
use crate::db::{AnyConnection, Db, Tx};
use crate::kernel::caller::Role;
use crate::kernel::id::{CategoryId, SessionId, UserId};
use crate::kernel::instant::Instant;
use crate::kernel::mistakes::{Checked, Mistakes};
use crate::kernel::page::{CursorKey, Limit, ListParameters, Page, Place, SortValue};
use crate::kernel::patch::Patch;
use crate::kernel::problem::{Code, Problem, Result};
use crate::kernel::refs::stored_limits;
use crate::kernel::version::Expected;
use crate::publications::within;

/// The one form in which an e-mail is stored and compared.
pub fn normalised(email: &str) -> String {
    email.trim().nfc().flat_map(char::to_lowercase).nfc().collect()
}

/// For how long a password is good that the user did not choose, in milliseconds: three days.
pub const ONE_TIME_MS: i64 = 72 * 60 * 60 * 1000;

/// A password of 18 random bytes.
pub fn random_password() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 18]>())
}

/// What a new user needs.
#[derive(Clone)]
pub struct NewUser {
    /// The e-mail.
    pub email: String,
    /// The name.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The categories that they are limited to; `None` = they are not.
    pub category_ids: Option<Vec<CategoryId>>,
    /// The hash of the password.
    pub password_hash: String,
    /// Nobody chose the password: it has an end, and is to be changed before.
    pub is_one_time: bool,
}

fn target(id: UserId) -> Target {
    Target { kind: "user", id: id.uuid() }
}

/// What the audit log tells of a user: nothing of the password.
fn told(user: &User) -> Result<Value> {
    let categories = user.categories()?;
    Ok(json!({ "email": user.email, "name": user.name, "role": user.role, "active": user.active, "category_ids": categories }))
}

/// Adds a user within a write.
///
/// # Errors
/// `email_taken` (409); 422 for what is no e-mail, for unknown categories and for an admin with any.
pub fn add_in(tx: &mut Tx<'_>, actor: &Actor, new: &NewUser) -> Result<EditorUser> {
    let email = check_email(&new.email)?;
    let mut mistakes = Mistakes::default();
    within::check_role(new.role, new.category_ids.is_some(), &mut mistakes);
    if let Some(category_ids) = &new.category_ids {
        within::check(tx.conn(), category_ids, &mut mistakes)?;
    }
    mistakes.finish()?;
    dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
    if store::by_email(tx.conn(), &email)?.is_some() {
        return Err(Problem::new(Code::EmailTaken, format!("Another user has the e-mail {email}.")));
    }
    let user = User {
        id: UserId::new(),
        email,
        name: new.name.clone(),
        role: new.role.name().to_owned(),
        password_hash: new.password_hash.clone(),
        active: true,
        category_ids: stored_limits(new.category_ids.as_deref()).map_err(Problem::internal)?,
        version: 1,
        created_at: tx.now()?,
        password_expires_at: new.is_one_time.then_some(tx.now()?.plus_millis(ONE_TIME_MS)),
    };
    store::insert(tx.conn(), &user)?;
    record(tx, actor, "user.created", target(user.id), Change::made(told(&user)?))?;
    seen(&user)
}

/// Notes what is wrong with the categories of a new user, before their password is hashed.
///
/// # Errors
/// If the database fails.
pub async fn check_categories(db: &Db, role: Role, category_ids: Option<Vec<CategoryId>>, mistakes: &mut Mistakes) -> Result<()> {
    within::check_role(role, category_ids.is_some(), mistakes);
    let Some(category_ids) = category_ids else { return Ok(()) };
    let before = std::mem::take(mistakes);
    let checked = db.read(move |connection| {
        let mut mistakes = before.clone();
        within::check(connection, &category_ids, &mut mistakes).map(|()| mistakes)
    });
    *mistakes = checked.await?;
    Ok(())
}

/// An e-mail in the form in which it is stored.
///
/// # Errors
/// 422 for what is none.
pub fn check_email(email: &str) -> Result<String> {
    let email = normalised(email);
    if rules::is_email(&email) {
        return Ok(email);
    }
    Err(Problem::invalid_field("/email", "invalid_format", "it is not an e-mail address such as editor@example.org"))
}

/// A user as admins see them.
///
/// # Errors
/// If the stored role is unknown.
pub fn seen(user: &User) -> Result<EditorUser> {
    Ok(EditorUser {
        id: user.id,
        email: user.email.clone(),
        name: user.name.clone(),
        role: user.role()?,
        category_ids: user.categories()?,
        active: user.active,
        version: user.version,
        created_at: user.created_at,
        password_expires_at: user.password_expires_at,
        one_time_password: None,
    })
}

/// Changes a user within a write. Whoever loses the right to log in, loses their sessions; whoever loses the right to share, what they shared.
///
/// # Errors
/// 404, 412, `last_admin` (409), 422.
pub fn update_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UserId,
    expected: &Expected,
    given: impl Into<Checked<UserPatch>>,
) -> Result<EditorUser> {
    let Checked { value: patch, mut mistakes } = given.into();
    if let Patch::Value(category_ids) = &patch.category_ids {
        within::check(tx.conn(), category_ids, &mut mistakes)?;
    }
    dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
    let mut user = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
    expected.check_alone(user.version.unsigned_abs())?;
    let before = told(&user)?;
    let was_admin = user.active && user.role()? == Role::Admin;
    let categories = patch.category_ids.or(user.categories()?);
    user.role = patch.role.map_or(user.role, |role| role.name().to_owned());
    within::check_role(user.role()?, categories.is_some(), &mut mistakes);
    mistakes.finish()?;
    user.name = patch.name.unwrap_or(user.name);
    user.category_ids = stored_limits(categories.as_deref()).map_err(Problem::internal)?;
    user.active = patch.active.unwrap_or(user.active);
    let stays_admin = user.active && user.role()? == Role::Admin;
    if was_admin && !stays_admin && store::other_admins(tx.conn(), id)? == 0 {
        return Err(Problem::new(Code::LastAdmin, "This is the last active admin. Make another user an admin first."));
    }
    let after = told(&user)?;
    if before != after {
        user.version += 1;
        store::update(tx.conn(), &user)?;
        let mut change = Change::between(before, after, &["email"]);
        if !user.active {
            let now = tx.now()?;
            change = change.with("sessions_ended", store::end_sessions(tx.conn(), id, None, now)?);
        }
        let change = revoke_what_they_shared(tx, &user, change)?;
        record(tx, actor, "user.updated", target(id), change)?;
    }
    seen(&user)
}

/// What a user shared who may not share it any more is over for ever: it does not come back with their rights.
fn revoke_what_they_shared(tx: &mut Tx<'_>, user: &User, change: Change) -> Result<Change> {
    let links = if may(user, Action::SharePreview)? { 0 } else { store::revoke_preview_links(tx.conn(), user.id)? };
    let subscriptions = if may(user, Action::ShareCalendar)? { 0 } else { store::revoke_subscriptions(tx.conn(), user.id)? };
    let revoked = [("preview_links_revoked", links), ("calendar_subscriptions_revoked", subscriptions)];
    Ok(revoked.into_iter().filter(|(_, count)| *count > 0).fold(change, |change, (name, count)| change.with(name, count)))
}

fn may(user: &User, action: Action) -> Result<bool> {
    Ok(user.active && allows(user.role()?, action))
}

/// Keeps a user from losing, until the end of the write, the right to what they share by it.
///
/// # Errors
/// `forbidden` (403) if they lost it while the request arrived.
pub fn hold_right(tx: &mut Tx<'_>, id: UserId, action: Action) -> Result<()> {
    dialect::lock(tx.conn(), Lock::Users, Hold::Shared)?;
    match store::find(tx.conn(), id)? {
        Some(user) if may(&user, action)? => Ok(()),
        _ => Err(Problem::new(Code::Forbidden, "What you may do changed while the request arrived.")),
    }
}

/// Takes a category that is being deleted out of what users are limited to, within a write that holds the tree alone. Who has no other one left changes nothing.
///
/// # Errors
/// If the database fails.
pub fn forget_category_in(tx: &mut Tx<'_>, actor: &Actor, category: CategoryId) -> Result<()> {
    dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
    for mut user in store::limited_to(tx.conn(), category)? {
        let before = told(&user)?;
        let mut left = user.categories()?.unwrap_or_default();
        left.retain(|id| *id != category);
        user.category_ids = stored_limits(Some(&left)).map_err(Problem::internal)?;
        user.version += 1;
        store::update(tx.conn(), &user)?;
        record(tx, actor, "user.updated", target(user.id), Change::between(before, told(&user)?, &["email"]))?;
    }
    Ok(())
}

/// Gives a user another password within a write, one that they chose or one with an end, and ends all their sessions but the one to keep.
///
/// # Errors
/// 404.
pub fn set_password_in(
    tx: &mut Tx<'_>,
    actor: &Actor,
    id: UserId,
    (password_hash, is_one_time): (&str, bool),
    kept: Option<SessionId>,
) -> Result<Option<Instant>> {
    dialect::lock(tx.conn(), Lock::Users, Hold::Exclusive)?;
    let mut user = store::find(tx.conn(), id)?.ok_or_else(Problem::not_found)?;
    password_hash.clone_into(&mut user.password_hash);
    user.version += 1;
    let now = tx.now()?;
    user.password_expires_at = is_one_time.then_some(now.plus_millis(ONE_TIME_MS));
    store::update(tx.conn(), &user)?;
    let ended = store::end_sessions(tx.conn(), id, kept, now)?;
    let change = Change::made(json!({ "email": user.email, "sessions_ended": ended }));
    record(tx, actor, "user.password_changed", target(id), change)?;
    Ok(user.password_expires_at)
}

/// Ends all sessions of a user within a write, but for one that is kept: how many.
///
/// # Errors
/// If the database fails.
pub fn end_sessions_in(tx: &mut Tx<'_>, id: UserId, kept: Option<SessionId>) -> Result<usize> {
    let now = tx.now()?;
    Ok(store::end_sessions(tx.conn(), id, kept, now)?)
}

/// The user of this id, as stored.
///
/// # Errors
/// If the database fails.
pub fn stored(connection: &mut AnyConnection, id: UserId) -> crate::db::Result<Option<User>> {
    store::find(connection, id)
}

/// The user of this e-mail, which must be [`normalised`], as stored.
///
/// # Errors
/// If the database fails.
pub fn stored_by_email(connection: &mut AnyConnection, email: &str) -> crate::db::Result<Option<User>> {
    store::by_email(connection, email)
}

/// A user as admins see them.
///
/// # Errors
/// 404.
pub async fn get(db: &Db, id: UserId) -> Result<EditorUser> {
    db.read(move |connection| seen(&store::find(connection, id)?.ok_or_else(Problem::not_found)?)).await
}

/// A page of users in the order in which they were added.
///
/// # Errors
/// `invalid_cursor` (400).
pub async fn list(db: &Db, key: &CursorKey, limit: Limit, cursor: Option<&str>) -> Result<Page<EditorUser>> {
    let parameters = ListParameters::of("listUsers");
    let place = key.place(&parameters, cursor)?;
    let from = place.as_ref().and_then(Place::of_instant);
    let rows = limit.read_rows();
    let users = db.read(move |connection| store::beyond(connection, from, rows)).await?;
    let users = users.iter().map(seen).collect::<Result<Vec<_>>>()?;
    let at = |user: &EditorUser| (SortValue::Number(user.created_at.millis()), user.id.uuid());
    Ok(Page::cut(users, limit, place.as_ref(), key, parameters.as_str(), at))
}

/// The user of this e-mail.
///
/// # Errors
/// 404.
pub fn by_email(db: &Db, email: &str) -> Result<EditorUser> {
    let email = normalised(email);
    db.run_read(|connection| {
        seen(
            &store::by_email(connection, &email)?
                .ok_or_else(|| Problem::new(Code::NotFound, format!("No user has the e-mail {email}.")))?,
        )
    })
}
