//! Logging in over HTTP.

mod sessions;

use actix_web::http::StatusCode;
use actix_web::http::header::USER_AGENT;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{Identity, Jwks, Login, PasswordChange, RefreshToken, Tokens};
use super::permission::{Action, require};
use super::service::{Auth, Origin, refuse_too_long};
use crate::http::caching::Lifetime;
use crate::http::{ClientAddress, IdempotencyKey, JsonBody, RawQuery, SMALL_BODY_BYTES, answer};
use crate::kernel::caller::Caller;
use crate::kernel::mistakes::Checked;
use crate::kernel::problem::Result;

/// How many characters of what a client says that it is are kept.
const LONGEST_USER_AGENT: usize = 200;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(login).service(refresh).service(logout).service(me).service(password).service(jwks);
    config.service(sessions::list).service(sessions::end).service(sessions::end_all);
    config.service(sessions::list_of_user).service(sessions::end_of_user).service(sessions::end_all_of_user);
}

/// Log in
///
/// Only failures are counted, within 15 minutes: 10 for an account and 30 for a client address (of IPv6 its /64). Where the account was used from within 30
/// days it has 10 of its own instead, so that what is guessed elsewhere, or at the same address for other accounts, keeps nobody out of it. At most 16 logins wait for their turn, and
/// as many from where the account is known.
///
/// A password that the user did not choose is good for 72 hours: `password_expires_at` says that it must be changed, and until when. A session that begins with it ends then as well.
#[utoipa::path(tag = "Auth", operation_id = "login", request_body = Login, responses((status = 200, description = "Tokens.", body = Tokens), (status = 401, description = "`invalid_credentials`."), (status = 429, description = "`too_many_requests`.")), security(()))]
#[post("/v1/auth/login")]
async fn login(
    request: HttpRequest,
    auth: Data<Auth>,
    address: ClientAddress,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let Checked { value: login, mut mistakes } = json.check::<Login>()?;
    mistakes.take(refuse_too_long("/password", &login.password))?;
    mistakes.finish()?;
    let origin = Origin { address: address.key().to_string(), user_agent: user_agent(&request) };
    let tokens = auth.login(&login.email, &login.password, origin).await?;
    answer::editor(StatusCode::OK).json(&tokens)
}

fn user_agent(request: &HttpRequest) -> Option<String> {
    let value = request.headers().get(USER_AGENT)?;
    Some(String::from_utf8_lossy(value.as_bytes()).chars().take(LONGEST_USER_AGENT).collect())
}

/// Get the next pair of tokens
///
/// A refresh token is used once. Used again within 10 seconds it gives the same successor; later it ends its session.
#[utoipa::path(tag = "Auth", operation_id = "refreshSession", request_body = RefreshToken, responses((status = 200, description = "Tokens.", body = Tokens), (status = 401, description = "`invalid_refresh_token`.")), security(()))]
#[post("/v1/auth/refresh")]
async fn refresh(auth: Data<Auth>, address: ClientAddress, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let token = json.check::<RefreshToken>()?.finish()?;
    answer::editor(StatusCode::OK).json(&auth.refresh(&token.refresh_token, &address.key().to_string()).await?)
}

/// Log out
///
/// Ends the session: its access tokens as well.
#[utoipa::path(tag = "Auth", operation_id = "logout", request_body = RefreshToken, responses((status = 204, description = "The session has ended.")), security(()))]
#[post("/v1/auth/logout")]
async fn logout(auth: Data<Auth>, address: ClientAddress, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let token = json.check::<RefreshToken>()?.finish()?;
    auth.logout(&token.refresh_token, &address.key().to_string()).await?;
    Ok(answer::no_content())
}

/// Who am I
///
/// The user whose access token this is, or the API key, and what they may do.
#[utoipa::path(tag = "Auth", operation_id = "getMe", responses((status = 200, description = "Who asks.", body = Identity)), security(("bearer" = [])))]
#[get("/v1/auth/me")]
async fn me(auth: Data<Auth>, caller: Caller, query: RawQuery) -> Result<HttpResponse> {
    query.none()?;
    answer::editor(StatusCode::OK).json(&auth.me(&caller).await?)
}

/// Change my password
///
/// All other sessions end. A new one must not be easily guessed: neither one of about 10,000 that are tried first, nor one's own e-mail or name or the name of the
/// site (`easily_guessed` at `/new_password`).
#[utoipa::path(tag = "Auth", operation_id = "changePassword", request_body = PasswordChange, responses((status = 204, description = "It is changed."), (status = 429, description = "`too_many_requests`.")), security(("bearer" = [])))]
#[post("/v1/auth/password")]
async fn password(auth: Data<Auth>, caller: Caller, query: RawQuery, key: IdempotencyKey, body: JsonBody) -> Result<HttpResponse> {
    require(&caller, Action::OwnAccount)?;
    let json = body.json(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    auth.change_password(&caller, json.check::<PasswordChange>()?).await?;
    Ok(answer::no_content())
}

/// Get the public keys of access tokens
///
/// A JSON Web Key Set (RFC 7517).
#[utoipa::path(tag = "Auth", operation_id = "getJwks", responses((status = 200, description = "The keys.", body = Jwks)), security(()))]
#[get("/.well-known/jwks.json")]
async fn jwks(request: HttpRequest, auth: Data<Auth>, query: RawQuery) -> Result<HttpResponse> {
    query.none()?;
    answer::delivered(&request, &Jwks { keys: auth.keys().await? }, Lifetime::seconds(300)).await
}
