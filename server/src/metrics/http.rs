//! Counting requests.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;

use super::families::{RequestLabels, RouteLabels};
use crate::state::AppState;

/// Of a request to no route.
const NO_ROUTE: &str = "none";

/// Counts a request and how long it took. The time of a file or a WebSocket is that until it begins.
pub(crate) async fn count(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let method = known(request.method());
    let route = route(&request).to_owned();
    let response = next.run(request).await;
    let metrics = &state.metrics;
    let labels = RouteLabels {
        route: route.clone(),
    };
    let took = began.elapsed().as_secs_f64();
    metrics.durations.get_or_create(&labels).observe(took);
    let labels = RequestLabels {
        route,
        method,
        status: response.status().as_u16(),
    };
    metrics.requests.get_or_create(&labels).inc();
    response
}

/// The pattern of the request's route: ids are not in it.
pub(crate) fn route(request: &Request) -> &str {
    request
        .extensions()
        .get::<MatchedPath>()
        .map_or(NO_ROUTE, MatchedPath::as_str)
}

/// Anybody may make methods up: those are one.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
