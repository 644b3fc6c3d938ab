//! How much of a packet Opus gives to deep redundancy (DRED), which it decides by itself: parity has to know what is left.
//!
//! The figures are those of `compute_dred_bitrate` and `estimate_dred_bitrate` in `opus_encoder.c` of Opus 1.6, for an encoder without
//! in-band copies.

use super::PacketDuration;
use crate::frame::SAMPLE_RATE;

/// Bits of one piece of 40 ms, by its quantizer.
const PIECE_BITS: [f32; 16] = [
    73.2, 68.1, 62.5, 57.0, 51.5, 45.7, 39.9, 32.4, 26.4, 20.4, 16.3, 13.0, 9.3, 8.2, 7.2, 6.4,
];
/// Bits of its headers, and of the state in which it begins beside one piece.
const HEADER_BITS: f32 = 40.0;
const STATE_BITS: f32 = 50.0;
/// So many bits a second are the sound's alone.
const SOUND: u32 = 12_000;
/// Above this rate pieces that are further back become coarser slowly.
const SLOWLY_FROM: u32 = SOUND + 36_000;
/// Fewer pieces are none.
const LEAST_PIECES: usize = 2;

/// How many bytes of a packet of `packet_bytes` Opus means for a redundancy that reaches `dred_ms` back, where it expects
/// a loss of `expected_loss_percent`.
pub(super) fn deep_bytes(
    packet_bytes: usize,
    packet: PacketDuration,
    dred_ms: u16,
    expected_loss_percent: u8,
) -> usize {
    let a_second = SAMPLE_RATE as usize / packet.samples();
    let bitrate = (packet_bytes * 8 * a_second) as u32;
    let rest = bitrate.saturating_sub(SOUND);
    let target = share(packet, expected_loss_percent) * rest as f32 / a_second as f32;
    let coarsest_first = 51_u32.saturating_sub(3 * (u32::BITS - rest.max(1).leading_zeros()));
    let first = coarsest_first.clamp(4, 15) as usize;
    // Sixteenths of a step of the quantizer for each piece.
    let slope = if bitrate > SLOWLY_FROM { 4 } else { 8 };
    let mut bits = HEADER_BITS + STATE_BITS + PIECE_BITS[first];
    let mut affordable = 0;
    for piece in 0..(usize::from(dred_ms / 10) + 5) / 4 {
        let quantizer = first + (slope * piece + 8) / 16;
        bits += PIECE_BITS[quantizer.min(15)];
        affordable = if bits < target { piece + 1 } else { affordable };
    }
    if affordable < LEAST_PIECES {
        return 0;
    }
    (bits.min(target) / 8.0) as usize
}

/// The share of the rate above [`SOUND`] that Opus gives at most.
fn share(packet: PacketDuration, expected_loss_percent: u8) -> f32 {
    let loss = f32::from(expected_loss_percent) / 100.0;
    let share = if expected_loss_percent > 5 {
        (0.55 + loss).min(0.8)
    } else {
        12.0 * loss
    };
    // Longer packets need less of it.
    let longer = packet.samples() as f32 * 50.0 / SAMPLE_RATE as f32;
    share / (share + (1.0 - share) * longer)
}
