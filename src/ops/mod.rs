//! For those who run it: whether the process lives, and whether the node can answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::db::Db;
use crate::http::{RawQuery, answer};
use crate::kernel::problem::{Code, Problem, Result};

/// Whether this node takes requests: no longer once it is stopping.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<AtomicBool>);

impl Readiness {
    /// From here on `/readyz` answers 503, so that no new requests are sent here.
    pub fn stop(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_stopping(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// The state of a process.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// Mounts these operations.
pub fn routes(config: &mut ServiceConfig) {
    config.service(live).service(ready);
}

/// Does the process live
///
/// Touches nothing.
#[utoipa::path(tag = "Operations", operation_id = "getHealth", responses((status = 200, description = "It lives.", body = Health)), security(()))]
#[get("/healthz")]
async fn live(query: RawQuery) -> Result<HttpResponse> {
    query.none()?;
    answer::editor(StatusCode::OK).json(&Health { status: "ok" })
}

/// Can this node answer
///
/// With `for=editor`: can it write.
#[utoipa::path(tag = "Operations", operation_id = "getReadiness", params(("for" = Option<String>, Query, pattern = "^(delivery|editor)$", max_length = 8, description = "`delivery` unless said.", nullable = false)), responses((status = 200, description = "It can.", body = Health)), security(()))]
#[get("/readyz")]
async fn ready(query: RawQuery, db: Data<Db>, readiness: Data<Readiness>) -> Result<HttpResponse> {
    let mut q = query.collect();
    let must_write = q.one_of("for", &[("delivery", false), ("editor", true)]).unwrap_or(false);
    q.finish()?;
    if readiness.is_stopping() {
        return Err(Problem::new(Code::Unavailable, "This node is stopping.").with_header("retry-after", "1"));
    }
    if must_write {
        db.check_writable().await?;
    } else {
        db.check_readable().await?;
    }
    answer::editor(StatusCode::OK).json(&Health { status: "ok" })
}
