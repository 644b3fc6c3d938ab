//! What a client says on the WebSocket.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::FrameKind;
use crate::{ApprovalId, CallId, ChannelId, DeviceId, GroupId};

/// Where a client stands in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct Cursor {
    /// Which.
    #[n(0)]
    pub channel: ChannelId,
    /// The last sequence it has; 0 for none.
    #[n(1)]
    pub after: u64,
}

/// Where a client stands in a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub struct GroupCursor {
    /// Which.
    #[n(0)]
    pub group: GroupId,
    /// Its epoch there: it lacks the commits made in this epoch and later.
    #[n(1)]
    pub epoch: u64,
}

/// One frame of a client.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ClientFrame {
    /// First of all: where one stands. The server sends what was missed, then
    /// [`CaughtUp`](super::ServerFrame::CaughtUp), then what is live. Channels that are not named start at the live end.
    #[n(0)]
    Resume {
        /// Entries of the roster that it has.
        #[n(0)]
        roster_length: u64,
        /// Channels.
        #[n(1)]
        channels: Vec<Cursor>,
        /// Groups.
        #[n(2)]
        groups: Vec<GroupCursor>,
    },
    /// Store and hand out a sealed event. Answered by `Stored` or `Refused`.
    #[n(1)]
    Send {
        /// Where.
        #[n(0)]
        channel: ChannelId,
        /// [`SealedEvent`](crate::sealed::SealedEvent).
        #[n(1)]
        event: ByteVec,
        /// It is something done to a message, and none itself. Said only in a channel in which not everybody writes, or that has
        /// a pause between messages: nobody else need know it.
        #[n(2)]
        mark: Option<bool>,
        /// It vanishes so many seconds after it was sent, and the server need keep it no longer. Nothing hangs on it: what the
        /// event says itself is sealed.
        #[n(3)]
        keep_s: Option<u32>,
    },
    /// Hand out a sealed signal to who is there now; never stored.
    #[n(2)]
    Signal {
        /// [`SealedSignal`](crate::sealed::SealedSignal).
        #[n(0)]
        signal: ByteVec,
    },
    /// Ask others for keys.
    #[n(3)]
    RequestKeys {
        /// [`KeyRequest`](crate::sealed::KeyRequest).
        #[n(0)]
        request: ByteVec,
    },
    /// Keep a grant for a device until it takes it. Answered by `Done` or `Refused`.
    #[n(4)]
    Grant {
        /// For whom.
        #[n(0)]
        to: DeviceId,
        /// [`SealedGrant`](crate::sealed::SealedGrant).
        #[n(1)]
        grant: ByteVec,
    },
    /// These grants were taken and can go.
    #[n(5)]
    GrantsTaken {
        /// Their numbers.
        #[n(0)]
        ids: Vec<u64>,
    },
    /// Join the call of a channel. Answered by `Joined` or `Refused`.
    #[n(6)]
    JoinCall {
        /// Where.
        #[n(0)]
        channel: ChannelId,
    },
    /// Leave a call.
    #[n(7)]
    LeaveCall {
        /// Which.
        #[n(0)]
        call: CallId,
    },
    /// Pass a message of an approval on to the new device. Answered by `Done` or `Refused`.
    #[n(8)]
    Approval {
        /// Which.
        #[n(0)]
        id: ApprovalId,
        /// [`ApprovalMessage`](crate::approval::ApprovalMessage).
        #[n(1)]
        message: ByteVec,
    },
    /// Be relayed in a call that one is in. Answered by `RelayAnswer` or `Refused`. What was offered before by this device goes on
    /// until the new connection stands.
    #[n(9)]
    RelayOffer {
        /// Which.
        #[n(0)]
        call: CallId,
        /// Session description (RFC 8866) with one audio m-line, at most [`MAX_RELAY_SDP`](super::MAX_RELAY_SDP) bytes.
        #[n(1)]
        sdp: String,
    },
    /// Forward these talkers whether or not they are among the loudest. Replaces what was said before.
    #[n(10)]
    RelayPins {
        /// In which call.
        #[n(0)]
        call: CallId,
        /// Whom, at most [`MOST_PINS`](super::MOST_PINS).
        #[n(1)]
        devices: Vec<DeviceId>,
    },
    /// Be relayed no more; one stays in the call.
    #[n(11)]
    RelayLeave {
        /// In which call.
        #[n(0)]
        call: CallId,
    },
    /// Be told STUN and TURN servers, with a fresh credential. Answered by `TurnServers` or `Refused`.
    #[n(12)]
    AskTurn,
    /// Nobody has touched this computer for a while, or somebody does again. A device is not away when it connects. Not answered.
    #[n(13)]
    Away {
        /// Away now.
        #[n(0)]
        away: bool,
    },
}

impl FrameKind for ClientFrame {
    const KINDS: u32 = 14;
}
