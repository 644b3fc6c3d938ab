//! `/groups/{id}` and its commits.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use dialtone_protocol::http::{
    BODY_LIMIT, CommitAccepted, CommitPage, CommitPublish, CommitQuery, GroupCreate, GroupState,
    WelcomeInfo,
};

use super::{service, welcomes};
use crate::error::ApiError;
use crate::http::{Member, ReadBody, ReadQuery, path_id};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/groups/{id}", get(state).put(create))
        .route("/groups/{id}/commits", post(commit).get(commits))
        .route("/groups/{id}/welcome", get(welcome).delete(welcomed))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn create(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    ReadBody(body): ReadBody<GroupCreate>,
) -> Result<StatusCode, ApiError> {
    service::create(&server, session.device, path_id(&id)?, body).await?;
    Ok(StatusCode::CREATED)
}

async fn state(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
) -> Result<Json<GroupState>, ApiError> {
    Ok(Json(
        service::get(&server, session.device, path_id(&id)?).await?,
    ))
}

async fn welcome(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
) -> Result<Json<WelcomeInfo>, ApiError> {
    Ok(Json(
        welcomes::find(&server, session.device, path_id(&id)?).await?,
    ))
}

async fn welcomed(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    welcomes::take(&server, session.device, path_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn commit(
    State(server): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    ReadBody(body): ReadBody<CommitPublish>,
) -> Result<Json<CommitAccepted>, ApiError> {
    let accepted = service::commit(&server, session.device, path_id(&id)?, body).await?;
    Ok(Json(accepted))
}

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
