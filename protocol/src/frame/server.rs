//! What the server says on the WebSocket.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::FrameKind;
use crate::relay::RelayTalker;
use crate::turn::TurnServers;
use crate::{AccountId, ApprovalId, CallId, ChannelId, DeviceId, GroupId, Hash};

/// Why a request was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum RefusalCode {
    /// The bytes are not what they should be.
    #[n(0)]
    Malformed,
    /// No such channel, group, call or device, or none that one may see.
    #[n(1)]
    Unknown,
    /// One may not do this.
    #[n(2)]
    NotAllowed,
    /// The event is sealed in an epoch that is over. The server has recorded that it does not hold this event and never
    /// will: seal it anew, under the same sequence.
    #[n(3)]
    StaleEpoch,
    /// Another event with this device, channel and sequence (or client id) is stored.
    #[n(4)]
    Clash,
    /// Not the next sequence of this device in this channel.
    #[n(5)]
    OutOfOrder,
    /// Too much, too fast.
    #[n(6)]
    TooMany,
    /// The database cannot be used now; nothing was stored. Try again.
    #[n(7)]
    Unavailable,
    /// The channel has a pause between one's messages, which is not over: `wait_s` says when it is. Nothing was stored.
    #[n(8)]
    SlowMode,
}

/// Who is in the call of a channel.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct CallState {
    /// Where.
    #[n(0)]
    pub channel: ChannelId,
    /// Which.
    #[n(1)]
    pub call: CallId,
    /// Who, in the order they joined; nobody: the call is over.
    #[n(2)]
    pub devices: Vec<DeviceId>,
}

/// One frame of the server.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum ServerFrame {
    /// First of all.
    #[n(0)]
    Welcome {
        /// The server's clock, ms since 1970.
        #[n(0)]
        time_ms: u64,
        /// Devices that are connected.
        #[n(1)]
        online: Vec<DeviceId>,
        /// Calls that run.
        #[n(2)]
        calls: Vec<CallState>,
    },
    /// A stored event, in the order of its channel without gaps.
    #[n(1)]
    Event {
        /// Where.
        #[n(0)]
        channel: ChannelId,
        /// From 1.
        #[n(1)]
        sequence: u64,
        /// The server's clock when it was stored, ms since 1970.
        #[n(2)]
        time_ms: u64,
        /// [`SealedEvent`](crate::sealed::SealedEvent).
        #[n(3)]
        event: ByteVec,
    },
    /// The event of this request is stored for good.
    #[n(2)]
    Stored {
        /// Its sequence.
        #[n(0)]
        sequence: u64,
        /// `S_i` there.
        #[n(1)]
        stream: Hash,
        /// The server's clock when it was stored, ms since 1970.
        #[n(2)]
        time_ms: u64,
    },
    /// The request was refused.
    #[n(3)]
    Refused {
        /// Why.
        #[n(0)]
        code: RefusalCode,
        /// In words, for logs.
        #[n(1)]
        message: String,
        /// Of `SlowMode`: seconds until it can be sent, rounded up.
        #[n(2)]
        wait_s: Option<u32>,
        /// Of `Unavailable`: another instance of the server does it, which clients reach at this `host:port`.
        #[n(3)]
        at: Option<String>,
    },
    /// The request is done.
    #[n(4)]
    Done,
    /// One more entry of the roster.
    #[n(5)]
    RosterEntry {
        /// Entries before it.
        #[n(0)]
        index: u64,
        /// [`SignedEntry`](crate::roster::SignedEntry).
        #[n(1)]
        entry: ByteVec,
    },
    /// One more commit of a group.
    #[n(6)]
    Commit {
        /// Which.
        #[n(0)]
        group: GroupId,
        /// The epoch it was made in.
        #[n(1)]
        epoch: u64,
        /// MLS `PublicMessage`.
        #[n(2)]
        commit: ByteVec,
    },
    /// A device came or went.
    #[n(7)]
    Presence {
        /// Which.
        #[n(0)]
        device: DeviceId,
        /// Connected.
        #[n(1)]
        online: bool,
    },
    /// A sealed signal.
    #[n(8)]
    Signal {
        /// [`SealedSignal`](crate::sealed::SealedSignal).
        #[n(0)]
        signal: ByteVec,
    },
    /// Somebody asks for keys.
    #[n(9)]
    KeysRequested {
        /// [`KeyRequest`](crate::sealed::KeyRequest).
        #[n(0)]
        request: ByteVec,
    },
    /// A grant for this device.
    #[n(10)]
    Grant {
        /// To take it by.
        #[n(0)]
        id: u64,
        /// [`SealedGrant`](crate::sealed::SealedGrant).
        #[n(1)]
        grant: ByteVec,
    },
    /// A call changed.
    #[n(11)]
    Call(#[n(0)] CallState),
    /// One is in the call.
    #[n(12)]
    Joined(#[n(0)] CallState),
    /// Everything that was missed has been sent.
    #[n(13)]
    CaughtUp,
    /// A frame could not be used.
    #[n(14)]
    Error {
        /// In words, for logs.
        #[n(0)]
        message: String,
    },
    /// Somebody knocks (told to admins).
    #[n(15)]
    Knock {
        /// Who would become this account.
        #[n(0)]
        account: AccountId,
        /// [`SignedKnock`](crate::roster::SignedKnock).
        #[n(1)]
        knock: ByteVec,
    },
    /// A message of a new device that asks to be added to the account (told to the account's devices).
    #[n(16)]
    Approval {
        /// Which.
        #[n(0)]
        id: ApprovalId,
        /// [`ApprovalMessage`](crate::approval::ApprovalMessage).
        #[n(1)]
        message: ByteVec,
    },
    /// The answer to a `RelayOffer`.
    #[n(17)]
    RelayAnswer {
        /// In which call.
        #[n(0)]
        call: CallId,
        /// Session description without candidates: the relay is where the server is, at `port`.
        #[n(1)]
        sdp: String,
        /// UDP port.
        #[n(2)]
        port: u16,
    },
    /// Whom the relay reaches in a call, told to those whom it reaches, whenever that changes.
    #[n(18)]
    RelayRoll {
        /// In which call.
        #[n(0)]
        call: CallId,
        /// Them, oneself among them.
        #[n(1)]
        talkers: Vec<RelayTalker>,
    },
    /// The answer to `AskTurn`.
    #[n(19)]
    TurnServers(#[n(0)] TurnServers),
    /// Devices that are connected have gone away, or have come back. After `Welcome` those that are away are named, if there are any.
    #[n(20)]
    Away {
        /// Which.
        #[n(0)]
        devices: Vec<DeviceId>,
        /// Away now.
        #[n(1)]
        away: bool,
    },
    /// An event in its place whose content was to vanish, and which the server keeps no more.
    #[n(21)]
    Gone {
        /// Where.
        #[n(0)]
        channel: ChannelId,
        /// From 1.
        #[n(1)]
        sequence: u64,
        /// The server's clock when it was stored, ms since 1970.
        #[n(2)]
        time_ms: u64,
        /// The event's hash: the stream's hash goes on from it.
        #[n(3)]
        event: Hash,
        /// CBOR of its [`EventHeader`](crate::sealed::EventHeader).
        #[n(4)]
        header: ByteVec,
    },
    /// Many devices came or went, within a moment.
    #[n(22)]
    Presences {
        /// Connected now.
        #[n(0)]
        online: Vec<DeviceId>,
        /// Not connected any more.
        #[n(1)]
        offline: Vec<DeviceId>,
    },
}

impl FrameKind for ServerFrame {
    const KINDS: u32 = 23;
}
