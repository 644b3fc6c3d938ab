//! Packets of a relayed call as they are between a client and the relay, inside of SRTP or of TLS.
//!
//! ```text
//! to the relay, over UDP     RTP of the sender: sequence, timestamp, marker, level (RFC 6464); payload = sealed frame
//! to the relay, over TLS     level, sequence, timestamp, flags, sealed frame                              8 bytes before it
//! from the relay, over both  talker, sequence, timestamp, flags, sealed frame                             9 bytes before it
//! ```
//!
//! From the relay there is one stream with sequence numbers of its own, however many talk: a receiver counts by them what was lost on
//! this last part of the way, and can ask for it ([`crate::resend`]). What a jitter buffer needs is the talker's own numbers, which the header carries. All numbers are
//! big-endian. The sealed frame is opaque to the relay.

use minicbor::{Decode, Encode};

use crate::DeviceId;

/// The longest sealed frame that is relayed, in bytes: with all headers it fits the smallest usual MTU (1,280).
pub const MAX_RELAYED: usize = 1_160;
/// Bytes before the sealed frame on the way to the relay, over TLS.
pub const UP_HEADER: usize = 8;
/// Bytes before the sealed frame on the way from the relay.
pub const DOWN_HEADER: usize = 9;
/// The level of silence: 127 dB below the loudest (RFC 6464).
pub const SILENCE: u8 = 127;

const MARKER: u8 = 1;
const RESUMED: u8 = 2;
const RESENT: u8 = 4;

/// A talker whom the relay reaches, and the number that stands for it in packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct RelayTalker {
    /// Within this call; never given to another device of it.
    #[n(0)]
    pub number: u16,
    /// Whose.
    #[n(1)]
    pub device: DeviceId,
}

/// What stands before a sealed frame on the way to the relay, over TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UpHeader {
    /// How far below the loudest, in dB: 0 to 127 ([`SILENCE`]).
    pub level: u8,
    /// The talker's RTP sequence number.
    pub sequence: u16,
    /// The talker's RTP timestamp, at 48 kHz.
    pub timestamp: u32,
    /// The first packet after a silence.
    pub marker: bool,
}

/// What stands before a sealed frame on the way from the relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DownHeader {
    /// See [`RelayTalker`].
    pub talker: u16,
    /// The talker's RTP sequence number.
    pub sequence: u16,
    /// The talker's RTP timestamp, at 48 kHz.
    pub timestamp: u32,
    /// The first packet after a silence.
    pub marker: bool,
    /// Packets of this talker before this one were not forwarded, because others were louder: they are not lost.
    pub resumed: bool,
    /// It was lost on its way to the relay, and its talker sent it again: how late it is says nothing about others.
    pub resent: bool,
}

impl UpHeader {
    /// The bytes before a sealed frame.
    pub fn bytes(&self) -> [u8; UP_HEADER] {
        let mut out = [0; UP_HEADER];
        out[0] = self.level.min(SILENCE);
        out[1..3].copy_from_slice(&self.sequence.to_be_bytes());
        out[3..7].copy_from_slice(&self.timestamp.to_be_bytes());
        out[7] = u8::from(self.marker) * MARKER;
        out
    }

    /// Reads a packet: its header and its sealed frame. `None` when it is too short, too long, or has unknown flags.
    pub fn read(packet: &[u8]) -> Option<(Self, &[u8])> {
        let (header, sealed) = packet.split_first_chunk::<UP_HEADER>()?;
        let [level, s0, s1, t0, t1, t2, t3, flags] = *header;
        if level > SILENCE || flags & !MARKER != 0 || !is_frame(sealed) {
            return None;
        }
        let header = Self {
            level,
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            marker: flags & MARKER != 0,
        };
        Some((header, sealed))
    }
}

impl DownHeader {
    /// The bytes before a sealed frame.
    pub fn bytes(&self) -> [u8; DOWN_HEADER] {
        let mut out = [0; DOWN_HEADER];
        out[0..2].copy_from_slice(&self.talker.to_be_bytes());
        out[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        out[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        let flag = |is_set: bool, flag: u8| u8::from(is_set) * flag;
        out[8] =
            flag(self.marker, MARKER) | flag(self.resumed, RESUMED) | flag(self.resent, RESENT);
        out
    }

    /// Reads a packet: its header and its sealed frame. `None` when it is too short, too long, or has unknown flags.
    pub fn read(packet: &[u8]) -> Option<(Self, &[u8])> {
        let (header, sealed) = packet.split_first_chunk::<DOWN_HEADER>()?;
        let [n0, n1, s0, s1, t0, t1, t2, t3, flags] = *header;
        if flags & !(MARKER | RESUMED | RESENT) != 0 || !is_frame(sealed) {
            return None;
        }
        let header = Self {
            talker: u16::from_be_bytes([n0, n1]),
            sequence: u16::from_be_bytes([s0, s1]),
            timestamp: u32::from_be_bytes([t0, t1, t2, t3]),
            marker: flags & MARKER != 0,
            resumed: flags & RESUMED != 0,
            resent: flags & RESENT != 0,
        };
        Some((header, sealed))
    }
}

fn is_frame(sealed: &[u8]) -> bool {
    !sealed.is_empty() && sealed.len() <= MAX_RELAYED
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn headers_come_back_as_they_went(
            (talker, sequence, timestamp) in any::<(u16, u16, u32)>(),
            (marker, resumed, resent) in any::<(bool, bool, bool)>(),
            level in 0..=SILENCE,
            sealed in proptest::collection::vec(any::<u8>(), 1..40),
        ) {
            let up = UpHeader { level, sequence, timestamp, marker };
            let packet = [&up.bytes()[..], &sealed].concat();
            prop_assert_eq!(UpHeader::read(&packet), Some((up, &*sealed)));
            let down = DownHeader { talker, sequence, timestamp, marker, resumed, resent };
            let packet = [&down.bytes()[..], &sealed].concat();
            prop_assert_eq!(DownHeader::read(&packet), Some((down, &*sealed)));
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(any::<u8>(), 0..1_300)) {
            for sealed in [UpHeader::read(&bytes).map(|read| read.1), DownHeader::read(&bytes).map(|read| read.1)] {
                prop_assert!(sealed.is_none_or(is_frame));
            }
        }
    }

    #[test]
    fn what_is_not_a_packet_is_refused() {
        let up = UpHeader {
            level: SILENCE,
            sequence: 1,
            timestamp: 2,
            marker: true,
        };
        let packet = |header: [u8; UP_HEADER], length| [&header[..], &vec![7; length]].concat();
        assert!(UpHeader::read(&packet(up.bytes(), MAX_RELAYED)).is_some());
        assert!(UpHeader::read(&packet(up.bytes(), MAX_RELAYED + 1)).is_none());
        assert!(UpHeader::read(&packet(up.bytes(), 0)).is_none());
        let mut loud = up.bytes();
        loud[0] = SILENCE + 1;
        assert!(UpHeader::read(&packet(loud, 9)).is_none());
        let mut flags = up.bytes();
        flags[7] = 4;
        assert!(UpHeader::read(&packet(flags, 9)).is_none());
    }
}
