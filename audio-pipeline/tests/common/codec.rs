//! A recording and its packets.

use dialtone_audio::codec::{Encoder, MAX_PACKET_BYTES};

#[path = "recording.rs"]
mod recording;

pub(crate) use recording::recording;

/// A packet of 20 ms.
pub(crate) const PACKET: usize = 960;

/// The packets of `sound`.
pub(crate) fn packets(encoder: &mut Encoder, sound: &[f32]) -> Vec<Vec<u8>> {
    let mut bytes = [0; MAX_PACKET_BYTES];
    sound
        .chunks_exact(PACKET)
        .map(|piece| {
            let length = encoder.encode(piece, &mut bytes).unwrap();
            bytes[..length].to_vec()
        })
        .collect()
}
