//! What a client without sound makes of a call: it opens the voices of the others, as every client does, and takes them no further.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use dialtone_audio::PacketInput;
use dialtone_audio::link::{PacketSource, ReceivedPacket, packet_channel};
use parking_lot::Mutex;

/// Packets that wait to be taken: those of eight voices for two and a half seconds. What finds no room is lost.
const ROOM: usize = 1_024;

/// Packets of others that were opened and verified, for whoever counts them: its copies are one.
#[derive(Clone, Default)]
pub struct Opened(Arc<Mutex<Option<PacketSource>>>);

/// A packet that was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenedPacket {
    /// Whose, as this client numbers those it hears.
    pub talker: u64,
    /// Its number, which rises by one with each that its talker sends.
    pub sequence: u32,
    /// Stands for what is in it: the same at every client that opened it.
    pub content: u64,
}

impl Opened {
    /// What was opened since this was last asked, in the order in which it came.
    pub fn take(&self) -> Vec<OpenedPacket> {
        let mut source = self.0.lock();
        let packets = std::iter::from_fn(|| source.as_mut()?.pop().ok());
        packets.map(|packet| OpenedPacket::of(&packet)).collect()
    }

    /// The way in for a call that begins; what is left of the one before is gone.
    pub(super) fn begin(&self) -> PacketInput {
        let (input, source) = packet_channel(ROOM);
        *self.0.lock() = Some(source);
        input
    }
}

impl OpenedPacket {
    fn of(packet: &ReceivedPacket) -> Self {
        let mut content = DefaultHasher::new();
        (packet.timestamp, packet.payload()).hash(&mut content);
        Self {
            talker: packet.talker.0,
            sequence: packet.sequence,
            content: content.finish(),
        }
    }
}

impl PartialEq for Opened {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Opened {}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Opened")
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use dialtone_audio::TalkerId;

    use super::*;

    fn push(input: &PacketInput, talker: u64, sequence: u32, opus: &[u8]) -> bool {
        let now = Instant::now();
        let packet = ReceivedPacket::new(TalkerId(talker), now, sequence, sequence * 960, opus);
        input.push_packet(packet.unwrap()).is_ok()
    }

    #[test]
    fn what_was_opened_is_taken_once_and_is_the_same_at_every_client() {
        let both = [Opened::default(), Opened::default()];
        assert!(both[0].take().is_empty(), "no call has begun");
        for (client, opened) in both.iter().enumerate() {
            let input = opened.begin();
            assert!(push(&input, client as u64 + 5, 7, b"voice"));
            assert!(push(&input, client as u64 + 5, 8, b"voice"));
        }
        let [here, there] = both.each_ref().map(Opened::take);
        assert_eq!((here[0].talker, here[0].sequence), (5, 7));
        assert_eq!(there[0].talker, 6);
        assert_eq!(here[0].content, there[0].content);
        assert_ne!(here[0].content, here[1].content);
        assert!(both[0].take().is_empty());
    }

    #[test]
    fn nobody_who_takes_them_costs_no_more_than_a_bound() {
        let opened = Opened::default();
        let input = opened.begin();
        let taken = (0..ROOM as u32 + 10).filter(|number| push(&input, 1, *number, b"voice"));
        assert_eq!(taken.count(), ROOM);
        opened.begin();
        assert!(opened.take().is_empty(), "another call has begun");
    }
}
