//! The WebSocket (`/ws`): binary frames, one CBOR value each.
//!
//! `frame = [version, request, [kind, [body]]]`. `request` pairs an answer with its question (0: no answer is awaited).
//! Unknown kinds are skipped, bad frames answered with [`ServerFrame::Error`]; sizes are bounded before anything is allocated.

mod client;
mod server;

pub use client::{ClientFrame, Cursor, GroupCursor};
pub use server::{CallState, RefusalCode, ServerFrame};

use minicbor::{Decode, Decoder, Encode, Encoder};

/// Version of the frames.
pub const FRAME_VERSION: u8 = 1;
/// The longest frame in either direction, in bytes. A commit of 1,000 devices' tree fits.
pub const FRAME_LIMIT: usize = 512 * 1024;
/// The most items in any list of a frame.
pub const LIST_LIMIT: usize = 10_000;
/// The longest session description that is sent to or by a relay, in bytes.
pub const MAX_RELAY_SDP: usize = 8 * 1024;
/// The most talkers that a device may pin in a call.
pub const MOST_PINS: usize = 8;

/// A frame with the request it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framed<T> {
    /// Pairs an answer with its question; 0: none.
    pub request: u32,
    /// What.
    pub frame: T,
}

/// Why a frame cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// Longer than [`FRAME_LIMIT`].
    #[error("a frame of {0} bytes is too long")]
    TooLarge(usize),
    /// Of another version.
    #[error("frames of version {0} are not known here")]
    Version(u8),
    /// A kind that this version does not know; skip it.
    #[error("frames of kind {0} are not known here")]
    UnknownKind(u32),
    /// Not a frame.
    #[error("not a frame: {0}")]
    Malformed(String),
}

/// Frames of one direction.
pub trait FrameKind: Encode<()> + for<'b> Decode<'b, ()> {
    /// Kinds are numbered 0 to this, without it.
    const KINDS: u32;
}

/// Writes a frame.
pub fn write_frame<T: FrameKind>(request: u32, frame: &T) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    let mut write = || {
        encoder.array(3)?.u8(FRAME_VERSION)?.u32(request)?;
        encoder.encode(frame)?.ok()
    };
    // Writing to memory does not fail.
    let _: Result<(), minicbor::encode::Error<std::convert::Infallible>> = write();
    encoder.into_writer()
}

/// Reads a frame.
///
/// # Errors
/// [`FrameError`]; the cost is bounded by the frame's length.
pub fn read_frame<T: FrameKind>(bytes: &[u8]) -> Result<Framed<T>, FrameError> {
    if bytes.len() > FRAME_LIMIT {
        return Err(FrameError::TooLarge(bytes.len()));
    }
    let malformed = |error: minicbor::decode::Error| FrameError::Malformed(error.to_string());
    let mut decoder = Decoder::new(bytes);
    if decoder.array().map_err(malformed)? != Some(3) {
        return Err(FrameError::Malformed("not three items".into()));
    }
    let version = decoder.u8().map_err(malformed)?;
    if version != FRAME_VERSION {
        return Err(FrameError::Version(version));
    }
    let request = decoder.u32().map_err(malformed)?;
    let mut probe = decoder.probe();
    probe.array().map_err(malformed)?;
    let kind = probe.u32().map_err(malformed)?;
    if kind >= T::KINDS {
        return Err(FrameError::UnknownKind(kind));
    }
    let frame = decoder.decode().map_err(malformed)?;
    if decoder.position() != bytes.len() {
        return Err(FrameError::Malformed("bytes after the frame".into()));
    }
    Ok(Framed { request, frame })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ChannelId;

    #[test]
    fn a_frame_survives_being_written_and_read() {
        let frame = ClientFrame::Send {
            channel: ChannelId([1; 16]),
            event: vec![1, 2, 3].into(),
            mark: None,
            keep_s: None,
        };
        let read: Framed<ClientFrame> = read_frame(&write_frame(7, &frame)).unwrap();
        assert_eq!(read, Framed { request: 7, frame });
    }

    #[test]
    fn unknown_kinds_are_told_from_malformed_ones() {
        let unknown = [0x83, 1, 0, 0x82, 0x18, 99, 0x80];
        assert_eq!(
            read_frame::<ClientFrame>(&unknown),
            Err(FrameError::UnknownKind(99))
        );
        assert!(matches!(
            read_frame::<ClientFrame>(&[0x83, 1]),
            Err(FrameError::Malformed(_))
        ));
        assert!(matches!(
            read_frame::<ClientFrame>(&[]),
            Err(FrameError::Malformed(_))
        ));
        assert_eq!(
            read_frame::<ClientFrame>(&[0x83, 2, 0, 0x80]),
            Err(FrameError::Version(2))
        );
    }

    #[test]
    fn a_long_announced_length_costs_nothing() {
        // A byte string that claims four gigabytes: refused before anything is allocated.
        let mut bytes = vec![0x83, 1, 0, 0x82, 1, 0x82, 0x50];
        bytes.extend([1; 16]);
        bytes.extend([0x5a, 0xff, 0xff, 0xff, 0xff]);
        assert!(matches!(
            read_frame::<ClientFrame>(&bytes),
            Err(FrameError::Malformed(_))
        ));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..600)) {
            let _ = read_frame::<ClientFrame>(&bytes);
            let _ = read_frame::<ServerFrame>(&bytes);
        }
    }
}
