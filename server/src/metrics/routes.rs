//! `GET /metrics`.

use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use axum::{Router, middleware};
use dialtone_protocol::http::{ErrorBody, ErrorCode};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::scrape;
use crate::error::ApiError;
use crate::http;
use crate::state::AppState;
use crate::token::Expected;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// What is served on a port of its own: nothing else.
pub(super) fn alone(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(for_the_port))
        .layer(middleware::from_fn(http::refuse_ambiguous))
        .layer(middleware::from_fn(http::harden))
        .with_state(state)
}

/// What the server does, in numbers.
///
/// Only where a token for it is set; otherwise there is nothing at this address.
#[utoipa::path(
    get,
    path = "/metrics",
    tag = "operation",
    security(("metrics" = [])),
    responses(
        (status = 200, description = "OpenMetrics text", body = String, content_type = "application/openmetrics-text"),
        (status = 401, description = "no token, or a wrong one", body = ErrorBody),
        (status = 404, description = "no token is set", body = ErrorBody),
    )
)]
async fn metrics(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, ApiError> {
    let Some(token) = &state.metrics_token else {
        let words = "there is nothing at this address";
        return Err(ApiError::new(ErrorCode::NotFound, words));
    };
    answer(&state, Some(token), &headers).await
}

async fn for_the_port(
    State(state): State<AppState>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    answer(&state, state.metrics_token.as_ref(), &headers).await
}

async fn answer(
    state: &AppState,
    token: Option<&Expected>,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    if token.is_some_and(|token| !bears(headers, token)) {
        let words = "the metrics' token is missing or wrong";
        return Err(ApiError::new(ErrorCode::WrongCredentials, words));
    }
    let text = scrape::text(state)
        .await
        .map_err(|_| ApiError::new(ErrorCode::Internal, "the numbers cannot be written"))?;
    Ok(([(CONTENT_TYPE, OPEN_METRICS)], text).into_response())
}

/// Whether `Authorization: Bearer` carries the token.
fn bears(headers: &HeaderMap, token: &Expected) -> bool {
    let value = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    let given = value.and_then(|value| value.strip_prefix(b"Bearer "));
    given.is_some_and(|given| token.is(given))
}
