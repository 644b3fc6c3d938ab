//! When a certificate is due, and how long it is waited after a failure.

use std::time::Duration;

use dialtone_store::UnixMillis;

use crate::certified::Validity;

/// The longest rest: a machine that slept finds out within it that one is due.
const LONGEST_REST_MS: i64 = 60 * 60 * 1000;
/// The pause after the first failure. Four tries fit into the first hour: Let's Encrypt takes five that fail.
const FIRST_PAUSE: Duration = Duration::from_mins(5);
/// So often the pause doubles: to 5 hours 20 minutes.
const DOUBLINGS: u32 = 6;

/// How long to rest before looking again; `None`: one is due. It is when two thirds of the time of the one in use are over, or none is.
pub(super) fn rest(validity: Option<Validity>, now: UnixMillis) -> Option<Duration> {
    let Validity { from, until } = validity?;
    let lasts = until.0.saturating_sub(from.0).max(0);
    let due = until.0.saturating_sub(lasts / 3);
    let left = due.saturating_sub(now.0).min(LONGEST_REST_MS);
    let left = u64::try_from(left).ok().filter(|left| *left > 0)?;
    Some(Duration::from_millis(left))
}

/// The pause after a failure before which there were so many in a row.
pub(super) fn pause_after(failures: u32) -> Duration {
    FIRST_PAUSE * 2_u32.pow(failures.min(DOUBLINGS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 60 * 60 * 1000;

    #[test]
    fn one_is_due_when_there_is_none_or_a_third_of_its_time_is_left() {
        let days = |from: i64, until: i64| {
            Some(Validity {
                from: UnixMillis(from * DAY_MS),
                until: UnixMillis(until * DAY_MS),
            })
        };
        let at = |now: i64| rest(days(100, 190), UnixMillis(now));
        assert_eq!(rest(None, UnixMillis(0)), None);
        assert_eq!(at(100 * DAY_MS), Some(Duration::from_hours(1)));
        assert_eq!(at(160 * DAY_MS - 5000), Some(Duration::from_secs(5)));
        assert_eq!(at(160 * DAY_MS), None);
        assert_eq!(at(1000 * DAY_MS), None, "long over");
        assert_eq!(
            rest(days(190, 100), UnixMillis(100 * DAY_MS)),
            None,
            "made no sense"
        );
    }

    #[test]
    fn failures_are_spread_and_stay_below_what_an_authority_takes() {
        let first_hour = (0..)
            .map(pause_after)
            .scan(Duration::ZERO, |at, pause| {
                *at += pause;
                Some(*at)
            })
            .take_while(|at| *at < Duration::from_hours(1));
        assert_eq!(1 + first_hour.count(), 4);
        assert_eq!(pause_after(u32::MAX), Duration::from_mins(320));
    }
}
