//! `GET /health` and `GET /identity`.

use axum::Json;
use axum::extract::State;
use dialtone_protocol::http::{Health, IdentityBody, IdentityQuery, Ready};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{health, service};
use crate::error::ApiError;
use crate::http::ReadQuery;
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(health))
        .routes(routes!(ready))
        .routes(routes!(identity))
}

/// Whether the server lives and its database takes writes.
#[utoipa::path(
    get,
    path = "/health",
    tag = "operation",
    responses((status = 200, description = "it does", body = Health)),
)]
async fn health(State(state): State<AppState>) -> Result<Json<Health>, ApiError> {
    health::check(&state).await?;
    Ok(Json(Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        relay_port: state.relay.port(),
    }))
}

/// Whether requests should be sent here: the database and the place for files take writes, and the server does not stop.
#[utoipa::path(
    get,
    path = "/ready",
    tag = "operation",
    responses((status = 200, description = "they should", body = Ready)),
)]
async fn ready(State(state): State<AppState>) -> Result<Json<Ready>, ApiError> {
    health::ready(&state).await?;
    Ok(Json(Ready {
        status: "ready".to_owned(),
    }))
}

/// The server's statement on its TLS key, signed by its identity key.
#[utoipa::path(
    get,
    path = "/identity",
    tag = "server",
    params(IdentityQuery),
    responses((status = 200, description = "the statement", body = IdentityBody)),
)]
async fn identity(
    State(state): State<AppState>,
    ReadQuery(query): ReadQuery<IdentityQuery>,
) -> Json<IdentityBody> {
    Json(service::statement(&state, query.nonce))
}
