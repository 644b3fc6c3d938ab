//! A frame on its way out: encoded once, shared by all its readers, with its place in its stream.

use axum::body::Bytes;
use dialtone_protocol::frame::{CallState, ServerFrame, write_frame};
use dialtone_protocol::{ChannelId, GroupId, Hash};
use dialtone_store::StoredMessage;

use crate::bus::Place;
use crate::clock::wire_ms;

/// Where a frame stands in a stream that is handed out exactly once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    /// In none: presence, signals, answers.
    None,
    /// An event of a channel.
    Event {
        /// Which.
        channel: ChannelId,
        /// From 1.
        sequence: u64,
        /// What was handed out before it ends here: one less, unless another instance's are not here yet.
        after: u64,
    },
    /// A commit of a group.
    Commit {
        /// Which.
        group: GroupId,
        /// The epoch it was made in.
        epoch: u64,
        /// The commits of the epochs before this one were handed out: its own, unless another instance's are not here yet.
        after: u64,
    },
    /// An entry of the roster.
    Entry {
        /// Entries before it.
        index: u64,
    },
}

impl Stream {
    /// An event with everything before it.
    fn event(channel: ChannelId, sequence: u64) -> Self {
        Self::Event {
            channel,
            sequence,
            after: sequence.saturating_sub(1),
        }
    }

    /// A commit with everything before it.
    fn commit(group: GroupId, epoch: u64) -> Self {
        Self::Commit {
            group,
            epoch,
            after: epoch,
        }
    }

    /// As the other instances are told.
    pub(super) fn place(&self) -> Place {
        match *self {
            Self::Event {
                channel, sequence, ..
            } => Place::Event(channel, sequence),
            Self::Commit { group, epoch, .. } => Place::Commit(group, epoch),
            Self::Entry { .. } | Self::None => Place::None,
        }
    }
}

/// An encoded frame; cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// As it travels.
    pub(crate) bytes: Bytes,
    /// Its place.
    pub(crate) stream: Stream,
}

impl Frame {
    /// A frame of no stream, and no answer.
    pub(crate) fn plain(frame: &ServerFrame) -> Self {
        Self::answer(0, frame)
    }

    /// The answer to `request`.
    pub(crate) fn answer(request: u32, frame: &ServerFrame) -> Self {
        Self {
            bytes: write_frame(request, frame).into(),
            stream: Stream::None,
        }
    }

    /// A call's state.
    pub(crate) fn call(call: CallState) -> Self {
        Self::plain(&ServerFrame::Call(call))
    }

    /// A stored event.
    pub(crate) fn event(channel: ChannelId, sequence: u64, time_ms: u64, event: Vec<u8>) -> Self {
        let frame = ServerFrame::Event {
            channel,
            sequence,
            time_ms,
            event: event.into(),
        };
        Self {
            bytes: write_frame(0, &frame).into(),
            stream: Stream::event(channel, sequence),
        }
    }

    /// An event as the store has it: whole, or what is left of it.
    pub(crate) fn stored(channel: ChannelId, message: StoredMessage) -> Self {
        let (sequence, time_ms) = (message.sequence, wire_ms(message.stored));
        if message.gone {
            let place = (sequence, time_ms);
            Self::gone(channel, place, message.event_hash, message.sealed)
        } else {
            Self::event(channel, sequence, time_ms, message.sealed)
        }
    }

    /// An event of which the header alone is left.
    fn gone(
        channel: ChannelId,
        (sequence, time_ms): (u64, u64),
        event: Hash,
        header: Vec<u8>,
    ) -> Self {
        let frame = ServerFrame::Gone {
            channel,
            sequence,
            time_ms,
            event,
            header: header.into(),
        };
        Self {
            bytes: write_frame(0, &frame).into(),
            stream: Stream::event(channel, sequence),
        }
    }

    /// An accepted commit.
    pub(crate) fn commit(group: GroupId, epoch: u64, commit: Vec<u8>) -> Self {
        let frame = ServerFrame::Commit {
            group,
            epoch,
            commit: commit.into(),
        };
        Self {
            bytes: write_frame(0, &frame).into(),
            stream: Stream::commit(group, epoch),
        }
    }

    /// A frame as another instance encoded it.
    pub(crate) fn told(place: Place, bytes: Bytes) -> Self {
        let stream = match place {
            Place::None => Stream::None,
            Place::Event(channel, sequence) => Stream::event(channel, sequence),
            Place::Commit(group, epoch) => Stream::commit(group, epoch),
        };
        Self { bytes, stream }
    }

    /// An entry of the roster.
    pub(crate) fn entry(index: u64, entry: &[u8]) -> Self {
        let frame = ServerFrame::RosterEntry {
            index,
            entry: entry.to_vec().into(),
        };
        Self {
            bytes: write_frame(0, &frame).into(),
            stream: Stream::Entry { index },
        }
    }
}
