//! Whose packets a relay forwards: it numbers the devices of a call.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use dialtone_protocol::DeviceId;
use dialtone_protocol::relay::{DownHeader, RelayTalker};
use dialtone_protocol::resend::{ASKS, read_asks};
use parking_lot::RwLock;

use super::media::MediaIn;

/// The most talkers that are remembered of one call.
const MOST: usize = 1_024;

/// What came from a relay.
pub(super) enum FromRelay {
    /// A talker's packet. That it is of the device that the relay names is seen when it is opened.
    Voice(MediaIn),
    /// The numbers of packets that the relay asks for again.
    Asks(Vec<u16>),
    /// Something that cannot be read, or is of nobody known.
    Nothing,
}

/// The relay's numbers, as it told them. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub(super) struct Talkers(Arc<RwLock<HashMap<u16, DeviceId>>>);

impl Talkers {
    /// Takes a roll over.
    pub(super) fn set(&self, roll: &[RelayTalker]) {
        let roll = roll.iter().take(MOST);
        *self.0.write() = roll.map(|talker| (talker.number, talker.device)).collect();
    }

    /// Whether the relay reaches a device.
    pub(super) fn has(&self, device: &DeviceId) -> bool {
        self.0.read().values().any(|known| known == device)
    }

    /// What came from the relay.
    pub(super) fn read(&self, packet: &Bytes, arrived: Instant) -> FromRelay {
        let Some((header, sealed)) = DownHeader::read(packet) else {
            return FromRelay::Nothing;
        };
        if header.talker == ASKS {
            return read_asks(sealed).map_or(FromRelay::Nothing, FromRelay::Asks);
        }
        let Some(from) = self.0.read().get(&header.talker).copied() else {
            return FromRelay::Nothing;
        };
        FromRelay::Voice(MediaIn {
            from,
            sequence: header.sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            resumed: header.resumed,
            resent: header.resent,
            payload: packet.slice_ref(sealed),
            arrived,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packets_of_those_on_the_roll_are_read_and_no_others() {
        let talkers = Talkers::default();
        let device = DeviceId([7; 32]);
        let packet = |talker| {
            let header = DownHeader {
                talker,
                sequence: 9,
                timestamp: 960,
                marker: true,
                resumed: true,
                resent: false,
            };
            Bytes::from([&header.bytes()[..], b"sealed"].concat())
        };
        let now = Instant::now();
        let voice = |packet: &Bytes| match talkers.read(packet, now) {
            FromRelay::Voice(voice) => Some(voice),
            FromRelay::Asks(_) | FromRelay::Nothing => None,
        };
        assert!(voice(&packet(3)).is_none());
        talkers.set(&[
            RelayTalker { number: 3, device },
            RelayTalker {
                number: ASKS,
                device,
            },
        ]);
        let read = voice(&packet(3)).unwrap();
        assert_eq!((read.from, read.sequence, read.timestamp), (device, 9, 960));
        assert_eq!(
            (read.marker, read.resumed, &*read.payload),
            (true, true, &b"sealed"[..])
        );
        assert!(voice(&packet(4)).is_none());
        assert!(voice(&packet(3).slice(..9)).is_none());
        // Six bytes are no list of numbers, and nobody has the number of asks.
        assert!(matches!(
            talkers.read(&packet(ASKS), now),
            FromRelay::Nothing
        ));
        assert!(talkers.has(&device) && !talkers.has(&DeviceId([8; 32])));
    }
}
