//! What every backend is: it can say whether it works here, and it runs on a thread of its own until it is stopped or lost.

use std::sync::Arc;
use std::time::Duration;

use parking_lot::{Condvar, Mutex};

use super::hotkey::Hotkey;

/// Why a backend hears nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Fault {
    /// It cannot work here. In words that follow "NAME: ".
    #[error("{0}")]
    Unavailable(String),
    /// The user was asked and said no.
    #[error("{0}")]
    Refused(String),
    /// It worked, and ended.
    #[error("{0}")]
    Lost(String),
}

/// Where a backend tells what happens. Called on the backend's thread; returns at once.
pub(crate) trait Sink: Send + Sync {
    /// It listens now. The desktop may have given another key than the one wished for; `trigger` is that one, in its words.
    fn listening(&self, trigger: Option<String>);
    /// The hotkey went down or up.
    fn held(&self, held: bool);
    /// What was held is not known any more: a device is gone.
    fn lost(&self);
}

/// Something that hears keys anywhere.
pub(crate) trait Backend: Send {
    /// Whether it could work here. Quick, and asks nobody.
    ///
    /// # Errors
    /// Why not, in words, with what to do.
    fn available(&self) -> Result<(), String>;

    /// Listens until `stop`. Keys beside those of `hotkey` are neither kept nor told.
    ///
    /// # Errors
    /// [`Fault`]
    fn run(&mut self, hotkey: &Hotkey, sink: &dyn Sink, stop: &Stop) -> Result<(), Fault>;
}

/// What this system does not have.
#[cfg(not(target_os = "linux"))]
pub(crate) struct Missing;

#[cfg(not(target_os = "linux"))]
impl Backend for Missing {
    fn available(&self) -> Result<(), String> {
        Err(dialtone_words::say!("reach-no-such-way").to_owned())
    }

    fn run(&mut self, _: &Hotkey, _: &dyn Sink, _: &Stop) -> Result<(), Fault> {
        self.available().map_err(Fault::Unavailable)
    }
}

/// Tells a backend to end, from another thread.
#[derive(Clone, Default)]
pub(crate) struct Stop(Arc<Shared>);

type Waker = Box<dyn FnOnce() + Send>;

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    stopped: Condvar,
}

#[derive(Default)]
struct State {
    stopped: bool,
    wakers: Vec<Waker>,
}

impl Stop {
    /// Tells it.
    pub(crate) fn stop(&self) {
        let wakers = {
            let mut state = self.0.state.lock();
            state.stopped = true;
            std::mem::take(&mut state.wakers)
        };
        self.0.stopped.notify_all();
        for wake in wakers {
            wake();
        }
    }

    /// Whether it was told.
    pub(crate) fn is_stopped(&self) -> bool {
        self.0.state.lock().stopped
    }

    /// What wakes the backend where it waits; called at once if it was told already.
    pub(crate) fn on_stop(&self, wake: impl FnOnce() + Send + 'static) {
        let mut state = self.0.state.lock();
        if state.stopped {
            drop(state);
            wake();
        } else {
            state.wakers.push(Box::new(wake));
        }
    }

    /// Waits until it is told, at most so long. Whether it was told.
    pub(crate) fn wait(&self, longest: Duration) -> bool {
        let mut state = self.0.state.lock();
        if !state.stopped {
            let _ = self
                .0
                .stopped
                .wait_while_for(&mut state, |state| !state.stopped, longest);
        }
        state.stopped
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[test]
    fn who_waits_is_woken_and_who_comes_late_is_told_at_once() {
        let stop = Stop::default();
        let (sender, told) = mpsc::channel();
        let late = sender.clone();
        stop.on_stop(move || sender.send("early").unwrap());
        let waiting = stop.clone();
        let thread = std::thread::spawn(move || waiting.wait(Duration::from_mins(1)));
        assert!(!stop.is_stopped() && told.try_recv().is_err());
        stop.stop();
        assert!(thread.join().unwrap());
        stop.on_stop(move || late.send("late").unwrap());
        assert_eq!(told.iter().take(2).collect::<Vec<_>>(), ["early", "late"]);
        stop.stop();
    }
}
