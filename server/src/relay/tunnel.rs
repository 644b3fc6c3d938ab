//! `GET /relay?call=`: media over TLS, for networks without UDP. A WebSocket of binary messages, one packet each.

use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use bytes::Bytes;
use dialtone_protocol::CallId;
use dialtone_protocol::http::ErrorCode;
use dialtone_protocol::relay::{MAX_RELAYED, UP_HEADER};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::timeout;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::engine::Place;
use super::service;
use crate::error::ApiError;
use crate::http::{CurrentDevice, ReadQuery, Seated, path_id};
use crate::state::AppState;

/// Packets that may wait for one client: half a second of eight talkers. What finds no room is lost, as it would be over UDP.
const QUEUE: usize = 200;
/// How long the client's network may take nothing.
const WRITE_TIME: Duration = Duration::from_secs(10);
/// How long a client may say nothing; it sends a sign of life each few seconds.
const SILENT: Duration = Duration::from_secs(30);
/// Packets and signs of life are short.
const LONGEST: usize = UP_HEADER + MAX_RELAYED;

#[derive(Deserialize)]
struct Asked {
    call: String,
}

pub(crate) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(upgrade))
}

/// A WebSocket for the packets of a relayed call, where UDP does not get through.
#[utoipa::path(
    get,
    path = "/relay",
    tag = "live",
    security(("session" = [])),
    params(("call" = dialtone_protocol::CallId, Query, description = "which call")),
    responses((status = 101, description = "it begins")),
)]
async fn upgrade(
    State(state): State<AppState>,
    CurrentDevice(session): CurrentDevice,
    ReadQuery(asked): ReadQuery<Asked>,
    seated: Seated,
    socket: WebSocketUpgrade,
) -> Result<Response, ApiError> {
    let call: CallId = path_id(&asked.call)?;
    let place = service::place(&state, &session, call)
        .map_err(|refusal| ApiError::new(ErrorCode::NotAllowed, refusal.message))?;
    Ok(socket
        .max_message_size(LONGEST)
        .max_frame_size(LONGEST)
        .read_buffer_size(8 * 1024)
        // Each packet goes out by itself.
        .write_buffer_size(0)
        .on_upgrade(move |socket| async move {
            run(state, place, socket).await;
            drop(seated);
        }))
}

async fn run(state: AppState, place: Place, socket: WebSocket) {
    let (out, mut packets) = mpsc::channel::<Bytes>(QUEUE);
    let key = match state.relay.open_tunnel(place, out).await {
        Ok(key) => key,
        Err(error) => {
            tracing::debug!(%error, "no connection over TLS");
            return;
        }
    };
    let (mut sink, mut stream) = socket.split();
    let write = async {
        // Ends when the relay has dropped its end.
        while let Some(packet) = packets.recv().await {
            let sent = timeout(WRITE_TIME, sink.send(Message::Binary(packet))).await;
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    };
    let read = async {
        while let Ok(Some(Ok(message))) = timeout(SILENT, stream.next()).await {
            match message {
                // A sign of life.
                Message::Binary(packet) if packet.is_empty() => {}
                Message::Binary(packet) => state.relay.tunnel_packet(key, packet).await,
                Message::Ping(_) | Message::Pong(_) => {}
                Message::Text(_) | Message::Close(_) => return,
            }
        }
    };
    tokio::select! {
        () = write => {}
        () = read => {}
    }
    state.relay.close_tunnel(key).await;
}
