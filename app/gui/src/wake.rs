//! Wakes the window when the engine has something new.
//!
//! engine -> broadcast -> this thread: blocks, never polls -> queue (bounded) and a repaint, at most 30 a second

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use dialtone_engine::{EngineHandle, Event};
use egui::Context;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Events that wait for the next frame. More than these are dropped: the state is in the snapshot.
const WAITING: usize = 64;

/// The least time between two repaints that the engine asks for.
const PACE: Duration = Duration::from_millis(33);

/// What happened and was not handled yet.
pub(crate) struct Inbox {
    events: Receiver<Event>,
}

impl Inbox {
    /// Begins to listen; the thread ends with the engine.
    pub(crate) fn listen(ctx: &Context, engine: &EngineHandle) -> Self {
        let (sender, events) = sync_channel(WAITING);
        let receiver = engine.events();
        let ctx = ctx.clone();
        let started = std::thread::Builder::new()
            .name("dialtone-wake".to_owned())
            .spawn(move || listen(&ctx, receiver, &sender));
        if let Err(error) = started {
            tracing::error!("the window will not wake by itself: no thread: {error}");
        }
        Self { events }
    }

    /// The next event, if there is one; never waits.
    pub(crate) fn take(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }
}

fn listen(ctx: &Context, mut events: broadcast::Receiver<Event>, sender: &SyncSender<Event>) {
    let mut last: Option<Instant> = None;
    loop {
        match events.blocking_recv() {
            Ok(Event::Changed) | Err(RecvError::Lagged(_)) => {}
            Ok(event) => {
                if sender.try_send(event).is_err() {
                    tracing::debug!("an event was dropped: the window is behind or gone");
                }
            }
            Err(RecvError::Closed) => return,
        }
        let now = Instant::now();
        let wait = last
            .map(|last| PACE.saturating_sub(now.duration_since(last)))
            .unwrap_or_default();
        last = Some(now + wait);
        ctx.request_repaint_after(wait);
    }
}
