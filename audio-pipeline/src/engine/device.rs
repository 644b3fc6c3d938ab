//! Looks after one direction: opens the chosen device, falls back to the default, tries again, and says so.
//!
//! ```text
//!   due ── begin ──► opening (a thread of its own) ── finished ──► open ── broke, silent, better ──► due
//!    ▲                  │ no answer in time: the thread is left behind                                │
//!    └── pause ─────────┴──────────────────────────────────────────────────────────────────────────────┘
//!   open, not the chosen one, which is there ── begin ──► tried beside it ── opened ──► open: the other is given up
//! ```

use std::time::{Duration, Instant};

use super::command::{Feed, Opened};
use super::event::DeviceState;
use super::opening::Wish;
use crate::backend::{BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, Direction};
use crate::rt::Beat;

/// How long to wait before a failed device is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// How long to wait before the chosen device, which is there but did not open, is tried again beside the one that runs.
const TRY_CHOSEN: Duration = Duration::from_secs(3);
/// How long a device may take to open.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long a running device may send no callback.
const SILENCE: Duration = Duration::from_secs(10);
/// Threads that may wait for a device without answer; with so many, no more are begun.
const MOST_HANGING: u32 = 3;

/// A device that runs.
struct Running {
    device: DeviceInfo,
    generation: u64,
    stream: Box<dyn Send>,
    beat: Beat,
    beats: u32,
    beaten: Instant,
}

/// What a direction does about its device.
pub(super) struct DeviceKeeper {
    direction: Direction,
    wanted: Option<DeviceId>,
    open: Option<Running>,
    /// Until when the present opening may take.
    opening: Option<Instant>,
    /// The chosen device is to be tried beside the one that runs.
    try_chosen: bool,
    /// Not before this.
    try_chosen_at: Option<Instant>,
    /// The chosen device did not answer: the default one is tried once without it.
    skip_wanted: bool,
    /// Threads that were left behind.
    hanging: u32,
    /// Counts openings, so that the complaint of a stream that is gone already is not taken for the present one's.
    generation: u64,
    retry_at: Option<Instant>,
    state: DeviceState,
    off: bool,
}

impl DeviceKeeper {
    pub(super) fn new(direction: Direction, wanted: Option<DeviceId>, off: bool) -> Self {
        Self {
            direction,
            wanted,
            open: None,
            opening: None,
            try_chosen: false,
            try_chosen_at: None,
            skip_wanted: false,
            hanging: 0,
            generation: 0,
            retry_at: None,
            state: DeviceState::Off,
            off,
        }
    }

    /// Chooses another device; the present one is closed.
    pub(super) fn choose(&mut self, wanted: Option<DeviceId>, now: Instant) {
        self.wanted = wanted;
        self.skip_wanted = false;
        self.try_chosen = false;
        self.try_chosen_at = None;
        self.abandon();
        self.close();
        self.retry_at = Some(now);
    }

    /// Whether a device should be opened at `now`.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        let may = !self.off && self.hanging < MOST_HANGING && self.opening.is_none();
        let waits = match self.open {
            None => self.retry_at.is_none_or(|at| at <= now),
            Some(_) => self.try_chosen,
        };
        may && waits
    }

    /// An opening begins.
    pub(super) fn begin(&mut self, now: Instant) -> Wish {
        self.generation += 1;
        self.opening = Some(now + PATIENCE);
        self.try_chosen = false;
        Wish {
            direction: self.direction,
            generation: self.generation,
            wanted: self.wanted.clone().filter(|_| !self.skip_wanted),
            or_default: self.open.is_none(),
        }
    }

    /// An opening has ended. Gives what the voice thread gets, if the opening is the present one.
    pub(super) fn finished(
        &mut self,
        generation: u64,
        opened: Result<Opened, BackendError>,
        now: Instant,
    ) -> Option<Feed> {
        if generation != self.generation || self.opening.is_none() {
            self.hanging = self.hanging.saturating_sub(1);
            if let Ok(late) = opened {
                drop_aside(late.stream);
            }
            return None;
        }
        self.opening = None;
        let skipped = std::mem::take(&mut self.skip_wanted) && self.wanted.is_some();
        self.try_chosen_at = Some(now + TRY_CHOSEN);
        match opened {
            Ok(opened) => {
                // The one that ran meanwhile, if this was tried beside it.
                self.close();
                let device = opened.device.clone();
                let instead = opened
                    .instead
                    .or_else(|| skipped.then(|| silent(self.direction)));
                self.state = match instead {
                    None => DeviceState::Running { device },
                    Some(error) => DeviceState::FellBack {
                        device,
                        reason: error.to_string(),
                    },
                };
                self.open = Some(Running {
                    device: opened.device,
                    generation,
                    stream: opened.stream,
                    beats: opened.beat.count(),
                    beat: opened.beat,
                    beaten: now,
                });
                self.retry_at = None;
                Some(opened.feed)
            }
            Err(error) => {
                if let Some(open) = &self.open {
                    self.state = DeviceState::FellBack {
                        device: open.device.clone(),
                        reason: error.to_string(),
                    };
                } else {
                    self.state = missing(&error);
                    self.retry_at = Some(now + RETRY);
                }
                None
            }
        }
    }

    /// Leaves an opening behind that takes too long, and closes a device that has stopped calling. `true`: the voice
    /// thread has no device any more.
    pub(super) fn watch(&mut self, now: Instant) -> bool {
        if self.opening.is_some_and(|until| now >= until) {
            self.abandon();
            if self.open.is_none() {
                self.state = missing(&silent(self.direction));
                // The default one may answer where the chosen one does not.
                self.skip_wanted = !self.skip_wanted && self.wanted.is_some();
                let pause = if self.skip_wanted {
                    Duration::ZERO
                } else {
                    RETRY
                };
                self.retry_at = Some(now + pause);
            }
        }
        let Some(open) = &mut self.open else {
            return false;
        };
        let beats = open.beat.count();
        if beats != open.beats {
            (open.beats, open.beaten) = (beats, now);
        }
        let is_silent = now.saturating_duration_since(open.beaten) >= SILENCE;
        if is_silent {
            self.close();
            self.state = missing(&silent(self.direction));
            self.retry_at = Some(now + RETRY);
        }
        is_silent
    }

    /// Takes note of a complaint; `true` when it concerns the present stream, which is then closed.
    pub(super) fn broke(&mut self, generation: u64, error: &BackendError, now: Instant) -> bool {
        if self.open.as_ref().map(|open| open.generation) != Some(generation) {
            return false;
        }
        self.close();
        self.state = missing(error);
        // At once: most often there is another device to go on with.
        self.retry_at = Some(now);
        true
    }

    /// Compares with the devices there are now; `true` when the present one was given up for a better one. The chosen one is
    /// tried first: one that another program has, or that the system forbids, is there all the time.
    pub(super) fn reconsider(&mut self, list: &DeviceList, now: Instant) -> bool {
        let Some(Running { device, .. }) = &self.open else {
            return false;
        };
        let devices = list.of(self.direction);
        let is_there = |id: &DeviceId| devices.iter().any(|known| known.id.is_same_device(id));
        let better = match &self.wanted {
            Some(wanted) => {
                if !is_there(wanted) {
                    self.try_chosen_at = None;
                } else if !wanted.is_same_device(&device.id) && !self.is_unusable() {
                    self.try_chosen = self.try_chosen_at.is_none_or(|at| at <= now);
                }
                false
            }
            None => list
                .default_of(self.direction)
                .is_some_and(|default| default.id != device.id),
        };
        // The same device under another name is another stream.
        let gone = !devices.is_empty() && devices.iter().all(|known| known.id != device.id);
        if better || gone {
            self.close();
            self.retry_at = Some(now);
        }
        better || gone
    }

    /// The chosen device is there, and does not answer: it is not worth another thread.
    fn is_unusable(&self) -> bool {
        self.hanging > 0
    }

    /// How it stands.
    pub(super) fn state(&self) -> &DeviceState {
        &self.state
    }

    fn abandon(&mut self) {
        if self.opening.take().is_some() {
            self.hanging += 1;
            // Whatever it opens is of an older number now.
            self.generation += 1;
        }
    }

    /// Gives the stream up.
    pub(super) fn close(&mut self) {
        if let Some(open) = self.open.take() {
            drop_aside(open.stream);
        }
    }
}

/// Drops a stream on a thread of its own: that may hang when the sound server has died.
fn drop_aside(stream: Box<dyn Send>) {
    // Without a thread to be had, the stream is dropped right here with the closure.
    let _ = std::thread::Builder::new()
        .name("dialtone-audio-drop".to_owned())
        .spawn(move || drop(stream));
}

fn silent(direction: Direction) -> BackendError {
    BackendError::new(
        BackendErrorKind::Silent,
        format!("no answer from the {direction}"),
    )
}

fn missing(error: &BackendError) -> DeviceState {
    let kind: BackendErrorKind = error.kind;
    DeviceState::Missing {
        kind,
        reason: error.to_string(),
    }
}
