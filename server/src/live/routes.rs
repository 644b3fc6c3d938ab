//! `GET /ws`: the upgrade, with the session's token in the request.

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;

use super::connection;
use super::websocket::Upgrading;
use crate::error::ApiError;
use crate::http::{CurrentDevice, Seated};
use crate::state::AppState;

pub(crate) fn router() -> Router<AppState> {
    Router::new().route("/ws", get(upgrade))
}

async fn upgrade(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
    Seated(seat): Seated,
    upgrading: Upgrading,
) -> Result<Response, ApiError> {
    Ok(upgrading.serve(move |socket| async move {
        connection::run(state, session, socket).await;
        drop(seat);
    }))
}
