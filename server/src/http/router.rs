//! The router over all domains, with what holds for each request: a time limit, a body limit, a trace without secrets.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use dialtone_protocol::http::ErrorCode;

use crate::error::ApiError;
use crate::state::AppState;
use crate::{
    admin, approvals, auth, blobs, channels, groups, identity, invites, live, packages, recovery,
    relay, roster,
};

/// The longest that a request may take, its body included.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// The longest body where a domain does not say otherwise, in bytes.
const SMALL_BODY: usize = 64 * 1024;

/// All routes.
pub fn router(state: AppState) -> Router {
    let requests = Router::new()
        .merge(identity::router())
        .merge(admin::router())
        .merge(auth::router())
        .merge(approvals::router())
        .merge(invites::router())
        .merge(recovery::router())
        .merge(roster::router())
        .merge(groups::router())
        .merge(packages::router())
        .merge(channels::router())
        .merge(blobs::router())
        .layer(DefaultBodyLimit::max(SMALL_BODY))
        .layer(middleware::from_fn(within_time));
    requests
        .merge(live::router())
        .merge(relay::router())
        .merge(blobs::streams())
        .fallback(no_route)
        .layer(middleware::from_fn(in_words))
        .layer(middleware::from_fn(trace))
        .with_state(state)
}

async fn no_route() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "there is nothing at this address")
}

/// Refusals that the library made (a wrong method, a body that is too large, an upgrade that is none) look like ours.
async fn in_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let refused = status.is_client_error() || status.is_server_error();
    let content = response.headers().get(CONTENT_TYPE);
    let ours = content.is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if !refused || ours {
        return response;
    }
    let mut answer = ApiError::for_status(status).into_response();
    *answer.status_mut() = status;
    // The methods that there are.
    if let Some(allowed) = response.headers().get(ALLOW) {
        answer.headers_mut().insert(ALLOW, allowed.clone());
    }
    answer
}

async fn within_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(REQUEST_TIME, next.run(request)).await {
        Ok(response) => response,
        Err(_) => ApiError::new(
            ErrorCode::Unavailable,
            "the server is too busy: try again shortly",
        )
        .into_response(),
    }
}

/// One line for each request: its method, the first part of its path (ids stay out), the status.
async fn trace(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path();
    let domain = path.split('/').nth(1).unwrap_or_default().to_owned();
    let response = next.run(request).await;
    let status = response.status().as_u16();
    if response.status().is_server_error() {
        tracing::warn!(%method, %domain, status, "request failed");
    } else {
        tracing::debug!(%method, %domain, status, "request");
    }
    response
}
