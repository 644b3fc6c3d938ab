//! A client's writing half during a run: its messages in order, one unacknowledged at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Bytes;
use tokio_util::sync::CancellationToken;

use super::{Acknowledged, Ledger};
use crate::error::LoadError;
use crate::net::Writer;

/// A sender for one run.
pub(super) struct Sending {
    pub(super) ledger: Arc<Ledger>,
    pub(super) writer: Writer,
    pub(super) answers: mpsc::Receiver<Acknowledged>,
    /// Its messages, with their numbers in the run.
    pub(super) messages: Vec<(usize, Bytes)>,
}

/// What a sender did.
pub(super) struct Sent {
    pub(super) writer: Writer,
    /// Messages that the server stored for good.
    pub(super) acknowledged: u64,
    /// The longest that a message went after its time.
    pub(super) behind: Duration,
}

impl Sending {
    /// Sends everything, or what it can until `stop`.
    ///
    /// # Errors
    /// When the server refuses: the rest would be refused too.
    pub(super) async fn run(mut self, stop: CancellationToken) -> Result<Sent, LoadError> {
        let mut sent = (0, Duration::ZERO);
        let messages = std::mem::take(&mut self.messages);
        for (number, frame) in messages {
            let behind = tokio::select! {
                behind = self.send(number, frame) => behind?,
                () = stop.cancelled() => None,
            };
            let Some(behind) = behind else { break };
            sent = (sent.0 + 1, sent.1.max(behind));
        }
        Ok(Sent {
            writer: self.writer,
            acknowledged: sent.0,
            behind: sent.1,
        })
    }

    /// Sends one; how late it went. `None`: the connection ended, which its reader reports.
    async fn send(&mut self, number: usize, frame: Bytes) -> Result<Option<Duration>, LoadError> {
        let behind = self.ledger.turn(number).await;
        self.ledger.note_sent(number, Instant::now());
        if self.writer.send(frame).await.is_err() {
            return Ok(None);
        }
        match self.answers.recv().await {
            Some(Ok(())) => Ok(Some(behind)),
            Some(Err(reason)) => Err(LoadError::Refused {
                what: "a message".into(),
                reason,
            }),
            None => Ok(None),
        }
    }
}
