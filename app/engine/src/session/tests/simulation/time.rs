//! Virtual time: tokio's paused clock, which goes on when nothing is left to do, and a calendar that can be turned on by days.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use dialtone_server::Clock as ServerClock;
use dialtone_store::UnixMillis;
use parking_lot::Mutex;
use rand_core::RngCore as _;
use tokio::time::Instant;

use super::chance::Chance;
use crate::clock::Source;

/// When every simulation begins: ms since 1970.
pub(super) const BEGINS_MS: u64 = 1_800_000_000_000;

/// One simulation's time; cheap to clone.
#[derive(Clone)]
pub(super) struct Time {
    began: Instant,
    skipped_ms: Arc<AtomicU64>,
}

impl Time {
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            skipped_ms: Arc::new(AtomicU64::new(0)),
        }
    }

    /// Since the beginning, without what was skipped: ms.
    pub(super) fn elapsed_ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }

    /// Milliseconds since 1970, by every clock there is.
    pub(super) fn now_ms(&self) -> u64 {
        BEGINS_MS + self.elapsed_ms() + self.skipped_ms.load(Ordering::Relaxed)
    }

    /// Turns all calendars on.
    pub(super) fn skip(&self, ms: u64) {
        self.skipped_ms.fetch_add(ms, Ordering::Relaxed);
    }
}

impl ServerClock for Time {
    fn now(&self) -> UnixMillis {
        UnixMillis(self.now_ms() as i64)
    }
}

/// A device's time and chance.
pub(super) struct DeviceClock {
    time: Time,
    chance: Mutex<Chance>,
}

impl DeviceClock {
    pub(super) fn new(time: Time, seed: u64) -> Self {
        Self {
            time,
            chance: Mutex::new(Chance::new(seed)),
        }
    }
}

impl Source for DeviceClock {
    fn now_ms(&self) -> u64 {
        self.time.now_ms()
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.chance.lock().fill_bytes(bytes);
    }
}
