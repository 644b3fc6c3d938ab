//! The key of a whisper, sealed to one listener.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};

/// The key under which a talker whispers, sealed to one of those who are to hear it. The signal around it says whose it is.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct SealedWhisper {
    /// Which of the whispers of this stay: frames name it beside [`SealedWhisper::KEY_ID`].
    #[n(0)]
    pub number: u32,
    /// X-Wing's encapsulated key.
    #[n(1)]
    pub encapsulated: ByteVec,
    /// HPKE: 32 bytes and a tag.
    #[n(2)]
    pub body: ByteVec,
}

impl SealedWhisper {
    /// The bit of an `SFrame` key id that says that a frame is whispered; the others are the whisper's number.
    pub const KEY_ID: u64 = 1 << 63;
}
