//! Messages sent as fast as they are stored, by clients that read nothing but the answers.

use std::collections::VecDeque;

use dialtone_protocol::frame::ServerFrame;
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Bytes;

use crate::error::LoadError;
use crate::net::{Reader, Writer, dial};
use crate::stage::Stage;

/// Messages of one client that wait for their answers.
const AHEAD: usize = 4;

/// Seals `messages` by turns of the first `senders`, then sends them all and waits until each is stored: from the first sent to the last answer, in seconds.
///
/// # Errors
/// When the server refuses one, or a connection ends.
pub(crate) async fn store(
    stage: &mut Stage,
    messages: usize,
    senders: usize,
) -> Result<f64, LoadError> {
    let senders = senders.clamp(1, stage.community.clients.len());
    let mut own: Vec<VecDeque<Bytes>> = vec![VecDeque::new(); senders];
    for sealed in stage.community.seal(messages, senders)? {
        own[sealed.sender].push_back(sealed.frame);
    }
    let mut ready = Vec::with_capacity(senders);
    for (client, own) in stage.community.clients.iter().zip(own) {
        ready.push((dial(&stage.community.endpoint, client).await?, own));
    }
    let began = tokio::time::Instant::now();
    let mut sending = JoinSet::new();
    for ((reader, writer), own) in ready {
        sending.spawn(send(reader, writer, own));
    }
    while let Some(sent) = sending.join_next().await {
        sent??;
    }
    Ok(began.elapsed().as_secs_f64())
}

async fn send(
    mut reader: Reader,
    mut writer: Writer,
    mut messages: VecDeque<Bytes>,
) -> Result<(), LoadError> {
    let mut waiting = 0;
    loop {
        while waiting < AHEAD
            && let Some(message) = messages.pop_front()
        {
            writer.send(message).await?;
            waiting += 1;
        }
        if waiting == 0 {
            return Ok(());
        }
        match reader.next().await?.frame {
            ServerFrame::Stored { .. } => waiting -= 1,
            ServerFrame::Refused { code, message, .. } => {
                return Err(LoadError::Refused {
                    what: "a message".into(),
                    reason: format!("{message} ({code:?})"),
                });
            }
            _ => {}
        }
    }
}
