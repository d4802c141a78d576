//! The calendar for calendar programs, and subscriptions to it, over HTTP.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, REFERRER_POLICY};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, delete, get, post};
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{CalendarSubscription, CalendarSubscriptionCreate, CalendarSubscriptionList, ICalendar, NewCalendarSubscription};
use super::service::{self, Calendars};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::{IdempotencyKey, JsonBody, PageQuery, PathId, RawQuery, SMALL_BODY_BYTES, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::CalendarSubscriptionId;
use crate::kernel::page::CursorKey;
use crate::kernel::problem::Result;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(read).service(create).service(list).service(get_one).service(revoke);
}

/// Read the calendar as iCalendar
///
/// For calendar programs (RFC 5545), with the token of a subscription in the query, since they send no header; with an access token the whole of it. An event for each
/// publication, whose `UID` is the publication's id and whose `SEQUENCE` its version, from its start to its end in UTC; cancelled, if its article is in the trash at its start. The next 1,000 that start within
/// 365 days, and of what has begun the latest 1,000 that started or ended in the last 30 days or end within 365.
///
/// It shows what `listPublications` shows to whoever made the subscription, and nothing when they may read that no more: titles, and of what is under embargo also until when and why. Whoever
/// has the token reads that as well.
#[utoipa::path(
    tag = "Publications", operation_id = "getCalendar",
    responses((
        status = 200, description = "The calendar.", body = ICalendar, content_type = "text/calendar",
        headers(("X-Robots-Tag" = String, description = "`noindex`."), ("Referrer-Policy" = String, description = "`no-referrer`, since the URL may hold a token.")),
    )),
    security(("bearer" = []), ("calendarToken" = [])),
)]
#[get("/v1/editor/calendar.ics")]
async fn read(request: HttpRequest, db: Data<Db>, calendars: Data<Calendars>, query: RawQuery) -> Result<HttpResponse> {
    let mut q = query.collect();
    let subscription = match q.raw("token") {
        Some(token) => Some(calendars.subscription(&db, &token).await?),
        None => {
            require(&Caller::extract(&request).await?, Action::ShareCalendar)?;
            None
        }
    };
    q.finish()?;
    let calendar = calendars.read(&db, subscription).await?;
    let answer = answer::editor(StatusCode::OK).header(HeaderName::from_static("x-robots-tag"), "noindex");
    Ok(answer.header(REFERRER_POLICY, "no-referrer").bytes("text/calendar; charset=utf-8", calendar))
}

/// Subscribe to the calendar
///
/// The answer has an address for a calendar program, which shows by it what starts and ends, without a login, until the subscription ends or is revoked, or you may share the calendar no more. What is under embargo is in it, with its note: keep the address as you
/// would a password.
#[utoipa::path(tag = "Publications", operation_id = "createCalendarSubscription", request_body = CalendarSubscriptionCreate, responses((status = 201, description = "The subscription, with its token.", body = NewCalendarSubscription)), security(("bearer" = [])))]
#[post("/v1/editor/calendar-subscriptions")]
async fn create(
    caller: Caller,
    db: Data<Db>,
    calendars: Data<Calendars>,
    query: RawQuery,
    key: IdempotencyKey,
    body: JsonBody,
) -> Result<HttpResponse> {
    require(&caller, Action::ShareCalendar)?;
    let json = body.json_or_empty(SMALL_BODY_BYTES).await?;
    query.none()?;
    key.none()?;
    let new = calendars.create(&db, &caller, json.check()?).await?;
    let location = format!("/v1/editor/calendar-subscriptions/{}", new.subscription.id);
    answer::editor(StatusCode::CREATED).location(&location).json(&new)
}

/// List subscriptions to the calendar
///
/// Those that are still good, whoever made them, the newest first, without their tokens.
#[utoipa::path(tag = "Publications", operation_id = "listCalendarSubscriptions", params(("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false), ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`.", nullable = false)), responses((status = 200, description = "Subscriptions.", body = CalendarSubscriptionList)), security(("bearer" = [])))]
#[get("/v1/editor/calendar-subscriptions")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ShareCalendar)?;
    let query: PageQuery = query.parse()?;
    let page = service::list(&db, &key, query.limit, query.cursor.as_deref()).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&CalendarSubscriptionList::new(page, query.limit))
}

/// Get a subscription to the calendar
///
/// While it is good; without its token.
#[utoipa::path(tag = "Publications", operation_id = "getCalendarSubscription", params(("id" = CalendarSubscriptionId, Path, description = "The subscription.")), responses((status = 200, description = "The subscription.", body = CalendarSubscription)), security(("bearer" = [])))]
#[get("/v1/editor/calendar-subscriptions/{id}")]
async fn get_one(caller: Caller, id: PathId<CalendarSubscriptionId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ShareCalendar)?;
    let subscription = service::get(&db, id.get()?).await?;
    query.none()?;
    answer::editor(StatusCode::OK).json(&subscription)
}

/// Revoke a subscription to the calendar
///
/// From the answer on nobody reads anything by it, on any node.
#[utoipa::path(tag = "Publications", operation_id = "deleteCalendarSubscription", params(("id" = CalendarSubscriptionId, Path, description = "The subscription.")), responses((status = 204, description = "It is revoked.")), security(("bearer" = [])))]
#[delete("/v1/editor/calendar-subscriptions/{id}")]
async fn revoke(caller: Caller, id: PathId<CalendarSubscriptionId>, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ShareCalendar)?;
    let id = id.get()?;
    service::get(&db, id).await?;
    query.none()?;
    service::revoke(&db, &caller, id).await?;
    Ok(answer::no_content())
}
