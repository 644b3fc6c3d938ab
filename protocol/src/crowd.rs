//! How many come in at the same moment: an entry of the member list names the entry before it, so that of those who sign one at once all but the
//! first have to sign anew. Random pauses that double spread them.

use std::time::Duration;

/// How often a client signs its entry before it tells its user that many are coming in.
pub const JOIN_TRIES: u32 = 16;
/// The longest pause before the second try; twice as long before each further one, up to [`LONGEST`].
const LONGEST_FIRST: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(2);

/// How long to wait after so many tries at which others were faster. `random` spreads those who came at the same moment: from
/// no pause at 0 to the longest at `u32::MAX`.
pub fn pause_after(tries: u32, random: u32) -> Duration {
    let longest = LONGEST_FIRST.saturating_mul(1 << tries.saturating_sub(1).min(16));
    longest
        .min(LONGEST)
        .mul_f64(f64::from(random) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_are_spread_and_bounded() {
        assert_eq!(pause_after(1, 0), Duration::ZERO);
        assert_eq!(pause_after(1, u32::MAX), LONGEST_FIRST);
        assert_eq!(pause_after(3, u32::MAX), LONGEST_FIRST * 4);
        assert_eq!(pause_after(JOIN_TRIES, u32::MAX), LONGEST);
        assert_eq!(pause_after(u32::MAX, u32::MAX), LONGEST);
        assert_eq!(pause_after(2, u32::MAX / 2), LONGEST_FIRST);
    }
}
