//! Somebody on the bus who is asked again: after a pause that grows while it does not answer well, and when it comes anew.

use std::pin::Pin;
use std::time::Duration;

use dialtone_words::say;
use futures_util::StreamExt as _;
use tokio::time::{Instant, Sleep, sleep};
use zbus::{Connection, Message, MessageStream};

use crate::bus::{self, Peer};
use crate::service::{Backoff, Status};

/// Where nothing is to be asked again until something happens.
const NEVER: Duration = Duration::from_hours(24);

/// Whom to ask, and when.
pub(crate) struct Asking {
    signals: MessageStream,
    owners: MessageStream,
    backoff: Backoff,
    again: Pin<Box<Sleep>>,
}

/// What happened.
pub(crate) enum Next {
    /// It is time to ask.
    Again,
    /// It is not there any more.
    Gone,
    /// It tells something.
    Signal(Message),
}

impl Asking {
    /// Listens for what `peer` tells, and for its coming and going.
    ///
    /// # Errors
    /// In words.
    pub(crate) async fn new(connection: &Connection, peer: Peer) -> Result<Self, String> {
        Ok(Self {
            signals: bus::signals(connection, peer).await?,
            owners: bus::owners(connection, peer.service).await?,
            backoff: Backoff::default(),
            again: Box::pin(sleep(NEVER)),
        })
    }

    /// It was asked, and this came of it.
    pub(crate) fn went(&mut self, status: &Status, outcome: Result<(), String>) {
        let pause = match outcome {
            Ok(()) => {
                status.works();
                self.backoff.reset();
                NEVER
            }
            Err(fault) => {
                status.missing(fault);
                Duration::from_secs(self.backoff.next_s())
            }
        };
        self.again.as_mut().reset(Instant::now() + pause);
    }

    /// Waits for what happens next. Whoever waits no more loses nothing.
    ///
    /// # Errors
    /// The bus has ended, in words.
    pub(crate) async fn next(&mut self) -> Result<Next, String> {
        loop {
            tokio::select! {
                () = &mut self.again => return Ok(Next::Again),
                owner = self.owners.next() => match owner {
                    Some(Ok(owner)) if bus::has_owner(&owner) => return Ok(Next::Again),
                    Some(Ok(_)) => return Ok(Next::Gone),
                    Some(Err(_)) => {}
                    None => break,
                },
                signal = self.signals.next() => match signal {
                    Some(Ok(signal)) => return Ok(Next::Signal(signal)),
                    Some(Err(_)) => {}
                    None => break,
                },
            }
        }
        Err(say!("tray-bus-ended").to_owned())
    }
}
