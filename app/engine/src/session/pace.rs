//! How often the view of a community is built anew.
//!
//! ```text
//! something changed ─ the last view is older than the pause ─> built at once
//!                   └ it is not ─────────────────────────────> built when it is, with all that changed meanwhile
//! ```
//!
//! A view costs a look at every member and every talker. In a call of a hundred something changes a hundred times a second: who speaks,
//! who came, how well one hears them.

use std::time::Duration;

use tokio::time::Instant;

/// Between two views while something changed that somebody waits for: what was written, who may do what.
const PROMPT: Duration = Duration::from_millis(50);
/// The same while only what changes all the time did, in a call of more than [`FEW`].
const CROWDED: Duration = Duration::from_millis(200);
/// Devices in a call whose every change is shown promptly.
const FEW: usize = 8;

/// What has changed since the last view.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum News {
    /// Only what changes all the time: who speaks, who is connected, how well one hears them.
    Stir,
    /// Anything else.
    Change,
}

/// When the view is due.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// When the last one was there.
    last: Option<Instant>,
}

impl Pace {
    /// When `news` is to be shown, with so many devices in the greatest call; now, or later.
    pub(super) fn due(&self, now: Instant, news: News, devices: usize) -> Instant {
        let pause = match news {
            News::Stir if devices > FEW => CROWDED,
            News::Stir | News::Change => PROMPT,
        };
        self.last.map_or(now, |last| now.max(last + pause))
    }

    /// A view is there.
    pub(super) fn built(&mut self, now: Instant) {
        self.last = Some(now);
    }

    /// The next view does not wait: the user did something, or it is answered.
    pub(super) fn at_once(&mut self) {
        self.last = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The moments (ms) at which a view is built while something changes every 10 ms until `end`.
    fn built(news: News, devices: usize, end: u64) -> Vec<u64> {
        let (began, mut pace, mut built) = (Instant::now(), Pace::default(), Vec::new());
        let mut waits = false;
        for ms in 0..2_000 {
            let now = began + Duration::from_millis(ms);
            waits |= ms % 10 == 0 && ms <= end;
            if waits && pace.due(now, news, devices) <= now {
                (waits, built) = (false, [built, vec![ms]].concat());
                pace.built(now);
            }
        }
        built
    }

    #[test]
    fn the_first_change_is_shown_at_once_and_the_last_one_always() {
        assert_eq!(built(News::Change, 100, 0), [0]);
        assert_eq!(built(News::Change, 100, 10), [0, 50]);
        assert_eq!(built(News::Change, 100, 120), [0, 50, 100, 150]);
        assert_eq!(built(News::Stir, 100, 10), [0, 200]);
        assert_eq!(built(News::Stir, 100, 210), [0, 200, 400]);
        assert_eq!(built(News::Stir, FEW, 110), [0, 50, 100, 150]);
    }

    #[test]
    fn what_somebody_waits_for_does_not_wait_for_what_changes_all_the_time() {
        let (now, mut pace) = (Instant::now(), Pace::default());
        pace.built(now);
        let after = |news| pace.due(now, news, 100) - now;
        assert_eq!((after(News::Stir), after(News::Change)), (CROWDED, PROMPT));
        assert!(News::Change > News::Stir);
    }

    #[test]
    fn what_the_user_does_is_shown_at_once() {
        let (now, mut pace) = (Instant::now(), Pace::default());
        pace.built(now);
        pace.at_once();
        assert_eq!(pace.due(now, News::Change, 100), now);
    }
}
