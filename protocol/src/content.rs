//! What people say: the plaintext of sealed events and signals. Only clients ever see it.

mod attachment;
mod heard;
mod missed;
mod reaction;
mod whisper;

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

pub use attachment::{
    Attachment, FILE_NAME_LIMIT, FILE_SIZE_LIMIT, FILES_LIMIT, MEDIA_TYPE_LIMIT,
    PICTURE_SIDE_LIMIT, PictureSize, clean_file_name, is_valid_file_name,
};

pub use heard::HeardStream;
pub use missed::MissedFrame;
pub use reaction::{REACTION_LIMIT, is_reaction};
pub use whisper::SealedWhisper;

use crate::{AccountId, ChannelId, Hash};

/// The longest text of one message, in bytes of UTF-8.
pub const TEXT_LIMIT: usize = 16 * 1024;
/// The longest name of a channel, a community or a person, in characters.
pub const NAME_LIMIT: usize = 64;
/// The longest topic, in characters.
pub const TOPIC_LIMIT: usize = 256;

/// The longest reason for a removal, in characters.
pub const REASON_LIMIT: usize = 256;

/// The longest that a message which vanishes stays, in seconds: four weeks.
pub const LONGEST_LIFETIME_S: u32 = 4 * 7 * 24 * 3600;

/// The plaintext of an event.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct EventContent {
    /// The sender's clock: ms since 1970.
    #[n(0)]
    pub time_ms: u64,
    /// What.
    #[n(1)]
    pub body: EventBody,
    /// It is erased everywhere so many seconds after it was sent; none: it stays. At most [`LONGEST_LIFETIME_S`].
    #[n(2)]
    pub lifetime_s: Option<u32>,
}

/// What an event says.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum EventBody {
    /// A message.
    #[n(0)]
    Text {
        /// As written.
        #[n(0)]
        text: String,
        /// The event it answers.
        #[n(1)]
        reply_to: Option<Hash>,
    },
    /// A better text for one's own earlier message.
    #[n(1)]
    Edit {
        /// The event's hash.
        #[n(0)]
        target: Hash,
        /// As written.
        #[n(1)]
        text: String,
    },
    /// Takes a message back: one's own, or as an admin.
    #[n(2)]
    Delete {
        /// The event's hash.
        #[n(0)]
        target: Hash,
    },
    /// A reaction, set or taken back.
    #[n(3)]
    Reaction {
        /// The event's hash.
        #[n(0)]
        target: Hash,
        /// One emoji.
        #[n(1)]
        emoji: String,
        /// Set or taken back.
        #[n(2)]
        set: bool,
    },
    /// Pins a message, or takes the pin off.
    #[n(4)]
    Pin {
        /// The event's hash.
        #[n(0)]
        target: Hash,
        /// Set or taken off.
        #[n(1)]
        set: bool,
    },
    /// Directory: a channel's name and topic (by who may make channels).
    #[n(5)]
    ChannelInfo {
        /// Which.
        #[n(0)]
        channel: ChannelId,
        /// Its name.
        #[n(1)]
        name: String,
        /// Its topic.
        #[n(2)]
        topic: String,
        /// Listed under *Voice*.
        #[n(3)]
        voice: bool,
    },
    /// Directory: the sender's own name and picture.
    #[n(6)]
    Profile {
        /// As shown.
        #[n(0)]
        name: String,
        /// A small square one; none: the initial is shown.
        #[n(1)]
        picture: Option<Attachment>,
    },
    /// Directory: a device of the sender's account has refreshed the history file that the recovery key opens, so that an older one
    /// is noticed.
    #[n(8)]
    RecoveryCheckpoint {
        /// Of the file.
        #[n(0)]
        counter: u64,
        /// SHA-256 of the sealed file.
        #[n(1)]
        file: Hash,
    },
    /// Directory: what the sending device is called.
    #[n(9)]
    Device {
        /// As shown to its owner.
        #[n(0)]
        name: String,
    },
    /// Directory: the community's name (by admins).
    #[n(7)]
    CommunityInfo {
        /// As shown.
        #[n(0)]
        name: String,
    },
    /// A message with files.
    #[n(10)]
    Files {
        /// What is written with them; may be empty.
        #[n(0)]
        text: String,
        /// The event it answers.
        #[n(1)]
        reply_to: Option<Hash>,
        /// At least one, at most [`FILES_LIMIT`].
        #[n(2)]
        files: Vec<Attachment>,
    },
    /// Directory: where a channel that everybody reads stands in the list (by admins).
    #[n(11)]
    ChannelPlace {
        /// Which.
        #[n(0)]
        channel: ChannelId,
        /// Under which heading; empty: under none.
        #[n(1)]
        category: String,
        /// Those of one heading are in the order of this, then as they were made.
        #[n(2)]
        place: u64,
    },
    /// Directory: why somebody is about to be removed, by whoever removes them.
    #[n(12)]
    Removal {
        /// Whom.
        #[n(0)]
        account: AccountId,
        /// As written, at most [`REASON_LIMIT`] characters.
        #[n(1)]
        reason: String,
        /// Length of the member list: it is about the first removal from there on.
        #[n(2)]
        length: u64,
    },
    /// How long what is written from here on stays, in a private channel by who may change it, in a direct conversation by anybody in it.
    /// Of a channel of everybody's the roster says it.
    #[n(13)]
    Lifetime {
        /// Seconds, at most [`LONGEST_LIFETIME_S`]; 0: for good.
        #[n(0)]
        seconds: u32,
    },
}

/// The plaintext of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[non_exhaustive]
pub enum SignalContent {
    /// "I am in this call": announces the stream that the header names, and how one is.
    #[n(0)]
    Announce {
        /// Sends no voice.
        #[n(0)]
        muted: bool,
        /// Hears nobody.
        #[n(1)]
        deafened: bool,
        /// Needs the call to be relayed: it hides its address, or does not reach somebody directly.
        #[n(2)]
        needs_relay: Option<bool>,
    },
    /// Connecting: what the direct transport says, in its own CBOR.
    #[n(1)]
    Transport {
        /// Opaque here.
        #[n(0)]
        message: ByteVec,
    },
    /// "I leave": sent so that nobody waits for a time-out.
    #[n(2)]
    Leave,
    /// "I am writing".
    #[n(3)]
    Typing,
    /// "So much of your voices is lost on the way to me": each talker encodes accordingly.
    #[n(4)]
    Heard {
        /// One for each stream that is heard, at most [`HeardStream::MOST`].
        #[n(0)]
        streams: Vec<HeardStream>,
    },
    /// "From now on I whisper to you": the key of it, for the one device that the signal is to.
    #[n(5)]
    Whisper {
        /// Opens with that device's box key.
        #[n(0)]
        key: SealedWhisper,
    },
    /// "The digests of these frames of yours did not come": to the one talker that the signal is to.
    #[n(6)]
    Missed {
        /// At most [`MissedFrame::MOST`].
        #[n(0)]
        frames: Vec<MissedFrame>,
    },
}

/// Whether a name is short enough, visible, and of one line.
pub fn is_valid_name(name: &str) -> bool {
    let count = name.chars().count();
    (1..=NAME_LIMIT).contains(&count)
        && name.trim() == name
        && !name
            .chars()
            .any(|c| c.is_control() || is_direction_control(c))
        && name.chars().any(|c| !c.is_whitespace() && !is_invisible(c))
}

/// Characters without a shape of their own: a name of these alone is seen by nobody.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{2800}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Controls that turn the direction of text around: they make names look like others.
fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{061c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_visible_and_bounded() {
        assert!(is_valid_name("general"));
        assert!(is_valid_name("x"));
        assert!(!is_valid_name(""));
        assert!(!is_valid_name(" general"));
        assert!(!is_valid_name("gen\neral"));
        assert!(!is_valid_name("an\u{202e}na"));
        assert!(!is_valid_name("an\u{061c}na"));
        assert!(!is_valid_name("\u{200b}"));
        assert!(!is_valid_name("\u{2060} \u{feff}"));
        // A joiner between letters or pictures is part of a name.
        assert!(is_valid_name("\u{1f469}\u{200d}\u{1f680}"));
        assert!(!is_valid_name(&"x".repeat(NAME_LIMIT + 1)));
    }
}
