//! Whether the key counts as held: several sources, a release delay, sources that are lost. No clock inside.

use std::time::Duration;

/// Who says that the key is down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A backend that hears keys anywhere.
    Anywhere,
    /// The window, while it has the keyboard.
    Window,
    /// `dialtone ptt` and whatever else writes into the socket.
    Socket,
}

/// The longest release delay, in ms.
pub const LONGEST_DELAY_MS: u16 = 2_000;

/// The state of the key. Times are since any moment that stays the same.
///
/// ```text
/// a source presses ------------------------------> held, at once
/// the last source releases -> waits for the delay -> not held
/// a source is lost (backend died, device gone) ---> not held, at once, unless another source holds
/// ```
#[derive(Debug, Clone, Default)]
pub(super) struct Hold {
    /// By [`Source`].
    down: [bool; 3],
    held: bool,
    delay: Duration,
    release_at: Option<Duration>,
}

impl Hold {
    /// How long the key counts as held after it was let go. A release that waits keeps its time.
    pub(super) fn set_delay(&mut self, delay: Duration) {
        self.delay = delay.min(Duration::from_millis(LONGEST_DELAY_MS.into()));
    }

    /// Whether the key counts as held.
    pub(super) fn is_held(&self) -> bool {
        self.held
    }

    /// A source says that the key is down, or up. Whether it counts as held, if that changed.
    pub(super) fn set(&mut self, source: Source, down: bool, now: Duration) -> Option<bool> {
        let own = self.of(source);
        if std::mem::replace(own, down) == down {
            return None;
        }
        self.settle(now)
    }

    /// A source turns its key over, as a switch.
    pub(super) fn toggle(&mut self, source: Source, now: Duration) -> Option<bool> {
        let down = !*self.of(source);
        self.set(source, down, now)
    }

    /// A source is gone: what it held is let go at once, without the delay.
    pub(super) fn lose(&mut self, source: Source) -> Option<bool> {
        let was_down = std::mem::take(self.of(source));
        if !was_down && self.release_at.is_none() || self.is_down() {
            return None;
        }
        self.let_go()
    }

    /// Everything is let go at once.
    pub(super) fn clear(&mut self) -> Option<bool> {
        self.down = [false; 3];
        self.let_go()
    }

    /// When [`Hold::tick`] is wanted.
    pub(super) fn next(&self) -> Option<Duration> {
        self.release_at
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Duration) -> Option<bool> {
        self.release_at.filter(|at| *at <= now)?;
        self.let_go()
    }

    fn of(&mut self, source: Source) -> &mut bool {
        let [anywhere, window, socket] = &mut self.down;
        match source {
            Source::Anywhere => anywhere,
            Source::Window => window,
            Source::Socket => socket,
        }
    }

    fn is_down(&self) -> bool {
        self.down.contains(&true)
    }

    fn settle(&mut self, now: Duration) -> Option<bool> {
        if self.is_down() {
            self.release_at = None;
            return (!std::mem::replace(&mut self.held, true)).then_some(true);
        }
        if self.held && self.delay > Duration::ZERO {
            self.release_at = Some(now + self.delay);
            return None;
        }
        self.let_go()
    }

    fn let_go(&mut self) -> Option<bool> {
        self.release_at = None;
        std::mem::take(&mut self.held).then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    fn hold(delay_ms: u64) -> Hold {
        let mut hold = Hold::default();
        hold.set_delay(ms(delay_ms));
        hold
    }

    #[test]
    fn pressing_counts_at_once_and_releasing_after_the_delay() {
        let mut hold = hold(200);
        assert_eq!(hold.set(Source::Anywhere, true, ms(0)), Some(true));
        assert_eq!(hold.set(Source::Anywhere, true, ms(1)), None);
        assert_eq!(hold.set(Source::Anywhere, false, ms(100)), None);
        assert_eq!(hold.next(), Some(ms(300)));
        assert_eq!(hold.tick(ms(299)), None);
        assert!(hold.is_held());
        assert_eq!(hold.tick(ms(300)), Some(false));
        assert_eq!((hold.next(), hold.tick(ms(900))), (None, None));
    }

    #[test]
    fn pressing_again_within_the_delay_goes_on_without_a_gap() {
        let mut hold = hold(200);
        hold.set(Source::Anywhere, true, ms(0));
        hold.set(Source::Anywhere, false, ms(100));
        assert_eq!(hold.set(Source::Anywhere, true, ms(250)), None);
        assert_eq!(hold.tick(ms(5_000)), None);
        assert!(hold.is_held());
    }

    #[test]
    fn without_a_delay_it_is_let_go_at_once() {
        let mut hold = hold(0);
        hold.set(Source::Window, true, ms(0));
        assert_eq!(hold.set(Source::Window, false, ms(5)), Some(false));
    }

    #[test]
    fn several_sources_hold_together_and_the_last_lets_go() {
        let mut hold = hold(0);
        hold.set(Source::Window, true, ms(0));
        assert_eq!(hold.set(Source::Anywhere, true, ms(0)), None);
        assert_eq!(hold.set(Source::Window, false, ms(1)), None);
        assert_eq!(hold.set(Source::Socket, false, ms(1)), None, "it was up");
        assert_eq!(hold.set(Source::Anywhere, false, ms(2)), Some(false));
    }

    #[test]
    fn toggling_is_a_switch_of_its_source_alone() {
        let mut hold = hold(0);
        assert_eq!(hold.toggle(Source::Socket, ms(0)), Some(true));
        assert_eq!(hold.set(Source::Anywhere, true, ms(1)), None);
        assert_eq!(hold.toggle(Source::Socket, ms(2)), None);
        assert_eq!(hold.set(Source::Anywhere, false, ms(3)), Some(false));
    }

    #[test]
    fn a_lost_source_lets_go_at_once_whatever_the_delay() {
        let mut hold = hold(2_000);
        hold.set(Source::Anywhere, true, ms(0));
        assert_eq!(hold.lose(Source::Anywhere), Some(false));
        hold.set(Source::Anywhere, true, ms(10));
        hold.set(Source::Anywhere, false, ms(20));
        assert_eq!(hold.lose(Source::Anywhere), Some(false), "while it waits");
        hold.set(Source::Anywhere, true, ms(30));
        hold.set(Source::Socket, true, ms(30));
        assert_eq!(hold.lose(Source::Anywhere), None, "another one holds");
        assert_eq!(hold.clear(), Some(false));
        assert_eq!(hold.lose(Source::Window), None);
    }

    #[test]
    fn the_delay_is_bounded() {
        let mut hold = hold(1_000_000);
        hold.set(Source::Anywhere, true, ms(0));
        hold.set(Source::Anywhere, false, ms(0));
        assert_eq!(hold.next(), Some(ms(LONGEST_DELAY_MS.into())));
    }
}
