//! Who may look under `/v1/preview`.

use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;

use super::service::Previews;
use crate::auth::permission::{Action, require};
use crate::categories::context::view::{Scope, TOKEN_PARAMETER, View};
use crate::db::Db;
use crate::http::RawQuery;
use crate::kernel::caller::Caller;
use crate::kernel::problem::{Code, Problem, Result};

/// The header that holds the token of a preview link.
const HEADER: &str = "dateline-preview";

/// Proves who looks: by a preview link if its token is given, else by an editor's access token.
///
/// # Errors
/// `missing_token` or `invalid_token` (401); `forbidden` (403) for whom the table does not let look.
pub fn prove(request: &HttpRequest) -> LocalBoxFuture<'static, Result<View>> {
    let (request, token) = (request.clone(), token(request));
    Box::pin(async move {
        let Some(token) = token? else {
            require(&Caller::extract(&request).await?, Action::Preview)?;
            return Ok(View::Editor);
        };
        let (Some(previews), Some(db)) = (request.app_data::<Data<Previews>>(), request.app_data::<Data<Db>>()) else {
            return Err(Problem::internal("the app has no Previews"));
        };
        let link = previews.link(db, &token).await?;
        Ok(View::Link(Scope { article_id: link.article_id, at: link.at, release_id: link.release_id, drafts: link.drafts }))
    })
}

/// The token of a link, of the query or the header.
fn token(request: &HttpRequest) -> Result<Option<String>> {
    let parameter = RawQuery::of(request).collect().raw(TOKEN_PARAMETER);
    let header = request.headers().get(HEADER).map(|value| value.to_str().unwrap_or_default().to_owned());
    match (parameter, header) {
        (Some(one), Some(other)) if one != other => {
            Err(Problem::new(Code::InvalidToken, "The parameter `preview` and the header `Dateline-Preview` hold different tokens."))
        }
        (parameter, header) => Ok(parameter.or(header)),
    }
}
