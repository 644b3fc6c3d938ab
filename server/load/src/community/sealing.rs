//! Messages, sealed and framed before anything is measured: sealing is the clients' work, not the server's.

use dialtone_crypto::{
    ChannelKey, DeviceKey, EventDraft, OsRng, SealError, SealedOut, SenderChain, seal_event,
};
use dialtone_protocol::content::{EventBody, EventContent};
use dialtone_protocol::frame::{ClientFrame, write_frame};
use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::StreamPosition;
use dialtone_protocol::{ClientEventId, DeviceId};
use tokio_tungstenite::tungstenite::Bytes;

use super::Community;
use crate::error::LoadError;

/// Bytes at an event's end by which it is known again: the end of its authentication tag.
pub(crate) const MARK: usize = 8;

/// One message, ready to go.
pub(crate) struct Sealed {
    /// Which of the community's senders it is of.
    pub(crate) sender: usize,
    /// Of that sender.
    pub(crate) device: DeviceId,
    /// Says what it says: see [`said`].
    pub(crate) number: u64,
    /// Its last bytes.
    pub(crate) mark: u64,
    /// Length of the sealed event.
    pub(crate) event_bytes: usize,
    /// The number of the request by which it travels.
    pub(crate) request: u32,
    /// As it travels.
    pub(crate) frame: Bytes,
}

/// What a sealed event is known by.
pub(crate) fn mark(event: &[u8]) -> Option<u64> {
    event.last_chunk::<MARK>().copied().map(u64::from_be_bytes)
}

/// What message `number` says: a chat message of ordinary length, as long as any other.
pub(super) fn said(number: u64) -> EventContent {
    let text = format!(
        "No. {number:08}, moved to four, since the morning is full: does that still work for everybody?"
    );
    EventContent {
        time_ms: 0,
        lifetime_s: None,
        body: EventBody::Text {
            text,
            reply_to: None,
        },
    }
}

/// Seals message `number` as the next of `device`.
pub(super) fn seal_said(
    key: &ChannelKey,
    device: &DeviceKey,
    roster: &Roster,
    chain: SenderChain,
    number: u64,
) -> Result<SealedOut, SealError> {
    let draft = EventDraft {
        community: roster.community(),
        client_id: ClientEventId(rand::random()),
        chain,
        roster: roster.position(),
        seen: StreamPosition::START,
        content: &said(number),
    };
    seal_event(key, device, &draft, &mut OsRng)
}

impl Community {
    /// Seals so many further messages, by turns of the first `senders`. All of them have to be sent, in each sender's order.
    ///
    /// # Errors
    /// When the library fails.
    pub(crate) fn seal(
        &mut self,
        messages: usize,
        senders: usize,
    ) -> Result<Vec<Sealed>, LoadError> {
        let senders = senders.clamp(1, self.clients.len());
        (0..messages)
            .map(|number| self.seal_one(number % senders))
            .collect()
    }

    fn seal_one(&mut self, sender: usize) -> Result<Sealed, LoadError> {
        self.written += 1;
        let (number, chain) = (self.written, self.chains[sender]);
        let device = &self.clients[sender].device;
        let sealed =
            seal_said(&self.key, device, &self.roster, chain, number).map_err(LoadError::client)?;
        self.chains[sender] = sealed.chain;
        let mark = mark(&sealed.bytes).ok_or_else(|| LoadError::client("an empty event"))?;
        let event_bytes = sealed.bytes.len();
        let frame = ClientFrame::Send {
            channel: self.channel,
            event: sealed.bytes.into(),
            mark: None,
            keep_s: None,
        };
        // Each sender's messages are counted, so that an answer says which of them it is of.
        let request = u32::try_from(sealed.chain.sequence).unwrap_or(u32::MAX);
        Ok(Sealed {
            sender,
            device: device.id(),
            number,
            mark,
            event_bytes,
            request,
            frame: write_frame(request, &frame).into(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_known_by_its_end() {
        assert_eq!(mark(&[0, 0, 0, 0, 0, 0, 0, 0, 1]), Some(1));
        assert_eq!(mark(&[1, 0, 0, 0, 0, 0, 0, 0, 0]), Some(0));
        assert_eq!(mark(&[1; 7]), None);
    }
}
