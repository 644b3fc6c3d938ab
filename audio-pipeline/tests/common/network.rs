//! A network and a clock under control, and sound that can be recognised.

use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{CodecError, SpeechDecoder};
use dialtone_audio::downlink::{JitterStats, Talker, TalkerConfig};
use dialtone_audio::link::ReceivedPacket;

/// Sound of one piece asked for at a time: 5 ms.
pub(crate) const PIECE: usize = 240;
/// A packet of 20 ms.
pub(crate) const PACKET: usize = 960;

/// A random source that gives the same numbers each time.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Evenly within 0..1.
    pub(crate) fn throw(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// A voice of 200 Hz, known for every sample of a sender's clock.
pub(crate) fn voice(timestamp: i64) -> f32 {
    (0.3 * (timestamp as f64 * std::f64::consts::TAU / 240.0).sin()) as f32
}

/// Decodes packets that hold nothing but their own timestamp and whether they are spoken or silent.
#[derive(Default)]
pub(crate) struct FakeDecoder;

pub(crate) fn fake_packet(timestamp: u32, spoken: bool) -> [u8; 5] {
    let [a, b, c, d] = timestamp.to_le_bytes();
    [a, b, c, d, u8::from(spoken)]
}

fn play(packet: &[u8], back: i64, output: &mut [f32]) -> usize {
    let begins = i64::from(u32::from_le_bytes([
        packet[0], packet[1], packet[2], packet[3],
    ])) - back;
    for (offset, sample) in output.iter_mut().enumerate() {
        *sample = if packet[4] == 1 {
            voice(begins + offset as i64)
        } else {
            0.0
        };
    }
    output.len()
}

impl SpeechDecoder for FakeDecoder {
    fn samples_in(&self, packet: &[u8]) -> Option<usize> {
        (packet.len() == 5).then_some(PACKET)
    }

    fn decode(&mut self, packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        Ok(play(packet, 0, &mut output[..PACKET]))
    }

    fn can_restore(&self, _packet: &[u8]) -> bool {
        true
    }

    fn restore(&mut self, next: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        Ok(play(next, output.len() as i64, output))
    }

    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError> {
        output.fill(0.01);
        Ok(output.len())
    }
}

/// One packet under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    /// When it arrives, in microseconds.
    pub(crate) arrives: i64,
    pub(crate) sequence: u32,
    pub(crate) timestamp: u32,
    pub(crate) spoken: bool,
}

/// A talker at the end of a network, on a clock that the test turns.
pub(crate) struct Simulation {
    pub(crate) talker: Talker,
    epoch: Instant,
    flights: Vec<Flight>,
    /// Present time, in microseconds.
    pub(crate) now: i64,
    /// All that was heard.
    pub(crate) heard: Vec<f32>,
    /// The jitter buffer's delay over time: (microseconds, ms).
    pub(crate) delays: Vec<(i64, f32)>,
    /// Microseconds that the loudspeaker takes for one piece; 5,000 is exact.
    pub(crate) piece_us: f64,
    due: f64,
}

impl Simulation {
    pub(crate) fn new(config: &TalkerConfig) -> Self {
        Self {
            talker: Talker::with_decoder(TalkerId(1), config, Box::<FakeDecoder>::default()),
            epoch: Instant::now(),
            flights: Vec::new(),
            now: 0,
            heard: Vec::new(),
            delays: Vec::new(),
            piece_us: 5_000.0,
            due: 0.0,
        }
    }

    /// Without levelling, so that amplitudes can be compared.
    pub(crate) fn plain() -> Self {
        let mut config = TalkerConfig::default();
        config.level.on = false;
        Self::new(&config)
    }

    /// Puts packets on their way.
    pub(crate) fn send(&mut self, flights: impl IntoIterator<Item = Flight>) {
        self.flights.extend(flights);
        self.flights
            .sort_by_key(|flight| std::cmp::Reverse((flight.arrives, flight.sequence)));
    }

    /// Lets time pass until `until`, in microseconds.
    pub(crate) fn run(&mut self, until: i64) {
        while self.due < until as f64 {
            self.now = self.due as i64;
            while self
                .flights
                .last()
                .is_some_and(|flight| flight.arrives <= self.now)
            {
                let flight = self.flights.pop().unwrap();
                let arrived = self.epoch + Duration::from_micros(flight.arrives.unsigned_abs());
                let payload = fake_packet(flight.timestamp, flight.spoken);
                let packet = ReceivedPacket::new(
                    TalkerId(1),
                    arrived,
                    flight.sequence,
                    flight.timestamp,
                    &payload,
                )
                .unwrap();
                self.talker.push(&packet);
            }
            let mut piece = [0.0; PIECE];
            self.talker.render(
                self.epoch + Duration::from_micros(self.now.unsigned_abs()),
                &mut piece,
            );
            self.heard.extend(piece);
            self.delays.push((self.now, self.talker.stats().delay_ms));
            self.due += self.piece_us;
        }
    }

    pub(crate) fn stats(&self) -> JitterStats {
        self.talker.stats()
    }
}

/// Packets of a talker who speaks without pause for `seconds`, with this travel time in microseconds for each.
pub(crate) fn stream(seconds: f64, mut travel: impl FnMut(usize) -> i64) -> Vec<Flight> {
    let count = (seconds * 50.0) as usize;
    (0..count)
        .map(|index| Flight {
            arrives: (index as i64 + 1) * 20_000 + travel(index),
            sequence: index as u32,
            timestamp: (index * PACKET) as u32,
            spoken: true,
        })
        .collect()
}

/// The largest difference between neighbouring samples.
pub(crate) fn largest_step(sound: &[f32]) -> f32 {
    sound
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}
