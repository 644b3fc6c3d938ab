//! The ring before the loudspeaker: the voice thread keeps it just full enough, the device's callback empties it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use rtrb::{Consumer, Producer, RingBuffer};

use crate::frame::SAMPLE_RATE;
use crate::rt::{Beat, RateError, ToDevice};

/// The mix is made in pieces of this many samples (5 ms): shorter pieces keep the ring emptier.
pub const PLAYBACK_QUANTUM: usize = 240;

/// Room in the ring, in seconds of the fastest device.
const RING_SAMPLES: usize = 65_536;
/// Head start that the ring keeps over the device, in ms, at first and at most.
const FIRST_MARGIN_MS: f32 = 2.0;
const MOST_MARGIN_MS: f32 = 30.0;
/// So many pieces without underrun take a millisecond off again (20 s).
const CALM_PIECES: u32 = 4_000;
/// Each underrun adds this, in ms.
const MARGIN_STEP_MS: f32 = 2.0;

/// Over how many callbacks the longest is sought: a device may ask for a lot once, when it starts.
const WINDOW: u32 = 32;

#[derive(Default)]
struct Shared {
    beat: Beat,
    /// The longest callback of late, in frames.
    callback: AtomicU32,
    underruns: AtomicU32,
}

/// The device callback's end. Touches the ring and two counters only.
pub struct PlaybackSink {
    ring: Consumer<f32>,
    shared: Arc<Shared>,
    started: bool,
    longest: [u32; 2],
    counted: u32,
}

impl PlaybackSink {
    /// Fills a device buffer of `channels` interleaved channels; each gets the same sound. Callback thread.
    pub fn fill<T>(&mut self, buffer: &mut [T], channels: usize, convert: impl Fn(f32) -> T)
    where
        T: Copy,
    {
        let frames = buffer.len() / channels.max(1);
        self.shared.beat.note();
        self.note_length(frames as u32);
        let ready = self.ring.slots().min(frames);
        self.started |= ready > 0;
        if self.started && ready < frames {
            self.shared.underruns.fetch_add(1, Ordering::Relaxed);
        }
        let silence = convert(0.0);
        for frame in buffer.chunks_mut(channels.max(1)) {
            let value = self.ring.pop().map_or(silence, &convert);
            frame.fill(value);
        }
    }

    /// Publishes the longest callback of this window and the one before.
    fn note_length(&mut self, frames: u32) {
        let [current, before] = &mut self.longest;
        *current = frames.max(*current);
        self.shared
            .callback
            .store((*current).max(*before), Ordering::Relaxed);
        self.counted += 1;
        if self.counted == WINDOW {
            self.longest = [0, *current];
            self.counted = 0;
        }
    }
}

/// How full the ring is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlaybackFill {
    /// Sound waiting in the ring, in ms.
    pub waiting_ms: f32,
    /// The longest callback of late, in ms.
    pub callback_ms: f32,
    /// How often the device found too little.
    pub underruns: u32,
}

/// The voice thread's end.
pub struct PlaybackFeed {
    ring: Producer<f32>,
    shared: Arc<Shared>,
    converter: ToDevice,
    rate: u32,
    room: Vec<f32>,
    margin_ms: f32,
    seen_underruns: u32,
    calm: u32,
}

/// Makes both ends for a device that will ask for about `callback` frames at a time. The feed learns its rate from
/// [`PlaybackFeed::new`] once the device is open.
pub fn playback_ring(callback: u32) -> (PlaybackSink, PlaybackRing) {
    let (producer, consumer) = RingBuffer::new(RING_SAMPLES);
    let shared = Arc::new(Shared {
        beat: Beat::default(),
        callback: AtomicU32::new(callback),
        underruns: AtomicU32::new(0),
    });
    let sink = PlaybackSink {
        ring: consumer,
        shared: Arc::clone(&shared),
        started: false,
        longest: [0; 2],
        counted: 0,
    };
    (
        sink,
        PlaybackRing {
            ring: producer,
            shared,
        },
    )
}

/// The voice thread's end before the device's rate is known.
pub struct PlaybackRing {
    ring: Producer<f32>,
    shared: Arc<Shared>,
}

impl PlaybackRing {
    /// Counts the device's callbacks.
    pub fn beat(&self) -> Beat {
        self.shared.beat.clone()
    }
}

impl PlaybackFeed {
    /// Completes the voice thread's end for a device that runs at `rate`.
    ///
    /// # Errors
    /// A rate that cannot be converted to.
    pub fn new(ring: PlaybackRing, rate: u32) -> Result<Self, RateError> {
        let converter = ToDevice::new(rate, PLAYBACK_QUANTUM)?;
        let room = vec![0.0; converter.gives_at_most()];
        let PlaybackRing { ring, shared } = ring;
        Ok(Self {
            ring,
            shared,
            converter,
            rate,
            room,
            margin_ms: FIRST_MARGIN_MS,
            seen_underruns: 0,
            calm: 0,
        })
    }

    fn waiting(&self) -> usize {
        RING_SAMPLES - self.ring.slots()
    }

    /// Whether the ring wants another piece. Voice thread.
    pub fn wants(&mut self) -> bool {
        let underruns = self.shared.underruns.load(Ordering::Relaxed);
        if underruns != self.seen_underruns {
            self.seen_underruns = underruns;
            self.margin_ms = (self.margin_ms + MARGIN_STEP_MS).min(MOST_MARGIN_MS);
            self.calm = 0;
        }
        let margin = (self.margin_ms * self.rate as f32 / 1_000.0) as usize;
        let callback = self.shared.callback.load(Ordering::Relaxed) as usize;
        let wanted = (callback + margin).min(RING_SAMPLES / 2);
        self.waiting() < wanted
    }

    /// Writes one piece of [`PLAYBACK_QUANTUM`] samples. Voice thread; does not allocate.
    pub fn write(&mut self, piece: &[f32]) {
        self.calm += 1;
        if self.calm == CALM_PIECES {
            self.calm = 0;
            self.margin_ms = (self.margin_ms - 1.0).max(FIRST_MARGIN_MS);
        }
        let written = self.converter.convert(piece, &mut self.room);
        // `wants` keeps the ring half empty, so everything fits.
        let _ = self.ring.push_partial_slice(&self.room[..written]);
    }

    /// How full the ring is.
    pub fn level(&self) -> PlaybackFill {
        let ms = |frames: usize| frames as f32 * 1_000.0 / self.rate as f32;
        PlaybackFill {
            waiting_ms: ms(self.waiting() + self.converter.delay_samples()),
            callback_ms: ms(self.shared.callback.load(Ordering::Relaxed) as usize),
            underruns: self.seen_underruns,
        }
    }

    /// The device's rate in Hz; [`SAMPLE_RATE`] needs no conversion.
    pub fn is_converting(&self) -> bool {
        self.rate != SAMPLE_RATE
    }
}
