//! The two ends of the engine's channels: what the window holds, and what the engine holds.
//!
//! Window -> commands (bounded) -> engine; engine -> latest snapshot (swapped in whole) and events (broadcast, bounded).

use std::sync::Arc;

use arc_swap::ArcSwap;
use tokio::sync::{broadcast, mpsc};

use dialtone_words::say;

use crate::{Command, Event, Snapshot};

const COMMANDS: usize = 256;
const EVENTS: usize = 256;

/// The engine did not take a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// Too many are waiting; try again.
    #[error("{}", say!("error-engine-busy"))]
    Busy,
    /// The engine has stopped.
    #[error("{}", say!("error-engine-stopped"))]
    Stopped,
}

/// What a window, a bot or a test holds. Cheap to clone.
#[derive(Clone)]
pub struct EngineHandle {
    commands: mpsc::Sender<Command>,
    events: broadcast::Sender<Event>,
    snapshot: Arc<ArcSwap<Snapshot>>,
}

/// What the engine holds of the same channels.
pub struct EngineSide {
    /// Commands in order.
    pub commands: mpsc::Receiver<Command>,
    /// To tell everybody.
    pub events: broadcast::Sender<Event>,
    snapshot: Arc<ArcSwap<Snapshot>>,
}

/// Both ends, connected; what is seen until the engine shows more.
pub fn channel(first: Snapshot) -> (EngineHandle, EngineSide) {
    let (commands, command_receiver) = mpsc::channel(COMMANDS);
    let (events, _) = broadcast::channel(EVENTS);
    let snapshot = Arc::new(ArcSwap::from_pointee(first));
    let side = EngineSide {
        commands: command_receiver,
        events: events.clone(),
        snapshot: Arc::clone(&snapshot),
    };
    (
        EngineHandle {
            commands,
            events,
            snapshot,
        },
        side,
    )
}

impl EngineHandle {
    /// Hands a command over without waiting.
    ///
    /// # Errors
    /// When the engine is busy or has stopped.
    pub fn send(&self, command: Command) -> Result<(), CommandError> {
        self.commands
            .try_send(command)
            .map_err(|error| match error {
                mpsc::error::TrySendError::Full(_) => CommandError::Busy,
                mpsc::error::TrySendError::Closed(_) => CommandError::Stopped,
            })
    }

    /// The latest state.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Everything that happens from now on. A receiver that lags misses events but never state.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl EngineSide {
    /// Publishes a new state and tells everybody.
    pub fn publish(&self, mut snapshot: Snapshot) {
        snapshot.revision = self.snapshot.load().revision + 1;
        self.snapshot.store(Arc::new(snapshot));
        let _ = self.events.send(Event::Changed);
    }

    /// The state last published.
    pub fn latest(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }
}
