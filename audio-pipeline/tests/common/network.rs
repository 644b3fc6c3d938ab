//! A network and a clock under control, and sound that can be recognised.

use std::time::{Duration, Instant};

use dialtone_audio::TalkerId;
use dialtone_audio::codec::{CodecError, Reach, SpeechDecoder};
use dialtone_audio::downlink::{JitterStats, PLAYBACK_QUANTUM, Talker, TalkerConfig};
use dialtone_audio::link::ReceivedPacket;

/// Sound of one piece asked for at a time.
pub(crate) const PIECE: usize = PLAYBACK_QUANTUM;
/// How long one piece lasts where the clocks are the same, in microseconds.
pub(crate) const PIECE_US: f64 = PIECE as f64 * 1e6 / 48_000.0;
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

/// Decodes packets that hold nothing but their own timestamp, length and what they are.
pub(crate) struct FakeDecoder {
    /// Whether each packet holds a copy of the one before.
    pub(crate) copies: bool,
    /// How far back each packet tells of the sound before it, in samples.
    pub(crate) reach: usize,
    /// Timestamp at which the sound so far ends.
    pub(crate) at: i64,
    pub(crate) read: i64,
}

impl Default for FakeDecoder {
    fn default() -> Self {
        Self {
            copies: true,
            reach: 0,
            at: 0,
            read: 0,
        }
    }
}

fn fake_packet(flight: &Flight) -> [u8; 6] {
    let [a, b, c, d] = flight.timestamp.to_le_bytes();
    let kind = u8::from(flight.spoken) | u8::from(flight.damaged) << 1;
    [a, b, c, d, kind, (flight.samples / 480) as u8]
}

fn begins(packet: &[u8]) -> i64 {
    i64::from(u32::from_le_bytes([
        packet[0], packet[1], packet[2], packet[3],
    ]))
}

impl FakeDecoder {
    fn play(&mut self, from: i64, spoken: bool, output: &mut [f32]) -> usize {
        for (offset, sample) in output.iter_mut().enumerate() {
            *sample = if spoken {
                voice(from + offset as i64)
            } else {
                0.0
            };
        }
        self.at = from + output.len() as i64;
        output.len()
    }
}

impl SpeechDecoder for FakeDecoder {
    fn samples_in(&self, packet: &[u8]) -> Option<usize> {
        (packet.len() == 6 && packet[5] > 0).then(|| usize::from(packet[5]) * 480)
    }

    fn decode(&mut self, packet: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        if packet[4] & 2 != 0 {
            return Err(CodecError::Damaged { code: -4 });
        }
        let samples = usize::from(packet[5]) * 480;
        Ok(self.play(begins(packet), packet[4] & 1 == 1, &mut output[..samples]))
    }

    fn can_restore(&self, _packet: &[u8]) -> bool {
        self.copies
    }

    fn restore(&mut self, next: &[u8], output: &mut [f32]) -> Result<usize, CodecError> {
        let from = begins(next) - output.len() as i64;
        Ok(self.play(from, next[4] & 1 == 1, output))
    }

    /// Whoever is silent stays so, and a voice goes on as it was: so that whatever is cut can be heard.
    fn conceal(&mut self, output: &mut [f32]) -> Result<usize, CodecError> {
        Ok(self.play(self.at, true, output))
    }

    fn reach_of(&mut self, packet: &[u8]) -> Result<Reach, CodecError> {
        self.read = begins(packet);
        Ok(Reach {
            furthest: self.reach,
            nearest: 0,
        })
    }

    fn restore_from(&mut self, offset: usize, output: &mut [f32]) -> Result<usize, CodecError> {
        if offset == 0 || offset > self.reach {
            return Err(CodecError::OutOfReach);
        }
        Ok(self.play(self.read - offset as i64, true, output))
    }
}

/// One packet under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Flight {
    /// When it arrives, in microseconds.
    pub(crate) arrives: i64,
    pub(crate) sequence: u32,
    pub(crate) timestamp: u32,
    /// Whether it is a voice, or silence.
    pub(crate) spoken: bool,
    /// Whether it turns out to be damaged when it is decoded.
    pub(crate) damaged: bool,
    /// How much sound is in it.
    pub(crate) samples: usize,
}

impl Default for Flight {
    fn default() -> Self {
        Self {
            arrives: 0,
            sequence: 0,
            timestamp: 0,
            spoken: true,
            damaged: false,
            samples: PACKET,
        }
    }
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
    /// Microseconds that the loudspeaker takes for one piece; [`PIECE_US`] is exact.
    pub(crate) piece_us: f64,
    due: f64,
}

impl Simulation {
    /// With this decoder, and without levelling, so that amplitudes can be compared.
    pub(crate) fn with(decoder: FakeDecoder) -> Self {
        let mut config = TalkerConfig::default();
        config.level.on = false;
        Self {
            talker: Talker::with_decoder(TalkerId(1), &config, Box::new(decoder)),
            epoch: Instant::now(),
            flights: Vec::new(),
            now: 0,
            heard: Vec::new(),
            delays: Vec::new(),
            piece_us: PIECE_US,
            due: 0.0,
        }
    }

    /// Each packet holds a copy of the one before, and tells nothing of what was earlier.
    pub(crate) fn plain() -> Self {
        Self::with(FakeDecoder::default())
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
                let payload = fake_packet(&flight);
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
            ..Flight::default()
        })
        .collect()
}

/// A network that loses this share in runs of `burst` packets on average (Gilbert-Elliott): whether it loses the next one.
pub(crate) fn losing(share: f64, burst: f64, seed: u64) -> impl FnMut() -> bool {
    let (mut dice, mut bad) = (Dice::new(seed), false);
    move || {
        bad = match (burst > 1.0, bad) {
            (false, _) => dice.throw() < share,
            (true, true) => dice.throw() < 1.0 - 1.0 / burst,
            (true, false) => dice.throw() < share / (1.0 - share) / burst,
        };
        bad
    }
}

/// The largest difference between neighbouring samples.
pub(crate) fn largest_step(sound: &[f32]) -> f32 {
    sound
        .windows(2)
        .map(|pair| (pair[1] - pair[0]).abs())
        .fold(0.0, f32::max)
}
