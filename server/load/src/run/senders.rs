//! A client's writing half during a run: its messages in order, some of them unacknowledged at a time, so that no pace waits for answers.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::Bytes;
use tokio_util::sync::CancellationToken;

use super::{Acknowledged, Ledger};
use crate::error::LoadError;
use crate::net::Writer;

/// Messages of one client that wait for their answers: half of what the server lets a connection have.
pub(super) const AHEAD: usize = 32;

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
        let (mut acknowledged, mut unanswered, mut behind) = (0, 0, Duration::ZERO);
        for (number, frame) in std::mem::take(&mut self.messages) {
            let late = tokio::select! {
                late = self.ledger.turn(number) => late,
                () = stop.cancelled() => break,
            };
            behind = behind.max(late);
            self.ledger.note_sent(number, Instant::now());
            if self.writer.send(frame).await.is_err() {
                // Its reader reports it.
                break;
            }
            unanswered += 1;
            while unanswered > 0 && self.take(unanswered == AHEAD, &stop).await? {
                (acknowledged, unanswered) = (acknowledged + 1, unanswered - 1);
            }
            if unanswered == AHEAD {
                break;
            }
        }
        while unanswered > 0 && self.take(true, &stop).await? {
            (acknowledged, unanswered) = (acknowledged + 1, unanswered - 1);
        }
        Ok(Sent {
            writer: self.writer,
            acknowledged,
            behind,
        })
    }

    /// Takes an answer, and waits for it if that is asked for; `false`: there is none, or there will be none.
    async fn take(&mut self, wait: bool, stop: &CancellationToken) -> Result<bool, LoadError> {
        let answer = if wait {
            tokio::select! {
                answer = self.answers.recv() => answer,
                () = stop.cancelled() => None,
            }
        } else {
            self.answers.try_recv().ok()
        };
        match answer {
            Some(Ok(())) => Ok(true),
            Some(Err(reason)) => Err(LoadError::Refused {
                what: "a message".into(),
                reason,
            }),
            None => Ok(false),
        }
    }
}
