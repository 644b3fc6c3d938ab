//! What the loudspeaker really played, for the echo canceller: in step with the microphone, whatever the two devices' clocks and rates.
//!
//! ```text
//! loudspeaker's callback -> ring -> 48 kHz, a little faster or slower -> one block for each block of the microphone
//!                            |__ how full it would be without callbacks' lumps
//! ```
//!
//! The ring is kept almost empty: what is compared must not come later than its echo, and that takes at least as long as the devices' buffers.

use rtrb::{Consumer, Producer, RingBuffer};

use crate::frame::BLOCK_SAMPLES;
use crate::rt::{FromDevice, RateError};

/// Room in the ring: a third of a second of the fastest device.
const RING_SAMPLES: usize = 65_536;
/// What stays in the ring just before a callback, in ms: at first, at most, and what each time adds at which it was not enough.
const KEEP_MS: f32 = 3.0;
const MOST_KEEP_MS: f32 = 40.0;
const KEEP_STEP_MS: f32 = 3.0;
/// More than this waits only after a stall of the microphone; what is too old is left out, in ms.
const MOST_MS: f32 = 120.0;
/// The speed is looked at after so many blocks (1 s).
const WINDOW_BLOCKS: u32 = 100;
/// What is too much or too little is made up for in this time, in ms.
const MAKE_UP_MS: f32 = 5_000.0;
/// The speed changes by this share at most: no two clocks are further apart.
const MOST_DRIFT: f32 = 500e-6;

/// The loudspeaker callback's end.
pub(super) struct TapSink(Producer<f32>);

impl TapSink {
    /// Notes a sample that is played. Callback thread.
    pub(super) fn note(&mut self, sample: f32) {
        // Where nobody listens the ring is full, and what does not fit is not missed.
        let _ = self.0.push(sample);
    }
}

/// The voice thread's end before the device's rate is known.
pub(super) struct TapRing(Consumer<f32>);

/// The voice thread's end.
pub(super) struct Tap {
    ring: Consumer<f32>,
    converter: FromDevice,
    room: Vec<f32>,
    rate: u32,
    keep_ms: f32,
    /// How full the ring was in this window, in all.
    levels: f32,
    blocks: u32,
    /// Whether enough has come to begin with.
    runs: bool,
}

pub(super) fn tap_ring() -> (TapSink, TapRing) {
    let (producer, consumer) = RingBuffer::new(RING_SAMPLES);
    (TapSink(producer), TapRing(consumer))
}

impl Tap {
    /// # Errors
    /// A rate that cannot be converted from.
    pub(super) fn new(ring: TapRing, rate: u32) -> Result<Self, RateError> {
        let converter = FromDevice::steered(rate, BLOCK_SAMPLES)?;
        Ok(Self {
            ring: ring.0,
            room: vec![0.0; converter.needs_at_most()],
            converter,
            rate,
            keep_ms: KEEP_MS,
            levels: 0.0,
            blocks: 0,
            runs: false,
        })
    }

    fn frames(&self, ms: f32) -> f32 {
        ms / 1_000.0 * self.rate as f32
    }

    /// What was played during a block of the microphone. The device asks for `callback` frames at a time, and has `since` frames to go of
    /// them since it did so last. `false`: it is not known. Voice thread; does not allocate.
    pub(super) fn read(
        &mut self,
        block: &mut [f32; BLOCK_SAMPLES],
        callback: usize,
        since: f32,
    ) -> bool {
        let needs = self.converter.needs();
        let wanted = callback as f32 + self.frames(self.keep_ms);
        let level = |ring: &Consumer<f32>| ring.slots() as f32 - needs as f32 + since;
        if level(&self.ring) > wanted + self.frames(MOST_MS) {
            self.leave_out((level(&self.ring) - wanted) as usize);
        }
        let level = level(&self.ring);
        if self.ring.slots() < needs {
            if self.runs {
                self.keep_ms = (self.keep_ms + KEEP_STEP_MS).min(MOST_KEEP_MS);
            }
            self.runs = false;
        }
        self.runs |= level >= wanted;
        if !self.runs || self.ring.pop_entire_slice(&mut self.room[..needs]).is_err() {
            // The loudspeaker has stopped, or is late: it is waited for.
            return false;
        }
        self.converter.convert(&self.room[..needs], block);
        self.levels += level - wanted;
        self.blocks += 1;
        if self.blocks == WINDOW_BLOCKS {
            self.steer();
        }
        true
    }

    /// Goes faster where more waits than should, slower where less.
    fn steer(&mut self) {
        let over_ms = self.levels / self.blocks as f32 * 1_000.0 / self.rate as f32;
        let drift = (over_ms / MAKE_UP_MS).clamp(-MOST_DRIFT, MOST_DRIFT);
        // More of the device's samples for as many at 48 kHz: a lower ratio.
        self.converter.steer(1.0 - f64::from(drift));
        self.levels = 0.0;
        self.blocks = 0;
    }

    fn leave_out(&mut self, frames: usize) {
        if let Ok(chunk) = self.ring.read_chunk(frames) {
            chunk.commit_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A loudspeaker that calls with `frames` at a time and whose clock is `ppm` faster than the microphone's: gives how
    /// late what is read is, in ms after it was played, block by block.
    fn lateness(rate: u32, frames: usize, ppm: f64, seconds: usize) -> Vec<f32> {
        let (mut sink, ring) = tap_ring();
        let mut tap = Tap::new(ring, rate).unwrap();
        let (mut played, mut late) = (0_usize, Vec::new());
        for index in 1..=seconds * 100 {
            // Each sample says when it was played, in seconds of the microphone's clock.
            let now = index as f64 / 100.0;
            while (played + frames) as f64 / f64::from(rate) / (1.0 + ppm * 1e-6) <= now {
                for _ in 0..frames {
                    sink.note((played as f64 / f64::from(rate) / (1.0 + ppm * 1e-6)) as f32);
                    played += 1;
                }
            }
            let mut block = [0.0; BLOCK_SAMPLES];
            let called = played as f64 / f64::from(rate) / (1.0 + ppm * 1e-6);
            let since = ((now - called) * f64::from(rate)) as f32;
            if tap.read(&mut block, frames, since) {
                late.push((now as f32 - block[BLOCK_SAMPLES - 1]) * 1_000.0);
            }
        }
        late
    }

    #[test]
    fn what_was_played_comes_soon_and_at_an_even_distance() {
        for (rate, frames) in [(48_000, 480), (48_000, 256), (44_100, 441), (16_000, 320)] {
            let late = lateness(rate, frames, 0.0, 40);
            assert!(late.len() > 3_900, "{rate} Hz: {} blocks", late.len());
            let most = late.iter().copied().fold(0.0, f32::max);
            let period_ms = frames as f32 * 1_000.0 / rate as f32;
            assert!(most < 2.0 * period_ms + 12.0, "{rate} Hz: {most} ms late");
            let settled = &late[3_000..];
            let least = settled.iter().copied().fold(f32::MAX, f32::min);
            let most = settled.iter().copied().fold(0.0, f32::max);
            assert!(most - least < 0.6, "{rate} Hz: from {least} to {most} ms");
        }
    }

    #[test]
    fn two_clocks_are_followed_without_a_jump() {
        for ppm in [-200.0, -50.0, 50.0, 200.0] {
            let late = lateness(48_000, 480, ppm, 120);
            let settled = &late[3_000..];
            let jumps = settled.windows(2).map(|pair| (pair[1] - pair[0]).abs());
            let most = jumps.fold(0.0, f32::max);
            assert!(most < 0.2, "{ppm} ppm: a jump of {most} ms");
            let drift = (settled[settled.len() - 1] - settled[0]).abs();
            assert!(drift < 2.5, "{ppm} ppm: {drift} ms further after 90 s");
        }
    }

    #[test]
    fn after_a_stall_of_the_microphone_what_is_old_is_left_out() {
        let (mut sink, ring) = tap_ring();
        let mut tap = Tap::new(ring, 48_000).unwrap();
        for sample in 0..48_000 {
            sink.note(sample as f32);
        }
        let mut block = [0.0; BLOCK_SAMPLES];
        while tap.read(&mut block, 480, 0.0) {}
        assert!(
            block[BLOCK_SAMPLES - 1] > 47_000.0,
            "{}",
            block[BLOCK_SAMPLES - 1]
        );
        // Where nothing is played nothing is made up.
        assert!(!tap.read(&mut block, 480, 0.0));
    }
}
