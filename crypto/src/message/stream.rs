//! The order of a channel's events, checked without opening them.
//!
//! ```text
//! the stream     sequence i has no gap; S_i = SHA-256(S_{i-1} || event hash_i)
//! each sender    device_sequence counts by one, previous is the hash of its event before
//! each event     seen (i, S_i) must be what is here; roster position must be of the log that is here
//! ```
//!
//! A server that drops, repeats, reorders or forks breaks one of them for everybody who has the events around.

use std::collections::BTreeMap;

use dialtone_protocol::roster::Roster;
use dialtone_protocol::sealed::{EventHeader, SealedEvent, StreamPosition};
use dialtone_protocol::strict::{self, StrictError};
use dialtone_protocol::{ChannelId, CommunityId, DeviceId, GroupId, Hash};
use minicbor::{Decode, Encode};

use super::open::{OpenError, VerifiedEvent};

/// Where a device's events in a channel stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct SenderChain {
    /// How many there are.
    #[n(0)]
    pub sequence: u64,
    /// Hash of the last; zero before the first.
    #[n(1)]
    pub hash: Hash,
}

impl SenderChain {
    /// Before the first event.
    pub const START: Self = Self {
        sequence: 0,
        hash: Hash::ZERO,
    };

    fn is_before(&self, header: &EventHeader) -> bool {
        self.sequence.checked_add(1) == Some(header.device_sequence) && self.hash == header.previous
    }
}

/// Why an event does not fit its stream.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// Events before it are missing here. Fetch them.
    #[error("events are missing: number {expected} comes next")]
    Gap {
        /// The next sequence.
        expected: u64,
    },
    /// It was processed before, with the same bytes.
    #[error("this event is here already")]
    Repeated,
    /// It names entries of the roster that are not here. Fetch them; if the server does not give them within 10 s, warn.
    #[error("the member list must be fetched first, up to entry {length}")]
    NeedRoster {
        /// The length it names.
        length: u64,
    },
    /// The server gives other bytes for a sequence that was processed before.
    #[error("the server has changed an old message: do not trust this server")]
    Rewritten,
    /// The sender knows another member list.
    #[error(
        "the server shows you and the sender of this message different member lists: do not trust this server"
    )]
    RosterForked,
    /// The sender saw other events before it, or in another order.
    #[error(
        "the server shows you and the sender of this message different messages: do not trust this server"
    )]
    Reordered,
    /// A device's event for the second time.
    #[error("the server has repeated an old message of this device")]
    Replayed,
    /// A device's event before this one is missing, or it is not the one that the device meant.
    #[error("the server holds back a message that this device sent before this one")]
    ChainBroken,
    /// It belongs to another community or channel.
    #[error("this message was sealed for another channel")]
    Foreign,
    /// Its bytes are not an event.
    #[error("this message cannot be read: {0}")]
    Malformed(#[from] StrictError),
}

impl StreamError {
    /// It cannot be judged yet: fetch what is missing, or drop the repetition.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Gap { .. } | Self::Repeated | Self::NeedRoster { .. }
        )
    }

    /// It is refused for good, and the stream goes on after it. [`StreamChecker::refuse`] says who is to blame.
    pub fn is_alarm(&self) -> bool {
        !self.is_passing()
    }
}

/// An event that fits its stream. It is not opened yet, and its sender is not certain yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    pub(super) sequence: u64,
    pub(super) hash: Hash,
    pub(super) header: EventHeader,
    pub(super) sealed: SealedEvent,
    pub(super) active_length: u64,
    vouches: Option<u64>,
    /// Its device is one of the member list.
    known: bool,
    behind: bool,
}

impl Checked {
    /// An event that was checked before and kept because its key was not here: to be opened with
    /// [`open_event`](super::open_event) alone, never recorded again.
    ///
    /// # Errors
    /// When the bytes are not an event.
    pub fn again(sequence: u64, bytes: &[u8], active_length: u64) -> Result<Self, StrictError> {
        let (sealed, header) = SealedEvent::read(bytes)?;
        Ok(Self {
            sequence,
            hash: Hash::of(bytes),
            header,
            sealed,
            active_length,
            vouches: None,
            known: false,
            behind: false,
        })
    }

    /// Its place in the stream.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Its hash.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The clear part.
    pub fn header(&self) -> &EventHeader {
        &self.header
    }

    /// The greatest roster length named so far in the stream, its own included: its device must be active there.
    pub fn active_length(&self) -> u64 {
        self.active_length
    }

    /// An authentic event of a later epoch of its group, or of a group that replaces that one, came before it: whoever is in that group no more has no business here.
    pub fn is_behind(&self) -> bool {
        self.behind
    }
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was opened and verified.
    Valid,
    /// It is authentic, but its content needs a newer version, or is not its sender's to write: it is kept, and counts in the stream like a
    /// valid one.
    UnknownContent,
    /// Its key is missing: it is kept and tried again. Its header is taken at its word until then.
    Unopened,
    /// It is refused: its header counts for nothing, but what its device sends next may continue it.
    Invalid,
}

impl Outcome {
    /// What [`open_event`](super::open_event) gave, in the words of the stream.
    pub fn of(opened: &Result<VerifiedEvent, OpenError>) -> Self {
        match opened {
            Ok(_) => Self::Valid,
            Err(OpenError::UnknownContent | OpenError::NotForThem) => Self::UnknownContent,
            Err(OpenError::MissingKey(_)) => Self::Unopened,
            Err(_) => Self::Invalid,
        }
    }

    /// The event's device sealed it and its signature verifies.
    fn is_authentic(self) -> bool {
        matches!(self, Self::Valid | Self::UnknownContent)
    }
}

/// Checks one channel's events in the order of the server. Its state can be saved.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct StreamChecker {
    #[n(0)]
    community: CommunityId,
    #[n(1)]
    channel: ChannelId,
    #[n(2)]
    start: StreamPosition,
    #[n(3)]
    pub(super) position: StreamPosition,
    #[n(4)]
    pub(super) longest_roster: u64,
    #[n(5)]
    confirmed: u64,
    #[n(6)]
    pub(super) senders: BTreeMap<DeviceId, SenderChain>,
    /// The last refused event of each device of the member list, while no later one of it was taken in: its next event may
    /// continue this one too.
    #[n(7)]
    pub(super) refused: BTreeMap<DeviceId, SenderChain>,
    /// The latest epoch that an authentic event was sealed in, and whose.
    #[n(8)]
    latest: Option<Epoch>,
}

/// An epoch of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
struct Epoch {
    #[n(0)]
    group: GroupId,
    #[n(1)]
    number: u64,
}

impl StreamChecker {
    /// From the stream's beginning.
    pub fn new(community: CommunityId, channel: ChannelId) -> Self {
        Self::starting_at(community, channel, StreamPosition::START)
    }

    /// From a position that the server names: what came before is not checked, and each sender's chain begins with its
    /// first event.
    pub fn starting_at(community: CommunityId, channel: ChannelId, start: StreamPosition) -> Self {
        Self {
            community,
            channel,
            start,
            position: start,
            longest_roster: 0,
            confirmed: start.sequence,
            senders: BTreeMap::new(),
            refused: BTreeMap::new(),
            latest: None,
        }
    }

    /// Checks one event. Nothing changes: [`Self::record`] it after opening it. One that does not fit
    /// is refused with [`Self::refuse`], and the stream goes on.
    ///
    /// `stream_at` gives `S_i` of an event that was processed before, if it is known.
    ///
    /// # Errors
    /// [`StreamError`]
    pub fn check(
        &self,
        sequence: u64,
        bytes: &[u8],
        roster: &Roster,
        stream_at: impl Fn(u64) -> Option<Hash>,
    ) -> Result<Checked, StreamError> {
        let hash = Hash::of(bytes);
        let stream_at = |at: u64| self.stream_hash(at, &stream_at);
        self.check_sequence(sequence, &hash, stream_at)?;
        let event = SealedEvent::read(bytes)?;
        self.check_header((sequence, hash), event, roster, stream_at)
    }

    /// Checks one event whose content the server keeps no more, by its hash and its header. Nothing ties the two together but that the
    /// stream and its sender's chain go on from them; what it said is not known, and is never opened. It is recorded as
    /// [`Outcome::Unopened`].
    ///
    /// # Errors
    /// [`StreamError`]
    pub fn check_gone(
        &self,
        sequence: u64,
        (hash, header): (Hash, &[u8]),
        roster: &Roster,
        stream_at: impl Fn(u64) -> Option<Hash>,
    ) -> Result<Checked, StreamError> {
        let stream_at = |at: u64| self.stream_hash(at, &stream_at);
        self.check_sequence(sequence, &hash, stream_at)?;
        let sealed = SealedEvent {
            header: header.to_vec().into(),
            nonce: Vec::new().into(),
            body: Vec::new().into(),
        };
        let event = (sealed, EventHeader::read(header)?);
        self.check_header((sequence, hash), event, roster, stream_at)
    }

    fn check_header(
        &self,
        (sequence, hash): (u64, Hash),
        (sealed, header): (SealedEvent, EventHeader),
        roster: &Roster,
        stream_at: impl Fn(u64) -> Option<Hash>,
    ) -> Result<Checked, StreamError> {
        if header.community != self.community || header.channel != self.channel {
            return Err(StreamError::Foreign);
        }
        match roster.contains(&header.roster) {
            Some(true) => {}
            Some(false) => return Err(StreamError::RosterForked),
            None => {
                return Err(StreamError::NeedRoster {
                    length: header.roster.length,
                });
            }
        }
        self.check_sender(&header, &hash)?;
        let vouches = self.check_seen(&header, stream_at)?;
        Ok(Checked {
            sequence,
            hash,
            active_length: self.longest_roster.max(header.roster.length),
            known: roster.view().device(&header.device).is_some(),
            behind: self
                .latest
                .is_some_and(|latest| is_behind(&header, latest, roster)),
            header,
            sealed,
            vouches,
        })
    }

    fn check_sequence(
        &self,
        sequence: u64,
        hash: &Hash,
        stream_at: impl Fn(u64) -> Option<Hash>,
    ) -> Result<(), StreamError> {
        let expected = self.position.sequence.saturating_add(1);
        if sequence > expected {
            return Err(StreamError::Gap { expected });
        }
        if sequence == expected {
            return Ok(());
        }
        let before = sequence.checked_sub(1).and_then(&stream_at);
        let rewritten = match (before, stream_at(sequence)) {
            (Some(before), Some(after)) => before.chain(hash) != after,
            _ => false,
        };
        Err(if rewritten {
            StreamError::Rewritten
        } else {
            StreamError::Repeated
        })
    }

    fn check_sender(&self, header: &EventHeader, hash: &Hash) -> Result<(), StreamError> {
        let chain = match self.senders.get(&header.device) {
            Some(chain) => *chain,
            None if self.start == StreamPosition::START => SenderChain::START,
            // What this device sent before the start is not known.
            None => return Ok(()),
        };
        if header.device_sequence <= chain.sequence || *hash == chain.hash {
            return Err(StreamError::Replayed);
        }
        // A device knows its own last event, whether others took it in or refused it.
        let refused = self.refused.get(&header.device);
        if [Some(&chain), refused]
            .into_iter()
            .flatten()
            .any(|last| last.is_before(header))
        {
            Ok(())
        } else {
            Err(StreamError::ChainBroken)
        }
    }

    /// The position that the sender had seen is one that is here. Gives how far the sender vouches for the stream.
    fn check_seen(
        &self,
        header: &EventHeader,
        stream_at: impl Fn(u64) -> Option<Hash>,
    ) -> Result<Option<u64>, StreamError> {
        let seen = header.seen;
        if seen.sequence > self.position.sequence {
            return Err(StreamError::Reordered);
        }
        match stream_at(seen.sequence) {
            Some(hash) if hash == seen.hash => Ok(Some(seen.sequence)),
            Some(_) => Err(StreamError::Reordered),
            None => Ok(None),
        }
    }

    fn stream_hash(&self, at: u64, stream_at: impl Fn(u64) -> Option<Hash>) -> Option<Hash> {
        match at {
            0 => Some(Hash::ZERO),
            _ if at == self.position.sequence => Some(self.position.hash),
            _ if at == self.start.sequence => Some(self.start.hash),
            _ => stream_at(at),
        }
    }

    /// Takes in an event that was checked last. Gives the position after it, to be stored with it.
    pub fn record(&mut self, checked: &Checked, outcome: Outcome) -> StreamPosition {
        if Some(checked.sequence) != self.position.sequence.checked_add(1) {
            return self.position;
        }
        let chain = SenderChain {
            sequence: checked.header.device_sequence,
            hash: checked.hash,
        };
        if outcome != Outcome::Invalid {
            self.senders.insert(checked.header.device, chain);
            self.refused.remove(&checked.header.device);
            // One that waits for its key counts too: else what a revoked device dates back would pass before the key comes.
            self.longest_roster = self.longest_roster.max(checked.active_length);
        } else if checked.known {
            self.refused.insert(checked.header.device, chain);
        }
        if outcome.is_authentic() {
            self.confirmed = self.confirmed.max(checked.vouches.unwrap_or(0));
            if !checked.behind {
                self.latest = Some(Epoch {
                    group: checked.header.group,
                    number: checked.header.epoch,
                });
            }
        }
        self.position = self.position.advance(&checked.hash);
        self.position
    }

    /// Steps over an event that is refused for good. Gives the position after it.
    pub fn skip(&mut self, sequence: u64, bytes: &[u8]) -> StreamPosition {
        if Some(sequence) == self.position.sequence.checked_add(1) {
            self.position = self.position.advance(&Hash::of(bytes));
        }
        self.position
    }

    /// Goes on from a sender's event whose chain was broken, after the user was told.
    pub fn adopt(&mut self, device: DeviceId, chain: SenderChain) {
        self.senders.insert(device, chain);
    }

    /// The last event that was processed.
    pub fn position(&self) -> StreamPosition {
        self.position
    }

    /// Where a device's events stand: what the next one of this device continues.
    pub fn sender(&self, device: &DeviceId) -> SenderChain {
        self.senders
            .get(device)
            .copied()
            .unwrap_or(SenderChain::START)
    }

    /// The last sequence that a valid later event vouches for; what comes after is unconfirmed.
    pub fn confirmed(&self) -> u64 {
        self.confirmed
    }

    /// To be saved.
    pub fn to_bytes(&self) -> Vec<u8> {
        strict::encode(self)
    }

    /// From [`Self::to_bytes`].
    ///
    /// # Errors
    /// When it is not a saved state.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StrictError> {
        strict::decode(bytes, usize::MAX)
    }
}

/// Whether an event was sealed before an epoch: in an earlier one of its group, or in a group that this one replaces.
fn is_behind(header: &EventHeader, latest: Epoch, roster: &Roster) -> bool {
    if header.group == latest.group {
        return header.epoch < latest.number;
    }
    let mut earlier = roster.view().earlier_groups(&latest.group);
    earlier.any(|id| id == header.group)
}
