//! Looks after one direction: opens the chosen device, falls back to the default, tries again, and says so.

use std::time::{Duration, Instant};

use super::event::DeviceState;
use crate::backend::{
    BackendError, BackendErrorKind, DeviceId, DeviceInfo, DeviceList, Direction, OpenStream,
};

/// How long to wait before a failed device is tried again.
const RETRY: Duration = Duration::from_secs(1);

/// What a direction does about its device.
pub(super) struct DeviceKeeper {
    direction: Direction,
    wanted: Option<DeviceId>,
    open: Option<(DeviceInfo, Box<dyn Send>)>,
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
            generation: 0,
            retry_at: None,
            state: DeviceState::Off,
            off,
        }
    }

    /// Chooses another device; the present one is closed.
    pub(super) fn choose(&mut self, wanted: Option<DeviceId>, now: Instant) {
        self.wanted = wanted;
        self.close();
        self.retry_at = Some(now);
    }

    /// Whether a device should be opened at `now`.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        !self.off && self.open.is_none() && self.retry_at.is_none_or(|at| at <= now)
    }

    /// The number that the next stream gets.
    pub(super) fn next_generation(&mut self) -> u64 {
        self.generation += 1;
        self.generation
    }

    /// Takes note of a complaint; `true` when it concerns the present stream, which is then closed.
    pub(super) fn broke(&mut self, generation: u64, error: &BackendError, now: Instant) -> bool {
        if generation != self.generation || self.open.is_none() {
            return false;
        }
        self.close();
        self.state = missing(error);
        // At once: most often there is another device to go on with.
        self.retry_at = Some(now);
        true
    }

    /// Tries the chosen device and then the default one.
    pub(super) fn open_with<F>(
        &mut self,
        now: Instant,
        mut open: impl FnMut(Option<&DeviceId>) -> Result<(OpenStream, F), BackendError>,
    ) -> Option<F> {
        let first = open(self.wanted.as_ref());
        let (opened, reason) = match (first, &self.wanted) {
            (Err(error), Some(_)) => (open(None), Some(error.to_string())),
            (first, _) => (first, None),
        };
        match opened {
            Ok((stream, feed)) => {
                let device = stream.device;
                self.state = match reason {
                    None => DeviceState::Running {
                        device: device.clone(),
                    },
                    Some(reason) => DeviceState::FellBack {
                        device: device.clone(),
                        reason,
                    },
                };
                self.open = Some((device, stream.stream));
                self.retry_at = None;
                Some(feed)
            }
            Err(error) => {
                self.state = missing(&error);
                self.retry_at = Some(now + RETRY);
                None
            }
        }
    }

    /// Compares with the devices there are now; `true` when the present one should be given up for a better one.
    pub(super) fn reconsider(&mut self, list: &DeviceList, now: Instant) -> bool {
        let Some((device, _)) = &self.open else {
            return false;
        };
        let devices = list.of(self.direction);
        let is_there = |id: &DeviceId| devices.iter().any(|known| known.id == *id);
        let better = match &self.wanted {
            Some(wanted) => *wanted != device.id && is_there(wanted),
            None => list
                .default_of(self.direction)
                .is_some_and(|default| default.id != device.id),
        };
        let gone = !devices.is_empty() && !is_there(&device.id);
        if better || gone {
            self.close();
            self.retry_at = Some(now);
        }
        better || gone
    }

    /// How it stands.
    pub(super) fn state(&self) -> &DeviceState {
        &self.state
    }

    /// Gives the stream up, on a thread of its own: dropping may hang when the sound server has died.
    pub(super) fn close(&mut self) {
        if let Some((_, stream)) = self.open.take() {
            // Without a thread to be had, the stream is dropped right here with the closure.
            let _ = std::thread::Builder::new()
                .name("dialtone-audio-drop".to_owned())
                .spawn(move || drop(stream));
        }
    }
}

fn missing(error: &BackendError) -> DeviceState {
    let kind: BackendErrorKind = error.kind;
    DeviceState::Missing {
        kind,
        reason: error.to_string(),
    }
}
