//! The only unsafe code of this crate: Opus's encoder, decoder and deep redundancy behind safe calls.
//!
//! ```text
//! RawEncoder     set(setting, value), encode
//! RawDecoder     set_complexity, decode | conceal | restore the one before, reset
//! RawRedundancy  find in a packet -> open once -> decode a lost piece with a RawDecoder
//! ```
//!
//! Every object is allocated by its `new` and freed by its `drop`; Opus allocates nothing in between (it works on the
//! stack), so that all other calls are for the voice thread.

#![expect(
    unsafe_code,
    reason = "opus is a C library, and no safe crate offers its redundancy and the decoder's complexity"
)]

use std::ffi::c_int;
use std::ptr::{self, NonNull};

use opusic_sys as sys;

use super::CodecError;
use crate::frame::SAMPLE_RATE;

const RATE: i32 = SAMPLE_RATE as i32;

/// The most redundancy that is read of one packet, in samples: all that the format has room for, 26 times 40 ms.
const LONGEST_REDUNDANCY: i32 = 26 * 1_920;

/// A setting of the encoder: each takes one whole number by value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub(super) enum Setting {
    Bitrate = sys::OPUS_SET_BITRATE_REQUEST,
    VariableBitrate = sys::OPUS_SET_VBR_REQUEST,
    Complexity = sys::OPUS_SET_COMPLEXITY_REQUEST,
    Fec = sys::OPUS_SET_INBAND_FEC_REQUEST,
    ExpectedLoss = sys::OPUS_SET_PACKET_LOSS_PERC_REQUEST,
    /// In units of 10 ms.
    DredDuration = sys::OPUS_SET_DRED_DURATION_REQUEST,
    Signal = sys::OPUS_SET_SIGNAL_REQUEST,
    /// One of Opus's five bandwidths.
    MaxBandwidth = sys::OPUS_SET_MAX_BANDWIDTH_REQUEST,
}

/// An owned mono Opus encoder at 48 kHz.
pub(super) struct RawEncoder(NonNull<sys::OpusEncoder>);

// SAFETY: the encoder is plain memory without thread affinity, and `RawEncoder` is its only owner.
unsafe impl Send for RawEncoder {}

impl RawEncoder {
    /// Creates an encoder for any kind of sound.
    pub(super) fn new() -> Result<Self, CodecError> {
        let mut code: c_int = 0;
        // SAFETY: plain call; `code` lives through it. The result is checked before use.
        let raw = unsafe {
            sys::opus_encoder_create(RATE, 1, sys::OPUS_APPLICATION_AUDIO, &raw mut code)
        };
        match NonNull::new(raw) {
            Some(pointer) if code == sys::OPUS_OK => Ok(Self(pointer)),
            _ => Err(CodecError::Unavailable { code }),
        }
    }

    /// Changes a setting; `false` when Opus does not take the value.
    pub(super) fn set(&mut self, setting: Setting, value: i32) -> bool {
        let value: c_int = value;
        // SAFETY: the encoder is valid and exclusively borrowed, and every `Setting` takes one int by value.
        let code = unsafe { sys::opus_encoder_ctl(self.0.as_ptr(), setting as c_int, value) };
        code == sys::OPUS_OK
    }

    /// Forgets the sound so far, redundancy that is kept for later packets among it; settings stay, but [`Setting::DredDuration`].
    pub(super) fn reset(&mut self) {
        // SAFETY: the encoder is valid and exclusively borrowed, and this request takes no argument.
        unsafe { sys::opus_encoder_ctl(self.0.as_ptr(), sys::OPUS_RESET_STATE) };
    }

    /// By how many samples it delays the sound.
    pub(super) fn lookahead(&mut self) -> usize {
        let mut samples: i32 = 0;
        // SAFETY: this request writes one int to the pointer, which lives through the call.
        let code = unsafe {
            sys::opus_encoder_ctl(
                self.0.as_ptr(),
                sys::OPUS_GET_LOOKAHEAD_REQUEST,
                &raw mut samples,
            )
        };
        if code == sys::OPUS_OK {
            usize::try_from(samples).unwrap_or(0)
        } else {
            0
        }
    }

    /// Encodes into `output`; gives the number of bytes, or Opus's error code.
    pub(super) fn encode(&mut self, samples: &[f32], output: &mut [u8]) -> Result<usize, i32> {
        let (Ok(count), Ok(room)) = (c_int::try_from(samples.len()), i32::try_from(output.len()))
        else {
            return Err(sys::OPUS_BAD_ARG);
        };
        // SAFETY: `samples` holds `count` readable samples of the one channel, `output` `room` writable bytes, and the
        // encoder is valid and exclusively borrowed.
        let written = unsafe {
            sys::opus_encode_float(
                self.0.as_ptr(),
                samples.as_ptr(),
                count,
                output.as_mut_ptr(),
                room,
            )
        };
        usize::try_from(written).map_err(|_| written)
    }
}

impl Drop for RawEncoder {
    fn drop(&mut self) {
        // SAFETY: created by `opus_encoder_create`, destroyed exactly once.
        unsafe { sys::opus_encoder_destroy(self.0.as_ptr()) }
    }
}

/// An owned mono Opus decoder at 48 kHz.
pub(super) struct RawDecoder(NonNull<sys::OpusDecoder>);

// SAFETY: the decoder is plain memory without thread affinity, and `RawDecoder` is its only owner.
unsafe impl Send for RawDecoder {}

impl RawDecoder {
    /// Creates a decoder.
    pub(super) fn new() -> Result<Self, CodecError> {
        let mut code: c_int = 0;
        // SAFETY: plain call; `code` lives through it. The result is checked before use.
        let raw = unsafe { sys::opus_decoder_create(RATE, 1, &raw mut code) };
        match NonNull::new(raw) {
            Some(pointer) if code == sys::OPUS_OK => Ok(Self(pointer)),
            _ => Err(CodecError::Unavailable { code }),
        }
    }

    /// Sets how much is done for the sound, 0 to 10; `false` when Opus does not take it.
    pub(super) fn set_complexity(&mut self, complexity: i32) -> bool {
        let complexity: c_int = complexity;
        // SAFETY: the decoder is valid and exclusively borrowed; this request takes one int by value.
        let code = unsafe {
            sys::opus_decoder_ctl(
                self.0.as_ptr(),
                sys::OPUS_SET_COMPLEXITY_REQUEST,
                complexity,
            )
        };
        code == sys::OPUS_OK
    }

    /// Forgets all sound so far; settings stay.
    pub(super) fn reset(&mut self) {
        // SAFETY: the decoder is valid and exclusively borrowed; this request takes no argument.
        unsafe { sys::opus_decoder_ctl(self.0.as_ptr(), sys::OPUS_RESET_STATE) };
    }

    /// Decodes `packet`, or with `fec` the one before it, or conceals when there is none, into `output`; gives the
    /// number of samples written, or Opus's error code.
    pub(super) fn decode(
        &mut self,
        packet: Option<&[u8]>,
        output: &mut [f32],
        fec: bool,
    ) -> Result<usize, i32> {
        let (data, length) = packet.map_or((ptr::null(), 0), |bytes| (bytes.as_ptr(), bytes.len()));
        let (Ok(length), Ok(room)) = (i32::try_from(length), c_int::try_from(output.len())) else {
            return Err(sys::OPUS_BAD_ARG);
        };
        // SAFETY: `data` is null or points to `length` readable bytes, `output` to `room` writable samples of the one
        // channel, and the decoder is valid and exclusively borrowed.
        let written = unsafe {
            sys::opus_decode_float(
                self.0.as_ptr(),
                data,
                length,
                output.as_mut_ptr(),
                room,
                c_int::from(fec),
            )
        };
        usize::try_from(written).map_err(|_| written)
    }
}

impl Drop for RawDecoder {
    fn drop(&mut self) {
        // SAFETY: created by `opus_decoder_create`, destroyed exactly once.
        unsafe { sys::opus_decoder_destroy(self.0.as_ptr()) }
    }
}

/// Room for the deep redundancy of one packet, and what reads it.
pub(super) struct RawRedundancy {
    reader: NonNull<sys::OpusDREDDecoder>,
    found: NonNull<sys::OpusDRED>,
    state: Found,
}

/// How far the redundancy of the present packet has been read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Nothing,
    /// Its symbols are read; the network has not made features of them.
    Closed,
    /// A decoder can speak from it.
    Open,
}

// SAFETY: both are plain memory without thread affinity, and `RawRedundancy` is their only owner.
unsafe impl Send for RawRedundancy {}

impl RawRedundancy {
    /// Makes the room.
    pub(super) fn new() -> Result<Self, CodecError> {
        let mut code: c_int = 0;
        // SAFETY: plain call; `code` lives through it. The result is checked before use.
        let raw = unsafe { sys::opus_dred_decoder_create(&raw mut code) };
        let Some(reader) = NonNull::new(raw).filter(|_| code == sys::OPUS_OK) else {
            return Err(CodecError::Unavailable { code });
        };
        // SAFETY: as above.
        let raw = unsafe { sys::opus_dred_alloc(&raw mut code) };
        let Some(found) = NonNull::new(raw) else {
            // SAFETY: created above and given to nobody.
            unsafe { sys::opus_dred_decoder_destroy(reader.as_ptr()) };
            return Err(CodecError::Unavailable { code });
        };
        // Opus leaves it uninitialised.
        // SAFETY: it is an allocation of at least this size, of plain numbers.
        unsafe {
            let size = usize::try_from(sys::opus_dred_get_size()).unwrap_or(0);
            ptr::write_bytes(found.as_ptr().cast::<u8>(), 0, size);
        }
        Ok(Self {
            reader,
            found,
            state: Found::Nothing,
        })
    }

    /// Reads the redundancy of `packet`: the samples before it at which it begins and ends, the furthest first, zeros
    /// when there is none; or Opus's error code.
    pub(super) fn find(&mut self, packet: &[u8]) -> Result<(usize, usize), i32> {
        self.state = Found::Nothing;
        let Ok(length @ 1..) = i32::try_from(packet.len()) else {
            return Err(sys::OPUS_BAD_ARG);
        };
        let mut end: c_int = 0;
        // SAFETY: `packet` is readable for `length` bytes, `end` lives through the call, both objects are valid and
        // exclusively borrowed.
        let furthest = unsafe {
            sys::opus_dred_parse(
                self.reader.as_ptr(),
                self.found.as_ptr(),
                packet.as_ptr(),
                length,
                LONGEST_REDUNDANCY,
                RATE,
                &raw mut end,
                1,
            )
        };
        let furthest = usize::try_from(furthest).map_err(|_| furthest)?;
        if furthest > 0 {
            self.state = Found::Closed;
        }
        Ok((furthest, usize::try_from(end).unwrap_or(0)))
    }

    /// Speaks what begins `offset` samples before the packet that was found last into the whole of `output`, as
    /// continuation of what `decoder` said; gives the number of samples written, or Opus's error code.
    pub(super) fn decode(
        &mut self,
        decoder: &mut RawDecoder,
        offset: usize,
        output: &mut [f32],
    ) -> Result<usize, i32> {
        let (Ok(offset), Ok(room)) = (i32::try_from(offset), c_int::try_from(output.len())) else {
            return Err(sys::OPUS_BAD_ARG);
        };
        match self.state {
            Found::Nothing => return Err(sys::OPUS_INVALID_STATE),
            Found::Closed => {
                // SAFETY: both objects are valid and exclusively borrowed; source and destination may be the same.
                let code = unsafe {
                    sys::opus_dred_process(
                        self.reader.as_ptr(),
                        self.found.as_ptr(),
                        self.found.as_ptr(),
                    )
                };
                if code != sys::OPUS_OK {
                    self.state = Found::Nothing;
                    return Err(code);
                }
                self.state = Found::Open;
            }
            Found::Open => {}
        }
        // SAFETY: `found` was filled by `find` and opened, `output` holds `room` writable samples of the one channel,
        // the decoder is valid and exclusively borrowed.
        let written = unsafe {
            sys::opus_decoder_dred_decode_float(
                decoder.0.as_ptr(),
                self.found.as_ptr(),
                offset,
                output.as_mut_ptr(),
                room,
            )
        };
        usize::try_from(written).map_err(|_| written)
    }
}

impl Drop for RawRedundancy {
    fn drop(&mut self) {
        // SAFETY: each was created by its own function and is destroyed exactly once.
        unsafe {
            sys::opus_dred_free(self.found.as_ptr());
            sys::opus_dred_decoder_destroy(self.reader.as_ptr());
        }
    }
}

/// Whether `packet` carries a copy of the packet before it (in-band forward error correction).
pub(super) fn has_fec(packet: &[u8]) -> bool {
    let Ok(length @ 1..) = i32::try_from(packet.len()) else {
        return false;
    };
    // SAFETY: `packet` is readable for its length and is not empty.
    unsafe { sys::opus_packet_has_lbrr(packet.as_ptr(), length) == 1 }
}
