//! A talker at the end of a network, in virtual time: the real buffer, decoder and time correction.

use std::error::Error;
use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{Encoder, EncoderConfig, MAX_PACKET_BYTES};
use dialtone_audio::downlink::{JitterStats, PLAYBACK_QUANTUM, Talker, TalkerConfig};
use dialtone_audio::frame::SAMPLE_RATE;
use dialtone_audio::link::ReceivedPacket;
use dialtone_audio::rt::FromDevice;
use hound::WavReader;

use super::heard::thin;
use super::network::PACKET_US;

/// Samples of one packet: 20 ms.
const PACKET: usize = 960;
/// The shortest travel time, in microseconds.
const TRAVEL_US: i64 = 10_000;

/// Speech that is said over and over, and its packets.
pub(crate) struct Speech {
    pub(crate) sound: Vec<f32>,
    packets: Vec<Vec<u8>>,
    lookahead: usize,
}

impl Speech {
    /// Reads a recording of any rate, one channel of 16 bits, and encodes it with the client's standard settings.
    pub(crate) fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let mut reader = WavReader::open(path)?;
        let samples: Result<Vec<f32>, _> = reader
            .samples::<i16>()
            .map(|sample| sample.map(|sample| f32::from(sample) / 32_768.0))
            .collect();
        let samples = samples?;
        let mut from = FromDevice::new(reader.spec().sample_rate, PACKET)?;
        let (mut sound, mut at, mut piece) = (Vec::new(), 0, [0.0; PACKET]);
        while let Some(input) = samples.get(at..at + from.needs()) {
            at += input.len();
            from.convert(input, &mut piece);
            sound.extend_from_slice(&piece);
        }
        let mut encoder = Encoder::new(&EncoderConfig::default())?;
        let mut bytes = [0; MAX_PACKET_BYTES];
        // Twice, and the second time counts: then the first packet follows the last one without a seam.
        let mut packets = Vec::new();
        for _ in 0..2 {
            packets.clear();
            for piece in sound.chunks_exact(PACKET) {
                let length = encoder.encode(piece, &mut bytes)?;
                packets.push(bytes[..length].to_vec());
            }
        }
        let lookahead = encoder.lookahead_samples();
        Ok(Self {
            sound,
            packets,
            lookahead,
        })
    }

    /// The delay that has nothing to do with the buffer, in ms: packet, encoder, shortest travel.
    pub(crate) fn expected_ms(&self) -> f64 {
        (PACKET + self.lookahead) as f64 * 1_000.0 / f64::from(SAMPLE_RATE)
            + TRAVEL_US as f64 / 1_000.0
    }
}

/// What came of a run.
pub(crate) struct Played {
    /// All that was heard, thinned out for comparing, in the sender's time.
    pub(crate) heard: Vec<f32>,
    /// The counters at each mark asked for.
    pub(crate) marks: Vec<JitterStats>,
    /// By the buffer's own account, its delay after every piece ([`PLAYBACK_QUANTUM`]), in ms.
    pub(crate) delays: Vec<f32>,
}

/// Sends a packet for each of `lateness` and plays until the last was sent. `drift_ppm`: by how much the loudspeaker's
/// clock is slower than the sender's. `marks`: seconds at which the counters are read.
pub(crate) fn play(
    speech: &Speech,
    lateness: &[i64],
    drift_ppm: f64,
    marks: &[f64],
) -> Result<Played, Box<dyn Error>> {
    let mut config = TalkerConfig::default();
    // The comparison knows no loudness.
    config.level.on = false;
    let mut talker = Talker::new(TalkerId(1), &config)?;
    let mut order: Vec<(i64, usize)> = lateness
        .iter()
        .enumerate()
        .map(|(index, late)| ((index as i64 + 1) * PACKET_US + TRAVEL_US + late, index))
        .collect();
    order.sort_unstable();
    let epoch = Instant::now();
    let moment = |microseconds: i64| epoch + Duration::from_micros(microseconds.unsigned_abs());
    let piece_us =
        PLAYBACK_QUANTUM as f64 * 1e6 / f64::from(SAMPLE_RATE) * (1.0 + drift_ppm * 1e-6);
    let ends = lateness.len() as i64 * PACKET_US;
    let mut played = Played {
        heard: Vec::new(),
        marks: Vec::new(),
        delays: Vec::new(),
    };
    let (mut next, mut count, mut piece) = (0, 0_u32, [0.0; PLAYBACK_QUANTUM]);
    loop {
        let now = (f64::from(count) * piece_us) as i64;
        if now >= ends {
            break;
        }
        while let Some(&(arrives, index)) = order.get(next).filter(|(arrives, _)| *arrives <= now) {
            let payload = &speech.packets[index % speech.packets.len()];
            let (sequence, timestamp) = (index as u32, (index * PACKET) as u32);
            let packet =
                ReceivedPacket::new(TalkerId(1), moment(arrives), sequence, timestamp, payload)?;
            talker.push(&packet);
            next += 1;
        }
        talker.render(moment(now), &mut piece);
        played.heard.extend(thin(&piece));
        played.delays.push(talker.stats().delay_ms);
        let reached = marks.get(played.marks.len());
        if reached.is_some_and(|mark| now as f64 >= mark * 1e6) {
            played.marks.push(talker.stats());
        }
        count += 1;
    }
    played.marks.push(talker.stats());
    Ok(played)
}
