//! One talker's way from packets to sound: jitter buffer, decoder, time correction, level, volume.

use std::time::Instant;

use super::jitter::{Accept, JitterBuffer, JitterConfig, JitterStats, Next};
use super::level::{LevelConfig, Leveller};
use super::stretch::SoundQueue;
use crate::codec::{CodecError, DecoderEffort, MAX_PACKET_SAMPLES, OpusDecoder, SpeechDecoder};
use crate::frame::{SILENCE_DBFS, from_db, level_dbfs};
use crate::link::{ReceivedPacket, TalkerId};

/// Louder than this, a talker counts as speaking.
const SPEAKING_DBFS: f32 = -55.0;
/// Without sound for this many samples, a talker no longer counts as speaking (200 ms).
const SPEAKING_HOLD: usize = 9_600;
/// Samples to wait after a correction of time while little is amiss, and while much is (60 and 20 ms).
const CALM: usize = 2_880;
const HASTE: usize = 960;
/// Later than this is much, in samples (50 ms).
const MUCH: f32 = 2_400.0;
/// A correction in silence must be worth it, in samples (2 ms).
const WORTH: usize = 96;
/// A correction that is not worth looking for, in samples (1 ms).
const SHORT: f32 = 48.0;
/// The longest periods that are looked for one after the other, in samples (5, 10 and 15 ms).
const PERIODS: [usize; 3] = [240, 480, 720];
/// After a place to cut was looked for in vain, this many samples pass.
const AGAIN: usize = 480;
/// Sound that begins after silence is faded in over this many samples (2.5 ms).
const FADE_IN: usize = 120;
/// What is invented comes in multiples of this, in samples.
const STEP: usize = 120;
/// By how much sound becomes louder with each sample when it comes back while what was invented fades out (5 ms for all).
const COME_BACK: f32 = 1.0 / 240.0;

/// How a talker is played.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TalkerConfig {
    /// Delay against the network's unevenness.
    pub jitter: JitterConfig,
    /// Loudness levelling.
    pub level: LevelConfig,
    /// Volume, 0 to 4; 1 leaves it as it is.
    pub volume: Volume,
    /// Whether those without are lowered while this one speaks.
    pub priority: bool,
}

/// A volume factor within 0..=4.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Volume(f32);

impl Volume {
    /// A volume from a factor, put within bounds; what is no number becomes 1.
    #[must_use]
    pub fn new(factor: f32) -> Self {
        Self(if factor.is_finite() {
            factor.clamp(0.0, 4.0)
        } else {
            1.0
        })
    }

    /// The factor.
    pub fn factor(self) -> f32 {
        self.0
    }
}

impl Default for Volume {
    fn default() -> Self {
        Self(1.0)
    }
}

/// What one piece of a talker's sound was like.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rendered {
    /// Level before the volume, in dBFS.
    pub level_dbfs: f32,
    /// Whether the talker is speaking.
    pub speaking: bool,
}

/// Everything that belongs to one talker.
pub struct Talker {
    id: TalkerId,
    jitter: JitterBuffer,
    decoder: Box<dyn SpeechDecoder>,
    queue: SoundQueue,
    leveller: Leveller,
    volume: Volume,
    priority: bool,
    current: f32,
    scratch: Vec<f32>,
    /// How loud the end of what was decoded is: below 1 after sound that was invented for long.
    gain: f32,
    calm_for: usize,
    fade_in: usize,
    quiet_for: usize,
}

impl Talker {
    /// A talker whose packets are Opus. Allocates: not on the voice thread.
    ///
    /// # Errors
    /// The decoder could not be created.
    pub fn new(id: TalkerId, config: &TalkerConfig) -> Result<Self, CodecError> {
        Ok(Self::with_decoder(
            id,
            config,
            Box::new(OpusDecoder::with_effort(DecoderEffort::Clearest)?),
        ))
    }

    /// A talker with another decoder.
    #[must_use]
    pub fn with_decoder(
        id: TalkerId,
        config: &TalkerConfig,
        decoder: Box<dyn SpeechDecoder>,
    ) -> Self {
        Self {
            id,
            jitter: JitterBuffer::new(config.jitter.clone()),
            decoder,
            queue: SoundQueue::new(),
            leveller: Leveller::new(&config.level),
            volume: config.volume,
            priority: config.priority,
            current: config.volume.factor(),
            scratch: vec![0.0; MAX_PACKET_SAMPLES],
            gain: 1.0,
            calm_for: 0,
            fade_in: FADE_IN,
            quiet_for: SPEAKING_HOLD,
        }
    }

    /// Whose voice this is.
    pub fn id(&self) -> TalkerId {
        self.id
    }

    /// Takes a packet. Voice thread.
    pub fn push(&mut self, packet: &ReceivedPacket) -> Accept {
        let Some(samples) = self.decoder.samples_in(packet.payload()) else {
            self.jitter.refused();
            return Accept::Damaged;
        };
        let copy = self.decoder.can_restore(packet.payload());
        self.jitter.holds_copy(copy);
        self.jitter.push(packet, samples)
    }

    /// Sets the volume; it is reached within the next piece of sound. Voice thread.
    pub fn set_volume(&mut self, volume: Volume) {
        self.volume = volume;
    }

    /// Lets others be lowered while this one speaks, or not. Voice thread.
    pub fn set_priority(&mut self, priority: bool) {
        self.priority = priority;
    }

    /// Whether others are lowered while this one speaks.
    pub fn has_priority(&self) -> bool {
        self.priority
    }

    /// Whether anything is to be heard of this one at all.
    pub fn is_audible(&self) -> bool {
        self.volume.factor() > 0.0
    }

    /// Turns levelling on or off. Voice thread.
    pub fn set_levelling(&mut self, on: bool) {
        self.leveller.set_on(on);
    }

    /// Counters and delays of the jitter buffer.
    pub fn stats(&self) -> JitterStats {
        self.jitter.stats()
    }

    /// Fills `output` with the sound to be heard at `now`. Voice thread; does not allocate.
    pub fn render(&mut self, now: Instant, output: &mut [f32]) -> Rendered {
        self.fill(now, output.len());
        self.correct(now, output.len());
        let count = self.queue.pop(output);
        output[count..].fill(0.0);
        self.fade(&mut output[..count], count);
        let level = if count == 0 {
            SILENCE_DBFS
        } else {
            level_dbfs(output)
        };
        self.quiet_for = if level > SPEAKING_DBFS {
            0
        } else {
            self.quiet_for.saturating_add(output.len())
        };
        let levelled = from_db(self.leveller.gain_db(level, output.len()));
        let wanted = self.volume.factor() * levelled;
        let step = (wanted - self.current) / output.len() as f32;
        for sample in &mut output[..] {
            self.current += step;
            *sample *= self.current;
        }
        self.current = wanted;
        Rendered {
            level_dbfs: level,
            speaking: self.quiet_for < SPEAKING_HOLD,
        }
    }

    /// Decodes until `wanted` samples wait or there is nothing to play.
    fn fill(&mut self, now: Instant, wanted: usize) {
        // Every round adds sound or ends it; the bound only guards against a decoder that gives nothing.
        for _ in 0..16 {
            if self.queue.len() >= wanted || !self.decode_next(now) {
                return;
            }
        }
    }

    /// Gets some more sound into the queue; `false` when there is none.
    fn decode_next(&mut self, now: Instant) -> bool {
        let decoder = &mut *self.decoder;
        let sound = &mut self.scratch;
        // What to invent where decoding fails: a damaged packet is no better than a lost one.
        let (written, length) = match self.jitter.next(now, decoder) {
            Next::Packet { payload, samples } => (
                decoder.decode(payload, sound).map(|samples| 0..samples),
                samples,
            ),
            Next::Copy {
                next,
                samples,
                keep,
            } => {
                let restored = decoder.restore(next, &mut sound[..samples]);
                (
                    restored.map(|restored| restored.saturating_sub(keep)..restored),
                    keep,
                )
            }
            Next::Deep { offset, samples } => {
                let restored = decoder.restore_from(offset, &mut sound[..samples]);
                (restored.map(|restored| 0..restored), samples)
            }
            Next::Conceal { samples, gain } => {
                self.conceal(samples, gain);
                return true;
            }
            Next::Quiet(samples) => {
                sound[..samples].fill(0.0);
                self.gain = 0.0;
                self.queue.push(&sound[..samples]);
                return true;
            }
            Next::Silence => return false,
        };
        if let Ok(range) = written {
            let sound = &mut sound[range];
            for sample in &mut *sound {
                if self.gain >= 1.0 {
                    break;
                }
                self.gain = (self.gain + COME_BACK).min(1.0);
                *sample *= self.gain;
            }
            self.queue.push(sound);
        } else {
            self.jitter.refused();
            let length = length.div_ceil(STEP) * STEP;
            self.conceal(length.clamp(STEP, MAX_PACKET_SAMPLES), [1.0, 1.0]);
        }
        true
    }

    /// Invents sound, as loud as `gain` says in the beginning and in the end.
    fn conceal(&mut self, samples: usize, [begin, end]: [f32; 2]) {
        let sound = &mut self.scratch[..samples];
        if self.decoder.conceal(sound).is_err() {
            sound.fill(0.0);
        }
        // Never louder than what was before: after silence there is nothing to go on from.
        let (begin, end) = (begin.min(self.gain), end.min(self.gain));
        if begin < 1.0 || end < 1.0 {
            let step = (end - begin) / samples as f32;
            let mut gain = begin;
            for sample in sound.iter_mut() {
                gain += step;
                *sample *= gain;
            }
        }
        self.gain = end;
        self.queue.push(sound);
    }

    /// Brings the delay closer to its target by leaving out or adding a little sound.
    fn correct(&mut self, now: Instant, quantum: usize) {
        let Some(spare) = self.jitter.spare(now, self.queue.len()) else {
            return;
        };
        self.calm_for = self.calm_for.saturating_sub(quantum);
        if self.calm_for > 0 {
            return;
        }
        let remainder = (self.queue.len() % quantum) as f32;
        let shifted = if spare > remainder {
            self.shrink(now, spare, quantum)
        } else {
            self.stretch(spare, quantum)
        };
        if shifted != 0 {
            self.jitter.shifted(shifted);
            self.calm_for = if spare > MUCH { HASTE } else { CALM };
        } else if spare.abs() > SHORT {
            // What was looked for and not found is not there a moment later either.
            self.calm_for = AGAIN;
        }
    }

    fn shrink(&mut self, now: Instant, spare: f32, quantum: usize) -> i64 {
        let most = spare as usize;
        if most < WORTH {
            return 0;
        }
        while !self.queue.can_shrink() && self.jitter.is_ready() && self.decode_next(now) {}
        let remainder = self.queue.len() % quantum;
        if self.queue.is_silent() {
            // So much that the packets line up with the pieces again: then none has to come earlier than needed.
            let most = most.min(self.queue.shrinkable_silence());
            let aligned = remainder + most.saturating_sub(remainder) / quantum * quantum;
            return if (WORTH..=most).contains(&aligned) {
                self.queue.shrink(aligned, -1.0) as i64
            } else {
                0
            };
        }
        let likeness = match spare {
            _ if spare > 2.0 * MUCH => -1.0,
            _ if spare > MUCH => 0.4,
            _ => 0.7,
        };
        self.queue
            .shrink(most.saturating_sub(quantum - 1), likeness) as i64
    }

    fn stretch(&mut self, spare: f32, quantum: usize) -> i64 {
        let remainder = self.queue.len() % quantum;
        let short = remainder as f32 - spare;
        if self.queue.is_silent() {
            if short < WORTH as f32 {
                return 0;
            }
            let needed = (-spare).max(0.0) as usize;
            let aligned = (quantum - remainder)
                + needed.saturating_sub(quantum - remainder).div_ceil(quantum) * quantum;
            return -(self.queue.stretch(aligned, -1.0) as i64);
        }
        if short < self.jitter.target() / 2.0 {
            // There is time: no more than is needed.
            return if short < quantum as f32 {
                0
            } else {
                -(self.queue.stretch(short as usize, 0.7) as i64)
            };
        }
        // Of a voice only whole periods can be played again: the shortest that is enough, or else a longer one, before nothing
        // is left to play.
        let tries = PERIODS
            .into_iter()
            .filter(|&longest| longest as f32 >= short.min(PERIODS[2] as f32));
        let mut added = tries.map(|longest| self.queue.stretch(longest, 0.7));
        -(added.find(|&added| added > 0).unwrap_or(0) as i64)
    }

    /// Fades in what begins after silence.
    fn fade(&mut self, sound: &mut [f32], count: usize) {
        if count == 0 {
            self.fade_in = FADE_IN;
            return;
        }
        for sample in sound {
            if self.fade_in == 0 {
                return;
            }
            *sample *= 1.0 - self.fade_in as f32 / FADE_IN as f32;
            self.fade_in -= 1;
        }
    }
}
