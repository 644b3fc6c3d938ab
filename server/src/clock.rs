//! The clock that services are given, so that tests can set the time.

use std::time::{SystemTime, UNIX_EPOCH};

use dialtone_store::UnixMillis;

/// Tells the time.
pub trait Clock: Send + Sync + 'static {
    /// Now, in milliseconds since 1970.
    fn now(&self) -> UnixMillis;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> UnixMillis {
        let elapsed = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        UnixMillis(i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Milliseconds as they travel: never negative.
pub(crate) fn wire_ms(time: UnixMillis) -> u64 {
    u64::try_from(time.0).unwrap_or(0)
}

/// Whole seconds since 1970.
pub(crate) fn wire_s(time: UnixMillis) -> u64 {
    wire_ms(time) / 1000
}
