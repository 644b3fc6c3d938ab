//! Packets as an honest sender makes them, of little sound and of much redundancy: nothing that one comes upon by chance. A target changes
//! bytes of them.
use std::sync::LazyLock;

use dialtone_audio::codec::{Encoder, EncoderTune, MAX_PACKET_BYTES, ObservedLoss};
use dialtone_audio::{EncoderConfig, PacketDuration};

const EACH: usize = 24;
const SAMPLES: usize = PacketDuration::Ms20.samples();

/// One after the other: without redundancy, with copies, with parity, and with deep redundancy beside it.
pub static PACKETS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let packet = PacketDuration::Ms20;
    let copies = EncoderTune {
        fec: true,
        expected_loss_percent: 20,
        ..EncoderTune::plain(24_000)
    };
    let lossy = |share, bitrate| ObservedLoss::random(share).tune(bitrate).within(packet);
    let tunes = [
        EncoderTune::plain(32_000),
        copies,
        lossy(0.1, 32_000),
        lossy(0.3, 64_000),
    ];
    tunes.iter().flat_map(said).collect()
});

fn said(tune: &EncoderTune) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(&EncoderConfig::default()).expect("Opus makes encoders");
    encoder.tune(tune);
    let mut output = [0; MAX_PACKET_BYTES];
    let packets = (0..EACH).map(|number| {
        let sound: Vec<f32> = (0..SAMPLES)
            .map(|at| (number * SAMPLES + at) as f32 * 0.03)
            .map(|phase| 0.3 * phase.sin() * (phase * 0.013).cos())
            .collect();
        let length = encoder.encode(&sound, &mut output);
        output[..length.expect("sound is encoded")].to_vec()
    });
    packets.collect()
}

/// Takes a packet off the input: any bytes after their length, or a spoken one by its number, with some bytes changed.
pub fn take(input: &mut &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = input.split_first()?;
    *input = rest;
    if kind & 0x80 == 0 {
        let (payload, rest) = rest.split_at(rest.len().min(usize::from(*kind) * 2));
        *input = rest;
        return Some(payload.to_vec());
    }
    let mut packet = PACKETS[usize::from(kind & 0x7f) % PACKETS.len()].clone();
    let (changes, mut rest) = rest.split_first()?;
    for _ in 0..changes % 4 {
        let ([at, to], after) = rest.split_first_chunk::<2>()?;
        rest = after;
        let place = usize::from(*at) % packet.len();
        packet[place] ^= to;
    }
    if changes & 0x80 != 0 {
        let (cut, after) = rest.split_first()?;
        rest = after;
        packet.truncate(usize::from(*cut));
    }
    *input = rest;
    Some(packet)
}
