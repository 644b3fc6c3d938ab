//! What is remembered of each event, and of what waits to be sent.

use dialtone_protocol::content::{Attachment, EventBody, EventContent};
use dialtone_protocol::roster::Role;
use dialtone_protocol::sealed::WantedKey;
use dialtone_protocol::{AccountId, BlobId, ChannelId, ClientEventId, DeviceId, Hash};
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

use super::attachments::attachments;

/// One event of a channel, as it was judged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StoredEvent {
    /// Hash of the sealed bytes.
    #[n(0)]
    pub hash: Hash,
    /// The device that sealed it.
    #[n(1)]
    pub device: DeviceId,
    /// Its account, as the roster says.
    #[n(2)]
    pub account: Option<AccountId>,
    /// The sender's id of it.
    #[n(3)]
    pub client_id: ClientEventId,
    /// The server's clock, ms since 1970.
    #[n(4)]
    pub server_time_ms: u64,
    /// How it was judged.
    #[n(5)]
    pub verdict: Verdict,
    /// `S_i` after it.
    #[n(6)]
    pub stream: Hash,
    /// What its account might do at the member list's length that it names; only of events that were opened.
    #[n(7)]
    pub role: Option<Role>,
}

/// Where a channel stands.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct StreamRow {
    /// The stream checker's own state.
    #[n(0)]
    pub checker: ByteVec,
    /// Messages of others that one has not seen.
    #[n(1)]
    pub unread: u32,
    /// The last sequence that one has seen.
    #[n(2)]
    pub read_to: u64,
    /// Unseen messages that name oneself; none: a row of an earlier version.
    #[n(3)]
    pub mentions: Option<u32>,
}

/// How an event was judged.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) enum Verdict {
    /// Opened and verified.
    #[n(0)]
    Opened(#[n(0)] EventContent),
    /// Its key is not here yet; it is tried again when keys come.
    #[n(1)]
    Waiting {
        /// The key that is lacking.
        #[n(0)]
        wanted: WantedKey,
        /// The sealed bytes.
        #[n(1)]
        bytes: ByteVec,
        /// The greatest roster length named in the stream when it came.
        #[n(2)]
        roster_length: u64,
    },
    /// Not what it claims to be.
    #[n(2)]
    Refused {
        /// In words.
        #[n(0)]
        reason: String,
        /// The sealed bytes: evidence.
        #[n(1)]
        bytes: ByteVec,
    },
    /// The same message of the same device for the second time: it counts once.
    #[n(3)]
    Repeated {
        /// The sealed bytes.
        #[n(0)]
        bytes: ByteVec,
    },
    /// It was to vanish, and has.
    #[n(4)]
    Vanished {
        /// It was gone from the server before this device had it.
        #[n(0)]
        unseen: bool,
    },
}

impl StoredEvent {
    /// Whether it is a message that was opened: something that one is to see.
    pub(crate) fn is_message(&self) -> bool {
        let Verdict::Opened(content) = &self.verdict else {
            return false;
        };
        matches!(
            content.body,
            EventBody::Text { .. } | EventBody::Files { .. }
        )
    }

    /// The event that it answers.
    pub(crate) fn answers(&self) -> Option<Hash> {
        match &self.verdict {
            Verdict::Opened(content) => answered(&content.body),
            _ => None,
        }
    }

    /// The files that it names.
    pub(crate) fn attachments(&self) -> &[Attachment] {
        match &self.verdict {
            Verdict::Opened(content) => attachments(&content.body),
            _ => &[],
        }
    }
}

/// Something that waits to be sent.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub(crate) struct OutboxItem {
    /// Drawn when it was written; the same however often it is sent.
    #[n(0)]
    pub client_id: ClientEventId,
    /// Where.
    #[n(1)]
    pub channel: ChannelId,
    /// What.
    #[n(2)]
    pub content: EventContent,
    /// Sealed bytes that may have reached the server: they are sent again as they are.
    #[n(3)]
    pub sealed: Option<ByteVec>,
    /// Why it was given up.
    #[n(4)]
    pub failed: Option<String>,
    /// Files that the server does not have yet: it is not sent before.
    #[n(5)]
    pub to_store: Option<Vec<BlobId>>,
}

impl OutboxItem {
    /// The file that the server is to have next.
    pub(crate) fn next_to_store(&self) -> Option<&Attachment> {
        let blob = self.to_store.as_ref()?.first()?;
        let mut files = attachments(&self.content.body).iter();
        files.find(|file| file.blob == *blob)
    }

    /// The event that it answers.
    pub(crate) fn answers(&self) -> Option<Hash> {
        answered(&self.content.body)
    }

    /// Nothing of its own keeps it here.
    pub(crate) fn may_go(&self) -> bool {
        self.failed.is_none() && !self.waits_for_files()
    }

    /// It waits for files.
    pub(crate) fn waits_for_files(&self) -> bool {
        self.to_store
            .as_ref()
            .is_some_and(|files| !files.is_empty())
    }
}

/// The event that a message answers.
pub(crate) fn answered(body: &EventBody) -> Option<Hash> {
    match body {
        EventBody::Text { reply_to, .. } | EventBody::Files { reply_to, .. } => *reply_to,
        _ => None,
    }
}

/// The key of a row that belongs to a channel and a number: the order of keys is the order of numbers.
pub(crate) fn channel_key(channel: &ChannelId, number: u64) -> [u8; 24] {
    let mut key = [0; 24];
    key[..16].copy_from_slice(&channel.0);
    key[16..].copy_from_slice(&number.to_be_bytes());
    key
}

/// The number in a [`channel_key`].
pub(crate) fn number_of(key: &[u8]) -> Option<u64> {
    let bytes = key.get(16..24)?;
    <[u8; 8]>::try_from(bytes).ok().map(u64::from_be_bytes)
}
