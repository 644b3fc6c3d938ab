//! `GET /recovery`, `PUT /recovery/history`, `DELETE /recovery/password`.

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use dialtone_protocol::http::{BODY_LIMIT, HistoryPut, RecoveryFiles};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service;
use crate::auth::Enrolled;
use crate::error::ApiError;
use crate::http::{Member, ReadBody};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    let history = OpenApiRouter::new()
        .routes(routes!(history))
        .layer(DefaultBodyLimit::max(BODY_LIMIT));
    history
        .routes(routes!(files))
        .routes(routes!(password_copy))
}

/// The account's recovery files.
#[utoipa::path(
    get,
    path = "/recovery",
    tag = "devices",
    security(("enrolment" = [])),
    responses((status = 200, description = "the files", body = RecoveryFiles)),
)]
async fn files(
    State(state): State<AppState>,
    Enrolled(account, _): Enrolled,
) -> Result<Json<RecoveryFiles>, ApiError> {
    Ok(Json(service::files(&state, &account).await?))
}

/// Deletes the copy of the recovery key that the password opens.
#[utoipa::path(
    delete,
    path = "/recovery/password",
    tag = "devices",
    security(("session" = [])),
    responses((status = 204, description = "it is gone")),
)]
async fn password_copy(
    State(state): State<AppState>,
    Member(session): Member,
) -> Result<StatusCode, ApiError> {
    service::drop_password_copy(&state, &session.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keeps the account's sealed keys of the history.
#[utoipa::path(
    put,
    path = "/recovery/history",
    tag = "devices",
    security(("session" = [])),
    request_body = HistoryPut,
    responses((status = 204, description = "it is kept")),
)]
async fn history(
    State(state): State<AppState>,
    Member(session): Member,
    ReadBody(body): ReadBody<HistoryPut>,
) -> Result<StatusCode, ApiError> {
    service::put_history(&state, &session.account, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
