//! What was lost between a client and the relay: what is kept for being sent again, and what is asked for.

use std::sync::Arc;
use std::time::Instant;

use dialtone_protocol::relay::{DOWN_HEADER, DownHeader};
use dialtone_protocol::resend::{ASKS, Came, Gaps, Kept, asks};

use super::srtp::SrtpStream;

/// A packet as it was sent to one client.
struct Sent {
    /// Its place in the client's stream.
    index: u64,
    timestamp: u32,
    header: [u8; DOWN_HEADER],
    sealed: Arc<[u8]>,
}

/// Both directions of one connection over UDP.
#[derive(Default)]
pub(super) struct Resend {
    kept: Kept<Sent>,
    gaps: Gaps,
}

impl Resend {
    /// A packet goes to the client as this one of its stream.
    pub(super) fn sent(
        &mut self,
        now: Instant,
        index: u64,
        timestamp: u32,
        header: [u8; DOWN_HEADER],
        sealed: &Arc<[u8]>,
    ) {
        let sent = Sent {
            index,
            timestamp,
            header,
            sealed: Arc::clone(sealed),
        };
        self.kept.sent(now, index as u16, sent);
    }

    /// Writes a packet again that the client has not got; `None` when it is not here any more, or was asked for too often.
    pub(super) fn again(
        &mut self,
        now: Instant,
        number: u16,
        stream: &SrtpStream,
        out: &mut Vec<u8>,
    ) -> Option<()> {
        let sent = self.kept.asked(now, number)?;
        stream.write_again(sent.index, sent.timestamp, &sent.header, &sent.sealed, out)
    }

    /// A packet of the client came; `true` if it had been asked for.
    pub(super) fn came(&mut self, now: Instant, sequence: u16) -> bool {
        self.gaps.came(now, sequence) == Came::Asked
    }

    /// What to ask the client for: a packet's header and payload. `None`: nothing is missing that could still be of use.
    pub(super) fn ask(&mut self, now: Instant) -> Option<([u8; DOWN_HEADER], Vec<u8>)> {
        let numbers = self.gaps.due(now);
        let header = DownHeader {
            talker: ASKS,
            sequence: 0,
            timestamp: 0,
            marker: false,
            resumed: false,
            resent: false,
        };
        (!numbers.is_empty()).then(|| (header.bytes(), asks(&numbers)))
    }
}
