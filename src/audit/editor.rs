//! The audit log over HTTP, for admins.

use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse, get};
use futures_util::stream;
use utoipa_actix_web::service_config::ServiceConfig;

use super::dto::{ActionNames, AuditEntryList, AuditExport, TargetKinds};
use super::rules::{ACTIONS, kinds};
use super::service::{self, Asked, Part, Wanted};
use crate::auth::permission::{Action, require};
use crate::db::Db;
use crate::http::query::Collector;
use crate::http::{Budget, RawQuery, answer};
use crate::kernel::caller::Caller;
use crate::kernel::id::UserId;
use crate::kernel::page::{CursorKey, ListParameters};
use crate::kernel::problem::{Problem, Result};

/// What a part of an export may hold, in bodies of lists.
const PART_BODIES: usize = 8;
/// The most ids that a filter takes.
const MOST_IDS: usize = 20;

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(export).service(list);
}

fn wanted(q: &mut Collector<'_>) -> Wanted {
    let actions: Vec<_> = ACTIONS.iter().map(|action| (action.0, action.0)).collect();
    let kinds: Vec<_> = kinds().into_iter().map(|kind| (kind, kind)).collect();
    let zone = q.zone("time_zone");
    Wanted {
        actors: q.ids("actor", MOST_IDS),
        actions: q.any_of("action", &actions),
        target_kinds: q.any_of("target_kind", &kinds),
        // Whatever they are of: all ids are of one form.
        target_ids: q.ids("target_id", MOST_IDS),
        from: q.moment("from", zone.as_ref()),
        to: q.moment("to", zone.as_ref()),
    }
}

fn asked(raw: &RawQuery) -> Result<Asked> {
    let mut q = raw.collect();
    let wanted = wanted(&mut q);
    let (limit, cursor) = (q.limit(), q.cursor());
    q.finish()?;
    Ok(Asked { parameters: parameters(&wanted), wanted, limit, cursor })
}

/// The list, in a form in which no two are the same.
fn parameters(wanted: &Wanted) -> ListParameters {
    let mut words = [wanted.actions.clone(), wanted.target_kinds.clone()];
    words.iter_mut().for_each(|words| words.sort_unstable());
    let [actions, kinds] = words.map(|words| words.join(","));
    ListParameters::of("listAuditLog")
        .with("actor", Some(&joined(&wanted.actors)))
        .with("action", Some(&actions))
        .with("target_kind", Some(&kinds))
        .with("target_id", Some(&joined(&wanted.target_ids)))
        .with("from", wanted.from.map(|at| at.to_string()).as_deref())
        .with("to", wanted.to.map(|at| at.to_string()).as_deref())
}

fn joined(ids: &[impl ToString]) -> String {
    ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// List the audit log
///
/// Who did what, when and from where, the newest first: every change of content, people, links and keys, every login and logout, written in the transaction of what it
/// tells. Nothing is ever taken out of it. Failed logins and reading are not in it. Of articles it has titles and slugs and, of an embargo, until when and the note: whoever reads the log reads
/// these, whatever else they may see.
#[utoipa::path(
    tag = "Audit log", operation_id = "listAuditLog",
    params(
        ("actor" = inline(Option<Vec<UserId>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "By any of these users and API keys, up to 20 with commas between.", nullable = false),
        ("action" = inline(Option<ActionNames>), Query, style = Form, explode = false, description = "What was done: any of these, with commas between, each once.", nullable = false),
        ("target_kind" = inline(Option<TargetKinds>), Query, style = Form, explode = false, description = "Done to any of these kinds of things, with commas between, each once.", nullable = false),
        ("target_id" = inline(Option<Vec<Uuid>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Done to any of these, up to 20 with commas between.", nullable = false),
        ("from" = Option<String>, Query, max_length = 60, description = "At this instant or later. With an offset, or local together with `time_zone`.", nullable = false),
        ("to" = Option<String>, Query, max_length = 60, description = "Before this instant, given as `from` is.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "The IANA zone of local times.", nullable = false),
        ("limit" = Option<u16>, Query, minimum = 1, maximum = 100, description = "How many; 20 unless said.", nullable = false),
        ("cursor" = Option<String>, Query, max_length = 2048, description = "From `paging.next` or `paging.previous`. It goes with another `limit`, but with no other filters.", nullable = false),
    ),
    responses((status = 200, description = "A page of the log.", body = AuditEntryList)), security(("bearer" = [])),
)]
#[get("/v1/editor/audit-log")]
async fn list(request: HttpRequest, caller: Caller, db: Data<Db>, key: Data<CursorKey>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadAuditLog)?;
    let asked = asked(&query)?;
    let limit = asked.limit;
    let page = service::list(&db, &key, asked).await?;
    answer::editor(StatusCode::OK).page(&request, &page).json(&AuditEntryList::new(page, limit))
}

/// Export the audit log
///
/// All entries that the filters leave, the oldest first, as NDJSON: on each line one as the list has it. It is sent while it is read. An answer that breaks off is not
/// whole: its last chunk is missing. Where nodes write at the same time, entries of the same instant may stand in another order than their numbers.
#[utoipa::path(
    tag = "Audit log", operation_id = "exportAuditLog",
    params(
        ("actor" = inline(Option<Vec<UserId>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "By any of these users and API keys, up to 20 with commas between.", nullable = false),
        ("action" = inline(Option<ActionNames>), Query, style = Form, explode = false, description = "What was done: any of these, with commas between, each once.", nullable = false),
        ("target_kind" = inline(Option<TargetKinds>), Query, style = Form, explode = false, description = "Done to any of these kinds of things, with commas between, each once.", nullable = false),
        ("target_id" = inline(Option<Vec<Uuid>>), Query, style = Form, explode = false, min_items = 1, max_items = 20, description = "Done to any of these, up to 20 with commas between.", nullable = false),
        ("from" = Option<String>, Query, max_length = 60, description = "At this instant or later. With an offset, or local together with `time_zone`.", nullable = false),
        ("to" = Option<String>, Query, max_length = 60, description = "Before this instant, given as `from` is.", nullable = false),
        ("time_zone" = Option<String>, Query, max_length = 60, description = "The IANA zone of local times.", nullable = false),
    ),
    responses((status = 200, description = "The entries.", content_type = "application/x-ndjson", body = AuditExport)), security(("bearer" = [])),
)]
#[get("/v1/editor/audit-log/export")]
async fn export(request: HttpRequest, caller: Caller, db: Data<Db>, query: RawQuery) -> Result<HttpResponse> {
    require(&caller, Action::ReadAuditLog)?;
    let mut q = query.collect();
    let wanted = wanted(&mut q);
    q.finish()?;
    let share = Budget::reserve(&request, PART_BODIES)?;
    // The first part is read before the answer begins, so that it can still be refused.
    let first = service::part(&db, wanted.clone(), None).await?;
    let state = (first, wanted, db, share);
    let parts = stream::try_unfold(state, |(part, wanted, db, share)| async move {
        let Part { lines, next: Some(next) } = part else { return Ok(None) };
        let following = service::part(&db, wanted.clone(), Some(next)).await?;
        Ok::<_, Problem>(Some((Bytes::from(lines), (following, wanted, db, share))))
    });
    Ok(answer::editor(StatusCode::OK).stream("application/x-ndjson", parts))
}
