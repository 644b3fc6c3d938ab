//! `PUT /packages`, `GET /packages/{account}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use dialtone_protocol::http::{PackageList, PackagePut};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::service;
use crate::error::ApiError;
use crate::http::{Member, ReadBody, path_id};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(keep))
        .routes(routes!(list))
}

/// Keeps the device's key package.
#[utoipa::path(
    put,
    path = "/packages",
    tag = "groups",
    security(("session" = [])),
    request_body = PackagePut,
    responses((status = 204, description = "it is kept")),
)]
async fn keep(
    State(state): State<AppState>,
    Member(session): Member,
    ReadBody(body): ReadBody<PackagePut>,
) -> Result<StatusCode, ApiError> {
    service::put(&state, session.device, body.package.0).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Key packages of the devices of an account.
#[utoipa::path(
    get,
    path = "/packages/{account}",
    tag = "groups",
    security(("session" = [])),
    params(("account" = dialtone_protocol::AccountId, Path, description = "whose")),
    responses((status = 200, description = "the packages", body = PackageList)),
)]
async fn list(
    State(state): State<AppState>,
    Member(_): Member,
    Path(account): Path<String>,
) -> Result<Json<PackageList>, ApiError> {
    Ok(Json(service::list(&state, &path_id(&account)?).await?))
}
