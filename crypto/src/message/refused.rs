//! Events that do not fit their stream: who is to blame, and how the stream goes on after them.
//!
//! One refused event never ends a channel. It is counted in `S_i` like any other, for that is the server's order, and what its
//! device sends next may continue it.

use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::{EventHeader, SealedEvent, StreamPosition};
use dialtone_protocol::{DeviceId, Hash};

use super::open::{OpenError, VerifiedEvent, open_event};
use super::stream::{Checked, SenderChain, StreamChecker, StreamError};
use crate::ring::KeyRing;

/// Who misbehaved where an event does not fit its stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blame {
    /// Nobody: a device sent the same message again, or what the header claims is not authentic and counts for nothing.
    Nobody,
    /// The server: no member can bring this about.
    Server,
    /// The owner of this device, alone: its signature covers a claim that no server could have led it to.
    Member(DeviceId),
    /// The server, or this device: from here it cannot be told which.
    Either(DeviceId),
}

impl Blame {
    /// Somebody lied: tell the user, with the device where there is one.
    pub fn is_alarm(&self) -> bool {
        *self != Self::Nobody
    }

    /// The server is in doubt: nothing may be sent until the user has settled it. A member that misbehaves alone is named, and the
    /// others go on.
    pub fn doubts_server(&self) -> bool {
        matches!(self, Self::Server | Self::Either(_))
    }
}

/// An event that is refused for good. To be kept as evidence, and recorded with [`StreamChecker::record_refused`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    sequence: u64,
    hash: Hash,
    header: Option<EventHeader>,
    reason: StreamError,
    blame: Blame,
    known: bool,
    counted_length: u64,
}

impl Refused {
    /// Its place in the stream.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The clear part, where it can be read; not to be believed.
    pub fn header(&self) -> Option<&EventHeader> {
        self.header.as_ref()
    }

    /// Why it is refused.
    pub fn reason(&self) -> &StreamError {
        &self.reason
    }

    /// Whose doing it is.
    pub fn blame(&self) -> Blame {
        self.blame
    }
}

impl StreamChecker {
    /// Judges an event that [`Self::check`] has just refused with `reason`. Nothing changes.
    ///
    /// `is_here` says whether an event of the same device with the same client id and the same content was taken in before: such a
    /// repetition under the sequence of the device's last event counts once, and is no alarm.
    pub fn refuse(
        &self,
        sequence: u64,
        bytes: &[u8],
        reason: StreamError,
        (ring, roster): (&KeyRing, &Roster),
        is_here: impl Fn(&VerifiedEvent) -> bool,
    ) -> Refused {
        let mut refused = Refused {
            sequence,
            hash: Hash::of(bytes),
            header: None,
            reason,
            blame: Blame::Server,
            known: false,
            counted_length: 0,
        };
        // Of these, the server checks each before it takes an event in, or makes the mistake itself.
        if matches!(
            refused.reason,
            StreamError::Rewritten | StreamError::Foreign | StreamError::Malformed(_)
        ) {
            return refused;
        }
        let in_log = |header: &EventHeader| roster.contains(&header.roster) == Some(true);
        let length = SealedEvent::read(bytes).map_or(0, |(_, header)| {
            if in_log(&header) {
                header.roster.length
            } else {
                0
            }
        });
        let active_length = self.longest_roster.max(length);
        let active_length = if active_length == 0 {
            roster.position().length
        } else {
            active_length
        };
        let Ok(checked) = Checked::again(sequence, bytes, active_length) else {
            return refused;
        };
        let opened = open_event(&checked, ring, roster);
        refused.blame = self.blame(&checked, &refused.reason, &opened, is_here);
        refused.known = roster.view().device(&checked.header.device).is_some();
        if matches!(
            opened,
            Ok(_)
                | Err(OpenError::UnknownContent | OpenError::NotForThem | OpenError::MissingKey(_))
        ) {
            refused.counted_length = length;
        }
        refused.header = Some(checked.header);
        refused
    }

    fn blame(
        &self,
        checked: &Checked,
        reason: &StreamError,
        opened: &Result<VerifiedEvent, OpenError>,
        is_here: impl Fn(&VerifiedEvent) -> bool,
    ) -> Blame {
        let device = checked.header.device;
        match opened {
            Ok(_) | Err(OpenError::UnknownContent | OpenError::NotForThem) => {}
            // Whoever wrote the header has not signed it.
            Err(OpenError::Tampered | OpenError::BadSignature) => return Blame::Nobody,
            Err(OpenError::NotActive | OpenError::WrongGroup)
                if *reason != StreamError::RosterForked =>
            {
                return Blame::Nobody;
            }
            Err(_) => return Blame::Either(device),
        }
        match reason {
            StreamError::Replayed => {
                let last = self.sender(&device);
                if checked.hash == last.hash {
                    Blame::Server
                } else if checked.header.device_sequence != last.sequence {
                    Blame::Either(device)
                } else if opened.as_ref().is_ok_and(is_here) {
                    Blame::Nobody
                } else {
                    Blame::Member(device)
                }
            }
            // Before the first event there is one position alone, and no server gives it.
            StreamError::Reordered if checked.header.seen.sequence == 0 => Blame::Member(device),
            _ => Blame::Either(device),
        }
    }

    /// Takes in an event that was refused last. Gives the position after it, to be stored with it.
    pub fn record_refused(&mut self, refused: &Refused) -> StreamPosition {
        if Some(refused.sequence) != self.position.sequence.checked_add(1) {
            return self.position;
        }
        if let Some(header) = refused.header.as_ref().filter(|_| refused.known) {
            let chain = SenderChain {
                sequence: header.device_sequence,
                hash: refused.hash,
            };
            self.refused.insert(header.device, chain);
        }
        self.longest_roster = self.longest_roster.max(refused.counted_length);
        self.position = self.position.advance(&refused.hash);
        self.position
    }
}
