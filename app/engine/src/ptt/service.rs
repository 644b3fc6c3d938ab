//! Push-to-talk as the engine runs it: what the settings want, one backend on a thread of its own, the state of the key.
//!
//! ```text
//! backend's thread ─► Sink ─┐
//! window ──────────► set ───┼─► Hold (release delay, sources) ─► apply: the voice engine, on the caller's thread
//! socket ──────────► toggle ┘        └─► view, for the snapshot
//! ```

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use dialtone_words::say;
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::backend::{Backend, Fault, Sink, Stop};
use super::hold::{Hold, Source};
use super::hotkey::Hotkey;
use super::select::{self, BackendChoice, BackendKind, Desktop};
use super::view::{Listening, PushState};
use crate::clock::until;

/// What the settings want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wish {
    /// Talking, or not talking, by a key is chosen.
    pub(crate) active: bool,
    /// The key, as it is written.
    pub(crate) hotkey: String,
    pub(crate) backend: BackendChoice,
    /// How long the key counts as held after it was let go, in ms.
    pub(crate) release_ms: u16,
    /// The user was told that the desktop will ask.
    pub(crate) portal_allowed: bool,
}

/// Makes backends.
pub(crate) type Backends = Box<dyn Fn(BackendKind) -> Box<dyn Backend> + Send + Sync>;

/// What is done when the key begins or stops to count as held.
pub(crate) type Apply = Box<dyn Fn(bool) + Send + Sync>;

/// The first pause after a backend was lost; each is twice as long as the one before.
const RETRY_FIRST: Duration = Duration::from_secs(2);
const RETRY_LONGEST: Duration = Duration::from_mins(1);

/// Push-to-talk. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PushToTalk(Arc<Shared>);

struct Shared {
    desktop: Desktop,
    backends: Backends,
    apply: Apply,
    state: Mutex<State>,
    began: Instant,
    /// What is shown is another.
    changed: Notify,
    /// The time to wait for is another.
    timer: Notify,
}

#[derive(Default)]
struct State {
    wish: Option<Wish>,
    hold: Hold,
    view: PushState,
    /// Counts what was started: what an earlier backend still tells does not count.
    turn: u64,
    stop: Option<Stop>,
}

impl PushToTalk {
    /// Hears nothing yet.
    pub(crate) fn new(desktop: Desktop, backends: Backends, apply: Apply) -> Self {
        Self(Arc::new(Shared {
            desktop,
            backends,
            apply,
            state: Mutex::default(),
            began: Instant::now(),
            changed: Notify::new(),
            timer: Notify::new(),
        }))
    }

    /// Does what the settings want now. What runs already goes on if it still fits.
    pub(crate) fn configure(&self, wish: Wish) {
        let mut state = self.0.state.lock();
        let delay = Duration::from_millis(wish.release_ms.into());
        state.hold.set_delay(delay);
        let same_but_delay = |old: &Wish| {
            let release_ms = wish.release_ms;
            Wish {
                release_ms,
                ..old.clone()
            } == wish
        };
        let is_same = state.wish.as_ref().is_some_and(same_but_delay);
        state.wish = Some(wish);
        if !is_same {
            self.begin(&mut state);
        }
    }

    /// Tries again what did not work, or was refused.
    pub(crate) fn retry(&self) {
        self.begin(&mut self.0.state.lock());
    }

    fn begin(&self, state: &mut State) {
        if let Some(stop) = state.stop.take() {
            stop.stop();
        }
        state.turn += 1;
        let released = state.hold.clear();
        self.0.turned(state, released);
        state.view = PushState::default();
        self.0.changed.notify_one();
        let Some(wish) = state.wish.clone().filter(|wish| wish.active) else {
            return;
        };
        state.view.listening = Listening::Nothing;
        let hotkey = match wish.hotkey.parse::<Hotkey>() {
            Ok(hotkey) => hotkey,
            Err(error) => {
                state.view.passed_over = vec![error.to_string()];
                return;
            }
        };
        let stop = Stop::default();
        let run = Run {
            shared: Arc::clone(&self.0),
            turn: state.turn,
            hotkey,
            order: select::order(wish.backend, self.0.desktop),
            portal_allowed: wish.portal_allowed,
            stop: stop.clone(),
        };
        if run.order.is_empty() {
            return;
        }
        let thread = std::thread::Builder::new().name("dialtone-push-to-talk".to_owned());
        match thread.spawn(move || run.run()) {
            Ok(_) => state.stop = Some(stop),
            Err(error) => {
                state.view.passed_over = vec![say!("call-no-thread", error = error.to_string())];
            }
        }
    }

    /// Ends the backend, and lets go.
    pub(crate) fn stop(&self) {
        let mut state = self.0.state.lock();
        state.wish = None;
        self.begin(&mut state);
    }

    /// A source says that the key is down, or up. While no key is wanted, nothing happens.
    pub(crate) fn set(&self, source: Source, down: bool) {
        self.change(|hold, now| hold.set(source, down, now));
    }

    /// A source turns its key over, as a switch.
    pub(crate) fn toggle(&self, source: Source) {
        self.change(|hold, now| hold.toggle(source, now));
    }

    fn change(&self, change: impl FnOnce(&mut Hold, Duration) -> Option<bool>) {
        let mut state = self.0.state.lock();
        if state.wish.as_ref().is_some_and(|wish| wish.active) {
            self.0.change(&mut state, change);
        }
    }

    /// Whether a key is wanted at all.
    pub(crate) fn is_wanted(&self) -> bool {
        let state = self.0.state.lock();
        state.wish.as_ref().is_some_and(|wish| wish.active)
    }

    /// What is to be shown.
    pub(crate) fn view(&self) -> PushState {
        self.0.state.lock().view.clone()
    }

    /// Ends when what is to be shown has changed.
    pub(crate) async fn changed(&self) {
        self.0.changed.notified().await;
    }

    /// Lets go when the release delay is over. Runs as long as it is polled.
    pub(crate) async fn watch_delay(self) {
        loop {
            let next = self.0.state.lock().hold.next();
            let due = next.map(|at| self.0.began + at);
            tokio::select! {
                () = until(due) => self.change(Hold::tick),
                () = self.0.timer.notified() => {}
            }
        }
    }
}

impl Shared {
    fn change(&self, state: &mut State, change: impl FnOnce(&mut Hold, Duration) -> Option<bool>) {
        let now = self.began.elapsed();
        let turned = change(&mut state.hold, now);
        self.turned(state, turned);
        self.timer.notify_one();
    }

    /// Under the lock, so that presses and releases come to the voice engine in their order.
    fn turned(&self, state: &mut State, held: Option<bool>) {
        if let Some(held) = held {
            (self.apply)(held);
            state.view.held = state.hold.is_held();
            self.changed.notify_one();
        }
    }
}

/// One turn: the backends in order, until one works and is stopped.
struct Run {
    shared: Arc<Shared>,
    turn: u64,
    hotkey: Hotkey,
    order: Vec<BackendKind>,
    portal_allowed: bool,
    stop: Stop,
}

impl Run {
    fn run(&self) {
        let mut pause = RETRY_FIRST;
        loop {
            let was_lost = self.try_all();
            if !was_lost {
                return;
            }
            self.show(|view| view.listening = Listening::Waiting);
            if self.stop.wait(pause) {
                return;
            }
            pause = (pause * 2).min(RETRY_LONGEST);
            self.show(|view| view.passed_over.clear());
        }
    }

    /// Whether something worked and was lost, so that it is worth trying again.
    fn try_all(&self) -> bool {
        for kind in self.order.iter().copied() {
            let reason = match self.try_one(kind) {
                Ok(()) => return false,
                Err(Fault::Lost(reason)) => {
                    self.pass_over(kind, &reason);
                    return true;
                }
                Err(Fault::Unavailable(reason) | Fault::Refused(reason)) => reason,
            };
            self.pass_over(kind, &reason);
        }
        self.show(|view| view.listening = Listening::Nothing);
        false
    }

    fn try_one(&self, kind: BackendKind) -> Result<(), Fault> {
        let mut backend = (self.shared.backends)(kind);
        self.show(|view| view.listening = Listening::Starting(kind));
        backend.available().map_err(Fault::Unavailable)?;
        if kind == BackendKind::Portal && !self.portal_allowed {
            self.show(|view| view.listening = Listening::AskFirst);
            return Ok(());
        }
        let run = || backend.run(&self.hotkey, self, &self.stop);
        let ended = catch_unwind(AssertUnwindSafe(run));
        self.lost();
        ended.unwrap_or_else(|_| Err(Fault::Lost(say!("reach-from-within").to_owned())))
    }

    fn pass_over(&self, kind: BackendKind, reason: &str) {
        let words = format!("{kind}: {reason}.");
        tracing::info!("push-to-talk, {words}");
        self.show(|view| view.passed_over.push(words));
    }

    fn show(&self, change: impl FnOnce(&mut PushState)) {
        self.in_turn(|shared, state| {
            change(&mut state.view);
            shared.changed.notify_one();
        });
    }

    fn in_turn(&self, change: impl FnOnce(&Shared, &mut State)) {
        let mut state = self.shared.state.lock();
        if state.turn == self.turn {
            change(&self.shared, &mut state);
        }
    }
}

impl Sink for Run {
    fn listening(&self, trigger: Option<String>) {
        self.show(|view| {
            if let Listening::Starting(backend) | Listening::Running { backend, .. } =
                view.listening
            {
                view.listening = Listening::Running {
                    backend,
                    trigger,
                    caveat: select::caveat(backend, self.shared.desktop),
                };
            }
        });
    }

    fn held(&self, held: bool) {
        self.in_turn(|shared, state| {
            shared.change(state, |hold, now| hold.set(Source::Anywhere, held, now));
        });
    }

    fn lost(&self) {
        self.in_turn(|shared, state| {
            shared.change(state, |hold, _| hold.lose(Source::Anywhere));
        });
    }
}

#[cfg(test)]
mod tests;
