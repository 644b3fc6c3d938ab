//! `GET /recovery`, `PUT /recovery/history`, `DELETE /recovery/password`.

use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{delete, get, put};
use axum::{Json, Router};
use dialtone_protocol::http::{BODY_LIMIT, HistoryPut, RecoveryFiles};

use super::service;
use crate::auth::Enrolled;
use crate::error::ApiError;
use crate::http::{Member, ReadBody};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    let history = put(history).layer(DefaultBodyLimit::max(BODY_LIMIT));
    Router::new()
        .route("/recovery", get(files))
        .route("/recovery/history", history)
        .route("/recovery/password", delete(password_copy))
}

async fn files(
    State(state): State<AppState>,
    Enrolled(account, _): Enrolled,
) -> Result<Json<RecoveryFiles>, ApiError> {
    Ok(Json(service::files(&state, &account).await?))
}

async fn password_copy(
    State(state): State<AppState>,
    Member(session): Member,
) -> Result<StatusCode, ApiError> {
    service::drop_password_copy(&state, &session.account).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn history(
    State(state): State<AppState>,
    Member(session): Member,
    ReadBody(body): ReadBody<HistoryPut>,
) -> Result<StatusCode, ApiError> {
    service::put_history(&state, &session.account, body).await?;
    Ok(StatusCode::NO_CONTENT)
}
