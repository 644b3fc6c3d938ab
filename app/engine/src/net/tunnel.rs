//! A connection to the relay through TLS: packets as the messages of a WebSocket.

use std::time::Duration;

use bytes::Bytes;
use dialtone_protocol::CallId;
use dialtone_protocol::relay::{DOWN_HEADER, MAX_RELAYED};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::mpsc;
use tokio::time::{MissedTickBehavior, interval, timeout};
use tokio_tungstenite::tungstenite::Message;

use super::websocket::{Stream, dial, upgrade};
use super::{Api, NetError};
use crate::voice::transport::TunnelEnds;

/// Connecting, TLS and the upgrade.
const OPEN: Duration = Duration::from_secs(10);
/// Packets that may wait on their way out, and on their way in.
const OUT: usize = 32;
const BACK: usize = 256;
/// So often the relay gets a sign of life, and is asked for one.
const ALIVE: Duration = Duration::from_secs(1);
/// A relay from which nothing came for so long is not there any more: a network that swallows everything sends no error.
const SILENT: Duration = Duration::from_millis(3_200);
/// How long the network may take nothing.
const WRITE: Duration = Duration::from_secs(10);

/// Opens one with the session of `api`.
///
/// # Errors
/// [`NetError`]
pub(super) async fn open(api: &Api, call: CallId) -> Result<TunnelEnds, NetError> {
    let opening = async {
        let wire = dial(api).await?;
        let path = format!("/relay?call={call}");
        let most = DOWN_HEADER + MAX_RELAYED;
        upgrade(wire, api.server(), &path, api.session(), most).await
    };
    let (stream, _) = timeout(OPEN, opening)
        .await
        .map_err(|_| NetError::Timeout)??;
    let (out, packets) = mpsc::channel(OUT);
    let (came, back) = mpsc::channel(BACK);
    tokio::spawn(carry(stream, packets, came));
    Ok(TunnelEnds { out, back })
}

/// Until either side is gone.
async fn carry(stream: Stream, mut packets: mpsc::Receiver<Bytes>, came: mpsc::Sender<Bytes>) {
    let (mut sink, mut stream) = stream.split();
    let write = async {
        let mut alive = interval(ALIVE);
        alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let message = tokio::select! {
                packet = packets.recv() => match packet {
                    Some(packet) => Message::Binary(packet),
                    None => return,
                },
                _ = alive.tick() => Message::Ping(Bytes::new()),
            };
            let sent = timeout(WRITE, sink.send(message)).await;
            if !matches!(sent, Ok(Ok(()))) {
                return;
            }
        }
    };
    let read = async {
        while let Ok(Some(Ok(message))) = timeout(SILENT, stream.next()).await {
            match message {
                // What finds no room is lost, as it would be over UDP.
                Message::Binary(packet) => match came.try_send(packet) {
                    Err(mpsc::error::TrySendError::Closed(_)) => return,
                    Ok(()) | Err(mpsc::error::TrySendError::Full(_)) => {}
                },
                Message::Close(_) => return,
                _ => {}
            }
        }
    };
    tokio::select! {
        () = write => {}
        () = read => {}
    }
}
