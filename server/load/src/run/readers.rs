//! A client's reading half during a run.

use std::sync::Arc;
use std::time::Duration;

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::ServerFrame;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{Acknowledged, Ledger};
use crate::community::{Opener, mark};
use crate::net::Reader;

/// What one client got.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Of each delivery, in microseconds.
    pub(crate) delays_us: Vec<u32>,
    /// Events that were beyond the next of the channel.
    pub(crate) out_of_order: u64,
    /// Events that had come before.
    pub(crate) twice: u64,
    /// Why the connection ended, if it did.
    pub(crate) ended: Option<String>,
}

/// A reader for one run, and what it gives back.
pub(super) struct Reading {
    pub(super) ledger: Arc<Ledger>,
    pub(super) reader: Reader,
    pub(super) channel: ChannelId,
    pub(super) last: u64,
    /// Where answers go, at clients that send.
    pub(super) answers: Option<mpsc::Sender<Acknowledged>>,
    /// How many messages there are.
    pub(super) messages: usize,
    /// Keeps what comes, to be opened.
    pub(super) opener: Option<Box<Opener>>,
}

/// A reader after its run.
pub(super) struct Read {
    pub(super) reader: Reader,
    pub(super) last: u64,
    pub(super) tally: Tally,
    pub(super) opener: Option<Box<Opener>>,
}

impl Reading {
    /// Reads until every message came (and was answered), or until `stop`.
    pub(super) async fn run(mut self, stop: CancellationToken) -> Read {
        let mut tally = Tally::default();
        tally.delays_us.reserve_exact(self.messages);
        let stopped = stop.cancelled();
        tokio::pin!(stopped);
        loop {
            let next = tokio::select! {
                biased;
                next = self.reader.next() => next,
                () = &mut stopped => break,
            };
            match next {
                Ok(framed) => self.take(framed.frame, &mut tally).await,
                Err(error) => {
                    tally.ended = Some(error.to_string());
                    break;
                }
            }
        }
        Read {
            reader: self.reader,
            last: self.last,
            tally,
            opener: self.opener,
        }
    }

    async fn take(&mut self, frame: ServerFrame, tally: &mut Tally) {
        match frame {
            ServerFrame::Event {
                channel,
                sequence,
                event,
                ..
            } if channel == self.channel => {
                // What comes again is not delivered again.
                if sequence <= self.last {
                    tally.twice += 1;
                } else {
                    tally.out_of_order += u64::from(sequence > self.last + 1);
                    self.last = sequence;
                    let delay = mark(&event)
                        .and_then(|mark| self.ledger.note_delivered(mark, Instant::now()));
                    tally.delays_us.extend(delay.map(micros));
                    if let Some(opener) = &mut self.opener {
                        opener.keep(sequence, &event);
                    }
                }
            }
            ServerFrame::Stored { .. } => self.answer(Ok(())).await,
            ServerFrame::Refused { code, message, .. } => {
                self.answer(Err(format!("{message} ({code:?})"))).await;
            }
            ServerFrame::Error { message } => self.answer(Err(message)).await,
            _ => {}
        }
    }

    async fn answer(&self, answer: Acknowledged) {
        if let Some(answers) = &self.answers {
            // The sender may have stopped.
            let _: Result<(), _> = answers.send(answer).await;
        }
    }
}

fn micros(delay: Duration) -> u32 {
    u32::try_from(delay.as_micros()).unwrap_or(u32::MAX)
}
