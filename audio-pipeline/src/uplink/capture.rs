//! The ring behind the microphone: the device's callback fills it, the voice thread takes blocks out.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use rtrb::{Consumer, Producer, RingBuffer};

use super::channels::{ChannelChoice, ChannelMixer};
use crate::frame::{BLOCK_SAMPLES, Block};
use crate::rt::{Beat, FromDevice, RateError};

/// Room in the ring: 0.7 s at 96 kHz.
const RING_SAMPLES: usize = 65_536;
/// With more than this waiting, the voice thread was held up: what is older than [`KEEP_MS`] is left out.
const LATE_MS: usize = 80;
const KEEP_MS: usize = 20;

#[derive(Default)]
struct Shared {
    beat: Beat,
    overruns: AtomicU32,
    callback: AtomicU32,
    /// From the first sample of a callback until the callback, as the device says, in microseconds.
    device_us: AtomicU32,
}

/// The device callback's end. Touches the ring and its counters only.
pub struct CaptureSink {
    ring: Producer<f32>,
    shared: Arc<Shared>,
    mixer: Box<ChannelMixer>,
}

impl CaptureSink {
    /// Notes how old the first sample of a callback is, as the device says. Callback thread.
    pub fn note_device_delay(&mut self, delay: Duration) {
        let microseconds = u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
        self.shared.device_us.store(microseconds, Ordering::Relaxed);
    }

    /// Takes a device buffer of `channels` interleaved channels, and makes one of them. Callback thread.
    pub fn push<T: Copy>(&mut self, buffer: &[T], channels: usize, convert: impl Fn(T) -> f32) {
        let channels = channels.max(1);
        let frames = buffer.len() / channels;
        self.shared.beat.note();
        self.shared
            .callback
            .fetch_max(frames as u32, Ordering::Relaxed);
        if self.ring.slots() < frames {
            self.shared.overruns.fetch_add(1, Ordering::Relaxed);
            return;
        }
        self.mixer.expect(channels);
        for frame in buffer.chunks_exact(channels) {
            let mixed = self.mixer.mix(frame, &convert);
            // The room was checked above.
            let _ = self.ring.push(mixed);
        }
    }
}

/// The voice thread's end before the device's rate is known.
pub struct CaptureRing {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
}

impl CaptureRing {
    /// Counts the device's callbacks.
    pub fn beat(&self) -> Beat {
        self.shared.beat.clone()
    }
}

/// Makes both ends. The feed learns its rate from [`CaptureFeed::new`] once the device is open.
pub fn capture_ring() -> (CaptureSink, CaptureRing) {
    capture_ring_of(ChannelChoice::default())
}

/// Makes both ends for a device of which these channels are heard.
pub fn capture_ring_of(choice: ChannelChoice) -> (CaptureSink, CaptureRing) {
    let (producer, consumer) = RingBuffer::new(RING_SAMPLES);
    let shared = Arc::new(Shared::default());
    (
        CaptureSink {
            ring: producer,
            shared: Arc::clone(&shared),
            mixer: Box::new(ChannelMixer::new(choice)),
        },
        CaptureRing {
            ring: consumer,
            shared,
        },
    )
}

/// The voice thread's end.
pub struct CaptureFeed {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    converter: FromDevice,
    rate: u32,
    room: Vec<f32>,
    skipped: u32,
    /// Samples at 48 kHz that were left out since the last block.
    left_out: u32,
}

impl CaptureFeed {
    /// Completes the voice thread's end for a device that runs at `rate`.
    ///
    /// # Errors
    /// A rate that cannot be converted from.
    pub fn new(ring: CaptureRing, rate: u32) -> Result<Self, RateError> {
        let converter = FromDevice::new(rate, BLOCK_SAMPLES)?;
        let room = vec![0.0; converter.needs_at_most()];
        let CaptureRing { ring, shared } = ring;
        Ok(Self {
            ring,
            shared,
            converter,
            rate,
            room,
            skipped: 0,
            left_out: 0,
        })
    }

    /// Takes the next block if a whole one is there. Voice thread; does not allocate.
    pub fn read(&mut self, block: &mut Block) -> bool {
        self.catch_up();
        let needs = self.converter.needs();
        if self.ring.slots() < needs || self.ring.pop_entire_slice(&mut self.room[..needs]).is_err()
        {
            return false;
        }
        self.converter
            .convert(&self.room[..needs], &mut block.samples);
        true
    }

    /// Leaves out what is too old to be worth sending.
    fn catch_up(&mut self) {
        let per_ms = self.rate as usize / 1_000;
        let waiting = self.ring.slots();
        if waiting <= LATE_MS * per_ms {
            return;
        }
        // In whole blocks, so that timestamps stay multiples of one.
        let blocks = (waiting - KEEP_MS * per_ms) / (10 * per_ms);
        if let Ok(chunk) = self.ring.read_chunk(blocks * self.rate as usize / 100) {
            chunk.commit_all();
            self.skipped += 1;
            self.left_out += (blocks * BLOCK_SAMPLES) as u32;
        }
    }

    /// How many samples at 48 kHz were left out since this was last asked: the sender's clock must pass over them.
    pub fn take_left_out(&mut self) -> u32 {
        std::mem::take(&mut self.left_out)
    }

    /// The device's rate, in samples a second.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// How often sound from the microphone was left out, because the ring was full or the voice thread late.
    pub fn overruns(&self) -> u32 {
        self.shared.overruns.load(Ordering::Relaxed) + self.skipped
    }

    /// What the device's buffer and the conversion add to the delay, in ms.
    pub fn delay_ms(&self) -> f32 {
        let callback =
            self.shared.callback.load(Ordering::Relaxed) as f32 * 1_000.0 / self.rate as f32;
        let told = self.shared.device_us.load(Ordering::Relaxed) as f32 / 1_000.0;
        // A device that says less than its own buffer does not know.
        let callback = callback.max(told);
        callback + crate::frame::samples_to_ms(self.converter.delay_samples() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_microphone_on_one_of_two_channels_comes_through_as_loud_as_it_is() {
        for (rate, frames) in [
            (48_000_u32, 480_usize),
            (44_100, 441),
            (16_000, 77),
            (96_000, 1_000),
        ] {
            let (mut sink, ring) = capture_ring();
            let mut feed = CaptureFeed::new(ring, rate).unwrap();
            let mut block = Block::silence();
            let (mut at, mut level) = (0, 0.0);
            while at < rate as usize / 2 {
                let buffer: Vec<f32> = (at..at + frames)
                    .flat_map(|index| {
                        let time = index as f32 / rate as f32;
                        [0.0, 0.5 * (time * 440.0 * std::f32::consts::TAU).sin()]
                    })
                    .collect();
                sink.push(&buffer, 2, |sample| sample);
                while feed.read(&mut block) {
                    level = block.level_dbfs();
                }
                at += frames;
            }
            assert!((level + 9.03).abs() < 0.3, "{level} dBFS at {rate} Hz");
            assert_eq!(feed.overruns(), 0);
        }
    }
}
