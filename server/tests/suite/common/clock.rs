//! The machine's clock, set forward or back by a test.

use std::sync::atomic::{AtomicI64, Ordering};

use dialtone_server::{Clock, SystemClock};
use dialtone_store::UnixMillis;

pub(crate) const HOUR_MS: i64 = 60 * 60 * 1000;

#[derive(Debug, Default)]
pub(crate) struct SetClock {
    ahead_ms: AtomicI64,
}

impl SetClock {
    /// It is ahead of the machine's by so much, or behind, from now on.
    pub(crate) fn set_ahead(&self, ms: i64) {
        self.ahead_ms.store(ms, Ordering::SeqCst);
    }
}

impl Clock for SetClock {
    fn now(&self) -> UnixMillis {
        SystemClock.now().plus(self.ahead_ms.load(Ordering::SeqCst))
    }
}
