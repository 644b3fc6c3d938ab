//! What one instance tells the others: CBOR, bounded by what NATS carries. All of it comes from the same operator's servers; what cannot be
//! read is of another version, and skipped.

use bytes::Bytes;
use dialtone_protocol::frame::CallState;
use dialtone_protocol::{AccountId, ChannelId, DeviceId, GroupId, Hash};
use minicbor::{Decode, Encode};

use super::Tag;

/// Version of the messages: instances of different versions hear nothing of each other but through the database.
const VERSION: u8 = 1;

/// Whom a frame is for.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum To {
    /// Who waits for admission, too.
    #[n(0)]
    Everybody,
    /// Every member.
    #[n(1)]
    Members,
    /// Every member's device but this one.
    #[n(2)]
    MembersBut(#[n(0)] DeviceId),
    /// Members of these accounts, in order.
    #[n(3)]
    Accounts(#[n(0)] Vec<AccountId>),
    /// The same without one device.
    #[n(4)]
    AccountsBut(#[n(0)] Vec<AccountId>, #[n(1)] DeviceId),
    /// Admins and the owner.
    #[n(5)]
    Admins,
    /// These.
    #[n(6)]
    Devices(#[n(0)] Vec<DeviceId>),
}

/// Where a frame stands in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Place {
    /// In none.
    #[n(0)]
    None,
    /// An event of a channel.
    #[n(1)]
    Event(#[n(0)] ChannelId, #[n(1)] u64),
    /// A commit of a group, by the epoch it was made in.
    #[n(2)]
    Commit(#[n(0)] GroupId, #[n(1)] u64),
}

/// Who is connected to an instance, and what runs on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Here {
    /// Devices of members.
    #[n(0)]
    pub(crate) online: Vec<DeviceId>,
    /// Those of them at which nobody is.
    #[n(1)]
    pub(crate) away: Vec<DeviceId>,
    /// Calls.
    #[n(2)]
    pub(crate) calls: Vec<CallState>,
    /// Which piece it is, where it is told in several; instances that know of no pieces pass over it, and take each for all.
    #[n(3)]
    pub(crate) part: Option<Part>,
}

/// One piece of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
pub(crate) struct Part {
    /// Pieces of the same telling have the same.
    #[n(0)]
    pub(crate) telling: u64,
    /// From 0.
    #[n(1)]
    pub(crate) number: u32,
    /// So many pieces there are.
    #[n(2)]
    pub(crate) of: u32,
}

/// One piece of it.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum News {
    /// A sign of life, each second.
    #[n(0)]
    Beat {
        /// Made from the secrets: instances of one server have the same.
        #[n(0)]
        secrets: Hash,
        /// At which key connections to the instance end; none behind a proxy that ends TLS, and where it is too old to say so.
        #[n(1)]
        tls_key: Option<Hash>,
    },
    /// Everybody is asked to say [`News::Here`].
    #[n(1)]
    Tell,
    /// All of it, instead of what was known.
    #[n(2)]
    Here(#[n(0)] Here),
    /// The instance stops.
    #[n(3)]
    Bye,
    /// Who came and who went.
    #[n(4)]
    Presence {
        /// Came, so many milliseconds ago.
        #[n(0)]
        online: Vec<(DeviceId, u64)>,
        /// Went.
        #[n(1)]
        offline: Vec<DeviceId>,
    },
    /// Nobody is at a device, or somebody is again.
    #[n(5)]
    Away {
        /// Which.
        #[n(0)]
        device: DeviceId,
        /// Nobody is.
        #[n(1)]
        away: bool,
    },
    /// A frame for clients.
    #[n(6)]
    Frame {
        /// Whom it is for.
        #[n(0)]
        to: To,
        /// Where it stands.
        #[n(1)]
        place: Place,
        /// As it travels: shared with those who are connected here.
        #[cbor(n(2), with = "shared")]
        bytes: Bytes,
    },
    /// The roster is so long now.
    #[n(7)]
    Roster {
        /// Entries.
        #[n(0)]
        length: u64,
    },
    /// A group was made.
    #[n(8)]
    Group {
        /// Which.
        #[n(0)]
        group: GroupId,
    },
    /// A call on this instance changed.
    #[n(9)]
    Call {
        /// What it is now.
        #[n(0)]
        call: CallState,
        /// Who is told.
        #[n(1)]
        to: To,
    },
    /// A device's connections end, since its sessions did.
    #[n(10)]
    EndDevice {
        /// Which.
        #[n(0)]
        device: DeviceId,
    },
    /// A session ended.
    #[n(11)]
    EndSession {
        /// The hash of its token.
        #[n(0)]
        token: Hash,
    },
}

/// What a device's or an account's id takes, in bytes.
const ID: usize = 40;
impl News {
    /// What any takes while it waits, in bytes, about.
    pub(crate) const LEAST: usize = 256;

    /// What it takes while it waits, in bytes, about.
    pub(crate) fn weight(&self) -> u32 {
        let variable = match self {
            Self::Here(here) => {
                let calls = here.calls.iter().map(|call| call.devices.len() + 2);
                (here.online.len() + here.away.len() + calls.sum::<usize>()) * ID
            }
            Self::Presence { online, offline } => (online.len() + offline.len()) * ID,
            Self::Frame { to, bytes, .. } => bytes.len() + to.ids() * ID,
            Self::Call { call, to } => (call.devices.len() + to.ids()) * ID,
            Self::Beat { .. }
            | Self::Tell
            | Self::Bye
            | Self::Away { .. }
            | Self::Roster { .. }
            | Self::Group { .. }
            | Self::EndDevice { .. }
            | Self::EndSession { .. } => 0,
        };
        u32::try_from(variable + Self::LEAST).unwrap_or(u32::MAX)
    }
}

impl To {
    /// How many are named.
    fn ids(&self) -> usize {
        match self {
            Self::Everybody | Self::Members | Self::MembersBut(_) | Self::Admins => 0,
            Self::Accounts(accounts) | Self::AccountsBut(accounts, _) => accounts.len(),
            Self::Devices(devices) => devices.len(),
        }
    }
}

/// A string of bytes that others have as well.
mod shared {
    use bytes::Bytes;
    use minicbor::decode::Error as DecodeError;
    use minicbor::encode::{Error, Write};
    use minicbor::{Decoder, Encoder};

    pub(super) fn encode<C, W: Write>(
        bytes: &Bytes,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), Error<W::Error>> {
        encoder.bytes(bytes)?.ok()
    }

    pub(super) fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Bytes, DecodeError> {
        Ok(Bytes::copy_from_slice(decoder.bytes()?))
    }
}

/// A piece of news with its sender.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Envelope {
    /// Who says it.
    pub(crate) from: Tag,
    /// One more than that of the one before.
    pub(crate) count: u64,
    /// What.
    pub(crate) news: News,
}

impl Envelope {
    /// As it travels.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let body = (VERSION, self.from, self.count, &self.news);
        // Writing to memory does not fail.
        minicbor::to_vec(body).unwrap_or_default()
    }

    /// `None`: of another version.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (version, from, count, news): (u8, Tag, u64, News) = minicbor::decode(bytes).ok()?;
        (version == VERSION).then_some(Self { from, count, news })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_survive_the_way_and_those_of_another_version_are_skipped() {
        let envelope = Envelope {
            from: Tag::random(),
            count: 7,
            news: News::Frame {
                to: To::AccountsBut(vec![AccountId([1; 32])], DeviceId([2; 32])),
                place: Place::Event(ChannelId([3; 16]), 9),
                bytes: vec![1, 2, 3].into(),
            },
        };
        let bytes = envelope.to_bytes();
        assert_eq!(Envelope::read(&bytes), Some(envelope));
        let mut other = bytes.clone();
        other[1] = VERSION + 1;
        assert_eq!(Envelope::read(&other), None);
        assert_eq!(Envelope::read(&bytes[..bytes.len() - 1]), None);
        assert_eq!(Envelope::read(&[]), None);
    }
}
