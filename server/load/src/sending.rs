//! Messages sent as fast as they are stored, by clients that read nothing but the answers.

use std::collections::{HashMap, VecDeque};

use dialtone_protocol::frame::ServerFrame;
use tokio::task::JoinSet;

use crate::community::Sealed;
use crate::error::LoadError;
use crate::net::{Reader, Writer, dial};
use crate::stage::Stage;
use crate::verdict::Acknowledged;

/// Messages of one client that wait for their answers.
const AHEAD: usize = 4;

/// What was sent.
pub(crate) struct Sent {
    /// From the first message to the last answer.
    pub(crate) seconds: f64,
    /// What each sender was told that is stored, in the order in which it was sent.
    pub(crate) acknowledged: Vec<Vec<Acknowledged>>,
}

/// Seals `messages` by turns of the first `senders`, then sends them all and waits until each is stored.
///
/// # Errors
/// When the server refuses one, or a connection ends.
pub(crate) async fn store(
    stage: &mut Stage,
    messages: usize,
    senders: usize,
) -> Result<Sent, LoadError> {
    let senders = senders.clamp(1, stage.community.clients.len());
    let mut own: Vec<VecDeque<Sealed>> = (0..senders).map(|_| VecDeque::new()).collect();
    for sealed in stage.community.seal(messages, senders)? {
        own[sealed.sender].push_back(sealed);
    }
    let mut ready = Vec::with_capacity(senders);
    for (client, own) in stage.community.clients.iter().zip(own) {
        ready.push((dial(&stage.community.endpoint, client).await?, own));
    }
    let began = tokio::time::Instant::now();
    let mut sending = JoinSet::new();
    for (sender, ((reader, writer), own)) in ready.into_iter().enumerate() {
        sending.spawn(async move { (sender, send(reader, writer, own).await) });
    }
    let mut acknowledged = vec![Vec::new(); senders];
    while let Some(sent) = sending.join_next().await {
        let (sender, sent) = sent?;
        acknowledged[sender] = sent?;
    }
    Ok(Sent {
        seconds: began.elapsed().as_secs_f64(),
        acknowledged,
    })
}

async fn send(
    mut reader: Reader,
    mut writer: Writer,
    mut messages: VecDeque<Sealed>,
) -> Result<Vec<Acknowledged>, LoadError> {
    let order: Vec<u64> = messages.iter().map(|message| message.mark).collect();
    let (mut waiting, mut places) = (HashMap::new(), HashMap::new());
    loop {
        while waiting.len() < AHEAD
            && let Some(message) = messages.pop_front()
        {
            writer.send(message.frame).await?;
            waiting.insert(message.request, message.mark);
        }
        if waiting.is_empty() {
            let place = |mark| places.get(&mark).map(|place| (*place, mark));
            return Ok(order.into_iter().filter_map(place).collect());
        }
        let framed = reader.next().await?;
        match framed.frame {
            ServerFrame::Stored { sequence, .. } => {
                let answered = waiting.remove(&framed.request);
                let mark = answered.ok_or_else(|| {
                    let request = framed.request;
                    LoadError::Unsound(format!("request {request} is answered, and was not sent"))
                })?;
                places.insert(mark, sequence);
            }
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
