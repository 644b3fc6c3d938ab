//! `/groups/{id}` and its commits.

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use dialtone_protocol::http::{
    BODY_LIMIT, CommitAccepted, CommitPage, CommitPublish, CommitQuery, GroupCreate, WelcomeInfo,
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

/// RFC 9110, section 12.5.3; a weight of 0 is a refusal.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter();
    let codings = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    codings
        .map(|coding| coding.split_once(';').unwrap_or((coding, "")))
        .any(|(coding, weight)| {
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            coding.trim().eq_ignore_ascii_case("gzip")
                && weight.parse().is_ok_and(|weight: f32| weight > 0.0)
        })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_where_it_is_named_and_not_refused() {
        let takes = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_ENCODING, value.parse().unwrap());
            takes_gzip(&headers)
        };
        assert!(takes("gzip") && takes("br, GZIP;q=0.5") && takes(" gzip ; q=1"));
        assert!(!takes("br") && !takes("gzip;q=0") && !takes("") && !takes("gzipped"));
        assert!(!takes_gzip(&HeaderMap::new()));
    }
}
