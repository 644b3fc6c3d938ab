//! `GET /ws`: the upgrade, with the session's token in the request.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::Response;
use dialtone_protocol::revision::{REVISION, REVISION_HEADER};
use tracing::Instrument as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::connection;
use super::websocket::Upgrading;
use crate::error::ApiError;
use crate::http::{CurrentDevice, RequestId, Seated};
use crate::state::AppState;

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upgrade))
}

/// The WebSocket of a device: binary messages, frames in CBOR as `docs/PROTOCOL.md` has them.
#[utoipa::path(
    get,
    path = "/ws",
    tag = "live",
    security(("session" = [])),
    responses((status = 101, description = "it begins")),
)]
async fn upgrade(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
    seated: Seated,
    upgrading: Upgrading,
) -> Result<Response, ApiError> {
    let request = RequestId::current();
    let request = request.map(|id| id.as_str().to_owned());
    let mut response = upgrading.serve(move |socket| {
        // The request's own span ends with its answer.
        let span = tracing::info_span!(parent: None, "socket", request);
        connection::begin(state, session, socket, seated).instrument(span)
    });
    // The session may be of before the server was updated.
    let revision = HeaderValue::from(REVISION);
    response.headers_mut().insert(REVISION_HEADER, revision);
    Ok(response)
}
