//! Time and randomness, as arguments: tests pass their own.

use std::time::{SystemTime, UNIX_EPOCH};

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

/// A random number for pauses.
pub(crate) fn random_u32() -> u32 {
    rand::random()
}

/// Random bytes from the system.
pub(crate) fn random<const N: usize>() -> [u8; N] {
    rand::random()
}
