//! Time and randomness, as arguments: tests pass their own.

use std::time::{SystemTime, UNIX_EPOCH};

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let elapsed = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}

/// A random number for pauses.
pub(crate) fn random_u32() -> u32 {
    rand::random()
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    rand::random()
}
