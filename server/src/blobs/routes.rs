//! `GET /blobs`, and `PUT`, `GET` and `DELETE` of `/blobs/{id}`.

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{ACCEPT_RANGES, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use dialtone_protocol::BlobId;
use dialtone_protocol::http::{BlobRoom, ErrorCode};
use dialtone_store::UnixMillis;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{outgoing, service};
use crate::error::ApiError;
use crate::http::{Member, Range, announced, keep_seconds, path_id};
use crate::state::AppState;

/// How long after its message a file goes: a day, in milliseconds.
const AFTER_MS: i64 = DAY_MS;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// What is answered at once.
pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(room))
        .routes(routes!(remove))
}

/// What takes as long as it takes: to be merged outside of the limits for time and length.
pub(crate) fn streams() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(store, fetch))
}

/// How much the account may store.
#[utoipa::path(
    get,
    path = "/blobs",
    tag = "files",
    security(("session" = [])),
    responses((status = 200, description = "the room", body = BlobRoom)),
)]
async fn room(
    State(state): State<AppState>,
    Member(session): Member,
) -> Result<Json<BlobRoom>, ApiError> {
    Ok(Json(service::room(&state, &session.account).await?))
}

/// Stores a sealed file, whose length is announced.
#[utoipa::path(
    put,
    path = "/blobs/{id}",
    tag = "files",
    security(("session" = [])),
    params(("id" = dialtone_protocol::BlobId, Path, description = "which file")),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 204, description = "it is stored")),
)]
async fn store(
    State(state): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    let id = path_id(&id)?;
    let Some(size) = announced(&headers) else {
        let words = "the file's length has to be announced: send Content-Length";
        let refusal = ApiError::new(ErrorCode::Malformed, words);
        return Ok(with_status(StatusCode::LENGTH_REQUIRED, refusal));
    };
    let now = state.clock.now();
    let expires = earlier(ends(&headers, now)?, retained(&state, now));
    let stream = body.into_data_stream();
    service::store(&state, &session, (id, size, expires), stream).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// When the file is needed no longer: a day after its message has vanished, which may be sent later than its file.
fn ends(headers: &HeaderMap, now: UnixMillis) -> Result<Option<UnixMillis>, ApiError> {
    let seconds = keep_seconds(headers).map_err(|_| {
        let words = "kept for too long, or not at all";
        ApiError::new(ErrorCode::Malformed, words)
    })?;
    Ok(seconds.map(|seconds| now.plus(i64::from(seconds) * 1000 + AFTER_MS)))
}

/// When the messages that are written now end by the operator's setting, and a day more. The server does not know which message a file
/// is for; but it is sent at about the time at which the file is stored, and whatever it is for ends as well.
fn retained(state: &AppState, now: UnixMillis) -> Option<UnixMillis> {
    let days = state.retention.server_days()?;
    Some(now.plus(i64::from(days) * DAY_MS + AFTER_MS))
}

fn earlier(one: Option<UnixMillis>, other: Option<UnixMillis>) -> Option<UnixMillis> {
    one.into_iter().chain(other).min()
}

fn with_status(status: StatusCode, refusal: ApiError) -> Response {
    let mut response = refusal.into_response();
    *response.status_mut() = status;
    response
}

/// A sealed file, or the rest of it from a byte on.
#[utoipa::path(
    get,
    path = "/blobs/{id}",
    tag = "files",
    security(("session" = [])),
    params(("id" = dialtone_protocol::BlobId, Path, description = "which file"), ("range" = Option<String>, Header, description = "`bytes=N-`: from this byte on")),
    responses((status = 200, description = "the file", body = Vec<u8>, content_type = "application/octet-stream"), (status = 206, description = "the rest of it", body = Vec<u8>, content_type = "application/octet-stream")),
)]
async fn fetch(
    State(state): State<AppState>,
    Member(_): Member,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let id: BlobId = path_id(&id)?;
    let blob = service::find(&state, &id).await?;
    let range = Range::read(&headers);
    let from = match range {
        Range::Whole => 0,
        Range::From(first) if first < blob.size => first,
        Range::From(_) => {
            let words = format!("the file has {} bytes: there is nothing there", blob.size);
            let refusal = ApiError::new(ErrorCode::Malformed, words);
            let mut response = with_status(StatusCode::RANGE_NOT_SATISFIABLE, refusal);
            put_range(&mut response, &format!("bytes */{}", blob.size));
            return Ok(response);
        }
    };
    let reading = service::read(&state, &blob, from).await?;
    let length = blob.size - from;
    let stop = state.blobs.stop.clone();
    let head = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, length.to_string()),
        (ACCEPT_RANGES, "bytes".to_owned()),
    ];
    let sent = state.metrics.blobs_out.clone();
    let body = outgoing::body(reading, length, stop, sent);
    let mut response = (head, body).into_response();
    if matches!(range, Range::From(_)) {
        *response.status_mut() = StatusCode::PARTIAL_CONTENT;
        let range = format!("bytes {from}-{}/{}", blob.size - 1, blob.size);
        put_range(&mut response, &range);
    }
    Ok(response)
}

fn put_range(response: &mut Response, range: &str) {
    // Numbers make a header; were it none, it would be left out.
    if let Ok(range) = range.parse() {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
}

/// Deletes a file, for who sent it or an admin.
#[utoipa::path(
    delete,
    path = "/blobs/{id}",
    tag = "files",
    security(("session" = [])),
    params(("id" = dialtone_protocol::BlobId, Path, description = "which file")),
    responses((status = 204, description = "it is gone")),
)]
async fn remove(
    State(state): State<AppState>,
    Member(session): Member,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    service::delete(&state, &session, path_id(&id)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
