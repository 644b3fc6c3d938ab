//! One client that writes through whatever happens: the next message goes when the one before is acknowledged, and what was not is sent again.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use dialtone_protocol::ChannelId;
use dialtone_protocol::frame::{Framed, RefusalCode, ServerFrame};
use tokio::sync::{mpsc, watch};
use tokio::time::sleep;

use super::crew::Counts;
use crate::community::{Client, Sealed};
use crate::error::LoadError;
use crate::net::{Endpoint, Reader, Stand, Writer, connect};
use crate::verdict::Acknowledged;

/// Between two tries: people's clients wait longer.
const AGAIN: Duration = Duration::from_millis(20);

/// A client that writes.
pub(super) struct Writing {
    /// Where the server is: at one place, which changes when it is started again, or at several.
    pub(super) places: watch::Receiver<Vec<Endpoint>>,
    /// At which of them it is.
    pub(super) at: usize,
    pub(super) client: Client,
    /// How far it has read.
    pub(super) stand: Stand,
    pub(super) channel: ChannelId,
    pub(super) orders: mpsc::Receiver<Sealed>,
    pub(super) counts: watch::Sender<Counts>,
    /// The last event that it has read, for others to see.
    pub(super) has_read: Arc<AtomicU64>,
}

type Line = Option<(Reader, Writer)>;

/// What came of one try.
enum Tried {
    Stored(u64),
    Again,
}

impl Writing {
    /// Writes what it is given until there is no more; what was acknowledged, in its order.
    ///
    /// # Errors
    /// When the server ends the session, leaves out an event, or refuses for good what it should take.
    pub(super) async fn run(mut self) -> Result<Vec<Acknowledged>, LoadError> {
        let mut acknowledged = Vec::new();
        let mut line: Line = None;
        loop {
            if line.is_none() {
                // Also where it has nothing to write: it reads along, and is online.
                line = Some(self.reconnect().await?);
            }
            let message = tokio::select! {
                message = self.orders.recv() => message,
                framed = next(&mut line), if line.is_some() => {
                    match framed {
                        Ok(framed) => self.take(&framed.frame)?,
                        Err(_) => line = None,
                    }
                    continue;
                }
            };
            let Some(message) = message else {
                return Ok(acknowledged);
            };
            let place = self.deliver(&message, &mut line).await?;
            acknowledged.push((place, message.mark));
            self.counts.send_modify(|counts| counts.acknowledged += 1);
        }
    }

    /// Sends a message until it is acknowledged; its place.
    async fn deliver(&mut self, message: &Sealed, line: &mut Line) -> Result<u64, LoadError> {
        loop {
            if line.is_none() {
                *line = Some(self.reconnect().await?);
            }
            match self.attempt(message, line).await? {
                Tried::Stored(place) => return Ok(place),
                Tried::Again => sleep(AGAIN).await,
            }
        }
    }

    async fn attempt(&mut self, message: &Sealed, line: &mut Line) -> Result<Tried, LoadError> {
        let Some((reader, writer)) = line else {
            return Ok(Tried::Again);
        };
        if writer.send(message.frame.clone()).await.is_err() {
            *line = None;
            return Ok(Tried::Again);
        }
        loop {
            let Ok(framed) = reader.next().await else {
                *line = None;
                return Ok(Tried::Again);
            };
            match framed.frame {
                ServerFrame::Stored { sequence, .. } => return Ok(Tried::Stored(sequence)),
                ServerFrame::Refused {
                    code: RefusalCode::Unavailable,
                    message,
                    ..
                } => {
                    self.counts.send_modify(|counts| {
                        counts.unavailable += 1;
                        counts.words = message;
                    });
                    return Ok(Tried::Again);
                }
                ServerFrame::Refused { code, message, .. } => {
                    return Err(LoadError::Refused {
                        what: "a message".into(),
                        reason: format!("{message} ({code:?})"),
                    });
                }
                ServerFrame::Error { .. } => {
                    *line = None;
                    return Ok(Tried::Again);
                }
                other => self.take(&other)?,
            }
        }
    }

    /// Connects by the session that it has had from the beginning, as often as it takes: where that fails, at another place.
    async fn reconnect(&mut self) -> Result<(Reader, Writer), LoadError> {
        loop {
            let endpoint = self.place()?;
            match connect(&endpoint, &self.client, self.stand).await {
                Ok((reader, writer, last)) => {
                    self.stand.after = last;
                    self.has_read.store(last, Ordering::Relaxed);
                    self.counts.send_modify(|counts| counts.connected += 1);
                    return Ok((reader, writer));
                }
                Err(error @ (LoadError::Refused { .. } | LoadError::Unsound(_))) => {
                    return Err(error);
                }
                Err(_) => {
                    self.go_on();
                    sleep(AGAIN).await;
                }
            }
        }
    }

    fn place(&mut self) -> Result<Endpoint, LoadError> {
        let places = self.places.borrow_and_update();
        let place = places.get(self.at % places.len().max(1));
        place
            .cloned()
            .ok_or_else(|| LoadError::Broken("no place is known".into()))
    }

    /// To any of the other places, so that those who were at one do not stay together for good.
    fn go_on(&mut self) {
        let others = self.places.borrow().len().saturating_sub(1);
        if others > 0 {
            self.at += 1 + rand::random_range(0..others);
            self.counts.send_modify(|counts| counts.moved += 1);
        }
    }

    /// What others wrote comes once, in its order, without gaps.
    fn take(&mut self, frame: &ServerFrame) -> Result<(), LoadError> {
        if let ServerFrame::Event {
            channel, sequence, ..
        } = frame
            && *channel == self.channel
        {
            if *sequence != self.stand.after + 1 {
                let after = self.stand.after;
                return Err(LoadError::Unsound(format!(
                    "event {sequence} came after {after}"
                )));
            }
            self.stand.after = *sequence;
            self.has_read.store(*sequence, Ordering::Relaxed);
        }
        Ok(())
    }
}

async fn next(line: &mut Line) -> Result<Framed<ServerFrame>, LoadError> {
    match line {
        Some((reader, _)) => reader.next().await,
        None => std::future::pending().await,
    }
}
