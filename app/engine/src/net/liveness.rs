//! Whether the other end of a connection is still there: a network that swallows everything sends no error.

use std::time::Duration;

use tokio::time::Instant;

/// So many pings in a row without a word, and the connection is dead.
const PINGS: u32 = 2;

/// How closely a connection is watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Watch {
    /// Nobody is in a hurry.
    #[default]
    Idle,
    /// A call depends on it.
    Call,
    /// A call that has fallen silent: perhaps there is no network at all.
    Urgent,
}

impl Watch {
    /// A ping goes out when nothing was heard for this long.
    const fn ping_after(self) -> Duration {
        match self {
            Self::Idle => Duration::from_secs(15),
            Self::Call => Duration::from_secs(3),
            Self::Urgent => Duration::from_secs(1),
        }
    }
}

/// Says when to ask for a sign of life, and when to give up.
#[derive(Debug)]
pub(super) struct Liveness {
    due: Instant,
    asked: u32,
    watch: Watch,
}

impl Liveness {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            due: now + Watch::Idle.ping_after(),
            asked: 0,
            watch: Watch::Idle,
        }
    }

    /// Watches otherwise from now on. A closer look begins at once.
    pub(super) fn watch(&mut self, now: Instant, watch: Watch) {
        if self.watch != watch {
            self.watch = watch;
            self.due = self.due.min(now + watch.ping_after());
        }
    }

    /// Something came, whatever it was.
    pub(super) fn heard(&mut self, now: Instant) {
        self.asked = 0;
        self.due = now + self.watch.ping_after();
    }

    /// When silence has lasted too long.
    pub(super) fn due(&self) -> Instant {
        self.due
    }

    /// It has: whether to ask for a sign of life. False: nobody is there any more.
    pub(super) fn ask(&mut self, now: Instant) -> bool {
        self.asked += 1;
        self.due = now + self.watch.ping_after();
        self.asked <= PINGS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PING_AFTER: Duration = Watch::Idle.ping_after();

    #[test]
    fn a_call_that_fell_silent_is_asked_about_soon_and_then_at_leisure_again() {
        let start = Instant::now();
        let mut liveness = Liveness::new(start);
        liveness.watch(start, Watch::Call);
        assert_eq!(liveness.due(), start + Watch::Call.ping_after());
        liveness.watch(start, Watch::Urgent);
        let urgent = Watch::Urgent.ping_after();
        assert_eq!(liveness.due(), start + urgent);
        assert!(liveness.ask(liveness.due()));
        assert!(liveness.ask(liveness.due()));
        assert!(!liveness.ask(liveness.due()));
        assert_eq!(liveness.due(), start + urgent * 4);
        liveness.heard(start + urgent);
        liveness.watch(start + urgent, Watch::Idle);
        assert_eq!(liveness.due(), start + urgent * 2);
        liveness.heard(start + urgent * 2);
        assert_eq!(liveness.due(), start + urgent * 2 + PING_AFTER);
    }

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
