//! One run: messages that were sealed beforehand go out at a pace, and every client counts and times what it gets.
//!
//! ```text
//! senders   wait for their pace -> note the time -> send -> wait for Stored        (some of them unacknowledged; a person's client has one at a time)
//! readers   every client: Event -> its mark -> which message -> delay, counted; at the senders also Stored -> sender;
//!           one in so many keeps what it gets, and opens it when the run is over
//! ledger    when was it sent, how many have it; the last delivery of a message makes room for another
//! ```

mod ledger;
mod measure;
mod readers;
mod senders;

use dialtone_protocol::ChannelId;
use tokio::sync::mpsc;

pub(crate) use ledger::{Ledger, Pace};
pub(crate) use measure::{Measured, measure};

use crate::community::Opener;
use crate::net::{Reader, Writer};

/// What a reader tells its sender: stored, or why not.
pub(crate) type Acknowledged = Result<(), String>;

/// A connected client.
pub(crate) struct Connected {
    pub(crate) reader: Reader,
    pub(crate) writer: Writer,
    /// The last sequence of the channel that came.
    pub(crate) last: u64,
    /// It opens what it gets, after each run.
    pub(crate) opener: Option<Box<Opener>>,
}

/// Everybody who is connected, and where.
pub(crate) struct Connections {
    /// In the community's order: senders first.
    pub(crate) clients: Vec<Connected>,
    pub(crate) channel: ChannelId,
}

/// All answers that a sender may wait for have room, so that no reader waits for its sender.
fn acknowledgements() -> (mpsc::Sender<Acknowledged>, mpsc::Receiver<Acknowledged>) {
    mpsc::channel(senders::AHEAD)
}
