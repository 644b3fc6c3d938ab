//! Locking the keys when nobody is there: a while without keyboard and mouse.

use std::time::Duration;

use dialtone_engine::Command;
use dialtone_engine::snapshot::ProfileState;
use egui::Context;

use super::App;
use crate::screens::main::calls;
use crate::state::Page;

/// When the window was touched last, in seconds of its clock.
#[derive(Debug, Default)]
pub(super) struct Idle {
    touched_s: f64,
}

/// What is to be done about it.
#[derive(Debug, PartialEq)]
enum Next {
    /// Lock now.
    Lock,
    /// Look again after so long.
    Wait(Duration),
}

impl Idle {
    /// At `now_s`, when something has touched the window or one is in a call (`busy`), or not.
    fn next(&mut self, now_s: f64, busy: bool, after: Duration) -> Next {
        if busy || now_s < self.touched_s {
            self.touched_s = now_s;
        }
        let idle = Duration::from_secs_f64((now_s - self.touched_s).max(0.0));
        if let Some(left) = after.checked_sub(idle).filter(|left| !left.is_zero()) {
            return Next::Wait(left);
        }
        self.touched_s = now_s;
        Next::Lock
    }
}

impl App {
    /// Locks the keys after as long as the settings say.
    pub(super) fn lock_when_idle(&mut self, ctx: &Context) {
        let minutes = self.snapshot.settings.look.lock_after_min;
        let (now_s, touched) = ctx.input(|input| (input.time, !input.events.is_empty()));
        let is_open = self.snapshot.profile == ProfileState::Unlocked;
        let in_call = calls::ongoing(&self.snapshot).is_some();
        let busy = touched || in_call || !is_open;
        let after = Duration::from_secs(u64::from(minutes) * 60);
        if minutes == 0 {
            self.idle.touched_s = now_s;
            return;
        }
        match self.idle.next(now_s, busy, after) {
            Next::Wait(left) => ctx.request_repaint_after(left),
            Next::Lock => {
                self.state.dialog = None;
                self.state.page = Page::Chat;
                self.send(Command::Lock);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_locked_once_nobody_was_there_for_as_long_as_was_said() {
        let five = Duration::from_mins(5);
        let mut idle = Idle::default();
        assert_eq!(idle.next(100.0, true, five), Next::Wait(five));
        let left = Duration::from_mins(1);
        assert_eq!(idle.next(340.0, false, five), Next::Wait(left));
        assert_eq!(idle.next(400.0, false, five), Next::Lock);
        assert_eq!(
            idle.next(401.0, false, five),
            Next::Wait(Duration::from_secs(299)),
            "once"
        );
        assert_eq!(
            idle.next(650.0, true, five),
            Next::Wait(five),
            "a call holds it open"
        );
        assert_eq!(
            idle.next(10.0, false, five),
            Next::Wait(five),
            "a clock that began anew"
        );
    }
}
