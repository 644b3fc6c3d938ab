//! `GET /health` and `GET /identity`.

use axum::extract::State;
use axum::routing::get;
use axum::{Json, Router};
use dialtone_protocol::http::{Health, IdentityBody, IdentityQuery};

use super::{health, service};
use crate::error::ApiError;
use crate::http::ReadQuery;
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/health", get(health))
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

async fn identity(
    State(state): State<AppState>,
    ReadQuery(query): ReadQuery<IdentityQuery>,
) -> Json<IdentityBody> {
    Json(service::statement(&state, query.nonce))
}
