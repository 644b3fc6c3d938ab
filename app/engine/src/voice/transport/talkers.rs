//! Whose packets a relay forwards: it numbers the devices of a call.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use dialtone_protocol::DeviceId;
use dialtone_protocol::relay::{DownHeader, RelayTalker};
use parking_lot::RwLock;

use super::media::MediaIn;

/// The most talkers that are remembered of one call.
const MOST: usize = 1_024;

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

    /// What came from the relay; `None` when it cannot be read, or is of nobody known. That it is of the device that the relay
    /// names is seen when it is opened.
    pub(super) fn read(&self, packet: &Bytes, arrived: Instant) -> Option<MediaIn> {
        let (header, sealed) = DownHeader::read(packet)?;
        let from = *self.0.read().get(&header.talker)?;
        Some(MediaIn {
            from,
            sequence: header.sequence,
            timestamp: header.timestamp,
            marker: header.marker,
            resumed: header.resumed,
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
            };
            Bytes::from([&header.bytes()[..], b"sealed"].concat())
        };
        let now = Instant::now();
        assert!(talkers.read(&packet(3), now).is_none());
        talkers.set(&[RelayTalker { number: 3, device }]);
        let read = talkers.read(&packet(3), now).unwrap();
        assert_eq!((read.from, read.sequence, read.timestamp), (device, 9, 960));
        assert_eq!(
            (read.marker, read.resumed, &*read.payload),
            (true, true, &b"sealed"[..])
        );
        assert!(talkers.read(&packet(4), now).is_none());
        assert!(talkers.read(&packet(3).slice(..9), now).is_none());
        assert!(talkers.has(&device) && !talkers.has(&DeviceId([8; 32])));
    }
}
