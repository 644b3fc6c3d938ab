//! `/groups/{id}` and its commits.

use axum::Json;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use dialtone_protocol::http::{
    BODY_LIMIT, CommitAccepted, CommitPage, CommitPublish, CommitQuery, GroupCreate, GroupState,
    WelcomeInfo,
};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{service, welcomes};
use crate::error::ApiError;
use crate::http::{Member, ReadBody, ReadQuery, path_id, takes_gzip};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(state, create))
        .routes(routes!(commit, commits))
        .routes(routes!(welcome, welcomed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Makes a group known by its public half.
#[utoipa::path(
    put,
    path = "/groups/{id}",
    tag = "groups",
    security(("session" = [])),
    params(("id" = dialtone_protocol::GroupId, Path, description = "which group")),
    request_body = GroupCreate,
    responses((status = 201, description = "it is known")),
)]
async fn create(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    ReadBody(body): ReadBody<GroupCreate>,
) -> Result<StatusCode, ApiError> {
    service::create(&server, session.device, path_id(&id)?, body).await?;
    Ok(StatusCode::CREATED)
}

/// The public half of a group; compressed for who takes gzip.
#[utoipa::path(
    get,
    path = "/groups/{id}",
    tag = "groups",
    security(("session" = [])),
    params(("id" = dialtone_protocol::GroupId, Path, description = "which group")),
    responses((status = 200, description = "the public half", body = GroupState)),
)]
async fn state(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let (device, id) = (session.device, path_id(&id)?);
    if !takes_gzip(&headers) {
        return Ok(Json(service::get(&server, device, id).await?).into_response());
    }
    let body = service::get_compressed(&server, device, id).await?;
    let kind = [
        (CONTENT_TYPE, "application/json"),
        (CONTENT_ENCODING, "gzip"),
        (VARY, "accept-encoding"),
    ];
    Ok((kind, body).into_response())
}

/// The welcome that waits for the device.
#[utoipa::path(
    get,
    path = "/groups/{id}/welcome",
    tag = "groups",
    security(("session" = [])),
    params(("id" = dialtone_protocol::GroupId, Path, description = "which group")),
    responses((status = 200, description = "the welcome", body = WelcomeInfo)),
)]
async fn welcome(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
) -> Result<Json<WelcomeInfo>, ApiError> {
    Ok(Json(
        welcomes::find(&server, session.device, path_id(&id)?).await?,
    ))
}

/// Says that the welcome is taken.
#[utoipa::path(
    delete,
    path = "/groups/{id}/welcome",
    tag = "groups",
    security(("session" = [])),
    params(("id" = dialtone_protocol::GroupId, Path, description = "which group")),
    responses((status = 204, description = "it is gone")),
)]
async fn welcomed(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    welcomes::take(&server, session.device, path_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The next commit of a group.
#[utoipa::path(
    post,
    path = "/groups/{id}/commits",
    tag = "groups",
    security(("session" = [])),
    params(("id" = dialtone_protocol::GroupId, Path, description = "which group")),
    request_body = CommitPublish,
    responses((status = 200, description = "it is taken", body = CommitAccepted)),
)]
async fn commit(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    ReadBody(body): ReadBody<CommitPublish>,
) -> Result<Json<CommitAccepted>, ApiError> {
    let accepted = service::commit(&server, session.device, path_id(&id)?, body).await?;
    Ok(Json(accepted))
}

/// Commits of a group from an epoch on.
#[utoipa::path(
    get,
    path = "/groups/{id}/commits",
    tag = "groups",
    security(("session" = [])),
    params(("id" = dialtone_protocol::GroupId, Path, description = "which group"), CommitQuery),
    responses((status = 200, description = "a page of them", body = CommitPage)),
)]
async fn commits(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    ReadQuery(query): ReadQuery<CommitQuery>,
) -> Result<Json<CommitPage>, ApiError> {
    Ok(Json(
        service::commits(&server, session.device, path_id(&id)?, query.from).await?,
    ))
}
