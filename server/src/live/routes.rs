//! `GET /ws`: the upgrade, with the session's token in the request.

use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::response::Response;
use dialtone_protocol::frame::FRAME_LIMIT;
use tracing::Instrument as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::connection;
use crate::error::ApiError;
use crate::http::{CurrentDevice, RequestId, Seated};
use crate::state::AppState;

/// What may wait in the socket's own buffer before it counts as stuck, in bytes.
const WRITE_BUFFER: usize = 2 * FRAME_LIMIT;

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
    socket: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    let request = RequestId::current();
    let request = request.map(|id| id.as_str().to_owned());
    Ok(socket
        .max_message_size(FRAME_LIMIT)
        .max_frame_size(FRAME_LIMIT)
        // Clients say little at a time; the default of 128 KiB would be most of what an idle connection costs.
        .read_buffer_size(8 * 1024)
        .write_buffer_size(64 * 1024)
        .max_write_buffer_size(WRITE_BUFFER)
        .on_upgrade(move |socket| {
            // The request's own span ends with its answer.
            let span = tracing::info_span!(parent: None, "socket", request);
            async move {
                connection::run(state, session, socket).await;
                drop(seated);
            }
            .instrument(span)
        }))
}
