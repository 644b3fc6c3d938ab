//! The ring before the loudspeaker: the voice thread fills it just before the device's callback empties it.
//!
//! ```text
//! callback          callback          callback       time ->
//!    |<---- period ---->|<---- period ---->|
//!    |            |lead|            |lead|            the sound for a callback is mixed `lead` before it
//! ```
//!
//! What is mixed later has waited for more packets: mixing a whole callback ahead would cost up to a period of delay.
//! The lead begins generous and comes down as far as the callbacks show that there is time to spare: a call whose delay
//! shrinks is pleasant, one whose delay grows with each gap is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer, RingBuffer};

use super::tap::{Tap, TapRing, TapSink, tap_ring};
use crate::frame::{Played, SAMPLE_RATE};
use crate::rt::{Beat, RateError, ToDevice};

/// The mix is made in pieces of this many samples (2.5 ms): shorter pieces keep the ring emptier.
pub const PLAYBACK_QUANTUM: usize = 120;
/// How long one piece of the mix is.
pub const PLAYBACK_PERIOD: Duration =
    Duration::from_micros(PLAYBACK_QUANTUM as u64 * 1_000_000 / SAMPLE_RATE as u64);

/// Room in the ring, in seconds of the fastest device.
const RING_SAMPLES: usize = 65_536;
/// The ring is filled for a callback this long before it is expected, in ms, at first, at least and at most: time for the
/// mix and for being woken late.
const FIRST_LEAD_MS: f32 = 6.0;
const LEAST_LEAD_MS: f32 = 3.0;
const MOST_LEAD_MS: f32 = 30.0;
/// After so many pieces without underrun (5 s) the lead may come down; after each underrun it is twice as long.
const CALM_PIECES: u32 = 2_000;
const LONGEST_CALM: u32 = CALM_PIECES * 64;
/// An underrun this many pieces or less after the one before (60 s) is no bad luck but a habit: ...
const HABIT_PIECES: u32 = 24_000;
/// ... it adds this to the lead, in ms.
const LEAD_STEP_MS: f32 = 2.0;
/// The lead comes down by this in one step, in ms, ...
const LEAD_DOWN_MS: f32 = 1.0;
/// ... and only as far as each callback of the calm time still found its sound ready so long before, in ms.
const LEAST_MARGIN_MS: f32 = 2.0;

/// Over how many callbacks the longest is sought: a device may ask for a lot once, when it starts.
const WINDOW: u32 = 32;

#[derive(Default)]
struct Shared {
    beat: Beat,
    /// The longest callback of late, in frames.
    callback: AtomicU32,
    underruns: AtomicU32,
    /// When the last callback came, in nanoseconds since `origin`; 0: none has.
    called: AtomicU64,
    /// Since when the next callback's sound is ready, in nanoseconds since `origin`.
    ready: AtomicU64,
    /// The shortest time that the sound of a callback has been ready before it, in microseconds, since it was last asked for.
    margin_us: AtomicU32,
    /// From the callback until its sound is heard, as the device says, in microseconds.
    device_us: AtomicU32,
}

/// The device callback's end. Touches the ring and counters only.
pub struct PlaybackSink {
    ring: Consumer<f32>,
    tap: TapSink,
    shared: Arc<Shared>,
    origin: Instant,
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
        self.fill_at(Instant::now(), buffer, channels, convert);
    }

    /// As [`PlaybackSink::fill`], in a callback that came at `now`.
    pub fn fill_at<T>(
        &mut self,
        now: Instant,
        buffer: &mut [T],
        channels: usize,
        convert: impl Fn(f32) -> T,
    ) where
        T: Copy,
    {
        let frames = buffer.len() / channels.max(1);
        let since = nanoseconds(self.origin, now);
        self.shared.called.store(since, Ordering::Relaxed);
        self.shared.beat.note();
        self.note_length(frames as u32);
        let waiting = self.ring.slots();
        let ready = waiting.min(frames);
        self.started |= ready > 0;
        if self.started && ready < frames {
            self.shared.underruns.fetch_add(1, Ordering::Relaxed);
        }
        self.note_margin(since, waiting - ready);
        let silence = convert(0.0);
        for frame in buffer.chunks_mut(channels.max(1)) {
            let sample = self.ring.pop();
            self.tap.note(sample.unwrap_or(0.0));
            frame.fill(sample.map_or(silence, &convert));
        }
    }

    /// Notes how long after the callback its sound is heard, as the device says. Callback thread.
    pub fn note_device_delay(&mut self, delay: Duration) {
        let microseconds = u32::try_from(delay.as_micros()).unwrap_or(u32::MAX);
        self.shared.device_us.store(microseconds, Ordering::Relaxed);
    }

    /// Notes how long the sound of a callback at `since` has been ready; `left` frames remain for the next one.
    fn note_margin(&self, since: u64, left: usize) {
        let margin = since.saturating_sub(self.shared.ready.load(Ordering::Relaxed)) / 1_000;
        let margin = u32::try_from(margin).unwrap_or(u32::MAX);
        self.shared.margin_us.fetch_min(margin, Ordering::Relaxed);
        if left >= self.shared.callback.load(Ordering::Relaxed) as usize {
            self.shared.ready.store(since, Ordering::Relaxed);
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
    /// From the mix until the device takes the sound, in ms; a running average.
    pub waiting_ms: f32,
    /// From there until it is heard, in ms: as the device says, or else one callback.
    pub device_ms: f32,
    /// How often the device found too little.
    pub underruns: u32,
}

/// The voice thread's end.
pub struct PlaybackFeed {
    ring: Producer<f32>,
    tap: Tap,
    shared: Arc<Shared>,
    converter: ToDevice,
    rate: u32,
    room: Vec<f32>,
    origin: Instant,
    lead_ms: f32,
    seen_underruns: u32,
    /// Pieces since the last underrun, or since the beginning.
    smooth: u32,
    calm_needed: u32,
    waiting_ms: f32,
}

/// Makes both ends for a device that will ask for about `callback` frames at a time. The feed learns its rate from
/// [`PlaybackFeed::new`] once the device is open.
pub fn playback_ring(callback: u32) -> (PlaybackSink, PlaybackRing) {
    let (producer, consumer) = RingBuffer::new(RING_SAMPLES);
    let (tap_sink, tap_ring) = tap_ring();
    let shared = Arc::new(Shared {
        beat: Beat::default(),
        callback: AtomicU32::new(callback),
        underruns: AtomicU32::new(0),
        called: AtomicU64::new(0),
        ready: AtomicU64::new(0),
        margin_us: AtomicU32::new(u32::MAX),
        device_us: AtomicU32::new(0),
    });
    let origin = Instant::now();
    let sink = PlaybackSink {
        ring: consumer,
        tap: tap_sink,
        shared: Arc::clone(&shared),
        origin,
        started: false,
        longest: [0; 2],
        counted: 0,
    };
    (
        sink,
        PlaybackRing {
            ring: producer,
            tap: tap_ring,
            shared,
            origin,
        },
    )
}

/// The voice thread's end before the device's rate is known.
pub struct PlaybackRing {
    ring: Producer<f32>,
    tap: TapRing,
    shared: Arc<Shared>,
    origin: Instant,
}

impl PlaybackRing {
    /// Counts the device's callbacks.
    pub fn beat(&self) -> Beat {
        self.shared.beat.clone()
    }
}

/// A moment as it goes into an atomic; never 0.
fn nanoseconds(origin: Instant, moment: Instant) -> u64 {
    let since = moment.saturating_duration_since(origin).as_nanos();
    u64::try_from(since).unwrap_or(u64::MAX).max(1)
}

impl PlaybackFeed {
    /// Completes the voice thread's end for a device that runs at `rate`.
    ///
    /// # Errors
    /// A rate that cannot be converted to.
    pub fn new(ring: PlaybackRing, rate: u32) -> Result<Self, RateError> {
        let converter = ToDevice::new(rate, PLAYBACK_QUANTUM)?;
        let room = vec![0.0; converter.gives_at_most()];
        let PlaybackRing {
            ring,
            tap,
            shared,
            origin,
        } = ring;
        Ok(Self {
            ring,
            tap: Tap::new(tap, rate)?,
            shared,
            converter,
            rate,
            room,
            origin,
            lead_ms: FIRST_LEAD_MS,
            seen_underruns: 0,
            smooth: 0,
            calm_needed: CALM_PIECES,
            waiting_ms: 0.0,
        })
    }

    fn waiting(&self) -> usize {
        RING_SAMPLES - self.ring.slots()
    }

    fn ms(&self, frames: usize) -> f32 {
        frames as f32 * 1_000.0 / self.rate as f32
    }

    fn callback(&self) -> usize {
        (self.shared.callback.load(Ordering::Relaxed) as usize).max(1)
    }

    /// Time since the last callback in ms, a period at most: a late one is not waited for twice.
    fn elapsed_ms(&self, now: Instant, period_ms: f32) -> f32 {
        let called = self.shared.called.load(Ordering::Relaxed);
        if called == 0 {
            return period_ms;
        }
        let since = Duration::from_nanos(nanoseconds(self.origin, now).saturating_sub(called));
        (since.as_secs_f32() * 1_000.0).min(period_ms)
    }

    /// Whether the ring wants another piece at `now`. Voice thread.
    pub fn wants(&mut self, now: Instant) -> bool {
        let underruns = self.shared.underruns.load(Ordering::Relaxed);
        if underruns != self.seen_underruns {
            if self.seen_underruns > 0 && self.smooth <= HABIT_PIECES {
                self.lead_ms = (self.lead_ms + LEAD_STEP_MS).min(MOST_LEAD_MS);
            }
            self.seen_underruns = underruns;
            self.smooth = 0;
            self.calm_needed = (self.calm_needed * 2).min(LONGEST_CALM);
            self.shared.margin_us.store(u32::MAX, Ordering::Relaxed);
        }
        let callback = self.callback();
        let period_ms = self.ms(callback);
        // The callbacks that come within the lead; between two of them perhaps none.
        let coming = (self.elapsed_ms(now, period_ms) + self.lead_ms) / period_ms;
        let wanted = (callback * coming as usize).min(RING_SAMPLES / 2);
        self.waiting() < wanted
    }

    /// Writes one piece of [`PLAYBACK_QUANTUM`] samples, mixed at `now`. Voice thread; does not allocate.
    pub fn write(&mut self, now: Instant, piece: &[f32]) {
        self.smooth = self.smooth.saturating_add(1);
        if self.smooth.is_multiple_of(self.calm_needed) {
            self.come_down();
        }
        self.note_waiting(now);
        let (waiting, callback) = (self.waiting(), self.callback());
        let written = self.converter.convert(piece, &mut self.room);
        if waiting < callback && waiting + written >= callback {
            let now = nanoseconds(self.origin, now);
            self.shared.ready.store(now, Ordering::Relaxed);
        }
        // `wants` keeps the ring half empty, so everything fits.
        let _ = self.ring.push_partial_slice(&self.room[..written]);
    }

    /// Takes off the lead what no callback has needed since this was last done.
    fn come_down(&mut self) {
        let margin = self.shared.margin_us.swap(u32::MAX, Ordering::Relaxed);
        let unused = margin as f32 / 1_000.0 - LEAST_MARGIN_MS;
        let step = unused.clamp(0.0, LEAD_DOWN_MS);
        self.lead_ms = (self.lead_ms - step).max(LEAST_LEAD_MS);
    }

    /// How long what is written now waits until the device takes it.
    fn note_waiting(&mut self, now: Instant) {
        let callback = self.callback();
        let period_ms = self.ms(callback);
        let callbacks_before = (self.waiting() / callback) as f32;
        let until_next = period_ms - self.elapsed_ms(now, period_ms);
        let waits = until_next + callbacks_before * period_ms;
        self.waiting_ms += (waits - self.waiting_ms) * 0.02;
    }

    /// What the device played during a block of the microphone that is taken at `now`, as far as that is known. Voice thread; does not allocate.
    pub fn read_played(&mut self, now: Instant, played: &mut Played) {
        let callback = self.callback();
        let since_ms = self.elapsed_ms(now, self.ms(callback));
        let since = since_ms / 1_000.0 * self.rate as f32;
        played.fill(|block| self.tap.read(block, callback, since));
    }

    /// How full the ring is.
    pub fn level(&self) -> PlaybackFill {
        let device_ms = match self.shared.device_us.load(Ordering::Relaxed) {
            0 => self.ms(self.callback()),
            known => known as f32 / 1_000.0,
        };
        PlaybackFill {
            waiting_ms: self.waiting_ms + self.ms(self.converter.delay_samples()),
            device_ms,
            underruns: self.seen_underruns,
        }
    }

    /// The device's rate in Hz; [`SAMPLE_RATE`] needs no conversion.
    pub fn is_converting(&self) -> bool {
        self.rate != SAMPLE_RATE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A device of 48 kHz that calls every 10 ms, and a voice thread that looks every millisecond: gives how long before
    /// its callback the first sound of each was mixed, and the underruns.
    fn run(callbacks: u64, late: impl Fn(u64) -> u64) -> (Vec<u64>, u32) {
        let (mut sink, ring) = playback_ring(480);
        let mut feed = PlaybackFeed::new(ring, SAMPLE_RATE).unwrap();
        let start = Instant::now();
        let (mut mixed, mut leads) = (Vec::new(), Vec::new());
        let mut buffer = [0.0_f32; 480];
        let mut taken = 0;
        for n in 1..=callbacks {
            for ms in (n - 1) * 10..n * 10 {
                let now = start + Duration::from_millis(ms);
                // A voice thread that is held up looks later.
                while late(ms) == 0 && feed.wants(now) {
                    feed.write(now, &[0.5; PLAYBACK_QUANTUM]);
                    mixed.push(ms);
                }
            }
            sink.fill_at(start + Duration::from_millis(n * 10), &mut buffer, 1, |x| x);
            if let Some(at) = mixed.get(taken) {
                leads.push(n * 10 - at);
            }
            taken += buffer.iter().filter(|sample| **sample != 0.0).count() / PLAYBACK_QUANTUM;
        }
        let _ = feed.wants(start);
        (leads, feed.level().underruns)
    }

    #[test]
    fn sound_is_mixed_just_before_the_callback_that_takes_it() {
        let (leads, underruns) = run(100, |_| 0);
        assert_eq!(underruns, 0);
        assert!(leads[1..].iter().all(|lead| *lead == 6), "{leads:?}");
    }

    #[test]
    fn lead_that_no_callback_needs_is_given_back() {
        let (leads, underruns) = run(5_000, |_| 0);
        assert_eq!(underruns, 0);
        assert_eq!(leads.last(), Some(&3));
        assert!(leads[1..].is_sorted_by(|one, next| one >= next));
    }

    #[test]
    fn lead_that_a_callback_needs_stays() {
        // Every two seconds it is held up until 2 ms before a callback.
        let (leads, underruns) = run(5_000, |ms| {
            u64::from(ms % 2_000 >= 1_990 && ms % 2_000 < 1_998)
        });
        assert_eq!(underruns, 0);
        assert_eq!(leads[leads.len() - 2], 6);
    }

    #[test]
    fn a_voice_thread_that_is_held_up_gets_more_lead_until_nothing_is_missing() {
        // Held up for the last 10 ms before every fifth callback.
        let (leads, underruns) = run(200, |ms| u64::from(ms % 50 >= 40));
        assert!(underruns > 1 && underruns < 5, "{underruns}");
        assert!(*leads.last().unwrap() <= 16, "{leads:?}");
    }

    #[test]
    fn a_single_gap_is_no_reason_for_more_delay() {
        let (leads, underruns) = run(200, |ms| u64::from((500..530).contains(&ms)));
        assert!(underruns > 0, "{underruns}");
        assert_eq!(leads[leads.len() - 2], 6, "{leads:?}");
    }

    #[test]
    fn the_devices_own_word_about_its_delay_is_believed() {
        let (mut sink, ring) = playback_ring(240);
        let feed = PlaybackFeed::new(ring, SAMPLE_RATE).unwrap();
        assert!((feed.level().device_ms - 5.0).abs() < 1e-3);
        sink.note_device_delay(Duration::from_millis(17));
        assert!((feed.level().device_ms - 17.0).abs() < 1e-3);
    }
}
