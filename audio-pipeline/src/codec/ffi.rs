//! The only unsafe code of this crate: what the `opus` crate has no safe call for.
//!
//! That is the decoder's complexity (5 and more: concealment by a neural network) and the question whether a packet
//! carries a copy of the one before it.

#![expect(
    unsafe_code,
    reason = "the opus crate neither sets the decoder's complexity nor lends its pointer"
)]

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use opusic_sys as sys;

use super::CodecError;
use crate::frame::SAMPLE_RATE;

/// An owned mono Opus decoder at 48 kHz.
pub(super) struct RawDecoder(NonNull<sys::OpusDecoder>);

// SAFETY: the decoder is plain memory without thread affinity, and `RawDecoder` is its only owner.
unsafe impl Send for RawDecoder {}

impl RawDecoder {
    /// Creates a decoder with this complexity (0..=10).
    pub(super) fn new(complexity: i32) -> Result<Self, CodecError> {
        let mut code: c_int = 0;
        // SAFETY: plain call; `code` lives through it. The result is checked before use.
        let raw = unsafe { sys::opus_decoder_create(SAMPLE_RATE as i32, 1, &raw mut code) };
        let Some(pointer) = NonNull::new(raw).filter(|_| code == sys::OPUS_OK) else {
            return Err(CodecError::Unavailable { code });
        };
        let decoder = Self(pointer);
        let complexity: c_int = complexity.clamp(0, 10);
        // SAFETY: the decoder is valid and this request takes one int by value.
        let set = unsafe {
            sys::opus_decoder_ctl(
                decoder.0.as_ptr(),
                sys::OPUS_SET_COMPLEXITY_REQUEST,
                complexity,
            )
        };
        if set == sys::OPUS_OK {
            Ok(decoder)
        } else {
            Err(CodecError::Unavailable { code: set })
        }
    }

    /// Decodes `packet`, or conceals when there is none, into `output`; gives the number of samples written.
    pub(super) fn decode(
        &mut self,
        packet: Option<&[u8]>,
        output: &mut [f32],
        fec: bool,
    ) -> Result<usize, CodecError> {
        let (data, length) = packet.map_or((ptr::null(), 0), |bytes| {
            (bytes.as_ptr(), bytes.len() as i32)
        });
        // SAFETY: `data` is null or points to `length` readable bytes, `output` to `output.len()` writable samples of
        // the one channel, and the decoder is valid and exclusively borrowed.
        let written = unsafe {
            sys::opus_decode_float(
                self.0.as_ptr(),
                data,
                length,
                output.as_mut_ptr(),
                output.len() as c_int,
                c_int::from(fec),
            )
        };
        usize::try_from(written).map_err(|_| CodecError::Damaged { code: written })
    }
}

impl Drop for RawDecoder {
    fn drop(&mut self) {
        // SAFETY: created by `opus_decoder_create`, destroyed exactly once.
        unsafe { sys::opus_decoder_destroy(self.0.as_ptr()) }
    }
}

/// Whether `packet` carries a copy of the packet before it (in-band forward error correction).
pub(super) fn has_fec(packet: &[u8]) -> bool {
    if packet.is_empty() {
        return false;
    }
    // SAFETY: `packet` is readable for its length and is not empty.
    unsafe { sys::opus_packet_has_lbrr(packet.as_ptr(), packet.len() as i32) == 1 }
}
