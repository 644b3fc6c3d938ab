//! `PUT /packages`, `GET /packages/{account}`.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use axum::{Json, Router};
use dialtone_protocol::http::{PackageList, PackagePut};

use super::service;
use crate::error::ApiError;
use crate::http::{Member, ReadBody, path_id};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/packages", put(keep))
        .route("/packages/{account}", get(list))
}

async fn keep(
    State(state): State<AppState>,
    Member(session): Member,
    ReadBody(body): ReadBody<PackagePut>,
) -> Result<StatusCode, ApiError> {
    service::put(&state, session.device, body.package.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(
    State(state): State<AppState>,
    Member(_): Member,
    Path(account): Path<String>,
) -> Result<Json<PackageList>, ApiError> {
    Ok(Json(service::list(&state, &path_id(&account)?).await?))
}
