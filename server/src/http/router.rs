//! The router over all domains, with what holds for each request: a time limit, a body limit, a name, what is counted and guarded.

use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Request};
use axum::http::header::{ALLOW, CONTENT_TYPE};
use axum::middleware::{self, Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Router};
use dialtone_protocol::http::ErrorCode;

use super::described::{self, Document};
use super::{guard, request_id, rest};
use crate::error::ApiError;
use crate::instances;
use crate::state::AppState;
use crate::{
    admin, approvals, auth, blobs, channels, groups, identity, invites, live, metrics, packages,
    page, recovery, relay, roster,
};

/// The longest that a request may take, its body included.
const REQUEST_TIME: Duration = Duration::from_secs(30);
/// The longest body where a domain does not say otherwise, in bytes.
const SMALL_BODY: usize = 64 * 1024;

/// All routes.
pub fn router(state: AppState) -> Router {
    let requests = described::router()
        .merge(page::router())
        .merge(identity::router())
        .merge(metrics::router())
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
    let (routes, described) = requests
        .merge(live::router())
        .merge(relay::router())
        .merge(blobs::streams())
        .split_for_parts();
    routes
        .layer(Extension(Document::of(described)))
        .fallback(no_route)
        .layer(middleware::from_fn(in_words))
        .layer(from_fn_with_state(state.clone(), instances::see_all))
        .layer(from_fn_with_state(state.clone(), guard::admit))
        .layer(middleware::from_fn(rest::read))
        .layer(middleware::from_fn(guard::harden))
        .layer(from_fn_with_state(state.clone(), guard::keep_to_tls))
        .layer(from_fn_with_state(state.clone(), metrics::count))
        .layer(middleware::from_fn(request_id::name))
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
