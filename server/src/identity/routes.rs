//! `GET /health` and `GET /identity`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use dialtone_protocol::http::{Health, IdentityBody, IdentityQuery, Ready};

use super::{health, service};
use crate::error::ApiError;
use crate::http::ReadQuery;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/identity", get(identity))
}

async fn health(State(state): State<AppState>) -> Result<Json<Health>, ApiError> {
    health::check(&state).await?;
    Ok(Json(Health {
        status: "ok".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        relay_port: state.relay.port(),
    }))
}

async fn ready(State(state): State<AppState>) -> Result<Json<Ready>, ApiError> {
    health::ready(&state).await?;
    Ok(Json(Ready {
        status: "ready".to_owned(),
    }))
}

async fn identity(
    State(state): State<AppState>,
    ReadQuery(query): ReadQuery<IdentityQuery>,
) -> Json<IdentityBody> {
    Json(service::statement(&state, query.nonce))
}
