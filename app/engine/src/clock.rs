//! Time and randomness, as arguments: tests pass their own.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Where a session's time and chance come from.
pub(crate) trait Source: Send + Sync {
    /// Milliseconds since 1970.
    fn now_ms(&self) -> u64;
    /// Random bytes: for ids and pauses, never for keys.
    fn fill(&self, bytes: &mut [u8]);
}

/// What a session tells the time and draws chance by; cheap to clone.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Source>);

impl Clock {
    /// This computer's.
    pub(crate) fn system() -> Self {
        Self(Arc::new(System))
    }

    /// Another one.
    #[cfg(test)]
    pub(crate) fn by(source: Arc<dyn Source>) -> Self {
        Self(source)
    }

    /// Milliseconds since 1970.
    pub(crate) fn now_ms(&self) -> u64 {
        self.0.now_ms()
    }

    /// A random number for pauses.
    pub(crate) fn random_u32(&self) -> u32 {
        u32::from_le_bytes(self.random())
    }

    /// Random bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill(&mut bytes);
        bytes
    }
}

/// Waits until then; for ever, if there is nothing to wait for.
pub(crate) async fn until(then: Option<tokio::time::Instant>) {
    match then {
        Some(then) => tokio::time::sleep_until(then).await,
        None => std::future::pending().await,
    }
}

/// This computer's clock and generator.
struct System;

impl Source for System {
    fn now_ms(&self) -> u64 {
        now_ms()
    }

    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// Two clocks that differ by more than this, in ms, are spoken of.
const APART_MS: u64 = 5 * 60 * 1000;

/// Whether two times of one moment, ms since 1970, are of clocks that are more than 5 minutes apart.
pub(crate) fn are_apart(one_ms: u64, other_ms: u64) -> bool {
    one_ms.abs_diff(other_ms) > APART_MS
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    rand::random()
}
