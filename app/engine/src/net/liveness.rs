//! Whether the other end of a connection is still there: a network that swallows everything sends no error.

use std::time::Duration;

use tokio::time::Instant;

/// A ping goes out when nothing was heard for this long.
const PING_AFTER: Duration = Duration::from_secs(15);
/// So many pings in a row without a word, and the connection is dead.
const PINGS: u32 = 2;

/// Says when to ask for a sign of life, and when to give up.
#[derive(Debug)]
pub(super) struct Liveness {
    due: Instant,
    asked: u32,
}

impl Liveness {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            due: now + PING_AFTER,
            asked: 0,
        }
    }

    /// Something came, whatever it was.
    pub(super) fn heard(&mut self, now: Instant) {
        *self = Self::new(now);
    }

    /// When silence has lasted too long.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// It has: whether to ask for a sign of life. False: nobody is there any more.
    pub(super) fn ask(&mut self, now: Instant) -> bool {
        self.asked += 1;
        self.due = now + PING_AFTER;
        self.asked <= PINGS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_is_asked_about_twice_and_then_it_is_over() {
        let start = Instant::now();
        let mut liveness = Liveness::new(start);
        assert_eq!(liveness.due(), start + PING_AFTER);
        assert!(liveness.ask(liveness.due()));
        assert!(liveness.ask(liveness.due()));
        assert!(!liveness.ask(liveness.due()));
        assert_eq!(liveness.due(), start + PING_AFTER * 4);
    }

    #[test]
    fn any_word_starts_it_anew() {
        let start = Instant::now();
        let mut liveness = Liveness::new(start);
        for n in 1..10 {
            assert!(liveness.ask(liveness.due()));
            liveness.heard(start + PING_AFTER * n);
            assert_eq!(liveness.due(), start + PING_AFTER * (n + 1));
        }
    }
}
